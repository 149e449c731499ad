/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of every command that changes something: show, ask, apply, report. */
#include <stdlib.h>
#include <string.h>

#include "session.h"

static const struct out_column columns[] = {
	{"action", "ACTION"}, {"class", "CLASS"},     {"name", "NAME"},
	{"site", "SITE"},     {"attribute", "WHAT"},  {"old", "OLD"},
	{"new", "NEW"},       {"outcome", "OUTCOME"}, {"reason", "REASON"},
};

static const struct out_view view = {
	.schema = "casarray.plan",
	.kind = OUT_PLAN,
	.columns = columns,
	.n_columns = sizeof(columns) / sizeof(*columns),
};

/* The run of a plan: what cli_run_plan() and its parts share. */
struct run {
	struct cli_session *session;
	struct cas_plan *plan;
	json_t *extra;
	cli_then_fn then;
	void *closure;
	size_t n_skipped;
	size_t outcomes[CAS_OUTCOME_UNKNOWN + 1]; /* of the others */
	bool resumes; /* applying it ends a journal, even without a change */
	bool refused; /* before anything was written */
	bool applied; /* it was tried */
	int code;     /* of applying it */
};

unsigned cli_plan_flags(const struct cli_change *change, bool asks)
{
	unsigned flags = 0;

	flags |= change->what_if ? CLI_PLAN_WHAT_IF : 0;
	flags |= asks || change->confirm ? CLI_PLAN_ASK : 0;
	flags |= change->yes ? CLI_PLAN_YES : 0;
	flags |= change->no_preflight ? CLI_PLAN_NO_PREFLIGHT : 0;
	return flags;
}

static const char *member(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static enum cas_outcome outcome_of(const json_t *step)
{
	const char *name = member(step, "outcome");
	enum cas_outcome outcome = CAS_OUTCOME_PLANNED;

	for (int i = CAS_OUTCOME_PLANNED; i <= CAS_OUTCOME_UNKNOWN; i++) {
		if (!strcmp(cas_outcome_name((enum cas_outcome)i), name)) {
			outcome = (enum cas_outcome)i;
		}
	}
	return outcome;
}

/* Counts the steps; prints them, or only those that were not done. false: the output
 * failed. */
static bool walk(struct run *run, struct out *out, bool only_trouble)
{
	size_t n = cas_plan_count(run->plan);

	run->n_skipped = 0;
	memset(run->outcomes, 0, sizeof(run->outcomes));
	for (size_t i = 0; i < n; i++) {
		json_t *step = cas_json_step(run->plan, i);
		bool skip =
			!strcmp(member(step, "action"), cas_action_name(CAS_ACTION_SKIP));
		enum cas_outcome outcome = outcome_of(step);
		bool wanted = !only_trouble || (!skip && outcome != CAS_OUTCOME_DONE);

		run->n_skipped += skip;
		run->outcomes[outcome] += !skip;
		if (!out || !wanted) {
			json_decref(step);
		} else if (out_row(out, step)) {
			return false;
		}
	}
	return true;
}

static size_t n_changes(const struct run *run)
{
	return cas_plan_count(run->plan) - run->n_skipped;
}

/* ---- the parts of the document ---- */

static json_t *make_head(const struct run *run, json_t *of_plan, unsigned flags)
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
	json_object_set_new(head, "what_if", json_boolean(flags & CLI_PLAN_WHAT_IF));
	json_decref(of_org);
	return head;
}

static json_t *make_outcomes(const struct run *run)
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
static char *make_summary(const struct run *run, unsigned flags)
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
	char *text = NULL;

	if (!n_changes(run)) {
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
		text = opt_pool_printf(pool, "%s%s; nothing was written",
				       flags & CLI_PLAN_WHAT_IF ? "what if: " : "", text);
	}
	return text;
}

