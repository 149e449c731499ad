/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Applying and undoing: what the directory holds afterwards. */
#include "plan/run.h"
#include "runs.h"

static char *original;

static void setup(void)
{
	f = fixture_new();
	fixture_site(f, "HeadOffice");
	fixture_site(f, "Branch");
	fixture_server(f, "EX1", "HeadOffice", MULTI, "14.3.123.4");
	fixture_array(f, "branch", "outlook-b.contoso.com", "Branch");
	fixture_add(f, "description", "kept");
	fixture_array(f, "bare", "bare.contoso.com", NULL);
	fixture_set(f, "networkAddress", "netbios:BARE");
	fixture_array(f, "many", "one.contoso.com", NULL);
	fixture_add(f, "networkAddress", "ncacn_ip_tcp:two.contoso.com");
	fixture_database(f, "DB1", "EX1", "EX1");
	fixture_database(f, "DB2", "EX1", "outlook-b.contoso.com");
	fixture_database(f, "DB3", "EX1", "gone.contoso.com");
	fixture_load(f);
	journals_open(&journals);
	reload();
	original = file_text(fixture_path(f));
}

static void teardown(void)
{
	free(original);
	runs_end();
}

static void expect_original(void)
{
	char *text = file_text(fixture_path(f));

	ck_assert_str_eq(text, original);
	free(text);
}

static void plan_all_databases(const char *target)
{
	struct cas_objects *databases;
	struct cas_set_database what = {.rpc_client_access_server = target};

	reload();
	expect_done(cas_objects_new(&databases, &err), err);
	what.databases = databases;
	expect_done(cas_objects_match(databases, org, 1U << CAS_KIND_DATABASE, "*", &err),
		    err);
	expect_done(cas_plan_set_database(org, &what, &plan, &err), err);
	cas_objects_free(databases);
}

static void apply_all(const char *target)
{
	plan_all_databases(target);
	expect_done(apply(&journals, plan, &err), err);
}

static int undo(const char *id, const char *object)
{
	const struct cas_run *run = run_of(id);

	reload();
	return cas_plan_undo(org, run, object, &plan, &err);
}

static void undo_done(const char *id, const char *object)
{
	expect_done(undo(id, object), err);
	expect_done(apply(&journals, plan, &err), err);
}

static const char *value_of(const char *database)
{
	reload();
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_DATABASE); i++) {
		if (strcmp(CASP_DATABASE(org, i)->object.name, database) == 0) {
			return cas_database_rpc_client_access_server(
				CASP_DATABASE(org, i));
		}
	}
	return NULL;
}

/* ---- each kind of step ---- */

START_TEST(databases)
{
	apply_all("branch");
	ck_assert_uint_eq(cas_plan_count(plan), 3);
	ck_assert_str_eq(value_of("DB1"), "outlook-b.contoso.com");
	ck_assert_str_eq(value_of("DB3"), "outlook-b.contoso.com");
	undo_done(NULL, NULL);
	expect_original();
	ck_assert(notes(plan, "clients of 2 databases"));
}
END_TEST

START_TEST(new_array)
{
	const struct cas_new_array what = {.fqdn = "outlook.contoso.com",
					   .site = "HeadOffice",
					   .adopt_databases = true};
	const struct cas_array *array;

	reload();
	expect_done(cas_plan_new_array(org, &what, &plan, &err), err);
	expect_done(apply(&journals, plan, &err), err);
	ck_assert_str_eq(value_of("DB1"), "outlook.contoso.com");
	ck_assert_uint_eq(CASP_COUNT(org, CAS_KIND_ARRAY), 4);
	array = CASP_ARRAY(org, 3);
	ck_assert_str_eq(array->object.name, "outlook");
	ck_assert_str_eq(array->object.legacy_dn,
			 FIXTURE_LEGACY_SERVER("outlook.contoso.com"));
	ck_assert_int_eq(array->format, CASP_FORMAT_2007);
	ck_assert_int_eq(array->flags, 0x40000000);
	ck_assert(array->object.has_guid);
	undo_done(NULL, NULL);
	/* Databases back before the array goes. */
	ck_assert_int_eq(plan->steps.v[plan->steps.n - 1].action, CAS_ACTION_DELETE);
	expect_original();
}
END_TEST

