/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What lines of a configuration file mean, and what is wrong with them. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "config.h"

#define COUNT(rows) (int)(sizeof(rows) / sizeof(*(rows)))

/* Sections as "[kind|name]", entries as "key|value|line ", problems as "!line: text ". */
static char *describe(const struct cli_config *config)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	for (size_t i = 0; i < config->n; i++) {
		const struct cli_config_section *section = &config->sections[i];

		fprintf(stream, "[%s|%s]", section->kind, section->name);
		for (size_t k = 0; k < section->n; k++) {
			fprintf(stream, "%s|%s|%zu ", section->entries[k].key,
				section->entries[k].value, section->entries[k].line);
		}
	}
	for (size_t i = 0; i < config->n_problems && i < CLI_CONFIG_PROBLEMS; i++) {
		fprintf(stream, "!%zu: %s ", config->problems[i].line,
			config->problems[i].text);
	}
	fclose(stream);
	return text;
}

static const struct {
	const char *text;
	const char *means;
} rows[] = {
	{"", ""},
	{"\n\r\n \t\n; a = b\n# a = b\n  ; c\n", ""},
	{"[a]", "[a|]"},
	{" [ a ] ", "[a|]"},
	{"[a\tb  c ] ; x", "[a|b  c]"},
	{"[a]# x", "[a|]"},
	{"[a] x", "[a|]!1: there is something behind the section's ']' "},
	{"[a] # x", "[a|]"},
	{"[a]]", "[a|]!1: there is something behind the section's ']' "},
	{"[]", "[|]"},
	{"[", "[|]!1: the section has no ']' "},
	{"[a]\nb=c", "[a|]b|c|2 "},
	{"[a]\r\n\r\n  b\t=  c d  \r\n", "[a|]b|c d|3 "},
	{"[a]\nb: c", "[a|]b|c|2 "},
	{"[a]\nb = c=d:e", "[a|]b|c=d:e|2 "},
	{"[a]\nb =", "[a|]b||2 "},
	{"[a]\nb = ; c", "[a|]b||2 "},
	{"[a]\nb =; c", "[a|]b|; c|2 "},
	{"[a]\nb = c;d", "[a|]b|c;d|2 "},
	{"[a]\nb = c  ; d", "[a|]b|c|2 "},
	{"[a]\nb = c # d", "[a|]b|c # d|2 "},
	{"[a]\nb = \" c ; d \" ; e", "[a|]b| c ; d |2 "},
	{"[a]\nb = \"c\\\"d\\\\e\\f\"", "[a|]b|c\"d\\e\\f|2 "},
	{"[a]\nb = \"\"", "[a|]b||2 "},
	{"[a]\nb = c\"d", "[a|]b|c\"d|2 "},
	{"[a]\nb = \"c", "[a|]b|c|2 !2: the quotes are not closed "},
	{"[a]\nb = \"c\"d", "[a|]b|c|2 !2: there is something behind the quotes "},
	{"[a]\nb = \"c\\", "[a|]b|c\\|2 !2: the quotes are not closed "},
	/* no continuation of the line above */
	{"[a]\n\tb = c\n\td = e\n", "[a|]b|c|2 d|e|3 "},
	{"[a]\nb = 1\n[a]\nb = 2\n", "[a|]b|1|2 [a|]b|2|4 "},
	{"b = c\n[a]", "[a|]!1: a key stands before the first section "},
	{"[a]\n= c", "[a|]!2: there is no key before the '=' "},
	{"[a]\nb c\nd = e",
	 "[a|]d|e|3 !2: the line is no [section], and no key with a value: key = value "},
	{"[a]\nb ; c = d",
	 "[a|]!2: the line is no [section], and no key with a value: key = value "},
	{"\xef\xbb\xbf[a]", "[a|]"},
	/* inih passes over a mark of its own: what it takes for a section is none */
	{"\xef\xbb\xbf\xef\xbb\xbf[a]\nb = c",
	 "!1: the line is no [section], and no key with a value: key = value "
	 "!2: a key stands before the first section "},
	{"\xff\xfe[\n", "!1: the file is UTF-16 "},
	{"[a]\nb = \xc3\xbc", "[a|]b|\xc3\xbc|2 "},
	{"[a]\nb = \xfc\nc = d", "[a|]c|d|3 !2: the line is not UTF-8 "},
	{"[a]\nb = \x1b[0m", "[a|]!2: there is a control character in the line "},
	{"[a]\rb = c", "!1: there is a control character in the line "},
};

