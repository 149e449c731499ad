/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a new mailbox database gets, by each rule. */
#include <string.h>

#include "audited.h"
#include "unit.h"

static const struct {
	const char *script;
	enum cas_kind kind;
	const char *of;
	enum cas_assignment_rule rule;
	const char *target; /* NULL: none */
	size_t candidates;
} rows[] = {
	/* an array decides, whatever else is in the site */
	{HQ, CAS_KIND_SERVER, "EX1", CAS_ASSIGNMENT_ARRAY, "outlook", 0},
	{HQ "server MBX HQ 2 14.3.123.4", CAS_KIND_SERVER, "MBX", CAS_ASSIGNMENT_ARRAY,
	 "outlook", 0},
	{"site S;server MBX S 2 14.0.639.0;array a a.contoso.com S", CAS_KIND_SERVER,
	 "MBX", CAS_ASSIGNMENT_ARRAY, "a", 0},
	{HQ, CAS_KIND_SITE, "HQ", CAS_ASSIGNMENT_ARRAY, "outlook", 0},
	/* of several the first */
	{HQ "array second second.contoso.com HQ", CAS_KIND_SERVER, "EX1",
	 CAS_ASSIGNMENT_ARRAY, "outlook", 0},
	/* one of another site or of Exchange 2013 does not count */
	{BER "site HQ;server EX1 HQ 38 14.3.123.4", CAS_KIND_SERVER, "EX1",
	 CAS_ASSIGNMENT_SAME_SERVER, "EX1", 0},
	{"site S;server EX1 S 38 14.3.123.4;array a a.contoso.com S;"
	 "set msExchVersion 88218628259840",
	 CAS_KIND_SERVER, "EX1", CAS_ASSIGNMENT_SAME_SERVER, "EX1", 0},
	/* no array: the server itself, though there are others */
	{"site S;server A S 4 14.3.123.4;server B S 6 14.3.123.4", CAS_KIND_SERVER, "B",
	 CAS_ASSIGNMENT_SAME_SERVER, "B", 0},
	/* not without its RpcClientAccess object */
	{"site S;server A S 4 14.3.123.4;norpc B S 6 14.3.123.4", CAS_KIND_SERVER, "B",
	 CAS_ASSIGNMENT_RANDOM, "A", 1},
	/* a mailbox-only server: one of the site */
	{"site S;server A S 4 14.3.123.4;server M S 2 14.3.123.4", CAS_KIND_SERVER, "M",
	 CAS_ASSIGNMENT_RANDOM, "A", 1},
	/* only members of an array are candidates: not 2007, 2013, without the object,
	   elsewhere */
	{"site S;site T;server A S 4 14.3.123.4;server M S 2 14.3.123.4;server OLD S 4 "
	 "8.3.83.0;"
	 "server NEW S 54 15.0.516.0;norpc N S 4 14.3.123.4;server FAR T 4 14.3.123.4",
	 CAS_KIND_SERVER, "M", CAS_ASSIGNMENT_RANDOM, "A", 1},
	{"site S;server A S 38 14.3.123.4", CAS_KIND_SITE, "S", CAS_ASSIGNMENT_RANDOM,
	 "A", 1},
	/* nothing else: itself */
	{"site S;server M S 2 14.3.123.4", CAS_KIND_SERVER, "M",
	 CAS_ASSIGNMENT_OWN_SERVER, "M", 0},
	{HQ "server M - 2 14.3.123.4", CAS_KIND_SERVER, "M", CAS_ASSIGNMENT_OWN_SERVER,
	 "M", 0},
	{"site S;server M S 2 14.3.123.4", CAS_KIND_SITE, "S", CAS_ASSIGNMENT_NONE, NULL,
	 0},
	{"site S", CAS_KIND_SITE, "S", CAS_ASSIGNMENT_NONE, NULL, 0},
};

START_TEST(test_rule)
{
	struct fixture *f = fixture_new();
	struct cas_organization *org;
	struct cas_assignment *a;
	const struct cas_object *target;

	script(f, rows[_i].script);
	org = fixture_load(f);
	ck_assert_int_eq(cas_assignment_new(org,
					    fixture_find(f, rows[_i].kind, rows[_i].of),
					    7, &a, NULL),
			 0);
	ck_assert_int_eq(cas_assignment_rule(a), rows[_i].rule);
	target = cas_assignment_target(a);
	ck_assert_str_eq(target ? cas_object_name(target) : "none",
			 rows[_i].target ? rows[_i].target : "none");
	ck_assert_uint_eq(cas_assignment_n_candidates(a), rows[_i].candidates);
	ck_assert_ptr_null(cas_assignment_candidate(a, rows[_i].candidates));
	ck_assert_str_ne(cas_assignment_reason(a), "");
	cas_assignment_free(a);
	fixture_free(f);
}
END_TEST

static const struct {
	const char *script;
	enum cas_kind kind;
	const char *of;
	const char *says;
} reasons[] = {
	{HQ, CAS_KIND_SITE, "HQ", "has the Client Access array 'outlook'"},
	{HQ "array second second.contoso.com HQ", CAS_KIND_SITE, "HQ",
	 "2 Client Access arrays"},
	{"site S;server E S 38 14.3.123.4", CAS_KIND_SERVER, "E",
	 "server 'E' is a Client Access"},
	{"site S;server E S 38 14.3.123.4", CAS_KIND_SITE, "S", "at random"},
	{"site S;server M S 2 14.3.123.4", CAS_KIND_SERVER, "M", "site 'S' has neither"},
	{"server M - 2 14.3.123.4", CAS_KIND_SERVER, "M", "'M' is in no site"},
	{"site S", CAS_KIND_SITE, "S", "its own mailbox server"},
};

