/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arrays that the policy names: of one site, and of all that have none. */
#include "planned.h"

#define TEMPLATE "outlook-{site}.contoso.com"
#define SP3 "14.3.123.4"

static struct fixture *f;
static struct cas_organization *org;
static struct cas_plan *plan;
static struct cas_error *err;
static struct cas_policy policy;
static struct casp_buf problems;

/* Head Office and Branch 2 need an array; Old, Recovery and Empty do not. */
static void contoso(void)
{
	f = fixture_new();
	fixture_site(f, "Head Office");
	fixture_site(f, "Branch_2");
	fixture_site(f, "Old");
	fixture_site(f, "Recovery");
	fixture_site(f, "Empty");
	fixture_server(f, "EX1", "Head Office", MULTI, SP3);
	fixture_server(f, "EX2", "Branch_2", MBX, SP3);
	fixture_server(f, "EX3", "Old", MULTI, SP3);
	fixture_array(f, "old", "old.contoso.com", "Old");
	fixture_server(f, "EX4", "Recovery", MULTI, SP3);
	fixture_database(f, "RDB", "EX4", "EX4");
	fixture_set(f, "msExchRestore", "TRUE");
	fixture_server(f, "EX5", "Empty", CAS, SP3);
	fixture_database(f, "DB1", "EX1", "EX1");
	fixture_database(f, "DB2", "EX2", "EX1");
	fixture_database(f, "DB3", "EX3", "EX3");
	policy = (struct cas_policy){.array_fqdn = TEMPLATE};
}

static void teardown(void)
{
	cas_plan_free(plan);
	plan = NULL;
	casp_buf_free(&problems);
	fixture_free(f);
}

static void load(unsigned scope)
{
	org = fixture_load_scope(f, scope);
	org->policy = &policy;
	err = NULL;
}

static int one(const struct cas_new_array *what)
{
	load(CAS_SCOPE_ALL);
	return cas_plan_new_array(org, what, &plan, &err);
}

static int note_problem(void *closure, const char *text, struct cas_error **err_)
{
	casp_buf_addf(closure, "%s\n", text);
	return 0;
}

static int all(const struct cas_new_array *what)
{
	return cas_plan_new_arrays(org, what, note_problem, &problems, &plan, &err);
}

static const char *value_of(const char *step, const char *attribute)
{
	const struct casp_step *found = step_of(plan, step);

	ck_assert_msg(found, "no step on %s", step);
	for (size_t i = 0; i < found->n_deltas; i++) {
		if (strcmp(found->deltas[i].attribute, attribute) == 0) {
			return found->deltas[i].new_value;
		}
	}
	return NULL;
}

/* ---- one site ---- */

static const struct {
	struct cas_new_array what;
	const char *fqdn_template, *name_template;
	const char *name, *fqdn;
} named[] = {
	{{.site = "Head Office"},
	 TEMPLATE,
	 NULL,
	 "outlook-head-office",
	 "outlook-head-office.contoso.com"},
	{{.site = "head office"},
	 "{site}.mail.contoso.com",
	 "cas-{site}",
	 "cas-head-office",
	 "head-office.mail.contoso.com"},
	{{.site = "Branch_2", .name = "Mine"},
	 TEMPLATE,
	 "cas-{site}",
	 "Mine",
	 "outlook-branch-2.contoso.com"},
	/* What is given counts, and nothing of the policy is mixed in. */
	{{.site = "Branch_2", .fqdn = "b.contoso.com"},
	 TEMPLATE,
	 "cas-{site}",
	 "b",
	 "b.contoso.com"},
	{{.site = "Branch_2", .fqdn = "b.contoso.com"},
	 NULL,
	 "cas-{site}",
	 "b",
	 "b.contoso.com"},
};

START_TEST(by_policy)
{
	char address[300];

	policy.array_fqdn = named[_i].fqdn_template;
	policy.array_name = named[_i].name_template;
	expect_done(one(&named[_i].what), err);
	ck_assert_uint_eq(cas_plan_count(plan), 1);
	ck_assert_str_eq(value_of(named[_i].name, "cn"), named[_i].name);
	snprintf(address, sizeof(address), "ncacn_ip_tcp:%s", named[_i].fqdn);
	ck_assert_str_eq(value_of(named[_i].name, "networkAddress"), address);
}
END_TEST

