/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* complete: what may follow on a half-typed command line, for the shells. */
#include "cli/complete.h"

#include <string.h>

#include "cli/session.h"
#include "cli/settings.h"
#include "cli/value.h"
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

static void silence(void *closure, enum cas_log_level level, const char *message)
{
}

/* The files as the shell would have them: what is completed was not expanded. */
static bool expand(struct opt_pool *pool, struct cli_global *global)
{
	for (size_t i = 0; i < global->directory.n; i++) {
		const char *path = cli_expand(pool, global->directory.v[i]);

		if (!path) {
			return false;
		}
		global->directory.v[i] = path;
	}
	if (global->config) {
		global->config = cli_expand(pool, global->config);
	}
	return true;
}

static bool has_value(const struct opt *opt, const struct cli_global *global)
{
	const void *value = (const char *)global + opt->offset;

	return opt->type == OPT_LIST
		       ? ((const struct opt_list *)value)->n > 0
		       : opt->type == OPT_TEXT && *(const char *const *)value != NULL;
}

/* What is in force for the line. false: out of memory. */
static bool settle(struct cli_session *session, const struct cli_global *given,
		   struct cli_settings *settings)
{
	struct cli_global *global = &session->global;
	bool *is_given = opt_pool_alloc(session->pool, opt_n_globals);

	for (size_t i = 0; is_given && i < opt_n_globals; i++) {
		const struct opt *opt = &opt_globals[i];

		if (has_value(opt, given)) {
			opt_value_copy(opt, (char *)global + opt->offset,
				       (const char *)given + opt->offset);
		}
		is_given[i] = has_value(opt, global);
	}
	return is_given && expand(session->pool, global) &&
	       !cli_settings_load(settings, session->pool, global, is_given);
}

static void add_profiles(const struct cli_settings *settings, const char *start,
			 const char *before, struct cli_candidates *ret)
{
	for (size_t i = 0; i < settings->n_sections; i++) {
		const struct cli_placed *placed = &settings->sections[i];

		if (!strcmp(placed->section->kind, "profile") && !placed->hidden) {
			cli_candidate_add(ret, start, before, placed->name, NULL);
		}
	}
}

static void add_objects(struct cli_session *session, unsigned kinds, const char *start,
			const char *before, struct cli_candidates *ret)
{
	const struct cli_global *global = &session->global;
	unsigned scope = kinds & 1u << CAS_KIND_DATABASE ? CAS_SCOPE_DATABASES
							 : CAS_SCOPE_TOPOLOGY;
	const struct cas_organization *organization;
	struct cas_error *error = NULL;

	cas_context_set_log(session->context, CAS_LOG_ERROR, silence, NULL);
	/* a key press is no reason to look for servers, or to ask for a password */
	if (!cli_names_directory(session) || (global->user && !global->password_file)) {
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

/* Names of profiles, and names out of the directory; nothing when there is none or it
 * cannot be read. */
static void add_names(void *closure, const struct opt *opt,
		      const struct cli_global *given, const char *start,
		      const char *before, struct cli_candidates *ret)
{
	struct cli_session *session = closure;
	struct cli_settings settings;

	if (!settle(session, given, &settings)) {
		return;
	}
	if (opt->names_profile) {
		add_profiles(&settings, start, before, ret);
	} else {
		add_objects(session, opt->kinds, start, before, ret);
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
	.flags = CMD_HIDDEN | CMD_NO_DIRECTORY | CMD_NO_CONFIG,
	.run = run,
};
