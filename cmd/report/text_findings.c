/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text of an audit: the sites as a table, then a block a finding. */
#include "out.h"

#include <string.h>

#define INDENT 11   /* "severity" and its gap */
#define LABELLED 21 /* where values start, after the label */

static const struct out_column site_columns[] = {
	{"name", "SITE"},
	{"arrays", "ARRAY"},
	{"servers", "SERVERS", .right = true, .secondary = true},
	{"databases", "DATABASES", .right = true},
	{"pointing_at_array", "AT ARRAY", .right = true},
	{"pointing_at_server", "AT SERVER", .right = true},
	{"pointing_elsewhere", "ELSEWHERE", .right = true, .secondary = true},
	{"pointing_nowhere", "NOWHERE", .right = true, .secondary = true},
	{"findings.error", "ERRORS", .right = true},
	{"findings.warning", "WARNINGS", .right = true},
	{"findings.info", "INFO", .right = true, .secondary = true},
};

static const struct out_view site_view = {
	.schema = "",
	.kind = OUT_TABLE,
	.columns = site_columns,
	.n_columns = sizeof(site_columns) / sizeof(*site_columns),
};

static void add_heading(struct out *out, const char *label, const char *text)
{
	if (!*text) {
		return;
	}
	out_buf_adds(&out->line, label);
	out_style(out, &out->line, OUT_STYLE_BOLD);
	out_buf_escape(&out->line, text, strlen(text));
	out_style(out, &out->line, OUT_STYLE_NONE);
	out_buf_adds(&out->line, "\n");
}

/* What belongs to no site is counted, too. NULL: out of memory. */
static json_t *make_site(json_t *site)
{
	json_t *row = json_copy(site);

	if (row && json_is_null(json_object_get(row, "name")) &&
	    json_object_set_new(row, "name", json_string(OUT_NO_SITE))) {
		json_decref(row);
		return NULL;
	}
	return row;
}

/* A table of its own on the same stream. */
static void write_sites(struct out *out, const json_t *sites)
{
	struct out_options options = out->options;
	struct out *table;

	options.fields = NULL;
	table = out_new(&options);
	if (!table || out_begin(table, &site_view, NULL)) {
		out->line.failed = true;
		out_free(table);
		return;
	}
	for (size_t i = 0; i < json_array_size(sites); i++) {
		out_row(table, make_site(json_array_get(sites, i)));
	}
	if (out_end(table, NULL)) {
		int error = 0;
		const char *message = out_message(table, &error);

		out_fail(out, error, "%s", message ? message : "out of memory");
	}
	out->gone |= table->gone;
	out_free(table);
}

static void findings_begin(struct out *out, const json_t *head)
{
	const json_t *sites = json_object_get(head, "sites");

	add_heading(out, "organization  ", out_text(head, "organization"));
	add_heading(out, "directory     ", out_text(head, "directory"));
	if (out->line.n) {
		out_buf_adds(&out->line, "\n");
	}
	out_line(out);
	if (json_array_size(sites)) {
		write_sites(out, sites);
		out_puts(out, "\n");
	}
}

static void add_padded(struct out_buf *line, const char *text, size_t columns)
{
	size_t width = out_width(text, strlen(text));

	out_buf_escape(line, text, strlen(text));
	out_buf_pad(line, width < columns ? columns - width : 1);
}

static void add_labelled(struct out *out, const char *label, const char *text, bool wrap)
{
	if (!*text) {
		return;
	}
	out_buf_pad(&out->line, INDENT);
	add_padded(&out->line, label, LABELLED - INDENT);
	if (wrap) {
		out_wrap(out, &out->line, text, LABELLED);
	} else {
		out_buf_escape(&out->line, text, strlen(text));
	}
	out_buf_adds(&out->line, "\n");
}

static void add_title(struct out *out, const json_t *row, const char *severity)
{
	const char *sign = out_change_sign(row);
	const char *name = out_text(json_object_get(row, "object"), "name");
	const char *site = out_text(row, "site");
	struct out_buf *line = &out->line;

	out_style(out, line, out_severity_style(severity));
	out_buf_adds(line, sign);
	add_padded(line, severity, INDENT - strlen(sign));
	out_style(out, line, OUT_STYLE_NONE);
	out_buf_adds(line, out_text(row, "rule"));
	out_buf_adds(line, " ");
	out_buf_adds(line, out_text(row, "name"));
	if (*name) {
		out_buf_adds(line, "  ");
		out_style(out, line, OUT_STYLE_BOLD);
		out_buf_escape(line, name, strlen(name));
		out_style(out, line, OUT_STYLE_NONE);
	}
	if (*site) {
		out_buf_adds(line, "  (site ");
		out_buf_escape(line, site, strlen(site));
		out_buf_adds(line, ")");
	}
	out_buf_adds(line, "\n");
}

/* Those who accepted it know what is wrong. */
static void add_suppressed(struct out *out, const json_t *row, const json_t *suppression)
{
	bool exempt = !strcmp(out_text(suppression, "kind"), "exemption");
	struct out_buf text = {0};
	const char *why;

	add_title(out, row, exempt ? "exempt" : "known");
	why = out_accepted(&text, suppression);
	out->line.failed |= text.failed;
	add_labelled(out, "accepted", why, true);
	out_buf_free(&text);
	out_buf_adds(&out->line, "\n");
	out_line(out);
}

static void findings_row(struct out *out, const json_t *row)
{
	const json_t *suppression = json_object_get(row, "suppression");

	if (json_is_object(suppression)) {
		add_suppressed(out, row, suppression);
		return;
	}
	if (!strcmp(out_text(row, "result"), "not-evaluated")) {
		if (out->options.verbose || out->view->detailed) {
			add_title(out, row, "not run");
			add_labelled(out, "why", out_text(row, "reason"), true);
			out_line(out);
		}
		return;
	}
	out->n_shown++;
	add_title(out, row, out_text(row, "severity"));
	/* of a finding that went only the title is left */
	add_labelled(out, "observed", out_text(row, "observed"), true);
	add_labelled(out, "expected", out_text(row, "expected"), true);
	add_labelled(out, "why", out_text(row, "message"), true);
	/* in one piece, to be copied */
	add_labelled(out, "fix", out_text(row, "fix"), false);
	if (out->options.verbose) {
		add_labelled(out, "accept", out_text(row, "exempt"), false);
	}
	out_buf_adds(&out->line, "\n");
	out_line(out);
}

static void findings_end(struct out *out, const json_t *tail)
{
	if (!out->n_shown && out->view->empty) {
		out_puts(out, out->view->empty);
		out_puts(out, "\n");
	}
	out_text_end(out, tail);
}

const struct out_format out_format_findings = {
	.begin = findings_begin,
	.row = findings_row,
	.end = findings_end,
};
