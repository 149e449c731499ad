/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* get-database: what databases point at, what they should, what they would get by
 * default. */
#include "cli/objects.h"
#include "commands.h"

#include <string.h>

struct values {
	struct opt_list identities;
	struct opt_list sites;
	struct opt_list servers;
	struct opt_list dags;
	struct opt_list targets;
	struct opt_list statuses;
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
		.help = "these databases: name, GUID, DN, legacyExchangeDN or wildcard",
	},
	{
		.name = "site",
		.parameter = "Site",
		.type = OPT_LIST,
		.offset = offsetof(struct values, sites),
		.metavar = "SITE",
		.kinds = KIND(SITE),
		.help = "only databases with their home in this site",
	},
	{
		.name = "server",
		.parameter = "Server",
		.type = OPT_LIST,
		.offset = offsetof(struct values, servers),
		.metavar = "SERVER",
		.kinds = KIND(SERVER),
		.help = "only databases that this server owns or has a copy of",
	},
	{
		.name = "dag",
		.type = OPT_LIST,
		.offset = offsetof(struct values, dags),
		.metavar = "DAG",
		.kinds = KIND(DAG),
		.help = "only databases of this database availability group",
	},
	{
		.name = "value",
		.parameter = "RpcClientAccessServer",
		.type = OPT_LIST,
		.offset = offsetof(struct values, targets),
		.metavar = "VALUE",
		.kinds = KIND(ARRAY) | KIND(SERVER),
		.help = "only databases that point there: an array, a server, a text or "
			"wildcard",
	},
	{
		.name = "status",
		.type = OPT_LIST,
		.offset = offsetof(struct values, statuses),
		.metavar = "STATUS",
		.help = "only: ok, no-array, server, mailbox-server, other-site, "
			"other-site-server, array-without-site, dangling, malformed, "
			"no-home, not-own-server, "
			"exempt; wrong: all but ok, no-array and exempt",
	},
};

static const char *const statuses[] = {
	"ok",
	"no-array",
	"server",
	"mailbox-server",
	"other-site",
	"other-site-server",
	"array-without-site",
	"dangling",
	"malformed",
	"no-home",
	"not-own-server",
	"exempt",
	"wrong",
	NULL,
};

static const struct out_column columns[] = {
	{.field = "name", .title = "NAME"},
	{.field = "server", .title = "SERVER"},
	{.field = "site", .title = "SITE"},
	{.field = "dag", .title = "DAG", .secondary = true},
	{.field = "rpc_client_access_server", .title = "RPC CLIENT ACCESS SERVER"},
	{.field = "target_class", .title = "POINTS AT", .secondary = true},
	{.field = "expected", .title = "EXPECTED"},
	{.field = "status", .title = "STATUS"},
	{.field = "default", .title = "DEFAULT", .secondary = true},
	{.field = "default_rule", .title = "DEFAULT RULE", .secondary = true},
	{.field = "mailboxes", .title = "MAILBOXES", .right = true, .secondary = true},
};

static const struct out_view view = {
	.schema = "casarray.databases",
	.kind = OUT_TABLE,
	.columns = columns,
	.n_columns = sizeof(columns) / sizeof(*columns),
	.empty = "no databases",
};

struct filter {
	const struct values *values;
	struct cas_objects *only;
	struct cas_objects *sites;
	struct cas_objects *servers;
	struct cas_objects *dags;
	struct cas_objects *targets;
};

static void filter_free(struct filter *filter)
{
	cas_objects_free(filter->only);
	cas_objects_free(filter->sites);
	cas_objects_free(filter->servers);
	cas_objects_free(filter->dags);
	cas_objects_free(filter->targets);
}

static bool on_one_of(const struct cas_objects *servers,
		      const struct cas_database *database)
{
	for (size_t i = 0; i < cas_objects_count(servers); i++) {
		if (cas_database_on_server(
			    database, cas_object_server(cas_objects_get(servers, i)))) {
			return true;
		}
	}
	return false;
}

static bool in_one_of(const struct cas_objects *dags, const struct cas_database *database)
{
	for (size_t i = 0; i < cas_objects_count(dags); i++) {
		if (cas_database_in_dag(database, cas_objects_get(dags, i))) {
			return true;
		}
	}
	return false;
}

/* By the object that is pointed at, or by the text that is shown. */
static bool points_at(const struct filter *filter, const struct cas_database *database)
{
	const struct opt_list *targets = &filter->values->targets;
	const char *value = cas_database_rpc_client_access_server(database);

	if (cli_set_has(filter->targets, cas_database_target(database))) {
		return true;
	}
	for (size_t i = 0; i < targets->n; i++) {
		if (cli_text_fits(value, targets->v[i])) {
			return true;
		}
	}
	return false;
}

static bool keeps(const struct filter *filter, const struct cas_database *database)
{
	const struct cas_site *home = cas_database_home(database);

	if (filter->sites &&
	    !(home && cli_set_has(filter->sites, cas_site_object(home)))) {
		return false;
	}
	if (filter->servers && !on_one_of(filter->servers, database)) {
		return false;
	}
	if (filter->dags && !in_one_of(filter->dags, database)) {
		return false;
	}
	return !filter->values->targets.n || points_at(filter, database);
}

