/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Templates of names: which are none, and what they give for the names of sites. */
#include "unit.h"

#include <string.h>

#include "names/array_template.h"

#define COUNT(rows) (int)(sizeof(rows) / sizeof(*(rows)))
#define L10 "abcdefghij"
#define L60 L10 L10 L10 L10 L10 L10
#define L63 L60 "abc"

static const struct {
	const char *text;
	const char *why; /* NULL: legal */
} checks[] = {
	{"outlook-{site}.contoso.com", NULL},
	{"outlook-{site}.contoso.com.", NULL},
	{"{site}.contoso.com", NULL},
	{"{site}", NULL},
	{"outlook.{site}.{site}.com", NULL},
	{L60 "-x{site}", NULL},
	{L63 "{site}.com", "does not make a host name: label longer than 63"},
	{"", "'' has no {site}"},
	{"outlook.contoso.com", "'outlook.contoso.com' has no {site}"},
	{"site.contoso.com", "has no {site}"},
	{"outlook-{dag}.contoso.com", "has the unknown placeholder '{dag}'"},
	{"outlook-{site}-{dag}.com", "has the unknown placeholder '{dag}'"},
	{"outlook-{SITE}.com", "has the unknown placeholder '{SITE}'"},
	{"outlook-{ site }.com", "has the unknown placeholder '{ site }'"},
	{"outlook-{}.com", "has the unknown placeholder '{}'"},
	{"outlook-{{site}}.com", "has the unknown placeholder '{{site}'"},
	{"outlook-{site", "has a '{' without '}'"},
	{"outlook-{site}{", "has a '{' without '}'"},
	{"outlook-{site}}.com", "does not make a host name: illegal character"},
	{"out look-{site}.com", "does not make a host name: illegal character"},
	{"outlook_{site}.com", "does not make a host name: underscore"},
	{"-{site}.com", "does not make a host name: leading hyphen"},
	{"{site}-.com", "does not make a host name: trailing hyphen"},
	{"{site}..com", "does not make a host name: empty label"},
	{"{site}.10", "does not make a host name: IP address"},
	{"https://{site}.com", "does not make a host name: illegal character"},
};

START_TEST(check)
{
	struct cas_error *err = NULL;
	int code = cas_array_template_check(checks[_i].text, &err);

	if (!checks[_i].why) {
		ck_assert_msg(code == 0, "%s", cas_error_message(err));
		return;
	}
	ck_assert_int_eq(code, CAS_E_USAGE);
	ck_assert_msg(strstr(cas_error_message(err), checks[_i].why), "%s",
		      cas_error_message(err));
	ck_assert_ptr_nonnull(cas_error_hint(err));
	cas_error_free(err);
}
END_TEST

#define T "outlook-{site}.contoso.com"

static const struct {
	const char *text;
	const char *site;
	const char *name; /* NULL: refused */
	const char *why;
} fills[] = {
	{T, "Berlin", "outlook-berlin.contoso.com", NULL},
	{T, "Berlin North", "outlook-berlin-north.contoso.com", NULL},
	{T, "BERLIN_2", "outlook-berlin-2.contoso.com", NULL},
	{T, "a  b", "outlook-a--b.contoso.com", NULL},
	{T, "-x", "outlook--x.contoso.com", NULL},
	{T ".", "Berlin", "outlook-berlin.contoso.com", NULL},
	{"{site}.{site}.com", "X", "x.x.com", NULL},
	{"{site}", "Berlin", "berlin", NULL},
	{T, L10 L10 L10 L10 L10 "abcde",
	 "outlook-" L10 L10 L10 L10 L10 "abcde.contoso.com", NULL},
	{T, L10 L10 L10 L10 L10 "abcdef", NULL, "label longer than 63"},
	{T, "M\xc3\xbcnchen", NULL,
	 "for the site 'M\xc3\xbcnchen': a host label cannot have '\xc3\xbc'"},
	{T, "a\xff", NULL, "a host label cannot have '\xff'"},
	{T, "Berlin.North", NULL, "a host label cannot have '.'"},
	{T, "Berlin (old)", NULL, "a host label cannot have '('"},
	{T, "a,b", NULL, "a host label cannot have ','"},
	{T, "{site}", NULL, "a host label cannot have '{'"},
	{T, "a-", NULL, "trailing hyphen"},
	{"{site}.com", "_a", NULL, "leading hyphen"},
	{"10.{site}", "7", NULL, "IP address"},
	{"{site}", "", NULL, "empty"},
	{"a.{site}.com", "", NULL, "empty label"},
};

START_TEST(fill)
{
	struct casp_buf out = {0};
	struct cas_error *err = NULL;
	int code = casp_array_template_fill(fills[_i].text, fills[_i].site, &out, &err);

	if (fills[_i].name) {
		ck_assert_msg(code == 0, "%s", cas_error_message(err));
		ck_assert_str_eq(out.p, fills[_i].name);
	} else {
		ck_assert_int_eq(code, CAS_E_REFUSED);
		ck_assert_msg(strstr(cas_error_message(err), fills[_i].why), "%s",
			      cas_error_message(err));
		ck_assert_str_eq(cas_error_hint(err), "name it yourself, with --fqdn");
		ck_assert_uint_eq(out.n, 0);
	}
	cas_error_free(err);
	casp_buf_free(&out);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("array-template");
	TCase *tcase = tcase_create("array-template");

	tcase_add_loop_test(tcase, check, 0, COUNT(checks));
	tcase_add_loop_test(tcase, fill, 0, COUNT(fills));
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
