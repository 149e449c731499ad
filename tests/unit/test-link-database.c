/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Databases: their type, home, copies, target and mailboxes. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "exchange/model.h"
#include "fixture.h"

#define COUNT(rows) (int)(sizeof(rows) / sizeof(*(rows)))
#define SP3 "14.3.123.4"
#define STORAGE_GROUP                                                                    \
	"CN=First Storage Group,CN=InformationStore,CN=%s,CN=Servers," FIXTURE_AG

/* EX1 and EX2 in HQ, BR1 in Branch, HERMIT in no site; EX07 and EX13 in HQ. */
static struct fixture *servers(void)
{
	struct fixture *f = fixture_new();

	fixture_site(f, "HQ");
	fixture_site(f, "Branch");
	fixture_server(f, "EX1", "HQ", MULTI, SP3);
	fixture_server(f, "EX2", "HQ", MULTI, SP3);
	fixture_server(f, "BR1", "Branch", MULTI, SP3);
	fixture_server(f, "HERMIT", NULL, MULTI, SP3);
	fixture_server(f, "EX07", "HQ", MULTI, "8.3.83.6");
	fixture_server(f, "EX13", "HQ", 16439, "15.0.516.32");
	fixture_array(f, "outlook", "outlook.contoso.com", "HQ");
	return f;
}

static const struct cas_database *database(struct fixture *f, const char *name)
{
	return cas_object_database(fixture_find(f, CAS_KIND_DATABASE, name));
}

/* ---- type ---- */

enum place {
	DATABASES,
	IN_STORAGE_GROUP,
	LOST
};

static const struct {
	const char *owner;
	bool public, restore;
	enum place place;
	enum casp_database_type type;
	const char *name;
} types[] = {
	{"EX1", false, false, DATABASES, CASP_DATABASE_MAILBOX_2010, "mailbox"},
	{"EX1", false, true, DATABASES, CASP_DATABASE_RECOVERY, "recovery"},
	{"EX1", true, false, DATABASES, CASP_DATABASE_PUBLIC_FOLDER, "public-folder"},
	{"EX13", false, false, DATABASES, CASP_DATABASE_2013, "exchange-2013"},
	{"EX13", false, true, DATABASES, CASP_DATABASE_2013, "exchange-2013"},
	{"EX13", true, false, DATABASES, CASP_DATABASE_PUBLIC_FOLDER, "public-folder"},
	{"EX07", false, false, IN_STORAGE_GROUP, CASP_DATABASE_2007, "exchange-2007"},
	{"EX07", false, true, IN_STORAGE_GROUP, CASP_DATABASE_2007, "exchange-2007"},
	{"EX07", true, false, IN_STORAGE_GROUP, CASP_DATABASE_PUBLIC_FOLDER,
	 "public-folder"},
	{"EX07", false, false, DATABASES, CASP_DATABASE_2007, "exchange-2007"},
	/* The owning server is gone: the place tells. */
	{"GONE", false, false, IN_STORAGE_GROUP, CASP_DATABASE_2007, "exchange-2007"},
	{"GONE", false, false, DATABASES, CASP_DATABASE_MAILBOX_2010, "mailbox"},
	{"EX1", false, false, LOST, CASP_DATABASE_MAILBOX_2010, "mailbox"},
};

START_TEST(type)
{
	struct fixture *f = servers();
	char dn[512];

	if (types[_i].public) {
		fixture_public_database(f, "DB", types[_i].owner, "EX1");
	} else {
		fixture_database(f, "DB", types[_i].owner, "EX1");
	}
	if (types[_i].restore) {
		fixture_set(f, "msExchRestore", "TRUE");
	}
	if (types[_i].place == IN_STORAGE_GROUP) {
		snprintf(dn, sizeof(dn), "CN=DB," STORAGE_GROUP, types[_i].owner);
		fixture_move(f, dn);
	} else if (types[_i].place == LOST) {
		fixture_move(f, "CN=DB,CN=LostAndFoundConfig," FIXTURE_CFG);
	}
	fixture_load(f);
	ck_assert_int_eq(database(f, "DB")->type, types[_i].type);
	ck_assert_str_eq(casp_database_type_name(types[_i].type), types[_i].name);
	fixture_free(f);
}
END_TEST

START_TEST(not_restored)
{
	struct fixture *f = servers();

	fixture_database(f, "DB", "EX1", "EX1");
	fixture_set(f, "msExchRestore", "FALSE");
	fixture_load(f);
	ck_assert_int_eq(database(f, "DB")->type, CASP_DATABASE_MAILBOX_2010);
	fixture_free(f);
}
END_TEST

