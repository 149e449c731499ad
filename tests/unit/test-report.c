/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Streams of rows in every format, byte for byte. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "report.h"

#define COUNT(rows) (int)(sizeof(rows) / sizeof(*(rows)))

static const struct out_column columns[] = {
	{.field = "name", .title = "NAME"},
	{.field = "n", .title = "N", .right = true},
	{.field = "list", .title = "LIST", .secondary = true},
	{.field = "site.name", .title = "SITE"},
};

static const char *const rows[] = {
	"{\"name\": \"DB1\", \"n\": 7, \"list\": [\"a\", \"b\"], \"site\": {\"name\": "
	"\"Berlin\"}}",
	"{\"name\": \"x\\u001b[31m, \\\"y\\\"\", \"n\": 1000, \"list\": [], \"site\": "
	"null}",
};

struct row {
	enum out_view_kind kind;
	const char *format;
	const char *fields;
	int width;
	int n_rows;
	const char *printed;
};

static const struct row cases[] = {
	{OUT_TABLE, "text", NULL, 0, 2,
	 "NAME               N  LIST  SITE\n"
	 "DB1                7  a, b  Berlin\n"
	 "x\\x1b[31m, \"y\"  1000\n"
	 "2 rows\n"},
	{OUT_TABLE, "text", NULL, 33, 2,
	 "NAME               N  SITE\n"
	 "DB1                7  Berlin\n"
	 "x\\x1b[31m, \"y\"  1000\n"
	 "2 rows\n"},
	{OUT_TABLE, "text", NULL, 22, 2,
	 "NAME         N  SITE\n"
	 "DB1          7  Berlin\n"
	 "x\\x1b[3\xe2\x80\xa6  1000\n"
	 "2 rows\n"},
	{OUT_TABLE, "text", "site.name, n", 0, 2,
	 "site.name  n\n"
	 "Berlin     7\n"
	 "           1000\n"
	 "2 rows\n"},
	{OUT_TABLE, "text", NULL, 0, 0, "nothing\n2 rows\n"},
	{OUT_RECORDS, "text", NULL, 0, 2,
	 "NAME: DB1\nN:    7\nLIST: a\n      b\nSITE: Berlin\n\n"
	 "NAME: x\\x1b[31m, \"y\"\nN:    1000\n2 rows\n"},
	{OUT_RECORDS, "text", "name,list", 0, 2,
	 "name: DB1\nlist: a\n      b\n\nname: x\\x1b[31m, \"y\"\nlist:\n2 rows\n"},
	{OUT_TABLE, "json", NULL, 0, 2,
	 "{\"schema\":\"casarray.test\",\"version\":1,\n\"organization\":\"Contoso\","
	 "\n\"rows\":[\n"
	 "{\"name\":\"DB1\",\"n\":7,\"list\":[\"a\",\"b\"],\"site\":{\"name\":\"Berlin\"}"
	 "},\n"
	 "{\"name\":\"x\\u001B[31m, "
	 "\\\"y\\\"\",\"n\":1000,\"list\":[],\"site\":null}\n],\n"
	 "\"summary\":\"2 rows\"}\n"},
	{OUT_FINDINGS, "json", "site.name,n", 0, 1,
	 "{\"schema\":\"casarray.test\",\"version\":1,\n\"organization\":\"Contoso\","
	 "\n\"rows\":[\n"
	 "{\"site.name\":\"Berlin\",\"n\":7}\n],\n\"summary\":\"2 rows\"}\n"},
	{OUT_TABLE, "json", NULL, 0, 0,
	 "{\"schema\":\"casarray.test\",\"version\":1,\n\"organization\":\"Contoso\","
	 "\n\"rows\":[],\n"
	 "\"summary\":\"2 rows\"}\n"},
	{OUT_TABLE, "ndjson", "n", 0, 2,
	 "{\"type\":\"head\",\"schema\":\"casarray.test\",\"version\":1,\"organization\":"
	 "\"Contoso\"}\n"
	 "{\"type\":\"row\",\"row\":{\"n\":7}}\n{\"type\":\"row\",\"row\":{\"n\":1000}}\n"
	 "{\"type\":\"tail\",\"summary\":\"2 rows\"}\n"},
	{OUT_PLAN, "csv", NULL, 0, 2,
	 "name,n,list,site.name\r\nDB1,7,a; b,Berlin\r\n"
	 "\"x\033[31m, \"\"y\"\"\",1000,,\r\n"},
	/* a terminal is never sent what a name holds */
	{OUT_PLAN, "csv", "name", 80, 2, "name\r\nDB1\r\n\"x\\x1b[31m, \"\"y\"\"\"\r\n"},
	{OUT_TABLE, "csv", NULL, 0, 0, "name,n,list,site.name\r\n"},
};

