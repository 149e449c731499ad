/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text of an examination: a check a line, what to do about it below. */
#include "out.h"

#include <string.h>

#define RESULT 15 /* "not-evaluated" and its gap */
#define NAME 19   /* "repoint-databases" and its gap */

static enum out_style style_of(const char *result)
{
	if (!strcmp(result, "ok")) {
		return OUT_STYLE_GREEN;
	}
	if (!strcmp(result, "warning")) {
		return OUT_STYLE_YELLOW;
	}
	return !strcmp(result, "failed") ? OUT_STYLE_RED : OUT_STYLE_NONE;
}

static void add_cell(struct out *out, const char *text, size_t width,
		     enum out_style style)
{
	size_t n = out_width(text, strlen(text));

	out_style(out, &out->line, style);
	out_buf_escape(&out->line, text, strlen(text));
	out_style(out, &out->line, OUT_STYLE_NONE);
	out_buf_pad(&out->line, n < width ? width - n : 1);
}

static void checks_row(struct out *out, const json_t *row)
{
	const char *result = out_text(row, "result");
	const char *hint = out_text(row, "hint");

	add_cell(out, result, RESULT, style_of(result));
	add_cell(out, out_text(row, "check"), NAME, OUT_STYLE_BOLD);
	out_wrap(out, &out->line, out_text(row, "message"), RESULT + NAME);
	out_buf_adds(&out->line, "\n");
	if (*hint) {
		/* in one piece: it may hold a command to be copied */
		out_buf_pad(&out->line, RESULT + NAME);
		out_buf_escape(&out->line, hint, strlen(hint));
		out_buf_adds(&out->line, "\n");
	}
	out_line(out);
}

static void checks_end(struct out *out, const json_t *tail)
{
	out_text_end(out, tail);
}

const struct out_format out_format_checks = {
	.row = checks_row,
	.end = checks_end,
};
