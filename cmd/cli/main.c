/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The program: streams and signals, then the command line. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static void interrupt(int signal_number)
{
	cli_interrupted = 1;
}

/*
 * A file that is mapped became shorter: somebody writes it in place. What is being
 * changed is safe, as after a kill.
 */
static void cut_off(int signal_number)
{
	static const char text[] =
		"casarray: a file became shorter while it was read\n"
		"casarray: wait until whoever writes it has finished, then try again\n";
	ssize_t written = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)written;
	_exit(EXIT_UNREACHABLE);
}

/*
 * The first Ctrl-C asks for an orderly end, a second one kills. A reader that goes away
 * and a limit on the size of files must not kill either: a change may be in progress.
 */
static void set_signals(void)
{
	struct sigaction action = {.sa_handler = interrupt,
				   .sa_flags = SA_RESTART | (int)SA_RESETHAND};

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	action = (struct sigaction){.sa_handler = SIG_IGN};
	sigemptyset(&action.sa_mask);
	sigaction(SIGPIPE, &action, NULL);
	sigaction(SIGXFSZ, &action, NULL);
	action = (struct sigaction){.sa_handler = cut_off};
	sigemptyset(&action.sa_mask);
	sigaction(SIGBUS, &action, NULL);
}

/* A closed descriptor 0, 1 or 2 would be taken by the next file that is opened. Writing
 * still fails. */
static bool fill_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd) {
			return false;
		}
	}
	return true;
}

/*
 * libldap would read ldap.conf, and ldaprc of the current folder. Nothing there counts,
 * but one that sets KEEPALIVE_IDLE makes it crash (OpenLDAP 2.5). A library must not
 * decide that for the whole process; the program may.
 */
static bool ignore_ldaprc(void)
{
	return setenv("LDAPNOINIT", "1", 1) == 0;
}

int main(int argc, char **argv)
{
	static char buffer[64 << 10];
	int status;

	if (!fill_descriptors() || !ignore_ldaprc()) {
		return EXIT_UNREACHABLE;
	}
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	set_signals();
	status = cli_run(argc > 0 ? argc - 1 : 0, argv + (argc > 0), stdout, stderr);
	/* the status says what happened to the directory, also when nobody reads on */
	fflush(stdout);
	return status;
}
