/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format"): the rules first,
 * so that results can follow as they come. Section numbers are the standard's. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"

enum part {
	PART_RESULTS,
	PART_NOTIFICATIONS,
};

struct sarif {
	json_t *rules; /* the index of each in the run's rules, by its id */
	enum part part;
	size_t n; /* of this part */
	bool suppresses;
};

static const char schema[] = "https://json.schemastore.org/sarif-2.1.0.json";

static json_t *buf_string(struct out *out, struct out_buf *buf)
{
	json_t *value = buf->failed ? NULL : json_stringn(buf->n ? buf->p : "", buf->n);

	out->line.failed |= !value;
	out_buf_free(buf);
	return value;
}

/* Braces are doubled, as single ones enclose the number of an argument (3.11.5). */
static void add_message(struct out_buf *buf, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		out_buf_add(buf, text + i, 1);
		if (text[i] == '{' || text[i] == '}') {
			out_buf_add(buf, text + i, 1);
		}
	}
}

/* A message that begins and ends as a sentence. */
static void add_sentence(struct out_buf *buf, const char *text, size_t n)
{
	char first = n && *text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A') : 0;

	if (first) {
		out_buf_add(buf, &first, 1);
	}
	add_message(buf, text + (first != 0), n - (first != 0));
	if (n && !strchr(".!?", text[n - 1])) {
		out_buf_adds(buf, ".");
	}
}

static json_t *sentence(struct out *out, const char *text, size_t n)
{
	struct out_buf buf = {0};

	add_sentence(&buf, text, n);
	return json_pack("{s:o}", "text", buf_string(out, &buf));
}

/* note: what we call info (3.27.10). */
static const char *level(const char *severity)
{
	return !strcmp(severity, "info") ? "note" : severity;
}

/* ---- rules ---- */

/* "database-points-at-server" as DatabasePointsAtServer, which readers of SARIF expect.
 */
static json_t *pascal(struct out *out, const char *name)
{
	struct out_buf buf = {0};
	bool upper = true;

	for (; *name; name++) {
		char c = upper && *name >= 'a' && *name <= 'z' ? (char)(*name - 'a' + 'A')
							       : *name;

		upper = c == '-';
		if (!upper) {
			out_buf_add(&buf, &c, 1);
		}
	}
	return buf_string(out, &buf);
}

/* Why, what to do, and who says so: as text, and as Markdown, whose first words stand
 * out. */
static json_t *help(struct out *out, const json_t *rule)
{
	static const struct {
		const char *member, *title;
	} parts[] = {{"why", "Why"}, {"fix", "What to do"}, {"source", "Source"}};
	struct out_buf text = {0}, markdown = {0};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		const char *value = out_text(rule, parts[i].member);

		if (!*value) {
			continue;
		}
		out_buf_printf(&text, "%s%s: ", text.n ? "\n" : "", parts[i].title);
		add_sentence(&text, value, strlen(value));
		out_buf_printf(&markdown, "%s**%s:** ", markdown.n ? "\n\n" : "",
			       parts[i].title);
		add_sentence(&markdown, value, strlen(value));
	}
	return json_pack("{s:o, s:o}", "text", buf_string(out, &text), "markdown",
			 buf_string(out, &markdown));
}

static size_t first_sentence(const char *text)
{
	const char *end = strstr(text, ". ");

	return end ? (size_t)(end - text) : strlen(text);
}

/* A reportingDescriptor (3.49) of what the rule says of itself. */
static json_t *descriptor(struct out *out, const char *id)
{
	json_t *rule = out->view->rule ? out->view->rule(id) : NULL;
	const char *why = out_text(rule, "why");
	json_t *made;

	if (!rule) {
		return NULL;
	}
	made = json_pack("{s:s, s:o, s:o, s:o, s:o, s:{s:s}, s:{s:[s], s:s}}", "id", id,
			 "name", pascal(out, out_text(rule, "name")), "shortDescription",
			 sentence(out, why, first_sentence(why)), "fullDescription",
			 sentence(out, why, strlen(why)), "help", help(out, rule),
			 "defaultConfiguration", "level",
			 level(out_text(rule, "severity")), "properties", "tags",
			 out_text(rule, "family"), "casarrayName",
			 out_text(rule, "name"));
	json_decref(rule);
	return made;
}

static json_t *list_rules(struct out *out, const json_t *head)
{
	struct sarif *sarif = out->data;
	const json_t *run = json_object_get(head, "rules");
	json_t *rules = json_array();

	for (size_t i = 0; i < json_array_size(run); i++) {
		const char *id = out_text(json_array_get(run, i), "rule");

		if (json_array_append_new(rules, descriptor(out, id)) ||
		    json_object_set_new(sarif->rules, id, json_integer((json_int_t)i))) {
			out->line.failed = true;
		}
	}
	return rules;
}

