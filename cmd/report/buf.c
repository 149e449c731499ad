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

static void add_list(struct out_buf *buf, const json_t *list, const char *separator,
		     bool escape)
{
	size_t n = json_array_size(list);

	for (size_t i = 0; i < n; i++) {
		if (i) {
			out_buf_adds(buf, separator);
		}
		out_buf_value(buf, json_array_get(list, i), separator, escape);
	}
}

static void add_object(struct out_buf *buf, const json_t *object, const char *separator,
		       bool escape)
{
	const json_t *name = json_object_get(object, "name");
	char *text;

	if (json_is_string(name)) {
		out_buf_value(buf, name, separator, escape);
		return;
	}
	text = json_dumps(object, JSON_COMPACT);
	if (!text) {
		buf->failed = true;
		return;
	}
	if (escape) {
		out_buf_escape(buf, text, strlen(text));
	} else {
		out_buf_adds(buf, text);
	}
	free(text);
}

void out_buf_value(struct out_buf *buf, const json_t *value, const char *separator,
		   bool escape)
{
	if (!value) {
		return;
	}
	switch (json_typeof(value)) {
	case JSON_STRING:
		if (escape) {
			out_buf_escape(buf, json_string_value(value),
				       json_string_length(value));
		} else {
			out_buf_add(buf, json_string_value(value),
				    json_string_length(value));
		}
		break;
	case JSON_INTEGER:
		out_buf_printf(buf, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		break;
	case JSON_REAL:
		out_buf_printf(buf, "%.15g", json_real_value(value));
		break;
	case JSON_TRUE:
		out_buf_adds(buf, "yes");
		break;
	case JSON_FALSE:
		out_buf_adds(buf, "no");
		break;
	case JSON_ARRAY:
		add_list(buf, value, separator, escape);
		break;
	case JSON_OBJECT:
		add_object(buf, value, separator, escape);
		break;
	case JSON_NULL:
		break;
	}
}
