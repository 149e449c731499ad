/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings that do not count: how they are kept apart, and what becomes of exemptions. */
#include <stdio.h>
#include <string.h>

#include "audited.h"
#include "declared.h"
#include "policy/audit.h"
#include "policy/baseline.h"
#include "unit.h"

#define DAY ((int64_t)24 * 60 * 60)
#define NOW (20000 * DAY) /* 2024-10-04 */

/* D and E point at a server, N nowhere. */
#define ORGANIZATION                                                                     \
	HQ "db D EX1 EX1;db E EX1 EX1;db N EX1 GONE;db F EX1 outlook.contoso.com;"       \
	   "db TWIN EX1 outlook.contoso.com;site TWIN;site Twin2"

#define OVERRIDE_UNTIL(of, at, end)                                                      \
	{                                                                                \
		SAID, .which = CAS_EXEMPTION_TEMPORARY_OVERRIDE, .object = (of),         \
		      .value = (at), .expires = (end)                                    \
	}

struct run {
	struct fixture *f;
	struct cas_policy policy;
	struct cas_audit_options options;
	struct cas_organization *org;
	struct cas_audit *audit;
	char text[8192];
};

static void load(struct run *run, const char *text,
		 const struct cas_exemption *exemptions, size_t n)
{
	run->f = fixture_new();
	script(run->f, text);
	run->policy = (struct cas_policy){
		.exemptions = exemptions, .n_exemptions = n, .now = NOW};
	fixture_policy(run->f, &run->policy);
	run->org = fixture_load(run->f);
}

static void add(struct run *run, const char *format, const char *a, const char *b,
		const char *c)
{
	size_t n = strlen(run->text);

	n += (size_t)snprintf(run->text + n, sizeof(run->text) - n, "%s", n ? "; " : "");
	n += (size_t)snprintf(run->text + n, sizeof(run->text) - n, format, a, b, c);
	ck_assert_uint_lt(n, sizeof(run->text));
}

/* "RULE object", and why it does not count or was not evaluated. */
static void list(struct run *run, bool keys)
{
	const struct cas_finding *finding;

	*run->text = '\0';
	cas_audit_rewind(run->audit);
	while (cas_audit_next(run->audit, &finding, NULL) == 1) {
		const struct cas_object *object = cas_finding_object(finding);
		const char *id = cas_rule_id(cas_finding_rule(finding));
		const struct cas_exemption *exemption = cas_finding_exemption(finding);

		if (!object) {
			add(run, "%s not evaluated%s%s", id, "", "");
		} else if (!cas_finding_evaluated(finding)) {
			add(run, "%s %s not evaluated: %s", id, cas_object_name(object),
			    cas_finding_message(finding));
		} else if (keys) {
			add(run, "%s%s%s", cas_finding_key(finding), "", "");
		} else if (cas_finding_suppression(finding)) {
			add(run, "%s %s by %s", id, cas_object_name(object),
			    exemption ? exemption->name
				      : cas_suppression_name(
						cas_finding_suppression(finding)));
		} else {
			ck_assert_ptr_null(exemption);
			add(run, "%s %s%s", id, cas_object_name(object), "");
		}
	}
}

static void judge(struct run *run, const char *const *rules, size_t n)
{
	run->options.rules = rules;
	run->options.n_rules = n;
	ck_assert_int_eq(cas_audit_new(run->org, &run->options, &run->audit, NULL), 0);
	list(run, false);
}

static void finish(struct run *run)
{
	cas_audit_free(run->audit);
	fixture_free(run->f);
}

static const char *const databases[] = {"CAS040", "CAS042"};

static const struct {
	struct cas_exemption exemption;
	const char *listed, *counted;
	size_t errors, suppressed;
} covers[] = {
	{PLAIN("CAS040", "D"), "CAS040 E; CAS042 N; CAS040 D by x", "CAS040 E; CAS042 N",
	 2, 1},
	/* another rule, and another object */
	{PLAIN("CAS042", "D"), "CAS040 D; CAS040 E; CAS042 N",
	 "CAS040 D; CAS040 E; CAS042 N", 3, 0},
	{PLAIN("database-points-nowhere", "n"), "CAS040 D; CAS040 E; CAS042 N by x",
	 "CAS040 D; CAS040 E", 2, 1},
};

