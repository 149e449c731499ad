/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Markdown with tables (GitHub Flavored Markdown 4.10), for the summary of a job. */
#include <stdlib.h>
#include <string.h>

#include "out.h"

enum part {
	PART_NONE,
	PART_FINDINGS,
	PART_WENT,
	PART_ACCEPTED,
	PART_NOT_EVALUATED,
};

struct markdown {
	enum part part;
	struct out_buf text; /* a cell before it is escaped */
};

/* Text of a cell: nothing in it is markup, and it stays on one line. */
static void add_plain(struct out *out, const char *text)
{
	struct markdown *markdown = out->data;
	struct out_buf *safe = &markdown->text;

	out_buf_clear(safe);
	out_buf_escape(safe, text, strlen(text));
	out->line.failed |= safe->failed;
	for (size_t i = 0; i < safe->n; i++) {
		switch (safe->p[i]) {
		case '<':
			out_buf_adds(&out->line, "&lt;");
			continue;
		case '&':
			out_buf_adds(&out->line, "&amp;");
			continue;
		default:
			break;
		}
		if (strchr("\\`*_[]|~#", safe->p[i])) {
			out_buf_adds(&out->line, "\\");
		}
		out_buf_add(&out->line, safe->p + i, 1);
	}
}

static size_t longest_ticks(const struct out_buf *text)
{
	size_t longest = 0, run = 0;

	for (size_t i = 0; i < text->n; i++) {
		run = text->p[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

/* A code span, between more backticks than it holds. Of all characters only the bar
 * means something inside of it: it would end the cell. */
static void add_code(struct out *out, const char *text)
{
	struct markdown *markdown = out->data;
	struct out_buf *safe = &markdown->text;
	size_t ticks;

	if (!*text) {
		return;
	}
	out_buf_clear(safe);
	out_buf_escape(safe, text, strlen(text));
	out->line.failed |= safe->failed;
	ticks = longest_ticks(safe);
	for (size_t i = 0; i <= ticks; i++) {
		out_buf_adds(&out->line, "`");
	}
	out_buf_adds(&out->line, ticks ? " " : "");
	for (size_t i = 0; i < safe->n; i++) {
		out_buf_adds(&out->line, safe->p[i] == '|' ? "\\" : "");
		out_buf_add(&out->line, safe->p + i, 1);
	}
	out_buf_adds(&out->line, ticks ? " " : "");
	for (size_t i = 0; i <= ticks; i++) {
		out_buf_adds(&out->line, "`");
	}
}

static void add_heading(struct out *out, const json_t *head)
{
	const json_t *findings = json_object_get(head, "findings");

	out_buf_adds(&out->line, "# Audit of ");
	add_plain(out, out_text(head, "organization"));
	out_buf_printf(&out->line,
		       "\n\n**Errors: %" JSON_INTEGER_FORMAT
		       ", warnings: %" JSON_INTEGER_FORMAT ", info: %" JSON_INTEGER_FORMAT
		       "** in ",
		       out_integer(findings, "error"), out_integer(findings, "warning"),
		       out_integer(findings, "info"));
	add_code(out, out_text(head, "directory"));
	out_buf_adds(&out->line, "\n");
}

static void add_site(struct out *out, const json_t *site)
{
	static const char *const counts[] = {"databases",          "pointing_at_array",
					     "pointing_at_server", "pointing_elsewhere",
					     "pointing_nowhere",   "findings.error",
					     "findings.warning",   "findings.info"};
	const json_t *arrays = json_object_get(site, "arrays");
	const char *name = out_text(site, "name");

	out_buf_adds(&out->line, "| ");
	add_plain(out, *name ? name : OUT_NO_SITE);
	out_buf_adds(&out->line, " | ");
	for (size_t i = 0; i < json_array_size(arrays); i++) {
		out_buf_adds(&out->line, i ? ", " : "");
		add_plain(out, json_string_value(json_array_get(arrays, i)));
	}
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		out_buf_printf(&out->line, " | %" JSON_INTEGER_FORMAT,
			       json_integer_value(out_member(site, counts[i])));
	}
	out_buf_adds(&out->line, " |\n");
}

static void markdown_begin(struct out *out, const json_t *head)
{
	const json_t *sites = json_object_get(head, "sites");

	out->data = calloc(1, sizeof(struct markdown));
	if (!out->data) {
		out->line.failed = true;
		return;
	}
	add_heading(out, head);
	if (json_array_size(sites)) {
		out_buf_adds(
			&out->line,
			"\n| Site | Array | Databases | At array | At server | Elsewhere "
			"| Nowhere | Errors | Warnings | Info |\n"
			"| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: |"
			"\n");
	}
	for (size_t i = 0; i < json_array_size(sites); i++) {
		add_site(out, json_array_get(sites, i));
		out_line(out);
	}
	out_line(out);
}

static void begin_part(struct out *out, enum part part)
{
	static const char *const titles[] = {
		[PART_FINDINGS] =
			"\n## Findings\n\n| Severity | Rule | Object | Site | Why | Fix "
			"|\n| --- | --- | --- | --- | --- | --- |\n",
		[PART_WENT] = "\n## Went\n\n| Severity | Rule | Object | Site |\n"
			      "| --- | --- | --- | --- |\n",
		[PART_ACCEPTED] = "\n## Accepted\n\n| Rule | Object | Site | Accepted |\n"
				  "| --- | --- | --- | --- |\n",
		[PART_NOT_EVALUATED] = "\n## Not evaluated\n\n| Rule | Object | Why |\n"
				       "| --- | --- | --- |\n",
	};
	struct markdown *markdown = out->data;

	if (markdown->part != part) {
		markdown->part = part;
		out_buf_adds(&out->line, titles[part]);
	}
}

static void add_rule(struct out *out, const json_t *row)
{
	out_buf_printf(&out->line, "%s ", out_text(row, "rule"));
	add_plain(out, out_text(row, "name"));
	out_buf_adds(&out->line, " | ");
	add_plain(out, out_text(json_object_get(row, "object"), "name"));
	out_buf_adds(&out->line, " | ");
}

/* A command, or words. */
static void add_fix(struct out *out, const char *fix)
{
	if (!strncmp(fix, "casarray ", strlen("casarray "))) {
		add_code(out, fix);
	} else {
		add_plain(out, fix);
	}
}

static void add_finding(struct out *out, const json_t *row)
{
	const char *severity = out_text(row, "severity");
	bool error = !strcmp(severity, "error");

	begin_part(out, PART_FINDINGS);
	out_buf_printf(&out->line, error ? "| **%s** | " : "| %s | ", severity);
	add_rule(out, row);
	add_plain(out, out_text(row, "site"));
	out_buf_adds(&out->line, " | ");
	add_plain(out, out_text(row, "message"));
	out_buf_adds(&out->line, " | ");
	add_fix(out, out_text(row, "fix"));
	out_buf_adds(&out->line, " |\n");
}

/* Of a finding that is not there any more its names are known. */
static void add_went(struct out *out, const json_t *row)
{
	begin_part(out, PART_WENT);
	out_buf_printf(&out->line, "| %s | ", out_text(row, "severity"));
	add_rule(out, row);
	add_plain(out, out_text(row, "site"));
	out_buf_adds(&out->line, " |\n");
}

/* A finding that does not count. */
static void add_accepted(struct out *out, const json_t *row, const json_t *suppression)
{
	struct out_buf text = {0};
	const char *why;

	begin_part(out, PART_ACCEPTED);
	out_buf_adds(&out->line, "| ");
	add_rule(out, row);
	add_plain(out, out_text(row, "site"));
	out_buf_adds(&out->line, " | ");
	why = out_accepted(&text, suppression);
	out->line.failed |= text.failed;
	add_plain(out, why);
	out_buf_free(&text);
	out_buf_adds(&out->line, " |\n");
}

static void markdown_row(struct out *out, const json_t *row)
{
	const json_t *suppression = json_object_get(row, "suppression");

	if (!out->data) {
		return;
	}
	if (json_is_object(suppression)) {
		add_accepted(out, row, suppression);
	} else if (out_went(row)) {
		add_went(out, row);
	} else if (!strcmp(out_text(row, "result"), "finding")) {
		add_finding(out, row);
	} else if (out->options.verbose || out->view->detailed) {
		begin_part(out, PART_NOT_EVALUATED);
		out_buf_adds(&out->line, "| ");
		add_rule(out, row);
		add_plain(out, out_text(row, "reason"));
		out_buf_adds(&out->line, " |\n");
	}
	out_line(out);
}

static void markdown_end(struct out *out, const json_t *tail)
{
	const json_t *notes = json_object_get(tail, "notes");

	if (!out->data) {
		return;
	}
	for (size_t i = 0; i < json_array_size(notes); i++) {
		out_buf_adds(&out->line, "\n");
		add_plain(out, json_string_value(json_array_get(notes, i)));
		out_buf_adds(&out->line, "\n");
	}
	out_buf_adds(&out->line, "\n");
	add_plain(out, out_text(tail, "summary"));
	out_buf_adds(&out->line, "\n");
	out_line(out);
}

static void markdown_free(struct out *out)
{
	struct markdown *markdown = out->data;

	if (markdown) {
		out_buf_free(&markdown->text);
		free(markdown);
		out->data = NULL;
	}
}

const struct out_format out_format_markdown = {
	.begin = markdown_begin,
	.row = markdown_row,
	.end = markdown_end,
	.free = markdown_free,
	.findings_only = true,
};
