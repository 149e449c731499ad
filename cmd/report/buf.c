/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A text that grows. */
#include "buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void out_buf_free(struct out_buf *buf)
{
	free(buf->p);
	*buf = (struct out_buf){0};
}

static bool reserve(struct out_buf *buf, size_t more)
{
	size_t size = buf->size ? buf->size : 128;
	char *p;

	if (buf->failed) {
		return false;
	}
	if (more < buf->size - buf->n) {
		return true;
	}
	if (more > SIZE_MAX / 4 || buf->n > SIZE_MAX / 4) {
		buf->failed = true;
		return false;
	}
	while (size - buf->n <= more) {
		size *= 2;
	}
	p = realloc(buf->p, size);
	if (!p) {
		buf->failed = true;
		return false;
	}
	buf->p = p;
	buf->size = size;
	return true;
}

void out_buf_add(struct out_buf *buf, const char *p, size_t n)
{
	if (!reserve(buf, n)) {
		return;
	}
	if (n) {
		memcpy(buf->p + buf->n, p, n);
	}
	buf->n += n;
	buf->p[buf->n] = '\0';
}

void out_buf_adds(struct out_buf *buf, const char *text)
{
	out_buf_add(buf, text, strlen(text));
}

void out_buf_pad(struct out_buf *buf, size_t n)
{
	if (!reserve(buf, n)) {
		return;
	}
	memset(buf->p + buf->n, ' ', n);
	buf->n += n;
	buf->p[buf->n] = '\0';
}

void out_buf_printf(struct out_buf *buf, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0) {
		buf->failed = true;
		return;
	}
	if (!reserve(buf, (size_t)n)) {
		return;
	}
	va_start(args, format);
	vsnprintf(buf->p + buf->n, (size_t)n + 1, format, args);
	va_end(args);
	buf->n += (size_t)n;
}
