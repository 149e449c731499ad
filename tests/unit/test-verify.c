/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was written, read back; rivals of arrays, before the write and after it. */
#include "planned.h"
#include "served.h"

#include "base/context.h"
#include "plan/run.h"

static struct fixture *f;
static struct cas_directory *directory; /* that the plan is applied to */
static struct cas_directory *other;     /* a domain controller beside it */
static struct cas_organization *org;
static struct cas_plan *plan;
static struct cas_error *err;
static struct journals journals;

static void setup(void)
{
	f = fixture_new();
	fixture_site(f, "HeadOffice");
	fixture_site(f, "Branch");
	fixture_server(f, "EX1", "HeadOffice", MULTI, "14.3.123.4");
	fixture_array(f, "head", "outlook.contoso.com", "HeadOffice");
	fixture_database(f, "DB1", "EX1", "EX1");
	fixture_database(f, "DB2", "EX1", "EX1");
	fixture_load(f);
	journals_open(&journals);
}

static void teardown(void)
{
	cas_plan_free(plan);
	plan = NULL;
	cas_organization_free(org);
	org = NULL;
	directory = cas_directory_unref(directory);
	other = cas_directory_unref(other);
	journals_close(&journals);
	fixture_free(f);
}

static struct cas_directory *open_file(const char *path)
{
	struct cas_directory *opened;

	expect_done(cas_directory_open(journals.context, &path, 1, &opened, &err), err);
	return opened;
}

static void load(bool served)
{
	directory = open_file(fixture_path(f));
	if (served) {
		serve(directory);
	}
	expect_done(cas_organization_load(directory, CAS_SCOPE_ALL, NULL, 0, &org, &err),
		    err);
}

/* Another domain controller, which shows what the first one does, with `what` replaced.
 */
static void open_other(const char *what, const char *with)
{
	char *text = file_text(fixture_path(f)), *at, *changed, path[128];

	snprintf(path, sizeof(path), "%s/other.ldif", journals.folder);
	at = *what ? strstr(text, what) : text + strlen(text);
	ck_assert_ptr_nonnull(at);
	ck_assert_int_gt(asprintf(&changed, "%.*s%s%s", (int)(at - text), text, with,
				  at + strlen(what)),
			 0);
	file_write(path, changed, strlen(changed));
	cas_directory_unref(other);
	other = open_file(path);
	serve(other);
	free(changed);
	free(text);
}

static void set_databases(void)
{
	struct cas_set_database what = {.rpc_client_access_server = "auto"};
	struct cas_objects *databases;

	expect_done(cas_objects_new(&databases, &err), err);
	what.databases = databases;
	expect_done(cas_objects_match(databases, org, 1U << CAS_KIND_DATABASE, "*", &err),
		    err);
	expect_done(cas_plan_set_database(org, &what, &plan, &err), err);
	cas_objects_free(databases);
}

static void new_array(bool second)
{
	const struct cas_new_array what = {.fqdn = "new.contoso.com",
					   .site = second ? "HeadOffice" : "Branch",
					   .allow_second_array = second};

	expect_done(cas_plan_new_array(org, &what, &plan, &err), err);
}

static size_t verified(struct cas_directory *of)
{
	size_t n = 99;

	expect_done(cas_plan_verify(plan, of, &n, &err), err);
	return n;
}

static int verify(struct cas_directory *of)
{
	size_t n = 99;
	int code = cas_plan_verify(plan, of, &n, &err);

	ck_assert_uint_eq(n, 99);
	return code;
}

/* The array "new" as somebody else makes it. */
#define ARRAY(name, fqdn, site, guid)                                                    \
	"\ndn: CN=" name ",CN=Arrays," FIXTURE_AG "\n"                                   \
	"objectClass: msExchClientAccessArray\nobjectClass: msExchExchangeServer\n"      \
	"cn: x\nnetworkAddress: ncacn_ip_tcp:" fqdn "\n"                                 \
	"legacyExchangeDN: " FIXTURE_LEGACY_SERVER(fqdn) "\n"                            \
							 "msExchServerSite: CN=" site    \
							 ",CN=Sites," FIXTURE_CFG "\n"   \
							 "objectGUID:: " guid "\n"