static bool status_fits(const struct opt_list *wanted, const char *status)
{
	bool fine = !strcmp(status, "ok") || !strcmp(status, "no-array") ||
		    !strcmp(status, "exempt");

	for (size_t i = 0; i < wanted->n; i++) {
		if (cli_text_fits(status, wanted->v[i]) ||
		    (!fine && cli_text_fits("wrong", wanted->v[i]))) {
			return true;
		}
	}
	return wanted->n == 0;
}

static int row(const void *closure, const struct cas_organization *org,
	       const struct cas_object *object, json_t **ret)
{
	const struct filter *filter = closure;
	const char *status;
	json_t *database;

	if (!keeps(filter, cas_object_database(object))) {
		return 0;
	}
	database = cas_json_object(org, object);
	if (!database) {
		return -1;
	}
	status = json_string_value(json_object_get(database, "status"));
	if (!status_fits(&filter->values->statuses, status)) {
		json_decref(database);
		return 0;
	}
	*ret = database;
	return 0;
}

/* What --value names need not exist: a dangling value is a text only. */
static int pick_targets(struct cli_session *session, const struct cas_organization *org,
			struct filter *filter)
{
	const struct opt_list *targets = &filter->values->targets;
	struct cas_error *error = NULL;

	if (cas_objects_new(&filter->targets, &error)) {
		return cli_fail(session, error);
	}
	for (size_t i = 0; i < targets->n; i++) {
		const struct cas_object *target;

		if (cas_identity_is_wildcard(targets->v[i]) ||
		    cas_organization_find(org, KIND(ARRAY) | KIND(SERVER), targets->v[i],
					  &target, NULL)) {
			continue;
		}
		if (cas_objects_add(filter->targets, target, &error)) {
			return cli_fail(session, error);
		}
	}
	return EXIT_DONE;
}

static int fill(struct cli_session *session, const struct cas_organization *org,
		struct filter *filter)
{
	const struct values *values = filter->values;
	int status = cli_pick_filter(session, org, KIND(DATABASE), &values->identities,
				     &filter->only);

	if (!status) {
		status = cli_pick_filter(session, org, KIND(SITE), &values->sites,
					 &filter->sites);
	}
	if (!status) {
		status = cli_pick_filter(session, org, KIND(SERVER), &values->servers,
					 &filter->servers);
	}
	if (!status) {
		status = cli_pick_filter(session, org, KIND(DAG), &values->dags,
					 &filter->dags);
	}
	return status ? status : pick_targets(session, org, filter);
}

static bool is_status(const char *text)
{
	for (const char *const *status = statuses; *status; status++) {
		if (cli_text_fits(*status, text)) {
			return true;
		}
	}
	return false;
}

static int run(struct cli_session *session, const void *data)
{
	const struct values *values = data;
	bool few = values->identities.n && !cli_any_wildcard(&values->identities);
	struct filter filter = {.values = values};
	const struct cas_organization *org;
	struct cas_error *error = NULL;
	int status;

	for (size_t i = 0; i < values->statuses.n; i++) {
		if (!is_status(values->statuses.v[i])) {
			return cli_usage(session, "no such status: '%s'",
					 values->statuses.v[i]);
		}
	}
	if (cli_load(session, CAS_SCOPE_DATABASES | CAS_SCOPE_MAILBOXES,
		     few ? values->identities.v : NULL, few ? values->identities.n : 0,
		     &org, &error)) {
		return cli_fail(session, error);
	}
	status = fill(session, org, &filter);
	if (!status) {
		const struct cli_rows rows = {
			.view = &view,
			.org = org,
			.kind = CAS_KIND_DATABASE,
			.only = filter.only,
			.row = row,
			.closure = &filter,
		};

		status = cli_print_rows(session, &rows);
	}
	filter_free(&filter);
	return status;
}

static const char *const examples[] = {
	"get-database",
	"get-database --status wrong",
	"get-database 'Sales DB 1' --format json",
	"get-database --site Berlin --value BER-CAS1",
	"Get-MailboxDatabase -Server EX1",
	NULL,
};

const struct cmd cmd_get_database = {
	.name = "get-database",
	.cmdlet = "Get-MailboxDatabase",
	.group = "Looking",
	.summary = "show what databases point at, and what they should",
	.description =
		"Shows databases with their RpcClientAccessServer, the kind of object "
		"that "
		"it is, the value that the audit expects, and what a new database on the "
		"same server would get, with the rule that says so.\n"
		"Several values of one option widen the choice, several options narrow "
		"it. "
		"Databases that are named without a wildcard are looked up one by one, "
		"which "
		"stays fast in a large directory.",
	.examples = examples,
	CMD_OPTIONS(options),
	.values_size = sizeof(struct values),
	.run = run,
};
