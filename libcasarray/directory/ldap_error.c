/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What results of LDAP mean. Decisions rest on the result's number alone; what Active
 * Directory writes beside it only chooses the advice. Its texts have the form
 * "80090308: LdapErr: DSID-..., comment: ..., data 52e, v1db1": a Win32 error or SSPI
 * status in front, of a bind the reason as a Win32 error in hexadecimal after "data".
 */
#include <stdlib.h>

#include "ldap_way.h"

/* RFC 4511 appendix A; the negative ones are libldap's own. */
static const struct result {
	int rc;
	const char *name;
	enum cas_code code;
	const char *advice;
} results[] = {
	{LDAP_OPERATIONS_ERROR, "operationsError", CAS_E_IO,
	 "the server wants a login first, or the DN is not in this forest"},
	{LDAP_PROTOCOL_ERROR, "protocolError", CAS_E_IO, NULL},
	{LDAP_TIMELIMIT_EXCEEDED, "timeLimitExceeded", CAS_E_IO,
	 "try again, or another server"},
	{LDAP_SIZELIMIT_EXCEEDED, "sizeLimitExceeded", CAS_E_IO,
	 "the server's limit on results must be raised for this account"},
	{LDAP_COMPARE_FALSE, "compareFalse", CAS_E_FORMAT, NULL},
	{LDAP_COMPARE_TRUE, "compareTrue", CAS_E_FORMAT, NULL},
	{LDAP_AUTH_METHOD_NOT_SUPPORTED, "authMethodNotSupported", CAS_E_AUTH,
	 "try another way to log in: --sasl-mech, or --user inside TLS"},
	{LDAP_STRONG_AUTH_REQUIRED, "strongerAuthRequired", CAS_E_AUTH,
	 "the server wants signed or encrypted connections: use ldaps://, --start-tls, "
	 "or Kerberos on ldap://"},
	{LDAP_REFERRAL, "referral", CAS_E_REFUSED,
	 "the object is held by another server: name a writable domain controller of "
	 "its domain"},
	{LDAP_ADMINLIMIT_EXCEEDED, "adminLimitExceeded", CAS_E_IO,
	 "the server's limits must be raised for this account"},
	{LDAP_UNAVAILABLE_CRITICAL_EXTENSION, "unavailableCriticalExtension",
	 CAS_E_REFUSED, "the server does not know what was asked of it"},
	{LDAP_CONFIDENTIALITY_REQUIRED, "confidentialityRequired", CAS_E_AUTH,
	 "the server wants an encrypted connection: use ldaps:// or --start-tls"},
	{LDAP_SASL_BIND_IN_PROGRESS, "saslBindInProgress", CAS_E_AUTH, NULL},
	{LDAP_NO_SUCH_ATTRIBUTE, "noSuchAttribute", CAS_E_CONFLICT,
	 "somebody changed it meanwhile: look again and repeat the command"},
	{LDAP_UNDEFINED_TYPE, "undefinedAttributeType", CAS_E_REFUSED,
	 "is the Exchange schema installed?"},
	{LDAP_INAPPROPRIATE_MATCHING, "inappropriateMatching", CAS_E_REFUSED, NULL},
	{LDAP_CONSTRAINT_VIOLATION, "constraintViolation", CAS_E_REFUSED, NULL},
	{LDAP_TYPE_OR_VALUE_EXISTS, "attributeOrValueExists", CAS_E_CONFLICT,
	 "somebody changed it meanwhile: look again and repeat the command"},
	{LDAP_INVALID_SYNTAX, "invalidAttributeSyntax", CAS_E_REFUSED, NULL},
	{LDAP_NO_SUCH_OBJECT, "noSuchObject", CAS_E_NOT_FOUND,
	 "it does not exist, or this account may not see it"},
	{LDAP_ALIAS_PROBLEM, "aliasProblem", CAS_E_REFUSED, NULL},
	{LDAP_INVALID_DN_SYNTAX, "invalidDNSyntax", CAS_E_REFUSED, NULL},
	{LDAP_IS_LEAF, "isLeaf", CAS_E_REFUSED, NULL},
	{LDAP_ALIAS_DEREF_PROBLEM, "aliasDereferencingProblem", CAS_E_REFUSED, NULL},
	{LDAP_INAPPROPRIATE_AUTH, "inappropriateAuthentication", CAS_E_AUTH,
	 "this account cannot log in with a password"},
	{LDAP_INVALID_CREDENTIALS, "invalidCredentials", CAS_E_AUTH,
	 "check the account and its password"},
	{LDAP_INSUFFICIENT_ACCESS, "insufficientAccessRights", CAS_E_RIGHTS,
	 "use an account that may change it, such as a member of Organization "
	 "Management"},
	{LDAP_BUSY, "busy", CAS_E_IO, "try again, or another server"},
	{LDAP_UNAVAILABLE, "unavailable", CAS_E_IO, "try again, or another server"},
	{LDAP_UNWILLING_TO_PERFORM, "unwillingToPerform", CAS_E_REFUSED, NULL},
	{LDAP_LOOP_DETECT, "loopDetect", CAS_E_REFUSED, NULL},
	{LDAP_NAMING_VIOLATION, "namingViolation", CAS_E_REFUSED, NULL},
	{LDAP_OBJECT_CLASS_VIOLATION, "objectClassViolation", CAS_E_REFUSED,
	 "is the Exchange schema installed?"},
	{LDAP_NOT_ALLOWED_ON_NONLEAF, "notAllowedOnNonLeaf", CAS_E_REFUSED,
	 "the object still has children"},
	{LDAP_NOT_ALLOWED_ON_RDN, "notAllowedOnRDN", CAS_E_REFUSED, NULL},
	{LDAP_ALREADY_EXISTS, "entryAlreadyExists", CAS_E_CONFLICT,
	 "the name is taken: choose another one"},
	{LDAP_NO_OBJECT_CLASS_MODS, "objectClassModsProhibited", CAS_E_REFUSED, NULL},
	{LDAP_AFFECTS_MULTIPLE_DSAS, "affectsMultipleDSAs", CAS_E_REFUSED, NULL},
	{LDAP_OTHER, "other", CAS_E_IO, "try again, or another server"},
	{LDAP_SERVER_DOWN, "connection lost", CAS_E_IO, NULL},
	{LDAP_LOCAL_ERROR, "local error", CAS_E_AUTH,
	 "get a Kerberos ticket with kinit, or log in with --user inside TLS"},
	{LDAP_ENCODING_ERROR, "encoding error", CAS_E_FORMAT, NULL},
	{LDAP_DECODING_ERROR, "decoding error", CAS_E_IO, "is this an LDAP server?"},
	{LDAP_TIMEOUT, "timed out", CAS_E_IO, NULL},
	{LDAP_AUTH_UNKNOWN, "unknown authentication method", CAS_E_AUTH,
	 "install libsasl2-modules-gssapi-mit for Kerberos, or log in with --user "
	 "inside TLS"},
	{LDAP_FILTER_ERROR, "bad search filter", CAS_E_FORMAT, NULL},
	{LDAP_PARAM_ERROR, "bad parameter", CAS_E_FORMAT, NULL},
	{LDAP_NO_MEMORY, "out of memory", CAS_E_NOMEM, NULL},
	{LDAP_CONNECT_ERROR, "connect error", CAS_E_IO, NULL},
	{LDAP_NOT_SUPPORTED, "not supported", CAS_E_IO, NULL},
};