/* What is exempt does not count, and is handed out only when it is asked for. */
START_TEST(test_exempt)
{
	struct run run = {.options = {.suppressed = true}};
	const struct casp_site_summary *sites;
	struct casp_rule_summary *rules;
	size_t n, in_rules = 0;

	load(&run, ORGANIZATION, &covers[_i].exemption, 1);
	judge(&run, databases, 2);
	ck_assert_str_eq(run.text, covers[_i].listed);
	ck_assert(casp_audit_lists_suppressed(run.audit));
	ck_assert_uint_eq(cas_audit_count(run.audit, CAS_SEVERITY_ERROR),
			  covers[_i].errors);
	ck_assert_uint_eq(
		cas_audit_count_suppressed(run.audit, CAS_SUPPRESSION_EXEMPTION),
		covers[_i].suppressed);
	ck_assert_uint_eq(cas_audit_count_suppressed(run.audit, CAS_SUPPRESSION_BASELINE),
			  0);
	ck_assert_uint_eq(cas_audit_count_suppressed(run.audit, CAS_SUPPRESSION_NONE), 0);
	ck_assert_uint_eq(cas_audit_count_suppressed(run.audit, (enum cas_suppression)99),
			  0);
	casp_audit_sites(run.audit, &sites);
	ck_assert_uint_eq(sites[0].findings[CAS_SEVERITY_ERROR], covers[_i].errors);
	rules = casp_audit_rule_summaries(run.audit, &n);
	for (size_t i = 0; i < n; i++) {
		in_rules += rules[i].findings;
	}
	free(rules);
	ck_assert_uint_eq(in_rules, covers[_i].errors);
	cas_audit_free(run.audit);

	run.options.suppressed = false;
	judge(&run, databases, 2);
	ck_assert_str_eq(run.text, covers[_i].counted);
	ck_assert_uint_eq(
		cas_audit_count_suppressed(run.audit, CAS_SUPPRESSION_EXEMPTION),
		covers[_i].suppressed);
	finish(&run);
}
END_TEST

/* Everything exempt: nothing is found, and nothing is the worst of it. They come before
 * what was not evaluated. */
START_TEST(test_all_exempt)
{
	static const struct cas_exemption both[] = {PLAIN("CAS040", "D"),
						    PLAIN("CAS040", "E")};
	static const char *const rules[] = {"CAS040", "CAS090"};
	struct run run = {.options = {.suppressed = true}};

	load(&run, ORGANIZATION, both, 2);
	judge(&run, rules, 2);
	ck_assert_str_eq(run.text, "CAS040 D by x; CAS040 E by x; CAS090 not evaluated");
	ck_assert_int_eq(cas_audit_worst(run.audit), CAS_SEVERITY_NONE);
	finish(&run);
}
END_TEST

/* They come in the order of the others: by site, whatever the directory's. */
START_TEST(test_order)
{
	static const struct cas_exemption both[] = {PLAIN("CAS040", "Z"),
						    PLAIN("CAS040", "A")};
	struct run run = {.options = {.suppressed = true}};

	load(&run,
	     "site Zulu;server Z1 Zulu 38 14.3.123.4;array z z.contoso.com Zulu;"
	     "site alpha;server A1 alpha 38 14.3.123.4;array a a.contoso.com alpha;"
	     "db Z Z1 Z1;db A A1 A1",
	     both, 2);
	judge(&run, databases, 1);
	ck_assert_str_eq(run.text, "CAS040 A by x; CAS040 Z by x");
	finish(&run);
}
END_TEST

/* The last second of an exemption, and the first without it. */
START_TEST(test_expiry)
{
	struct cas_exemption exemption = PLAIN("CAS040", "D");
	static const char *const rules[] = {"CAS040", "CAS218", "CAS219"};
	struct run run = {.options = {.suppressed = true}};

	exemption.expires = NOW + 1;
	load(&run, ORGANIZATION, &exemption, 1);
	judge(&run, rules, 3);
	ck_assert_str_eq(run.text, "CAS040 E; CAS040 D by x");
	cas_audit_free(run.audit);
	exemption.expires = NOW;
	judge(&run, rules, 3);
	ck_assert_str_eq(run.text, "CAS040 D; CAS040 E; CAS218 x");
	/* without a present nothing has expired */
	cas_audit_free(run.audit);
	run.policy.now = 0;
	judge(&run, rules, 3);
	ck_assert_str_eq(run.text, "CAS040 E; CAS040 D by x");
	finish(&run);
}
END_TEST

/* ---- the baseline ---- */

static void know(struct cas_baseline *baseline, const char *rule,
		 const struct cas_object *object)
{
	struct cas_known known = {.rule = rule};

	casp_key_set(&known.key, cas_rule_find(rule), object);
	ck_assert(casp_baseline_add(baseline, &known));
}

