/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Identities in every form, what goes wrong with them, wildcards, loading by name. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "exchange/model.h"
#include "fixture.h"

#define COUNT(rows) (int)(sizeof(rows) / sizeof(*(rows)))
#define SP3 "14.3.123.4"
#define SITE (1u << CAS_KIND_SITE)
#define SERVER (1u << CAS_KIND_SERVER)
#define ARRAY (1u << CAS_KIND_ARRAY)
#define DATABASE (1u << CAS_KIND_DATABASE)
#define DAG (1u << CAS_KIND_DAG)
/* The GUIDs that the fixture gives to EX1 and to the database "Sales DB 1". */
static char ex1_guid[64], sales_guid[64];

static struct fixture *contoso(void)
{
	struct fixture *f = fixture_new();

	fixture_site(f, "HQ");
	fixture_site(f, "Branch Office");
	fixture_server(f, "EX1", "HQ", MULTI, SP3);
	fixture_server(f, "EX2", "HQ", MULTI, SP3);
	fixture_array(f, "outlook", "outlook.contoso.com", "HQ");
	fixture_array(f, "Branch Array", "branch.contoso.com", "Branch Office");
	fixture_dag(f, "DAG1", false);
	fixture_database(f, "Sales DB 1", "EX1", "outlook.contoso.com");
	fixture_copy(f, "Sales DB 1", "EX1", 1);
	fixture_copy(f, "Sales DB 1", "EX2", 2);
	fixture_database(f, "Sales DB 2", "EX2", "EX2");
	fixture_copy(f, "Sales DB 2", "EX2", 1);
	fixture_database(f, "A\\, B", "EX1", "unique");
	fixture_set(f, "cn", "A, B");
	fixture_database(f, "*Star", "EX1", "EX2");
	fixture_database(f, "HQ", "EX1", "EX2");
	fixture_database(f, "Pole Star", "EX1", "EX2");
	fixture_load(f);
	strcpy(ex1_guid, cas_object_guid(fixture_find(f, CAS_KIND_SERVER, "EX1")));
	strcpy(sales_guid,
	       cas_object_guid(fixture_find(f, CAS_KIND_DATABASE, "Sales DB 1")));
	return f;
}

static const struct {
	unsigned kinds;
	const char *identity;
	const char *dn; /* of what is found: up to its first comma; NULL: nothing */
} forms[] = {
	{SERVER, "EX1", "CN=EX1"},
	{SERVER, "ex1", "CN=EX1"},
	{SERVER, " EX1 ", "CN=EX1"},
	{SERVER, "ex1.CONTOSO.com", "CN=EX1"},
	{SERVER, "ex1.contoso.com.", "CN=EX1"},
	{SERVER, "ncacn_ip_tcp:ex1.contoso.com", "CN=EX1"},
	{SERVER, "ncacn_ip_tcp:", NULL},
	{SERVER, "EX1.", NULL},
	{SERVER, FIXTURE_LEGACY_SERVER("ex1"), "CN=EX1"},
	{SERVER, "CN=EX1,CN=Servers," FIXTURE_AG, "CN=EX1"},
	{SERVER, "cn=ex1, cn = servers ,\t" FIXTURE_AG, NULL},
	{SERVER, "cn=ex1, cn=servers, " FIXTURE_AG, "CN=EX1"},
	{SERVER, "cn=e\\581,CN=Servers," FIXTURE_AG, "CN=EX1"},
	{SERVER, ex1_guid, "CN=EX1"},
	{SERVER, "outlook", NULL},
	{SERVER, "EX1.contoso", NULL},
	{ARRAY, "outlook", "CN=outlook"},
	{ARRAY, "Outlook.Contoso.Com.", "CN=outlook"},
	{ARRAY, "Branch Array", "CN=Branch Array"},
	{ARRAY, FIXTURE_LEGACY_SERVER("branch.contoso.com"), "CN=Branch Array"},
	{ARRAY, ex1_guid, NULL},
	{ARRAY | SERVER, "EX1", "CN=EX1"},
	{ARRAY | SERVER, "outlook.contoso.com", "CN=outlook"},
	{SITE, "branch office", "CN=Branch Office"},
	{SITE, "CN=HQ,CN=Sites," FIXTURE_CFG, "CN=HQ"},
	{SITE | SERVER, "HQ", "CN=HQ"},
	{DATABASE, "sales db 1", "CN=Sales DB 1"},
	{DATABASE, "A, B", "CN=A\\"},
	{DATABASE, "CN=A\\2C B,CN=Databases," FIXTURE_AG, "CN=A\\"},
	{DATABASE, FIXTURE_LEGACY_SERVER("unique") "/cn=Microsoft Private MDB", "CN=A\\"},
	{DATABASE, sales_guid, "CN=Sales DB 1"},
	{DATABASE, "*Star", "CN=*Star"},
	{DATABASE, "Sales*", NULL},
	{DAG, "dag1", "CN=DAG1"},
	{1u << CAS_KIND_ORGANIZATION, "contoso", "CN=Contoso"},
	{0, "EX1", NULL},
};