#define ANY UINT32_MAX

/* Of what a server says no more than this is shown. */
#define WORDS_MAX 2000
#define REFERRALS_SHOWN 3

/* What Active Directory adds: the code in front, and the one after "data". Source:
 * [MS-ERREF] for the codes, [MS-ADTS] 3.1.1.5 for where they occur. */
static const struct detail {
	int rc;
	uint32_t front;
	uint32_t data;
	const char *advice;
} details[] = {
	{LDAP_INVALID_CREDENTIALS, ANY, 0x525,
	 "there is no such account: try user@domain, DOMAIN\\user or the DN"},
	{LDAP_INVALID_CREDENTIALS, ANY, 0x52e, "wrong password, or wrong account name"},
	{LDAP_INVALID_CREDENTIALS, ANY, 0x52f,
	 "the account is restricted: a blank password, a policy, or a member of "
	 "Protected Users"},
	{LDAP_INVALID_CREDENTIALS, ANY, 0x530,
	 "the account may not log in at this time of day"},
	{LDAP_INVALID_CREDENTIALS, ANY, 0x531,
	 "the account may not log in from this computer"},
	{LDAP_INVALID_CREDENTIALS, ANY, 0x532, "the password has expired: change it"},
	{LDAP_INVALID_CREDENTIALS, ANY, 0x533, "the account is disabled"},
	{LDAP_INVALID_CREDENTIALS, ANY, 0x534,
	 "the account may not log in to this domain controller over the network"},
	{LDAP_INVALID_CREDENTIALS, ANY, 0x568,
	 "the account is a member of too many groups"},
	{LDAP_INVALID_CREDENTIALS, ANY, 0x569,
	 "the account may not log in to this domain controller over the network"},
	{LDAP_INVALID_CREDENTIALS, ANY, 0x701, "the account has expired"},
	{LDAP_INVALID_CREDENTIALS, ANY, 0x773,
	 "the password must be changed before the first login"},
	{LDAP_INVALID_CREDENTIALS, ANY, 0x775,
	 "the account is locked out: wait, or have it unlocked"},
	{LDAP_INVALID_CREDENTIALS, ANY, 0x80090346,
	 "the domain controller wants channel binding: use Kerberos on ldap://, or "
	 "ldaps:// straight to it and not through a proxy"},
	{LDAP_INVALID_CREDENTIALS, ANY, 0x57,
	 "the domain controller wants channel binding, or no SASL layer inside TLS: use "
	 "Kerberos on ldap://"},
	{LDAP_OPERATIONS_ERROR, 0x4dc, ANY, "the server wants a login first"},
	{LDAP_OPERATIONS_ERROR, 0x2020, ANY, "the server wants a login first"},
	{LDAP_OPERATIONS_ERROR, 0x20d6, ANY,
	 "the DN is outside this forest, or malformed"},
	{LDAP_OPERATIONS_ERROR, 0x2120, ANY,
	 "a fault inside the domain controller: try another one"},
	{LDAP_OPERATIONS_ERROR, 0x20ef, ANY,
	 "a fault inside the domain controller: try another one"},
	{LDAP_STRONG_AUTH_REQUIRED, 0x2028, ANY,
	 "the domain controller wants signed connections: use ldaps://, --start-tls, or "
	 "Kerberos on ldap://"},
	{LDAP_REFERRAL, 0x202b, ANY,
	 "the object lives in another domain: name a writable domain controller of it"},
	{LDAP_UNAVAILABLE_CRITICAL_EXTENSION, 0x57, ANY,
	 "the domain controller does not know a control that was sent"},
	{LDAP_NO_SUCH_ATTRIBUTE, 0x2085, ANY,
	 "somebody changed the value since it was read: look again and repeat the "
	 "command"},
	{LDAP_NO_SUCH_ATTRIBUTE, 0x2076, ANY,
	 "somebody removed the attribute since it was read: look again and repeat the "
	 "command"},
	{LDAP_NO_SUCH_ATTRIBUTE, 0x2084, ANY,
	 "somebody removed the attribute since it was read: look again and repeat the "
	 "command"},
	{LDAP_NO_SUCH_ATTRIBUTE, 0x200a, ANY,
	 "the schema has no such attribute or class: is the Exchange schema installed?"},
	{LDAP_CONSTRAINT_VIOLATION, 0x20b5, ANY,
	 "the DN in this attribute names no suitable object"},
	{LDAP_CONSTRAINT_VIOLATION, 0x2081, ANY, "the attribute takes one value only"},
	{LDAP_CONSTRAINT_VIOLATION, 0x2082, ANY, "the value is too long or too short"},
	{LDAP_CONSTRAINT_VIOLATION, 0x202f, ANY, "the attribute is the system's own"},
	{LDAP_TYPE_OR_VALUE_EXISTS, 0x2083, ANY,
	 "the value is there already: look again"},
	{LDAP_TYPE_OR_VALUE_EXISTS, 0x200d, ANY,
	 "the attribute takes one value only, and somebody changed it meanwhile: look "
	 "again and repeat the command"},
	{LDAP_INVALID_SYNTAX, 0x200b, ANY, "the value is not one of this attribute's"},
	{LDAP_NO_SUCH_OBJECT, 0x208d, ANY, "there is no such object: it may be deleted"},
	{LDAP_NO_SUCH_OBJECT, 0x2030, ANY, "there is no such object: it may be deleted"},
	{LDAP_INVALID_DN_SYNTAX, 0x2081, ANY, "the DN is malformed"},
	{LDAP_INVALID_DN_SYNTAX, 0x2032, ANY, "the name and the DN do not agree"},
	{LDAP_INSUFFICIENT_ACCESS, 0x2098, ANY,
	 "the account may not write this: it needs the rights of Organization Management "
	 "or Server Management on the object"},
	{LDAP_INSUFFICIENT_ACCESS, 5, ANY,
	 "the account may not do this: it needs the rights of Organization Management or "
	 "Server Management on the object"},
	{LDAP_UNWILLING_TO_PERFORM, 0x2077, ANY, "the attribute is the system's own"},
	{LDAP_UNWILLING_TO_PERFORM, 0x2035, ANY,
	 "the domain controller refuses: the object may have been made without the flag "
	 "that allows it to be renamed (systemFlags 0x40000000)"},
	{LDAP_UNWILLING_TO_PERFORM, 0x1f, ANY, "the domain controller refuses it"},
	{LDAP_NAMING_VIOLATION, 0x2037, ANY,
	 "such an object cannot be made in this place"},
	{LDAP_OBJECT_CLASS_VIOLATION, 0x207d, ANY,
	 "the class has no such attribute: is the Exchange schema installed?"},
	{LDAP_OBJECT_CLASS_VIOLATION, 0x2014, ANY,
	 "the class has no such attribute, or a mandatory one is missing: is the "
	 "Exchange "
	 "schema installed?"},
	{LDAP_OBJECT_CLASS_VIOLATION, 0x207c, ANY, "a mandatory attribute is missing"},
	{LDAP_NOT_ALLOWED_ON_NONLEAF, 0x2015, ANY, "the object still has children"},
	{LDAP_NOT_ALLOWED_ON_RDN, 0x2016, ANY, "the name is changed by renaming"},
	{LDAP_ALREADY_EXISTS, 0x2071, ANY, "the name is taken: choose another one"},
};

