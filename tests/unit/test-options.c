/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words to values: both forms, and each way to get it wrong. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "options.h"

#define COUNT(rows) (int)(sizeof(rows) / sizeof(*(rows)))
#define WORDS 12

struct row {
	const char *words[WORDS];
	const char *values; /* "name=value ...", lists joined with '|'; NULL: an error */
	const char *error;  /* part of it */
};

static const struct row rows[] = {
	/* the kebab-case form */
	{{"new-array", "--fqdn", "x.y", "--site", "Head Office"},
	 "fqdn=x.y site=Head Office"},
	{{"new-array", "--fqdn=x.y", "--site=S"}, "fqdn=x.y site=S"},
	{{"new-array", "--fqdn=a=b", "--site=S"}, "fqdn=a=b"},
	{{"NEW-Array", "--fqdn", "x", "--site", "S"}, "fqdn=x site=S"},
	{{"new-array", "--fqdn", "x", "--site", "S", "N"}, "name=N"},
	{{"new-array", "--fqdn", "x", "--site", "S", "--", "--N"}, "name=--N"},
	{{"new-array", "--fqdn", "-x", "--site", "S"}, "fqdn=-x"},
	{{"new-array", "--fqdn", "x", "--site", "S", "--what-if"},
	 "what-if=yes confirm=no"},
	{{"new-array", "--fqdn", "x", "--site", "S", "-y"}, "yes=yes"},
	{{"-d", "a", "--directory=b", "get-site", "-dc"}, "directory=a|b|c"},
	{{"-vq", "get-site"}, "verbose=yes quiet=yes"},
	{{"-vo", "f", "get-site"}, "verbose=yes output=f"},
	{{"get-site", "--format", "JSON"}, "format=json color=auto"},
	{{"audit", "--fail-on", "WARNING"}, "fail-on=warning format=text"},
	{{"audit", "--rule", "a,b", "--rule", "c"}, "rule=a,b|c"},
	{{"repair", "--max-changes", "10"}, "max-changes=10"},
	{{"repair", "--max-changes", "0"}, "max-changes=0"},
	{{"repair"}, "max-changes=(null)"},
	{{"repair", "--max-changes", "9223372036854775807"},
	 "max-changes=9223372036854775807"},
	{{"get-database", "a", "b", "-", "c"}, "identity=a|b|-|c"},
	{{"get-array", "a,b"}, "identity=a,b"},
	{{"new-array", "--help"}, "help=yes"},
	{{"new-array", "-V"}, "version=yes"},
	/* the cmdlet form */
	{{"New-ClientAccessArray", "-Fqdn", "x", "-Site", "S", "-WhatIf"},
	 "fqdn=x site=S what-if=yes"},
	{{"new-clientaccessarray", "-FQDN:x", "-site:S"}, "fqdn=x site=S"},
	{{"New-ClientAccessArray", "-Fqdn:", "x", "-Si", "S"}, "fqdn=x site=S"},
	{{"New-ClientAccessArray", "-Fq", "x", "-Site", "S", "-wi"},
	 "fqdn=x what-if=yes"},
	{{"New-ClientAccessArray", "-Fqdn", "x", "-Site", "S", "-cf"},
	 "confirm=yes yes=no"},
	{{"New-ClientAccessArray", "-Fqdn", "x", "-Site", "S", "-Confirm:$false"},
	 "confirm=no yes=yes"},
	{{"New-ClientAccessArray", "-Fqdn", "x", "-Site", "S", "-Confirm:", "$FALSE"},
	 "confirm=no yes=yes"},
	{{"New-ClientAccessArray", "-Fqdn", "x", "-Site", "S", "-WhatIf:$true"},
	 "what-if=yes"},
	{{"New-ClientAccessArray", "-Fqdn", "x", "-Site", "S", "-WhatIf:$false"},
	 "what-if=no"},
	{{"New-ClientAccessArray", "N", "-Fqdn", "x", "-Site", "S"}, "name=N"},
	{{"New-ClientAccessArray", "--fqdn", "x", "--site=S"}, "fqdn=x site=S"},
	{{"New-ClientAccessArray",
	  "\xe2\x80\x93"
	  "Fqdn",
	  "x", "-Site", "S"},
	 "fqdn=x"},
	{{"Get-MailboxDatabase", "-Identity", "DB1,DB2"}, "identity=DB1|DB2"},
	{{"Get-MailboxDatabase", "DB1,", "DB2,", "DB3"}, "identity=DB1|DB2|DB3"},
	{{"Get-MailboxDatabase", "'a, b',\"c\",d"}, "identity=a, b|c|d"},
	{{"Get-MailboxDatabase", "CN=DB1,CN=Databases,DC=x"},
	 "identity=CN=DB1,CN=Databases,DC=x"},
	{{"Get-MailboxDatabase", "-Format", "csv", "-Directory:f"},
	 "format=csv directory=f"},
	{{"Get-MailboxDatabase", "-d", "f", "-v"}, "directory=f verbose=yes"},
	{{"Get-MailboxDatabase", "-DomainController", "dc1", "-DnsServer:10.0.0.53"},
	 "domain-controller=dc1 dns-server=10.0.0.53"},
	{{"Get-MailboxDatabase", "-Domain", "contoso.com"}, "domain=contoso.com"},
	/* mistakes */
	{{"new-aray"}, NULL, "unknown command 'new-aray'; did you mean 'new-array'?"},
	{{"frobnicate"}, NULL, "unknown command 'frobnicate'"},
	{{"set-database"}, NULL, "missing: --rpc-client-access-server"},
	{{"Set-MailboxDatabase", "-Site", "S"}, NULL, "missing: -RpcClientAccessServer"},
	{{"new-array", "--fdqn", "x"},
	 NULL,
	 "unknown option '--fdqn'; did you mean '--fqdn'?"},
	{{"new-array", "--fqd", "x"},
	 NULL,
	 "unknown option '--fqd'; did you mean '--fqdn'?"},
	{{"new-array", "--qqqqqqqqq"}, NULL, "unknown option '--qqqqqqqqq'"},
	{{"new-array", "--fqdn"}, NULL, "'--fqdn' needs a value, FQDN"},
	{{"new-array", "--fqdn", "--site", "S"}, NULL, "'--fqdn' needs a value"},
	{{"New-ClientAccessArray", "-Fqdn", "-Site", "S"}, NULL, "'-Fqdn' needs a value"},
	{{"new-array", "--fqdn", "x", "--fqdn", "x"}, NULL, "'--fqdn' is given twice"},
	{{"new-array", "--name", "x", "N"}, NULL, "unexpected word 'N'"},
	{{"new-array", "--what-if=false"}, NULL, "'--what-if' takes no value"},
	{{"new-array", "--fqdn", "x", "--site", ""},
	 NULL,
	 "'--site' has an empty identity"},
	{{"get-array", ""}, NULL, "'--identity' has an empty identity"},
	{{"Get-ClientAccessArray", "a,,b"}, NULL, "'-Identity' has an empty identity"},
	{{"Get-ClientAccessArray", "a,"}, NULL, "'-Identity' ends with a comma"},
	{{"get-site", "--directory", ""}, NULL, "'--directory' has an empty value"},
	{{"get-site", "--format", "xml"},
	 NULL,
	 "'--format' is 'xml', and not one of text, json"},
	{{"repair", "--max-changes", "-1"},
	 NULL,
	 "'--max-changes' is '-1', and not a number"},
	{{"repair", "--max-changes", "1x"}, NULL, "'1x', and not a number"},
	/* where 0 would silently be the default */
	{{"repair", "--wait-timeout", "0"}, NULL, "'0', and not a number from 1 on"},
	{{"audit", "--timeout", "0"}, NULL, "'0', and not a number from 1 on"},
	{{"dns", "create", "x", "--ttl", "0"}, NULL, "'0', and not a number from 1 on"},
	{{"new-array", "--dns-ttl", "0"}, NULL, "'0', and not a number from 1 on"},
	{{"repair", "--max-changes", ""}, NULL, "'', and not a number"},
	{{"repair", "--max-changes", "9223372036854775808"}, NULL, "which is too large"},
	{{"repair", "--yes", "--confirm"},
	 NULL,
	 "'--confirm' and '--yes' exclude each other"},
	{{"get-site", "-x"}, NULL, "unknown option '-x'"},
	{{"new-array", "-Fqdn", "x"},
	 NULL,
	 "unknown option '-Fqdn'; did you mean '--fqdn'?"},
	{{"New-ClientAccessArray", "-F", "x"},
	 NULL,
	 "'-F' is ambiguous: it may mean '-Fqdn' or '-F"},
	{{"New-ClientAccessArray", "-Confirm:"}, NULL, "quote it: '-Confirm:$false'"},
	{{"New-ClientAccessArray", "-Confirm:maybe"}, NULL, "not $true or $false"},
	{{"New-ClientAccessArray", "-IgnoreDefaultScope", "x"},
	 NULL,
	 "'-IgnoreDefaultScope' is not supported"},
	{{"New-ClientAccessArray", "-Frobnicate"}, NULL, "unknown option '-Frobnicate'"},
};

