/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Carrying a plan out: journal, changes, results. */
#include <stdlib.h>

#include "apply.h"

/* What casp_directory_commit() is asked and answers. */
struct work {
	struct cas_plan *plan;
	struct cas_directory *directory;
	struct casp_changes changes;
	struct casp_result *results;
	struct casp_journal *journal;
	enum cas_on_conflict on_conflict;
};

static int open_journal(struct work *work, const struct cas_apply *how,
			struct cas_error **err)
{
	CASP_CLEANUP(casp_freep) char *folder = NULL;
	struct cas_plan *plan = work->plan;
	int code = casp_journal_folder(how->journal, &folder, err);

	if (code) {
		return code;
	}
	if (!plan->resumes) {
		return casp_journal_begin(folder, plan, work->directory, how,
					  &work->journal, err);
	}
	code = casp_journal_continue(folder, plan->resumes, &work->journal, err);
	if (code == 0) {
		strncpy(plan->run, plan->resumes, sizeof(plan->run) - 1);
	}
	return code;
}

/* What a run did on another server and this one does not show is not undone by that: it
 * may be on its way. */
static bool doubt(struct cas_plan *plan, struct casp_step *step)
{
	if (!plan->elsewhere || step->outcome != CAS_OUTCOME_ALREADY) {
		return true;
	}
	step->outcome = CAS_OUTCOME_CONFLICT;
	step->outcome_reason = casp_arena_printf(
		&plan->arena,
		"it is as it was before the run: replication has not brought that from "
		"'%s' yet, or somebody has taken it back",
		plan->elsewhere);
	return step->outcome_reason;
}

/* The outcomes into the steps; the store's words into the plan's arena. */
static bool take_results(struct work *work)
{
	bool ok = true;

	for (size_t i = 0; i < work->changes.n; i++) {
		struct casp_step *step = &work->plan->steps.v[work->changes.step[i]];
		struct casp_result *result = &work->results[i];

		step->outcome = result->outcome;
		if (result->reason) {
			step->outcome_reason =
				casp_arena_dup(&work->plan->arena, result->reason,
					       strlen(result->reason));
			ok = ok && step->outcome_reason;
		}
		ok = doubt(work->plan, step) && ok;
		free(result->reason);
		result->reason = NULL;
	}
	return ok;
}

struct tally {
	size_t changed, held, other; /* done; already so; neither */
};

static struct tally count(const struct cas_plan *plan)
{
	struct tally tally = {0};

	for (size_t i = 0; i < plan->steps.n; i++) {
		const struct casp_step *step = &plan->steps.v[i];

		if (!casp_step_acts(step)) {
			continue;
		}
		if (step->outcome == CAS_OUTCOME_DONE) {
			tally.changed++;
		} else if (step->outcome == CAS_OUTCOME_ALREADY) {
			tally.held++;
		} else {
			tally.other++;
		}
	}
	return tally;
}

static enum cas_run_state end_state(const struct cas_plan *plan, int code)
{
	struct tally tally = count(plan);

	if (tally.other == 0) {
		return CAS_RUN_DONE;
	}
	if (tally.changed) {
		return CAS_RUN_PARTIAL;
	}
	return code == 0 || code == CAS_E_CONFLICT || code == CAS_E_REFUSED
		       ? CAS_RUN_CONFLICT
		       : CAS_RUN_FAILED;
}

static int write_results(struct work *work, enum cas_run_state state, const char *message,
			 struct cas_error **err)
{
	struct cas_plan *plan = work->plan;
	int code = casp_journal_record(work->journal, plan, 0, plan->steps.n, err);

	if (code == 0) {
		code = casp_journal_end(work->journal, state, message, err);
	}
	for (size_t i = 0; code == 0 && i < plan->steps.n; i++) {
		plan->steps.v[i].recorded =
			plan->steps.v[i].outcome != CAS_OUTCOME_PLANNED;
	}
	return code;
}

/* The directory is changed, or may be, and the journal does not say so. */
static int unrecorded(struct work *work, struct cas_error *trouble,
		      struct cas_error **err)
{
	work->plan->interrupted = true;
	casp_error(err, CAS_E_PARTIAL,
		   "the changes are written, but their results are not: %s",
		   cas_error_message(trouble));
	casp_error_hint(err, "'casarray resume %s' completes the journal",
			work->plan->run);
	cas_error_free(trouble);
	return CAS_E_PARTIAL;
}

