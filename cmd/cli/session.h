/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The life of a session, for those who run commands. */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "cli.h"
#include "options.h"

/* Fills *session from what was parsed; both streams stay the caller's. 0 or the exit
 * status, with the reason reported. cli_session_end() is due in either case. */
int cli_session_begin(struct cli_session *session, struct opt_parsed *parsed, int argc,
		      char *const *argv, FILE *out, FILE *err);
/* Finishes the output, frees everything; the exit status of the whole. */
int cli_session_end(struct cli_session *session, int status);
/* Sets session->where from the options, before defaults take their place. 0 or -1. */
int cli_where_init(struct cli_session *session);

/* message.c: "casarray: ..." on a stream, one line, made safe for terminals. */
void cli_message(FILE *stream, const char *prefix, const char *text);
/* A cas_log_fn; the closure is the session. */
void cli_log(void *closure, enum cas_log_level level, const char *text);

/* quote.c: a word as a shell would read it back. NULL: out of memory. */
char *cli_quote(struct opt_pool *pool, const char *word);
/* "casarray" and the words. */
char *cli_quote_line(struct opt_pool *pool, int argc, char *const *argv);

/* output.c: a file that is replaced as a whole. 0 or an errno. */
int cli_output_open(struct cli_output **ret, const char *path);
FILE *cli_output_stream(const struct cli_output *output);
int cli_output_commit(struct cli_output *output);
/* Frees it; what was not committed is dropped. */
void cli_output_free(struct cli_output *output);

/* input.c: which file that is read it is, such as "the configuration"; NULL: none. */
const char *cli_input(const struct cli_session *session, const char *path);
/* Also of files that do not exist yet. */
bool cli_is_same_file(const char *a, const char *b);

/* reports.c: is the file --output or one of the reports? */
bool cli_is_written(const struct cli_session *session, const char *path);
/* The same of a file that the command reads, which is reported then: EXIT_USAGE. */
int cli_refuse_written(struct cli_session *session, const char *path);
/* Some formats are for findings alone. */
bool cli_command_has_format(const struct cmd *cmd, const char *format);
/* Do --format and --fields go with the command? else it is reported. */
bool cli_format_fits(struct cli_session *session);
/* Of the further reports the first that failed, and its file; NULL: none did. */
const struct out *cli_reports_failed(const struct cli_session *session,
				     const char **ret_path);
/* Puts the complete ones in their place. The status, or why that failed. */
int cli_reports_finish(struct cli_session *session, int status);
void cli_reports_free(struct cli_session *session);

/* connect.c: opens session->directory as the options and the environment say. */
int cli_connect(struct cli_session *session, struct cas_error **err);
/* Another server of the same forest, by its name or address, in the same way. */
int cli_connect_other(struct cli_session *session, const char *name,
		      struct cas_directory **ret, struct cas_error **err);
/* Is a directory named, or would one have to be looked for? */
bool cli_names_directory(struct cli_session *session);
/* Does an address name a server, and no file? */
bool cli_is_server(const char *address);

/* password.c: from a file, or asked for on the terminal. `ret` is the caller's to wipe;
 * the code is that of cli_problem(). */
int cli_password(struct cli_session *session, char **ret);
void cli_password_forget(struct cli_session *session);

/* prompt.c: waits until a descriptor can be read. false: interrupted. */
bool cli_wait_readable(int fd);

/* help.c */
void cli_help_command(const struct cmd *cmd, FILE *stream);
void cli_help_list(FILE *stream);
void cli_help_usage(FILE *stream);
/* "casarray 0.1.0" */
void cli_version(FILE *stream);
/* false: no such topic. */
bool cli_help_topic(const char *topic, FILE *stream);
/* The topics' names, NULL-terminated. */
extern const char *const cli_help_topics[];

#endif
