/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* history: what was applied when, by whom, to which directory. */
#include <string.h>
#include <strings.h>
#include <time.h>

#include "cli/objects.h"
#include "cli/pool.h"
#include "cli/when.h"
#include "commands.h"

struct values {
	const char *run;
	bool all;
	const char *since;
	const char *state;
	const char *command;
	bool prune;
	const char *older_than;
	bool what_if;
	bool yes;
};

/* What of the history is wanted. */
struct filter {
	int64_t since, before; /* 0: whenever */
	const char *state, *command;
};

static const char *const states[] = {"done",   "conflict", "partial", "interrupted",
				     "failed", "damaged",  NULL};

static const struct opt options[] = {
	{
		.name = "run",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, run),
		.metavar = "RUN",
		.positional = true,
		.help = "the steps of this run: its id, or the unique beginning of it",
	},
	{
		.name = "all",
		.type = OPT_FLAG,
		.offset = offsetof(struct values, all),
		.help = "the runs on every directory, not only on this one",
	},
	{
		.name = "since",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, since),
		.metavar = "TIME",
		.help = "only runs since then: 2026-11-21, or an age, 7d",
	},
	{
		.name = "state",
		.type = OPT_CHOICE,
		.offset = offsetof(struct values, state),
		.metavar = "STATE",
		.choices = states,
		.help = "only runs that ended so",
	},
	{
		.name = "command",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, command),
		.metavar = "COMMAND",
		.names_command = true,
		.help = "only runs of this command",
	},
	{
		.name = "prune",
		.type = OPT_FLAG,
		.offset = offsetof(struct values, prune),
		.help = "remove the journals of old runs that came to their end",
	},
	{
		.name = "older-than",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, older_than),
		.metavar = "AGE",
		.help = "only runs that are older: 90d, 12w, 36h",
	},
	OPT_WHAT_IF(offsetof(struct values, what_if)),
	OPT_YES(offsetof(struct values, yes)),
};

static const struct out_column columns[] = {
	{.field = "run", .title = "RUN"},
	{.field = "time", .title = "TIME"},
	{.field = "state", .title = "STATE"},
	{.field = "done", .title = "DONE", .right = true},
	{.field = "steps", .title = "STEPS", .right = true},
	{.field = "who", .title = "WHO"},
	{.field = "command", .title = "COMMAND"},
	{.field = "undone_by", .title = "UNDONE BY"},
	{.field = "directory", .title = "DIRECTORY", .secondary = true},
};

static const struct out_view list_view = {
	.schema = "casarray.history",
	.kind = OUT_TABLE,
	.columns = columns,
	.n_columns = sizeof(columns) / sizeof(*columns),
	.empty = "no runs",
};

static const struct out_column step_columns[] = {
	{.field = "action", .title = "ACTION"},
	{.field = "class", .title = "CLASS"},
	{.field = "name", .title = "NAME"},
	{.field = "attribute", .title = "ATTRIBUTE"},
	{.field = "old", .title = "OLD"},
	{.field = "new", .title = "NEW"},
	{.field = "outcome", .title = "OUTCOME"},
	{.field = "reason", .title = "REASON"},
};

static const struct out_view run_view = {
	.schema = "casarray.run",
	.kind = OUT_PLAN,
	.columns = step_columns,
	.n_columns = sizeof(step_columns) / sizeof(*step_columns),
	.empty = "no steps",
};

static int read_filter(struct cli_session *session, const struct values *values,
		       struct filter *filter)
{
	int64_t now = (int64_t)time(NULL), age;

	*filter = (struct filter){.state = values->state, .command = values->command};
	if (values->since && !cli_when(values->since, now, &filter->since)) {
		return cli_usage(session,
				 "'--since' is '%s', and no time such as 2026-11-21 and "
				 "no age such as 7d",
				 values->since);
	}
	if (values->older_than && !cli_age(values->older_than, &age)) {
		return cli_usage(session,
				 "'--older-than' is '%s', and no age such as 90d",
				 values->older_than);
	}
	if (values->older_than) {
		filter->before = now - age;
	}
	if (values->prune && !values->older_than) {
		return cli_usage(session, "--prune needs --older-than");
	}
	if (values->prune && values->run) {
		return cli_usage(session, "--prune and RUN exclude each other");
	}
	if (!values->prune && (values->yes || values->what_if)) {
		return cli_usage(session, "only --prune changes something");
	}
	return EXIT_DONE;
}