static void expect_rdn(const struct cas_object *object, const char *rdn)
{
	ck_assert_uint_ge(strlen(object->dn), strlen(rdn));
	ck_assert_msg(strncmp(object->dn, rdn, strlen(rdn)) == 0, "found '%s'",
		      object->dn);
	ck_assert_int_eq(object->dn[strlen(rdn)], ',');
}

START_TEST(every_form_finds)
{
	struct fixture *f = contoso();
	const struct cas_object *object = NULL;
	struct cas_error *err = NULL;
	int r = cas_organization_find(fixture_load(f), forms[_i].kinds,
				      forms[_i].identity, &object, &err);

	if (forms[_i].dn) {
		ck_assert_msg(r == 0, "%s", cas_error_message(err));
		expect_rdn(object, forms[_i].dn);
	} else {
		ck_assert_int_eq(r, CAS_E_NOT_FOUND);
		ck_assert_int_eq(cas_error_code(err), CAS_E_NOT_FOUND);
		ck_assert_ptr_null(object);
		cas_error_free(err);
	}
	fixture_free(f);
}
END_TEST

START_TEST(guids_in_braces)
{
	struct fixture *f = contoso();
	const struct cas_object *object = NULL;
	char text[80];

	snprintf(text, sizeof(text), "{%s}", ex1_guid);
	for (char *p = text; *p; p++) {
		*p = *p >= 'a' && *p <= 'f' ? *p - 32 : *p;
	}
	ck_assert_int_eq(
		cas_organization_find(fixture_load(f), SERVER, text, &object, NULL), 0);
	expect_rdn(object, "CN=EX1");
	fixture_free(f);
}
END_TEST

static const struct {
	unsigned kinds;
	const char *identity;
	int code;
	const char *message;
	const char *hint; /* NULL: none */
} errors[] = {
	{ARRAY, "", CAS_E_USAGE, "empty identity", NULL},
	{ARRAY, "  ", CAS_E_USAGE, "empty identity", NULL},
	{ARRAY, "outlok", CAS_E_NOT_FOUND, "no array 'outlok'",
	 "did you mean 'outlook'?"},
	{ARRAY, "outlook.contoso.con", CAS_E_NOT_FOUND, "no array 'outlook.contoso.con'",
	 "did you mean 'outlook.contoso.com'?"},
	{ARRAY, "EX1", CAS_E_NOT_FOUND, "no array 'EX1'", "'EX1' is a server"},
	{SITE, "outlook", CAS_E_NOT_FOUND, "no site 'outlook'", "'outlook' is an array"},
	{SERVER | ARRAY, "nothing at all", CAS_E_NOT_FOUND,
	 "no server or array 'nothing at all'", NULL},
	{SITE | SERVER | DAG, "x y z", CAS_E_NOT_FOUND, "no site, server or dag 'x y z'",
	 NULL},
	{DATABASE, "Sales DB", CAS_E_NOT_FOUND, "no database 'Sales DB'",
	 "did you mean 'Sales DB 1' or 'Sales DB 2'?"},
	{SERVER, "EX", CAS_E_NOT_FOUND, "no server 'EX'",
	 "did you mean 'EX1', 'EX2' or "},
	{SITE | DATABASE, "HQ", CAS_E_AMBIGUOUS,
	 "several objects answer to site or database 'HQ': 'CN=HQ,CN=Sites," FIXTURE_CFG
	 "', 'CN=HQ,CN=Databases," FIXTURE_AG "'",
	 "name it by distinguished name or GUID"},
	{DATABASE, FIXTURE_LEGACY_SERVER("EX2") "/cn=Microsoft Private MDB",
	 CAS_E_AMBIGUOUS, "several objects answer to database '",
	 "name it by distinguished name or GUID"},
};

