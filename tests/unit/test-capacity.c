/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules about capacity, and others with a threshold: below it, at it and beyond. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audited.h"
#include "exchange/model.h"
#include "unit.h"

/* The policy's setting of the rule that is asked for. */
struct row {
	const char *rule;
	const char *script;
	int64_t threshold;
	enum cas_severity severity;
	const char *findings; /* "OBJECT SEVERITY: OBSERVED", or why there is none */
};

static const char *finding_text(const struct cas_finding *finding)
{
	static char text[512];
	const struct cas_object *object = cas_finding_object(finding);

	if (!cas_finding_evaluated(finding)) {
		snprintf(text, sizeof(text), "not evaluated: %s",
			 cas_finding_message(finding));
		return text;
	}
	ck_assert_str_ne(cas_finding_expected(finding), "");
	ck_assert_str_ne(cas_finding_message(finding), "");
	ck_assert_str_ne(cas_finding_fix(finding), "");
	snprintf(text, sizeof(text), "%s %s: %s", cas_object_name(object),
		 cas_severity_name(cas_finding_severity(finding)),
		 cas_finding_observed(finding));
	return text;
}

/* Frees the fixture. */
static void check(struct fixture *f, struct cas_organization *org, const struct row *row,
		  int64_t now)
{
	struct cas_rule_setting setting = {.rule = row->rule,
					   .threshold = row->threshold,
					   .severity = row->severity};
	struct cas_policy policy = {.rules = &setting, .n_rules = 1};
	struct cas_audit_options options = {
		.rules = &row->rule, .n_rules = 1, .now = now};
	const struct cas_finding *finding;
	struct cas_audit *audit;
	char all[2048] = "";

	ck_assert_int_eq(cas_rule_setting_check(&setting, NULL), 0);
	org->policy = &policy;
	ck_assert_int_eq(cas_audit_new(org, &options, &audit, NULL), 0);
	while (cas_audit_next(audit, &finding, NULL) == 1) {
		strcat(all, *all ? "; " : "");
		strcat(all, finding_text(finding));
	}
	ck_assert_msg(strcmp(all, row->findings) == 0, "%s on '%s': '%s', not '%s'",
		      row->rule, row->script, all, row->findings);
	cas_audit_free(audit);
	fixture_free(f);
}

#define V "14.3.123.4"
#define MAILBOX3 "site S;server M1 S 2 " V ";server M2 S 2 " V ";server M3 S 2 " V ";"
#define MAILBOX4 MAILBOX3 "server M4 S 2 " V ";"
#define MAILBOX7 MAILBOX4 "server M5 S 2 " V ";server M6 S 2 " V ";server M7 S 2 " V ";"
#define CAS1 "server C1 S 4 " V ";"
#define CAS2 CAS1 "server C2 S 4 " V ";"
#define MEMBER(n) "add homeMDBBL CN=U" #n ",DC=contoso,DC=com;"
#define SERVERS2 "site S;server E1 S 38 " V ";server E2 S 38 " V ";"
#define FIVE                                                                             \
	"db D E1 s.contoso.com;" MEMBER(1) MEMBER(2) MEMBER(3)                           \
		MEMBER(4) "db E E2 s.contoso.com;" MEMBER(5)
#define NO_THRESHOLD "not evaluated: needs a threshold of the policy, and there is none"

