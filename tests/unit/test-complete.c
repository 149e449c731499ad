/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Candidates for half-typed command lines, without a directory and a terminal. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "complete.h"

#define WORDS 8

static const struct {
	const char *words[WORDS];
	const char *found; /* the candidates, each followed by a blank; "+x": x is among
			      them */
} rows[] = {
	{{"aud"}, "audit "},
	{{"get-a"}, "get-array "},
	{{"GET-A"}, "get-array Get-ADSite "},
	{{"Get-Cl"}, "Get-ClientAccessArray "},
	{{"new-c"}, "New-ClientAccessArray "},
	{{"compl"}, ""},
	{{"-d", "x", "aud"}, "audit "},
	{{"--dir"}, "--directory "},
	{{"audit", "--fail"}, "--fail-on "},
	{{"audit", "--fail-on", ""}, "error warning info never "},
	{{"audit", "--fail-on=w"}, "--fail-on=warning "},
	{{"audit", "--fail-on", "error", "--fail"}, ""},
	{{"audit", "--rule", "x", "--rul"}, "--rule "},
	{{"--format", "j"}, "json junit "},
	{{"audit", "-"}, "+--site"},
	{{"audit", "--", "--fail"}, ""},
	{{"New-ClientAccessArray", "-Fq"}, "-Fqdn "},
	{{"New-ClientAccessArray", "-wh"}, "-WhatIf "},
	{{"New-ClientAccessArray", "--fq"}, "--fqdn "},
	{{"New-ClientAccessArray", "-Format:c"}, "-Format:csv "},
	{{"new-array", "--site", ""}, "site<> "},
	{{"new-array", "--site", "Be"}, "site<Be> "},
	{{"new-array", "--site=Be"}, "--site=site<Be> "},
	{{"new-array", "--fqdn", ""}, ""},
	{{"new-array", "-d", "a", "-db", "--directory=c", "--site", "x"},
	 "site<x>a+b+c "},
	{{"get-database", "D"}, "database<D> "},
	{{"get-database", "D1", "D"}, "database<D> "},
	{{"Get-MailboxDatabase", "D1,E"}, "D1,database<E> "},
	{{"Get-MailboxDatabase", "-Identity", "D1,E,"}, "D1,E,database<> "},
	{{"get-database", "a,b"}, "database<a,b> "},
	{{"get-server", "--", "-x"}, "server<-x> "},
	{{"--profile", "b"}, "berlin "},
	{{"get-database", "--profile=b"}, "--profile=berlin "},
	{{"Get-MailboxDatabase", "-Profile", "c"}, ""},
	{{"help", "exi"}, "exit-status "},
	{{"help", "new"}, "new-array "},
	{{"nonsense", ""}, "+audit"},
	{{""}, "+new-array"},
};

/* A directory of one object per kind, whose name is the question. */
static void names(void *closure, const struct opt *opt, const struct cli_global *given,
		  const char *start, const char *before, struct cli_candidates *ret)
{
	if (opt->names_profile) {
		cli_candidate_add(ret, start, before, "berlin",
				  given->config ? given->config : "");
	}
	for (int kind = 0; kind < CAS_N_KINDS; kind++) {
		char text[256];
		size_t n;

		if (!(opt->kinds & 1u << kind)) {
			continue;
		}
		n = (size_t)snprintf(text, sizeof(text), "%s<%s>",
				     cas_kind_name((enum cas_kind)kind), start);
		for (size_t i = 0; i < given->directory.n; i++) {
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s",
					      i ? "+" : "", given->directory.v[i]);
		}
		cli_candidate_add(ret, "", before, text, NULL);
	}
}

START_TEST(test_row)
{
	struct opt_pool pool = {0};
	struct cli_candidates found = {.pool = &pool};
	const char *expected = rows[_i].found;
	char text[8192] = "";
	size_t n = 0, at = 0;

	while (n < WORDS && rows[_i].words[n]) {
		n++;
	}
	cli_complete(&found, rows[_i].words, n, names, NULL);
	for (size_t i = 0; i < found.n; i++) {
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s ",
				       found.v[i].text);
	}
	if (*expected == '+') {
		char one[64];

		snprintf(one, sizeof(one), "%s ", expected + 1);
		ck_assert_msg(strstr(text, one), "no '%s' in '%s'", one, text);
	} else {
		ck_assert_str_eq(text, expected);
	}
	opt_pool_free(&pool);
}
END_TEST

/* What could not be told apart from the list itself, or harms a terminal, is left out. */
START_TEST(test_unsafe)
{
	struct opt_pool pool = {0};
	struct cli_candidates found = {.pool = &pool};

	cli_candidate_add(&found, "", "", "a\nb", NULL);
	cli_candidate_add(&found, "", "", "a\tb", NULL);
	cli_candidate_add(&found, "", "", "a\033[31m", NULL);
	cli_candidate_add(&found, "", "", "a\xff", NULL);
	cli_candidate_add(&found, "", "a\033,", "b", NULL);
	ck_assert_uint_eq(found.n, 0);
	cli_candidate_add(&found, "S", "x=", "s\xc3\xa4", NULL);
	ck_assert_uint_eq(found.n, 1);
	ck_assert_str_eq(found.v[0].text, "x=s\xc3\xa4");
	opt_pool_free(&pool);
}
END_TEST

START_TEST(test_many)
{
	struct opt_pool pool = {0};
	struct cli_candidates found = {.pool = &pool};

	for (int i = 0; i < 100000; i++) {
		cli_candidate_add(&found, "", "", "name", NULL);
	}
	ck_assert_uint_eq(found.n, 1000);
	opt_pool_free(&pool);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("complete");
	TCase *tcase = tcase_create("complete");

	tcase_add_loop_test(tcase, test_row, 0, (int)(sizeof(rows) / sizeof(*rows)));
	tcase_add_test(tcase, test_unsafe);
	tcase_add_test(tcase, test_many);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
