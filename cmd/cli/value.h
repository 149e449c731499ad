/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a word to the value of an option. */
#ifndef CLI_VALUE_H
#define CLI_VALUE_H

#include "cli.h"
#include "pool.h"

/*
 * Stores what a word means at `place`; a list gets one more. 0; EXIT_USAGE, with what is
 * wrong in *ret_problem: "is 'x', and not a number from 0 to 9"; EXIT_UNREACHABLE: out of
 * memory. The value borrows the word.
 */
int opt_value_store(struct opt_pool *pool, const struct opt *opt, const char *word,
		    void *place, const char **ret_problem);
/* Stores the value at `from` as that at `to`. */
void opt_value_copy(const struct opt *opt, void *to, const void *from);
/* A value as a word, of a list the index-th; NULL: there is none, or no memory. */
const char *opt_value_word(struct opt_pool *pool, const struct opt *opt,
			   const void *place, size_t index);

#endif