/* An exemption comes first: it says more. */
START_TEST(test_baseline)
{
	static const struct cas_exemption exempt = PLAIN("CAS040", "E");
	struct run run = {.options = {.suppressed = true}};
	struct cas_baseline *baseline;

	load(&run, ORGANIZATION, &exempt, 1);
	ck_assert_int_eq(casp_baseline_new(&baseline, NULL), 0);
	know(baseline, "CAS040", fixture_find(run.f, CAS_KIND_DATABASE, "D"));
	know(baseline, "CAS040", fixture_find(run.f, CAS_KIND_DATABASE, "E"));
	/* the rule differs */
	know(baseline, "CAS040", fixture_find(run.f, CAS_KIND_DATABASE, "N"));
	run.options.baseline = baseline;
	judge(&run, databases, 2);
	ck_assert_str_eq(run.text, "CAS042 N; CAS040 D by baseline; CAS040 E by x");
	ck_assert_uint_eq(cas_audit_count(run.audit, CAS_SEVERITY_ERROR), 1);
	ck_assert_uint_eq(cas_audit_count_suppressed(run.audit, CAS_SUPPRESSION_BASELINE),
			  1);
	ck_assert_uint_eq(
		cas_audit_count_suppressed(run.audit, CAS_SUPPRESSION_EXEMPTION), 1);
	finish(&run);
	cas_baseline_free(baseline);
}
END_TEST

/* Findings on exemptions are told apart by name, for the baseline, too. */
START_TEST(test_baseline_of_exemptions)
{
	static const struct cas_exemption unused[] = {
		{.name = "one",
		 .rule = "CAS040",
		 .object = "F",
		 .reason = "r",
		 .owner = "o"},
		{.name = "two",
		 .rule = "CAS040",
		 .object = "F",
		 .reason = "r",
		 .owner = "o"},
	};
	static const char *const rules[] = {"CAS040", "CAS219"};
	const struct cas_object two = {
		.kind = CAS_KIND_OTHER, .name = "two", .dn = "", .legacy_dn = ""};
	struct run run = {.options = {.suppressed = true}};
	struct cas_baseline *baseline;
	char first[64];

	load(&run, HQ "db F EX1 outlook.contoso.com", unused, 2);
	ck_assert_int_eq(casp_baseline_new(&baseline, NULL), 0);
	know(baseline, "CAS219", &two);
	run.options.baseline = baseline;
	judge(&run, rules, 2);
	ck_assert_str_eq(run.text, "CAS219 one; CAS219 two by baseline");
	list(&run, true);
	ck_assert_int_eq(sscanf(run.text, "CAS219/dn:%16s", first), 1);
	ck_assert_ptr_nonnull(strstr(run.text, "; CAS219/dn:"));
	ck_assert_ptr_null(strstr(strchr(run.text, ';'), first));
	finish(&run);
	cas_baseline_free(baseline);
}
END_TEST

/* ---- what becomes of exemptions ---- */

static const struct {
	struct cas_exemption exemption;
	const char *findings; /* of CAS218 and CAS219 */
} fates[] = {
	{PLAIN("CAS040", "D"), ""},
	{PLAIN("CAS040", "F"), "CAS219 x"},
	{PLAIN("CAS040", "not there"), "CAS219 x"},
	/* a site of that name is no database */
	{PLAIN("CAS040", "Twin2"), "CAS219 x"},
	{PLAIN("CAS040", "TWIN"), "CAS219 x"},
	{PLAIN("CAS090", "outlook"),
	 "CAS219 x not evaluated: needs DNS answers, and no resolver was asked"},
	{PLAIN("CAS051", "D"), "CAS219 x not evaluated: rules that it concerns were not "
			       "asked about everything"},
	/* those that change what is expected */
	{PROXY("D"), ""},
	{PROXY("X"), "CAS219 x"},
	{OVERRIDE_UNTIL("D", "EX1", NOW + 1), ""},
	{OVERRIDE_UNTIL("D", "EX2", NOW + 1), "CAS219 x"},
	{OVERRIDE_UNTIL("D", "EX9", NOW + 1), "CAS219 x"},
	/* D still deviates, as CAS057 says; F does not */
	{OVERRIDE_UNTIL("D", "EX1", NOW), ""},
	{OVERRIDE_UNTIL("F", "EX1", NOW), "CAS218 x"},
	{DECOMMISSION("HQ"), "CAS219 x"},
};

