/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory that is freed together. */
#include "pool.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void opt_pool_free(struct opt_pool *pool)
{
	for (size_t i = 0; i < pool->n; i++) {
		free(pool->v[i]);
	}
	free(pool->v);
	*pool = (struct opt_pool){0};
}

void *opt_pool_take(struct opt_pool *pool, void *block)
{
	if (!block) {
		return NULL;
	}
	if (pool->n == pool->size) {
		size_t size = pool->size ? pool->size * 2 : 16;
		void **v = reallocarray(pool->v, size, sizeof(*v));

		if (!v) {
			free(block);
			return NULL;
		}
		pool->v = v;
		pool->size = size;
	}
	pool->v[pool->n++] = block;
	return block;
}

void *opt_pool_alloc(struct opt_pool *pool, size_t size)
{
	return opt_pool_take(pool, calloc(1, size ? size : 1));
}

void *opt_pool_room(struct opt_pool *pool, void *v, size_t n, size_t size)
{
	void *grown;

	if (n & (n - 1)) {
		return v;
	}
	grown = opt_pool_alloc(pool, (n ? 2 * n : 1) * size);
	if (grown && n) {
		memcpy(grown, v, n * size);
	}
	return grown;
}

char *opt_pool_copy(struct opt_pool *pool, const char *p, size_t n)
{
	return opt_pool_take(pool, strndup(p, n));
}

char *opt_pool_printf(struct opt_pool *pool, const char *format, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	return n < 0 ? NULL : opt_pool_take(pool, text);
}