START_TEST(test_reason)
{
	struct fixture *f = fixture_new();
	struct cas_organization *org;
	struct cas_assignment *a;

	script(f, reasons[_i].script);
	org = fixture_load(f);
	ck_assert_int_eq(
		cas_assignment_new(org, fixture_find(f, reasons[_i].kind, reasons[_i].of),
				   0, &a, NULL),
		0);
	ck_assert_msg(strstr(cas_assignment_reason(a), reasons[_i].says), "%s",
		      cas_assignment_reason(a));
	cas_assignment_free(a);
	fixture_free(f);
}
END_TEST

static const struct {
	const char *script;
	enum cas_kind kind;
	const char *of;
	enum cas_code code;
	const char *message;
} refusals[] = {
	{"site S;server A S 4 14.3.123.4", CAS_KIND_SERVER, "A", CAS_E_REFUSED,
	 "Mailbox role"},
	{"site S;server A S 2 8.3.83.0", CAS_KIND_SERVER, "A", CAS_E_REFUSED, "8.3.83"},
	{"site S;server A S 54 15.0.516.0", CAS_KIND_SERVER, "A", CAS_E_REFUSED,
	 "15.0.516"},
	{"site S;server A S 54 15.0.516.0;unset versionNumber;unset serialNumber",
	 CAS_KIND_SERVER, "A", CAS_E_REFUSED, "unknown"},
	{HQ, CAS_KIND_ARRAY, "outlook", CAS_E_USAGE, "neither a server nor a site"},
};

START_TEST(test_refusal)
{
	struct fixture *f = fixture_new();
	struct cas_organization *org;
	struct cas_assignment *a = NULL;
	struct cas_error *err = NULL;

	script(f, refusals[_i].script);
	org = fixture_load(f);
	ck_assert_int_eq(cas_assignment_new(
				 org, fixture_find(f, refusals[_i].kind, refusals[_i].of),
				 0, &a, &err),
			 refusals[_i].code);
	ck_assert_ptr_null(a);
	ck_assert_msg(strstr(cas_error_message(err), refusals[_i].message), "%s",
		      cas_error_message(err));
	cas_error_free(err);
	fixture_free(f);
}
END_TEST

#define CANDIDATES 5

START_TEST(test_seed)
{
	unsigned picked[CANDIDATES] = {0};
	struct fixture *f = fixture_new();
	const struct cas_object *server;
	struct cas_organization *org;

	script(f,
	       "site S;server M S 2 14.3.123.4;server A S 4 14.3.123.4;"
	       "server B S 4 14.3.123.4;server C S 4 14.3.123.4;server D S 4 14.3.123.4;"
	       "server E S 4 14.3.123.4");
	org = fixture_load(f);
	server = fixture_find(f, CAS_KIND_SERVER, "M");
	for (uint64_t seed = 0; seed < 500; seed++) {
		struct cas_assignment *a, *again;
		const struct cas_object *target;
		int found = -1;

		ck_assert_int_eq(cas_assignment_new(org, server, seed, &a, NULL), 0);
		ck_assert_int_eq(cas_assignment_new(org, server, seed, &again, NULL), 0);
		target = cas_assignment_target(a);
		ck_assert_ptr_eq(target, cas_assignment_target(again));
		ck_assert_uint_eq(cas_assignment_n_candidates(a), CANDIDATES);
		for (int i = 0; i < CANDIDATES; i++) {
			found = cas_assignment_candidate(a, i) == target ? i : found;
		}
		ck_assert_int_ge(found, 0);
		picked[found]++;
		cas_assignment_free(a);
		cas_assignment_free(again);
	}
	/* Equal probability: 100 of 500 each, with a wide margin. */
	for (int i = 0; i < CANDIDATES; i++) {
		ck_assert_uint_ge(picked[i], 60);
		ck_assert_uint_le(picked[i], 140);
	}
	fixture_free(f);
}
END_TEST

START_TEST(test_names)
{
	ck_assert_str_eq(cas_assignment_rule_name(CAS_ASSIGNMENT_ARRAY), "array-of-site");
	ck_assert_str_eq(cas_assignment_rule_name(CAS_ASSIGNMENT_SAME_SERVER),
			 "same-server");
	ck_assert_str_eq(cas_assignment_rule_name(CAS_ASSIGNMENT_RANDOM),
			 "random-in-site");
	ck_assert_str_eq(cas_assignment_rule_name(CAS_ASSIGNMENT_OWN_SERVER),
			 "own-server");
	ck_assert_str_eq(cas_assignment_rule_name(CAS_ASSIGNMENT_NONE), "none");
	ck_assert_str_eq(cas_assignment_rule_name((enum cas_assignment_rule)99),
			 "unknown");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("assignment");
	TCase *tcase = tcase_create("assignment");

	tcase_add_loop_test(tcase, test_rule, 0, sizeof(rows) / sizeof(*rows));
	tcase_add_loop_test(tcase, test_reason, 0, sizeof(reasons) / sizeof(*reasons));
	tcase_add_loop_test(tcase, test_refusal, 0, sizeof(refusals) / sizeof(*refusals));
	tcase_add_test(tcase, test_seed);
	tcase_add_test(tcase, test_names);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
