/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an audit found and may be mended without asking a person, as one plan. */
#include <stdlib.h>

#include "../policy/policy.h"
#include "plan.h"

#define CROSS_SITE_RULE "CAS045" /* database-uses-other-site-array */

/* The rules that fired for each database, by its index. */
struct gathering {
	const struct cas_organization *org;
	const struct cas_repair *what;
	const char **rules; /* "CAS040, CAS046"; NULL: nothing to repair */
	size_t n;
};

static bool wanted(const struct gathering *gathering, const struct cas_finding *finding)
{
	const struct cas_object *object = cas_finding_object(finding);

	if (cas_finding_result(finding) != CAS_RESULT_FINDING || !object ||
	    object->kind != CAS_KIND_DATABASE ||
	    cas_finding_suppression(finding) != CAS_SUPPRESSION_NONE) {
		return false;
	}
	if (cas_finding_fix_class(finding) == CAS_FIX_AUTO) {
		return true;
	}
	return gathering->what->include_cross_site &&
	       casp_iequal(cas_rule_id(cas_finding_rule(finding)), CROSS_SITE_RULE);
}

static bool keep(struct gathering *gathering, struct casp_arena *arena,
		 const struct cas_finding *finding)
{
	const char **rules = &gathering->rules[cas_finding_object(finding)->index];
	const char *id = cas_rule_id(cas_finding_rule(finding));

	*rules = *rules ? casp_arena_printf(arena, "%s, %s", *rules, id) : id;
	return *rules;
}

static int gather(struct gathering *gathering, struct cas_audit *audit,
		  struct casp_arena *arena, struct cas_error **err)
{
	const struct cas_finding *finding;
	int more;

	cas_audit_rewind(audit);
	while ((more = cas_audit_next(audit, &finding, err)) > 0) {
		if (wanted(gathering, finding) && !keep(gathering, arena, finding)) {
			return casp_error_nomem(err);
		}
	}
	cas_audit_rewind(audit);
	return more;
}

static int mend(struct cas_plan *plan, const struct cas_database *database,
		const char *rules, struct cas_error **err)
{
	struct casp_expectation expected;
	const char *unfit;

	casp_expect(plan->org, database, &expected);
	if (!expected.target) {
		return casp_plan_skip(plan, database, expected.reason, err);
	}
	unfit = casp_target_unfit(expected.target);
	if (unfit) {
		const char *reason = casp_arena_printf(&plan->arena, "'%s' %s",
						       expected.target->name, unfit);

		return reason ? casp_plan_skip(plan, database, reason, err)
			      : casp_error_nomem(err);
	}
	return casp_plan_repoint(plan, database, expected.target->legacy_dn,
				 casp_object_fqdn(expected.target), rules, err);
}

static int check_limit(const struct cas_plan *plan, size_t limit, struct cas_error **err)
{
	size_t n = casp_plan_changes(plan);

	if (limit == 0 || n <= limit) {
		return 0;
	}
	casp_error(err, CAS_E_REFUSED,
		   "the repair would make %zu changes, more than the %zu allowed", n,
		   limit);
	casp_error_hint(err,
			"raise --max-changes, or repair one --site or --rule at a time");
	return CAS_E_REFUSED;
}

static int build(struct cas_plan *plan, struct gathering *gathering,
		 struct cas_audit *audit, struct cas_error **err)
{
	int code = gather(gathering, audit, &plan->arena, err);

	for (size_t i = 0; code == 0 && i < gathering->n; i++) {
		if (gathering->rules[i]) {
			code = mend(plan, CASP_DATABASE(plan->org, i),
				    gathering->rules[i], err);
		}
	}
	if (code == 0) {
		code = check_limit(plan, gathering->what->max_changes, err);
	}
	return code ? code : casp_plan_finish(plan, err);
}

int cas_plan_repair(struct cas_audit *audit, const struct cas_repair *what,
		    struct cas_plan **ret, struct cas_error **err)
{
	CASP_CLEANUP(casp_plan_freep) struct cas_plan *plan = NULL;
	struct gathering gathering = {.org = cas_audit_organization(audit), .what = what};
	int code = casp_plan_create(gathering.org, "repair", &plan, err);

	if (code) {
		return code;
	}
	gathering.n = CASP_COUNT(gathering.org, CAS_KIND_DATABASE);
	gathering.rules = calloc(gathering.n + 1, sizeof(*gathering.rules));
	code = gathering.rules ? build(plan, &gathering, audit, err)
			       : casp_error_nomem(err);
	free(gathering.rules);
	if (code == 0) {
		*ret = plan;
		plan = NULL;
	}
	return code;
}
