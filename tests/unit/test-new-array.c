/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* New-ClientAccessArray as a plan: what is written, refused and warned about. */
#include "planned.h"

static struct fixture *f;
static struct cas_organization *org;
static struct cas_plan *plan;
static struct cas_error *err;

static void contoso(void)
{
	f = fixture_new();
	fixture_site(f, "HeadOffice");
	fixture_site(f, "Branch");
	fixture_server(f, "EX1", "HeadOffice", MULTI, "14.3.123.4");
	fixture_server(f, "EX2", "Branch", MULTI, "14.3.123.4");
	fixture_array(f, "branch", "outlook-b.contoso.com", "Branch");
	/* Its FQDN was changed after it was made. */
	fixture_array(f, "moved", "new.contoso.com", NULL);
	fixture_set(f, "legacyExchangeDN", FIXTURE_LEGACY_SERVER("old.contoso.com"));
	fixture_array(f, "modern", "modern.contoso.com", "HeadOffice");
	fixture_set(f, "msExchVersion", "88218628259840");
	fixture_dag(f, "DAG1", false);
	fixture_vdir(f, "EX1", "owa", "https://mail.contoso.com/owa", NULL);
	fixture_vdir(f, "EX1", "ews", "https://in.contoso.com/ews",
		     "https://Ews.contoso.com:443/ews");
	fixture_vdir(f, "EX1", "oa", NULL, "oa.contoso.com");
	fixture_entry(f,
		      "CN=EX1,CN=Autodiscover,CN=Protocols,CN=EX1,CN=Servers," FIXTURE_AG,
		      "top serviceConnectionPoint", "EX1");
	fixture_add(f, "serviceClassName", "ms-Exchange-AutoDiscover-Service");
	fixture_add(f, "serviceBindingInformation",
		    "https://auto.contoso.com/Autodiscover/Autodiscover.xml");
	fixture_database(f, "DB1", "EX1", "EX1");
	fixture_database(f, "DB2", "EX1", "outlook-b.contoso.com");
	fixture_database(f, "DB3", "EX2", "EX2");
	fixture_public_database(f, "PF1", "EX1", "EX1");
	fixture_database(f, "RDB", "EX1", "EX1");
	fixture_set(f, "msExchRestore", "TRUE");
	org = fixture_load(f);
}

static void teardown(void)
{
	cas_plan_free(plan);
	plan = NULL;
	fixture_free(f);
}

static int make(const struct cas_new_array *what)
{
	err = NULL;
	return cas_plan_new_array(org, what, &plan, &err);
}

static const char *value_of(const struct casp_step *step, const char *attribute,
			    size_t nth)
{
	for (size_t i = 0; i < step->n_deltas; i++) {
		if (strcmp(step->deltas[i].attribute, attribute) == 0 && nth-- == 0) {
			ck_assert_ptr_null(step->deltas[i].old_value);
			return step->deltas[i].new_value;
		}
	}
	return NULL;
}

START_TEST(object)
{
	const struct cas_new_array what = {.fqdn = "Outlook.contoso.com.",
					   .site = "headoffice"};
	static const struct {
		const char *attribute, *value;
		size_t nth;
	} values[] = {
		{"objectClass", "top", 0},
		{"objectClass", "server", 1},
		{"objectClass", "msExchExchangeServer", 2},
		{"objectClass", "msExchClientAccessArray", 3},
		{"cn", "Outlook", 0},
		{"networkAddress", "ncacn_ip_tcp:Outlook.contoso.com", 0},
		{"legacyExchangeDN", FIXTURE_LEGACY_SERVER("Outlook.contoso.com"), 0},
		{"msExchServerSite", "CN=HeadOffice,CN=Sites," FIXTURE_CFG, 0},
		{"msExchVersion", "4535486012416", 0},
		{"systemFlags", "1073741824", 0},
	};
	const struct casp_step *step;

	expect_done(make(&what), err);
	ck_assert_uint_eq(cas_plan_count(plan), 1);
	step = &plan->steps.v[0];
	ck_assert_int_eq(step->action, CAS_ACTION_CREATE);
	ck_assert_str_eq(step->dn, "CN=Outlook,CN=Arrays," FIXTURE_AG);
	ck_assert_str_eq(step->site, "HeadOffice");
	ck_assert_uint_eq(step->n_deltas, COUNT(values));
	for (int i = 0; i < COUNT(values); i++) {
		ck_assert_str_eq(value_of(step, values[i].attribute, values[i].nth),
				 values[i].value);
	}
	ck_assert(notes(plan, "Outlook.contoso.com. 300 IN A <address>"));
	ck_assert(notes(plan, "must not resolve outside"));
	ck_assert_ptr_null(cas_plan_warning(plan, 0));
	ck_assert_uint_eq(cas_plan_databases(plan), 0);
}
END_TEST

START_TEST(escaped_name)
{
	const struct cas_new_array what = {
		.name = "a, b", .fqdn = "ab.contoso.com", .site = "HeadOffice"};

	expect_done(make(&what), err);
	ck_assert_str_eq(plan->steps.v[0].dn, "CN=a\\, b,CN=Arrays," FIXTURE_AG);
	ck_assert_str_eq(plan->steps.v[0].name, "a, b");
}
END_TEST

