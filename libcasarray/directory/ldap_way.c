/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses and struct cas_connect to a way that is safe to go. */
#include "ldap_way.h"

#include <stdlib.h>

#include "../names/fqdn.h"

#define TIMEOUT 30
#define TIMEOUT_MAX 86400
#define SERVERS_MAX 100

static const char *const scheme_names[] = {"ldap", "ldaps", "ldapi"};
static const unsigned scheme_ports[] = {LDAP_PORT, LDAPS_PORT, 0};

static const char *const mechanisms[] = {"GSS-SPNEGO", "GSSAPI", "EXTERNAL"};

/* ---- addresses ---- */

static int bad_address(const char *address, const char *why, struct cas_error **err)
{
	casp_error(err, CAS_E_USAGE, "'%s' is no address of a server: %s", address, why);
	return casp_error_hint(err,
			       "try ldap://dc1.contoso.com, ldaps://dc1.contoso.com:636 "
			       "or ldapi://%%2Frun%%2Fslapd%%2Fldapi");
}

/* `address` is what was written, of ldapi://. */
static char *show(const struct casp_ldap_server *server, const char *address)
{
	struct casp_buf buf = {0};
	bool is_v6 = strchr(server->host, ':') != NULL;

	if (server->scheme == CASP_LDAP_LOCAL) {
		casp_buf_add(&buf, address, strcspn(address + 8, "/") + 8);
	} else {
		casp_buf_addf(&buf, is_v6 ? "%s://[%s]" : "%s://%s",
			      scheme_names[server->scheme], server->host);
		if (server->port != scheme_ports[server->scheme]) {
			casp_buf_addf(&buf, ":%u", server->port);
		}
	}
	if (buf.failed) {
		casp_buf_free(&buf);
	}
	return buf.p;
}

static int take_url(struct casp_ldap_server *server, const char *address,
		    const LDAPURLDesc *url, struct cas_error **err)
{
	const char *rest = strchrnul(strstr(address, "://") + 3, '/');

	for (size_t i = 0; i < sizeof(scheme_names) / sizeof(*scheme_names); i++) {
		if (casp_iequal(url->lud_scheme, scheme_names[i])) {
			server->scheme = (enum casp_ldap_scheme)i;
		}
	}
	if (*rest && strcmp(rest, "/") != 0) {
		return bad_address(address, "it says more than host and port", err);
	}
	if (!url->lud_host || !*url->lud_host) {
		return bad_address(address, "it names no host", err);
	}
	if (url->lud_port < 0 || url->lud_port > 65535) {
		return bad_address(address, "there is no such port", err);
	}
	server->port =
		url->lud_port ? (unsigned)url->lud_port : scheme_ports[server->scheme];
	server->host = strdup(url->lud_host);
	server->address = server->host ? show(server, address) : NULL;
	return server->address ? 0 : casp_error_nomem(err);
}

static int take_address(struct casp_ldap_server *server, const char *address,
			struct cas_error **err)
{
	LDAPURLDesc *url = NULL;
	int r, rc = ldap_url_parse(address, &url);

	if (rc == LDAP_URL_ERR_MEM) {
		return casp_error_nomem(err);
	}
	if (rc != LDAP_URL_SUCCESS) {
		return bad_address(address, "it is malformed", err);
	}
	r = take_url(server, address, url, err);
	ldap_free_urldesc(url);
	return r;
}

bool casp_ldap_is_address(const struct casp_ldap_server *server)
{
	const char *host = server->host;

	return server->scheme != CASP_LDAP_LOCAL &&
	       (strchr(host, ':') || strspn(host, "0123456789.") == strlen(host));
}

/* ---- what may not be ---- */

static int check_mechanism(const struct casp_ldap_way *way, struct cas_error **err)
{
	if (!way->mechanism) {
		return 0;
	}
	for (size_t i = 0; i < sizeof(mechanisms) / sizeof(*mechanisms); i++) {
		if (strcmp(way->mechanism, mechanisms[i]) == 0) {
			return 0;
		}
	}
	casp_error(err, CAS_E_USAGE, "'%s' is no SASL mechanism that casarray uses",
		   way->mechanism);
	return casp_error_hint(err, "try GSS-SPNEGO, GSSAPI or EXTERNAL");
}

static bool is_simple(const struct casp_ldap_way *way)
{
	return casp_ldap_way_bind(way) == CAS_BIND_SIMPLE;
}

static int check_server(const struct casp_ldap_way *way,
			const struct casp_ldap_server *server, struct cas_error **err)
{
	if (way->start_tls && server->scheme != CASP_LDAP_PLAIN) {
		return casp_error(err, CAS_E_USAGE,
				  "'%s' cannot be used with StartTLS, which is for "
				  "ldap://",
				  server->address);
	}
	if (is_simple(way) && server->scheme == CASP_LDAP_PLAIN && !way->start_tls) {
		casp_error(err, CAS_E_USAGE,
			   "the password of '%s' would go to '%s' in clear text",
			   way->user ? way->user : "", server->address);
		return casp_error_hint(err, "use ldaps:// or --start-tls, or a Kerberos "
					    "ticket instead of a password");
	}
	if (way->mechanism && strcmp(way->mechanism, "EXTERNAL") == 0 &&
	    server->scheme != CASP_LDAP_LOCAL) {
		return casp_error(err, CAS_E_USAGE,
				  "EXTERNAL works on ldapi:// only, and not on '%s'",
				  server->address);
	}
	return 0;
}

