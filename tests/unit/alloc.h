/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each allocation of an operation fails in turn: the operation says so and leaves nothing
 * behind. */
#ifndef ALLOC_H
#define ALLOC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "unit.h"

/*
 * From now on the n-th allocation fails (0: none), or it and all after it; jansson's,
 * too, unless it reads: 2.14 loses bytes of a text that it has no room for, and looks for
 * its end behind the buffer.
 */
void alloc_start(unsigned long n, bool all_after, bool reads_json);
/* Ends that. Did one fail? *left: blocks made since then and not freed. */
bool alloc_stop(size_t *left);

/*
 * prepare and finish (either may be NULL) allocate without failures; run gives back all
 * that it took, in every case, and leaves it to finish to assert: Check allocates, too.
 * It may succeed without memory that it only wanted.
 */
struct alloc_case {
	const char *name;
	void (*prepare)(void);
	int (*run)(struct cas_error **err);
	void (*finish)(int code);
	unsigned long least; /* as many allocations it has at least */
	bool may_be_partial; /* what was written before is not taken back */
	bool reads_json;
};

/* No operation here has more. */
#define ALLOC_MOST 20000

static inline bool alloc_fail_one(const struct alloc_case *row, unsigned long n,
				  bool all_after)
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

static inline void alloc_fail_each(const struct alloc_case *row, bool all_after)
{
	unsigned long n = 1;

	while (alloc_fail_one(row, n, all_after)) {
		n++;
		ck_assert_uint_lt(n, ALLOC_MOST);
	}
	ck_assert_msg(n > row->least, "%s: only %lu allocations", row->name, n - 1);
}

#endif
