/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What plans leave alone because of exemptions. */
#include "planned.h"

#include "audited.h"
#include "declared.h"

static struct fixture *f;
static struct cas_organization *org;
static struct cas_plan *plan;
static struct cas_error *err;
static struct cas_exemption exemptions[] = {
	OVERRIDE("OV", "EX2"),
	PROXY("PF"),
	PROXY("PFM"),
	PROXY("PFA"),
};
static struct cas_policy policy;

static void load_at(int64_t now)
{
	policy = (struct cas_policy){
		.exemptions = exemptions, .n_exemptions = 4, .now = now};
	f = fixture_new();
	script(f, HQ BER "server M1 HQ 2 14.3.123.4;db OV EX1 EX2;db PF EX1 EX2;"
			 "db PFM M1 EX2;db PFA EX1 outlook.contoso.com;db DB1 EX1 EX1");
	fixture_policy(f, &policy);
	org = fixture_load(f);
}

static void setup(void)
{
	load_at(EXPIRES - 1);
}

static void teardown(void)
{
	cas_plan_free(plan);
	plan = NULL;
	fixture_free(f);
}

/* "skip: why" or the new value. */
static const char *outcome(const char *database)
{
	const struct casp_step *step = step_of(plan, database);
	static char text[256];

	if (!step) {
		return "no step";
	}
	snprintf(text, sizeof(text), "%s%s",
		 step->action == CAS_ACTION_SKIP ? "skip: " : "",
		 step->action == CAS_ACTION_SKIP ? step->reason
						 : step->deltas[0].new_shown);
	return text;
}

/* ---- set-database ---- */

#define BY_OVERRIDE                                                                      \
	"it has its value by exemption 'x' of me@contoso.com, until 2026-12-31: because"
#define BY_PROXY "it is a public folder proxy by exemption 'x' of me@contoso.com: because"

static const struct {
	const char *database, *value;
	bool named, force;
	const char *outcome; /* or, in brackets, a part of the refusal */
} settings[] = {
	{"OV", "auto", false, false, "skip: " BY_OVERRIDE},
	{"OV", "outlook", false, false, "skip: " BY_OVERRIDE},
	{"OV", "auto", true, false, "[is not changed: " BY_OVERRIDE},
	{"OV", "EX1", true, false, "[is not changed: " BY_OVERRIDE},
	{"OV", "auto", true, true, "outlook.contoso.com"},
	{"OV", "EX1", true, true, "EX1.contoso.com"},
	{"OV", "EX2", true, false, "skip: already so"},
	{"OV", "EX2", false, false, "skip: already so"},
	{"PF", "auto", false, false, "EX1.contoso.com"},
	{"PF", "auto", true, false, "EX1.contoso.com"},
	{"PF", "EX1", true, false, "EX1.contoso.com"},
	{"PF", "BER1", false, false, "skip: " BY_PROXY},
	{"PF", "BER1", true, false, "[is not changed: " BY_PROXY},
	{"PF", "BER1", true, true, "BER1.contoso.com"},
	{"PF", "outlook", false, false, "[is never pointed at an array: " BY_PROXY},
	{"PF", "outlook", true, false, "[is never pointed at an array: " BY_PROXY},
	{"PF", "outlook", true, true, "[is never pointed at an array: " BY_PROXY},
	{"PFM", "auto", false, false,
	 "skip: it is a public folder proxy, and its own server lacks the Client Access "
	 "role"},
	{"PFM", "auto", true, false, "[its own server lacks the Client Access role"},
	{"DB1", "auto", false, false, "outlook.contoso.com"},
};

START_TEST(set)
{
	struct cas_set_database what = {
		.rpc_client_access_server = settings[_i].value,
		.named = settings[_i].named,
		.force = settings[_i].force,
	};
	const char *expected = settings[_i].outcome;
	struct cas_objects *databases;
	int code;

	ck_assert_int_eq(cas_objects_new(&databases, NULL), 0);
	expect_done(cas_objects_match(databases, org, 1u << CAS_KIND_DATABASE,
				      settings[_i].database, &err),
		    err);
	what.databases = databases;
	code = cas_plan_set_database(org, &what, &plan, &err);
	if (*expected == '[') {
		check_error(code, err, CAS_E_REFUSED, expected + 1);
		err = NULL;
	} else {
		check_done(code, err);
		ck_assert_msg(strcmp(outcome(settings[_i].database), expected) == 0,
			      "row %d: '%s'", _i, outcome(settings[_i].database));
		/* Who insists is told what was declared. */
		ck_assert_int_eq(warns(plan, "is changed although it "),
				 settings[_i].force);
	}
	cas_objects_free(databases);
}
END_TEST

/* An override that is over, or that the database does not follow, binds nobody. */
START_TEST(set_afterwards)
{
	const struct cas_set_database what = {.rpc_client_access_server = "auto",
					      .named = true};
	struct cas_set_database all = what;
	struct cas_objects *databases;

	teardown();
	exemptions[0].expires = _i ? EXPIRES : EXPIRES + 1;
	exemptions[0].value = _i ? "EX2" : "EX1";
	load_at(EXPIRES);
	ck_assert_int_eq(cas_objects_new(&databases, NULL), 0);
	ck_assert_int_eq(cas_objects_add(databases,
					 fixture_find(f, CAS_KIND_DATABASE, "OV"), NULL),
			 0);
	all.databases = databases;
	expect_done(cas_plan_set_database(org, &all, &plan, &err), err);
	ck_assert_str_eq(outcome("OV"), "outlook.contoso.com");
	cas_objects_free(databases);
	exemptions[0].expires = EXPIRES;
	exemptions[0].value = "EX2";
}
END_TEST

