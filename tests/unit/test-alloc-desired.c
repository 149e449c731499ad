/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory runs out at each allocation in turn: desired states, lists, saved plans, the
 * export, and runs that are forgotten. */
#include "alloc.h"

#include "planned.h"

#define STATE                                                                            \
	"{\"schema\":\"casarray.state\",\"version\":1,\"//\":\"x\",\n\"arrays\":[\n"     \
	"{\"name\":\"hq\",\"fqdn\":\"hq.contoso.com\",\"site\":\"HQ\"},\n"               \
	"{\"name\":\"branch\",\"fqdn\":\"branch.contoso.com\",\"site\":\"Branch\"}],\n"  \
	"\"databases\":[\n{\"name\":\"DB1\",\"rpc_client_access_server\":\"auto\"},\n"   \
	"{\"name\":\"DB2\",\"rpc_client_access_server\":\"hq\"},\n"                      \
	"{\"name\":\"DB3\",\"rpc_client_access_server\":\"branch\"}],\n"                 \
	"\"exemptions\":[{\"name\":\"x\",\"rule\":\"CAS040\",\"object\":\"DB1\","        \
	"\"reason\":\"r\",\"owner\":\"o\",\"expires\":\"2031-12-31\"}]}\n"
#define ARRAYS                                                                           \
	"site;fqdn;name\nHQ;hq.contoso.com;\"hq\"\nBranch;branch.contoso.com;branch\n"
#define IMPOSSIBLE "name,fqdn,site\nx,a_b,HQ\ny,y.contoso.com,Nowhere\n,,HQ\n"

static struct fixture *f;
static struct journals journals;
static char *original, *wanted, *saved;
static struct cas_directory *directory;
static struct cas_organization *org;
static struct cas_desired *desired;
static struct cas_plan *plan;
static char run[32];

static void setup(void)
{
	f = fixture_new();
	fixture_site(f, "HQ");
	fixture_site(f, "Branch");
	fixture_server(f, "EX1", "HQ", MULTI, "14.3.123.4");
	fixture_server(f, "BR1", "Branch", MULTI, "14.3.123.4");
	fixture_array(f, "hq", "outlook.contoso.com", "HQ");
	fixture_database(f, "DB1", "EX1", "EX1");
	fixture_database(f, "DB2", "EX1", "outlook.contoso.com");
	fixture_database(f, "DB3", "BR1", "gone.contoso.com");
	fixture_load(f);
	original = file_text(fixture_path(f));
	journals_open(&journals);
	/* in no folder of journals: those are counted */
	ck_assert_int_gt(asprintf(&wanted, "%s-wanted", journals.folder), 0);
	ck_assert_int_gt(asprintf(&saved, "%s-saved", journals.folder), 0);
}

static void close_all(void)
{
	cas_plan_free(plan);
	plan = NULL;
	cas_desired_free(desired);
	desired = NULL;
	cas_organization_free(org);
	org = NULL;
	cas_directory_unref(directory);
	directory = NULL;
}

static void teardown(void)
{
	close_all();
	unlink(wanted);
	unlink(saved);
	free(wanted);
	free(saved);
	free(original);
	journals_close(&journals);
	fixture_free(f);
}

/* ---- what the cases begin with ---- */

static void prepare_org(void)
{
	const char *path = fixture_path(f);

	close_all();
	file_write(path, original, strlen(original));
	ck_assert_int_eq(cas_directory_open(journals.context, &path, 1, &directory, NULL),
			 0);
	ck_assert_int_eq(
		cas_organization_load(directory, CAS_SCOPE_ALL, NULL, 0, &org, NULL), 0);
}

static void prepare(const char *text)
{
	prepare_org();
	file_write(wanted, text, strlen(text));
}

static void prepare_state(void)
{
	prepare(STATE);
}

static void prepare_arrays(void)
{
	prepare(ARRAYS);
}

static void prepare_impossible(void)
{
	prepare(IMPOSSIBLE);
}

static int read_wanted(struct cas_error **err)
{
	int code = cas_desired_new(&desired, err);

	return code ? code : cas_desired_read(desired, wanted, err);
}

static int plan_wanted(struct cas_error **err)
{
	int code = read_wanted(err);

	return code ? code : cas_plan_desired(org, desired, true, &plan, err);
}

/* The plan, and its file. */
static void prepare_plan(void)
{
	prepare_state();
	ck_assert_int_eq(plan_wanted(NULL), 0);
	ck_assert_uint_gt(plan->steps.n, 3);
	file_write(saved, "old", 3);
}

