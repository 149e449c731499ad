/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What others wrote, fit for a message. */
#include "unit.h"

#include "base/excerpt.h"

#define TEN "0123456789"
#define FORTY TEN TEN TEN TEN

static const struct {
	struct casp_str text;
	size_t limit;
	const char *expected;
} rows[] = {
	{CASP_STR(""), 9, ""},
	{CASP_STR("plain"), 9, "plain"},
	{CASP_STR("plain"), 5, "plain"},
	{CASP_STR("plain"), 4, "plai..."},
	{CASP_STR("plain"), 0, "..."},
	{CASP_STR("a\nb\tc\0d\x7f"), 9, "a\\x0ab\\x09c\\x00d\\x7f"},
	{CASP_STR("M\xc3\xbcller"), 9, "M\xc3\xbcller"},
	/* a control of two bytes */
	{CASP_STR("a\xc2\x9b"
		  "31m"),
	 9, "a\\xc2\\x9b31m"},
	/* what is no UTF-8 does not spoil what is */
	{CASP_STR("\xfc \xc3\xbc \xe2\x82"), 9, "\\xfc \xc3\xbc \\xe2\\x82"},
	/* cut before a sequence, never in it */
	{CASP_STR("a\xf0\x9f\x98\x80"), 4, "a..."},
	{CASP_STR("a\xf0\x9f\x98\x80"), 5, "a\xf0\x9f\x98\x80"},
	/* nor far before what is none */
	{CASP_STR("\x80\x80\x80\x80\x80\x80"), 5, "\\x80\\x80..."},
};

START_TEST(escape)
{
	struct casp_buf buf = {0};

	casp_buf_adds(&buf, ">");
	casp_escape(rows[_i].text, rows[_i].limit, &buf);
	ck_assert_str_eq(buf.p + 1, rows[_i].expected);
	ck_assert_uint_eq(buf.n, strlen(rows[_i].expected) + 1);
	casp_buf_free(&buf);
}
END_TEST

START_TEST(excerpt)
{
	const char *first = casp_excerpt(CASP_STR(FORTY));
	const char *second = casp_excerpt(CASP_STR(FORTY "x"));
	const char *third = casp_excerpt(CASP_STR("\n"));

	ck_assert_str_eq(first, FORTY);
	ck_assert_str_eq(second, FORTY "...");
	ck_assert_str_eq(third, "\\x0a");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("excerpt");
	TCase *tcase = tcase_create("excerpt");

	tcase_add_loop_test(tcase, escape, 0, sizeof(rows) / sizeof(*rows));
	tcase_add_test(tcase, excerpt);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
