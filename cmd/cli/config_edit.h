/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A configuration file that gets more sections at its end. */
#ifndef CLI_CONFIG_EDIT_H
#define CLI_CONFIG_EDIT_H

#include <stdbool.h>
#include <sys/stat.h>

#include "cli.h"

struct cli_config_edit {
	const char *path; /* as messages name it */
	char *target;     /* without links */
	char *text;       /* the file as it is, then with what was added */
	size_t n;
	size_t size; /* what there is room for; 0: as long as nothing was added */
	bool is_new;
	bool crlf;
	int lock; /* of its folder; -1: none */
	struct stat stat;
};

/*
 * Reads the file, which need not exist. With `write` nobody else changes it until
 * cli_config_edit_end(), and its folder is made. 0, or the code of cli_problem(); _end()
 * is due in either case.
 */
int cli_config_edit_begin(struct cli_session *session, struct cli_config_edit *edit,
			  const char *path, bool write);
/* Puts a section, lines with "\n", below an empty line at the end, with the line ends of
 * the file. 0 or as above; so of the next one. */
int cli_config_edit_add(struct cli_session *session, struct cli_config_edit *edit,
			const char *section);
/* Replaces the file as a whole; a new one is its owner's only. */
int cli_config_edit_commit(struct cli_session *session, struct cli_config_edit *edit);
void cli_config_edit_end(struct cli_config_edit *edit);

#endif
