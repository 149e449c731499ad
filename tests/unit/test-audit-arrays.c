/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each rule about arrays: where it fires, and the near misses where it does not. */
#include <string.h>

#include "audited.h"
#include "unit.h"

#define SERVER "site S;server E1 S 38 14.3.123.4;server E2 S 38 14.3.123.4;"
#define OTHER_GROUP "CN=Old,CN=Administrative Groups," FIXTURE_ORG

static const struct audit_row rows[] = {
	/* site-without-array */
	{"CAS001", SERVER "db D E1 E1", "S warning plan"},
	{"CAS001", "site S;server E1 S 2 14.3.123.4", "S warning plan"},
	{"CAS001", SERVER "array a a.contoso.com S;db D E1 E1", ""},
	{"CAS001", "site S;server E1 S 4 14.3.123.4", ""},
	{"CAS001", "site S;server E1 S 6 8.3.83.0", ""},
	{"CAS001", SERVER "db R E1 E1;set msExchRestore TRUE", ""},
	{"CAS001", SERVER "db R E1 E1;set msExchRestore TRUE;db D E1 E1",
	 "S warning plan"},
	{"CAS001", SERVER "array a a.contoso.com S;set msExchVersion 88218628259840",
	 "S warning plan"},
	/* several-arrays-in-site */
	{"CAS002", SERVER "array a a.contoso.com S;array b b.contoso.com S",
	 "S error plan"},
	{"CAS002", SERVER "site T;array a a.contoso.com S;array b b.contoso.com T", ""},
	{"CAS002",
	 SERVER "array a a.contoso.com S;array b b.contoso.com S;"
		"set msExchVersion 88218628259840",
	 ""},
	/* array-without-site */
	{"CAS003", "array a a.contoso.com -", "a error plan"},
	{"CAS003", "array a a.contoso.com Gone", "a error plan"},
	{"CAS003", SERVER "array a a.contoso.com S", ""},
	/* array-in-site-without-cas */
	{"CAS004", "site S;server M S 2 14.3.123.4;array a a.contoso.com S",
	 "a error advise"},
	{"CAS004", "site S;norpc E S 38 14.3.123.4;array a a.contoso.com S",
	 "a error advise"},
	{"CAS004", "site S;array a a.contoso.com S", "a warning advise"},
	{"CAS004", "site S;server C S 6 8.3.83.0;array a a.contoso.com S",
	 "a warning advise"},
	{"CAS004", SERVER "array a a.contoso.com S", ""},
	{"CAS004", "array a a.contoso.com -", ""},
	/* array-unused */
	{"CAS005", SERVER "array a a.contoso.com S;db D E1 E1", "a info advise"},
	{"CAS005", SERVER "array a a.contoso.com S;db D E1 a.contoso.com", ""},
	{"CAS005", SERVER "array a a.contoso.com S", ""},
	{"CAS005", SERVER "array a a.contoso.com S;db R E1 E1;set msExchRestore TRUE",
	 ""},
	{"CAS005", "array a a.contoso.com -", "a info advise"},
	/* used, but in another site */
	{"CAS005", SERVER "site T;array a a.contoso.com T;db D E1 a.contoso.com", ""},
	/* array-left-after-2010-is-gone */
	{"CAS006", "site S;server N S 54 15.0.516.0;array a a.contoso.com S",
	 "a warning plan"},
	{"CAS006", HQ "site S;server N S 54 15.0.516.0;array a a.contoso.com S",
	 "a warning plan"},
	{"CAS006",
	 HQ "site S;server N S 54 15.0.516.0;server E S 38 14.3.123.4;"
	    "array a a.contoso.com S",
	 ""},
	{"CAS006", "site S;array a a.contoso.com S", ""},
	{"CAS006", "site S;server C S 6 8.3.83.0;array a a.contoso.com S", ""},
	{"CAS004", "site S;server N S 54 15.0.516.0;array a a.contoso.com S", ""},
	/* array-no-network-address */
	{"CAS007", SERVER "array a a.contoso.com S;unset networkAddress", "a error plan"},
	{"CAS007", SERVER "array a a.contoso.com S;set networkAddress netbios:A",
	 "a error plan"},
	{"CAS007", SERVER "array a a.contoso.com S;add networkAddress netbios:A", ""},
	/* array-extra-network-address */
	{"CAS008",
	 SERVER "array a a.contoso.com S;add networkAddress ncacn_ip_tcp:b.contoso.com",
	 "a warning plan"},
	{"CAS008", SERVER "array a a.contoso.com S;add networkAddress netbios:A",
	 "a warning plan"},
	{"CAS008", SERVER "array a a.contoso.com S", ""},
	/* array-legacy-dn-mismatch */
	{"CAS009", SERVER "array a a.contoso.com S;unset legacyExchangeDN",
	 "a error plan"},
	{"CAS009", SERVER "array a a.contoso.com S;set legacyExchangeDN nonsense",
	 "a error plan"},
	{"CAS009",
	 SERVER "array a a.contoso.com S;set legacyExchangeDN "
		"/o=Other/ou=X/cn=Configuration/cn=Servers/cn=a.contoso.com",
	 "a error plan"},
	{"CAS009",
	 SERVER "array a a.contoso.com S;set legacyExchangeDN " FIXTURE_LEGACY
		"/cn=Servers/cn=a.contoso.com",
	 "a error plan"},
	{"CAS009",
	 SERVER "array a a.contoso.com S;set legacyExchangeDN " FIXTURE_LEGACY_SERVER(
		 "old.contoso.com"),
	 "a info none"},
	{"CAS009",
	 SERVER "array a a.contoso.com S;set legacyExchangeDN " FIXTURE_LEGACY_SERVER(
		 "A.CONTOSO.COM"),
	 ""},
	{"CAS009", SERVER "array a a.contoso.com S", ""},
	/* duplicate-legacy-dn */
	{"CAS010",
	 SERVER "array a a.contoso.com S;array b b.contoso.com S;set "
		"legacyExchangeDN " FIXTURE_LEGACY_SERVER("A.contoso.com"),
	 "a error plan; b error plan"},
	{"CAS010",
	 SERVER
	 "array a a.contoso.com S;set legacyExchangeDN " FIXTURE_LEGACY_SERVER("E1"),
	 "a error plan"},
	{"CAS010", SERVER "array a a.contoso.com S;array b b.contoso.com S", ""},
	/* duplicate-array-fqdn */
	{"CAS011", SERVER "site T;array a x.contoso.com S;array b X.contoso.com. T",
	 "a error plan; b error plan"},
	{"CAS011", SERVER "site T;array a x.contoso.com S;array b y.contoso.com T", ""},
	{"CAS011",
	 SERVER "array a x.contoso.com S;unset networkAddress;array b y.contoso.com S;"
		"unset networkAddress",
	 ""},
	/* duplicate-array-name */
	{"CAS012",
	 SERVER "array a a.contoso.com S;entry top+msExchAdminGroup " OTHER_GROUP
		";array A b.contoso.com S;move CN=A,CN=Arrays," OTHER_GROUP,
	 "a warning plan; A warning plan"},
	{"CAS012", SERVER "array a a.contoso.com S;array ab b.contoso.com S", ""},
	/* array-name-has-space */
	{"CAS013", SERVER "array My_Array a.contoso.com S", "My Array info plan"},
	{"CAS013", SERVER "array My-Array a.contoso.com S", ""},
	/* array-name-too-long: 65 and 64 characters */
	{"CAS014",
	 SERVER "array a234567890b234567890c234567890d234567890e234567890f234567890g2345 "
		"a.contoso.com S",
	 "a234567890b234567890c234567890d234567890e234567890f234567890g2345 error plan"},
	{"CAS014",
	 SERVER "array a234567890b234567890c234567890d234567890e234567890f234567890g234 "
		"a.contoso.com S",
	 ""},
	/* 64 characters of more bytes */
	{"CAS014",
	 SERVER "array \xc3\xa4"
		"234567890b234567890c234567890d234567890e234567890f234567890g234 "
		"a.contoso.com S",
	 ""},
	/* array-fqdn-malformed */
	{"CAS015",
	 SERVER "array a a_b.contoso.com S;set networkAddress "
		"ncacn_ip_tcp:a_b.contoso.com",
	 "a error plan"},
	{"CAS015", SERVER "array a a.contoso.com. S", "a error plan"},
	{"CAS015", SERVER "array a 10.1.1.1 S", "a error plan"},
	{"CAS015", SERVER "array a -a.contoso.com S", "a error plan"},
	{"CAS015", SERVER "array a a..contoso.com S", "a error plan"},
	{"CAS015", SERVER "array a a-b.contoso.com S", ""},
	/* array-fqdn-single-label */
	{"CAS016", SERVER "array a outlook S", "a warning plan"},
	{"CAS016", SERVER "array a outlook.local S", ""},
	/* array-name-not-fqdn-host, only when asked for */
	{"CAS017", SERVER "array a outlook.contoso.com S", "a info none"},
	{"CAS017", SERVER "array Outlook outlook.contoso.com S", ""},
	/* array-conflict-object */
	{"CAS018",
	 SERVER "array a a.contoso.com S;array b a.contoso.com S;set cn a\nCNF:"
		"81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10;move "
		"CN=a\\0ACNF:81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10,CN=Arrays," FIXTURE_AG,
	 "a\nCNF:81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10 error plan"},
	{"CAS018", SERVER "array a a.contoso.com S", ""},
	/* array-created-after-databases */
	{"CAS019",
	 SERVER "array a a.contoso.com S;made 20120201;db D E1 E1;made 20120101",
	 "a info advise"},
	{"CAS019",
	 SERVER "array a a.contoso.com S;made 20120101;db D E1 E1;made 20120201", ""},
	{"CAS019",
	 SERVER "array a a.contoso.com S;made 20120201;db D E1 E1;made 20120101;"
		"db E E1 E1;made 20120301",
	 "a info advise"},
	{"CAS019", SERVER "array a a.contoso.com S;made 20120201", ""},
	{"CAS019", SERVER "array a a.contoso.com S;unset whenCreated;db D E1 E1",
	 "a not-evaluated"},
};

