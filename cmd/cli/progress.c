/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How far a long work has come, in one line on a terminal. */
#include "progress.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)
/* What takes less is not worth a line. */
#define PATIENCE (SECOND / 2)
#define INTERVAL (SECOND / 10)
/* Before that a rate says nothing. */
#define RATE_AFTER SECOND

struct cli_progress {
	FILE *stream;
	char what[16];
	int64_t start, last;
	size_t first; /* how much was done at the start */
	size_t done;
	int width; /* of the line that is shown; 0: none is */
};

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * SECOND + ts.tv_nsec;
}

static void clear(struct cli_progress *progress)
{
	if (progress->width) {
		fprintf(progress->stream, "\r%*s\r", progress->width, "");
		fflush(progress->stream);
		progress->width = 0;
	}
}

/* "writing 1234 of 10000 (3300/s, 3 s left)" */
static void show(struct cli_progress *progress, size_t done, size_t total, int64_t at)
{
	int64_t passed = at - progress->start;
	size_t more = done - progress->first;
	int width = fprintf(progress->stream, "\rcasarray: %s %zu", progress->what, done);

	if (total) {
		width += fprintf(progress->stream, " of %zu", total);
	}
	if (passed >= RATE_AFTER && more) {
		double rate = (double)more * (double)SECOND / (double)passed;

		width += fprintf(progress->stream, " (%.0f/s", rate);
		if (total > done) {
			width += fprintf(progress->stream, ", %.0f s left",
					 (double)(total - done) / rate);
		}
		width += fprintf(progress->stream, ")");
	}
	width--; /* the \r */
	if (width < progress->width) {
		fprintf(progress->stream, "%*s", progress->width - width, "");
	}
	fflush(progress->stream);
	progress->width = width;
}

static void listen(void *closure, const char *what, size_t done, size_t total)
{
	struct cli_progress *progress = closure;
	int64_t at = now();

	if (strcmp(what, progress->what) != 0 || done < progress->done) {
		snprintf(progress->what, sizeof(progress->what), "%s", what);
		progress->start = progress->last = at;
		progress->first = done;
	}
	progress->done = done;
	if (at - progress->start < PATIENCE || at - progress->last < INTERVAL) {
		return;
	}
	progress->last = at;
	show(progress, done, total, at);
}

int cli_progress_begin(struct cli_session *session)
{
	if (session->global.quiet || !isatty(fileno(session->err))) {
		return 0;
	}
	session->progress = calloc(1, sizeof(*session->progress));
	if (!session->progress) {
		return -1;
	}
	session->progress->stream = session->err;
	cas_context_set_progress(session->context, listen, session->progress);
	return 0;
}

void cli_progress_clear(struct cli_session *session)
{
	if (session->progress) {
		clear(session->progress);
	}
}

void cli_progress_free(struct cli_progress *progress)
{
	if (progress) {
		clear(progress);
		free(progress);
	}
}