/* ---- home ---- */

static const struct {
	const char *owner;
	struct {
		const char *server;
		int preference;
	} copies[3];
	const char *home; /* NULL: unknown */
	bool by_copy;
} homes[] = {
	{"EX1", {{NULL}}, "HQ", false},
	{"BR1", {{NULL}}, "Branch", false},
	{"GONE", {{NULL}}, NULL, false},
	{NULL, {{NULL}}, NULL, false},
	{"HERMIT", {{NULL}}, NULL, false},
	{"EX1", {{"EX1", 1}}, "HQ", true},
	{"BR1", {{"EX1", 1}, {"BR1", 2}}, "HQ", true},
	{"EX1", {{"EX1", 2}, {"BR1", 1}}, "Branch", true},
	{"EX1", {{"EX1", 3}, {"EX2", 2}, {"BR1", 1}}, "Branch", true},
	/* Not the lowest: its server does not exist. */
	{"EX1", {{"GONE", 1}, {"BR1", 2}, {"EX1", 3}}, "Branch", true},
	{"BR1", {{"GONE", 1}}, "Branch", false},
	/* The first of equals. */
	{"EX1", {{"BR1", 1}, {"EX1", 1}}, "Branch", true},
	/* It exists, but nobody knows where. */
	{"EX1", {{"HERMIT", 1}, {"EX1", 2}}, NULL, true},
};

START_TEST(home)
{
	struct fixture *f = servers();
	const struct cas_database *db;
	int n = 0;

	fixture_database(f, "Other", "EX2", "EX2");
	fixture_copy(f, "Other", "EX2", 0);
	fixture_database(f, "DB", homes[_i].owner, "EX1");
	for (; n < 3 && homes[_i].copies[n].server; n++) {
		fixture_copy(f, "DB", homes[_i].copies[n].server,
			     homes[_i].copies[n].preference);
	}
	fixture_load(f);
	db = database(f, "DB");
	ck_assert_uint_eq(db->n_copies, n);
	for (int i = 1; i < n; i++) {
		ck_assert_int_le(db->copies[i - 1]->preference,
				 db->copies[i]->preference);
	}
	ck_assert_pstr_eq(db->home ? db->home->object.name : NULL, homes[_i].home);
	ck_assert(cas_database_home(db) == db->home);
	ck_assert(db->home_by_copy == homes[_i].by_copy);
	fixture_free(f);
}
END_TEST

/* ---- copies ---- */

START_TEST(copies_find_their_database_anywhere)
{
	struct fixture *f = servers();
	const struct cas_organization *org;

	/* Before it, in another spelling, of a database with a comma, and of none. */
	fixture_copy(f, "DB2", "EX1", 1);
	fixture_copy(f, "DB1", "EX2", 2);
	fixture_move(f, "cn=EX2, cn=db1 , CN=Databases," FIXTURE_AG);
	fixture_database(f, "DB1", "EX1", "EX1");
	fixture_database(f, "DB2", "EX1", "EX1");
	fixture_database(f, "A\\, B", "EX1", "EX1");
	fixture_set(f, "cn", "A, B");
	fixture_copy(f, "A\\, B", "EX1", 1);
	fixture_copy(f, "DB1", "EX1", 1);
	fixture_copy(f, "Nothing", "EX1", 1);
	org = fixture_load(f);
	ck_assert_uint_eq(database(f, "DB1")->n_copies, 2);
	ck_assert(database(f, "DB1")->copies[0]->host == database(f, "DB1")->owner);
	ck_assert_str_eq(database(f, "DB1")->copies[1]->host->object.name, "EX2");
	ck_assert_uint_eq(database(f, "DB2")->n_copies, 1);
	ck_assert_uint_eq(database(f, "A, B")->n_copies, 1);
	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_COPY), 5);
	ck_assert(org->has_copies);
	for (size_t i = 0; i < 5; i++) {
		const struct casp_copy *copy =
			(const struct casp_copy *)cas_organization_object(
				org, CAS_KIND_COPY, i);

		ck_assert_int_eq(!copy->database, i == 4);
	}
	fixture_free(f);
}
END_TEST

