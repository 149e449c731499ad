/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Undoing a run when other runs came after it. */
#include "runs.h"

static char first[32]; /* the first run */

static void setup(void)
{
	f = fixture_new();
	fixture_site(f, "HeadOffice");
	fixture_site(f, "Branch");
	fixture_server(f, "EX1", "HeadOffice", MULTI, "14.3.123.4");
	fixture_array(f, "branch", "outlook-b.contoso.com", "Branch");
	fixture_array(f, "twin", "twin.contoso.com", NULL);
	fixture_set(f, "legacyExchangeDN",
		    FIXTURE_LEGACY_SERVER("outlook-b.contoso.com"));
	fixture_database(f, "DB1", "EX1", "EX1");
	fixture_load(f);
	journals_open(&journals);
	first[0] = '\0';
	reload();
}

static void carry_out(int code)
{
	check_done(code, err);
	expect_done(apply(&journals, plan, &err), err);
	if (!*first) {
		strcpy(first, cas_plan_run(plan));
	}
	reload();
}

static void make(const char *name, const char *fqdn)
{
	const struct cas_new_array what = {.name = name,
					   .fqdn = fqdn,
					   .site = "HeadOffice",
					   .adopt_databases = true};

	carry_out(cas_plan_new_array(org, &what, &plan, &err));
}

static void drop(const char *name)
{
	const struct cas_remove_array what = {.identity = name};

	carry_out(cas_plan_remove_array(org, &what, &plan, &err));
}

static int undo_first(void)
{
	return cas_plan_undo(org, run_of(first), NULL, &plan, &err);
}

/* It is not gone because nothing of its old name is there. */
START_TEST(renamed)
{
	const struct cas_set_array what = {.identity = "outlook", .name = "mail"};

	make(NULL, "outlook.contoso.com");
	carry_out(cas_plan_set_array(org, &what, &plan, &err));
	expect_error(undo_first(), err, CAS_E_REFUSED, "is called 'mail' by now");
}
END_TEST

START_TEST(removed)
{
	const struct cas_remove_array what = {.identity = "outlook",
					      .repoint_to = "branch"};

	make(NULL, "outlook.contoso.com");
	carry_out(cas_plan_remove_array(org, &what, &plan, &err));
	expect_done(undo_first(), err);
}
END_TEST

/* Two objects must not have one legacyExchangeDN. */
START_TEST(replaced)
{
	drop("branch");
	drop("twin");
	make("other", "outlook-b.contoso.com");
	expect_error(undo_first(), err, CAS_E_REFUSED, "that of the array 'other'");
}
END_TEST

/* Unless they had it when the run began. */
START_TEST(shared_before)
{
	drop("twin");
	carry_out(undo_first());
	ck_assert_uint_eq(CASP_COUNT(org, CAS_KIND_ARRAY), 2);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("undo-later");
	TCase *tcase = tcase_create("undo-later");

	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(tcase, setup, runs_end);
	tcase_add_test(tcase, renamed);
	tcase_add_test(tcase, removed);
	tcase_add_test(tcase, replaced);
	tcase_add_test(tcase, shared_before);
	return unit_main(suite);
}
