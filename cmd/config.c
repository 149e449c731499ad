/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* config: the settings that are in force, and the files that they come from. */
#include <string.h>

#include "cli/objects.h"
#include "cli/settings.h"
#include "cli/text.h"
#include "commands.h"

static const char *const actions[] = {"show", "path", NULL};

struct values {
	const char *action;
	bool origin;
};

static const struct opt options[] = {
	{
		.name = "action",
		.type = OPT_CHOICE,
		.offset = offsetof(struct values, action),
		.metavar = "ACTION",
		.choices = actions,
		.required = true,
		.positional = true,
		.help = "what is printed: show, the settings; path, the files",
	},
	{
		.name = "origin",
		.type = OPT_FLAG,
		.offset = offsetof(struct values, origin),
		.help = "show: say of each setting where it comes from",
	},
};

/* ---- show ---- */

static const struct out_column setting_columns[] = {
	{.field = "section", .title = "section"},
	{.field = "key", .title = "key"},
	{.field = "value", .title = "value"},
	{.field = "origin", .title = "origin"},
};

static const struct out_view setting_view = {
	.schema = "casarray.config",
	.kind = OUT_TEXT,
	.columns = setting_columns,
	.n_columns = sizeof(setting_columns) / sizeof(*setting_columns),
};

static const char *origin_of(struct opt_pool *pool, const struct cli_origin *origin)
{
	const char *name = cli_utf8(pool, origin->name);

	return name && origin->line ? opt_pool_printf(pool, "%s:%zu", name, origin->line)
				    : name;
}

/* A line of a file, under its header when another section begins. */
static const char *file_text(struct opt_pool *pool, const struct cli_setting *setting,
			     const struct cli_setting *last, const char *utf8,
			     const char *origin)
{
	const char *value = cli_config_quote(pool, utf8);
	const char *head = "";

	if (!last || strcmp(last->section, setting->section) != 0) {
		head = opt_pool_printf(pool, "%s[%s]\n", last ? "\n" : "",
				       setting->section);
	}
	return value && head
		       ? opt_pool_printf(pool, "%s%s = %s%s%s", head, setting->key, value,
					 origin ? "  ; " : "", origin ? origin : "")
		       : NULL;
}

static int show(struct cli_session *session, const struct values *values)
{
	const struct cli_settings *settings = session->settings;

	if (out_begin(session->out, &setting_view, NULL)) {
		return cli_output_failed(session);
	}
	for (size_t i = 0; i < settings->n; i++) {
		const struct cli_setting *setting = &settings->v[i];
		const char *origin = origin_of(session->pool, &setting->origin);
		const char *value = cli_utf8(session->pool, setting->value);
		const char *text =
			value ? file_text(session->pool, setting, i ? setting - 1 : NULL,
					  value, values->origin ? origin : NULL)
			      : NULL;
		json_t *row = !origin || !text
				      ? NULL
				      : json_pack("{s:s, s:s, s:s, s:s}", "section",
						  setting->section, "key", setting->key,
						  "value", value, "origin", origin);

		/* text alone shows the line as it stands in a file */
		if (row && !out_wants_all(session->out)) {
			json_object_set_new(row, "text", json_string(text));
		}
		if (out_row(session->out, row)) {
			return cli_output_failed(session);
		}
	}
	return out_end(session->out, NULL) ? cli_output_failed(session) : EXIT_DONE;
}

/* ---- path ---- */

static const struct out_column file_columns[] = {
	{.field = "file", .title = "FILE"},
	{.field = "state", .title = "STATE"},
};

static const struct out_view file_view = {
	.schema = "casarray.configfiles",
	.kind = OUT_TABLE,
	.columns = file_columns,
	.n_columns = sizeof(file_columns) / sizeof(*file_columns),
};

static int path(struct cli_session *session)
{
	const struct cli_settings *settings = session->settings;

	if (out_begin(session->out, &file_view, NULL)) {
		return cli_output_failed(session);
	}
	for (size_t i = 0; i < CLI_CONFIG_NONE; i++) {
		const char *state = settings->files[i].file ? "read" : "not there";
		const char *file = cli_utf8(session->pool, settings->paths[i]);
		json_t *row = file ? json_pack("{s:s, s:s}", "file", file, "state", state)
				   : NULL;

		if (out_row(session->out, row)) {
			return cli_output_failed(session);
		}
	}
	return out_end(session->out, NULL) ? cli_output_failed(session) : EXIT_DONE;
}

static int run(struct cli_session *session, const void *data)
{
	const struct values *values = data;

	return values->action == actions[0] ? show(session, values) : path(session);
}

static const char *const examples[] = {"config show --origin", "config path", NULL};

const struct cmd cmd_config = {
	.name = "config",
	.group = "About casarray",
	.summary = "show the settings in force, or the files that have them",
	.description =
		"show prints what the command line, the environment and the "
		"configuration "
		"files say together, as a configuration file that says the same: the "
		"options "
		"of every command, the policy, rules and exemptions. With --origin each "
		"line "
		"says where it comes from: an option, a variable, FILE:LINE, or "
		"default.\n"
		"\n"
		"path prints the files that are looked for, the one that wins first.",
	.examples = examples,
	CMD_OPTIONS(options),
	.values_size = sizeof(struct values),
	.flags = CMD_NO_DIRECTORY,
	.run = run,
};
