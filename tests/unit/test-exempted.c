/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What exemptions mean for the findings of an organization; the database is called D. */
#include <string.h>

#include "audited.h"
#include "declared.h"
#include "policy/exemption.h"
#include "unit.h"

#define BARE "site S;server C S 38 14.3.123.4;"
#define MEMBERS                                                                          \
	"site HQ;server EX1 HQ 38 14.3.123.4;in-dag G;server EX2 HQ 38 14.3.123.4;"      \
	"array outlook outlook.contoso.com HQ;" BER "dag G 0;"
#define LATE (EXPIRES + 1)

static const struct {
	const char *rule;
	const char *script;
	struct cas_exemption exemption;
	int64_t now;
	const char *findings;
} rows[] = {
	/* plain: one rule on one object, by any identity */
	{"CAS040", HQ "db D EX1 EX1", PLAIN("CAS040", "D"), 0, ""},
	{"CAS040", HQ "db D EX1 EX1", PLAIN("database-points-at-server", " d "), 0, ""},
	{"CAS040", HQ "db D EX1 EX1", PLAIN("CAS040", "CN=D,CN=Databases," FIXTURE_AG), 0,
	 ""},
	{"CAS040", HQ "db D EX1 EX1;db E EX1 EX1", PLAIN("CAS040", "E"), 0,
	 "D error auto"},
	{"CAS040", HQ "db D EX1 EX1", PLAIN("CAS046", "D"), 0, "D error auto"},
	{"CAS040", HQ "db D EX1 EX1", PLAIN("CAS040", "HQ"), 0, "D error auto"},
	{"CAS040", HQ "db D EX1 EX1", PLAIN("CAS040", "EX1"), 0, "D error auto"},
	{"CAS040", HQ "db D EX1 EX1", PLAIN("CAS040", ""), 0, "D error auto"},
	/* of a site and an array of one name the rule's kind decides */
	{"CAS005", "site X;server C X 38 14.3.123.4;array X x.contoso.com X;db D C C",
	 PLAIN("CAS005", "X"), 0, ""},
	{"CAS001", "site X;server C X 38 14.3.123.4;array X x.contoso.com -",
	 PLAIN("CAS001", "X"), 0, ""},
	/* until the last second */
	{"CAS040",
	 HQ "db D EX1 EX1",
	 {SAID, .rule = "CAS040", .object = "D", .expires = EXPIRES},
	 EXPIRES - 1,
	 ""},
	{"CAS040",
	 HQ "db D EX1 EX1",
	 {SAID, .rule = "CAS040", .object = "D", .expires = EXPIRES},
	 EXPIRES,
	 "D error auto"},
	{"CAS040",
	 HQ "db D EX1 EX1",
	 {SAID, .rule = "CAS040", .object = "D", .expires = EXPIRES},
	 0,
	 ""},

	/* a public folder proxy is at its own server */
	{"CAS040", HQ "db D EX1 EX1", PROXY("D"), 0, ""},
	{"CAS061", HQ "db D EX1 EX1", PROXY("D"), 0, ""},
	{"CAS061", HQ "db D EX1 outlook.contoso.com", PROXY("D"), 0, "D error plan"},
	{"CAS061", HQ "db D EX1 EX2", PROXY("D"), 0, "D error plan"},
	{"CAS061", HQ "db D EX1 gone", PROXY("D"), 0, "D error plan"},
	{"CAS061", HQ "server M HQ 2 14.3.123.4;db D M M", PROXY("D"), 0,
	 "D error advise"},
	{"CAS061", HQ "server M HQ 2 14.3.123.4;db D M EX1", PROXY("D"), 0,
	 "D error advise"},
	{"CAS061", HQ "db D GONE EX1", PROXY("D"), 0, "D error advise"},
	/* no other rule judges its value */
	{"CAS042", HQ "db D EX1 gone", PROXY("D"), 0, ""},
	{"CAS043", HQ "server M HQ 2 14.3.123.4;db D M M", PROXY("D"), 0, ""},
	{"CAS045", HQ BER "db D EX1 ber.contoso.com", PROXY("D"), 0, ""},
	{"CAS046", HQ BER "db D EX1 BER1", PROXY("D"), 0, ""},
	{"CAS049", HQ "db D EX1 x;set legacyExchangeDN /o=Other/cn=x", PROXY("D"), 0, ""},
	{"CAS050", HQ "db D EX1 outlook", PROXY("D"), 0, ""},
	{"CAS052", HQ "db D EX1 outlook.contoso.com.", PROXY("D"), 0, ""},
	{"CAS041", BARE "db D C C", PROXY("D"), 0, ""},
	{"CAS048", HQ "db D EX1 EX1;db E EX1 outlook.contoso.com", PROXY("D"), 0, ""},
	{"CAS048", HQ "db D EX1 EX1;db E EX1 outlook.contoso.com", PROXY("F"), 0,
	 "HQ warning plan"},
	{"CAS001", BARE "db D C C", PROXY("D"), 0, ""},
	{"CAS001", BARE "db D C C;db E C C", PROXY("D"), 0, "S warning plan"},
	/* what is not judged at all is none */
	{"CAS061", HQ "db D EX1 EX2;set msExchRestore TRUE", PROXY("D"), 0, ""},
	{"CAS061", HQ "pf D EX1 EX2", PROXY("D"), 0, ""},
	/* over */
	{"CAS040",
	 HQ "db D EX1 EX1",
	 {SAID, .which = CAS_EXEMPTION_PF_PROXY, .object = "D", .expires = EXPIRES},
	 LATE,
	 "D error auto"},
	{"CAS061",
	 HQ "db D EX1 EX2",
	 {SAID, .which = CAS_EXEMPTION_PF_PROXY, .object = "D", .expires = EXPIRES},
	 LATE,
	 ""},

	/* a temporary override, while it holds and the database has its value */
	{"CAS040", HQ "db D EX1 EX2", OVERRIDE("D", "EX2"), EXPIRES - 1, ""},
	{"CAS040", HQ "db D EX1 EX2", OVERRIDE("D", "ex2.contoso.com"), EXPIRES - 1, ""},
	{"CAS045", HQ BER "db D EX1 ber.contoso.com", OVERRIDE("D", "ber"), 1, ""},
	{"CAS048", HQ "db D EX1 EX1;db E EX1 outlook.contoso.com", OVERRIDE("D", "EX1"),
	 1, ""},
	{"CAS057", HQ "db D EX1 EX2", OVERRIDE("D", "EX2"), EXPIRES - 1, ""},
	{"CAS040", HQ "db D EX1 EX2", OVERRIDE("D", "EX1"), 1, "D error auto"},
	{"CAS040", HQ "db D EX1 EX2", OVERRIDE("D", "gone"), 1, "D error auto"},
	{"CAS042", HQ "db D EX1 gone", OVERRIDE("D", "gone"), 1, "D error auto"},
	/* beside the usual ones, from the first second after it */
	{"CAS040", HQ "db D EX1 EX2", OVERRIDE("D", "EX2"), EXPIRES, "D error auto"},
	{"CAS057", HQ "db D EX1 EX2", OVERRIDE("D", "EX2"), EXPIRES, "D warning auto"},
	{"CAS057", HQ "db D EX1 EX1", OVERRIDE("D", "EX2"), EXPIRES, ""},
	{"CAS057", HQ "db D EX1 outlook.contoso.com", OVERRIDE("D", "EX2"), EXPIRES, ""},
	{"CAS057", HQ "db D EX1 outlook.contoso.com", OVERRIDE("D", "outlook"), EXPIRES,
	 ""},
	{"CAS057", BARE "db D C C", OVERRIDE("D", "C"), EXPIRES, ""},
	{"CAS057", BARE HQ "db D C EX1", OVERRIDE("D", "EX1"), EXPIRES, "D warning plan"},

	/* a site that gets no array any more */
	{"CAS001", BARE "db D C C", DECOMMISSION("S"), 0, ""},
	{"CAS041", BARE "db D C C", DECOMMISSION("S"), 0, ""},
	{"CAS041", BARE "site T;server E T 38 14.3.123.4;db D C C;db E E E",
	 DECOMMISSION("T"), 0, "D warning plan"},
	{"CAS020", "site S;server M S 2 14.3.123.4;db D M M", DECOMMISSION("S"), 0, ""},
	{"CAS043", "site S;server M S 2 14.3.123.4;db D M M", DECOMMISSION("S"), 0,
	 "D error plan"},
	{"CAS041",
	 BARE "db D C C",
	 {SAID, .which = CAS_EXEMPTION_DECOMMISSION, .rule = "CAS001", .object = "S"},
	 0,
	 "D warning plan"},
	/* it is declared of sites only */
	{"CAS041", BARE "db D C C", DECOMMISSION("D"), 0, "D warning plan"},

	/* a switchover of the site, the DAG, or the database alone */
	{"CAS045", MEMBERS "db D EX1 ber.contoso.com", SWITCHOVER("HQ"), 1, ""},
	{"CAS045", MEMBERS "db D EX1 ber.contoso.com;of-dag G", SWITCHOVER("G"), 1, ""},
	{"CAS045", MEMBERS "db D EX1 ber.contoso.com", SWITCHOVER("G"), 1,
	 "D error plan"},
	{"CAS045", MEMBERS "db D EX1 ber.contoso.com", SWITCHOVER("D"), 1, ""},
	{"CAS045", MEMBERS "db D EX1 ber.contoso.com", SWITCHOVER("BER"), 1,
	 "D error plan"},
	{"CAS045", MEMBERS "db D EX1 ber.contoso.com", SWITCHOVER("EX1"), 1,
	 "D error plan"},
	{"CAS045", MEMBERS "db D EX1 ber.contoso.com", SWITCHOVER("HQ"), EXPIRES,
	 "D error plan"},
	{"CAS047", MEMBERS "db D EX1 outlook.contoso.com;copy D BER1 1",
	 SWITCHOVER("BER"), 1, ""},
	{"CAS040", MEMBERS "db D EX1 EX1", SWITCHOVER("HQ"), 1, "D error auto"},
};

