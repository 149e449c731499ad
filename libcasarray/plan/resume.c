/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is left of an interrupted run, as the directory shows it. */
#include <stdlib.h>

#include "../names/dn.h"
#include "run.h"

/* What was seen of a step's object. */
struct sight {
	size_t step;
	bool there;   /* under the old name */
	bool renamed; /* under the new one */
	bool old_values, new_values;
};

struct survey {
	struct cas_plan *plan;
	struct sight *sights; /* parallel to the steps */
	struct casp_map by_dn;
	struct casp_buf name;
};

static bool has_value(const struct casp_entry *entry, const char *attribute,
		      struct casp_str value)
{
	for (size_t i = 0; i < entry->n_names; i++) {
		if (!casp_iequal(entry->names[i], attribute)) {
			continue;
		}
		for (size_t j = 0; j < entry->values[i].n; j++) {
			if (casp_str_equal(entry->values[i].v[j], value)) {
				return true;
			}
		}
	}
	return false;
}

/* Before a delta its old value is there; where it has none, its new one is not. */
static bool before(const struct casp_entry *entry, const struct casp_delta *delta)
{
	return delta->old_value
		       ? has_value(entry, delta->attribute, casp_delta_old(delta))
		       : !has_value(entry, delta->attribute, casp_delta_new(delta));
}

static bool after(const struct casp_entry *entry, const struct casp_delta *delta)
{
	return delta->new_value
		       ? has_value(entry, delta->attribute, casp_delta_new(delta))
		       : !has_value(entry, delta->attribute, casp_delta_old(delta));
}

static void compare(const struct casp_entry *entry, const struct casp_step *step,
		    struct sight *sight)
{
	sight->old_values = sight->new_values = true;
	for (size_t i = 0; i < step->n_deltas; i++) {
		sight->old_values = sight->old_values && before(entry, &step->deltas[i]);
		sight->new_values = sight->new_values && after(entry, &step->deltas[i]);
	}
}

/* Exactly: a rename may change no more than the case. */
static bool has_new_name(struct survey *survey, const struct casp_entry *entry,
			 const struct casp_step *step)
{
	if (step->action != CAS_ACTION_RENAME) {
		return false;
	}
	casp_buf_clear(&survey->name);
	return casp_dn_rdn_value(entry->dn, &survey->name) &&
	       casp_str_equal(casp_buf_str(&survey->name), casp_str(step->new_name));
}

static int see(void *closure, const struct casp_entry *entry, struct cas_error **err)
{
	struct survey *survey = closure;
	uint64_t hash = casp_dn_hash(entry->dn);
	struct sight *sight;
	size_t at = 0;

	while ((sight = casp_map_next(&survey->by_dn, hash, &at))) {
		const struct casp_step *step = &survey->plan->steps.v[sight->step];
		struct casp_str parent = casp_dn_parent(casp_str(step->dn));
		bool renamed = has_new_name(survey, entry, step);

		if (renamed ? !casp_dn_equal(casp_dn_parent(entry->dn), parent)
			    : !casp_dn_equal(entry->dn, casp_str(step->dn))) {
			continue;
		}
		sight->renamed = sight->renamed || renamed;
		sight->there = sight->there || !renamed;
		compare(entry, step, sight);
	}
	return survey->name.failed ? casp_error_nomem(err) : 0;
}

static bool expect(struct survey *survey, size_t index, const char *dn)
{
	uint64_t hash = dn ? casp_dn_hash(casp_str(dn)) : 0;

	return dn && casp_map_add(&survey->by_dn, hash, &survey->sights[index]);
}

static bool expect_all(struct survey *survey)
{
	struct casp_arena *arena = &survey->plan->arena;

	for (size_t i = 0; i < survey->plan->steps.n; i++) {
		const struct casp_step *step = &survey->plan->steps.v[i];
		const char *renamed = NULL;

		survey->sights[i].step = i;
		if (!casp_step_acts(step) || step->earlier) {
			continue;
		}
		if (!expect(survey, i, step->dn)) {
			return false;
		}
		if (step->action != CAS_ACTION_RENAME) {
			continue;
		}
		renamed = casp_renamed_dn(arena, step->dn, step->new_name);
		/* A change of case has one hash: once is enough. */
		if (!renamed || (!casp_dn_equal(casp_str(renamed), casp_str(step->dn)) &&
				 !expect(survey, i, renamed))) {
			return false;
		}
	}
	return true;
}

static int look(struct survey *survey, struct cas_error **err)
{
	/* What plans change. One pass, whatever the number of steps. */
	static const char *const classes[] = {
		"msExchClientAccessArray",
		"msExchClientAccessArrayLegacy",
		"msExchMDB",
		"msExchPrivateMDB",
		"msExchPublicMDB",
	};
	struct casp_query query = {
		.scope = CASP_SCOPE_SUBTREE,
		.classes = classes,
		.n_classes = sizeof(classes) / sizeof(*classes),
		.all_attributes = true,
	};

	return casp_directory_search(survey->plan->org->directory, &query, 1, see, survey,
				     err);
}

