/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configuration files: where they are, who may write them, what is in them. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "session.h"

/* More than anybody writes by hand. */
#define FILE_MAX_BYTES (16u << 20)

static char *home_folder(struct opt_pool *pool)
{
	const char *home = getenv("HOME");
	struct passwd entry, *found = NULL;
	char text[4096];

	if (home && *home) {
		return opt_pool_printf(pool, "%s", home);
	}
	if (getpwuid_r(getuid(), &entry, text, sizeof(text), &found) == 0 && found) {
		return opt_pool_printf(pool, "%s", found->pw_dir);
	}
	return opt_pool_printf(pool, "/");
}

char *cli_own_config(struct opt_pool *pool)
{
	const char *folder = getenv("XDG_CONFIG_HOME");
	const char *home;

	/* the XDG specification has a relative path ignored */
	if (folder && *folder == '/') {
		return opt_pool_printf(pool, "%s/casarray/casarray.conf", folder);
	}
	home = home_folder(pool);
	return home ? opt_pool_printf(pool, "%s/.config/casarray/casarray.conf", home)
		    : NULL;
}

const char *cli_config_file(struct cli_session *session)
{
	const char *named = session->global.config;

	named = named ? named : getenv("CASARRAY_CONFIG");
	return named && *named ? named : cli_own_config(session->pool);
}

const char *cli_expand(struct opt_pool *pool, const char *path)
{
	const char *home;

	if (strncmp(path, "~/", 2) != 0) {
		return path;
	}
	home = home_folder(pool);
	return home ? opt_pool_printf(pool, "%s%s", home, path + 1) : NULL;
}

/* ---- reading one ---- */

/* Who can write it decides what the program does. */
static int check_rights(struct cli_config *config, int fd, bool named, bool *ret)
{
	struct stat st;

	*ret = false;
	if (fstat(fd, &st)) {
		return cli_config_problem(config, 0, NULL, "cannot be read: %s",
					  strerror(errno));
	}
	if (S_ISDIR(st.st_mode)) {
		return cli_config_problem(config, 0, NULL, "is a folder");
	}
	/* Whoever names a file knows it: pipelines check files out that all may write.
	 * /dev/null is everybody's. */
	if (named || S_ISCHR(st.st_mode)) {
		*ret = true;
		return 0;
	}
	if (st.st_uid != 0 && st.st_uid != geteuid()) {
		return cli_config_problem(config, 0, "make a copy of it that is yours",
					  "belongs to another user (uid %lu)",
					  (unsigned long)st.st_uid);
	}
	if (st.st_mode & (S_IWGRP | S_IWOTH)) {
		char *path = cli_quote(config->pool, config->file);
		char *hint =
			path ? opt_pool_printf(config->pool, "try chmod go-w %s", path)
			     : NULL;

		return cli_config_problem(config, 0, hint,
					  "others may write it (mode %03o)",
					  (unsigned)st.st_mode & 0777);
	}
	*ret = true;
	return 0;
}

int cli_config_load(int fd, char **ret, size_t *ret_n)
{
	size_t size = 4096, n = 0;
	char *text = NULL;
	ssize_t got = 1;
	int error = 0;

	while (got > 0 && n <= FILE_MAX_BYTES) {
		char *grown = realloc(text, size *= 2);

		if (!grown) {
			free(text);
			return ENOMEM;
		}
		text = grown;
		do {
			got = read(fd, text + n, size - n);
			n += got > 0 ? (size_t)got : 0;
		} while ((got < 0 && errno == EINTR) || (got > 0 && n < size));
		error = got < 0 ? errno : 0;
	}
	if (!error && n > FILE_MAX_BYTES) {
		error = EFBIG;
	}
	if (error) {
		free(text);
		return error;
	}
	text[n] = '\0';
	*ret = text;
	*ret_n = n;
	return 0;
}

static int read_file(struct cli_config *config, int fd)
{
	char *text = NULL;
	size_t n = 0;
	int status, error = cli_config_load(fd, &text, &n);

	if (error == ENOMEM) {
		return -1;
	}
	if (error == EFBIG) {
		return cli_config_problem(config, 0, NULL, "is larger than 16 MiB");
	}
	if (error) {
		return cli_config_problem(config, 0, NULL, "cannot be read: %s",
					  strerror(error));
	}
	status = cli_config_parse(config, config->pool, config->file, text, n);
	free(text);
	return status;
}

int cli_config_read(struct cli_config *ret, struct opt_pool *pool, const char *path,
		    bool named)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	bool is_safe;
	int status;

	*ret = (struct cli_config){.pool = pool, .file = path};
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR) && !named) {
		ret->file = NULL;
		return 0;
	}
	if (fd < 0) {
		return cli_config_problem(ret, 0,
					  errno == EACCES
						  ? "run it as a user who may, or "
						    "name another one with "
						    "--config"
						  : NULL,
					  "cannot be read: %s", strerror(errno));
	}
	status = check_rights(ret, fd, named, &is_safe);
	if (!status && is_safe) {
		status = read_file(ret, fd);
	}
	close(fd);
	return status;
}
