/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of rules holds to its own promises. */
#include <ctype.h>
#include <string.h>

#include "policy/rule.h"
#include "unit.h"

/* Needs that no directory answers. */
#define UNANSWERED (~0xffU)

START_TEST(test_table)
{
	const struct cas_rule *rule;
	const char *last = "";

	for (size_t i = 0; (rule = cas_rules_get(i)); i++) {
		ck_assert_uint_eq(strlen(rule->id), 6);
		ck_assert_int_eq(strncmp(rule->id, "CAS", 3), 0);
		ck_assert_msg(strcmp(rule->id, last) > 0, "%s after %s", rule->id, last);
		ck_assert_ptr_eq(cas_rule_find(rule->id), rule);
		ck_assert_ptr_eq(cas_rule_find(rule->name), rule);
		ck_assert_msg(casp_family_known(rule->family), "%s", rule->family);
		ck_assert_str_ne(rule->why, "");
		ck_assert_str_ne(rule->remedy, "");
		ck_assert_str_ne(rule->source, "");
		for (const char *p = rule->name; *p; p++) {
			ck_assert_msg(islower(*p) || isdigit(*p) || *p == '-', "%s",
				      rule->name);
		}
		last = rule->id;
	}
	ck_assert_uint_eq(cas_rules_count(), 170);
	ck_assert_ptr_null(cas_rules_get(cas_rules_count()));
}
END_TEST

/* A rule without a check would pass silently. */
START_TEST(test_every_rule_answers_or_says_why_not)
{
	const struct cas_rule *rule;

	for (size_t i = 0; (rule = cas_rules_get(i)); i++) {
		bool exempts = rule->severity == CAS_SEVERITY_NONE;

		ck_assert_msg((rule->check != NULL) + !!(rule->needs & UNANSWERED) +
					      exempts ==
				      1,
			      "%s", rule->id);
	}
}
END_TEST

static const char *const families[] = {"arrays", "servers",  "databases", "names",
				       "dns",    "rpc",      "kerberos",  "dag",
				       "proxy",  "capacity", "quality"};

START_TEST(test_family)
{
	const struct cas_rule *rule;
	size_t n = 0;

	for (size_t i = 0; (rule = cas_rules_get(i)); i++) {
		n += strcmp(cas_rule_family(rule), families[_i]) == 0;
	}
	ck_assert_uint_gt(n, 0);
}
END_TEST

static const struct {
	const char *text;
	const char *id; /* NULL: none */
} lookups[] = {
	{"CAS040", "CAS040"},
	{"cas040", "CAS040"},
	{"Database-Points-At-Server", "CAS040"},
	{"database-points-at-server-no-array", "CAS041"},
	{"CAS04", NULL},
	{"CAS0400", NULL},
	{"", NULL},
};

START_TEST(test_lookup)
{
	const struct cas_rule *rule = cas_rule_find(lookups[_i].text);

	ck_assert_str_eq(rule ? cas_rule_id(rule) : "none",
			 lookups[_i].id ? lookups[_i].id : "none");
}
END_TEST

static const struct {
	const char *text;
	bool families;
	const char *nearest;
} slips[] = {
	{"CAS04O", false, "CAS040"},
	{"database-points-at-sever", false, "database-points-at-server"},
	{"databses", true, "databases"},
	{"xyzzy-nothing-like-it", false, NULL},
	{"weather", true, NULL},
};

START_TEST(test_nearest)
{
	const char *nearest = casp_rule_nearest(slips[_i].text, slips[_i].families);

	ck_assert_str_eq(nearest ? nearest : "none",
			 slips[_i].nearest ? slips[_i].nearest : "none");
}
END_TEST

static const struct {
	const char *text;
	bool ok;
	enum cas_severity severity;
} severities[] = {
	{"none", true, CAS_SEVERITY_NONE},       {"info", true, CAS_SEVERITY_INFO},
	{"Warning", true, CAS_SEVERITY_WARNING}, {"ERROR", true, CAS_SEVERITY_ERROR},
	{"errors", false, CAS_SEVERITY_NONE},    {"", false, CAS_SEVERITY_NONE},
};

START_TEST(test_severity)
{
	enum cas_severity severity = (enum cas_severity)99;

	ck_assert_int_eq(cas_severity_parse(severities[_i].text, &severity),
			 severities[_i].ok);
	if (severities[_i].ok) {
		ck_assert_int_eq(severity, severities[_i].severity);
	} else {
		ck_assert_int_eq(severity, 99);
	}
}
END_TEST

START_TEST(test_names)
{
	ck_assert_str_eq(cas_severity_name(CAS_SEVERITY_ERROR), "error");
	ck_assert_str_eq(cas_severity_name((enum cas_severity)99), "unknown");
	ck_assert_str_eq(cas_fix_name(CAS_FIX_NONE), "none");
	ck_assert_str_eq(cas_fix_name(CAS_FIX_ADVISE), "advise");
	ck_assert_str_eq(cas_fix_name(CAS_FIX_PLAN), "plan");
	ck_assert_str_eq(cas_fix_name(CAS_FIX_AUTO), "auto");
	ck_assert_str_eq(cas_fix_name((enum cas_fix)99), "unknown");
	ck_assert_int_eq(cas_rule_severity(cas_rule_find("CAS040")), CAS_SEVERITY_ERROR);
	ck_assert_int_eq(cas_rule_fix(cas_rule_find("CAS040")), CAS_FIX_AUTO);
	ck_assert_str_eq(cas_rule_name(cas_rule_find("CAS001")), "site-without-array");
}
END_TEST

static const struct {
	const char *text, *quoted;
} quotes[] = {
	{"DB01", "DB01"},
	{"outlook.contoso.com", "outlook.contoso.com"},
	{"CN=a,DC=b", "CN=a,DC=b"},
	{"", "''"},
	{"a b", "'a b'"},
	{"it's", "'it'\\''s'"},
	{"''", "''\\'''\\'''"},
	{"$(x)`y`;&|<>", "'$(x)`y`;&|<>'"},
	{"~", "'~'"},
	{"*", "'*'"},
	{"\xc3\xa4", "'\xc3\xa4'"},
};

START_TEST(test_shell_quote)
{
	struct casp_arena arena = {0};

	ck_assert_str_eq(casp_shell_quote(&arena, quotes[_i].text), quotes[_i].quoted);
	casp_arena_free(&arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rules");
	TCase *tcase = tcase_create("rules");

	tcase_add_test(tcase, test_table);
	tcase_add_test(tcase, test_every_rule_answers_or_says_why_not);
	tcase_add_loop_test(tcase, test_family, 0, sizeof(families) / sizeof(*families));
	tcase_add_loop_test(tcase, test_lookup, 0, sizeof(lookups) / sizeof(*lookups));
	tcase_add_loop_test(tcase, test_nearest, 0, sizeof(slips) / sizeof(*slips));
	tcase_add_loop_test(tcase, test_severity, 0,
			    sizeof(severities) / sizeof(*severities));
	tcase_add_test(tcase, test_names);
	tcase_add_loop_test(tcase, test_shell_quote, 0, sizeof(quotes) / sizeof(*quotes));
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
