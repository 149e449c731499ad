/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Set-ClientAccessArray as a plan. */
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
	fixture_site(f, "Empty");
	fixture_server(f, "EX1", "HeadOffice", MULTI, "14.3.123.4");
	fixture_array(f, "head", "outlook.contoso.com", "HeadOffice");
	fixture_array(f, "branch", "outlook-b.contoso.com", "Branch");
	fixture_array(f, "fixed", "fixed.contoso.com", NULL);
	fixture_set(f, "systemFlags", "0");
	fixture_array(f, "noaddress", "gone.contoso.com", NULL);
	fixture_set(f, "networkAddress", "netbios:NOADDRESS");
	fixture_array(f, "many", "one.contoso.com", NULL);
	fixture_add(f, "networkAddress", "ncacn_ip_tcp:two.contoso.com");
	fixture_array(f, "modern", "modern.contoso.com", "Empty");
	fixture_set(f, "msExchVersion", "88218628259840");
	fixture_database(f, "DB1", "EX1", "outlook.contoso.com");
	fixture_database(f, "DB2", "EX1", "outlook.contoso.com");
	fixture_database(f, "DB3", "EX1", "EX1");
	org = fixture_load(f);
}

static void teardown(void)
{
	cas_plan_free(plan);
	plan = NULL;
	fixture_free(f);
}

static int set(const struct cas_set_array *what)
{
	err = NULL;
	return cas_plan_set_array(org, what, &plan, &err);
}

static const struct {
	struct cas_set_array what;
	int code;
	const char *message;
} refusals[] = {
	{{.identity = "head"}, CAS_E_USAGE, "nothing to change"},
	{{.identity = "", .name = "x"}, CAS_E_USAGE, ""},
	{{.identity = "nobody", .name = "x"}, CAS_E_NOT_FOUND, "nobody"},
	{{.identity = "modern", .name = "x"}, CAS_E_REFUSED, "Exchange 2013"},
	{{.identity = "fixed", .name = "x"}, CAS_E_REFUSED, "0x40000000"},
	{{.identity = "head", .name = "branch"},
	 CAS_E_REFUSED,
	 "name of the array 'branch'"},
	{{.identity = "head", .name = "EX1"}, CAS_E_REFUSED, "name of the server 'EX1'"},
	{{.identity = "head", .name = " x"}, CAS_E_REFUSED, "blank"},
	{{.identity = "head", .fqdn = "outlook-b.contoso.com"},
	 CAS_E_REFUSED,
	 "FQDN of the array 'branch'"},
	{{.identity = "head", .fqdn = "ex1.contoso.com"},
	 CAS_E_REFUSED,
	 "FQDN of the server 'EX1'"},
	{{.identity = "head", .fqdn = "a_b.contoso.com"}, CAS_E_REFUSED, "underscore"},
	{{.identity = "head", .site = "Nowhere"}, CAS_E_NOT_FOUND, "Nowhere"},
	{{.identity = "head", .site = "Branch"},
	 CAS_E_REFUSED,
	 "array already: 'branch'"},
};

START_TEST(refused)
{
	int code = set(&refusals[_i].what);

	expect_error(code, err, refusals[_i].code, refusals[_i].message);
	ck_assert_ptr_null(plan);
}
END_TEST

START_TEST(fqdn)
{
	const struct cas_set_array what = {.identity = "head",
					   .fqdn = "mail.contoso.com."};
	const struct casp_step *step;

	expect_done(set(&what), err);
	ck_assert_uint_eq(cas_plan_count(plan), 1);
	step = &plan->steps.v[0];
	ck_assert_int_eq(step->action, CAS_ACTION_MODIFY);
	ck_assert_uint_eq(step->n_deltas, 1);
	ck_assert_str_eq(step->shown, "Fqdn");
	ck_assert_str_eq(step->deltas[0].attribute, "networkAddress");
	ck_assert_str_eq(step->deltas[0].old_value, "ncacn_ip_tcp:outlook.contoso.com");
	ck_assert_str_eq(step->deltas[0].new_value, "ncacn_ip_tcp:mail.contoso.com");
	ck_assert(notes(
		plan, "2 databases will show 'mail.contoso.com' at once: 'DB1', 'DB2'"));
	ck_assert(notes(plan, "legacyExchangeDN"));
	ck_assert(
		notes(plan, "Outlook profiles keep the old name: 'outlook.contoso.com'"));
	ck_assert(notes(plan, "mail.contoso.com. 300 IN A"));
	/* No database is written. */
	ck_assert_uint_eq(cas_plan_databases(plan), 0);
}
END_TEST

START_TEST(fqdn_warnings)
{
	const struct cas_set_array many = {.identity = "many", .fqdn = "single"};

	expect_done(set(&many), err);
	ck_assert(warns(plan, "only 'single' is left"));
	ck_assert(warns(plan, "single label"));
	ck_assert(notes(plan, "no database uses the array"));
}
END_TEST

