/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finishing a run that was interrupted: what the directory shows decides. */
#include "plan/run.h"
#include "runs.h"

#include <fcntl.h>

static char *before;

static void setup(void)
{
	f = fixture_new();
	fixture_site(f, "HeadOffice");
	fixture_server(f, "EX1", "HeadOffice", MULTI, "14.3.123.4");
	fixture_array(f, "head", "outlook.contoso.com", "HeadOffice");
	fixture_array(f, "spare", "spare.contoso.com", NULL);
	fixture_database(f, "DB1", "EX1", "EX1");
	fixture_database(f, "DB2", "EX1", "EX1");
	fixture_load(f);
	before = file_text(fixture_path(f));
	journals_open(&journals);
}

static void teardown(void)
{
	free(before);
	runs_end();
}

/* The journal as the kill left it: up to the line "planned" and so many bytes of the
 * next. */
static void interrupt(const char *run, size_t more)
{
	char *path = journals_path(&journals, run), *text = file_text(path);
	char *mark = strstr(text, " planned ");

	ck_assert_ptr_nonnull(mark);
	file_write(path, text, (size_t)(strchr(mark, '\n') + 1 - text) + more);
	free(text);
	free(path);
}

enum what {
	SET_DATABASES,
	NEW_ARRAY,
	REMOVE_ARRAY,
	RENAME_ARRAY,
	RENAME_CASE,
	SET_FQDN,
};

static void make_plan(enum what what)
{
	const struct cas_new_array new_array = {.fqdn = "new.contoso.com",
						.site = "HeadOffice",
						.allow_second_array = true};
	const struct cas_remove_array remove_array = {.identity = "spare"};
	const struct cas_set_array rename = {.identity = "spare", .name = "renamed"};
	const struct cas_set_array recase = {.identity = "spare", .name = "Spare"};
	const struct cas_set_array fqdn = {.identity = "spare", .fqdn = "s.contoso.com"};
	struct cas_set_database set = {.rpc_client_access_server = "auto"};
	struct cas_objects *databases;

	reload();
	switch (what) {
	case SET_DATABASES:
		expect_done(cas_objects_new(&databases, &err), err);
		set.databases = databases;
		expect_done(cas_objects_match(databases, org, 1U << CAS_KIND_DATABASE,
					      "*", &err),
			    err);
		expect_done(cas_plan_set_database(org, &set, &plan, &err), err);
		cas_objects_free(databases);
		break;
	case NEW_ARRAY:
		expect_done(cas_plan_new_array(org, &new_array, &plan, &err), err);
		break;
	case REMOVE_ARRAY:
		expect_done(cas_plan_remove_array(org, &remove_array, &plan, &err), err);
		break;
	case RENAME_ARRAY:
		expect_done(cas_plan_set_array(org, &rename, &plan, &err), err);
		break;
	case RENAME_CASE:
		expect_done(cas_plan_set_array(org, &recase, &plan, &err), err);
		break;
	case SET_FQDN:
		expect_done(cas_plan_set_array(org, &fqdn, &plan, &err), err);
		break;
	}
}

static const struct {
	enum what what;
	bool written; /* was the file replaced before the kill? */
	size_t torn;  /* bytes of a torn record at the end of the journal */
} cases[] = {
	{SET_DATABASES, false, 0}, {SET_DATABASES, true, 0}, {SET_DATABASES, false, 7},
	{SET_DATABASES, true, 7},  {NEW_ARRAY, false, 0},    {NEW_ARRAY, true, 0},
	{REMOVE_ARRAY, false, 0},  {REMOVE_ARRAY, true, 0},  {RENAME_ARRAY, false, 0},
	{RENAME_ARRAY, true, 0},   {RENAME_CASE, false, 0},  {RENAME_CASE, true, 0},
	{SET_FQDN, false, 0},      {SET_FQDN, true, 0},
};

/* Whether the kill came before or after the file was replaced: resume finishes, undo
 * takes it all back. */
START_TEST(finish)
{
	const struct cas_run *run;
	char id[32], *after, *now;

	make_plan(cases[_i].what);
	expect_done(apply(&journals, plan, &err), err);
	strcpy(id, cas_plan_run(plan));
	after = file_text(fixture_path(f));
	ck_assert_str_ne(before, after);
	interrupt(id, cases[_i].torn);
	if (!cases[_i].written) {
		file_write(fixture_path(f), before, strlen(before));
	}
	run = run_of(id);
	ck_assert_int_eq(run->state, CAS_RUN_INTERRUPTED);
	reload();
	expect_done(cas_plan_resume(org, run, &plan, &err), err);
	for (size_t i = 0; i < plan->steps.n; i++) {
		ck_assert_int_eq(plan->steps.v[i].outcome, cases[_i].written
								   ? CAS_OUTCOME_DONE
								   : CAS_OUTCOME_PLANNED);
	}
	expect_done(apply(&journals, plan, &err), err);
	ck_assert_str_eq(cas_plan_run(plan), id);
	ck_assert_int_eq(journals_count(&journals), 1);
	now = file_text(fixture_path(f));
	if (cases[_i].what == NEW_ARRAY && !cases[_i].written) {
		/* Another objectGUID. */
		ck_assert_uint_eq(strlen(now), strlen(after));
	} else {
		ck_assert_str_eq(now, after);
	}
	run = run_of(id);
	ck_assert_int_eq(run->state, CAS_RUN_DONE);
	ck_assert_uint_eq(run->n_done, run->n_steps);
	free(now);
	reload();
	expect_done(cas_plan_undo(org, run, NULL, &plan, &err), err);
	expect_done(apply(&journals, plan, &err), err);
	now = file_text(fixture_path(f));
	ck_assert_uint_eq(strlen(now), strlen(before));
	if (cases[_i].what != REMOVE_ARRAY) {
		ck_assert_str_eq(now, before);
	}
	free(now);
	free(after);
}
END_TEST

