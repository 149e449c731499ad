/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal: records, what a damaged file is taken for, the history. */
#include "planned.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "plan/record.h"
#include "plan/run.h"

static struct fixture *f;
static struct cas_organization *org;
static struct cas_plan *plan;
static struct cas_error *err;
static struct journals journals;
static struct cas_history *history;

static void setup(void)
{
	f = fixture_new();
	fixture_site(f, "HeadOffice");
	fixture_server(f, "EX1", "HeadOffice", MULTI, "14.3.123.4");
	fixture_array(f, "head", "outlook.contoso.com", "HeadOffice");
	fixture_database(f, "DB1", "EX1", "EX1");
	fixture_database(f, "DB2", "EX1", "EX1");
	org = fixture_load(f);
	journals_open(&journals);
}

static void teardown(void)
{
	cas_history_free(history);
	history = NULL;
	cas_plan_free(plan);
	plan = NULL;
	journals_close(&journals);
	fixture_free(f);
}

/* ---- records ---- */

static const char *const texts[] = {
	"", "plain", "tab\tlf\nbackslash\\", "\\t", "\\-", "-", "caf\xc3\xa9", "\r", NULL,
};

START_TEST(fields)
{
	struct casp_record_writer writer = {.sequence = 7};
	struct casp_record record;
	struct casp_str text;

	casp_record_begin(&writer, "type");
	for (int i = 0; i < COUNT(texts); i++) {
		casp_record_text(&writer, texts[i]);
	}
	casp_record_bytes(&writer, CASP_STR("a\0b\0"));
	casp_record_number(&writer, INT64_MIN + 1);
	casp_record_end(&writer);
	ck_assert_int_eq(writer.buf.p[writer.buf.n - 1], '\n');
	ck_assert(memchr(writer.buf.p, '\n', writer.buf.n) ==
		  writer.buf.p + writer.buf.n - 1);
	ck_assert(casp_record_parse(writer.buf.p, writer.buf.n - 1, &record));
	ck_assert_uint_eq(record.sequence, 7);
	ck_assert(casp_str_equal(record.type, CASP_STR("type")));
	for (int i = 0; i < COUNT(texts); i++) {
		text = casp_record_field(&record);
		ck_assert_pstr_eq(text.p, texts[i]);
	}
	ck_assert(casp_str_equal(casp_record_field(&record), CASP_STR("a\0b\0")));
	ck_assert(casp_record_int(&record) == INT64_MIN + 1);
	ck_assert(!record.bad);
	casp_record_field(&record);
	ck_assert(record.bad);
	casp_buf_free(&writer.buf);
}
END_TEST

/* Bytes are looked at by eights: each of the four at each place. */
START_TEST(escapes)
{
	static const char specials[] = {'\t', '\n', '\\', '\0'};

	for (size_t at = 0; at < 25; at++) {
		struct casp_record_writer writer = {0};
		struct casp_record record;
		char bytes[25];
		struct casp_str field;

		memset(bytes, at % 2 ? 'x' : '\xe9', sizeof(bytes));
		bytes[at] = specials[_i];
		casp_record_begin(&writer, "type");
		casp_record_bytes(&writer, (struct casp_str){bytes, sizeof(bytes)});
		casp_record_end(&writer);
		ck_assert(!memchr(writer.buf.p, specials[_i], writer.buf.n - 1) ||
			  specials[_i] == '\\');
		ck_assert(casp_record_parse(writer.buf.p, writer.buf.n - 1, &record));
		field = casp_record_field(&record);
		ck_assert(casp_str_equal(field, (struct casp_str){bytes, sizeof(bytes)}));
		ck_assert(!record.bad);
		casp_buf_free(&writer.buf);
	}
}
END_TEST

START_TEST(checksum)
{
	struct casp_record_writer writer = {.sequence = 1};

	casp_record_begin(&writer, "end");
	casp_record_text(&writer, "done");
	casp_record_text(&writer, "");
	casp_record_end(&writer);
	/* From another implementation: zlib.crc32(b"1 end done\t"). */
	ck_assert_str_eq(writer.buf.p, "4a16caf6 1 end done\t\n");
	casp_buf_free(&writer.buf);
}
END_TEST

