/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Exemptions of desired states: read, joined with the policy's, written. */
#include "planned.h"

#include "audited.h"
#include "declared.h"
#include "plan/desired.h"

#define STATE(members) "{\"schema\":\"casarray.state\",\"version\":1" members "}"
#define LIST(objects) STATE(",\"exemptions\":[" objects "]")
#define WHO "\"reason\":\"because\",\"owner\":\"me@contoso.com\""
#define FILE_OVERRIDE(expires)                                                           \
	"{\"name\":\"x\",\"class\":\"temporary-override\",\"object\":\"D\","             \
	"\"value\":\"EX1\"," WHO ",\"expires\":" expires "}"
#define FILE_PROXY "{\"name\":\"y\",\"class\":\"pf-proxy\",\"object\":\"D\"," WHO "}"

static struct cas_desired *desired;
static struct cas_error *err;
static char path[64];

static void setup(void)
{
	int fd;

	err = NULL;
	strcpy(path, "/tmp/casarray-wanted-XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(cas_desired_new(&desired, NULL), 0);
}

static void teardown(void)
{
	cas_desired_free(desired);
	unlink(path);
}

static void read_text(const char *text)
{
	file_write(path, text, strlen(text));
	expect_done(cas_desired_read(desired, path, &err), err);
}

static const struct cas_policy *policy_over(const struct cas_policy *base)
{
	const struct cas_policy *policy = NULL;

	expect_done(cas_desired_policy(desired, base, &policy, &err), err);
	return policy;
}

/* ---- reading ---- */

static const struct {
	const char *text;
	const char *problem; /* a part of it; NULL: there is none */
} rows[] = {
	{LIST(FILE_OVERRIDE("\"2026-12-31\"")), NULL},
	{LIST(FILE_PROXY), NULL},
	{LIST("{\"//\":\"c\",\"name\":\"x\",\"class\":null,\"rule\":\"cas040\","
	      "\"object\":\"D\",\"value\":null,\"expires\":null," WHO "}"),
	 NULL},
	{LIST("{\"name\":\"x\",\"object\":\"D\"," WHO "}"),
	 ": exemptions[0]: exemption 'x' has no rule; class plain needs 'rule'"},
	{LIST("{\"name\":\"x\",\"class\":\"proxy\",\"object\":\"D\"," WHO "}"),
	 ": exemptions[0]: 'x': there is no class 'proxy'"},
	{LIST(FILE_OVERRIDE("\"2026-02-30\"")),
	 ": exemptions[0]: 'x': 'expires' is no day such as 2026-12-31: '2026-02-30'"},
	{LIST(FILE_OVERRIDE("null")), ": exemptions[0]: exemption 'x' does not expire"},
	{LIST(FILE_OVERRIDE("20261231")), ": exemptions[0]: 'expires' is no text"},
	{LIST(FILE_PROXY "," FILE_PROXY),
	 ": exemptions[1]: 'y': the exemption is listed twice"},
	{LIST("{\"name\":\"x\",\"until\":\"D\"}"),
	 ": exemptions[0]: unknown member 'until'; known are 'name', 'class', "
	 "'rule', 'object', 'value', 'reason', 'owner', 'expires'"},
	{LIST("[]"), ": exemptions[0]: it is no object"},
	{STATE(",\"exemptions\":{}"), "'exemptions': it is no list"},
};

START_TEST(listed)
{
	const char *problem;

	read_text(rows[_i].text);
	problem = cas_desired_problem(desired, 0);
	ck_assert_msg(!problem == !rows[_i].problem, "%s", problem);
	ck_assert_msg(!problem || strstr(problem, rows[_i].problem), "%s", problem);
	ck_assert_uint_eq(desired->exemptions.n,
			  problem && !strstr(problem, "twice") ? 0 : 1);
}
END_TEST

/* Every bad one, with what else is wrong, in the order of the file. */
START_TEST(all_problems)
{
	static const char *const missing[] = {" no object", " no reason", " no owner",
					      " no rule"};

	read_text(STATE(",\"exemptions\":[{},{\"name\":\"x\"}],\"arrays\":[{}]"));
	ck_assert_msg(strstr(cas_desired_problem(desired, 0), ": exemptions[0]: an "
							      "exemption has no name"),
		      "%s", cas_desired_problem(desired, 0));
	for (size_t i = 0; i < sizeof(missing) / sizeof(*missing); i++) {
		const char *text = cas_desired_problem(desired, i + 1);

		ck_assert_ptr_nonnull(strstr(text, ": exemptions[1]: exemption 'x' has"));
		ck_assert_ptr_nonnull(strstr(text, missing[i]));
	}
	ck_assert_ptr_nonnull(strstr(cas_desired_problem(desired, 5), "arrays[0]"));
	ck_assert_ptr_null(cas_desired_problem(desired, 6));
}
END_TEST

START_TEST(last_day)
{
	read_text(LIST(FILE_OVERRIDE("\"2026-12-31\"")));
	ck_assert_int_eq(desired->exemptions.v[0].expires, EXPIRES);
	ck_assert_str_eq(desired->exemptions.v[0].file, path);
}
END_TEST

/* ---- joining ---- */

START_TEST(base_alone)
{
	const struct cas_policy base = {.now = 7};

	read_text(STATE(""));
	ck_assert_ptr_eq(policy_over(&base), &base);
	ck_assert_ptr_null(policy_over(NULL));
}
END_TEST

START_TEST(without_base)
{
	const struct cas_policy *policy;

	read_text(LIST(FILE_PROXY));
	policy = policy_over(NULL);
	ck_assert_uint_eq(policy->n_exemptions, 1);
	ck_assert_int_eq(policy->now, 0);
}
END_TEST

/* Of the policy, of the file: the same, another, and one more. */
static const struct {
	struct cas_exemption base;
	size_t n;
	const char *notice; /* a part of it; NULL: none */
} joined[] = {
	{OVERRIDE("D", "EX1"), 1, NULL},
	{{.name = "X",
	  .reason = "because",
	  .owner = "ME@contoso.com",
	  .which = CAS_EXEMPTION_TEMPORARY_OVERRIDE,
	  .object = "d",
	  .value = "ex1",
	  .expires = EXPIRES},
	 1,
	 NULL},
	{OVERRIDE("D", "EX2"), 1, "takes the place of that of the policy"},
	{OVERRIDE("E", "EX1"), 1, "takes the place of that of the policy"},
	{PROXY("D"), 1, "takes the place of that of the policy"},
	{{SAID, .which = CAS_EXEMPTION_TEMPORARY_OVERRIDE, .object = "D", .value = "EX1",
	  .expires = EXPIRES - 86400, .file = "my.conf", .line = 4},
	 1,
	 "takes the place of that of my.conf:4"},
	{{.name = "z",
	  .reason = "because",
	  .owner = "me",
	  .rule = "CAS040",
	  .object = "D"},
	 2,
	 NULL},
};

START_TEST(join)
{
	const struct cas_policy base = {
		.exemptions = &joined[_i].base, .n_exemptions = 1, .now = 7};
	struct fixture *f = fixture_new();
	const struct cas_policy *policy;
	const struct cas_exemption *last;
	struct cas_plan *plan;

	read_text(LIST(FILE_OVERRIDE("\"2026-12-31\"")));
	policy = policy_over(&base);
	/* again, it is the same */
	ck_assert_ptr_eq(policy_over(&base), policy);
	ck_assert_uint_eq(policy->n_exemptions, joined[_i].n);
	ck_assert_int_eq(policy->now, 7);
	last = &policy->exemptions[policy->n_exemptions - 1];
	ck_assert_str_eq(last->value, "EX1");
	ck_assert_str_eq(last->object, "D");

	script(f, HQ "db D EX1 EX1");
	fixture_policy(f, policy);
	expect_done(cas_plan_desired(fixture_load(f), desired, false, &plan, &err), err);
	ck_assert_uint_eq(casp_plan_changes(plan), 0);
	ck_assert_int_eq(cas_plan_notice(plan, 0) != NULL, joined[_i].notice != NULL);
	ck_assert_msg(!joined[_i].notice || notes(plan, joined[_i].notice), "%s",
		      cas_plan_notice(plan, 0));
	cas_plan_free(plan);
	fixture_free(f);
}
END_TEST

/* ---- writing, and back ---- */

static int append(void *closure, const char *text, struct cas_error **unused)
{
	casp_buf_adds(closure, text);
	return 0;
}

START_TEST(round_trip)
{
	struct cas_exemption exemptions[] = {PROXY("PF"),
					     OVERRIDE("OV", "EX2"),
					     {.name = "A",
					      .reason = "r",
					      .owner = "o",
					      .rule = "CAS045",
					      .object = "D",
					      .which = CAS_EXEMPTION_SWITCHOVER,
					      .expires = EXPIRES}};
	const struct cas_policy base = {
		.exemptions = exemptions, .n_exemptions = 3, .now = 7};
	const struct cas_export how = {.automatic = _i};
	CASP_CLEANUP(casp_buf_free) struct casp_buf text = {0};
	struct fixture *f = fixture_new();
	struct cas_organization *org;
	struct cas_plan *plan;

	exemptions[0].name = "c";
	exemptions[1].name = "B";
	/* one proxy is wrong: what is so already is no difference */
	script(f, HQ BER "db PF EX1 outlook.contoso.com;db OV EX1 EX2;"
			 "db D EX1 ber.contoso.com;db E EX1 outlook.contoso.com");
	fixture_policy(f, &base);
	org = fixture_load(f);
	expect_done(cas_export(org, &how, append, &text, &err), err);
	ck_assert_msg(
		strstr(text.p,
		       "\"exemptions\":[\n"
		       "{\"name\":\"A\",\"class\":\"switchover\",\"rule\":\"CAS045\","
		       "\"object\":\"D\",\"value\":null,\"reason\":\"r\",\"owner\":\"o\","
		       "\"expires\":\"2026-12-31\"},\n"
		       "{\"name\":\"B\",\"class\":\"temporary-override\",\"rule\":null,"
		       "\"object\":\"OV\",\"value\":\"EX2\",\"reason\":\"because\","
		       "\"owner\":\"me@contoso.com\",\"expires\":\"2026-12-31\"},\n"
		       "{\"name\":\"c\",\"class\":\"pf-proxy\",\"rule\":null,"
		       "\"object\":\"PF\",\"value\":null,\"reason\":\"because\","
		       "\"owner\":\"me@contoso.com\",\"expires\":null}\n]}\n"),
		"%s", text.p);
	read_text(text.p);
	/* with the policy, and without it */
	for (int i = 0; i < 2; i++) {
		const struct cas_policy *policy = policy_over(i ? NULL : &base);

		ck_assert_uint_eq(policy->n_exemptions, 3);
		fixture_policy(f, policy);
		expect_done(cas_plan_desired(fixture_load(f), desired, true, &plan, &err),
			    err);
		ck_assert_uint_eq(plan->steps.n, 0);
		ck_assert_ptr_null(cas_plan_notice(plan, 0));
		cas_plan_free(plan);
	}
	fixture_free(f);
}
END_TEST

/* They hold for the lines of their file. */
START_TEST(lines_are_judged)
{
	struct fixture *f = fixture_new();
	struct cas_plan *plan;

	read_text(STATE(",\"exemptions\":[" FILE_PROXY "],\"databases\":[{\"name\":\"D\","
			"\"rpc_client_access_server\":\"outlook\"}]"));
	script(f, HQ "db D EX1 EX2");
	fixture_policy(f, policy_over(NULL));
	expect_error(cas_plan_desired(fixture_load(f), desired, false, &plan, &err), err,
		     CAS_E_REFUSED, "is refused for 1 reason");
	ck_assert_msg(strstr(cas_desired_problem(desired, 0),
			     "databases[0]: 'D': the database 'D' (CN=D,CN=Databases,"),
		      "%s", cas_desired_problem(desired, 0));
	fixture_free(f);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("desired-policy");
	TCase *tcase = tcase_create("desired-policy");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, listed, 0, COUNT(rows));
	tcase_add_test(tcase, all_problems);
	tcase_add_test(tcase, last_day);
	tcase_add_test(tcase, base_alone);
	tcase_add_test(tcase, without_base);
	tcase_add_loop_test(tcase, join, 0, COUNT(joined));
	tcase_add_loop_test(tcase, round_trip, 0, 2);
	tcase_add_test(tcase, lines_are_judged);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