static void prepare_saved(void)
{
	prepare_plan();
	ck_assert_int_eq(cas_plan_save(plan, wanted, NULL), 0);
	prepare_org();
}

/* Somebody else changed a database meanwhile. */
static void prepare_conflict(void)
{
	char *text, *at;

	prepare_plan();
	text = file_text(fixture_path(f));
	at = strstr(text, "gone.contoso.com");
	ck_assert_ptr_nonnull(at);
	memcpy(at, "more", 4);
	file_write(fixture_path(f), text, strlen(text));
	free(text);
	cas_directory_unref(directory);
	directory = NULL;
}

static void prepare_run(void)
{
	prepare_plan();
	ck_assert_int_eq(apply(&journals, plan, NULL), 0);
	strcpy(run, cas_plan_run(plan));
}

/* ---- what is run ---- */

static int done(int code)
{
	close_all();
	return code;
}

static int run_read(struct cas_error **err)
{
	int code = read_wanted(err);
	const struct cas_policy *policy;
	size_t n;

	if (code == 0 && !cas_desired_databases(desired, &n)) {
		code = casp_error_nomem(err);
	}
	if (code == 0) {
		code = cas_desired_policy(desired, NULL, &policy, err);
	}
	return done(code);
}

static int run_plan(struct cas_error **err)
{
	return done(plan_wanted(err));
}

/* That it is refused is what is expected. */
static int run_impossible(struct cas_error **err)
{
	struct cas_error *own = NULL;
	int code = plan_wanted(&own);

	if (code == CAS_E_REFUSED) {
		cas_error_free(own);
		return done(0);
	}
	*err = own;
	return done(code);
}

static int run_save(struct cas_error **err)
{
	return done(cas_plan_save(plan, saved, err));
}

static void is_saved(int code)
{
	char *text = file_text(saved);

	ck_assert_int_eq(strcmp(text, "old") != 0, code == 0);
	ck_assert(code || strstr(text, "\n]}\n"));
	free(text);
}

static int run_skip(struct cas_error **err)
{
	struct cas_apply how = {
		.journal = journals.folder,
		.who = "tester@host",
		.command = "casarray test",
		.on_conflict = CAS_ON_CONFLICT_SKIP,
	};
	struct cas_error *own = NULL;
	int code = cas_plan_apply(plan, cas_organization_directory(org), &how, &own);
	bool is_skipped = code == CAS_E_PARTIAL && own &&
			  cas_error_code(own) == CAS_E_PARTIAL &&
			  step_of(plan, "DB3")->outcome == CAS_OUTCOME_CONFLICT;

	/* All but one step were done: as it should be. */
	if (is_skipped) {
		cas_error_free(own);
		return done(0);
	}
	*err = own;
	return done(code);
}

static int count_line(void *closure, const char *text, struct cas_error **err)
{
	++*(size_t *)closure;
	return 0;
}

static int run_export(struct cas_error **err)
{
	static const struct cas_export how = {.automatic = true};
	size_t n = 0;

	return done(cas_export(org, &how, count_line, &n, err));
}

static int run_forget(struct cas_error **err)
{
	struct cas_history *history = NULL;
	const struct cas_run *found;
	int code = cas_history_open(journals.context, journals.folder, directory,
				    &history, err);

	if (code == 0) {
		code = cas_history_find(history, run, &found, err);
	}
	if (code == 0) {
		code = cas_history_forget(history, found, err);
	}
	cas_history_free(history);
	return done(code);
}

static void forgotten(int code)
{
	char *path = journals_path(&journals, run);

	ck_assert_int_eq(access(path, F_OK) < 0, code == 0);
	unlink(path);
	free(path);
}

static const struct alloc_case cases[] = {
	{"read a state", prepare_state, run_read, NULL, 5, .reads_json = true},
	{"read arrays", prepare_arrays, run_read, NULL, 5},
	{"plan a state", prepare_state, run_plan, NULL, 10, .reads_json = true},
	{"plan arrays", prepare_arrays, run_plan, NULL, 10},
	{"impossible", prepare_impossible, run_impossible, NULL, 10},
	{"save a plan", prepare_plan, run_save, is_saved, 10},
	{"read a plan", prepare_saved, run_plan, NULL, 10, .reads_json = true},
	{"skip a conflict", prepare_conflict, run_skip, NULL, 10, true},
	{"export", prepare_org, run_export, NULL, 20},
	{"forget a run", prepare_run, run_forget, forgotten, 5},
};

int main(void)
{
	return alloc_main("alloc-desired", setup, teardown, cases, COUNT(cases));
}