/* No single bit can change unnoticed. */
START_TEST(bit_flips)
{
	struct casp_record_writer writer = {0};
	struct casp_record record;

	casp_record_begin(&writer, "end");
	casp_record_text(&writer, "done");
	casp_record_end(&writer);
	for (size_t bit = 0; bit < (writer.buf.n - 1) * 8; bit++) {
		char copy[64];

		memcpy(copy, writer.buf.p, writer.buf.n);
		copy[bit / 8] ^= (char)(1 << bit % 8);
		ck_assert_msg(!casp_record_parse(copy, writer.buf.n - 1, &record),
			      "bit %zu", bit);
	}
	casp_buf_free(&writer.buf);
}
END_TEST

/* ---- a run ---- */

static void run_once(const char *database)
{
	struct cas_objects *databases;
	struct cas_set_database what = {.rpc_client_access_server = "auto"};

	cas_plan_free(plan);
	plan = NULL;
	ck_assert_int_eq(cas_objects_new(&databases, NULL), 0);
	what.databases = databases;
	expect_done(cas_objects_match(databases, org, 1U << CAS_KIND_DATABASE, database,
				      &err),
		    err);
	expect_done(cas_plan_set_database(org, &what, &plan, &err), err);
	expect_done(apply(&journals, plan, &err), err);
	cas_objects_free(databases);
}

static void open_history(const struct cas_directory *directory)
{
	cas_history_free(history);
	history = NULL;
	expect_done(cas_history_open(journals.context, journals.folder, directory,
				     &history, &err),
		    err);
}

static const struct cas_run *only_run(void)
{
	const struct cas_run *run, *more;

	open_history(NULL);
	ck_assert_int_eq(cas_history_next(history, &run, &err), 1);
	ck_assert_int_eq(cas_history_next(history, &more, &err), 0);
	return run;
}

START_TEST(whole)
{
	const struct cas_run *run;
	const struct casp_step *step;
	struct stat st;
	char *path;

	run_once("*");
	ck_assert_uint_eq(strlen(cas_plan_run(plan)), strlen("20261121-184501-3f9a"));
	path = journals_path(&journals, cas_plan_run(plan));
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	free(path);
	run = only_run();
	ck_assert_str_eq(cas_run_id(run), cas_plan_run(plan));
	ck_assert_str_eq(cas_run_who(run), "tester@host");
	ck_assert_str_eq(cas_run_command(run), "casarray test");
	ck_assert_str_eq(cas_run_address(run),
			 cas_directory_address(cas_organization_directory(org)));
	ck_assert_str_eq(run->title, "set-database");
	ck_assert_int_eq(cas_run_state(run), CAS_RUN_DONE);
	ck_assert_int_gt(cas_run_time(run), 1700000000);
	ck_assert_uint_eq(cas_run_steps(run), 2);
	ck_assert_uint_eq(run->n_done, 2);
	step = casp_run_step(run, 1);
	ck_assert_str_eq(step->name, "DB2");
	ck_assert_str_eq(step->dn, fixture_database_dn("DB2"));
	ck_assert_str_eq(step->shown, "RpcClientAccessServer");
	ck_assert_int_eq(step->kind, CAS_KIND_DATABASE);
	ck_assert_int_eq(step->outcome, CAS_OUTCOME_DONE);
	ck_assert_str_eq(step->deltas[0].old_value,
			 FIXTURE_LEGACY_SERVER("EX1") "/cn=Microsoft Private MDB");
	ck_assert_str_eq(step->deltas[0].new_shown, "outlook.contoso.com");
	ck_assert_ptr_null(step->new_name);
	ck_assert_ptr_null(casp_run_step(run, 2));
}
END_TEST

START_TEST(empty_plan)
{
	struct cas_objects *databases;
	struct cas_set_database what = {.rpc_client_access_server = "EX1"};
	char *before = file_text(fixture_path(f)), *after;

	ck_assert_int_eq(cas_objects_new(&databases, NULL), 0);
	what.databases = databases;
	expect_done(cas_objects_match(databases, org, 1U << CAS_KIND_DATABASE, "*", &err),
		    err);
	expect_done(cas_plan_set_database(org, &what, &plan, &err), err);
	ck_assert_uint_eq(cas_plan_count(plan), 2);
	expect_done(apply(&journals, plan, &err), err);
	cas_objects_free(databases);
	ck_assert_int_eq(journals_count(&journals), 0);
	ck_assert_str_eq(cas_plan_run(plan), "");
	after = file_text(fixture_path(f));
	ck_assert_str_eq(before, after);
	free(before);
	free(after);
}
END_TEST

/* ---- damage ---- */

/* Offsets of the lines of the one journal: run, step, delta, step, delta, planned,
 * result, end. */
