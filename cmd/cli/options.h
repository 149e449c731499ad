/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From words to a command and the values of its options. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli.h"
#include "pool.h"

/* The options that every command has; their values are in struct cli_global. */
extern const struct opt opt_globals[];
extern const size_t opt_n_globals;

struct opt_parsed {
	const struct cmd *cmd; /* NULL: none was named */
	bool cmdlet;           /* named as a cmdlet: -Parameter value */
	struct cli_global global;
	const bool *given; /* which of opt_globals the words name */
	void *values;
	const char *error; /* one line, when the words are wrong */
	struct opt_pool pool;
};

/*
 * Parses the words. 0; EXIT_USAGE: `error` says what is wrong (with cmd set when that
 * much is known); EXIT_UNREACHABLE: out of memory. The values borrow from argv and from
 * *parsed, which opt_free() empties in every case.
 */
int opt_parse(struct opt_parsed *parsed, int argc, char *const *argv);
void opt_free(struct opt_parsed *parsed);

/* The option of a whole long name, command's or global; `n` bytes. NULL: none. */
const struct opt *opt_find(const struct cmd *cmd, const char *name, size_t n);
const struct opt *opt_find_letter(const struct cmd *cmd, char letter);
/*
 * By cmdlet parameter: its alias, its whole name, the name without dashes, or an
 * unambiguous beginning, ignoring case. NULL: none, or *second is another one that it may
 * mean.
 */
const struct opt *opt_find_parameter(const struct cmd *cmd, const char *name, size_t n,
				     const struct opt **second);
/* The cmdlet parameter as it is shown: "RpcClientAccessServer", "AllowSecondArray". */
void opt_parameter(const struct opt *opt, char *text, size_t size);
/* Length of the dash that begins a parameter ('-', or the dashes of word processors); or
 * 0. */
size_t opt_dash(const char *word);

#endif
