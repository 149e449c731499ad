/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Set-MailboxDatabase -RpcClientAccessServer as a plan. */
#include "planned.h"

static struct fixture *f;
static struct cas_organization *org;
static struct cas_objects *databases;
static struct cas_plan *plan;
static struct cas_error *err;

static void add_sites(void)
{
	fixture_site(f, "HeadOffice");
	fixture_site(f, "Branch");
	fixture_site(f, "Double");
	fixture_site(f, "Bare");
	fixture_array(f, "head", "outlook.contoso.com", "HeadOffice");
	fixture_array(f, "branch", "outlook-b.contoso.com", "Branch");
	fixture_array(f, "one", "one.contoso.com", "Double");
	fixture_array(f, "two", "two.contoso.com", "Double");
	fixture_array(f, "modern", "modern.contoso.com", "Bare");
	fixture_set(f, "msExchVersion", "88218628259840");
	fixture_array(f, "stray", "stray.contoso.com", "Bare");
	fixture_move(f, "CN=stray,CN=LostAndFoundConfig," FIXTURE_CFG);
	fixture_array(f, "legacyless", "legacyless.contoso.com", NULL);
	fixture_set(f, "legacyExchangeDN", NULL);
	fixture_array(f, "twin", "twin.contoso.com", NULL);
	fixture_array(f, "twin2", "twin2.contoso.com", NULL);
	fixture_set(f, "legacyExchangeDN", FIXTURE_LEGACY_SERVER("twin.contoso.com"));
}

static void add_servers(void)
{
	fixture_server(f, "EX1", "HeadOffice", MULTI, "14.3.123.4");
	fixture_server(f, "EX2", "Branch", MULTI, "14.3.123.4");
	fixture_server(f, "EX3", "Double", MULTI, "14.3.123.4");
	fixture_server(f, "EX4", "Bare", MULTI, "14.3.123.4");
	fixture_server(f, "EX5", NULL, MULTI, "14.3.123.4");
	fixture_server(f, "MBX1", "HeadOffice", MBX, "14.3.123.4");
	fixture_server_without_rpc(f, "NORPC", "HeadOffice", CAS, "14.3.123.4");
	fixture_server(f, "EX07", "HeadOffice", MULTI, "8.3.83.6");
	fixture_server(f, "EX13", "HeadOffice", MULTI, "15.0.516.32");
}

static void add_databases(void)
{
	fixture_database(f, "DB1", "EX1", "EX1");
	fixture_database(f, "DB2", "EX2", "EX2");
	fixture_database(f, "DB3", "EX3", "EX3");
	fixture_database(f, "DB4", "EX4", "EX4");
	fixture_database(f, "DB5", "EX5", "EX5");
	fixture_database(f, "SET", "EX1", "Outlook.Contoso.com");
	fixture_database(f, "LOST", "EX1", "removed.contoso.com");
	fixture_database(f, "NONE", "EX1", "EX1");
	fixture_set(f, "legacyExchangeDN", NULL);
	fixture_public_database(f, "PF1", "EX1", "EX1");
	fixture_database(f, "RDB", "EX1", "EX1");
	fixture_set(f, "msExchRestore", "TRUE");
	fixture_database(f, "DB13", "EX13", "EX1");
	fixture_database(f, "DB07", "EX07", "EX07");
	fixture_move(f,
		     "CN=DB07,CN=SG,CN=InformationStore,CN=EX07,CN=Servers," FIXTURE_AG);
	fixture_set(f, "msExchVersion", "4535486012416");
}

static void setup(void)
{
	f = fixture_new();
	add_sites();
	add_servers();
	add_databases();
	org = fixture_load(f);
	ck_assert_int_eq(cas_objects_new(&databases, NULL), 0);
}

static void teardown(void)
{
	cas_objects_free(databases);
	cas_plan_free(plan);
	plan = NULL;
	fixture_free(f);
}

static int set(const char *identity, const char *target, bool named, bool force)
{
	const struct cas_set_database what = {
		.databases = databases,
		.rpc_client_access_server = target,
		.named = named,
		.force = force,
	};

	expect_done(cas_objects_match(databases, org, 1U << CAS_KIND_DATABASE, identity,
				      &err),
		    err);
	err = NULL;
	return cas_plan_set_database(org, &what, &plan, &err);
}

