/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The shared library as a program sees it: nothing but casarray.h, on the example. */
#include "unit.h"

#include <ftw.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "casarray.h"

#define CFG "CN=Configuration,DC=contoso,DC=com"
#define LEGACY                                                                           \
	"/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration" \
	"/cn=Servers/cn="
#define COUNT(rows) (int)(sizeof(rows) / sizeof(*(rows)))

static char folder[64];
static char *file;
static struct cas_context *context;
static struct cas_directory *directory;
static struct cas_organization *org;
static struct cas_error *err;

static void expect_done(int code)
{
	ck_assert_msg(code == 0 && !err, "%s: %s", cas_code_name(code),
		      err ? cas_error_message(err) : "no message");
}

static void copy_example(void)
{
	char *command;

	ck_assert_int_gt(asprintf(&command, "cp '%s/examples/contoso.ldif' '%s'",
				  getenv("SRCDIR"), file),
			 0);
	ck_assert_int_eq(system(command), 0);
	free(command);
}

static void load(void)
{
	const char *addresses[] = {file};

	cas_organization_free(org);
	cas_directory_unref(directory);
	expect_done(cas_directory_open(context, addresses, 1, &directory, &err));
	expect_done(cas_organization_load(directory, CAS_SCOPE_ALL, NULL, 0, &org, &err));
}

static void setup(void)
{
	strcpy(folder, "/tmp/casarray-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_gt(asprintf(&file, "%s/contoso.ldif", folder), 0);
	copy_example();
	err = NULL;
	org = NULL;
	directory = NULL;
	expect_done(cas_context_new(&context, &err));
	load();
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	return remove(path);
}

static void teardown(void)
{
	cas_organization_free(org);
	cas_directory_unref(directory);
	cas_context_unref(context);
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(file);
}

static const struct cas_object *find(enum cas_kind kind, const char *identity)
{
	const struct cas_object *object = NULL;

	expect_done(cas_organization_find(org, 1U << kind, identity, &object, &err));
	return object;
}

/* ---- words ---- */

#define WORD(function, type)                                                             \
	static const char *function##_word(int value)                                    \
	{                                                                                \
		return function((type)value);                                            \
	}
WORD(cas_code_name, enum cas_code)
WORD(cas_kind_name, enum cas_kind)
WORD(cas_action_name, enum cas_action)
WORD(cas_outcome_name, enum cas_outcome)
WORD(cas_run_state_name, enum cas_run_state)
WORD(cas_assignment_rule_name, enum cas_assignment_rule)
WORD(cas_severity_name, enum cas_severity)
WORD(cas_fix_name, enum cas_fix)

/* The words of each enumeration in the order of its values: permanent, as documents
 * have them. */
static const struct {
	const char *(*word)(int value);
	int first, step;
	const char *words;
} enumerations[] = {
	{cas_code_name_word, 0, -1,
	 "CAS_OK CAS_E_NOMEM CAS_E_USAGE CAS_E_NOT_FOUND CAS_E_AMBIGUOUS CAS_E_REFUSED "
	 "CAS_E_RIGHTS CAS_E_AUTH CAS_E_CONFLICT CAS_E_PARTIAL CAS_E_IO CAS_E_FORMAT "
	 "CAS_E_NOT_EVALUATED CAS_E_INTERRUPTED"},
	{cas_kind_name_word, 0, 1,
	 "site subnet server array database copy dag service organization other "
	 "dns-record"},
	{cas_action_name_word, 0, 1, "create modify rename delete skip"},
	{cas_outcome_name_word, 0, 1, "planned done already conflict refused not-tried"},
	{cas_run_state_name_word, 0, 1,
	 "done conflict partial interrupted failed damaged"},
	{cas_assignment_rule_name_word, 0, 1,
	 "array-of-site same-server random-in-site own-server none"},
	{cas_severity_name_word, 0, 1, "none info warning error"},
	{cas_fix_name_word, 0, 1, "none advise plan auto"},
};

START_TEST(words)
{
	char *list = strdup(enumerations[_i].words), *rest = list, *word;
	int value = enumerations[_i].first;

	while ((word = strsep(&rest, " "))) {
		ck_assert_str_eq(enumerations[_i].word(value), word);
		value += enumerations[_i].step;
	}
	/* The list is complete; a value of a later version has a word, too. */
	ck_assert_str_eq(enumerations[_i].word(value), enumerations[_i].word(1000));
	ck_assert_ptr_nonnull(enumerations[_i].word(-1000));
	free(list);
}
END_TEST

START_TEST(version)
{
	ck_assert_str_eq(cas_version(), CASP_VERSION);
}
END_TEST

/* ---- objects ---- */

static void check_kind(const struct cas_object *object, enum cas_kind kind)
{
	const struct cas_site *site = cas_object_site(object);
	const struct cas_server *server = cas_object_server(object);
	const struct cas_array *array = cas_object_array(object);
	const struct cas_database *database = cas_object_database(object);

	ck_assert_int_eq(cas_object_kind(object), kind);
	ck_assert_int_eq(site != NULL, kind == CAS_KIND_SITE);
	ck_assert_int_eq(server != NULL, kind == CAS_KIND_SERVER);
	ck_assert_int_eq(array != NULL, kind == CAS_KIND_ARRAY);
	ck_assert_int_eq(database != NULL, kind == CAS_KIND_DATABASE);
	ck_assert(!site || cas_site_object(site) == object);
	ck_assert(!server || cas_server_object(server) == object);
	ck_assert(!array || cas_array_object(array) == object);
	ck_assert(!database || cas_database_object(database) == object);
}

START_TEST(objects)
{
	size_t n = 0;

	for (enum cas_kind kind = 0; kind < CAS_N_KINDS; kind++) {
		const struct cas_object *object;

		for (size_t i = 0; (object = cas_organization_object(org, kind, i));
		     i++) {
			const char *dn = cas_object_dn(object);

			check_kind(object, kind);
			ck_assert_str_ne(cas_object_name(object), "");
			ck_assert_int_gt(strlen(dn), strlen(CFG));
			ck_assert_str_eq(dn + strlen(dn) - strlen(CFG), CFG);
			ck_assert_uint_eq(strlen(cas_object_guid(object)), 36);
			n++;
		}
		ck_assert_ptr_null(cas_organization_object(
			org, kind, cas_organization_count(org, kind)));
	}
	ck_assert_uint_gt(n, 40);
	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_SITE), 4);
	ck_assert_uint_eq(cas_organization_count(org, CAS_N_KINDS), 0);
	ck_assert_uint_eq(cas_organization_scope(org), CAS_SCOPE_ALL);
	ck_assert_ptr_eq(cas_organization_directory(org), directory);
}
END_TEST

