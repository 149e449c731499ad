/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words to values: long options, letters, cmdlet parameters, positional words. */
#include "options.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "text.h"
#include "value.h"

enum {
	OUT_OF_MEMORY = EXIT_UNREACHABLE
};

struct parser {
	struct opt_parsed *parsed;
	char *const *argv;
	int argc;
	int at;
	bool *given_global;
	bool *given;     /* of the command's options */
	bool only_words; /* after "--" */
};

static int fail(struct parser *parser, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static int fail(struct parser *parser, const char *format, ...)
{
	struct opt_parsed *parsed = parser->parsed;
	va_list args;
	char *text;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0 || !opt_pool_take(&parsed->pool, text)) {
		return OUT_OF_MEMORY;
	}
	parsed->error = text;
	return EXIT_USAGE;
}

static const struct opt *command_option(const struct cmd *cmd, size_t i)
{
	return cmd && i < cmd->n_options ? &cmd->options[i] : NULL;
}

static bool is_global(const struct opt *opt)
{
	return opt >= opt_globals && opt < opt_globals + opt_n_globals;
}

static bool *given(struct parser *parser, const struct opt *opt)
{
	return is_global(opt) ? &parser->given_global[opt - opt_globals]
			      : &parser->given[opt - parser->parsed->cmd->options];
}

static void *place(struct parser *parser, const struct opt *opt)
{
	char *base = is_global(opt) ? (char *)&parser->parsed->global
				    : (char *)parser->parsed->values;

	return base + opt->offset;
}

/* An option as the user writes it: "--fqdn", or "-Fqdn" of a cmdlet. */
static const char *spelled(struct parser *parser, const struct opt *opt)
{
	char parameter[64];
	char *text;

	if (parser->parsed->cmdlet) {
		opt_parameter(opt, parameter, sizeof(parameter));
		text = opt_pool_printf(&parser->parsed->pool, "-%s", parameter);
	} else {
		text = opt_pool_printf(&parser->parsed->pool, "--%s", opt->name);
	}
	return text ? text : opt->name;
}

/* ---- storing values ---- */

static int store_word(struct parser *parser, const struct opt *opt, const char *word)
{
	const char *problem = NULL;
	int status;

	if (!*word && (opt->kinds || is_global(opt)) &&
	    (opt->type == OPT_LIST || opt->type == OPT_TEXT)) {
		return fail(parser, "'%s' has an empty %s", spelled(parser, opt),
			    opt->kinds ? "identity" : "value");
	}
	status = opt_value_store(&parser->parsed->pool, opt, word, place(parser, opt),
				 &problem);
	return problem ? fail(parser, "'%s' %s", spelled(parser, opt), problem) : status;
}

/* The end of an item of a PowerShell list: its quotes are taken off, commas in them are
 * kept. */
static const char *list_item(struct parser *parser, const char *p, char **ret)
{
	char quote = *p == '\'' || *p == '"' ? *p : '\0';
	const char *end = quote ? strchr(p + 1, quote) : NULL;

	if (end && (end[1] == '\0' || end[1] == ',')) {
		*ret = opt_pool_copy(&parser->parsed->pool, p + 1, (size_t)(end - p) - 1);
		return end + 1;
	}
	end = strchrnul(p, ',');
	*ret = opt_pool_copy(&parser->parsed->pool, p, (size_t)(end - p));
	return end;
}

/* A distinguished name has commas of its own. */
static bool is_distinguished_name(const char *text)
{
	size_t n = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

	return n && text[n] == '=';
}

