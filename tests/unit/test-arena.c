/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The arena: alignment, reuse, nothing overlaps. */
#include "unit.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"

START_TEST(nothing_overlaps)
{
	enum {
		N = 3000
	};
	struct casp_arena arena = {0};
	static unsigned char *blocks[N];

	for (int i = 0; i < N; i++) {
		blocks[i] = casp_arena_alloc(&arena, (size_t)i % 97);
		ck_assert_ptr_nonnull(blocks[i]);
		ck_assert_uint_eq((uintptr_t)blocks[i] % 8, 0);
		memset(blocks[i], i & 255, (size_t)i % 97);
	}
	for (int i = 0; i < N; i++) {
		for (int k = 0; k < i % 97; k++) {
			ck_assert_uint_eq(blocks[i][k], i & 255);
		}
	}
	casp_arena_free(&arena);
	ck_assert_ptr_null(arena.chunk);
}
END_TEST

START_TEST(large_blocks)
{
	struct casp_arena arena = {0};
	char *small = casp_arena_dup(&arena, "abc", 3);
	char *large = casp_arena_zalloc(&arena, 9 * 1024 * 1024);

	ck_assert_ptr_nonnull(large);
	ck_assert_int_eq(large[0] | large[9 * 1024 * 1024 - 1], 0);
	memset(large, 'x', 9 * 1024 * 1024);
	ck_assert_str_eq(small, "abc");
	ck_assert_ptr_null(casp_arena_alloc(&arena, SIZE_MAX - 3));
	casp_arena_free(&arena);
}
END_TEST

START_TEST(reset_keeps_one_chunk)
{
	struct casp_arena arena = {0};
	char *zeros;

	casp_arena_reset(&arena);
	ck_assert_ptr_null(arena.chunk);
	for (int i = 0; i < 100; i++) {
		memset(casp_arena_alloc(&arena, 1000), 'x', 1000);
	}
	casp_arena_reset(&arena);
	ck_assert_ptr_nonnull(arena.chunk);
	zeros = casp_arena_zalloc(&arena, 1000);
	for (int i = 0; i < 1000; i++) {
		ck_assert_int_eq(zeros[i], 0);
	}
	casp_arena_free(&arena);
}
END_TEST

START_TEST(text)
{
	struct casp_arena arena = {0};
	char *empty = casp_arena_dup(&arena, NULL, 0);
	char *copy = casp_arena_dup_str(&arena, CASP_STR("EX1"));
	char *printed = casp_arena_printf(&arena, "%s/cn=%s", "/o=Contoso", copy);

	ck_assert_str_eq(empty, "");
	ck_assert_str_eq(copy, "EX1");
	ck_assert_str_eq(printed, "/o=Contoso/cn=EX1");
	casp_arena_free(&arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("arena");
	TCase *tcase = tcase_create("arena");

	tcase_add_test(tcase, nothing_overlaps);
	tcase_add_test(tcase, large_blocks);
	tcase_add_test(tcase, reset_keeps_one_chunk);
	tcase_add_test(tcase, text);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
