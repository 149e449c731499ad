/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text on its way to a terminal: what is escaped, how wide it is. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "report.h"

#define COUNT(rows) (int)(sizeof(rows) / sizeof(*(rows)))

static const struct {
	const char *text;
	const char *escaped;
} escapes[] = {
	{"", ""},
	{"plain text ~!", "plain text ~!"},
	{"back\\slash", "back\\slash"},
	{"\033[31mred", "\\x1b[31mred"},
	{"a\nb\tc\r", "a\\x0ab\\x09c\\x0d"},
	{"del\x7f", "del\\x7f"},
	{"M\xc3\xbcnchen", "M\xc3\xbcnchen"},
	{"\xe2\x82\xac \xf0\x9f\x93\xab", "\xe2\x82\xac \xf0\x9f\x93\xab"},
	{"csi \xc2\x9b"
	 "31m",
	 "csi \\u009b31m"},
	{"\xe2\x80\xae"
	 "evil",
	 "\\u202eevil"},
	{"\xe2\x81\xa6"
	 "isolate",
	 "\\u2066isolate"},
	{"\xe2\x80\xa8", "\\u2028"},
	{"\xef\xbb\xbf"
	 "bom",
	 "\\ufeffbom"},
	{"\xf3\xa0\x81\x81", "\\U000e0041"},
	/* not UTF-8: alone, cut short, too long a form, a surrogate, beyond the end */
	{"\xff", "\\xff"},
	{"a\x80z", "a\\x80z"},
	{"\xc3", "\\xc3"},
	{"\xe2\x82", "\\xe2\\x82"},
	{"\xc0\xaf", "\\xc0\\xaf"},
	{"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},
	{"\xed\xa0\x80", "\\xed\\xa0\\x80"},
	{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
	{"\xc3(", "\\xc3("},
};

START_TEST(test_escape)
{
	struct out_buf buf = {0};
	char *text = NULL;
	size_t n = 0;
	FILE *stream = open_memstream(&text, &n);

	out_escape(stream, escapes[_i].text);
	fclose(stream);
	ck_assert_str_eq(text, escapes[_i].escaped);
	out_buf_escape(&buf, escapes[_i].text, strlen(escapes[_i].text));
	ck_assert_str_eq(buf.p ? buf.p : "", escapes[_i].escaped);
	ck_assert_int_eq(out_is_safe(escapes[_i].text),
			 !strcmp(escapes[_i].text, escapes[_i].escaped));
	out_buf_free(&buf);
	free(text);
}
END_TEST

START_TEST(test_nul)
{
	struct out_buf buf = {0};

	out_buf_escape(&buf, "a\0b", 3);
	ck_assert_str_eq(buf.p, "a\\x00b");
	out_buf_free(&buf);
}
END_TEST

static const struct {
	const char *text;
	size_t width;
	size_t room;
	size_t fits; /* bytes of it in the room */
} widths[] = {
	{"", 0, 5, 0},
	{"abc", 3, 2, 2},
	{"abc", 3, 3, 3},
	{"\xc3\xa4\xc3\xb6", 2, 1, 2},
	{"e\xcc\x81x", 2, 1, 3}, /* a combining mark stays with its letter */
	{"\xe6\xbc\xa2\xe5\xad\x97", 4, 3, 3},
	{"\xff\xff", 2, 1, 1},
};

START_TEST(test_width)
{
	const char *text = widths[_i].text;

	ck_assert_uint_eq(out_width(text, strlen(text)), widths[_i].width);
	ck_assert_uint_eq(out_fit(text, strlen(text), widths[_i].room), widths[_i].fits);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("escape");
	TCase *tcase = tcase_create("escape");

	tcase_add_loop_test(tcase, test_escape, 0, COUNT(escapes));
	tcase_add_test(tcase, test_nul);
	tcase_add_loop_test(tcase, test_width, 0, COUNT(widths));
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