static size_t count_words(const struct row *row)
{
	size_t n = 0;

	while (n < WORDS && row->words[n]) {
		n++;
	}
	return n;
}

static void print_value(FILE *stream, const struct opt *opt, const void *base)
{
	const void *at = (const char *)base + opt->offset;
	const struct opt_list *list = at;

	switch (opt->type) {
	case OPT_FLAG:
		fputs(*(const bool *)at ? "yes" : "no", stream);
		break;
	case OPT_NUMBER:
		fprintf(stream, "%lld", (long long)*(const int64_t *)at);
		break;
	case OPT_LIMIT:
		if (*(const int64_t *const *)at) {
			fprintf(stream, "%lld", (long long)**(const int64_t *const *)at);
		} else {
			fputs("(null)", stream);
		}
		break;
	case OPT_TEXT:
	case OPT_CHOICE:
		fputs(*(const char *const *)at ? *(const char *const *)at : "(null)",
		      stream);
		break;
	case OPT_LIST:
		for (size_t i = 0; i < list->n; i++) {
			fprintf(stream, "%s%s", i ? "|" : "", list->v[i]);
		}
		break;
	}
}

/* All values as "name=value;" */
static char *describe(const struct opt_parsed *parsed)
{
	char *text = NULL;
	size_t n = 0;
	FILE *stream = open_memstream(&text, &n);

	for (size_t i = 0; i < parsed->cmd->n_options; i++) {
		fprintf(stream, "%s=", parsed->cmd->options[i].name);
		print_value(stream, &parsed->cmd->options[i], parsed->values);
		fputs(";", stream);
	}
	for (size_t i = 0; i < opt_n_globals; i++) {
		fprintf(stream, "%s=", opt_globals[i].name);
		print_value(stream, &opt_globals[i], &parsed->global);
		fputs(";", stream);
	}
	fclose(stream);
	return text;
}