START_TEST(test_lines)
{
	struct opt_pool pool = {0};
	struct cli_config config;
	const char *text = rows[_i].text;
	char *found;

	ck_assert_int_eq(cli_config_parse(&config, &pool, "f", text, strlen(text)), 0);
	found = describe(&config);
	ck_assert_str_eq(found, rows[_i].means);
	free(found);
	opt_pool_free(&pool);
}
END_TEST

/* Every beginning of every row is read to its end (ASan). */
START_TEST(test_cut_off)
{
	for (size_t n = 0; n <= strlen(rows[_i].text); n++) {
		struct opt_pool pool = {0};
		struct cli_config config;
		char *text = strndup(rows[_i].text, n);

		ck_assert_int_eq(cli_config_parse(&config, &pool, "f", text, n), 0);
		free(text);
		opt_pool_free(&pool);
	}
}
END_TEST

static const char *const values[] = {
	"plain", "",    " a",    "a ",     "\t",   "a ; b",    "a\t;",
	";",     "; a", "a;b",   "\"",     "a\"b", "\\",       "\"\\",
	"#",     "[a]", "a = b", "\\\\\"", "=",    "\xc3\xbc",
};

/* What is quoted reads back as it was. */
START_TEST(test_quote)
{
	struct opt_pool pool = {0};
	struct cli_config config;
	const char *quoted = cli_config_quote(&pool, values[_i]);
	char *text = opt_pool_printf(&pool, "[a]\nb = %s ; comment", quoted);

	ck_assert_int_eq(cli_config_parse(&config, &pool, "f", text, strlen(text)), 0);
	ck_assert_uint_eq(config.n_problems, 0);
	ck_assert_str_eq(config.sections[0].entries[0].value, values[_i]);
	opt_pool_free(&pool);
}
END_TEST

/* Longer than what inih has room for, to its own limit. */
START_TEST(test_long)
{
	static const size_t sizes[] = {48, 49, 50, 190, 198, 199, 200, 201, 60000};
	size_t n = sizes[_i];
	struct opt_pool pool = {0};
	struct cli_config config;
	char *word = opt_pool_alloc(&pool, n + 1);
	char *text;

	memset(word, 'x', n);
	text = opt_pool_printf(&pool, "[a %s]\n%s = 1\nb = %s\nc = d", word, word, word);
	ck_assert_int_eq(cli_config_parse(&config, &pool, "f", text, strlen(text)), 0);
	ck_assert_uint_eq(config.n_problems, 0);
	ck_assert_uint_eq(config.sections[0].n, 3);
	ck_assert_str_eq(config.sections[0].name, word);
	ck_assert_int_eq(strncmp(config.sections[0].entries[0].key, word, 48), 0);
	ck_assert_str_eq(config.sections[0].entries[1].value, word);
	ck_assert_str_eq(config.sections[0].entries[2].key, "c");
	ck_assert_uint_eq(config.sections[0].entries[2].line, 4);
	opt_pool_free(&pool);
}
END_TEST

START_TEST(test_many_problems)
{
	struct opt_pool pool = {0};
	struct cli_config config;
	char text[5001];

	memset(text, '\n', sizeof(text));
	for (size_t i = 0; i < sizeof(text) - 1; i += 2) {
		text[i] = 'x';
	}
	text[sizeof(text) - 1] = '\0';
	ck_assert_int_eq(cli_config_parse(&config, &pool, "f", text, strlen(text)), 0);
	ck_assert_uint_eq(config.n_problems, 2500);
	ck_assert_uint_eq(config.problems[CLI_CONFIG_PROBLEMS - 1].line,
			  CLI_CONFIG_PROBLEMS);
	opt_pool_free(&pool);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("config");
	TCase *tcase = tcase_create("config");

	tcase_add_loop_test(tcase, test_lines, 0, COUNT(rows));
	tcase_add_loop_test(tcase, test_cut_off, 0, COUNT(rows));
	tcase_add_loop_test(tcase, test_quote, 0, COUNT(values));
	tcase_add_loop_test(tcase, test_long, 0, 9);
	tcase_add_test(tcase, test_many_problems);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
