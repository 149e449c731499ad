/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* complete: what may follow on a half-typed command line, for the shells. */
#include "cli/complete.h"

#include <stdlib.h>
#include <string.h>

#include "cli/session.h"
#include "commands.h"

struct values {
	struct opt_list words;
};

static const struct opt options[] = {
	{
		.name = "word",
		.type = OPT_LIST,
		.offset = offsetof(struct values, words),
		.metavar = "WORD",
		.positional = true,
		.help = "the words after 'casarray'; the last one is completed",
	},
};

/* "~/x" as the shell would have it: what is completed was not expanded. */
static const char *expand(struct opt_pool *pool, const char *path)
{
	const char *home = getenv("HOME");
	char *expanded;

	if (strncmp(path, "~/", 2) != 0 || !home) {
		return path;
	}
	expanded = opt_pool_printf(pool, "%s%s", home, path + 1);
	return expanded ? expanded : path;
}

static void silence(void *closure, enum cas_log_level level, const char *message)
{
}

/* Names out of the directory; nothing when there is none or it cannot be read. */
static void add_names(void *closure, unsigned kinds, const struct opt_list *directories,
		      const char *start, const char *before, struct cli_candidates *ret)
{
	struct cli_session *session = closure;
	unsigned scope = kinds & 1u << CAS_KIND_DATABASE ? CAS_SCOPE_DATABASES
							 : CAS_SCOPE_TOPOLOGY;
	const struct cas_organization *organization;
	struct cas_error *error = NULL;

	if (directories->n) {
		session->global.directory = *directories;
	}
	for (size_t i = 0; i < session->global.directory.n; i++) {
		session->global.directory.v[i] =
			expand(session->pool, session->global.directory.v[i]);
	}
	cas_context_set_log(session->context, CAS_LOG_ERROR, silence, NULL);
	/* a key press is no reason to look for servers */
	if (!cli_names_directory(session)) {
		return;
	}
	if (cli_load(session, scope, NULL, 0, &organization, &error)) {
		cas_error_free(error);
		return;
	}
	for (unsigned kind = 0; kind < CAS_N_KINDS; kind++) {
		const struct cas_object *object;

		for (size_t i = 0; kinds & 1u << kind &&
				   (object = cas_organization_object(
					    organization, (enum cas_kind)kind, i));
		     i++) {
			cli_candidate_add(ret, start, before, cas_object_name(object),
					  cas_kind_name((enum cas_kind)kind));
		}
	}
}

static int run(struct cli_session *session, const void *data)
{
	const struct values *values = data;
	struct cli_candidates found = {.pool = session->pool};

	cli_complete(&found, values->words.v, values->words.n, add_names, session);
	for (size_t i = 0; i < found.n; i++) {
		fputs(found.v[i].text, session->stream);
		if (found.v[i].help) {
			fputc('\t', session->stream);
			fputs(found.v[i].help, session->stream);
		}
		fputc('\n', session->stream);
	}
	return EXIT_DONE;
}

static const char *const examples[] = {"complete -- au", "complete -- audit --fail-on ''",
				       NULL};

const struct cmd cmd_complete = {
	.name = "complete",
	.group = "About casarray",
	.summary = "print what may follow on a command line",
	.description = "The shells' completion asks this command. It prints one "
		       "candidate a line, "
		       "and after a tab what it is. An error means no candidates.",
	.examples = examples,
	CMD_OPTIONS(options),
	.values_size = sizeof(struct values),
	.flags = CMD_HIDDEN | CMD_NO_DIRECTORY,
	.run = run,
};
