/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a file that people wrote, or standard input, as a whole. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "str.h"

#define CHUNK 65536

static int read_all(int fd, const char *path, size_t limit, struct casp_buf *buf,
		    struct cas_error **err)
{
	ssize_t got = 1;

	while (got) {
		if (buf->n > limit) {
			return casp_error(err, CAS_E_REFUSED,
					  "'%s' is larger than %zu bytes", path, limit);
		}
		if (!casp_buf_reserve(buf, CHUNK)) {
			return casp_error_nomem(err);
		}
		got = read(fd, buf->p + buf->n, CHUNK);
		if (got < 0 && errno != EINTR) {
			return casp_file_error(err, "read", path, errno);
		}
		buf->n += got > 0 ? (size_t)got : 0;
	}
	buf->p[buf->n] = '\0';
	return 0;
}

int casp_file_read(const char *path, size_t limit, char **ret, size_t *ret_n,
		   struct cas_error **err)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf buf = {0};
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	int code;

	if (fd < 0) {
		return casp_file_error(err, "open", path, errno);
	}
	code = read_all(fd, is_stdin ? "standard input" : path, limit, &buf, err);
	if (!is_stdin) {
		close(fd);
	}
	if (code) {
		return code;
	}
	*ret = buf.p;
	*ret_n = buf.n;
	buf = (struct casp_buf){0};
	return 0;
}
