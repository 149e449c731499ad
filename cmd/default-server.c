/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* default-server: what a new mailbox database would get as RpcClientAccessServer. */
#include "cli/objects.h"
#include "commands.h"

struct values {
	const char *server;
	const char *site;
	int64_t seed;
};

static const struct opt options[] = {
	{
		.name = "server",
		.parameter = "Server",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, server),
		.metavar = "SERVER",
		.kinds = KIND(SERVER),
		.positional = true,
		.help = "the mailbox server that the database is created on",
	},
	{
		.name = "site",
		.parameter = "Site",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, site),
		.metavar = "SITE",
		.kinds = KIND(SITE),
		.help = "instead: a mailbox-only server of this site",
	},
	{
		.name = "seed",
		.type = OPT_NUMBER,
		.offset = offsetof(struct values, seed),
		.metavar = "NUMBER",
		.help = "makes the random choice among several candidates repeatable",
	},
};

static const struct out_column columns[] = {
	{.field = "class", .title = "class"},
	{.field = "name", .title = "name"},
	{.field = "rpc_client_access_server", .title = "rpc client access server"},
	{.field = "rule", .title = "rule"},
	{.field = "reason", .title = "reason"},
	{.field = "candidates", .title = "candidates"},
};

static const struct out_view view = {
	.schema = "casarray.assignment",
	.kind = OUT_RECORDS,
	.columns = columns,
	.n_columns = sizeof(columns) / sizeof(*columns),
};

/* The assignment, with the object that it was asked of first. */
static json_t *make_row(const struct cas_organization *org,
			const struct cas_object *object,
			const struct cas_assignment *assignment, int64_t seed)
{
	json_t *asked = cas_json_object(org, object);
	json_t *answer = cas_json_assignment(assignment);
	json_t *row = json_pack("{s:O, s:O, s:I}", "class",
				json_object_get(asked, "class"), "name",
				json_object_get(asked, "name"), "seed", (json_int_t)seed);

	if (!row || !answer || json_object_update(row, answer)) {
		json_decref(row);
		row = NULL;
	}
	json_decref(asked);
	json_decref(answer);
	return row;
}

static int run(struct cli_session *session, const void *data)
{
	const struct values *values = data;
	const char *identity = values->server ? values->server : values->site;
	unsigned kind = values->server ? KIND(SERVER) : KIND(SITE);
	const struct cas_organization *org;
	struct cas_assignment *assignment;
	const struct cas_object *object;
	struct cas_error *error = NULL;
	json_t *row;

	if (!values->server == !values->site) {
		return cli_usage(session, "give either a SERVER or --site SITE");
	}
	if (cli_load(session, CAS_SCOPE_TOPOLOGY, NULL, 0, &org, &error) ||
	    cas_organization_find(org, kind, identity, &object, &error) ||
	    cas_assignment_new(org, object, (uint64_t)values->seed, &assignment,
			       &error)) {
		return cli_fail(session, error);
	}
	row = make_row(org, object, assignment, values->seed);
	cas_assignment_free(assignment);
	return cli_print_one(session, &view, cas_json_organization(org), row);
}

static const char *const examples[] = {
	"default-server EX1",
	"default-server --site Berlin",
	"default-server LIS1 --format json",
	NULL,
};

const struct cmd cmd_default_server = {
	.name = "default-server",
	.group = "Looking",
	.summary = "predict what a new mailbox database would get",
	.description =
		"Predicts the RpcClientAccessServer of a mailbox database that is "
		"created on "
		"a server, or in a site, and names the rule that decides: the array of "
		"the "
		"site; else the server itself, if it is a Client Access server; else one "
		"of "
		"the site's Client Access servers, at random; else the mailbox server, "
		"which "
		"does not work.\n"
		"The value is fixed when a database is created: what is installed later "
		"changes nothing on it.",
	.examples = examples,
	CMD_OPTIONS(options),
	.values_size = sizeof(struct values),
	.run = run,
};