START_TEST(judged)
{
	const struct cas_policy policy = {.exemptions = &rows[_i].exemption,
					  .n_exemptions = 1,
					  .now = rows[_i].now};
	const char *findings = audited_by(&policy, rows[_i].script, rows[_i].rule);

	ck_assert_msg(strcmp(findings, rows[_i].findings) == 0,
		      "row %d, %s on '%s': '%s', not '%s'", _i, rows[_i].rule,
		      rows[_i].script, findings, rows[_i].findings);
}
END_TEST

/* The same without the exemption: else a row that finds nothing would say nothing. */
START_TEST(would_be_found)
{
	const char *findings;

	if (*rows[_i].findings || strcmp(rows[_i].rule, "CAS057") == 0 ||
	    strcmp(rows[_i].rule, "CAS061") == 0) {
		return;
	}
	findings = audited(rows[_i].script, rows[_i].rule);
	ck_assert_msg(*findings, "row %d", _i);
}
END_TEST

/* ---- rules whose data is not there yet ---- */

static const struct {
	struct cas_exemption exemption;
	const char *rule;
	enum cas_kind kind;
	const char *object;
	bool exempt;
} direct[] = {
	{HIDE_NAME("outlook"), "CAS090", CAS_KIND_ARRAY, "outlook", true},
	{HIDE_NAME("outlook"), "CAS103", CAS_KIND_ARRAY, "outlook", true},
	{HIDE_NAME("outlook"), "CAS094", CAS_KIND_ARRAY, "outlook", false},
	{HIDE_NAME("outlook"), "CAS090", CAS_KIND_ARRAY, "ber", false},
	/* a name is not hidden because its site is called so */
	{HIDE_NAME("HQ"), "CAS090", CAS_KIND_ARRAY, "outlook", false},
	{SWITCHOVER("outlook"), "CAS093", CAS_KIND_ARRAY, "outlook", true},
	{SWITCHOVER("HQ"), "CAS093", CAS_KIND_ARRAY, "outlook", true},
	{SWITCHOVER("HQ"), "CAS097", CAS_KIND_ARRAY, "outlook", true},
	{SWITCHOVER("BER"), "CAS097", CAS_KIND_ARRAY, "outlook", false},
	{PLAIN("CAS090", "outlook"), "CAS090", CAS_KIND_ARRAY, "outlook", true},
	{PLAIN("CAS090", "HQ"), "CAS090", CAS_KIND_ARRAY, "outlook", false},
};

