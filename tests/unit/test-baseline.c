/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Baselines and earlier reports, as they are read. */
#include <stdio.h>

#include <jansson.h>

#include "casarray.h"
#include "known.h"

#define HEAD "\"schema\":\"casarray.audit\",\"version\":1,\"findings\":{\"error\":1}"

static const struct {
	const char *text;
	const char *keys;
} documents[] = {
	{BASELINE(""), ""},
	{"\xef\xbb\xbf" BASELINE(""), ""},
	{BASELINE(FINDING("CAS040/" GUID "0") "," FINDING("CAS001/" GUID "1")),
	 "CAS040/" GUID "0 CAS001/" GUID "1"},
	/* objects without a GUID, rules of a newer version, what comes twice */
	{BASELINE(FINDING("CAS040/dn:0123456789abcdef")), "CAS040/dn:0123456789abcdef"},
	{BASELINE(FINDING("XYZ999/" GUID "0") "," FINDING("XYZ999/" GUID "1")),
	 "XYZ999/" GUID "0 XYZ999/" GUID "1"},
	{BASELINE(FINDING("CAS040/" GUID "0") "," FINDING("cas040/" GUID "0")),
	 "CAS040/" GUID "0"},
	/* names may be escaped, and long */
	{BASELINE("{\"an-unusually-long-name-of-a-member\":1,\"k\\u0065y\":\"CAS040/" GUID
		  "0\"}"),
	 "CAS040/" GUID "0"},
	/* members in another order, others between them, white space everywhere */
	{" {\n\"findings\" : [ {\"more\":{\"a\":[1,\"}]\\\"\",null]} ,\r\n"
	 "\t\"key\" : \"CAS040/" GUID "0\" } ] , \"version\":1,\"x\":-1.5e3,"
	 "\"schema\":\"casarray.baseline\"} \n",
	 "CAS040/" GUID "0"},
	/* reports: only findings count, and those that a baseline left out */
	{"{" HEAD ",\"rows\":["
	 "{\"result\":\"finding\",\"suppression\":null,\"key\":\"CAS040/" GUID "0\"},"
	 "{\"result\":\"not-evaluated\",\"key\":\"CAS070\"},"
	 "{\"result\":\"went\",\"key\":\"CAS040/" GUID "1\"},"
	 "{\"result\":\"finding\",\"suppression\":{\"kind\":\"exemption\"},"
	 "\"key\":\"CAS040/" GUID "2\"},"
	 "{\"result\":\"finding\",\"suppression\":{\"kind\":\"baseline\"},"
	 "\"key\":\"CAS040/" GUID "3\"}],\"summary\":\"x\"}",
	 "CAS040/" GUID "0 CAS040/" GUID "3"},
	{"{\"type\":\"head\"," HEAD "}\n"
	 "{\"type\":\"row\",\"row\":{\"result\":\"finding\",\"key\":\"CAS040/" GUID
	 "0\"}}\n"
	 "{\"type\":\"tail\",\"summary\":\"x\"}\n",
	 "CAS040/" GUID "0"},
};

START_TEST(test_read)
{
	ck_assert_msg(read_text(documents[_i].text) == 0, "%s", cas_error_message(err));
	ck_assert_str_eq(keys(), documents[_i].keys);
}
END_TEST

