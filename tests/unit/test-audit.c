/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The audit engine: what is selected, in which order it comes out, what is counted. */
#include <stdio.h>
#include <string.h>

#include "audited.h"
#include "policy/audit.h"
#include "unit.h"

/* Two sites with findings of several severities, and things in no site. */
#define ORGANIZATION                                                                     \
	"site Zulu;site alpha;"                                                          \
	"server A1 alpha 38 14.3.123.4;array a a.contoso.com alpha;"                     \
	"server Z1 Zulu 38 14.3.123.4;array z z.contoso.com Zulu;"                       \
	"server N1 - 38 14.3.123.4;"                                                     \
	"db Z-NOWHERE Z1 GONE;db Z-SERVER-2 Z1 Z1;db Z-SERVER-1 Z1 Z1;"                  \
	"db A-SHORT A1 a;db A-FINE A1 a.contoso.com;db A-OTHER A1 z.contoso.com;"        \
	"db N-DB N1 a.contoso.com"

struct run {
	struct fixture *f;
	struct cas_organization *org;
	struct cas_audit *audit;
	char findings[4096]; /* "RULE object", joined by blanks */
};

static void start(struct run *run, const char *text)
{
	run->f = fixture_new();
	script(run->f, text);
	run->org = fixture_load(run->f);
	run->audit = NULL;
}

static void list(struct run *run, bool evaluated)
{
	const struct cas_finding *finding;
	size_t n = 0;

	run->findings[0] = '\0';
	cas_audit_rewind(run->audit);
	while (cas_audit_next(run->audit, &finding, NULL) == 1) {
		const struct cas_object *object = cas_finding_object(finding);

		if (cas_finding_evaluated(finding) == evaluated) {
			n += (size_t)snprintf(
				run->findings + n, sizeof(run->findings) - n, "%s%s %s",
				n ? " " : "", cas_rule_id(cas_finding_rule(finding)),
				object ? cas_object_name(object) : "-");
			ck_assert_uint_lt(n, sizeof(run->findings));
		}
	}
}

static void finish(struct run *run)
{
	cas_audit_free(run->audit);
	fixture_free(run->f);
}

static const struct {
	const char *rules, *skip, *families; /* NULL or one */
	const char *findings;
} selections[] = {
	{"CAS040", NULL, NULL, "CAS040 Z-SERVER-2 CAS040 Z-SERVER-1"},
	{"database-points-NOWHERE", NULL, NULL, "CAS042 Z-NOWHERE"},
	{NULL, NULL, "quality", ""},
	{NULL, NULL, "Servers", "CAS025 a CAS025 z CAS022 N1"},
	{NULL, "CAS025", "servers", "CAS022 N1"},
	{"CAS040", "CAS040", NULL, ""},
	/* a family and a rule: both */
	{"CAS042", NULL, "servers", "CAS025 a CAS042 Z-NOWHERE CAS025 z CAS022 N1"},
	/* off by default: only when named */
	{"CAS051", NULL, NULL, ""},
};

START_TEST(test_selection)
{
	struct cas_audit_options options = {
		.rules = &selections[_i].rules,
		.n_rules = selections[_i].rules ? 1 : 0,
		.skip = &selections[_i].skip,
		.n_skip = selections[_i].skip ? 1 : 0,
		.families = &selections[_i].families,
		.n_families = selections[_i].families ? 1 : 0,
	};
	struct run run;

	start(&run, ORGANIZATION);
	ck_assert_int_eq(cas_audit_new(run.org, &options, &run.audit, NULL), 0);
	list(&run, true);
	ck_assert_str_eq(run.findings, selections[_i].findings);
	finish(&run);
}
END_TEST

static const struct {
	const char *rules, *skip, *families;
	const char *message, *hint;
} unknowns[] = {
	{"CAS04O", NULL, NULL, "no such rule: 'CAS04O'", "CAS040"},
	{NULL, "array-unusd", NULL, "no such rule: 'array-unusd'", "array-unused"},
	{NULL, NULL, "database", "no such family: 'database'", "databases"},
	{"what-is-this-supposed-to-mean", NULL, NULL,
	 "no such rule: 'what-is-this-supposed-to-mean'", "CAS040"},
};

