/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Exemptions without an organization: their classes, and whether they are well formed. */
#include <stdio.h>
#include <string.h>

#include "declared.h"
#include "policy/exemption.h"
#include "unit.h"

static const char *const names[] = {"plain",        "pf-proxy",  "temporary-override",
				    "decommission", "hide-name", "switchover"};

START_TEST(named)
{
	enum cas_exemption_class which;

	for (int i = 0; i < CAS_N_EXEMPTION_CLASSES; i++) {
		ck_assert_str_eq(cas_exemption_class_name((enum cas_exemption_class)i),
				 names[i]);
		ck_assert(cas_exemption_class_parse(names[i], &which));
		ck_assert_int_eq(which, i);
	}
	ck_assert_str_eq(cas_exemption_class_name(CAS_N_EXEMPTION_CLASSES), "unknown");
	ck_assert_str_eq(cas_exemption_class_name((enum cas_exemption_class) - 1),
			 "unknown");
	ck_assert(cas_exemption_class_parse("Pf-Proxy", &which));
	ck_assert(!cas_exemption_class_parse("proxy", &which));
	ck_assert(!cas_exemption_class_parse("", &which));
	ck_assert(!cas_exemption_class_parse(NULL, &which));
}
END_TEST

/* A rule that a class names must be there, and must be about what the class is for. */
START_TEST(classes_know_their_rules)
{
	for (int i = 0; i < CAS_N_EXEMPTION_CLASSES; i++) {
		const struct cas_exemption exemption = {
			.which = (enum cas_exemption_class)i};
		const struct casp_exemption_class *class =
			casp_exemption_class(&exemption);

		for (size_t k = 0; class->rules && class->rules[k]; k++) {
			const struct cas_rule *rule = cas_rule_find(class->rules[k]);

			ck_assert_msg(rule, "%s: %s", class->name, class->rules[k]);
			ck_assert_int_ne(rule->severity, CAS_SEVERITY_NONE);
			ck_assert_msg(class->covers || class->kinds >> rule->kind & 1,
				      "%s: %s", class->name, rule->id);
			ck_assert(casp_exemption_concerns(&exemption, rule));
		}
	}
}
END_TEST

static const struct {
	struct cas_exemption exemption;
	const char *message; /* NULL: it is well formed */
	const char *hint;    /* a part of it; NULL: none */
} rows[] = {
	{PLAIN("CAS040", "D"), NULL, NULL},
	{PLAIN("Database-Points-At-Server", "D"), NULL, NULL},
	{PROXY("D"), NULL, NULL},
	{OVERRIDE("D", "EX1"), NULL, NULL},
	{DECOMMISSION("HQ"), NULL, NULL},
	{HIDE_NAME("outlook"), NULL, NULL},
	{SWITCHOVER("HQ"), NULL, NULL},
	{{SAID, .which = CAS_EXEMPTION_SWITCHOVER, .rule = "cas045", .object = "HQ",
	  .expires = 1},
	 NULL,
	 NULL},
	{{.rule = "CAS040"}, "an exemption has no name", NULL},
	{{.name = " ", .rule = "CAS040"}, "an exemption has no name", NULL},
	{{.name = "x", .which = CAS_N_EXEMPTION_CLASSES},
	 "exemption 'x': no such class",
	 NULL},
	{{.name = "x", .rule = "CAS040"}, "exemption 'x' has no object", NULL},
	{{.name = "x", .object = "D", .owner = "me"},
	 "exemption 'x' has no reason",
	 NULL},
	{{.name = "x", .object = "D", .reason = " ", .owner = "me"},
	 "exemption 'x' has no reason",
	 NULL},
	{{.name = "x", .object = "D", .reason = "r"}, "exemption 'x' has no owner", NULL},
	{{SAID, .object = "D"}, "exemption 'x' has no rule", "class plain needs 'rule'"},
	{PLAIN("CAS04O", "D"), "exemption 'x': no such rule: 'CAS04O'",
	 "did you mean 'CAS040'?"},
	{PLAIN("", "D"), "exemption 'x': no such rule: ''", "CAS040"},
	{PLAIN("CAS060", "D"),
	 "exemption 'x': rule CAS060 finds nothing that could be exempt", NULL},
	{{SAID, .which = CAS_EXEMPTION_PF_PROXY, .rule = "CAS061", .object = "D"},
	 "exemption 'x': class pf-proxy takes no rule",
	 NULL},
	{{SAID, .which = CAS_EXEMPTION_DECOMMISSION, .rule = "CAS040", .object = "HQ"},
	 "exemption 'x': class decommission does not exempt from rule CAS040",
	 "class plain does"},
	{{SAID, .which = CAS_EXEMPTION_TEMPORARY_OVERRIDE, .object = "D", .expires = 1},
	 "exemption 'x' has no value",
	 "class temporary-override needs 'value'"},
	{{SAID, .which = CAS_EXEMPTION_TEMPORARY_OVERRIDE, .object = "D", .value = "EX1"},
	 "exemption 'x' does not expire",
	 "2026-12-31"},
	{{SAID, .which = CAS_EXEMPTION_SWITCHOVER, .object = "HQ"},
	 "exemption 'x' does not expire",
	 "class switchover needs 'expires'"},
	{{SAID, .rule = "CAS040", .object = "D", .value = "EX1"},
	 "exemption 'x': class plain takes no value",
	 NULL},
	{{SAID, .rule = "CAS040", .object = "D", .expires = -1},
	 "exemption 'x': expires is before 1970",
	 NULL},
};