static const struct {
	const char *text;
	const char *message; /* behind the file's name in quotes */
} wrong[] = {
	{"", " is neither a baseline nor a report of audit"},
	{"dn: CN=x\n", " is neither a baseline nor a report of audit"},
	{"[]", " is neither a baseline nor a report of audit"},
	{"{}", " is neither a baseline nor a report of audit"},
	{"\n\xff", ", line 2: this is no JSON"},
	{"{\"schema\":\"casarray.state\"",
	 " is neither a baseline nor a report of audit"},
	{"{\"schema\":7,\"findings\":[]}",
	 " is neither a baseline nor a report of audit"},
	{"{\"schema\":\"casarray.baseline\",\"version\":1}",
	 " is neither a baseline nor a report of audit"},
	{"{\"schema\":\"casarray.baseline\",\"version\":2,\"findings\":[]}",
	 " has the version 2, and this casarray reads version 1"},
	{"{\"schema\":\"casarray.baseline\",\"findings\":[]}",
	 " has the version 0, and this casarray reads version 1"},
	{BASELINE("{}"), ", line 1: the finding has no key"},
	{BASELINE("{\"key\":7}"), ", line 1: the finding has no key"},
	{BASELINE(FINDING("CAS040")),
	 ", line 1: the finding's key is none, such as CAS040/" GUID "0"},
	{BASELINE(FINDING("/" GUID "0")),
	 ", line 1: the finding's key is none, such as CAS040/" GUID "0"},
	{BASELINE(FINDING("CAS040/" GUID)),
	 ", line 1: the finding's key is none, such as CAS040/" GUID "0"},
	{BASELINE(FINDING("CAS040/{" GUID "0}")),
	 ", line 1: the finding's key is none, such as CAS040/" GUID "0"},
	{BASELINE(FINDING("CAS040/dn:0123456789abcde")),
	 ", line 1: the finding's key is none, such as CAS040/" GUID "0"},
	{BASELINE(FINDING("CAS040/dn:0123456789abcdeg")),
	 ", line 1: the finding's key is none, such as CAS040/" GUID "0"},
	{BASELINE("7"), ", line 1: '{' is missing"},
	{BASELINE("{\"key\"}"), ", line 1: ':' is missing"},
	{BASELINE("{7:8}"), ", line 1: a member has no name"},
	{BASELINE("{\"\\x\":8}"), ", line 1: invalid escape near '\"\\x'"},
	{BASELINE("{\"a\\\n\":8}"), ", line 1: invalid escape near '\"a\\?'"},
	{BASELINE("{\"a\":}"), ", line 1: a value is missing"},
	{BASELINE("{\"a\"::1}"), ", line 1: a value is missing"},
	{BASELINE("{\"key\":\"a\nb\"}"), ", line 1: unexpected newline near '\"a'"},
	{BASELINE("\n{} {}"), ", line 2: the finding has no key"},
	{BASELINE(FINDING("CAS040/" GUID "0") "\n\n" FINDING("CAS040/" GUID "1")),
	 ", line 3: ',' is missing"},
	{BASELINE("") "x", ", line 1: '{' is missing"},
	{"{\"type\":\"head\"," HEAD "}\n{\"type\":\"row\",\"row\":{\"result\":\"x\"}}\n",
	 ", line 3: the report ends here, without its last line"},
};

START_TEST(test_wrong)
{
	int r = read_text(wrong[_i].text);

	failed(r, &err, CAS_E_REFUSED, "'%s'%s", at("known.json"), wrong[_i].message);
	ck_assert_ptr_null(baseline);
}
END_TEST

/* A file that was cut off is never taken for a shorter list. */
START_TEST(test_cut_off)
{
	const char *text = documents[_i].text;
	size_t n = strlen(text);

	while (n && strchr(" \n", text[n - 1])) {
		n--;
	}
	while (n--) {
		char *cut = strndup(text, n);

		ck_assert_msg(read_text(cut) < 0, "%s", cut);
		ck_assert_ptr_null(baseline);
		cas_error_free(err);
		err = NULL;
		free(cut);
	}
}
END_TEST

START_TEST(test_no_file)
{
	int r = cas_baseline_read(at("missing"), &baseline, &err);

	failed(r, &err, CAS_E_IO, "cannot open '%s': No such file or directory",
	       at("missing"));
	r = cas_baseline_read(folder, &baseline, &err);
	failed(r, &err, CAS_E_IO, "cannot read '%s': Is a directory", folder);
}
END_TEST

/* Values stand across the pieces in which a file is read, whatever their size. */
START_TEST(test_pieces)
{
	size_t size = 300000, n = 0;
	char *text = malloc(size + 1);
	int count = 0;

	n += (size_t)sprintf(text, "{\"schema\":\"casarray.baseline\",\"version\":1,"
				   "\"findings\":[");
	while (n < size - 4000) {
		n += (size_t)sprintf(
			text + n,
			"%s\n{\"why\":\"%*s\\\"\",\"key\":\"CAS040/%08x-dfaf-4c5e-"
			"8b1c-0d3c6d2a9f10\",\"object\":{\"name\":\"DB %d\"}}",
			count ? "," : "", (count * 37 + _i) % 1500, "", count, count);
		count++;
	}
	sprintf(text + n, "]}");
	ck_assert_msg(read_text(text) == 0, "%s", cas_error_message(err));
	ck_assert_int_eq((int)cas_baseline_count(baseline), count);
	for (int i = 0; i < count; i++) {
		const struct cas_known *known = cas_baseline_get(baseline, (size_t)i);
		char name[32];

		snprintf(name, sizeof(name), "DB %d", i);
		ck_assert_str_eq(cas_known_object(known), name);
		ck_assert_str_eq(cas_known_rule(known), "CAS040");
	}
	free(text);
}
END_TEST