/* ---- repair ---- */

static void repair(bool suppressed, unsigned changes)
{
	const struct cas_audit_options options = {.suppressed = suppressed};
	const struct cas_repair what = {.include_cross_site = true};
	struct cas_audit *audit;

	expect_done(cas_audit_new(org, &options, &audit, &err), err);
	expect_done(cas_plan_repair(audit, &what, &plan, &err), err);
	ck_assert_uint_eq(casp_plan_changes(plan), changes);
	cas_audit_free(audit);
}

START_TEST(repaired)
{
	repair(_i, 1);
	ck_assert_str_eq(outcome("DB1"), "outlook.contoso.com");
	ck_assert_str_eq(outcome("OV"), "no step");
	ck_assert_str_eq(outcome("PF"), "no step");
	ck_assert_str_eq(outcome("PFA"), "no step");
}
END_TEST

/* One step, whatever number of rules ask for it. */
START_TEST(repaired_afterwards)
{
	teardown();
	load_at(EXPIRES);
	repair(false, 2);
	ck_assert_str_eq(outcome("OV"), "outlook.contoso.com");
	ck_assert_str_eq(step_of(plan, "OV")->reason, "CAS040, CAS057");
}
END_TEST

/* What is exempt from a rule is not repaired, also when it is handed out. */
START_TEST(repaired_exempt)
{
	struct cas_exemption plain[] = {PLAIN("CAS040", "DB1"), OVERRIDE("OV", "EX2"),
					PROXY("PF"), PROXY("PFM"), PROXY("PFA")};

	teardown();
	f = fixture_new();
	script(f, HQ "db OV EX1 EX2;db DB1 EX1 EX1");
	policy = (struct cas_policy){.exemptions = plain, .n_exemptions = 5, .now = 1};
	fixture_policy(f, &policy);
	org = fixture_load(f);
	repair(_i, 0);
}
END_TEST

/* ---- arrays ---- */

START_TEST(adopted)
{
	const struct cas_new_array what = {
		.fqdn = "second.contoso.com",
		.site = "HQ",
		.allow_second_array = true,
		.adopt_databases = true,
	};

	expect_done(cas_plan_new_array(org, &what, &plan, &err), err);
	ck_assert_str_eq(outcome("DB1"), "second.contoso.com");
	ck_assert_str_eq(outcome("OV"), "skip: " BY_OVERRIDE);
	ck_assert_str_eq(outcome("PF"), "skip: " BY_PROXY);
	ck_assert_str_eq(outcome("PFA"), "skip: " BY_PROXY);
}
END_TEST

START_TEST(removed)
{
	const struct cas_remove_array what = {.identity = "outlook", .repoint_to = "ber"};

	expect_error(cas_plan_remove_array(org, &what, &plan, &err), err, CAS_E_REFUSED,
		     "the database 'PFA' (CN=PFA,CN=Databases," FIXTURE_AG
		     ") uses the array, but is a public folder proxy");
}
END_TEST

/* ---- desired states ---- */

static const struct {
	const char *lines;
	const char *outcome; /* "NAME value", "" or, in brackets, a problem */
} desires[] = {
	{"OV,auto\n", ""},
	{"OV,EX2\n", ""},
	{"OV,EX1\n", "['OV': the database 'OV' "},
	{"PF,auto\n", "PF EX1.contoso.com"},
	{"PF,EX1\n", "PF EX1.contoso.com"},
	{"PF,outlook\n", "['PF': the database 'PF' "},
	/* what is so already is not changed, and so not refused */
	{"PFA,outlook\n", ""},
	{"PFA,auto\n", "PFA EX1.contoso.com"},
	{"PFM,auto\n", "['PFM': the database 'PFM' "},
};

START_TEST(desired)
{
	const char *expected = desires[_i].outcome;
	char path[] = "/tmp/casarray-exempted-XXXXXX", text[128];
	struct cas_desired *state;
	int code, fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	close(fd);
	snprintf(text, sizeof(text), "database,rpc-client-access-server\n%s",
		 desires[_i].lines);
	file_write(path, text, strlen(text));
	ck_assert_int_eq(cas_desired_new(&state, NULL), 0);
	expect_done(cas_desired_read(state, path, &err), err);
	code = cas_plan_desired(org, state, false, &plan, &err);
	if (*expected == '[') {
		check_error(code, err, CAS_E_REFUSED, "is refused for 1 reason");
		err = NULL;
		ck_assert_msg(strstr(cas_desired_problem(state, 0), expected + 1), "%s",
			      cas_desired_problem(state, 0));
	} else {
		check_done(code, err);
		snprintf(text, sizeof(text), "%s%s%s",
			 plan->steps.n ? plan->steps.v[0].name : "",
			 plan->steps.n ? " " : "",
			 plan->steps.n ? outcome(plan->steps.v[0].name) : "");
		ck_assert_str_eq(text, expected);
	}
	cas_desired_free(state);
	unlink(path);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("exempted-plans");
	TCase *tcase = tcase_create("exempted-plans");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, set, 0, COUNT(settings));
	tcase_add_loop_test(tcase, set_afterwards, 0, 2);
	tcase_add_loop_test(tcase, repaired, 0, 2);
	tcase_add_test(tcase, repaired_afterwards);
	tcase_add_loop_test(tcase, repaired_exempt, 0, 2);
	tcase_add_test(tcase, adopted);
	tcase_add_test(tcase, removed);
	tcase_add_loop_test(tcase, desired, 0, COUNT(desires));
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