static int incomplete(const struct cas_plan *plan, enum cas_run_state state,
		      struct cas_error **err)
{
	struct tally tally = count(plan);

	if (state == CAS_RUN_DONE) {
		return 0;
	}
	casp_error(
		err, state == CAS_RUN_PARTIAL ? CAS_E_PARTIAL : CAS_E_CONFLICT,
		"%zu of %zu changes were not made: the directory holds other values than "
		"the plan expects",
		tally.other, tally.changed + tally.held + tally.other);
	if (plan->elsewhere) {
		casp_error_hint(err,
				"undo it on '%s', or wait until replication has brought "
				"here what the run did there",
				plan->elsewhere);
	} else {
		casp_error_hint(err, "'casarray audit' shows how things are now");
	}
	return state == CAS_RUN_PARTIAL ? CAS_E_PARTIAL : CAS_E_CONFLICT;
}

/* What nobody can tell of, and what the batch did not come to because it was broken off,
 * is left to a resumed run. */
static bool is_left(const struct casp_result *result)
{
	return result->broken_off || result->outcome == CAS_OUTCOME_UNKNOWN;
}

static bool is_broken_off(const struct work *work, int code)
{
	/* Nothing was left to do, and what was done before may get lost. */
	bool left = work->changes.n == 0;

	for (size_t i = 0; i < work->changes.n; i++) {
		left = left || is_left(&work->results[i]);
	}
	return code == CAS_E_PARTIAL && left;
}

/* The results that are certain; to the journal the others are still planned. */
static int record_certain(struct work *work, struct cas_error **err)
{
	struct cas_plan *plan = work->plan;
	int code;

	for (size_t i = 0; i < work->changes.n; i++) {
		if (is_left(&work->results[i])) {
			plan->steps.v[work->changes.step[i]].outcome =
				CAS_OUTCOME_PLANNED;
		}
	}
	code = casp_journal_record(work->journal, plan, 0, plan->steps.n, err);
	for (size_t i = 0; i < work->changes.n; i++) {
		struct casp_step *step = &plan->steps.v[work->changes.step[i]];

		step->recorded = code == 0 && step->outcome != CAS_OUTCOME_PLANNED;
		step->outcome = work->results[i].outcome;
	}
	return code;
}

/* The journal stays open, and resume finds out. */
static int broken_off(struct work *work, struct cas_error *failure,
		      struct cas_error **err)
{
	/* What is not recorded resume finds done. */
	record_certain(work, NULL);
	work->plan->interrupted = true;
	casp_error_hint(
		&failure,
		"'casarray resume %s' finds out what was written, and does the rest",
		work->plan->run);
	casp_error_pass(err, failure);
	return CAS_E_PARTIAL;
}

static int change_once(struct work *work, struct cas_error **err)
{
	size_t n = work->changes.n, rival;
	int code;

	if (n == 0) {
		casp_directory_tidy(work->directory);
		return casp_directory_commit(work->directory, NULL, 0, NULL, err);
	}
	code = casp_plan_look_again(work->plan, work->directory, &rival, err);
	if (code == 0) {
		code = casp_directory_commit(work->directory, work->changes.v, n,
					     work->results, err);
		if (code == CAS_E_CONFLICT && work->plan->saved) {
			casp_error_hint(err, "it was changed since the plan was made; "
					     "nothing was written: make the plan again, "
					     "or try --on-conflict skip");
		}
		return code;
	}
	for (size_t i = 0; i < n; i++) {
		bool conflict = code == CAS_E_CONFLICT && work->changes.step[i] == rival;

		work->results[i].outcome =
			conflict ? CAS_OUTCOME_CONFLICT : CAS_OUTCOME_NOT_TRIED;
		work->results[i].reason =
			conflict ? strdup(cas_error_message(*err)) : NULL;
	}
	return code;
}

/* What is to be done, and room for what became of it. */
static int prepare(struct work *work, struct cas_error **err)
{
	int code;

	casp_changes_free(&work->changes);
	free(work->results);
	work->results = NULL;
	code = casp_changes_build(work->plan, &work->changes, err);
	if (code) {
		return code;
	}
	work->results = calloc(work->changes.n + 1, sizeof(*work->results));
	if (!work->results) {
		casp_changes_free(&work->changes);
		return casp_error_nomem(err);
	}
	return 0;
}

/* After a round in which something failed: the rest, as far as it does not need that.
 * *again: there is some. */
