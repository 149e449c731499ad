/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One command line, from its words to its exit status. */
#include "session.h"

static int report_usage(const struct opt_parsed *parsed, FILE *err)
{
	cli_message(err, "", parsed->error ? parsed->error : "out of memory");
	if (parsed->cmd) {
		fprintf(err, "casarray: try 'casarray %s --help'\n", parsed->cmd->name);
	} else {
		fputs("casarray: try 'casarray --help'\n", err);
	}
	return EXIT_USAGE;
}

static int run_parsed(struct opt_parsed *parsed, int argc, char *const *argv, FILE *out,
		      FILE *err)
{
	struct cli_session session;
	int status = cli_session_begin(&session, parsed, argc, argv, out, err);

	if (!status && parsed->global.version) {
		cli_version(session.stream);
	} else if (!status && parsed->global.help) {
		if (parsed->cmd) {
			cli_help_command(parsed->cmd, session.stream);
		} else {
			cli_help_list(session.stream);
		}
	} else if (!status) {
		status = parsed->cmd->run(&session, parsed->values);
		if (cli_interrupted && status <= EXIT_FINDINGS &&
		    !out_complete(session.out)) {
			status = EXIT_INTERRUPTED;
		}
	}
	return cli_session_end(&session, status);
}

int cli_run(int argc, char *const *argv, FILE *out, FILE *err)
{
	struct opt_parsed parsed;
	int status = opt_parse(&parsed, argc, argv);

	if (status == EXIT_USAGE) {
		report_usage(&parsed, err);
	} else if (status) {
		cli_message(err, "", "out of memory");
	} else if (!parsed.cmd && !parsed.global.help && !parsed.global.version) {
		cli_help_usage(err);
		status = EXIT_USAGE;
	} else {
		status = run_parsed(&parsed, argc, argv, out, err);
	}
	opt_free(&parsed);
	return status;
}
