/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tables of commands and options are whole and free of contradictions. */
#include "unit.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "options.h"
#include "text.h"

static bool lower_case(const char *text)
{
	/* a proper name or an abbreviation may stand first */
	return !isupper((unsigned char)text[0]) || isupper((unsigned char)text[1]) ||
	       !strncmp(text, "Exchange", 8);
}

static void check_line(const char *where, const char *text)
{
	size_t n = text ? strlen(text) : 0;

	ck_assert_msg(n > 0, "%s: no text", where);
	ck_assert_msg(lower_case(text), "%s: '%s' begins with a capital", where, text);
	ck_assert_msg(text[n - 1] != '.', "%s: '%s' ends with a full stop", where, text);
	ck_assert_msg(!strchr(text, '\n'), "%s: '%s' has several lines", where, text);
}

static void check_option(const char *command, const struct opt *opt)
{
	bool takes_value = opt->type != OPT_FLAG;
	char where[128];

	snprintf(where, sizeof(where), "%s --%s", command, opt->name);
	check_line(where, opt->help);
	ck_assert_msg(strspn(opt->name, "abcdefghijklmnopqrstuvwxyz0123456789-") ==
			      strlen(opt->name),
		      "%s: the name", where);
	ck_assert_msg(takes_value == (opt->metavar != NULL), "%s: metavar", where);
	ck_assert_msg((opt->type == OPT_CHOICE) == (opt->choices != NULL), "%s: choices",
		      where);
	ck_assert_msg(!opt->choices || opt->choices[0], "%s: no choice", where);
	ck_assert_msg(!opt->positional || takes_value, "%s: a positional flag", where);
	ck_assert_msg(!opt->required || takes_value, "%s: a required flag", where);
	ck_assert_msg(!opt->opposite || !takes_value, "%s: opposite", where);
	/* a parameter is the cmdlet's own word, and fits where it is put together */
	ck_assert_msg(strlen(opt->name) < 48, "%s: too long", where);
	ck_assert_msg(!opt->parameter || isupper((unsigned char)*opt->parameter),
		      "%s: parameter", where);
}

static void check_pair(const char *command, const struct opt *a, const struct opt *b)
{
	char x[64], y[64];

	opt_parameter(a, x, sizeof(x));
	opt_parameter(b, y, sizeof(y));
	ck_assert_msg(strcmp(a->name, b->name) != 0, "%s: two --%s", command, a->name);
	ck_assert_msg(strcasecmp(x, y) != 0, "%s: two -%s", command, x);
	ck_assert_msg(!a->letter || a->letter != b->letter, "%s: two -%c", command,
		      a->letter);
	ck_assert_msg(!a->alias || !b->alias || strcasecmp(a->alias, b->alias) != 0,
		      "%s: two -%s", command, a->alias);
}

static const struct opt *option(const struct cmd *cmd, size_t i)
{
	return i < cmd->n_options ? &cmd->options[i] : &opt_globals[i - cmd->n_options];
}

START_TEST(test_commands)
{
	for (size_t i = 0; cmd_table[i]; i++) {
		const struct cmd *cmd = cmd_table[i];

		check_line(cmd->name, cmd->summary);
		ck_assert_msg(cmd->group && *cmd->group, "%s: group", cmd->name);
		ck_assert_msg(cmd->description && *cmd->description, "%s: description",
			      cmd->name);
		ck_assert_msg(cmd->examples && cmd->examples[0], "%s: examples",
			      cmd->name);
		ck_assert_msg(cmd->run, "%s: run", cmd->name);
		ck_assert_ptr_eq(cmd_find(cmd->name), cmd);
		ck_assert(!cmd->cmdlet || cmd_find(cmd->cmdlet) == cmd);
		for (size_t k = 0; k < i; k++) {
			const struct cmd *other = cmd_table[k];

			ck_assert_msg(strcasecmp(cmd->name, other->name) != 0, "two %s",
				      cmd->name);
			ck_assert_msg(!cmd->cmdlet || !other->cmdlet ||
					      strcasecmp(cmd->cmdlet, other->cmdlet) != 0,
				      "two %s", cmd->cmdlet);
		}
	}
}
END_TEST

START_TEST(test_options)
{
	for (size_t c = 0; cmd_table[c]; c++) {
		const struct cmd *cmd = cmd_table[c];
		size_t n = cmd->n_options + opt_n_globals;

		for (size_t i = 0; i < n; i++) {
			check_option(cmd->name, option(cmd, i));
			for (size_t k = 0; k < i; k++) {
				check_pair(cmd->name, option(cmd, i), option(cmd, k));
			}
		}
	}
}
END_TEST

static size_t value_size(enum opt_type type)
{
	switch (type) {
	case OPT_FLAG:
		return sizeof(bool);
	case OPT_NUMBER:
		return sizeof(int64_t);
	case OPT_LIST:
		return sizeof(struct opt_list);
	case OPT_TEXT:
	case OPT_CHOICE:
	case OPT_LIMIT:
		break;
	}
	return sizeof(char *);
}

