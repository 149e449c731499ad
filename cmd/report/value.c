/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A JSON value as a person reads it. */
#include "buf.h"

#include <stdlib.h>
#include <string.h>

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
