/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON objects of the model: text of any bytes, the status of databases, rules, plans. */
#include "unit.h"

#include <jansson.h>
#include <string.h>

#include "base/error.h"
#include "fixture.h"
#include "plan/plan.h"
#include "json/json.h"

static const char *text(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	ck_assert_msg(value, "no member '%s'", key);
	return json_is_null(value) ? "(null)" : json_string_value(value);
}

/* ---- text ---- */

static const struct {
	const char *bytes, *expected;
	bool replaced;
} texts[] = {
	{"plain", "plain", false},
	{"", "", false},
	{"tab\t\x01", "tab\t\x01", false},
	{"\xc3\xa9t\xc3\xa9", "\xc3\xa9t\xc3\xa9", false},
	{"\xf0\x9f\x93\xa7", "\xf0\x9f\x93\xa7", false},
	{"\xe0\xa0\x80", "\xe0\xa0\x80", false},
	{"\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf", false},
	{"a\xff"
	 "b",
	 "a\xef\xbf\xbd"
	 "b",
	 true},
	/* overlong, surrogate, beyond U+10FFFF, cut off, a lone continuation */
	{"\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd", true},
	{"\xe0\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", true},
	{"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", true},
	{"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", true},
	{"caf\xc3", "caf\xef\xbf\xbd", true},
	{"\x80", "\xef\xbf\xbd", true},
	{"\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd", true},
};

START_TEST(text_is_well_formed)
{
	struct casp_json json;
	json_t *object;
	char *dump;

	casp_json_start(&json);
	casp_json_plain(&json, "text", texts[_i].bytes);
	object = casp_json_finish(&json);
	ck_assert_ptr_nonnull(object);
	ck_assert_str_eq(text(object, "text"), texts[_i].expected);
	ck_assert_int_eq(json_is_true(json_object_get(object, "replaced_bytes")),
			 texts[_i].replaced);
	dump = json_dumps(object, 0);
	ck_assert_ptr_nonnull(dump);
	free(dump);
	json_decref(object);
}
END_TEST

static const struct {
	int64_t time;
	const char *expected;
} times[] = {
	{0, "(null)"},
	{1, "1970-01-01T00:00:01Z"},
	{1795286701, "2026-11-21T18:45:01Z"},
	{-1, "1969-12-31T23:59:59Z"},
};

START_TEST(time_is_iso_8601)
{
	struct casp_json json;
	json_t *object;

	casp_json_start(&json);
	casp_json_time(&json, "time", times[_i].time);
	object = casp_json_finish(&json);
	ck_assert_str_eq(text(object, "time"), times[_i].expected);
	json_decref(object);
}
END_TEST

START_TEST(failure_is_kept)
{
	struct casp_json json;

	casp_json_start(&json);
	casp_json_add(&json, "missing", NULL);
	casp_json_plain(&json, "text", "after");
	ck_assert_ptr_null(casp_json_list(&json, "list"));
	casp_json_push_text(&json, NULL, "item");
	ck_assert_ptr_null(casp_json_finish(&json));
}
END_TEST

START_TEST(error_has_code_message_hint)
{
	struct cas_error *error = NULL;
	json_t *object;

	casp_error(&error, CAS_E_NOT_FOUND, "no site '%s'", "X");
	object = cas_json_error(error);
	ck_assert_str_eq(text(object, "code"), "CAS_E_NOT_FOUND");
	ck_assert_str_eq(text(object, "message"), "no site 'X'");
	ck_assert_str_eq(text(object, "hint"), "(null)");
	json_decref(object);
	cas_error_free(error);
}
END_TEST

/* ---- objects ---- */

/* HQ has an array, Away has one too, Bare has none. */
static struct fixture *make(void)
{
	struct fixture *f = fixture_new();

