/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Large pieces of memory are as good as small ones. */
#include <string.h>

#include "base/large.h"
#include "unit.h"

START_TEST(sizes)
{
	static const size_t rows[] = {1, 4096, ((size_t)2 << 20) - 1, (size_t)2 << 20,
				      ((size_t)4 << 20) + 1};
	char *p = casp_large_alloc(rows[_i]);

	ck_assert_ptr_nonnull(p);
	memset(p, 'x', rows[_i]);
	ck_assert_int_eq(p[rows[_i] - 1], 'x');
	free(p);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("large");
	TCase *tcase = tcase_create("large");

	tcase_add_loop_test(tcase, sizes, 0, 5);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
