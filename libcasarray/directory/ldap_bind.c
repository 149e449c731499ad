/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Logging in: Kerberos by default, a password only where nobody can read along. */
#include <sasl/sasl.h>
#include <stdlib.h>

#include "ldap_way.h"

#define PASSWORD_MAX 65536

/* What the general advice does not know: that it was Kerberos, and where. NULL: nothing.
 */
static const char *sasl_advice(const struct casp_ldap *ldap, int rc,
			       const char *diagnostic)
{
	bool tls = casp_ldap_way_is_tls(ldap->way);

	if (casp_ldap_way_bind(ldap->way) != CAS_BIND_SASL ||
	    casp_ldap_server(ldap->way)->scheme == CASP_LDAP_LOCAL) {
		return NULL;
	}
	/* Active Directory takes Kerberos inside TLS only where its administrator allowed
	 * that; on a plain connection it asks for a layer of Kerberos' own.
	 */
	if (rc == LDAP_STRONG_AUTH_REQUIRED && tls) {
		return "the server takes no Kerberos inside TLS: use ldap:// without "
		       "--start-tls, which Kerberos encrypts, or log in with --user";
	}
	if (rc != LDAP_INVALID_CREDENTIALS ||
	    casp_ldap_advice(rc, diagnostic) != casp_ldap_advice(rc, NULL)) {
		return NULL;
	}
	if (!tls) {
		return "the server did not take the Kerberos ticket: get a new one with "
		       "kinit";
	}
	return "the server did not take the login with Kerberos inside TLS: it wants "
	       "another kind of channel binding, or something between ends TLS; use "
	       "ldap:// without --start-tls";
}

static int failed(struct casp_ldap *ldap, int rc, const char *who, struct cas_error **err)
{
	const char *advice;
	char *diagnostic = NULL;
	int r;

	ldap_get_option(ldap->ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &diagnostic);
	r = casp_ldap_error(err, ldap, rc, diagnostic, "cannot log in to",
			    casp_ldap_server(ldap->way)->address);
	advice = sasl_advice(ldap, rc, diagnostic);
	if (advice) {
		casp_error_hint(err, "%s", advice);
	}
	ldap_memfree(diagnostic);
	if (who) {
		casp_error_context(err, "user '%s'", who);
	}
	return r;
}

/* ---- password ---- */

/* Asked for once. An empty one would be an anonymous login that succeeds (RFC
 * 4513 5.1.2).
 */
int casp_ldap_ask(struct casp_ldap_way *way, struct cas_error **err)
{
	int r;

	if (way->password || casp_ldap_way_bind(way) != CAS_BIND_SIMPLE) {
		return 0;
	}
	r = way->ask(way->ask_closure, &way->password);
	if (r < 0) {
		return r;
	}
	if (!way->password || !*way->password ||
	    strnlen(way->password, PASSWORD_MAX) == PASSWORD_MAX) {
		bool empty = !way->password || !*way->password;

		if (way->password) {
			explicit_bzero(way->password, strlen(way->password));
		}
		free(way->password);
		way->password = NULL;
		return casp_error(err, CAS_E_USAGE, "the password of '%s' is %s",
				  way->user, empty ? "empty" : "too long");
	}
	return 0;
}

static int bind_simple(struct casp_ldap *ldap, struct cas_error **err)
{
	struct casp_ldap_way *way = ldap->way;
	struct berval password;
	int rc;

	password.bv_val = way->password;
	password.bv_len = strlen(way->password);
	rc = ldap_sasl_bind_s(ldap->ld, way->user, LDAP_SASL_SIMPLE, &password, NULL,
			      NULL, NULL);
	return rc == LDAP_SUCCESS ? 0 : failed(ldap, rc, way->user, err);
}

/* ---- SASL ---- */

/* The mechanisms in use have no questions but "on whose behalf": our own. */
static int answer(LDAP *ld, unsigned flags, void *closure, void *questions)
{
	for (sasl_interact_t *at = questions; at->id != SASL_CB_LIST_END; at++) {
		at->result = "";
		at->len = 0;
	}
	return LDAP_SUCCESS;
}

/* GSSAPI as well, but older domain controllers log a GSSAPI login as an unsigned one. */
const char *casp_ldap_mechanism(const struct casp_ldap_way *way)
{
	if (way->mechanism) {
		return way->mechanism;
	}
	return casp_ldap_server(way)->scheme == CASP_LDAP_LOCAL ? "EXTERNAL"
								: "GSS-SPNEGO";
}

static int bind_sasl(struct casp_ldap *ldap, struct cas_error **err)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf advice = {0};
	const char *mechanism = casp_ldap_mechanism(ldap->way);
	int rc, r;

	if (strcmp(mechanism, "EXTERNAL") != 0) {
		r = casp_ldap_kerberos_ticket(ldap->way, &advice, err);
		if (r < 0) {
			return r;
		}
		casp_ldap_rearm(ldap);
	}
	rc = ldap_sasl_interactive_bind_s(ldap->ld, NULL, mechanism, NULL, NULL,
					  LDAP_SASL_QUIET, answer, NULL);
	if (rc == LDAP_SUCCESS) {
		return 0;
	}
	r = failed(ldap, rc, NULL, err);
	if (rc == LDAP_LOCAL_ERROR && advice.n) {
		casp_error_hint(err, "%s", advice.p);
	}
	return r;
}

static int check_sealed(struct casp_ldap *ldap, struct cas_error **err)
{
	ber_len_t ssf = 0;

	ldap_get_option(ldap->ld, LDAP_OPT_X_SASL_SSF, &ssf);
	if (casp_ldap_way_is_tls(ldap->way) ||
	    casp_ldap_server(ldap->way)->scheme == CASP_LDAP_LOCAL || ssf > 1) {
		return 0;
	}
	casp_error(err, CAS_E_AUTH, "the connection to '%s' is not encrypted",
		   casp_ldap_server(ldap->way)->address);
	return casp_error_hint(err, "use ldaps:// or --start-tls");
}

int casp_ldap_bind(struct casp_ldap *ldap, struct cas_error **err)
{
	enum cas_bind bind = casp_ldap_way_bind(ldap->way);
	int r;

	if (bind == CAS_BIND_ANONYMOUS) {
		return 0;
	}
	if (bind == CAS_BIND_SIMPLE) {
		return bind_simple(ldap, err);
	}
	r = bind_sasl(ldap, err);
	return r < 0 ? r : check_sealed(ldap, err);
}
