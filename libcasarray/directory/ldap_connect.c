/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From an address to a connection that is safe, logged in and known. */
#include <fcntl.h>
#include <ldap.h>
#include <openldap.h>
#include <unistd.h>

#include "../base/context.h"
#include "ldap_way.h"

/*
 * Where libldap would go by itself after the connection is lost: nowhere. It would
 * neither begin TLS nor log in, and send the next request in clear text.
 */
#define NOWHERE "ldapi://%2Fdev%2Fnull"

/*
 * The handle owns the socket then. Its scheme is never ldaps://: there libldap would
 * begin TLS before its options are set.
 */
static int take_socket(struct casp_ldap *ldap, int fd, struct cas_error **err)
{
	const struct casp_ldap_server *server = casp_ldap_server(ldap->way);
	bool local = server->scheme == CASP_LDAP_LOCAL;
	CASP_CLEANUP(casp_buf_free) struct casp_buf url = {0};
	int rc;

	if (local) {
		casp_buf_adds(&url, server->address);
	} else {
		casp_buf_addf(&url,
			      strchr(server->host, ':') ? "ldap://[%s]:%u"
							: "ldap://%s:%u",
			      server->host, server->port);
	}
	rc = url.failed ? LDAP_NO_MEMORY
			: ldap_init_fd(fd, local ? LDAP_PROTO_IPC : LDAP_PROTO_TCP, url.p,
				       &ldap->ld);
	if (rc == LDAP_SUCCESS) {
		int r = casp_ldap_buffer_start(ldap, fd, err);

		return r < 0 ? r : casp_ldap_inlet_start(ldap, err);
	}
	close(fd);
	ldap->ld = NULL;
	return casp_ldap_error(err, ldap, rc, NULL, "cannot use the connection to",
			       server->address);
}

static int secure(struct casp_ldap *ldap, struct cas_error **err)
{
	int r = casp_ldap_tls_options(ldap, err);

	if (r == 0 &&
	    ldap_set_option(ldap->ld, LDAP_OPT_URI, NOWHERE) != LDAP_OPT_SUCCESS) {
		r = casp_error_nomem(err);
	}
	if (r == 0) {
		r = casp_ldap_tls_start(ldap, err);
	}
	return r < 0 ? r : casp_ldap_bind(ldap, err);
}

/* One time limit for TLS and login together. */
static int connect_socket(struct casp_ldap *ldap, int fd, struct cas_error **err)
{
	int r = take_socket(ldap, fd, err);

	if (r == 0) {
		r = casp_ldap_watch(ldap, fd, err);
	}
	if (r == 0) {
		CASP_LDAP_GUARD(ldap);

		r = secure(ldap, err);
	}
	if (r == 0) {
		r = casp_ldap_root_read(ldap, err);
	}
	if (r < 0) {
		return r;
	}
	casp_ldap_is_set_up(ldap);
	return casp_ldap_facts_read(ldap, err);
}

static void log_connection(const struct casp_ldap *ldap)
{
	char *version = NULL, *user = NULL;
	ber_len_t ssf = 0;

	if (casp_ldap_way_is_tls(ldap->way)) {
		ldap_get_option(ldap->ld, LDAP_OPT_X_TLS_VERSION, &version);
	}
	ldap_get_option(ldap->ld, LDAP_OPT_X_SASL_SSF, &ssf);
	ldap_get_option(ldap->ld, LDAP_OPT_X_SASL_USERNAME, &user);
	casp_log(ldap->directory.context, CAS_LOG_INFO,
		 "connected to '%s'%s%s%s%s%s%s, %s",
		 casp_ldap_server(ldap->way)->address, *ldap->root.host ? " (" : "",
		 ldap->root.host, *ldap->root.host ? ")" : "", user ? " as " : "",
		 user ? user : "",
		 casp_ldap_way_bind(ldap->way) == CAS_BIND_ANONYMOUS ? " as nobody" : "",
		 version   ? version
		 : ssf > 1 ? "sealed by SASL"
			   : "not encrypted");
	ldap_memfree(version);
	ldap_memfree(user);
}

int casp_ldap_connect(struct casp_ldap *ldap, struct cas_error **err)
{
	int fd, r;

	casp_ldap_disconnect(ldap);
	r = casp_ldap_socket(ldap->way, &fd, err);
	if (r == 0) {
		r = connect_socket(ldap, fd, err);
	}
	if (r < 0) {
		casp_ldap_disconnect(ldap);
		return r;
	}
	casp_ldap_socket_pin(ldap->way, fd);
	if (!ldap->way->is_ping) {
		log_connection(ldap);
	}
	return 0;
}

/* Says good-bye only if that does not take time. */
void casp_ldap_disconnect(struct casp_ldap *ldap)
{
	LDAP *ld = ldap->ld;
	int fd = -1;

	casp_ldap_unwatch(ldap);
	ldap->ld = NULL;
	if (!ld) {
		return;
	}
	CASP_LDAP_GUARD(ldap);
	ldap_get_option(ld, LDAP_OPT_DESC, &fd);
	if (fd >= 0) {
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	}
	ldap_unbind_ext(ld, NULL, NULL);
}

void casp_ldap_clear(struct casp_ldap *ldap)
{
	casp_ldap_disconnect(ldap);
	casp_ldap_buffer_free(ldap);
	casp_ldap_inlet_free(ldap);
	casp_ldap_facts_free(ldap);
	casp_ldap_root_free(&ldap->root);
}
