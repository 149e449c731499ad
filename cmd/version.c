/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* version: which casarray this is. */
#include <string.h>

#include "cli/session.h"
#include "commands.h"

static const struct out_column columns[] = {
	{.field = "name", .title = "NAME"},
	{.field = "version", .title = "VERSION"},
};

static const struct out_view view = {
	.schema = "casarray.version",
	.kind = OUT_TABLE,
	.columns = columns,
	.n_columns = sizeof(columns) / sizeof(*columns),
};

static int run(struct cli_session *session, const void *data)
{
	/* the plain form starts as fast as a program can */
	if (!strcmp(session->global.format, "text") && !session->global.fields) {
		cli_version(session->stream);
		return EXIT_DONE;
	}
	if (out_begin(session->out, &view, NULL) ||
	    out_row(session->out, json_pack("{s:s, s:s}", "name", "casarray", "version",
					    cas_version())) ||
	    out_end(session->out, NULL)) {
		return cli_output_failed(session);
	}
	return EXIT_DONE;
}

static const char *const examples[] = {"version", "version --format json", NULL};

const struct cmd cmd_version = {
	.name = "version",
	.group = "About casarray",
	.summary = "print the version",
	.description = "Prints the name and the version of the program.",
	.examples = examples,
	.flags = CMD_NO_DIRECTORY | CMD_NO_CONFIG,
	.run = run,
};