	fixture_site(f, "HQ");
	fixture_site(f, "Away");
	fixture_site(f, "Bare");
	fixture_subnet(f, "10.1.0.0/16", "HQ");
	fixture_subnet(f, "10.2.0.0/16", "Away");
	fixture_server(f, "EX1", "HQ", MULTI, "14.3.123.4");
	fixture_server(f, "MB1", "HQ", MBX, "14.3.123.4");
	fixture_server(f, "OLD", "HQ", MULTI, "8.3.83.0");
	fixture_server(f, "NEW", "HQ", MULTI, "15.0.516.0");
	fixture_server(f, "AW1", "Away", MULTI, "14.3.123.4");
	fixture_server(f, "BA1", "Bare", MULTI, "14.3.123.4");
	fixture_server_without_rpc(f, "CA2", "HQ", CAS, "14.3.123.4");
	fixture_array(f, "outlook", "outlook.contoso.com", "HQ");
	fixture_array(f, "away", "away.contoso.com", "Away");
	fixture_array(f, "lost", "lost.contoso.com", NULL);
	fixture_database(f, "Good", "EX1", "outlook.contoso.com");
	fixture_database(f, "AtServer", "EX1", "EX1");
	fixture_database(f, "AtMailbox", "EX1", "MB1");
	fixture_database(f, "AtAway", "EX1", "away.contoso.com");
	fixture_database(f, "AtAwayServer", "EX1", "AW1");
	fixture_database(f, "AtLost", "EX1", "lost.contoso.com");
	fixture_database(f, "AtNothing", "EX1", "gone.contoso.com");
	fixture_database(f, "Bare", "BA1", "BA1");
	fixture_database(f, "New", "NEW", "outlook.contoso.com");
	fixture_database(f, "Broken", "EX1", "outlook.contoso.com");
	fixture_set(f, "legacyExchangeDN", "rubbish");
	fixture_public_database(f, "Public", "EX1", "EX1");
	fixture_database(f, "Homeless", "GONE", "outlook.contoso.com");
	fixture_load(f);
	return f;
}

static json_t *object_json(struct fixture *f, struct cas_organization *org,
			   enum cas_kind kind, const char *name)
{
	json_t *object = cas_json_object(org, fixture_find(f, kind, name));

	ck_assert_ptr_nonnull(object);
	ck_assert_str_eq(text(object, "name"), name);
	return object;
}

static const struct {
	const char *name, *status, *class, *expected, *rule;
} databases[] = {
	{"Good", "ok", "array", "outlook.contoso.com", "array-of-site"},
	{"AtServer", "server", "client-access-server", "outlook.contoso.com",
	 "array-of-site"},
	{"AtMailbox", "mailbox-server", "mailbox-server", "outlook.contoso.com",
	 "array-of-site"},
	{"AtAway", "other-site", "array", "outlook.contoso.com", "array-of-site"},
	{"AtAwayServer", "other-site-server", "client-access-server",
	 "outlook.contoso.com", "array-of-site"},
	{"AtLost", "array-without-site", "array", "outlook.contoso.com", "array-of-site"},
	{"AtNothing", "dangling", "nothing", "outlook.contoso.com", "array-of-site"},
	{"Broken", "malformed", "nothing", "outlook.contoso.com", "array-of-site"},
	{"Bare", "no-array", "client-access-server", NULL, "same-server"},
	{"New", "exempt", "array", "(null)", "(null)"},
	{"Public", "exempt", "client-access-server", "(null)", NULL},
	{"Homeless", "no-home", "array", "(null)", "(null)"},
};

START_TEST(database_status)
{
	struct fixture *f = make();
	struct cas_organization *org = fixture_load(f);
	json_t *object = object_json(f, org, CAS_KIND_DATABASE, databases[_i].name);

	ck_assert_str_eq(text(object, "status"), databases[_i].status);
	ck_assert_str_eq(text(object, "target_class"), databases[_i].class);
	if (databases[_i].expected) {
		ck_assert_str_eq(text(object, "expected"), databases[_i].expected);
	}
	if (databases[_i].rule) {
		ck_assert_str_eq(text(object, "default_rule"), databases[_i].rule);
	}
	json_decref(object);
	fixture_free(f);
}
END_TEST

static const struct {
	const char *name;
	bool member;
	const char *array;
} servers[] = {
	{"EX1", true, "outlook.contoso.com"},
	{"MB1", false, NULL},
	{"OLD", false, NULL},
	{"NEW", false, NULL},
	{"CA2", false, NULL},
	{"BA1", false, NULL},
};

START_TEST(server_membership)
{
	struct fixture *f = make();
	struct cas_organization *org = fixture_load(f);
	json_t *object = object_json(f, org, CAS_KIND_SERVER, servers[_i].name);
	const json_t *arrays = json_object_get(object, "arrays");

	ck_assert_int_eq(json_is_true(json_object_get(object, "member")),
			 servers[_i].member);
	ck_assert_uint_eq(json_array_size(arrays), servers[_i].member ? 1 : 0);
	if (servers[_i].array) {
		ck_assert_str_eq(json_string_value(json_array_get(arrays, 0)),
				 servers[_i].array);
		ck_assert_str_eq(text(object, "member_why"), "(null)");
	} else {
		ck_assert_str_ne(text(object, "member_why"), "(null)");
	}
	json_decref(object);
	fixture_free(f);
}
END_TEST