enum line {
	RUN,
	STEP,
	DELTA,
	STEP2,
	DELTA2,
	PLANNED,
	RESULT,
	END,
	LINES,
};

static const struct {
	const char *what;
	enum line cut;  /* keep the lines before this one ... */
	int more;       /* ... and so many bytes of it */
	enum line flip; /* LINES: none; else a bit of this line changes */
	enum cas_run_state state;
	size_t steps;
} damages[] = {
	{"whole", LINES, 0, LINES, CAS_RUN_DONE, 2},
	{"no end", END, 0, LINES, CAS_RUN_INTERRUPTED, 2},
	{"torn end", END, 12, LINES, CAS_RUN_INTERRUPTED, 2},
	{"no result", RESULT, 0, LINES, CAS_RUN_INTERRUPTED, 2},
	{"torn result", RESULT, 5, LINES, CAS_RUN_INTERRUPTED, 2},
	{"no mark", PLANNED, 0, LINES, CAS_RUN_FAILED, 0},
	{"torn mark", PLANNED, 20, LINES, CAS_RUN_FAILED, 0},
	{"torn delta", DELTA2, 30, LINES, CAS_RUN_FAILED, 0},
	{"torn head", RUN, 30, LINES, CAS_RUN_FAILED, 0},
	{"empty", RUN, 0, LINES, CAS_RUN_FAILED, 0},
	{"bad end", LINES, 0, END, CAS_RUN_INTERRUPTED, 2},
	{"bad result before an end", LINES, 0, RESULT, CAS_RUN_DAMAGED, 2},
	{"bad delta", LINES, 0, DELTA, CAS_RUN_DAMAGED, 0},
	{"bad head", LINES, 0, RUN, CAS_RUN_DAMAGED, 0},
	{"bad mark", LINES, 0, PLANNED, CAS_RUN_DAMAGED, 0},
};

static char *line_at(char *text, enum line n)
{
	while (n-- > 0) {
		text = strchr(text, '\n') + 1;
	}
	return text;
}

START_TEST(damage)
{
	const struct cas_run *run;
	char *path, *text;
	size_t n;

	run_once("*");
	path = journals_path(&journals, cas_plan_run(plan));
	text = file_text(path);
	ck_assert_str_eq(line_at(text, LINES), "");
	n = (size_t)(line_at(text, damages[_i].cut) - text) + (size_t)damages[_i].more;
	if (damages[_i].flip != LINES) {
		line_at(text, damages[_i].flip)[12] ^= 1;
	}
	file_write(path, text, n);
	run = only_run();
	ck_assert_msg(run->state == damages[_i].state, "%s: %s", damages[_i].what,
		      cas_run_state_name(run->state));
	ck_assert_uint_eq(cas_run_steps(run), damages[_i].steps);
	ck_assert_str_eq(cas_run_id(run), cas_plan_run(plan));
	free(text);
	free(path);
}
END_TEST

/* A line that is whole but not where it belongs. */
START_TEST(repeated_line)
{
	const struct cas_run *run;
	char *path, *text, *twice;

	run_once("*");
	path = journals_path(&journals, cas_plan_run(plan));
	text = file_text(path);
	ck_assert_int_gt(asprintf(&twice, "%s%s", text, line_at(text, END)), 0);
	file_write(path, twice, strlen(twice));
	run = only_run();
	ck_assert_int_eq(run->state, CAS_RUN_DAMAGED);
	free(twice);
	free(text);
	free(path);
}
END_TEST

START_TEST(other_files)
{
	char path[128];
	const struct cas_run *run;

	run_once("DB1");
	snprintf(path, sizeof(path), "%s/notes.txt", journals.folder);
	file_write(path, "x", 1);
	snprintf(path, sizeof(path), "%s/fifo.journal", journals.folder);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	snprintf(path, sizeof(path), "%s/link.journal", journals.folder);
	ck_assert_int_eq(symlink("/etc/passwd", path), 0);
	run = only_run();
	ck_assert_int_eq(run->state, CAS_RUN_DONE);
}
END_TEST

/* ---- the history ---- */

