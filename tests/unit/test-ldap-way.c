/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of servers, and what is refused before any server is asked. */
#include "unit.h"

#include <string.h>

#include "directory/ldap_way.h"

static int no_password(void *closure, char **ret)
{
	return CAS_E_INTERRUPTED;
}

static const struct {
	const char *address;
	enum casp_ldap_scheme scheme;
	const char *host;
	unsigned port;
	const char *shown;
} addresses[] = {
	{"ldap://dc1", CASP_LDAP_PLAIN, "dc1", 389, "ldap://dc1"},
	{"LDAP://dc1.contoso.com:389", CASP_LDAP_PLAIN, "dc1.contoso.com", 389,
	 "ldap://dc1.contoso.com"},
	{"ldap://dc1:3268/", CASP_LDAP_PLAIN, "dc1", 3268, "ldap://dc1:3268"},
	{"ldaps://dc1", CASP_LDAP_TLS, "dc1", 636, "ldaps://dc1"},
	{"ldaps://10.1.2.3:389", CASP_LDAP_TLS, "10.1.2.3", 389, "ldaps://10.1.2.3:389"},
	{"ldap://[::1]:10389", CASP_LDAP_PLAIN, "::1", 10389, "ldap://[::1]:10389"},
	{"ldapi://%2Frun%2Fldapi", CASP_LDAP_LOCAL, "/run/ldapi", 0,
	 "ldapi://%2Frun%2Fldapi"},
	{"ldapi://%2Frun%2Fldapi/", CASP_LDAP_LOCAL, "/run/ldapi", 0,
	 "ldapi://%2Frun%2Fldapi"},
};

START_TEST(test_addresses)
{
	struct casp_ldap_way *way = NULL;
	struct cas_error *error = NULL;
	const struct casp_ldap_server *server;

	ck_assert_int_eq(casp_ldap_way_new(&addresses[_i].address, 1, NULL, &way, &error),
			 0);
	server = casp_ldap_server(way);
	ck_assert_int_eq(server->scheme, addresses[_i].scheme);
	ck_assert_str_eq(server->host, addresses[_i].host);
	ck_assert_uint_eq(server->port, addresses[_i].port);
	ck_assert_str_eq(server->address, addresses[_i].shown);
	ck_assert_uint_eq(way->timeout, 30);
	ck_assert_int_eq(casp_ldap_way_bind(way), CAS_BIND_SASL);
	casp_ldap_way_free(way);
}
END_TEST

static const struct {
	const char *address;
	struct cas_connect how;
	const char *message;
} refused[] = {
	{"ldap://", {0}, "'ldap://' is no address of a server: it names no host"},
	{"ldap:///DC=contoso,DC=com",
	 {0},
	 "'ldap:///DC=contoso,DC=com' is no address of a server: it says more than host "
	 "and port"},
	{"ldap://dc1/??sub",
	 {0},
	 "'ldap://dc1/??sub' is no address of a server: it says more than host and port"},
	{"ldap://dc1:x",
	 {0},
	 "'ldap://dc1:x' is no address of a server: it is malformed"},
	{"ldap://dc1:65536",
	 {0},
	 "'ldap://dc1:65536' is no address of a server: there is no such port"},
	{"ldap://dc1",
	 {.user = "u", .password = no_password},
	 "the password of 'u' would go to 'ldap://dc1' in clear text"},
	{"ldap://dc1",
	 {.bind = CAS_BIND_SIMPLE, .user = "u", .password = no_password},
	 "the password of 'u' would go to 'ldap://dc1' in clear text"},
	{"ldaps://dc1",
	 {.bind = CAS_BIND_SIMPLE, .password = no_password},
	 "logging in with a password needs a user"},
	{"ldaps://dc1",
	 {.user = "", .password = no_password},
	 "logging in with a password needs a user"},
	{"ldaps://dc1", {.user = "u"}, "the user 'u' needs a password"},
	{"ldap://dc1",
	 {.mechanism = "PLAIN"},
	 "'PLAIN' is no SASL mechanism that casarray uses"},
	{"ldap://dc1", {.mechanism = ""}, "'' is no SASL mechanism that casarray uses"},
	{"ldap://dc1",
	 {.mechanism = "EXTERNAL"},
	 "EXTERNAL works on ldapi:// only, and not on 'ldap://dc1'"},
	{"ldaps://dc1",
	 {.start_tls = true},
	 "'ldaps://dc1' cannot be used with StartTLS, which is for ldap://"},
	{"ldaps://dc1",
	 {.user = "u", .mechanism = "GSSAPI", .password = no_password},
	 "the user 'u' is only for logging in with a password"},
	{"ldaps://dc1",
	 {.bind = CAS_BIND_ANONYMOUS, .user = "u", .password = no_password},
	 "the user 'u' is only for logging in with a password"},
	{"ldap://dc1", {.resolver = "dns1"}, "'dns1' is no address of a DNS server"},
	/* a controller that is still to be found */
	{NULL,
	 {.domain = "contoso..com"},
	 "'contoso..com' is no name of a domain: empty label"},
	{NULL,
	 {.domain = "contoso.com)(x=*"},
	 "'contoso.com)(x=*' is no name of a domain: illegal character"},
	{NULL,
	 {.user = "u", .password = no_password},
	 "the password of 'u' would go to a domain controller in clear text"},
	{NULL, {.mechanism = "PLAIN"}, "'PLAIN' is no SASL mechanism that casarray uses"},
};

