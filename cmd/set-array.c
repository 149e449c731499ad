/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* set-array: changes the name, FQDN or site of an array. */
#include "cli/objects.h"
#include "commands.h"

struct values {
	const char *identity;
	const char *name;
	const char *fqdn;
	const char *site;
	bool allow_second_array;
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
		.name = "name",
		.parameter = "Name",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, name),
		.metavar = "NAME",
		.help = "rename it",
	},
	{
		.name = "fqdn",
		.parameter = "Fqdn",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, fqdn),
		.metavar = "FQDN",
		.help = "the new host name; its databases show it at once",
	},
	{
		.name = "site",
		.parameter = "Site",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, site),
		.metavar = "SITE",
		.kinds = KIND(SITE),
		.help = "move it to another Active Directory site",
	},
	{
		.name = "allow-second-array",
		.type = OPT_FLAG,
		.offset = offsetof(struct values, allow_second_array),
		.help = "although the new site has an array already",
	},
	OPT_CHANGE(struct values, change),
};

static int run(struct cli_session *session, const void *data)
{
	const struct values *values = data;
	const struct cas_set_array what = {
		.identity = values->identity,
		.name = values->name,
		.fqdn = values->fqdn,
		.site = values->site,
		.allow_second_array = values->allow_second_array,
	};
	const struct cas_organization *org;
	struct cas_error *error = NULL;
	struct cas_plan *plan;

	if (!values->name && !values->fqdn && !values->site) {
		return cli_usage(session,
				 "nothing to set: give --name, --fqdn or --site");
	}
	if (cli_load(session, CAS_SCOPE_ALL, NULL, 0, &org, &error) ||
	    cas_plan_set_array(org, &what, &plan, &error)) {
		return cli_fail(session, error);
	}
	return cli_run_plan(session, plan, &values->change, false);
}

static const char *const examples[] = {
	"set-array outlook-berlin --fqdn mail-berlin.contoso.com --what-if",
	"set-array outlook --name HeadOffice",
	"Set-ClientAccessArray -Identity outlook-berlin -Site Branch -WhatIf",
	NULL,
};

const struct cmd cmd_set_array = {
	.name = "set-array",
	.cmdlet = "Set-ClientAccessArray",
	.group = "Changing",
	.summary = "change the name, FQDN or site of an array",
	.description = "Changes an array. Its legacyExchangeDN, which is what databases "
		       "refer to, "
		       "never changes, so no database is touched: they show the new FQDN "
		       "at once.\n"
		       "Outlook profiles keep the old FQDN, which therefore must stay "
		       "resolvable "
		       "until they have been updated.",
	.examples = examples,
	CMD_OPTIONS(options),
	.values_size = sizeof(struct values),
	.run = run,
};
