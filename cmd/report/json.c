/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON: one document, its rows one a line; or NDJSON: one object a line. */
#include "out.h"

#include <errno.h>

/* Raised when a member changes its meaning or goes away. */
#define JSON_FORMAT_VERSION 1

static int write_token(const char *p, size_t n, void *data)
{
	struct out *out = data;

	out_write(out, p, n);
	return out->error ? -1 : 0;
}

/* A terminal gets ASCII: JSON itself allows C1 and bidi controls in strings. */
void out_json(struct out *out, const json_t *value)
{
	size_t flags = JSON_COMPACT | JSON_ENCODE_ANY;

	if (out->options.width) {
		flags |= JSON_ENSURE_ASCII;
	}
	if (json_dump_callback(value, write_token, out, flags) && !out->error) {
		out_fail(out, ENOMEM, "out of memory");
	}
}

static void dump_member(struct out *out, const char *key, const json_t *value)
{
	json_t *name = json_string(key);

	if (!name) {
		out_fail(out, ENOMEM, "out of memory");
		return;
	}
	out_json(out, name);
	out_puts(out, ":");
	out_json(out, value);
	json_decref(name);
}

static void dump_row(struct out *out, const json_t *row)
{
	json_t *selected;

	if (!out->n_fields) {
		out_json(out, row);
		return;
	}
	selected = out_select(out, row);
	if (selected) {
		out_json(out, selected);
		json_decref(selected);
	}
}

static void dump_opening(struct out *out)
{
	out_buf_printf(&out->line, "\"schema\":\"%s\",\"version\":%d", out->view->schema,
		       JSON_FORMAT_VERSION);
	out_line(out);
}

static void json_begin(struct out *out, const json_t *head)
{
	const char *key;
	json_t *value;

	out_puts(out, "{");
	dump_opening(out);
	json_object_foreach((json_t *)head, key, value)
	{
		out_puts(out, ",\n");
		dump_member(out, key, value);
	}
	out_puts(out, ",\n\"rows\":[");
}

static void json_row(struct out *out, const json_t *row)
{
	out_puts(out, out->n_rows ? ",\n" : "\n");
	dump_row(out, row);
}

static void json_end(struct out *out, const json_t *tail)
{
	const char *key;
	json_t *value;

	out_puts(out, out->n_rows ? "\n]" : "]");
	json_object_foreach((json_t *)tail, key, value)
	{
		out_puts(out, ",\n");
		dump_member(out, key, value);
	}
	out_puts(out, "}\n");
}

const struct out_format out_format_json = {
	.begin = json_begin,
	.row = json_row,
	.end = json_end,
	.whole = true,
};

static void dump_members(struct out *out, const json_t *object)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value)
	{
		out_puts(out, ",");
		dump_member(out, key, value);
	}
	out_puts(out, "}\n");
}

static void ndjson_begin(struct out *out, const json_t *head)
{
	out_puts(out, "{\"type\":\"head\",");
	dump_opening(out);
	dump_members(out, head);
}

static void ndjson_row(struct out *out, const json_t *row)
{
	/* in a member of its own, as rows have members named "type" themselves */
	out_puts(out, "{\"type\":\"row\",\"row\":");
	dump_row(out, row);
	out_puts(out, "}\n");
}

static void ndjson_end(struct out *out, const json_t *tail)
{
	out_puts(out, "{\"type\":\"tail\"");
	dump_members(out, tail);
}

const struct out_format out_format_ndjson = {
	.begin = ndjson_begin,
	.row = ndjson_row,
	.end = ndjson_end,
	.whole = true,
};
