/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where configuration files are. */
#include "config.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "session.h"

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

/* The user's own. */
static char *own_file(struct opt_pool *pool)
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
	const char *named = getenv("CASARRAY_CONFIG");

	return named && *named ? named : own_file(session->pool);
}
