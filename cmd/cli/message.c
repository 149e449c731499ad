/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is said on stderr, and the exit status for it. */
#include "progress.h"
#include "session.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void cli_message(FILE *stream, const char *prefix, const char *text)
{
	fputs("casarray: ", stream);
	fputs(prefix, stream);
	out_escape(stream, text);
	fputs("\n", stream);
}

static void message(struct cli_session *session, const char *prefix, const char *text)
{
	cli_progress_clear(session);
	/* results and messages stand in their order where both go to one terminal */
	if (session->out) {
		out_flush(session->out);
	}
	cli_message(session->err, prefix, text);
	fflush(session->err);
}

/* A hint may have several steps, one a line. */
static void message_lines(struct cli_session *session, const char *hint)
{
	char *located = cli_located(session, hint);
	const char *text = located ? located : hint;

	while (*text) {
		size_t n = strcspn(text, "\n");
		char *line = strndup(text, n);

		message(session, "", line ? line : "out of memory");
		free(line);
		text += n + (text[n] == '\n');
	}
	free(located);
}

void cli_log(void *closure, enum cas_log_level level, const char *text)
{
	static const char *const prefixes[] = {
		[CAS_LOG_ERROR] = "",        [CAS_LOG_WARNING] = "warning: ",
		[CAS_LOG_NOTICE] = "",       [CAS_LOG_INFO] = "",
		[CAS_LOG_DEBUG] = "debug: ",
	};
	struct cli_session *session = closure;

	if (!session->global.quiet || level == CAS_LOG_ERROR) {
		message(session, prefixes[level], text);
	}
}

void cli_warn(struct cli_session *session, const char *format, ...)
{
	va_list args;
	char *text;
	int n;

	if (session->global.quiet) {
		return;
	}
	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n >= 0) {
		message(session, "warning: ", text);
		free(text);
	}
}

int cli_usage(struct cli_session *session, const char *format, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n >= 0) {
		message(session, "", text);
		free(text);
	}
	fprintf(session->err, "casarray: try 'casarray %s --help'\n",
		session->cmd ? session->cmd->name : "");
	return EXIT_USAGE;
}

int cli_problem(struct cli_session *session, enum cas_code code, const char *hint,
		const char *format, ...)
{
	va_list args;

	free(session->problem);
	free(session->problem_hint);
	session->problem_hint = hint ? strdup(hint) : NULL;
	session->problem_code = code;
	va_start(args, format);
	if (vasprintf(&session->problem, format, args) < 0) {
		session->problem = NULL;
	}
	va_end(args);
	return code;
}

int cli_exit_status(enum cas_code code)
{
	switch (code) {
	case CAS_OK:
		return EXIT_DONE;
	case CAS_E_USAGE:
		return EXIT_USAGE;
	case CAS_E_NOT_FOUND:
	case CAS_E_AMBIGUOUS:
	case CAS_E_REFUSED:
		return EXIT_REFUSED;
	case CAS_E_RIGHTS:
	case CAS_E_AUTH:
		return EXIT_RIGHTS;
	case CAS_E_CONFLICT:
		return EXIT_CONFLICT;
	case CAS_E_PARTIAL:
		return EXIT_PARTIAL;
	case CAS_E_NOT_EVALUATED:
		return EXIT_NOT_EVALUATED;
	case CAS_E_INTERRUPTED:
		return EXIT_INTERRUPTED;
	case CAS_E_NOMEM:
	case CAS_E_IO:
	case CAS_E_FORMAT:
		break;
	}
	return EXIT_UNREACHABLE;
}

int cli_fail(struct cli_session *session, struct cas_error *error)
{
	enum cas_code code = error              ? cas_error_code(error)
			     : session->problem ? session->problem_code
						: CAS_E_NOMEM;
	const char *text = error ? cas_error_message(error) : session->problem;
	const char *hint = error ? cas_error_hint(error) : session->problem_hint;

	message(session, "", text && *text ? text : "out of memory");
	message_lines(session, hint ? hint : "");
	cas_error_free(error);
	free(session->problem);
	free(session->problem_hint);
	session->problem = session->problem_hint = NULL;
	return cli_exit_status(code);
}
