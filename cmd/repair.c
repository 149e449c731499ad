/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* repair: what the audit found and may be mended without a person's judgement, as one
 * plan. */
#include <string.h>
#include <time.h>

#include "cli/objects.h"
#include "commands.h"

/* So many findings that are left are listed one by one. */
enum {
	MAX_LISTED = 100,
};

struct values {
	struct opt_list rules;
	struct opt_list sites;
	int64_t max_changes;
	bool include_cross_site;
	struct cli_change change;
};

static const struct opt options[] = {
	{
		.name = "rule",
		.type = OPT_LIST,
		.offset = offsetof(struct values, rules),
		.metavar = "RULE",
		.help = "only findings of this rule, by id or name",
	},
	{
		.name = "site",
		.parameter = "Site",
		.type = OPT_LIST,
		.offset = offsetof(struct values, sites),
		.metavar = "SITE",
		.kinds = KIND(SITE),
		.help = "only findings in this site",
	},
	{
		.name = "max-changes",
		.type = OPT_NUMBER,
		.offset = offsetof(struct values, max_changes),
		.metavar = "N",
		.help = "refuse a plan of more changes than this; default: no limit",
	},
	{
		.name = "include-cross-site",
		.type = OPT_FLAG,
		.offset = offsetof(struct values, include_cross_site),
		.help = "also databases that use the array of another site",
	},
	OPT_CHANGE(struct values, change),
};

/* Loads everything and runs the audit of the rules and sites that were asked for. */
static int audit(struct cli_session *session, const struct values *values,
		 struct cas_audit **ret)
{
	struct cas_audit_options how = {
		.rules = values->rules.v,
		.n_rules = values->rules.n,
		.now = (int64_t)time(NULL),
	};
	const struct cas_organization *org;
	struct cas_objects *sites = NULL;
	struct cas_error *error = NULL;
	int status;

	if (cli_load(session, CAS_SCOPE_ALL, NULL, 0, &org, &error)) {
		return cli_fail(session, error);
	}
	status = cli_pick_filter(session, org, KIND(SITE), &values->sites, &sites);
	if (!status) {
		how.objects = sites;
		if (cas_audit_new(org, &how, ret, &error)) {
			status = cli_fail(session, error);
		}
	}
	cas_objects_free(sites);
	return status;
}

/* Why repair leaves findings of a fix class alone. */
static const struct {
	enum cas_fix class;
	const char *member;
	const char *why;
} reasons[] = {
	{CAS_FIX_AUTO, "auto", "could be repaired, but their value did not allow it"},
	{CAS_FIX_PLAN, "plan",
	 "need a decision: the command that audit prints with each makes the change"},
	{CAS_FIX_ADVISE, "advise", "need work outside of the directory"},
	{CAS_FIX_NONE, "none", "need no change"},
};

enum {
	N_REASONS = sizeof(reasons) / sizeof(*reasons),
};

static const char *why_left(enum cas_fix class)
{
	for (size_t i = 0; i < N_REASONS; i++) {
		if (reasons[i].class == class) {
			return reasons[i].why;
		}
	}
	return "";
}

/* A finding in few words: all of it is in the audit. */
static json_t *brief(const struct cas_finding *finding)
{
	json_t *whole = cas_json_finding(finding);
	json_t *row = json_pack(
		"{s:O, s:O, s:O, s:O, s:O, s:O, s:O, s:s}", "key",
		json_object_get(whole, "key"), "rule", json_object_get(whole, "rule"),
		"severity", json_object_get(whole, "severity"), "object",
		json_object_get(whole, "object"), "site", json_object_get(whole, "site"),
		"fix_class", json_object_get(whole, "fix_class"), "fix",
		json_object_get(whole, "fix"), "why",
		why_left(cas_finding_fix_class(finding)));

	json_decref(whole);
	return row;
}

/* What is left of an audit. `values`: nothing was applied yet, and what these values let
 * repair mend is in the plan; NULL: everything that is found is left. */
struct leftover {
	struct cas_audit *found;
	const struct values *values;
	size_t counts[N_REASONS];
	json_t *list;
};

static bool is_planned(const struct leftover *leftover, const struct cas_finding *finding)
{
	const struct values *values = leftover->values;
	const char *rule = cas_rule_name(cas_finding_rule(finding));

	if (!values) {
		return false;
	}
	return cas_finding_fix_class(finding) == CAS_FIX_AUTO ||
	       (values->include_cross_site &&
		strcmp(rule, "database-uses-other-site-array") == 0);
}

