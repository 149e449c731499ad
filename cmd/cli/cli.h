/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The machine behind every command: what a command is, what it is handed, how it answers.
 */
#ifndef CLI_H
#define CLI_H

#include <casarray.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "report.h"

enum {
	EXIT_DONE = 0,
	EXIT_FINDINGS = 1,
	EXIT_USAGE = 2,
	EXIT_REFUSED = 3,
	EXIT_RIGHTS = 4,
	EXIT_CONFLICT = 5,
	EXIT_PARTIAL = 6,
	EXIT_UNREACHABLE = 7,
	EXIT_NOT_EVALUATED = 8,
	EXIT_INTERRUPTED = 130,
};

/* ---- tables ---- */

enum opt_type {
	OPT_FLAG,   /* bool */
	OPT_TEXT,   /* const char * */
	OPT_CHOICE, /* const char *, one of choices (ignoring case; the table's spelling
		       is stored) */
	OPT_NUMBER, /* int64_t, not negative; default 0 */
	OPT_LIMIT,  /* const int64_t *, not negative; NULL: none */
	OPT_LIST, /* struct opt_list, repeatable; in the cmdlet form also comma-separated
		   */
};

struct opt_list {
	const char **v;
	size_t n;
};

enum opt_group {
	OPT_GROUP_NONE,
	OPT_GROUP_PLACE, /* where the directory is */
	OPT_GROUP_LOGIN, /* who one is there */
};

struct cmd;

struct opt {
	const char *name;      /* "rpc-client-access-server" */
	char letter;           /* or 0 */
	const char *parameter; /* the cmdlet's, "RpcClientAccessServer"; NULL: none but
				  the name without dashes */
	enum opt_type type;
	size_t offset; /* of the value in the command's struct */
	const char *metavar;
	const char *const *choices; /* NULL-terminated */
	/* Does the command have this choice, for completion? NULL: it has all. */
	bool (*fits)(const struct cmd *cmd, const char *choice);
	unsigned kinds;     /* its value is the identity of such an object (1 << enum
			       cas_kind): for completion */
	bool names_command; /* its value is a command or a topic of help: for completion
			     */
	bool required;
	bool positional;  /* may be given without its name, in table order; an OPT_LIST
			     takes all that are left */
	bool positive;    /* a number from 1 on: its value 0 means that it is not given */
	const char *help; /* one line, lower case, no full stop */
	const char *alias;    /* the cmdlet parameter's short form, "wi"; or NULL */
	const char *opposite; /* a flag: the option that -Parameter:$false means; both
				 exclude each other */
	/* Of an option of every command: */
	bool configurable;  /* may be set by the environment and by configuration files */
	bool path;          /* a file there may begin with "~/" */
	bool names_profile; /* its value is the name of a profile: for completion */
	/* Those that exclude each other: one that is named nearer replaces them all. */
	enum opt_group group;
	enum opt_group belongs; /* goes when those of that group are replaced */
};

/* What the commands that change something have in common; `at` is an offset as of
 * offsetof(). */
#define OPT_WHAT_IF(at)                                                                  \
	{                                                                                \
		.name = "what-if", .parameter = "WhatIf", .alias = "wi",                 \
		.type = OPT_FLAG, .offset = (at),                                        \
		.help = "show what would be done, and write nothing"                     \
	}
#define OPT_CONFIRM(at)                                                                  \
	{                                                                                \
		.name = "confirm", .parameter = "Confirm", .alias = "cf",                \
		.type = OPT_FLAG, .offset = (at), .opposite = "yes",                     \
		.help = "ask before anything is written"                                 \
	}
#define OPT_YES(at)                                                                      \
	{                                                                                \
		.name = "yes", .letter = 'y', .type = OPT_FLAG, .offset = (at),          \
		.help = "do not ask"                                                     \
	}
#define OPT_NO_PREFLIGHT(at)                                                             \
	{                                                                                \
		.name = "no-preflight", .type = OPT_FLAG, .offset = (at),                \
		.help = "do not ask beforehand whether the rights suffice"               \
	}

#define OPT_WAIT_REPLICATION(at)                                                         \
	{                                                                                \
		.name = "wait-replication", .type = OPT_LIST, .offset = (at),            \
		.metavar = "DC",                                                         \
		.help = "wait until this domain controller shows the change, too"        \
	}
#define OPT_WAIT_TIMEOUT(at)                                                             \
	{                                                                                \
		.name = "wait-timeout", .type = OPT_NUMBER, .offset = (at),              \
		.metavar = "SECONDS", .positive = true,                                  \
		.help = "how long --wait-replication waits; default: 300"                \
	}
