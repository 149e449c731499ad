/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The document of a plan: its steps, what became of them, the counts. */
#include <stdlib.h>
#include <string.h>

#include "plan.h"

static const struct out_column columns[] = {
	{"action", "ACTION"}, {"class", "CLASS"},     {"name", "NAME"},
	{"site", "SITE"},     {"attribute", "WHAT"},  {"old", "OLD"},
	{"new", "NEW"},       {"outcome", "OUTCOME"}, {"reason", "REASON"},
};

const struct out_view cli_plan_view = {
	.schema = "casarray.plan",
	.kind = OUT_PLAN,
	.columns = columns,
	.n_columns = sizeof(columns) / sizeof(*columns),
};

const char *cli_plan_member(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* A step that is not as it should be. */
static bool is_trouble(const struct cas_plan *plan, size_t i)
{
	return cas_step_action(plan, i) != CAS_ACTION_SKIP &&
	       (cas_step_outcome(plan, i) != CAS_OUTCOME_DONE ||
		cas_step_differs(plan, i));
}

bool cli_plan_walk(struct cli_plan_run *run, struct out *out, bool only_trouble)
{
	size_t n = cas_plan_count(run->plan);

	run->n_skipped = 0;
	memset(run->outcomes, 0, sizeof(run->outcomes));
	for (size_t i = 0; i < n; i++) {
		bool skip = cas_step_action(run->plan, i) == CAS_ACTION_SKIP;

		run->n_skipped += skip;
		run->outcomes[cas_step_outcome(run->plan, i)] += !skip;
		if (out && (!only_trouble || is_trouble(run->plan, i)) &&
		    out_row(out, cas_json_step(run->plan, i))) {
			return false;
		}
	}
	return true;
}

size_t cli_plan_changes(const struct cli_plan_run *run)
{
	return cas_plan_count(run->plan) - run->n_skipped;
}

json_t *cli_plan_head(const struct cli_plan_run *run, json_t *of_plan)
{
	json_t *head = json_object();
	json_t *of_org = cas_json_organization(run->session->organization);
	json_t *title = json_object_get(of_plan, "title");

	if (!head || !of_org) {
		json_decref(head);
		json_decref(of_org);
		return NULL;
	}
	json_object_set(head, "title", title ? title : json_null());
	json_object_del(of_plan, "title");
	json_object_set(head, "organization", json_object_get(of_org, "organization"));
	json_object_set(head, "directory", json_object_get(of_org, "directory"));
	json_object_set_new(head, "what_if", json_boolean(run->change->what_if));
	json_decref(of_org);
	return head;
}

static json_t *make_outcomes(const struct cli_plan_run *run)
{
	json_t *counts = json_object();

	for (int i = CAS_OUTCOME_PLANNED; counts && i <= CAS_OUTCOME_UNKNOWN; i++) {
		json_object_set_new(counts, cas_outcome_name((enum cas_outcome)i),
				    json_integer((json_int_t)run->outcomes[i]));
	}
	json_object_set_new(counts, "skipped", json_integer((json_int_t)run->n_skipped));
	return counts;
}

/* "3 changes done, 1 already so" */
static char *make_summary(const struct cli_plan_run *run)
{
	static const char *const words[] = {
		[CAS_OUTCOME_PLANNED] = "planned",
		[CAS_OUTCOME_DONE] = "done",
		[CAS_OUTCOME_ALREADY] = "already so",
		[CAS_OUTCOME_CONFLICT] = "in conflict",
		[CAS_OUTCOME_REFUSED] = "refused",
		[CAS_OUTCOME_NOT_TRIED] = "not tried",
		[CAS_OUTCOME_UNKNOWN] = "unknown",
	};
	struct opt_pool *pool = run->session->pool;
	size_t changes = cli_plan_changes(run);
	char *text = NULL;

	if (run->compares) {
		return changes ? opt_pool_printf(pool, "%zu difference%s", changes,
						 changes == 1 ? "" : "s")
			       : opt_pool_printf(pool, "no differences");
	}
	if (!changes) {
		return opt_pool_printf(pool, "nothing to do");
	}
	for (int i = CAS_OUTCOME_PLANNED; i <= CAS_OUTCOME_UNKNOWN; i++) {
		size_t n = run->outcomes[i];

		if (!n) {
			continue;
		}
		text = opt_pool_printf(pool, "%s%s%zu %s%s", text ? text : "",
				       text ? ", " : "", n,
				       text     ? ""
				       : n == 1 ? "change "
						: "changes ",
				       words[i]);
		if (!text) {
			return NULL;
		}
	}
	if (!run->applied) {
		text = opt_pool_printf(pool, "%s%s; nothing was %s",
				       run->change->what_if ? "what if: " : "", text,
				       run->saved ? "changed yet" : "written");
	}
	return text;
}

/* How the run is undone, or finished before that, with the options that find it again. */
static char *make_run(const struct cli_plan_run *run)
{
	const char *id = cas_plan_run(run->plan);
	bool interrupted = cas_plan_interrupted(run->plan);

	if (!*id || !run->outcomes[CAS_OUTCOME_DONE]) {
		return NULL;
	}
	return opt_pool_printf(run->session->pool, "run %s; %s with: casarray %s %s%s",
			       id, interrupted ? "finish" : "undo",
			       interrupted ? "resume" : "undo", id, run->session->where);
}

static void add_note(json_t *tail, const char *note)
{
	json_t *notes = json_object_get(tail, "notes");

	if (!notes) {
		notes = json_array();
		json_object_set_new(tail, "notes", notes);
		notes = json_object_get(tail, "notes");
	}
	json_array_append_new(notes, json_string(note));
}

/* Steals `more`; its notes follow those that are there. */
static void merge(json_t *tail, json_t *more)
{
	const json_t *notes = json_object_get(more, "notes");

	for (size_t i = 0; i < json_array_size(notes); i++) {
		const char *note = json_string_value(json_array_get(notes, i));

		add_note(tail, note ? note : "");
	}
	json_object_del(more, "notes");
	json_object_update(tail, more);
	json_decref(more);
}

static void add_verified(const struct cli_plan_run *run, json_t *tail)
{
	struct opt_pool *pool = run->session->pool;
	json_t *replicated = json_array();
	size_t n = run->n_verified;
	char *note;

	if (n) {
		note = opt_pool_printf(pool, "verified: %zu object%s read back", n,
				       n == 1 ? "" : "s");
		json_object_set_new(tail, "verified", json_integer((json_int_t)n));
		add_note(tail, note ? note : "");
	}
	for (size_t i = 0; i < run->n_replicated; i++) {
		const char *name = cas_directory_address(run->others[i]);

		note = opt_pool_printf(pool, "replicated: %s shows the change%s, too",
				       name, cli_plan_changes(run) == 1 ? "" : "s");
		json_array_append_new(replicated, json_string(name));
		add_note(tail, note ? note : "");
	}
	if (run->n_replicated) {
		json_object_set(tail, "replicated", replicated);
	}
	json_decref(replicated);
}

/* What becomes of a plan in a file. */
static void add_saved(const struct cli_plan_run *run, json_t *tail)
{
	struct cli_session *session = run->session;
	const char *file = run->saved ? cli_quote(session->pool, run->change->out) : NULL;
	char *note = file ? opt_pool_printf(session->pool,
					    "the plan is in %s; carry it out with: "
					    "casarray apply %s%s",
					    file, file, session->where)
			  : NULL;

	if (note) {
		/* a path may be of any bytes, JSON is not */
		json_object_set_new(tail, "saved", json_string(run->change->out));
		add_note(tail, note);
	}
}

int cli_plan_finish(struct cli_plan_run *run, struct out *out, json_t *tail)
{
	char *summary = make_summary(run);
	char *note = make_run(run);
	bool again = run->then && run->applied && run->code >= 0;

	json_object_set_new(tail, "outcomes", make_outcomes(run));
	add_verified(run, tail);
	add_saved(run, tail);
	if (note) {
		add_note(tail, note);
	}
	if (run->extra && !again) {
		merge(tail, run->extra);
		run->extra = NULL;
	}
	cas_plan_free(run->plan);
	run->plan = NULL;
	if (again) {
		json_t *more = run->then(run->session, run->closure);

		if (more) {
			merge(tail, more);
		}
	}
	if (summary && !json_object_get(tail, "summary")) {
		json_object_set_new(tail, "summary", json_string(summary));
	}
	return out_end(out, tail);
}
