/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configuration files: where they are, and what one says. */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include "cli.h"
#include "pool.h"

struct cli_config_entry {
	const char *key;
	const char *value; /* without quotes and comment; "" when there is none */
	size_t line;
};

struct cli_config_section {
	const char *kind; /* "rule" of "[rule CAS040]" */
	const char *name; /* "CAS040"; "" when there is none */
	size_t line;
	struct cli_config_entry *entries;
	size_t n;
};

/* More of a file are counted only. */
#define CLI_CONFIG_PROBLEMS 20

struct cli_config_problem {
	size_t line; /* 0: the file as a whole */
	const char *text;
	const char *hint; /* or NULL */
};

/* All in it lives in the pool. */
struct cli_config {
	struct opt_pool *pool;
	const char *file; /* as messages name it */
	struct cli_config_section *sections;
	size_t n;
	/* The first of them, and how many there are. */
	struct cli_config_problem *problems;
	size_t n_problems;
};

/*
 * What n bytes of a file called `name` say. What is wrong with them is noted in
 * ret->problems, and is no failure. 0; -1: out of memory.
 */
int cli_config_parse(struct cli_config *ret, struct opt_pool *pool, const char *name,
		     const char *text, size_t n);
/* Notes a problem; the hint may be NULL. 0; -1: out of memory. */
int cli_config_problem(struct cli_config *config, size_t line, const char *hint,
		       const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Are further ones counted only? Then nobody reads what would be said of them. */
static inline bool cli_config_is_full(const struct cli_config *config)
{
	return config->n_problems >= CLI_CONFIG_PROBLEMS;
}
/*
 * The same of a file. What cannot be read is a problem; and, unless the user `named` the
 * file, one that others may write. One that does not exist is none then, and leaves
 * ret->file NULL.
 */
int cli_config_read(struct cli_config *ret, struct opt_pool *pool, const char *path,
		    bool named);
/*
 * All of an open file, NUL-terminated, for free(). 0 or an errno; EFBIG: larger than any
 * file of configuration.
 */
int cli_config_load(int fd, char **ret, size_t *ret_n);
/* A value as it has to stand in a file, in quotes if need be. NULL: out of memory. */
char *cli_config_quote(struct opt_pool *pool, const char *value);

/*
 * The file that commands write: --config, CASARRAY_CONFIG, else the user's own, which
 * need not exist. Lives as long as the session; NULL: out of memory.
 */
const char *cli_config_file(struct cli_session *session);
/* The user's own. NULL: out of memory. */
char *cli_own_config(struct opt_pool *pool);
/* A path that begins with "~/" as a shell would have it. NULL: out of memory. */
const char *cli_expand(struct opt_pool *pool, const char *path);

#endif
