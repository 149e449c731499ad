/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands in help order, and how a word finds one. */
#include "cli.h"

#include <string.h>
#include <strings.h>

#include "../commands.h"
#include "text.h"

/* One a line. */
/* clang-format off */
const struct cmd *const cmd_table[] = {
	&cmd_audit,
	&cmd_doctor,
	&cmd_repair,
	&cmd_explain,
	&cmd_exempt,
	&cmd_snapshot,
	&cmd_get_array,
	&cmd_get_database,
	&cmd_get_server,
	&cmd_get_site,
	&cmd_default_server,
	&cmd_new_array,
	&cmd_set_array,
	&cmd_remove_array,
	&cmd_set_database,
	&cmd_dns,
	&cmd_export,
	&cmd_diff,
	&cmd_apply,
	&cmd_history,
	&cmd_undo,
	&cmd_resume,
	&cmd_config,
	&cmd_version,
	&cmd_help,
	&cmd_complete,
	NULL,
};
/* clang-format on */

const struct cmd *cmd_find(const char *word)
{
	for (const struct cmd *const *cmd = cmd_table; *cmd; cmd++) {
		if (!strcasecmp((*cmd)->name, word) ||
		    ((*cmd)->cmdlet && !strcasecmp((*cmd)->cmdlet, word))) {
			return *cmd;
		}
	}
	return NULL;
}

const struct cmd *cmd_nearest(const char *word)
{
	const struct cmd *nearest = NULL;
	size_t best = cli_nearness(word);

	for (const struct cmd *const *cmd = cmd_table; *cmd; cmd++) {
		size_t distance = cli_distance(word, (*cmd)->name, best);

		if ((*cmd)->flags & CMD_HIDDEN) {
			continue;
		}
		if (distance < best) {
			best = distance;
			nearest = *cmd;
		}
		distance =
			(*cmd)->cmdlet ? cli_distance(word, (*cmd)->cmdlet, best) : best;
		if (distance < best) {
			best = distance;
			nearest = *cmd;
		}
	}
	return nearest;
}