/* ---- the parts in their order ---- */

static void write_json(struct out *out, json_t *value)
{
	if (value) {
		out_json(out, value);
	} else {
		out->line.failed = true;
	}
	json_decref(value);
}

static json_t *make_tool(struct out *out, const json_t *head)
{
	const char *version = out->options.version ? out->options.version : "0.0.0";

	return json_pack(
		"{s:{s:s, s:s, s:s, s:o, s:[{s:s, s:{s:s}, s:{s:s}, s:{s:s}}]}}",
		"driver", "name", "casarray", "version", version, "semanticVersion",
		version, "rules", list_rules(out, head), "notifications", "id",
		"not-evaluated", "shortDescription", "text",
		"A rule could not be evaluated.", "fullDescription", "text",
		"The directory alone does not hold what the rule needs, so that it is "
		"neither passed nor failed.",
		"help", "text",
		"What to do: give the rule what it needs; 'casarray explain RULE' says "
		"more about it.");
}

static void sarif_begin(struct out *out, const json_t *head)
{
	struct sarif *sarif = calloc(1, sizeof(*sarif));

	out->data = sarif;
	if (!sarif || !(sarif->rules = json_object())) {
		out->line.failed = true;
		return;
	}
	sarif->suppresses = out_suppressed(head) > 0;
	out_buf_printf(&out->line,
		       "{\"$schema\":\"%s\",\"version\":\"2.1.0\",\"runs\":[{\n\"tool\":",
		       schema);
	out_line(out);
	write_json(out, make_tool(out, head));
	out_puts(out, ",\n\"columnKind\":\"utf16CodeUnits\",\n\"results\":[");
}

/* Everything that is no plain character of a path is escaped, colons too: before the
 * first slash they would end a scheme (RFC 3986, 4.2). */
static json_t *path_uri(struct out *out, const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~/";
	struct out_buf buf = {0};

	while (!strncmp(path, "./", 2)) {
		path += 2;
	}
	if (*path == '/') {
		out_buf_adds(&buf, "file://");
	}
	for (; *path; path++) {
		if (strchr(plain, *path)) {
			out_buf_add(&buf, path, 1);
		} else {
			out_buf_printf(&buf, "%%%02X", (unsigned char)*path);
		}
	}
	return buf_string(out, &buf);
}

/* Where in the directory, and where in the file when it is one (3.28). */
static json_t *make_locations(struct out *out, const json_t *row)
{
	const json_t *object = json_object_get(row, "object");
	const json_t *place = json_object_get(row, "location");
	const char *dn = out_text(object, "dn");
	json_t *location;

	if (!json_is_object(object)) {
		return json_array();
	}
	location = json_pack("{s:[{s:s, s:s, s:s}]}", "logicalLocations", "name",
			     out_text(object, "name"), "fullyQualifiedName",
			     *dn ? dn : out_text(object, "name"), "kind",
			     out_text(object, "class"));
	if (location && json_is_object(place)) {
		json_t *physical =
			json_pack("{s:{s:o}, s:{s:I}}", "artifactLocation", "uri",
				  path_uri(out, out_text(place, "file")), "region",
				  "startLine", out_integer(place, "line"));

		out->line.failed |=
			json_object_set_new(location, "physicalLocation", physical) != 0;
	}
	return json_pack("[o]", location);
}

static json_t *result_message(struct out *out, const json_t *row)
{
	const char *message = out_text(row, "message");
	const char *fix = out_text(row, "fix");
	struct out_buf buf = {0};

	if (out_went(row)) {
		message = "An earlier report has this finding, and it is not there any "
			  "more";
	}
	add_sentence(&buf, message, strlen(message));
	if (*fix) {
		/* nothing behind it: it may be a command to be copied */
		out_buf_adds(&buf, " Fix: ");
		add_message(&buf, fix, strlen(fix));
	}
	return json_pack("{s:o}", "text", buf_string(out, &buf));
}

/* The members of a row that SARIF has no name for. */
static json_t *make_properties(const json_t *row)
{
	static const char *const members[] = {"observed", "expected", "fix", "fix_class",
					      "site"};
	json_t *properties = json_object();

	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		json_t *value = json_object_get(row, members[i]);

		if (json_is_string(value) &&
		    json_object_set(properties, members[i], value)) {
			json_decref(properties);
			return NULL;
		}
	}
	return properties;
}