START_TEST(databases_are_on_servers)
{
	struct fixture *f = servers();
	const struct cas_database *db;

	fixture_database(f, "DB", "EX1", "EX1");
	fixture_copy(f, "DB", "BR1", 1);
	fixture_copy(f, "DB", "GONE", 2);
	fixture_load(f);
	db = database(f, "DB");
#define SERVER(name) cas_object_server(fixture_find(f, CAS_KIND_SERVER, name))
	ck_assert(cas_database_on_server(db, SERVER("EX1")));
	ck_assert(cas_database_on_server(db, SERVER("BR1")));
	ck_assert(!cas_database_on_server(db, SERVER("EX2")));
	ck_assert(!cas_database_on_server(db, NULL));
	ck_assert(cas_database_owner(db) == SERVER("EX1"));
	ck_assert(!cas_database_in_dag(db, cas_database_object(db)));
	fixture_free(f);
}
END_TEST

/* ---- what it refers to ---- */

static const struct {
	const char *legacy_dn;
	const char *value;
	int kind; /* -1: dangling */
} targets[] = {
	{FIXTURE_LEGACY_SERVER("outlook.contoso.com") "/cn=Microsoft Private MDB",
	 "outlook.contoso.com", CAS_KIND_ARRAY},
	{FIXTURE_LEGACY_SERVER("OUTLOOK.Contoso.com") "/CN=Other leaf",
	 "outlook.contoso.com", CAS_KIND_ARRAY},
	{FIXTURE_LEGACY_SERVER("EX1") "/cn=Microsoft Private MDB", "EX1.contoso.com",
	 CAS_KIND_SERVER},
	{FIXTURE_LEGACY_SERVER("EX1.contoso.com") "/cn=Microsoft Private MDB",
	 "EX1.contoso.com", -1},
	{FIXTURE_LEGACY_SERVER("old.contoso.com") "/cn=Microsoft Private MDB",
	 "old.contoso.com", -1},
	{"/o=Other/ou=Group/cn=Configuration/cn=Servers/cn=EX1/cn=Microsoft Private MDB",
	 "EX1", -1},
	{"/cn=Microsoft Private MDB", "", -1},
	{"nonsense", "", -1},
	{NULL, "", -1},
};

START_TEST(target)
{
	struct fixture *f = servers();
	const struct cas_database *db;
	bool is_array = targets[_i].kind == CAS_KIND_ARRAY;

	fixture_database(f, "DB", "EX1", "EX1");
	fixture_set(f, "legacyExchangeDN", targets[_i].legacy_dn);
	fixture_load(f);
	db = database(f, "DB");
	ck_assert_str_eq(cas_database_rpc_client_access_server(db), targets[_i].value);
	ck_assert_int_eq(cas_database_target(db) ? (int)cas_object_kind(db->target) : -1,
			 targets[_i].kind);
	ck_assert_uint_eq(
		cas_object_array(fixture_find(f, CAS_KIND_ARRAY, "outlook"))->n_databases,
		is_array);
	fixture_free(f);
}
END_TEST

/* The array keeps its legacyExchangeDN when its FQDN changes: databases show the new one.
 */
START_TEST(the_reference_is_the_legacy_dn)
{
	struct fixture *f = servers();

	fixture_array(f, "second", "second.contoso.com", "Branch");
	fixture_set(f, "networkAddress", "ncacn_ip_tcp:renamed.contoso.com");
	fixture_array(f, "mute", "mute.contoso.com", NULL);
	fixture_set(f, "networkAddress", NULL);
	fixture_database(f, "DB1", "BR1", "second.contoso.com");
	fixture_database(f, "DB2", "BR1", "mute.contoso.com");
	fixture_load(f);
	ck_assert_str_eq(cas_database_rpc_client_access_server(database(f, "DB1")),
			 "renamed.contoso.com");
	ck_assert_str_eq(cas_database_rpc_client_access_server(database(f, "DB2")),
			 "mute.contoso.com");
	ck_assert_ptr_nonnull(cas_database_target(database(f, "DB2")));
	fixture_free(f);
}
END_TEST

/* Of several objects with one legacyExchangeDN databases use an array, and what a
 * replication conflict left behind last. */