START_TEST(server_and_array)
{
	const struct cas_object *object = find(CAS_KIND_SERVER, "ex1.contoso.com");
	const struct cas_server *server = cas_object_server(object);
	const struct cas_array *array = cas_object_array(find(CAS_KIND_ARRAY, "outlook"));
	const struct cas_object *site = find(CAS_KIND_SITE, "HeadOffice");

	ck_assert_str_eq(cas_object_name(object), "EX1");
	ck_assert_str_eq(cas_object_legacy_dn(object), LEGACY "EX1");
	ck_assert_str_eq(cas_object_legacy_dn(site), "");
	ck_assert_str_eq(cas_object_guid(object), "40000002-ca5a-4e2a-9c01-2010c0a70501");
	ck_assert_str_eq(cas_object_dn(site), "CN=HeadOffice,CN=Sites," CFG);
	ck_assert_str_eq(cas_server_fqdn(server), "EX1.contoso.com");
	ck_assert_ptr_eq(cas_server_site(server), cas_object_site(site));
	ck_assert_str_eq(cas_array_fqdn(array), "outlook.contoso.com");
	ck_assert_ptr_eq(cas_array_site(array), cas_object_site(site));
}
END_TEST

/* ---- lifetimes ---- */

START_TEST(nothing_to_free)
{
	cas_error_free(NULL);
	cas_context_unref(NULL);
	cas_directory_unref(NULL);
	cas_organization_free(NULL);
	cas_objects_free(NULL);
	cas_assignment_free(NULL);
	cas_audit_free(NULL);
	cas_plan_free(NULL);
	cas_history_free(NULL);
}
END_TEST

