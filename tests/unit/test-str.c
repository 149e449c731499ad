/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text: comparisons that ignore ASCII case, numbers, the growing buffer. */
#include "unit.h"

#include <stdio.h>

#include "base/str.h"

#define COUNT(rows) (int)(sizeof(rows) / sizeof(*(rows)))

static const struct {
	const char *a, *b;
	int order; /* ignoring case */
} orders[] = {
	{"", "", 0},
	{"", "a", -1},
	{"abc", "ABC", 0},
	{"abc", "abd", -1},
	{"ABC", "abd", -1},
	{"abc", "abcd", -1},
	{"Z", "[", 1}, /* 'z' is after '[' */
	{"@", "`", -1},
	{"[", "{", -1},
	{"\xc3\x9c", "\xc3\xbc", -1},
	{"a\xc0", "A\xc0", 0},
	{"abcdefghijklmnop", "ABCDEFGHIJKLMNOP", 0},
	{"abcdefghijklmnop", "ABCDEFGHIJKLMNOQ", -1},
};

START_TEST(compare)
{
	struct casp_str a = casp_str(orders[_i].a), b = casp_str(orders[_i].b);
	int order = orders[_i].order;

	ck_assert_int_eq(casp_str_icompare(a, b), order);
	ck_assert_int_eq(casp_str_icompare(b, a), -order);
	ck_assert_int_eq(casp_str_iequal(a, b), order == 0);
	if (order == 0) {
		ck_assert_uint_eq(casp_str_ihash(a), casp_str_ihash(b));
	}
	ck_assert_uint_ne(casp_str_ihash(a), 0);
	ck_assert(casp_str_equal(a, a));
	ck_assert(!casp_str_equal(a, b) || strcmp(a.p, b.p) == 0);
}
END_TEST

START_TEST(hash_sees_every_byte)
{
	char text[24] = "abcdefghijklmnopqrstuvw";

	for (size_t n = 1; n < sizeof(text); n++) {
		uint64_t whole = casp_str_ihash((struct casp_str){text, n});

		ck_assert_uint_ne(whole, casp_str_ihash((struct casp_str){text, n - 1}));
		text[n - 1] ^= 4;
		ck_assert_uint_ne(whole, casp_str_ihash((struct casp_str){text, n}));
		text[n - 1] ^= 4;
	}
}
END_TEST

START_TEST(pieces)
{
	ck_assert(casp_str_istarts(CASP_STR("Exchange"), CASP_STR("EX")));
	ck_assert(casp_str_istarts(CASP_STR("x"), CASP_STR("")));
	ck_assert(!casp_str_istarts(CASP_STR("E"), CASP_STR("EX")));
	ck_assert(casp_str_equal(casp_str_trim(CASP_STR(" \t a b\t ")), CASP_STR("a b")));
	ck_assert_uint_eq(casp_str_trim(CASP_STR(" \t ")).n, 0);
	ck_assert_uint_eq(casp_str(NULL).n, 0);
	ck_assert(casp_iequal("AbC", "aBc"));
	ck_assert(!casp_iequal("AbC", "aB"));
}
END_TEST

/* Every byte, against the standard's "C" locale by its own words. */
START_TEST(character_classes)
{
	static const char digits[] = "0123456789",
			  letters[] = "abcdefghijklmnopqrstuvwxyz",
			  capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
			  hex[] = "0123456789abcdef";

	for (int c = 0; c < 256; c++) {
		const char *capital = c ? strchr(capitals, c) : NULL;
		int lower = capital ? letters[capital - capitals] : c;
		const char *digit = c ? strchr(hex, lower) : NULL;

		ck_assert_int_eq(casp_lower((unsigned char)c), lower);
		ck_assert_int_eq(casp_is_digit((unsigned char)c), c && strchr(digits, c));
		ck_assert_int_eq(casp_is_alnum((unsigned char)c),
				 c && (strchr(digits, c) || strchr(letters, lower)));
		ck_assert_int_eq(casp_hex_digit((unsigned char)c),
				 digit ? digit - hex : -1);
	}
}
END_TEST

