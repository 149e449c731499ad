/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What passed: every object that a rule judged and did not find, and no other. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "audited.h"
#include "unit.h"

#define COUNT(rows) (int)(sizeof(rows) / sizeof(*(rows)))
#define NOW ((int64_t)20000 * 24 * 60 * 60)

static struct fixture *f;
static struct cas_policy policy;
static struct cas_audit *audit;

static void load(const char *text, const struct cas_exemption *exemptions, size_t n)
{
	f = fixture_new();
	script(f, text);
	policy = (struct cas_policy){
		.exemptions = exemptions, .n_exemptions = n, .now = NOW};
	fixture_policy(f, &policy);
}

static void finish(void)
{
	cas_audit_free(audit);
	audit = NULL;
	fixture_free(f);
}

/* A sign for each result, '!' for what does not count; then the rule and the object. */
static const char *list(void)
{
	static char text[4096];
	const struct cas_finding *finding;
	size_t n = 0;
	int more;

	text[0] = '\0';
	while ((more = cas_audit_next(audit, &finding, NULL)) == 1) {
		const struct cas_object *object = cas_finding_object(finding);
		char sign = "-+?"[cas_finding_result(finding)];

		n += (size_t)snprintf(
			text + n, sizeof(text) - n, "%s%c%s%s%s", n ? "; " : "",
			cas_finding_suppression(finding) ? '!' : sign,
			cas_rule_id(cas_finding_rule(finding)), object ? " " : "",
			object ? cas_object_name(object) : "");
		ck_assert_uint_lt(n, sizeof(text));
	}
	ck_assert_int_eq(more, 0);
	return text;
}

/* The same twice, and as much of it as was said before. */
static const char *run(const struct cas_audit_options *options)
{
	static char first[4096];
	const struct cas_finding *finding;
	size_t n = 0;

	ck_assert_int_eq(cas_audit_new(fixture_load(f), options, &audit, NULL), 0);
	strcpy(first, list());
	cas_audit_rewind(audit);
	ck_assert_str_eq(list(), first);
	cas_audit_rewind(audit);
	while (cas_audit_next(audit, &finding, NULL) == 1) {
		n += cas_finding_result(finding) == CAS_RESULT_PASSED;
	}
	ck_assert_uint_eq(cas_audit_count_passed(audit), n);
	return first;
}

/* D points at a server, N nowhere, F at the array; R is of Exchange 2007. */
#define DATABASES                                                                        \
	HQ "server OLD HQ 2 8.3.83.6;db D EX1 EX1;db N EX1 GONE;"                        \
	   "db F EX1 outlook.contoso.com;db R OLD OLD;"

static const struct {
	const char *rules[4];
	const char *script;
	struct cas_exemption exemption;
	const char *listed;
} rows[] = {
	/* by rule and object, between findings and what was not evaluated */
	{{"CAS042", "CAS040", "CAS090"},
	 DATABASES,
	 {0},
	 "-CAS040 D; -CAS042 N; +CAS040 N; +CAS040 F; +CAS042 D; +CAS042 F; ?CAS090"},
	/* a rule that is asked about every database */
	{{"CAS047"}, DATABASES, {0}, "+CAS047 D; +CAS047 N; +CAS047 F"},
	/* one about databases that no other rule judges */
	{{"CAS061"}, DATABASES, {0}, ""},
	{{"CAS061", "CAS040"},
	 DATABASES,
	 {.name = "x",
	  .which = CAS_EXEMPTION_PF_PROXY,
	  .object = "D",
	  .reason = "so it is",
	  .owner = "Jane"},
	 "+CAS040 N; +CAS040 F; +CAS061 D"},
	/* what does not count did not pass */
	{{"CAS040"},
	 DATABASES,
	 {.name = "x", .rule = "CAS040", .object = "D", .reason = "so", .owner = "Jane"},
	 "!CAS040 D; +CAS040 N; +CAS040 F"},
	/* sites and arrays; a site without mailbox servers is none of it */
	{{"CAS001", "CAS003"},
	 HQ "site Empty;site Bare;server B Bare 38 14.3.123.4;"
	    "array lost lost.contoso.com -;",
	 {0},
	 "-CAS001 Bare; -CAS003 lost; +CAS001 HQ; +CAS003 outlook"},
	/* the policy's own; they are no entries of the directory */
	{{"CAS218", "CAS219", "CAS210", "CAS213"},
	 DATABASES,
	 {.name = "x", .rule = "CAS040", .object = "D", .reason = "so", .owner = "Jane"},
	 "+CAS218 x; ?CAS219 x"},
	{{"CAS001", "CAS040"}, "site HQ", {0}, ""},
};

START_TEST(test_rows)
{
	struct cas_audit_options options = {
		.rules = rows[_i].rules, .now = NOW, .passed = true, .suppressed = true};

	while (options.n_rules < 4 && rows[_i].rules[options.n_rules]) {
		options.n_rules++;
	}
	load(rows[_i].script, &rows[_i].exemption, rows[_i].exemption.name ? 1 : 0);
	ck_assert_str_eq(run(&options), rows[_i].listed);
	finish();
}
END_TEST

