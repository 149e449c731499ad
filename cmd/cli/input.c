/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which file is which: those that are read whatever the command is may not be replaced.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "session.h"
#include "settings.h"

static bool is_same_inode(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Devices are everybody's. */
static bool is_same(const struct stat *a, const char *path)
{
	struct stat b;

	return path && S_ISREG(a->st_mode) && !stat(path, &b) && is_same_inode(a, &b);
}

/* Would they be made in the same folder, with the same name? */
static bool is_same_name(const char *a, const char *b)
{
	const char *slash_a = strrchr(a, '/');
	const char *slash_b = strrchr(b, '/');
	char *folder_a = slash_a ? strndup(a, (size_t)(slash_a + 1 - a)) : strdup(".");
	char *folder_b = slash_b ? strndup(b, (size_t)(slash_b + 1 - b)) : strdup(".");
	struct stat x, y;
	bool same = !strcmp(slash_a ? slash_a + 1 : a, slash_b ? slash_b + 1 : b) &&
		    folder_a && folder_b && !stat(folder_a, &x) && !stat(folder_b, &y) &&
		    is_same_inode(&x, &y);

	free(folder_a);
	free(folder_b);
	return same;
}

bool cli_is_same_file(const char *a, const char *b)
{
	struct stat st;

	if (!strcmp(a, b)) {
		return true;
	}
	return stat(a, &st) ? stat(b, &st) && is_same_name(a, b) : is_same(&st, b);
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