#define OPT_MAX_CHANGES(at)                                                              \
	{                                                                                \
		.name = "max-changes", .type = OPT_LIMIT, .offset = (at),                \
		.metavar = "N",                                                          \
		.help = "refuse a plan of more changes than this; default: no limit"     \
	}
#define OPT_OUT(at)                                                                      \
	{                                                                                \
		.name = "out", .type = OPT_TEXT, .offset = (at), .metavar = "PLAN",      \
		.help = "write the plan to this file, for apply, and nothing else"       \
	}

/* The values of these, for a command's struct and for cli_run_plan(). */
struct cli_change {
	bool what_if;
	bool confirm;
	bool yes;
	bool no_preflight;
	struct opt_list wait_replication;
	int64_t wait_timeout; /* 0: the default */
	const int64_t *max_changes;
	const char *out; /* a file for the plan, which is not applied then */
	enum cas_on_conflict on_conflict; /* no row: apply has it */
};
/* All rows, for a `struct cli_change` that is a member of the command's struct. */
#define OPT_CHANGE(type, member)                                                         \
	OPT_WHAT_IF(offsetof(type, member.what_if)),                                     \
		OPT_CONFIRM(offsetof(type, member.confirm)),                             \
		OPT_YES(offsetof(type, member.yes)),                                     \
		OPT_NO_PREFLIGHT(offsetof(type, member.no_preflight)),                   \
		OPT_WAIT_REPLICATION(offsetof(type, member.wait_replication)),           \
		OPT_WAIT_TIMEOUT(offsetof(type, member.wait_timeout)),                   \
		OPT_MAX_CHANGES(offsetof(type, member.max_changes)),                     \
		OPT_OUT(offsetof(type, member.out))

struct cli_session;

enum cmd_flags {
	CMD_HIDDEN = 1 << 0,       /* not in the list of commands (complete) */
	CMD_NO_DIRECTORY = 1 << 1, /* needs no --directory */
	CMD_FINDINGS = 1 << 2,     /* prints findings: has the formats for those */
	CMD_NO_CONFIG = 1 << 3,    /* reads no configuration, be it right or wrong */
	CMD_NEW_CONFIG = 1 << 4,   /* --config may name a file that is not there yet */
};

struct cmd {
	const char *name;        /* "new-array" */
	const char *cmdlet;      /* "New-ClientAccessArray", or NULL */
	const char *group;       /* heading in the list of commands */
	const char *summary;     /* one line, lower case, no full stop */
	const char *description; /* paragraphs for --help */
	const char *const
		*examples; /* command lines without "casarray", NULL-terminated */
	const struct opt *options;
	size_t n_options;
	size_t values_size;
	unsigned flags;
	int (*run)(struct cli_session *session, const void *values); /* exit status */
};

#define CMD_OPTIONS(table)                                                               \
	.options = (table), .n_options = sizeof(table) / sizeof(*(table))

/* table.c: in help order, NULL-terminated. */
extern const struct cmd *const cmd_table[];

/* ---- session ---- */

/* The options that every command has. */
struct cli_global {
	struct opt_list directory;
	/* a server instead: of a domain; or of that name */
	const char *domain;
	const char *domain_controller;
	const char *dns_server; /* to ask for names */
	/* how to reach a server */
	const char *user;
	const char *password_file;
	const char *mechanism;
	const char *ca_file;
	bool anonymous;
	bool start_tls;
	bool tls_legacy;
	int64_t timeout; /* seconds; 0: the library's */
	/* what is printed, and where */
	const char *format;  /* "text", "json", ... */
	const char *output;  /* --output, -o FILE; replaced as a whole at the end */
	const char *fields;  /* --fields a,b,c */
	const char *color;   /* "auto", "always", "never" */
	const char *journal; /* --journal FOLDER; else the library's default */
	/* what else is read for all of these, see settings.h */
	const char *config;
	const char *profile;
	bool new_config; /* by the command: see CMD_NEW_CONFIG */
	bool verbose;
	bool quiet; /* no notices, no progress on stderr */
	bool help;
	bool version;
};

struct cli_output;
struct cli_progress;
struct cli_report;
struct cli_settings;
struct opt_pool;

/* Not zero once the user pressed Ctrl-C. */
extern volatile int cli_interrupted;