START_TEST(test_refused)
{
	struct casp_ldap_way *way = NULL;
	struct cas_error *error = NULL;
	size_t n = refused[_i].address ? 1 : 0;

	ck_assert_int_eq(casp_ldap_way_new(&refused[_i].address, n, &refused[_i].how,
					   &way, &error),
			 CAS_E_USAGE);
	ck_assert_str_eq(cas_error_message(error), refused[_i].message);
	ck_assert_ptr_null(way);
	cas_error_free(error);
}
END_TEST

/* One of several servers to which the password would go in clear is enough. */
START_TEST(test_every_server_is_checked)
{
	const char *const list[] = {"ldaps://dc1", "ldap://dc2"};
	const struct cas_connect how = {.user = "u", .password = no_password};
	struct casp_ldap_way *way = NULL;
	struct cas_error *error = NULL;

	ck_assert_int_eq(casp_ldap_way_new(list, 2, &how, &way, &error), CAS_E_USAGE);
	ck_assert_str_eq(cas_error_message(error),
			 "the password of 'u' would go to 'ldap://dc2' in clear text");
	cas_error_free(error);
}
END_TEST

/* Those that are found are checked like those that are named. */
START_TEST(test_add)
{
	const struct cas_connect how = {.mechanism = "EXTERNAL", .domain = "contoso.com"};
	struct casp_ldap_way *way = NULL;
	struct cas_error *error = NULL;

	ck_assert_int_eq(casp_ldap_way_new(NULL, 0, NULL, &way, NULL), 0);
	ck_assert_int_eq(casp_ldap_way_add(way, "dc1.contoso.com", 389, NULL), 0);
	ck_assert_int_eq(casp_ldap_way_add(way, "dc2.contoso.com", 1389, NULL), 0);
	ck_assert_uint_eq(way->n_servers, 2);
	ck_assert_str_eq(way->servers[0].address, "ldap://dc1.contoso.com");
	ck_assert_str_eq(way->servers[1].address, "ldap://dc2.contoso.com:1389");
	for (int i = 0; i < 200; i++) {
		ck_assert_int_eq(casp_ldap_way_add(way, "dc3.contoso.com", 389, NULL), 0);
	}
	ck_assert_uint_eq(way->n_servers, 100);
	casp_ldap_way_free(way);
	ck_assert_int_eq(casp_ldap_way_new(NULL, 0, &how, &way, NULL), 0);
	ck_assert_int_eq(casp_ldap_way_add(way, "dc1.contoso.com", 389, &error),
			 CAS_E_USAGE);
	ck_assert_str_eq(cas_error_message(error),
			 "EXTERNAL works on ldapi:// only, and not on "
			 "'ldap://dc1.contoso.com'");
	cas_error_free(error);
	casp_ldap_way_free(way);
}
END_TEST

static int empty_password(void *closure, char **ret)
{
	*ret = closure ? strdup("") : NULL;
	return 0;
}

START_TEST(test_password)
{
	const char *const address = "ldaps://dc1";
	struct cas_connect how = {.user = "u", .password = no_password};
	struct casp_ldap_way *way = NULL;
	struct cas_error *error = NULL;

	ck_assert_int_eq(casp_ldap_way_new(&address, 1, &how, &way, &error), 0);
	ck_assert_int_eq(casp_ldap_ask(way, &error), CAS_E_INTERRUPTED);
	ck_assert_ptr_null(error);
	way->ask = empty_password;
	ck_assert_int_eq(casp_ldap_ask(way, &error), CAS_E_USAGE);
	ck_assert_str_eq(cas_error_message(error), "the password of 'u' is empty");
	cas_error_free(error);
	error = NULL;
	way->ask_closure = way;
	ck_assert_int_eq(casp_ldap_ask(way, &error), CAS_E_USAGE);
	ck_assert_ptr_null(way->password);
	cas_error_free(error);
	casp_ldap_way_free(way);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ldap-way");
	TCase *tc = tcase_create("ldap-way");

	tcase_add_loop_test(tc, test_addresses, 0,
			    sizeof(addresses) / sizeof(*addresses));
	tcase_add_loop_test(tc, test_refused, 0, sizeof(refused) / sizeof(*refused));
	tcase_add_test(tc, test_every_server_is_checked);
	tcase_add_test(tc, test_add);
	tcase_add_test(tc, test_password);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
