/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text: one line a row. The first rows are kept to know how wide the columns are. */
#include "out.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BUFFERED_ROWS 1000
#define GAP 2
#define NARROWEST 8
#define ELLIPSIS "\xe2\x80\xa6"

struct cell {
	size_t at; /* in the store */
	size_t n;
	size_t width;
};

struct column {
	size_t width;
	bool shown;
};

struct table {
	struct out_buf store;
	struct cell *cells; /* rows of n_columns */
	size_t n_rows;
	size_t size; /* in rows */
	struct column *columns;
	struct cell *now; /* the row that is streamed */
	bool streaming;
};

static void table_free(struct out *out)
{
	struct table *table = out->data;

	if (table) {
		out_buf_free(&table->store);
		free(table->cells);
		free(table->columns);
		free(table->now);
		free(table);
		out->data = NULL;
	}
}

static void table_begin(struct out *out, const json_t *head)
{
	size_t n = out->n_columns ? out->n_columns : 1;
	struct table *table = calloc(1, sizeof(*table));

	out->data = table;
	if (table) {
		table->columns = calloc(n, sizeof(*table->columns));
		table->now = calloc(n, sizeof(*table->now));
	}
	if (!table || !table->columns || !table->now) {
		out_fail(out, ENOMEM, "out of memory");
	}
}

static void store_row(struct out *out, struct cell *cells, const json_t *row)
{
	struct table *table = out->data;
	struct out_buf *store = &table->store;

	for (size_t i = 0; i < out->n_columns; i++) {
		struct cell *cell = &cells[i];

		cell->at = store->n;
		out_buf_value(store, out_member(row, out->columns[i].field), ", ", true);
		cell->n = store->n - cell->at;
		cell->width = cell->n ? out_width(store->p + cell->at, cell->n) : 0;
	}
	out->line.failed |= store->failed;
}

static bool grow(struct out *out)
{
	struct table *table = out->data;
	size_t size = table->size ? table->size * 4 : 16;
	struct cell *cells;

	if (table->n_rows < table->size) {
		return true;
	}
	cells = realloc(table->cells,
			size * (out->n_columns ? out->n_columns : 1) * sizeof(*cells));
	if (!cells) {
		out_fail(out, ENOMEM, "out of memory");
		return false;
	}
	table->cells = cells;
	table->size = size;
	return true;
}

/* What the columns that are shown take together. */
static size_t total(const struct out *out)
{
	const struct table *table = out->data;
	size_t width = 0;

	for (size_t i = 0; i < out->n_columns; i++) {
		if (table->columns[i].shown) {
			width += table->columns[i].width + (width ? GAP : 0);
		}
	}
	return width;
}

/* The widest column from the first-th on that can be cut, or NULL. */
static struct column *widest(const struct out *out, size_t first)
{
	const struct table *table = out->data;
	struct column *found = NULL;

	for (size_t i = first; i < out->n_columns; i++) {
		struct column *column = &table->columns[i];

		if (column->shown && column->width > NARROWEST &&
		    (!found || column->width > found->width)) {
			found = column;
		}
	}
	return found;
}

/*
 * The terminal is too narrow: leave out what is secondary, then cut the widest. The first
 * column comes last, it says what the row is about.
 */
static void fit(struct out *out)
{
	struct table *table = out->data;
	size_t width = out->options.width > 0 ? (size_t)out->options.width : SIZE_MAX;
	struct column *column;

	for (size_t i = out->n_columns; i-- && total(out) > width;) {
		if (out->columns[i].secondary) {
			table->columns[i].shown = false;
		}
	}
	while (total(out) > width) {
		column = widest(out, 1);
		column = column ? column : widest(out, 0);
		if (!column) {
			break;
		}
		column->width--;
	}
}

static void measure(struct out *out)
{
	struct table *table = out->data;

	for (size_t i = 0; i < out->n_columns; i++) {
		const char *title = out->columns[i].title;
		size_t width = out_width(title, strlen(title));

		for (size_t row = 0; row < table->n_rows; row++) {
			size_t cell = table->cells[row * out->n_columns + i].width;

			width = cell > width ? cell : width;
		}
		table->columns[i] = (struct column){width, true};
	}
	fit(out);
}

