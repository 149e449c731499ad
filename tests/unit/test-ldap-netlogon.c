/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The answer to an LDAP ping: what is read of it, and that no bytes do harm. */
#include "unit.h"

#include <string.h>

#include "directory/ldap_netlogon.h"

/* Code 23, flags, GUID; then the names, those that came before by pointers: the forest at
 * 24 ("contoso.com"), the domain at 37, the host at 39, and so on. */
static const unsigned char answer[] = "\x17\x00\x00\x00\xfd\x73\x00\x00"
				      "0123456789abcdef"
				      "\x07"
				      "contoso\x03"
				      "com\x00"  /* forest, at 24 */
				      "\xc0\x18" /* domain */
				      "\x03"
				      "DC1\xc0\x18" /* host, at 39 */
				      "\x07"
				      "CONTOSO\x00" /* NetBIOS domain */
				      "\x03"
				      "DC1\x00" /* NetBIOS host */
				      "\x00"    /* user */
				      "\x06"
				      "Berlin\x00" /* site of the controller, at 60 */
				      "\xc0\x3c"   /* ours */
				      "\x06"
				      "Berlin\x00" /* the next closest */
				      "\x05\x00\x00\x00\xff\xff\xff\xff";

static struct casp_str text(const unsigned char *p, size_t n)
{
	return (struct casp_str){(const char *)p, n};
}

START_TEST(test_answer)
{
	struct casp_netlogon netlogon;

	ck_assert(casp_netlogon_parse(text(answer, sizeof(answer) - 1), &netlogon));
	ck_assert_str_eq(netlogon.domain, "contoso.com");
	ck_assert_str_eq(netlogon.host, "DC1.contoso.com");
	ck_assert_str_eq(netlogon.dc_site, "Berlin");
	ck_assert_str_eq(netlogon.client_site, "Berlin");
}
END_TEST

/* Offset of the pointer that is our site. */
#define CLIENT_SITE 68

/* What is put there instead of it, and whether that can be. */
static const struct {
	const char *name;
	size_t n;
	bool ok;
	const char *site;
} sites[] = {
	{"\0", 1, true, ""},
	{"\6Lisbon\0", 8, true, "Lisbon"},
	{"\1A\1B\0", 5, true, "A.B"},
	{"\1A\xc0\x3c", 4, true, "A.Berlin"},
	/* cut off */
	{"", 0, false, NULL},
	{"\6Lisbon", 7, false, NULL},
	{"\6Lis", 4, false, NULL},
	{"\xc0", 1, false, NULL},
	/* to itself, forwards, into what was read of this name, in a circle */
	{"\xc0\x44", 2, false, NULL},
	{"\xc0\x60", 2, false, NULL},
	{"\1A\xc0\x44", 4, false, NULL},
	{"\1A\1B\xc0\x46", 6, false, NULL},
	{"\xff\xff", 2, false, NULL},
	/* lengths that there are not */
	{"\x40xx\0", 4, false, NULL},
	{"\x80xx\0", 4, false, NULL},
	{"\2A\0\0", 4, false, NULL},
};

START_TEST(test_names)
{
	unsigned char bytes[sizeof(answer)];
	struct casp_netlogon netlogon;

	ck_assert_uint_eq(answer[CLIENT_SITE], 0xc0);
	memcpy(bytes, answer, CLIENT_SITE);
	memcpy(bytes + CLIENT_SITE, sites[_i].name, sites[_i].n);
	ck_assert(casp_netlogon_parse(text(bytes, CLIENT_SITE + sites[_i].n),
				      &netlogon) == sites[_i].ok);
	if (sites[_i].ok) {
		ck_assert_str_eq(netlogon.client_site, sites[_i].site);
	}
}
END_TEST

/* Lengths of labels; with the dots between them 255 is just short enough. */
static const struct {
	size_t labels[6];
	bool ok;
} lengths[] = {
	{{63, 63, 63, 63}, true},     /* 255 */
	{{63, 63, 63, 61, 1}, true},  /* 255 */
	{{63, 63, 63, 62, 1}, false}, /* 256 */
	{{63, 63, 63, 63, 1}, false}, {{63, 63, 63, 63, 63}, false},
};

START_TEST(test_long_name)
{
	unsigned char bytes[1024] = {0};
	struct casp_netlogon netlogon;
	size_t n = CLIENT_SITE;

	memcpy(bytes, answer, n);
	for (const size_t *label = lengths[_i].labels; *label; label++) {
		bytes[n] = (unsigned char)*label;
		memset(bytes + n + 1, 'x', *label);
		n += 1 + *label;
	}
	ck_assert(casp_netlogon_parse(text(bytes, n + 1), &netlogon) == lengths[_i].ok);
	if (lengths[_i].ok) {
		ck_assert_uint_eq(strlen(netlogon.client_site), CASP_NETLOGON_NAME - 1);
	}
}
END_TEST

START_TEST(test_other_answers)
{
	unsigned char bytes[sizeof(answer)];
	struct casp_netlogon netlogon;

	memcpy(bytes, answer, sizeof(answer));
	for (unsigned code = 0; code < 256; code++) {
		bytes[0] = (unsigned char)code;
		ck_assert(casp_netlogon_parse(text(bytes, sizeof(answer) - 1),
					      &netlogon) == (code == 23 || code == 25));
	}
	ck_assert(!casp_netlogon_parse((struct casp_str){NULL, 0}, &netlogon));
}
END_TEST

/* Copies of the exact size, so that a sanitizer sees what is read beyond. */
static bool parse_copy(const unsigned char *p, size_t n)
{
	unsigned char *copy = malloc(n ? n : 1);
	struct casp_netlogon netlogon;
	bool ok;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, p, n);
	ok = casp_netlogon_parse(text(copy, n), &netlogon);
	ck_assert_uint_lt(strlen(netlogon.client_site), CASP_NETLOGON_NAME);
	ck_assert_uint_lt(strlen(netlogon.host), CASP_NETLOGON_NAME);
	free(copy);
	return ok;
}

START_TEST(test_cut)
{
	for (size_t n = 0; n < sizeof(answer) - 1; n++) {
		ck_assert_msg(parse_copy(answer, n) == (n >= CLIENT_SITE + 2), "%zu", n);
	}
}
END_TEST

START_TEST(test_noise)
{
	uint64_t state = 88172645463325252u;
	unsigned char bytes[sizeof(answer)];
	unsigned n_ok = 0;

	for (unsigned round = 0; round < 100000; round++) {
		memcpy(bytes, answer, sizeof(answer));
		for (unsigned i = 0; i < 1 + round % 8; i++) {
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			bytes[24 + (state >> 8) % (sizeof(answer) - 25)] =
				(unsigned char)state;
		}
		n_ok += parse_copy(bytes, sizeof(answer) - 1);
	}
	/* some are still answers, most are not */
	ck_assert_uint_gt(n_ok, 1000);
	ck_assert_uint_lt(n_ok, 90000);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ldap-netlogon");
	TCase *tc = tcase_create("ldap-netlogon");

	tcase_add_test(tc, test_answer);
	tcase_add_loop_test(tc, test_names, 0, sizeof(sites) / sizeof(*sites));
	tcase_add_loop_test(tc, test_long_name, 0, sizeof(lengths) / sizeof(*lengths));
	tcase_add_test(tc, test_other_answers);
	tcase_add_test(tc, test_cut);
	tcase_add_test(tc, test_noise);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