struct cli_session {
	struct cas_context *context;
	const struct cmd *cmd;
	struct cli_global global;
	struct cas_directory *directory;       /* opened on first use */
	struct cas_organization *organization; /* the last one that was loaded */
	struct out *out;
	/* From which severity on an audit fails, as the configuration has it; NULL: it
	 * says nothing. */
	const char *gate;
	const struct cli_settings *settings; /* NULL: the command reads none */
	char *command_line; /* what was typed, for the journal and messages */
	const char *where;  /* " --directory FILE" and " --journal FOLDER" as typed */
	bool interactive;   /* stdin and stderr are terminals */
	FILE *stream;       /* what `out` writes to, for what is no report (help) */
	FILE *err;
	struct opt_pool *pool;         /* what lives as long as the session */
	struct cli_output *output;     /* --output */
	struct cli_report *reports;    /* further ones, see cli_reports() */
	struct cli_progress *progress; /* NULL: none is shown */
	char *problem; /* an error of the command line's own, for cli_fail() */
	char *problem_hint;
	enum cas_code problem_code;
	char *password; /* for further servers of the same run; see cli_password() */
	bool output_reported;
};

/* Opens the directory named by the global options, once. 0 or a negative code. */
int cli_directory(struct cli_session *session, struct cas_directory **ret,
		  struct cas_error **err);
/* Loads the organization (as cas_organization_load()); the session frees it. Loading
 * again replaces it. */
int cli_load(struct cli_session *session, unsigned scope, const char *const *databases,
	     size_t n_databases, const struct cas_organization **ret,
	     struct cas_error **err);
/* Reports an error once, on stderr ("casarray: ...", then the hint), frees it, and
 * returns the exit status for it. */
int cli_fail(struct cli_session *session, struct cas_error *error);
int cli_exit_status(enum cas_code code);
/* "casarray: warning: ..." on stderr; nothing with --quiet. Text is escaped for
 * terminals. */
void cli_warn(struct cli_session *session, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* A wrong use: one line and "try 'casarray NAME --help'". Returns EXIT_USAGE. */
int cli_usage(struct cli_session *session, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/*
 * A failed out_begin(), out_row() or out_end(): says why, once, and returns the status. A
 * reader that went away (EPIPE) is no failure: what is printed then is dropped, and the
 * calls return 0.
 */
int cli_output_failed(struct cli_session *session);
/*
 * "FORMAT=FILE": what goes to session->out is written to that file, too, which is
 * replaced as a whole when it is complete. 0, or the exit status with the reason
 * reported.
 */
int cli_reports(struct cli_session *session, const struct opt_list *reports);
/* Sets what cli_fail(session, NULL) will report, and returns the code. The hint may be
 * NULL. */
int cli_problem(struct cli_session *session, enum cas_code code, const char *hint,
		const char *format, ...) __attribute__((format(printf, 4, 5)));
/* A text with session->where in every command that it tells people to type: a line of its
 * own, or in quotes. The caller frees it; NULL: out of memory. */
char *cli_located(const struct cli_session *session, const char *text);
/* Likewise the members "fix" and "exempt" of a finding. false: out of memory. */
bool cli_locate_fix(const struct cli_session *session, json_t *finding);
/* Asks on stderr, reads stdin; only when interactive. true: yes. */
bool cli_ask(struct cli_session *session, const char *question);
/* Lines of stdin as a list, blank ones left out (identities "-"); freed with the session.
 */
int cli_read_lines(struct cli_session *session, struct opt_list *ret,
		   struct cas_error **err);

/* ---- plans ---- */

/*
 * The end of every command that changes something: shows the plan, asks (`asks`: unless
 * it is told not to), applies it, reads it back, reports what happened. Takes the plan.
 * Text: plan, question, result; other formats: one document, with the outcomes.
 */
int cli_run_plan(struct cli_session *session, struct cas_plan *plan,
		 const struct cli_change *change, bool asks);
/* Shows the plan as differences, and applies nothing: 1 when there are some. Takes the
 * plan. */
int cli_compare_plan(struct cli_session *session, struct cas_plan *plan);
/*
 * Likewise. `extra` (stolen, may be NULL) is merged into the tail. Once the plan was
 * applied without an error `then` may look again and say what is left: its members are
 * merged into the tail in place of `extra`, "notes" (a list) is what text shows of them.
 */
typedef json_t *(*cli_then_fn)(struct cli_session *session, void *closure);
int cli_run_plan_then(struct cli_session *session, struct cas_plan *plan,
		      const struct cli_change *change, bool asks, json_t *extra,
		      cli_then_fn then, void *closure);

/* ---- running ---- */

/* One command line without the program's name: parse, run, report. The exit status. */
int cli_run(int argc, char *const *argv, FILE *out, FILE *err);
/* By name or cmdlet name, ignoring case; or NULL. */
const struct cmd *cmd_find(const char *word);
/* The nearest known command, or NULL. */
const struct cmd *cmd_nearest(const char *word);

#endif
