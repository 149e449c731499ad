/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* set-database: points databases at an array or a Client Access server. */
#include "cli/objects.h"
#include "commands.h"

#include <string.h>

struct values {
	struct opt_list identities;
	const char *target;
	struct opt_list servers;
	struct opt_list sites;
	struct opt_list dags;
	bool all;
	bool force;
	struct cli_change change;
};

static const struct opt options[] = {
	{
		.name = "identity",
		.parameter = "Identity",
		.type = OPT_LIST,
		.offset = offsetof(struct values, identities),
		.metavar = "DATABASE",
		.kinds = KIND(DATABASE),
		.positional = true,
		.help = "these databases: name, GUID, DN, wildcard; '-' reads them from "
			"stdin, one a line",
	},
	{
		.name = "rpc-client-access-server",
		.parameter = "RpcClientAccessServer",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, target),
		.metavar = "TARGET",
		.kinds = KIND(ARRAY) | KIND(SERVER),
		.required = true,
		.help = "an array, a Client Access server, or 'auto': the array of the "
			"database's home site",
	},
	{
		.name = "server",
		.parameter = "Server",
		.type = OPT_LIST,
		.offset = offsetof(struct values, servers),
		.metavar = "SERVER",
		.kinds = KIND(SERVER),
		.help = "all databases that this server owns or has a copy of",
	},
	{
		.name = "site",
		.parameter = "Site",
		.type = OPT_LIST,
		.offset = offsetof(struct values, sites),
		.metavar = "SITE",
		.kinds = KIND(SITE),
		.help = "all databases with their home in this site",
	},
	{
		.name = "dag",
		.type = OPT_LIST,
		.offset = offsetof(struct values, dags),
		.metavar = "DAG",
		.kinds = KIND(DAG),
		.help = "all databases of this database availability group",
	},
	{
		.name = "all",
		.type = OPT_FLAG,
		.offset = offsetof(struct values, all),
		.help = "all databases",
	},
	{
		.name = "force",
		.parameter = "Force",
		.type = OPT_FLAG,
		.offset = offsetof(struct values, force),
		.help = "although the database is of a kind that is left alone",
	},
	OPT_CHANGE(struct values, change),
};

/* What was asked for, before anything is loaded. */
struct wanted {
	const struct values *values;
	struct opt_list identities; /* with those of stdin */
	bool from_stdin;
	bool bulk; /* also chosen by server, site, DAG or all */
};

static int read_wanted(struct cli_session *session, const struct values *values,
		       struct wanted *ret)
{
	struct cas_error *error = NULL;

	*ret = (struct wanted){
		.values = values,
		.identities = values->identities,
		.bulk = values->all || values->servers.n || values->sites.n ||
			values->dags.n,
	};
	for (size_t i = 0; i < values->identities.n; i++) {
		ret->from_stdin |= strcmp(values->identities.v[i], "-") == 0;
	}
	if (ret->from_stdin && values->identities.n > 1) {
		return cli_usage(session,
				 "'-' and names of databases exclude each other");
	}
	if (ret->from_stdin && cli_read_lines(session, &ret->identities, &error)) {
		return cli_fail(session, error);
	}
	if (!values->identities.n && !ret->bulk) {
		return cli_usage(session,
				 "no databases: name them, or use --server, --site, "
				 "--dag or --all");
	}
	return EXIT_DONE;
}

static bool chosen(const struct cas_objects *servers, const struct cas_objects *sites,
		   const struct cas_objects *dags, const struct cas_database *database)
{
	const struct cas_site *home = cas_database_home(database);

	if (sites && home && cli_set_has(sites, cas_site_object(home))) {
		return true;
	}
	for (size_t i = 0; servers && i < cas_objects_count(servers); i++) {
		if (cas_database_on_server(
			    database, cas_object_server(cas_objects_get(servers, i)))) {
			return true;
		}
	}
	for (size_t i = 0; dags && i < cas_objects_count(dags); i++) {
		if (cas_database_in_dag(database, cas_objects_get(dags, i))) {
			return true;
		}
	}
	return false;
}

