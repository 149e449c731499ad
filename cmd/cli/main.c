/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The program: streams and signals, then the command line. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static void interrupt(int signal_number)
{
	cli_interrupted = 1;
}

/*
 * The first Ctrl-C asks for an orderly end, a second one kills. A reader that goes away
 * must not kill either: a change may be in progress.
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
}

/* A closed descriptor 0, 1 or 2 would be taken by the next file that is opened. Writing
 * still fails. */
static bool fill_descriptors(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDONLY);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0) {
		return false;
	}
	close(fd);
	return true;
}

int main(int argc, char **argv)
{
	static char buffer[64 << 10];
	int status;

	if (!fill_descriptors()) {
		return EXIT_UNREACHABLE;
	}
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	set_signals();
	status = cli_run(argc > 0 ? argc - 1 : 0, argv + (argc > 0), stdout, stderr);
	/* the status says what happened to the directory, also when nobody reads on */
	fflush(stdout);
	return status;
}