static bool fits(const struct filter *filter, const struct cas_run *run, json_t *row)
{
	const char *title = json_string_value(json_object_get(row, "title"));

	return cas_run_time(run) >= filter->since &&
	       (!filter->before || cas_run_time(run) < filter->before) &&
	       (!filter->state ||
		!strcmp(cas_run_state_name(cas_run_state(run)), filter->state)) &&
	       (!filter->command || (title && !strcasecmp(title, filter->command)));
}

/* 1: the next run that fits, and its row; 0: no more; negative: an error. */
static int next_row(struct cas_history *history, const struct filter *filter,
		    const struct cas_run **run, json_t **row, struct cas_error **err)
{
	int more;

	while ((more = cas_history_next(history, run, err)) == 1) {
		*row = cas_json_run(*run);
		if (!*row) {
			return CAS_E_NOMEM;
		}
		if (fits(filter, *run, *row)) {
			return 1;
		}
		json_decref(*row);
	}
	return more;
}

static int begin_list(struct cli_session *session, const struct cas_directory *directory)
{
	const char *address = directory ? cas_directory_address(directory) : NULL;
	json_t *head = json_pack("{s:s?}", "directory", address);

	return out_begin(session->out, &list_view, head) < 0 ? cli_output_failed(session)
							     : EXIT_DONE;
}

static int end_list(struct cli_session *session, json_t *tail)
{
	return out_end(session->out, tail) < 0 ? cli_output_failed(session) : EXIT_DONE;
}

static int print_list(struct cli_session *session, struct cas_history *history,
		      const struct cas_directory *directory, const struct filter *filter)
{
	const struct cas_run *run;
	struct cas_error *error = NULL;
	json_int_t n = 0;
	json_t *row;
	int more, status = begin_list(session, directory);

	if (status) {
		return status;
	}
	while ((more = next_row(history, filter, &run, &row, &error)) == 1) {
		if (out_row(session->out, row) < 0) {
			return cli_output_failed(session);
		}
		n++;
	}
	if (more < 0) {
		return cli_fail(session, error);
	}
	return end_list(session, json_pack("{s:I}", "count", n));
}

/* ---- pruning ---- */

struct pruning {
	const struct cas_run **runs; /* the oldest last */
	json_t *rows;
	size_t n;
};

static bool keep_run(struct cli_session *session, struct pruning *pruning,
		     const struct cas_run *run)
{
	size_t n = pruning->n;

	/* twice as many each time: 1, 2, 4, ... */
	if ((n & (n - 1)) == 0) {
		const struct cas_run **runs =
			opt_pool_alloc(session->pool, (n ? 2 * n : 1) * sizeof(*runs));

		if (!runs) {
			return false;
		}
		if (n) {
			memcpy(runs, pruning->runs, n * sizeof(*runs));
		}
		pruning->runs = runs;
	}
	pruning->runs[pruning->n++] = run;
	return true;
}

static int gather(struct cli_session *session, struct cas_history *history,
		  const struct filter *filter, struct pruning *pruning)
{
	const struct cas_run *run;
	struct cas_error *error = NULL;
	json_t *row;
	int more;

	pruning->rows = json_array();
	while ((more = next_row(history, filter, &run, &row, &error)) == 1) {
		if (json_array_append_new(pruning->rows, row) ||
		    !keep_run(session, pruning, run)) {
			return cli_no_memory(session);
		}
	}
	return more < 0 ? cli_fail(session, error) : EXIT_DONE;
}

static bool is_unfinished(const struct cas_run *run)
{
	return cas_run_state(run) == CAS_RUN_INTERRUPTED ||
	       cas_run_state(run) == CAS_RUN_DAMAGED;
}

static int ask(struct cli_session *session, size_t n)
{
	char question[64];

	if (!session->interactive) {
		cli_problem(session, CAS_E_REFUSED, "try --yes, or --what-if",
			    "nothing was removed: history --prune asks before");
		return cli_fail(session, NULL);
	}
	snprintf(question, sizeof(question), "remove the journals of %zu run%s?", n,
		 n == 1 ? "" : "s");
	if (cli_ask(session, question)) {
		return EXIT_DONE;
	}
	cli_problem(session, cli_interrupted ? CAS_E_INTERRUPTED : CAS_E_REFUSED, NULL,
		    "nothing was removed");
	return cli_fail(session, NULL);
}

