/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each rule about the directory itself: where it fires, and the near misses. */
#include <string.h>

#include "audited.h"
#include "unit.h"

#define LOST "CN=LostAndFoundConfig," FIXTURE_CFG
#define CNF "81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10"
#define OLD_GROUP "CN=Old,CN=Administrative Groups," FIXTURE_ORG
#define ENTRY(dn) "dn: " dn "\nobjectClass: top\nobjectClass: container\ncn: x\n\n"

static const struct audit_row rows[] = {
	/* insufficient-read */
	{"CAS210", HQ "server X HQ 38 14.3.123.4;unset versionNumber;unset serialNumber",
	 "X error advise"},
	{"CAS210", HQ "server X HQ 38 14.3.123.4;unset legacyExchangeDN",
	 "X error advise"},
	{"CAS210", HQ "server X HQ 38 14.3.123.4;unset versionNumber", ""},
	{"CAS210", HQ "db D GONE EX1", "D error advise"},
	{"CAS210", HQ "db D - EX1", "D error advise"},
	{"CAS210", HQ "db D EX1 EX1;of-dag GONE", "D warning advise"},
	{"CAS210", HQ "db D EX1 EX1;copy D EX1 1;copy D GONE 2", "GONE warning advise"},
	{"CAS210", HQ "db D EX1 EX1;copy D EX1 1", ""},
	/* conflict-or-lost-objects */
	{"CAS213", HQ "db D EX1 EX1;move CN=D\\0ACNF:" CNF ",CN=Databases," FIXTURE_AG,
	 "D\nCNF:" CNF " warning advise"},
	{"CAS213", HQ "server X HQ 38 14.3.123.4;move CN=X," LOST, "X warning advise"},
	{"CAS213", HQ "array a a.contoso.com HQ;move CN=a," LOST, "a warning advise"},
	/* CAS018 has it */
	{"CAS213",
	 HQ "array a a.contoso.com HQ;move CN=a\\0ACNF:" CNF ",CN=Arrays," FIXTURE_AG,
	 ""},
	{"CAS213", HQ "db D EX1 EX1", ""},
	/* each has its own share of what is in doubt */
	{"CAS213", HQ "db D GONE EX1", ""},
	{"CAS210", HQ "db D EX1 EX1;move CN=D\\0ACNF:" CNF ",CN=Databases," FIXTURE_AG,
	 ""},
	/* several-admin-groups */
	{"CAS214",
	 HQ "entry top+msExchAdminGroup " OLD_GROUP ";server X HQ 0 6.5.6944.0;"
	    "move CN=X,CN=Servers," OLD_GROUP,
	 "Contoso info none"},
	{"CAS214", HQ "entry top+msExchAdminGroup " OLD_GROUP, ""},
	/* several-organisations */
	{"CAS215",
	 HQ "entry top+container+msExchOrganizationContainer "
	    "CN=Fabrikam,CN=Microsoft Exchange,CN=Services," FIXTURE_CFG,
	 "Fabrikam error advise"},
	{"CAS215", HQ, ""},
	/* partial-result */
	{"CAS211", HQ "db D EX1 EX1;add homeMDBBL|range=0-0 CN=U1,DC=contoso,DC=com",
	 "Contoso warning advise"},
	/* once, whatever the number of organizations */
	{"CAS211",
	 HQ "entry top+container+msExchOrganizationContainer "
	    "CN=Fabrikam,CN=Microsoft Exchange,CN=Services," FIXTURE_CFG
	    ";db D EX1 EX1;add homeMDBBL|range=0-0 CN=U1,DC=contoso,DC=com",
	 "Contoso warning advise"},
	{"CAS214",
	 HQ "entry top+container+msExchOrganizationContainer "
	    "CN=Fabrikam,CN=Microsoft Exchange,CN=Services," FIXTURE_CFG
	    ";entry top+msExchAdminGroup " OLD_GROUP ";server X HQ 0 6.5.6944.0;"
	    "move CN=X,CN=Servers," OLD_GROUP,
	 "Contoso info none"},
	{"CAS211", HQ "db D EX1 EX1;add homeMDBBL CN=U1,DC=contoso,DC=com", ""},
	/* what this directory cannot answer is never a pass */
	{"CAS212", HQ, "rule not-evaluated"},
	{"CAS216", HQ, "rule not-evaluated"},
	{"CAS217", HQ, "rule not-evaluated"},
	/* without exemptions there is nothing wrong with them */
	{"CAS218", HQ, ""},
	{"CAS219", HQ, ""},
};

