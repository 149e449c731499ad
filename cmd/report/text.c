/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the text views share: styles, wrapping, the last lines. */
#include "out.h"

#include <string.h>

void out_style(struct out *out, struct out_buf *buf, enum out_style style)
{
	/* ECMA-48 SGR */
	static const char *const codes[] = {
		[OUT_STYLE_NONE] = "\033[0m",    [OUT_STYLE_BOLD] = "\033[1m",
		[OUT_STYLE_RED] = "\033[31m",    [OUT_STYLE_GREEN] = "\033[32m",
		[OUT_STYLE_YELLOW] = "\033[33m", [OUT_STYLE_CYAN] = "\033[36m",
	};

	if (out->options.color) {
		out_buf_adds(buf, codes[style]);
	}
}

enum out_style out_severity_style(const char *severity)
{
	if (!strcmp(severity, "error")) {
		return OUT_STYLE_RED;
	}
	if (!strcmp(severity, "warning")) {
		return OUT_STYLE_YELLOW;
	}
	return !strcmp(severity, "info") ? OUT_STYLE_CYAN : OUT_STYLE_NONE;
}

void out_wrap(struct out *out, struct out_buf *buf, const char *text, size_t column)
{
	size_t width = out->options.width > 0 ? (size_t)out->options.width : 0;
	size_t room = width > column + 20 ? width - column : 0;
	size_t used = 0;

	if (!room) {
		out_buf_escape(buf, text, strlen(text));
		return;
	}
	while (*text) {
		size_t n = strcspn(text, " ");
		size_t columns = out_width(text, n);

		if (used && used + 1 + columns > room) {
			out_buf_adds(buf, "\n");
			out_buf_pad(buf, column);
			used = 0;
		} else if (used) {
			out_buf_adds(buf, " ");
			used++;
		}
		out_buf_escape(buf, text, n);
		used += columns;
		text += n;
		text += strspn(text, " ");
	}
}

void out_text_end(struct out *out, const json_t *tail)
{
	const json_t *notes = json_object_get(tail, "notes");
	const char *summary = out_text(tail, "summary");

	for (size_t i = 0; i < json_array_size(notes); i++) {
		const char *note = json_string_value(json_array_get(notes, i));

		/* in one piece: it may hold a command to be copied */
		if (note) {
			out_buf_escape(&out->line, note, strlen(note));
			out_buf_adds(&out->line, "\n");
		}
	}
	if (*summary) {
		out_style(out, &out->line, OUT_STYLE_BOLD);
		out_wrap(out, &out->line, summary, 0);
		out_style(out, &out->line, OUT_STYLE_NONE);
		out_buf_adds(&out->line, "\n");
	}
	out_line(out);
}

/* The row's member "text" with its lines kept. */
static void plain_row(struct out *out, const json_t *row)
{
	const char *text = out_text(row, "text");

	while (*text) {
		size_t n = strcspn(text, "\n");

		out_buf_escape(&out->line, text, n);
		out_buf_adds(&out->line, "\n");
		text += n + (text[n] == '\n');
	}
	if (out->view->apart) {
		out_buf_adds(&out->line, "\n");
	}
	out_line(out);
}

static void plain_end(struct out *out, const json_t *tail)
{
	if (!out->n_rows && out->view->empty) {
		out_puts(out, out->view->empty);
		out_puts(out, "\n");
	}
	out_text_end(out, tail);
}

const struct out_format out_format_plain = {
	.row = plain_row,
	.end = plain_end,
};
