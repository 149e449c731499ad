/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a server is reached, and who we are to it. */
#ifndef CASP_LDAP_WAY_H
#define CASP_LDAP_WAY_H

#include <sys/socket.h>

#include "../observe/resolver.h"
#include "ldap.h"

enum casp_ldap_scheme {
	CASP_LDAP_PLAIN,
	CASP_LDAP_TLS,   /* ldaps:// */
	CASP_LDAP_LOCAL, /* ldapi:// */
};

struct casp_ldap_server {
	enum casp_ldap_scheme scheme;
	char *host; /* of ldapi:// the path of the socket */
	unsigned port;
	char *address; /* as it is shown */
	/* Where it was when it was connected to first: a name may lead to another
	 * server the next time. Size 0: not known yet. */
	struct sockaddr_storage peer;
	socklen_t peer_size;
};

struct casp_ldap_way {
	struct casp_ldap_server *servers;
	size_t n_servers;
	size_t server; /* the one in use */
	/* Interrupts waiting; may be NULL. */
	const struct cas_context *context;
	/* Whose controllers are looked for when no server is named. NULL: of Kerberos. */
	char *domain;
	struct casp_resolver
		*resolver; /* knows the names; NULL: the system's name service does */
	bool is_ping;      /* only asks for the way */
	/* Of servers that were looked for: what was found; and our own site, if known. */
	char *found;
	char *site;
	/* struct cas_connect, with copies of its texts and defaults filled in */
	enum cas_bind bind;
	char *user;
	char *mechanism; /* NULL: the one that suits the server */
	char *ca_file;
	bool start_tls;
	bool tls_legacy;
	unsigned timeout; /* seconds that a server may take for an answer */
	cas_password_fn ask;
	void *ask_closure;
	char *password; /* once asked for; wiped in the end */
};

static inline const struct casp_ldap_server *
casp_ldap_server(const struct casp_ldap_way *way)
{
	return &way->servers[way->server];
}

/* Is what goes over the wire inside TLS, once connected? */
static inline bool casp_ldap_way_is_tls(const struct casp_ldap_way *way)
{
	return casp_ldap_server(way)->scheme == CASP_LDAP_TLS || way->start_tls;
}

static inline enum cas_bind casp_ldap_way_bind(const struct casp_ldap_way *way)
{
	if (way->bind != CAS_BIND_AUTO) {
		return way->bind;
	}
	return way->user ? CAS_BIND_SIMPLE : CAS_BIND_SASL;
}

/* ldap_way.c: everything that can be refused before a server is asked is refused. */
int casp_ldap_way_new(const char *const *addresses, size_t n,
		      const struct cas_connect *how, struct casp_ldap_way **ret,
		      struct cas_error **err);
void casp_ldap_way_free(struct casp_ldap_way *way);
/* One more, on ldap://, checked like the others. */
int casp_ldap_way_add(struct casp_ldap_way *way, const char *host, unsigned port,
		      struct cas_error **err);
/* Is the host an IP address? Neither Kerberos nor SNI know those. */
bool casp_ldap_is_address(const struct casp_ldap_server *server);

/* ldap_locate.c: fills in the servers: the controllers of the domain, those of our own
 * site first. */
int casp_ldap_locate(struct casp_ldap_way *way, struct cas_error **err);

/* ldap_kerberos.c: the domain of the ticket, or the one that is configured, in lower
 * case; the caller frees it. NULL: none is known. */
char *casp_ldap_kerberos_domain(void);
/*
 * Gets the Kerberos ticket for the server within the time limit, for the login to use. 0
 * also when there is none, which the login tells in its own words; what to do about it is
 * then appended to advice, if that is known.
 */
int casp_ldap_kerberos_ticket(const struct casp_ldap_way *way, struct casp_buf *advice,
			      struct cas_error **err);

/* ldap_socket.c: name look-up and connection within the time limit; a blocking socket. */
int casp_ldap_socket(const struct casp_ldap_way *way, int *ret, struct cas_error **err);
/* The server is where the socket leads from now on. */
void casp_ldap_socket_pin(struct casp_ldap_way *way, int fd);

/* ldap_tls.c: security options on the handle, where no configuration file can weaken
 * them; then the handshake. */
int casp_ldap_tls_options(struct casp_ldap *ldap, struct cas_error **err);
int casp_ldap_tls_start(struct casp_ldap *ldap, struct cas_error **err);
const char *casp_ldap_ca_file(const struct casp_ldap_way *way);
/* Of GnuTLS, a priority string. */
const char *casp_ldap_priority(const struct casp_ldap_way *way);
/* ldap_tls_reason.c: why a server's TLS is refused, which libldap does not tell; found
 * out over a connection of its own that carries nothing. false: nothing wrong was found.
 */
bool casp_ldap_tls_reason(const struct casp_ldap_way *way, struct casp_buf *reason,
			  const char **hint);

/* ldap_bind.c: the password is asked for once, before the time limit runs. */
int casp_ldap_ask(struct casp_ldap_way *way, struct cas_error **err);
int casp_ldap_bind(struct casp_ldap *ldap, struct cas_error **err);
/* Of SASL: the one that was asked for, or the one that suits the server. */
const char *casp_ldap_mechanism(const struct casp_ldap_way *way);

#endif
