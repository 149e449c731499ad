/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of the attributes dnsRecord and dNSProperty, [MS-DNSP] 2.3.2.2 and 2.3.2.1. */
#include "dns_record.h"

#include <arpa/inet.h>
#include <stdio.h>

#define HEADER 24
#define VERSION 5
#define RANK_ZONE 0xf0 /* data of the zone itself; [MS-DNSP] 2.2.2.2.5 */
#define NAME_MAX_BYTES 255
/* 1601 to 1970: what [MS-DNSP] counts from, and what we do. */
#define EPOCH_SECONDS 11644473600LL
#define PROPERTY_HEADER 20
#define PROPERTY_ZONE_TYPE 1

/* ---- numbers ---- */

static uint32_t get_little(const char *p, size_t n)
{
	uint32_t value = 0;

	while (n-- > 0) {
		value = value << 8 | (unsigned char)p[n];
	}
	return value;
}

static uint32_t get_big(const char *p)
{
	uint32_t value = 0;

	for (size_t i = 0; i < 4; i++) {
		value = value << 8 | (unsigned char)p[i];
	}
	return value;
}

static void put_little(char *p, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		p[i] = (char)(value >> 8 * i);
	}
}

static void put_big(char *p, uint32_t value)
{
	for (size_t i = 0; i < 4; i++) {
		p[i] = (char)(value >> 8 * (3 - i));
	}
}

/* ---- records ---- */

bool casp_dns_record_decode(struct casp_str value, struct casp_dns_record *ret)
{
	const char *p = value.p;

	if (value.n < HEADER || get_little(p, 2) != value.n - HEADER || p[4] != VERSION) {
		return false;
	}
	*ret = (struct casp_dns_record){
		.type = (uint16_t)get_little(p + 2, 2),
		.serial = get_little(p + 8, 4),
		.ttl = get_big(p + 12),
		.hours = get_little(p + 20, 4),
		.data = {p + HEADER, value.n - HEADER},
	};
	return true;
}

static void put_header(char *p, enum casp_dns_type type, unsigned rank, uint32_t ttl,
		       uint32_t serial, size_t size)
{
	memset(p, 0, size);
	put_little(p, size - HEADER, 2);
	put_little(p + 2, type, 2);
	p[4] = VERSION;
	p[5] = (char)rank;
	put_little(p + 8, serial, 4);
	put_big(p + 12, ttl);
}

void casp_dns_record_a(const uint8_t address[4], uint32_t ttl, uint32_t serial,
		       char ret[CASP_DNS_A_SIZE])
{
	put_header(ret, CASP_DNS_A, RANK_ZONE, ttl, serial, CASP_DNS_A_SIZE);
	memcpy(ret + HEADER, address, 4);
}

void casp_dns_record_tombstone(int64_t time, uint32_t serial,
			       char ret[CASP_DNS_TOMBSTONE_SIZE])
{
	put_header(ret, CASP_DNS_TOMBSTONE, 0, 0, serial, CASP_DNS_TOMBSTONE_SIZE);
	/* EntombedTime, in units of 100 ns; [MS-DNSP] 2.2.2.2.4.23 */
	put_little(ret + HEADER, (uint64_t)(time + EPOCH_SECONDS) * 10000000, 8);
}

bool casp_dns_soa_serial(const struct casp_dns_record *record, uint32_t *ret)
{
	if (record->type != CASP_DNS_SOA || record->data.n < 4) {
		return false;
	}
	*ret = get_big(record->data.p);
	return true;
}

int64_t casp_dns_record_time(const struct casp_dns_record *record)
{
	return record->hours ? (int64_t)record->hours * 3600 - EPOCH_SECONDS : 0;
}

/* ---- text ---- */