START_TEST(test_unknown)
{
	struct cas_audit_options options = {
		.rules = &unknowns[_i].rules,
		.n_rules = unknowns[_i].rules ? 1 : 0,
		.skip = &unknowns[_i].skip,
		.n_skip = unknowns[_i].skip ? 1 : 0,
		.families = &unknowns[_i].families,
		.n_families = unknowns[_i].families ? 1 : 0,
	};
	struct cas_error *err = NULL;
	struct run run;

	start(&run, ORGANIZATION);
	ck_assert_int_eq(cas_audit_new(run.org, &options, &run.audit, &err), CAS_E_USAGE);
	ck_assert_ptr_null(run.audit);
	ck_assert_str_eq(cas_error_message(err), unknowns[_i].message);
	ck_assert_ptr_nonnull(strstr(cas_error_hint(err), unknowns[_i].hint));
	cas_error_free(err);
	finish(&run);
}
END_TEST

/* Sites by name whatever the case, worst first, then by rule, then as in the directory;
 * what is in no site last. */
START_TEST(test_order)
{
	static const char *const rules[] = {"CAS050", "CAS045", "CAS042", "CAS040",
					    "CAS048", "CAS025", "CAS022"};
	struct cas_audit_options options = {.rules = rules,
					    .n_rules = sizeof(rules) / sizeof(*rules)};
	struct run run;

	start(&run, ORGANIZATION);
	ck_assert_int_eq(cas_audit_new(run.org, &options, &run.audit, NULL), 0);
	list(&run, true);
	ck_assert_str_eq(
		run.findings,
		"CAS045 A-OTHER CAS048 alpha CAS050 A-SHORT CAS025 a "
		"CAS040 Z-SERVER-2 CAS040 Z-SERVER-1 CAS042 Z-NOWHERE CAS048 Zulu "
		"CAS025 z CAS022 N1");
	ck_assert_uint_eq(cas_audit_count(run.audit, CAS_SEVERITY_ERROR), 5);
	ck_assert_uint_eq(cas_audit_count(run.audit, CAS_SEVERITY_WARNING), 3);
	ck_assert_uint_eq(cas_audit_count(run.audit, CAS_SEVERITY_INFO), 2);
	ck_assert_uint_eq(cas_audit_count(run.audit, (enum cas_severity)99), 0);
	ck_assert_int_eq(cas_audit_worst(run.audit), CAS_SEVERITY_ERROR);
	ck_assert_ptr_eq(cas_audit_organization(run.audit), run.org);
	/* again, and the same */
	list(&run, true);
	ck_assert_ptr_nonnull(strstr(run.findings, "CAS022 N1"));
	finish(&run);
}
END_TEST

static const struct {
	const char *rule;
	enum cas_severity worst;
} worst[] = {
	{"CAS040", CAS_SEVERITY_ERROR}, {"CAS048", CAS_SEVERITY_WARNING},
	{"CAS025", CAS_SEVERITY_INFO},  {"CAS002", CAS_SEVERITY_NONE},
	{"CAS090", CAS_SEVERITY_NONE},
};

START_TEST(test_worst)
{
	struct cas_audit_options options = {.rules = &worst[_i].rule, .n_rules = 1};
	struct run run;

	start(&run, ORGANIZATION);
	ck_assert_int_eq(cas_audit_new(run.org, &options, &run.audit, NULL), 0);
	ck_assert_int_eq(cas_audit_worst(run.audit), worst[_i].worst);
	finish(&run);
}
END_TEST

/* Rules that cannot be evaluated come after all findings, then verdicts on single
 * objects. */
