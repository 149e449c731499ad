/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What may follow on a half-typed command line. */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

#include "options.h"

struct cli_candidate {
	const char *text;
	const char *help; /* or NULL */
};

/* Everything in it lives in the pool. */
struct cli_candidates {
	struct opt_pool *pool;
	struct cli_candidate *v;
	size_t n;
	size_t size;
};

/*
 * Where names of objects and of profiles come from: adds those that can be the value of
 * an option and begin with `start`, with `before` set before each. `given` has the texts
 * and lists among the options of every command that the line names.
 */
typedef void (*cli_names_fn)(void *closure, const struct opt *opt,
			     const struct cli_global *given, const char *start,
			     const char *before, struct cli_candidates *ret);

/*
 * The candidates for the last of n words of a command line without the program's name. It
 * looks at nothing but the tables; names of objects are asked of `names` only where one
 * can stand.
 */
void cli_complete(struct cli_candidates *ret, const char *const *words, size_t n,
		  cli_names_fn names, void *closure);
/* Adds `before` and a text, when that begins with `start` (ignoring case) and is safe to
 * print. */
void cli_candidate_add(struct cli_candidates *ret, const char *start, const char *before,
		       const char *text, const char *help);

#endif