/* How the run is undone, with the options that find it again. */
static char *make_undo(const struct run *run)
{
	const char *id = cas_plan_run(run->plan);

	if (!*id || !run->outcomes[CAS_OUTCOME_DONE]) {
		return NULL;
	}
	return opt_pool_printf(run->session->pool,
			       "run %s; undo with: casarray undo %s%s", id, id,
			       run->session->where);
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

/* Ends the document after the plan was tried, or will not be. Frees the plan. */
static int finish(struct run *run, struct out *out, json_t *tail, unsigned flags)
{
	char *summary = make_summary(run, flags);
	char *undo = make_undo(run);
	bool again = run->then && run->applied && run->code >= 0;

	json_object_set_new(tail, "outcomes", make_outcomes(run));
	if (undo) {
		add_note(tail, undo);
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

/* ---- the course of events ---- */

/* Would the directory refuse a step? Then the plan is shown, and no more. */
static void preflight(struct run *run, unsigned flags, struct cas_error **error)
{
	if (n_changes(run) && !(flags & CLI_PLAN_NO_PREFLIGHT)) {
		run->code = cas_plan_preflight(run->plan, run->session->directory, error);
		run->refused = run->code < 0;
	}
}

static bool must_apply(const struct run *run, unsigned flags)
{
	return (n_changes(run) || run->resumes) && !(flags & CLI_PLAN_WHAT_IF) &&
	       !run->refused;
}

static bool must_ask(const struct run *run, unsigned flags)
{
	return n_changes(run) && flags & CLI_PLAN_ASK && !(flags & CLI_PLAN_YES);
}

/* Asks. EXIT_DONE: go on. The plan is on the screen already. */
static int ask(struct run *run)
{
	struct cli_session *session = run->session;
	char question[64];

	if (!session->interactive) {
		return cli_problem(session, CAS_E_REFUSED,
				   "try --yes, or --what-if to see the plan",
				   "nothing was written: %s asks before it writes",
				   session->cmd->name);
	}
	snprintf(question, sizeof(question), "apply %zu change%s?", n_changes(run),
		 n_changes(run) == 1 ? "" : "s");
	if (cli_ask(session, question)) {
		return 0;
	}
	return cli_interrupted
		       ? cli_problem(session, CAS_E_INTERRUPTED, NULL,
				     "interrupted; nothing was written")
		       : cli_problem(session, CAS_E_REFUSED, NULL, "nothing was written");
}

static void apply(struct run *run, struct cas_error **error)
{
	struct cli_session *session = run->session;
	const struct cas_apply how = {
		.journal = session->global.journal,
		.command = session->command_line,
	};

	run->applied = true;
	run->code = cas_plan_apply(run->plan, session->directory, &how, error);
	/* the code says whether it was; what was done must still be told */
	cli_interrupted = 0;
}

/* The plan as text, on any output. */
static int show(struct run *run, struct out *out, unsigned flags, bool last)
{
	json_t *tail = cas_json_plan(run->plan);
	json_t *head = tail ? make_head(run, tail, flags) : NULL;

	if (!head || out_begin(out, &view, head) || !walk(run, out, false)) {
		json_decref(tail);
		return -1;
	}
	return last ? finish(run, out, tail, flags) : out_end(out, tail);
}

/* Text: the plan; a question; what was not done, and the counts. */
static int run_text(struct run *run, unsigned flags, struct cas_error **error)
{
	struct out *out = run->session->out;
	bool last = !must_apply(run, flags);
	json_t *tail;

	if (show(run, out, flags, last) || last) {
		return run->code;
	}
	if (must_ask(run, flags)) {
		int code = ask(run);

		if (code < 0) {
			return code;
		}
	}
	apply(run, error);
	tail = json_object();
	if (!tail || out_begin(out, &view, NULL) || !walk(run, out, true)) {
		json_decref(tail);
		return run->code;
	}
	finish(run, out, tail, flags);
	return run->code;
}

/* A plan that is asked about must be seen: as text on stderr. */
static void show_on_stderr(struct run *run, unsigned flags)
{
	struct out_options options = {.stream = run->session->err, .format = "text"};
	struct out *out = out_new(&options);

	if (out) {
		show(run, out, flags, false);
	}
	out_free(out);
}

/* An output that cannot be made must not be found out after the change. */
static bool fields_are_known(const struct run *run)
{
	json_t *step = cas_json_step(run->plan, 0);
	bool known = !step || !out_check(run->session->out, &view, step);

	json_decref(step);
	return known;
}

/* Other formats: one document, after the plan was tried. */
static int run_document(struct run *run, unsigned flags, struct cas_error **error)
{
	int refused = 0;

	if (!fields_are_known(run)) {
		return 0;
	}
	if (must_apply(run, flags)) {
		if (must_ask(run, flags)) {
			if (run->session->interactive) {
				show_on_stderr(run, flags);
			}
			refused = ask(run);
		}
		if (!refused) {
			apply(run, error);
		}
	}
	show(run, run->session->out, flags, true);
	return refused ? refused : run->code;
}

static bool plan_resumes(const struct cas_plan *plan)
{
	json_t *object = cas_json_plan(plan);
	bool resumes = *member(object, "resumes") != '\0';

	json_decref(object);
	return resumes;
}

int cli_run_plan_then(struct cli_session *session, struct cas_plan *plan, unsigned flags,
		      json_t *extra, cli_then_fn then, void *closure, bool *applied)
{
	struct run run = {
		.session = session,
		.plan = plan,
		.extra = extra,
		.then = then,
		.closure = closure,
	};
	struct cas_error *error = NULL;
	int code;
	int status;

	run.resumes = plan_resumes(plan);
	walk(&run, NULL, false);
	preflight(&run, flags, &error);
	code = !strcmp(session->global.format, "text")
		       ? run_text(&run, flags, &error)
		       : run_document(&run, flags, &error);
	if (code < 0) {
		status = cli_fail(session, error);
	} else {
		cas_error_free(error);
		status = cli_output_failed(session);
	}
	if (applied) {
		*applied = run.applied;
	}
	json_decref(run.extra);
	cas_plan_free(run.plan);
	return status;
}

int cli_run_plan(struct cli_session *session, struct cas_plan *plan, unsigned flags,
		 json_t *extra, bool *applied)
{
	return cli_run_plan_then(session, plan, flags, extra, NULL, NULL, applied);
}