/* One object is as planned, one was given another value by somebody else. */
START_TEST(conflict)
{
	const struct cas_run *run;
	char id[32];

	make_plan(SET_DATABASES);
	expect_done(apply(&journals, plan, &err), err);
	strcpy(id, cas_plan_run(plan));
	interrupt(id, 0);
	edit("outlook.contoso.com/cn=Microsoft Private MDB",
	     "elsewhere.contoso.com/cn=Microsoft Private MDB");
	run = run_of(id);
	reload();
	expect_done(cas_plan_resume(org, run, &plan, &err), err);
	ck_assert_int_eq(step_of(plan, "DB1")->outcome, CAS_OUTCOME_CONFLICT);
	ck_assert_int_eq(step_of(plan, "DB2")->outcome, CAS_OUTCOME_DONE);
	expect_error(apply(&journals, plan, &err), err, CAS_E_PARTIAL, "1 of 2 changes");
	run = run_of(id);
	ck_assert_int_eq(run->state, CAS_RUN_PARTIAL);
	ck_assert_uint_eq(run->n_done, 1);
	/* What was done can be undone. */
	reload();
	expect_done(cas_plan_undo(org, run, NULL, &plan, &err), err);
	ck_assert_uint_eq(cas_plan_count(plan), 1);
	ck_assert_str_eq(plan->steps.v[0].name, "DB2");
}
END_TEST

START_TEST(half_done)
{
	const struct cas_run *run;
	char id[32];

	make_plan(SET_DATABASES);
	expect_done(apply(&journals, plan, &err), err);
	strcpy(id, cas_plan_run(plan));
	interrupt(id, 0);
	edit("outlook.contoso.com/cn=Microsoft Private MDB",
	     "EX1/cn=Microsoft Private MDB");
	run = run_of(id);
	reload();
	expect_done(cas_plan_resume(org, run, &plan, &err), err);
	ck_assert_int_eq(step_of(plan, "DB1")->outcome, CAS_OUTCOME_PLANNED);
	ck_assert_int_eq(step_of(plan, "DB2")->outcome, CAS_OUTCOME_DONE);
	/* The impact is that of what is left. */
	ck_assert_uint_eq(cas_plan_databases(plan), 1);
	expect_done(apply(&journals, plan, &err), err);
	run = run_of(id);
	ck_assert_int_eq(run->state, CAS_RUN_DONE);
	ck_assert_uint_eq(run->n_done, 2);
}
END_TEST

/* The results are in the journal, its end is not: nothing is recorded twice. */
START_TEST(only_the_end_is_missing)
{
	const struct cas_run *run;
	char id[32], *path, *text, *end;

	make_plan(SET_DATABASES);
	expect_done(apply(&journals, plan, &err), err);
	strcpy(id, cas_plan_run(plan));
	path = journals_path(&journals, id);
	text = file_text(path);
	end = strstr(text, " end ");
	ck_assert_ptr_nonnull(end);
	while (end[-1] != '\n') {
		end--;
	}
	file_write(path, text, (size_t)(end - text));
	run = run_of(id);
	ck_assert_int_eq(run->state, CAS_RUN_INTERRUPTED);
	ck_assert_uint_eq(run->n_done, 2);
	reload();
	expect_done(cas_plan_resume(org, run, &plan, &err), err);
	ck_assert_uint_eq(cas_plan_databases(plan), 0);
	expect_done(apply(&journals, plan, &err), err);
	run = run_of(id);
	ck_assert_int_eq(run->state, CAS_RUN_DONE);
	ck_assert_uint_eq(run->n_done, 2);
	free(text);
	free(path);
}
END_TEST

