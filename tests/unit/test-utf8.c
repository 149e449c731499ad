/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit.h"

#include <string.h>

#include "../../libcasarray/base/utf8.h"

static const struct row {
	const char *text;
	bool good;
} rows[] = {
	{"", true},
	{"plain text, longer than a word", true},
	{"\xc3\xbc", true},
	{"\xe2\x82\xac", true},
	{"\xf0\x9f\x98\x80", true},
	{"\xf4\x8f\xbf\xbf", true},
	{"seven..\xc3\xbc over the border of a word", true},
	{"\xc3", false},             /* cut off */
	{"\xe2\x82", false},         /* cut off */
	{"\xf0\x9f\x98", false},     /* cut off */
	{"\x80", false},             /* no beginning */
	{"\xc0\x80", false},         /* overlong */
	{"\xc1\xbf", false},         /* overlong */
	{"\xe0\x9f\xbf", false},     /* overlong */
	{"\xf0\x8f\xbf\xbf", false}, /* overlong */
	{"\xed\xa0\x80", false},     /* surrogate */
	{"\xf4\x90\x80\x80", false}, /* past U+10FFFF */
	{"\xf5\x80\x80\x80", false},
	{"\xff", false},
	{"\xe2\x28\xac", false},
	{"\xe2\x82\x28", false},
	{"12345678\xff", false},
};

START_TEST(check)
{
	const struct row *row = &rows[_i];

	ck_assert_msg(casp_utf8_check(casp_str(row->text)) == row->good, "row %d", _i);
}
END_TEST

START_TEST(sequence)
{
	ck_assert_uint_eq(casp_utf8_sequence("", 0), 0);
	ck_assert_uint_eq(casp_utf8_sequence("a\xc3", 2), 1);
	ck_assert_uint_eq(casp_utf8_sequence("\xc3\xbc", 2), 2);
	ck_assert_uint_eq(casp_utf8_sequence("\xc3\xbc", 1), 0);
	ck_assert_uint_eq(casp_utf8_sequence("\xf0\x9f\x98\x80z", 5), 4);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("utf8");
	TCase *tcase = tcase_create("utf8");

	tcase_add_loop_test(tcase, check, 0, sizeof(rows) / sizeof(*rows));
	tcase_add_test(tcase, sequence);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
