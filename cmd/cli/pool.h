/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory that is freed together. */
#ifndef OPT_POOL_H
#define OPT_POOL_H

#include <stddef.h>

struct opt_pool {
	void **v;
	size_t n;
	size_t size;
};

void opt_pool_free(struct opt_pool *pool);
/* Zeroed memory; NULL: there is none left. */
void *opt_pool_alloc(struct opt_pool *pool, size_t size);
/* Takes what malloc() gave; frees it when it cannot keep it. */
void *opt_pool_take(struct opt_pool *pool, void *block);
/* An array of n elements with room for one more: itself, or, when its size, a power of
 * two, is used up, a copy of twice that. NULL: there is no memory left. */
void *opt_pool_room(struct opt_pool *pool, void *v, size_t n, size_t size);
char *opt_pool_copy(struct opt_pool *pool, const char *p, size_t n);
char *opt_pool_printf(struct opt_pool *pool, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
