/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loading an organization: every kind of object, and what makes it none. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "directory/directory.h"
#include "loaded.h"

START_TEST(every_kind_is_loaded)
{
	struct fixture *f = two_sites();
	const struct cas_organization *org;

	fixture_subnet(f, "10.1.0.0/16", "HQ");
	fixture_dag(f, "DAG1", true);
	fixture_database(f, "DB1", "EX1", "outlook.contoso.com");
	fixture_public_database(f, "PF1", "EX1", "EX1");
	fixture_copy(f, "DB1", "EX1", 1);
	fixture_vdir(f, "EX1", "owa", "https://ex1.contoso.com/owa", NULL);
	org = fixture_load_scope(f, CAS_SCOPE_ALL);
	ck_assert_uint_eq(cas_organization_scope(org), CAS_SCOPE_ALL);
	ck_assert_str_eq(cas_organization_name(org), "Contoso");
	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_SITE), 2);
	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_SUBNET), 1);
	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_SERVER), 3);
	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_ARRAY), 1);
	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_DATABASE), 2);
	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_COPY), 1);
	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_DAG), 1);
	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_SERVICE), 1);
	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_ORGANIZATION), 1);
	ck_assert_uint_eq(cas_organization_count(org, CAS_N_KINDS), 0);
	for (enum cas_kind kind = 0; kind < CAS_N_KINDS; kind++) {
		const struct cas_object *object;

		for (size_t i = 0; (object = cas_organization_object(org, kind, i));
		     i++) {
			ck_assert_int_eq(cas_object_kind(object), kind);
			ck_assert_uint_eq(object->index, i);
			ck_assert_uint_eq(object->defects, 0);
			ck_assert_uint_eq(strlen(cas_object_guid(object)), 36);
			ck_assert_int_eq(object->created,
					 kind == CAS_KIND_COPY ? 0 : 1325376000);
		}
		ck_assert_ptr_null(cas_organization_object(
			org, kind, cas_organization_count(org, kind)));
	}
	ck_assert_uint_eq(CASP_SITE(org, 0)->n_subnets, 1);
	ck_assert(CASP_DAG(org, 0)->cross_site);
	ck_assert_str_eq(org->group->object.dn, FIXTURE_AG);
	ck_assert_str_eq(org->group->object.legacy_dn, FIXTURE_LEGACY);
	ck_assert_str_eq(org->arrays_dn, "CN=Arrays," FIXTURE_AG);
	fixture_free(f);
}
END_TEST

START_TEST(the_topology_has_no_databases)
{
	struct fixture *f = two_sites();
	const struct cas_organization *org;

	fixture_database(f, "DB1", "EX1", "outlook.contoso.com");
	fixture_copy(f, "DB1", "EX1", 1);
	fixture_vdir(f, "EX1", "owa", "https://ex1.contoso.com/owa", NULL);
	org = fixture_load_scope(f, CAS_SCOPE_TOPOLOGY);
	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_SERVER), 3);
	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_DATABASE), 0);
	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_COPY), 0);
	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_SERVICE), 0);
	fixture_free(f);
}
END_TEST

START_TEST(defects_of_entries_are_told)
{
	struct fixture *f = two_sites();
	const struct cas_organization *org;
	const struct casp_defect *list;
	struct casp_buf where = {0};

	fixture_raw(f, "dn: CN=EX1,CN=Servers," FIXTURE_AG
		       "\nobjectClass: msExchExchangeServer\n\n");
	org = fixture_load(f);
	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_SERVER), 3);
	ck_assert_uint_eq(casp_organization_defects(org, &list), 1);
	ck_assert_int_eq(list[0].kind, CASP_DEFECT_DUPLICATE_DN);
	casp_organization_where(org, list[0].origin, &where);
	ck_assert_ptr_nonnull(strchr(where.p, ':'));
	casp_buf_free(&where);
	fixture_free(f);
}
END_TEST

/* ---- the organization itself ---- */

static int load_text(const char *text, struct cas_organization **org,
		     struct cas_error **err)
{
	char path[] = "/tmp/test-organization-XXXXXX";
	const char *paths[] = {path};
	FILE *file = fdopen(mkstemp(path), "w");
	struct cas_context *context = NULL;
	struct cas_directory *directory = NULL;
	int r;

	fputs(text, file);
	fclose(file);
	ck_assert_int_eq(cas_context_new(&context, err), 0);
	r = cas_directory_open(context, paths, 1, &directory, err);
	if (r == 0) {
		r = cas_organization_load(directory, CAS_SCOPE_ALL, NULL, 0, org, err);
	}
	cas_directory_unref(directory);
	cas_context_unref(context);
	remove(path);
	return r;
}

START_TEST(no_organization_is_an_error)
{
	struct cas_organization *org = NULL;
	struct cas_error *err = NULL;
	int r = load_text("dn: CN=HQ,CN=Sites," FIXTURE_CFG "\nobjectClass: site\n", &org,
			  &err);

	ck_assert_int_eq(r, CAS_E_NOT_FOUND);
	ck_assert_ptr_null(org);
	ck_assert_ptr_nonnull(
		strstr(cas_error_message(err), "no Exchange organization in '"));
	ck_assert_ptr_nonnull(strstr(cas_error_hint(err), "ldifde"));
	cas_error_free(err);
}
END_TEST

