/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dnsRecord and dNSProperty: bytes and text. */
#include "unit.h"

#include <string.h>

#include "names/dns_record.h"

#define COUNT(rows) (int)(sizeof(rows) / sizeof(*(rows)))
#define BYTES(literal) ((struct casp_str){(literal), sizeof(literal) - 1})

/* As a domain controller's DNS server wrote it: TTL 900, serial 110, 127.0.0.10. */
#define STATIC_A                                                                         \
	"\x04\0\x01\0\x05\xf0\0\0\x6e\0\0\0\0\0\x03\x84\0\0\0\0\0\0\0\0\x7f\0\0\x0a"

#define HEAD(length, type)                                                               \
	length "\0" type "\0\x05\xf0\0\0\1\0\0\0\0\0\x0e\x10\0\0\0\0\0\0\0\0"

static const struct {
	struct casp_str value;
	const char *text; /* NULL: it is no record */
} records[] = {
	{BYTES(STATIC_A), "A 127.0.0.10 TTL 900"},
	{BYTES("\x04\0\x01\0\x05\xf0\0\0\1\0\0\0\0\0\x02\x58\0\0\0\0\x88\x8e\x37\0\x0a"
	       "\x0a\0\1"),
	 "A 10.10.0.1 TTL 600, dynamic"},
	{BYTES(HEAD("\x10", "\x1c") "\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x10"),
	 "AAAA fd00::10 TTL 3600"},
	{BYTES(HEAD("\x0b", "\x05") "\x09\x02\x03www\x03org\0"),
	 "CNAME www.org TTL 3600"},
	{BYTES(HEAD("\x03", "\x02") "\x01\0\0"), "NS . TTL 3600"},
	{BYTES(HEAD("\x08", "\0") "\0\0\0\0\0\0\0\0"), "tombstone"},
	{BYTES(HEAD("\x02", "\x10") "\x01x"), "TXT 2 bytes TTL 3600"},
	{BYTES(HEAD("\x01", "\x63") "x"), "TYPE99 1 bytes TTL 3600"},
	{BYTES(HEAD("\0", "\x01")), "A 0 bytes TTL 3600"},
	/* names that end too soon, go on too long, or have labels of no length */
	{BYTES(HEAD("\x0b", "\x05") "\x09\x03\x03www\x03org\0"),
	 "CNAME 11 bytes TTL 3600"},
	{BYTES(HEAD("\x0b", "\x05") "\x09\x01\x03www\x03org\0"),
	 "CNAME 11 bytes TTL 3600"},
	{BYTES(HEAD("\x0b", "\x05") "\x08\x02\x03www\x03org\0"),
	 "CNAME 11 bytes TTL 3600"},
	{BYTES(HEAD("\x0b", "\x05") "\x09\x02\x03www\x3forg\0"),
	 "CNAME 11 bytes TTL 3600"},
	{BYTES(HEAD("\x0b", "\x05") "\x09\x02\x03www\x03orgx"),
	 "CNAME 11 bytes TTL 3600"},
	{BYTES(HEAD("\x04", "\x05") "\x02\x01\0\0"), "CNAME 4 bytes TTL 3600"},
	{BYTES(HEAD("\x02", "\x05") "\0\0"), "CNAME 2 bytes TTL 3600"},
	/* no records */
	{BYTES(""), NULL},
	{BYTES("\x04\0\x01\0\x05\xf0\0\0\x6e\0\0\0\0\0\x03\x84\0\0\0\0\0\0\0"), NULL},
	{BYTES(STATIC_A "x"), NULL},
	{BYTES(HEAD("\x05", "\x01") "\x7f\0\0\1"), NULL},
	{BYTES("\x04\0\x01\0\x04\xf0\0\0\1\0\0\0\0\0\x02\x58\0\0\0\0\0\0\0\0\x0a\x0a\0"
	       "\1"),
	 NULL},
};

START_TEST(decode)
{
	struct casp_buf text = {0};
	struct casp_dns_record record;
	bool good = casp_dns_record_decode(records[_i].value, &record);

	ck_assert_int_eq(good, records[_i].text != NULL);
	if (good) {
		casp_dns_record_add(&record, &text);
		ck_assert_str_eq(text.p, records[_i].text);
		casp_buf_free(&text);
	}
}
END_TEST

START_TEST(encode)
{
	static const uint8_t address[4] = {127, 0, 0, 10};
	char value[CASP_DNS_A_SIZE];

	casp_dns_record_a(address, 900, 110, value);
	ck_assert_mem_eq(value, STATIC_A, sizeof(value));
}
END_TEST