/* Each value has a place of its own, inside the command's struct. */
START_TEST(test_places)
{
	for (size_t c = 0; cmd_table[c]; c++) {
		const struct cmd *cmd = cmd_table[c];

		for (size_t i = 0; i < cmd->n_options; i++) {
			const struct opt *a = &cmd->options[i];
			size_t end = a->offset + value_size(a->type);

			ck_assert_msg(end <= cmd->values_size, "%s --%s: outside",
				      cmd->name, a->name);
			for (size_t k = 0; k < i; k++) {
				const struct opt *b = &cmd->options[k];

				ck_assert_msg(end <= b->offset ||
						      b->offset + value_size(b->type) <=
							      a->offset,
					      "%s: --%s and --%s overlap", cmd->name,
					      a->name, b->name);
			}
		}
	}
}
END_TEST

/* Nothing could follow a positional list, and an opposite is an option of the command. */
START_TEST(test_relations)
{
	for (size_t c = 0; cmd_table[c]; c++) {
		const struct cmd *cmd = cmd_table[c];
		bool list = false;

		for (size_t i = 0; i < cmd->n_options; i++) {
			const struct opt *opt = &cmd->options[i];
			const struct opt *other;

			ck_assert_msg(!opt->positional || !list, "%s --%s: never reached",
				      cmd->name, opt->name);
			list |= opt->positional && opt->type == OPT_LIST;
			if (opt->opposite) {
				other = opt_find(cmd, opt->opposite,
						 strlen(opt->opposite));
				ck_assert_msg(other && other->type == OPT_FLAG,
					      "%s --%s: opposite", cmd->name, opt->name);
			}
		}
	}
}
END_TEST

/* Every example parses. */
START_TEST(test_examples)
{
	for (size_t c = 0; cmd_table[c]; c++) {
		for (size_t i = 0; cmd_table[c]->examples[i]; i++) {
			char line[512];
			char *words[32];
			struct opt_parsed parsed;
			int n = 0;
			char *to = line;
			const char *from = cmd_table[c]->examples[i];

			ck_assert_uint_lt(strlen(from), sizeof(line) - 32);
			while (*from && *from != '|' && n < 32) {
				words[n++] = to;
				for (char quote = 0; *from && (quote || *from != ' ');
				     from++) {
					if (!quote && (*from == '\'' || *from == '"')) {
						quote = *from;
					} else if (quote && *from == quote) {
						quote = 0;
					} else {
						*to++ = *from;
					}
				}
				*to++ = '\0';
				from += strspn(from, " ");
			}
			ck_assert_msg(!opt_parse(&parsed, n, words), "%s: %s",
				      cmd_table[c]->examples[i],
				      parsed.error ? parsed.error : "?");
			ck_assert_ptr_eq(parsed.cmd, cmd_table[c]);
			opt_free(&parsed);
		}
	}
}
END_TEST

static const struct {
	const char *word;
	const char *nearest;
} slips[] = {
	{"adit", "audit"},
	{"new-aray", "new-array"},
	{"get-databse", "get-database"},
	{"udno", "undo"},
	{"Get-ClientAcessArray", "get-array"},
	{"xyzzy", NULL},
	{"", NULL},
	{"a-word-that-is-longer-than-any-command-name-could-ever-be", NULL},
};

START_TEST(test_nearest)
{
	const struct cmd *cmd = cmd_nearest(slips[_i].word);

	if (slips[_i].nearest) {
		ck_assert_ptr_nonnull(cmd);
		ck_assert_str_eq(cmd->name, slips[_i].nearest);
	} else {
		ck_assert_msg(!cmd, "'%s' is taken for '%s'", slips[_i].word, cmd->name);
	}
}
END_TEST

static const struct {
	const char *a;
	const char *b;
	size_t limit;
	size_t distance;
} distances[] = {
	{"undo", "undo", 9, 0}, {"undo", "UNDO", 9, 0},     {"undo", "udno", 9, 1},
	{"undo", "und", 9, 1},  {"undo", "undoo", 9, 1},    {"undo", "unde", 9, 1},
	{"", "undo", 9, 4},     {"audit", "explain", 3, 3}, {"audit", "explain", 9, 6},
};

START_TEST(test_distance)
{
	size_t limit = distances[_i].limit;

	ck_assert_uint_eq(cli_distance(distances[_i].a, distances[_i].b, limit),
			  distances[_i].distance);
	ck_assert_uint_eq(cli_distance(distances[_i].b, distances[_i].a, limit),
			  distances[_i].distance);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("table");
	TCase *tcase = tcase_create("table");

	tcase_add_test(tcase, test_commands);
	tcase_add_test(tcase, test_options);
	tcase_add_test(tcase, test_places);
	tcase_add_test(tcase, test_relations);
	tcase_add_test(tcase, test_examples);
	tcase_add_loop_test(tcase, test_nearest, 0,
			    (int)(sizeof(slips) / sizeof(*slips)));
	tcase_add_loop_test(tcase, test_distance, 0,
			    (int)(sizeof(distances) / sizeof(*distances)));
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
