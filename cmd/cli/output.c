/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --output: a file that is replaced as a whole, or not at all. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "session.h"

struct cli_output {
	char *path;
	char *temporary; /* NULL: written directly (a device, a pipe) */
	FILE *stream;
};

/* The mode of the file that is replaced, else what creating it would give. */
static int set_mode(int fd, const struct stat *old)
{
	mode_t mask;

	if (old) {
		return fchmod(fd, old->st_mode & 0777);
	}
	mask = umask(0);
	umask(mask);
	return fchmod(fd, 0666 & ~mask);
}

#define INFIX ".output-"
#define RANDOM "XXXXXX"

/* "FOLDER/.NAME.output-" of the path. NULL: out of memory. */
static char *name_temporary(const char *path)
{
	const char *slash = strrchr(path, '/');
	int folder = slash ? (int)(slash + 1 - path) : 0;
	char *text;

	return asprintf(&text, "%.*s.%s" INFIX, folder, path, path + folder) < 0 ? NULL
										 : text;
}

/* The folder that a path is in. */
static int open_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? strndup(path, (size_t)(slash + 1 - path)) : strdup(".");
	int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	free(folder);
	return fd;
}

/* Whoever writes a temporary file has it locked: one that can be locked is of a run that
 * was killed. */
static void remove_stale(int folder, const char *entry)
{
	int fd = openat(folder, entry, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0) {
		if (!flock(fd, LOCK_EX | LOCK_NB)) {
			unlinkat(folder, entry, 0);
		}
		close(fd);
	}
}

/* Not to be able to tidy up is no reason not to work. */
static void tidy(const char *beginning)
{
	const char *slash = strrchr(beginning, '/');
	const char *name = slash ? slash + 1 : beginning;
	size_t n = strlen(name);
	int fd = open_folder(beginning);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!folder) {
		if (fd >= 0) {
			close(fd);
		}
		return;
	}
	while ((entry = readdir(folder))) {
		if (!strncmp(entry->d_name, name, n) &&
		    strlen(entry->d_name) == n + strlen(RANDOM)) {
			remove_stale(dirfd(folder), entry->d_name);
		}
	}
	closedir(folder);
}

/* Where the file system has locks. false: who tidies up was faster, and removes it. */
static bool lock_temporary(int fd)
{
	struct stat st;

	if (flock(fd, LOCK_EX | LOCK_NB)) {
		return errno != EWOULDBLOCK;
	}
	return fstat(fd, &st) || st.st_nlink;
}

/* A new file, locked. -1 with errno. */
static int create_temporary(struct cli_output *output, const char *beginning)
{
	for (unsigned tries = 0; tries < 10; tries++) {
		int fd;

		free(output->temporary);
		if (asprintf(&output->temporary, "%s" RANDOM, beginning) < 0) {
			output->temporary = NULL;
			return -1;
		}
		fd = mkostemp(output->temporary, O_CLOEXEC);
		if (fd < 0) {
			break;
		}
		if (lock_temporary(fd)) {
			return fd;
		}
		close(fd);
	}
	free(output->temporary);
	output->temporary = NULL;
	return -1;
}

static int open_temporary(struct cli_output *output, const struct stat *old)
{
	char *beginning = name_temporary(output->path);
	int fd;

	if (!beginning) {
		return -1;
	}
	tidy(beginning);
	fd = create_temporary(output, beginning);
	free(beginning);
	if (fd >= 0 && set_mode(fd, old)) {
		close(fd);
		return -1;
	}
	return fd;
}

static int open_any(struct cli_output *output, const char *path)
{
	struct stat old;
	struct stat link;
	bool exists = stat(path, &old) == 0;
	int error = errno;

	/* a link that leads nowhere is not ours to replace */
	if (!exists && !lstat(path, &link)) {
		errno = error;
		return -1;
	}
	if (exists && !S_ISREG(old.st_mode)) {
		return open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	}
	/* a symbolic link stays one: what it leads to is replaced */
	output->path = exists ? realpath(path, NULL) : strdup(path);
	if (!output->path) {
		return -1;
	}
	return open_temporary(output, exists ? &old : NULL);
}

int cli_output_open(struct cli_output **ret, const char *path)
{
	struct cli_output *output = calloc(1, sizeof(*output));
	int error;
	int fd;

	if (!output) {
		return ENOMEM;
	}
	fd = open_any(output, path);
	if (fd >= 0) {
		output->stream = fdopen(fd, "w");
		if (output->stream) {
			*ret = output;
			return 0;
		}
	}
	error = errno;
	if (fd >= 0) {
		close(fd);
	}
	cli_output_free(output);
	return error;
}

FILE *cli_output_stream(const struct cli_output *output)
{
	return output->stream;
}

/* So that the new name outlives a power failure. 0 or an errno. */
static int sync_folder(const char *path)
{
	int fd = open_folder(path);
	int error = 0;

	/* a folder that cannot be read cannot be synced, nor can those of some file
	 * systems */
	if (fd < 0) {
		return 0;
	}
	if (fsync(fd) && errno != EINVAL) {
		error = errno;
	}
	close(fd);
	return error;
}

/* The temporary file takes the name, still locked. 0 or an errno. */
static int put_in_place(struct cli_output *output)
{
	if (fsync(fileno(output->stream)) || rename(output->temporary, output->path)) {
		return errno;
	}
	free(output->temporary);
	output->temporary = NULL;
	return sync_folder(output->path);
}

int cli_output_commit(struct cli_output *output)
{
	FILE *stream = output->stream;
	bool replaces = output->temporary;
	int error = fflush(stream) ? errno : 0;

	if (!error && replaces) {
		error = put_in_place(output);
	}
	output->stream = NULL;
	/* what is synced is written, whatever closing says */
	return fclose(stream) && !error && !replaces ? errno : error;
}

void cli_output_free(struct cli_output *output)
{
	if (!output) {
		return;
	}
	if (output->stream) {
		fclose(output->stream);
	}
	if (output->temporary) {
		unlink(output->temporary);
		free(output->temporary);
	}
	free(output->path);
	free(output);
}
