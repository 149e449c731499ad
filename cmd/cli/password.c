/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A password, from a file or from the terminal: never from the command line or the
 * environment, which others can see. What was read is wiped, but for the result.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "session.h"

#define PASSWORD_MAX 4096

/* The first line. -1: errno, EMSGSIZE when it is too long, EINTR when interrupted. */
static int read_line(int fd, char **ret)
{
	char line[PASSWORD_MAX + 2];
	size_t n = 0;
	ssize_t got = 1;

	while (n < sizeof(line) && got > 0 && !memchr(line, '\n', n)) {
		if (!cli_wait_readable(fd)) {
			errno = EINTR;
			got = -1;
			break;
		}
		got = read(fd, line + n, sizeof(line) - n);
		n += got > 0 ? (size_t)got : 0;
		if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
			got = 1;
		}
	}
	if (got >= 0) {
		size_t length = n;
		char *end = memchr(line, '\n', n);

		length = end ? (size_t)(end - line) : n;
		length -= length > 0 && line[length - 1] == '\r';
		errno = length > PASSWORD_MAX ? EMSGSIZE : ENOMEM;
		*ret = length > PASSWORD_MAX ? NULL : strndup(line, length);
		got = *ret ? 0 : -1;
	}
	explicit_bzero(line, sizeof(line));
	return got < 0 ? -1 : 0;
}

/* ---- from a file ---- */

static const char *const how_to_mend = "try chmod 600";

static int check_file(struct cli_session *session, int fd, const char *path)
{
	struct stat st;

	if (fstat(fd, &st)) {
		return cli_problem(session, CAS_E_IO, NULL, "cannot read '%s': %s", path,
				   strerror(errno));
	}
	if (st.st_mode & (S_IRWXG | S_IRWXO)) {
		return cli_problem(session, CAS_E_REFUSED, how_to_mend,
				   "the password in '%s' is open to others (mode %03o)",
				   path, (unsigned)st.st_mode & 0777);
	}
	if (st.st_uid != geteuid() && st.st_uid != 0) {
		return cli_problem(session, CAS_E_REFUSED, NULL,
				   "the password in '%s' is another user's", path);
	}
	return 0;
}

static int from_file(struct cli_session *session, const char *path, char **ret)
{
	/* Opening a pipe by its name would wait for who writes, and for no Ctrl-C. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int code;

	if (fd < 0) {
		return cli_problem(session, CAS_E_IO, NULL, "cannot read '%s': %s", path,
				   strerror(errno));
	}
	code = check_file(session, fd, path);
	if (code == 0 && read_line(fd, ret)) {
		code = cli_problem(session, errno == EINTR ? CAS_E_INTERRUPTED : CAS_E_IO,
				   NULL, "cannot read the password in '%s': %s", path,
				   strerror(errno));
	}
	close(fd);
	return code;
}

/* ---- from the terminal ---- */

/* They would leave a terminal behind that shows nothing of what is typed. */
static const int signals[] = {SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
#define N_SIGNALS (sizeof(signals) / sizeof(*signals))

/* They end the question as Ctrl-C does. */
static void catch_signals(struct sigaction *old)
{
	struct sigaction interrupt;

	sigaction(SIGINT, NULL, &interrupt);
	for (size_t i = 0; i < N_SIGNALS; i++) {
		sigaction(signals[i], &interrupt, &old[i]);
	}
}

static void let_signals(const struct sigaction *old)
{
	for (size_t i = 0; i < N_SIGNALS; i++) {
		sigaction(signals[i], &old[i], NULL);
	}
}

static int from_terminal(struct cli_session *session, char **ret)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	struct sigaction actions[N_SIGNALS];
	struct termios old, quiet;
	int code = 0;

	if (fd < 0 || tcgetattr(fd, &old)) {
		if (fd >= 0) {
			close(fd);
		}
		return cli_problem(session, CAS_E_USAGE, "try --password-file FILE",
				   "there is no terminal to ask for the password of '%s'",
				   session->global.user);
	}
	catch_signals(actions);
	quiet = old;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(fd, TCSAFLUSH, &quiet);
	dprintf(fd, "password: ");
	if (read_line(fd, ret)) {
		code = cli_problem(session, errno == EINTR ? CAS_E_INTERRUPTED : CAS_E_IO,
				   NULL, "cannot read the password: %s", strerror(errno));
	}
	tcsetattr(fd, TCSAFLUSH, &old);
	let_signals(actions);
	dprintf(fd, "\n");
	close(fd);
	return code;
}

/* Nobody types it twice, and a descriptor has it only once. */
int cli_password(struct cli_session *session, char **ret)
{
	static const struct rlimit none = {0, 0};
	const char *path = session->global.password_file;
	int code = 0;

	/* a crash shall not leave it on a disk */
	setrlimit(RLIMIT_CORE, &none);
	if (!session->password) {
		code = path ? from_file(session, path, &session->password)
			    : from_terminal(session, &session->password);
	}
	if (code < 0) {
		return code;
	}
	*ret = strdup(session->password);
	return *ret ? 0 : cli_problem(session, CAS_E_NOMEM, NULL, "out of memory");
}

void cli_password_forget(struct cli_session *session)
{
	if (session->password) {
		explicit_bzero(session->password, strlen(session->password));
	}
	free(session->password);
	session->password = NULL;
}
