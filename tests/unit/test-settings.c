/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the policy has rules applied: which are refused, and what the others do. */
#include <stdio.h>
#include <string.h>

#include "audited.h"
#include "policy/audit.h"
#include "policy/settings.h"
#include "unit.h"

static const struct {
	struct cas_rule_setting setting;
	const char *message; /* NULL: it is well formed */
	const char *hint;
} checks[] = {
	{{.rule = "CAS040"}, NULL, NULL},
	{{.rule = "database-POINTS-at-server", .enabled = CAS_SWITCH_OFF}, NULL, NULL},
	{{.rule = "cas042", .severity = CAS_SEVERITY_INFO}, NULL, NULL},
	{{.rule = "CAS200", .threshold = 5}, NULL, NULL},
	{{.rule = "CAS200", .threshold = INT64_MAX}, NULL, NULL},
	{{.rule = "CAS060", .enabled = CAS_SWITCH_OFF}, NULL, NULL},
	{{.rule = "CAS04O"}, "no such rule: 'CAS04O'", "did you mean 'CAS040'?"},
	{{.rule = "array-unusd"},
	 "no such rule: 'array-unusd'",
	 "did you mean 'array-unused'?"},
	{{.rule = "what-is-this-supposed-to-mean"},
	 "no such rule: 'what-is-this-supposed-to-mean'",
	 "a rule has an id"},
	{{.rule = ""}, "no such rule: ''", "a rule has an id"},
	{{0}, "no such rule: ''", "a rule has an id"},
	{{.rule = "CAS060", .severity = CAS_SEVERITY_ERROR},
	 "rule CAS060 finds nothing, so that its severity cannot be set",
	 "remove 'severity'"},
	{{.rule = "CAS040", .threshold = 5},
	 "rule CAS040 has no threshold that could be set",
	 "CAS200"},
	{{.rule = "mbx-cas-ratio", .threshold = -1},
	 "the threshold of rule CAS200 is -1, and must be 1 or more",
	 "mailbox servers"},
	{{.rule = "CAS040", .severity = (enum cas_severity)4},
	 "the setting of rule CAS040 has an unknown value",
	 NULL},
	{{.rule = "CAS040", .enabled = (enum cas_switch)3},
	 "the setting of rule CAS040 has an unknown value",
	 NULL},
};

START_TEST(test_check)
{
	struct cas_error *err = NULL;
	int code = cas_rule_setting_check(&checks[_i].setting, &err);

	if (!checks[_i].message) {
		ck_assert_int_eq(code, 0);
		ck_assert_ptr_null(err);
		return;
	}
	ck_assert_int_eq(code, CAS_E_USAGE);
	ck_assert_str_eq(cas_error_message(err), checks[_i].message);
	if (checks[_i].hint) {
		ck_assert_ptr_nonnull(strstr(cas_error_hint(err), checks[_i].hint));
	}
	cas_error_free(err);
}
END_TEST

/* What the catalogue says of thresholds: a unit with each, and nothing without. */
START_TEST(test_thresholds)
{
	const struct cas_rule *rule;
	size_t n = 0;

	for (size_t i = 0; (rule = cas_rules_get(i)); i++) {
		bool has = *cas_rule_threshold_unit(rule);

		n += has;
		ck_assert_int_ge(cas_rule_threshold(rule), 0);
		ck_assert_msg(has || !cas_rule_threshold(rule), "%s", cas_rule_id(rule));
	}
	ck_assert_uint_gt(n, 0);
	ck_assert_int_eq(cas_rule_threshold(cas_rule_find("CAS200")), 3);
	ck_assert_int_eq(cas_rule_threshold(cas_rule_find("CAS204")), 0);
	ck_assert_str_ne(cas_rule_threshold_unit(cas_rule_find("CAS204")), "");
	ck_assert_str_eq(cas_rule_threshold_unit(cas_rule_find("CAS040")), "");
}
END_TEST

/* D points at a server (an error), F at the array as it should; in BER the mailbox
 * servers are four for one Client Access server. */
#define ORGANIZATION                                                                     \
	HQ "db D EX1 EX1;db F EX1 outlook.contoso.com;"                                  \
	   "site BER;array ber ber.contoso.com BER;"                                     \
	   "server B1 BER 6 14.3.123.4;server B2 BER 2 14.3.123.4;"                      \
	   "server B3 BER 2 14.3.123.4;server B4 BER 2 14.3.123.4"

