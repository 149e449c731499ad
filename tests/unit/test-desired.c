/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Desired states and saved plans: read, made into plans, written. */
#include "planned.h"

#include "plan/desired.h"

static struct fixture *f;
static struct cas_organization *org;
static struct cas_desired *desired;
static struct cas_plan *plan;
static struct cas_error *err;
static char folder[64];
static char path[96];

static void setup(void)
{
	f = fixture_new();
	fixture_site(f, "Head");
	fixture_site(f, "Branch");
	fixture_server(f, "EX1", "Head", MULTI, "14.3.123.4");
	fixture_server(f, "MB1", "Branch", MBX, "14.3.123.4");
	fixture_array(f, "head", "outlook.contoso.com", "Head");
	fixture_database(f, "DB1", "EX1", "outlook.contoso.com");
	fixture_database(f, "DB2", "EX1", "EX1");
	fixture_database(f, "DB3", "MB1", "gone.contoso.com");
	org = fixture_load(f);
	err = NULL;
	strcpy(folder, "/tmp/casarray-desired-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/wanted", folder);
	ck_assert_int_eq(cas_desired_new(&desired, NULL), 0);
}

static void teardown(void)
{
	cas_plan_free(plan);
	plan = NULL;
	cas_desired_free(desired);
	desired = NULL;
	fixture_free(f);
	unlink(path);
	ck_assert_int_eq(rmdir(folder), 0);
}

static int read_text(const char *text)
{
	file_write(path, text, strlen(text));
	return cas_desired_read(desired, path, &err);
}

#define STATE(members) "{\"schema\":\"casarray.state\",\"version\":1" members "}"

/* ---- CSV ---- */

static const struct {
	const char *text;
	size_t arrays, databases, problems;
	const char *first; /* name of the first entry, or the first problem's text */
} lists[] = {
	{"name,fqdn,site\na,a.x,S\nb,b.x,\n", 2, 0, 0, "a"},
	{"\xef\xbb\xbfsite;name;fqdn\r\nS;\"a;\"\"b\"\"\";x\r\n", 1, 0, 0, "a;\"b\""},
	{"Site\tFQDN\tName\nS\ta.x\t a \n\n\t\t\n", 1, 0, 0, "a"},
	{"database,rpc-client-access-server\n\"D\nE\",auto", 0, 1, 0, "D\nE"},
	{"RpcClientAccessServer,Database\rauto,D\r", 0, 1, 0, "D"},
	{"rpc_client_access_server , database,,\nauto,D,,\n", 0, 1, 0, "D"},
	{"name,fqdn,site\n", 0, 0, 0, NULL},
	{"", 0, 0, 1, ":1: the header names no list"},
	{"name,fqdn\na,b\n", 0, 0, 1, ":1: there is no column 'site'"},
	{"name,fqdn,site,name2\n", 0, 0, 1, ":1: 'name2': there is no such column"},
	{"\"name", 0, 0, 1, ":1: a quoted field has no end"},
	{"database,rpc-client-access-server\n\" \",auto\n", 0, 0, 1,
	 ":2: the name of the database is empty"},
	{"name,fqdn,site\n,,S\n", 0, 0, 1, ":2: an array needs a name or an FQDN"},
	{"database,rpc-client-access-server\nD\n\nE,auto,x\n\"F\"x,auto\nG,\n,auto\nH,"
	 "auto",
	 0, 1, 5, ":2: it has fewer fields than the header"},
	{"database,rpc-client-access-server\n\xff,auto\n", 0, 0, 1,
	 ":2: it is not UTF-8"},
};

START_TEST(csv)
{
	const char *first = lists[_i].first;

	ck_assert_int_eq(read_text(lists[_i].text), 0);
	ck_assert_uint_eq(desired->arrays.n, lists[_i].arrays);
	ck_assert_uint_eq(desired->databases.n, lists[_i].databases);
	ck_assert_uint_eq(desired->problems.n, lists[_i].problems);
	if (lists[_i].problems) {
		ck_assert_ptr_nonnull(strstr(cas_desired_problem(desired, 0), first));
	} else if (first) {
		ck_assert_str_eq(desired->arrays.n ? desired->arrays.v[0].name
						   : desired->databases.v[0].name,
				 first);
	}
	ck_assert_ptr_null(cas_desired_problem(desired, lists[_i].problems));
	ck_assert(cas_desired_lists_arrays(desired) ==
		  (!strncmp(lists[_i].text, "name,fqdn,site\n", 15) ||
		   lists[_i].arrays > 0));
}
END_TEST