static const struct {
	const char *database, *target;
	bool force;
	int code;
	const char *message;
} refusals[] = {
	{"DB1", "", false, CAS_E_USAGE, "cannot be cleared"},
	{"DB1", "  ", true, CAS_E_USAGE, "cannot be cleared"},
	{"DB1", NULL, false, CAS_E_USAGE, "cannot be cleared"},
	{"DB1", "nobody", false, CAS_E_NOT_FOUND, "nobody"},
	{"DB1", "MBX1", true, CAS_E_NOT_FOUND, "without the Client Access role"},
	{"DB1", "stray", true, CAS_E_NOT_FOUND, "lost and found"},
	{"DB1", "modern", true, CAS_E_NOT_FOUND, "is an array of Exchange 2013"},
	{"DB1", "legacyless", true, CAS_E_NOT_FOUND, "no legacyExchangeDN"},
	{"DB07", "head", false, CAS_E_REFUSED, "'DB07' (CN=DB07,CN=SG,"},
	{"DB07", "head", true, CAS_E_REFUSED, "Exchange 2007"},
	{"DB13", "head", false, CAS_E_REFUSED, "Exchange 2013"},
	{"PF1", "head", false, CAS_E_REFUSED, "public folder database"},
	{"RDB", "head", false, CAS_E_REFUSED, "recovery database"},
	{"DB3", "auto", false, CAS_E_REFUSED, "has 2 arrays: 'one', 'two'"},
	{"DB4", "auto", false, CAS_E_REFUSED, "'Bare' has no array"},
	{"DB5", "auto", true, CAS_E_REFUSED, "home site is unknown"},
};

START_TEST(refused)
{
	int code =
		set(refusals[_i].database, refusals[_i].target, true, refusals[_i].force);

	expect_error(code, err, refusals[_i].code, refusals[_i].message);
	ck_assert_ptr_null(plan);
}
END_TEST

static const struct {
	const char *database, *target, *value, *shown;
} changes[] = {
	{"DB1", "head",
	 FIXTURE_LEGACY_SERVER("outlook.contoso.com") "/cn=Microsoft Private MDB",
	 "outlook.contoso.com"},
	{"DB1", "OUTLOOK.contoso.com",
	 FIXTURE_LEGACY_SERVER("outlook.contoso.com") "/cn=Microsoft Private MDB",
	 "outlook.contoso.com"},
	{"DB1", "EX2", FIXTURE_LEGACY_SERVER("EX2") "/cn=Microsoft Private MDB",
	 "EX2.contoso.com"},
	{"DB1", "Auto",
	 FIXTURE_LEGACY_SERVER("outlook.contoso.com") "/cn=Microsoft Private MDB",
	 "outlook.contoso.com"},
	{"DB2", "auto",
	 FIXTURE_LEGACY_SERVER("outlook-b.contoso.com") "/cn=Microsoft Private MDB",
	 "outlook-b.contoso.com"},
	{"LOST", "head",
	 FIXTURE_LEGACY_SERVER("outlook.contoso.com") "/cn=Microsoft Private MDB",
	 "outlook.contoso.com"},
	{"NONE", "head",
	 FIXTURE_LEGACY_SERVER("outlook.contoso.com") "/cn=Microsoft Private MDB",
	 "outlook.contoso.com"},
	{"PF1", "head",
	 FIXTURE_LEGACY_SERVER("outlook.contoso.com") "/cn=Microsoft Public MDB",
	 "outlook.contoso.com"},
	{"RDB", "head",
	 FIXTURE_LEGACY_SERVER("outlook.contoso.com") "/cn=Microsoft Private MDB",
	 "outlook.contoso.com"},
	{"DB13", "head",
	 FIXTURE_LEGACY_SERVER("outlook.contoso.com") "/cn=Microsoft Private MDB",
	 "outlook.contoso.com"},
};

START_TEST(changed)
{
	const struct casp_delta *delta;
	const struct cas_object *database;

	expect_done(set(changes[_i].database, changes[_i].target, true, true), err);
	ck_assert_uint_eq(cas_plan_count(plan), 1);
	ck_assert_int_eq(plan->steps.v[0].action, CAS_ACTION_MODIFY);
	ck_assert_str_eq(plan->steps.v[0].shown, "RpcClientAccessServer");
	delta = &plan->steps.v[0].deltas[0];
	database = fixture_find(f, CAS_KIND_DATABASE, changes[_i].database);
	ck_assert_str_eq(delta->attribute, "legacyExchangeDN");
	ck_assert_str_eq(delta->new_value, changes[_i].value);
	ck_assert_str_eq(delta->new_shown, changes[_i].shown);
	if (*database->legacy_dn) {
		ck_assert_str_eq(delta->old_value, database->legacy_dn);
	} else {
		ck_assert_ptr_null(delta->old_value);
	}
}
END_TEST