#define NAME_64 "0123456789012345678901234567890123456789012345678901234567890123"

static const struct {
	struct cas_new_array what;
	int code;
	const char *message;
} refusals[] = {
	{{.fqdn = "", .site = "HeadOffice"}, CAS_E_USAGE, "needs an FQDN and a site"},
	{{.fqdn = "a.contoso.com", .site = ""}, CAS_E_USAGE, "needs an FQDN and a site"},
	{{.fqdn = "a.contoso.com", .site = "Nowhere"}, CAS_E_NOT_FOUND, "Nowhere"},
	{{.fqdn = "a_b.contoso.com", .site = "HeadOffice"}, CAS_E_REFUSED, "underscore"},
	{{.fqdn = "10.0.0.1", .site = "HeadOffice"}, CAS_E_REFUSED, "IP address"},
	{{.fqdn = "a..com", .site = "HeadOffice"}, CAS_E_REFUSED, "empty label"},
	{{.name = " ", .fqdn = "a.contoso.com", .site = "HeadOffice"},
	 CAS_E_REFUSED,
	 "blank"},
	{{.name = "", .fqdn = "a.contoso.com", .site = "HeadOffice"},
	 CAS_E_REFUSED,
	 "blank"},
	{{.name = " a", .fqdn = "a.contoso.com", .site = "HeadOffice"},
	 CAS_E_REFUSED,
	 "begins or ends with a blank"},
	{{.name = "a ", .fqdn = "a.contoso.com", .site = "HeadOffice"},
	 CAS_E_REFUSED,
	 "begins or ends with a blank"},
	{{.name = "a\nb", .fqdn = "a.contoso.com", .site = "HeadOffice"},
	 CAS_E_REFUSED,
	 "control character"},
	{{.name = NAME_64 "x", .fqdn = "a.contoso.com", .site = "HeadOffice"},
	 CAS_E_REFUSED,
	 "longer than 64"},
	/* The array in the way, and where it is. */
	{{.fqdn = "a.contoso.com", .site = "Branch"},
	 CAS_E_REFUSED,
	 "has an array already: 'branch' (CN=branch,CN=Arrays,"},
	{{.name = "BRANCH", .fqdn = "a.contoso.com", .site = "HeadOffice"},
	 CAS_E_REFUSED,
	 "the name of the array 'branch' (CN=branch,"},
	{{.name = "ex1", .fqdn = "a.contoso.com", .site = "HeadOffice"},
	 CAS_E_REFUSED,
	 "the name of the server 'EX1' (CN=EX1,CN=Servers,"},
	{{.fqdn = "ex1", .name = "n", .site = "HeadOffice"},
	 CAS_E_REFUSED,
	 "server 'EX1'"},
	{{.name = "modern", .fqdn = "a.contoso.com", .site = "HeadOffice"},
	 CAS_E_REFUSED,
	 "array 'modern'"},
	{{.name = "n", .fqdn = "OUTLOOK-B.contoso.com", .site = "HeadOffice"},
	 CAS_E_REFUSED,
	 "it is the FQDN of the array 'branch'"},
	{{.name = "n", .fqdn = "ex2.contoso.com", .site = "HeadOffice"},
	 CAS_E_REFUSED,
	 "it is the FQDN of the server 'EX2'"},
	{{.fqdn = "old.contoso.com", .site = "HeadOffice"},
	 CAS_E_REFUSED,
	 "is in use by the array 'moved' (CN=moved,"},
	/* --if-not-exists: there is one, but another. */
	{{.name = "branch",
	  .fqdn = "b.contoso.com",
	  .site = "Branch",
	  .if_not_exists = true},
	 CAS_E_REFUSED,
	 "its FQDN is 'outlook-b.contoso.com', not 'b.contoso.com'"},
	{{.name = "b",
	  .fqdn = "outlook-b.contoso.com",
	  .site = "Branch",
	  .if_not_exists = true},
	 CAS_E_REFUSED,
	 "its name is not 'b'"},
	{{.name = "branch",
	  .fqdn = "outlook-b.contoso.com",
	  .site = "HeadOffice",
	  .if_not_exists = true},
	 CAS_E_REFUSED,
	 "its site is 'Branch', not 'HeadOffice'"},
	{{.name = "modern",
	  .fqdn = "modern.contoso.com",
	  .site = "HeadOffice",
	  .if_not_exists = true},
	 CAS_E_REFUSED,
	 "Exchange 2013"},
};

START_TEST(refused)
{
	int code = make(&refusals[_i].what);

	expect_error(code, err, refusals[_i].code, refusals[_i].message);
	ck_assert_ptr_null(plan);
}
END_TEST

START_TEST(longest_name)
{
	const struct cas_new_array what = {
		.name = NAME_64, .fqdn = "a.contoso.com", .site = "HeadOffice"};

	expect_done(make(&what), err);
}
END_TEST

