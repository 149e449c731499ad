/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An arena: many small allocations, one free. */
#include "arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "large.h"

#define FIRST_CHUNK (16 * 1024)
#define LARGEST_CHUNK (4 * 1024 * 1024)
/* Of an arena, what may be in huge pages. Where the host of a virtual machine takes free
 * memory back, it has to clear such pages anew, which costs more than they save. */
#define HUGE_MAX ((size_t)64 * 1024 * 1024)

struct casp_arena_chunk {
	struct casp_arena_chunk *older;
	size_t size;
	char data[] __attribute__((aligned(16)));
};

void casp_arena_free(struct casp_arena *arena)
{
	struct casp_arena_chunk *chunk = arena->chunk;

	while (chunk) {
		struct casp_arena_chunk *older = chunk->older;

		free(chunk);
		chunk = older;
	}
	*arena = (struct casp_arena){0};
}

void casp_arena_reset(struct casp_arena *arena)
{
	struct casp_arena_chunk *chunk = arena->chunk;

	if (!chunk) {
		return;
	}
	while (chunk->older) {
		struct casp_arena_chunk *older = chunk->older->older;

		free(chunk->older);
		chunk->older = older;
	}
	arena->next = chunk->data;
	arena->left = chunk->size;
}

void *casp_arena_alloc(struct casp_arena *arena, size_t size)
{
	void *p;

	if (size > SIZE_MAX / 2) {
		return NULL;
	}
	size = (size + 7) & ~(size_t)7;
	if (size > arena->left || !arena->chunk) {
		size_t want = arena->chunk_size ? arena->chunk_size : FIRST_CHUNK;
		struct casp_arena_chunk *chunk;

		arena->chunk_size = want < LARGEST_CHUNK ? want * 2 : want;
		want -= sizeof(*chunk);
		if (want < size) {
			want = size;
		}
		chunk = arena->total < HUGE_MAX ? casp_large_alloc(sizeof(*chunk) + want)
						: malloc(sizeof(*chunk) + want);
		if (!chunk) {
			return NULL;
		}
		arena->total += want;
		chunk->older = arena->chunk;
		chunk->size = want;
		arena->chunk = chunk;
		arena->next = chunk->data;
		arena->left = want;
	}
	p = arena->next;
	arena->next += size;
	arena->left -= size;
	return p;
}

void *casp_arena_zalloc(struct casp_arena *arena, size_t size)
{
	void *p = casp_arena_alloc(arena, size);

	return p ? memset(p, 0, size) : NULL;
}

char *casp_arena_dup(struct casp_arena *arena, const char *p, size_t n)
{
	char *copy = casp_arena_alloc(arena, n + 1);

	if (!copy) {
		return NULL;
	}
	if (n) {
		memcpy(copy, p, n);
	}
	copy[n] = '\0';
	return copy;
}

char *casp_arena_printf(struct casp_arena *arena, const char *format, ...)
{
	va_list ap;
	int n;
	char *p;

	va_start(ap, format);
	n = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (n < 0) {
		return NULL;
	}
	p = casp_arena_alloc(arena, (size_t)n + 1);
	if (!p) {
		return NULL;
	}
	va_start(ap, format);
	vsnprintf(p, (size_t)n + 1, format, ap);
	va_end(ap);
	return p;
}