/* "DB1,DB2", and after a comma at the end of the word the next word. */
static int store_list(struct parser *parser, const struct opt *opt, const char *value)
{
	const char *p = value;

	if (!parser->parsed->cmdlet || is_distinguished_name(value) ||
	    !strchr(value, ',')) {
		return store_word(parser, opt, value);
	}
	for (;;) {
		char *item = NULL;
		int status;

		p = list_item(parser, p, &item);
		if (!item) {
			return OUT_OF_MEMORY;
		}
		status = store_word(parser, opt, item);
		if (status || !*p) {
			return status;
		}
		p++;
		if (!*p) {
			return parser->at < parser->argc
				       ? store_list(parser, opt,
						    parser->argv[parser->at++])
				       : fail(parser, "'%s' ends with a comma",
					      spelled(parser, opt));
		}
		p += strspn(p, " ");
	}
}

static int store(struct parser *parser, const struct opt *opt, const char *value)
{
	bool *seen = given(parser, opt);

	if (*seen && opt->type != OPT_LIST) {
		return fail(parser, "'%s' is given twice", spelled(parser, opt));
	}
	*seen = true;
	return opt->type == OPT_LIST ? store_list(parser, opt, value)
				     : store_word(parser, opt, value);
}

/* The option that a flag excludes, or NULL. */
static const struct opt *opposite(struct parser *parser, const struct opt *opt)
{
	return opt->opposite ? opt_find(parser->parsed->cmd, opt->opposite,
					strlen(opt->opposite))
			     : NULL;
}

static int set_flag(struct parser *parser, const struct opt *opt, bool value)
{
	const struct opt *other = opposite(parser, opt);

	if (!value && other) {
		opt = other;
		value = true;
	}
	*given(parser, opt) = true;
	*(bool *)place(parser, opt) = value;
	return 0;
}

/* ---- kinds of words ---- */

static int unknown(struct parser *parser, const char *word, size_t name)
{
	const struct cmd *cmd = parser->parsed->cmd;
	char *typed = opt_pool_copy(&parser->parsed->pool, word + name,
				    strcspn(word + name, "=:"));
	const struct opt *nearest = NULL;
	size_t best = typed ? cli_nearness(typed) : 0;
	size_t n = (cmd ? cmd->n_options : 0) + opt_n_globals;

	for (size_t i = 0; typed && i < n; i++) {
		const struct opt *opt = command_option(cmd, i);
		char parameter[64];
		size_t distance;

		opt = opt ? opt : &opt_globals[i - (n - opt_n_globals)];
		opt_parameter(opt, parameter, sizeof(parameter));
		distance = cli_distance(typed, opt->name, best);
		distance = cli_distance(typed, parameter, distance);
		if (distance < best) {
			best = distance;
			nearest = opt;
		}
	}
	if (nearest) {
		return fail(parser, "unknown option '%s'; did you mean '%s'?", word,
			    spelled(parser, nearest));
	}
	return fail(parser, "unknown option '%s'", word);
}

/* What a cmdlet has and casarray does not. */
static int unsupported(struct parser *parser, const char *word, size_t dash, size_t n)
{
	static const char *const names[] = {
		"IgnoreDefaultScope", "ErrorAction",  "ErrorVariable", "WarningAction",
		"WarningVariable",    "OutBuffer",    "OutVariable",   "Debug",
		"ResultSize",         "Organization",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strlen(names[i]) == n && !strncasecmp(names[i], word + dash, n)) {
			return fail(parser,
				    "'-%s' is not supported: casarray works on the "
				    "directory that -Directory names",
				    names[i]);
		}
	}
	return unknown(parser, word, dash);
}

/* Is a word an option rather than the value of the one before it? */
static bool looks_like_option(struct parser *parser, const char *word)
{
	const struct cmd *cmd = parser->parsed->cmd;
	const struct opt *second;
	size_t dash = opt_dash(word);

	if (!strncmp(word, "--", 2)) {
		return opt_find(cmd, word + 2, strcspn(word + 2, "=")) != NULL;
	}
	return parser->parsed->cmdlet && dash &&
	       opt_find_parameter(cmd, word + dash, strcspn(word + dash, ":"), &second) &&
	       !second;
}