/* What is of no use may be as long as it likes; what is kept may not. */
START_TEST(test_long)
{
	size_t size = 1000000;
	char *text = malloc(size + 1000);
	int n;

	n = sprintf(text, "{\"x\":\"%*s\",\"y\":[%*s]," HEAD ",\"rows\":[]}",
		    (int)size / 2, "", (int)size / 2, "");
	ck_assert_int_gt(n, (int)size);
	ck_assert_msg(read_text(text) == 0, "%s", cas_error_message(err));
	sprintf(text, "{" HEAD ",\"rows\":[{\"key\":\"%*s\"}]}", (int)size, "");
	failed(read_text(text), &err, CAS_E_REFUSED, "'%s', line 1: a value is too long",
	       at("known.json"));
	free(text);
}
END_TEST

/* ---- rows ---- */

static const struct {
	const char *finding, *row;
} rows[] = {
	{"{\"key\":\"CAS040/" GUID "0\",\"rule\":\"CAS040\",\"name\":\"old-name\","
	 "\"severity\":\"info\",\"result\":\"finding\",\"object\":{\"class\":"
	 "\"database\","
	 "\"name\":\"DB 1\",\"dn\":\"CN=DB 1\",\"guid\":\"" GUID "0\"},\"site\":\"HQ\"}",
	 "{\"rule\":\"CAS040\",\"name\":\"database-points-at-server\","
	 "\"severity\":\"info\",\"result\":\"went\",\"object\":{\"class\":\"database\","
	 "\"name\":\"DB 1\",\"dn\":null,\"guid\":\"" GUID "0\"},\"site\":\"HQ\","
	 "\"key\":\"CAS040/" GUID "0\"}"},
	{"{\"key\":\"CAS040/dn:0123456789abcdef\",\"object\":{\"dn\":\"CN=x\"}}",
	 "{\"rule\":\"CAS040\",\"name\":\"database-points-at-server\","
	 "\"severity\":\"error\",\"result\":\"went\",\"object\":{\"class\":\"other\","
	 "\"name\":\"\",\"dn\":\"CN=x\",\"guid\":null},\"site\":null,"
	 "\"key\":\"CAS040/dn:0123456789abcdef\"}"},
	{"{\"key\":\"XYZ999/" GUID "0\",\"name\":\"of-tomorrow\"}",
	 "{\"rule\":\"XYZ999\",\"name\":\"of-tomorrow\",\"severity\":\"none\","
	 "\"result\":\"went\",\"object\":{\"class\":\"other\",\"name\":\"\","
	 "\"dn\":null,\"guid\":\"" GUID "0\"},\"site\":null,"
	 "\"key\":\"XYZ999/" GUID "0\"}"},
};

START_TEST(test_row)
{
	char text[1024];
	json_t *row;
	char *dump;

	snprintf(text, sizeof(text), BASELINE("%s"), rows[_i].finding);
	ck_assert_int_eq(read_text(text), 0);
	row = cas_json_known(cas_baseline_get(baseline, 0));
	dump = json_dumps(row, JSON_COMPACT);
	ck_assert_str_eq(dump, rows[_i].row);
	free(dump);
	json_decref(row);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("baseline");
	TCase *core = tcase_create("core");

	tcase_add_checked_fixture(core, setup, end);
	tcase_add_loop_test(core, test_read, 0, COUNT(documents));
	tcase_add_loop_test(core, test_wrong, 0, COUNT(wrong));
	tcase_add_loop_test(core, test_cut_off, 0, COUNT(documents));
	tcase_add_test(core, test_no_file);
	tcase_add_loop_test(core, test_pieces, 0, 8);
	tcase_add_test(core, test_long);
	tcase_add_loop_test(core, test_row, 0, COUNT(rows));
	suite_add_tcase(suite, core);
	return unit_main(suite);
}
