/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text of a plan: what is created, changed and deleted, whom it concerns, how it went. */
#include "out.h"

#include <string.h>

#define INDENT 4
/* So many of the findings that are left are shown. */
#define LEFT_SHOWN 20

struct sign {
	const char *action;
	const char *sign;
	enum out_style style;
};

static const struct sign signs[] = {
	{"create", "+", OUT_STYLE_GREEN},  {"modify", "~", OUT_STYLE_YELLOW},
	{"rename", "~", OUT_STYLE_YELLOW}, {"delete", "-", OUT_STYLE_RED},
	{"skip", "=", OUT_STYLE_NONE},
};

static const struct sign *sign_of(const char *action)
{
	static const struct sign unknown = {"", "?", OUT_STYLE_NONE};

	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
		if (!strcmp(signs[i].action, action)) {
			return &signs[i];
		}
	}
	return &unknown;
}

static void add_escaped(struct out *out, const char *text)
{
	out_buf_escape(&out->line, text, strlen(text));
}

/* "~ database DB07  (site Berlin)  conflict: ..." */
static void add_object(struct out *out, const json_t *row, const struct sign *sign)
{
	const char *site = out_text(row, "site");
	const char *outcome = out_text(row, "outcome");
	const char *why = out_text(row, "outcome_reason");
	const char *differs = out_text(row, "differs");
	struct out_buf *line = &out->line;

	out_style(out, line, sign->style);
	out_buf_adds(line, sign->sign);
	out_style(out, line, OUT_STYLE_NONE);
	out_buf_adds(line, " ");
	add_escaped(out, out_text(row, "class"));
	out_buf_adds(line, " ");
	out_style(out, line, OUT_STYLE_BOLD);
	add_escaped(out, out_text(row, "name"));
	out_style(out, line, OUT_STYLE_NONE);
	if (*site) {
		out_buf_adds(line, "  (site ");
		add_escaped(out, site);
		out_buf_adds(line, ")");
	}
	if (*outcome && strcmp(outcome, "planned") != 0) {
		out_buf_adds(line, "  ");
		add_escaped(out, outcome);
		out_buf_adds(line, *why ? ": " : "");
		add_escaped(out, why);
	} else if (*why) {
		out_buf_adds(line, "  ");
		add_escaped(out, why);
	}
	if (*differs) {
		out_buf_adds(line, ", but: ");
		add_escaped(out, differs);
	}
	out_buf_adds(line, "\n");
}

static const char *shown(const char *value)
{
	return *value ? value : "(none)";
}

static void add_change(struct out *out, const char *attribute, const char *before,
		       const char *after)
{
	struct out_buf *line = &out->line;

	out_buf_pad(line, INDENT);
	add_escaped(out, attribute);
	out_buf_adds(line, ": ");
	add_escaped(out, shown(before));
	out_buf_adds(line, " -> ");
	add_escaped(out, shown(after));
	out_buf_adds(line, "\n");
}

static void add_changes(struct out *out, const json_t *row)
{
	const json_t *changes = json_object_get(row, "changes");

	for (size_t i = 0; i < json_array_size(changes); i++) {
		const json_t *change = json_array_get(changes, i);

		add_change(out, out_text(change, "what"), out_text(change, "old"),
			   out_text(change, "new"));
	}
}

static void add_attributes(struct out *out, const json_t *row, const char *member)
{
	const json_t *attributes = json_object_get(row, "attributes");

	for (size_t i = 0; i < json_array_size(attributes); i++) {
		const json_t *attribute = json_array_get(attributes, i);

		out_buf_pad(&out->line, INDENT);
		add_escaped(out, out_text(attribute, "name"));
		out_buf_adds(&out->line, ": ");
		add_escaped(out, out_text(attribute, member));
		out_buf_adds(&out->line, "\n");
	}
}

