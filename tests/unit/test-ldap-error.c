/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Results of LDAP as errors: name, code, the server's words, what to try. */
#include "unit.h"

#include <string.h>

#include "directory/ldap_way.h"

static const struct {
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
	 "the object is held by another server: name a writable domain controller of its "
	 "domain"},
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
	 "install libsasl2-modules-gssapi-mit for Kerberos, or log in with --user inside "
	 "TLS"},
	{LDAP_FILTER_ERROR, "bad search filter", CAS_E_FORMAT, NULL},
	{LDAP_PARAM_ERROR, "bad parameter", CAS_E_FORMAT, NULL},
	{LDAP_NO_MEMORY, "out of memory", CAS_E_NOMEM, NULL},
	{LDAP_CONNECT_ERROR, "connect error", CAS_E_IO, NULL},
	{LDAP_NOT_SUPPORTED, "not supported", CAS_E_IO, NULL},
};

/* What domain controllers write beside a result, and what is made of it. */
static const struct {
	int rc;
	const char *diagnostic;
	const char *advice;
} details[] = {
	{LDAP_INVALID_CREDENTIALS,
	 "80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data "
	 "525, v3839",
	 "there is no such account: try user@domain, DOMAIN\\user or the DN"},
	{LDAP_INVALID_CREDENTIALS,
	 "80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data "
	 "52e, v3839",
	 "wrong password, or wrong account name"},
	{LDAP_INVALID_CREDENTIALS,
	 "80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data "
	 "52f, v3839",
	 "the account is restricted: a blank password, a policy, or a member of "
	 "Protected Users"},
	{LDAP_INVALID_CREDENTIALS,
	 "80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data "
	 "530, v3839",
	 "the account may not log in at this time of day"},
	{LDAP_INVALID_CREDENTIALS,
	 "80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data "
	 "531, v3839",
	 "the account may not log in from this computer"},
	{LDAP_INVALID_CREDENTIALS,
	 "80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data "
	 "532, v3839",
	 "the password has expired: change it"},
	{LDAP_INVALID_CREDENTIALS,
	 "80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data "
	 "533, v3839",
	 "the account is disabled"},
	{LDAP_INVALID_CREDENTIALS,
	 "80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data "
	 "534, v3839",
	 "the account may not log in to this domain controller over the network"},
	{LDAP_INVALID_CREDENTIALS,
	 "80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data "
	 "568, v3839",
	 "the account is a member of too many groups"},
	{LDAP_INVALID_CREDENTIALS,
	 "80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data "
	 "569, v3839",
	 "the account may not log in to this domain controller over the network"},
	{LDAP_INVALID_CREDENTIALS,
	 "80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data "
	 "701, v3839",
	 "the account has expired"},
	{LDAP_INVALID_CREDENTIALS,
	 "80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data "
	 "773, v3839",
	 "the password must be changed before the first login"},
	{LDAP_INVALID_CREDENTIALS,
	 "80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data "
	 "775, v3839",
	 "the account is locked out: wait, or have it unlocked"},
	{LDAP_INVALID_CREDENTIALS,
	 "80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data "
	 "80090346, v3839",
	 "the domain controller wants channel binding: use Kerberos on ldap://, or "
	 "ldaps:// straight to it and not through a proxy"},
	{LDAP_INVALID_CREDENTIALS,
	 "80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data "
	 "57, v3839",
	 "the domain controller wants channel binding, or no SASL layer inside TLS: use "
	 "Kerberos on ldap://"},
	{LDAP_OPERATIONS_ERROR,
	 "000004DC: SvcErr: DSID-0315270B, problem 5012 (DIR_ERROR), data 0",
	 "the server wants a login first"},
	{LDAP_OPERATIONS_ERROR,
	 "00002020: SvcErr: DSID-0315270B, problem 5012 (DIR_ERROR), data 0",
	 "the server wants a login first"},
	{LDAP_OPERATIONS_ERROR,
	 "000020D6: SvcErr: DSID-0315270B, problem 5012 (DIR_ERROR), data 0",
	 "the DN is outside this forest, or malformed"},
	{LDAP_OPERATIONS_ERROR,
	 "00002120: SvcErr: DSID-0315270B, problem 5012 (DIR_ERROR), data 0",
	 "a fault inside the domain controller: try another one"},
	{LDAP_OPERATIONS_ERROR,
	 "000020EF: SvcErr: DSID-0315270B, problem 5012 (DIR_ERROR), data 0",
	 "a fault inside the domain controller: try another one"},
	{LDAP_STRONG_AUTH_REQUIRED,
	 "00002028: UpdErr: DSID-031A1236, problem 6002 (OBJ_CLASS_VIOLATION), data 0",
	 "the domain controller wants signed connections: use ldaps://, --start-tls, or "
	 "Kerberos on ldap://"},
	{LDAP_REFERRAL,
	 "0000202B: RefErr: DSID-03100835, data 0, 1 access points\tref 1: "
	 "'corp.contoso.com'\n",
	 "the object lives in another domain: name a writable domain controller of it"},
	{LDAP_UNAVAILABLE_CRITICAL_EXTENSION,
	 "00000057: UpdErr: DSID-031A1236, problem 6002 (OBJ_CLASS_VIOLATION), data 0",
	 "the domain controller does not know a control that was sent"},
	{LDAP_NO_SUCH_ATTRIBUTE,
	 "00002085: AtrErr: DSID-03152A29, #1:\t0: problem 1001 (NO_ATTRIBUTE_OR_VAL), "
	 "data 0, Att 9028f (legacyExchangeDN)",
	 "somebody changed the value since it was read: look again and repeat the "
	 "command"},
	{LDAP_NO_SUCH_ATTRIBUTE,
	 "00002076: AtrErr: DSID-03152A29, #1:\t0: problem 1001 (NO_ATTRIBUTE_OR_VAL), "
	 "data 0, Att 9028f (legacyExchangeDN)",
	 "somebody removed the attribute since it was read: look again and repeat the "
	 "command"},
	{LDAP_NO_SUCH_ATTRIBUTE,
	 "00002084: AtrErr: DSID-03152A29, #1:\t0: problem 1001 (NO_ATTRIBUTE_OR_VAL), "
	 "data 0, Att 9028f (legacyExchangeDN)",
	 "somebody removed the attribute since it was read: look again and repeat the "
	 "command"},
	{LDAP_NO_SUCH_ATTRIBUTE,
	 "0000200A: AtrErr: DSID-03152A29, #1:\t0: problem 1001 (NO_ATTRIBUTE_OR_VAL), "
	 "data 0, Att 9028f (legacyExchangeDN)",
	 "the schema has no such attribute or class: is the Exchange schema installed?"},
	{LDAP_CONSTRAINT_VIOLATION,
	 "000020B5: AtrErr: DSID-03153453, #1:\t0: problem 1005 (CONSTRAINT_ATT_TYPE), "
	 "data 0, Att 9028f (legacyExchangeDN)",
	 "the DN in this attribute names no suitable object"},
	{LDAP_CONSTRAINT_VIOLATION,
	 "00002081: AtrErr: DSID-03153453, #1:\t0: problem 1005 (CONSTRAINT_ATT_TYPE), "
	 "data 0, Att 9028f (legacyExchangeDN)",
	 "the attribute takes one value only"},
	{LDAP_CONSTRAINT_VIOLATION,
	 "00002082: AtrErr: DSID-03153453, #1:\t0: problem 1005 (CONSTRAINT_ATT_TYPE), "
	 "data 0, Att 9028f (legacyExchangeDN)",
	 "the value is too long or too short"},
	{LDAP_CONSTRAINT_VIOLATION,
	 "0000202F: AtrErr: DSID-03153453, #1:\t0: problem 1005 (CONSTRAINT_ATT_TYPE), "
	 "data 0, Att 9028f (legacyExchangeDN)",
	 "the attribute is the system's own"},
	{LDAP_TYPE_OR_VALUE_EXISTS,
	 "00002083: AtrErr: DSID-0315235D, problem 1006 (ATT_OR_VALUE_EXISTS), data 0",
	 "the value is there already: look again"},
	{LDAP_TYPE_OR_VALUE_EXISTS,
	 "0000200D: AtrErr: DSID-0315235D, problem 1006 (ATT_OR_VALUE_EXISTS), data 0",
	 "the attribute takes one value only, and somebody changed it meanwhile: look "
	 "again and repeat the command"},
	{LDAP_INVALID_SYNTAX,
	 "0000200B: UpdErr: DSID-031A1236, problem 6002 (OBJ_CLASS_VIOLATION), data 0",
	 "the value is not one of this attribute's"},
	{LDAP_NO_SUCH_OBJECT,
	 "0000208D: NameErr: DSID-03100241, problem 2001 (NO_OBJECT), data 0, best match "
	 "of:\n\t'CN=Arrays'\n",
	 "there is no such object: it may be deleted"},
	{LDAP_NO_SUCH_OBJECT,
	 "00002030: NameErr: DSID-03100241, problem 2001 (NO_OBJECT), data 0, best match "
	 "of:\n\t'CN=Arrays'\n",
	 "there is no such object: it may be deleted"},
	{LDAP_INVALID_DN_SYNTAX,
	 "00002081: NameErr: DSID-03100225, problem 2006 (BAD_NAME), data 8350",
	 "the DN is malformed"},
	{LDAP_INVALID_DN_SYNTAX,
	 "00002032: NameErr: DSID-03100225, problem 2006 (BAD_NAME), data 8350",
	 "the name and the DN do not agree"},
	{LDAP_INSUFFICIENT_ACCESS,
	 "00002098: SecErr: DSID-031A1236, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0",
	 "the account may not write this: it needs the rights of Organization Management "
	 "or Server Management on the object"},
	{LDAP_INSUFFICIENT_ACCESS,
	 "00000005: SecErr: DSID-031A1236, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0",
	 "the account may not do this: it needs the rights of Organization Management or "
	 "Server Management on the object"},
	{LDAP_UNWILLING_TO_PERFORM,
	 "00002077: SvcErr: DSID-031A1254, problem 5003 (WILL_NOT_PERFORM), data 0",
	 "the attribute is the system's own"},
	{LDAP_UNWILLING_TO_PERFORM,
	 "00002035: SvcErr: DSID-031A1254, problem 5003 (WILL_NOT_PERFORM), data 0",
	 "the domain controller refuses: the object may have been made without the flag "
	 "that allows it to be renamed (systemFlags 0x40000000)"},
	{LDAP_UNWILLING_TO_PERFORM,
	 "0000001F: SvcErr: DSID-031A1254, problem 5003 (WILL_NOT_PERFORM), data 0",
	 "the domain controller refuses it"},
	{LDAP_NAMING_VIOLATION,
	 "00002037: UpdErr: DSID-031A1236, problem 6002 (OBJ_CLASS_VIOLATION), data 0",
	 "such an object cannot be made in this place"},
	{LDAP_OBJECT_CLASS_VIOLATION,
	 "0000207D: UpdErr: DSID-031A1236, problem 6002 (OBJ_CLASS_VIOLATION), data 0",
	 "the class has no such attribute: is the Exchange schema installed?"},
	{LDAP_OBJECT_CLASS_VIOLATION,
	 "00002014: UpdErr: DSID-031A1236, problem 6002 (OBJ_CLASS_VIOLATION), data 0",
	 "the class has no such attribute, or a mandatory one is missing: is the "
	 "Exchange schema installed?"},
	{LDAP_OBJECT_CLASS_VIOLATION,
	 "0000207C: UpdErr: DSID-031A1236, problem 6002 (OBJ_CLASS_VIOLATION), data 0",
	 "a mandatory attribute is missing"},
	{LDAP_NOT_ALLOWED_ON_NONLEAF,
	 "00002015: UpdErr: DSID-031A1236, problem 6002 (OBJ_CLASS_VIOLATION), data 0",
	 "the object still has children"},
	{LDAP_NOT_ALLOWED_ON_RDN,
	 "00002016: UpdErr: DSID-031A1236, problem 6002 (OBJ_CLASS_VIOLATION), data 0",
	 "the name is changed by renaming"},
	{LDAP_ALREADY_EXISTS,
	 "00002071: UpdErr: DSID-031A1236, problem 6002 (OBJ_CLASS_VIOLATION), data 0",
	 "the name is taken: choose another one"},
};

