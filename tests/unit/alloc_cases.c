/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operations with each of their allocations failing in turn, as tests. */
#include "alloc.h"

/* No operation here has more. */
#define ALLOC_MOST 20000

static bool fail_one(const struct alloc_case *row, unsigned long n, bool all_after)
{
	struct cas_error *err = NULL;
	size_t left;
	bool hit;
	int code;

	if (row->prepare) {
		row->prepare();
	}
	alloc_start(n, all_after, row->reads_json);
	code = row->run(&err);
	hit = alloc_stop(&left);
	/* The words of what was partly done may have no room; the code needs none. */
	ck_assert_msg(code == cas_error_code(err) || (code == CAS_E_PARTIAL &&
						      cas_error_code(err) == CAS_E_NOMEM),
		      "%s, %lu: %s, but the error is %s", row->name, n,
		      cas_code_name(code), cas_code_name(cas_error_code(err)));
	ck_assert_msg(code == 0 || (hit && code == CAS_E_NOMEM) ||
			      (hit && row->may_be_partial && code == CAS_E_PARTIAL),
		      "%s, %lu: %s: %s", row->name, n, cas_code_name(code),
		      cas_error_message(err));
	cas_error_free(err);
	/* Out of memory is an error that takes none. */
	ck_assert_msg(left == 0 || code == CAS_E_PARTIAL, "%s, %lu: %zu blocks are left",
		      row->name, n, left);
	if (row->finish) {
		row->finish(code);
	}
	return hit;
}

/* ALLOC_STEP=N in the environment: each N-th only, where the program runs slowly. */
static unsigned long step(void)
{
	const char *text = getenv("ALLOC_STEP");

	return text ? strtoul(text, NULL, 10) : 1;
}

static void fail_each(const struct alloc_case *row, bool all_after)
{
	unsigned long n = 1;

	ck_assert_uint_gt(step(), 0);
	while (fail_one(row, n, all_after)) {
		n += step();
		ck_assert_uint_lt(n, ALLOC_MOST);
	}
	ck_assert_msg(n > row->least, "%s: only %lu allocations", row->name, n - 1);
}

static const struct alloc_case *rows;

START_TEST(one_fails)
{
	fail_each(&rows[_i], false);
}
END_TEST

START_TEST(all_fail_from_then_on)
{
	fail_each(&rows[_i], true);
}
END_TEST

int alloc_main(const char *name, SFun setup, SFun teardown,
	       const struct alloc_case *cases, size_t n)
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);

	rows = cases;
	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, one_fails, 0, (int)n);
	tcase_add_loop_test(tcase, all_fail_from_then_on, 0, (int)n);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