START_TEST(array_and_site)
{
	struct fixture *f = make();
	struct cas_organization *org = fixture_load(f);
	json_t *array = object_json(f, org, CAS_KIND_ARRAY, "outlook");
	json_t *site = object_json(f, org, CAS_KIND_SITE, "HQ");
	const json_t *members = json_object_get(array, "members");

	ck_assert_str_eq(text(array, "fqdn"), "outlook.contoso.com");
	ck_assert_str_eq(text(array, "site"), "HQ");
	ck_assert_uint_eq(json_array_size(members), 1);
	ck_assert_str_eq(json_string_value(json_array_get(members, 0)), "EX1");
	ck_assert_int_eq(json_integer_value(json_object_get(array, "databases")), 3);
	ck_assert_uint_eq(json_array_size(json_object_get(site, "servers")), 5);
	ck_assert_uint_eq(json_array_size(json_object_get(site, "subnets")), 1);
	json_decref(site);
	json_decref(array);
	org = fixture_load_scope(f, CAS_SCOPE_TOPOLOGY);
	array = object_json(f, org, CAS_KIND_ARRAY, "outlook");
	ck_assert(json_is_null(json_object_get(array, "databases")));
	json_decref(array);
	fixture_free(f);
}
END_TEST

/* ---- audit, explanation, plan ---- */

/* Does an entry begin at that line? */
static bool begins_at(const char *path, size_t number, const char *dn)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	bool begins;

	ck_assert_ptr_nonnull(file);
	for (size_t i = 0; i < number; i++) {
		ck_assert_int_gt(getline(&line, &size, file), 0);
	}
	begins = !strncmp(line, "dn: ", 4) && !strncmp(line + 4, dn, strlen(dn)) &&
		 strchr("\r\n", line[4 + strlen(dn)]);
	free(line);
	fclose(file);
	return begins;
}

/* The line that the entry of a finding's object begins at. */
static void check_location(struct fixture *f, const struct cas_finding *finding)
{
	const struct cas_object *object = cas_finding_object(finding);
	json_t *location = cas_json_finding_location(finding);
	const char *file = NULL;
	size_t line = 0;

	ck_assert_int_eq(cas_finding_location(finding, &file, &line), object != NULL);
	ck_assert_int_eq(json_is_object(location), object != NULL);
	if (object) {
		ck_assert_str_eq(file, fixture_path(f));
		ck_assert(begins_at(file, line, cas_object_dn(object)));
		ck_assert_str_eq(text(location, "file"), file);
		ck_assert_int_eq(json_integer_value(json_object_get(location, "line")),
				 (json_int_t)line);
	}
	json_decref(location);
}

/* As many as were evaluated, and among them all findings. */
static void check_rules(const json_t *head, size_t n_findings)
{
	const json_t *rules = json_object_get(head, "rules");
	json_int_t sum = 0;

	ck_assert_int_eq(json_integer_value(json_object_get(head, "rules_evaluated")),
			 (json_int_t)json_array_size(rules));
	for (size_t i = 0; i < json_array_size(rules); i++) {
		const json_t *rule = json_array_get(rules, i);

		ck_assert_ptr_nonnull(cas_rule_find(text(rule, "rule")));
		sum += json_integer_value(json_object_get(rule, "findings"));
	}
	ck_assert_int_eq(sum, (json_int_t)n_findings);
}

START_TEST(findings)
{
	struct fixture *f = make();
	const struct cas_audit_options options = {0};
	const struct cas_finding *finding;
	struct cas_audit *audit = NULL;
	size_t n_findings = 0, n_unknown = 0;
	json_t *head;

	ck_assert_int_eq(cas_audit_new(fixture_load(f), &options, &audit, NULL), 0);
	while (cas_audit_next(audit, &finding, NULL) == 1) {
		json_t *row = cas_json_finding(finding);
		bool found = !strcmp(text(row, "result"), "finding");

		n_findings += found;
		n_unknown += !found;
		ck_assert_int_eq(found, json_object_get(row, "message") != NULL);
		ck_assert_int_eq(found, json_object_get(row, "reason") == NULL);
		ck_assert(!found || json_is_object(json_object_get(row, "object")));
		json_decref(row);
		check_location(f, finding);
	}
	head = cas_json_audit(audit);
	ck_assert_uint_gt(n_findings, 5);
	ck_assert_uint_gt(n_unknown, 5);
	ck_assert_str_eq(text(head, "organization"), "Contoso");
	ck_assert_int_eq(json_integer_value(json_object_get(head, "rules_not_evaluated")),
			 (json_int_t)cas_audit_count_not_evaluated(audit));
	ck_assert_uint_ge(json_array_size(json_object_get(head, "sites")), 3);
	check_rules(head, n_findings);
	json_decref(head);
	cas_audit_free(audit);
	fixture_free(f);
}
END_TEST

