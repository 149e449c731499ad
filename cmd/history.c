/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* history: what was applied when, by whom, to which directory. */
#include "cli/objects.h"
#include "commands.h"

struct values {
	const char *run;
	bool all;
};

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

static int print_list(struct cli_session *session, struct cas_history *history,
		      const struct cas_directory *directory)
{
	const char *address = directory ? cas_directory_address(directory) : NULL;
	json_t *head = json_pack("{s:s?}", "directory", address);
	const struct cas_run *run;
	struct cas_error *error = NULL;
	json_int_t n = 0;
	int more;

	if (out_begin(session->out, &list_view, head) < 0) {
		return cli_output_failed(session);
	}
	while ((more = cas_history_next(history, &run, &error)) == 1) {
		json_t *row = cas_json_run(run);

		if (!row) {
			return cli_no_memory(session);
		}
		if (out_row(session->out, row) < 0) {
			return cli_output_failed(session);
		}
		n++;
	}
	if (more < 0) {
		return cli_fail(session, error);
	}
	return out_end(session->out, json_pack("{s:I}", "count", n)) < 0
		       ? cli_output_failed(session)
		       : EXIT_DONE;
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
	int status;

	if (!values->all && !values->run && cli_directory(session, &directory, &error)) {
		return cli_fail(session, error);
	}
	if (cas_history_open(session->context, session->global.journal, directory,
			     &history, &error)) {
		return cli_fail(session, error);
	}
	status = values->run ? print_run(session, history, values->run)
			     : print_list(session, history, directory);
	cas_history_free(history);
	return status;
}

static const char *const examples[] = {
	"history",
	"history --all --format json",
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
		       "there as well.",
	.examples = examples,
	CMD_OPTIONS(options),
	.values_size = sizeof(struct values),
	.flags = CMD_NO_DIRECTORY,
	.run = run,
};
