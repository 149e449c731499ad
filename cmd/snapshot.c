/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* snapshot: writes what rules need of a directory to one LDIF file. */
#include "cli/objects.h"
#include "commands.h"

#include <string.h>

struct values {
	const char *file;
	bool redact;
	const char *map;
	bool force;
};

static const struct opt options[] = {
	{
		.name = "file",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, file),
		.metavar = "FILE",
		.required = true,
		.positional = true,
		.help = "the file to write",
	},
	{
		.name = "redact",
		.type = OPT_FLAG,
		.offset = offsetof(struct values, redact),
		.help = "replace all names, one name always by the same",
	},
	{
		.name = "redact-map",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, map),
		.metavar = "FILE",
		.help = "replace names, and write to this file what stands for what",
	},
	{
		.name = "force",
		.type = OPT_FLAG,
		.offset = offsetof(struct values, force),
		.help = "replace a file that exists",
	},
};

static const struct out_column columns[] = {
	{.field = "file", .title = "file"},
	{.field = "map", .title = "map"},
	{.field = "entries", .title = "entries"},
	{.field = "sites", .title = "sites"},
	{.field = "servers", .title = "servers"},
	{.field = "arrays", .title = "arrays"},
	{.field = "databases", .title = "databases"},
	{.field = "redacted", .title = "redacted"},
};

static const struct out_view view = {
	.schema = "casarray.snapshot",
	.kind = OUT_RECORDS,
	.columns = columns,
	.n_columns = sizeof(columns) / sizeof(*columns),
};

static json_t *make_row(const struct cas_snapshot *how, const char *file,
			const size_t *counts)
{
	json_int_t entries = 0;
	json_t *row;

	for (size_t i = 0; i < CAS_N_KINDS; i++) {
		entries += (json_int_t)counts[i];
	}
	/* a path may be of any bytes, JSON is not */
	row = json_pack("{s:o*, s:I, s:I, s:I, s:I, s:I, s:b}", "file", json_string(file),
			"entries", entries, "sites", (json_int_t)counts[CAS_KIND_SITE],
			"servers", (json_int_t)counts[CAS_KIND_SERVER], "arrays",
			(json_int_t)counts[CAS_KIND_ARRAY], "databases",
			(json_int_t)counts[CAS_KIND_DATABASE], "redacted", how->redact);
	if (row && how->map) {
		json_object_set_new(row, "map", json_string(how->map));
	}
	return row;
}

static int run(struct cli_session *session, const void *data)
{
	const struct values *values = data;
	const struct cas_snapshot how = {
		.redact = values->redact || values->map,
		.map = values->map,
		.replace = values->force,
	};
	struct cas_directory *directory;
	struct cas_error *error = NULL;
	size_t counts[CAS_N_KINDS];

	/* what is written is whole or not there, which a pipe cannot promise */
	if (!strcmp(values->file, "-") || (values->map && !strcmp(values->map, "-"))) {
		return cli_usage(session, "a snapshot is written to a file, not to '-'");
	}
	if (cli_directory(session, &directory, &error) ||
	    cas_snapshot_write(directory, values->file, &how, counts, &error)) {
		return cli_fail(session, error);
	}
	return cli_print_one(session, &view, NULL, make_row(&how, values->file, counts));
}

static const char *const examples[] = {
	"snapshot contoso-today.ldif",
	"snapshot contoso-today.ldif --force",
	"snapshot for-support.ldif --redact-map for-us.txt",
	NULL,
};

const struct cmd cmd_snapshot = {
	.name = "snapshot",
	.group = "Judging",
	.summary = "write the organization to one LDIF file, to be audited elsewhere",
	.description =
		"Writes what the rules need of the directory, a server or several files, "
		"to one LDIF file. An audit of that file finds what an audit of the "
		"directory finds, without a connection and at any time. It is no backup: "
		"attributes that no rule needs are left out.\n"
		"With --redact all names are replaced: of the organization, sites, "
		"servers, arrays, databases, domains and mailboxes, in every place the "
		"same name by the same other one; GUIDs and subnets, too. Only names "
		"that "
		"Exchange gives in every organization stay. The findings are the same, "
		"on objects of other names.\n"
		"The file can be read by its owner only. It is written as a whole or not "
		"at all, and a file that exists is not replaced without --force.",
	.examples = examples,
	CMD_OPTIONS(options),
	.values_size = sizeof(struct values),
	.run = run,
};