/* Does the description have "name=value;"? The value ends before the next " name=". */
static void check_values(const char *expected, const char *described)
{
	while (*expected) {
		const char *equals = strchr(expected, '=');
		const char *end = expected + strlen(expected);
		char pair[256], all[4096];

		for (const char *p = equals; (p = strchr(p, ' ')); p++) {
			size_t name = strspn(p + 1, "abcdefghijklmnopqrstuvwxyz-");

			if (name && p[1 + name] == '=') {
				end = p;
				break;
			}
		}
		snprintf(pair, sizeof(pair), ";%.*s;", (int)(end - expected), expected);
		snprintf(all, sizeof(all), ";%s", described);
		ck_assert_msg(strstr(all, pair), "no '%s' in '%s'", pair, all);
		expected = *end ? end + 1 : end;
	}
}

START_TEST(test_row)
{
	const struct row *row = &rows[_i];
	struct opt_parsed parsed;
	int status = opt_parse(&parsed, (int)count_words(row), (char *const *)row->words);

	if (row->values) {
		char *described;

		ck_assert_msg(status == 0, "%s", parsed.error ? parsed.error : "?");
		described = describe(&parsed);
		check_values(row->values, described);
		free(described);
	} else {
		ck_assert_int_eq(status, EXIT_USAGE);
		ck_assert_ptr_nonnull(parsed.error);
		ck_assert_msg(strstr(parsed.error, row->error), "'%s' is not in '%s'",
			      row->error, parsed.error);
		ck_assert_ptr_null(strchr(parsed.error, '\n'));
	}
	opt_free(&parsed);
}
END_TEST

/* Every beginning of every row parses or fails, and leaves nothing behind (ASan). */
START_TEST(test_half_typed)
{
	const struct row *row = &rows[_i];

	for (size_t n = 0; n <= count_words(row); n++) {
		struct opt_parsed parsed;
		int status = opt_parse(&parsed, (int)n, (char *const *)row->words);

		ck_assert(status == 0 || status == EXIT_USAGE);
		ck_assert(status == 0 || parsed.error);
		opt_free(&parsed);
	}
}
END_TEST

START_TEST(test_no_command)
{
	struct opt_parsed parsed;
	char format[] = "--format", csv[] = "csv";
	char *const words[] = {format, csv};

	ck_assert_int_eq(opt_parse(&parsed, 2, words), 0);
	ck_assert_ptr_null(parsed.cmd);
	ck_assert_str_eq(parsed.global.format, "csv");
	opt_free(&parsed);
}
END_TEST

START_TEST(test_many_items)
{
	enum {
		N = 1000
	};
	char *words[N + 1];
	struct opt_parsed parsed;
	const struct opt *opt;
	const struct opt_list *list;
	char command[] = "get-array", odd[] = "odd", even[] = "even";

	words[0] = command;
	for (int i = 1; i <= N; i++) {
		words[i] = i % 2 ? odd : even;
	}
	ck_assert_int_eq(opt_parse(&parsed, N + 1, words), 0);
	opt = opt_find(parsed.cmd, "identity", strlen("identity"));
	list = (const void *)((const char *)parsed.values + opt->offset);
	ck_assert_uint_eq(list->n, N);
	for (size_t i = 0; i < list->n; i++) {
		ck_assert_str_eq(list->v[i], i % 2 ? "even" : "odd");
	}
	opt_free(&parsed);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("options");
	TCase *tcase = tcase_create("options");

	tcase_add_loop_test(tcase, test_row, 0, COUNT(rows));
	tcase_add_loop_test(tcase, test_half_typed, 0, COUNT(rows));
	tcase_add_test(tcase, test_no_command);
	tcase_add_test(tcase, test_many_items);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
