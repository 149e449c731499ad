/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A folder of its own for each test, with "data.ldif" in it, and what to ask of it. */
#ifndef FOLDER_H
#define FOLDER_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "unit.h"

#define COUNT(rows) (int)(sizeof(rows) / sizeof(*(rows)))

static char folder[] = "/tmp/casarray-test-XXXXXX";
static char *file; /* folder/data.ldif */

/* Lives as long as the test. */
static inline char *at(const char *name)
{
	static char *paths[16];
	static size_t next;
	char **path = &paths[next++ % 16];

	free(*path);
	ck_assert_int_gt(asprintf(path, "%s/%s", folder, name), 0);
	return *path;
}

static inline void write_file(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_msg(fd >= 0, "%s: %s", path, strerror(errno));
	ck_assert_int_eq(casp_write_all(fd, text, strlen(text)), 0);
	ck_assert_int_eq(fchmod(fd, mode), 0);
	ck_assert_int_eq(close(fd), 0);
}

static inline void assert_content(const char *path, const void *expected, size_t n)
{
	char *text = malloc(n + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got, total = 0;

	ck_assert_msg(fd >= 0, "%s: %s", path, strerror(errno));
	while ((got = read(fd, text + total, n + 1 - (size_t)total)) > 0) {
		total += got;
	}
	close(fd);
	ck_assert_int_eq(total, (ssize_t)n);
	ck_assert_mem_eq(text, expected, n);
	free(text);
}

/* The call failed with this code and this message; frees the error. */
static inline void failed(int r, struct cas_error **err, enum cas_code code,
			  const char *format, ...) __attribute__((format(printf, 4, 5)));

static inline void failed(int r, struct cas_error **err, enum cas_code code,
			  const char *format, ...)
{
	char message[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(message, sizeof(message), format, ap);
	va_end(ap);
	ck_assert_str_eq(cas_error_message(*err), message);
	ck_assert_str_eq(cas_code_name(cas_error_code(*err)), cas_code_name(code));
	ck_assert_int_eq(r, code);
	cas_error_free(*err);
	*err = NULL;
}

/* How many entries the folder has. */
static inline int entries(void)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int n = 0;

	while ((entry = readdir(dir))) {
		n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	}
	closedir(dir);
	return n;
}

static inline void setup(void)
{
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_gt(asprintf(&file, "%s/data.ldif", folder), 0);
	write_file(file, "old", 0644);
}

static inline int remove_one(const char *path, const struct stat *st, int type,
			     struct FTW *walk)
{
	return remove(path);
}

static inline void teardown(void)
{
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(file);
}

#endif