START_TEST(remove_array)
{
	const struct cas_remove_array what = {.identity = "branch", .force = true};
	char guid[CASP_GUID_TEXT];

	reload();
	strcpy(guid, cas_object_guid(&CASP_ARRAY(org, 0)->object));
	expect_done(cas_plan_remove_array(org, &what, &plan, &err), err);
	expect_done(apply(&journals, plan, &err), err);
	reload();
	ck_assert_uint_eq(CASP_COUNT(org, CAS_KIND_ARRAY), 2);
	undo_done(NULL, NULL);
	reload();
	ck_assert_uint_eq(CASP_COUNT(org, CAS_KIND_ARRAY), 3);
	for (size_t i = 0; i < 3; i++) {
		const struct cas_object *array = &CASP_ARRAY(org, i)->object;
		struct casp_reading reading = {
			.entry = {.dn = array->dn, .name = array->name}};
		bool kept = false;

		if (strcmp(array->name, "branch") != 0) {
			continue;
		}
		ck_assert_str_eq(cas_object_guid(array), guid);
		expect_done(casp_plan_create(org, "look", &plan, &err), err);
		expect_done(casp_plan_read_entries(plan, &reading, 1, false, &err), err);
		for (size_t k = 0; k < reading.entry.n_deltas; k++) {
			kept = kept ||
			       strcmp(reading.entry.deltas[k].old_value, "kept") == 0;
		}
		ck_assert(kept);
	}
	/* The databases that use it never changed. */
	ck_assert_str_eq(value_of("DB2"), "outlook-b.contoso.com");
}
END_TEST

/* What comes out of a journal is text again: only binary values have a length. */
START_TEST(text_and_bytes)
{
	const struct cas_remove_array what = {.identity = "branch", .force = true};
	size_t binary = 0;

	reload();
	expect_done(cas_plan_remove_array(org, &what, &plan, &err), err);
	expect_done(apply(&journals, plan, &err), err);
	expect_done(undo(NULL, NULL), err);
	ck_assert_uint_gt(plan->steps.v[0].n_deltas, 1);
	for (size_t i = 0; i < plan->steps.v[0].n_deltas; i++) {
		const struct casp_delta *delta = &plan->steps.v[0].deltas[i];
		bool guid = strcmp(delta->attribute, "objectGUID") == 0;

		ck_assert_uint_eq(delta->new_n, guid ? 16 : 0);
		binary += guid;
	}
	ck_assert_uint_eq(binary, 1);
}
END_TEST

static const struct {
	struct cas_set_array what;
	const char *name, *fqdn, *site;
} settings[] = {
	{{.identity = "branch", .name = "Filiale, neu"},
	 "Filiale, neu",
	 "outlook-b.contoso.com",
	 "Branch"},
	{{.identity = "branch", .name = "BRANCH"},
	 "BRANCH",
	 "outlook-b.contoso.com",
	 "Branch"},
	{{.identity = "branch", .fqdn = "b.contoso.com"},
	 "branch",
	 "b.contoso.com",
	 "Branch"},
	{{.identity = "branch", .site = "HeadOffice"},
	 "branch",
	 "outlook-b.contoso.com",
	 "HeadOffice"},
	{{.identity = "branch",
	  .name = "x",
	  .fqdn = "x.contoso.com",
	  .site = "HeadOffice"},
	 "x",
	 "x.contoso.com",
	 "HeadOffice"},
	/* Beside the address of another protocol. */
	{{.identity = "bare", .fqdn = "bare.contoso.com"},
	 "bare",
	 "bare.contoso.com",
	 NULL},
	/* Of several addresses one is left. */
	{{.identity = "many", .fqdn = "one.contoso.com"},
	 "many",
	 "one.contoso.com",
	 NULL},
	{{.identity = "many", .fqdn = "x.contoso.com"}, "many", "x.contoso.com", NULL},
};

static size_t index_of(const char *array)
{
	size_t i = 0;

	while (strcmp(CASP_ARRAY(org, i)->object.dn, fixture_array_dn(array)) != 0) {
		i++;
	}
	return i;
}

