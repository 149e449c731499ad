/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The examination of a directory: what each check makes of what it finds. */
#include "planned.h"

#include <jansson.h>

#include "served.h"

#define ARRAYS "CN=Arrays," FIXTURE_AG
#define DATABASE(name) "CN=" name ",CN=Databases," FIXTURE_AG

static struct fixture *f;
static struct cas_directory *directory;
static struct cas_doctor *doctor;
static struct cas_error *err;

static void setup(void)
{
	f = fixture_new();
	fixture_site(f, "HeadOffice");
	fixture_site(f, "Branch");
	fixture_server(f, "EX1", "HeadOffice", MULTI, "14.3.123.4");
	fixture_server(f, "EX15", "HeadOffice", MULTI, "15.0.1.0");
	fixture_array(f, "head", "outlook.contoso.com", "HeadOffice");
	fixture_database(f, "DB1", "EX1", "EX1");
	fixture_database(f, "DB2", "EX1", "EX1");
	fixture_database(f, "DB15", "EX15", "EX15");
	directory = cas_organization_directory(fixture_load(f));
	err = NULL;
}

static void setup_server(void)
{
	setup();
	serve(directory);
}

static void teardown(void)
{
	cas_doctor_free(doctor);
	doctor = NULL;
	fixture_free(f);
}

static void examine(void)
{
	expect_done(cas_doctor_new(directory, &doctor, &err), err);
}

static const struct cas_check *check(const char *name)
{
	const struct cas_check *found;

	for (size_t i = 0; (found = cas_doctor_check(doctor, i)); i++) {
		if (strcmp(cas_check_name(found), name) == 0) {
			return found;
		}
	}
	ck_abort_msg("no check '%s'", name);
	return NULL;
}

static void expect_check(const char *name, enum cas_check_result result,
			 const char *message)
{
	const struct cas_check *found = check(name);

	ck_assert_msg(cas_check_result(found) == result, "%s is %s: %s", name,
		      cas_check_result_name(cas_check_result(found)),
		      cas_check_message(found));
	ck_assert_msg(strstr(cas_check_message(found), message), "'%s' is not in '%s'",
		      message, cas_check_message(found));
	/* what is not right has a hint */
	ck_assert_int_eq(*cas_check_hint(found) != '\0',
			 result == CAS_CHECK_WARNING || result == CAS_CHECK_FAILED);
}

static void expect_value(const char *name, const char *value)
{
	ck_assert_str_eq(cas_check_value(check(name)), value);
}

START_TEST(of_a_file)
{
	static const struct {
		const char *name;
		enum cas_check_result result;
	} rows[] = {
		{"connection", CAS_CHECK_OK},
		{"security", CAS_CHECK_NOT_EVALUATED},
		{"identity", CAS_CHECK_NOT_EVALUATED},
		{"clock", CAS_CHECK_NOT_EVALUATED},
		{"naming-contexts", CAS_CHECK_NOT_EVALUATED},
		{"level", CAS_CHECK_NOT_EVALUATED},
		{"writable", CAS_CHECK_OK},
		{"organization", CAS_CHECK_OK},
		{"site", CAS_CHECK_NOT_EVALUATED},
		{"schema", CAS_CHECK_NOT_EVALUATED},
		{"array-container", CAS_CHECK_OK},
		{"create-arrays", CAS_CHECK_NOT_EVALUATED},
		{"change-arrays", CAS_CHECK_NOT_EVALUATED},
		{"repoint-databases", CAS_CHECK_NOT_EVALUATED},
	};

	examine();
	for (int i = 0; i < COUNT(rows); i++) {
		const struct cas_check *found = cas_doctor_check(doctor, (size_t)i);

		ck_assert_str_eq(cas_check_name(found), rows[i].name);
		ck_assert_int_eq(cas_check_result(found), rows[i].result);
	}
	ck_assert_ptr_null(cas_doctor_check(doctor, COUNT(rows)));
	ck_assert_uint_eq(cas_doctor_count(doctor, CAS_CHECK_OK), 4);
	ck_assert_uint_eq(cas_doctor_count(doctor, CAS_CHECK_NOT_EVALUATED), 10);
	ck_assert_uint_eq(cas_doctor_count(doctor, (enum cas_check_result)9), 0);
	expect_value("organization", "Contoso");
	expect_value("connection", fixture_path(f));
}
END_TEST