static const struct {
	struct cas_new_array what;
	const char *fqdn_template;
	int code;
	const char *message, *hint;
} refusals[] = {
	{{.site = "Head Office"},
	 NULL,
	 CAS_E_USAGE,
	 "an array needs an FQDN, and the policy has no template for it",
	 "give --fqdn, or set array-fqdn = outlook-{site}.DOMAIN in the section [policy] "
	 "of casarray.conf"},
	{{.site = "Nowhere"}, TEMPLATE, CAS_E_NOT_FOUND, "no site 'Nowhere'", NULL},
	{{.fqdn = ""}, TEMPLATE, CAS_E_USAGE, "needs an FQDN and a site", NULL},
	{{.site = "Head Office", .fqdn = ""},
	 TEMPLATE,
	 CAS_E_USAGE,
	 "needs an FQDN and a site",
	 NULL},
	{{.fqdn = NULL}, TEMPLATE, CAS_E_USAGE, "needs an FQDN and a site", NULL},
	{{.site = "K\xc3\xb6ln"},
	 TEMPLATE,
	 CAS_E_REFUSED,
	 "for the site 'K\xc3\xb6ln': a host label cannot have '\xc3\xb6'",
	 "name it yourself, with --fqdn"},
	{{.site = "Head Office"},
	 "old.{site}.com",
	 CAS_E_REFUSED,
	 "the name 'old' is taken",
	 "choose another name"},
};

START_TEST(refused)
{
	const char *hint = refusals[_i].hint;
	int code;

	fixture_site(f, "K\xc3\xb6ln");
	policy.array_fqdn = refusals[_i].fqdn_template;
	code = one(&refusals[_i].what);
	if (hint) {
		ck_assert_str_eq(cas_error_hint(err), hint);
	}
	expect_error(code, err, refusals[_i].code, refusals[_i].message);
	ck_assert_ptr_null(plan);
}
END_TEST

START_TEST(exists_by_policy)
{
	const struct cas_new_array what = {.site = "Old", .if_not_exists = true};

	policy.array_fqdn = "{site}.contoso.com";
	expect_done(one(&what), err);
	ck_assert_uint_eq(cas_plan_count(plan), 0);
	ck_assert(notes(plan, "the array 'old' exists already"));
}
END_TEST

/* ---- all sites ---- */

START_TEST(all_sites)
{
	const struct cas_new_array what = {0};

	load(CAS_SCOPE_DATABASES | CAS_SCOPE_SERVICES);
	expect_done(all(&what), err);
	ck_assert_uint_eq(cas_plan_count(plan), 2);
	ck_assert_str_eq(value_of("outlook-head-office", "msExchServerSite"),
			 "CN=Head Office,CN=Sites," FIXTURE_CFG);
	ck_assert_str_eq(value_of("outlook-branch-2", "networkAddress"),
			 "ncacn_ip_tcp:outlook-branch-2.contoso.com");
	ck_assert(notes(plan, "outlook-head-office.contoso.com. 300 IN A <address>"));
	ck_assert(notes(plan, "outlook-branch-2.contoso.com. 300 IN A <address>"));
	ck_assert_ptr_null(problems.p);
}
END_TEST

START_TEST(all_sites_adopt)
{
	const struct cas_new_array what = {.adopt_databases = true};

	load(CAS_SCOPE_ALL);
	expect_done(all(&what), err);
	ck_assert_uint_eq(cas_plan_count(plan), 4);
	/* Arrays before databases. */
	ck_assert_int_eq(plan->steps.v[1].action, CAS_ACTION_CREATE);
	ck_assert_str_eq(step_of(plan, "DB1")->deltas[0].new_shown,
			 "outlook-head-office.contoso.com");
	ck_assert_str_eq(step_of(plan, "DB2")->deltas[0].new_shown,
			 "outlook-branch-2.contoso.com");
}
END_TEST

START_TEST(all_sites_nothing)
{
	const struct cas_new_array what = {.adopt_databases = true};

	fixture_array(f, "ho", "ho.contoso.com", "Head Office");
	fixture_array(f, "b2", "b2.contoso.com", "Branch_2");
	load(CAS_SCOPE_ALL);
	expect_done(all(&what), err);
	ck_assert_uint_eq(cas_plan_count(plan), 0);
	ck_assert(notes(plan, "no site lacks an array"));
}
END_TEST

START_TEST(all_sites_refused)
{
	const struct cas_new_array what = {0};
	int code;

	fixture_site(f, "Branch 2");
	fixture_server(f, "EX6", "Branch 2", MULTI, SP3);
	fixture_site(f, "K\xc3\xb6ln");
	fixture_server(f, "EX7", "K\xc3\xb6ln", MULTI, SP3);
	fixture_server(f, "outlook-head-office", "Empty", CAS, SP3);
	load(CAS_SCOPE_ALL);
	code = all(&what);
	ck_assert_str_eq(cas_error_hint(err),
			 "make theirs first, with --site and --fqdn");
	expect_error(code, err, CAS_E_REFUSED,
		     "3 of 4 sites without an array cannot get one");
	ck_assert_ptr_null(plan);
	ck_assert_str_eq(
		problems.p,
		"site 'Branch_2': its array would have the FQDN of that of site 'Branch "
		"2', 'outlook-branch-2.contoso.com'\n"
		"site 'Head Office': the FQDN 'outlook-head-office.contoso.com' is "
		"taken: it is the FQDN of the server 'outlook-head-office' "
		"(CN=outlook-head-office,CN=Servers," FIXTURE_AG ")\n"
		"site 'K\xc3\xb6ln': the template '" TEMPLATE
		"' gives no host name for the site 'K\xc3\xb6ln': a host label cannot "
		"have '\xc3\xb6'\n");
}
END_TEST

