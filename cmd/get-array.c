/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* get-array: Client Access arrays, their members, and the databases that use them. */
#include "cli/objects.h"
#include "commands.h"

struct values {
	struct opt_list identities;
	struct opt_list sites;
	bool databases;
};

static const struct opt options[] = {
	{
		.name = "identity",
		.parameter = "Identity",
		.type = OPT_LIST,
		.offset = offsetof(struct values, identities),
		.metavar = "ARRAY",
		.kinds = KIND(ARRAY),
		.positional = true,
		.help = "these arrays: name, FQDN, GUID, DN, legacyExchangeDN or "
			"wildcard",
	},
	{
		.name = "site",
		.parameter = "Site",
		.type = OPT_LIST,
		.offset = offsetof(struct values, sites),
		.metavar = "SITE",
		.kinds = KIND(SITE),
		.help = "only arrays of this Active Directory site",
	},
	{
		.name = "databases",
		.type = OPT_FLAG,
		.offset = offsetof(struct values, databases),
		.help = "name the databases that use each array",
	},
};

static const struct out_column columns[] = {
	{.field = "name", .title = "NAME"},
	{.field = "fqdn", .title = "FQDN"},
	{.field = "site", .title = "SITE"},
	{.field = "members", .title = "MEMBERS"},
	{.field = "databases", .title = "DATABASES", .right = true},
	{.field = "database_names", .title = "DATABASE NAMES"},
};

/* The last column is for --databases only. */
static const struct out_view view = {
	.schema = "casarray.arrays",
	.kind = OUT_TABLE,
	.columns = columns,
	.n_columns = sizeof(columns) / sizeof(*columns) - 1,
	.empty = "no arrays",
};

static const struct out_view view_databases = {
	.schema = "casarray.arrays",
	.kind = OUT_TABLE,
	.columns = columns,
	.n_columns = sizeof(columns) / sizeof(*columns),
	.empty = "no arrays",
};

struct filter {
	const struct cas_objects *sites;
	bool databases;
};

/* A name of bytes that are no UTF-8 is written as cas_json_object() writes it. */
static json_t *name_of(const struct cas_organization *org,
		       const struct cas_object *object)
{
	json_t *row, *name = json_string(cas_object_name(object));

	if (name) {
		return name;
	}
	row = cas_json_object(org, object);
	name = json_incref(json_object_get(row, "name"));
	json_decref(row);
	return name;
}

/* The names of the databases that use an array; NULL: out of memory. */
static json_t *database_names(const struct cas_organization *org,
			      const struct cas_object *array)
{
	json_t *names = json_array();
	const struct cas_object *object;

	for (size_t i = 0; (object = cas_organization_object(org, CAS_KIND_DATABASE, i));
	     i++) {
		if (cas_database_target(cas_object_database(object)) == array &&
		    json_array_append_new(names, name_of(org, object))) {
			json_decref(names);
			return NULL;
		}
	}
	return names;
}

static int row(const void *closure, const struct cas_organization *org,
	       const struct cas_object *object, json_t **ret)
{
	const struct filter *filter = closure;
	const struct cas_site *site = cas_array_site(cas_object_array(object));

	if (filter->sites &&
	    !(site && cli_set_has(filter->sites, cas_site_object(site)))) {
		return 0;
	}
	*ret = cas_json_object(org, object);
	if (*ret && filter->databases &&
	    json_object_set_new(*ret, "database_names", database_names(org, object))) {
		json_decref(*ret);
		*ret = NULL;
	}
	return *ret ? 0 : -1;
}

static int run(struct cli_session *session, const void *data)
{
	const struct values *values = data;
	const struct cas_organization *org;
	struct cas_objects *arrays = NULL, *sites = NULL;
	struct cas_error *error = NULL;
	int status;

	if (cli_load(session, CAS_SCOPE_DATABASES, NULL, 0, &org, &error)) {
		return cli_fail(session, error);
	}
	status = cli_pick_filter(session, org, KIND(ARRAY), &values->identities, &arrays);
	if (!status) {
		status =
			cli_pick_filter(session, org, KIND(SITE), &values->sites, &sites);
	}
	if (!status) {
		const struct filter filter = {sites, values->databases};
		const struct cli_rows rows = {
			.view = values->databases ? &view_databases : &view,
			.org = org,
			.kind = CAS_KIND_ARRAY,
			.only = arrays,
			.row = row,
			.closure = &filter,
		};

		status = cli_print_rows(session, &rows);
	}
	cas_objects_free(sites);
	cas_objects_free(arrays);
	return status;
}

static const char *const examples[] = {
	"get-array",
	"get-array outlook --databases",
	"get-array --site Berlin --format json",
	"Get-ClientAccessArray -Identity outlook*",
	NULL,
};

const struct cmd cmd_get_array = {
	.name = "get-array",
	.cmdlet = "Get-ClientAccessArray",
	.group = "Looking",
	.summary = "show arrays, their members and the databases that use them",
	.description =
		"Shows Client Access arrays. The members of an array are not stored in "
		"the "
		"directory: they are the Exchange 2010 Client Access servers of its site "
		"that have an RpcClientAccess object.\n"
		"A database uses an array when its legacyExchangeDN refers to that of "
		"the "
		"array, whatever the array is called today.",
	.examples = examples,
	CMD_OPTIONS(options),
	.values_size = sizeof(struct values),
	.run = run,
};