/* ---- verdicts ---- */

static void found_done(struct casp_step *step)
{
	/* The plan saw the old value, so it was this run that wrote the new one: undo
	 * must know. */
	step->outcome = CAS_OUTCOME_DONE;
	step->outcome_reason = "found done when the run was resumed";
	step->earlier = true;
}

static void found_other(struct casp_step *step, const char *reason)
{
	step->outcome = CAS_OUTCOME_CONFLICT;
	step->outcome_reason = reason;
	step->earlier = true;
}

static void decide(struct casp_step *step, const struct sight *sight)
{
	bool done, possible;

	switch (step->action) {
	case CAS_ACTION_CREATE:
		done = sight->there && sight->new_values;
		possible = !sight->there;
		break;
	case CAS_ACTION_DELETE:
		done = !sight->there;
		possible = sight->there && sight->old_values;
		break;
	case CAS_ACTION_RENAME:
		done = sight->renamed && sight->new_values;
		possible = sight->there && !sight->renamed && sight->old_values;
		break;
	default:
		done = sight->there && sight->new_values;
		possible = sight->there && sight->old_values;
		break;
	}
	if (done) {
		found_done(step);
	} else if (!possible) {
		found_other(step, sight->there || sight->renamed
					  ? "it holds neither the old nor the new value"
					  : "the object is gone");
	}
}

static int copy_steps(struct cas_plan *plan, const struct cas_run *run,
		      struct cas_error **err)
{
	for (size_t i = 0; i < run->n_steps; i++) {
		struct casp_step *step = casp_plan_copy_step(plan, casp_run_step(run, i));

		if (!step) {
			return casp_error_nomem(err);
		}
		step->earlier = step->recorded = step->outcome != CAS_OUTCOME_PLANNED;
	}
	return 0;
}

static int survey_steps(struct cas_plan *plan, struct cas_error **err)
{
	struct survey survey = {
		.plan = plan,
		.sights = calloc(plan->steps.n + 1, sizeof(*survey.sights)),
	};
	int code = 0;

	if (!survey.sights || !casp_map_reserve(&survey.by_dn, plan->steps.n) ||
	    !expect_all(&survey)) {
		code = casp_error_nomem(err);
	}
	if (code == 0) {
		code = look(&survey, err);
	}
	for (size_t i = 0; code == 0 && i < plan->steps.n; i++) {
		struct casp_step *step = &plan->steps.v[i];

		if (casp_step_acts(step) && !step->earlier) {
			decide(step, &survey.sights[i]);
		}
	}
	casp_map_free(&survey.by_dn);
	casp_buf_free(&survey.name);
	free(survey.sights);
	return code;
}

static int build(struct cas_plan *plan, const struct cas_run *run, struct cas_error **err)
{
	struct casp_arena *arena = &plan->arena;
	int code = copy_steps(plan, run, err);

	plan->resumes = casp_arena_dup(arena, run->id, strlen(run->id));
	plan->title = casp_arena_dup(arena, run->title, strlen(run->title));
	plan->undoes = *run->undoes
			       ? casp_arena_dup(arena, run->undoes, strlen(run->undoes))
			       : NULL;
	plan->undoes_part = run->undoes_part;
	if (code == 0 &&
	    (!plan->resumes || !plan->title || (*run->undoes && !plan->undoes))) {
		code = casp_error_nomem(err);
	}
	if (code == 0) {
		code = survey_steps(plan, err);
	}
	return code ? code : casp_plan_notices(plan, err);
}

static int check_run(const struct cas_organization *org, const struct cas_run *run,
		     struct cas_error **err)
{
	int code = casp_run_check(run, org, err);

	if (code) {
		return code;
	}
	if (run->state != CAS_RUN_INTERRUPTED) {
		return casp_error(err, CAS_E_REFUSED,
				  "the run '%s' was not interrupted: its state is '%s'",
				  run->id, cas_run_state_name(run->state));
	}
	return 0;
}

int cas_plan_resume(const struct cas_organization *org, const struct cas_run *run,
		    struct cas_plan **ret, struct cas_error **err)
{
	CASP_CLEANUP(casp_plan_freep) struct cas_plan *plan = NULL;
	int code = check_run(org, run, err);

	if (code == 0) {
		code = casp_run_load(run, err);
	}
	if (code == 0) {
		code = casp_plan_create(org, "resume", &plan, err);
	}
	if (code == 0) {
		code = build(plan, run, err);
	}
	if (code == 0) {
		*ret = plan;
		plan = NULL;
	}
	return code;
}