START_TEST(set_array)
{
	const struct cas_array *array;
	unsigned others = strcmp(settings[_i].what.identity, "bare") == 0;
	char run[32];
	size_t i;

	reload();
	i = index_of(settings[_i].what.identity);
	expect_done(cas_plan_set_array(org, &settings[_i].what, &plan, &err), err);
	expect_done(apply(&journals, plan, &err), err);
	reload();
	array = CASP_ARRAY(org, i);
	ck_assert_str_eq(array->object.name, settings[_i].name);
	ck_assert_str_eq(array->fqdn, settings[_i].fqdn);
	ck_assert_pstr_eq(array->site ? array->site->object.name : NULL,
			  settings[_i].site);
	ck_assert_uint_eq(array->n_other, others);
	ck_assert_uint_eq(array->n_tcp, 1);
	undo_done(NULL, NULL);
	strcpy(run, cas_plan_run(plan));
	if (strcmp(settings[_i].what.identity, "many") == 0) {
		/* Values have no order: the one brought back stands by the other. */
		reload();
		ck_assert_uint_eq(CASP_ARRAY(org, i)->n_tcp, 2);
		ck_assert_str_eq(CASP_ARRAY(org, i)->fqdn, "one.contoso.com");
	} else {
		expect_original();
	}
	/* And the undo undone. */
	undo_done(run, NULL);
	reload();
	ck_assert_str_eq(CASP_ARRAY(org, i)->object.name, settings[_i].name);
	ck_assert_str_eq(CASP_ARRAY(org, i)->fqdn, settings[_i].fqdn);
	ck_assert_uint_eq(CASP_ARRAY(org, i)->n_other, others);
	ck_assert_uint_eq(CASP_ARRAY(org, i)->n_tcp, 1);
}
END_TEST

/* ---- one object ---- */

START_TEST(one_object)
{
	char run[32];
	const struct cas_run *first;

	apply_all("EX1");
	strcpy(run, cas_plan_run(plan));
	expect_error(undo(run, "DB9"), err, CAS_E_NOT_FOUND, "changed no object 'DB9'");
	expect_error(undo(run, ""), err, CAS_E_USAGE, "empty");
	/* It was right before. */
	expect_error(undo(run, "DB1"), err, CAS_E_NOT_FOUND, "DB1");
	undo_done(run, "db2");
	ck_assert_uint_eq(cas_plan_count(plan), 1);
	ck_assert_str_eq(value_of("DB2"), "outlook-b.contoso.com");
	ck_assert_str_eq(value_of("DB3"), "EX1.contoso.com");
	/* A part: the run as a whole can still be undone. */
	first = run_of(run);
	ck_assert_str_eq(cas_run_undone_by(first), "");
	undo_done(run, fixture_database_dn("DB3"));
	expect_original();
	undo_done(run, NULL);
	ck_assert_int_eq(plan->steps.v[0].outcome, CAS_OUTCOME_ALREADY);
	ck_assert_str_eq(cas_run_undone_by(run_of(run)), cas_plan_run(plan));
}
END_TEST

START_TEST(by_guid)
{
	char run[32], guid[CASP_GUID_TEXT];

	apply_all("branch");
	strcpy(run, cas_plan_run(plan));
	reload();
	strcpy(guid, cas_object_guid(&CASP_DATABASE(org, 0)->object));
	ck_assert_str_eq(CASP_DATABASE(org, 0)->object.name, "DB1");
	expect_done(undo(run, guid), err);
	ck_assert_uint_eq(cas_plan_count(plan), 1);
	ck_assert_str_eq(plan->steps.v[0].name, "DB1");
}
END_TEST

/* ---- refusals ---- */

START_TEST(twice)
{
	char run[32], undone[32];

	apply_all("branch");
	strcpy(run, cas_plan_run(plan));
	undo_done(NULL, NULL);
	strcpy(undone, cas_plan_run(plan));
	ck_assert_str_eq(cas_run_undoes(run_of(undone)), run);
	ck_assert_str_eq(cas_run_undone_by(run_of(run)), undone);
	ck_assert_int_eq(undo(run, NULL), CAS_E_REFUSED);
	ck_assert(strstr(cas_error_hint(err), undone));
	expect_error(CAS_E_REFUSED, err, CAS_E_REFUSED, "undone already");
	{
		const struct cas_run *none;

		expect_error(cas_history_find(history, NULL, &none, &err), err,
			     CAS_E_NOT_FOUND, "no run to undo");
	}
	/* Undoing the undo makes the run one that can be undone again. */
	undo_done(undone, NULL);
	ck_assert_str_eq(value_of("DB1"), "outlook-b.contoso.com");
	ck_assert_str_eq(cas_run_undone_by(run_of(run)), "");
	undo_done(run, NULL);
	expect_original();
}
END_TEST