static const struct out_view *view_of(enum out_view_kind kind)
{
	static struct out_view view;

	view = (struct out_view){
		.schema = "casarray.test",
		.kind = kind,
		.columns = columns,
		.n_columns = sizeof(columns) / sizeof(*columns),
		.empty = "nothing",
	};
	return &view;
}

static json_t *parse(const char *text)
{
	json_t *value = json_loads(text, 0, NULL);

	ck_assert_ptr_nonnull(value);
	return value;
}

START_TEST(test_case)
{
	const struct row *row = &cases[_i];
	char *text = NULL;
	size_t n = 0;
	FILE *stream = open_memstream(&text, &n);
	struct out_options options = {stream, row->format, row->fields, false,
				      row->width};
	struct out *out = out_new(&options);

	ck_assert_ptr_nonnull(out);
	ck_assert(!out_begun(out));
	ck_assert_int_eq(out_begin(out, view_of(row->kind),
				   parse("{\"organization\": \"Contoso\"}")),
			 0);
	for (int i = 0; i < row->n_rows; i++) {
		ck_assert_int_eq(out_row(out, parse(rows[i])), 0);
	}
	ck_assert(!out_complete(out));
	ck_assert_int_eq(out_end(out, parse("{\"summary\": \"2 rows\"}")), 0);
	ck_assert(out_complete(out));
	out_free(out);
	fclose(stream);
	ck_assert_str_eq(text, row->printed);
	free(text);
}
END_TEST

static const char finding[] =
	"{\"rule\": \"CAS040\", \"name\": \"database-points-at-server\", \"severity\": "
	"\"error\","
	" \"result\": \"finding\", \"object\": {\"class\": \"database\", \"name\": "
	"\"DB\\u001b07\"},"
	" \"site\": \"Berlin\", \"observed\": \"EX3.contoso.com\", \"expected\": "
	"\"outlook\","
	" \"message\": \"one two three four five six seven eight\","
	" \"fix\": \"casarray set-database DB07 --rpc-client-access-server outlook\"}";
static const char unknown[] =
	"{\"rule\": \"CAS100\", \"name\": \"dns\", \"result\": \"not-evaluated\","
	" \"object\": null, \"reason\": \"no resolver\"}";

static const struct {
	bool verbose;
	const char *printed;
} audits[] = {
	{false,
	 "organization  Contoso\n\n"
	 "SITE    ARRAY          DATABASES  AT ARRAY  AT SERVER  ERRORS  WARNINGS\n"
	 "Berlin  outlook, mail         12         3          9       1         0\n\n"
	 "error      CAS040 database-points-at-server  DB\\x1b07  (site Berlin)\n"
	 "           observed  EX3.contoso.com\n"
	 "           expected  outlook\n"
	 "           why       one two three four five six seven eight\n"
	 "           fix       casarray set-database DB07 --rpc-client-access-server "
	 "outlook\n\n"
	 "1 finding\n"},
	{true,
	 "organization  Contoso\n\n"
	 "SITE    ARRAY          DATABASES  AT ARRAY  AT SERVER  ERRORS  WARNINGS\n"
	 "Berlin  outlook, mail         12         3          9       1         0\n\n"
	 "error      CAS040 database-points-at-server  DB\\x1b07  (site Berlin)\n"
	 "           observed  EX3.contoso.com\n"
	 "           expected  outlook\n"
	 "           why       one two three four five six seven eight\n"
	 "           fix       casarray set-database DB07 --rpc-client-access-server "
	 "outlook\n\n"
	 "not run    CAS100 dns\n"
	 "           why       no resolver\n"
	 "1 finding\n"},
};

