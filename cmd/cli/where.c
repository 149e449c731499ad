/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that messages tell people to type, with the options that name the same
 * directory again. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"

static const char program[] = "casarray ";

#define TEXT(name, member)                                                               \
	{                                                                                \
		name, offsetof(struct cli_global, member), false                         \
	}
#define FLAG(name, member)                                                               \
	{                                                                                \
		name, offsetof(struct cli_global, member), true                          \
	}

/* What says where the directory is, who one is there, and where journals are; of those
 * that stand on the command line. */
static const struct {
	const char *name;
	size_t offset;
	bool is_flag;
} options[] = {
	TEXT("config", config),
	TEXT("profile", profile),
	TEXT("domain", domain),
	TEXT("domain-controller", domain_controller),
	TEXT("dns-server", dns_server),
	TEXT("user", user),
	TEXT("password-file", password_file),
	FLAG("anonymous", anonymous),
	TEXT("sasl-mech", mechanism),
	FLAG("start-tls", start_tls),
	TEXT("ca-file", ca_file),
	FLAG("tls-legacy", tls_legacy),
	TEXT("journal", journal),
};

static char *add_text(struct opt_pool *pool, const char *text, const char *name,
		      const char *value)
{
	const char *quoted = cli_quote(pool, value);

	return quoted ? opt_pool_printf(pool, "%s --%s %s", text, name, quoted) : NULL;
}

int cli_where_init(struct cli_session *session)
{
	const struct cli_global *global = &session->global;
	struct opt_pool *pool = session->pool;
	char *text = opt_pool_printf(pool, "%s", "");

	for (size_t i = 0; text && i < global->directory.n; i++) {
		text = add_text(pool, text, "directory", global->directory.v[i]);
	}
	for (size_t i = 0; text && i < sizeof(options) / sizeof(*options); i++) {
		const char *value = (const char *)global + options[i].offset;

		if (options[i].is_flag && *(const bool *)value) {
			text = opt_pool_printf(pool, "%s --%s", text, options[i].name);
		} else if (!options[i].is_flag && *(const char *const *)value) {
			text = add_text(pool, text, options[i].name,
					*(const char *const *)value);
		}
	}
	if (!text) {
		return -1;
	}
	session->where = text;
	return 0;
}

/*
 * The end of the command at `p`; NULL: it is none. A command is a line of its own, up to
 * its end or to "&&", or stands in single quotes.
 */
static const char *command_end(const char *text, const char *p)
{
	const char *end;

	if (p > text && p[-1] == '\'') {
		return strchr(p, '\'');
	}
	if (p > text && p[-1] != '\n' && (p - text < 4 || memcmp(p - 4, " && ", 4))) {
		return NULL;
	}
	end = strstr(p, " && ");
	return end && end < strchrnul(p, '\n') ? end : strchrnul(p, '\n');
}

static bool is_help(const char *p)
{
	return !strncmp(p + strlen(program), "help", 4);
}

char *cli_located(const struct cli_session *session, const char *text)
{
	const char *rest = text, *p = text;
	size_t size;
	char *located = NULL;
	FILE *stream = open_memstream(&located, &size);

	if (!stream) {
		return NULL;
	}
	while ((p = strstr(p, program))) {
		const char *end = command_end(text, p);

		if (end && !is_help(p)) {
			fwrite(rest, 1, (size_t)(end - rest), stream);
			fputs(session->where, stream);
			rest = end;
		}
		p = end ? end : p + strlen(program);
	}
	fputs(rest, stream);
	if (fclose(stream)) {
		free(located);
		return NULL;
	}
	return located;
}

static bool locate_member(const struct cli_session *session, json_t *finding,
			  const char *member)
{
	const char *text = json_string_value(json_object_get(finding, member));
	char *located;
	json_t *value;

	if (!*session->where || !text || !strstr(text, program)) {
		return true;
	}
	located = cli_located(session, text);
	/* a path that is not UTF-8 cannot be in JSON: then the command stays as it is */
	value = located ? json_string(located) : NULL;
	if (value) {
		json_object_set_new(finding, member, value);
	}
	free(located);
	return located != NULL;
}

bool cli_locate_fix(const struct cli_session *session, json_t *finding)
{
	return locate_member(session, finding, "fix") &&
	       locate_member(session, finding, "exempt");
}