START_TEST(csv_with_nul)
{
	static const char text[] = "database,rpc-client-access-server\nD\0E,auto\n";

	file_write(path, text, sizeof(text) - 1);
	expect_done(cas_desired_read(desired, path, &err), err);
	ck_assert_ptr_nonnull(
		strstr(cas_desired_problem(desired, 0), ":2: it holds a NUL character"));
}
END_TEST

/* ---- JSON ---- */

static const struct {
	const char *text;
	int code;
	const char *message;
} documents[] = {
	{"{", CAS_E_REFUSED, "is no JSON: line 1"},
	{"{\"a\\\n\":1}", CAS_E_REFUSED,
	 "is no JSON: line 2: invalid escape near '\"a\\?'"},
	{"{}", CAS_E_REFUSED, "no desired state and no plan"},
	{"{\"schema\":\"casarray.state\"}", CAS_E_REFUSED, "version"},
	{"{\"schema\":\"casarray.savedplan\",\"version\":7}", CAS_E_REFUSED, "version"},
	{"{\"schema\":\"casarray.savedplan\",\"version\":1}", CAS_E_REFUSED,
	 "no whole plan"},
	{"\xff\xfe{", CAS_E_REFUSED, "UTF-16"},
	{STATE(",\"arrays\":[],\"arrays\":[]"), CAS_E_REFUSED, "duplicate"},
};

START_TEST(not_json)
{
	expect_error(read_text(documents[_i].text), err, documents[_i].code,
		     documents[_i].message);
}
END_TEST

START_TEST(missing_file)
{
	expect_error(cas_desired_read(desired, path, &err), err, CAS_E_IO, "cannot open");
	file_write(path, "", 0);
}
END_TEST

static const struct {
	const char *text;
	const char *problem;
} wrong[] = {
	{STATE(",\"x\":1"), ": unknown member 'x'; known are 'organization', 'arrays', "
			    "'databases', 'exemptions'"},
	{STATE(",\"arrays\":{}"), ": 'arrays': it is no list"},
	{STATE(",\"arrays\":[{\"name\":\"\"}]"), ": arrays[0]: 'name' is empty"},
	{STATE(",\"arrays\":[{\"name\":\"head\"},3]"), ": arrays[1]: it is no object"},
	{STATE(",\"databases\":[{\"name\":\" \"}]"), ": databases[0]: 'name' is empty"},
	{STATE(",\"databases\":[{}]"), ": databases[0]: a database needs a name"},
	{STATE(",\"databases\":[{\"name\":\"a\",\"b\":1}]"),
	 "unknown member 'b'; known are 'name', 'rpc_client_access_server'"},
	{STATE(",\"organization\":1"), ": 'organization': it is no text"},
	{STATE(",\"exemptions\":[1]"), ": exemptions[0]: it is no object"},
	{STATE(",\"organization\":\"Fabrikam\""),
	 "'Fabrikam', and this one is 'Contoso'"},
	{STATE(",\"arrays\":[{\"name\":\"n\",\"fqdn\":\"n.x\"}]"), "needs a site"},
	{STATE(",\"arrays\":[{\"name\":\"n\",\"site\":\"Head\"}]"), "needs an FQDN"},
	{STATE(",\"arrays\":[{\"name\":\"n\",\"fqdn\":\"n.x\",\"site\":\"Head\"}]"),
	 "the site 'Head' would have 2 arrays: 'head', 'n'"},
	{STATE(",\"arrays\":[{\"name\":\"n\",\"fqdn\":\"EX1.contoso.com\",\"site\":"
	       "\"Branch\"}]"),
	 "is taken"},
	{STATE(",\"databases\":[{\"name\":\"DB1\"},{\"name\":\"db1\"}]"),
	 ": databases[1]: 'db1': the database is listed twice"},
	{STATE(",\"databases\":[{\"name\":\"a\\nb\"}]"), ": databases[0]: 'a\\x0ab': "},
	{STATE(",\"databases\":[{\"name\":\"DB1\",\"rpc_client_access_server\":\"MB1\"}"
	       "]"),
	 "without the Client Access role"},
	{STATE(",\"databases\":[{\"name\":\"DB3\",\"rpc_client_access_server\":\"auto\"}"
	       "]"),
	 "its home site 'Branch' has no array"},
};

START_TEST(impossible)
{
	expect_done(read_text(wrong[_i].text), err);
	expect_error(cas_plan_desired(org, desired, false, &plan, &err), err,
		     CAS_E_REFUSED, "is refused for 1 reason");
	ck_assert_msg(strstr(cas_desired_problem(desired, 0), wrong[_i].problem), "%s",
		      cas_desired_problem(desired, 0));
	ck_assert_ptr_null(plan);
}
END_TEST

/* ---- plans ---- */