START_TEST(errors_say_what_to_do)
{
	struct fixture *f = contoso();
	const struct cas_object *object = NULL;
	struct cas_error *err = NULL;
	const char *hint;
	int r = cas_organization_find(fixture_load(f), errors[_i].kinds,
				      errors[_i].identity, &object, &err);

	ck_assert_int_eq(r, errors[_i].code);
	ck_assert_int_eq(cas_error_code(err), errors[_i].code);
	ck_assert_msg(strncmp(cas_error_message(err), errors[_i].message,
			      strlen(errors[_i].message)) == 0,
		      "%s", cas_error_message(err));
	hint = cas_error_hint(err);
	ck_assert_msg(errors[_i].hint ? hint && strncmp(hint, errors[_i].hint,
							strlen(errors[_i].hint)) == 0
				      : !hint,
		      "hint: %s", hint);
	ck_assert_ptr_null(object);
	cas_error_free(err);
	fixture_free(f);
}
END_TEST

START_TEST(an_array_and_a_server_of_one_name)
{
	struct fixture *f = contoso();
	const struct cas_object *object;
	struct cas_error *err = NULL;

	for (int i = 0; i < 7; i++) {
		char dn[256];

		fixture_array(f, "EX1", "twin.contoso.com", NULL);
		snprintf(dn, sizeof(dn), "CN=EX1,CN=Sub%d,CN=Arrays,%s", i, FIXTURE_AG);
		fixture_move(f, dn);
	}
	ck_assert_int_eq(cas_organization_find(fixture_load(f), SERVER | ARRAY, "EX1",
					       &object, &err),
			 CAS_E_AMBIGUOUS);
	ck_assert_ptr_nonnull(strstr(cas_error_message(err), "CN=EX1,CN=Servers,"));
	ck_assert_ptr_nonnull(strstr(cas_error_message(err), "CN=Sub3,"));
	ck_assert_ptr_null(strstr(cas_error_message(err), "CN=Sub4,"));
	ck_assert_ptr_nonnull(strstr(cas_error_message(err), " and 3 more"));
	cas_error_free(err);
	fixture_free(f);
}
END_TEST

/* ---- sets and wildcards ---- */

static const struct {
	unsigned kinds;
	const char *identity;
	const char *names; /* of the set, in order */
} wildcards[] = {
	{DATABASE, "*", "Sales DB 1|Sales DB 2|A, B|*Star|HQ|Pole Star|"},
	{DATABASE, "**", "Sales DB 1|Sales DB 2|A, B|*Star|HQ|Pole Star|"},
	{DATABASE, "sales*", "Sales DB 1|Sales DB 2|"},
	{DATABASE, "* 2", "Sales DB 2|"},
	{DATABASE, "*DB*", "Sales DB 1|Sales DB 2|"},
	{DATABASE, "*,*", "A, B|"},
	{DATABASE, "*Sales DB 1*", "Sales DB 1|"},
	{DATABASE, "Sales DB 1*", "Sales DB 1|"},
	{DATABASE, "DB*", ""},
	{DATABASE, "*Sales", ""},
	{DATABASE, "*D*B*", ""},
	{DATABASE, "*longer than any name*", ""},
	/* The name, not the wildcard that would fit others too. */
	{DATABASE, "*star", "*Star|"},
	{DATABASE, "*S*", "Sales DB 1|Sales DB 2|*Star|Pole Star|"},
	{SITE | SERVER, "*", "HQ|Branch Office|EX1|EX2|"},
	{SERVER, "EX1", "EX1|"},
};

START_TEST(wildcards_fill_a_set)
{
	struct fixture *f = contoso();
	struct cas_objects *set = NULL;
	char names[256] = "";

	ck_assert_int_eq(cas_objects_new(&set, NULL), 0);
	ck_assert_int_eq(cas_objects_match(set, fixture_load(f), wildcards[_i].kinds,
					   wildcards[_i].identity, NULL),
			 0);
	for (size_t i = 0; i < cas_objects_count(set); i++) {
		strcat(names, cas_object_name(cas_objects_get(set, i)));
		strcat(names, "|");
	}
	ck_assert_str_eq(names, wildcards[_i].names);
	ck_assert_ptr_null(cas_objects_get(set, cas_objects_count(set)));
	cas_objects_free(set);
	cas_objects_free(NULL);
	fixture_free(f);
}
END_TEST

