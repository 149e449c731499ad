/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* help: the list of commands, one of them, or a topic. */
#include "cli/session.h"
#include "commands.h"

struct values {
	const char *topic;
};

static const struct opt options[] = {
	{
		.name = "topic",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, topic),
		.metavar = "TOPIC",
		.names_command = true,
		.positional = true,
		.help = "a command, or exit-status, environment, formats, identities",
	},
};

static int run(struct cli_session *session, const void *data)
{
	const struct values *values = data;
	const struct cmd *cmd = values->topic ? cmd_find(values->topic) : NULL;
	const struct cmd *nearest;

	if (!values->topic) {
		cli_help_list(session->stream);
		return EXIT_DONE;
	}
	if (cmd) {
		cli_help_command(cmd, session->stream);
		return EXIT_DONE;
	}
	if (cli_help_topic(values->topic, session->stream)) {
		return EXIT_DONE;
	}
	nearest = cmd_nearest(values->topic);
	return nearest ? cli_usage(session, "no help on '%s'; did you mean '%s'?",
				   values->topic, nearest->name)
		       : cli_usage(session, "no help on '%s'", values->topic);
}

static const char *const examples[] = {"help", "help new-array", "help identities", NULL};

const struct cmd cmd_help = {
	.name = "help",
	.group = "About casarray",
	.summary = "explain a command or a topic",
	.description = "Prints the list of commands, the help of one command, which "
		       "'casarray COMMAND --help' prints, too, or a topic: exit-status, "
		       "environment, formats, identities.",
	.examples = examples,
	CMD_OPTIONS(options),
	.values_size = sizeof(struct values),
	.flags = CMD_NO_DIRECTORY | CMD_NO_CONFIG,
	.run = run,
};
