/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* remove-array: removes an array that no database uses any more. */
#include "cli/objects.h"
#include "commands.h"

struct values {
	const char *identity;
	const char *repoint_to;
	bool force;
	struct cli_change change;
};

static const struct opt options[] = {
	{
		.name = "identity",
		.parameter = "Identity",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, identity),
		.metavar = "ARRAY",
		.kinds = KIND(ARRAY),
		.required = true,
		.positional = true,
		.help = "the array: name, FQDN, GUID, DN or legacyExchangeDN",
	},
	{
		.name = "repoint-to",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, repoint_to),
		.metavar = "ARRAY",
		.kinds = KIND(ARRAY),
		.help = "point its databases at this array first",
	},
	{
		.name = "force",
		.parameter = "Force",
		.type = OPT_FLAG,
		.offset = offsetof(struct values, force),
		.help = "although databases use it: they will point at nothing",
	},
	OPT_CHANGE(struct values, change),
};

static int run(struct cli_session *session, const void *data)
{
	const struct values *values = data;
	const struct cas_remove_array what = {
		.identity = values->identity,
		.repoint_to = values->repoint_to,
		.force = values->force,
	};
	const struct cas_organization *org;
	struct cas_error *error = NULL;
	struct cas_plan *plan;

	if (values->repoint_to && values->force) {
		return cli_usage(session, "--repoint-to and --force exclude each other");
	}
	if (cli_load(session, CAS_SCOPE_ALL, NULL, 0, &org, &error) ||
	    cas_plan_remove_array(org, &what, &plan, &error)) {
		return cli_fail(session, error);
	}
	return cli_run_plan(session, plan, &values->change, true);
}

static const char *const examples[] = {
	"remove-array outlook-berlin --what-if --force",
	"remove-array outlook-berlin --repoint-to outlook --yes",
	"Remove-ClientAccessArray -Identity outlook-berlin -Force '-Confirm:$false'",
	NULL,
};

const struct cmd cmd_remove_array = {
	.name = "remove-array",
	.cmdlet = "Remove-ClientAccessArray",
	.group = "Changing",
	.summary = "remove an array that no database uses",
	.description =
		"Removes an array, and asks first. While databases use it this is "
		"refused, "
		"and they are named: point them at another array in the same step with "
		"--repoint-to, or leave them pointing at nothing with --force.\n"
		"The removal can be undone: the journal keeps every attribute.",
	.examples = examples,
	CMD_OPTIONS(options),
	.values_size = sizeof(struct values),
	.run = run,
};
