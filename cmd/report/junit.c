/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JUnit's XML, as Jenkins, GitLab and others read it: a test case for every rule and
 * every object that it judged, which passed, failed or does not count, and skipped ones
 * for what was not evaluated. */
#include <string.h>

#include "out.h"

/* What XML 1.0 has no way to write (section 2.2) is written as text shows it. */
static void add_xml(struct out *out, const char *text)
{
	struct out_buf *line = &out->line;
	size_t n = strlen(text);
	size_t length;

	for (; n; text += length, n -= length) {
		unsigned c = 0;

		length = out_decode(text, n, &c);
		length = length ? length : 1;
		if (*text == '&') {
			out_buf_adds(line, "&amp;");
		} else if (*text == '<') {
			out_buf_adds(line, "&lt;");
		} else if (*text == '>') {
			out_buf_adds(line, "&gt;");
		} else if (*text == '"') {
			out_buf_adds(line, "&quot;");
		} else if (c == 0xfffe || c == 0xffff) {
			out_buf_printf(line, "\\u%04x", c);
		} else if (c < ' ' || out->options.width) {
			out_buf_escape(line, text, length);
		} else {
			out_buf_add(line, text, length);
		}
	}
}

static void add_attribute(struct out *out, const char *name, const char *value)
{
	out_buf_printf(&out->line, " %s=\"", name);
	add_xml(out, value);
	out_buf_adds(&out->line, "\"");
}

static json_int_t count_findings(const json_t *head)
{
	const json_t *findings = json_object_get(head, "findings");

	return out_integer(findings, "error") + out_integer(findings, "warning") +
	       out_integer(findings, "info");
}

static void add_counts(struct out *out, const json_t *head)
{
	json_int_t failures = count_findings(head);
	json_int_t skipped = out_integer(head, "rules_not_evaluated") +
			     (json_int_t)out->every.suppressed;
	json_int_t passed = (json_int_t)out->every.passed;

	out_buf_printf(&out->line,
		       " tests=\"%" JSON_INTEGER_FORMAT
		       "\" failures=\"%" JSON_INTEGER_FORMAT
		       "\" errors=\"0\" skipped=\"%" JSON_INTEGER_FORMAT "\"",
		       passed + failures + skipped, failures, skipped);
}

/* Names tell test cases apart, so that of an object has what its finding's key has. */
static void add_case(struct out *out, const json_t *row)
{
	const json_t *object = json_object_get(row, "object");
	const json_t *place = json_object_get(row, "location");
	const char *key = strchr(out_text(row, "key"), '/');

	out_buf_adds(&out->line, "<testcase classname=\"");
	add_xml(out, out_text(row, "rule"));
	out_buf_adds(&out->line, " ");
	add_xml(out, out_text(row, "name"));
	out_buf_adds(&out->line, "\" name=\"");
	if (json_is_object(object)) {
		add_xml(out, out_text(object, "class"));
		out_buf_adds(&out->line, " ");
		add_xml(out, out_text(object, "name"));
		out_buf_adds(&out->line, " (");
		add_xml(out, key ? key + 1 : "");
		out_buf_adds(&out->line, ")");
	} else {
		out_buf_adds(&out->line, "all objects");
	}
	out_buf_adds(&out->line, "\"");
	if (json_is_object(place)) {
		add_attribute(out, "file", out_text(place, "file"));
		out_buf_printf(&out->line, " line=\"%" JSON_INTEGER_FORMAT "\"",
			       out_integer(place, "line"));
	}
}

static void junit_begin(struct out *out, const json_t *head)
{
	out_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	out_buf_adds(&out->line, "<testsuites name=\"casarray audit\"");
	add_counts(out, head);
	out_buf_adds(&out->line, ">\n<testsuite");
	add_attribute(out, "name", out_text(head, "organization"));
	add_counts(out, head);
	out_buf_adds(&out->line, ">\n<properties><property name=\"directory\"");
	add_attribute(out, "value", out_text(head, "directory"));
	out_buf_adds(&out->line, "/></properties>\n");
	out_line(out);
}

static void add_labelled(struct out *out, const char *label, const char *text)
{
	if (*text) {
		out_buf_printf(&out->line, "%-9s ", label);
		add_xml(out, text);
		out_buf_adds(&out->line, "\n");
	}
}

static void add_failure(struct out *out, const json_t *row)
{
	out_buf_adds(&out->line, "<failure");
	add_attribute(out, "type", out_text(row, "severity"));
	add_attribute(out, "message", out_text(row, "message"));
	out_buf_adds(&out->line, ">\n");
	add_labelled(out, "object", out_text(json_object_get(row, "object"), "dn"));
	add_labelled(out, "observed", out_text(row, "observed"));
	add_labelled(out, "expected", out_text(row, "expected"));
	add_labelled(out, "fix", out_text(row, "fix"));
	out_buf_adds(&out->line, "</failure>");
}

static void add_skipped(struct out *out, const char *why)
{
	out_buf_adds(&out->line, "<skipped");
	add_attribute(out, "message", why);
	out_buf_adds(&out->line, "/>");
}

static void add_accepted(struct out *out, const json_t *row)
{
	struct out_buf text = {0};
	const char *why = out_stayed(row)
				  ? "the earlier report has it, too"
				  : out_accepted(&text, out_member(row, "suppression"));

	out->line.failed |= text.failed;
	add_skipped(out, why);
	out_buf_free(&text);
}

static void add_result(struct out *out, const json_t *row)
{
	const char *result = out_text(row, "result");

	if (!strcmp(result, "passed")) {
		out_buf_adds(&out->line, "/>\n");
		return;
	}
	out_buf_adds(&out->line, ">");
	if (!strcmp(result, "not-evaluated")) {
		add_skipped(out, out_text(row, "reason"));
	} else if (json_is_object(json_object_get(row, "suppression"))) {
		add_accepted(out, row);
	} else {
		add_failure(out, row);
	}
	out_buf_adds(&out->line, "</testcase>\n");
}

static void junit_row(struct out *out, const json_t *row)
{
	/* Its object passed now, or is none that the rule judges any more. */
	if (out_went(row)) {
		return;
	}
	add_case(out, row);
	add_result(out, row);
	out_line(out);
}

static void junit_end(struct out *out, const json_t *tail)
{
	const char *summary = out_text(tail, "summary");

	if (*summary) {
		out_buf_adds(&out->line, "<system-out>");
		add_xml(out, summary);
		out_buf_adds(&out->line, "</system-out>\n");
	}
	out_buf_adds(&out->line, "</testsuite>\n</testsuites>\n");
	out_line(out);
}

const struct out_format out_format_junit = {
	.begin = junit_begin,
	.row = junit_row,
	.end = junit_end,
	.whole = true,
	.findings_only = true,
	.every = true,
};
