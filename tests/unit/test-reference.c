/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a database refers to; the database is called D. */
#include "audited.h"
#include "policy/facts.h"
#include "unit.h"

#define SERVERS FIXTURE_LEGACY "/cn=Configuration/cn=Servers"
#define NEST "/cn=Configuration/cn=Servers"
#define DN(value) HQ "db D EX1 x;set legacyExchangeDN " value

static const struct {
	const char *script;
	enum casp_reference reference;
} rows[] = {
	{HQ "db D EX1 EX1;set msExchRestore TRUE", CASP_REFERENCE_EXEMPT},
	{HQ "db D EX1 outlook.contoso.com", CASP_REFERENCE_FINE},
	{HQ "db D EX1 EX1", CASP_REFERENCE_SERVER},
	{"site S;server C S 38 14.3.123.4;db D C C", CASP_REFERENCE_SERVER_NO_ARRAY},
	{HQ BER "db D EX1 BER1", CASP_REFERENCE_CAS_ELSEWHERE},
	{HQ "server M HQ 2 14.3.123.4;db D M M", CASP_REFERENCE_NOT_CAS},
	{HQ BER "db D EX1 ber.contoso.com", CASP_REFERENCE_ARRAY_ELSEWHERE},
	{HQ "array n n.contoso.com -;db D EX1 n.contoso.com",
	 CASP_REFERENCE_ARRAY_NO_SITE},
	{HQ "db D GONE EX1", CASP_REFERENCE_SERVER_NO_HOME},
	{HQ "db D GONE outlook.contoso.com", CASP_REFERENCE_ARRAY_NO_HOME},
	{HQ "db D EX1 GONE", CASP_REFERENCE_NOWHERE},
	/* a lost array is not in use */
	{HQ "array l l.contoso.com HQ;move CN=l,CN=LostAndFoundConfig," FIXTURE_CFG
	    ";db D EX1 l.contoso.com",
	 CASP_REFERENCE_NOWHERE},
	{HQ "db D EX1 outlook", CASP_REFERENCE_SHORT_NAME},
	{HQ "db D EX1 outlooks", CASP_REFERENCE_NOWHERE},
	/* the short name of a server that is no Client Access server */
	{HQ "server M HQ 2 14.3.123.4;set networkAddress ncacn_ip_tcp:m2.contoso.com;"
	    "db D EX1 m2",
	 CASP_REFERENCE_NOWHERE},
	{HQ "server M HQ 4 14.3.123.4;set networkAddress ncacn_ip_tcp:m2.contoso.com;"
	    "db D EX1 m2",
	 CASP_REFERENCE_SHORT_NAME},
	/* a single-label FQDN is a whole name */
	{HQ "array w whole HQ;set legacyExchangeDN " SERVERS "/cn=x;db D EX1 whole",
	 CASP_REFERENCE_NOWHERE},
	{HQ "db D EX1 https://outlook.contoso.com", CASP_REFERENCE_JUNK},
	{DN(SERVERS "/cn= x/cn=Y"), CASP_REFERENCE_JUNK},
	{DN(SERVERS "/cn=x/cn=Any Leaf"), CASP_REFERENCE_NOWHERE},
	{DN(SERVERS "/CN=x/CN=y"), CASP_REFERENCE_NOWHERE},
	{DN(SERVERS "/cn=x/ou=y"), CASP_REFERENCE_MALFORMED},
	{DN(SERVERS "/cn=x/cn="), CASP_REFERENCE_MALFORMED},
	{DN(SERVERS "/cn=/cn=y"), CASP_REFERENCE_MALFORMED},
	{DN(SERVERS "/cn=x/cn=y/cn=z"), CASP_REFERENCE_MALFORMED},
	{DN(SERVERS "/cn=x"), CASP_REFERENCE_MALFORMED},
	{DN(SERVERS), CASP_REFERENCE_MALFORMED},
	{DN(FIXTURE_LEGACY "/cn=x/cn=y"), CASP_REFERENCE_MALFORMED},
	{DN("/o=Contoso"), CASP_REFERENCE_MALFORMED},
	{DN("/o=Other/ou=X" NEST "/cn=x/cn=y"), CASP_REFERENCE_MALFORMED},
	{DN("x" SERVERS "/cn=x/cn=y"), CASP_REFERENCE_MALFORMED},
};

START_TEST(test_reference)
{
	struct fixture *f = fixture_new();
	const struct cas_database *database;
	struct cas_organization *org;
	struct casp_facts facts;

	script(f, rows[_i].script);
	org = fixture_load(f);
	database = cas_object_database(fixture_find(f, CAS_KIND_DATABASE, "D"));
	ck_assert_int_eq(casp_reference(org, NULL, database), rows[_i].reference);
	ck_assert(casp_facts_init(&facts, org));
	ck_assert_int_eq(casp_reference(org, &facts, database), rows[_i].reference);
	casp_facts_free(&facts);
	fixture_free(f);
}
END_TEST

/* A directory that does not give the legacyExchangeDN of the administrative group. */
START_TEST(test_without_group)
{
	static const struct {
		const char *value;
		enum casp_reference reference;
	} values[] = {
		{"/o=Other/ou=X" NEST "/cn=x/cn=y", CASP_REFERENCE_NOWHERE},
		{"/o=Other/ou=X" NEST "/cn=x", CASP_REFERENCE_MALFORMED},
		{"/o=Other/ou=X/cn=x/cn=y", CASP_REFERENCE_MALFORMED},
	};
	struct fixture *f = fixture_new();
	const struct cas_database *database;
	struct cas_organization *org;

	script(f, HQ "db D EX1 x");
	fixture_set(f, "legacyExchangeDN", values[_i].value);
	org = fixture_load(f);
	org->group->object.legacy_dn = "";
	database = cas_object_database(fixture_find(f, CAS_KIND_DATABASE, "D"));
	ck_assert_int_eq(casp_reference(org, NULL, database), values[_i].reference);
	fixture_free(f);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reference");
	TCase *tcase = tcase_create("reference");

	tcase_add_loop_test(tcase, test_reference, 0, sizeof(rows) / sizeof(*rows));
	tcase_add_loop_test(tcase, test_without_group, 0, 3);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
