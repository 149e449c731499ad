/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* export: the present state as a desired state. */
#include <errno.h>
#include <string.h>

#include "cli/objects.h"
#include "commands.h"

struct values {
	bool automatic;
};

static const struct opt options[] = {
	{
		.name = "auto",
		.type = OPT_FLAG,
		.offset = offsetof(struct values, automatic),
		.help = "write 'auto' for databases that use the only array of their "
			"home site",
	},
};

static int write_text(void *closure, const char *text, struct cas_error **err)
{
	struct cli_session *session = closure;

	if (cli_interrupted) {
		return cli_problem(session, CAS_E_INTERRUPTED, NULL, "interrupted");
	}
	if (fputs(text, session->stream) < 0 && errno != EPIPE) {
		return cli_problem(session, CAS_E_IO, NULL, "cannot write: %s",
				   strerror(errno));
	}
	return 0;
}

static int run(struct cli_session *session, const void *data)
{
	const struct values *values = data;
	const struct cas_export how = {.automatic = values->automatic};
	const char *format = session->global.format;
	const struct cas_organization *org;
	struct cas_error *error = NULL;

	if (strcmp(format, "text") != 0 && strcmp(format, "json") != 0) {
		return cli_usage(session, "a desired state is JSON, not '%s'", format);
	}
	if (session->global.fields) {
		return cli_usage(session, "a desired state has no fields to choose from");
	}
	if (cli_load(session, CAS_SCOPE_DATABASES, NULL, 0, &org, &error) ||
	    cas_export(org, &how, write_text, session, &error)) {
		return cli_fail(session, error);
	}
	return EXIT_DONE;
}

static const char *const examples[] = {
	"export --output wanted.json",
	"export --auto",
	NULL,
};

const struct cmd cmd_export = {
	.name = "export",
	.group = "Desired state",
	.summary = "write the present state as a desired state",
	.description =
		"Prints the arrays with their FQDN and site, and what each database "
		"points at, as a desired state: JSON, an object a line, in the order of "
		"the names. Kept in a repository, 'casarray diff' shows later what "
		"became different, and 'casarray apply' makes it so again.\n"
		"A database that points at nothing that exists is listed without a "
		"target: it is left as it is.",
	.examples = examples,
	CMD_OPTIONS(options),
	.values_size = sizeof(struct values),
	.run = run,
};
