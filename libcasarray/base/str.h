/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CASP_STR_H
#define CASP_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A piece of somebody else's text; not NUL-terminated. p may be NULL when n is 0. */
struct casp_str {
	const char *p;
	size_t n;
};

#define CASP_STR(literal) ((struct casp_str){(literal), sizeof(literal) - 1})
/* For printf("%.*s"). */
#define CASP_STR_ARG(s) (int)(s).n, (s).p

static inline struct casp_str casp_str(const char *text)
{
	return (struct casp_str){text, text ? strlen(text) : 0};
}

/* ASCII only, whatever the locale. */
static inline unsigned char casp_lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static inline bool casp_is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static inline bool casp_is_alnum(unsigned char c)
{
	return casp_is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* 0 to 15, or -1. */
static inline int casp_hex_digit(unsigned char c)
{
	if (casp_is_digit(c)) {
		return c - '0';
	}
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool casp_str_equal(struct casp_str a, struct casp_str b);
/* Ignoring ASCII case. */
bool casp_str_iequal(struct casp_str a, struct casp_str b);
int casp_str_icompare(struct casp_str a, struct casp_str b);
static inline bool casp_iequal(const char *a, const char *b)
{
	return casp_str_iequal(casp_str(a), casp_str(b));
}
bool casp_str_istarts(struct casp_str text, struct casp_str prefix);
struct casp_str casp_str_trim(struct casp_str text);
/* A signed decimal number and nothing else. */
bool casp_str_int(struct casp_str text, int64_t *ret);
/* A well-spread hash that ignores ASCII case; 0 never. Equal in every process. */
uint64_t casp_str_ihash(struct casp_str text);
/* Levenshtein distance ignoring case, at most limit + 1. */
size_t casp_str_distance(struct casp_str a, struct casp_str b, size_t limit);

/* A growing text, always NUL-terminated once anything was added. After a failed
 * allocation `failed` is set, and every later call does nothing: check it at the end. */
struct casp_buf {
	char *p;
	size_t n;
	size_t size;
	bool failed;
};

void casp_buf_free(struct casp_buf *buf);
static inline void casp_buf_clear(struct casp_buf *buf)
{
	buf->n = 0;
}
bool casp_buf_reserve(struct casp_buf *buf, size_t more);
void casp_buf_add(struct casp_buf *buf, const char *p, size_t n);
void casp_buf_adds(struct casp_buf *buf, const char *text);
void casp_buf_add_str(struct casp_buf *buf, struct casp_str text);
void casp_buf_addc(struct casp_buf *buf, char c);
void casp_buf_addf(struct casp_buf *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static inline struct casp_str casp_buf_str(const struct casp_buf *buf)
{
	return (struct casp_str){buf->p ? buf->p : "", buf->n};
}

/* For locals that own: __attribute__((cleanup)). */
#define CASP_CLEANUP(function) __attribute__((cleanup(function)))
void casp_freep(void *pointer);

#endif
