/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CSV as RFC 4180 has it: a header line, CRLF, quotes where they are needed. */
#include "out.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void add_cell(struct out *out, const char *p, size_t n)
{
	struct out_buf *line = &out->line;

	if (!n || (!memchr(p, ',', n) && !memchr(p, '"', n) && !memchr(p, '\n', n) &&
		   !memchr(p, '\r', n))) {
		out_buf_add(line, p, n);
		return;
	}
	out_buf_add(line, "\"", 1);
	while (n) {
		const char *quote = memchr(p, '"', n);
		size_t until = quote ? (size_t)(quote - p) + 1 : n;

		out_buf_add(line, p, until);
		if (quote) {
			out_buf_add(line, "\"", 1);
		}
		p += until;
		n -= until;
	}
	out_buf_add(line, "\"", 1);
}

static void csv_begin(struct out *out, const json_t *head)
{
	out->data = calloc(1, sizeof(struct out_buf));
	if (!out->data) {
		out_fail(out, ENOMEM, "out of memory");
		return;
	}
	for (size_t i = 0; i < out->n_columns; i++) {
		out_buf_adds(&out->line, i ? "," : "");
		add_cell(out, out->columns[i].field, strlen(out->columns[i].field));
	}
	if (out->n_columns) {
		out_buf_adds(&out->line, "\r\n");
	}
	out_line(out);
}

static void csv_row(struct out *out, const json_t *row)
{
	struct out_buf *value = out->data;

	for (size_t i = 0; i < out->n_columns; i++) {
		const json_t *member = out_member(row, out->columns[i].field);

		out_buf_clear(value);
		if (json_is_boolean(member)) {
			out_buf_adds(value, json_is_true(member) ? "true" : "false");
		} else {
			/* a terminal must not get control characters; a file gets the
			 * value */
			out_buf_value(value, member, "; ", out->options.width != 0);
		}
		out->line.failed |= value->failed;
		out_buf_adds(&out->line, i ? "," : "");
		add_cell(out, value->p, value->n);
	}
	out_buf_adds(&out->line, "\r\n");
	out_line(out);
}

static void csv_free(struct out *out)
{
	if (out->data) {
		out_buf_free(out->data);
		free(out->data);
		out->data = NULL;
	}
}

const struct out_format out_format_csv = {
	.begin = csv_begin,
	.row = csv_row,
	.free = csv_free,
	.whole = true,
};
