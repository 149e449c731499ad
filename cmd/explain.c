/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* explain: what a rule is about, or why a database has its value and what it should be.
 */
#include "cli/objects.h"
#include "cli/text.h"
#include "commands.h"

#include <string.h>
#include <strings.h>

struct values {
	const char *subject;
};

static const struct opt options[] = {
	{
		.name = "subject",
		.parameter = "Identity",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, subject),
		.metavar = "RULE|DATABASE",
		.kinds = KIND(DATABASE),
		.required = true,
		.positional = true,
		.help = "a rule's id or name, or the identity of a database",
	},
};

static const struct out_column rule_columns[] = {
	{.field = "rule", .title = "rule"},
	{.field = "name", .title = "name"},
	{.field = "family", .title = "family"},
	{.field = "severity", .title = "severity"},
	{.field = "class", .title = "asked of every"},
	{.field = "needs", .title = "needs"},
	{.field = "threshold", .title = "threshold"},
	{.field = "threshold_unit", .title = "threshold in"},
	{.field = "fix_class", .title = "fix class"},
	{.field = "why", .title = "why"},
	{.field = "fix", .title = "fix"},
	{.field = "source", .title = "source"},
};

static const struct out_view rule_view = {
	.schema = "casarray.rule",
	.kind = OUT_RECORDS,
	.columns = rule_columns,
	.n_columns = sizeof(rule_columns) / sizeof(*rule_columns),
};

static const struct out_column database_columns[] = {
	{.field = "name", .title = "database"},
	{.field = "type", .title = "type"},
	{.field = "server", .title = "server"},
	{.field = "site", .title = "home site"},
	{.field = "home_rule", .title = "home by"},
	{.field = "home_server", .title = "home server"},
	{.field = "rpc_client_access_server", .title = "present value"},
	{.field = "target_class", .title = "points at"},
	{.field = "status", .title = "status"},
	{.field = "expected", .title = "expected"},
	{.field = "expected_rule", .title = "expected by"},
	{.field = "expected_reason", .title = "because"},
	{.field = "exemption_texts", .title = "exemption"},
	{.field = "default", .title = "default"},
	{.field = "default_rule", .title = "default by"},
	{.field = "default_reason", .title = "default because"},
	{.field = "default_candidates", .title = "candidates"},
	{.field = "finding_texts", .title = "findings"},
	{.field = "fixes", .title = "fix"},
};

static const struct out_view database_view = {
	.schema = "casarray.explanation",
	.kind = OUT_RECORDS,
	.columns = database_columns,
	.n_columns = sizeof(database_columns) / sizeof(*database_columns),
};

/* "CAS040 database-points-at-server: why" for every finding: what text and CSV show. */
static json_t *finding_texts(const json_t *explanation)
{
	json_t *texts = json_array();
	const json_t *finding;
	size_t i;

	json_array_foreach(json_object_get(explanation, "findings"), i, finding)
	{
		json_t *text = json_sprintf(
			"%s %s: %s", json_string_value(json_object_get(finding, "rule")),
			json_string_value(json_object_get(finding, "name")),
			json_string_value(json_object_get(finding, "message")));

		if (json_array_append_new(texts, text)) {
			json_decref(texts);
			return NULL;
		}
	}
	return texts;
}

/* "pf-proxy 'x' of somebody, until 2026-12-31: why" for every exemption. */
static json_t *exemption_texts(const json_t *explanation)
{
	json_t *texts = json_array();
	const json_t *exemption;
	size_t i;

	json_array_foreach(json_object_get(explanation, "exemptions"), i, exemption)
	{
		const char *day =
			json_string_value(json_object_get(exemption, "expires"));
		bool over = json_is_true(json_object_get(exemption, "expired"));
		json_t *text = json_sprintf(
			"%s '%s' of %s%s%s: %s",
			json_string_value(json_object_get(exemption, "class")),
			json_string_value(json_object_get(exemption, "name")),
			json_string_value(json_object_get(exemption, "owner")),
			!day   ? ""
			: over ? ", expired after "
			       : ", until ",
			day ? day : "",
			json_string_value(json_object_get(exemption, "reason")));

		if (json_array_append_new(texts, text)) {
			json_decref(texts);
			return NULL;
		}
	}
	return texts;
}

