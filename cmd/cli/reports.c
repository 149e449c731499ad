/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which formats go with a command, and further reports of what it prints, each in a
 * format and a file of its own. */
#include <stdlib.h>
#include <string.h>

#include "pool.h"
#include "session.h"

struct cli_report {
	struct cli_report *next;
	const char *path;
	struct cli_output *output;
	struct out *out;
};

bool cli_command_has_format(const struct cmd *cmd, const char *format)
{
	return out_format_fits(format,
			       cmd->flags & CMD_FINDINGS ? OUT_FINDINGS : OUT_TABLE);
}

bool cli_format_fits(struct cli_session *session)
{
	const struct cli_global *global = &session->global;

	if (session->cmd && !cli_command_has_format(session->cmd, global->format)) {
		cli_usage(session, "'--format %s' is for findings, and this prints none",
			  global->format);
		return false;
	}
	if (global->fields && !out_format_has_fields(global->format)) {
		cli_usage(session, "'--fields' does not go with '--format %s'",
			  global->format);
		return false;
	}
	return true;
}

/* The option that has this file written; NULL: none has. */
static const char *writer(const struct cli_session *session, const char *path)
{
	const char *output = session->output ? session->global.output : NULL;

	for (const struct cli_report *report = session->reports; report;
	     report = report->next) {
		if (cli_is_same_file(report->path, path)) {
			return "--report";
		}
	}
	return output && cli_is_same_file(output, path) ? "--output" : NULL;
}

bool cli_is_written(const struct cli_session *session, const char *path)
{
	return writer(session, path);
}

int cli_refuse_written(struct cli_session *session, const char *path)
{
	const char *option = writer(session, path);

	return option ? cli_usage(session, "'%s' is to be read: %s would replace it",
				  path, option)
		      : EXIT_DONE;
}

/* "text, json, ndjson"; NULL: out of memory. */
static const char *list_formats(struct cli_session *session)
{
	const char *list = "";

	for (size_t i = 0; list && out_formats[i]; i++) {
		list = opt_pool_printf(session->pool, "%s%s%s", list, i ? ", " : "",
				       out_formats[i]);
	}
	return list;
}

/* The format, and the file in *ret_path; NULL: it was reported that there is none. */
static const char *parse(struct cli_session *session, const char *text,
			 const char **ret_path)
{
	const char *equals = strchrnul(text, '=');
	const char *format = out_format_name(text, (size_t)(equals - text));
	const char *path = *equals ? equals + 1 : "";

	if (!*path) {
		cli_usage(session, "'--report' is '%s', and not FORMAT=FILE", text);
	} else if (!format) {
		const char *known = list_formats(session);

		cli_usage(session,
			  "'--report' names the format '%.*s', and not one of %s",
			  (int)(equals - text), text, known ? known : "those known");
	} else if (!strcmp(path, "-")) {
		cli_usage(session, "'--report' needs a file; '--format %s' prints it",
			  format);
	} else if (cli_input(session, path)) {
		cli_usage(session, "'%s' is %s: --report would replace it", path,
			  cli_input(session, path));
	} else if (cli_is_written(session, path)) {
		cli_usage(session, "'%s' would be written twice", path);
	} else {
		*ret_path = path;
		return format;
	}
	return NULL;
}

static int open_report(struct cli_session *session, const char *text)
{
	struct out_options options = {.verbose = session->global.verbose,
				      .version = cas_version(),
				      .interrupt = &cli_interrupted};
	struct cli_report *report;
	int error;

	report = calloc(1, sizeof(*report));
	if (!report) {
		return cli_fail(session, NULL);
	}
	options.format = parse(session, text, &report->path);
	if (!options.format) {
		free(report);
		return EXIT_USAGE;
	}
	report->next = session->reports;
	session->reports = report;
	error = cli_output_open(&report->output, report->path);
	if (error) {
		cli_problem(session, CAS_E_IO, NULL, "cannot write '%s': %s",
			    report->path, strerror(error));
		return cli_fail(session, NULL);
	}
	options.stream = cli_output_stream(report->output);
	report->out = out_new(&options);
	if (!report->out) {
		return cli_fail(session, NULL);
	}
	out_chain(session->out, report->out);
	return EXIT_DONE;
}

int cli_reports(struct cli_session *session, const struct opt_list *reports)
{
	int status = EXIT_DONE;

	for (size_t i = 0; i < reports->n && !status; i++) {
		status = open_report(session, reports->v[i]);
	}
	return status;
}

const struct out *cli_reports_failed(const struct cli_session *session,
				     const char **ret_path)
{
	for (const struct cli_report *report = session->reports; report;
	     report = report->next) {
		if (report->out && out_message(report->out, NULL)) {
			*ret_path = report->path;
			return report->out;
		}
	}
	return NULL;
}

int cli_reports_finish(struct cli_session *session, int status)
{
	for (const struct cli_report *report = session->reports; report;
	     report = report->next) {
		int error = report->out && out_complete(report->out)
				    ? cli_output_commit(report->output)
				    : 0;

		if (error) {
			cli_problem(session, CAS_E_IO, NULL, "cannot write '%s': %s",
				    report->path, strerror(error));
			status = cli_fail(session, NULL);
		}
	}
	return status;
}

void cli_reports_free(struct cli_session *session)
{
	while (session->reports) {
		struct cli_report *report = session->reports;

		session->reports = report->next;
		out_free(report->out);
		cli_output_free(report->output);
		free(report);
	}
}