START_TEST(makes_it_so)
{
	const char *const *names;
	size_t n;

	expect_done(
		read_text(STATE(
			",\"arrays\":[{\"name\":\"b\",\"fqdn\":\"b.contoso.com\","
			"\"site\":\"Branch\",\"//\":1},{\"name\":\"head\"}],"
			"\"databases\":[{\"name\":\"DB1\",\"rpc_client_access_server\":"
			"\"auto\"},{\"name\":\"DB3\",\"rpc_client_access_server\":"
			"\"auto\"},{\"name\":\"DB2\"}]")),
		err);
	names = cas_desired_databases(desired, &n);
	ck_assert_uint_eq(n, 3);
	ck_assert_str_eq(names[1], "DB3");
	ck_assert(!cas_desired_is_plan(desired));
	expect_done(cas_plan_desired(org, desired, true, &plan, &err), err);
	ck_assert_uint_eq(cas_plan_count(plan), 2);
	ck_assert_int_eq(cas_step_action(plan, 0), CAS_ACTION_CREATE);
	ck_assert_int_eq(cas_step_action(plan, 1), CAS_ACTION_MODIFY);
	ck_assert_int_eq(cas_step_outcome(plan, 1), CAS_OUTCOME_PLANNED);
	ck_assert_ptr_null(cas_step_differs(plan, 1));
	ck_assert_str_eq(
		plan->steps.v[1].deltas[0].new_value,
		FIXTURE_LEGACY_SERVER("b.contoso.com") "/cn=Microsoft Private MDB");
}
END_TEST

START_TEST(prunes)
{
	expect_done(read_text(STATE(",\"arrays\":[]")), err);
	expect_error(cas_plan_desired(org, desired, true, &plan, &err), err,
		     CAS_E_REFUSED, "is refused for 1 reason");
	ck_assert_ptr_nonnull(
		strstr(cas_desired_problem(desired, 0), "1 database uses it: 'DB1'"));
	cas_desired_free(desired);
	ck_assert_int_eq(cas_desired_new(&desired, NULL), 0);
	expect_done(read_text(STATE(",\"arrays\":[],\"databases\":[{\"name\":\"DB1\","
				    "\"rpc_client_access_server\":\"EX1\"}]")),
		    err);
	expect_done(cas_plan_desired(org, desired, true, &plan, &err), err);
	ck_assert_uint_eq(cas_plan_count(plan), 2);
	ck_assert_int_eq(cas_step_action(plan, 1), CAS_ACTION_DELETE);
}
END_TEST

START_TEST(nothing_to_prune)
{
	expect_done(read_text(STATE("")), err);
	expect_error(cas_plan_desired(org, desired, true, &plan, &err), err, CAS_E_USAGE,
		     "lists no arrays");
}
END_TEST

/* What is read again is what was saved, bytes that are no text included. */
START_TEST(saved)
{
	const struct cas_remove_array what = {.identity = "head", .force = true};
	struct cas_plan *again = NULL;

	expect_done(cas_plan_remove_array(org, &what, &plan, &err), err);
	expect_done(cas_plan_save(plan, path, &err), err);
	expect_done(cas_desired_read(desired, path, &err), err);
	ck_assert(cas_desired_is_plan(desired));
	expect_done(cas_plan_desired(org, desired, false, &again, &err), err);
	ck_assert_uint_eq(cas_plan_count(again), cas_plan_count(plan));
	ck_assert_str_eq(cas_plan_warning(again, 0), cas_plan_warning(plan, 0));
	for (size_t i = 0; i < plan->steps.n; i++) {
		const struct casp_step *x = &plan->steps.v[i], *y = &again->steps.v[i];

		ck_assert_str_eq(x->dn, y->dn);
		ck_assert_str_eq(x->guid, y->guid);
		ck_assert_uint_eq(x->n_deltas, y->n_deltas);
		for (size_t j = 0; j < x->n_deltas; j++) {
			ck_assert_str_eq(x->deltas[j].attribute, y->deltas[j].attribute);
			ck_assert(casp_str_equal(casp_delta_old(&x->deltas[j]),
						 casp_delta_old(&y->deltas[j])));
		}
	}
	cas_plan_free(again);
	again = NULL;
	expect_error(cas_plan_desired(org, desired, false, &again, &err), err,
		     CAS_E_USAGE, "taken already");
}
END_TEST