START_TEST(test_row)
{
	check_audit_row(&rows[_i]);
}
END_TEST

static const struct audit_row fixes[] = {
	{"CAS001", "site Head_Office;server E1 Head_Office 38 14.3.123.4",
	 "casarray new-array --fqdn '<FQDN>' --site 'Head Office' --adopt-databases"},
	{"CAS002",
	 SERVER "array a a.contoso.com S;array b b.contoso.com S;array c c.contoso.com S;"
		"db D E1 b.contoso.com",
	 "casarray remove-array a --repoint-to b && casarray remove-array c --repoint-to "
	 "b"},
	{"CAS003", SERVER "array a a.contoso.com -;db D E1 a.contoso.com",
	 "casarray set-array a --site S"},
	{"CAS003", HQ "array a a.contoso.com -;db D EX1 a.contoso.com",
	 "casarray remove-array a --repoint-to outlook"},
	{"CAS003", "array a a.contoso.com -", "casarray remove-array a"},
	{"CAS005", SERVER "array a a.contoso.com S;db D E1 E1",
	 "casarray set-database --site S --rpc-client-access-server a.contoso.com"},
	{"CAS007", SERVER "array a a.contoso.com S;unset networkAddress",
	 "casarray set-array a --fqdn a.contoso.com"},
	{"CAS018",
	 SERVER "array b b.contoso.com S;unset objectGUID;"
		"move CN=b\\0ACNF:1,CN=Arrays," FIXTURE_AG ";db E E1 b.contoso.com",
	 "casarray remove-array 'CN=b\\0ACNF:1,CN=Arrays," FIXTURE_AG
	 "' --repoint-to '<ARRAY>'"},
	{"CAS008", SERVER "array a a.contoso.com S;add networkAddress netbios:A",
	 "remove the networkAddress values of other protocols with a directory editor"},
	{"CAS008",
	 SERVER "array a a.contoso.com S;add networkAddress ncacn_ip_tcp:b.contoso.com",
	 "casarray set-array a --fqdn a.contoso.com"},
	{"CAS007",
	 SERVER "array a a.contoso.com S;unset networkAddress;unset legacyExchangeDN",
	 "casarray set-array a --fqdn '<FQDN>'"},
	{"CAS009", SERVER "array a a.contoso.com S;set legacyExchangeDN nonsense",
	 "casarray remove-array a"},
	{"CAS009",
	 SERVER "array a a.contoso.com S;set legacyExchangeDN /o=Other/cn=a;db D E1 E1;"
		"set legacyExchangeDN /o=Other/cn=a/cn=D",
	 "casarray remove-array a --repoint-to '<ARRAY>'"},
	{"CAS013", SERVER "array My_Array a.contoso.com S",
	 "casarray set-array 'My Array' --name a"},
	{"CAS013", SERVER "array My_Array bad..contoso.com S",
	 "casarray set-array 'My Array' --name '<NAME>'"},
	{"CAS013", SERVER "array My_Array a.contoso.com S;array a b.contoso.com S",
	 "casarray set-array 'My Array' --name '<NAME>'"},
	{"CAS015", SERVER "array a a..contoso.com S",
	 "casarray set-array a --fqdn '<FQDN>'"},
	/* the host part is taken */
	{"CAS013", SERVER "array My_Array e1.contoso.com S",
	 "casarray set-array 'My Array' --name '<NAME>'"},
	{"CAS015", SERVER "array a a.contoso.com. S",
	 "casarray set-array a --fqdn a.contoso.com"},
};

