/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings that are known: read from a file, written to one. */
#include "baseline.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "session.h"

int cli_baseline_read(struct cli_session *session, const char *path,
		      struct cas_baseline **ret)
{
	struct cas_error *error = NULL;
	int status = cli_refuse_written(session, path);

	if (status) {
		return status;
	}
	return cas_baseline_read(path, ret, &error) ? cli_fail(session, error) : 0;
}

static int cannot_write(struct cli_session *session, const char *path, int error)
{
	cli_problem(session, CAS_E_IO, NULL, "cannot write '%s': %s", path,
		    strerror(error));
	return cli_fail(session, NULL);
}

int cli_baseline_open(struct cli_session *session, const char *option, const char *path,
		      struct cli_output **ret)
{
	const char *input;
	struct stat st;
	int error;

	if (!*path || !strcmp(path, "-") || (!stat(path, &st) && !S_ISREG(st.st_mode))) {
		return cli_usage(session, "'--%s' needs a file", option);
	}
	input = cli_input(session, path);
	if (input) {
		return cli_usage(session, "'%s' is %s: --%s would replace it", path,
				 input, option);
	}
	if (cli_is_written(session, path)) {
		return cli_usage(session, "'%s' would be written twice", path);
	}
	error = cli_output_open(ret, path);
	return error ? cannot_write(session, path, error) : 0;
}

struct writing {
	struct cli_session *session;
	const char *path;
	FILE *stream;
};

static int write_text(void *closure, const char *text, struct cas_error **err)
{
	struct writing *writing = closure;

	if (cli_interrupted) {
		return cli_problem(writing->session, CAS_E_INTERRUPTED, NULL,
				   "interrupted");
	}
	if (fputs(text, writing->stream) < 0) {
		return cli_problem(writing->session, CAS_E_IO, NULL,
				   "cannot write '%s': %s", writing->path,
				   strerror(errno));
	}
	return 0;
}

int cli_baseline_write(struct cli_session *session, struct cas_audit *audit,
		       const char *path, struct cli_output *output, size_t *n)
{
	struct writing writing = {session, path, cli_output_stream(output)};
	struct cas_error *error = NULL;
	int failed;

	if (cas_baseline_write(audit, write_text, &writing, n, &error)) {
		return cli_fail(session, error);
	}
	failed = cli_output_commit(output);
	return failed ? cannot_write(session, path, failed) : 0;
}