static int gather(struct leftover *leftover)
{
	const struct cas_finding *finding;
	int more;

	cas_audit_rewind(leftover->found);
	while ((more = cas_audit_next(leftover->found, &finding, NULL)) == 1) {
		if (!cas_finding_evaluated(finding) || is_planned(leftover, finding)) {
			continue;
		}
		for (size_t i = 0; i < N_REASONS; i++) {
			leftover->counts[i] +=
				reasons[i].class == cas_finding_fix_class(finding);
		}
		if (json_array_size(leftover->list) < MAX_LISTED &&
		    json_array_append_new(leftover->list, brief(finding))) {
			return -1;
		}
	}
	return more;
}

static bool add_class(const struct leftover *leftover, size_t i, json_t *classes,
		      json_t *notes)
{
	size_t n = leftover->counts[i];

	if (json_object_set_new(classes, reasons[i].member,
				json_integer((json_int_t)n))) {
		return false;
	}
	return n == 0 ||
	       !json_array_append_new(
		       notes, json_sprintf("left: %zu finding%s of fix class '%s': %s", n,
					   n == 1 ? "" : "s", reasons[i].member,
					   reasons[i].why));
}

/* Members of the tail: what is left and why it was not touched. */
static json_t *left(struct cas_audit *found, const struct values *values)
{
	struct leftover leftover = {found, values, {0}, json_array()};
	json_t *classes = json_object(), *notes = json_array();
	bool ok = classes && notes && leftover.list && gather(&leftover) >= 0;
	size_t n = 0;

	for (size_t i = 0; i < N_REASONS; i++) {
		n += leftover.counts[i];
		ok = ok && add_class(&leftover, i, classes, notes);
	}
	if (!ok) {
		json_decref(classes);
		json_decref(leftover.list);
		json_decref(notes);
		return NULL;
	}
	return json_pack("{s:{s:I, s:o, s:o, s:b}, s:o}", "left", "count", (json_int_t)n,
			 "fix_classes", classes, "findings", leftover.list, "complete",
			 n <= MAX_LISTED, "notes", notes);
}

/* After the repair: the audit again. */
static json_t *look_again(struct cli_session *session, void *closure)
{
	struct cas_audit *found = NULL;
	json_t *members = NULL;

	if (audit(session, closure, &found) == EXIT_DONE) {
		members = left(found, NULL);
	}
	cas_audit_free(found);
	return members;
}

static int run(struct cli_session *session, const void *data)
{
	const struct values *values = data;
	const struct cas_repair what = {
		.max_changes = (size_t)values->max_changes,
		.include_cross_site = values->include_cross_site,
	};
	struct cas_error *error = NULL;
	struct cas_audit *found = NULL;
	struct cas_plan *plan = NULL;
	struct values again = *values;
	int status = audit(session, values, &found);
	json_t *extra = NULL;

	if (!status && cas_plan_repair(found, &what, &plan, &error)) {
		status = cli_fail(session, error);
	}
	if (!status) {
		extra = left(found, values);
		status = extra ? EXIT_DONE : cli_no_memory(session);
	}
	/* The audit must go before the organization that it is of, which is loaded again.
	 */
	cas_audit_free(found);
	if (status) {
		cas_plan_free(plan);
		return status;
	}
	return cli_run_plan_then(session, plan, cli_plan_flags(&values->change, true),
				 extra, look_again, &again, NULL);
}

static const char *const examples[] = {
	"repair --what-if",
	"repair --yes",
	"repair --rule CAS040 --site Berlin --max-changes 10 --yes",
	NULL,
};

const struct cmd cmd_repair = {
	.name = "repair",
	.group = "Judging",
	.summary = "mend what can be mended without a decision",
	.description =
		"Makes one plan of all findings of fix class 'auto': databases that "
		"point at a "
		"server, at nothing, or at a mailbox-only server, where it is clear "
		"which "
		"array they belong to. It shows the plan, asks, applies it, runs the "
		"audit "
		"again, and reports what is left and why it was not touched.\n"
		"Databases that use the array of another site are left alone unless "
		"--include-cross-site is given: they may have been moved on purpose.",
	.examples = examples,
	CMD_OPTIONS(options),
	.values_size = sizeof(struct values),
	.run = run,
};
