/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What became of findings that were known, and baselines as they are written. */
#include <stdarg.h>
#include <stdio.h>

#include "audited.h"
#include "known.h"

/* In HQ DB1 points at a server; in BER there is no array, and DB2 points at a server. */
#define TWO_SITES                                                                        \
	HQ "db DB1 EX1 EX1;site BER;server BER1 BER 38 14.3.123.4;db DB2 BER1 BER1;"

static struct fixture *f;
static const struct cas_organization *org;
static struct cas_audit *audit;

/* Another organization in the place of the last; the audit's would be gone. */
static void load(const char *text)
{
	cas_audit_free(audit);
	audit = NULL;
	fixture_free(f);
	f = fixture_new();
	script(f, text);
	org = fixture_load(f);
}

static void begin(void)
{
	setup();
	load(TWO_SITES);
}

static void finish(void)
{
	cas_audit_free(audit);
	audit = NULL;
	fixture_free(f);
	f = NULL;
	end();
}

static void run(const struct cas_audit_options *how)
{
	cas_audit_free(audit);
	audit = NULL;
	ck_assert_msg(cas_audit_new(org, how, &audit, &err) == 0, "%s",
		      cas_error_message(err));
}

/* "RULE OBJECT" of each finding that is handed out, joined by ", ". */
static const char *found(void)
{
	static char text[2048];
	const struct cas_finding *finding;
	size_t n = 0;

	text[0] = '\0';
	while (cas_audit_next(audit, &finding, NULL) == 1) {
		if (cas_finding_evaluated(finding)) {
			n += (size_t)snprintf(
				text + n, sizeof(text) - n, "%s%s %s", n ? ", " : "",
				cas_rule_id(cas_finding_rule(finding)),
				cas_object_name(cas_finding_object(finding)));
		}
	}
	cas_audit_rewind(audit);
	return text;
}

static int put(void *closure, const char *text, struct cas_error **ret_err)
{
	return fputs(text, closure) < 0 ? casp_error_nomem(ret_err) : 0;
}

/* Writes the audit's baseline and reads it again, in the place of the last. */
static size_t rewrite(void)
{
	FILE *stream = fopen(at("known.json"), "w");
	size_t n = 0;

	ck_assert_msg(cas_baseline_write(audit, put, stream, &n, &err) == 0, "%s",
		      cas_error_message(err));
	fclose(stream);
	cas_audit_free(audit);
	audit = NULL;
	cas_baseline_free(baseline);
	ck_assert_msg(cas_baseline_read(at("known.json"), &baseline, &err) == 0, "%s",
		      cas_error_message(err));
	ck_assert_uint_eq(cas_baseline_count(baseline), n);
	return n;
}

static const char *const rules[] = {"CAS040", "CAS041"};
#define BY_RULES .rules = rules, .n_rules = 2

/* The states, a letter each, in the order of the baseline. */
static const char *states(void)
{
	static char text[64];
	size_t n = cas_baseline_count(baseline);

	for (size_t i = 0; i < n; i++) {
		text[i] = "GPN"[cas_audit_known(audit, i)];
	}
	text[n] = '\0';
	ck_assert_int_eq(cas_audit_known(audit, n), CAS_KNOWN_NOT_JUDGED);
	return text;
}

START_TEST(test_nothing_new)
{
	struct cas_audit_options how = {BY_RULES};

	run(&how);
	ck_assert_str_eq(found(), "CAS041 DB2, CAS040 DB1");
	ck_assert_int_eq(cas_audit_worst(audit), CAS_SEVERITY_ERROR);
	ck_assert_uint_eq(rewrite(), 2);
	how.baseline = baseline;
	run(&how);
	ck_assert_str_eq(found(), "");
	ck_assert_int_eq(cas_audit_worst(audit), CAS_SEVERITY_NONE);
	ck_assert_uint_eq(cas_audit_count_suppressed(audit, CAS_SUPPRESSION_BASELINE), 2);
	ck_assert_str_eq(states(), "PP");
	how.suppressed = true;
	run(&how);
	ck_assert_str_eq(found(), "CAS041 DB2, CAS040 DB1");
	ck_assert_int_eq(cas_audit_worst(audit), CAS_SEVERITY_NONE);
}
END_TEST