START_TEST(changed_since)
{
	apply_all("branch");
	edit("outlook-b.contoso.com/cn=Microsoft Private MDB",
	     "elsewhere.contoso.com/cn=Microsoft Private MDB");
	expect_done(undo(NULL, NULL), err);
	expect_error(apply(&journals, plan, &err), err, CAS_E_CONFLICT,
		     "legacyExchangeDN");
	ck_assert_int_eq(run_of(cas_plan_run(plan))->state, CAS_RUN_CONFLICT);
	ck_assert_str_eq(value_of("DB1"), "elsewhere.contoso.com");
	ck_assert_str_eq(value_of("DB3"), "outlook-b.contoso.com");
}
END_TEST

START_TEST(array_in_use)
{
	const struct cas_new_array what = {.fqdn = "outlook.contoso.com",
					   .site = "HeadOffice"};
	char run[32];

	reload();
	expect_done(cas_plan_new_array(org, &what, &plan, &err), err);
	expect_done(apply(&journals, plan, &err), err);
	strcpy(run, cas_plan_run(plan));
	apply_all("outlook");
	expect_error(undo(run, NULL), err, CAS_E_REFUSED, "the database 'DB1' uses it");
}
END_TEST

/* What was added to the array since comes back when the undo is undone. */
START_TEST(array_changed_since)
{
	const struct cas_new_array what = {.fqdn = "outlook.contoso.com",
					   .site = "HeadOffice"};
	char *text;

	reload();
	expect_done(cas_plan_new_array(org, &what, &plan, &err), err);
	expect_done(apply(&journals, plan, &err), err);
	edit("cn: outlook\n", "cn: outlook\ndescription: added since\n");
	undo_done(NULL, NULL);
	expect_original();
	undo_done(cas_plan_run(plan), NULL);
	text = file_text(fixture_path(f));
	ck_assert_ptr_nonnull(strstr(text, "description: added since\n"));
	free(text);
	/* Another value: the undo is a conflict. */
	edit("ncacn_ip_tcp:outlook.contoso.com", "ncacn_ip_tcp:other.contoso.com");
	expect_done(undo(NULL, NULL), err);
	expect_error(apply(&journals, plan, &err), err, CAS_E_CONFLICT, "networkAddress");
}
END_TEST

START_TEST(other_directory)
{
	const struct cas_run *run;
	struct cas_run other;

	apply_all("branch");
	run = run_of(NULL);
	reload();
	other = *run;
	other.address = other.identity = "/another.ldif";
	expect_error(cas_plan_undo(org, &other, NULL, &plan, &err), err, CAS_E_REFUSED,
		     "'/another.ldif'");
	other = *run;
	other.state = CAS_RUN_DAMAGED;
	expect_error(cas_plan_undo(org, &other, NULL, &plan, &err), err, CAS_E_REFUSED,
		     "damaged");
	other = *run;
	other.state = CAS_RUN_INTERRUPTED;
	ck_assert_int_eq(cas_plan_undo(org, &other, NULL, &plan, &err), CAS_E_REFUSED);
	ck_assert(strstr(cas_error_hint(err), "casarray resume"));
	expect_error(CAS_E_REFUSED, err, CAS_E_REFUSED, "interrupted");
	other = *run;
	other.n_done = 0;
	expect_error(cas_plan_undo(org, &other, NULL, &plan, &err), err, CAS_E_REFUSED,
		     "changed nothing");
}
END_TEST

/* ---- applying ---- */