/* Within one second, too. */
START_TEST(newest_first)
{
	char *path;
	struct cas_directory *other;
	char ids[8][32];
	const struct cas_run *run;

	for (int i = 0; i < COUNT(ids); i++) {
		run_once("DB1");
		strcpy(ids[i], cas_plan_run(plan));
	}
	open_history(cas_organization_directory(org));
	for (int i = COUNT(ids); i-- > 0;) {
		ck_assert_int_eq(cas_history_next(history, &run, &err), 1);
		ck_assert_str_eq(cas_run_id(run), ids[i]);
	}
	ck_assert_int_eq(cas_history_next(history, &run, &err), 0);
	ck_assert_int_gt(asprintf(&path, "%s/examples/contoso.ldif", getenv("SRCDIR")),
			 0);
	expect_done(cas_directory_open(journals.context, (const char *const *)&path, 1,
				       &other, &err),
		    err);
	open_history(other);
	ck_assert_int_eq(cas_history_next(history, &run, &err), 0);
	cas_directory_unref(other);
	free(path);
}
END_TEST

START_TEST(find)
{
	const struct cas_run *run;
	char id[32];

	run_once("DB1");
	strcpy(id, cas_plan_run(plan));
	run_once("DB2");
	open_history(NULL);
	expect_done(cas_history_find(history, id, &run, &err), err);
	ck_assert_str_eq(cas_run_id(run), id);
	expect_done(cas_history_find(history, NULL, &run, &err), err);
	ck_assert_str_eq(cas_run_id(run), cas_plan_run(plan));
	expect_error(cas_history_find(history, "", &run, &err), err, CAS_E_USAGE,
		     "empty");
	expect_error(cas_history_find(history, "1999", &run, &err), err, CAS_E_NOT_FOUND,
		     "1999");
	expect_error(cas_history_find(history, "2", &run, &err), err, CAS_E_AMBIGUOUS,
		     "2 runs begin with '2'");
}
END_TEST

START_TEST(no_folder)
{
	const struct cas_run *run;

	expect_done(cas_history_open(journals.context, "/nonexistent/journal", NULL,
				     &history, &err),
		    err);
	ck_assert_int_eq(cas_history_next(history, &run, &err), 0);
	expect_error(cas_history_find(history, NULL, &run, &err), err, CAS_E_NOT_FOUND,
		     "no run to undo");
}
END_TEST

/* Without a journal nothing is changed. */
START_TEST(no_journal)
{
	struct cas_set_database what = {.rpc_client_access_server = "auto"};
	struct cas_apply how = {.journal = "/dev/null/journal"};
	char *before = file_text(fixture_path(f)), *after;
	struct cas_objects *databases;
	int code;

	ck_assert_int_eq(cas_objects_new(&databases, NULL), 0);
	what.databases = databases;
	expect_done(cas_objects_match(databases, org, 1U << CAS_KIND_DATABASE, "*", &err),
		    err);
	expect_done(cas_plan_set_database(org, &what, &plan, &err), err);
	code = cas_plan_apply(plan, cas_organization_directory(org), &how, &err);
	expect_error(code, err, CAS_E_IO, "/dev/null");
	after = file_text(fixture_path(f));
	ck_assert_str_eq(before, after);
	ck_assert_str_eq(cas_plan_run(plan), "");
	cas_objects_free(databases);
	free(before);
	free(after);
}
END_TEST

static const struct {
	const char *given, *state, *home, *folder;
} places[] = {
	{"/given", "/state", "/home/u", "/given"},
	{NULL, "/state", "/home/u", "/state/casarray/journal"},
	{NULL, "state", "/home/u", "/home/u/.local/state/casarray/journal"},
	{NULL, "", "/home/u", "/home/u/.local/state/casarray/journal"},
};

START_TEST(default_folder)
{
	char *folder;

	setenv("XDG_STATE_HOME", places[_i].state, 1);
	setenv("HOME", places[_i].home, 1);
	expect_done(casp_journal_folder(places[_i].given, &folder, &err), err);
	ck_assert_str_eq(folder, places[_i].folder);
	free(folder);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("journal");
	TCase *tcase = tcase_create("journal");

	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, fields);
	tcase_add_loop_test(tcase, escapes, 0, 4);
	tcase_add_test(tcase, checksum);
	tcase_add_test(tcase, bit_flips);
	tcase_add_test(tcase, whole);
	tcase_add_test(tcase, empty_plan);
	tcase_add_loop_test(tcase, damage, 0, COUNT(damages));
	tcase_add_test(tcase, repeated_line);
	tcase_add_test(tcase, other_files);
	tcase_add_test(tcase, newest_first);
	tcase_add_test(tcase, find);
	tcase_add_test(tcase, no_folder);
	tcase_add_test(tcase, no_journal);
	tcase_add_loop_test(tcase, default_folder, 0, COUNT(places));
	return unit_main(suite);
}
