/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* resume: finishes a run that was interrupted. */
#include "cli/objects.h"
#include "commands.h"

struct values {
	const char *run;
	struct cli_change change;
};

static const struct opt options[] = {
	{
		.name = "run",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, run),
		.metavar = "RUN",
		.positional = true,
		.help = "the run's id, or the unique beginning of it; default: the "
			"newest that "
			"was interrupted",
	},
	OPT_CHANGE(struct values, change),
};

/* What other formats than text get when there is nothing to resume. */
static const struct out_view none_view = {
	.schema = "casarray.history",
	.kind = OUT_TABLE,
	.empty = "no run on this directory was interrupted",
};

static int print_none(struct cli_session *session, const char *address)
{
	json_t *head = json_pack("{s:s?}", "directory", address);
	json_t *tail = json_pack("{s:i}", "count", 0);

	if (out_begin(session->out, &none_view, head) < 0) {
		json_decref(tail);
		return cli_output_failed(session);
	}
	return out_end(session->out, tail) < 0 ? cli_output_failed(session) : EXIT_DONE;
}

/* The newest interrupted run; *ret NULL: there is none. */
static int newest_interrupted(struct cli_session *session, struct cas_history *history,
			      const struct cas_run **ret, struct cas_error **err)
{
	const struct cas_run *run, *damaged = NULL;
	int more;

	*ret = NULL;
	while ((more = cas_history_next(history, &run, err)) == 1) {
		if (cas_run_state(run) == CAS_RUN_INTERRUPTED) {
			*ret = run;
			return 0;
		}
		if (cas_run_state(run) == CAS_RUN_DAMAGED && !damaged) {
			damaged = run;
		}
	}
	if (more == 0 && damaged) {
		return cli_problem(session, CAS_E_REFUSED,
				   "'casarray audit' shows how things are now",
				   "the journal of the run '%s' is damaged: it is not "
				   "known whether it came to its end",
				   cas_run_id(damaged));
	}
	return more;
}

static int resume(struct cli_session *session, const struct values *values,
		  const struct cas_run *run)
{
	const struct cas_organization *org;
	struct cas_error *error = NULL;
	struct cas_plan *plan;

	if (cli_load(session, CAS_SCOPE_DATABASES, NULL, 0, &org, &error) ||
	    cas_plan_resume(org, run, &plan, &error)) {
		return cli_fail(session, error);
	}
	return cli_run_plan(session, plan, &values->change, false);
}

static int run(struct cli_session *session, const void *data)
{
	const struct values *values = data;
	struct cas_history *history = NULL;
	struct cas_directory *directory;
	struct cas_error *error = NULL;
	const struct cas_run *found;
	int code, status;

	if (cli_directory(session, &directory, &error) ||
	    cas_history_open(session->context, session->global.journal, directory,
			     &history, &error)) {
		return cli_fail(session, error);
	}
	code = values->run ? cas_history_find(history, values->run, &found, &error)
			   : newest_interrupted(session, history, &found, &error);
	if (code < 0) {
		status = cli_fail(session, error);
	} else if (!found) {
		status = print_none(session, cas_directory_address(directory));
	} else {
		status = resume(session, values, found);
	}
	cas_history_free(history);
	return status;
}

static const char *const examples[] = {
	"resume",
	"resume --what-if",
	NULL,
};

const struct cmd cmd_resume = {
	.name = "resume",
	.group = "Looking back",
	.summary = "finish a run that was interrupted",
	.description =
		"Finishes a run that did not come to its end, because the process "
		"was killed, the power failed, the connection was lost or somebody "
		"pressed Ctrl-C. What is left is read from the directory, "
		"never from the "
		"journal alone; what was done already is not done twice.",
	.examples = examples,
	CMD_OPTIONS(options),
	.values_size = sizeof(struct values),
	.run = run,
};