START_TEST(conflict)
{
	const struct cas_run *run;

	plan_all_databases("branch");
	edit("/cn=EX1/cn=Microsoft Private MDB", "/cn=EX9/cn=Microsoft Private MDB");
	expect_error(apply(&journals, plan, &err), err, CAS_E_CONFLICT, "DB1");
	ck_assert_int_eq(step_of(plan, "DB1")->outcome, CAS_OUTCOME_CONFLICT);
	ck_assert_int_eq(step_of(plan, "DB3")->outcome, CAS_OUTCOME_NOT_TRIED);
	run = run_of(cas_plan_run(plan));
	ck_assert_int_eq(run->state, CAS_RUN_CONFLICT);
	ck_assert_uint_eq(run->n_done, 0);
	ck_assert_str_ne(run->message, "");
	ck_assert_int_eq(casp_run_step(run, 0)->outcome, CAS_OUTCOME_CONFLICT);
	ck_assert_str_ne(casp_run_step(run, 0)->outcome_reason, "");
	ck_assert_str_eq(value_of("DB3"), "gone.contoso.com");
}
END_TEST

START_TEST(same_by_now)
{
	plan_all_databases("branch");
	edit("/cn=EX1/cn=Microsoft Private MDB",
	     "/cn=outlook-b.contoso.com/cn=Microsoft Private MDB");
	expect_done(apply(&journals, plan, &err), err);
	ck_assert_int_eq(step_of(plan, "DB1")->outcome, CAS_OUTCOME_ALREADY);
	ck_assert_int_eq(step_of(plan, "DB3")->outcome, CAS_OUTCOME_DONE);
	ck_assert_int_eq(run_of(NULL)->state, CAS_RUN_DONE);
	/* Not ours to undo. */
	undo_done(NULL, NULL);
	ck_assert_str_eq(value_of("DB1"), "outlook-b.contoso.com");
	ck_assert_str_eq(value_of("DB3"), "gone.contoso.com");
}
END_TEST

START_TEST(interrupted_before)
{
	volatile int flag = 1;
	struct cas_apply how = {.journal = journals.folder};

	plan_all_databases("branch");
	cas_context_set_interrupt(directory->context, &flag);
	expect_error(cas_plan_apply(plan, directory, &how, &err), err, CAS_E_INTERRUPTED,
		     "nothing was written");
	ck_assert_int_eq(journals_count(&journals), 0);
	cas_context_set_interrupt(directory->context, NULL);
	expect_original();
}
END_TEST

static int lose_track(struct cas_directory *of, const struct casp_change *changes,
		      size_t n, struct casp_result *results, struct cas_error **error)
{
	for (size_t i = 0; i < n; i++) {
		results[i].outcome = CAS_OUTCOME_UNKNOWN;
	}
	return casp_error(error, CAS_E_PARTIAL, "replaced, but may be lost");
}

/* A store that cannot tell what it wrote: the run is not called failed, but left to
 * resume. */
START_TEST(store_lost_track)
{
	static const struct casp_store store = {.commit = lose_track};
	struct cas_apply how = {.journal = journals.folder};
	struct cas_directory lossy;

	plan_all_databases("branch");
	lossy = *directory;
	lossy.store = &store;
	ck_assert_int_eq(cas_plan_apply(plan, &lossy, &how, &err), CAS_E_PARTIAL);
	ck_assert_ptr_nonnull(strstr(cas_error_hint(err), "casarray resume "));
	expect_error(CAS_E_PARTIAL, err, CAS_E_PARTIAL, "may be lost");
	ck_assert_int_eq(run_of(cas_plan_run(plan))->state, CAS_RUN_INTERRUPTED);
}
END_TEST

START_TEST(applied_twice)
{
	apply_all("branch");
	expect_error(apply(&journals, plan, &err), err, CAS_E_USAGE, "applied already");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("undo");
	TCase *tcase = tcase_create("undo");

	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, databases);
	tcase_add_test(tcase, new_array);
	tcase_add_test(tcase, remove_array);
	tcase_add_test(tcase, text_and_bytes);
	tcase_add_loop_test(tcase, set_array, 0, COUNT(settings));
	tcase_add_test(tcase, one_object);
	tcase_add_test(tcase, by_guid);
	tcase_add_test(tcase, twice);
	tcase_add_test(tcase, changed_since);
	tcase_add_test(tcase, array_in_use);
	tcase_add_test(tcase, array_changed_since);
	tcase_add_test(tcase, other_directory);
	tcase_add_test(tcase, conflict);
	tcase_add_test(tcase, same_by_now);
	tcase_add_test(tcase, interrupted_before);
	tcase_add_test(tcase, store_lost_track);
	tcase_add_test(tcase, applied_twice);
	return unit_main(suite);
}