START_TEST(test_not_evaluated)
{
	static const char *const rules[] = {"CAS040", "CAS045", "CAS090", "CAS142",
					    "CAS060"};
	struct cas_audit_options options = {.rules = rules, .n_rules = 5};
	const struct cas_finding *finding;
	struct run run;

	start(&run, ORGANIZATION);
	ck_assert_int_eq(cas_audit_new(run.org, &options, &run.audit, NULL), 0);
	list(&run, false);
	ck_assert_str_eq(run.findings, "CAS090 - CAS142 - CAS045 N-DB");
	ck_assert_uint_eq(cas_audit_count_not_evaluated(run.audit), 3);
	ck_assert_uint_eq(casp_audit_rules(run.audit), 2);
	cas_audit_rewind(run.audit);
	while (cas_audit_next(run.audit, &finding, NULL) == 1 &&
	       cas_finding_evaluated(finding)) {
	}
	ck_assert_str_eq(cas_finding_key(finding), "CAS090");
	ck_assert_ptr_null(cas_finding_object(finding));
	ck_assert_ptr_null(cas_finding_site(finding));
	ck_assert_int_eq(cas_finding_severity(finding), CAS_SEVERITY_NONE);
	ck_assert_ptr_nonnull(strstr(cas_finding_message(finding), "DNS"));
	finish(&run);
}
END_TEST

/* All rules that are on, without any option: each is evaluated, named with a reason, or
 * exempts. */
START_TEST(test_default)
{
	const struct cas_rule *rule;
	size_t on = 0;
	struct run run;

	for (size_t i = 0; (rule = cas_rules_get(i)); i++) {
		on += !rule->off && rule->severity != CAS_SEVERITY_NONE;
	}
	start(&run, HQ "db D EX1 outlook.contoso.com");
	ck_assert_int_eq(cas_audit_new(run.org, NULL, &run.audit, NULL), 0);
	ck_assert_uint_eq(casp_audit_rules(run.audit) +
				  cas_audit_count_not_evaluated(run.audit),
			  on);
	ck_assert_int_eq(cas_audit_worst(run.audit), CAS_SEVERITY_NONE);
	finish(&run);
}
END_TEST

static const struct {
	unsigned scope;
	const char *rule;
	size_t not_evaluated;
} scopes[] = {
	{CAS_SCOPE_TOPOLOGY, "CAS040", 1},  {CAS_SCOPE_TOPOLOGY, "CAS001", 1},
	{CAS_SCOPE_TOPOLOGY, "CAS002", 0},  {CAS_SCOPE_DATABASES, "CAS040", 0},
	{CAS_SCOPE_DATABASES, "CAS028", 1}, {CAS_SCOPE_SERVICES, "CAS028", 0},
};

/* What was not loaded is not evaluated. */
START_TEST(test_scope)
{
	struct cas_audit_options options = {.rules = &scopes[_i].rule, .n_rules = 1};
	struct run run;

	start(&run, ORGANIZATION);
	run.org = fixture_load_scope(run.f, scopes[_i].scope);
	ck_assert_int_eq(cas_audit_new(run.org, &options, &run.audit, NULL), 0);
	ck_assert_uint_eq(cas_audit_count_not_evaluated(run.audit),
			  scopes[_i].not_evaluated);
	finish(&run);
}
END_TEST

static const struct {
	enum cas_kind kind;
	const char *name;
	const char *findings;
} choices[] = {
	{CAS_KIND_SITE, "alpha", "CAS045 A-OTHER CAS050 A-SHORT CAS025 a"},
	{CAS_KIND_SERVER, "Z1", "CAS040 Z-SERVER-2 CAS040 Z-SERVER-1 CAS042 Z-NOWHERE"},
	{CAS_KIND_DATABASE, "A-OTHER", "CAS045 A-OTHER"},
	{CAS_KIND_DATABASE, "A-FINE", ""},
	{CAS_KIND_ARRAY, "z", "CAS025 z"},
	{CAS_KIND_SERVER, "N1", "CAS022 N1"},
};

START_TEST(test_objects)
{
	static const char *const rules[] = {"CAS050", "CAS045", "CAS042",
					    "CAS040", "CAS025", "CAS022"};
	struct cas_audit_options options = {.rules = rules,
					    .n_rules = sizeof(rules) / sizeof(*rules)};
	struct cas_objects *objects;
	struct run run;

	start(&run, ORGANIZATION);
	ck_assert_int_eq(cas_objects_new(&objects, NULL), 0);
	ck_assert_int_eq(
		cas_objects_add(objects,
				fixture_find(run.f, choices[_i].kind, choices[_i].name),
				NULL),
		0);
	options.objects = objects;
	ck_assert_int_eq(cas_audit_new(run.org, &options, &run.audit, NULL), 0);
	cas_objects_free(objects);
	list(&run, true);
	ck_assert_str_eq(run.findings, choices[_i].findings);
	finish(&run);
}
END_TEST