START_TEST(test_fix)
{
	check_audit_fix(&fixes[_i]);
}
END_TEST

static const struct audit_row messages[] = {
	{"CAS001", SERVER "db D E1 E1",
	 "site 'S' has Exchange 2010 mailbox servers and no"},
	{"CAS002", SERVER "array a a.contoso.com S;array b b.contoso.com S",
	 "('a', 'b')"},
	{"CAS002",
	 SERVER "array a a.x S;array b b.x S;array c c.x S;array d d.x S;array e e.x S;"
		"array f f.x S;array g g.x S",
	 "('a', 'b', 'c', 'd', 'e' and 2 more)"},
	{"CAS003", "array a a.contoso.com -", "is in no site"},
	{"CAS003", "array a a.contoso.com Gone", "names a site that does not exist"},
	{"CAS004", "site S;array a a.contoso.com S",
	 "has no Exchange 2010 Client Access server yet"},
	{"CAS004", "site S;server M S 2 14.3.123.4;array a a.contoso.com S",
	 "no server of site 'S' answers"},
	{"CAS009", SERVER "array a a.contoso.com S;unset legacyExchangeDN",
	 "has no legacyExchangeDN"},
	{"CAS009", SERVER "array a a.contoso.com S;set legacyExchangeDN nonsense",
	 "does not parse"},
	{"CAS009",
	 SERVER "array a a.contoso.com S;set legacyExchangeDN /o=Other/cn=a.contoso.com",
	 "not below its administrative group"},
	{"CAS009",
	 SERVER "array a a.contoso.com S;set legacyExchangeDN " FIXTURE_LEGACY_SERVER(
		 "old.contoso.com"),
	 "was made as 'old.contoso.com' and is called 'a.contoso.com' now"},
	{"CAS010",
	 SERVER
	 "array a a.contoso.com S;set legacyExchangeDN " FIXTURE_LEGACY_SERVER("E1"),
	 "with 'E1'"},
	{"CAS011", SERVER "site T;array a x.contoso.com S;array b x.contoso.com T",
	 "as array 'b'"},
	{"CAS015", SERVER "array a 10.1.1.1 S", "IP address"},
	{"CAS008",
	 SERVER "array a a.contoso.com S;add networkAddress ncacn_ip_tcp:b.contoso.com",
	 "several FQDNs"},
	{"CAS008", SERVER "array a a.contoso.com S;add networkAddress netbios:A",
	 "other protocols than TCP/IP"},
};

