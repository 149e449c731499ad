/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rights that a plan needs, and what is said of those that are denied. */
#include "planned.h"

#include "exchange/rights.h"
#include "served.h"

#define ARRAYS "CN=Arrays," FIXTURE_AG
#define DATABASE(name) "CN=" name ",CN=Databases," FIXTURE_AG
#define N_DATABASES 12

static struct fixture *f;
static struct cas_organization *org;
static struct cas_plan *plan;
static struct cas_error *err;

static void setup(void)
{
	f = fixture_new();
	fixture_site(f, "HeadOffice");
	fixture_site(f, "Branch");
	fixture_server(f, "EX1", "HeadOffice", MULTI, "14.3.123.4");
	fixture_array(f, "Head, \"1\"", "outlook.contoso.com", "HeadOffice");
	fixture_move(f, "CN=Head\\, \\\"1\\\",CN=Arrays," FIXTURE_AG);
	for (int i = 0; i < N_DATABASES; i++) {
		char name[8];

		snprintf(name, sizeof(name), "DB%d", i);
		fixture_database(f, name, "EX1", "EX1");
	}
	org = fixture_load(f);
	serve(cas_organization_directory(org));
	err = NULL;
}

static void teardown(void)
{
	cas_plan_free(plan);
	plan = NULL;
	fixture_free(f);
}

static int preflight(void)
{
	return cas_plan_preflight(plan, cas_organization_directory(org), &err);
}

static void plan_databases(int n)
{
	struct cas_objects *databases;
	struct cas_set_database what = {.rpc_client_access_server = "auto"};

	expect_done(cas_objects_new(&databases, &err), err);
	for (int i = 0; i < n; i++) {
		char name[8];

		snprintf(name, sizeof(name), "DB%d", i);
		expect_done(cas_objects_add(databases,
					    fixture_find(f, CAS_KIND_DATABASE, name),
					    &err),
			    err);
	}
	what.databases = databases;
	expect_done(cas_plan_set_database(org, &what, &plan, &err), err);
	cas_objects_free(databases);
}

START_TEST(databases)
{
	static const struct served_right rights[] = {
		{DATABASE("DB0"), {"LegacyExchangeDN", "cn"}},
		{DATABASE("DB1"), {"cn"}},
		{DATABASE("DB2")},
		{DATABASE("DB3"), {"legacyExchangeDN"}},
	};

	serve_rights(rights);
	plan_databases(4);
	expect_error(preflight(), err, CAS_E_RIGHTS,
		     "2 of 4 changes would be refused; nothing was written: no right to "
		     "write legacyExchangeDN of 'DB1', 'DB2'");
	ck_assert_ptr_null(step_of(plan, "DB0")->denied);
	ck_assert_str_eq(step_of(plan, "DB1")->denied,
			 "would be refused: no right to write legacyExchangeDN of it");
	ck_assert_int_eq(step_of(plan, "DB1")->outcome, CAS_OUTCOME_PLANNED);
	ck_assert_int_eq(served_asked, 1);
}
END_TEST

START_TEST(rights_are_there)
{
	static const struct served_right rights[] = {
		{DATABASE("DB0"), {"legacyExchangeDN"}},
		{DATABASE("DB1"), {"cn", "legacyExchangeDN"}},
	};

	serve_rights(rights);
	plan_databases(2);
	expect_done(preflight(), err);
	ck_assert_ptr_null(step_of(plan, "DB1")->denied);
	/* an object that is not shown is not one that may not be written */
	served_n_rights = 0;
	expect_done(preflight(), err);
	ck_assert_int_eq(served_asked, 2);
}
END_TEST

START_TEST(many_names)
{
	struct served_right rights[N_DATABASES] = {0};
	char dns[N_DATABASES][200];

	for (int i = 0; i < N_DATABASES; i++) {
		snprintf(dns[i], sizeof(dns[i]), DATABASE("DB%d"), i);
		rights[i].dn = dns[i];
	}
	serve_rights(rights);
	plan_databases(N_DATABASES);
	expect_error(preflight(), err, CAS_E_RIGHTS, "'DB9' and 2 more");
	ck_assert_int_eq(served_asked, 1);
}
END_TEST

START_TEST(marks_are_taken_back)
{
	static const struct served_right denied[] = {{DATABASE("DB0")}};
	static const struct served_right granted[] = {
		{DATABASE("DB0"), {"legacyExchangeDN"}}};

	serve_rights(denied);
	plan_databases(1);
	expect_error(preflight(), err, CAS_E_RIGHTS,
		     "1 of 1 change would be refused; nothing was written: no right to "
		     "write legacyExchangeDN of 'DB0'");
	serve_rights(granted);
	expect_done(preflight(), err);
	ck_assert_ptr_null(step_of(plan, "DB0")->denied);
}
END_TEST

static void plan_array(void)
{
	const struct cas_new_array what = {.fqdn = "branch.contoso.com",
					   .site = "Branch"};

	expect_done(cas_plan_new_array(org, &what, &plan, &err), err);
}

