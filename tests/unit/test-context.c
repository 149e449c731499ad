/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The context: who is told how far a work is, and who may stop it. */
#include <string.h>

#include "base/context.h"
#include "unit.h"

static struct cas_context *context;

static void setup(void)
{
	ck_assert_int_eq(cas_context_new(&context, NULL), 0);
}

static void teardown(void)
{
	cas_context_unref(context);
}

struct told {
	unsigned times;
	char what[16];
	size_t done, total;
};

static void listen(void *closure, const char *what, size_t done, size_t total)
{
	struct told *told = closure;

	told->times++;
	strncpy(told->what, what, sizeof(told->what) - 1);
	told->done = done;
	told->total = total;
}

START_TEST(progress)
{
	struct told told = {0};

	casp_progress(context, "reading", 1, 0);
	cas_context_set_progress(context, listen, &told);
	casp_progress(context, "writing", 3, 10);
	ck_assert_uint_eq(told.times, 1);
	ck_assert_str_eq(told.what, "writing");
	ck_assert_uint_eq(told.done, 3);
	ck_assert_uint_eq(told.total, 10);
	cas_context_set_progress(context, NULL, NULL);
	casp_progress(context, "writing", 4, 10);
	ck_assert_uint_eq(told.times, 1);
}
END_TEST

START_TEST(interruption)
{
	volatile int flag = 0;

	ck_assert(!casp_interrupted(context));
	cas_context_set_interrupt(context, &flag);
	ck_assert(!casp_interrupted(context));
	flag = 1;
	ck_assert(casp_interrupted(context));
	cas_context_set_interrupt(context, NULL);
	ck_assert(!casp_interrupted(context));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("context");
	TCase *tcase = tcase_create("context");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, progress);
	tcase_add_test(tcase, interruption);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