START_TEST(exempted)
{
	const struct cas_policy policy = {.exemptions = &direct[_i].exemption,
					  .n_exemptions = 1};
	struct fixture *f = fixture_new();
	const struct cas_organization *org;

	script(f, MEMBERS);
	fixture_policy(f, &policy);
	org = fixture_load(f);
	ck_assert_int_eq(casp_exempted(org, cas_rule_find(direct[_i].rule),
				       fixture_find(f, direct[_i].kind,
						    direct[_i].object)) != NULL,
			 direct[_i].exempt);
	fixture_free(f);
}
END_TEST

/* An entry that is no object is known by its DN alone. */
START_TEST(exempted_entry)
{
	const struct cas_exemption exemption =
		PLAIN("CAS213", "cn=thing,cn=lostandfoundconfig," FIXTURE_CFG);
	const struct cas_policy policy = {.exemptions = &exemption, .n_exemptions = 1};
	const char *text = HQ "entry top+container+msExchContainer "
			      "CN=Thing,CN=LostAndFoundConfig," FIXTURE_CFG;

	ck_assert_str_ne(audited(text, "CAS213"), "");
	ck_assert_str_eq(audited_by(&policy, text, "CAS213"), "");
}
END_TEST

/* ---- what becomes of an exemption ---- */