/* The oldest first: a run goes before the one that undid it. */
static int forget(struct cli_session *session, struct cas_history *history,
		  const struct pruning *pruning, bool what_if, size_t *n)
{
	for (size_t i = pruning->n; i > 0; i--) {
		const struct cas_run *run = pruning->runs[i - 1];
		struct cas_error *error = NULL;
		int code;

		if (is_unfinished(run)) {
			continue;
		}
		code = what_if ? 0 : cas_history_forget(history, run, &error);
		if (code == CAS_E_REFUSED) {
			cas_error_free(error);
			continue;
		}
		if (code) {
			return cli_fail(session, error);
		}
		if (out_row(session->out,
			    json_incref(json_array_get(pruning->rows, i - 1))) < 0) {
			return cli_output_failed(session);
		}
		(*n)++;
	}
	return EXIT_DONE;
}

static int prune_gathered(struct cli_session *session, struct cas_history *history,
			  const struct cas_directory *directory,
			  const struct values *values, const struct pruning *pruning)
{
	size_t wanted = 0, n = 0;
	char *summary;
	int status = EXIT_DONE;

	for (size_t i = 0; i < pruning->n; i++) {
		wanted += !is_unfinished(pruning->runs[i]);
	}
	if (wanted && !values->yes && !values->what_if) {
		status = ask(session, wanted);
	}
	if (!status) {
		status = begin_list(session, directory);
	}
	if (!status) {
		status = forget(session, history, pruning, values->what_if, &n);
	}
	if (status) {
		return status;
	}
	summary =
		opt_pool_printf(session->pool, "%s%zu run%s%s removed, %zu kept",
				values->what_if ? "what if: " : "", n, n == 1 ? "" : "s",
				values->what_if ? " would be" : "", pruning->n - n);
	return end_list(session,
			json_pack("{s:I, s:I, s:s?}", "count", (json_int_t)n, "kept",
				  (json_int_t)(pruning->n - n), "summary", summary));
}

static int prune(struct cli_session *session, struct cas_history *history,
		 const struct cas_directory *directory, const struct values *values,
		 const struct filter *filter)
{
	struct pruning pruning = {0};
	int status = gather(session, history, filter, &pruning);

	if (!status) {
		status = prune_gathered(session, history, directory, values, &pruning);
	}
	json_decref(pruning.rows);
	return status;
}

static int print_run(struct cli_session *session, struct cas_history *history,
		     const char *id)
{
	struct cas_error *error = NULL;
	const struct cas_run *run;
	json_t *head;

	if (cas_history_find(history, id, &run, &error)) {
		return cli_fail(session, error);
	}
	head = cas_json_run(run);
	if (!head) {
		return cli_no_memory(session);
	}
	if (out_begin(session->out, &run_view, head) < 0) {
		return cli_output_failed(session);
	}
	for (size_t i = 0; i < cas_run_steps(run); i++) {
		json_t *row = cas_json_run_step(run, i);

		if (!row) {
			cli_warn(session,
				 "the journal of run %s cannot be read beyond step %zu",
				 cas_run_id(run), i);
			break;
		}
		if (out_row(session->out, row) < 0) {
			return cli_output_failed(session);
		}
	}
	return out_end(session->out, NULL) < 0 ? cli_output_failed(session) : EXIT_DONE;
}

static int run(struct cli_session *session, const void *data)
{
	const struct values *values = data;
	struct cas_history *history = NULL;
	struct cas_directory *directory = NULL;
	struct cas_error *error = NULL;
	struct filter filter;
	int status = read_filter(session, values, &filter);

	if (status) {
		return status;
	}
	if (!values->all && !values->run && cli_directory(session, &directory, &error)) {
		return cli_fail(session, error);
	}
	if (cas_history_open(session->context, session->global.journal, directory,
			     &history, &error)) {
		return cli_fail(session, error);
	}
	if (values->prune) {
		status = prune(session, history, directory, values, &filter);
	} else {
		status = values->run ? print_run(session, history, values->run)
				     : print_list(session, history, directory, &filter);
	}
	cas_history_free(history);
	return status;
}

static const char *const examples[] = {
	"history",
	"history --all --format json",
	"history --since 7d --command set-database",
	"history --prune --older-than 90d --what-if",
	NULL,
};

const struct cmd cmd_history = {
	.name = "history",
	.group = "Looking back",
	.summary = "show what was applied when, by whom, to which directory",
	.description = "Lists the runs that were applied to this directory, the newest "
		       "first, from "
		       "the journals; with RUN it shows the steps of one. Every change "
		       "is in the "
		       "journal before it is made, so a run that was interrupted is "
		       "there as well.\n"
		       "With --prune the journals of old runs are removed, which cannot "
		       "be undone then; never those of runs that did not come to their "
		       "end.",
	.examples = examples,
	CMD_OPTIONS(options),
	.values_size = sizeof(struct values),
	.flags = CMD_NO_DIRECTORY,
	.run = run,
};