static int add_chosen(struct cli_session *session, const struct cas_organization *org,
		      const struct values *values, struct cas_objects *databases)
{
	struct cas_objects *servers = NULL, *sites = NULL, *dags = NULL;
	const struct cas_object *object;
	struct cas_error *error = NULL;
	int status;

	status = cli_pick_filter(session, org, KIND(SERVER), &values->servers, &servers);
	if (!status) {
		status =
			cli_pick_filter(session, org, KIND(SITE), &values->sites, &sites);
	}
	if (!status) {
		status = cli_pick_filter(session, org, KIND(DAG), &values->dags, &dags);
	}
	for (size_t i = 0;
	     !status && (object = cas_organization_object(org, CAS_KIND_DATABASE, i));
	     i++) {
		if (!values->all &&
		    !chosen(servers, sites, dags, cas_object_database(object))) {
			continue;
		}
		if (cas_objects_add(databases, object, &error)) {
			status = cli_fail(session, error);
		}
	}
	cas_objects_free(servers);
	cas_objects_free(sites);
	cas_objects_free(dags);
	return status;
}

static int change(struct cli_session *session, const struct cas_organization *org,
		  const struct wanted *wanted, const struct cas_objects *databases)
{
	const struct values *values = wanted->values;
	const struct cas_set_database what = {
		.databases = databases,
		.rpc_client_access_server = values->target,
		.named = !wanted->bulk && !wanted->from_stdin &&
			 !cli_any_wildcard(&wanted->identities),
		.force = values->force,
	};
	struct cas_error *error = NULL;
	struct cas_plan *plan;

	if (!cas_objects_count(databases) && cli_any_wildcard(&wanted->identities)) {
		cli_warn(session, "no database was chosen: nothing fits");
	}
	if (cas_plan_set_database(org, &what, &plan, &error)) {
		return cli_fail(session, error);
	}
	return cli_run_plan(session, plan, &values->change, false);
}

static int run(struct cli_session *session, const void *data)
{
	const struct values *values = data;
	const struct cas_organization *org;
	struct cas_objects *databases = NULL;
	struct cas_error *error = NULL;
	struct wanted wanted;
	bool named;
	int status = read_wanted(session, values, &wanted);

	if (status) {
		return status;
	}
	named = !wanted.bulk && wanted.identities.n &&
		!cli_any_wildcard(&wanted.identities);
	if (cli_load(session, CAS_SCOPE_DATABASES | CAS_SCOPE_MAILBOXES,
		     named ? wanted.identities.v : NULL, named ? wanted.identities.n : 0,
		     &org, &error)) {
		return cli_fail(session, error);
	}
	status = cli_pick(session, org, KIND(DATABASE), &wanted.identities, &databases);
	if (!status && wanted.bulk) {
		status = add_chosen(session, org, values, databases);
	}
	if (!status) {
		status = change(session, org, &wanted, databases);
	}
	cas_objects_free(databases);
	return status;
}

static const char *const examples[] = {
	"set-database 'Berlin DB 2' --rpc-client-access-server "
	"outlook-berlin.contoso.com",
	"set-database --site Berlin --rpc-client-access-server auto --what-if",
	"set-database 'Sales*' --rpc-client-access-server outlook",
	"Set-MailboxDatabase 'Sales DB 2' -RpcClientAccessServer outlook.contoso.com "
	"-WhatIf",
	NULL,
};

const struct cmd cmd_set_database = {
	.name = "set-database",
	.cmdlet = "Set-MailboxDatabase",
	.group = "Changing",
	.summary = "point databases at an array or a Client Access server",
	.description =
		"Sets RpcClientAccessServer of one or many databases; ways of choosing "
		"them "
		"add up. The target is an array or a server with the Client Access role; "
		"with 'auto' it is the array of each database's home site. A target in "
		"another site is warned of.\n"
		"Databases of Exchange 2007 are refused. Those of Exchange 2013 and "
		"later, "
		"public folder and recovery databases are skipped, with the reason, when "
		"many "
		"are chosen, and refused when they are named singly, unless --force is "
		"given.\n"
		"Clients of a database whose value changes reconnect. Outlook profiles "
		"keep "
		"the old name, which therefore must stay resolvable until they have been "
		"updated.",
	.examples = examples,
	CMD_OPTIONS(options),
	.values_size = sizeof(struct values),
	.run = run,
};
