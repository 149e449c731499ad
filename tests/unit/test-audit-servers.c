/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each rule about sites and servers: where it fires, and the near misses where it does
 * not. */
#include "audited.h"
#include "unit.h"

static const struct audit_row rows[] = {
	/* mailbox-site-without-cas */
	{"CAS020", "site S;server M S 2 14.3.123.4", "S error advise"},
	{"CAS020", "site S;server M S 2 8.3.83.0", "S warning advise"},
	/* the other version's does not help Exchange 2010 */
	{"CAS020", "site S;server M S 2 14.3.123.4;server C S 4 8.3.83.0",
	 "S error advise"},
	{"CAS020", "site S;server M S 2 14.3.123.4;server N S 54 15.0.516.0",
	 "S error advise"},
	{"CAS020", "site S;server M S 2 14.3.123.4;server C S 4 14.3.123.4", ""},
	{"CAS020", "site S;server M S 2 8.3.83.0;server C S 4 8.3.83.0", ""},
	{"CAS020", "site S;site T;server M S 2 14.3.123.4;server C T 4 14.3.123.4",
	 "S error advise"},
	{"CAS020", "site S;server H S 32 14.3.123.4", ""},
	{"CAS020", "site S", ""},
	/* cas-without-rpc-client-access */
	{"CAS021", "site S;norpc E S 38 14.3.123.4", "E warning advise"},
	{"CAS021", "site S;server E S 38 14.3.123.4", ""},
	{"CAS021", "site S;norpc E S 2 14.3.123.4", ""},
	{"CAS021", "site S;norpc E S 4 8.3.83.0", ""},
	{"CAS021", "site S;norpc E S 54 15.0.516.0", ""},
	/* server-without-site */
	{"CAS022", "server E - 38 14.3.123.4", "E error advise"},
	{"CAS022", "server E Gone 38 14.3.123.4", "E error advise"},
	{"CAS022", "server E - 64 14.3.123.4", ""},
	{"CAS022", "server E - 0 6.5.6944.0", ""},
	{"CAS022", "site S;server E S 38 14.3.123.4", ""},
	/* single-member-array */
	{"CAS025", "site S;server E S 38 14.3.123.4;array a a.contoso.com S",
	 "a info none"},
	{"CAS025",
	 "site S;server E S 38 14.3.123.4;norpc F S 38 14.3.123.4;"
	 "array a a.contoso.com S",
	 "a info none"},
	{"CAS025", HQ, ""},
	{"CAS025",
	 "site S;server E S 38 14.3.123.4;array a a.contoso.com S;"
	 "move CN=a,CN=LostAndFoundConfig," FIXTURE_CFG,
	 ""},
	{"CAS025", "site S;array a a.contoso.com S", ""},
	/* cas-version-skew-in-array */
	{"CAS026",
	 "site S;server E S 38 14.3.123.4;server F S 38 14.2.247.5;array a a.contoso.com "
	 "S",
	 "a warning advise"},
	{"CAS026",
	 "site S;server E S 38 14.3.123.4;server F S 38 14.3.123.5;array a a.contoso.com "
	 "S",
	 "a warning advise"},
	/* what does not say its revision does not differ by it */
	{"CAS026",
	 "site S;server E S 38 14.3.123.4;server F S 38 14.3.123.0;array a a.contoso.com "
	 "S",
	 ""},
	{"CAS026",
	 "site S;site T;server E S 38 14.3.123.4;server F T 38 14.2.247.5;"
	 "array a a.contoso.com S",
	 ""},
	{"CAS026", HQ, ""},
	/* mailbox-before-cas-order */
	{"CAS027",
	 "site S;server M S 2 14.3.123.4;made 20110101;server C S 4 14.3.123.4;made "
	 "20120101",
	 "S info advise"},
	{"CAS027",
	 "site S;server M S 2 14.3.123.4;made 20120101;server C S 4 14.3.123.4;made "
	 "20110101",
	 ""},
	/* the oldest of each counts */
	{"CAS027",
	 "site S;server M S 2 14.3.123.4;made 20120101;server N S 2 14.3.123.4;made "
	 "20100101;"
	 "server O S 2 14.3.123.4;made 20130101;server C S 4 14.3.123.4;made 20110101",
	 "S info advise"},
	{"CAS027", "site S;server E S 38 14.3.123.4", ""},
	{"CAS027", "site S;server M S 2 14.3.123.4", ""},
	{"CAS027",
	 "site S;server M S 2 14.3.123.4;unset whenCreated;server C S 4 14.3.123.4",
	 "S not-evaluated"},
	/* update-order-proxy */
	{"CAS028",
	 "site S;site T;server E S 38 14.2.247.5;vdir E owa https://e/owa "
	 "https://mail/owa;"
	 "server F T 38 14.3.123.4;vdir F owa https://f/owa -",
	 "F warning advise"},
	{"CAS028",
	 "site S;site T;server E S 38 14.3.123.4;vdir E owa https://e/owa "
	 "https://mail/owa;"
	 "server F T 38 14.2.247.5;vdir F owa https://f/owa -",
	 ""},
	/* what does not say its revision is not older by it */
	{"CAS028",
	 "site S;site T;server E S 38 14.3.123.0;vdir E owa https://e/owa "
	 "https://mail/owa;"
	 "server F T 38 14.3.123.4",
	 ""},
	{"CAS028",
	 "site S;site T;server E S 38 14.3.123.4;vdir E owa https://e/owa "
	 "https://mail/owa;"
	 "server F T 38 14.3.123.5",
	 "F warning advise"},
	/* the oldest of the servers that face the Internet counts */
	{"CAS028",
	 "site S;site T;server E S 38 14.2.247.5;vdir E owa https://e/owa "
	 "https://mail/owa;"
	 "server G S 38 14.3.248.2;vdir G owa https://g/owa https://mail/owa;"
	 "server F T 38 14.3.123.4",
	 "F warning advise"},
	/* in the Internet-facing site itself it is a matter of skew */
	{"CAS028",
	 "site S;server E S 38 14.2.247.5;vdir E owa https://e/owa https://mail/owa;"
	 "server F S 38 14.3.123.4",
	 ""},
	/* nobody faces the Internet */
	{"CAS028", "site S;site T;server E S 38 14.2.247.5;server F T 38 14.3.123.4", ""},
};

