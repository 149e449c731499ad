/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory runs out at each allocation in turn: loading, looking up, audits, plans,
 * journals and their JSON. */
#include "alloc.h"

#include <jansson.h>

#include "planned.h"

static struct fixture *f;
static struct journals journals;
static char *original;
static struct cas_directory *directory;
static struct cas_organization *org;
static struct cas_plan *plan;
static char done_run[32];

/* ---- what the cases begin with ---- */

static void setup(void)
{
	f = fixture_new();
	fixture_site(f, "HQ");
	fixture_site(f, "Branch");
	fixture_subnet(f, "10.1.0.0/16", "HQ");
	fixture_server(f, "EX1", "HQ", MULTI, "14.3.123.4");
	fixture_server(f, "EX2", "HQ", MULTI, "14.3.123.4");
	fixture_server(f, "BR1", "Branch", MULTI, "14.3.123.4");
	fixture_array(f, "outlook", "outlook.contoso.com", "HQ");
	fixture_array(f, "old", "old.contoso.com", "HQ");
	fixture_database(f, "DB1", "EX1", "EX1");
	fixture_copy(f, "DB1", "EX1", 1);
	fixture_copy(f, "DB1", "EX2", 2);
	fixture_database(f, "DB2", "EX2", "old.contoso.com");
	fixture_database(f, "DB3", "BR1", "gone.contoso.com");
	fixture_load(f);
	journals_open(&journals);
	original = file_text(fixture_path(f));
}

static void close_all(void)
{
	cas_plan_free(plan);
	plan = NULL;
	cas_organization_free(org);
	org = NULL;
	cas_directory_unref(directory);
	directory = NULL;
}

static void teardown(void)
{
	close_all();
	free(original);
	journals_close(&journals);
	fixture_free(f);
}

static int open_directory(struct cas_error **err)
{
	const char *path = fixture_path(f);

	return cas_directory_open(journals.context, &path, 1, &directory, err);
}

static void prepare_file(void)
{
	close_all();
	file_write(fixture_path(f), original, strlen(original));
	ck_assert_int_eq(open_directory(NULL), 0);
}

static void prepare_org(void)
{
	prepare_file();
	ck_assert_int_eq(
		cas_organization_load(directory, CAS_SCOPE_ALL, NULL, 0, &org, NULL), 0);
}

static int nomem_unless(bool ok, struct cas_error **err)
{
	return ok ? 0 : casp_error_nomem(err);
}

/* What is made of a plan, and the plan. */
static int show_plan(int code, struct cas_error **err)
{
	json_t *head;

	for (size_t i = 0; code == 0 && i < cas_plan_count(plan); i++) {
		json_t *step = cas_json_step(plan, i);

		code = nomem_unless(step, err);
		json_decref(step);
	}
	head = code == 0 ? cas_json_plan(plan) : NULL;
	code = code ? code : nomem_unless(head, err);
	json_decref(head);
	close_all();
	return code;
}

/* ---- loading and looking up ---- */

static int run_load(struct cas_error **err)
{
	int code = open_directory(err);

	if (code == 0) {
		code = cas_organization_load(directory, CAS_SCOPE_ALL, NULL, 0, &org,
					     err);
	}
	close_all();
	return code;
}

static int run_find(struct cas_error **err)
{
	static const char *const identities[] = {"EX1", "old.contoso.com",
						 "ncacn_ip_tcp:OUTLOOK.contoso.com",
						 FIXTURE_LEGACY_SERVER("EX2")};
	struct cas_objects *objects = NULL;
	int code = 0;

	for (int i = 0; i < COUNT(identities) && code == 0; i++) {
		const struct cas_object *object;

		code = cas_organization_find(org,
					     1U << CAS_KIND_SERVER | 1U << CAS_KIND_ARRAY,
					     identities[i], &object, err);
	}
	if (code == 0) {
		code = cas_objects_new(&objects, err);
	}
	if (code == 0) {
		code = cas_objects_match(objects, org, 1U << CAS_KIND_DATABASE, "DB*",
					 err);
	}
	cas_objects_free(objects);
	close_all();
	return code;
}

static int run_json(struct cas_error **err)
{
	int code = 0;
	json_t *value;

	for (enum cas_kind kind = 0; kind < CAS_N_KINDS; kind++) {
		for (size_t i = 0; code == 0 && i < cas_organization_count(org, kind);
		     i++) {
			value = cas_json_object(org,
						cas_organization_object(org, kind, i));
			code = nomem_unless(value, err);
			json_decref(value);
		}
	}
	value = code == 0 ? cas_json_organization(org) : NULL;
	code = code ? code : nomem_unless(value, err);
	json_decref(value);
	close_all();
	return code;
}