START_TEST(test_new_and_gone)
{
	struct cas_audit_options how = {BY_RULES};

	run(&how);
	rewrite();
	/* entries have GUIDs by their number: DB2 is the same, with another name */
	load(HQ "db DB1 EX1 outlook.contoso.com;site BER;"
		"server BER1 BER 38 14.3.123.4;db renamed BER1 BER1;db DB3 EX2 EX2;");
	how.baseline = baseline;
	run(&how);
	ck_assert_str_eq(found(), "CAS040 DB3");
	ck_assert_str_eq(states(), "PG");
	ck_assert_str_eq(cas_known_object(cas_baseline_get(baseline, 0)), "DB2");
}
END_TEST

/* Several at once: the text of a baseline with these keys. */
static void know(const char *first, ...)
{
	char text[2048];
	size_t n = (size_t)sprintf(text, "{\"schema\":\"casarray.baseline\","
					 "\"version\":1,\"findings\":[");
	const char *key = first;
	va_list ap;

	va_start(ap, first);
	for (; key; key = va_arg(ap, const char *)) {
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s{\"key\":\"%s\"}",
				      key == first ? "" : ",", key);
	}
	va_end(ap);
	snprintf(text + n, sizeof(text) - n, "]}");
	ck_assert_msg(read_text(text) == 0, "%s", cas_error_message(err));
}

/* A finding is gone only when it could have been found. */
START_TEST(test_not_judged)
{
	struct cas_audit_options how = {BY_RULES};
	const char *const with_dns[] = {"CAS040", "CAS070"};

	know("CAS040/" GUID "0",           /* an object that is not there */
	     "CAS002/" GUID "0",           /* a rule that is not asked */
	     "CAS070/" GUID "0",           /* one that needs DNS */
	     "XYZ999/" GUID "0",           /* one that this version does not have */
	     "CAS040/dn:0123456789abcdef", /* an object without a GUID */
	     NULL);
	how.baseline = baseline;
	run(&how);
	ck_assert_str_eq(states(), "GNNNG");
	how.rules = with_dns;
	run(&how);
	ck_assert_str_eq(states(), "GNNNG");
}
END_TEST

/* Of an object that is not there nobody knows whether it would have been chosen. */
START_TEST(test_not_chosen)
{
	struct cas_audit_options how = {BY_RULES};
	struct cas_objects *objects = NULL;
	char here[64], there[64];

	snprintf(here, sizeof(here), "CAS041/%s",
		 cas_object_guid(fixture_find(f, CAS_KIND_DATABASE, "DB1")));
	snprintf(there, sizeof(there), "CAS040/%s",
		 cas_object_guid(fixture_find(f, CAS_KIND_DATABASE, "DB2")));
	know(here, there, "CAS040/" GUID "0", NULL);
	how.baseline = baseline;
	run(&how);
	ck_assert_str_eq(states(), "GGG");
	ck_assert_int_eq(cas_objects_new(&objects, NULL), 0);
	ck_assert_int_eq(
		cas_objects_add(objects, fixture_find(f, CAS_KIND_SITE, "HQ"), NULL), 0);
	how.objects = objects;
	run(&how);
	ck_assert_str_eq(states(), "GNN");
	cas_objects_free(objects);
}
END_TEST

/* A database whose server is gone has no site to be judged by. */
START_TEST(test_not_evaluated)
{
	struct cas_audit_options how = {BY_RULES};

	load(HQ "db DB1 EX1 EX1;");
	run(&how);
	ck_assert_uint_eq(rewrite(), 1);
	load(HQ "db DB1 GONE EX1;");
	how.baseline = baseline;
	run(&how);
	ck_assert_str_eq(states(), "N");
}
END_TEST

/* ---- writing ---- */

