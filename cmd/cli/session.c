/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One run of a command: streams, directory, organization. */
#include "session.h"
#include "progress.h"
#include "settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static void report_output(struct cli_session *session, const char *path, const char *text,
			  int error)
{
	char *named = NULL;

	if (path && error != EINVAL && error != EINTR &&
	    asprintf(&named, "cannot write '%s': %s", path, strerror(error)) < 0) {
		named = NULL;
	}
	cli_message(session->err, "", named ? named : text);
	if (error == ENOSPC || error == EDQUOT) {
		cli_message(session->err, "",
			    "free some space on that file system, then try again");
	}
	free(named);
}

int cli_output_failed(struct cli_session *session)
{
	const char *path = session->output ? session->global.output : NULL;
	const struct out *failed = session->out;
	const char *text;
	int error = 0;

	if (!out_message(failed, NULL)) {
		failed = cli_reports_failed(session, &path);
	}
	text = failed ? out_message(failed, &error) : NULL;
	if (!text) {
		return EXIT_DONE;
	}
	if (!session->output_reported) {
		session->output_reported = true;
		report_output(session, path, text, error);
		if (error == EINVAL) {
			fprintf(session->err, "casarray: try 'casarray %s --help'\n",
				session->cmd ? session->cmd->name : "");
		}
	}
	return error == EINVAL  ? EXIT_USAGE
	       : error == EINTR ? EXIT_INTERRUPTED
				: EXIT_UNREACHABLE;
}

/* ---- the directory ---- */

int cli_directory(struct cli_session *session, struct cas_directory **ret,
		  struct cas_error **err)
{
	int code;

	if (!session->directory) {
		code = cli_connect(session, err);
		if (code < 0) {
			return code;
		}
	}
	*ret = session->directory;
	return 0;
}

int cli_load(struct cli_session *session, unsigned scope, const char *const *databases,
	     size_t n_databases, const struct cas_organization **ret,
	     struct cas_error **err)
{
	struct cas_organization *organization;
	struct cas_directory *directory;
	int code = cli_directory(session, &directory, err);

	if (code < 0) {
		return code;
	}
	code = cas_organization_load(directory, scope, databases, n_databases,
				     &organization, err);
	cli_progress_clear(session);
	if (code < 0) {
		return code;
	}
	cas_organization_free(session->organization);
	session->organization = organization;
	*ret = organization;
	return 0;
}

/* ---- beginning and end ---- */

/* Columns of the terminal; 0: it is none. */
static int terminal_width(FILE *stream)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;

	if (!isatty(fileno(stream))) {
		return 0;
	}
	if (columns) {
		long width = strtol(columns, NULL, 10);

		if (width > 0 && width < 10000) {
			return (int)width;
		}
	}
	if (!ioctl(fileno(stream), TIOCGWINSZ, &size) && size.ws_col) {
		return size.ws_col;
	}
	return 80;
}

static bool wants_color(const struct cli_global *global, FILE *stream)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (strcmp(global->color, "auto") != 0) {
		return !strcmp(global->color, "always");
	}
	return isatty(fileno(stream)) && !(no_color && *no_color) && term &&
	       strcmp(term, "dumb") != 0;
}

static int open_streams(struct cli_session *session, FILE *out)
{
	struct cli_global *global = &session->global;
	struct out_options options = {
		.stream = out,
		.format = global->format,
		.fields = global->fields,
		.verbose = global->verbose,
		.version = cas_version(),
		.interrupt = &cli_interrupted,
	};

	if (!cli_format_fits(session)) {
		return EXIT_USAGE;
	}
	if (global->output && strcmp(global->output, "-") != 0) {
		const char *input = cli_input(session, global->output);
		int error;

		if (input) {
			return cli_usage(session, "'%s' is %s: --output would replace it",
					 global->output, input);
		}
		error = cli_output_open(&session->output, global->output);
		if (error) {
			cli_problem(session, CAS_E_IO, NULL, "cannot write '%s': %s",
				    global->output, strerror(error));
			return cli_fail(session, NULL);
		}
		options.stream = cli_output_stream(session->output);
	}
	options.width = terminal_width(options.stream);
	options.color = wants_color(global, options.stream);
	session->stream = options.stream;
	session->out = out_new(&options);
	return session->out ? EXIT_DONE : cli_fail(session, NULL);
}

/* Help is there when the configuration is wrong, too. */
static int begin_settings(struct cli_session *session, const struct opt_parsed *parsed)
{
	bool needs_none = parsed->global.help || parsed->global.version || !parsed->cmd ||
			  parsed->cmd->flags & CMD_NO_CONFIG;

	session->global.new_config = parsed->cmd && parsed->cmd->flags & CMD_NEW_CONFIG;
	return needs_none ? EXIT_DONE : cli_settings_begin(session, parsed->given);
}

int cli_session_begin(struct cli_session *session, struct opt_parsed *parsed, int argc,
		      char *const *argv, FILE *out, FILE *err)
{
	struct cas_error *error = NULL;
	int status;

	*session = (struct cli_session){
		.cmd = parsed->cmd,
		.global = parsed->global,
		.pool = &parsed->pool,
		.where = "",
		.stream = out,
		.err = err,
		.interactive = isatty(STDIN_FILENO) && isatty(fileno(err)),
	};
	if (cli_where_init(session)) {
		return cli_fail(session, NULL);
	}
	status = begin_settings(session, parsed);
	if (status) {
		return status;
	}
	session->command_line = cli_quote_line(session->pool, argc, argv);
	if (!session->command_line) {
		return cli_fail(session, NULL);
	}
	status = open_streams(session, out);
	if (status) {
		return status;
	}
	if (cas_context_new(&session->context, &error) < 0) {
		return cli_fail(session, error);
	}
	cas_context_set_log(session->context,
			    session->global.verbose ? CAS_LOG_DEBUG : CAS_LOG_NOTICE,
			    cli_log, session);
	cas_context_set_interrupt(session->context, &cli_interrupted);
	if (session->settings) {
		cas_context_set_policy(session->context, &session->settings->policy);
	}
	return cli_progress_begin(session) ? cli_fail(session, NULL) : EXIT_DONE;
}

/* A report must be whole; anything else (help) only has to be written. */
static int finish_file(struct cli_session *session, int status)
{
	bool whole = session->out && out_begun(session->out)
			     ? out_complete(session->out)
			     : status == EXIT_DONE && ftello(session->stream) != 0;
	int error;

	if (!whole) {
		return status;
	}
	error = cli_output_commit(session->output);
	if (error) {
		cli_problem(session, CAS_E_IO, NULL, "cannot write '%s': %s",
			    session->global.output, strerror(error));
		return cli_fail(session, NULL);
	}
	return status;
}

int cli_session_end(struct cli_session *session, int status)
{
	if (session->out) {
		int failed;

		out_flush(session->out);
		failed = cli_output_failed(session);
		/* what happened to the directory is worth more than what happened to the
		 * output */
		status = failed && status <= EXIT_FINDINGS ? failed : status;
	}
	if (session->output) {
		status = finish_file(session, status);
	}
	status = cli_reports_finish(session, status);
	out_free(session->out);
	session->out = NULL;
	cli_reports_free(session);
	cli_output_free(session->output);
	cas_organization_free(session->organization);
	cas_directory_unref(session->directory);
	cli_password_forget(session);
	cas_context_unref(session->context);
	cli_progress_free(session->progress);
	free(session->problem);
	free(session->problem_hint);
	return status;
}
