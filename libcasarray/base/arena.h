/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CASP_ARENA_H
#define CASP_ARENA_H

#include <stddef.h>

#include "str.h"

/* Memory that is freed in one call. Zeroed structs of it are ready to use. */
struct casp_arena {
	struct casp_arena_chunk *chunk;
	size_t left;
	char *next;
	size_t chunk_size; /* of the next chunk; 0: the default */
	size_t total;      /* of all chunks there ever were */
};

void casp_arena_free(struct casp_arena *arena);
/* Keeps one chunk for what comes next; everything allocated is gone. */
void casp_arena_reset(struct casp_arena *arena);
/* Aligned to 8; not zeroed. NULL: out of memory. */
void *casp_arena_alloc(struct casp_arena *arena, size_t size);
void *casp_arena_zalloc(struct casp_arena *arena, size_t size);
/* A NUL-terminated copy. */
char *casp_arena_dup(struct casp_arena *arena, const char *p, size_t n);
static inline char *casp_arena_dup_str(struct casp_arena *arena, struct casp_str text)
{
	return casp_arena_dup(arena, text.p, text.n);
}
char *casp_arena_printf(struct casp_arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
