/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files that are read whatever the command is: nothing may replace them. */
#include <string.h>
#include <sys/stat.h>

#include "session.h"
#include "settings.h"

/* Devices are everybody's. */
static bool is_same(const struct stat *a, const char *path)
{
	struct stat b;

	return path && S_ISREG(a->st_mode) && !stat(path, &b) && a->st_dev == b.st_dev &&
	       a->st_ino == b.st_ino;
}

static bool is_directory(const struct cli_session *session, const struct stat *st)
{
	const struct opt_list *paths = &session->global.directory;

	for (size_t i = 0; i < paths->n; i++) {
		const char *path = paths->v[i];

		if (is_same(st, path + (strncmp(path, "ldif:", 5) ? 0 : 5))) {
			return true;
		}
	}
	return false;
}

static bool is_config(const struct cli_session *session, const struct stat *st)
{
	for (size_t i = 0; session->settings && i < CLI_CONFIG_NONE; i++) {
		if (is_same(st, session->settings->paths[i])) {
			return true;
		}
	}
	return false;
}

const char *cli_input(const struct cli_session *session, const char *path)
{
	struct stat st;

	if (stat(path, &st)) {
		return NULL;
	}
	return is_directory(session, &st)                    ? "the directory itself"
	       : is_config(session, &st)                     ? "the configuration"
	       : is_same(&st, session->global.password_file) ? "the password file"
							     : NULL;
}
