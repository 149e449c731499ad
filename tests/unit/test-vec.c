/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The growing array. */
#include "unit.h"

#include <stdint.h>

#include "base/vec.h"

START_TEST(push)
{
	CASP_VEC(uint64_t) vec = {0};

	for (uint64_t i = 0; i < 10000; i++) {
		ck_assert(casp_vec_push(&vec, i * i));
	}
	ck_assert_uint_eq(vec.n, 10000);
	for (uint64_t i = 0; i < 10000; i++) {
		ck_assert_uint_eq(vec.v[i], i * i);
	}
	casp_vec_free(&vec);
	ck_assert_ptr_null(vec.v);
	ck_assert_uint_eq(vec.size, 0);
}
END_TEST

START_TEST(reserve)
{
	CASP_VEC(char) vec = {0};
	char *before;

	ck_assert(casp_vec_reserve(&vec, 100));
	before = vec.v;
	for (int i = 0; i < 100; i++) {
		ck_assert(casp_vec_push(&vec, 'x'));
	}
	ck_assert_ptr_eq(vec.v, before);
	casp_vec_free(&vec);
}
END_TEST

START_TEST(too_much)
{
	CASP_VEC(uint64_t) vec = {0};

	ck_assert(casp_vec_push(&vec, 7));
	ck_assert(!casp_vec_reserve(&vec, SIZE_MAX / 8));
	ck_assert_uint_eq(vec.n, 1);
	ck_assert_uint_eq(vec.v[0], 7);
	casp_vec_free(&vec);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vec");
	TCase *tcase = tcase_create("vec");

	tcase_add_test(tcase, push);
	tcase_add_test(tcase, reserve);
	tcase_add_test(tcase, too_much);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