START_TEST(tombstone)
{
	char value[CASP_DNS_TOMBSTONE_SIZE];
	struct casp_dns_record record;
	uint64_t time = 0;

	/* 2014-06-02 10:11:12 UTC is 130461774720000000 in units of 100 ns since 1601 */
	casp_dns_record_tombstone(1401703872, 4711, value);
	ck_assert(
		casp_dns_record_decode((struct casp_str){value, sizeof(value)}, &record));
	ck_assert_uint_eq(record.type, CASP_DNS_TOMBSTONE);
	ck_assert_uint_eq(record.serial, 4711);
	ck_assert_uint_eq(record.ttl, 0);
	ck_assert_uint_eq(record.hours, 0);
	ck_assert_uint_eq(record.data.n, 8);
	for (size_t i = 8; i-- > 0;) {
		time = time << 8 | (unsigned char)record.data.p[i];
	}
	ck_assert_uint_eq(time, 130461774720000000);
}
END_TEST

START_TEST(fields)
{
	struct casp_dns_record record;
	uint32_t serial = 0;

	ck_assert(casp_dns_record_decode(records[1].value, &record));
	ck_assert_uint_eq(record.hours, 3640968);
	/* 151 707 days; 134 774 of them before 1970 */
	ck_assert_int_eq(casp_dns_record_time(&record), 1463011200);
	ck_assert(!casp_dns_soa_serial(&record, &serial));
	ck_assert(casp_dns_record_decode(BYTES(HEAD("\x06", "\x06") "\0\0\x12\x67\0\0"),
					 &record));
	ck_assert(casp_dns_soa_serial(&record, &serial));
	ck_assert_uint_eq(serial, 4711);
	ck_assert(
		casp_dns_record_decode(BYTES(HEAD("\x03", "\x06") "\0\0\x12"), &record));
	ck_assert(!casp_dns_soa_serial(&record, &serial));
}
END_TEST

#define PROPERTY(length, id) length "\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0" id "\0\0\0"

static const struct {
	struct casp_str value;
	int type; /* -1: another property, or none */
} properties[] = {
	{BYTES(PROPERTY("\x04", "\x01") "\x04\0\0\0\0"), CASP_DNS_ZONE_FORWARDER},
	{BYTES(PROPERTY("\x04", "\x01") "\x01\0\0\0\0"), CASP_DNS_ZONE_PRIMARY},
	{BYTES(PROPERTY("\x04", "\x02") "\x01\0\0\0\0"), -1},
	{BYTES(PROPERTY("\x01", "\x01") "\x01\0\0\0\0"), -1},
	{BYTES(PROPERTY("\x04", "\x01") "\x01\0\0"), -1},
	{BYTES(""), -1},
};

START_TEST(zone_type)
{
	uint32_t type = 99;
	bool found = casp_dns_zone_type(properties[_i].value, &type);

	ck_assert_int_eq(found, properties[_i].type >= 0);
	ck_assert(!found || (int)type == properties[_i].type);
}
END_TEST

static const struct {
	const char *text;
	bool good;
} addresses[] = {
	{"10.1.2.3", true},    {"255.255.255.255", true}, {"", false},
	{"10.1.2", false},     {"10.1.2.256", false},     {"10.1.2.3.4", false},
	{"10.1.2.3 ", false},  {" 10.1.2.3", false},      {"0x0a.1.2.3", false},
	{"10.01.2.3", false},  {"fd00::1", false},        {"10.1.2.3/8", false},
	{"1000.1.2.3", false}, {"outlook", false},        {"10.1.2.3000000000", false},
};

START_TEST(address)
{
	uint8_t bytes[4] = {0};

	ck_assert_msg(casp_ipv4_parse(casp_str(addresses[_i].text), bytes) ==
			      addresses[_i].good,
		      "'%s'", addresses[_i].text);
	ck_assert(_i != 0 || memcmp(bytes, "\x0a\1\2\3", 4) == 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dns-record");
	TCase *tc = tcase_create("dns-record");

	tcase_add_loop_test(tc, decode, 0, COUNT(records));
	tcase_add_test(tc, encode);
	tcase_add_test(tc, tombstone);
	tcase_add_test(tc, fields);
	tcase_add_loop_test(tc, zone_type, 0, COUNT(properties));
	tcase_add_loop_test(tc, address, 0, COUNT(addresses));
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