START_TEST(test_findings)
{
	char *text = NULL;
	size_t n = 0;
	FILE *stream = open_memstream(&text, &n);
	struct out_options options = {stream, "text", NULL,
				      false,  72,     audits[_i].verbose};
	struct out *out = out_new(&options);

	out_begin(
		out, view_of(OUT_FINDINGS),
		parse("{\"organization\": \"Contoso\", \"sites\": [{\"name\": \"Berlin\","
		      " \"arrays\": [\"outlook\", \"mail\"], \"servers\": 5, "
		      "\"databases\": 12,"
		      " \"pointing_at_array\": 3, \"pointing_at_server\": 9,"
		      " \"findings\": {\"error\": 1, \"warning\": 0, \"info\": 0}}]}"));
	out_row(out, parse(finding));
	out_row(out, parse(unknown));
	ck_assert_int_eq(out_end(out, parse("{\"summary\": \"1 finding\"}")), 0);
	out_free(out);
	fclose(stream);
	ck_assert_str_eq(text, audits[_i].printed);
	free(text);
}
END_TEST

static const struct {
	const char *step;
	const char *printed;
} steps[] = {
	{"{\"action\": \"create\", \"class\": \"array\", \"name\": \"outlook\", "
	 "\"site\": \"Berlin\","
	 " \"outcome\": \"planned\", \"attributes\": [{\"name\": \"cn\", \"new\": "
	 "\"outlook\"},"
	 " {\"name\": \"objectClass\", \"new\": \"top\"}]}",
	 "+ array outlook  (site Berlin)\n    cn: outlook\n    objectClass: top\n"},
	{"{\"action\": \"modify\", \"class\": \"database\", \"name\": \"DB1\","
	 " \"changes\": [{\"what\": \"RpcClientAccessServer\", \"old\": \"EX3\", "
	 "\"new\": \"outlook\"}],"
	 " \"reason\": \"because\", \"outcome\": \"conflict\", \"outcome_reason\": \"it "
	 "is EX4\"}",
	 "~ database DB1  conflict: it is EX4\n"
	 "    RpcClientAccessServer: EX3 -> outlook\n    because\n"},
	{"{\"action\": \"modify\", \"class\": \"database\", \"name\": \"DB1\", "
	 "\"changes\": [{\"what\": \"A\", \"new\": \"x\"}]}",
	 "~ database DB1\n    A: (none) -> x\n"},
	{"{\"action\": \"rename\", \"class\": \"array\", \"name\": \"a\", "
	 "\"changes\": [{\"what\": \"Name\", \"old\": \"a\", \"new\": \"b\"}, "
	 "{\"what\": \"Site\", \"old\": \"S\", \"new\": null}]}",
	 "~ array a\n    Name: a -> b\n    Site: S -> (none)\n"},
	{"{\"action\": \"delete\", \"class\": \"array\", \"name\": \"a\", \"outcome\": "
	 "\"done\"}",
	 "- array a  done\n"},
	{"{\"action\": \"skip\", \"class\": \"database\", \"name\": \"a\", \"reason\": "
	 "\"is public\"}",
	 "= database a\n    is public\n"},
};

START_TEST(test_steps)
{
	char expected[1024];
	char *text = NULL;
	size_t n = 0;
	FILE *stream = open_memstream(&text, &n);
	struct out_options options = {stream, "text"};
	struct out *out = out_new(&options);

	out_begin(out, view_of(OUT_PLAN), NULL);
	out_row(out, parse(steps[_i].step));
	ck_assert_int_eq(
		out_end(out, parse("{\"impact\": {\"databases\": 1, \"mailboxes\": 2},"
				   " \"warnings\": [\"w\"], \"notices\": [\"n\"],"
				   " \"notes\": [\"one\"], \"summary\": \"two\"}")),
		0);
	out_free(out);
	fclose(stream);
	snprintf(expected, sizeof(expected), "%swarning: w\nnote: n\none\ntwo\n",
		 steps[_i].printed);
	ck_assert_str_eq(text, expected);
	free(text);
}
END_TEST

