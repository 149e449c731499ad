/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Host names: every reason for which one is none. */
#include "unit.h"

#include <string.h>

#include "names/fqdn.h"

#define COUNT(rows) (int)(sizeof(rows) / sizeof(*(rows)))
#define L10 "abcdefghij"
#define L63 L10 L10 L10 L10 L10 L10 "abc"

static const struct {
	const char *name;
	const char *why; /* NULL: legal */
} checks[] = {
	{"outlook.contoso.com", NULL},
	{"OUTLOOK.Contoso.COM", NULL},
	{"outlook", NULL},
	{"a", NULL},
	{"a-b.c--d.example", NULL},
	{"3com.example", NULL},
	{"10.0.0.example", NULL},
	{"mail.4x", NULL},
	{"xn--bcher-kva.example", NULL},
	{L63 ".com", NULL},
	{L63 "." L63 "." L63 "." L10 L10 L10 L10 L10 L10 "x", NULL}, /* 253 */
	{"", "empty"},
	{".", "empty label"},
	{".contoso.com", "empty label"},
	{"outlook..com", "empty label"},
	{"outlook.com..", "empty label"},
	{L63 "d.com", "label longer than 63"},
	{L63 "." L63 "." L63 "." L10 L10 L10 L10 L10 L10 "xy", "longer than 253"},
	{"cas_array.contoso.com", "underscore"},
	{"-outlook.contoso.com", "leading hyphen"},
	{"outlook.-contoso.com", "leading hyphen"},
	{"outlook-.contoso.com", "trailing hyphen"},
	{"outlook.contoso.com-", "trailing hyphen"},
	{"-", "leading hyphen"},
	{"192.0.2.1", "IP address"},
	{"1234", "IP address"},
	{"10.1", "IP address"},
	{"mail.4", "IP address"},
	{"2001:db8::1", "IP address"},
	{"[2001:db8::1]", "IP address"},
	{"::", "IP address"},
	{"outlook.contoso.com.", "trailing dot"},
	{"outlook.", "trailing dot"},
	{"b\xc3\xbc"
	 "cher.example",
	 "not ASCII"},
	{"out look.contoso.com", "illegal character"},
	{"outlook.contoso.com ", "illegal character"},
	{"outlook:443", "illegal character"},
	{"https://outlook", "illegal character"},
	{"outlook\n.contoso.com", "illegal character"},
	{"*.contoso.com", "illegal character"},
	{"a/b", "illegal character"},
	{"a@b", "illegal character"},
	{"a[b", "illegal character"},
	{"a`b", "illegal character"},
	{"a{b", "illegal character"},
};

START_TEST(check_name)
{
	const char *why = NULL;
	bool ok = casp_fqdn_check(casp_str(checks[_i].name), &why);

	ck_assert_msg(ok == !checks[_i].why, "'%s': %s", checks[_i].name,
		      why ? why : "legal");
	ck_assert_pstr_eq(why, checks[_i].why);
}
END_TEST

START_TEST(nul_byte)
{
	const char *why = NULL;

	ck_assert(!casp_fqdn_check(CASP_STR("a\0b.com"), &why));
	ck_assert_str_eq(why, "illegal character");
}
END_TEST

static const struct {
	const char *a, *b;
	bool equal;
} pairs[] = {
	{"outlook.contoso.com", "OUTLOOK.contoso.COM", true},
	{"outlook.contoso.com.", "outlook.contoso.com", true},
	{"outlook.contoso.com..", "outlook.contoso.com", false},
	{"outlook.contoso.com", "outlook.contoso.co", false},
	{"a-b", "a_b", false},
	{"a@b", "a`b", false},
	{"", ".", true},
	{"", "a", false},
};

START_TEST(equal)
{
	struct casp_str a = casp_str(pairs[_i].a), b = casp_str(pairs[_i].b);

	ck_assert_msg(casp_fqdn_equal(a, b) == pairs[_i].equal, "'%s' '%s'", a.p, b.p);
	ck_assert_msg(casp_fqdn_equal(b, a) == pairs[_i].equal, "'%s' '%s'", b.p, a.p);
	if (pairs[_i].equal) {
		ck_assert_uint_eq(casp_fqdn_hash(a), casp_fqdn_hash(b));
	}
	ck_assert_uint_ne(casp_fqdn_hash(a), 0);
}
END_TEST

static const struct {
	const char *name, *host, *domain;
	bool single;
} hosts[] = {
	{"casarray01.contoso.com", "casarray01", "contoso.com", false},
	{"casarray01", "casarray01", "", true},
	{"casarray01.", "casarray01", "", true},
	{".com", "", "com", false},
	{"", "", "", true},
};

START_TEST(host)
{
	struct casp_str name = casp_str(hosts[_i].name);

	ck_assert(casp_str_equal(casp_fqdn_host(name), casp_str(hosts[_i].host)));
	ck_assert(casp_str_equal(casp_fqdn_domain(name), casp_str(hosts[_i].domain)));
	ck_assert(casp_fqdn_is_single_label(name) == hosts[_i].single);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fqdn");
	TCase *tcase = tcase_create("fqdn");

	tcase_add_loop_test(tcase, check_name, 0, COUNT(checks));
	tcase_add_test(tcase, nul_byte);
	tcase_add_loop_test(tcase, equal, 0, COUNT(pairs));
	tcase_add_loop_test(tcase, host, 0, COUNT(hosts));
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
