/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Remove-ClientAccessArray as a plan. */
#include "planned.h"

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
	fixture_server(f, "EX07", "HeadOffice", MULTI, "8.3.83.6");
	fixture_array(f, "head", "outlook.contoso.com", "HeadOffice");
	fixture_add(f, "description", "the first");
	fixture_add(f, "description", "two lines\nof text");
	fixture_array(f, "branch", "outlook-b.contoso.com", "Branch");
	fixture_array(f, "unused", "unused.contoso.com", NULL);
	fixture_array(f, "legacyless", "legacyless.contoso.com", NULL);
	fixture_set(f, "legacyExchangeDN", NULL);
	fixture_array(f, "twin", "twin.contoso.com", NULL);
	fixture_set(f, "legacyExchangeDN", FIXTURE_LEGACY_SERVER("outlook.contoso.com"));
	fixture_array(f, "old", "old.contoso.com", NULL);
	fixture_array(f, "modern", "modern.contoso.com", "Branch");
	fixture_set(f, "msExchVersion", "88218628259840");
	for (int i = 0; i < 12; i++) {
		char name[16];

		snprintf(name, sizeof(name), "DB%02d", i);
		fixture_database(f, name, "EX1", "outlook.contoso.com");
	}
	fixture_public_database(f, "PF1", "EX1", "outlook.contoso.com");
	fixture_database(f, "OTHER", "EX1", "EX1");
	fixture_database(f, "DB07", "EX07", "old.contoso.com");
	fixture_move(f,
		     "CN=DB07,CN=SG,CN=InformationStore,CN=EX07,CN=Servers," FIXTURE_AG);
	fixture_set(f, "msExchVersion", "4535486012416");
	org = fixture_load(f);
}

static void teardown(void)
{
	cas_plan_free(plan);
	plan = NULL;
	fixture_free(f);
}

static int take(const struct cas_remove_array *what)
{
	err = NULL;
	return cas_plan_remove_array(org, what, &plan, &err);
}

static const struct {
	struct cas_remove_array what;
	int code;
	const char *message;
} refusals[] = {
	{{.identity = ""}, CAS_E_USAGE, ""},
	{{.identity = "nobody"}, CAS_E_NOT_FOUND, "nobody"},
	{{.identity = "modern"}, CAS_E_REFUSED, "Exchange 2013"},
	{{.identity = "head"}, CAS_E_REFUSED, "used by 13 databases: 'DB00', 'DB01'"},
	{{.identity = "head"}, CAS_E_REFUSED, "'DB09' and 3 more"},
	{{.identity = "head", .repoint_to = "HEAD"}, CAS_E_USAGE, "that is removed"},
	{{.identity = "head", .repoint_to = "EX1"}, CAS_E_NOT_FOUND, "EX1"},
	{{.identity = "head", .repoint_to = "modern"}, CAS_E_REFUSED, "Exchange 2013"},
	{{.identity = "head", .repoint_to = "legacyless"},
	 CAS_E_REFUSED,
	 "no legacyExchangeDN"},
	{{.identity = "head", .repoint_to = "twin"},
	 CAS_E_REFUSED,
	 "same legacyExchangeDN"},
	{{.identity = "old", .repoint_to = "branch"}, CAS_E_REFUSED, "Exchange 2007"},
};

START_TEST(refused)
{
	int code = take(&refusals[_i].what);

	expect_error(code, err, refusals[_i].code, refusals[_i].message);
	ck_assert_ptr_null(plan);
}
END_TEST

START_TEST(needs_databases)
{
	const struct cas_remove_array what = {.identity = "unused"};
	int code;

	org = fixture_load_scope(f, CAS_SCOPE_TOPOLOGY);
	code = take(&what);
	expect_error(code, err, CAS_E_USAGE, "not loaded");
}
END_TEST

START_TEST(unused)
{
	const struct cas_remove_array what = {.identity = "unused"};

	expect_done(take(&what), err);
	ck_assert_uint_eq(cas_plan_count(plan), 1);
	ck_assert_int_eq(plan->steps.v[0].action, CAS_ACTION_DELETE);
	ck_assert_ptr_null(cas_plan_notice(plan, 0));
}
END_TEST

/* It has the legacyExchangeDN of 'head', which is the one that databases use. */
static const struct cas_remove_array twins[] = {
	{.identity = "twin"},
	{.identity = "twin", .repoint_to = "head"},
};

START_TEST(twin)
{
	expect_done(take(&twins[_i]), err);
	ck_assert_uint_eq(cas_plan_count(plan), 1);
	ck_assert_int_eq(plan->steps.v[0].action, CAS_ACTION_DELETE);
	ck_assert_str_eq(plan->steps.v[0].name, "twin");
}
END_TEST

/* Everything that the entry holds, so that an undo brings it all back. */
START_TEST(whole_entry)
{
	const struct cas_remove_array what = {.identity = "head", .force = true};
	const struct casp_step *step;
	size_t descriptions = 0, guids = 0;

	expect_done(take(&what), err);
	step = step_of(plan, "head");
	ck_assert_ptr_nonnull(step);
	for (size_t i = 0; i < step->n_deltas; i++) {
		const struct casp_delta *delta = &step->deltas[i];

		ck_assert_ptr_nonnull(delta->old_value);
		ck_assert_ptr_null(delta->new_value);
		descriptions += strcmp(delta->attribute, "description") == 0;
		if (strcmp(delta->attribute, "objectGUID") == 0) {
			guids++;
			ck_assert_uint_eq(delta->old_n, 16);
			ck_assert_str_eq(delta->old_shown, step->guid);
		}
	}
	ck_assert_uint_eq(descriptions, 2);
	ck_assert_uint_eq(guids, 1);
	ck_assert(warns(plan, "13 databases will point nowhere"));
	ck_assert_uint_eq(cas_plan_count(plan), 1);
}
END_TEST

START_TEST(repoint)
{
	const struct cas_remove_array what = {.identity = "head", .repoint_to = "branch"};
	const struct casp_step *step;

	expect_done(take(&what), err);
	ck_assert_uint_eq(cas_plan_count(plan), 14);
	/* Databases before removals. */
	ck_assert_int_eq(plan->steps.v[13].action, CAS_ACTION_DELETE);
	ck_assert_uint_eq(cas_plan_databases(plan), 13);
	step = step_of(plan, "PF1");
	ck_assert_str_eq(step->deltas[0].new_value,
			 FIXTURE_LEGACY_SERVER(
				 "outlook-b.contoso.com") "/cn=Microsoft Public MDB");
	ck_assert_ptr_null(step_of(plan, "OTHER"));
	ck_assert(notes(plan, "'outlook.contoso.com' must stay resolvable"));
	ck_assert(notes(plan, "clients of 13 databases"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("remove-array");
	TCase *tcase = tcase_create("remove-array");

	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, refused, 0, COUNT(refusals));
	tcase_add_test(tcase, needs_databases);
	tcase_add_test(tcase, unused);
	tcase_add_loop_test(tcase, twin, 0, COUNT(twins));
	tcase_add_test(tcase, whole_entry);
	tcase_add_test(tcase, repoint);
	return unit_main(suite);
}