START_TEST(explanation)
{
	struct fixture *f = make();
	struct cas_organization *org = fixture_load(f);
	const struct cas_object *object = fixture_find(f, CAS_KIND_DATABASE, "AtServer");
	json_t *row = cas_json_explain(org, cas_object_database(object));
	const json_t *found = json_object_get(row, "findings");

	ck_assert_str_eq(text(row, "expected_rule"), "array-of-home-site");
	ck_assert_str_eq(text(row, "home_rule"), "owning-server");
	ck_assert_str_eq(text(row, "home_server"), "EX1");
	ck_assert(json_is_false(json_object_get(row, "as_expected")));
	ck_assert_uint_ge(json_array_size(found), 1);
	ck_assert_str_eq(text(json_array_get(found, 0), "rule"), "CAS040");
	json_decref(row);
	fixture_free(f);
}
END_TEST

START_TEST(steps)
{
	struct fixture *f = make();
	struct cas_organization *org = fixture_load(f);
	struct cas_objects *objects = NULL;
	struct cas_plan *plan = NULL;
	struct cas_set_database what = {.rpc_client_access_server = "auto",
					.named = true};
	json_t *row, *head;

	ck_assert_int_eq(cas_objects_new(&objects, NULL), 0);
	ck_assert_int_eq(cas_objects_add(objects,
					 fixture_find(f, CAS_KIND_DATABASE, "AtServer"),
					 NULL),
			 0);
	what.databases = objects;
	ck_assert_int_eq(cas_plan_set_database(org, &what, &plan, NULL), 0);
	ck_assert_uint_eq(cas_plan_count(plan), 1);
	row = cas_json_step(plan, 0);
	ck_assert_str_eq(text(row, "action"), "modify");
	ck_assert_str_eq(text(row, "attribute"), "RpcClientAccessServer");
	ck_assert_str_eq(text(row, "new"), "outlook.contoso.com");
	ck_assert_str_eq(text(row, "outcome"), "planned");
	ck_assert_uint_eq(json_array_size(json_object_get(row, "attributes")), 1);
	head = cas_json_plan(plan);
	ck_assert_int_eq(json_integer_value(json_object_get(
				 json_object_get(head, "impact"), "databases")),
			 1);
	ck_assert(json_is_null(json_object_get(head, "run")));
	ck_assert_ptr_null(cas_json_step(plan, 1));
	json_decref(head);
	json_decref(row);
	cas_plan_free(plan);
	cas_objects_free(objects);
	fixture_free(f);
}
END_TEST

START_TEST(every_rule)
{
	for (size_t i = 0; i < cas_rules_count(); i++) {
		json_t *rule = cas_json_rule(cas_rules_get(i));

		ck_assert_ptr_nonnull(rule);
		ck_assert_str_ne(text(rule, "why"), "(null)");
		ck_assert_str_ne(text(rule, "family"), "");
		json_decref(rule);
	}
	ck_assert_uint_gt(cas_rules_count(), 100);
}
END_TEST

#define N(table) (int)(sizeof(table) / sizeof(*(table)))

int main(void)
{
	Suite *suite = suite_create("json");
	TCase *tcase = tcase_create("json");

	tcase_add_loop_test(tcase, text_is_well_formed, 0, N(texts));
	tcase_add_loop_test(tcase, time_is_iso_8601, 0, N(times));
	tcase_add_test(tcase, failure_is_kept);
	tcase_add_test(tcase, error_has_code_message_hint);
	tcase_add_loop_test(tcase, database_status, 0, N(databases));
	tcase_add_loop_test(tcase, server_membership, 0, N(servers));
	tcase_add_test(tcase, array_and_site);
	tcase_add_test(tcase, findings);
	tcase_add_test(tcase, explanation);
	tcase_add_test(tcase, steps);
	tcase_add_test(tcase, every_rule);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