static int run_explain(struct cas_error **err)
{
	const struct cas_object *object =
		cas_organization_object(org, CAS_KIND_DATABASE, 0);
	json_t *value = cas_json_explain(org, cas_object_database(object));
	int code = nomem_unless(value, err);

	json_decref(value);
	close_all();
	return code;
}

/* ---- audits ---- */

static int show_findings(struct cas_audit *audit, struct cas_error **err)
{
	const struct cas_finding *finding;
	json_t *value;
	int code;

	while ((code = cas_audit_next(audit, &finding, err)) > 0) {
		value = cas_json_finding(finding);
		code = nomem_unless(value, err);
		json_decref(value);
		if (code) {
			return code;
		}
	}
	value = code == 0 ? cas_json_audit(audit) : NULL;
	code = code ? code : nomem_unless(value, err);
	json_decref(value);
	return code;
}

static int run_audit(struct cas_error **err)
{
	struct cas_audit_options options = {.now = 1795286701};
	struct cas_audit *audit = NULL;
	int code = cas_audit_new(org, &options, &audit, err);

	if (code == 0) {
		code = show_findings(audit, err);
	}
	cas_audit_free(audit);
	close_all();
	return code;
}

static int run_repair(struct cas_error **err)
{
	struct cas_repair what = {0};
	struct cas_audit *audit = NULL;
	int code = cas_audit_new(org, NULL, &audit, err);

	if (code == 0) {
		code = cas_plan_repair(audit, &what, &plan, err);
	}
	code = show_plan(code, err);
	cas_audit_free(audit);
	return code;
}

/* ---- plans ---- */

static int plan_databases(const char *target, struct cas_error **err)
{
	struct cas_objects *databases = NULL;
	struct cas_set_database what = {.rpc_client_access_server = target};
	int code = cas_objects_new(&databases, err);

	if (code == 0) {
		code = cas_objects_match(databases, org, 1U << CAS_KIND_DATABASE, "*",
					 err);
	}
	what.databases = databases;
	if (code == 0) {
		code = cas_plan_set_database(org, &what, &plan, err);
	}
	cas_objects_free(databases);
	return code;
}

static int run_set_database(struct cas_error **err)
{
	return show_plan(plan_databases("outlook", err), err);
}

static int run_new_array(struct cas_error **err)
{
	struct cas_new_array what = {.fqdn = "br.contoso.com", .site = "Branch"};

	return show_plan(cas_plan_new_array(org, &what, &plan, err), err);
}

static int no_problem(void *closure, const char *text, struct cas_error **err)
{
	ck_abort_msg("%s", text);
}

static int run_new_arrays(struct cas_error **err)
{
	static const struct cas_policy policy = {.array_fqdn = "{site}.contoso.com",
						 .array_name = "outlook-{site}"};
	struct cas_new_array what = {.adopt_databases = true};

	org->policy = &policy;
	return show_plan(cas_plan_new_arrays(org, &what, no_problem, NULL, &plan, err),
			 err);
}

static int run_set_array(struct cas_error **err)
{
	struct cas_set_array what = {.identity = "old", .name = "renamed"};

	return show_plan(cas_plan_set_array(org, &what, &plan, err), err);
}

static int run_remove_array(struct cas_error **err)
{
	struct cas_remove_array what = {.identity = "old", .repoint_to = "outlook"};

	return show_plan(cas_plan_remove_array(org, &what, &plan, err), err);
}

/* ---- applying ---- */

static void empty_journals(void)
{
	struct journals fresh = journals;
	DIR *folder = opendir(fresh.folder);
	struct dirent *entry;

	while ((entry = readdir(folder))) {
		if (entry->d_name[0] != '.') {
			unlinkat(dirfd(folder), entry->d_name, 0);
		}
	}
	closedir(folder);
}

static void prepare_apply(void)
{
	empty_journals();
	prepare_org();
	ck_assert_int_eq(plan_databases("outlook", NULL), 0);
}

static int run_apply(struct cas_error **err)
{
	int code = apply(&journals, plan, err);

	close_all();
	return code;
}

/* The file is the old one, unless it was too late for that; a new one has a journal. */
static void applied(int code)
{
	char *text = file_text(fixture_path(f));

	if (code && code != CAS_E_PARTIAL) {
		ck_assert_str_eq(text, original);
	} else {
		ck_assert_str_ne(text, original);
		ck_assert_int_eq(journals_count(&journals), 1);
	}
	free(text);
}