static int go_on(struct work *work, bool *again, struct cas_error **err)
{
	struct cas_plan *plan = work->plan;
	CASP_CLEANUP(casp_freep) bool *retry = calloc(plan->steps.n + 1, sizeof(*retry));
	size_t n = 0;
	int code;

	*again = false;
	if (!retry || !take_results(work)) {
		return casp_error_nomem(err);
	}
	for (size_t i = 0; i < work->changes.n; i++) {
		retry[work->changes.step[i]] =
			work->results[i].outcome == CAS_OUTCOME_NOT_TRIED &&
			!work->results[i].broken_off;
	}
	code = casp_plan_go_on(plan, retry, &n, err);
	if (code == 0 && n && n < work->changes.n) {
		*again = true;
		code = prepare(work, err);
	}
	return code;
}

/* Could a round without what failed in this one get further? */
static bool may_go_on(const struct work *work, int code)
{
	if (code != CAS_E_CONFLICT && code != CAS_E_REFUSED && code != CAS_E_PARTIAL) {
		return false;
	}
	for (size_t i = 0; i < work->changes.n; i++) {
		if (is_left(&work->results[i])) {
			return false;
		}
	}
	return true;
}

/* As go_on(). No memory for that: the round's failure is what counts if it changed
 * something, else that. */
static int another_round(struct work *work, bool *again, int code,
			 struct cas_error **failure)
{
	struct cas_error *trouble = NULL;

	if (go_on(work, again, &trouble) == 0) {
		return code;
	}
	*again = false;
	if (code == CAS_E_PARTIAL) {
		cas_error_free(trouble);
		return code;
	}
	cas_error_free(*failure);
	*failure = trouble;
	return cas_error_code(trouble);
}

static int change_directory(struct work *work, struct cas_error **err)
{
	struct cas_error *failure = NULL;
	bool again = true;
	int code = 0;

	work->directory->stops_at_failure = work->on_conflict == CAS_ON_CONFLICT_STOP;
	while (again) {
		cas_error_free(failure);
		failure = NULL;
		again = false;
		code = change_once(work, &failure);
		if (work->on_conflict == CAS_ON_CONFLICT_SKIP && may_go_on(work, code)) {
			code = another_round(work, &again, code, &failure);
		}
	}
	work->directory->stops_at_failure = false;
	casp_error_pass(err, failure);
	return code;
}

static int carry_out(struct work *work, const struct cas_apply *how,
		     struct cas_error **err)
{
	struct cas_error *failure = NULL, *trouble = NULL;
	enum cas_run_state state;
	bool changed;
	int code = change_directory(work, &failure);

	work->plan->applied = true;
	if (!take_results(work)) {
		casp_error_nomem(&failure);
		code = code ? code : CAS_E_NOMEM;
	}
	state = end_state(work->plan, code);
	changed = count(work->plan).changed;
	if (is_broken_off(work, code)) {
		return broken_off(work, failure, err);
	}
	if (write_results(work, state, cas_error_message(failure), &trouble) && changed) {
		cas_error_free(failure);
		return unrecorded(work, trouble, err);
	}
	cas_error_free(trouble);
	if (code == 0) {
		return incomplete(work->plan, state, err);
	}
	casp_error_pass(err, failure);
	return code;
}

int cas_plan_apply(struct cas_plan *plan, struct cas_directory *directory,
		   const struct cas_apply *how, struct cas_error **err)
{
	static const struct cas_apply plain;
	struct work work = {.plan = plan, .directory = directory};
	int code;

	how = how ? how : &plain;
	if (plan->applied) {
		return casp_error(err, CAS_E_USAGE, "the plan was applied already");
	}
	if (casp_interrupted(directory->context)) {
		return casp_error(err, CAS_E_INTERRUPTED,
				  "interrupted; nothing was written");
	}
	if (!plan->resumes && casp_plan_changes(plan) == 0) {
		casp_directory_tidy(directory);
		plan->applied = true;
		return 0;
	}
	work.on_conflict = how->on_conflict;
	if (!how->after_preflight) {
		plan->looked = 0;
	}
	code = prepare(&work, err);
	if (code == 0) {
		code = open_journal(&work, how, err);
	}
	if (code == 0) {
		code = carry_out(&work, how, err);
	}
	casp_journal_close(work.journal);
	free(work.results);
	casp_changes_free(&work.changes);
	return code;
}