static const char *const rules[] = {"CAS001", "CAS040"};

START_TEST(test_not_asked_for)
{
	const struct cas_audit_options options = {.rules = rules, .n_rules = 2};

	load(DATABASES, NULL, 0);
	ck_assert_str_eq(run(&options), "-CAS040 D");
	ck_assert_uint_eq(cas_audit_count_passed(audit), 0);
	finish();
}
END_TEST

/* Only of the objects that were chosen. */
START_TEST(test_chosen)
{
	struct cas_audit_options options = {.rules = rules, .n_rules = 2, .passed = true};
	struct cas_organization *org;
	struct cas_objects *objects;

	load(DATABASES, NULL, 0);
	org = fixture_load(f);
	ck_assert_int_eq(cas_objects_new(&objects, NULL), 0);
	ck_assert_int_eq(
		cas_objects_add(objects, fixture_find(f, CAS_KIND_DATABASE, "F"), NULL),
		0);
	options.objects = objects;
	ck_assert_int_eq(cas_audit_new(org, &options, &audit, NULL), 0);
	ck_assert_str_eq(list(), "+CAS040 F");
	ck_assert_uint_eq(cas_audit_count_passed(audit), 1);
	cas_objects_free(objects);
	finish();
}
END_TEST

/* No words, no severity; and the row says the same. */
START_TEST(test_said)
{
	static const char *const rule = "CAS001";
	const struct cas_audit_options options = {
		.rules = &rule, .n_rules = 1, .passed = true};
	const struct cas_finding *finding;
	json_t *row;

	load(HQ, NULL, 0);
	ck_assert_str_eq(run(&options), "+CAS001 HQ");
	cas_audit_rewind(audit);
	ck_assert_int_eq(cas_audit_next(audit, &finding, NULL), 1);
	ck_assert(cas_finding_evaluated(finding));
	ck_assert_int_eq(cas_finding_severity(finding), CAS_SEVERITY_NONE);
	ck_assert_int_eq(cas_finding_fix_class(finding), CAS_FIX_NONE);
	ck_assert_str_eq(cas_finding_message(finding), "");
	ck_assert_int_eq(strncmp(cas_finding_key(finding), "CAS001/", 7), 0);
	row = cas_json_finding(finding);
	ck_assert_str_eq(json_string_value(json_object_get(row, "result")), "passed");
	ck_assert_str_eq(json_string_value(
				 json_object_get(json_object_get(row, "object"), "name")),
			 "HQ");
	ck_assert_str_eq(json_string_value(json_object_get(row, "key")),
			 cas_finding_key(finding));
	ck_assert_ptr_null(json_object_get(row, "message"));
	ck_assert_ptr_null(json_object_get(row, "reason"));
	json_decref(row);
	finish();
}
END_TEST

static int count_line(void *closure, const char *text, struct cas_error **err)
{
	(void)text;
	(void)err;
	++*(size_t *)closure;
	return 0;
}

/* Neither a baseline nor a repair takes it for a finding. */
START_TEST(test_no_finding)
{
	static const char *const rule = "CAS040";
	const struct cas_audit_options options = {
		.rules = &rule, .n_rules = 1, .passed = true};
	const struct cas_repair all = {0};
	struct cas_plan *plan;
	size_t n, lines = 0;

	load(DATABASES, NULL, 0);
	ck_assert_str_eq(run(&options), "-CAS040 D; +CAS040 N; +CAS040 F");
	ck_assert_int_eq(cas_baseline_write(audit, count_line, &lines, &n, NULL), 0);
	ck_assert_uint_eq(n, 1);
	ck_assert_uint_gt(lines, 1);
	ck_assert_int_eq(cas_plan_repair(audit, &all, &plan, NULL), 0);
	ck_assert_uint_eq(cas_plan_count(plan), 1);
	cas_plan_free(plan);
	finish();
}
END_TEST

START_TEST(test_names)
{
	ck_assert_str_eq(cas_result_name(CAS_RESULT_FINDING), "finding");
	ck_assert_str_eq(cas_result_name(CAS_RESULT_PASSED), "passed");
	ck_assert_str_eq(cas_result_name(CAS_RESULT_NOT_EVALUATED), "not-evaluated");
	ck_assert_str_eq(cas_result_name((enum cas_result)3), "unknown");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("passed");
	TCase *tc = tcase_create("passed");

	tcase_add_loop_test(tc, test_rows, 0, COUNT(rows));
	tcase_add_test(tc, test_not_asked_for);
	tcase_add_test(tc, test_chosen);
	tcase_add_test(tc, test_said);
	tcase_add_test(tc, test_no_finding);
	tcase_add_test(tc, test_names);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
