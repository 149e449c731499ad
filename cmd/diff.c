/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* diff: what differs from a desired state. */
#include "cli/desired.h"
#include "commands.h"

struct values {
	struct opt_list files;
	bool prune;
};

static const struct opt options[] = {
	{
		.name = "file",
		.type = OPT_LIST,
		.offset = offsetof(struct values, files),
		.metavar = "FILE",
		.positional = true,
		.required = true,
		.help = "a desired state, or arrays or databases as CSV; '-' is stdin",
	},
	{
		.name = "prune",
		.type = OPT_FLAG,
		.offset = offsetof(struct values, prune),
		.help = "arrays that are not listed differ, too",
	},
};

static int run(struct cli_session *session, const void *data)
{
	const struct values *values = data;
	struct cas_desired *desired;
	struct cas_plan *plan = NULL;
	int status = cli_desired_read(session, &values->files, &desired);

	if (status) {
		return status;
	}
	if (cas_desired_is_plan(desired)) {
		status = cli_usage(session,
				   "'%s' is a plan; 'casarray apply %s --what-if' shows "
				   "it",
				   values->files.v[0], values->files.v[0]);
	} else {
		status = cli_desired_plan(session, desired, values->prune, &plan);
	}
	if (!status) {
		status = cli_compare_plan(session, plan);
	}
	cli_desired_free(session, desired);
	return status;
}

static const char *const examples[] = {
	"diff wanted.json",
	"diff arrays.csv databases.csv --prune",
	NULL,
};

const struct cmd cmd_diff = {
	.name = "diff",
	.group = "Desired state",
	.summary = "show what differs from a desired state",
	.description =
		"Shows what 'casarray apply' would do to make the directory what the "
		"files say: '+' is made, '~' changed, '-' removed. The exit status is 1 "
		"when something differs, 3 when a line of the files is impossible; all "
		"such lines are named, with the reason.",
	.examples = examples,
	CMD_OPTIONS(options),
	.values_size = sizeof(struct values),
	.run = run,
};