START_TEST(test_fate)
{
	struct run run = {0};
	const char *skip = "CAS042";
	char *of;

	run.options.skip = &skip;
	run.options.n_skip = 1;
	load(&run, ORGANIZATION, &fates[_i].exemption, 1);
	judge(&run, NULL, 0);
	of = strstr(run.text, "CAS218 x");
	of = of ? of : strstr(run.text, "CAS219 x");
	if (of && strchr(of, ';')) {
		*strchr(of, ';') = '\0';
	}
	ck_assert_msg(strcmp(of ? of : "", fates[_i].findings) == 0, "%d: '%s', not '%s'",
		      _i, of ? of : run.text, fates[_i].findings);
	finish(&run);
}
END_TEST

/* What was not asked cannot be known: then nothing is said to be unused. */
START_TEST(test_not_asked)
{
	static const struct cas_exemption exempt = PLAIN("CAS040", "D");
	static const char *const rules[] = {"CAS042", "CAS219"};
	struct cas_objects *objects;
	struct run run = {0};

	load(&run, ORGANIZATION, &exempt, 1);
	judge(&run, rules, 2);
	ck_assert_str_eq(run.text,
			 "CAS042 N; CAS219 x not evaluated: rules that it concerns were "
			 "not asked about everything");
	cas_audit_free(run.audit);
	ck_assert_int_eq(cas_objects_new(&objects, NULL), 0);
	ck_assert_int_eq(cas_objects_add(objects,
					 fixture_find(run.f, CAS_KIND_DATABASE, "F"),
					 NULL),
			 0);
	run.options.objects = objects;
	judge(&run, NULL, 0);
	ck_assert_ptr_null(strstr(run.text, "CAS219"));
	cas_objects_free(objects);
	finish(&run);
}
END_TEST

static const struct {
	const char *file;
	size_t line;
	const char *fix; /* its beginning */
} places[] = {
	{"casarray.conf", 12, "remove exemption 'x' from casarray.conf:12, or "},
	{"state.json", 0, "remove exemption 'x' from state.json, or "},
	{NULL, 0, "remove exemption 'x' from the policy, or "},
};

/* A finding on an exemption is where that is written. */
START_TEST(test_place)
{
	struct cas_exemption exemption = PLAIN("CAS040", "D");
	static const char *const rule = "CAS218";
	const struct cas_finding *finding;
	struct run run = {0};
	const char *file = "";
	size_t line = 0;

	exemption.file = places[_i].file;
	exemption.line = places[_i].line;
	exemption.expires = NOW;
	load(&run, ORGANIZATION, &exemption, 1);
	judge(&run, &rule, 1);
	cas_audit_rewind(run.audit);
	ck_assert_int_eq(cas_audit_next(run.audit, &finding, NULL), 1);
	ck_assert_ptr_nonnull(strstr(cas_finding_message(finding),
				     "'x' of me@contoso.com expired after 2024-10-03"));
	ck_assert_ptr_nonnull(strstr(cas_finding_message(finding), "because"));
	ck_assert_int_eq(
		strncmp(cas_finding_fix(finding), places[_i].fix, strlen(places[_i].fix)),
		0);
	ck_assert_int_eq(cas_finding_location(finding, &file, &line),
			 places[_i].file && places[_i].line);
	if (places[_i].line) {
		ck_assert_str_eq(file, places[_i].file);
		ck_assert_uint_eq(line, places[_i].line);
	}
	ck_assert_ptr_null(cas_finding_site(finding));
	ck_assert_int_eq(cas_object_kind(cas_finding_object(finding)), CAS_KIND_OTHER);
	finish(&run);
}
END_TEST

START_TEST(test_names)
{
	ck_assert_str_eq(cas_suppression_name(CAS_SUPPRESSION_NONE), "none");
	ck_assert_str_eq(cas_suppression_name(CAS_SUPPRESSION_EXEMPTION), "exemption");
	ck_assert_str_eq(cas_suppression_name(CAS_SUPPRESSION_BASELINE), "baseline");
	ck_assert_str_eq(cas_suppression_name((enum cas_suppression)3), "unknown");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("suppression");
	TCase *tc = tcase_create("suppression");

	tcase_add_loop_test(tc, test_exempt, 0, sizeof(covers) / sizeof(*covers));
	tcase_add_test(tc, test_all_exempt);
	tcase_add_test(tc, test_order);
	tcase_add_test(tc, test_expiry);
	tcase_add_test(tc, test_baseline);
	tcase_add_test(tc, test_baseline_of_exemptions);
	tcase_add_loop_test(tc, test_fate, 0, sizeof(fates) / sizeof(*fates));
	tcase_add_test(tc, test_not_asked);
	tcase_add_loop_test(tc, test_place, 0, sizeof(places) / sizeof(*places));
	tcase_add_test(tc, test_names);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
