/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory runs out at each allocation in turn: settings of rules, exemptions, names of
 * arrays by the policy. */
#include "alloc.h"

#include <jansson.h>

#include "planned.h"

#define NOW ((int64_t)20000 * 24 * 60 * 60)
#define EXEMPT(kind, what)                                                               \
	.name = #kind "-" what, .which = CAS_EXEMPTION_##kind, .object = what,           \
	.reason = "so it is", .owner = "Jane"

static const struct cas_rule_setting settings[] = {
	{.rule = "CAS040", .severity = CAS_SEVERITY_WARNING},
	{.rule = "database-points-nowhere", .enabled = CAS_SWITCH_OFF},
	{.rule = "CAS042", .enabled = CAS_SWITCH_ON},
	{.rule = "no-such-rule"},
};
static const struct cas_exemption exemptions[] = {
	{EXEMPT(PLAIN, "DB1"), .rule = "CAS040"},
	{EXEMPT(PLAIN, "DB*"), .rule = "CAS040", .expires = NOW - 1},
	{EXEMPT(PF_PROXY, "DB2")},
	{EXEMPT(TEMPORARY_OVERRIDE, "DB3"), .value = "BR1", .expires = NOW + 1},
	{EXEMPT(TEMPORARY_OVERRIDE, "DB1"), .value = "nobody", .expires = NOW + 1},
	{EXEMPT(DECOMMISSION, "Branch")},
	{EXEMPT(HIDE_NAME, "hq")},
	{EXEMPT(SWITCHOVER, "HQ"), .expires = NOW + 1},
	{EXEMPT(PLAIN, "nothing"), .rule = "CAS042"},
};
static const struct cas_policy policy = {
	.home = CAS_HOME_OWNER,
	.array_fqdn = "outlook-{site}.contoso.com",
	.array_name = "array-{site}",
	.rules = settings,
	.n_rules = COUNT(settings),
	.exemptions = exemptions,
	.n_exemptions = COUNT(exemptions),
	.now = NOW,
};

static struct fixture *f;
static struct journals journals;
static struct cas_directory *directory;
static struct cas_organization *org;

static void setup(void)
{
	f = fixture_new();
	fixture_site(f, "HQ");
	fixture_site(f, "Branch");
	fixture_site(f, "Far Away");
	fixture_server(f, "EX1", "HQ", MULTI, "14.3.123.4");
	fixture_server(f, "BR1", "Branch", MULTI, "14.3.123.4");
	fixture_server(f, "FA1", "Far Away", MULTI, "14.3.123.4");
	fixture_array(f, "hq", "outlook.contoso.com", "HQ");
	fixture_database(f, "DB1", "EX1", "EX1");
	fixture_public_database(f, "DB2", "EX1", "EX1");
	fixture_database(f, "DB3", "BR1", "BR1");
	fixture_database(f, "DB4", "FA1", "gone.contoso.com");
	fixture_load(f);
	journals_open(&journals);
	cas_context_set_policy(journals.context, &policy);
}

static int load(struct cas_error **err)
{
	const char *ldif = fixture_path(f);
	int code = cas_directory_open(journals.context, &ldif, 1, &directory, err);

	return code ? code
		    : cas_organization_load(directory, CAS_SCOPE_ALL, NULL, 0, &org, err);
}

static void close_all(void)
{
	cas_organization_free(org);
	org = NULL;
	cas_directory_unref(directory);
	directory = NULL;
}

static void teardown(void)
{
	close_all();
	journals_close(&journals);
	fixture_free(f);
}

static void prepare_org(void)
{
	close_all();
	ck_assert_int_eq(load(NULL), 0);
}

static int run_load(struct cas_error **err)
{
	int code = load(err);

	close_all();
	return code;
}

/* ---- what is well formed ---- */

static int run_checks(struct cas_error **err)
{
	int code = cas_array_template_check(policy.array_fqdn, err);

	for (int i = 0; code == 0 && i < COUNT(settings) - 1; i++) {
		code = cas_rule_setting_check(&settings[i], err);
	}
	for (int i = 0; code == 0 && i < COUNT(exemptions); i++) {
		code = cas_exemption_check(&exemptions[i], err);
	}
	return code;
}

/* ---- audits ---- */

static size_t n_listed, n_passed;

static int list(struct cas_audit *audit, struct cas_error **err)
{
	const struct cas_finding *finding;
	int code;

	n_listed = n_passed = 0;
	while ((code = cas_audit_next(audit, &finding, err)) > 0) {
		json_t *value = cas_json_finding(finding);

		json_decref(value);
		if (!value) {
			return casp_error_nomem(err);
		}
		n_passed += cas_finding_result(finding) == CAS_RESULT_PASSED;
		n_listed += cas_finding_result(finding) == CAS_RESULT_FINDING &&
			    !strstr(cas_finding_message(finding), "memory");
	}
	return code;
}

static int run_audit(struct cas_error **err)
{
	static const char *const rules[] = {"CAS001", "CAS040", "CAS042", "CAS057",
					    "CAS061", "CAS218", "CAS219"};
	struct cas_audit_options options = {
		.rules = rules,
		.n_rules = COUNT(rules),
		.now = NOW,
		.suppressed = true,
		.passed = true,
	};
	struct cas_audit *audit = NULL;
	int code = cas_audit_new(org, &options, &audit, err);

	code = code ? code : list(audit, err);
	cas_audit_free(audit);
	close_all();
	return code;
}

static void listed(int code)
{
	/* all of them, or an error */
	ck_assert_msg(code || (n_listed == 8 && n_passed == 19), "%zu, %zu", n_listed,
		      n_passed);
}

/* ---- arrays that the policy names ---- */

static int no_problem(void *closure, const char *text, struct cas_error **err)
{
	ck_abort_msg("%s", text);
}

static bool is_named;

static int run_new_arrays(struct cas_error **err)
{
	static const struct cas_new_array what = {.adopt_databases = true};
	struct cas_plan *plan = NULL;
	int code = cas_plan_new_arrays(org, &what, no_problem, NULL, &plan, err);

	is_named = code == 0 && step_of(plan, "array-far-away");
	cas_plan_free(plan);
	close_all();
	return code;
}

static void named(int code)
{
	ck_assert_int_eq(is_named, code == 0);
}

static const struct alloc_case cases[] = {
	{"load", NULL, run_load, NULL, 30},
	{"checks", NULL, run_checks, NULL, 1},
	{"audit", prepare_org, run_audit, listed, 100},
	{"new arrays", prepare_org, run_new_arrays, named, 30},
};

int main(void)
{
	return alloc_main("alloc-policy", setup, teardown, cases, COUNT(cases));
}