#define GUID "MTIzNDU2Nzg5MDEyMzQ1Ng=="
#define GUID_TEXT "34333231-3635-3837-3930-313233343536"

/* ---- reading back ---- */

START_TEST(file)
{
	load(false);
	set_databases();
	expect_done(apply(&journals, plan, &err), err);
	ck_assert_uint_eq(verified(directory), 0);
}
END_TEST

START_TEST(server)
{
	load(true);
	set_databases();
	expect_done(apply(&journals, plan, &err), err);
	ck_assert_uint_eq(verified(directory), 2);
	ck_assert_ptr_null(step_of(plan, "DB1")->differs);
}
END_TEST

/* Two steps, one object. */
START_TEST(name_and_values)
{
	const struct cas_set_array what = {
		.identity = "head", .name = "renamed", .fqdn = "renamed.contoso.com"};

	load(true);
	expect_done(cas_plan_set_array(org, &what, &plan, &err), err);
	ck_assert_uint_eq(plan->steps.n, 2);
	ck_assert_int_eq(plan->steps.v[0].action, CAS_ACTION_MODIFY);
	ck_assert_int_eq(plan->steps.v[1].action, CAS_ACTION_RENAME);
	expect_done(apply(&journals, plan, &err), err);
	ck_assert_uint_eq(verified(directory), 1);
	open_other("CN=renamed,", "CN=head,");
	expect_error(verify(other), err, CAS_E_CONFLICT,
		     "the array 'head' was written, but is not so any more: the object "
		     "has another name");
}
END_TEST

START_TEST(removal)
{
	const struct cas_remove_array what = {.identity = "head"};

	load(true);
	expect_done(cas_plan_remove_array(org, &what, &plan, &err), err);
	expect_done(apply(&journals, plan, &err), err);
	ck_assert_uint_eq(verified(directory), 1);
	open_other("", ARRAY("head", "x.contoso.com", "Branch", GUID));
	expect_error(verify(other), err, CAS_E_CONFLICT, "the object is still there");
}
END_TEST

START_TEST(some_differ)
{
	load(true);
	set_databases();
	expect_done(apply(&journals, plan, &err), err);
	open_other("cn=outlook.contoso.com/cn=Microsoft Private MDB",
		   "cn=EX9/cn=Microsoft Private MDB");
	expect_error(verify(other), err, CAS_E_PARTIAL,
		     "the database 'DB1' was written, but is not so any more: "
		     "legacyExchangeDN holds '" FIXTURE_LEGACY_SERVER("EX9"));
	ck_assert_ptr_nonnull(step_of(plan, "DB1")->differs);
	ck_assert_ptr_null(step_of(plan, "DB2")->differs);
}
END_TEST

START_TEST(cannot_be_asked)
{
	load(true);
	set_databases();
	expect_done(apply(&journals, plan, &err), err);
	served_error = CAS_E_IO;
	expect_error(verify(directory), err, CAS_E_NOT_EVALUATED,
		     "the changes are made, but cannot be read back: the server is gone");
}
END_TEST

/* Steps that were not done are none of its business. */
START_TEST(nothing_done)
{
	load(true);
	set_databases();
	ck_assert_uint_eq(verified(directory), 0);
}
END_TEST

/* ---- waiting ---- */

START_TEST(waiting)
{
	size_t n = 0;

	load(true);
	set_databases();
	open_other("", "");
	expect_done(apply(&journals, plan, &err), err);
	expect_error(cas_plan_wait(plan, other, 0, &n, &err), err, CAS_E_NOT_EVALUATED,
		     "does not show the changes after 0 seconds: 2 of 2 are missing "
		     "there; the first, database 'DB1': legacyExchangeDN holds");
	/* Not as what the directory holds that was written to. */
	ck_assert_ptr_nonnull(strstr(cas_step_differs(plan, 0),
				     "' does not show it: legacyExchangeDN holds"));
	open_other("", "");
	expect_done(cas_plan_wait(plan, other, 0, &n, &err), err);
	ck_assert_uint_eq(n, 2);
}
END_TEST