START_TEST(gone)
{
	const struct cas_run *run;
	char id[32];

	make_plan(SET_FQDN);
	expect_done(apply(&journals, plan, &err), err);
	strcpy(id, cas_plan_run(plan));
	interrupt(id, 0);
	edit("CN=spare,CN=Arrays", "CN=other,CN=Arrays");
	run = run_of(id);
	reload();
	expect_done(cas_plan_resume(org, run, &plan, &err), err);
	ck_assert_int_eq(plan->steps.v[0].outcome, CAS_OUTCOME_CONFLICT);
	ck_assert_str_eq(plan->steps.v[0].outcome_reason, "the object is gone");
	expect_error(apply(&journals, plan, &err), err, CAS_E_CONFLICT, "1 of 1 changes");
	ck_assert_int_eq(run_of(id)->state, CAS_RUN_CONFLICT);
}
END_TEST

START_TEST(refused)
{
	const struct cas_run *run, *none;
	struct cas_run other;
	char id[32];

	make_plan(SET_DATABASES);
	expect_done(apply(&journals, plan, &err), err);
	strcpy(id, cas_plan_run(plan));
	run = run_of(id);
	reload();
	expect_error(cas_plan_resume(org, run, &plan, &err), err, CAS_E_REFUSED,
		     "its state is 'done'");
	interrupt(id, 0);
	run = run_of(id);
	other = *run;
	other.address = other.identity = "/another.ldif";
	expect_error(cas_plan_resume(org, &other, &plan, &err), err, CAS_E_REFUSED,
		     "'/another.ldif'");
	other = *run;
	other.state = CAS_RUN_DAMAGED;
	expect_error(cas_plan_resume(org, &other, &plan, &err), err, CAS_E_REFUSED,
		     "damaged");
	/* It blocks the undo of the last run. */
	ck_assert_int_eq(cas_history_find(history, NULL, &none, &err), CAS_E_REFUSED);
	ck_assert_ptr_nonnull(strstr(cas_error_hint(err), "casarray resume "));
	expect_error(CAS_E_REFUSED, err, CAS_E_REFUSED, "was interrupted");
}
END_TEST

/* Whoever applies a run holds its journal. */
START_TEST(in_progress)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	char id[32], *path;
	int fd;

	make_plan(SET_DATABASES);
	expect_done(apply(&journals, plan, &err), err);
	strcpy(id, cas_plan_run(plan));
	interrupt(id, 0);
	path = journals_path(&journals, id);
	fd = open(path, O_RDWR);
	ck_assert_int_eq(fcntl(fd, F_OFD_SETLK, &whole), 0);
	reload();
	expect_done(cas_plan_resume(org, run_of(id), &plan, &err), err);
	expect_error(apply(&journals, plan, &err), err, CAS_E_CONFLICT,
		     "another process is at work");
	close(fd);
	free(path);
}
END_TEST

/* Between the plan and its application somebody else resumed the run. */
START_TEST(resumed_meanwhile)
{
	struct cas_plan *other;
	char id[32];

	make_plan(SET_DATABASES);
	expect_done(apply(&journals, plan, &err), err);
	strcpy(id, cas_plan_run(plan));
	interrupt(id, 0);
	reload();
	expect_done(cas_plan_resume(org, run_of(id), &plan, &err), err);
	expect_done(cas_plan_resume(org, run_of(id), &other, &err), err);
	expect_done(apply(&journals, other, &err), err);
	expect_error(apply(&journals, plan, &err), err, CAS_E_CONFLICT,
		     "not interrupted any more");
	cas_plan_free(other);
}
END_TEST

/* As on a server that was lost: of one change there is an answer. */
static int lose(struct cas_directory *lost, const struct casp_change *changes, size_t n,
		struct casp_result *results, struct cas_error **error)
{
	for (size_t i = 0; i < n; i++) {
		results[i].outcome = i ? CAS_OUTCOME_UNKNOWN : CAS_OUTCOME_DONE;
	}
	return casp_error(error, CAS_E_PARTIAL, "lost");
}

START_TEST(answers_that_are_lost)
{
	const struct casp_store *file;
	struct casp_store store;
	char id[32];

	make_plan(SET_DATABASES);
	ck_assert(!cas_plan_interrupted(plan));
	file = directory->store;
	store = *file;
	store.commit = lose;
	directory->store = &store;
	expect_error(apply(&journals, plan, &err), err, CAS_E_PARTIAL, "lost");
	directory->store = file;
	ck_assert(cas_plan_interrupted(plan));
	strcpy(id, cas_plan_run(plan));
	reload();
	expect_done(cas_plan_resume(org, run_of(id), &plan, &err), err);
	expect_done(apply(&journals, plan, &err), err);
	ck_assert(!cas_plan_interrupted(plan));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("resume");
	TCase *tcase = tcase_create("resume");

	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, finish, 0, COUNT(cases));
	tcase_add_test(tcase, conflict);
	tcase_add_test(tcase, half_done);
	tcase_add_test(tcase, only_the_end_is_missing);
	tcase_add_test(tcase, gone);
	tcase_add_test(tcase, refused);
	tcase_add_test(tcase, in_progress);
	tcase_add_test(tcase, resumed_meanwhile);
	tcase_add_test(tcase, answers_that_are_lost);
	return unit_main(suite);
}
