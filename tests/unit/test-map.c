/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hash map: several values under one hash, in order, through every growth. */
#include "unit.h"

#include <stdint.h>

#include "base/map.h"

static void *value(uintptr_t n)
{
	return (void *)n;
}

START_TEST(empty)
{
	struct casp_map map = {0};
	size_t at = 0;

	ck_assert_ptr_null(casp_map_next(&map, 1, &at));
	casp_map_free(&map);
}
END_TEST

/* Neighbouring hashes and hashes at the end of the table: the worst for open addressing.
 */
START_TEST(collisions)
{
	enum {
		N = 5000,
		KEYS = 37
	};
	const uint64_t base = UINT64_MAX - KEYS / 2;
	struct casp_map map = {0};

	for (uintptr_t i = 0; i < N; i++) {
		uint64_t hash = base + i % KEYS;

		ck_assert(casp_map_add(&map, hash ? hash : 99, value(i + 1)));
	}
	ck_assert_uint_eq(map.n, N);
	for (uintptr_t key = 0; key < KEYS; key++) {
		uint64_t hash = base + key;
		size_t at = 0;

		for (uintptr_t i = key; i < N; i += KEYS) {
			ck_assert_ptr_eq(casp_map_next(&map, hash ? hash : 99, &at),
					 value(i + 1));
		}
		ck_assert_ptr_null(casp_map_next(&map, hash ? hash : 99, &at));
	}
	casp_map_free(&map);
	ck_assert_uint_eq(map.n, 0);
}
END_TEST

START_TEST(reserve)
{
	struct casp_map map = {0};
	struct casp_map_slot *slots;

	ck_assert(casp_map_reserve(&map, 1000));
	slots = map.slots;
	for (uintptr_t i = 1; i <= 1000; i++) {
		ck_assert(casp_map_add(&map, i * 0x9e3779b97f4a7c15u, value(i)));
	}
	ck_assert_ptr_eq(map.slots, slots);
	for (uintptr_t i = 1; i <= 1000; i++) {
		size_t at = 0;

		ck_assert_ptr_eq(casp_map_next(&map, i * 0x9e3779b97f4a7c15u, &at),
				 value(i));
	}
	casp_map_free(&map);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("map");
	TCase *tcase = tcase_create("map");

	tcase_add_test(tcase, empty);
	tcase_add_test(tcase, collisions);
	tcase_add_test(tcase, reserve);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
