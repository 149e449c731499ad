/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is in force: of the command line, the environment and configuration files. */
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

#include "config.h"

/* The configuration of all users; CASARRAY_SYSTEM_CONFIG names another one. */
#define CLI_SYSTEM_CONFIG "/etc/casarray/casarray.conf"

/* Where a value stands: a file and its line; or "--format", "CASARRAY_FORMAT" or
 * "default", and 0. */
struct cli_origin {
	const char *name;
	size_t line;
};

struct cli_setting {
	const char *section; /* as its header: "defaults", "rule CAS040" */
	const char *key;
	const char *value; /* without quotes */
	struct cli_origin origin;
};

/* A section of one of the files that has its place there. */
struct cli_placed {
	struct cli_config *config;
	const struct cli_config_section *section;
	const char *name; /* a rule's id; else the section's name */
	bool hidden;      /* the nearer file has one of that name */
};

enum {
	CLI_CONFIG_NEAR, /* that of --config, or the user's own */
	CLI_CONFIG_SYSTEM,
	CLI_CONFIG_NONE, /* no file: what is wrong elsewhere */
	CLI_N_CONFIGS,
};

/* All in it lives in the pool. */
struct cli_settings {
	struct opt_pool *pool;
	const char *profile; /* NULL: none */
	const char *paths[CLI_CONFIG_NONE];
	struct cli_config files[CLI_N_CONFIGS]; /* one that is not there has no name */
	struct cli_placed *sections;            /* the nearer file first, by line */
	struct cli_placed **by_name;            /* the same ones by kind and name */
	size_t n_sections;
	/* those in force, as `config show` has them */
	struct cli_setting *v;
	size_t n;
	struct cas_policy policy;
	const char *gate; /* NULL: nothing says from which severity on an audit fails */
};

/*
 * Reads what there is, and completes *global, whose options that `given` marks come from
 * the command line. What is wrong is noted in settings->files. 0; -1: out of memory.
 */
int cli_settings_load(struct cli_settings *settings, struct opt_pool *pool,
		      struct cli_global *global, const bool *given);
/* Has nothing been found wrong? */
bool cli_settings_right(const struct cli_settings *settings);
/* Likewise for a session and what its options say. 0; or the exit status, with every
 * problem reported. */
int cli_settings_begin(struct cli_session *session, const bool *given);

/* ---- between the files that do this ---- */

/* The origins of a key's values. */
struct cli_origins {
	struct cli_origin *v;
	size_t n;
};

/*
 * Stores the values of a section's keys, which are the rows that are configurable, and
 * appends where they stand to `origins`, one element a row. 0; -1: out of memory.
 */
int cli_section_read(struct cli_settings *settings, const struct cli_placed *placed,
		     const struct opt *keys, size_t n_keys, void *values,
		     struct cli_origins *origins);
int cli_origin_add(struct opt_pool *pool, struct cli_origins *ret, const char *name,
		   size_t line);
int cli_setting_add(struct cli_settings *settings, const struct cli_setting *setting);
/* Is there a profile of that name? Else it is a problem, of that line. 0; -1: out of
 * memory. */
int cli_profile_check(struct cli_settings *settings, struct cli_config *config,
		      size_t line, const char *name);
/* settings_global.c, settings_policy.c */
int cli_globals_load(struct cli_settings *settings, struct cli_global *global,
		     const bool *given);
int cli_policy_load(struct cli_settings *settings);

#endif