START_TEST(there_is_room_for_the_first_array)
{
	struct fixture *f = fixture_new();
	const struct cas_organization *org = fixture_load(f);

	ck_assert_pstr_eq(org->arrays_dn, "CN=Arrays," FIXTURE_AG);
	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_ARRAY), 0);
	fixture_free(f);
}
END_TEST

START_TEST(two_organizations_are_both_there)
{
	struct fixture *f = two_sites();
	const struct cas_organization *org;

	fixture_entry(
		f, "CN=" CNF("Contoso") ",CN=Microsoft Exchange,CN=Services," FIXTURE_CFG,
		"top msExchOrganizationContainer", "Contoso");
	fixture_entry(f, "CN=Second,CN=Microsoft Exchange,CN=Services," FIXTURE_CFG,
		      "top msExchOrganizationContainer", "Second");
	org = fixture_load(f);
	ck_assert_uint_eq(org->n_containers, 3);
	ck_assert_str_eq(cas_organization_name(org), "Contoso");
	ck_assert_msg(org->containers[2].defects == CASP_OBJECT_CONFLICT_NAME,
		      "what a conflict left behind comes last");
	ck_assert(cas_organization_object(org, CAS_KIND_ORGANIZATION, 1) ==
		  &org->containers[1]);
	fixture_free(f);
}
END_TEST

/* An export of chosen classes has neither the containers nor any order. */
START_TEST(order_does_not_matter)
{
	static const char text[] =
		"dn: CN=EX1,CN=DB1,CN=Databases," FIXTURE_AG "\n"
		"objectClass: msExchMDBCopy\n"
		"msExchHostServerLink: CN=EX1,CN=Servers," FIXTURE_AG "\n\n"
		"dn: CN=DB1,CN=Databases," FIXTURE_AG "\n"
		"objectClass: msExchPrivateMDB\n"
		"legacyExchangeDN: /o=Contoso/cn=x/cn=DB\n\n"
		"dn: CN=outlook,CN=Arrays," FIXTURE_AG "\n"
		"objectClass: msExchClientAccessArrayLegacy\n"
		"objectClass: msExchExchangeServer\n"
		"legacyExchangeDN: /O=CONTOSO/CN=X\n\n"
		"dn: CN=EX1,CN=Servers," FIXTURE_AG "\n"
		"objectClass: msExchExchangeServer\n"
		"msExchServerSite: CN=HQ,CN=Sites," FIXTURE_CFG "\n\n"
		"dn: CN=HQ,CN=Sites," FIXTURE_CFG "\n"
		"objectClass: site\n\n"
		"dn: CN=Old Group," FIXTURE_GROUPS "\n"
		"objectClass: msExchAdminGroup\n"
		"whenCreated: long ago\n\n"
		"dn: " FIXTURE_AG "\n"
		"objectClass: msExchAdminGroup\n\n"
		"dn: " FIXTURE_ORG "\n"
		"objectClass: msExchOrganizationContainer\n";
	struct cas_organization *org = NULL;
	struct cas_error *err = NULL;
	const struct cas_database *db;

	ck_assert_int_eq(load_text(text, &org, &err), 0);
	db = database(org, "DB1");
	ck_assert_uint_eq(db->n_copies, 1);
	ck_assert(db->copies[0]->host == CASP_SERVER(org, 0));
	ck_assert(cas_database_home(db) == CASP_SITE(org, 0));
	ck_assert(cas_database_target(db) == &CASP_ARRAY(org, 0)->object);
	ck_assert_str_eq(org->arrays_dn, "CN=Arrays," FIXTURE_AG);
	ck_assert_uint_eq(org->groups.n, 2);
	ck_assert_int_eq(org->groups.v[0]->object.created, 0);
	ck_assert_str_eq(org->group->object.dn, FIXTURE_AG);
	ck_assert_uint_eq(CASP_ARRAY(org, 0)->object.defects, CASP_OBJECT_NO_GUID);
	cas_organization_free(org);
}
END_TEST

START_TEST(bad_arguments_are_refused)
{
	struct fixture *f = two_sites();
	struct cas_directory *directory = cas_organization_directory(fixture_load(f));
	static const char *const names[] = {"DB1", " "};
	struct cas_organization *org = NULL;
	struct cas_error *err = NULL;

	ck_assert_int_eq(cas_organization_load(directory, 8, NULL, 0, &org, &err),
			 CAS_E_USAGE);
	cas_error_free(err);
	err = NULL;
	ck_assert_int_eq(cas_organization_load(directory, CAS_SCOPE_SERVICES, names, 1,
					       &org, &err),
			 CAS_E_USAGE);
	cas_error_free(err);
	err = NULL;
	ck_assert_int_eq(cas_organization_load(directory, CAS_SCOPE_DATABASES, names, 2,
					       &org, &err),
			 CAS_E_USAGE);
	cas_error_free(err);
	ck_assert_ptr_null(org);
	cas_organization_free(NULL);
	fixture_free(f);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("organization");
	TCase *tc = tcase_create("organization");

	tcase_add_test(tc, every_kind_is_loaded);
	tcase_add_test(tc, the_topology_has_no_databases);
	tcase_add_test(tc, defects_of_entries_are_told);
	tcase_add_test(tc, no_organization_is_an_error);
	tcase_add_test(tc, there_is_room_for_the_first_array);
	tcase_add_test(tc, two_organizations_are_both_there);
	tcase_add_test(tc, order_does_not_matter);
	tcase_add_test(tc, bad_arguments_are_refused);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
