/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What servers, arrays and services refer to; every defect of an object. */
#include <string.h>

#include "loaded.h"

#define COUNT(rows) (int)(sizeof(rows) / sizeof(*(rows)))
#define LOST_CFG "CN=LostAndFoundConfig," FIXTURE_CFG
#define OLD_GROUP "CN=First Administrative Group," FIXTURE_GROUPS

/* ---- servers and arrays ---- */

static const struct {
	const char *site;
	int roles;
	const char *version;
	bool rpc;
	const char *why; /* NULL: a member */
	unsigned major, revision;
} servers[] = {
	{"HQ", MULTI, SP3, true, NULL, 14, 4},
	{"HQ", CAS, "14.0.639.21", true, NULL, 14, 21},
	{NULL, MULTI, SP3, true, "no site", 14, 4},
	{"Gone", MULTI, SP3, true, "no site", 14, 4},
	{"HQ", MBX, SP3, true, "no Client Access role", 14, 4},
	{"HQ", CAS, SP3, false, "no RpcClientAccess object", 14, 4},
	{"HQ", CAS, "8.3.83.6", true, "Exchange 2007", 8, 6},
	{"HQ", 16439, "15.0.516.32", true, "Exchange 2013 or later", 15, 32},
	{"HQ", 0, "6.5.6944.4", true, "Exchange 2003 or older", 6, 4},
};

START_TEST(members_are_computed)
{
	struct fixture *f = fixture_new();
	const struct cas_organization *org;
	const struct cas_server *server;
	const struct cas_array *array;
	const char *why = "?";
	size_t at = 0;
	bool member = servers[_i].why == NULL;

	fixture_site(f, "HQ");
	fixture_array(f, "outlook", "outlook.contoso.com", "HQ");
	if (servers[_i].rpc) {
		fixture_server(f, "EX1", servers[_i].site, servers[_i].roles,
			       servers[_i].version);
	} else {
		fixture_server_without_rpc(f, "EX1", servers[_i].site, servers[_i].roles,
					   servers[_i].version);
	}
	org = fixture_load(f);
	server = CASP_SERVER(org, 0);
	array = CASP_ARRAY(org, 0);
	ck_assert_uint_eq(server->version.major, servers[_i].major);
	ck_assert_uint_eq(server->version.revision, servers[_i].revision);
	ck_assert(casp_server_is_member(server, &why) == member);
	ck_assert_pstr_eq(why, servers[_i].why);
	ck_assert_uint_eq(casp_array_n_members(array), member);
	ck_assert(casp_array_next_member(array, &at) == (member ? server : NULL));
	ck_assert_ptr_null(casp_array_next_member(array, &at));
	fixture_free(f);
}
END_TEST

START_TEST(sites_know_their_servers)
{
	struct fixture *f = two_sites();
	const struct cas_organization *org;
	const struct cas_site *hq, *branch;

	fixture_server(f, "MB3", "Branch", MBX, SP3);
	fixture_server(f, "EX07", "HQ", MULTI, "8.3.83.6");
	fixture_array(f, "new", "new.contoso.com", "Branch");
	fixture_set(f, "msExchVersion", "88218628259840");
	org = fixture_load(f);
	hq = cas_object_site(find(org, CAS_KIND_SITE, "HQ"));
	branch = cas_object_site(find(org, CAS_KIND_SITE, "Branch"));
	ck_assert_uint_eq(hq->servers.n, 3);
	ck_assert_uint_eq(hq->arrays.n, 1);
	ck_assert(hq->has_cas10 && hq->has_mbx10);
	ck_assert_uint_eq(branch->servers.n, 2);
	ck_assert_msg(branch->arrays.n == 0, "an array of Exchange 2013 is none of ours");
	ck_assert(CASP_ARRAY(org, 1)->is_2013);
	ck_assert_uint_eq(casp_array_n_members(CASP_ARRAY(org, 1)), 0);
	ck_assert(cas_array_site(CASP_ARRAY(org, 1)) == branch);
	fixture_free(f);
}
END_TEST