static const struct audit_row messages[] = {
	{"CAS210", HQ "server X HQ 38 14.3.123.4;unset versionNumber;unset serialNumber",
	 "has no version that can be read"},
	{"CAS210", HQ "server X HQ 38 14.3.123.4;unset legacyExchangeDN",
	 "has no legacyExchangeDN that can be read"},
	{"CAS210", HQ "db D GONE EX1", "names an owning server that does not exist"},
	{"CAS210", HQ "db D - EX1", "names no owning server"},
	{"CAS210", HQ "db D EX1 EX1;of-dag GONE", "as its master that does not exist"},
	{"CAS210", HQ "db D EX1 EX1;copy D GONE 2",
	 "names a host server that does not exist"},
	{"CAS210", HQ "copy GONE EX1 1", "belongs to no database"},
	{"CAS213", HQ "array a a.contoso.com HQ;move CN=a," LOST, "lost its parent"},
	{"CAS213", HQ "db D EX1 EX1;move CN=D\\0ACNF:" CNF ",CN=Databases," FIXTURE_AG,
	 "a replication conflict left behind"},
};

START_TEST(test_message)
{
	check_audit_message(&messages[_i]);
}
END_TEST

START_TEST(test_row)
{
	check_audit_row(&rows[_i]);
}
END_TEST

/* Entries that are no objects: nothing that is in the file is dropped silently. */
static const struct {
	const char *rule;
	const char *text;
	const char *says; /* NULL: no finding */
} entries[] = {
	{"CAS210", "dn: CN=x,DC=contoso,DC=com\ncn: x\n\n", "has no objectClass"},
	{"CAS210", "dn: nonsense\nobjectClass: top\n\n", "no distinguished name"},
	{"CAS210", "dn:: Q049/yxEQz1j\nobjectClass: top\n\n", "not UTF-8"},
	{"CAS210", ENTRY("CN=x,DC=contoso,DC=com"), NULL},
	{"CAS213", ENTRY("CN=x,DC=contoso,DC=com") ENTRY("cn=X, dc=contoso,dc=com"),
	 "the name of an entry before it"},
	{"CAS213", ENTRY("CN=x,DC=contoso,DC=com") ENTRY("CN=y,DC=contoso,DC=com"), NULL},
	{"CAS213", "dn: nonsense\nobjectClass: top\n\n", NULL},
	/* one finding, whatever is wrong with entries of one name */
	{"CAS210", "dn: nonsense\ncn: x\n\n", "no objectClass"},
	{"CAS210", "dn: nonsense\nobjectClass: top\n\ndn: nonsense\ncn: x\n\n",
	 "was not read, nor was 1 more of this name"},
	{"CAS213",
	 ENTRY("CN=x,DC=a") ENTRY("CN=x,DC=a") ENTRY("CN=X, DC=a") ENTRY("CN=x,DC=a"),
	 "was not read, nor were 2 more of this name"},
};

START_TEST(test_entry)
{
	struct cas_audit_options options = {.rules = &entries[_i].rule, .n_rules = 1};
	struct fixture *f = fixture_new();
	const struct cas_finding *finding;
	struct cas_audit *audit;

	script(f, HQ);
	fixture_raw(f, entries[_i].text);
	ck_assert_int_eq(cas_audit_new(fixture_load(f), &options, &audit, NULL), 0);
	ck_assert_int_eq(cas_audit_next(audit, &finding, NULL), entries[_i].says ? 1 : 0);
	if (entries[_i].says) {
		ck_assert_msg(strstr(cas_finding_message(finding), entries[_i].says),
			      "%s", cas_finding_message(finding));
		/* file and line */
		ck_assert_ptr_nonnull(
			strstr(cas_finding_observed(finding), "casarray-fixture-"));
		ck_assert_ptr_nonnull(strchr(cas_finding_observed(finding), ':'));
		ck_assert_int_eq(strncmp(cas_finding_key(finding) + 6, "/dn:", 4), 0);
		ck_assert_int_eq(cas_audit_next(audit, &finding, NULL), 0);
	}
	cas_audit_free(audit);
	fixture_free(f);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("audit-quality");
	TCase *tcase = tcase_create("audit-quality");

	tcase_add_loop_test(tcase, test_row, 0, sizeof(rows) / sizeof(*rows));
	tcase_add_loop_test(tcase, test_message, 0, sizeof(messages) / sizeof(*messages));
	tcase_add_loop_test(tcase, test_entry, 0, sizeof(entries) / sizeof(*entries));
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
