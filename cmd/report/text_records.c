/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text: a block of "field: value" lines a row. */
#include "out.h"

#include <string.h>

static size_t label_width(const struct out *out)
{
	size_t width = 0;

	for (size_t i = 0; i < out->n_columns; i++) {
		size_t n =
			out_width(out->columns[i].title, strlen(out->columns[i].title));

		width = n > width ? n : width;
	}
	return width;
}

/* The items of a list stand below each other. */
static void add_value(struct out *out, const json_t *value, size_t column)
{
	struct out_buf *line = &out->line;

	if (json_is_string(value)) {
		out_wrap(out, line, json_string_value(value), column);
		return;
	}
	if (!json_is_array(value)) {
		out_buf_value(line, value, ", ", true);
		return;
	}
	for (size_t i = 0; i < json_array_size(value); i++) {
		if (i) {
			out_buf_adds(line, "\n");
			out_buf_pad(line, column);
		}
		out_buf_value(line, json_array_get(value, i), ", ", true);
	}
}

static bool is_empty(const json_t *value)
{
	return !value || json_is_null(value) ||
	       (json_is_string(value) && !json_string_length(value)) ||
	       (json_is_array(value) && !json_array_size(value));
}

static void records_row(struct out *out, const json_t *row)
{
	struct out_buf *line = &out->line;
	size_t width = label_width(out);

	if (out->n_rows) {
		out_buf_adds(line, "\n");
	}
	for (size_t i = 0; i < out->n_columns; i++) {
		const char *title = out->columns[i].title;
		const json_t *value = out_member(row, out->columns[i].field);
		size_t n = out_width(title, strlen(title));

		if (is_empty(value) && !out->n_fields) {
			continue;
		}
		out_style(out, line, OUT_STYLE_BOLD);
		out_buf_adds(line, title);
		out_buf_adds(line, ":");
		out_style(out, line, OUT_STYLE_NONE);
		if (!is_empty(value)) {
			out_buf_pad(line, width - n + 1);
			add_value(out, value, width + 2);
		}
		out_buf_adds(line, "\n");
	}
	out_line(out);
}

static void records_end(struct out *out, const json_t *tail)
{
	if (!out->n_rows && out->view->empty) {
		out_puts(out, out->view->empty);
		out_puts(out, "\n");
	}
	out_text_end(out, tail);
}

const struct out_format out_format_records = {
	.row = records_row,
	.end = records_end,
};
