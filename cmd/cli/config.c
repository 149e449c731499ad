/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a configuration file says: sections of keys and values.
 *
 * inih cuts a line after 200 characters and a section's name after 49, takes an indented
 * line for more of the value above it, and does not say which lines it did not
 * understand. So it gets each line for itself, with short words in place of names and
 * values, and says whether it is of the right form; what they are is taken from the line.
 */
#include "config.h"

#include <ini.h>
#include <stdarg.h>
#include <string.h>

#include "buf.h"

#define LINE_MAX_BYTES (64u << 10)
#define BLANKS " \t"

struct reading {
	struct cli_config *config;
	char *rest; /* the lines that are left */
	char *end;
	size_t number; /* of the line in hand */
	char *key;     /* the line */
	char *value;   /* what is behind its '=' */
	bool pending;  /* it has been given to inih */
	bool failed;   /* out of memory */
};

int cli_config_problem(struct cli_config *config, size_t line, const char *hint,
		       const char *format, ...)
{
	struct cli_config_problem *grown;
	va_list args;
	char *text;
	int n;

	if (cli_config_is_full(config)) {
		config->n_problems++;
		return 0;
	}
	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0 || !opt_pool_take(config->pool, text)) {
		return -1;
	}
	grown = opt_pool_room(config->pool, config->problems, config->n_problems,
			      sizeof(*grown));
	if (!grown) {
		return -1;
	}
	config->problems = grown;
	grown[config->n_problems++] = (struct cli_config_problem){line, text, hint};
	return 0;
}

static void problem(struct reading *reading, const char *hint, const char *text)
{
	if (cli_config_problem(reading->config, reading->number, hint, "%s", text)) {
		reading->failed = true;
	}
}

/* ---- lines ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Why n bytes are no line of text, or NULL. */
static const char *not_text(const char *p, size_t n)
{
	if (n > LINE_MAX_BYTES) {
		return "the line is longer than 64 KiB";
	}
	for (size_t i = 0, step; i < n; i += step) {
		unsigned code;

		step = out_decode(p + i, n - i, &code);
		if (!step) {
			return "the line is not UTF-8";
		}
		if ((code < ' ' && code != '\t') || code == 0x7f) {
			return "there is a control character in the line";
		}
	}
	return NULL;
}

/* The next line that is text, without blanks before it and its end; NULL: there is none.
 */
static char *next_line(struct reading *reading)
{
	while (reading->rest < reading->end) {
		char *line = reading->rest;
		size_t room = (size_t)(reading->end - line);
		char *end = memchr(line, '\n', room);
		const char *why;

		end = end ? end : reading->end;
		reading->rest = end + 1;
		reading->number++;
		end -= end > line && end[-1] == '\r';
		*end = '\0';
		why = not_text(line, (size_t)(end - line));
		if (!why) {
			return line + strspn(line, BLANKS);
		}
		problem(reading, "a file of configuration is plain text in UTF-8", why);
	}
	return NULL;
}

/* Where a value that begins at `text` ends, or the comment behind it begins. */
static char *plain_end(char *text)
{
	char *end = text;

	while (*end && !(*end == ';' && is_blank(end[-1]))) {
		end++;
	}
	while (end > text && is_blank(end[-1])) {
		end--;
	}
	return end;
}

/* Is there nothing but blanks and a comment? */
static bool is_end(const char *text)
{
	size_t blanks = strspn(text, BLANKS);

	return !text[blanks] || (blanks && text[blanks] == ';');
}

/* What stands in quotes from p on, with \" for a quote in it and \\ for a backslash. */
static char *quoted(struct reading *reading, char *p)
{
	char *start = p, *to = p;

	while (*p && *p != '"') {
		p += *p == '\\' && (p[1] == '"' || p[1] == '\\');
		*to++ = *p++;
	}
	if (!*p) {
		problem(reading, NULL, "the quotes are not closed");
	} else if (!is_end(p + 1)) {
		problem(reading, "a quote inside of quotes is written as \\\"",
			"there is something behind the quotes");
	}
	*to = '\0';
	return start;
}

/* In place. The character before `text` exists. */
static char *value_of(struct reading *reading, char *text)
{
	char *start = text + strspn(text, BLANKS);

	if (*start == '"') {
		return quoted(reading, start + 1);
	}
	*plain_end(text) = '\0';
	return *text ? start : text;
}

/* ---- sections and entries ---- */