START_TEST(sets_are_ordered_and_hold_an_object_once)
{
	static const char *const identities[] = {"HQ", "sales db 2", "Sales*", "A, B",
						 "HQ"};
	static const char *const names[] = {"Sales DB 1", "Sales DB 2", "A, B", "HQ"};
	struct fixture *f = contoso();
	const struct cas_organization *org = fixture_load(f);
	struct cas_objects *set = NULL;
	struct cas_error *err = NULL;

	ck_assert_int_eq(cas_objects_new(&set, NULL), 0);
	for (int i = 0; i < COUNT(identities); i++) {
		ck_assert_int_eq(
			cas_objects_match(set, org, DATABASE, identities[i], NULL), 0);
	}
	ck_assert_int_eq(cas_objects_match(set, org, DATABASE, "Sale", &err),
			 CAS_E_NOT_FOUND);
	cas_error_free(err);
	err = NULL;
	ck_assert_int_eq(cas_objects_match(set, org, DATABASE, "", &err), CAS_E_USAGE);
	cas_error_free(err);
	ck_assert_uint_eq(cas_objects_count(set), COUNT(names));
	for (int i = 0; i < COUNT(names); i++) {
		ck_assert_str_eq(cas_object_name(cas_objects_get(set, (size_t)i)),
				 names[i]);
	}
	cas_objects_free(set);
	fixture_free(f);
}
END_TEST

static const struct {
	const char *identity;
	bool is;
} stars[] = {{"*", true}, {"x*", true}, {"*x", true},  {" x* ", true},
	     {"", false}, {"x", false}, {"x*y", false}};

START_TEST(what_a_wildcard_is)
{
	ck_assert(cas_identity_is_wildcard(stars[_i].identity) == stars[_i].is);
}
END_TEST

/* ---- loading by name ---- */

static struct cas_organization *load_named(struct fixture *f, const char *const *names,
					   size_t n)
{
	struct cas_organization *org = NULL;
	struct cas_error *err = NULL;
	int r = cas_organization_load(cas_organization_directory(fixture_load(f)),
				      CAS_SCOPE_ALL, names, n, &org, &err);

	ck_assert_msg(r == 0, "%s", cas_error_message(err));
	return org;
}

static void expect_equal(const struct cas_database *a, const struct cas_database *b)
{
	ck_assert_str_eq(a->object.dn, b->object.dn);
	ck_assert_str_eq(a->object.name, b->object.name);
	ck_assert_str_eq(a->object.legacy_dn, b->object.legacy_dn);
	ck_assert_str_eq(cas_object_guid(&a->object), cas_object_guid(&b->object));
	ck_assert_uint_eq(a->object.defects, b->object.defects);
	ck_assert_uint_eq(a->object.origin, b->object.origin);
	ck_assert_int_eq(a->type, b->type);
	ck_assert_str_eq(a->owner->object.dn, b->owner->object.dn);
	ck_assert_pstr_eq(a->target ? a->target->dn : NULL,
			  b->target ? b->target->dn : NULL);
	ck_assert_str_eq(a->home->object.dn, b->home->object.dn);
	ck_assert_int_eq(a->home_by_copy, b->home_by_copy);
	ck_assert_int_eq(a->mailboxes, b->mailboxes);
	ck_assert_uint_eq(a->n_copies, b->n_copies);
	for (size_t i = 0; i < a->n_copies; i++) {
		ck_assert_str_eq(a->copies[i]->object.dn, b->copies[i]->object.dn);
		ck_assert_int_eq(a->copies[i]->preference, b->copies[i]->preference);
		ck_assert(a->copies[i]->database == a);
	}
}

static const char *const named[] = {
	"Sales DB 1",
	"SALES db 2",
	" HQ ",
	"A, B",
	"*Star",
	sales_guid,
	"cn=sales DB 1, CN=Databases," FIXTURE_AG,
	FIXTURE_LEGACY_SERVER("UNIQUE") "/cn=Microsoft Private MDB",
};

START_TEST(a_named_database_is_the_same)
{
	struct fixture *f = contoso();
	struct cas_organization *org;
	const struct cas_object *found;

	fixture_entry(f, "CN=u,DC=contoso,DC=com", "top user", "u");
	fixture_add(f, "homeMDB", fixture_database_dn("Sales DB 1"));
	org = load_named(f, &named[_i], 1);
	ck_assert(org->named);
	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_DATABASE), 1);
	ck_assert_int_eq(cas_organization_find(org, DATABASE, named[_i], &found, NULL),
			 0);
	expect_equal(cas_object_database(found),
		     cas_object_database(fixture_find(f, CAS_KIND_DATABASE, found->dn)));
	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_COPY),
			  cas_object_database(found)->n_copies);
	ck_assert_uint_eq(CASP_ARRAY(org, 0)->n_databases, 0);
	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_SERVER), 2);
	cas_organization_free(org);
	fixture_free(f);
}
END_TEST

