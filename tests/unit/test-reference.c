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
	const char *reference;
} rows[] = {
	{HQ "db D EX1 EX1;set msExchRestore TRUE", "exempt"},
	{HQ "db D EX1 outlook.contoso.com", "fine"},
	{HQ "db D EX1 EX1", "points-at-server"},
	{"site S;server C S 38 14.3.123.4;db D C C", "points-at-server-no-array"},
	{HQ BER "db D EX1 BER1", "points-at-server-of-other-site"},
	{HQ "server M HQ 2 14.3.123.4;db D M M", "points-at-mailbox-only-server"},
	{HQ BER "db D EX1 ber.contoso.com", "uses-other-site-array"},
	{HQ "array n n.contoso.com -;db D EX1 n.contoso.com", "uses-array-without-site"},
	{HQ "db D GONE EX1", "points-at-server-home-unknown"},
	{HQ "db D GONE outlook.contoso.com", "uses-array-home-unknown"},
	{HQ "db D EX1 GONE", "points-nowhere"},
	/* a lost array is not in use */
	{HQ "array l l.contoso.com HQ;move CN=l,CN=LostAndFoundConfig," FIXTURE_CFG
	    ";db D EX1 l.contoso.com",
	 "points-nowhere"},
	{HQ "db D EX1 outlook", "short-name"},
	{HQ "db D EX1 outlooks", "points-nowhere"},
	/* the short name of a server that is no Client Access server */
	{HQ "server M HQ 2 14.3.123.4;set networkAddress ncacn_ip_tcp:m2.contoso.com;"
	    "db D EX1 m2",
	 "points-nowhere"},
	{HQ "server M HQ 4 14.3.123.4;set networkAddress ncacn_ip_tcp:m2.contoso.com;"
	    "db D EX1 m2",
	 "short-name"},
	/* a single-label FQDN is a whole name */
	{HQ "array w whole HQ;set legacyExchangeDN " SERVERS "/cn=x;db D EX1 whole",
	 "points-nowhere"},
	{HQ "db D EX1 https://outlook.contoso.com", "value-has-junk"},
	{DN(SERVERS "/cn= x/cn=Y"), "value-has-junk"},
	{DN(SERVERS "/cn=x/cn=Any Leaf"), "points-nowhere"},
	{DN(SERVERS "/CN=x/CN=y"), "points-nowhere"},
	{DN(SERVERS "/cn=x/ou=y"), "malformed"},
	{DN(SERVERS "/cn=x/cn="), "malformed"},
	{DN(SERVERS "/cn=/cn=y"), "malformed"},
	{DN(SERVERS "/cn=x/cn=y/cn=z"), "malformed"},
	{DN(SERVERS "/cn=x"), "malformed"},
	{DN(SERVERS), "malformed"},
	{DN(FIXTURE_LEGACY "/cn=x/cn=y"), "malformed"},
	{DN("/o=Contoso"), "malformed"},
	{DN("/o=Other/ou=X" NEST "/cn=x/cn=y"), "malformed"},
	{DN("x" SERVERS "/cn=x/cn=y"), "malformed"},
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
	ck_assert_str_eq(casp_reference_name(casp_reference(org, NULL, database)),
			 rows[_i].reference);
	ck_assert(casp_facts_init(&facts, org));
	ck_assert_str_eq(casp_reference_name(casp_reference(org, &facts, database)),
			 rows[_i].reference);
	casp_facts_free(&facts);
	fixture_free(f);
}
END_TEST

/* A directory that does not give the legacyExchangeDN of the administrative group. */
START_TEST(test_without_group)
{
	static const struct {
		const char *value, *reference;
	} values[] = {
		{"/o=Other/ou=X" NEST "/cn=x/cn=y", "points-nowhere"},
		{"/o=Other/ou=X" NEST "/cn=x", "malformed"},
		{"/o=Other/ou=X/cn=x/cn=y", "malformed"},
	};
	struct fixture *f = fixture_new();
	const struct cas_database *database;
	struct cas_organization *org;

	script(f, HQ "db D EX1 x");
	fixture_set(f, "legacyExchangeDN", values[_i].value);
	org = fixture_load(f);
	org->group->object.legacy_dn = "";
	database = cas_object_database(fixture_find(f, CAS_KIND_DATABASE, "D"));
	ck_assert_str_eq(casp_reference_name(casp_reference(org, NULL, database)),
			 values[_i].reference);
	fixture_free(f);
}
END_TEST

START_TEST(test_name)
{
	ck_assert_str_eq(casp_reference_name(CASP_N_REFERENCES), "unknown");
	for (int i = 0; i < CASP_N_REFERENCES; i++) {
		ck_assert_ptr_nonnull(casp_reference_name((enum casp_reference)i));
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reference");
	TCase *tcase = tcase_create("reference");

	tcase_add_loop_test(tcase, test_reference, 0, sizeof(rows) / sizeof(*rows));
	tcase_add_loop_test(tcase, test_without_group, 0, 3);
	tcase_add_test(tcase, test_name);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
