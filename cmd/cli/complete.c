/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What may follow on a half-typed command line: a function from words to candidates. */
#include "complete.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "session.h"
#include "text.h"
#include "value.h"

/* More than that nobody reads, and shells become slow. */
#define MOST_CANDIDATES 1000

/* The line as far as it goes. */
struct line {
	struct cli_candidates *ret;
	cli_names_fn names;
	void *closure;
	const struct cmd *cmd;
	bool cmdlet;
	bool only_words;           /* after "--" */
	const struct opt *pending; /* waits for its value */
	bool *given;               /* of the command's options */
	bool given_global[32];
	struct cli_global values; /* of its options that take a text */
};

void cli_candidate_add(struct cli_candidates *ret, const char *start, const char *before,
		       const char *text, const char *help)
{
	char *whole;

	if (ret->n >= MOST_CANDIDATES || !cli_begins(text, start, strlen(start)) ||
	    !out_is_safe(text) || !out_is_safe(before)) {
		return;
	}
	if (ret->n == ret->size) {
		size_t size = ret->size ? ret->size * 2 : 32;
		struct cli_candidate *v = opt_pool_alloc(ret->pool, size * sizeof(*v));

		if (!v) {
			return;
		}
		if (ret->n) {
			memcpy(v, ret->v, ret->n * sizeof(*v));
		}
		ret->v = v;
		ret->size = size;
	}
	whole = opt_pool_printf(ret->pool, "%s%s", before, text);
	if (whole) {
		ret->v[ret->n].text = whole;
		ret->v[ret->n].help = help;
		ret->n++;
	}
}

/* ---- the words before the last one ---- */

static bool *given(struct line *line, const struct opt *opt)
{
	if (opt >= opt_globals && opt < opt_globals + opt_n_globals) {
		return &line->given_global[opt - opt_globals];
	}
	return &line->given[opt - line->cmd->options];
}

static void note_value(struct line *line, const struct opt *opt, const char *value)
{
	const char *problem;

	*given(line, opt) = true;
	if (value && opt >= opt_globals && opt < opt_globals + opt_n_globals &&
	    (opt->type == OPT_LIST || opt->type == OPT_TEXT)) {
		opt_value_store(line->ret->pool, opt, value,
				(char *)&line->values + opt->offset, &problem);
	}
}

/* The option that a word names; *value is what is joined to it, or NULL. */
static const struct opt *word_option(const struct line *line, const char *word,
				     const char **value)
{
	const struct opt *second = NULL;
	const struct opt *opt;
	size_t dash = opt_dash(word);
	size_t n;

	*value = NULL;
	if (!strncmp(word, "--", 2)) {
		n = strcspn(word + 2, "=");
		*value = word[2 + n] ? word + 3 + n : NULL;
		return opt_find(line->cmd, word + 2, n);
	}
	if (line->cmdlet) {
		n = strcspn(word + dash, ":");
		*value = word[dash + n] ? word + dash + n + 1 : NULL;
		opt = opt_find_parameter(line->cmd, word + dash, n, &second);
		return second ? NULL : opt;
	}
	opt = opt_find_letter(line->cmd, word[1]);
	*value = opt && opt->type != OPT_FLAG && word[2] ? word + 2 : NULL;
	return opt;
}

static const struct opt *next_positional(struct line *line)
{
	for (size_t i = 0; line->cmd && i < line->cmd->n_options; i++) {
		const struct opt *opt = &line->cmd->options[i];

		if (opt->positional && (opt->type == OPT_LIST || !*given(line, opt))) {
			return opt;
		}
	}
	return NULL;
}

static void enter_command(struct line *line, const char *word)
{
	const struct cmd *cmd = cmd_find(word);

	if (!cmd) {
		return;
	}
	line->given = opt_pool_alloc(line->ret->pool, cmd->n_options * sizeof(bool));
	if (line->given) {
		line->cmd = cmd;
		line->cmdlet = strcasecmp(cmd->name, word) != 0;
	}
}

static void pass(struct line *line, const char *word)
{
	const struct opt *opt;
	const char *value;

	if (line->pending) {
		note_value(line, line->pending, word);
		line->pending = NULL;
	} else if (!line->only_words && !strcmp(word, "--")) {
		line->only_words = true;
	} else if (!line->only_words && opt_dash(word) && word[1]) {
		opt = word_option(line, word, &value);
		if (opt && opt->type != OPT_FLAG && !value) {
			line->pending = opt;
		} else if (opt) {
			note_value(line, opt, value);
		}
	} else if (!line->cmd) {
		enter_command(line, word);
	} else {
		opt = next_positional(line);
		if (opt) {
			note_value(line, opt, word);
		}
	}
}