/* 3.27.23: all results of a run have a list of suppressions, or none has: they do as soon
 * as one finding does not count. */
static json_t *make_suppressions(struct out *out, const json_t *suppression)
{
	struct out_buf text = {0};

	if (!json_is_object(suppression)) {
		return json_array();
	}
	out_accepted(&text, suppression);
	return json_pack("[{s:s, s:s, s:o}]", "kind", "external", "status", "accepted",
			 "justification", buf_string(out, &text));
}

/* A result of level "none" must not be of the kind "fail" (3.27.9). */
static void write_result(struct out *out, const json_t *row)
{
	const struct sarif *sarif = out->data;
	const char *id = out_text(row, "rule");
	const char *severity = out_text(row, "severity");
	json_t *index = json_object_get(sarif->rules, id);
	json_t *result = json_pack(
		"{s:s, s:s, s:s, s:o, s:o, s:{s:s}, s:o}", "ruleId", id, "kind",
		!strcmp(severity, "none") ? "informational" : "fail", "level",
		level(severity), "message", result_message(out, row), "locations",
		make_locations(out, row), "partialFingerprints", "findingKey/v1",
		out_text(row, "key"), "properties", make_properties(row));

	if (sarif->suppresses &&
	    json_object_set_new(
		    result, "suppressions",
		    make_suppressions(out, json_object_get(row, "suppression")))) {
		out->line.failed = true;
	}
	/* 3.27.24 */
	if ((out_appeared(row) || out_went(row)) &&
	    json_object_set_new(result, "baselineState",
				json_string(out_went(row) ? "absent" : "new"))) {
		out->line.failed = true;
	}
	if (index && json_object_set(result, "ruleIndex", index)) {
		out->line.failed = true;
	}
	write_json(out, result);
}

/* 3.58: a notification says by which rule. */
static void write_notification(struct out *out, const json_t *row)
{
	const struct sarif *sarif = out->data;
	const char *id = out_text(row, "rule");
	const char *reason = out_text(row, "reason");
	json_t *index = json_object_get(sarif->rules, id);
	struct out_buf buf = {0};
	json_t *made;

	out_buf_printf(&buf, "%s %s was not evaluated: ", id, out_text(row, "name"));
	add_message(&buf, reason, strlen(reason));
	out_buf_adds(&buf, ".");
	made = json_pack("{s:{s:s, s:i}, s:{s:s}, s:s, s:{s:o}, s:o}", "descriptor", "id",
			 "not-evaluated", "index", 0, "associatedRule", "id", id, "level",
			 "note", "message", "text", buf_string(out, &buf), "locations",
			 make_locations(out, row));
	if (index &&
	    json_object_set(json_object_get(made, "associatedRule"), "index", index)) {
		out->line.failed = true;
	}
	write_json(out, made);
}

static void begin_notifications(struct out *out)
{
	struct sarif *sarif = out->data;

	out_puts(out, sarif->n ? "\n]" : "]");
	out_puts(out, ",\n\"invocations\":[{\"executionSuccessful\":true,"
		      "\"toolExecutionNotifications\":[");
	sarif->part = PART_NOTIFICATIONS;
	sarif->n = 0;
}

static void sarif_row(struct out *out, const json_t *row)
{
	struct sarif *sarif = out->data;
	bool finding = out_went(row) || !strcmp(out_text(row, "result"), "finding");

	if (!sarif || !sarif->rules) {
		return;
	}
	if (!finding && sarif->part == PART_RESULTS) {
		begin_notifications(out);
	} else if (finding && sarif->part != PART_RESULTS) {
		out_fail(out, EINVAL, "a finding came after what was not evaluated");
		return;
	}
	out_puts(out, sarif->n++ ? ",\n" : "\n");
	if (finding) {
		write_result(out, row);
	} else {
		write_notification(out, row);
	}
}

static void sarif_end(struct out *out, const json_t *tail)
{
	struct sarif *sarif = out->data;

	if (!sarif || !sarif->rules) {
		return;
	}
	if (sarif->part == PART_RESULTS) {
		begin_notifications(out);
	}
	out_puts(out, sarif->n ? "\n]}]" : "]}]");
	out_puts(out, "}]}\n");
}

static void sarif_free(struct out *out)
{
	struct sarif *sarif = out->data;

	if (sarif) {
		json_decref(sarif->rules);
		free(sarif);
		out->data = NULL;
	}
}

const struct out_format out_format_sarif = {
	.begin = sarif_begin,
	.row = sarif_row,
	.end = sarif_end,
	.free = sarif_free,
	.whole = true,
	.findings_only = true,
};