/* Of a run of the history: what it was. */
static void plan_begin(struct out *out, const json_t *head)
{
	static const char *const members[] = {"run",     "time",      "who",
					      "command", "directory", "state"};

	if (!json_object_get(head, "command")) {
		return;
	}
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		out_buf_adds(&out->line, members[i]);
		out_buf_pad(&out->line, 11 - strlen(members[i]));
		add_escaped(out, out_text(head, members[i]));
		out_buf_adds(&out->line, "\n");
	}
	out_buf_adds(&out->line, "\n");
	out_line(out);
}

static void plan_row(struct out *out, const json_t *row)
{
	const char *action = out_text(row, "action");
	const char *reason = out_text(row, "reason");

	add_object(out, row, sign_of(action));
	if (!strcmp(action, "create")) {
		add_attributes(out, row, "new");
	}
	add_changes(out, row);
	if (*reason) {
		out_buf_pad(&out->line, INDENT);
		out_wrap(out, &out->line, reason, INDENT);
		out_buf_adds(&out->line, "\n");
	}
	out_line(out);
}

static void add_remarks(struct out *out, const json_t *tail, const char *member,
			const char *label, enum out_style style)
{
	const json_t *remarks = json_object_get(tail, member);

	for (size_t i = 0; i < json_array_size(remarks); i++) {
		const char *text = json_string_value(json_array_get(remarks, i));

		out_style(out, &out->line, style);
		out_buf_adds(&out->line, label);
		out_style(out, &out->line, OUT_STYLE_NONE);
		out_wrap(out, &out->line, text ? text : "", strlen(label));
		out_buf_adds(&out->line, "\n");
	}
}

/* "  CAS048 mixed-values-in-site  Berlin  (site Berlin)", then why and the command. */
static void add_left_finding(struct out *out, const json_t *finding)
{
	struct out_buf *line = &out->line;
	const char *fix = out_text(finding, "fix");
	const char *site = out_text(finding, "site");

	out_buf_pad(line, INDENT / 2);
	add_escaped(out, out_text(finding, "rule"));
	out_buf_adds(line, " ");
	add_escaped(out, out_text(finding, "name"));
	out_buf_adds(line, "  ");
	out_style(out, line, OUT_STYLE_BOLD);
	add_escaped(out, out_text(json_object_get(finding, "object"), "name"));
	out_style(out, line, OUT_STYLE_NONE);
	if (*site) {
		out_buf_adds(line, "  (site ");
		add_escaped(out, site);
		out_buf_adds(line, ")");
	}
	out_buf_adds(line, "\n");
	out_buf_pad(line, INDENT);
	add_escaped(out, out_text(finding, "why"));
	if (*fix) {
		/* in one piece: it may be a command to be copied */
		out_buf_adds(line, ": ");
		add_escaped(out, fix);
	}
	out_buf_adds(line, "\n");
}

static void add_left(struct out *out, const json_t *left)
{
	const json_t *findings = json_object_get(left, "findings");
	json_int_t count = out_integer(left, "count");
	size_t n = json_array_size(findings);

	if (!count) {
		return;
	}
	out_buf_printf(&out->line, "left: %" JSON_INTEGER_FORMAT " finding%s\n", count,
		       count == 1 ? "" : "s");
	n = n > LEFT_SHOWN ? LEFT_SHOWN : n;
	for (size_t i = 0; i < n; i++) {
		add_left_finding(out, json_array_get(findings, i));
	}
	if (count > (json_int_t)n) {
		out_buf_printf(&out->line,
			       "  and %" JSON_INTEGER_FORMAT " more: audit lists them\n",
			       count - (json_int_t)n);
	}
}

static void plan_end(struct out *out, const json_t *tail)
{
	if (!out->n_rows && out->view->empty) {
		out_puts(out, out->view->empty);
		out_puts(out, "\n");
	}
	add_remarks(out, tail, "warnings", "warning: ", OUT_STYLE_YELLOW);
	add_remarks(out, tail, "notices", "note: ", OUT_STYLE_CYAN);
	add_left(out, json_object_get(tail, "left"));
	out_line(out);
	out_text_end(out, tail);
}

const struct out_format out_format_plan = {
	.begin = plan_begin,
	.row = plan_row,
	.end = plan_end,
};
