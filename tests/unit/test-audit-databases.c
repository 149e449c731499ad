/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each rule about databases: where it fires, the near misses, and that rules exclude each
 * other. */
#include <stdio.h>
#include <string.h>

#include "audited.h"
#include "unit.h"

#define LEGACY "set legacyExchangeDN "
#define PRIVATE "/cn=Microsoft Private MDB"
/* a site without an array, with a server of each kind */
#define BARE "site S;server C1 S 4 14.3.123.4;server M1 S 2 14.3.123.4;"
#define TWO HQ "array second second.contoso.com HQ;"
#define STORAGE_GROUP "CN=SG,CN=InformationStore,CN=O,CN=Servers," FIXTURE_AG

static const struct audit_row rows[] = {
	/* database-points-at-server */
	{"CAS040", HQ "db D EX1 EX1", "D error auto"},
	{"CAS040", HQ "db D EX1 ex2", "D error auto"},
	{"CAS040", TWO "db D EX1 EX1", "D error plan"},
	{"CAS040", HQ "db D EX1 outlook.contoso.com", ""},
	{"CAS040", HQ "db D EX1 EX1;set msExchRestore TRUE", ""},
	{"CAS040", HQ "pf P EX1 EX1", ""},
	{"CAS040", HQ "server N HQ 54 15.0.516.0;db D N EX1", ""},
	{"CAS040",
	 HQ
	 "server O HQ 6 8.3.83.0;db D O EX1;unset msExchVersion;move CN=D," STORAGE_GROUP,
	 ""},
	/* the server has no site: it may be of this one */
	{"CAS040", HQ "server LOST - 4 14.3.123.4;db D EX1 LOST", "D error auto"},
	/* home unknown */
	{"CAS040", HQ "db D GONE EX1", "D not-evaluated"},
	/* the home is that of the preferred copy, not of the owner */
	{"CAS040", HQ BER "db D BER1 EX1;copy D EX2 1;copy D BER1 2", "D error auto"},
	{"CAS040", HQ BER "db D BER1 EX1;copy D EX2 2;copy D BER1 1", ""},
	/* whose server exists */
	{"CAS040", HQ BER "db D BER1 EX1;copy D GONE 1;copy D EX2 2", "D error auto"},
	/* database-points-at-server-no-array */
	{"CAS041", BARE "db D M1 C1", "D warning plan"},
	{"CAS041", BARE "db D M1 C1;set msExchRestore TRUE", ""},
	{"CAS041", HQ "db D EX1 EX1", ""},
	{"CAS041", BARE "db D M1 M1", ""},
	/* database-points-nowhere */
	{"CAS042", HQ "db D EX1 GONE", "D error auto"},
	{"CAS042", HQ "db D EX1 gone.contoso.com", "D error auto"},
	{"CAS042", TWO "db D EX1 GONE", "D error plan"},
	{"CAS042", BARE "db D M1 GONE", "D error plan"},
	{"CAS042", HQ "server N HQ 54 15.0.516.0;db D N GONE", ""},
	{"CAS042", HQ "db D EX1 outlook.contoso.com", ""},
	{"CAS042", HQ "db D GONE GONE", "D error plan"},
	/* another leaf does not matter */
	{"CAS042",
	 HQ "db D EX1 x;" LEGACY FIXTURE_LEGACY_SERVER("outlook.contoso.com") "/cn=D",
	 ""},
	/* an array of Exchange 2013 serves nobody here */
	{"CAS042",
	 HQ "array n n.contoso.com HQ;set msExchVersion 88218628259840;db D EX1 "
	    "n.contoso.com",
	 "D error auto"},
	/* database-points-at-mailbox-only-server */
	{"CAS043", HQ "server M HQ 2 14.3.123.4;db D M M", "D error auto"},
	{"CAS043", BARE "db D M1 M1", "D error plan"},
	{"CAS043", HQ "server M HQ 4 8.3.83.0;db D EX1 M", "D error auto"},
	{"CAS043", HQ "server N HQ 54 15.0.516.0;db D EX1 N", "D error auto"},
	{"CAS043", HQ "db D EX1 EX1", ""},
	{"CAS043",
	 HQ
	 "server O HQ 2 8.3.83.0;db D O O;unset msExchVersion;move CN=D," STORAGE_GROUP,
	 ""},
	/* database-uses-other-site-array */
	{"CAS045", HQ BER "db D EX1 ber.contoso.com", "D error plan"},
	{"CAS045", HQ BER "dag G 0;db D EX1 ber.contoso.com;of-dag G", "D error plan"},
	{"CAS045", HQ BER "dag G 1;db D EX1 ber.contoso.com;of-dag G", "D warning plan"},
	{"CAS045", HQ BER "db D EX1 outlook.contoso.com", ""},
	{"CAS045", HQ BER "db D EX1 BER1", ""},
	{"CAS045", HQ "array x x.contoso.com -;db D EX1 x.contoso.com", ""},
	{"CAS045", HQ "db D GONE outlook.contoso.com", "D not-evaluated"},
	{"CAS045", HQ BER "db D EX1 ber.contoso.com;set msExchRestore TRUE", ""},
	/* database-points-at-cas-other-site */
	{"CAS046", HQ BER "db D EX1 BER1", "D error auto"},
	{"CAS046", BARE BER "db D M1 BER1", "D error plan"},
	{"CAS046", HQ BER "db D EX1 EX2", ""},
	{"CAS046", HQ BER "db D EX1 ber.contoso.com", ""},
	/* database-owner-vs-preference */
	{"CAS047", HQ BER "db D EX1 ber.contoso.com;copy D BER1 1;copy D EX1 2",
	 "D info none"},
	{"CAS047", HQ BER "db D EX1 outlook.contoso.com;copy D BER1 2;copy D EX1 1", ""},
	{"CAS047", HQ BER "db D EX1 outlook.contoso.com", ""},
	/* mixed-values-in-site */
	{"CAS048", HQ "db A EX1 EX1;db B EX1 outlook.contoso.com", "HQ warning plan"},
	{"CAS048", HQ "db A EX1 GONE;db B EX1 OTHER", "HQ warning plan"},
	{"CAS048", HQ "db A EX1 EX1;db B EX1 outlook.contoso.com;db C EX1 EX1",
	 "HQ warning plan"},
	{"CAS048", HQ "db A EX1 EX1;db B EX1 ex1", ""},
	/* only what is referred to counts, not the leaf */
	{"CAS048",
	 HQ "db A EX1 EX1;db B EX1 x;" LEGACY FIXTURE_LEGACY_SERVER("EX1") "/cn=B", ""},
	{"CAS048",
	 HQ "db A EX1 GONE;db B EX1 x;" LEGACY FIXTURE_LEGACY_SERVER("GONE") "/cn=B", ""},
	{"CAS048", HQ "db A EX1 GONE;db B EX1 gone", ""},
	{"CAS048", HQ "db A EX1 EX1;set msExchRestore TRUE;db B EX1 outlook.contoso.com",
	 ""},
	{"CAS048", HQ BER "db A EX1 outlook.contoso.com;db B BER1 ber.contoso.com", ""},
	/* database-legacy-dn-malformed */
	{"CAS049", HQ "db D EX1 x;unset legacyExchangeDN", "D error plan"},
	{"CAS049", HQ "db D EX1 x;" LEGACY "nonsense", "D error plan"},
	{"CAS049",
	 HQ "db D EX1 x;" LEGACY
	    "/o=Other/ou=X/cn=Configuration/cn=Servers/cn=EX1" PRIVATE,
	 "D error plan"},
	{"CAS049", HQ "db D EX1 x;" LEGACY FIXTURE_LEGACY "/cn=EX1" PRIVATE,
	 "D error plan"},
	{"CAS049", HQ "db D EX1 x;" LEGACY FIXTURE_LEGACY_SERVER("") PRIVATE,
	 "D error plan"},
	{"CAS049", HQ "db D EX1 x;" LEGACY FIXTURE_LEGACY_SERVER("a#b") PRIVATE,
	 "D error plan"},
	{"CAS049", HQ "db D EX1 x;" LEGACY FIXTURE_LEGACY_SERVER("\x01") PRIVATE,
	 "D error plan"},
	{"CAS049", HQ "db D EX1 GONE", ""},
	{"CAS049", HQ "db D EX1 x;unset legacyExchangeDN;set msExchRestore TRUE", ""},
	/* value-is-short-name */
	{"CAS050", HQ "db D EX1 OUTLOOK", "D warning auto"},
	{"CAS050",
	 HQ "server X HQ 4 14.3.123.4;set networkAddress ncacn_ip_tcp:y.contoso.com;"
	    "db D EX1 y",
	 "D warning auto"},
	{"CAS050", TWO "db D EX1 outlook", "D warning plan"},
	/* that is how a server is referred to */
	{"CAS050", HQ "db D EX1 EX1", ""},
	{"CAS050", HQ "db D EX1 outlook.contoso.co", ""},
	/* value-case-differs, only when asked for */
	{"CAS051", HQ "db D EX1 Outlook.contoso.com", "D info auto"},
	{"CAS051", HQ "db D EX1 outlook.contoso.com", ""},
	/* a repair must not move it to another array for the sake of a letter */
	{"CAS051", HQ BER "db D EX1 Ber.contoso.com", "D info none"},
	{"CAS051",
	 TWO "db D EX1 Second.contoso.com;db E EX1 outlook.contoso.com;"
	     "db F EX1 outlook.contoso.com",
	 "D info none"},
	{"CAS051", HQ "db D EX1 ex1", ""},
	/* value-has-junk */
	{"CAS052",
	 HQ "db D EX1 x;" LEGACY FIXTURE_LEGACY_SERVER(" outlook.contoso.com") PRIVATE,
	 "D error auto"},
	{"CAS052",
	 HQ "db D EX1 x;" LEGACY FIXTURE_LEGACY_SERVER("outlook.contoso.com ") PRIVATE,
	 "D error auto"},
	{"CAS052", HQ "db D EX1 outlook.contoso.com.", "D error auto"},
	{"CAS052", HQ "db D EX1 outlook.contoso.com:443", "D error auto"},
	{"CAS052", HQ "db D EX1 https://outlook.contoso.com", "D error auto"},
	{"CAS052", HQ "db D EX1 outlook.contoso.com/rpc", "D error auto"},
	{"CAS052", BARE "db D M1 c1.contoso.com.", "D error plan"},
	{"CAS052", HQ "db D EX1 outlook.contoso.co", ""},
	/* an array that is referred to in that way is found */
	{"CAS052",
	 HQ "site T;array t t.contoso.com T;set legacyExchangeDN " FIXTURE_LEGACY_SERVER(
		 "t.contoso.com:1") ";db D EX1 t.contoso.com:1",
	 ""},
	/* pf-default-db-remote-site */
	{"CAS059",
	 HQ BER "pf P BER1 BER1;db D EX1 EX1;set msExchHomePublicMDB "
		"cn=p, CN=Databases," FIXTURE_AG,
	 "D info advise"},
	{"CAS059",
	 HQ BER "pf P EX1 EX1;db D EX1 EX1;set msExchHomePublicMDB "
		"CN=P,CN=Databases," FIXTURE_AG,
	 ""},
	{"CAS059",
	 HQ BER "db D EX1 EX1;set msExchHomePublicMDB CN=P,CN=Databases," FIXTURE_AG, ""},
	{"CAS059", HQ "db D EX1 EX1", ""},
	/* exemptions find nothing and need nothing */
	{"CAS058", HQ "pf P EX1 EX1", ""},
	{"CAS060", HQ "db D EX1 EX1;set msExchRestore TRUE", ""},
	{"CAS062", HQ "server N HQ 54 15.0.516.0;db D N EX1", ""},
	{"CAS063", HQ, ""},
	{"CAS064", HQ "db D EX1 EX1", ""},
	/* what this directory cannot answer is never a pass */
	{"CAS044", HQ "db D EX1 EX1", "rule not-evaluated"},
	{"CAS053", HQ "db D EX1 EX1", "rule not-evaluated"},
	{"CAS054", HQ "db D EX1 GONE", "rule not-evaluated"},
	{"CAS055", HQ "db D EX1 EX1", "rule not-evaluated"},
	{"CAS056", HQ "db D EX1 EX1", "rule not-evaluated"},
	{"CAS057", HQ "db D EX1 EX1", ""},
	{"CAS061", HQ "db D EX1 EX1", ""},
};