static const struct {
	struct cas_rule_setting settings[2];
	const char *rule, *skip, *family; /* or NULL */
	const char *findings;             /* of the rules CAS025, CAS040 and CAS200 */
} runs[] = {
	{{{.rule = "CAS001"}},
	 NULL,
	 NULL,
	 NULL,
	 "CAS025 ber info; CAS200 BER info; CAS040 D error"},
	{{{.rule = "CAS040", .enabled = CAS_SWITCH_OFF}},
	 NULL,
	 NULL,
	 NULL,
	 "CAS025 ber info; CAS200 BER info"},
	/* who asks for it gets it; --skip wins */
	{{{.rule = "CAS040", .enabled = CAS_SWITCH_OFF}},
	 "CAS040",
	 NULL,
	 NULL,
	 "CAS040 D error"},
	{{{.rule = "CAS040", .enabled = CAS_SWITCH_ON}}, "CAS040", "CAS040", NULL, ""},
	{{{.rule = "CAS040", .enabled = CAS_SWITCH_OFF}}, NULL, NULL, "databases", ""},
	{{{.rule = "CAS040", .severity = CAS_SEVERITY_INFO}},
	 NULL,
	 NULL,
	 NULL,
	 "CAS025 ber info; CAS200 BER info; CAS040 D info"},
	{{{.rule = "CAS025", .severity = CAS_SEVERITY_ERROR}},
	 NULL,
	 NULL,
	 NULL,
	 "CAS025 ber error; CAS200 BER info; CAS040 D error"},
	/* of several the last */
	{{{.rule = "database-points-at-server", .severity = CAS_SEVERITY_INFO},
	  {.rule = "CAS040", .severity = CAS_SEVERITY_WARNING}},
	 NULL,
	 NULL,
	 NULL,
	 "CAS025 ber info; CAS200 BER info; CAS040 D warning"},
	{{{.rule = "CAS200", .threshold = 4}},
	 NULL,
	 NULL,
	 NULL,
	 "CAS025 ber info; CAS040 D error"},
	/* its own check makes it a warning, unless the policy says otherwise */
	{{{.rule = "CAS200", .threshold = 1}},
	 "CAS200",
	 NULL,
	 NULL,
	 "CAS200 BER warning"},
	{{{.rule = "CAS200", .threshold = 1, .severity = CAS_SEVERITY_ERROR}},
	 "CAS200",
	 NULL,
	 NULL,
	 "CAS200 BER error"},
};

static bool is_of_these(const char *id)
{
	return strcmp(id, "CAS025") == 0 || strcmp(id, "CAS040") == 0 ||
	       strcmp(id, "CAS200") == 0;
}

START_TEST(test_run)
{
	struct cas_policy policy = {.rules = runs[_i].settings,
				    .n_rules = runs[_i].settings[1].rule ? 2 : 1};
	struct cas_audit_options options = {.rules = &runs[_i].rule,
					    .n_rules = runs[_i].rule ? 1 : 0,
					    .skip = &runs[_i].skip,
					    .n_skip = runs[_i].skip ? 1 : 0,
					    .families = &runs[_i].family,
					    .n_families = runs[_i].family ? 1 : 0};
	struct fixture *f = fixture_new();
	const struct cas_finding *finding;
	struct cas_audit *audit;
	size_t counts[4] = {0}, n = 0;
	char text[512] = "";

	script(f, ORGANIZATION);
	fixture_policy(f, &policy);
	ck_assert_int_eq(cas_audit_new(fixture_load(f), &options, &audit, NULL), 0);
	while (cas_audit_next(audit, &finding, NULL) == 1 &&
	       cas_finding_evaluated(finding)) {
		const char *id = cas_rule_id(cas_finding_rule(finding));
		enum cas_severity severity = cas_finding_severity(finding);

		counts[severity]++;
		if (is_of_these(id)) {
			n += (size_t)snprintf(
				text + n, sizeof(text) - n, "%s%s %s %s", n ? "; " : "",
				id, cas_object_name(cas_finding_object(finding)),
				cas_severity_name(severity));
		}
	}
	ck_assert_str_eq(text, runs[_i].findings);
	for (int i = 0; i < 4; i++) {
		ck_assert_uint_eq(cas_audit_count(audit, (enum cas_severity)i),
				  counts[i]);
	}
	cas_audit_free(audit);
	fixture_free(f);
}
END_TEST

/* A rule that is off by default, and one without a threshold of its own. */
START_TEST(test_on)
{
	struct cas_rule_setting settings[] = {
		{.rule = "CAS051", .enabled = CAS_SWITCH_ON},
		{.rule = "CAS204", .threshold = 100},
	};
	struct cas_policy policy = {.rules = settings};
	struct fixture *f = fixture_new();
	struct cas_organization *org;
	struct cas_audit *audit;
	size_t judged[2];

	script(f, HQ);
	fixture_policy(f, &policy);
	org = fixture_load(f);
	ck_assert_ptr_nonnull(
		strstr(casp_rule_unmet(cas_rule_find("CAS204"), org), "threshold"));
	for (int i = 0; i < 2; i++) {
		policy.n_rules = i ? 1 : 0;
		ck_assert_int_eq(cas_audit_new(org, NULL, &audit, NULL), 0);
		judged[i] = cas_audit_count_not_evaluated(audit);
		judged[i] += casp_audit_rules(audit);
		cas_audit_free(audit);
	}
	ck_assert_uint_eq(judged[1], judged[0] + 1);
	policy.n_rules = 2;
	ck_assert_ptr_null(
		strstr(casp_rule_unmet(cas_rule_find("CAS204"), org), "threshold"));
	fixture_free(f);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("settings");
	TCase *tc = tcase_create("settings");

	tcase_add_loop_test(tc, test_check, 0, sizeof(checks) / sizeof(*checks));
	tcase_add_test(tc, test_thresholds);
	tcase_add_loop_test(tc, test_run, 0, sizeof(runs) / sizeof(*runs));
	tcase_add_test(tc, test_on);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