/* Without words, or with words in which no code is known: the advice of the result alone.
 */
static const char *const unknown_words[] = {
	NULL,
	"",
	"no such object",
	"0000FFFF: SvcErr: DSID-031A1236, problem 5003 (WILL_NOT_PERFORM), data 0\n",
	"525",
	"00002035 without colon",
	"2035: too short",
	"data x",
	"data ",
};

static void assert_advice(const char *actual, const char *expected)
{
	if (expected) {
		ck_assert_ptr_nonnull(actual);
		ck_assert_str_eq(actual, expected);
	} else {
		ck_assert_ptr_null(actual);
	}
}

START_TEST(test_results)
{
	int rc = results[_i].rc;

	ck_assert_str_eq(casp_ldap_result_name(rc), results[_i].name);
	ck_assert_int_eq(casp_ldap_result_code(rc), results[_i].code);
	for (size_t i = 0; i < sizeof(unknown_words) / sizeof(*unknown_words); i++) {
		assert_advice(casp_ldap_advice(rc, unknown_words[i]), results[_i].advice);
	}
}
END_TEST

START_TEST(test_details)
{
	assert_advice(casp_ldap_advice(details[_i].rc, details[_i].diagnostic),
		      details[_i].advice);
}
END_TEST

/* The number of the result decides, whatever the words are. */
START_TEST(test_words_decide_nothing)
{
	struct cas_error *error = NULL;

	for (size_t i = 0; i < sizeof(details) / sizeof(*details); i++) {
		ck_assert_int_eq(casp_ldap_error(&error, NULL, LDAP_BUSY,
						 details[i].diagnostic, "cannot read",
						 "x"),
				 CAS_E_IO);
		ck_assert_str_eq(cas_error_hint(error), "try again, or another server");
		cas_error_free(error);
		error = NULL;
	}
}
END_TEST