static const struct {
	int64_t clock;
	bool has;
	enum cas_check_result result;
	const char *message, *value;
} clocks[] = {
	{0, true, CAS_CHECK_OK, "is the same", "0"},
	{1, true, CAS_CHECK_OK, "is 1 second ahead of ours", "1"},
	{-60, true, CAS_CHECK_OK, "is 60 seconds behind ours", "-60"},
	{61, true, CAS_CHECK_WARNING, "is 61 seconds ahead of ours; Kerberos tol", "61"},
	{-300, true, CAS_CHECK_WARNING, "is 300 seconds behind ours", "-300"},
	{301, true, CAS_CHECK_FAILED, "is 301 seconds ahead of ours", "301"},
	{-86400, true, CAS_CHECK_FAILED, "is 86400 seconds behind ours", "-86400"},
	{0, false, CAS_CHECK_NOT_EVALUATED, "does not tell the time", ""},
};

START_TEST(the_clock)
{
	served_facts.clock = clocks[_i].clock;
	served_facts.has_clock = clocks[_i].has;
	examine();
	expect_check("clock", clocks[_i].result, clocks[_i].message);
	expect_value("clock", clocks[_i].value);
}
END_TEST

START_TEST(the_connection)
{
	served_facts.found = "2 domain controllers of contoso.com";
	examine();
	expect_check("connection", CAS_CHECK_OK,
		     "answers: the domain controller 'dc1.contoso.com' of "
		     "'DC=contoso,DC=com', found by DNS: 2 domain controllers of "
		     "contoso.com");
	expect_check("security", CAS_CHECK_OK, "TLS1.3");
	expect_check("identity", CAS_CHECK_OK, "admin, as we logged in: the server does");
	expect_value("identity", "admin");
	expect_check("naming-contexts", CAS_CHECK_FAILED, "holds none");
}
END_TEST

START_TEST(what_is_wrong_with_it)
{
	static const char *const contexts[] = {"DC=contoso,DC=com", "CN=X"};

	served_facts.is_protected = false;
	served_facts.user = "";
	served_facts.is_read_only = true;
	served_facts.contexts = contexts;
	served_facts.n_contexts = 2;
	examine();
	expect_check("security", CAS_CHECK_WARNING, "can read and change it all");
	expect_check("identity", CAS_CHECK_WARNING, "not logged in");
	expect_check("writable", CAS_CHECK_FAILED, "read-only");
	expect_check("naming-contexts", CAS_CHECK_OK, "DC=contoso,DC=com; CN=X");
	expect_value("naming-contexts", served_facts.configuration);
	cas_doctor_free(doctor);
	served_facts.is_protected = served_facts.is_legacy = true;
	served_facts.configuration = "";
	served_whoami = "u:CONTOSO\\admin";
	examine();
	expect_check("security", CAS_CHECK_WARNING, "TLS1.3, but");
	expect_check("identity", CAS_CHECK_OK, "u:CONTOSO\\admin");
	expect_value("naming-contexts", "DC=contoso,DC=com");
}
END_TEST

static const struct {
	int level;
	enum cas_check_result result;
	const char *message;
} levels[] = {
	{0, CAS_CHECK_OK, "2000 (0)"},   {4, CAS_CHECK_OK, "2008 R2 (4)"},
	{7, CAS_CHECK_OK, "2016 (7)"},   {8, CAS_CHECK_OK, "unknown (8)"},
	{10, CAS_CHECK_OK, "2025 (10)"}, {-1, CAS_CHECK_NOT_EVALUATED, "does not say"},
};

START_TEST(the_level)
{
	served_facts.level = levels[_i].level;
	examine();
	expect_check("level", levels[_i].result, levels[_i].message);
}
END_TEST

START_TEST(the_site)
{
	served_facts.site = "headoffice";
	examine();
	expect_check("site", CAS_CHECK_OK, "'headoffice', which has an array");
	cas_doctor_free(doctor);
	served_facts.site = "Branch";
	examine();
	expect_check("site", CAS_CHECK_WARNING, "arrays are in 'HeadOffice'");
	expect_value("site", "Branch");
}
END_TEST

START_TEST(the_schema)
{
	examine();
	expect_check("schema", CAS_CHECK_OK, "msExchClientAccessArray");
	cas_doctor_free(doctor);
	served_has_class = false;
	examine();
	expect_check("schema", CAS_CHECK_FAILED, "no class msExchClientAccessArray");
}
END_TEST

START_TEST(all_rights)
{
	static const struct served_right rights[] = {
		{ARRAYS, {NULL}, {"msExchClientAccessArray"}},
		{"CN=head," ARRAYS, {"cn", "networkAddress", "msExchServerSite"}},
		{DATABASE("DB1"), {"legacyExchangeDN"}},
		{DATABASE("DB2"), {"legacyExchangeDN"}},
		{DATABASE("DB15")}, /* none of ours */
	};

	serve_rights(rights);
	examine();
	expect_check("create-arrays", CAS_CHECK_OK, "may make arrays");
	expect_check("change-arrays", CAS_CHECK_OK, "may change 1 of 1 array");
	expect_check("repoint-databases", CAS_CHECK_OK, "may change 2 of 2 databases");
	ck_assert_int_eq(served_asked, 1);
}
END_TEST

