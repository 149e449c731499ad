/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words that are found again, whatever the case of their letters. */
#include "unit.h"

#include <stdio.h>

#include "index.h"

START_TEST(test_words)
{
	struct opt_index index = {0};
	int a, b;

	ck_assert_ptr_null(opt_index_find(&index, "a"));
	ck_assert_int_eq(opt_index_add(&index, "a", &a), 0);
	ck_assert_int_eq(opt_index_add(&index, "", &b), 0);
	ck_assert_int_eq(opt_index_add(&index, "A", &b), 1);
	ck_assert_ptr_eq(opt_index_find(&index, "A"), &a);
	ck_assert_ptr_eq(opt_index_find(&index, ""), &b);
	ck_assert_ptr_null(opt_index_find(&index, "ab"));
	opt_index_free(&index);
	ck_assert_ptr_null(opt_index_find(&index, "a"));
}
END_TEST

START_TEST(test_many)
{
	static char words[5000][8];
	struct opt_index index = {0};

	for (int i = 0; i < 5000; i++) {
		snprintf(words[i], sizeof(words[i]), "w%d", i);
		ck_assert_int_eq(opt_index_add(&index, words[i], words[i]), 0);
	}
	for (int i = 0; i < 5000; i++) {
		char word[8];

		snprintf(word, sizeof(word), "W%d", i);
		ck_assert_ptr_eq(opt_index_find(&index, word), words[i]);
	}
	ck_assert_ptr_null(opt_index_find(&index, "w5000"));
	opt_index_free(&index);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("index");
	TCase *tcase = tcase_create("index");

	tcase_add_test(tcase, test_words);
	tcase_add_test(tcase, test_many);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
