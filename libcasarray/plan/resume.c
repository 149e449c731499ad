/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is left of an interrupted run, as the directory shows it. */
#include <stdlib.h>

#include "run.h"
#include "survey.h"

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

static void decide(struct casp_step *step, const struct casp_sight *sight)
{
	if (casp_sight_is_done(step, sight)) {
		found_done(step);
	} else if (!casp_sight_is_open(step, sight)) {
		found_other(step, sight->there || sight->renamed
					  ? "it holds neither the old nor the new value"
					  : "the object is gone");
	}
}

/*
 * What had to follow a change that failed is not tried, as it would not have been in the
 * run itself: an array is not removed while a database could not be moved away from it.
 */
static void hold_back(struct cas_plan *plan)
{
	enum cas_action action = CAS_ACTION_SKIP; /* of the changes that stand together */
	bool failed = false, failed_before = false;

	for (size_t i = 0; i < plan->steps.n; i++) {
		struct casp_step *step = &plan->steps.v[i];

		if (!casp_step_acts(step)) {
			continue;
		}
		if (step->action != action) {
			action = step->action;
			failed_before = failed;
		}
		failed = failed || step->outcome == CAS_OUTCOME_CONFLICT ||
			 step->outcome == CAS_OUTCOME_REFUSED;
		if (failed_before && step->outcome == CAS_OUTCOME_PLANNED) {
			step->outcome = CAS_OUTCOME_NOT_TRIED;
			step->outcome_reason = "a change before it was not made";
			step->earlier = true;
		}
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

static bool is_left(const struct casp_step *step)
{
	return !step->earlier;
}

static int survey_steps(struct cas_plan *plan, struct cas_error **err)
{
	CASP_CLEANUP(casp_freep)
	struct casp_sight *sights = calloc(plan->steps.n + 1, sizeof(*sights));
	struct casp_survey survey = {
		.plan = plan,
		.directory = plan->org->directory,
		.wants = is_left,
		.sights = sights,
	};
	int code = sights ? casp_survey(&survey, err) : casp_error_nomem(err);

	for (size_t i = 0; code == 0 && i < plan->steps.n; i++) {
		struct casp_step *step = &plan->steps.v[i];

		if (casp_step_acts(step) && !step->earlier) {
			decide(step, &sights[i]);
		}
	}
	hold_back(plan);
	return code;
}

static int build(struct cas_plan *plan, const struct cas_run *run, struct cas_error **err)
{
	struct casp_arena *arena = &plan->arena;
	const char *elsewhere;
	int code = copy_steps(plan, run, err);

	plan->resumes = casp_arena_dup(arena, run->id, strlen(run->id));
	plan->title = casp_arena_dup(arena, run->title, strlen(run->title));
	plan->undoes = *run->undoes
			       ? casp_arena_dup(arena, run->undoes, strlen(run->undoes))
			       : NULL;
	plan->undoes_part = run->undoes_part;
	plan->since = run->time;
	if (code == 0 &&
	    (!plan->resumes || !plan->title || (*run->undoes && !plan->undoes))) {
		code = casp_error_nomem(err);
	}
	if (code == 0) {
		code = casp_run_warn(run, plan, &elsewhere, err);
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
