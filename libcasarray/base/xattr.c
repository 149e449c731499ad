/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a file carries beside its content and mode: access lists, labels, a user's notes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "file.h"

/* Some other process may add to them meanwhile. */
#define TRIES 8

/* The names, each with its NUL; *n bytes. NULL: there are none, or they cannot be read.
 */
static char *list_names(int fd, size_t *n)
{
	for (unsigned tries = 0; tries < TRIES; tries++) {
		ssize_t size = flistxattr(fd, NULL, 0), got;
		char *names;

		if (size <= 0 || !(names = malloc((size_t)size))) {
			return NULL;
		}
		got = flistxattr(fd, names, (size_t)size);
		if (got >= 0) {
			*n = (size_t)got;
			return names;
		}
		free(names);
		if (errno != ERANGE) {
			return NULL;
		}
	}
	return NULL;
}

static bool copy_one(int from, int to, const char *name)
{
	ssize_t size = fgetxattr(from, name, NULL, 0), got;
	char *value;
	bool ok;

	if (size < 0) {
		return errno == ENODATA;
	}
	value = malloc((size_t)size + 1);
	if (!value) {
		return false;
	}
	got = fgetxattr(from, name, value, (size_t)size);
	ok = got >= 0 && fsetxattr(to, name, value, (size_t)got, 0) == 0;
	free(value);
	return ok;
}

bool casp_xattrs_copy(int from, int to)
{
	size_t n = 0;
	char *names = list_names(from, &n);
	bool ok = true;

	for (size_t i = 0; names && i < n; i += strlen(names + i) + 1) {
		/* Labels may be the kernel's to give, and notes are no reason to stop. */
		if (!copy_one(from, to, names + i)) {
			ok = ok && strcmp(names + i, CASP_ACCESS_LIST) != 0;
		}
	}
	free(names);
	return ok;
}