/* Two of a kind, and of a database that is on neither server nothing. */
START_TEST(test_several_objects)
{
	const char *rule = "CAS040";
	struct cas_audit_options options = {.rules = &rule, .n_rules = 1};
	struct cas_objects *objects;
	struct run run;

	start(&run, HQ "server EX3 HQ 38 14.3.123.4;server EX4 HQ 38 14.3.123.4;"
		       "db D EX1 EX1;copy D EX1 1;db E EX2 EX1;copy E EX2 1;"
		       "db F EX3 EX1;copy F EX3 1;copy F EX4 2");
	ck_assert_int_eq(cas_objects_new(&objects, NULL), 0);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(cas_objects_add(objects,
						 fixture_find(run.f, CAS_KIND_SERVER,
							      i ? "EX2" : "EX1"),
						 NULL),
				 0);
	}
	options.objects = objects;
	ck_assert_int_eq(cas_audit_new(run.org, &options, &run.audit, NULL), 0);
	cas_objects_free(objects);
	list(&run, true);
	ck_assert_str_eq(run.findings, "CAS040 D CAS040 E");
	finish(&run);
}
END_TEST

/* A choice of objects leaves out what belongs to none of them. */
START_TEST(test_objects_without_entries)
{
	const char *rules[] = {"CAS210", "CAS215"};
	struct cas_audit_options options = {.rules = rules, .n_rules = 2};
	struct cas_objects *objects;
	struct run run;

	start(&run, HQ "entry top+container+msExchOrganizationContainer "
		       "CN=Fabrikam,CN=Microsoft Exchange,CN=Services," FIXTURE_CFG);
	fixture_raw(run.f, "dn: nonsense\nobjectClass: top\n\n");
	run.org = fixture_load(run.f);
	ck_assert_int_eq(cas_objects_new(&objects, NULL), 0);
	ck_assert_int_eq(
		cas_objects_add(objects, fixture_find(run.f, CAS_KIND_SITE, "HQ"), NULL),
		0);
	options.objects = objects;
	ck_assert_int_eq(cas_audit_new(run.org, &options, &run.audit, NULL), 0);
	cas_objects_free(objects);
	list(&run, true);
	ck_assert_str_eq(run.findings, "");
	finish(&run);
}
END_TEST

/* A database is on every server that holds a copy. */
START_TEST(test_objects_by_copy)
{
	const char *rule = "CAS040";
	struct cas_audit_options options = {.rules = &rule, .n_rules = 1};
	struct cas_objects *objects;
	struct run run;

	start(&run, HQ "db D EX1 EX1;copy D EX1 1;copy D EX2 2;db E EX1 EX1");
	ck_assert_int_eq(cas_objects_new(&objects, NULL), 0);
	ck_assert_int_eq(cas_objects_add(objects,
					 fixture_find(run.f, CAS_KIND_SERVER, "EX2"),
					 NULL),
			 0);
	options.objects = objects;
	ck_assert_int_eq(cas_audit_new(run.org, &options, &run.audit, NULL), 0);
	cas_objects_free(objects);
	list(&run, true);
	ck_assert_str_eq(run.findings, "CAS040 D");
	finish(&run);
}
END_TEST

static const struct {
	const char *guid; /* statement */
	const char *key;
} keys[] = {
	{"set objectGUID 0123456789abcdef",
	 "CAS040/33323130-3534-3736-3839-616263646566"},
	{"unset objectGUID", "CAS040/dn:"},
};