/* The organization keeps the directory, and that the context. */
START_TEST(references)
{
	ck_assert_ptr_eq(cas_context_ref(context), context);
	ck_assert_ptr_null(cas_context_unref(context));
	ck_assert_ptr_eq(cas_directory_ref(directory), directory);
	ck_assert_ptr_null(cas_directory_unref(directory));
	cas_context_unref(context);
	cas_directory_unref(directory);
	context = NULL;
	directory = NULL;
	ck_assert_str_eq(cas_directory_address(cas_organization_directory(org)), file);
	ck_assert_str_eq(cas_organization_name(org), "Contoso");
}
END_TEST

static int no_password(void *closure, char **ret)
{
	(*(unsigned *)closure)++;
	return CAS_E_AUTH;
}

/* Files take no notice of how servers are reached; what would show a password is refused
 * before it is asked for. */
START_TEST(connect_to)
{
	unsigned asked = 0;
	const struct cas_connect how = {
		.bind = CAS_BIND_SIMPLE,
		.user = "CN=Administrator,CN=Users,DC=contoso,DC=com",
		.password = no_password,
		.password_closure = &asked,
	};
	const char *mixed[] = {"ldap://127.0.0.1:1", file};
	const char *in_clear[] = {"ldap://127.0.0.1:1"};
	struct cas_directory *other = NULL;

	expect_done(cas_directory_connect(context, &mixed[1], 1, &how, &other, &err));
	ck_assert_str_eq(cas_directory_address(other), file);
	other = cas_directory_unref(other);
	ck_assert_int_eq(cas_directory_connect(context, mixed, 2, &how, &other, NULL),
			 CAS_E_USAGE);
	ck_assert_int_eq(cas_directory_connect(context, in_clear, 1, &how, &other, &err),
			 CAS_E_USAGE);
	ck_assert_ptr_nonnull(strstr(cas_error_message(err), "password"));
	ck_assert_ptr_null(other);
	ck_assert_uint_eq(asked, 0);
	cas_error_free(err);
	err = NULL;
}
END_TEST

/* An error is not asked for: the code is returned all the same, and nothing leaks. */
START_TEST(without_error)
{
	const char *nothing[] = {"/nonexistent/casarray.ldif"};
	const struct cas_audit_options options = {
		.rules = (const char *const[]){"CAS999"},
		.n_rules = 1,
	};
	const struct cas_new_array array = {.fqdn = "a b", .site = "Berlin"};
	struct cas_directory *other = NULL;
	const struct cas_object *object = NULL;
	struct cas_plan *plan = NULL;
	struct cas_audit *audit = NULL;

	ck_assert_int_eq(cas_directory_open(context, nothing, 1, &other, NULL), CAS_E_IO);
	ck_assert_int_eq(
		cas_organization_find(org, 1U << CAS_KIND_SITE, "nowhere", &object, NULL),
		CAS_E_NOT_FOUND);
	ck_assert_int_eq(cas_audit_new(org, &options, &audit, NULL), CAS_E_USAGE);
	ck_assert_int_lt(cas_plan_new_array(org, &array, &plan, NULL), 0);
	ck_assert(!other && !object && !audit && !plan);
}
END_TEST

/* ---- JSON ---- */

static const char *text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

START_TEST(organization_as_json)
{
	json_t *json = cas_json_organization(org);

	ck_assert_str_eq(text(json, "organization"), "Contoso");
	ck_assert_str_eq(text(json, "directory"), file);
	ck_assert_int_eq(json_integer_value(json_object_get(
				 json_object_get(json, "counts"), "databases")),
			 14);
	json_decref(json);
}
END_TEST

static const struct {
	enum cas_kind kind;
	const char *identity;
	enum cas_assignment_rule rule;
	const char *target;
} assignments[] = {
	{CAS_KIND_SERVER, "EX1", CAS_ASSIGNMENT_ARRAY, "outlook.contoso.com"},
	{CAS_KIND_SERVER, "LIS1", CAS_ASSIGNMENT_SAME_SERVER, "LIS1.contoso.com"},
	{CAS_KIND_SITE, "Lisbon", CAS_ASSIGNMENT_RANDOM, "LIS1.contoso.com"},
	{CAS_KIND_SITE, "Branch", CAS_ASSIGNMENT_NONE, NULL},
};

