/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a database should point at, by each case; the database is called D. */
#include "audited.h"
#include "policy/policy.h"
#include "unit.h"

#define BARE "site S;server C1 S 4 14.3.123.4;server M1 S 2 14.3.123.4;"
#define TWO HQ "array second second.contoso.com HQ;"

static const struct {
	const char *script;
	enum casp_expectation_case which;
	const char *target; /* NULL: none */
	bool met;
} rows[] = {
	/* not judged, whatever it points at */
	{HQ "db D EX1 EX1;set msExchRestore TRUE", CASP_EXPECT_EXEMPT, NULL, true},
	{HQ "pf D EX1 EX1", CASP_EXPECT_EXEMPT, NULL, true},
	{HQ "server N HQ 54 15.0.516.0;db D N EX1", CASP_EXPECT_EXEMPT, NULL, true},
	/* one array */
	{HQ "db D EX1 outlook.contoso.com", CASP_EXPECT_ARRAY, "outlook", true},
	{HQ "db D EX1 EX1", CASP_EXPECT_ARRAY, "outlook", false},
	{HQ "db D EX1 GONE", CASP_EXPECT_ARRAY, "outlook", false},
	{HQ BER "db D EX1 ber.contoso.com", CASP_EXPECT_ARRAY, "outlook", false},
	{HQ BER "db D EX1 ber.contoso.com;copy D BER1 1", CASP_EXPECT_ARRAY, "ber", true},
	/* several: any, and the one that most databases use is the one to go to */
	{TWO "db D EX1 second.contoso.com", CASP_EXPECT_ANY_ARRAY, "second", true},
	{TWO "db D EX1 EX1", CASP_EXPECT_ANY_ARRAY, "outlook", false},
	{TWO "db D EX1 EX1;db E EX1 second.contoso.com", CASP_EXPECT_ANY_ARRAY, "second",
	 false},
	/* no array: a Client Access server of the site */
	{BARE "db D M1 C1", CASP_EXPECT_CAS, "C1", true},
	{BARE "db D M1 M1", CASP_EXPECT_CAS, "C1", false},
	{BARE HQ "db D M1 EX1", CASP_EXPECT_CAS, "C1", false},
	{BARE HQ "db D M1 outlook.contoso.com", CASP_EXPECT_CAS, "C1", false},
	/* the server itself comes first, of several others a person chooses */
	{BARE "server C2 S 6 14.3.123.4;db D C2 GONE", CASP_EXPECT_CAS, "C2", false},
	{BARE "server C2 S 6 14.3.123.4;db D M1 GONE", CASP_EXPECT_CAS, NULL, false},
	/* one of another version is none */
	{BARE "server C2 S 4 8.3.83.0;db D M1 C2", CASP_EXPECT_CAS, "C1", false},
	/* an array of Exchange 2013 is none */
	{BARE
	 "array a a.contoso.com S;set msExchVersion 88218628259840;db D M1 a.contoso.com",
	 CASP_EXPECT_CAS, "C1", false},
	/* nothing correct exists */
	{"site S;server M S 2 14.3.123.4;db D M M", CASP_EXPECT_NOTHING, NULL, false},
	/* the home site is unknown */
	{HQ "db D GONE outlook.contoso.com", CASP_EXPECT_NO_HOME, NULL, false},
};

START_TEST(test_expectation)
{
	struct fixture *f = fixture_new();
	struct casp_expectation e;
	struct cas_organization *org;

	script(f, rows[_i].script);
	org = fixture_load(f);
	casp_expect(org, cas_object_database(fixture_find(f, CAS_KIND_DATABASE, "D")),
		    &e);
	ck_assert_int_eq(e.which, rows[_i].which);
	ck_assert_str_eq(e.target ? e.target->name : "none",
			 rows[_i].target ? rows[_i].target : "none");
	ck_assert_int_eq(e.met, rows[_i].met);
	ck_assert_ptr_nonnull(e.reason);
	fixture_free(f);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("expectation");
	TCase *tcase = tcase_create("expectation");

	tcase_add_loop_test(tcase, test_expectation, 0, sizeof(rows) / sizeof(*rows));
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