START_TEST(waiting_interrupted)
{
	static volatile int flag = 1;
	size_t n;

	load(true);
	set_databases();
	open_other("", "");
	expect_done(apply(&journals, plan, &err), err);
	cas_context_set_interrupt(journals.context, &flag);
	expect_error(cas_plan_wait(plan, other, 60, &n, &err), err, CAS_E_INTERRUPTED,
		     "the changes are made");
	cas_context_set_interrupt(journals.context, NULL);
}
END_TEST

/* ---- rivals, after the write ---- */

static const struct {
	const char *entry;
	const char *text; /* of the error; NULL: no rival */
} rivals[] = {
	{ARRAY("theirs", "new.contoso.com", "HeadOffice", GUID),
	 "CN=theirs,CN=Arrays," FIXTURE_AG "' was made or changed at the same time and "
	 "has the FQDN 'new.contoso.com', too"},
	{ARRAY("theirs", "NEW.contoso.com", "HeadOffice", GUID), "the FQDN"},
	{ARRAY("theirs", "x.contoso.com", "Branch", GUID),
	 "at the same time and has the site 'Branch', too"},
	{ARRAY("theirs", "new.contoso.com", "Branch", GUID),
	 "has the FQDN 'new.contoso.com' and the site 'Branch', too"},
	{ARRAY("new\\0ACNF:1", "new.contoso.com", "Branch", GUID),
	 "was made on another domain controller at the same time: that one is now the "
	 "conflict object 'CN=new\\0ACNF:1,"},
	{ARRAY("theirs", "x.contoso.com", "HeadOffice", GUID), NULL},
};

START_TEST(rival)
{
	load(true);
	new_array(false);
	expect_done(apply(&journals, plan, &err), err);
	ck_assert_uint_eq(verified(directory), 1);
	open_other("", rivals[_i].entry);
	if (rivals[_i].text) {
		expect_error(verify(other), err, CAS_E_CONFLICT, rivals[_i].text);
	} else {
		ck_assert_uint_eq(verified(other), 1);
	}
}
END_TEST

START_TEST(conflict_object_hint)
{
	load(true);
	new_array(false);
	expect_done(apply(&journals, plan, &err), err);
	open_other("", rivals[4].entry);
	ck_assert_int_eq(verify(other), CAS_E_CONFLICT);
	ck_assert_ptr_nonnull(strstr(cas_error_hint(err),
				     "'casarray remove-array " GUID_TEXT " --force'"));
	cas_error_free(err);
	err = NULL;
}
END_TEST

/* Theirs has kept the name, ours has another one. */
START_TEST(lost_the_name)
{
	load(true);
	new_array(false);
	expect_done(apply(&journals, plan, &err), err);
	ck_assert_uint_eq(verified(directory), 1);
	ck_assert(plan->steps.v[0].made);
	open_other("dn: CN=new,", "dn: CN=new\\0ACNF:2,");
	expect_error(verify(other), err, CAS_E_CONFLICT,
		     "which won: the one that was made here is now the conflict object "
		     "'CN=new\\0ACNF:2,");
}
END_TEST

/* Replication has not brought ours; there is one of that name. */
START_TEST(another_of_that_name)
{
	size_t n;

	load(true);
	open_other("", ARRAY("new", "new.contoso.com", "Branch", GUID));
	new_array(false);
	expect_done(apply(&journals, plan, &err), err);
	ck_assert_uint_eq(verified(directory), 1);
	expect_error(cas_plan_wait(plan, other, 0, &n, &err), err, CAS_E_NOT_EVALUATED,
		     "array 'new': another object has its name");
}
END_TEST

/* ---- rivals, before the write ---- */

static int apply_to_other(void)
{
	const struct cas_apply how = {.journal = journals.folder};

	return cas_plan_apply(plan, other, &how, &err);
}

