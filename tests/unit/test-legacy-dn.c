/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* legacyExchangeDN: the grammar byte by byte. */
#include "unit.h"

#include <stdio.h>

#include "names/legacy_dn.h"

#define COUNT(rows) (int)(sizeof(rows) / sizeof(*(rows)))
#define AG "/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)"

static const struct {
	const char *dn;
	const char *why; /* NULL: legal */
	const char *parent, *leaf;
} checks[] = {
	{"/o=Contoso", NULL, "", "Contoso"},
	{"/o=C", NULL, "", "C"},
	{AG, NULL, "/o=Contoso", "Exchange Administrative Group (FYDIBOHF23SPDLT)"},
	{AG "/cn=Configuration/cn=Servers/cn=EX1", NULL,
	 AG "/cn=Configuration/cn=Servers", "EX1"},
	{AG "/cn=Configuration/cn=Servers/cn=Outlook.contoso.com", NULL,
	 AG "/cn=Configuration/cn=Servers", "Outlook.contoso.com"},
	{AG "/cn=Configuration/cn=Servers/cn=EX1/cn=Microsoft Private MDB", NULL,
	 AG "/cn=Configuration/cn=Servers/cn=EX1", "Microsoft Private MDB"},
	{AG "/cn=Configuration/cn=Servers/cn=EX1/cn=Microsoft Public MDB", NULL,
	 AG "/cn=Configuration/cn=Servers/cn=EX1", "Microsoft Public MDB"},
	{AG "/cn=Configuration/cn=Servers/cn=EX1/cn=Contoso Private MDB", NULL,
	 AG "/cn=Configuration/cn=Servers/cn=EX1", "Contoso Private MDB"},
	{"/O=Contoso/OU=x/CN=y/GUID=z", NULL, "/O=Contoso/OU=x/CN=y", "z"},
	{"/cn=Instance-81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10/cn=81b752f8@contoso.com",
	 NULL, "/cn=Instance-81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10",
	 "81b752f8@contoso.com"},
	{"", "empty", "", ""},
	{"o=Contoso", "no leading '/'", "", ""},
	{"EX1", "no leading '/'", "", ""},
	{"CN=EX1,DC=contoso", "no leading '/'", "", ""},
	{"/", "empty section", "", ""},
	{"//o=Contoso", "empty section", "/", "Contoso"},
	{"/o=Contoso/", "empty section", "/o=Contoso", ""},
	{"/o=Contoso//cn=x", "empty section", "/o=Contoso/", "x"},
	{"/o", "section without '='", "", ""},
	{"/o=Contoso/cn", "section without '='", "/o=Contoso", ""},
	{"/=Contoso", "section that is none of o, ou, cn, guid", "", "Contoso"},
	{"/dc=Contoso", "section that is none of o, ou, cn, guid", "", "Contoso"},
	{"/o =Contoso", "section that is none of o, ou, cn, guid", "", "Contoso"},
	{"/o=", "empty value", "", ""},
	{"/o=/cn=x", "empty value", "/o=", "x"},
	{"/o=Contoso/cn=a=b", "illegal character", "/o=Contoso", "a=b"},
	{"/o=Contoso/cn=a\nb", "control character", "/o=Contoso", "a\nb"},
	{"/o=Contoso/cn=a\033[31m", "control character", "/o=Contoso", "a\033[31m"},
	{"/o=Contoso/cn=a\x7f", "control character", "/o=Contoso", "a\x7f"},
	{"/o=M\xc3\xbcller", "not ASCII", "", "M\xc3\xbcller"},
};

START_TEST(check_dn)
{
	struct casp_str dn = casp_str(checks[_i].dn);
	const char *why = NULL;
	bool ok = casp_legacy_dn_check(dn, &why);

	ck_assert_msg(ok == !checks[_i].why, "'%s': %s", dn.p, why ? why : "legal");
	ck_assert_pstr_eq(why, checks[_i].why);
	ck_assert_msg(
		casp_str_equal(casp_legacy_dn_parent(dn), casp_str(checks[_i].parent)),
		"parent of '%s'", dn.p);
	ck_assert_msg(casp_str_equal(casp_legacy_dn_leaf(dn), casp_str(checks[_i].leaf)),
		      "leaf of '%s'", dn.p);
}
END_TEST

START_TEST(no_text)
{
	struct casp_str none = {NULL, 0};
	const char *why = NULL;

	ck_assert(!casp_legacy_dn_check(none, &why));
	ck_assert_uint_eq(casp_legacy_dn_parent(none).n, 0);
	ck_assert_uint_eq(casp_legacy_dn_leaf(none).n, 0);
}
END_TEST

/* All 256 of them. */
START_TEST(value_byte)
{
	static const char legal[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
		" !\"%&'()*+,-.:<>?@[]_{|}";
	char dn[] = {'/', 'o', '=', 'a', (char)_i, 'b'};
	const char *why = NULL;
	bool expected = _i && strchr(legal, _i);

	ck_assert_msg(casp_legacy_dn_check((struct casp_str){dn, 6}, &why) == expected,
		      "byte 0x%02x", (unsigned)_i);
}
END_TEST

START_TEST(equal)
{
	ck_assert(casp_legacy_dn_equal(CASP_STR(AG "/cn=EX1"),
				       CASP_STR("/O=CONTOSO/OU=exchange "
						"administrative group "
						"(fydibohf23spdlt)"
						"/CN=ex1")));
	ck_assert(!casp_legacy_dn_equal(CASP_STR("/o=a/cn=b"), CASP_STR("/o=a/cn=b ")));
	ck_assert(!casp_legacy_dn_equal(CASP_STR("/o=a[b"), CASP_STR("/o=a{b")));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("legacy-dn");
	TCase *tcase = tcase_create("legacy-dn");

	tcase_add_loop_test(tcase, check_dn, 0, COUNT(checks));
	tcase_add_test(tcase, no_text);
	tcase_add_loop_test(tcase, value_byte, 0, 256);
	tcase_add_test(tcase, equal);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
