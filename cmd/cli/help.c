/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Help, printed from the tables. */
#include <string.h>

#include "buf.h"
#include "session.h"

enum {
	WIDTH = 80,
	COLUMN = 26, /* where explanations start */
};

/* Words of a text, wrapped, from a column on; `at` is where the line stands. */
static void wrap(FILE *stream, const char *text, int column, int at)
{
	fprintf(stream, "%*s", at < column ? column - at : 0, "");
	if (at > column) {
		fprintf(stream, "\n%*s", column, "");
	}
	at = column;
	while (*text) {
		size_t n = strcspn(text, " \n");

		if (at > column && at + 1 + (int)n > WIDTH) {
			fprintf(stream, "\n%*s", column, "");
			at = column;
		} else if (at > column) {
			fputc(' ', stream);
			at++;
		}
		fwrite(text, 1, n, stream);
		at += (int)n;
		text += n;
		if (*text == '\n') {
			fputs(text[1] ? "\n\n" : "", stream);
			fprintf(stream, "%*s", text[1] ? column : 0, "");
			at = column;
		}
		text += strspn(text, " \n");
	}
	fputc('\n', stream);
}

/* "audit [OPTIONS]", "new-array --fqdn FQDN --site SITE [OPTIONS] [NAME]" */
static void print_synopsis(const struct cmd *cmd, FILE *stream)
{
	fprintf(stream, "usage: casarray %s", cmd->name);
	for (size_t i = 0; i < cmd->n_options; i++) {
		const struct opt *opt = &cmd->options[i];

		if (opt->required && !opt->positional) {
			fprintf(stream, " --%s %s", opt->name, opt->metavar);
		}
	}
	fputs(" [OPTIONS]", stream);
	for (size_t i = 0; i < cmd->n_options; i++) {
		const struct opt *opt = &cmd->options[i];

		if (opt->positional) {
			fprintf(stream, opt->required ? " %s%s" : " [%s%s]", opt->metavar,
				opt->type == OPT_LIST ? "..." : "");
		}
	}
	fputs("\n", stream);
}

/* "  -o, --output FILE"; the columns that it takes */
static int print_names(const struct opt *opt, FILE *stream)
{
	int n = fprintf(stream, "  ");

	n += opt->letter ? fprintf(stream, "-%c, ", opt->letter)
			 : fprintf(stream, "    ");
	n += fprintf(stream, "--%s", opt->name);
	if (opt->type != OPT_FLAG) {
		n += fprintf(stream, " %s", opt->metavar);
	}
	return n;
}

/* "colour text (auto, always, never; repeatable) [-Color, -c]" */
static void add_details(struct out_buf *text, const struct opt *opt, bool cmdlet)
{
	char parameter[64];
	const char *before = " (";

	for (size_t i = 0; opt->choices && opt->choices[i]; i++) {
		out_buf_printf(text, "%s%s", before, opt->choices[i]);
		before = ", ";
	}
	if (opt->type == OPT_LIST) {
		out_buf_printf(text, "%srepeatable", before);
		before = ", ";
	}
	out_buf_adds(text, *before == ',' ? ")" : "");
	if (cmdlet) {
		opt_parameter(opt, parameter, sizeof(parameter));
		out_buf_printf(text, " [-%s%s%s]", parameter, opt->alias ? ", -" : "",
			       opt->alias ? opt->alias : "");
	}
}

static void print_options(const struct opt *options, size_t n, bool cmdlet, FILE *stream)
{
	struct out_buf text = {0};

	for (size_t i = 0; i < n; i++) {
		const struct opt *opt = &options[i];
		int at = print_names(opt, stream);

		out_buf_clear(&text);
		out_buf_adds(&text, opt->help);
		add_details(&text, opt, cmdlet);
		wrap(stream, text.failed ? opt->help : text.p, COLUMN,
		     at + 2 > COLUMN ? COLUMN + 1 : at);
	}
	out_buf_free(&text);
}

void cli_help_command(const struct cmd *cmd, FILE *stream)
{
	print_synopsis(cmd, stream);
	if (cmd->cmdlet) {
		fprintf(stream, "       casarray %s -Parameter VALUE ...\n", cmd->cmdlet);
	}
	fputc('\n', stream);
	wrap(stream, cmd->description ? cmd->description : cmd->summary, 0, 0);
	if (cmd->n_options) {
		fputs("\nOptions\n", stream);
		print_options(cmd->options, cmd->n_options, cmd->cmdlet != NULL, stream);
	}
	fputs("\nOptions of every command\n", stream);
	print_options(opt_globals, opt_n_globals, false, stream);
	if (cmd->examples) {
		fputs("\nExamples\n", stream);
		for (size_t i = 0; cmd->examples[i]; i++) {
			fprintf(stream, "  casarray %s\n", cmd->examples[i]);
		}
	}
}

/* Is it the first command of its group? */
static bool opens_group(const struct cmd *const *cmd)
{
	for (const struct cmd *const *other = cmd_table; other < cmd; other++) {
		if (!((*other)->flags & CMD_HIDDEN) &&
		    !strcmp((*other)->group, (*cmd)->group)) {
			return false;
		}
	}
	return true;
}

static void print_group(const char *group, FILE *stream)
{
	fprintf(stream, "\n%s\n", group);
	for (const struct cmd *const *cmd = cmd_table; *cmd; cmd++) {
		if (!((*cmd)->flags & CMD_HIDDEN) && !strcmp((*cmd)->group, group)) {
			fprintf(stream, "  %-17s%s\n", (*cmd)->name, (*cmd)->summary);
		}
	}
}

void cli_help_list(FILE *stream)
{
	fputs("usage: casarray [--directory DIRECTORY] COMMAND [OPTIONS]\n\n"
	      "Manages Exchange 2010 Client Access arrays in Active Directory, or in an "
	      "export of it.\n",
	      stream);
	for (const struct cmd *const *cmd = cmd_table; *cmd; cmd++) {
		if (!((*cmd)->flags & CMD_HIDDEN) && opens_group(cmd)) {
			print_group((*cmd)->group, stream);
		}
	}
	fputs("\nOptions of every command\n", stream);
	print_options(opt_globals, opt_n_globals, false, stream);
	fputs("\nMore: casarray help COMMAND", stream);
	for (size_t i = 0; cli_help_topics[i]; i++) {
		fprintf(stream, " | %s", cli_help_topics[i]);
	}
	fputs("\n", stream);
}

void cli_version(FILE *stream)
{
	fprintf(stream, "casarray %s\n", cas_version());
}

void cli_help_usage(FILE *stream)
{
	fputs("usage: casarray [--directory DIRECTORY] COMMAND [OPTIONS]\n"
	      "try 'casarray --help' for the list of commands\n",
	      stream);
}