START_TEST(test_key)
{
	const char *rule = "CAS040";
	struct cas_audit_options options = {.rules = &rule, .n_rules = 1};
	const struct cas_finding *finding;
	char text[256];
	struct run run;

	snprintf(text, sizeof(text), HQ "db D EX1 EX1;%s", keys[_i].guid);
	start(&run, text);
	ck_assert_int_eq(cas_audit_new(run.org, &options, &run.audit, NULL), 0);
	ck_assert_int_eq(cas_audit_next(run.audit, &finding, NULL), 1);
	ck_assert_int_eq(
		strncmp(cas_finding_key(finding), keys[_i].key, strlen(keys[_i].key)), 0);
	ck_assert_str_eq(cas_object_name(cas_site_object(cas_finding_site(finding))),
			 "HQ");
	finish(&run);
}
END_TEST

/* A rename leaves the key as it is. */
START_TEST(test_key_survives_rename)
{
	static const char *const names[] = {"D", "Renamed"};
	const char *rule = "CAS040";
	struct cas_audit_options options = {.rules = &rule, .n_rules = 1};
	const struct cas_finding *finding;
	char text[256], found[2][64];
	struct run run;

	for (int i = 0; i < 2; i++) {
		snprintf(text, sizeof(text), HQ "db %s EX1 EX1", names[i]);
		start(&run, text);
		ck_assert_int_eq(cas_audit_new(run.org, &options, &run.audit, NULL), 0);
		ck_assert_int_eq(cas_audit_next(run.audit, &finding, NULL), 1);
		snprintf(found[i], sizeof(found[i]), "%s", cas_finding_key(finding));
		finish(&run);
	}
	ck_assert_str_eq(found[0], found[1]);
}
END_TEST

START_TEST(test_summary)
{
	const struct casp_site_summary *s;
	struct run run;

	start(&run, ORGANIZATION ";site Empty;db R A1 A1;set msExchRestore TRUE");
	ck_assert_int_eq(cas_audit_new(run.org, NULL, &run.audit, NULL), 0);
	ck_assert_uint_eq(casp_audit_sites(run.audit, &s), 3);
	ck_assert_str_eq(s[0].site->object.name, "alpha");
	ck_assert_uint_eq(s[0].arrays, 1);
	ck_assert_uint_eq(s[0].servers, 1);
	ck_assert_uint_eq(s[0].databases, 3);
	ck_assert_uint_eq(s[0].fine, 1);
	ck_assert_uint_eq(s[0].elsewhere, 1);
	ck_assert_uint_eq(s[0].nowhere, 1);
	ck_assert_uint_eq(s[0].at_server, 0);
	ck_assert_str_eq(s[1].site->object.name, "Zulu");
	ck_assert_uint_eq(s[1].databases, 3);
	ck_assert_uint_eq(s[1].at_server, 2);
	ck_assert_uint_eq(s[1].nowhere, 1);
	/* CAS040 twice and CAS042 */
	ck_assert_uint_eq(s[1].findings[CAS_SEVERITY_ERROR], 3);
	ck_assert_ptr_null(s[2].site);
	ck_assert_uint_eq(s[2].servers, 1);
	ck_assert_uint_eq(s[2].databases, 1);
	ck_assert_uint_eq(s[2].elsewhere, 1);
	finish(&run);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("audit");
	TCase *tcase = tcase_create("audit");

	tcase_add_loop_test(tcase, test_selection, 0,
			    sizeof(selections) / sizeof(*selections));
	tcase_add_loop_test(tcase, test_unknown, 0, sizeof(unknowns) / sizeof(*unknowns));
	tcase_add_test(tcase, test_order);
	tcase_add_loop_test(tcase, test_worst, 0, sizeof(worst) / sizeof(*worst));
	tcase_add_test(tcase, test_not_evaluated);
	tcase_add_test(tcase, test_default);
	tcase_add_loop_test(tcase, test_scope, 0, sizeof(scopes) / sizeof(*scopes));
	tcase_add_loop_test(tcase, test_objects, 0, sizeof(choices) / sizeof(*choices));
	tcase_add_test(tcase, test_objects_by_copy);
	tcase_add_test(tcase, test_several_objects);
	tcase_add_test(tcase, test_objects_without_entries);
	tcase_add_loop_test(tcase, test_key, 0, sizeof(keys) / sizeof(*keys));
	tcase_add_test(tcase, test_key_survives_rename);
	tcase_add_test(tcase, test_summary);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