START_TEST(arrays_have_addresses)
{
	struct fixture *f = fixture_new();
	const struct cas_organization *org;
	const struct cas_array *array;

	fixture_array(f, "two", "one.contoso.com", NULL);
	fixture_add(f, "networkAddress", "NCACN_IP_TCP:two.contoso.com");
	fixture_add(f, "networkAddress", "netbios:TWO");
	fixture_array(f, "none", "none.contoso.com", NULL);
	fixture_set(f, "networkAddress", NULL);
	org = fixture_load(f);
	array = CASP_ARRAY(org, 0);
	ck_assert_str_eq(cas_array_fqdn(array), "one.contoso.com");
	ck_assert_str_eq(array->tcp_value, "ncacn_ip_tcp:one.contoso.com");
	ck_assert_uint_eq(array->n_tcp, 2);
	ck_assert_uint_eq(array->n_other, 1);
	ck_assert_int_eq(array->format, 4535486012416);
	ck_assert_int_eq(array->flags, 1073741824);
	ck_assert_str_eq(cas_array_fqdn(CASP_ARRAY(org, 1)), "");
	ck_assert_ptr_null(cas_array_site(CASP_ARRAY(org, 1)));
	fixture_free(f);
}
END_TEST

START_TEST(dags_have_members)
{
	struct fixture *f = two_sites();
	const struct cas_organization *org;
	const struct cas_object *dag;

	fixture_server(f, "EX3", "HQ", MULTI, SP3);
	fixture_set(f, "msExchMDBAvailabilityGroupLink", fixture_dag_dn("DAG1"));
	fixture_database(f, "DB1", "EX3", "EX3");
	fixture_set(f, "msExchMasterServerOrAvailabilityGroup", fixture_dag_dn("DAG1"));
	fixture_database(f, "DB2", "EX3", "EX3");
	fixture_dag(f, "DAG1", false);
	org = fixture_load(f);
	dag = find(org, CAS_KIND_DAG, "dag1");
	ck_assert_uint_eq(CASP_DAG(org, 0)->members.n, 1);
	ck_assert_str_eq(CASP_DAG(org, 0)->members.v[0]->object.name, "EX3");
	ck_assert(!CASP_DAG(org, 0)->cross_site);
	ck_assert(cas_database_in_dag(database(org, "DB1"), dag));
	ck_assert(!cas_database_in_dag(database(org, "DB2"), dag));
	ck_assert_uint_eq(database(org, "DB1")->object.defects, 0);
	fixture_free(f);
}
END_TEST

/* ---- defects ---- */

static void site_dangles(struct fixture *f)
{
	fixture_server(f, "X", "Gone", MULTI, SP3);
}

static void array_site_dangles(struct fixture *f)
{
	fixture_array(f, "X", "x.contoso.com", "Gone");
}

static void subnet_dangles(struct fixture *f)
{
	fixture_subnet(f, "10.9.0.0/16", "Gone");
}

static void no_guid(struct fixture *f)
{
	fixture_array(f, "X", "x.contoso.com", "HQ");
	fixture_set(f, "objectGUID", NULL);
}

static void short_guid(struct fixture *f)
{
	fixture_array(f, "X", "x.contoso.com", "HQ");
	fixture_set(f, "objectGUID", "too short");
}

static void conflict_name(struct fixture *f)
{
	fixture_array(f, "X", "x.contoso.com", "HQ");
	fixture_move(f, "CN=" CNF("X") ",CN=Arrays," FIXTURE_AG);
}

static void bad_legacy_dn(struct fixture *f)
{
	fixture_database(f, "X", "EX1", "EX1");
	fixture_set(f, "legacyExchangeDN", "/o=Contoso/cn=Con\tfiguration/cn=EX1/cn=DB");
}

static void nul_in_legacy_dn(struct fixture *f)
{
	fixture_database(f, "X", "EX1", "EX1");
	fixture_set(f, "legacyExchangeDN", NULL);
	/* "/o=Contoso/cn=a", NUL, "/cn=b" */
	fixture_add(f, "legacyExchangeDN:", "L289Q29udG9zby9jbj1hAC9jbj1i");
}