START_TEST(already)
{
	expect_done(set("SET", "head", true, false), err);
	ck_assert_uint_eq(cas_plan_count(plan), 1);
	ck_assert_int_eq(plan->steps.v[0].action, CAS_ACTION_SKIP);
	ck_assert_str_eq(plan->steps.v[0].reason, "already so");
	ck_assert_uint_eq(cas_plan_databases(plan), 0);
	ck_assert_ptr_null(cas_plan_notice(plan, 0));
}
END_TEST

static const struct {
	const char *database;
	const char *reason; /* NULL: changed */
} bulk_rows[] = {
	{"DB1", NULL},
	{"DB2", NULL},
	{"DB3", "its home site 'Double' has 2 arrays: 'one', 'two'"},
	{"DB4", "its home site 'Bare' has no array"},
	{"DB5", "its home site is unknown"},
	{"SET", "already so"},
	{"PF1", "it is a public folder database: clients connect to its mailbox server"},
	{"RDB", "it is a recovery database, which no client opens"},
	{"DB13", "it is of Exchange 2013 or later, where clients do not use the value"},
	{"DB07", "it is of Exchange 2007 or older, which has no RpcClientAccessServer"},
};

START_TEST(bulk)
{
	const struct casp_step *step;

	expect_done(set("*", "auto", false, false), err);
	ck_assert_uint_eq(cas_plan_count(plan), 12);
	step = step_of(plan, bulk_rows[_i].database);
	ck_assert_ptr_nonnull(step);
	if (bulk_rows[_i].reason) {
		ck_assert_int_eq(step->action, CAS_ACTION_SKIP);
		ck_assert_str_eq(step->reason, bulk_rows[_i].reason);
	} else {
		ck_assert_int_eq(step->action, CAS_ACTION_MODIFY);
	}
}
END_TEST

static const struct {
	const char *database, *target, *warning;
} warnings[] = {
	{"DB1", "branch",
	 "'branch' is in the site 'Branch', but the home of 1 database is "
	 "another site: 'DB1'"},
	{"DB1", "EX2", "'EX2' is in the site 'Branch'"},
	{"DB1", "EX5", "'EX5' is in no site"},
	{"DB1", "EX13", "no Exchange 2010 server"},
	{"DB1", "NORPC", "no RpcClientAccess object"},
	{"DB1", "twin", "that of another object"},
};

START_TEST(warned)
{
	expect_done(set(warnings[_i].database, warnings[_i].target, true, false), err);
	ck_assert_msg(warns(plan, warnings[_i].warning), "%s: %s", warnings[_i].target,
		      cas_plan_warning(plan, 0));
}
END_TEST

START_TEST(no_warning)
{
	expect_done(set("DB1", "head", true, false), err);
	ck_assert_ptr_null(cas_plan_warning(plan, 0));
}
END_TEST

START_TEST(notices)
{
	expect_done(set("DB*", "head", false, false), err);
	ck_assert(notes(plan, "clients of 5 databases"));
	ck_assert(notes(plan,
			"'EX1.contoso.com', 'EX2.contoso.com', 'EX3.contoso.com', "
			"'EX4.contoso.com', 'EX5.contoso.com' must stay resolvable"));
	/* Nothing in this directory tells of mailboxes. */
	ck_assert_int_eq(cas_plan_mailboxes(plan), -1);
	ck_assert(notes(plan, "does not say how many"));
}
END_TEST

START_TEST(impact)
{
	CASP_DATABASE(org, 0)->mailboxes = 3;
	CASP_DATABASE(org, 1)->mailboxes = 4;
	expect_done(cas_objects_add(databases, &CASP_DATABASE(org, 0)->object, &err),
		    err);
	expect_done(set("DB2", "head", true, false), err);
	ck_assert_int_eq(cas_plan_mailboxes(plan), 7);
	ck_assert(notes(plan, "clients of 2 databases (7 mailboxes) will reconnect"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("set-database");
	TCase *tcase = tcase_create("set-database");

	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, refused, 0, COUNT(refusals));
	tcase_add_loop_test(tcase, changed, 0, COUNT(changes));
	tcase_add_loop_test(tcase, bulk, 0, COUNT(bulk_rows));
	tcase_add_loop_test(tcase, warned, 0, COUNT(warnings));
	tcase_add_test(tcase, already);
	tcase_add_test(tcase, no_warning);
	tcase_add_test(tcase, notices);
	tcase_add_test(tcase, impact);
	return unit_main(suite);
}
