/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --output: a file that is replaced as a whole, or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
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

static int open_temporary(struct cli_output *output, const struct stat *old)
{
	int fd;

	if (asprintf(&output->temporary, "%s.XXXXXX", output->path) < 0) {
		output->temporary = NULL;
		return -1;
	}
	fd = mkostemp(output->temporary, O_CLOEXEC);
	if (fd < 0) {
		free(output->temporary);
		output->temporary = NULL;
		return -1;
	}
	if (set_mode(fd, old)) {
		close(fd);
		return -1;
	}
	return fd;
}

static int open_any(struct cli_output *output, const char *path)
{
	struct stat old;
	bool exists = stat(path, &old) == 0;

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

int cli_output_commit(struct cli_output *output)
{
	FILE *stream = output->stream;
	bool failed = fflush(stream) || (output->temporary && fsync(fileno(stream)));
	int error = errno;

	output->stream = NULL;
	if (fclose(stream) && !failed) {
		failed = true;
		error = errno;
	}
	if (failed) {
		return error;
	}
	if (!output->temporary) {
		return 0;
	}
	if (rename(output->temporary, output->path)) {
		return errno;
	}
	free(output->temporary);
	output->temporary = NULL;
	return 0;
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

bool cli_is_directory_file(struct cli_session *session, const char *output)
{
	struct opt_list *paths = &session->global.directory;
	struct stat a, b;

	if (cli_directory_default(paths, session->pool) || stat(output, &a)) {
		return false;
	}
	for (size_t i = 0; i < paths->n; i++) {
		const char *path = paths->v[i];

		path += strncmp(path, "ldif:", 5) ? 0 : 5;
		if (!stat(path, &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino) {
			return true;
		}
	}
	return false;
}