START_TEST(test_row)
{
	check_audit_row(&rows[_i]);
}
END_TEST

/* Rules about the value, of which at most one may find a database. */
static const char *const values[] = {"CAS040", "CAS041", "CAS042", "CAS043", "CAS045",
				     "CAS046", "CAS049", "CAS050", "CAS052"};

START_TEST(test_rules_exclude_each_other)
{
	struct cas_audit_options options = {.rules = values,
					    .n_rules = sizeof(values) / sizeof(*values)};
	struct fixture *f = fixture_new();
	const struct cas_finding *finding;
	const struct cas_object *last = NULL;
	struct cas_audit *audit;

	script(f, rows[_i].script);
	ck_assert_int_eq(cas_audit_new(fixture_load(f), &options, &audit, NULL), 0);
	while (cas_audit_next(audit, &finding, NULL) == 1) {
		ck_assert_ptr_ne(cas_finding_object(finding), last);
		last = cas_finding_object(finding);
	}
	cas_audit_free(audit);
	fixture_free(f);
}
END_TEST

static const struct audit_row fixes[] = {
	{"CAS040", HQ "db Sales_DB EX1 EX1",
	 "casarray set-database 'Sales DB' --rpc-client-access-server "
	 "outlook.contoso.com"},
	{"CAS040", HQ "db O'Hara EX1 EX1",
	 "casarray set-database 'O'\\''Hara' --rpc-client-access-server "
	 "outlook.contoso.com"},
	{"CAS040", HQ "db $(reboot) EX1 EX1",
	 "casarray set-database '$(reboot)' --rpc-client-access-server "
	 "outlook.contoso.com"},
	/* two of that name: the GUID */
	{"CAS040",
	 HQ "db D EX1 EX1;set objectGUID 0123456789abcdef;server N HQ 54 15.0.516.0;"
	    "db d N EX1;move CN=d,CN=X,CN=Databases," FIXTURE_AG,
	 "casarray set-database 33323130-3534-3736-3839-616263646566 "
	 "--rpc-client-access-server outlook.contoso.com"},
	/* an option, a wildcard: the GUID */
	{"CAS040", HQ "db --all EX1 EX1;set objectGUID 0123456789abcdef",
	 "casarray set-database 33323130-3534-3736-3839-616263646566 "
	 "--rpc-client-access-server outlook.contoso.com"},
	{"CAS040", HQ "db * EX1 EX1;set objectGUID 0123456789abcdef",
	 "casarray set-database 33323130-3534-3736-3839-616263646566 "
	 "--rpc-client-access-server outlook.contoso.com"},
	/* what a terminal would not show as it is: the GUID */
	{"CAS040",
	 HQ "db D EX1 EX1;set cn a\x1b[31m;move CN=a\\1B[31m,CN=Databases," FIXTURE_AG
	    ";set objectGUID 0123456789abcdef",
	 "casarray set-database 33323130-3534-3736-3839-616263646566 "
	 "--rpc-client-access-server outlook.contoso.com"},
	/* and without one the DN */
	{"CAS040", HQ "db --all EX1 EX1;unset objectGUID",
	 "casarray set-database 'CN=--all,CN=Databases," FIXTURE_AG
	 "' --rpc-client-access-server outlook.contoso.com"},
	{"CAS040", TWO "db D EX1 EX1;db E EX1 second.contoso.com",
	 "casarray set-database D --rpc-client-access-server second.contoso.com"},
	/* the array's FQDN is no name that can be typed */
	{"CAS040",
	 "site S;server E S 38 14.3.123.4;array a a.contoso.com S;"
	 "unset networkAddress;db D E E",
	 "casarray set-database D --rpc-client-access-server a"},
	{"CAS041", BARE "db D M1 C1",
	 "casarray new-array --fqdn '<FQDN>' --site S "
	 "--adopt-databases"},
	{"CAS043", BARE "db D M1 M1",
	 "casarray set-database D --rpc-client-access-server C1.contoso.com"},
	/* several: a person must choose */
	{"CAS043", BARE "server C2 S 4 14.3.123.4;db D M1 M1",
	 "casarray new-array --fqdn '<FQDN>' --site S --adopt-databases"},
	{"CAS045", HQ BER "db D EX1 ber.contoso.com",
	 "casarray set-database D --rpc-client-access-server outlook.contoso.com"},
	{"CAS048", HQ "db A EX1 EX1;db B EX1 outlook.contoso.com",
	 "casarray set-database --site HQ --rpc-client-access-server auto"},
	{"CAS051", HQ "db D EX1 Outlook.contoso.com",
	 "casarray repair --rule CAS051 --site HQ"},
	{"CAS051", HQ BER "db D EX1 Ber.contoso.com", ""},
	{"CAS048", TWO "db A EX1 EX1;db B EX1 outlook.contoso.com",
	 "see CAS002: the site has several arrays"},
	{"CAS048", BARE "db A M1 M1;db B M1 C1", "see CAS001: the site needs an array"},
	{"CAS042", "site S;server M S 2 14.3.123.4;db D M GONE",
	 "install the Client Access role in the site, make an array, then point the "
	 "database at "
	 "it"},
	{"CAS042", HQ "db D GONE GONE",
	 "repair the database's owning server link and the server's site, then audit "
	 "again"},
};