/* ---- lookup ---- */

static const struct result *find_result(int rc)
{
	for (size_t i = 0; i < sizeof(results) / sizeof(*results); i++) {
		if (results[i].rc == rc) {
			return &results[i];
		}
	}
	return NULL;
}

const char *casp_ldap_result_name(int rc)
{
	const struct result *result = find_result(rc);

	return result ? result->name : "unknown result";
}

enum cas_code casp_ldap_result_code(int rc)
{
	const struct result *result = find_result(rc);

	if (rc == LDAP_SUCCESS) {
		return CAS_OK;
	}
	return result ? result->code : CAS_E_IO;
}

/* Hexadecimal digits at p, 8 at most. Their number. */
static size_t parse_hex(const char *p, uint32_t *ret)
{
	size_t n = 0;

	*ret = 0;
	for (; n < 8 && casp_hex_digit((unsigned char)p[n]) >= 0; n++) {
		*ret = *ret << 4 | (uint32_t)casp_hex_digit((unsigned char)p[n]);
	}
	return n;
}

const char *casp_ldap_advice(int rc, const char *diagnostic)
{
	const struct result *result = find_result(rc);
	uint32_t front = ANY, data = ANY;
	const char *p = diagnostic ? diagnostic : "";

	if (parse_hex(p, &front) != 8 || p[8] != ':') {
		front = ANY;
	}
	p = strstr(p, "data ");
	if (!p || parse_hex(p + strlen("data "), &data) == 0) {
		data = ANY;
	}
	for (size_t i = 0; i < sizeof(details) / sizeof(*details); i++) {
		const struct detail *detail = &details[i];

		if (detail->rc == rc &&
		    (detail->front == ANY || detail->front == front) &&
		    (detail->data == ANY || detail->data == data)) {
			return detail->advice;
		}
	}
	return result ? result->advice : NULL;
}

