/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* undo: takes back what one run did, or what it did to one object. */
#include "cli/objects.h"
#include "commands.h"

struct values {
	const char *run;
	const char *object;
	struct cli_change change;
};

static const struct opt options[] = {
	{
		.name = "run",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, run),
		.metavar = "RUN",
		.positional = true,
		.help = "the run's id, or the unique beginning of it; default: the last "
			"one",
	},
	{
		.name = "object",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, object),
		.metavar = "OBJECT",
		.help = "only what was done to this object: its name, DN or GUID",
	},
	OPT_CHANGE(struct values, change),
};

static int run(struct cli_session *session, const void *data)
{
	const struct values *values = data;
	const struct cas_organization *org;
	struct cas_history *history = NULL;
	struct cas_directory *directory;
	struct cas_error *error = NULL;
	const struct cas_run *run;
	struct cas_plan *plan;
	int status;

	if (cli_directory(session, &directory, &error) ||
	    cas_history_open(session->context, session->global.journal, directory,
			     &history, &error)) {
		return cli_fail(session, error);
	}
	if (cas_history_find(history, values->run, &run, &error) ||
	    cli_load(session, CAS_SCOPE_DATABASES, NULL, 0, &org, &error) ||
	    cas_plan_undo(org, run, values->object, &plan, &error)) {
		status = cli_fail(session, error);
	} else {
		status = cli_run_plan(session, plan, &values->change, true);
	}
	cas_history_free(history);
	return status;
}

static const char *const examples[] = {
	"undo --what-if",
	"undo --yes",
	"undo --object 'Berlin DB 2' --yes",
	NULL,
};

const struct cmd cmd_undo = {
	.name = "undo",
	.group = "Looking back",
	.summary = "take back one run",
	.description =
		"Takes back what a run on this directory did; without an argument, the "
		"last "
		"run that changed something and was not undone. It asks first.\n"
		"Undo is a change like any other: a value that was changed again since "
		"is "
		"not overwritten but reported as a conflict, and undo itself is in the "
		"history.",
	.examples = examples,
	CMD_OPTIONS(options),
	.values_size = sizeof(struct values),
	.run = run,
};