static void add_section(struct reading *reading, char *line)
{
	struct cli_config *config = reading->config;
	char *kind = line + 1 + strspn(line + 1, BLANKS);
	char *end = strchr(line, ']');
	struct cli_config_section *grown;
	char *name;

	if (!end) {
		problem(reading, NULL, "the section has no ']'");
	} else if (!strchr(";#", end[1 + strspn(end + 1, BLANKS)])) {
		problem(reading, NULL, "there is something behind the section's ']'");
	}
	end = end ? end : strchr(line, '\0');
	while (end > kind && is_blank(end[-1])) {
		end--;
	}
	*end = '\0';
	name = kind + strcspn(kind, BLANKS);
	if (*name) {
		*name++ = '\0';
		name += strspn(name, BLANKS);
	}
	grown = opt_pool_room(config->pool, config->sections, config->n, sizeof(*grown));
	if (!grown) {
		reading->failed = true;
		return;
	}
	config->sections = grown;
	grown[config->n++] = (struct cli_config_section){
		.kind = kind, .name = name, .line = reading->number};
}

static void add_entry(struct reading *reading, const char *key)
{
	struct cli_config *config = reading->config;
	struct cli_config_section *section = &config->sections[config->n - 1];
	struct cli_config_entry *grown;

	grown = opt_pool_room(config->pool, section->entries, section->n, sizeof(*grown));
	if (!grown) {
		reading->failed = true;
		return;
	}
	/* a key stands at the beginning of its line */
	reading->key[strlen(key)] = '\0';
	section->entries = grown;
	grown[section->n++] = (struct cli_config_entry){
		.key = reading->key,
		.value = value_of(reading, reading->value),
		.line = reading->number,
	};
}

/* inih found a key. */
static int take_key(void *closure, const char *section, const char *key,
		    const char *value)
{
	struct reading *reading = closure;

	reading->pending = false;
	if (!*key) {
		problem(reading, NULL, "there is no key before the '='");
	} else if (!reading->config->n) {
		problem(reading, "begin with a line [defaults]",
			"a key stands before the first section");
	} else {
		add_entry(reading, key);
	}
	return 1;
}

/* Did inih understand the last line? */
static void judge_last(struct reading *reading)
{
	if (reading->pending) {
		problem(reading, "a comment begins with ';'",
			"the line is no [section], and no key with a value: key = value");
	}
	reading->pending = false;
}

/* A line with a key, as inih gets it. */
static void give_key(struct reading *reading, char *line, char *ret, size_t size)
{
	size_t n = strcspn(line, "=:");
	bool has_value = line[n];

	line[n] = '\0';
	reading->pending = true;
	reading->key = line;
	reading->value = line + n + has_value;
	snprintf(ret, size, "%.100s%s\n", line, has_value ? "=value" : "");
}

/* inih asks for the next line. */
static char *give_line(char *ret, int size, void *closure)
{
	struct reading *reading = closure;
	char *line;

	judge_last(reading);
	while (!reading->failed && (line = next_line(reading))) {
		if (!*line || *line == ';' || *line == '#') {
			continue;
		}
		if (*line == '[') {
			add_section(reading, line);
			snprintf(ret, (size_t)size, "[section]\n");
		} else {
			give_key(reading, line, ret, (size_t)size);
		}
		return ret;
	}
	return NULL;
}

/* A file that other systems wrote. */
static size_t skip_mark(struct reading *reading, const char *text, size_t n)
{
	static const char *const utf16[] = {"\xff\xfe", "\xfe\xff"};

	for (size_t i = 0; i < sizeof(utf16) / sizeof(*utf16); i++) {
		if (n >= 2 && !memcmp(text, utf16[i], 2)) {
			reading->number = 1;
			problem(reading, "save it as UTF-8", "the file is UTF-16");
			return n;
		}
	}
	return n >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? 3 : 0;
}

int cli_config_parse(struct cli_config *ret, struct opt_pool *pool, const char *name,
		     const char *text, size_t n)
{
	struct reading reading = {.config = ret};
	char *copy = opt_pool_alloc(pool, n + 1);
	int status;

	*ret = (struct cli_config){.pool = pool, .file = name};
	if (!copy) {
		return -1;
	}
	memcpy(copy, text, n);
	reading.rest = copy + skip_mark(&reading, text, n);
	reading.end = copy + n;
	status = ini_parse_stream(give_line, &reading, take_key, &reading);
	judge_last(&reading);
	/* -2: inih had no memory for a line */
	return reading.failed || status < 0 ? -1 : 0;
}

char *cli_config_quote(struct opt_pool *pool, const char *value)
{
	size_t n = strlen(value);
	bool plain = n && !strchr(BLANKS "\";", *value) && !is_blank(value[n - 1]) &&
		     !strstr(value, " ;") && !strstr(value, "\t;");
	char *text, *p;

	if (plain) {
		return opt_pool_copy(pool, value, n);
	}
	text = opt_pool_alloc(pool, 2 * n + 3);
	if (!text) {
		return NULL;
	}
	p = text;
	*p++ = '"';
	for (; *value; value++) {
		if (*value == '"' || *value == '\\') {
			*p++ = '\\';
		}
		*p++ = *value;
	}
	*p++ = '"';
	*p = '\0';
	return text;
}