/* ---- errors ---- */

char *casp_ldap_clean(const char *diagnostic)
{
	const char *p = diagnostic ? diagnostic : "";
	struct casp_buf buf = {0};

	casp_buf_adds(&buf, "");
	for (; *p && buf.n < WORDS_MAX; p++) {
		unsigned char c = (unsigned char)*p;

		casp_buf_addc(&buf, c < ' ' || c == 0x7f ? ' ' : (char)c);
	}
	while (!buf.failed && buf.n > 0 && buf.p[buf.n - 1] == ' ') {
		buf.p[--buf.n] = '\0';
	}
	if (buf.failed) {
		casp_buf_free(&buf);
	}
	return buf.p;
}

static int expired(struct cas_error **err, const struct casp_ldap *ldap, const char *what,
		   const char *subject)
{
	casp_error(err, CAS_E_IO, "%s%s%s%s: no answer within %u seconds", what,
		   subject ? " '" : "", subject ? subject : "", subject ? "'" : "",
		   ldap->way->timeout);
	return casp_error_hint(err, "try another server, or a longer --timeout");
}

static bool is_anonymous(const struct casp_ldap *ldap)
{
	return ldap && ldap->way && casp_ldap_way_bind(ldap->way) == CAS_BIND_ANONYMOUS;
}