START_TEST(test_text)
{
	const struct cas_audit_options how = {BY_RULES, .now = 1795286701};
	char text[2048];

	run(&how);
	rewrite();
	snprintf(text, sizeof(text),
		 "{\"schema\":\"casarray.baseline\",\"version\":1,\n"
		 "\"created\":\"2026-11-21T18:45:01Z\",\n"
		 "\"findings\":[\n"
		 "{\"key\":\"CAS041/%s\",\"rule\":\"CAS041\","
		 "\"name\":\"database-points-at-server-no-array\","
		 "\"object\":{\"class\":\"database\",\"name\":\"DB2\",\"guid\":\"%s\"},"
		 "\"site\":\"BER\"},\n"
		 "{\"key\":\"CAS040/%s\",\"rule\":\"CAS040\","
		 "\"name\":\"database-points-at-server\","
		 "\"object\":{\"class\":\"database\",\"name\":\"DB1\",\"guid\":\"%s\"},"
		 "\"site\":\"HQ\"}\n"
		 "]}\n",
		 cas_object_guid(fixture_find(f, CAS_KIND_DATABASE, "DB2")),
		 cas_object_guid(fixture_find(f, CAS_KIND_DATABASE, "DB2")),
		 cas_object_guid(fixture_find(f, CAS_KIND_DATABASE, "DB1")),
		 cas_object_guid(fixture_find(f, CAS_KIND_DATABASE, "DB1")));
	assert_content(at("known.json"), text, strlen(text));
}
END_TEST

START_TEST(test_text_of_nothing)
{
	const char *text = "{\"schema\":\"casarray.baseline\",\"version\":1,\n"
			   "\"created\":null,\n\"findings\":[]}\n";
	const char *rule = "CAS070";
	struct cas_audit_options how = {.rules = &rule, .n_rules = 1};

	run(&how);
	ck_assert_uint_eq(rewrite(), 0);
	assert_content(at("known.json"), text, strlen(text));
}
END_TEST

/* What was not judged is kept as it was, and what is gone is not. */
START_TEST(test_kept)
{
	struct cas_audit_options how = {BY_RULES};
	char present[64];

	snprintf(present, sizeof(present), "CAS040/%s",
		 cas_object_guid(fixture_find(f, CAS_KIND_DATABASE, "DB1")));
	know("CAS040/" GUID "0", present, "XYZ999/" GUID "0", "CAS002/" GUID "0", NULL);
	how.baseline = baseline;
	run(&how);
	ck_assert_int_eq(cas_baseline_write(audit, put, stdout, &(size_t){0}, &err),
			 CAS_E_USAGE);
	cas_error_free(err);
	err = NULL;
	how.suppressed = true;
	run(&how);
	ck_assert_str_eq(states(), "GPNN");
	ck_assert_uint_eq(rewrite(), 4);
	ck_assert_str_eq(keys() + strlen(keys()) - 2 * strlen("XYZ999/" GUID "0") - 1,
			 "XYZ999/" GUID "0 CAS002/" GUID "0");
	ck_assert_str_eq(cas_known_rule(cas_baseline_get(baseline, 2)), "XYZ999");
}
END_TEST

START_TEST(test_without_guid)
{
	struct cas_audit_options how = {BY_RULES};
	const char *key;

	load(HQ "db DB1 EX1 EX1;unset objectGUID;");
	run(&how);
	rewrite();
	key = cas_known_key(cas_baseline_get(baseline, 0));
	ck_assert_int_eq(strncmp(key, "CAS040/dn:", 10), 0);
	how.baseline = baseline;
	run(&how);
	ck_assert_str_eq(found(), "");
	ck_assert_str_eq(states(), "P");
}
END_TEST

static int refuse(void *closure, const char *text, struct cas_error **ret_err)
{
	size_t *lines = closure;

	return (*lines)-- ? 0 : casp_error(ret_err, CAS_E_IO, "enough");
}

/* An error of the caller's own ends it, wherever it comes. */
START_TEST(test_write_error)
{
	struct cas_audit_options how = {BY_RULES};
	size_t lines = (size_t)_i, n = 7;

	run(&how);
	failed(cas_baseline_write(audit, refuse, &lines, &n, &err), &err, CAS_E_IO,
	       "enough");
	ck_assert_uint_eq(n, 7);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("known");
	TCase *core = tcase_create("core");

	tcase_add_checked_fixture(core, begin, finish);
	tcase_add_test(core, test_nothing_new);
	tcase_add_test(core, test_new_and_gone);
	tcase_add_test(core, test_not_judged);
	tcase_add_test(core, test_not_chosen);
	tcase_add_test(core, test_not_evaluated);
	tcase_add_test(core, test_text);
	tcase_add_test(core, test_text_of_nothing);
	tcase_add_test(core, test_kept);
	tcase_add_test(core, test_without_guid);
	tcase_add_loop_test(core, test_write_error, 0, 4);
	suite_add_tcase(suite, core);
	return unit_main(suite);
}
