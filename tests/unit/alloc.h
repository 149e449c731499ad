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

/* main() of a program with such cases, each with one failure and with all from then on.
 */
int alloc_main(const char *name, SFun setup, SFun teardown,
	       const struct alloc_case *cases, size_t n);

#endif