START_TEST(saved_for_another_directory)
{
	struct fixture *other = fixture_new();
	struct cas_organization *other_org;

	fixture_site(other, "Head");
	other_org = fixture_load(other);
	expect_done(read_text(STATE("")), err);
	expect_done(cas_plan_desired(org, desired, false, &plan, &err), err);
	expect_done(cas_plan_save(plan, path, &err), err);
	cas_desired_free(desired);
	ck_assert_int_eq(cas_desired_new(&desired, NULL), 0);
	expect_done(cas_desired_read(desired, path, &err), err);
	cas_plan_free(plan);
	plan = NULL;
	expect_error(cas_plan_desired(other_org, desired, false, &plan, &err), err,
		     CAS_E_REFUSED, "is a plan for");
	fixture_free(other);
}
END_TEST

/* ---- export ---- */

static int collect(void *closure, const char *text, struct cas_error **error)
{
	casp_buf_adds(closure, text);
	return 0;
}

static int refuse_line(void *closure, const char *text, struct cas_error **error)
{
	return casp_error(error, CAS_E_IO, "full");
}

START_TEST(exported)
{
	const struct cas_export how = {.automatic = true};
	struct casp_buf text = {0};

	expect_done(cas_export(org, &how, collect, &text, &err), err);
	ck_assert_str_eq(
		text.p,
		"{\"schema\":\"casarray.state\",\"version\":1,\n"
		"\"organization\":\"Contoso\",\n\"arrays\":[\n"
		"{\"name\":\"head\",\"fqdn\":\"outlook.contoso.com\",\"site\":\"Head\"}"
		"\n],\n"
		"\"databases\":[\n"
		"{\"name\":\"DB1\",\"rpc_client_access_server\":\"auto\"},\n"
		"{\"name\":\"DB2\",\"rpc_client_access_server\":\"EX1.contoso.com\"},\n"
		"{\"name\":\"DB3\",\"rpc_client_access_server\":null,\"//\":\"it points "
		"at "
		"'gone.contoso.com', which does not exist\"}\n],\n\"exemptions\":[]}\n");
	expect_done(read_text(text.p), err);
	casp_buf_free(&text);
	expect_done(cas_plan_desired(org, desired, true, &plan, &err), err);
	ck_assert_uint_eq(cas_plan_count(plan), 0);
	expect_error(cas_export(org, NULL, refuse_line, NULL, &err), err, CAS_E_IO,
		     "full");
}
END_TEST

START_TEST(export_needs_databases)
{
	struct cas_organization *topology;

	expect_done(cas_organization_load(cas_organization_directory(org),
					  CAS_SCOPE_TOPOLOGY, NULL, 0, &topology, &err),
		    err);
	expect_error(cas_export(topology, NULL, refuse_line, NULL, &err), err,
		     CAS_E_USAGE, "not loaded");
	expect_done(read_text(STATE(",\"databases\":[{\"name\":\"DB1\"}]")), err);
	expect_error(cas_plan_desired(topology, desired, false, &plan, &err), err,
		     CAS_E_USAGE, "not loaded");
	cas_organization_free(topology);
}
END_TEST

/* ---- the history ---- */

START_TEST(forgotten)
{
	struct cas_history *history;
	struct journals journals;
	const struct cas_run *run;

	journals_open(&journals);
	expect_done(read_text(STATE(",\"databases\":[{\"name\":\"DB2\","
				    "\"rpc_client_access_server\":\"auto\"}]")),
		    err);
	expect_done(cas_plan_desired(org, desired, false, &plan, &err), err);
	expect_done(apply(&journals, plan, &err), err);
	ck_assert_int_eq(journals_count(&journals), 1);
	expect_done(
		cas_history_open(journals.context, journals.folder, NULL, &history, &err),
		err);
	ck_assert_int_eq(cas_history_next(history, &run, &err), 1);
	expect_done(cas_history_forget(history, run, &err), err);
	ck_assert_int_eq(journals_count(&journals), 0);
	expect_error(cas_history_forget(history, run, &err), err, CAS_E_NOT_FOUND,
		     "there is no run");
	cas_history_free(history);
	journals_close(&journals);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, csv, 0, COUNT(lists));
	tcase_add_test(tests, csv_with_nul);
	tcase_add_loop_test(tests, not_json, 0, COUNT(documents));
	tcase_add_test(tests, missing_file);
	tcase_add_loop_test(tests, impossible, 0, COUNT(wrong));
	tcase_add_test(tests, makes_it_so);
	tcase_add_test(tests, prunes);
	tcase_add_test(tests, nothing_to_prune);
	tcase_add_test(tests, saved);
	tcase_add_test(tests, saved_for_another_directory);
	tcase_add_test(tests, exported);
	tcase_add_test(tests, export_needs_databases);
	tcase_add_test(tests, forgotten);
}

int main(void)
{
	Suite *suite = suite_create("desired");
	TCase *tcase = tcase_create("desired");

	suite_add_tcase(suite, tcase);
	add_tests(tcase);
	return unit_main(suite);
}
