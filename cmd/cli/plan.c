/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of every command that changes something: show, ask, apply, report. */
#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "progress.h"

/* More changes than somebody expects are shown, and no more. */
static void limit(struct cli_plan_run *run)
{
	const int64_t *most = run->change->max_changes;
	size_t n = cli_plan_changes(run);

	if (most && n > (uint64_t)*most) {
		run->code = cli_problem(run->session, CAS_E_REFUSED,
					"raise --max-changes, or change less at a time",
					"nothing was written: the plan has %zu change%s, "
					"more than the %lld allowed",
					n, n == 1 ? "" : "s", (long long)*most);
		run->refused = true;
	}
}

/* Is the plan only written to a file? */
static bool must_save(const struct cli_plan_run *run)
{
	return run->change->out && !run->change->what_if && !run->refused;
}

static void save(struct cli_plan_run *run, struct cas_error **error)
{
	const char *input = cli_input(run->session, run->change->out);

	run->code = input ? cli_problem(run->session, CAS_E_REFUSED, NULL,
					"'%s' is %s: the plan would replace it",
					run->change->out, input)
			  : cas_plan_save(run->plan, run->change->out, error);
	run->saved = run->code == 0;
}

/* Would the directory refuse a step? Then the plan is shown, and no more. */
static void preflight(struct cli_plan_run *run, struct cas_error **error)
{
	if (cli_plan_changes(run) && !run->change->no_preflight && !run->change->out) {
		run->code = cas_plan_preflight(run->plan, run->session->directory, error);
		run->refused = run->code < 0;
	}
}

static bool must_apply(const struct cli_plan_run *run)
{
	return (cli_plan_changes(run) || run->resumes) && !run->change->what_if &&
	       !run->change->out && !run->refused;
}

/* Nothing to do: what a run that was killed left beside the file goes all the same. */
static void tidy(const struct cli_plan_run *run)
{
	if (!cli_plan_changes(run) && !run->resumes && !run->change->what_if &&
	    !run->change->out && !run->refused) {
		cas_plan_apply(run->plan, run->session->directory, NULL, NULL);
	}
}

static bool must_ask(const struct cli_plan_run *run)
{
	return cli_plan_changes(run) && (run->asks || run->change->confirm) &&
	       !run->change->yes;
}

/* Asks. EXIT_DONE: go on. The plan is on the screen already. */
static int ask(struct cli_plan_run *run)
{
	struct cli_session *session = run->session;
	char question[64];

	if (!session->interactive) {
		return cli_problem(session, CAS_E_REFUSED,
				   "try --yes, or --what-if to see the plan",
				   "nothing was written: %s asks before it writes",
				   session->cmd->name);
	}
	run->asked = true;
	snprintf(question, sizeof(question), "apply %zu change%s?", cli_plan_changes(run),
		 cli_plan_changes(run) == 1 ? "" : "s");
	if (cli_ask(session, question)) {
		return 0;
	}
	return cli_interrupted
		       ? cli_problem(session, CAS_E_INTERRUPTED, NULL,
				     "interrupted; nothing was written")
		       : cli_problem(session, CAS_E_REFUSED, NULL, "nothing was written");
}

/* Is there something to read back, and a server that can be asked? */
static bool must_verify(const struct cli_plan_run *run)
{
	return run->code == 0 ||
	       (run->code == CAS_E_PARTIAL && !run->outcomes[CAS_OUTCOME_UNKNOWN]);
}

static void apply(struct cli_plan_run *run, struct cas_error **error)
{
	struct cli_session *session = run->session;
	const struct cas_apply how = {
		.journal = session->global.journal,
		.command = session->command_line,
		.on_conflict = run->change->on_conflict,
		.after_preflight = !run->asked,
	};

	run->code = cli_plan_connect(run, error);
	if (run->code) {
		return;
	}
	run->applied = true;
	run->code = cas_plan_apply(run->plan, session->directory, &how, error);
	/* the code says whether it was; what was done must still be told */
	cli_interrupted = 0;
	cli_plan_walk(run, NULL, false);
	if (must_verify(run)) {
		cli_plan_verify(run, error);
		cli_interrupted = 0;
	}
	cli_progress_clear(session);
}

/* The plan as text, on any output. */
static int show(struct cli_plan_run *run, struct out *out, bool last)
{
	json_t *tail = cas_json_plan(run->plan);
	json_t *head = tail ? cli_plan_head(run, tail) : NULL;

	if (!head || out_begin(out, &cli_plan_view, head) ||
	    !cli_plan_walk(run, out, false)) {
		json_decref(tail);
		return -1;
	}
	return last ? cli_plan_finish(run, out, tail) : out_end(out, tail);
}