START_TEST(gone_meanwhile)
{
	static const struct served_right rights[] = {
		{DATABASE("DB1"), {"legacyExchangeDN"}},
	};

	serve_rights(rights);
	examine();
	expect_check("create-arrays", CAS_CHECK_WARNING, "is gone");
	expect_check("change-arrays", CAS_CHECK_WARNING, "may change 0 of 1 array; the");
	expect_check("repoint-databases", CAS_CHECK_WARNING, "may change 1 of 2 dat");
}
END_TEST

START_TEST(some_rights)
{
	static const struct served_right rights[] = {
		{ARRAYS, {NULL}, {"container"}},
		{"CN=head," ARRAYS, {"networkAddress"}},
		{DATABASE("DB1"), {"legacyExchangeDN"}},
		{DATABASE("DB2"), {"cn"}},
	};

	serve_rights(rights);
	examine();
	expect_check("create-arrays", CAS_CHECK_FAILED,
		     "no right to create msExchClientAccessArray in '" ARRAYS "'");
	expect_check("change-arrays", CAS_CHECK_FAILED,
		     "may not change 1 of 1 array: no right to write msExchServerSite "
		     "and cn of 'head'");
	expect_check("repoint-databases", CAS_CHECK_FAILED,
		     "may not change 1 of 2 databases: no right to write "
		     "legacyExchangeDN of 'DB2'");
	expect_value("repoint-databases", "1 of 2");
	ck_assert_uint_eq(cas_doctor_count(doctor, CAS_CHECK_FAILED), 4);
}
END_TEST

START_TEST(the_connection_is_lost)
{
	served_error = CAS_E_IO;
	examine();
	expect_check("organization", CAS_CHECK_FAILED, "the server is gone");
	expect_check("schema", CAS_CHECK_FAILED, "the server is gone");
	expect_check("array-container", CAS_CHECK_NOT_EVALUATED, "no organization");
	expect_check("create-arrays", CAS_CHECK_NOT_EVALUATED, "no organization");
}
END_TEST

START_TEST(interrupted)
{
	served_error = CAS_E_INTERRUPTED;
	ck_assert_int_eq(cas_doctor_new(directory, &doctor, &err), CAS_E_INTERRUPTED);
	ck_assert_ptr_null(doctor);
	ck_assert_int_eq(cas_error_code(err), CAS_E_INTERRUPTED);
	cas_error_free(err);
}
END_TEST

START_TEST(as_json)
{
	json_t *head, *counts, *row;

	served_facts.site = "Branch";
	examine();
	head = cas_json_doctor(doctor);
	row = cas_json_check(check("site"));
	ck_assert_str_eq(json_string_value(json_object_get(head, "organization")),
			 "Contoso");
	counts = json_object_get(head, "checks");
	ck_assert_uint_eq((size_t)json_integer_value(json_object_get(counts, "warning")),
			  cas_doctor_count(doctor, CAS_CHECK_WARNING));
	ck_assert_uint_gt(cas_doctor_count(doctor, CAS_CHECK_WARNING), 0);
	ck_assert_str_eq(json_string_value(json_object_get(row, "result")), "warning");
	ck_assert_str_eq(json_string_value(json_object_get(row, "value")), "Branch");
	ck_assert(json_is_string(json_object_get(row, "hint")));
	json_decref(head);
	json_decref(row);
	row = cas_json_check(check("schema"));
	ck_assert(json_is_null(json_object_get(row, "hint")));
	json_decref(row);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("doctor");
	TCase *tc = tcase_create("file");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, of_a_file);
	suite_add_tcase(suite, tc);
	tc = tcase_create("server");
	tcase_add_checked_fixture(tc, setup_server, teardown);
	tcase_add_loop_test(tc, the_clock, 0, COUNT(clocks));
	tcase_add_test(tc, the_connection);
	tcase_add_test(tc, what_is_wrong_with_it);
	tcase_add_loop_test(tc, the_level, 0, COUNT(levels));
	tcase_add_test(tc, the_site);
	tcase_add_test(tc, the_schema);
	tcase_add_test(tc, all_rights);
	tcase_add_test(tc, some_rights);
	tcase_add_test(tc, gone_meanwhile);
	tcase_add_test(tc, the_connection_is_lost);
	tcase_add_test(tc, interrupted);
	tcase_add_test(tc, as_json);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
