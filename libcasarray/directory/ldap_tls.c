/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options of a handle that security rests on, and the TLS handshake. */
#include <sys/time.h>

#include "../base/context.h"
#include "ldap_way.h"

#define CA_FILE "/etc/ssl/certs/ca-certificates.crt"

/*
 * libldap with GnuTLS takes the minimum version only as a priority string:
 * LDAP_OPT_X_TLS_PROTOCOL_MIN succeeds and does nothing.
 */
#define PRIORITY "NORMAL:-VERS-ALL:+VERS-TLS1.2:+VERS-TLS1.3"
#define PRIORITY_LEGACY "NORMAL:%COMPAT:%VERIFY_ALLOW_SIGN_WITH_SHA1"

const char *casp_ldap_ca_file(const struct casp_ldap_way *way)
{
	return way->ca_file ? way->ca_file : CA_FILE;
}

const char *casp_ldap_priority(const struct casp_ldap_way *way)
{
	return way->tls_legacy ? PRIORITY_LEGACY : PRIORITY;
}

/* Each property that there is: one that is not named keeps what a file says. */
#define SECPROPS "noanonymous,noplain,maxbufsize=16777215,"

struct option {
	int option;
	const void *value;
};

/*
 * libldap also reads ldap.conf, ~/.ldaprc and ldaprc of the current folder: whatever of
 * it bears on security or on the answers is set here, so that none of them counts.
 */
static int set_all(struct casp_ldap *ldap, const struct option *options, size_t n,
		   struct cas_error **err)
{
	for (size_t i = 0; i < n; i++) {
		if (ldap_set_option(ldap->ld, options[i].option, options[i].value) !=
		    LDAP_OPT_SUCCESS) {
			return casp_error(err, CAS_E_IO,
					  "libldap does not take its option 0x%x",
					  (unsigned)options[i].option);
		}
	}
	return 0;
}

static int set_tls(struct casp_ldap *ldap, struct cas_error **err)
{
	static const int demand = LDAP_OPT_X_TLS_DEMAND;
	static const int binding = LDAP_OPT_X_SASL_CBINDING_TLS_ENDPOINT;
	const char *ca_file = casp_ldap_ca_file(ldap->way);
	const struct option options[] = {
		{LDAP_OPT_X_TLS_REQUIRE_CERT, &demand},
		{LDAP_OPT_X_TLS_REQUIRE_SAN, &demand},
		{LDAP_OPT_X_TLS_CACERTDIR, NULL},
		{LDAP_OPT_X_TLS_CACERTFILE, ca_file},
		{LDAP_OPT_X_TLS_CERTFILE, NULL},
		{LDAP_OPT_X_TLS_KEYFILE, NULL},
		{LDAP_OPT_X_TLS_CRLFILE, NULL},
		{LDAP_OPT_X_TLS_CIPHER_SUITE, casp_ldap_priority(ldap->way)},
		{LDAP_OPT_X_SASL_CBINDING, &binding},
	};
	int server = 0;
	int r = set_all(ldap, options, sizeof(options) / sizeof(*options), err);

	if (r < 0) {
		return r;
	}
	/* what was set counts from here on; fails when a file cannot be read */
	if (ldap_set_option(ldap->ld, LDAP_OPT_X_TLS_NEWCTX, &server) !=
	    LDAP_OPT_SUCCESS) {
		casp_error(err, CAS_E_IO, "cannot read certificates from '%s'", ca_file);
		return casp_error_hint(err,
				       "name a PEM file of certificate authorities with "
				       "--ca-file");
	}
	return 0;
}

int casp_ldap_tls_options(struct casp_ldap *ldap, struct cas_error **err)
{
	static const int version = LDAP_VERSION3, never = LDAP_DEREF_NEVER, none = 0;
	static const struct timeval no_limit = {-1, 0}; /* the watchdog has one */
	bool sealed = !casp_ldap_way_is_tls(ldap->way) &&
		      casp_ldap_server(ldap->way)->scheme == CASP_LDAP_PLAIN;
	/* a SASL layer inside TLS costs time, and Active Directory refuses it */
	const char *secprops = sealed ? SECPROPS "minssf=56,maxssf=2147483647"
				      : SECPROPS "minssf=0,maxssf=0";
	const struct option options[] = {
		{LDAP_OPT_PROTOCOL_VERSION, &version},
		{LDAP_OPT_REFERRALS, LDAP_OPT_OFF},
		{LDAP_OPT_RESTART, LDAP_OPT_ON},
		{LDAP_OPT_DEREF, &never},
		{LDAP_OPT_SIZELIMIT, &none},
		{LDAP_OPT_TIMELIMIT, &none},
		{LDAP_OPT_NETWORK_TIMEOUT, &no_limit},
		{LDAP_OPT_TIMEOUT, &no_limit},
		{LDAP_OPT_X_SASL_NOCANON, LDAP_OPT_ON},
		{LDAP_OPT_X_SASL_SECPROPS, secprops},
	};
	int r = set_all(ldap, options, sizeof(options) / sizeof(*options), err);

	return r == 0 && casp_ldap_way_is_tls(ldap->way) ? set_tls(ldap, err) : r;
}

/* ---- handshake ---- */

static int refused(struct casp_ldap *ldap, int rc, struct cas_error **err)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf reason = {0};
	const char *address = casp_ldap_server(ldap->way)->address;
	const char *hint = NULL;
	char *diagnostic = NULL;
	bool is_known;
	int r;

	if (casp_ldap_expired(ldap) || casp_ldap_was_interrupted(ldap)) {
		return casp_ldap_error(err, ldap, rc, NULL, "cannot begin TLS with",
				       address);
	}
	is_known = casp_ldap_tls_reason(ldap->way, &reason, &hint);
	if (casp_interrupted(ldap->directory.context)) {
		return casp_error(err, CAS_E_INTERRUPTED,
				  "interrupted while connecting to '%s'", address);
	}
	if (!is_known) {
		ldap_get_option(ldap->ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &diagnostic);
		r = casp_ldap_error(err, ldap, rc, diagnostic, "cannot begin TLS with",
				    address);
		ldap_memfree(diagnostic);
		return r;
	}
	if (reason.failed) {
		return casp_error_nomem(err);
	}
	casp_error(err, CAS_E_IO, "cannot begin TLS with '%s': %s", address, reason.p);
	if (hint) {
		casp_error_hint(err, "%s", hint);
	}
	return CAS_E_IO;
}

int casp_ldap_tls_start(struct casp_ldap *ldap, struct cas_error **err)
{
	int rc = LDAP_SUCCESS;

	if (ldap->way->start_tls) {
		rc = ldap_start_tls_s(ldap->ld, NULL, NULL);
	} else if (casp_ldap_way_is_tls(ldap->way)) {
		rc = ldap_install_tls(ldap->ld);
	}
	return rc == LDAP_SUCCESS ? 0 : refused(ldap, rc, err);
}
