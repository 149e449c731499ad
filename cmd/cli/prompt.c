/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions, and what stands on stdin. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "session.h"

#define MOST_INPUT ((size_t)64 << 20)

volatile int cli_interrupted;

/* poll() is never restarted after a signal, read() is: Ctrl-C ends a question at once. */
bool cli_wait_readable(int fd)
{
	struct pollfd entry = {.fd = fd, .events = POLLIN};

	while (!cli_interrupted) {
		if (poll(&entry, 1, -1) >= 0) {
			return true;
		}
		if (errno != EINTR) {
			return true;
		}
	}
	return false;
}

bool cli_ask(struct cli_session *session, const char *question)
{
	char answer[64];
	ssize_t n;

	if (!session->interactive) {
		return false;
	}
	out_flush(session->out);
	out_escape(session->err, question);
	fputs(" [y/N] ", session->err);
	fflush(session->err);
	if (!cli_wait_readable(STDIN_FILENO)) {
		fputs("\n", session->err);
		return false;
	}
	/* a terminal hands out one line at a time */
	n = read(STDIN_FILENO, answer, sizeof(answer) - 1);
	if (n <= 0) {
		fputs("\n", session->err);
		return false;
	}
	answer[n] = '\0';
	answer[strcspn(answer, "\r\n")] = '\0';
	return !strcasecmp(answer, "y") || !strcasecmp(answer, "yes");
}

/* All of stdin, NUL-terminated. */
static int read_all(struct cli_session *session, char **ret, size_t *ret_n)
{
	size_t size = 1 << 16, n = 0;
	char *text = malloc(size);

	while (text) {
		ssize_t got;

		if (n + 1 == size) {
			char *grown = size < MOST_INPUT ? realloc(text, size * 2) : NULL;

			if (!grown) {
				break;
			}
			text = grown;
			size *= 2;
		}
		if (!cli_wait_readable(STDIN_FILENO)) {
			free(text);
			return cli_problem(session, CAS_E_INTERRUPTED, NULL,
					   "interrupted");
		}
		got = read(STDIN_FILENO, text + n, size - n - 1);
		if (got < 0 && errno != EINTR) {
			free(text);
			return cli_problem(session, CAS_E_IO, NULL,
					   "cannot read stdin: %s", strerror(errno));
		}
		if (got == 0) {
			text[n] = '\0';
			*ret = text;
			*ret_n = n;
			return 0;
		}
		n += got > 0 ? (size_t)got : 0;
	}
	free(text);
	return cli_problem(session, CAS_E_NOMEM, NULL,
			   "cannot keep what is on stdin: too much");
}

static char *trim(char *line)
{
	size_t n;

	line += strspn(line, " \t");
	n = strlen(line);
	while (n && strchr(" \t\r", line[n - 1])) {
		line[--n] = '\0';
	}
	return line;
}

int cli_read_lines(struct cli_session *session, struct opt_list *ret,
		   struct cas_error **err)
{
	size_t n = 0, n_lines = 1;
	const char **lines;
	char *text = NULL;
	char *rest;
	char *line;
	int code = read_all(session, &text, &n);

	if (code) {
		return code;
	}
	if (!opt_pool_take(session->pool, text)) {
		return cli_problem(session, CAS_E_NOMEM, NULL, "out of memory");
	}
	if (memchr(text, '\0', n)) {
		return cli_problem(session, CAS_E_FORMAT, "try one name a line, in UTF-8",
				   "stdin has a NUL byte");
	}
	for (const char *p = text; (p = strchr(p, '\n')); p++) {
		n_lines++;
	}
	lines = opt_pool_alloc(session->pool, n_lines * sizeof(*lines));
	if (!lines) {
		return cli_problem(session, CAS_E_NOMEM, NULL, "out of memory");
	}
	ret->v = lines;
	ret->n = 0;
	for (rest = text; (line = strsep(&rest, "\n"));) {
		line = trim(line);
		if (*line) {
			lines[ret->n++] = line;
		}
	}
	return 0;
}
