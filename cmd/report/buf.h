/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A text that grows, and how text becomes safe for a terminal. */
#ifndef OUT_BUF_H
#define OUT_BUF_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* After a failed allocation `failed` is set and later calls do nothing: check once, at
 * the end. */
struct out_buf {
	char *p;
	size_t n;
	size_t size;
	bool failed;
};

void out_buf_free(struct out_buf *buf);
static inline void out_buf_clear(struct out_buf *buf)
{
	buf->n = 0;
}
void out_buf_add(struct out_buf *buf, const char *p, size_t n);
void out_buf_adds(struct out_buf *buf, const char *text);
void out_buf_pad(struct out_buf *buf, size_t n);
void out_buf_printf(struct out_buf *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* escape.c: like out_escape(), of n bytes. */
void out_buf_escape(struct out_buf *buf, const char *p, size_t n);
/* Would it be escaped? */
bool out_is_safe(const char *text);
/* value.c: a JSON value as a person reads it, escaped if asked for: lists joined with
 * `separator`, an object by its name, null and what is missing as nothing. */
void out_buf_value(struct out_buf *buf, const json_t *value, const char *separator,
		   bool escape);

/* One code point of n > 0 bytes: its length, or 0 when they are not UTF-8. */
size_t out_decode(const char *p, size_t n, unsigned *ret);
/* Columns that a text takes on a terminal. */
size_t out_width(const char *p, size_t n);
/* How many bytes of a text fit into so many columns. */
size_t out_fit(const char *p, size_t n, size_t columns);

#endif