START_TEST(creation)
{
	static const struct served_right denied[] = {
		{ARRAYS, {"cn"}, {"container", "msExchClientAccessArrayLegacy"}}};
	static const struct served_right granted[] = {
		{ARRAYS, {NULL}, {"container", "MSEXCHClientAccessArray"}}};

	serve_rights(denied);
	plan_array();
	expect_error(preflight(), err, CAS_E_RIGHTS,
		     "no right to create msExchClientAccessArray 'branch'");
	ck_assert_str_eq(
		step_of(plan, "branch")->denied,
		"would be refused: no right to create msExchClientAccessArray in "
		"'" ARRAYS "'");
	serve_rights(granted);
	expect_done(preflight(), err);
}
END_TEST

START_TEST(change_and_rename)
{
	static const struct served_right rights[] = {
		{"CN=Head\\2C \\221\\22,CN=Arrays," FIXTURE_AG,
		 {"msExchServerSite", "name"}},
	};
	const struct cas_set_array what = {
		.identity = "Head, \"1\"",
		.name = "north",
		.fqdn = "north.contoso.com",
		.site = "Branch",
	};

	serve_rights(rights);
	expect_done(cas_plan_set_array(org, &what, &plan, &err), err);
	ck_assert_int_eq(preflight(), CAS_E_RIGHTS);
	ck_assert(strstr(cas_error_message(err), "cn"));
	ck_assert(strstr(cas_error_message(err), "networkAddress"));
	ck_assert(!strstr(cas_error_message(err), "msExchServerSite"));
	ck_assert(strstr(cas_error_message(err), "'Head, \"1\"'"));
	cas_error_free(err);
}
END_TEST

/* As the undo of a change and a rename: the object has its new name in between. */
START_TEST(after_a_rename)
{
	static const struct served_right rights[] = {
		{"CN=Head\\, \\\"1\\\",CN=Arrays," FIXTURE_AG, {"cn"}},
	};
	static struct casp_delta delta = {.attribute = "networkAddress"};
	struct casp_step *step;

	serve_rights(rights);
	expect_done(casp_plan_create(org, "test", &plan, &err), err);
	step = casp_plan_step(plan, CAS_ACTION_RENAME);
	step->dn = "CN=Head\\, \\\"1\\\",CN=Arrays," FIXTURE_AG;
	step->name = "Head";
	step->new_name = "north";
	step = casp_plan_step(plan, CAS_ACTION_MODIFY);
	step->dn = "cn=north,CN=Arrays," FIXTURE_AG;
	step->name = "north";
	step->deltas = &delta;
	step->n_deltas = 1;
	expect_error(preflight(), err, CAS_E_RIGHTS,
		     "1 of 2 changes would be refused; nothing was written: no right to "
		     "write networkAddress of 'north'");
}
END_TEST

/* The right to remove cannot be asked for. */
START_TEST(removal)
{
	static const struct served_right rights[] = {
		{ARRAYS}, {"CN=Head\\, \\\"1\\\",CN=Arrays," FIXTURE_AG}};
	const struct cas_remove_array what = {.identity = "Head, \"1\""};

	serve_rights(rights);
	expect_done(cas_plan_remove_array(org, &what, &plan, &err), err);
	expect_done(preflight(), err);
	ck_assert_int_eq(served_asked, 0);
}
END_TEST

START_TEST(nobody_tells)
{
	static const struct served_right rights[] = {{DATABASE("DB0")}};

	serve_rights(rights);
	served_facts.is_ad = false;
	plan_databases(1);
	expect_done(preflight(), err);
	ck_assert_int_eq(served_asked, 0);
}
END_TEST

START_TEST(the_search_fails)
{
	plan_databases(1);
	served_error = CAS_E_IO;
	expect_error(preflight(), err, CAS_E_IO, "the server is gone");
	ck_assert_ptr_null(step_of(plan, "DB0")->denied);
}
END_TEST

static const char *const names[] = {"a", "b", "c"};
static const struct {
	struct casp_right right;
	const char *text;
} descriptions[] = {
	{{.child = "x", .child_denied = true}, "create x"},
	{{.attributes = names, .n_attributes = 3, .denied = 1}, "write a of"},
	{{.attributes = names, .n_attributes = 3, .denied = 4}, "write c of"},
	{{.attributes = names, .n_attributes = 3, .denied = 5}, "write a and c of"},
	{{.attributes = names, .n_attributes = 3, .denied = 7}, "write a, b and c of"},
};

START_TEST(described)
{
	struct casp_buf text = {0};

	casp_right_describe(&descriptions[_i].right, &text);
	ck_assert_str_eq(text.p, descriptions[_i].text);
	casp_buf_free(&text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("preflight");
	TCase *tc = tcase_create("preflight");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, databases);
	tcase_add_test(tc, rights_are_there);
	tcase_add_test(tc, many_names);
	tcase_add_test(tc, marks_are_taken_back);
	tcase_add_test(tc, creation);
	tcase_add_test(tc, change_and_rename);
	tcase_add_test(tc, after_a_rename);
	tcase_add_test(tc, removal);
	tcase_add_test(tc, nobody_tells);
	tcase_add_test(tc, the_search_fails);
	tcase_add_loop_test(tc, described, 0, COUNT(descriptions));
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