START_TEST(test_message)
{
	struct cas_error *error = NULL;

	ck_assert_int_eq(
		casp_ldap_error(&error, NULL, LDAP_NO_SUCH_OBJECT,
				"0000208D: NameErr: problem 2001,\n\t'CN=a'\n \x01",
				"cannot search", "CN=b"),
		CAS_E_NOT_FOUND);
	ck_assert_str_eq(cas_error_message(error),
			 "cannot search 'CN=b': noSuchObject (32): 0000208D: NameErr: "
			 "problem 2001,  'CN=a'");
	ck_assert_str_eq(cas_error_hint(error),
			 "there is no such object: it may be deleted");
	cas_error_free(error);
	error = NULL;
	ck_assert_int_eq(casp_ldap_error(&error, NULL, 4242, NULL, "cannot bind", NULL),
			 CAS_E_IO);
	ck_assert_str_eq(cas_error_message(error), "cannot bind: unknown result (4242)");
	ck_assert_ptr_null(cas_error_hint(error));
	cas_error_free(error);
	error = NULL;
	ck_assert_int_eq(
		casp_ldap_error(&error, NULL, LDAP_NO_MEMORY, NULL, "cannot bind", NULL),
		CAS_E_NOMEM);
	cas_error_free(error);
	ck_assert_int_eq(casp_ldap_result_code(LDAP_SUCCESS), CAS_OK);
}
END_TEST