START_TEST(test_fix)
{
	check_audit_fix(&fixes[_i]);
}
END_TEST

static const struct audit_row messages[] = {
	{"CAS042", HQ "db D EX1 GONE",
	 "points at 'GONE', which is no array and no server"},
	{"CAS042",
	 HQ "array n n.contoso.com HQ;set msExchVersion 88218628259840;db D EX1 "
	    "n.contoso.com",
	 "array 'n', which serves no Exchange 2010 clients"},
	{"CAS043", HQ "server M HQ 2 14.3.123.4;db D M M",
	 "does not have the Client Access role"},
	{"CAS043", HQ "server N HQ 54 15.0.516.0;db D EX1 N", "(Exchange 2013"},
	{"CAS045", HQ BER "dag G 1;db D EX1 ber.contoso.com;of-dag G",
	 "which its DAG allows"},
	{"CAS045", HQ BER "db D EX1 ber.contoso.com", "its clients cross sites"},
	{"CAS049", HQ "db D EX1 x;unset legacyExchangeDN", "has no legacyExchangeDN"},
	{"CAS049", HQ "db D EX1 x;" LEGACY "nonsense",
	 "names no server of this organization"},
	{"CAS050", HQ "db D EX1 outlook", "probably for 'outlook.contoso.com'"},
};