static int store_next(struct parser *parser, const struct opt *opt)
{
	if (parser->at >= parser->argc ||
	    looks_like_option(parser, parser->argv[parser->at])) {
		return fail(parser, "'%s' needs a value, %s", spelled(parser, opt),
			    opt->metavar);
	}
	return store(parser, opt, parser->argv[parser->at++]);
}

static int parse_long(struct parser *parser, const char *word)
{
	const char *name = word + 2;
	size_t n = strcspn(name, "=");
	const struct opt *opt = opt_find(parser->parsed->cmd, name, n);

	if (!opt) {
		return unknown(parser, word, 2);
	}
	if (opt->type == OPT_FLAG) {
		return name[n] ? fail(parser, "'--%s' takes no value", opt->name)
			       : set_flag(parser, opt, true);
	}
	return name[n] ? store(parser, opt, name + n + 1) : store_next(parser, opt);
}

/* "-v", "-vq", "-dFILE", "-d FILE" */
static int parse_letters(struct parser *parser, const char *word)
{
	for (const char *p = word + 1; *p; p++) {
		const struct opt *opt = opt_find_letter(parser->parsed->cmd, *p);

		if (!opt) {
			return unknown(parser, word, 1);
		}
		if (opt->type == OPT_FLAG) {
			set_flag(parser, opt, true);
			continue;
		}
		return p[1] ? store(parser, opt, p + 1) : store_next(parser, opt);
	}
	return 0;
}

/* "$true" and "$false", with or without the dollar, after "-Name:". */
static bool parse_truth(const char *text, bool *ret)
{
	text += *text == '$';
	if (!strcasecmp(text, "true") || !strcmp(text, "1")) {
		*ret = true;
		return true;
	}
	*ret = false;
	return !strcasecmp(text, "false") || !strcmp(text, "0");
}

static int parse_switch(struct parser *parser, const struct opt *opt, const char *value)
{
	bool truth;

	if (!value) {
		return set_flag(parser, opt, true);
	}
	if (!*value && parser->at < parser->argc &&
	    parse_truth(parser->argv[parser->at], &truth)) {
		parser->at++;
		return set_flag(parser, opt, truth);
	}
	if (!*value) {
		/* what a shell leaves of -Confirm:$false without quotes */
		return fail(parser, "'%s:' has no value; quote it: '%s:$false'",
			    spelled(parser, opt), spelled(parser, opt));
	}
	if (!parse_truth(value, &truth)) {
		return fail(parser, "'%s' is '%s', and not $true or $false",
			    spelled(parser, opt), value);
	}
	return set_flag(parser, opt, truth);
}

/* "-Fqdn x", "-Fqdn:x", "-WhatIf", "-Confirm:$false" */
static int parse_parameter(struct parser *parser, const char *word, size_t dash)
{
	const char *name = word + dash;
	size_t n = strcspn(name, ":");
	const char *value = name[n] ? name + n + 1 : NULL;
	const struct opt *second;
	const struct opt *opt = opt_find_parameter(parser->parsed->cmd, name, n, &second);

	if (!opt) {
		return unsupported(parser, word, dash, n);
	}
	if (second) {
		return fail(parser, "'-%.*s' is ambiguous: it may mean '%s' or '%s'",
			    (int)n, name, spelled(parser, opt), spelled(parser, second));
	}
	if (opt->type == OPT_FLAG) {
		return parse_switch(parser, opt, value);
	}
	return value && *value ? store(parser, opt, value) : store_next(parser, opt);
}

static int parse_positional(struct parser *parser, const char *word)
{
	const struct cmd *cmd = parser->parsed->cmd;
	const struct opt *opt;

	for (size_t i = 0; (opt = command_option(cmd, i)); i++) {
		if (opt->positional && (opt->type == OPT_LIST || !*given(parser, opt))) {
			return store(parser, opt, word);
		}
	}
	if (access(word, F_OK) == 0) {
		return fail(parser,
			    "unexpected word '%s'; '%s %s' names the file to work on",
			    word, parser->parsed->cmdlet ? "-Directory" : "--directory",
			    word);
	}
	return fail(parser, "unexpected word '%s'", word);
}