int casp_ldap_error(struct cas_error **err, const struct casp_ldap *ldap, int rc,
		    const char *diagnostic, const char *what, const char *subject)
{
	CASP_CLEANUP(casp_freep) char *text = casp_ldap_clean(diagnostic);
	const char *advice;
	enum cas_code code;

	if (ldap && casp_ldap_was_interrupted(ldap)) {
		return casp_error(err, CAS_E_INTERRUPTED,
				  "interrupted while connecting to '%s'",
				  ldap->directory.address);
	}
	if (ldap && casp_ldap_expired(ldap)) {
		return expired(err, ldap, what, subject);
	}
	if (ldap && rc == LDAP_SERVER_DOWN && casp_ldap_inlet_is_broken(ldap)) {
		rc = LDAP_DECODING_ERROR;
	}
	advice = casp_ldap_advice(rc, diagnostic);
	code = casp_ldap_result_code(rc);
	if (!text || rc == LDAP_NO_MEMORY) {
		return casp_error_nomem(err);
	}
	/* Active Directory's answer to those who did not log in */
	if (rc == LDAP_OPERATIONS_ERROR && is_anonymous(ldap)) {
		code = CAS_E_AUTH;
		advice = "the server wants a login: leave out --anonymous";
	}
	casp_error(err, code, "%s%s%s%s: %s (%d)%s%s", what, subject ? " '" : "",
		   subject ? subject : "", subject ? "'" : "", casp_ldap_result_name(rc),
		   rc, *text ? ": " : "", text);
	if (advice) {
		casp_error_hint(err, "%s", advice);
	}
	return code;
}

/* "the text (it refers to ldap://dc2/CN=x)" */
static char *add_referrals(const char *diagnostic, char *const *referrals)
{
	struct casp_buf buf = {0};

	casp_buf_adds(&buf, diagnostic ? diagnostic : "");
	casp_buf_adds(&buf, buf.n ? " (it refers to " : "it refers to ");
	for (size_t i = 0; referrals[i] && i < REFERRALS_SHOWN; i++) {
		casp_buf_addf(&buf, "%s%s", i ? ", " : "", referrals[i]);
	}
	casp_buf_adds(&buf, diagnostic && *diagnostic ? ")" : "");
	if (buf.failed) {
		casp_buf_free(&buf);
	}
	return buf.p;
}

int casp_ldap_result_read(const struct casp_ldap *ldap, LDAPMessage *message,
			  char **words)
{
	char *diagnostic = NULL, **referrals = NULL;
	int rc = LDAP_OTHER, parsed;

	parsed = ldap_parse_result(ldap->ld, message, &rc, NULL, &diagnostic, &referrals,
				   NULL, 0);
	*words = referrals && referrals[0] ? add_referrals(diagnostic, referrals)
		 : diagnostic              ? strdup(diagnostic)
					   : NULL;
	ldap_memvfree((void **)referrals);
	ldap_memfree(diagnostic);
	return parsed == LDAP_SUCCESS ? rc : parsed;
}

int casp_ldap_no_search_result(LDAPMessage *message, struct cas_error **err)
{
	return casp_error(err, CAS_E_IO,
			  "the server answers a search with a message of type 0x%x",
			  (unsigned)ldap_msgtype(message));
}

int casp_ldap_result_error(const struct casp_ldap *ldap, LDAPMessage *message,
			   const char *what, const char *subject, struct cas_error **err)
{
	CASP_CLEANUP(casp_freep) char *words = NULL;
	int rc = casp_ldap_result_read(ldap, message, &words);

	return rc == LDAP_SUCCESS ? 0
				  : casp_ldap_error(err, ldap, rc, words, what, subject);
}