START_TEST(before_the_write)
{
	char path[128], *text;

	load(true);
	new_array(false);
	open_other("", ARRAY("theirs", "new.contoso.com", "HeadOffice", GUID));
	expect_error(apply_to_other(), err, CAS_E_CONFLICT,
		     "has the FQDN 'new.contoso.com' by now, which the array 'new' was "
		     "to have alone");
	ck_assert_int_eq(plan->steps.v[0].outcome, CAS_OUTCOME_CONFLICT);
	snprintf(path, sizeof(path), "%s/other.ldif", journals.folder);
	text = file_text(path);
	ck_assert_ptr_null(strstr(text, "CN=new,"));
	free(text);
}
END_TEST

/* What was there when the plan was made was allowed then. */
START_TEST(known_before)
{
	load(true);
	new_array(true);
	open_other("", "");
	expect_done(apply_to_other(), err);
	ck_assert_uint_eq(verified(other), 1);
}
END_TEST

START_TEST(given_meanwhile)
{
	const struct cas_set_array what = {.identity = "head", .fqdn = "new.contoso.com"};

	load(true);
	expect_done(cas_plan_set_array(org, &what, &plan, &err), err);
	open_other("", ARRAY("theirs", "new.contoso.com", "Branch", GUID));
	expect_error(apply_to_other(), err, CAS_E_CONFLICT, "the FQDN 'new.contoso.com'");
}
END_TEST

/* How often the directory is asked by the pre-flight, and then by what follows it. */
static int searches_of_apply(bool preflight, bool after_preflight)
{
	static const struct served_right rights[] = {
		{"CN=Arrays," FIXTURE_AG, {0}, {"msExchClientAccessArray"}},
	};
	const struct cas_apply how = {.journal = journals.folder,
				      .after_preflight = after_preflight};

	load(true);
	new_array(false);
	open_other("", "");
	serve_rights(rights);
	if (preflight) {
		expect_done(cas_plan_preflight(plan, other, &err), err);
		ck_assert_int_eq(served_asked, 1);
	}
	served_searches = 0;
	expect_done(cas_plan_apply(plan, other, &how, &err), err);
	return served_searches;
}

START_TEST(not_looked_for_again)
{
	ck_assert_int_eq(searches_of_apply(true, true), 0);
}
END_TEST

/* A question came between. */
START_TEST(looked_for_again)
{
	ck_assert_int_eq(searches_of_apply(true, false), 1);
}
END_TEST

START_TEST(without_a_preflight)
{
	ck_assert_int_eq(searches_of_apply(false, true), 1);
}
END_TEST

START_TEST(seen_by_the_preflight)
{
	static const struct served_right rights[] = {
		{"CN=Arrays," FIXTURE_AG, {0}, {"msExchClientAccessArray"}},
	};
	const struct cas_apply how = {.journal = journals.folder,
				      .after_preflight = true};

	load(true);
	new_array(false);
	open_other("", ARRAY("theirs", "new.contoso.com", "HeadOffice", GUID));
	serve_rights(rights);
	expect_done(cas_plan_preflight(plan, other, &err), err);
	expect_error(cas_plan_apply(plan, other, &how, &err), err, CAS_E_CONFLICT,
		     "has the FQDN 'new.contoso.com' by now");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("verify");
	TCase *tcase = tcase_create("verify");

	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, file);
	tcase_add_test(tcase, server);
	tcase_add_test(tcase, name_and_values);
	tcase_add_test(tcase, removal);
	tcase_add_test(tcase, some_differ);
	tcase_add_test(tcase, cannot_be_asked);
	tcase_add_test(tcase, nothing_done);
	tcase_add_test(tcase, waiting);
	tcase_add_test(tcase, waiting_interrupted);
	tcase_add_loop_test(tcase, rival, 0, COUNT(rivals));
	tcase_add_test(tcase, conflict_object_hint);
	tcase_add_test(tcase, lost_the_name);
	tcase_add_test(tcase, another_of_that_name);
	tcase_add_test(tcase, before_the_write);
	tcase_add_test(tcase, known_before);
	tcase_add_test(tcase, given_meanwhile);
	tcase_add_test(tcase, not_looked_for_again);
	tcase_add_test(tcase, looked_for_again);
	tcase_add_test(tcase, without_a_preflight);
	tcase_add_test(tcase, seen_by_the_preflight);
	return unit_main(suite);
}
