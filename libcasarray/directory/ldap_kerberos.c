/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What Kerberos knows of us: the domain of the ticket; and why there is none for a
 * server. libldap hands on one number for all that can go wrong there.
 */
#include <krb5.h>
#include <stdlib.h>

#include "../names/fqdn.h"
#include "ldap_way.h"

/* ---- domain ---- */

static int of_ticket(krb5_context krb5, char **ret)
{
	krb5_principal principal = NULL;
	krb5_ccache cache = NULL;
	krb5_error_code code = krb5_cc_default(krb5, &cache);

	if (code == 0) {
		code = krb5_cc_get_principal(krb5, cache, &principal);
	}
	if (code == 0) {
		*ret = strndup(principal->realm.data, principal->realm.length);
		krb5_free_principal(krb5, principal);
	}
	if (cache) {
		krb5_cc_close(krb5, cache);
	}
	return *ret != NULL;
}

static void of_configuration(krb5_context krb5, char **ret)
{
	char *realm = NULL;

	if (krb5_get_default_realm(krb5, &realm) == 0) {
		*ret = strdup(realm);
		krb5_free_default_realm(krb5, realm);
	}
}

char *casp_ldap_kerberos_domain(void)
{
	krb5_context krb5;
	const char *why;
	char *realm = NULL;

	if (krb5_init_context(&krb5) != 0) {
		return NULL;
	}
	if (!of_ticket(krb5, &realm)) {
		of_configuration(krb5, &realm);
	}
	krb5_free_context(krb5);
	/* a realm may be named in other ways than a domain of Active Directory */
	if (realm && !casp_fqdn_check(casp_str(realm), &why)) {
		free(realm);
		return NULL;
	}
	for (char *p = realm; p && *p; p++) {
		*p = (char)casp_lower((unsigned char)*p);
	}
	return realm;
}

/* ---- why there is no ticket ---- */

/* Asks for the ticket that the login asked for. 0, or the number that tells why not. */
static krb5_error_code get_ticket(krb5_context krb5, krb5_ccache cache,
				  const char *service)
{
	krb5_creds wanted = {0}, *got = NULL;
	krb5_error_code code = krb5_cc_get_principal(krb5, cache, &wanted.client);

	if (code == 0) {
		code = krb5_build_principal(
			krb5, &wanted.server, wanted.client->realm.length,
			wanted.client->realm.data, "ldap", service, (char *)NULL);
	}
	if (code == 0) {
		code = krb5_get_credentials(krb5, 0, cache, &wanted, &got);
	}
	krb5_free_creds(krb5, got);
	krb5_free_cred_contents(krb5, &wanted);
	return code;
}

static krb5_error_code find_reason(const char *host)
{
	krb5_ccache cache = NULL;
	krb5_context krb5;
	krb5_error_code code = krb5_init_context(&krb5);

	if (code != 0) {
		return code;
	}
	code = krb5_cc_default(krb5, &cache);
	if (code == 0) {
		code = get_ticket(krb5, cache, host);
		krb5_cc_close(krb5, cache);
	}
	krb5_free_context(krb5);
	return code;
}

const char *casp_ldap_kerberos_advice(const char *host)
{
	switch (find_reason(host)) {
	case KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN:
		return "name the server by its full name: Kerberos does not know it by "
		       "this one";
	case KRB5_REALM_UNKNOWN:
	case KRB5_REALM_CANT_RESOLVE:
	case KRB5_KDC_UNREACH:
		return "no Kerberos server of the domain answers: check DNS and "
		       "/etc/krb5.conf, or log in with --user inside TLS";
	case KRB5KRB_AP_ERR_SKEW:
	case KRB5_KDCREP_SKEW:
		return "set the clock of this computer: it differs too much from that of "
		       "the Kerberos server";
	case KRB5KRB_AP_ERR_TKT_EXPIRED:
		return "the Kerberos ticket has expired: get another one with kinit";
	default:
		return NULL;
	}
}