static const struct {
	struct cas_exemption exemption;
	unsigned scope;
	enum casp_exemption_state state;
	const char *trouble; /* a part of it; NULL: none */
	bool in_use;
} states[] = {
	{PROXY("D"), CAS_SCOPE_ALL, CASP_EXEMPTION_RESOLVED, NULL, true},
	{PROXY("E"), CAS_SCOPE_ALL, CASP_EXEMPTION_MISSING, "no database 'E'", false},
	{PROXY("HQ"), CAS_SCOPE_ALL, CASP_EXEMPTION_MISSING, "no database 'HQ'", false},
	{PROXY("D"), CAS_SCOPE_TOPOLOGY, CASP_EXEMPTION_NOT_LOADED, NULL, false},
	{PROXY("T"), CAS_SCOPE_ALL, CASP_EXEMPTION_AMBIGUOUS, "several objects", false},
	{PROXY("R"), CAS_SCOPE_ALL, CASP_EXEMPTION_RESOLVED, NULL, false},
	{OVERRIDE("D", "EX1"), CAS_SCOPE_ALL, CASP_EXEMPTION_RESOLVED, NULL, true},
	{OVERRIDE("D", "EX2"), CAS_SCOPE_ALL, CASP_EXEMPTION_RESOLVED, NULL, false},
	{OVERRIDE("D", "EX9"), CAS_SCOPE_ALL, CASP_EXEMPTION_RESOLVED,
	 "no server or array 'EX9'; did you mean 'EX1'", false},
	{PLAIN("CAS040", "D"), CAS_SCOPE_ALL, CASP_EXEMPTION_RESOLVED, NULL, false},
	{PLAIN("CAS040", "HQ"), CAS_SCOPE_ALL, CASP_EXEMPTION_MISSING,
	 "no database 'HQ'; 'HQ' is a site", false},
	{PLAIN("CAS999", "D"), CAS_SCOPE_ALL, CASP_EXEMPTION_MISSING, "well formed",
	 false},
	{{SAID, .rule = "CAS040"},
	 CAS_SCOPE_ALL,
	 CASP_EXEMPTION_MISSING,
	 "well formed",
	 false},
	{SWITCHOVER("HQ"), CAS_SCOPE_TOPOLOGY, CASP_EXEMPTION_RESOLVED, NULL, false},
	{PLAIN("CAS213", "EX1"), CAS_SCOPE_ALL, CASP_EXEMPTION_RESOLVED, NULL, false},
	{PLAIN("CAS213", "CN=Thing,CN=LostAndFoundConfig," FIXTURE_CFG), CAS_SCOPE_ALL,
	 CASP_EXEMPTION_RESOLVED, NULL, false},
	{PLAIN("CAS213", "CN=No,CN=LostAndFoundConfig," FIXTURE_CFG), CAS_SCOPE_ALL,
	 CASP_EXEMPTION_MISSING, "no ", false},
};