/* ---- the last word ---- */

/* Names and, where cmdlets are wanted, theirs beside them. */
static void add_names(struct line *line, const char *start, bool names, bool cmdlets)
{
	for (const struct cmd *const *cmd = cmd_table; *cmd; cmd++) {
		if ((*cmd)->flags & CMD_HIDDEN) {
			continue;
		}
		if (names) {
			cli_candidate_add(line->ret, start, "", (*cmd)->name,
					  (*cmd)->summary);
		}
		if (cmdlets && (*cmd)->cmdlet) {
			cli_candidate_add(line->ret, start, "", (*cmd)->cmdlet,
					  (*cmd)->summary);
		}
	}
}

static void add_commands(struct line *line, const char *start, bool topics)
{
	/* who types a capital wants the cmdlet, and so who typed what begins nothing else
	 */
	add_names(line, start, true, isupper((unsigned char)*start));
	if (!line->ret->n) {
		add_names(line, start, false, true);
	}
	for (size_t i = 0; topics && cli_help_topics[i]; i++) {
		cli_candidate_add(line->ret, start, "", cli_help_topics[i], NULL);
	}
}

/* The value of an option; `before` is what stands before it in the same word. */
static void add_values(struct line *line, const struct opt *opt, const char *start,
		       const char *before)
{
	const char *comma =
		line->cmdlet && opt->type == OPT_LIST ? strrchr(start, ',') : NULL;

	if (comma) {
		char *head = opt_pool_copy(line->ret->pool, start,
					   (size_t)(comma - start) + 1);

		before = head ? opt_pool_printf(line->ret->pool, "%s%s", before, head)
			      : NULL;
		start = comma + 1;
	}
	if (!before) {
		return;
	}
	for (size_t i = 0; opt->choices && opt->choices[i]; i++) {
		if (opt->fits && line->cmd && !opt->fits(line->cmd, opt->choices[i])) {
			continue;
		}
		cli_candidate_add(line->ret, start, before, opt->choices[i], NULL);
	}
	if (opt->names_command) {
		add_commands(line, start, true);
	}
	if ((opt->kinds || opt->names_profile) && line->names) {
		line->names(line->closure, opt, &line->values, start, before, line->ret);
	}
}

static void add_option(struct line *line, const struct opt *opt, const char *start,
		       const char *dash)
{
	char parameter[64];

	if (*given(line, opt) && opt->type != OPT_LIST) {
		return;
	}
	opt_parameter(opt, parameter, sizeof(parameter));
	cli_candidate_add(line->ret, start, dash,
			  *dash && dash[1] ? opt->name : parameter, opt->help);
}

static void add_options(struct line *line, const char *start, const char *dash)
{
	for (size_t i = 0; line->cmd && i < line->cmd->n_options; i++) {
		add_option(line, &line->cmd->options[i], start, dash);
	}
	for (size_t i = 0; i < opt_n_globals; i++) {
		add_option(line, &opt_globals[i], start, dash);
	}
}

static void last_option(struct line *line, const char *word)
{
	const char *value;
	const struct opt *opt = word_option(line, word, &value);
	bool is_long = !strncmp(word, "--", 2);

	if (opt && value) {
		char *before =
			opt_pool_copy(line->ret->pool, word, (size_t)(value - word));

		if (before) {
			add_values(line, opt, value, before);
		}
	} else if (line->cmdlet && !is_long) {
		add_options(line, word + opt_dash(word), "-");
	} else {
		add_options(line, word + (is_long ? 2 : opt_dash(word)), "--");
	}
}

void cli_complete(struct cli_candidates *ret, const char *const *words, size_t n,
		  cli_names_fn names, void *closure)
{
	struct line line = {.ret = ret, .names = names, .closure = closure};
	const char *last;
	const struct opt *opt;

	if (!n || opt_n_globals > sizeof(line.given_global)) {
		return;
	}
	for (size_t i = 0; i + 1 < n; i++) {
		pass(&line, words[i]);
	}
	last = words[n - 1];
	if (line.pending) {
		add_values(&line, line.pending, last, "");
	} else if (!line.only_words && opt_dash(last)) {
		last_option(&line, last);
	} else if (!line.cmd) {
		add_commands(&line, last, false);
	} else {
		opt = next_positional(&line);
		if (opt) {
			add_values(&line, opt, last, "");
		}
	}
}
