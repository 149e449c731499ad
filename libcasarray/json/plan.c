/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plans, their steps and the runs of the history as JSON. */
#include "../plan/plan.h"
#include "json.h"

static void add_lines(struct casp_json *json, const char *key,
		      const struct cas_plan *plan,
		      const char *(*line)(const struct cas_plan *, size_t))
{
	json_t *list = casp_json_list(json, key);
	const char *text;

	for (size_t i = 0; (text = line(plan, i)); i++) {
		casp_json_push_text(json, list, text);
	}
}

json_t *cas_json_plan(const struct cas_plan *plan)
{
	struct casp_json json, impact;

	casp_json_start(&json);
	casp_json_text(&json, "title", plan->title);
	casp_json_text(&json, "undoes", plan->undoes);
	casp_json_text(&json, "resumes", plan->resumes);
	casp_json_start(&impact);
	casp_json_count(&impact, "databases", (int64_t)cas_plan_databases(plan));
	casp_json_count(&impact, "mailboxes", cas_plan_mailboxes(plan));
	casp_json_add(&json, "impact", casp_json_finish(&impact));
	add_lines(&json, "warnings", plan, cas_plan_warning);
	add_lines(&json, "notices", plan, cas_plan_notice);
	casp_json_text(&json, "run", plan->run);
	return casp_json_finish(&json);
}

/* What changes in one line: the delta that the label stands for, as people read it. */
static void add_shown(struct casp_json *json, const struct casp_step *step)
{
	const struct casp_delta *shown = NULL;
	bool changes =
		step->action != CAS_ACTION_CREATE && step->action != CAS_ACTION_DELETE;

	for (size_t i = 0; changes && i < step->n_deltas && !shown; i++) {
		if (step->deltas[i].old_shown || step->deltas[i].new_shown) {
			shown = &step->deltas[i];
		}
	}
	if (changes && !shown && step->n_deltas) {
		shown = &step->deltas[0];
	}
	casp_json_text(json, "attribute", step->shown);
	if (step->action == CAS_ACTION_RENAME && !shown) {
		casp_json_text(json, "old", step->name);
		casp_json_text(json, "new", step->new_name);
		return;
	}
	casp_json_text(json, "old",
		       shown ? shown->old_shown ? shown->old_shown : shown->old_value
			     : NULL);
	casp_json_text(json, "new",
		       shown ? shown->new_shown ? shown->new_shown : shown->new_value
			     : NULL);
}

static json_t *step_object(const struct casp_step *step)
{
	struct casp_json json;
	json_t *attributes;

	casp_json_start(&json);
	casp_json_plain(&json, "action", cas_action_name(step->action));
	casp_json_plain(&json, "class", cas_kind_name(step->kind));
	casp_json_text(&json, "name", step->name);
	casp_json_text(&json, "site", step->site);
	casp_json_text(&json, "dn", step->dn);
	casp_json_text(&json, "guid", step->guid);
	add_shown(&json, step);
	casp_json_text(&json, "new_name", step->new_name);
	casp_json_text(&json, "reason", step->reason);
	casp_json_plain(&json, "outcome", cas_outcome_name(step->outcome));
	casp_json_text(&json, "outcome_reason", step->outcome_reason);
	casp_json_count(&json, "mailboxes", step->mailboxes);
	attributes = casp_json_list(&json, "attributes");
	for (size_t i = 0; i < step->n_deltas; i++) {
		const struct casp_delta *delta = &step->deltas[i];
		struct casp_json item;

		casp_json_start(&item);
		casp_json_plain(&item, "name", delta->attribute);
		casp_json_text(&item, "old", delta->old_value);
		casp_json_text(&item, "new", delta->new_value);
		json.replaced |= item.replaced;
		item.replaced = false;
		casp_json_push(&json, attributes, casp_json_finish(&item));
	}
	return casp_json_finish(&json);
}

json_t *cas_json_step(const struct cas_plan *plan, size_t index)
{
	return index < plan->steps.n ? step_object(&plan->steps.v[index]) : NULL;
}

json_t *cas_json_run(const struct cas_run *run)
{
	struct casp_json json;
	int64_t done = 0;

	for (size_t i = 0; i < run->n_steps; i++) {
		done += run->steps[i].outcome == CAS_OUTCOME_DONE;
	}
	casp_json_start(&json);
	casp_json_plain(&json, "run", cas_run_id(run));
	casp_json_time(&json, "time", run->time);
	casp_json_plain(&json, "state", cas_run_state_name(run->state));
	casp_json_text(&json, "title", run->title);
	casp_json_count(&json, "steps", (int64_t)cas_run_steps(run));
	casp_json_count(&json, "done", done);
	casp_json_text(&json, "who", cas_run_who(run));
	casp_json_text(&json, "directory", cas_run_address(run));
	casp_json_text(&json, "command", cas_run_command(run));
	casp_json_text(&json, "undoes", cas_run_undoes(run));
	casp_json_text(&json, "undone_by", cas_run_undone_by(run));
	return casp_json_finish(&json);
}

json_t *cas_json_run_step(const struct cas_run *run, size_t index)
{
	return index < run->n_steps ? step_object(&run->steps[index]) : NULL;
}
