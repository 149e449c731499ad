/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of DNS servers, and the order of what SRV records name (RFC 2782). */
#include "unit.h"

#include <string.h>

#include "observe/resolver.h"

static const struct {
	const char *server;
	bool ok;
} servers[] = {
	{"10.0.0.53", true},
	{"10.0.0.53:5353", true},
	{"10.0.0.53:65535", true},
	{"fd00::53", true},
	{"::1", true},
	{"[fd00::53]", true},
	{"[fd00::53]:5353", true},
	{"", false},
	{"dns.contoso.com", false},
	{"10.0.0", false},
	{"10.0.0.53:", false},
	{"10.0.0.53:0", false},
	{"10.0.0.53:65536", false},
	{"10.0.0.53:-1", false},
	{"10.0.0.53:53x", false},
	{"10.0.0.53 ", false},
	{"[10.0.0.53]:53", false},
	{"[fd00::53", false},
	{"[fd00::53]5353", false},
	{"[fd00::53]:", false},
	{"[]", false},
	{"[", false},
	{":53", false},
	{"fd00::53::", false},
	{"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0001", false},
};

START_TEST(test_servers)
{
	struct casp_resolver *resolver = NULL;
	struct cas_error *error = NULL;
	int r = casp_resolver_new(servers[_i].server, &resolver, &error);

	if (servers[_i].ok) {
		ck_assert_int_eq(r, 0);
		ck_assert_ptr_nonnull(
			strstr(casp_resolver_name(resolver), servers[_i].server));
	} else {
		ck_assert_int_eq(r, CAS_E_USAGE);
		ck_assert_ptr_null(resolver);
		ck_assert_ptr_nonnull(strstr(cas_error_message(error),
					     "is no address of a DNS server"));
	}
	casp_resolver_free(resolver);
	cas_error_free(error);
}
END_TEST

/* Nobody is asked, so nobody answers. */
START_TEST(test_no_time)
{
	struct casp_resolver_query queries[] = {
		{.type = CASP_RESOLVER_SRV, .name = "_ldap._tcp.contoso.com"},
		{.type = CASP_RESOLVER_ADDRESS, .name = "dc1.contoso.com"},
		{.type = CASP_RESOLVER_ADDRESS, .name = "10.1.2.3"},
		{.type = CASP_RESOLVER_SRV, .name = "a..b"},
	};
	struct casp_resolver *resolver;

	ck_assert_int_eq(casp_resolver_new("192.0.2.1", &resolver, NULL), 0);
	ck_assert_int_eq(casp_resolver_ask(resolver, NULL, queries, 4, 0, NULL), 0);
	ck_assert_int_eq(queries[0].status, CASP_RESOLVER_SILENT);
	ck_assert_int_eq(queries[1].status, CASP_RESOLVER_SILENT);
	ck_assert_int_eq(queries[2].status, CASP_RESOLVER_FOUND);
	ck_assert_uint_eq(queries[2].n_addresses, 1);
	ck_assert_mem_eq(queries[2].addresses[0].bytes, "\x0a\x01\x02\x03", 4);
	ck_assert_int_eq(queries[3].status, CASP_RESOLVER_NO_NAME);
	ck_assert_int_eq(casp_resolver_ask(resolver, NULL, NULL, 0, 1000, NULL), 0);
	for (size_t i = 0; i < 4; i++) {
		casp_resolver_query_clear(&queries[i]);
		ck_assert_uint_eq(queries[i].n_addresses + queries[i].n_targets, 0);
	}
	casp_resolver_free(resolver);
}
END_TEST

START_TEST(test_interrupted)
{
	struct casp_resolver_query query = {CASP_RESOLVER_ADDRESS, "dc1.contoso.com"};
	const volatile int interrupt = 1;
	struct casp_resolver *resolver;
	struct cas_context *context;

	ck_assert_int_eq(cas_context_new(&context, NULL), 0);
	cas_context_set_interrupt(context, &interrupt);
	ck_assert_int_eq(casp_resolver_new("192.0.2.1", &resolver, NULL), 0);
	ck_assert_int_eq(casp_resolver_ask(resolver, context, &query, 1, 60000, NULL),
			 CAS_E_INTERRUPTED);
	casp_resolver_query_clear(&query);
	casp_resolver_free(resolver);
	cas_context_unref(context);
}
END_TEST

/* ---- order ---- */

static uint32_t take_number(void *closure, uint32_t limit)
{
	const uint32_t *number = closure;

	return *number < limit ? *number : limit - 1;
}

/* The priorities and weights, the number that chance gives each time, and the order. */
static const struct {
	struct casp_resolver_target targets[5];
	size_t n;
	uint32_t number;
	const char *order;
} orders[] = {
	{{{0}}, 0, 0, ""},
	{{{(char *)"a"}}, 1, 0, "a"},
	{{{(char *)"a", 1, 20, 0}, {(char *)"b", 1, 10, 0}, {(char *)"c", 1, 0, 0}},
	 3,
	 0,
	 "cba"},
	/* the first of which the sum of weights reaches the number */
	{{{(char *)"a", 1, 0, 10}, {(char *)"b", 1, 0, 20}, {(char *)"c", 1, 0, 30}},
	 3,
	 10,
	 "abc"},
	{{{(char *)"a", 1, 0, 10}, {(char *)"b", 1, 0, 20}, {(char *)"c", 1, 0, 30}},
	 3,
	 11,
	 "bca"},
	{{{(char *)"a", 1, 0, 10}, {(char *)"b", 1, 0, 20}, {(char *)"c", 1, 0, 30}},
	 3,
	 60,
	 "cba"},
	/* weight 0 only by the smallest number */
	{{{(char *)"a", 1, 0, 10}, {(char *)"b", 1, 0, 0}}, 2, 0, "ba"},
	{{{(char *)"a", 1, 0, 10}, {(char *)"b", 1, 0, 0}}, 2, 1, "ab"},
	/* weights count within a priority only */
	{{{(char *)"a", 1, 1, 65535}, {(char *)"b", 1, 0, 1}, {(char *)"c", 1, 1, 1}},
	 3,
	 65536,
	 "bca"},
};

START_TEST(test_order)
{
	struct casp_resolver_target targets[5];
	uint32_t number = orders[_i].number;
	char order[6] = "";

	memcpy(targets, orders[_i].targets, sizeof(targets));
	casp_resolver_order(targets, orders[_i].n, take_number, &number);
	for (size_t i = 0; i < orders[_i].n; i++) {
		strcat(order, targets[i].host);
	}
	ck_assert_str_eq(order, orders[_i].order);
}
END_TEST

/* By the kernel's chance the heavy one is first about three times of four. */
START_TEST(test_chance)
{
	unsigned n_heavy = 0;

	for (unsigned i = 0; i < 4000; i++) {
		struct casp_resolver_target targets[] = {{(char *)"light", 1, 0, 100},
							 {(char *)"heavy", 1, 0, 300}};

		casp_resolver_order(targets, 2, NULL, NULL);
		n_heavy += *targets[0].host == 'h';
	}
	ck_assert_uint_gt(n_heavy, 2700);
	ck_assert_uint_lt(n_heavy, 3300);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("resolver");
	TCase *tc = tcase_create("resolver");

	tcase_add_loop_test(tc, test_servers, 0, sizeof(servers) / sizeof(*servers));
	tcase_add_test(tc, test_no_time);
	tcase_add_test(tc, test_interrupted);
	tcase_add_loop_test(tc, test_order, 0, sizeof(orders) / sizeof(*orders));
	tcase_add_test(tc, test_chance);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