START_TEST(checked)
{
	struct cas_error *err = NULL;
	int code = cas_exemption_check(&rows[_i].exemption, &err);

	ck_assert_int_eq(code, rows[_i].message ? CAS_E_USAGE : 0);
	ck_assert_str_eq(cas_error_message(err),
			 rows[_i].message ? rows[_i].message : "");
	ck_assert_int_eq(cas_error_hint(err) != NULL, rows[_i].hint != NULL);
	if (rows[_i].hint) {
		ck_assert_msg(strstr(cas_error_hint(err), rows[_i].hint), "%s",
			      cas_error_hint(err));
	}
	cas_error_free(err);
}
END_TEST

static const struct {
	struct cas_exemption exemption;
	const char *rule;
	bool concerned;
} concerns[] = {
	{PLAIN("CAS040", "D"), "CAS040", true},
	{PLAIN("database-points-at-server", "D"), "CAS040", true},
	{PLAIN("CAS040", "D"), "CAS041", false},
	{{SAID, .object = "D"}, "CAS040", false},
	/* these change what is expected */
	{PROXY("D"), "CAS061", false},
	{OVERRIDE("D", "EX1"), "CAS040", false},
	{DECOMMISSION("HQ"), "CAS001", true},
	{DECOMMISSION("HQ"), "CAS041", true},
	{DECOMMISSION("HQ"), "CAS040", false},
	{HIDE_NAME("outlook"), "CAS090", true},
	{HIDE_NAME("outlook"), "CAS094", false},
	{SWITCHOVER("HQ"), "CAS045", true},
	{SWITCHOVER("HQ"), "CAS047", true},
	{SWITCHOVER("HQ"), "CAS093", true},
	{SWITCHOVER("HQ"), "CAS097", true},
	{SWITCHOVER("HQ"), "CAS046", false},
	{{SAID, .which = CAS_EXEMPTION_SWITCHOVER, .rule = "CAS045"}, "CAS045", true},
	{{SAID, .which = CAS_EXEMPTION_SWITCHOVER, .rule = "CAS045"}, "CAS047", false},
	{{.which = (enum cas_exemption_class)99}, "CAS040", false},
};

START_TEST(concerned)
{
	ck_assert_int_eq(casp_exemption_concerns(&concerns[_i].exemption,
						 cas_rule_find(concerns[_i].rule)),
			 concerns[_i].concerned);
}
END_TEST

START_TEST(in_words)
{
	const struct cas_exemption override = OVERRIDE("D", "EX1"), proxy = PROXY("D");
	struct casp_arena arena = {0};

	ck_assert_str_eq(casp_exemption_text(&arena, &override),
			 "it has its value by exemption 'x' of me@contoso.com, until "
			 "2026-12-31: because");
	ck_assert_str_eq(casp_exemption_text(&arena, &proxy),
			 "it is a public folder proxy by exemption 'x' of "
			 "me@contoso.com: because");
	casp_arena_free(&arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("exemption");
	TCase *tcase = tcase_create("exemption");

	tcase_add_test(tcase, named);
	tcase_add_test(tcase, classes_know_their_rules);
	tcase_add_loop_test(tcase, checked, 0, sizeof(rows) / sizeof(*rows));
	tcase_add_loop_test(tcase, concerned, 0, sizeof(concerns) / sizeof(*concerns));
	tcase_add_test(tcase, in_words);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