/* The same number means something else to those who did not log in. */
START_TEST(test_anonymous)
{
	struct casp_ldap_server server = {.host = (char *)"dc1"};
	struct casp_ldap_way way = {.servers = &server, .n_servers = 1};
	struct casp_ldap ldap = {.way = &way};
	struct cas_error *error = NULL;

	ck_assert_int_eq(casp_ldap_error(NULL, &ldap, LDAP_OPERATIONS_ERROR, NULL,
					 "cannot search", NULL),
			 CAS_E_IO);
	way.bind = CAS_BIND_ANONYMOUS;
	ck_assert_int_eq(
		casp_ldap_error(NULL, &ldap, LDAP_BUSY, NULL, "cannot search", NULL),
		CAS_E_IO);
	ck_assert_int_eq(casp_ldap_error(&error, &ldap, LDAP_OPERATIONS_ERROR, NULL,
					 "cannot search", NULL),
			 CAS_E_AUTH);
	ck_assert_str_eq(cas_error_hint(error),
			 "the server wants a login: leave out --anonymous");
	cas_error_free(error);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ldap-error");
	TCase *tc = tcase_create("ldap-error");

	tcase_add_loop_test(tc, test_results, 0, sizeof(results) / sizeof(*results));
	tcase_add_loop_test(tc, test_details, 0, sizeof(details) / sizeof(*details));
	tcase_add_test(tc, test_words_decide_nothing);
	tcase_add_test(tc, test_message);
	tcase_add_test(tc, test_anonymous);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