START_TEST(test_message)
{
	check_audit_message(&messages[_i]);
}
END_TEST

static const struct {
	const char *script;
	const char *says;
} grounds[] = {
	{HQ "db D EX1 EX1", "(by its owning server)"},
	{HQ "db D EX1 EX1;copy D EX2 1;copy D EX1 2",
	 "(by the copy with activation preference 1 on EX2)"},
	{HQ "db D EX1 EX1;copy D GONE 1;copy D EX1 2",
	 "(by the copy with activation preference 2 on EX1)"},
};

/* A finding that rests on the home site says where that comes from. */
START_TEST(test_ground)
{
	struct fixture *f = fixture_new();
	const struct cas_finding *finding;
	const char *rule = "CAS040";
	struct cas_audit_options options = {.rules = &rule, .n_rules = 1};
	struct cas_audit *audit;

	script(f, grounds[_i].script);
	ck_assert_int_eq(cas_audit_new(fixture_load(f), &options, &audit, NULL), 0);
	ck_assert_int_eq(cas_audit_next(audit, &finding, NULL), 1);
	ck_assert_msg(strstr(cas_finding_message(finding), grounds[_i].says), "%s",
		      cas_finding_message(finding));
	ck_assert_str_eq(cas_finding_observed(finding), "EX1.contoso.com");
	ck_assert_str_eq(cas_finding_expected(finding), "outlook.contoso.com");
	cas_audit_free(audit);
	fixture_free(f);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("audit-databases");
	TCase *tcase = tcase_create("audit-databases");

	tcase_add_loop_test(tcase, test_row, 0, sizeof(rows) / sizeof(*rows));
	tcase_add_loop_test(tcase, test_rules_exclude_each_other, 0,
			    sizeof(rows) / sizeof(*rows));
	tcase_add_loop_test(tcase, test_fix, 0, sizeof(fixes) / sizeof(*fixes));
	tcase_add_loop_test(tcase, test_message, 0, sizeof(messages) / sizeof(*messages));
	tcase_add_loop_test(tcase, test_ground, 0, sizeof(grounds) / sizeof(*grounds));
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