/* The commands and steps that the findings ask for, each once. */
static json_t *fixes(const struct cli_session *session, const json_t *explanation)
{
	json_t *list = json_array(), *finding, *known;
	size_t i, k;

	json_array_foreach(json_object_get(explanation, "findings"), i, finding)
	{
		json_t *fix;

		if (!cli_locate_fix(session, finding)) {
			json_decref(list);
			return NULL;
		}
		fix = json_object_get(finding, "fix");
		json_array_foreach(list, k, known)
		{
			if (json_equal(known, fix)) {
				break;
			}
		}
		if (k == json_array_size(list) && json_string_length(fix)) {
			json_array_append(list, fix);
		}
	}
	return list;
}

/* The name or id of the rule that a word is nearest to, or NULL. */
static const char *nearest_rule(const char *word)
{
	size_t best = cli_nearness(word);
	const char *nearest = NULL;
	const struct cas_rule *rule;

	for (size_t i = 0; (rule = cas_rules_get(i)); i++) {
		const char *const names[] = {cas_rule_id(rule), cas_rule_name(rule)};

		for (size_t k = 0; k < 2; k++) {
			size_t distance = cli_distance(word, names[k], best);

			if (distance < best) {
				best = distance;
				nearest = names[k];
			}
		}
	}
	return nearest;
}

/* What is neither, but near to the name of a rule, was meant as one. */
static int not_found(struct cli_session *session, const char *subject,
		     struct cas_error *error)
{
	const char *nearest = strchr(subject, '-') ? nearest_rule(subject) : NULL;

	if (nearest) {
		cas_error_free(error);
		return cli_usage(session, "no such rule: '%s'; did you mean '%s'?",
				 subject, nearest);
	}
	return cli_fail(session, error);
}

static int explain_database(struct cli_session *session, const char *identity)
{
	const struct cas_organization *org;
	const struct cas_object *object;
	struct cas_error *error = NULL;
	json_t *row;

	/* Rules compare databases with each other: all of them are needed. */
	if (cli_load(session, CAS_SCOPE_ALL, NULL, 0, &org, &error) ||
	    cas_organization_find(org, KIND(DATABASE), identity, &object, &error)) {
		return not_found(session, identity, error);
	}
	row = cas_json_explain(org, cas_object_database(object));
	if (row && (json_object_set_new(row, "finding_texts", finding_texts(row)) ||
		    json_object_set_new(row, "exemption_texts", exemption_texts(row)) ||
		    json_object_set_new(row, "fixes", fixes(session, row)))) {
		json_decref(row);
		row = NULL;
	}
	return cli_print_one(session, &database_view, cas_json_organization(org), row);
}

/* "CAS" and digits: meant as the id of a rule. */
static bool looks_like_rule(const char *text)
{
	return strncasecmp(text, "CAS", 3) == 0 && text[3] &&
	       strspn(text + 3, "0123456789") == strlen(text + 3);
}

static int run(struct cli_session *session, const void *data)
{
	const struct values *values = data;
	const struct cas_rule *rule = cas_rule_find(values->subject);
	const char *nearest;

	if (rule) {
		return cli_print_one(session, &rule_view, NULL, cas_json_rule(rule));
	}
	if (looks_like_rule(values->subject)) {
		nearest = nearest_rule(values->subject);
		return nearest ? cli_usage(session,
					   "no such rule: '%s'; did you mean '%s'?",
					   values->subject, nearest)
			       : cli_usage(session, "no such rule: '%s'",
					   values->subject);
	}
	return explain_database(session, values->subject);
}

static const char *const examples[] = {
	"explain CAS040",
	"explain database-points-nowhere --format json",
	"explain 'Berlin DB 2'",
	NULL,
};

const struct cmd cmd_explain = {
	.name = "explain",
	.group = "Judging",
	.summary = "explain a rule, or the value of a database",
	.description = "Of a rule: what it is about, why it matters, how it is fixed, "
		       "and where it "
		       "comes from. Of a database: its present value, the expected one "
		       "and the case "
		       "that says so, what a new database on its server would get and by "
		       "which rule, "
		       "and the rules that find fault with it.",
	.examples = examples,
	CMD_OPTIONS(options),
	.values_size = sizeof(struct values),
	.flags = CMD_NO_DIRECTORY,
	.run = run,
};
