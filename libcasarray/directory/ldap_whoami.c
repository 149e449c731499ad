/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who the server says that we are: the "Who am I?" operation (RFC 4532). */
#include "ldap_way.h"

/* An identity that is longer is not one that people would recognize. */
#define IDENTITY_MAX 4096

static int take(struct casp_ldap *ldap, LDAPMessage *message, char **ret,
		struct cas_error **err)
{
	struct berval *identity = NULL;
	int r, rc;

	if (ldap_msgtype(message) != LDAP_RES_EXTENDED) {
		return casp_error(err, CAS_E_FORMAT,
				  "'%s' answers 'who am I?' with a message of type 0x%x",
				  ldap->directory.address,
				  (unsigned)ldap_msgtype(message));
	}
	r = casp_ldap_result_error(ldap, message, "cannot ask who we are",
				   ldap->directory.address, err);
	if (r < 0) {
		return r;
	}
	rc = ldap_parse_whoami(ldap->ld, message, &identity);
	if (rc != LDAP_SUCCESS) {
		return casp_ldap_error(err, ldap, rc, NULL, "cannot read who we are",
				       ldap->directory.address);
	}
	if (identity && identity->bv_len && identity->bv_len <= IDENTITY_MAX) {
		*ret = strndup(identity->bv_val, identity->bv_len);
		r = *ret ? 0 : casp_error_nomem(err);
	}
	ber_bvfree(identity);
	return r;
}

static int ask(struct casp_ldap *ldap, char **ret, struct cas_error **err)
{
	LDAPMessage *message;
	int id, rc, r;
	CASP_LDAP_GUARD(ldap);

	casp_ldap_rearm(ldap);
	rc = ldap_whoami(ldap->ld, NULL, NULL, &id);
	if (rc != LDAP_SUCCESS) {
		return casp_ldap_error(err, ldap, rc, NULL, "cannot ask who we are",
				       ldap->directory.address);
	}
	r = casp_ldap_wait(ldap, id, &message, err);
	if (r < 0) {
		casp_ldap_disconnect(ldap);
		return r;
	}
	r = take(ldap, message, ret, err);
	ldap_msgfree(message);
	return r;
}

int casp_ldap_whoami(struct cas_directory *directory, char **ret, struct cas_error **err)
{
	struct casp_ldap *ldap = (struct casp_ldap *)directory;
	int r = ldap->ld ? 0 : casp_ldap_connect(ldap, err);

	*ret = NULL;
	if (r < 0 || !casp_ldap_has_extension(ldap, LDAP_EXOP_WHO_AM_I)) {
		return r;
	}
	return ask(ldap, ret, err);
}