static void server_bad_legacy_dn(struct fixture *f)
{
	fixture_server(f, "X", "HQ", MULTI, SP3);
	fixture_set(f, "legacyExchangeDN", "EX9");
}

static void no_legacy_dn(struct fixture *f)
{
	fixture_server(f, "X", "HQ", MULTI, SP3);
	fixture_set(f, "legacyExchangeDN", NULL);
}

static void shared_legacy_dn(struct fixture *f)
{
	fixture_array(f, "X", "x.contoso.com", "HQ");
	fixture_set(f, "legacyExchangeDN", FIXTURE_LEGACY_SERVER("ex2"));
}

static void owner_dangles(struct fixture *f)
{
	fixture_database(f, "X", "EX9", "EX1");
	fixture_set(f, "msExchMasterServerOrAvailabilityGroup", fixture_server_dn("EX1"));
}

static void owner_is_missing(struct fixture *f)
{
	fixture_database(f, "X", NULL, "EX1");
}

static void owner_is_no_server(struct fixture *f)
{
	fixture_database(f, "X", "EX1", "EX1");
	fixture_set(f, "msExchOwningServer", fixture_array_dn("outlook"));
}

static void master_dangles(struct fixture *f)
{
	fixture_database(f, "X", "EX1", "EX1");
	fixture_set(f, "msExchMasterServerOrAvailabilityGroup", fixture_dag_dn("GONE"));
}

static void host_dangles(struct fixture *f)
{
	fixture_copy(f, "X", "EX9", 1);
}

static void outside_group(struct fixture *f)
{
	fixture_entry(f, OLD_GROUP, "top msExchAdminGroup", "First Administrative Group");
	fixture_add(f, "legacyExchangeDN", "/o=Contoso/ou=First Administrative Group");
	fixture_server(f, "X", "HQ", 0, "6.5.6944.4");
	fixture_move(f, "CN=X,CN=Servers," OLD_GROUP);
}

static void lost(struct fixture *f)
{
	fixture_server(f, "X", "HQ", MULTI, SP3);
	fixture_move(f, "CN=X," LOST_CFG);
}

static void fine_in_another_spelling(struct fixture *f)
{
	fixture_array(f, "X", "x.contoso.com", NULL);
	fixture_add(f, "msExchServerSite", "cn=hq, cn=SITES," FIXTURE_CFG);
	fixture_move(f, "cn=X, cn=arrays, " FIXTURE_AG);
}

static const struct {
	void (*arrange)(struct fixture *f);
	enum cas_kind kind;
	unsigned defects;
} defects[] = {
	{site_dangles, CAS_KIND_SERVER, CASP_OBJECT_SITE_DANGLES},
	{array_site_dangles, CAS_KIND_ARRAY, CASP_OBJECT_SITE_DANGLES},
	{subnet_dangles, CAS_KIND_SUBNET, CASP_OBJECT_SITE_DANGLES},
	{no_guid, CAS_KIND_ARRAY, CASP_OBJECT_NO_GUID},
	{short_guid, CAS_KIND_ARRAY, CASP_OBJECT_NO_GUID},
	{conflict_name, CAS_KIND_ARRAY, CASP_OBJECT_CONFLICT_NAME},
	{bad_legacy_dn, CAS_KIND_DATABASE, CASP_OBJECT_LEGACY_DN_BAD},
	{nul_in_legacy_dn, CAS_KIND_DATABASE, CASP_OBJECT_LEGACY_DN_BAD},
	{server_bad_legacy_dn, CAS_KIND_SERVER, CASP_OBJECT_LEGACY_DN_BAD},
	{no_legacy_dn, CAS_KIND_SERVER, CASP_OBJECT_LEGACY_DN_MISSING},
	{shared_legacy_dn, CAS_KIND_ARRAY, CASP_OBJECT_LEGACY_DN_SHARED},
	{owner_dangles, CAS_KIND_DATABASE, CASP_OBJECT_OWNER_DANGLES},
	{owner_is_missing, CAS_KIND_DATABASE, CASP_OBJECT_OWNER_DANGLES},
	{owner_is_no_server, CAS_KIND_DATABASE, CASP_OBJECT_OWNER_DANGLES},
	{master_dangles, CAS_KIND_DATABASE, CASP_OBJECT_MASTER_DANGLES},
	{host_dangles, CAS_KIND_COPY, CASP_OBJECT_HOST_DANGLES},
	{outside_group, CAS_KIND_SERVER, CASP_OBJECT_OUTSIDE_GROUP},
	{lost, CAS_KIND_SERVER, CASP_OBJECT_OUTSIDE_GROUP | CASP_OBJECT_LOST},
	{fine_in_another_spelling, CAS_KIND_ARRAY, 0},
};

