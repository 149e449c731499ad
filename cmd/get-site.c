/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* get-site: Active Directory sites with their servers, arrays, databases and subnets. */
#include "cli/objects.h"
#include "commands.h"

struct values {
	struct opt_list identities;
	bool exchange;
};

static const struct opt options[] = {
	{
		.name = "identity",
		.parameter = "Identity",
		.type = OPT_LIST,
		.offset = offsetof(struct values, identities),
		.metavar = "SITE",
		.kinds = KIND(SITE),
		.positional = true,
		.help = "these sites: name, GUID, DN or wildcard",
	},
	{
		.name = "exchange",
		.type = OPT_FLAG,
		.offset = offsetof(struct values, exchange),
		.help = "only sites that have an Exchange server or an array",
	},
};

static const struct out_column columns[] = {
	{.field = "name", .title = "NAME"},
	{.field = "arrays", .title = "ARRAYS"},
	{.field = "servers", .title = "SERVERS"},
	{.field = "databases", .title = "DATABASES", .right = true},
	{.field = "subnets", .title = "SUBNETS", .secondary = true},
};

static const struct out_view view = {
	.schema = "casarray.sites",
	.kind = OUT_TABLE,
	.columns = columns,
	.n_columns = sizeof(columns) / sizeof(*columns),
	.empty = "no sites",
};

static int row(const void *closure, const struct cas_organization *org,
	       const struct cas_object *object, json_t **ret)
{
	const struct values *values = closure;
	json_t *site = cas_json_object(org, object);

	if (!site) {
		return -1;
	}
	if (values->exchange && !json_array_size(json_object_get(site, "servers")) &&
	    !json_array_size(json_object_get(site, "arrays"))) {
		json_decref(site);
		return 0;
	}
	*ret = site;
	return 0;
}

static int run(struct cli_session *session, const void *data)
{
	const struct values *values = data;
	const struct cas_organization *org;
	struct cas_objects *sites = NULL;
	struct cas_error *error = NULL;
	int status;

	if (cli_load(session, CAS_SCOPE_DATABASES, NULL, 0, &org, &error)) {
		return cli_fail(session, error);
	}
	status = cli_pick_filter(session, org, KIND(SITE), &values->identities, &sites);
	if (!status) {
		const struct cli_rows rows = {
			.view = &view,
			.org = org,
			.kind = CAS_KIND_SITE,
			.only = sites,
			.row = row,
			.closure = values,
		};

		status = cli_print_rows(session, &rows);
	}
	cas_objects_free(sites);
	return status;
}

static const char *const examples[] = {
	"get-site",
	"get-site Berlin --format json",
	"Get-ADSite -Exchange",
	NULL,
};

const struct cmd cmd_get_site = {
	.name = "get-site",
	.cmdlet = "Get-ADSite",
	.group = "Looking",
	.summary = "show sites with their servers, arrays, databases and subnets",
	.description =
		"Shows Active Directory sites. A database counts for its home site: that "
		"of "
		"the copy with the lowest activation preference, or, without copies, "
		"that of "
		"the owning server. Only Exchange 2010 mailbox databases are counted.",
	.examples = examples,
	CMD_OPTIONS(options),
	.values_size = sizeof(struct values),
	.run = run,
};