/* Controllers that are still to be found are on ldap://. */
static int check_domain(const struct casp_ldap_way *way, struct cas_error **err)
{
	const char *why;

	if (way->domain && !casp_fqdn_check(casp_str(way->domain), &why) &&
	    strcmp(why, "underscore") != 0) {
		casp_error(err, CAS_E_USAGE, "'%s' is no name of a domain: %s",
			   way->domain, why);
		return casp_error_hint(err, "try the domain's name in DNS, contoso.com");
	}
	if (is_simple(way) && !way->start_tls) {
		casp_error(err, CAS_E_USAGE,
			   "the password of '%s' would go to a domain controller in "
			   "clear text",
			   way->user ? way->user : "");
		return casp_error_hint(err, "use --start-tls, or a Kerberos ticket "
					    "instead of a password");
	}
	return 0;
}

static int check(const struct casp_ldap_way *way, struct cas_error **err)
{
	int r = check_mechanism(way, err);

	if (r == 0 && way->user && way->bind != CAS_BIND_AUTO &&
	    way->bind != CAS_BIND_SIMPLE) {
		casp_error(err, CAS_E_USAGE,
			   "the user '%s' is only for logging in with a password",
			   way->user);
		r = casp_error_hint(err, "with Kerberos the ticket says who you are");
	}
	if (r == 0 && is_simple(way) && (!way->user || !*way->user)) {
		r = casp_error(err, CAS_E_USAGE,
			       "logging in with a password needs a user");
	}
	if (r == 0 && is_simple(way) && !way->ask) {
		r = casp_error(err, CAS_E_USAGE, "the user '%s' needs a password",
			       way->user);
	}
	if (r == 0 && way->n_servers == 0) {
		r = check_domain(way, err);
	}
	for (size_t i = 0; r == 0 && i < way->n_servers; i++) {
		r = check_server(way, &way->servers[i], err);
	}
	return r;
}

/* ---- making one ---- */

static bool copy(char **ret, const char *text)
{
	if (!text) {
		return true;
	}
	*ret = strdup(text);
	return *ret != NULL;
}

static bool take(struct casp_ldap_way *way, const struct cas_connect *how)
{
	way->bind =
		how->bind == CAS_BIND_AUTO && how->mechanism ? CAS_BIND_SASL : how->bind;
	way->start_tls = how->start_tls;
	way->tls_legacy = how->tls_legacy;
	way->timeout = how->timeout ? how->timeout : TIMEOUT;
	if (way->timeout > TIMEOUT_MAX) {
		way->timeout = TIMEOUT_MAX;
	}
	way->ask = how->password;
	way->ask_closure = how->password_closure;
	return copy(&way->user, how->user) && copy(&way->ca_file, how->ca_file) &&
	       copy(&way->mechanism, how->mechanism) && copy(&way->domain, how->domain);
}

static int fill(struct casp_ldap_way *way, const char *const *addresses, size_t n,
		const struct cas_connect *how, struct cas_error **err)
{
	static const struct cas_connect defaults = {0};
	int r = 0;

	how = how ? how : &defaults;
	if (n > SERVERS_MAX) {
		return casp_error(err, CAS_E_USAGE, "more than %d servers", SERVERS_MAX);
	}
	way->servers = calloc(SERVERS_MAX, sizeof(*way->servers));
	if (!way->servers || !take(way, how)) {
		return casp_error_nomem(err);
	}
	for (size_t i = 0; r == 0 && i < n; i++) {
		r = take_address(&way->servers[way->n_servers++], addresses[i], err);
	}
	if (r == 0) {
		r = check(way, err);
	}
	if (r == 0 && how->resolver) {
		r = casp_resolver_new(how->resolver, &way->resolver, err);
	}
	return r;
}

int casp_ldap_way_add(struct casp_ldap_way *way, const char *host, unsigned port,
		      struct cas_error **err)
{
	struct casp_ldap_server *server = &way->servers[way->n_servers];

	if (way->n_servers == SERVERS_MAX) {
		return 0;
	}
	way->n_servers++;
	server->scheme = CASP_LDAP_PLAIN;
	server->port = port;
	server->host = strdup(host);
	server->address = server->host ? show(server, NULL) : NULL;
	return server->address ? check_server(way, server, err) : casp_error_nomem(err);
}

int casp_ldap_way_new(const char *const *addresses, size_t n,
		      const struct cas_connect *how, struct casp_ldap_way **ret,
		      struct cas_error **err)
{
	struct casp_ldap_way *way = calloc(1, sizeof(*way));
	int r = way ? fill(way, addresses, n, how, err) : casp_error_nomem(err);

	if (r < 0) {
		casp_ldap_way_free(way);
		return r;
	}
	*ret = way;
	return 0;
}

void casp_ldap_way_free(struct casp_ldap_way *way)
{
	if (!way) {
		return;
	}
	for (size_t i = 0; i < way->n_servers; i++) {
		free(way->servers[i].host);
		free(way->servers[i].address);
	}
	if (way->password) {
		explicit_bzero(way->password, strlen(way->password));
	}
	free(way->password);
	free(way->servers);
	free(way->user);
	free(way->mechanism);
	free(way->ca_file);
	free(way->domain);
	free(way->found);
	free(way->site);
	casp_resolver_free(way->resolver);
	free(way);
}