/* The object with the defect is the last one of its kind; all others have none. */
START_TEST(broken_objects_are_kept)
{
	struct fixture *f = two_sites();
	const struct cas_organization *org;
	size_t last;

	defects[_i].arrange(f);
	org = fixture_load(f);
	last = cas_organization_count(org, defects[_i].kind) - 1;
	for (enum cas_kind kind = 0; kind < CAS_N_KINDS; kind++) {
		for (size_t i = 0; i < cas_organization_count(org, kind); i++) {
			const struct cas_object *object =
				cas_organization_object(org, kind, i);
			bool it = kind == defects[_i].kind && i == last;
			bool twin = defects[_i].arrange == shared_legacy_dn &&
				    strcmp(object->name, "EX2") == 0;

			ck_assert_msg(
				object->defects == (it || twin ? defects[_i].defects : 0),
				"%s has defects 0x%x", object->name, object->defects);
		}
	}
	fixture_free(f);
}
END_TEST

START_TEST(what_was_lost_takes_no_part)
{
	struct fixture *f = two_sites();
	const struct cas_organization *org;
	const char *why;

	fixture_server(f, "X", "HQ", MULTI, SP3);
	fixture_move(f, "CN=X," LOST_CFG);
	fixture_array(f, "Y", "y.contoso.com", "HQ");
	fixture_move(f, "CN=Y," LOST_CFG);
	fixture_entry(f, "CN=" CNF("Arrays") "," FIXTURE_AG, "top msExchContainer",
		      "Arrays");
	fixture_entry(f, "CN=Old," LOST_CFG, "top msExchContainer", "Old");
	org = fixture_load(f);
	ck_assert_uint_eq(CASP_SITE(org, 0)->servers.n, 2);
	ck_assert_uint_eq(CASP_SITE(org, 0)->arrays.n, 1);
	ck_assert(!casp_server_is_member(CASP_SERVER(org, 3), &why));
	ck_assert_str_eq(why, "in the lost and found container");
	ck_assert_uint_eq(org->strays.n, 2);
	ck_assert_uint_eq(org->strays.v[0]->defects, CASP_OBJECT_CONFLICT_NAME);
	ck_assert_uint_eq(org->strays.v[1]->defects, CASP_OBJECT_LOST);
	ck_assert_str_eq(org->arrays_dn, "CN=Arrays," FIXTURE_AG);
	fixture_free(f);
}
END_TEST

static const struct {
	const char *dn;
	unsigned defects;
} dns[] = {
	{"CN=X,CN=Arrays,DC=a", 0},
	{"CN=" CNF("X") ",CN=Arrays,DC=a", CASP_OBJECT_CONFLICT_NAME},
	{"CN=Y,CN=" CNF("X") ",DC=a", 0},
	{"CN=X,cn=lostandfoundconfig,CN=Configuration,DC=a", CASP_OBJECT_LOST},
	{"CN=Y,CN=X,CN=LostAndFoundConfig,CN=Configuration,DC=a", CASP_OBJECT_LOST},
	{"CN=LostAndFoundConfig,CN=Configuration,DC=a", 0},
	{"CN=" CNF("X") ",CN=LostAndFoundConfig,DC=a",
	 CASP_OBJECT_LOST | CASP_OBJECT_CONFLICT_NAME},
	{"", 0},
};

START_TEST(dns_show_defects)
{
	ck_assert_uint_eq(casp_dn_defects(casp_str(dns[_i].dn)), dns[_i].defects);
}
END_TEST

/* ---- services ---- */

