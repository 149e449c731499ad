/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* repair: what the audit found and may be mended without a person's judgement, as one
 * plan. */
#include <string.h>
#include <time.h>

#include "cli/objects.h"
#include "cli/pool.h"
#include "commands.h"

/* So many findings that are left are listed one by one; text lists fewer. */
enum {
	MAX_LISTED = 100,
};

struct values {
	struct opt_list rules;
	struct opt_list sites;
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
		.name = "include-cross-site",
		.type = OPT_FLAG,
		.offset = offsetof(struct values, include_cross_site),
		.help = "also databases that use the array of another site",
	},
	OPT_CHANGE(struct values, change),
};

/* Every family, so that rules that are off by default can be named besides. */
static int all_families(struct cli_session *session, struct opt_list *ret)
{
	const struct cas_rule *rule;

	ret->v = opt_pool_alloc(session->pool, cas_rules_count() * sizeof(*ret->v));
	if (!ret->v) {
		return cli_no_memory(session);
	}
	for (size_t i = 0; (rule = cas_rules_get(i)); i++) {
		const char *family = cas_rule_family(rule);

		if (!ret->n || strcmp(ret->v[ret->n - 1], family) != 0) {
			ret->v[ret->n++] = family;
		}
	}
	return EXIT_DONE;
}

/* The audit of the rules and sites that were asked for, or of everything. */
static int audit(struct cli_session *session, const struct values *values,
		 const struct cas_objects *sites, bool everything, struct cas_audit **ret)
{
	struct opt_list families = {0};
	struct cas_error *error = NULL;
	struct cas_audit_options how = {
		.rules = values->rules.v,
		.n_rules = values->rules.n,
		.objects = everything ? NULL : sites,
		.now = (int64_t)time(NULL),
	};
	int status = everything ? all_families(session, &families) : EXIT_DONE;

	if (status) {
		return status;
	}
	how.families = families.v;
	how.n_families = families.n;
	return cas_audit_new(session->organization, &how, ret, &error)
		       ? cli_fail(session, error)
		       : EXIT_DONE;
}

static int load(struct cli_session *session, const struct values *values,
		struct cas_objects **sites)
{
	const struct cas_organization *org;
	struct cas_error *error = NULL;
	int status;

	if (cli_load(session, CAS_SCOPE_ALL, NULL, 0, &org, &error)) {
		return cli_fail(session, error);
	}
	status = cli_pick_filter(session, org, KIND(SITE), &values->sites, sites);
	return status ? status : cli_refuse_none(session, *sites);
}

/* ---- what is left ---- */

static const struct {
	enum cas_fix class;
	const char *member;
	const char *why;
} classes[] = {
	{CAS_FIX_AUTO, "auto", "could not be repaired"},
	{CAS_FIX_PLAN, "plan", "needs a decision"},
	{CAS_FIX_ADVISE, "advise", "needs work by hand"},
	{CAS_FIX_NONE, "none", "needs no change"},
};

enum {
	N_CLASSES = sizeof(classes) / sizeof(*classes),
};

struct leftover {
	struct cli_session *session;
	const struct values *values;
	const struct cas_objects *sites;
	bool before; /* nothing was applied yet: what is in the plan is not left */
	size_t counts[N_CLASSES];
	size_t n;
	size_t n_not_selected;
	json_t *list;
};

/* Do --rule and --site let repair look at it? */
static bool is_selected(const struct leftover *leftover,
			const struct cas_finding *finding)
{
	const struct opt_list *rules = &leftover->values->rules;
	const struct cas_site *site = cas_finding_site(finding);
	bool selected = rules->n == 0;

	for (size_t i = 0; i < rules->n && !selected; i++) {
		selected = cas_rule_find(rules->v[i]) == cas_finding_rule(finding);
	}
	if (!selected || !leftover->values->sites.n) {
		return selected;
	}
	return site && cli_set_has(leftover->sites, cas_site_object(site));
}

static bool is_cross_site(const struct cas_finding *finding)
{
	const char *rule = cas_rule_name(cas_finding_rule(finding));

	return strcmp(rule, "database-uses-other-site-array") == 0;
}

/* Would repair mend it, if it were selected? */
static bool is_mended(const struct leftover *leftover, const struct cas_finding *finding)
{
	return cas_finding_fix_class(finding) == CAS_FIX_AUTO ||
	       (leftover->values->include_cross_site && is_cross_site(finding));
}

