/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The findings of fix class auto as one plan. */
#include "planned.h"

static struct fixture *f;
static struct cas_organization *org;
static struct cas_audit *audit;
static struct cas_plan *plan;
static struct cas_error *err;

static void setup(void)
{
	f = fixture_new();
	fixture_site(f, "HeadOffice");
	fixture_site(f, "Branch");
	fixture_site(f, "Bare");
	fixture_site(f, "Double");
	fixture_array(f, "head", "outlook.contoso.com", "HeadOffice");
	fixture_array(f, "branch", "outlook-b.contoso.com", "Branch");
	fixture_array(f, "one", "one.contoso.com", "Double");
	fixture_array(f, "two", "two.contoso.com", "Double");
	fixture_server(f, "EX1", "HeadOffice", MULTI, "14.3.123.4");
	fixture_server(f, "MBX1", "HeadOffice", MBX, "14.3.123.4");
	fixture_server(f, "EX2", "Branch", MULTI, "14.3.123.4");
	fixture_server(f, "EX3", "Bare", MULTI, "14.3.123.4");
	fixture_server(f, "EX4", "Double", MULTI, "14.3.123.4");
	fixture_database(f, "SERVER", "EX1", "EX1");
	fixture_database(f, "MAILBOX", "EX1", "MBX1");
	fixture_database(f, "OTHERCAS", "EX1", "EX2");
	fixture_database(f, "NOWHERE", "EX1", "gone.contoso.com");
	fixture_database(f, "RIGHT", "EX1", "outlook.contoso.com");
	fixture_database(f, "CROSS", "EX1", "outlook-b.contoso.com");
	fixture_database(f, "NOARRAY", "EX3", "EX3");
	fixture_database(f, "CHOICE", "EX4", "EX4");
	fixture_database(f, "RECOVERY", "EX1", "EX1");
	fixture_set(f, "msExchRestore", "TRUE");
	fixture_public_database(f, "PF1", "EX1", "EX1");
	org = fixture_load(f);
	expect_done(cas_audit_new(org, NULL, &audit, &err), err);
}

static void teardown(void)
{
	cas_plan_free(plan);
	plan = NULL;
	cas_audit_free(audit);
	fixture_free(f);
}

static const struct {
	const char *database;
	bool plain, cross; /* changed without and with --include-cross-site */
	const char *rule;
} rows[] = {
	{"SERVER", true, true, "CAS040"},   {"MAILBOX", true, true, "CAS043"},
	{"OTHERCAS", true, true, "CAS046"}, {"NOWHERE", true, true, "CAS042"},
	{"RIGHT", false, false, NULL},      {"CROSS", false, true, "CAS045"},
	{"NOARRAY", false, false, NULL},    {"RECOVERY", false, false, NULL},
	{"PF1", false, false, NULL},        {"CHOICE", false, false, NULL},
};

static bool changes(const char *database)
{
	const struct casp_step *step = step_of(plan, database);

	return step && step->action == CAS_ACTION_MODIFY;
}

START_TEST(repaired)
{
	const struct cas_repair plain = {0}, cross = {.include_cross_site = true};
	const struct casp_step *step;

	expect_done(cas_plan_repair(audit, &plain, &plan, &err), err);
	ck_assert_msg(changes(rows[_i].database) == rows[_i].plain, "%s",
		      rows[_i].database);
	cas_plan_free(plan);
	plan = NULL;
	/* The audit can be gone through again. */
	expect_done(cas_plan_repair(audit, &cross, &plan, &err), err);
	ck_assert_msg(changes(rows[_i].database) == rows[_i].cross, "%s",
		      rows[_i].database);
	if (!rows[_i].rule) {
		return;
	}
	step = step_of(plan, rows[_i].database);
	ck_assert_msg(strstr(step->reason, rows[_i].rule), "%s: %s", rows[_i].database,
		      step->reason);
	ck_assert_str_eq(
		step->deltas[0].new_value,
		FIXTURE_LEGACY_SERVER("outlook.contoso.com") "/cn=Microsoft Private "
							     "MDB");
}
END_TEST

/* One step a database, however many rules fire on it. */
START_TEST(once)
{
	const struct cas_repair what = {0};

	expect_done(cas_plan_repair(audit, &what, &plan, &err), err);
	for (size_t i = 0; i < plan->steps.n; i++) {
		ck_assert_ptr_eq(step_of(plan, plan->steps.v[i].name), &plan->steps.v[i]);
	}
	ck_assert_uint_eq(cas_plan_databases(plan), 4);
	ck_assert(notes(plan, "clients of 4 databases"));
	ck_assert(notes(plan, "'gone.contoso.com'"));
}
END_TEST

START_TEST(limit)
{
	const struct cas_repair three = {.max_changes = 3}, four = {.max_changes = 4};

	expect_error(cas_plan_repair(audit, &three, &plan, &err), err, CAS_E_REFUSED,
		     "4 changes, more than the 3 allowed");
	expect_done(cas_plan_repair(audit, &four, &plan, &err), err);
}
END_TEST

/* After the repair an audit has nothing left that repair may do. */
START_TEST(settled)
{
	const struct cas_repair what = {.include_cross_site = true};
	const char *path = fixture_path(f);
	struct cas_directory *directory;
	struct cas_organization *after;
	struct journals journals;
	struct cas_audit *again;

	journals_open(&journals);
	expect_done(cas_plan_repair(audit, &what, &plan, &err), err);
	expect_done(apply(&journals, plan, &err), err);
	cas_plan_free(plan);
	plan = NULL;
	expect_done(cas_directory_open(journals.context, &path, 1, &directory, &err),
		    err);
	expect_done(
		cas_organization_load(directory, CAS_SCOPE_ALL, NULL, 0, &after, &err),
		err);
	expect_done(cas_audit_new(after, NULL, &again, &err), err);
	expect_done(cas_plan_repair(again, &what, &plan, &err), err);
	ck_assert_uint_eq(cas_plan_databases(plan), 0);
	cas_plan_free(plan);
	plan = NULL;
	cas_audit_free(again);
	cas_organization_free(after);
	cas_directory_unref(directory);
	journals_close(&journals);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("repair");
	TCase *tcase = tcase_create("repair");

	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, repaired, 0, COUNT(rows));
	tcase_add_test(tcase, once);
	tcase_add_test(tcase, limit);
	tcase_add_test(tcase, settled);
	return unit_main(suite);
}