START_TEST(several_are_named)
{
	static const char *const names[] = {"HQ", "missing", "Sales DB 2", "hq"};
	struct fixture *f = contoso();
	struct cas_organization *org = load_named(f, names, 4);
	const struct cas_object *found = NULL;

	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_DATABASE), 2);
	ck_assert_str_eq(CASP_DATABASE(org, 0)->object.name, "Sales DB 2");
	ck_assert_str_eq(CASP_DATABASE(org, 1)->object.name, "HQ");
	ck_assert_uint_eq(CASP_DATABASE(org, 0)->n_copies, 1);
	ck_assert_int_eq(cas_organization_find(org, DATABASE, "missing", &found, NULL),
			 CAS_E_NOT_FOUND);
	cas_organization_free(org);
	fixture_free(f);
}
END_TEST

/* More than get a query each. */
START_TEST(many_are_named)
{
	struct fixture *f = contoso();
	char names[40][32];
	const char *list[40];
	struct cas_organization *org;

	for (int i = 0; i < 50; i++) {
		char name[32];

		snprintf(name, sizeof(name), "Many %d", i);
		fixture_database(f, name, "EX1", "EX1");
		fixture_copy(f, name, "EX2", 2);
		fixture_copy(f, name, "EX1", 1);
	}
	for (int i = 0; i < 40; i++) {
		snprintf(names[i], sizeof(names[i]), "many %d", i + 5);
		list[i] = names[i];
	}
	org = load_named(f, list, 40);
	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_DATABASE), 40);
	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_COPY), 80);
	for (size_t i = 0; i < 40; i++) {
		const struct cas_database *db = CASP_DATABASE(org, i);

		ck_assert_uint_eq(db->n_copies, 2);
		ck_assert(db->copies[0]->host == db->owner);
	}
	cas_organization_free(org);
	fixture_free(f);
}
END_TEST

/* Exports of chosen attributes: only the DN has the name. */
START_TEST(a_name_without_attribute_is_found)
{
	static const char *const names[] = {"bare"};
	struct fixture *f = contoso();
	struct cas_organization *org;

	fixture_database(f, "Bare", "EX1", "EX1");
	fixture_set(f, "cn", NULL);
	fixture_copy(f, "Bare", "EX1", 1);
	org = load_named(f, names, 1);
	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_DATABASE), 1);
	ck_assert_uint_eq(CASP_DATABASE(org, 0)->n_copies, 1);
	cas_organization_free(org);
	fixture_free(f);
}
END_TEST

START_TEST(a_misspelt_name_has_a_hint)
{
	static const char *const names[] = {"Slaes DB 2", "Sales DB 2"};
	struct fixture *f = contoso();
	struct cas_organization *org = load_named(f, names, 2);
	const struct cas_object *found = NULL;
	struct cas_error *err = NULL;

	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_DATABASE), 1);
	ck_assert_int_eq(cas_organization_find(org, DATABASE, names[0], &found, &err),
			 CAS_E_NOT_FOUND);
	ck_assert_str_eq(cas_error_hint(err),
			 "did you mean 'Sales DB 2' or 'Sales DB 1'?");
	cas_error_free(err);
	cas_organization_free(org);
	fixture_free(f);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("identity");
	TCase *tc = tcase_create("identity");

	tcase_add_loop_test(tc, every_form_finds, 0, COUNT(forms));
	tcase_add_test(tc, guids_in_braces);
	tcase_add_loop_test(tc, errors_say_what_to_do, 0, COUNT(errors));
	tcase_add_test(tc, an_array_and_a_server_of_one_name);
	tcase_add_loop_test(tc, wildcards_fill_a_set, 0, COUNT(wildcards));
	tcase_add_test(tc, sets_are_ordered_and_hold_an_object_once);
	tcase_add_loop_test(tc, what_a_wildcard_is, 0, COUNT(stars));
	tcase_add_loop_test(tc, a_named_database_is_the_same, 0, COUNT(named));
	tcase_add_test(tc, several_are_named);
	tcase_add_test(tc, many_are_named);
	tcase_add_test(tc, a_name_without_attribute_is_found);
	tcase_add_test(tc, a_misspelt_name_has_a_hint);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