START_TEST(all_sites_one_name)
{
	const struct cas_new_array what = {0};
	int code;

	policy.array_fqdn = "outlook.{site}.contoso.com";
	load(CAS_SCOPE_ALL);
	code = all(&what);
	expect_error(code, err, CAS_E_REFUSED,
		     "1 of 2 sites without an array cannot get one");
	ck_assert_str_eq(problems.p,
			 "site 'Head Office': its array would have the name of that of "
			 "site 'Branch_2', 'outlook'; array-name in the section [policy] "
			 "of casarray.conf gives them names of their own\n");
	policy.array_name = "outlook-{site}";
	expect_done(all(&what), err);
	ck_assert_ptr_nonnull(step_of(plan, "outlook-branch-2"));
}
END_TEST

START_TEST(all_sites_unknown)
{
	const struct cas_new_array what = {0};
	int code;

	load(CAS_SCOPE_SERVICES);
	code = all(&what);
	expect_error(code, err, CAS_E_USAGE, "the sites without an array are not known");
	/* A policy without a template is told of before there is a site that needs it. */
	policy.array_fqdn = NULL;
	fixture_array(f, "ho", "ho.contoso.com", "Head Office");
	fixture_array(f, "b2", "b2.contoso.com", "Branch_2");
	load(CAS_SCOPE_ALL);
	code = all(&what);
	expect_error(code, err, CAS_E_USAGE, "the policy has no template");
}
END_TEST

static int stop(void *closure, const char *text, struct cas_error **err_)
{
	++*(int *)closure;
	return casp_error(err_, CAS_E_IO, "no room for '%s'", text);
}

START_TEST(all_sites_stopped)
{
	const struct cas_new_array what = {0};
	int n = 0, code;

	policy.array_fqdn = "{site}_.contoso.com";
	load(CAS_SCOPE_ALL);
	code = cas_plan_new_arrays(org, &what, stop, &n, &plan, &err);
	expect_error(code, err, CAS_E_IO, "no room for 'site 'Branch_2': ");
	ck_assert_int_eq(n, 1);
}
END_TEST

/* ---- what the audit tells people to type ---- */

static const struct {
	const char *template;
	const char *fix;
} fixes[] = {
	{NULL, "casarray new-array --fqdn '<FQDN>' --site Branch_2 --adopt-databases"},
	{TEMPLATE, "casarray new-array --site Branch_2 --adopt-databases"},
	{"{site}_.contoso.com",
	 "casarray new-array --fqdn '<FQDN>' --site Branch_2 --adopt-databases"},
};

START_TEST(fix)
{
	/* The site has no array, and a database of it is at a server. */
	static const char *const rules[] = {"CAS001", "CAS041"};
	const struct cas_audit_options how = {.rules = rules, .n_rules = 2};
	const struct cas_finding *finding;
	struct cas_audit *audit;

	fixture_server(f, "EX6", "Branch_2", CAS, SP3);
	fixture_database(f, "DB4", "EX2", "EX6");
	policy.array_fqdn = fixes[_i].template;
	load(CAS_SCOPE_ALL);
	expect_done(cas_audit_new(org, &how, &audit, &err), err);
	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq(cas_audit_next(audit, &finding, &err), 1);
		ck_assert_str_eq(cas_finding_fix(finding), fixes[_i].fix);
	}
	ck_assert_str_eq(cas_object_name(cas_finding_object(finding)), "DB4");
	cas_audit_free(audit);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("new-arrays");
	TCase *tcase = tcase_create("new-arrays");

	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(tcase, contoso, teardown);
	tcase_add_loop_test(tcase, by_policy, 0, COUNT(named));
	tcase_add_loop_test(tcase, refused, 0, COUNT(refusals));
	tcase_add_test(tcase, exists_by_policy);
	tcase_add_test(tcase, all_sites);
	tcase_add_test(tcase, all_sites_adopt);
	tcase_add_test(tcase, all_sites_nothing);
	tcase_add_test(tcase, all_sites_refused);
	tcase_add_test(tcase, all_sites_one_name);
	tcase_add_test(tcase, all_sites_unknown);
	tcase_add_test(tcase, all_sites_stopped);
	tcase_add_loop_test(tcase, fix, 0, COUNT(fixes));
	return unit_main(suite);
}