START_TEST(shared_references)
{
	static const char legacy_dn[] = FIXTURE_LEGACY_SERVER("EX1");
	struct fixture *f = servers();
	const struct cas_organization *org;
	size_t at = 0;

	fixture_array(f, "loser", "a.contoso.com", "HQ");
	fixture_move(f, "CN=loser\\0ACNF:81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10,CN="
			"Arrays," FIXTURE_AG);
	fixture_set(f, "legacyExchangeDN", legacy_dn);
	fixture_array(f, "winner", "b.contoso.com", "HQ");
	fixture_set(f, "legacyExchangeDN", legacy_dn);
	fixture_database(f, "DB", "EX1", "EX1");
	org = fixture_load(f);
	ck_assert_str_eq(database(f, "DB")->target->name, "winner");
#define NEXT casp_organization_by_legacy_dn(org, casp_str(legacy_dn), &at)
	ck_assert_str_eq(NEXT->name, "winner");
	ck_assert_str_eq(NEXT->name, "EX1");
	ck_assert_ptr_nonnull(strstr(NEXT->name, "loser"));
	ck_assert_ptr_null(NEXT);
	at = 0;
	ck_assert_ptr_null(casp_organization_by_legacy_dn(org, casp_str(""), &at));
	fixture_free(f);
}
END_TEST

START_TEST(databases_are_counted)
{
	struct fixture *f = servers();
	const struct cas_site *hq;

	fixture_database(f, "DB1", "EX1", "outlook.contoso.com");
	fixture_database(f, "DB2", "EX2", "EX2");
	fixture_database(f, "Elsewhere", "BR1", "outlook.contoso.com");
	fixture_database(f, "Rescue", "EX1", "EX1");
	fixture_set(f, "msExchRestore", "TRUE");
	fixture_database(f, "New", "EX13", "outlook.contoso.com");
	fixture_public_database(f, "PF", "EX1", "EX1");
	fixture_load(f);
	hq = cas_object_site(fixture_find(f, CAS_KIND_SITE, "HQ"));
	ck_assert_uint_eq(hq->n_databases, 2);
	ck_assert_uint_eq(hq->arrays.v[0]->n_databases, 3);
	fixture_free(f);
}
END_TEST

/* ---- mailboxes ---- */

static void user(struct fixture *f, const char *name, const char *database_dn)
{
	char dn[256];

	snprintf(dn, sizeof(dn), "CN=%s,CN=Users,DC=contoso,DC=com", name);
	fixture_entry(f, dn, "top person user", name);
	if (database_dn) {
		fixture_add(f, "homeMDB", database_dn);
	}
}

START_TEST(nothing_is_known_of_mailboxes)
{
	struct fixture *f = servers();

	user(f, "nobody", NULL);
	fixture_database(f, "DB1", "EX1", "EX1");
	ck_assert(!fixture_load(f)->has_mailboxes);
	ck_assert_int_eq(database(f, "DB1")->mailboxes, -1);
	fixture_free(f);
}
END_TEST

START_TEST(mailboxes_are_counted)
{
	struct fixture *f = servers();

	user(f, "a", fixture_database_dn("DB2"));
	fixture_database(f, "DB1", "EX1", "EX1");
	fixture_add(f, "homeMDBBL", "CN=a,DC=x");
	fixture_add(f, "homeMDBBL;range=1-2", "CN=b,DC=x");
	fixture_add(f, "homeMDBBL;range=1-2", "CN=c,DC=x");
	fixture_database(f, "DB2", "EX1", "EX1");
	fixture_database(f, "DB3", "EX1", "EX1");
	user(f, "a2", fixture_database_dn("DB2"));
	user(f, "b", "cn=db2, CN=Databases," FIXTURE_AG);
	/* The back link counts it. */
	user(f, "c", fixture_database_dn("DB1"));
	user(f, "d", fixture_database_dn("Gone"));
	ck_assert(fixture_load(f)->has_mailboxes);
	ck_assert_int_eq(database(f, "DB1")->mailboxes, 3);
	ck_assert_int_eq(database(f, "DB2")->mailboxes, 3);
	ck_assert_int_eq(database(f, "DB3")->mailboxes, 0);
	ck_assert(!fixture_load_scope(f, CAS_SCOPE_DATABASES)->has_mailboxes);
	ck_assert_int_eq(database(f, "DB1")->mailboxes, -1);
	fixture_free(f);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("link-database");
	TCase *tc = tcase_create("link-database");

	tcase_add_loop_test(tc, type, 0, COUNT(types));
	tcase_add_test(tc, not_restored);
	tcase_add_loop_test(tc, home, 0, COUNT(homes));
	tcase_add_test(tc, copies_find_their_database_anywhere);
	tcase_add_test(tc, databases_are_on_servers);
	tcase_add_loop_test(tc, target, 0, COUNT(targets));
	tcase_add_test(tc, the_reference_is_the_legacy_dn);
	tcase_add_test(tc, shared_references);
	tcase_add_test(tc, databases_are_counted);
	tcase_add_test(tc, nothing_is_known_of_mailboxes);
	tcase_add_test(tc, mailboxes_are_counted);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