START_TEST(test_message)
{
	check_audit_message(&messages[_i]);
}
END_TEST

/* An array of Exchange 2013 or a lost one has every fault, and is none of ours. */
#define FAULTS                                                                           \
	";unset networkAddress;add networkAddress ncacn_ip_tcp:bad_.;"                   \
	"add networkAddress ncacn_ip_tcp:b;set legacyExchangeDN " FIXTURE_LEGACY_SERVER( \
		"E1")
static const char *const foreign[] = {
	SERVER "array A_1 a.contoso.com S" FAULTS ";array A_2 a.contoso.com -;"
	       "set msExchVersion 88218628259840" FAULTS,
	SERVER "array A_2 a.contoso.com -" FAULTS
	       ";move CN=A 2,CN=LostAndFoundConfig," FIXTURE_CFG,
	"site S;array A_2 a.contoso.com S" FAULTS
	";move CN=A 2,CN=LostAndFoundConfig," FIXTURE_CFG,
};

START_TEST(test_foreign)
{
	const struct cas_rule *rule;

	for (size_t i = 0; (rule = cas_rules_get(i)); i++) {
		const char *id = cas_rule_id(rule);

		if (strcmp(cas_rule_family(rule), "arrays") == 0 ||
		    strcmp(id, "CAS025") == 0 || strcmp(id, "CAS026") == 0) {
			ck_assert_ptr_null(strstr(audited(foreign[_i], id), "A 2"));
		}
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("audit-arrays");
	TCase *tcase = tcase_create("audit-arrays");

	tcase_add_loop_test(tcase, test_row, 0, sizeof(rows) / sizeof(*rows));
	tcase_add_loop_test(tcase, test_fix, 0, sizeof(fixes) / sizeof(*fixes));
	tcase_add_loop_test(tcase, test_message, 0, sizeof(messages) / sizeof(*messages));
	tcase_add_loop_test(tcase, test_foreign, 0, sizeof(foreign) / sizeof(*foreign));
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