static const struct row rows[] = {
	/* mbx-cas-ratio: three for each by default */
	{"CAS200", MAILBOX3 CAS1, 0, 0, ""},
	{"CAS200", MAILBOX4 CAS1, 0, 0,
	 "S info: 4 mailbox servers, 1 Client Access server"},
	{"CAS200", MAILBOX7 CAS2, 0, 0,
	 "S info: 7 mailbox servers, 2 Client Access servers"},
	{"CAS200", MAILBOX7 CAS2 "server C3 S 4 " V, 0, 0, ""},
	/* a threshold that somebody chose counts for more, unless its severity is said */
	{"CAS200", MAILBOX4 CAS1, 4, 0, ""},
	{"CAS200", MAILBOX3 CAS1, 2, 0,
	 "S warning: 3 mailbox servers, 1 Client Access server"},
	{"CAS200", MAILBOX3 CAS1, 2, CAS_SEVERITY_INFO,
	 "S info: 3 mailbox servers, 1 Client Access server"},
	{"CAS200", MAILBOX3 CAS1, 2, CAS_SEVERITY_ERROR,
	 "S error: 3 mailbox servers, 1 Client Access server"},
	{"CAS200", MAILBOX3 CAS1, INT64_MAX, 0, ""},
	/* servers with both roles count as both; those of other versions and sites as
	 * none */
	{"CAS200", MAILBOX3 "server E S 38 " V, 0, 0,
	 "S info: 4 mailbox servers, 1 Client Access server"},
	{"CAS200", SERVERS2, 0, 0, ""},
	{"CAS200", MAILBOX3 CAS1 "server O S 2 8.3.83.0", 0, 0, ""},
	{"CAS200", MAILBOX4 CAS1 "site T;server C2 T 4 " V, 0, 0,
	 "S info: 4 mailbox servers, 1 Client Access server"},
	{"CAS200", MAILBOX4 CAS1 "server O S 4 8.3.83.0", 0, 0,
	 "S info: 4 mailbox servers, 1 Client Access server"},
	/* CAS020 */
	{"CAS200", MAILBOX4, 0, 0, ""},
	{"CAS200", "site S;" CAS1, 1, 0, ""},

	/* site-mailboxes-per-cas */
	{"CAS204", SERVERS2 FIVE, 0, 0, NO_THRESHOLD},
	{"CAS204", SERVERS2 FIVE, 3, 0, ""},
	{"CAS204", SERVERS2 FIVE, 2, 0,
	 "S warning: 5 mailboxes, 2 Client Access servers"},
	{"CAS204", SERVERS2 FIVE, 2, CAS_SEVERITY_INFO,
	 "S info: 5 mailboxes, 2 Client Access servers"},
	{"CAS204", SERVERS2 FIVE "server C S 4 " V, 2, 0, ""},
	{"CAS204", SERVERS2 FIVE "server C S 4 " V, 1, 0,
	 "S warning: 5 mailboxes, 3 Client Access servers"},
	/* members of an array have an RpcClientAccess object; without one it is the role
	 */
	{"CAS204", SERVERS2 FIVE "norpc C S 4 " V, 2, 0, ""},
	{"CAS204", SERVERS2 "array s s.contoso.com S;" FIVE "norpc C S 4 " V, 2, 0,
	 "S warning: 5 mailboxes, 2 Client Access servers"},
	/* at home elsewhere */
	{"CAS204", SERVERS2 FIVE "site T;server E3 T 38 " V ";copy D E3 1", 1, 0,
	 "T warning: 4 mailboxes, 1 Client Access server"},
	/* CAS020 */
	{"CAS204", MAILBOX3 "db D M1 M1;" MEMBER(1) MEMBER(2), 1, 0, ""},
	{"CAS204", SERVERS2 "db D E1 E1", 1, 0,
	 "not evaluated: needs the mailboxes, and the directory does not say where they "
	 "are"},
	/* what was not counted cannot be too few */
	{"CAS204", SERVERS2 "db D E1 E1;add homeMDBBL|range=0-0 CN=U1,DC=contoso,DC=com",
	 1, 0, "not evaluated: only a part of the mailboxes was counted"},
	{"CAS204", SERVERS2 FIVE "add homeMDBBL|range=0-0 CN=U6,DC=contoso,DC=com", 2, 0,
	 "S warning: 6 mailboxes, 2 Client Access servers"},

	/* database-concentration */
	{"CAS206", SERVERS2 "db D E1 E1", 0, 0, NO_THRESHOLD},
	{"CAS206", HQ "db D EX1 EX1;db E EX1 outlook.contoso.com", 50, 0, ""},
	{"CAS206", HQ "db D EX1 EX1;db E EX1 outlook.contoso.com", 49, 0,
	 "HQ warning: 1 of 2 databases at 'EX1.contoso.com'"},
	{"CAS206", HQ "db D EX1 EX1;db E EX1 outlook.contoso.com", 100, 0, ""},
	/* each name by itself; the first of two that are even */
	{"CAS206", HQ "db D EX1 EX1;db E EX1 EX2", 50, 0, ""},
	{"CAS206", HQ "db D EX1 EX2;db E EX1 EX1", 40, 0,
	 "HQ warning: 1 of 2 databases at 'EX2.contoso.com'"},
	{"CAS206", HQ "db D EX1 EX2;db E EX1 EX1;db F EX1 EX1", 40, 0,
	 "HQ warning: 2 of 3 databases at 'EX1.contoso.com'"},
	/* what is gone is a name, too */
	{"CAS206", HQ "db D EX1 GONE;db E EX1 Gone;db F EX1 AWAY", 60, 0,
	 "HQ warning: 2 of 3 databases at 'GONE'"},
	/* arrays are not, wherever they are */
	{"CAS206", HQ BER "db D EX1 ber.contoso.com;db E EX1 ber.contoso.com", 1, 0, ""},
	/* each site by itself */
	{"CAS206",
	 HQ BER "db D EX1 EX1;db E EX1 outlook.contoso.com;db F BER1 EX1;db G BER1 "
		"ber.contoso.com;db H BER1 ber.contoso.com",
	 49, 0, "HQ warning: 1 of 2 databases at 'EX1.contoso.com'"},
	{"CAS206", HQ "pf P EX1 EX1", 1, 0, ""},
};

START_TEST(test_row)
{
	struct fixture *f = fixture_new();

	script(f, rows[_i].script);
	check(f, fixture_load(f), &rows[_i], 0);
}
END_TEST

/* ---- the age of a snapshot ---- */