static enum out_style cell_style(const struct out *out, size_t i, const char *p, size_t n)
{
	static const char *const severities[] = {"error", "warning", "info"};

	if (!out->options.color || strcmp(out->columns[i].field, "severity") != 0) {
		return OUT_STYLE_NONE;
	}
	for (size_t k = 0; k < sizeof(severities) / sizeof(*severities); k++) {
		if (strlen(severities[k]) == n && !memcmp(severities[k], p, n)) {
			return out_severity_style(severities[k]);
		}
	}
	return OUT_STYLE_NONE;
}

/* The bytes of a cell, cut to its column on a terminal. */
static void add_cell(struct out *out, const struct column *column, const char *p,
		     const struct cell *cell, enum out_style style)
{
	if (style) {
		out_style(out, &out->line, style);
	}
	if (out->options.width > 0 && cell->width > column->width && column->width) {
		out_buf_add(&out->line, p, out_fit(p, cell->n, column->width - 1));
		out_buf_adds(&out->line, ELLIPSIS);
	} else {
		out_buf_add(&out->line, p, cell->n);
	}
	if (style) {
		out_style(out, &out->line, OUT_STYLE_NONE);
	}
}

static void write_row(struct out *out, const struct cell *cells, const char *store)
{
	struct table *table = out->data;
	size_t owed = 0; /* blanks, written only when something follows */
	bool first = true;

	for (size_t i = 0; i < out->n_columns; i++) {
		const struct column *column = &table->columns[i];
		const char *p = cells[i].n ? store + cells[i].at : "";
		size_t pad = column->width > cells[i].width
				     ? column->width - cells[i].width
				     : 0;

		if (!column->shown) {
			continue;
		}
		owed += first ? 0 : GAP;
		first = false;
		if (out->columns[i].right) {
			owed += pad;
			pad = 0;
		}
		if (cells[i].n) {
			out_buf_pad(&out->line, owed);
			owed = 0;
			add_cell(out, column, p, &cells[i],
				 cell_style(out, i, p, cells[i].n));
		} else {
			pad = out->columns[i].right ? 0 : column->width;
		}
		owed += pad;
	}
	out_buf_adds(&out->line, "\n");
	out_line(out);
}

static void write_heading(struct out *out)
{
	struct table *table = out->data;
	struct out_buf titles = {0};

	for (size_t i = 0; i < out->n_columns; i++) {
		const char *title = out->columns[i].title;

		table->now[i] = (struct cell){titles.n, strlen(title),
					      out_width(title, strlen(title))};
		out_buf_adds(&titles, title);
	}
	out_style(out, &out->line, OUT_STYLE_BOLD);
	if (!titles.failed && titles.p) {
		write_row(out, table->now, titles.p);
	}
	if (out->options.color) {
		out_style(out, &out->line, OUT_STYLE_NONE);
		out_line(out);
	}
	out_buf_free(&titles);
}

static void write_buffered(struct out *out)
{
	struct table *table = out->data;

	if (!table || table->streaming) {
		return;
	}
	table->streaming = true;
	if (!table->n_rows || out->line.failed) {
		return;
	}
	measure(out);
	write_heading(out);
	for (size_t row = 0; row < table->n_rows; row++) {
		write_row(out, table->cells + row * out->n_columns, table->store.p);
	}
}

static void table_row(struct out *out, const json_t *row)
{
	struct table *table = out->data;

	if (!table->streaming && table->n_rows >= BUFFERED_ROWS) {
		write_buffered(out);
	}
	if (!table->streaming) {
		if (grow(out)) {
			store_row(out, table->cells + table->n_rows * out->n_columns,
				  row);
			table->n_rows++;
		}
		return;
	}
	out_buf_clear(&table->store);
	store_row(out, table->now, row);
	if (!out->line.failed) {
		write_row(out, table->now, table->store.p);
	}
}

static void table_end(struct out *out, const json_t *tail)
{
	write_buffered(out);
	if (!out->n_rows && out->view->empty) {
		out_puts(out, out->view->empty);
		out_puts(out, "\n");
	}
	out_text_end(out, tail);
}

/* Not earlier than at the end: widths would be those of the first few rows. */
const struct out_format out_format_table = {
	.begin = table_begin,
	.row = table_row,
	.end = table_end,
	.free = table_free,
};
