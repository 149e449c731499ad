/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* get-server: Exchange servers, their roles, and whether they are members of an array. */
#include "cli/objects.h"
#include "commands.h"

#include <string.h>
#include <strings.h>

struct values {
	struct opt_list identities;
	struct opt_list sites;
	const char *role;
	bool members;
};

static const char *const roles[] = {
	"Mailbox", "ClientAccess", "HubTransport", "UnifiedMessaging", "Edge", NULL,
};

static const struct opt options[] = {
	{
		.name = "identity",
		.parameter = "Identity",
		.type = OPT_LIST,
		.offset = offsetof(struct values, identities),
		.metavar = "SERVER",
		.kinds = KIND(SERVER),
		.positional = true,
		.help = "these servers: name, FQDN, GUID, DN, legacyExchangeDN or "
			"wildcard",
	},
	{
		.name = "site",
		.parameter = "Site",
		.type = OPT_LIST,
		.offset = offsetof(struct values, sites),
		.metavar = "SITE",
		.kinds = KIND(SITE),
		.help = "only servers of this Active Directory site",
	},
	{
		.name = "role",
		.type = OPT_CHOICE,
		.offset = offsetof(struct values, role),
		.metavar = "ROLE",
		.choices = roles,
		.help = "only servers with this role",
	},
	{
		.name = "members",
		.type = OPT_FLAG,
		.offset = offsetof(struct values, members),
		.help = "only members of an array",
	},
};

static const struct out_column columns[] = {
	{.field = "name", .title = "NAME"},
	{.field = "site", .title = "SITE"},
	{.field = "roles", .title = "ROLES"},
	{.field = "product", .title = "PRODUCT"},
	{.field = "version", .title = "VERSION", .secondary = true},
	{.field = "dag", .title = "DAG", .secondary = true},
	{.field = "fqdn", .title = "FQDN", .secondary = true},
	{.field = "arrays", .title = "MEMBER OF"},
	{.field = "member_why", .title = "NO MEMBER BECAUSE"},
};

static const struct out_view view = {
	.schema = "casarray.servers",
	.kind = OUT_TABLE,
	.columns = columns,
	.n_columns = sizeof(columns) / sizeof(*columns),
	.empty = "no servers",
};

struct filter {
	const struct cas_objects *sites;
	const struct values *values;
};

static bool has_role(const json_t *server, const char *role)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(server, "roles"), i, item)
	{
		if (strcasecmp(json_string_value(item), role) == 0) {
			return true;
		}
	}
	return false;
}

static int row(const void *closure, const struct cas_organization *org,
	       const struct cas_object *object, json_t **ret)
{
	const struct filter *filter = closure;
	const struct values *values = filter->values;
	const struct cas_site *site = cas_server_site(cas_object_server(object));
	json_t *server;

	if (filter->sites &&
	    !(site && cli_set_has(filter->sites, cas_site_object(site)))) {
		return 0;
	}
	server = cas_json_object(org, object);
	if (!server) {
		return -1;
	}
	if ((values->role && !has_role(server, values->role)) ||
	    (values->members && !json_is_true(json_object_get(server, "member")))) {
		json_decref(server);
		return 0;
	}
	*ret = server;
	return 0;
}

static int run(struct cli_session *session, const void *data)
{
	const struct values *values = data;
	const struct cas_organization *org;
	struct cas_objects *servers = NULL, *sites = NULL;
	struct cas_error *error = NULL;
	int status;

	if (cli_load(session, CAS_SCOPE_TOPOLOGY, NULL, 0, &org, &error)) {
		return cli_fail(session, error);
	}
	status = cli_pick_filter(session, org, KIND(SERVER), &values->identities,
				 &servers);
	if (!status) {
		status =
			cli_pick_filter(session, org, KIND(SITE), &values->sites, &sites);
	}
	if (!status) {
		const struct filter filter = {sites, values};
		const struct cli_rows rows = {
			.view = &view,
			.org = org,
			.kind = CAS_KIND_SERVER,
			.only = servers,
			.row = row,
			.closure = &filter,
		};

		status = cli_print_rows(session, &rows);
	}
	cas_objects_free(sites);
	cas_objects_free(servers);
	return status;
}

static const char *const examples[] = {
	"get-server",
	"get-server --site HeadOffice",
	"get-server --role ClientAccess --members",
	"Get-ExchangeServer -Identity BER-CAS1 -Format json",
	NULL,
};

const struct cmd cmd_get_server = {
	.name = "get-server",
	.cmdlet = "Get-ExchangeServer",
	.group = "Looking",
	.summary = "show servers, their roles and array membership",
	.description =
		"Shows Exchange servers of every version with site, roles and version, "
		"the "
		"arrays that each is a member of, and why it is a member of none.\n"
		"A member of its site's array is an Exchange 2010 server with the Client "
		"Access role and an RpcClientAccess object.",
	.examples = examples,
	CMD_OPTIONS(options),
	.values_size = sizeof(struct values),
	.run = run,
};