/* A finding in few words: all of it is in the audit. */
static bool add_brief(struct leftover *leftover, const struct cas_finding *finding,
		      const char *why)
{
	static const char *const members[] = {"key",    "rule", "name",      "severity",
					      "object", "site", "fix_class", "fix"};
	json_t *whole = cas_json_finding(finding), *row = json_object();
	bool ok = whole && row && cli_locate_fix(leftover->session, whole);

	for (size_t i = 0; ok && i < sizeof(members) / sizeof(*members); i++) {
		ok = !json_object_set(row, members[i],
				      json_object_get(whole, members[i]));
	}
	ok = ok && !json_object_set_new(row, "why", json_string(why)) &&
	     !json_array_append(leftover->list, row);
	json_decref(whole);
	json_decref(row);
	return ok;
}

static bool add(struct leftover *leftover, const struct cas_finding *finding)
{
	bool mended = is_mended(leftover, finding);
	bool selected = is_selected(leftover, finding);
	const char *why = "";

	if (mended && selected && leftover->before) {
		return true;
	}
	for (size_t i = 0; i < N_CLASSES; i++) {
		if (classes[i].class == cas_finding_fix_class(finding)) {
			leftover->counts[i]++;
			why = classes[i].why;
		}
	}
	if (mended && !selected) {
		leftover->n_not_selected++;
		why = "left out by --rule or --site";
	} else if (!mended && is_cross_site(finding)) {
		why = "needs a decision, or --include-cross-site";
	}
	leftover->n++;
	return leftover->n > MAX_LISTED || add_brief(leftover, finding, why);
}

/* The members of the tail that say what is left, and why it was not touched. */
static json_t *to_json(const struct leftover *leftover)
{
	json_t *counts = json_object();

	for (size_t i = 0; counts && i < N_CLASSES; i++) {
		json_object_set_new(counts, classes[i].member,
				    json_integer((json_int_t)leftover->counts[i]));
	}
	return json_pack("{s:{s:I, s:o, s:I, s:O, s:b}}", "left", "count",
			 (json_int_t)leftover->n, "fix_classes", counts, "not_selected",
			 (json_int_t)leftover->n_not_selected, "findings", leftover->list,
			 "complete", leftover->n <= MAX_LISTED);
}

static json_t *left(struct cli_session *session, const struct values *values,
		    const struct cas_objects *sites, bool before)
{
	struct leftover leftover = {session, values, sites, before};
	const struct cas_finding *finding;
	struct cas_audit *found = NULL;
	json_t *members = NULL;
	int more;

	if (audit(session, values, sites, true, &found)) {
		return NULL;
	}
	leftover.list = json_array();
	more = leftover.list ? 1 : -1;
	while (more > 0 && (more = cas_audit_next(found, &finding, NULL)) == 1) {
		if (cas_finding_evaluated(finding) && !add(&leftover, finding)) {
			more = -1;
		}
	}
	if (more == 0) {
		members = to_json(&leftover);
	}
	json_decref(leftover.list);
	cas_audit_free(found);
	return members;
}

/* After the repair: the audit again. */
static json_t *look_again(struct cli_session *session, void *closure)
{
	const struct values *values = closure;
	struct cas_objects *sites = NULL;
	json_t *members = NULL;

	if (load(session, values, &sites) == EXIT_DONE) {
		members = left(session, values, sites, false);
	}
	cas_objects_free(sites);
	return members;
}

/* The plan, and what it leaves. Audits must go before their organization, which is loaded
 * again later. */
static int prepare(struct cli_session *session, const struct values *values,
		   struct cas_plan **plan, json_t **extra)
{
	const int64_t *most = values->change.max_changes;
	const struct cas_repair what = {
		.max_changes = most ? (size_t)*most : 0,
		.include_cross_site = values->include_cross_site,
	};
	struct cas_objects *sites = NULL;
	struct cas_error *error = NULL;
	struct cas_audit *found = NULL;
	int status = load(session, values, &sites);

	if (!status) {
		status = audit(session, values, sites, false, &found);
	}
	if (!status && cas_plan_repair(found, &what, plan, &error)) {
		status = cli_fail(session, error);
	}
	cas_audit_free(found);
	if (!status) {
		*extra = left(session, values, sites, true);
		status = *extra ? EXIT_DONE : cli_no_memory(session);
	}
	cas_objects_free(sites);
	return status;
}

static int run(struct cli_session *session, const void *data)
{
	const struct values *values = data;
	struct values again = *values;
	struct cas_plan *plan = NULL;
	json_t *extra = NULL;
	int status = prepare(session, values, &plan, &extra);

	if (status) {
		cas_plan_free(plan);
		return status;
	}
	return cli_run_plan_then(session, plan, &values->change, true, extra, look_again,
				 &again);
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