START_TEST(assignment_as_json)
{
	const struct cas_object *object =
		find(assignments[_i].kind, assignments[_i].identity);
	struct cas_assignment *assignment;
	json_t *json;

	expect_done(cas_assignment_new(org, object, 1, &assignment, &err));
	ck_assert_int_eq(cas_assignment_rule(assignment), assignments[_i].rule);
	json = cas_json_assignment(assignment);
	ck_assert_str_eq(text(json, "rule"),
			 cas_assignment_rule_name(assignments[_i].rule));
	ck_assert_pstr_eq(text(json, "rpc_client_access_server"), assignments[_i].target);
	ck_assert_str_eq(text(json, "reason"), cas_assignment_reason(assignment));
	json_decref(json);
	cas_assignment_free(assignment);
}
END_TEST

/* ---- a change and its undo ---- */

static void expect_value(const char *expected)
{
	const struct cas_object *object;

	load();
	object = find(CAS_KIND_DATABASE, "Berlin DB 2");
	ck_assert_str_eq(
		cas_database_rpc_client_access_server(cas_object_database(object)),
		expected);
}

static struct cas_plan *plan_change(void)
{
	struct cas_set_database what = {.rpc_client_access_server = "auto",
					.named = true};
	struct cas_objects *databases;
	struct cas_plan *plan;

	expect_done(cas_objects_new(&databases, &err));
	expect_done(
		cas_objects_add(databases, find(CAS_KIND_DATABASE, "Berlin DB 2"), &err));
	what.databases = databases;
	expect_done(cas_plan_set_database(org, &what, &plan, &err));
	cas_objects_free(databases);
	return plan;
}

static void check_run(const struct cas_run *run, const char *id)
{
	json_t *json = cas_json_run(run), *step = cas_json_run_step(run, 0);

	ck_assert_str_eq(cas_run_id(run), id);
	ck_assert_str_eq(text(json, "run"), id);
	ck_assert_str_eq(text(json, "state"), "done");
	ck_assert_str_eq(text(json, "who"), "unit");
	ck_assert_str_eq(text(json, "directory"), file);
	ck_assert_str_eq(text(json, "command"), "test-api");
	ck_assert_str_eq(text(step, "action"), cas_action_name(CAS_ACTION_MODIFY));
	ck_assert_str_eq(text(step, "outcome"), cas_outcome_name(CAS_OUTCOME_DONE));
	ck_assert_str_eq(text(step, "old"), "BER-CAS1.contoso.com");
	ck_assert_str_eq(text(step, "new"), "outlook-berlin.contoso.com");
	ck_assert_ptr_null(cas_json_run_step(run, cas_run_steps(run)));
	json_decref(json);
	json_decref(step);
}

START_TEST(change_and_undo)
{
	const struct cas_apply how = {
		.journal = folder, .who = "unit", .command = "test-api"};
	struct cas_plan *plan = plan_change(), *inverse;
	struct cas_history *history;
	const struct cas_run *run;

	ck_assert_str_eq(cas_plan_run(plan), "");
	expect_done(cas_plan_apply(plan, directory, &how, &err));
	expect_value("outlook-berlin.contoso.com");
	expect_done(cas_history_open(context, folder, directory, &history, &err));
	ck_assert_int_eq(cas_history_next(history, &run, &err), 1);
	check_run(run, cas_plan_run(plan));
	ck_assert_int_eq(cas_history_next(history, &run, &err), 0);
	expect_done(cas_history_find(history, NULL, &run, &err));
	expect_done(cas_plan_undo(org, run, NULL, &inverse, &err));
	cas_history_free(history);
	expect_done(cas_plan_apply(inverse, directory, &how, &err));
	expect_value("BER-CAS1.contoso.com");
	cas_plan_free(inverse);
	cas_plan_free(plan);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("api");
	TCase *tc = tcase_create("api");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, words, 0, COUNT(enumerations));
	tcase_add_test(tc, version);
	tcase_add_test(tc, objects);
	tcase_add_test(tc, server_and_array);
	tcase_add_test(tc, nothing_to_free);
	tcase_add_test(tc, references);
	tcase_add_test(tc, connect_to);
	tcase_add_test(tc, without_error);
	tcase_add_test(tc, organization_as_json);
	tcase_add_loop_test(tc, assignment_as_json, 0, COUNT(assignments));
	tcase_add_test(tc, change_and_undo);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