static const struct {
	const char *fqdn;
	const char *warning;
} warnings[] = {
	{"mail.contoso.com", "a URL of the virtual directory"},
	{"ews.contoso.com", "a URL of the virtual directory"},
	{"oa.contoso.com", "the Outlook Anywhere host name"},
	{"auto.contoso.com", "the Autodiscover service connection point"},
	{"dag1.contoso.com", "network name of the DAG 'DAG1'"},
	{"DAG1", "network name of the DAG 'DAG1'"},
	{"outlook", "single label"},
	{"a123456789012345678901234567890123456789012345678901.contoso.corp.com",
	 "longer than 64"},
};

START_TEST(warned)
{
	const struct cas_new_array what = {.fqdn = warnings[_i].fqdn,
					   .site = "HeadOffice"};

	expect_done(make(&what), err);
	ck_assert_msg(warns(plan, warnings[_i].warning), "no warning on %s", what.fqdn);
	ck_assert_uint_eq(cas_plan_count(plan), 1);
}
END_TEST

START_TEST(not_compared)
{
	const struct cas_new_array what = {.fqdn = "mail.contoso.com",
					   .site = "HeadOffice"};

	org = fixture_load_scope(f, CAS_SCOPE_TOPOLOGY);
	expect_done(make(&what), err);
	ck_assert(warns(plan, "not compared"));
}
END_TEST

START_TEST(second_array)
{
	const struct cas_new_array what = {
		.fqdn = "a.contoso.com", .site = "Branch", .allow_second_array = true};

	expect_done(make(&what), err);
	ck_assert_uint_eq(cas_plan_count(plan), 1);
}
END_TEST

START_TEST(equal_exists)
{
	const struct cas_new_array what = {.name = "Branch",
					   .fqdn = "outlook-b.contoso.com",
					   .site = "Branch",
					   .if_not_exists = true};

	expect_done(make(&what), err);
	ck_assert_uint_eq(cas_plan_count(plan), 0);
	ck_assert(notes(plan, "exists already"));
}
END_TEST

START_TEST(adopt)
{
	const struct cas_new_array what = {.fqdn = "outlook.contoso.com",
					   .site = "HeadOffice",
					   .adopt_databases = true};
	const struct casp_step *step;

	expect_done(make(&what), err);
	/* Array first; only the Exchange 2010 mailbox databases of the site. */
	ck_assert_uint_eq(cas_plan_count(plan), 3);
	ck_assert_int_eq(plan->steps.v[0].action, CAS_ACTION_CREATE);
	ck_assert_ptr_null(step_of(plan, "DB3"));
	ck_assert_ptr_null(step_of(plan, "PF1"));
	ck_assert_ptr_null(step_of(plan, "RDB"));
	step = step_of(plan, "DB2");
	ck_assert_ptr_nonnull(step);
	ck_assert_str_eq(step->deltas[0].old_value,
			 FIXTURE_LEGACY_SERVER(
				 "outlook-b.contoso.com") "/cn=Microsoft Private MDB");
	ck_assert_str_eq(
		step->deltas[0].new_value,
		FIXTURE_LEGACY_SERVER("outlook.contoso.com") "/cn=Microsoft Private MDB");
	ck_assert_str_eq(step->deltas[0].old_shown, "outlook-b.contoso.com");
	ck_assert_str_eq(step->deltas[0].new_shown, "outlook.contoso.com");
	ck_assert_uint_eq(cas_plan_databases(plan), 2);
	ck_assert(notes(plan, "clients of 2 databases"));
	ck_assert(notes(
		plan, "'EX1.contoso.com', 'outlook-b.contoso.com' must stay resolvable"));
}
END_TEST

START_TEST(adopt_into_existing)
{
	const struct cas_new_array what = {.name = "branch",
					   .fqdn = "outlook-b.contoso.com",
					   .site = "Branch",
					   .if_not_exists = true,
					   .adopt_databases = true};

	expect_done(make(&what), err);
	ck_assert_uint_eq(cas_plan_count(plan), 1);
	ck_assert_ptr_nonnull(step_of(plan, "DB3"));
}
END_TEST

START_TEST(no_arrays_container)
{
	const struct cas_new_array what = {.fqdn = "a.contoso.com", .site = "HeadOffice"};
	int code;

	org->arrays_dn = NULL;
	code = make(&what);
	expect_error(code, err, CAS_E_REFUSED, "no container CN=Arrays");
	org->group = NULL;
	code = make(&what);
	expect_error(code, err, CAS_E_REFUSED, "no administrative group");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("new-array");
	TCase *tcase = tcase_create("new-array");

	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(tcase, contoso, teardown);
	tcase_add_test(tcase, object);
	tcase_add_test(tcase, escaped_name);
	tcase_add_loop_test(tcase, refused, 0, COUNT(refusals));
	tcase_add_test(tcase, longest_name);
	tcase_add_loop_test(tcase, warned, 0, COUNT(warnings));
	tcase_add_test(tcase, not_compared);
	tcase_add_test(tcase, second_array);
	tcase_add_test(tcase, equal_exists);
	tcase_add_test(tcase, adopt);
	tcase_add_test(tcase, adopt_into_existing);
	tcase_add_test(tcase, no_arrays_container);
	return unit_main(suite);
}