START_TEST(resolved)
{
	const struct cas_policy policy = {.exemptions = &states[_i].exemption,
					  .n_exemptions = 1};
	const struct cas_exemption *exemption = policy.exemptions;
	struct fixture *f = fixture_new();
	const struct cas_organization *org;
	struct casp_arena arena = {0};
	const char *trouble;
	bool ok = true;

	script(f, HQ "db D EX1 EX1;db T EX1 EX1;db U EX1 EX1;set cn T;"
		     "move CN=T,CN=Elsewhere,CN=Databases," FIXTURE_AG
		     ";db R EX1 EX1;set msExchRestore TRUE;"
		     "entry top+container+msExchContainer "
		     "CN=Thing,CN=LostAndFoundConfig," FIXTURE_CFG);
	fixture_policy(f, &policy);
	org = fixture_load_scope(f, states[_i].scope);
	ck_assert_int_eq(casp_exemption_state(org, exemption), states[_i].state);
	trouble = casp_exemption_trouble(org, exemption, &arena, &ok);
	ck_assert(ok);
	ck_assert_msg(!trouble == !states[_i].trouble, "%s", trouble);
	ck_assert_msg(!trouble || strstr(trouble, states[_i].trouble), "%s", trouble);
	ck_assert_int_eq(casp_exemption_in_use(org, exemption), states[_i].in_use);
	casp_arena_free(&arena);
	fixture_free(f);
}
END_TEST

/* An organization without exemptions has nothing to look through. */
START_TEST(none)
{
	static const struct cas_policy policy;
	struct fixture *f = fixture_new();
	const struct cas_organization *org;

	script(f, HQ "db D EX1 EX1");
	fixture_policy(f, &policy);
	org = fixture_load(f);
	ck_assert_ptr_null(org->declarations);
	ck_assert_ptr_null(casp_declared_value(
		org, cas_object_database(fixture_find(f, CAS_KIND_DATABASE, "D"))));
	fixture_free(f);
}
END_TEST

/* The first one that is in the policy and holds. */
START_TEST(several)
{
	struct cas_exemption exemptions[] = {PLAIN("CAS046", "D"), PLAIN("CAS040", "D"),
					     PLAIN("CAS040", "D"), PROXY("E")};
	struct cas_policy policy = {
		.exemptions = exemptions, .n_exemptions = 4, .now = 2};
	struct fixture *f = fixture_new();
	const struct cas_object *object;
	const struct cas_organization *org;

	script(f, HQ "db E EX1 EX1;db D EX1 EX1");
	fixture_policy(f, &policy);
	org = fixture_load(f);
	object = fixture_find(f, CAS_KIND_DATABASE, "D");
	ck_assert_ptr_eq(casp_exempted(org, cas_rule_find("CAS040"), object),
			 &exemptions[1]);
	exemptions[1].expires = 2;
	ck_assert_ptr_eq(casp_exempted(org, cas_rule_find("CAS040"), object),
			 &exemptions[2]);
	ck_assert_ptr_null(casp_declared_value(org, cas_object_database(object)));
	fixture_free(f);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("exempted");
	TCase *tcase = tcase_create("exempted");

	tcase_add_loop_test(tcase, judged, 0, sizeof(rows) / sizeof(*rows));
	tcase_add_loop_test(tcase, would_be_found, 0, sizeof(rows) / sizeof(*rows));
	tcase_add_loop_test(tcase, exempted, 0, sizeof(direct) / sizeof(*direct));
	tcase_add_test(tcase, exempted_entry);
	tcase_add_loop_test(tcase, resolved, 0, sizeof(states) / sizeof(*states));
	tcase_add_test(tcase, none);
	tcase_add_test(tcase, several);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
