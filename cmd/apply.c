/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* apply: makes the directory what files say, or carries out a plan that was saved. */
#include <string.h>

#include "cli/desired.h"
#include "cli/session.h"
#include "commands.h"

struct values {
	struct opt_list files;
	bool prune;
	const char *on_conflict;
	struct cli_change change;
};

static const char *const reactions[] = {"stop", "skip", NULL};

static const struct opt options[] = {
	{
		.name = "file",
		.type = OPT_LIST,
		.offset = offsetof(struct values, files),
		.metavar = "FILE",
		.positional = true,
		.required = true,
		.help = "a desired state, arrays or databases as CSV, or a plan; '-' is "
			"stdin",
	},
	{
		.name = "prune",
		.type = OPT_FLAG,
		.offset = offsetof(struct values, prune),
		.help = "remove arrays that are not listed",
	},
	{
		.name = "on-conflict",
		.type = OPT_CHOICE,
		.offset = offsetof(struct values, on_conflict),
		.metavar = "REACTION",
		.choices = reactions,
		.help = "when a value is not what is expected: stop, or go on with the "
			"rest; default: stop",
	},
	OPT_CHANGE(struct values, change),
};

static int apply(struct cli_session *session, const struct values *values,
		 struct cas_desired *desired)
{
	struct cli_change change = values->change;
	struct cas_plan *plan = NULL;
	int status;

	if (values->prune && cas_desired_is_plan(desired)) {
		return cli_usage(session, "--prune is for a desired state, not a plan");
	}
	change.on_conflict = values->on_conflict && !strcmp(values->on_conflict, "skip")
				     ? CAS_ON_CONFLICT_SKIP
				     : CAS_ON_CONFLICT_STOP;
	status = cli_desired_plan(session, desired, values->prune, &plan);
	return status ? status : cli_run_plan(session, plan, &change, values->prune);
}

/* The plan that is saved must not replace what it is made from. */
static int check_out(struct cli_session *session, const struct values *values)
{
	const char *out = values->change.out;

	for (size_t i = 0; out && i < values->files.n; i++) {
		if (cli_is_same_file(values->files.v[i], out)) {
			return cli_usage(session,
					 "'%s' is to be read: --out would replace it",
					 out);
		}
	}
	return EXIT_DONE;
}

static int run(struct cli_session *session, const void *data)
{
	const struct values *values = data;
	struct cas_desired *desired;
	int status = check_out(session, values);

	if (!status) {
		status = cli_desired_read(session, &values->files, &desired);
	}
	if (!status) {
		status = apply(session, values, desired);
		cli_desired_free(session, desired);
	}
	return status;
}

static const char *const examples[] = {
	"apply wanted.json",
	"apply wanted.json --prune --yes",
	"apply reviewed.plan --on-conflict skip",
	NULL,
};

const struct cmd cmd_apply = {
	.name = "apply",
	.group = "Desired state",
	.summary = "make the directory what files say, or carry out a saved plan",
	.description =
		"Makes the directory what a desired state says, and changes nothing that "
		"it does not name: arrays are matched by name, else by FQDN, and made "
		"where there are none; databases may be pointed at arrays that the same "
		"files list. Done twice it changes nothing the second time. When any "
		"line is impossible nothing is done, and all such lines are named, with "
		"the reason.\n"
		"With --prune arrays that are not listed are removed, when no database "
		"uses them then; this is asked first.\n"
		"A plan that '--out' of another command wrote is carried out as it is: "
		"what was reviewed is what is done. It is refused on another directory, "
		"and each step that finds another value than the plan expects is.",
	.examples = examples,
	CMD_OPTIONS(options),
	.values_size = sizeof(struct values),
	.run = run,
};