/* Rows beyond those that are kept for the widths are printed, too, in their order. */
START_TEST(test_many_rows)
{
	enum {
		N = 2500
	};
	char *text = NULL, *line;
	size_t n = 0;
	FILE *stream = open_memstream(&text, &n);
	struct out_options options = {stream, "text", "name", false, 0};
	struct out *out = out_new(&options);
	char *rest;

	out_begin(out, view_of(OUT_TABLE), NULL);
	for (int i = 0; i < N; i++) {
		ck_assert_int_eq(out_row(out, json_pack("{s:s++}", "name", "row-",
							i % 2 ? "odd" : "even",
							"-and-a-longer-one")),
				 0);
	}
	out_end(out, NULL);
	out_free(out);
	fclose(stream);
	rest = text;
	ck_assert_str_eq(strsep(&rest, "\n"), "name");
	for (int i = 0; i < N; i++) {
		line = strsep(&rest, "\n");
		ck_assert_ptr_nonnull(line);
		ck_assert_str_eq(line, i % 2 ? "row-odd-and-a-longer-one"
					     : "row-even-and-a-longer-one");
	}
	ck_assert_str_eq(rest, "");
	free(text);
}
END_TEST

START_TEST(test_unknown_field)
{
	char *text = NULL;
	size_t n = 0;
	FILE *stream = open_memstream(&text, &n);
	struct out_options options = {stream, out_formats[_i], "name,bogus", false, 0};
	struct out *out = out_new(&options);
	int error = 0;

	out_begin(out, view_of(OUT_TABLE), NULL);
	ck_assert_int_eq(out_row(out, parse(rows[0])), -1);
	ck_assert_str_eq(out_message(out, &error),
			 "unknown field 'bogus'; the fields are name, n, list, site");
	ck_assert_int_eq(error, EINVAL);
	ck_assert_int_eq(out_row(out, parse(rows[0])), -1);
	ck_assert_int_eq(out_end(out, NULL), -1);
	ck_assert(!out_complete(out));
	out_free(out);
	fclose(stream);
	ck_assert_str_eq(text, "");
	free(text);
}
END_TEST

START_TEST(test_full_disk)
{
	FILE *stream = fopen("/dev/full", "w");
	struct out_options options = {stream, out_formats[_i], NULL, false, 0};
	struct out *out = out_new(&options);
	int error = 0;

	out_begin(out, view_of(OUT_TABLE), NULL);
	out_row(out, parse(rows[0]));
	ck_assert_int_eq(out_end(out, NULL), -1);
	ck_assert_str_eq(out_message(out, &error),
			 "cannot write the output: No space left on device");
	ck_assert_int_eq(error, ENOSPC);
	ck_assert(!out_complete(out));
	out_free(out);
	fclose(stream);
}
END_TEST

START_TEST(test_interrupt)
{
	volatile int interrupt = 0;
	char *text = NULL;
	size_t n = 0;
	FILE *stream = open_memstream(&text, &n);
	struct out_options options = {stream, "ndjson", .interrupt = &interrupt};
	struct out *out = out_new(&options);
	int error = 0;

	out_begin(out, view_of(OUT_TABLE), NULL);
	ck_assert_int_eq(out_row(out, parse(rows[0])), 0);
	interrupt = 1;
	ck_assert_int_eq(out_row(out, parse(rows[0])), -1);
	ck_assert_ptr_nonnull(out_message(out, &error));
	ck_assert_int_eq(error, EINTR);
	out_free(out);
	fclose(stream);
	free(text);
}
END_TEST

START_TEST(test_formats)
{
	struct out_options options = {stdout, "xml"};

	ck_assert_ptr_null(out_new(&options));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("report");
	TCase *tcase = tcase_create("report");

	tcase_add_loop_test(tcase, test_case, 0, COUNT(cases));
	tcase_add_loop_test(tcase, test_findings, 0, COUNT(audits));
	tcase_add_loop_test(tcase, test_steps, 0, COUNT(steps));
	tcase_add_test(tcase, test_many_rows);
	tcase_add_loop_test(tcase, test_unknown_field, 0, 4);
	tcase_add_loop_test(tcase, test_full_disk, 0, 4);
	tcase_add_test(tcase, test_interrupt);
	tcase_add_test(tcase, test_formats);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
