/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stands before the C library's allocation functions (ld --wrap): one of them fails when
 * it is its turn, and what was not freed is known. */
#include "alloc.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define SLOTS ((size_t)1 << 16)

/* Blocks of an operation that are not freed yet: open addressing, with graves. */
static const void *blocks[SLOTS];
static const char grave[1];
static size_t live;
static bool running, forever, hit;
static unsigned long turn;

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_aligned_alloc(size_t alignment, size_t n);
void __real_free(void *p);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t n);
char *__real_realpath(const char *path, char *resolved);

void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_aligned_alloc(size_t alignment, size_t n);
void __wrap_free(void *p);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t n);
char *__wrap_realpath(const char *path, char *resolved);
int __wrap_vasprintf(char **ret, const char *format, va_list ap)
	__attribute__((format(printf, 2, 0)));
int __wrap_asprintf(char **ret, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static size_t slot_of(const void *p)
{
	return (size_t)(((uintptr_t)p >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 32) % SLOTS;
}

static void *note(void *p)
{
	size_t i = slot_of(p);

	if (!p || !running) {
		return p;
	}
	while (blocks[i] && blocks[i] != grave) {
		i = (i + 1) % SLOTS;
	}
	blocks[i] = p;
	/* One free slot ends every search. */
	if (++live == SLOTS / 2) {
		fputs("too many blocks for this test\n", stderr);
		abort();
	}
	return p;
}

static void forget(const void *p)
{
	size_t i = slot_of(p), looked = 0;

	while (p && blocks[i] && looked++ < SLOTS) {
		if (blocks[i] == p) {
			blocks[i] = grave;
			live--;
			return;
		}
		i = (i + 1) % SLOTS;
	}
}

/* Is it this one's turn to fail? */
static bool fails(void)
{
	if (!running || turn == 0) {
		return false;
	}
	if (turn > 1) {
		turn--;
		return false;
	}
	turn = forever ? 1 : 0;
	hit = true;
	errno = ENOMEM;
	return true;
}

void alloc_start(unsigned long n, bool all_after, bool reads_json)
{
	if (reads_json) {
		json_set_alloc_funcs(__real_malloc, __real_free);
	} else {
		json_set_alloc_funcs(__wrap_malloc, __wrap_free);
	}
	for (size_t i = 0; i < SLOTS; i++) {
		blocks[i] = NULL;
	}
	live = 0;
	turn = n;
	forever = all_after;
	hit = false;
	running = true;
}

bool alloc_stop(size_t *left)
{
	running = false;
	*left = live;
	return hit;
}

void *__wrap_malloc(size_t n)
{
	return fails() ? NULL : note(__real_malloc(n));
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : note(__real_calloc(n, size));
}

void *__wrap_realloc(void *p, size_t n)
{
	void *ret;

	if (fails()) {
		return NULL;
	}
	forget(p);
	ret = __real_realloc(p, n);
	return note(ret);
}

void *__wrap_aligned_alloc(size_t alignment, size_t n)
{
	return fails() ? NULL : note(__real_aligned_alloc(alignment, n));
}

void __wrap_free(void *p)
{
	forget(p);
	__real_free(p);
}

char *__wrap_strdup(const char *text)
{
	return fails() ? NULL : note(__real_strdup(text));
}

char *__wrap_strndup(const char *text, size_t n)
{
	return fails() ? NULL : note(__real_strndup(text, n));
}

char *__wrap_realpath(const char *path, char *resolved)
{
	return fails() ? NULL : note(__real_realpath(path, resolved));
}

int __wrap_vasprintf(char **ret, const char *format, va_list ap)
{
	va_list again;
	int n;

	/* What it leaves there when it fails is not said. */
	*ret = (char *)grave;
	if (fails()) {
		return -1;
	}
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	*ret = note(__real_malloc((size_t)n + 1));
	return vsnprintf(*ret, (size_t)n + 1, format, ap);
}

int __wrap_asprintf(char **ret, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = __wrap_vasprintf(ret, format, ap);
	va_end(ap);
	return n;
}