/* An array has one address: the FQDN replaces the first or is the one that stays. */
static const struct {
	const char *fqdn;
	const char *deltas; /* "old>new" each */
} one_address[] = {
	{"one.contoso.com", "two.contoso.com>-;"},
	{"two.contoso.com", "one.contoso.com>-;"},
	{"TWO.contoso.com", "one.contoso.com>-;two.contoso.com>TWO.contoso.com;"},
	{"new.contoso.com", "one.contoso.com>new.contoso.com;two.contoso.com>-;"},
};

START_TEST(several_addresses)
{
	const struct cas_set_array what = {.identity = "many",
					   .fqdn = one_address[_i].fqdn};
	char text[200] = "";

	expect_done(set(&what), err);
	ck_assert_uint_eq(plan->steps.n, 1);
	for (size_t i = 0; i < plan->steps.v[0].n_deltas; i++) {
		const struct casp_delta *delta = &plan->steps.v[0].deltas[i];

		ck_assert_str_eq(delta->attribute, "networkAddress");
		ck_assert_str_eq(delta->old_value + 13, delta->old_shown);
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s>%s;",
			 delta->old_shown, delta->new_value ? delta->new_shown : "-");
	}
	ck_assert_str_eq(text, one_address[_i].deltas);
	ck_assert(warns(plan, "2 ncacn_ip_tcp addresses"));
}
END_TEST

START_TEST(fqdn_added)
{
	const struct cas_set_array what = {.identity = "noaddress",
					   .fqdn = "n.contoso.com"};

	expect_done(set(&what), err);
	ck_assert_ptr_null(plan->steps.v[0].deltas[0].old_value);
	ck_assert_str_eq(plan->steps.v[0].deltas[0].new_value,
			 "ncacn_ip_tcp:n.contoso.com");
}
END_TEST

START_TEST(name)
{
	const struct cas_set_array what = {.identity = "head", .name = "Head, new"};
	const struct casp_step *step;

	expect_done(set(&what), err);
	step = &plan->steps.v[0];
	ck_assert_int_eq(step->action, CAS_ACTION_RENAME);
	ck_assert_str_eq(step->new_name, "Head, new");
	ck_assert_str_eq(step->dn, fixture_array_dn("head"));
	ck_assert_uint_eq(step->n_deltas, 0);
}
END_TEST

START_TEST(case_of_name)
{
	const struct cas_set_array what = {.identity = "head", .name = "Head"};

	expect_done(set(&what), err);
	ck_assert_uint_eq(cas_plan_count(plan), 1);
}
END_TEST

START_TEST(site)
{
	const struct cas_set_array what = {.identity = "head", .site = "Empty"};
	const struct casp_step *step;

	expect_done(set(&what), err);
	step = &plan->steps.v[0];
	ck_assert_int_eq(step->action, CAS_ACTION_MODIFY);
	ck_assert_str_eq(step->deltas[0].attribute, "msExchServerSite");
	ck_assert_str_eq(step->deltas[0].old_value, fixture_site_dn("HeadOffice"));
	ck_assert_str_eq(step->deltas[0].new_value, fixture_site_dn("Empty"));
	ck_assert_str_eq(step->deltas[0].new_shown, "Empty");
	ck_assert(warns(plan, "2 databases that use the array"));
}
END_TEST

START_TEST(second_array)
{
	const struct cas_set_array what = {
		.identity = "head", .site = "Branch", .allow_second_array = true};

	expect_done(set(&what), err);
	ck_assert_uint_eq(cas_plan_count(plan), 1);
}
END_TEST

START_TEST(all)
{
	const struct cas_set_array what = {.identity = "head",
					   .name = "h",
					   .fqdn = "h.contoso.com",
					   .site = "Empty"};

	expect_done(set(&what), err);
	ck_assert_uint_eq(cas_plan_count(plan), 1);
	ck_assert_int_eq(plan->steps.v[0].action, CAS_ACTION_RENAME);
	ck_assert_uint_eq(plan->steps.v[0].n_deltas, 2);
	ck_assert_str_eq(plan->steps.v[0].new_name, "h");
	ck_assert_str_eq(plan->steps.v[0].deltas[0].new_shown, "h.contoso.com");
	ck_assert_str_eq(plan->steps.v[0].deltas[1].new_shown, "Empty");
}
END_TEST

START_TEST(already)
{
	const struct cas_set_array what = {.identity = "head",
					   .name = "head",
					   .fqdn = "outlook.contoso.com",
					   .site = "HeadOffice"};

	expect_done(set(&what), err);
	ck_assert_uint_eq(cas_plan_count(plan), 0);
	ck_assert(notes(plan, "already so"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("set-array");
	TCase *tcase = tcase_create("set-array");

	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, refused, 0, COUNT(refusals));
	tcase_add_test(tcase, fqdn);
	tcase_add_test(tcase, fqdn_warnings);
	tcase_add_loop_test(tcase, several_addresses, 0, COUNT(one_address));
	tcase_add_test(tcase, fqdn_added);
	tcase_add_test(tcase, name);
	tcase_add_test(tcase, case_of_name);
	tcase_add_test(tcase, site);
	tcase_add_test(tcase, second_array);
	tcase_add_test(tcase, all);
	tcase_add_test(tcase, already);
	return unit_main(suite);
}