#define DAY ((int64_t)24 * 60 * 60)
/* 2026-01-31T00:00:00Z */
#define THEN INT64_C(1769817600)
#define AS_OF "# As of: 2026-01-31T00:00:00Z\n"
#define ENTRY "dn: CN=x,DC=contoso,DC=com\nobjectClass: top\n"
#define UNKNOWN "not evaluated: the directory does not say when it was exported"

static const struct {
	const char *head; /* what the file begins with */
	int64_t now;
	int64_t threshold;
	const char *findings;
} ages[] = {
	{AS_OF, THEN + 30 * DAY, 0, ""},
	{AS_OF, THEN + 30 * DAY + 1, 0, "Contoso warning: as of 2026-01-31"},
	{AS_OF, THEN + 7 * DAY, 7, ""},
	{AS_OF, THEN + 7 * DAY + 1, 7, "Contoso warning: as of 2026-01-31"},
	{AS_OF, THEN + 7 * DAY + 1, 8, ""},
	{AS_OF, INT64_MAX, INT64_MAX, ""},
	/* a clock that was ahead */
	{AS_OF, THEN - 1, 1, ""},
	{AS_OF, 0, 0, "not evaluated: what time it is was not said"},
	{"# one\r\n#\r\n# As of: 2026-01-31T00:00:00Z\r\nversion: 1\r\n\r\n",
	 THEN + 31 * DAY, 0, "Contoso warning: as of 2026-01-31"},
	{"", THEN, 0, UNKNOWN},
	{"# As of: yesterday\n", THEN, 0, UNKNOWN},
	{"# As of: 2026-01-31\n", THEN, 0, UNKNOWN},
	{"# As of: 2026-02-30T00:00:00Z\n", THEN, 0, UNKNOWN},
	{"# As of: 1969-12-31T23:59:59Z\n", THEN, 0, UNKNOWN},
	{"# As of: 2026-01-31T00:00:00Z \n", THEN, 0, UNKNOWN},
	{"version: 1\n\n" AS_OF, THEN, 0, UNKNOWN},
	/* not among the first lines */
	{"#\n#\n#\n#\n#\n#\n#\n#\n#\n#\n#\n#\n#\n#\n#\n#\n" AS_OF, THEN, 0, UNKNOWN},
};

/* The fixture's file, below other first lines. */
static void write_below(const char *head, const char *from, const char *to)
{
	FILE *in = fopen(from, "r"), *out = fopen(to, "w");
	int c;

	ck_assert_ptr_nonnull(in);
	ck_assert_ptr_nonnull(out);
	fputs(head, out);
	while ((c = getc(in)) != EOF) {
		putc(c, out);
	}
	fclose(in);
	ck_assert_int_eq(fclose(out), 0);
}

/* Loads the n files that the heads begin; they are gone then. */
static struct cas_organization *load(const char *from, const char *const *heads, size_t n)
{
	struct cas_organization *org;
	struct cas_directory *directory;
	struct cas_context *context;
	const char *addresses[2];
	char paths[2][256];

	for (size_t i = 0; i < n; i++) {
		snprintf(paths[i], sizeof(paths[i]), "%s-%zu", from, i);
		/* entries must not be there twice */
		write_below(heads[i], i ? "/dev/null" : from, paths[i]);
		addresses[i] = paths[i];
	}
	ck_assert_int_eq(cas_context_new(&context, NULL), 0);
	ck_assert_int_eq(cas_directory_open(context, addresses, n, &directory, NULL), 0);
	ck_assert_int_eq(
		cas_organization_load(directory, CAS_SCOPE_ALL, NULL, 0, &org, NULL), 0);
	for (size_t i = 0; i < n; i++) {
		remove(paths[i]);
	}
	cas_directory_unref(directory);
	cas_context_unref(context);
	return org;
}

static void check_age(const char *const *heads, size_t n, int64_t now, int64_t threshold,
		      const char *findings)
{
	struct row row = {"CAS217", heads[0], threshold, 0, findings};
	struct fixture *f = fixture_new();
	struct cas_organization *org;

	script(f, HQ);
	fixture_load(f);
	org = load(fixture_path(f), heads, n);
	check(f, org, &row, now);
	cas_organization_free(org);
}

START_TEST(test_age)
{
	check_age(&ages[_i].head, 1, ages[_i].now, ages[_i].threshold, ages[_i].findings);
}
END_TEST

/* Several files are as old as the oldest, of which nothing is known unless all say so. */
START_TEST(test_ages)
{
	static const char *const both[] = {"# As of: 2026-02-20T00:00:00Z\n",
					   AS_OF ENTRY};
	static const char *const one[] = {AS_OF, ENTRY};

	check_age(both, 2, THEN + 31 * DAY, 0, "Contoso warning: as of 2026-01-31");
	check_age(one, 2, THEN + 31 * DAY, 0, UNKNOWN);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("capacity");
	TCase *tcase = tcase_create("capacity");

	tcase_add_loop_test(tcase, test_row, 0, sizeof(rows) / sizeof(*rows));
	tcase_add_loop_test(tcase, test_age, 0, sizeof(ages) / sizeof(*ages));
	tcase_add_test(tcase, test_ages);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