void casp_dns_type_add(uint16_t type, struct casp_buf *out)
{
	static const struct {
		uint16_t type;
		const char *name;
	} names[] = {
		{CASP_DNS_TOMBSTONE, "tombstone"},
		{CASP_DNS_A, "A"},
		{CASP_DNS_NS, "NS"},
		{CASP_DNS_CNAME, "CNAME"},
		{CASP_DNS_SOA, "SOA"},
		{12, "PTR"},
		{15, "MX"},
		{16, "TXT"},
		{CASP_DNS_AAAA, "AAAA"},
		{33, "SRV"},
		{CASP_DNS_DNAME, "DNAME"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (names[i].type == type) {
			casp_buf_adds(out, names[i].name);
			return;
		}
	}
	casp_buf_addf(out, "TYPE%u", type); /* RFC 3597 */
}

/* DNS_COUNT_NAME, [MS-DNSP] 2.2.2.2.2: length, number of labels, labels, a zero. */
static bool add_name(struct casp_str data, struct casp_buf *out)
{
	size_t at = 2, labels;
	size_t start = out->n;

	if (data.n < 3 || data.n > NAME_MAX_BYTES + 2 ||
	    (unsigned char)data.p[0] != data.n - 2) {
		return false;
	}
	for (labels = (unsigned char)data.p[1]; labels > 0; labels--) {
		size_t n = (unsigned char)data.p[at++];

		if (n == 0 || n > 63 || at + n >= data.n) {
			out->n = start;
			return false;
		}
		casp_buf_adds(out, out->n > start ? "." : "");
		casp_buf_add(out, data.p + at, n);
		at += n;
	}
	if (at + 1 != data.n || data.p[at] != 0) {
		out->n = start;
		return false;
	}
	casp_buf_adds(out, out->n > start ? "" : ".");
	return true;
}

static bool add_address(int family, struct casp_str data, struct casp_buf *out)
{
	char text[INET6_ADDRSTRLEN];

	if (data.n != (family == AF_INET ? 4 : 16) ||
	    !inet_ntop(family, data.p, text, sizeof(text))) {
		return false;
	}
	casp_buf_adds(out, text);
	return true;
}

void casp_dns_data_add(const struct casp_dns_record *record, struct casp_buf *out)
{
	bool known = false;

	switch (record->type) {
	case CASP_DNS_A:
		known = add_address(AF_INET, record->data, out);
		break;
	case CASP_DNS_AAAA:
		known = add_address(AF_INET6, record->data, out);
		break;
	case CASP_DNS_NS:
	case CASP_DNS_CNAME:
	case CASP_DNS_DNAME:
		known = add_name(record->data, out);
		break;
	default:
		break;
	}
	if (!known) {
		casp_buf_addf(out, "%zu bytes", record->data.n);
	}
}

void casp_dns_record_add(const struct casp_dns_record *record, struct casp_buf *out)
{
	casp_dns_type_add(record->type, out);
	if (record->type == CASP_DNS_TOMBSTONE) {
		return;
	}
	casp_buf_addc(out, ' ');
	casp_dns_data_add(record, out);
	casp_buf_addf(out, " TTL %u%s", record->ttl, record->hours ? ", dynamic" : "");
}

bool casp_dns_value_add(struct casp_str value, struct casp_buf *out)
{
	struct casp_dns_record record;

	if (!casp_dns_record_decode(value, &record)) {
		return false;
	}
	casp_dns_record_add(&record, out);
	return true;
}

/* ---- zones and addresses ---- */

bool casp_dns_zone_type(struct casp_str property, uint32_t *ret)
{
	if (property.n < PROPERTY_HEADER + 4 || get_little(property.p, 4) != 4 ||
	    get_little(property.p + 16, 4) != PROPERTY_ZONE_TYPE) {
		return false;
	}
	*ret = get_little(property.p + PROPERTY_HEADER, 4);
	return true;
}

bool casp_ipv4_parse(struct casp_str text, uint8_t ret[4])
{
	char copy[INET_ADDRSTRLEN];

	if (text.n == 0 || text.n >= sizeof(copy) || memchr(text.p, '\0', text.n)) {
		return false;
	}
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	return inet_pton(AF_INET, copy, ret) == 1;
}