static const struct {
	const char *kind;
	enum casp_service_type type;
} services[] = {
	{"owa", CASP_SERVICE_OWA},
	{"ecp", CASP_SERVICE_ECP},
	{"ews", CASP_SERVICE_EWS},
	{"eas", CASP_SERVICE_ACTIVESYNC},
	{"oab", CASP_SERVICE_OAB},
	{"oa", CASP_SERVICE_OUTLOOK_ANYWHERE},
	{"autodiscover", CASP_SERVICE_AUTODISCOVER},
};

START_TEST(virtual_directories_are_told_apart)
{
	struct fixture *f = two_sites();
	const struct cas_organization *org;
	const struct casp_service *service;

	fixture_vdir(f, "EX2", services[_i].kind, "https://in/x", "https://out/x");
	org = fixture_load_scope(f, CAS_SCOPE_SERVICES);
	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_SERVICE), 1);
	service = CASP_SERVICE(org, 0);
	ck_assert_int_eq(service->type, services[_i].type);
	ck_assert_str_eq(service->internal_url, "https://in/x");
	ck_assert_str_eq(service->external_url, "https://out/x");
	ck_assert_str_eq(service->server->object.name, "EX2");
	fixture_free(f);
}
END_TEST

START_TEST(connection_points_are_told_from_others)
{
	struct fixture *f = two_sites();
	const struct cas_organization *org;
	const struct casp_service *scp;

	fixture_entry(f, "CN=Printer,CN=Computers,DC=contoso,DC=com",
		      "top serviceConnectionPoint", "Printer");
	fixture_add(f, "keywords", "printing");
	fixture_entry(f,
		      "CN=EX1,CN=Autodiscover,CN=Protocols,CN=EX1,CN=Servers," FIXTURE_AG,
		      "top serviceConnectionPoint", "EX1");
	fixture_add(f, "keywords", "77378f46-2c66-4aa9-a6a6-3e7a48b19596");
	fixture_add(f, "keywords", "Site=HQ");
	fixture_add(f, "keywords", "site=Branch");
	fixture_add(f, "serviceBindingInformation", "https://a/Autodiscover.xml");
	fixture_entry(f,
		      "CN=EX2,CN=Autodiscover,CN=Protocols,CN=EX2,CN=Servers," FIXTURE_AG,
		      "top serviceConnectionPoint", "EX2");
	fixture_add(f, "serviceClassName", "ms-Exchange-AutoDiscover-Service");
	fixture_entry(f, "CN=Proxy,CN=HTTP,CN=Protocols,CN=EX2,CN=Servers," FIXTURE_AG,
		      "top container msExchVirtualDirectory", "Proxy");
	org = fixture_load_scope(f, CAS_SCOPE_SERVICES);
	ck_assert_uint_eq(cas_organization_count(org, CAS_KIND_SERVICE), 2);
	scp = CASP_SERVICE(org, 0);
	ck_assert_int_eq(scp->type, CASP_SERVICE_SCP);
	ck_assert_str_eq(scp->binding, "https://a/Autodiscover.xml");
	ck_assert_str_eq(scp->scope[0], "HQ");
	ck_assert_str_eq(scp->scope[1], "Branch");
	ck_assert_ptr_null(scp->scope[2]);
	ck_assert_str_eq(scp->server->object.name, "EX1");
	ck_assert_str_eq(CASP_SERVICE(org, 1)->object.name, "EX2");
	fixture_free(f);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("link");
	TCase *tc = tcase_create("link");

	tcase_add_loop_test(tc, members_are_computed, 0, COUNT(servers));
	tcase_add_test(tc, sites_know_their_servers);
	tcase_add_test(tc, arrays_have_addresses);
	tcase_add_test(tc, dags_have_members);
	tcase_add_loop_test(tc, broken_objects_are_kept, 0, COUNT(defects));
	tcase_add_test(tc, what_was_lost_takes_no_part);
	tcase_add_loop_test(tc, dns_show_defects, 0, COUNT(dns));
	tcase_add_loop_test(tc, virtual_directories_are_told_apart, 0, COUNT(services));
	tcase_add_test(tc, connection_points_are_told_from_others);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