/* A run that is done, or was broken off before anything was changed. */
static void prepare_run(bool whole)
{
	char *path, *text, *end;

	prepare_apply();
	ck_assert_int_eq(apply(&journals, plan, NULL), 0);
	strcpy(done_run, cas_plan_run(plan));
	if (!whole) {
		path = journals_path(&journals, done_run);
		text = file_text(path);
		end = strstr(text, " planned ");
		ck_assert_ptr_nonnull(end);
		file_write(path, text, (size_t)(strchr(end, '\n') + 1 - text));
		free(text);
		free(path);
		prepare_org();
		return;
	}
	cas_plan_free(plan);
	plan = NULL;
	cas_organization_free(org);
	ck_assert_int_eq(
		cas_organization_load(directory, CAS_SCOPE_ALL, NULL, 0, &org, NULL), 0);
}

static void prepare_undo(void)
{
	prepare_run(true);
}

static void prepare_resume(void)
{
	prepare_run(false);
}

static int show_run(const struct cas_run *run, struct cas_error **err)
{
	json_t *value = cas_json_run(run);
	int code = nomem_unless(value, err);

	json_decref(value);
	for (size_t i = 0; code == 0 && i < cas_run_steps(run); i++) {
		value = cas_json_run_step(run, i);
		code = nomem_unless(value, err);
		json_decref(value);
	}
	return code;
}

static int from_history(int (*make)(const struct cas_organization *,
				    const struct cas_run *, struct cas_error **),
			struct cas_error **err)
{
	struct cas_history *history = NULL;
	const struct cas_run *run = NULL;
	int code = cas_history_open(journals.context, journals.folder, directory,
				    &history, err);

	if (code == 0) {
		code = cas_history_find(history, done_run, &run, err);
	}
	if (code == 0) {
		code = make(org, run, err);
	}
	cas_plan_free(plan);
	plan = NULL;
	cas_history_free(history);
	close_all();
	return code;
}

static int only_show(const struct cas_organization *organization,
		     const struct cas_run *run, struct cas_error **err)
{
	return show_run(run, err);
}

static int undo(const struct cas_organization *organization, const struct cas_run *run,
		struct cas_error **err)
{
	int code = cas_plan_undo(organization, run, NULL, &plan, err);

	return code ? code : apply(&journals, plan, err);
}

static int resume(const struct cas_organization *organization, const struct cas_run *run,
		  struct cas_error **err)
{
	int code = cas_plan_resume(organization, run, &plan, err);

	return code ? code : apply(&journals, plan, err);
}

static int run_history(struct cas_error **err)
{
	return from_history(only_show, err);
}

static int run_undo(struct cas_error **err)
{
	return from_history(undo, err);
}

static int run_resume(struct cas_error **err)
{
	return from_history(resume, err);
}

/* The file is either that of before or the one that was wanted, as the code says. */
static void undone(int code)
{
	char *text = file_text(fixture_path(f));

	ck_assert_int_eq(strcmp(text, original) == 0, code == 0 || code == CAS_E_PARTIAL);
	free(text);
}

static void resumed(int code)
{
	char *text = file_text(fixture_path(f));

	ck_assert_int_eq(strcmp(text, original) != 0, code == 0 || code == CAS_E_PARTIAL);
	free(text);
}

static const struct alloc_case cases[] = {
	{"load", NULL, run_load, NULL, 30},
	{"find", prepare_org, run_find, NULL, 5},
	{"json", prepare_org, run_json, NULL, 100},
	{"explain", prepare_org, run_explain, NULL, 20},
	{"audit", prepare_org, run_audit, NULL, 100},
	{"repair", prepare_org, run_repair, NULL, 50},
	{"set-database", prepare_org, run_set_database, NULL, 20},
	{"new-array", prepare_org, run_new_array, NULL, 20},
	{"new-array of all sites", prepare_org, run_new_arrays, NULL, 20},
	{"set-array", prepare_org, run_set_array, NULL, 10},
	{"remove-array", prepare_org, run_remove_array, NULL, 20},
	{"apply", prepare_apply, run_apply, applied, 10, true},
	{"history", prepare_undo, run_history, NULL, 10},
	{"undo", prepare_undo, run_undo, undone, 20, true},
	{"resume", prepare_resume, run_resume, resumed, 20, true},
};

int main(void)
{
	return alloc_main("alloc-plan", setup, teardown, cases, COUNT(cases));
}