/* Text: the plan; a question; what was not done, and the counts. */
static int run_text(struct cli_plan_run *run, struct cas_error **error)
{
	struct out *out = run->session->out;
	bool last = !must_apply(run);
	json_t *tail;

	if (show(run, out, last) || last) {
		return run->code;
	}
	if (must_ask(run)) {
		int code = ask(run);

		if (code < 0) {
			return code;
		}
	}
	apply(run, error);
	if (!run->applied) {
		return run->code;
	}
	tail = json_object();
	if (!tail || out_begin(out, &cli_plan_view, NULL) ||
	    !cli_plan_walk(run, out, true)) {
		json_decref(tail);
		return run->code;
	}
	cli_plan_finish(run, out, tail);
	return run->code;
}

/* A plan that is asked about must be seen: as text on stderr. */
static void show_on_stderr(struct cli_plan_run *run)
{
	struct out_options options = {.stream = run->session->err, .format = "text"};
	struct out *out = out_new(&options);

	if (out) {
		show(run, out, false);
	}
	out_free(out);
}

/* An output that cannot be made must not be found out after the change. */
static bool fields_are_known(const struct cli_plan_run *run)
{
	json_t *step = cas_json_step(run->plan, 0);
	bool known = !step || !out_check(run->session->out, &cli_plan_view, step);

	json_decref(step);
	return known;
}

/* Other formats: one document, after the plan was tried. */
static int run_document(struct cli_plan_run *run, struct cas_error **error)
{
	int refused = 0;

	if (!fields_are_known(run)) {
		return 0;
	}
	if (must_apply(run)) {
		if (must_ask(run)) {
			if (run->session->interactive) {
				show_on_stderr(run);
			}
			refused = ask(run);
		}
		if (!refused) {
			apply(run, error);
		}
	}
	show(run, run->session->out, true);
	return refused ? refused : run->code;
}

static bool plan_resumes(const struct cas_plan *plan)
{
	json_t *object = cas_json_plan(plan);
	bool resumes = *cli_plan_member(object, "resumes") != '\0';

	json_decref(object);
	return resumes;
}

/* Standard output shows the plan, and 'apply -' reads from standard input. */
static int check_out(struct cli_session *session, const char *out)
{
	return out && (!*out || !strcmp(out, "-"))
		       ? cli_usage(session, "a plan is written to a file, not to '%s'",
				   out)
		       : 0;
}

int cli_run_plan_then(struct cli_session *session, struct cas_plan *plan,
		      const struct cli_change *change, bool asks, json_t *extra,
		      cli_then_fn then, void *closure)
{
	struct cli_plan_run run = {
		.session = session,
		.plan = plan,
		.change = change,
		.asks = asks,
		.extra = extra,
		.then = then,
		.closure = closure,
	};
	struct cas_error *error = NULL;
	int code;
	int status = check_out(session, change->out);

	if (status) {
		json_decref(extra);
		cas_plan_free(plan);
		return status;
	}
	cli_progress_clear(session);
	run.resumes = plan_resumes(plan);
	cli_plan_walk(&run, NULL, false);
	limit(&run);
	if (!run.refused) {
		preflight(&run, &error);
	}
	if (must_save(&run)) {
		save(&run, &error);
	}
	tidy(&run);
	code = !strcmp(session->global.format, "text") ? run_text(&run, &error)
						       : run_document(&run, &error);
	if (code < 0) {
		status = cli_fail(session, error);
	} else {
		cas_error_free(error);
		status = cli_output_failed(session);
	}
	cli_plan_disconnect(&run);
	json_decref(run.extra);
	cas_plan_free(run.plan);
	return status;
}

int cli_compare_plan(struct cli_session *session, struct cas_plan *plan)
{
	static const struct cli_change nothing = {.what_if = true};
	struct cli_plan_run run = {
		.session = session,
		.plan = plan,
		.change = &nothing,
		.compares = true,
	};
	bool differs;
	int status;

	cli_progress_clear(session);
	cli_plan_walk(&run, NULL, false);
	differs = cli_plan_changes(&run);
	show(&run, session->out, true);
	status = cli_output_failed(session);
	cas_plan_free(run.plan);
	return status ? status : differs ? EXIT_FINDINGS : EXIT_DONE;
}

int cli_run_plan(struct cli_session *session, struct cas_plan *plan,
		 const struct cli_change *change, bool asks)
{
	return cli_run_plan_then(session, plan, change, asks, NULL, NULL, NULL);
}