START_TEST(test_row)
{
	check_audit_row(&rows[_i]);
}
END_TEST

static const struct audit_row messages[] = {
	{"CAS020", "site S;server M S 2 14.3.123.4", "neither Outlook nor"},
	{"CAS020", "site S;server M S 2 8.3.83.0", "Exchange 2007 mailbox servers"},
	{"CAS022", "server E - 38 14.3.123.4", "is in no site"},
	{"CAS022", "server E Gone 38 14.3.123.4", "names a site that does not exist"},
	{"CAS025", "site S;server E S 38 14.3.123.4;array a a.contoso.com S", "'E'"},
};

START_TEST(test_message)
{
	check_audit_message(&messages[_i]);
}
END_TEST

/* What this directory cannot answer is never a pass. */
static const char *const unanswered[] = {"CAS023", "CAS024", "CAS029", "CAS030",
					 "CAS031", "CAS032", "CAS033"};

START_TEST(test_unanswered)
{
	ck_assert_str_eq(audited(HQ, unanswered[_i]), "rule not-evaluated");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("audit-servers");
	TCase *tcase = tcase_create("audit-servers");

	tcase_add_loop_test(tcase, test_row, 0, sizeof(rows) / sizeof(*rows));
	tcase_add_loop_test(tcase, test_message, 0, sizeof(messages) / sizeof(*messages));
	tcase_add_loop_test(tcase, test_unanswered, 0,
			    sizeof(unanswered) / sizeof(*unanswered));
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