static const struct {
	const char *text;
	bool ok;
	int64_t value;
} numbers[] = {
	{"0", true, 0},
	{"1937997947", true, 1937997947},
	{"-1", true, -1},
	{"+7", true, 7},
	{"9223372036854775807", true, INT64_MAX},
	{"-9223372036854775807", true, -INT64_MAX},
	{"9223372036854775808", false, 0},
	{"9999999999999999999", false, 0},
	{"18446744073709551617", false, 0},
	{"", false, 0},
	{"-", false, 0},
	{"--1", false, 0},
	{" 1", false, 0},
	{"1 ", false, 0},
	{"0x10", false, 0},
	{"1.5", false, 0},
};

START_TEST(number)
{
	int64_t value = 0;

	ck_assert_msg(casp_str_int(casp_str(numbers[_i].text), &value) == numbers[_i].ok,
		      "'%s'", numbers[_i].text);
	ck_assert_int_eq(value, numbers[_i].value);
}
END_TEST

static const struct {
	const char *a, *b;
	size_t limit, distance;
} distances[] = {
	{"audit", "audit", 2, 0},
	{"audit", "AUDIT", 2, 0},
	{"audti", "audit", 2, 2},
	{"repiar", "repair", 2, 2},
	{"get-aray", "get-array", 2, 1},
	{"", "ab", 2, 2},
	{"", "abc", 2, 3},
	{"kitten", "sitting", 5, 3},
	{"kitten", "sitting", 2, 3},
	{"abcdef", "ghijkl", 3, 4},
};

START_TEST(distance)
{
	struct casp_str a = casp_str(distances[_i].a), b = casp_str(distances[_i].b);

	ck_assert_uint_eq(casp_str_distance(a, b, distances[_i].limit),
			  distances[_i].distance);
	ck_assert_uint_eq(casp_str_distance(b, a, distances[_i].limit),
			  distances[_i].distance);
}
END_TEST

START_TEST(distance_of_long_text)
{
	char text[300];

	memset(text, 'a', sizeof(text));
	ck_assert_uint_eq(casp_str_distance((struct casp_str){text, 129},
					    (struct casp_str){text, 129}, 2),
			  3);
	ck_assert_uint_eq(casp_str_distance((struct casp_str){text, 128},
					    (struct casp_str){text, 127}, 2),
			  1);
}
END_TEST

START_TEST(buffer)
{
	struct casp_buf buf = {0};
	char expected[4096] = "";
	size_t n = 0;

	ck_assert_str_eq(casp_buf_str(&buf).p, "");
	for (int i = 0; i < 200; i++) {
		casp_buf_addf(&buf, "%d,", i);
		casp_buf_addc(&buf, 'x');
		casp_buf_adds(&buf, "yz");
		casp_buf_add_str(&buf, CASP_STR(";"));
		n += (size_t)snprintf(expected + n, sizeof(expected) - n, "%d,xyz;", i);
		ck_assert_uint_eq(buf.n, n);
		ck_assert_str_eq(buf.p, expected);
	}
	casp_buf_clear(&buf);
	casp_buf_add(&buf, "a\0b", 3);
	ck_assert_uint_eq(buf.n, 3);
	ck_assert_mem_eq(buf.p, "a\0b", 4);
	ck_assert(!buf.failed);
	casp_buf_free(&buf);
	ck_assert_ptr_null(buf.p);
}
END_TEST

START_TEST(buffer_fails_for_good)
{
	struct casp_buf buf = {0};

	casp_buf_adds(&buf, "abc");
	ck_assert(!casp_buf_reserve(&buf, SIZE_MAX / 2));
	ck_assert(buf.failed);
	casp_buf_adds(&buf, "def");
	casp_buf_addf(&buf, "%d", 1);
	ck_assert_str_eq(buf.p, "abc");
	casp_buf_free(&buf);
	ck_assert(!buf.failed);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("str");
	TCase *tcase = tcase_create("str");

	tcase_add_loop_test(tcase, compare, 0, COUNT(orders));
	tcase_add_test(tcase, hash_sees_every_byte);
	tcase_add_test(tcase, pieces);
	tcase_add_test(tcase, character_classes);
	tcase_add_loop_test(tcase, number, 0, COUNT(numbers));
	tcase_add_loop_test(tcase, distance, 0, COUNT(distances));
	tcase_add_test(tcase, distance_of_long_text);
	tcase_add_test(tcase, buffer);
	tcase_add_test(tcase, buffer_fails_for_good);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