static int parse_command(struct parser *parser, const char *word)
{
	struct opt_parsed *parsed = parser->parsed;
	const struct cmd *cmd = cmd_find(word);
	const struct cmd *nearest = cmd ? NULL : cmd_nearest(word);

	if (!cmd && nearest) {
		return fail(parser, "unknown command '%s'; did you mean '%s'?", word,
			    nearest->name);
	}
	if (!cmd) {
		return fail(parser, "unknown command '%s'", word);
	}
	parsed->values = opt_pool_alloc(&parsed->pool, cmd->values_size);
	parser->given =
		opt_pool_alloc(&parsed->pool, cmd->n_options * sizeof(*parser->given));
	if (!parsed->values || !parser->given) {
		return OUT_OF_MEMORY;
	}
	parsed->cmd = cmd;
	parsed->cmdlet = strcasecmp(cmd->name, word) != 0;
	return 0;
}

static int parse_word(struct parser *parser, const char *word)
{
	size_t dash = opt_dash(word);

	if (!parser->only_words && !strcmp(word, "--")) {
		parser->only_words = true;
		return 0;
	}
	if (!parser->only_words && !strncmp(word, "--", 2)) {
		return parse_long(parser, word);
	}
	/* "-" alone is a word: stdin */
	if (!parser->only_words && dash && word[dash] && parser->parsed->cmdlet) {
		return parse_parameter(parser, word, dash);
	}
	if (!parser->only_words && *word == '-' && word[1]) {
		return parse_letters(parser, word);
	}
	if (!parser->parsed->cmd) {
		return parse_command(parser, word);
	}
	return parse_positional(parser, word);
}

/* ---- when all words are read ---- */

static int check_required(struct parser *parser)
{
	const struct cmd *cmd = parser->parsed->cmd;
	const char *missing = "";
	const struct opt *opt;
	size_t n = 0;

	for (size_t i = 0; (opt = command_option(cmd, i)); i++) {
		const char *name = opt->positional && !parser->parsed->cmdlet
					   ? opt->metavar
					   : spelled(parser, opt);

		if (!opt->required || *given(parser, opt)) {
			continue;
		}
		missing = opt_pool_printf(&parser->parsed->pool, "%s%s%s", missing,
					  n++ ? ", " : "", name);
		if (!missing) {
			return OUT_OF_MEMORY;
		}
	}
	return n ? fail(parser, "missing: %s", missing) : 0;
}

static int check_opposites(struct parser *parser)
{
	const struct opt *opt;

	for (size_t i = 0; (opt = command_option(parser->parsed->cmd, i)); i++) {
		const struct opt *other = opposite(parser, opt);

		if (other && *(bool *)place(parser, opt) &&
		    *(bool *)place(parser, other)) {
			return fail(parser, "'%s' and '%s' exclude each other",
				    spelled(parser, opt), spelled(parser, other));
		}
	}
	return 0;
}

int opt_parse(struct opt_parsed *parsed, int argc, char *const *argv)
{
	struct parser parser = {.parsed = parsed, .argv = argv, .argc = argc};
	int status = 0;

	*parsed = (struct opt_parsed){.global = {.format = "text", .color = "auto"}};
	parser.given_global = opt_pool_alloc(
		&parsed->pool, opt_n_globals * sizeof(*parser.given_global));
	if (!parser.given_global) {
		return OUT_OF_MEMORY;
	}
	parsed->given = parser.given_global;
	while (!status && parser.at < argc) {
		const char *word = argv[parser.at++];

		status = parse_word(&parser, word);
	}
	if (!status && parsed->cmd && !parsed->global.help && !parsed->global.version) {
		status = check_required(&parser);
	}
	return status ? status : check_opposites(&parser);
}

void opt_free(struct opt_parsed *parsed)
{
	opt_pool_free(&parsed->pool);
	*parsed = (struct opt_parsed){0};
}
