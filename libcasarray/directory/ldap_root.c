/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a server says of itself: the rootDSE (RFC 4512 5.1, [MS-ADTS] 3.1.1.3.2). */
#include <stdlib.h>
#include <time.h>

#include "ldap.h"

/* The server is Active Directory. */
#define CAPABILITY_AD "1.2.840.113556.1.4.800"
/* It is a domain controller that takes no changes. */
#define CAPABILITY_READ_ONLY "1.2.840.113556.1.4.1920"
/* It holds no secrets and takes no changes ([MS-ADTS] 3.1.1.3.4.3). */
#define CAPABILITY_PARTIAL_SECRETS "1.2.840.113556.1.4.1920"

/* A rootDSE is small; one with more values than this is no directory server's. */
#define VALUES_MAX 1000
/* It is one entry: who sends on and on is none either. Each message would begin the time
 * limit anew. */
#define MESSAGES_MAX 100

static const struct {
	const char *name;
	size_t offset;
} texts[] = {
	{"configurationNamingContext", offsetof(struct casp_ldap_root, configuration)},
	{"defaultNamingContext", offsetof(struct casp_ldap_root, domain)},
	{"rootDomainNamingContext", offsetof(struct casp_ldap_root, root_domain)},
	{"schemaNamingContext", offsetof(struct casp_ldap_root, schema)},
	{"dnsHostName", offsetof(struct casp_ldap_root, host)},
	{"dsServiceName", offsetof(struct casp_ldap_root, service)},
	{"currentTime", offsetof(struct casp_ldap_root, clock)},
	{"isSynchronized", offsetof(struct casp_ldap_root, is_synchronized)},
	{"domainControllerFunctionality", offsetof(struct casp_ldap_root, level)},
};
static const struct {
	const char *name;
	size_t offset;
} lists[] = {
	{"namingContexts", offsetof(struct casp_ldap_root, contexts)},
	{"supportedControl", offsetof(struct casp_ldap_root, controls)},
	{"supportedCapabilities", offsetof(struct casp_ldap_root, capabilities)},
	{"supportedExtension", offsetof(struct casp_ldap_root, extensions)},
};
#define N_TEXTS (sizeof(texts) / sizeof(*texts))
#define N_LISTS (sizeof(lists) / sizeof(*lists))

static char **text_at(struct casp_ldap_root *root, size_t i)
{
	return (char **)((char *)root + texts[i].offset);
}

static struct casp_ldap_texts *list_at(struct casp_ldap_root *root, size_t i)
{
	return (struct casp_ldap_texts *)((char *)root + lists[i].offset);
}

void casp_ldap_root_free(struct casp_ldap_root *root)
{
	for (size_t i = 0; i < N_TEXTS; i++) {
		free(*text_at(root, i));
	}
	for (size_t i = 0; i < N_LISTS; i++) {
		struct casp_ldap_texts *list = list_at(root, i);

		for (size_t k = 0; k < list->n; k++) {
			free(list->v[k]);
		}
		free(list->v);
	}
	*root = (struct casp_ldap_root){0};
}

static bool take_text(char **ret, struct berval *const *values)
{
	*ret = values && values[0] ? strndup(values[0]->bv_val, values[0]->bv_len)
				   : strdup("");
	return *ret != NULL;
}

static bool take_list(struct casp_ldap_texts *ret, struct berval **values)
{
	int n = values ? ldap_count_values_len(values) : 0;

	if (n > VALUES_MAX) {
		n = VALUES_MAX;
	}
	ret->v = calloc((size_t)n + 1, sizeof(*ret->v));
	for (int i = 0; ret->v && i < n; i++) {
		ret->v[i] = strndup(values[i]->bv_val, values[i]->bv_len);
		if (!ret->v[i]) {
			return false;
		}
		ret->n++;
	}
	return ret->v != NULL;
}

static bool take_entry(struct casp_ldap_root *root, LDAP *ld, LDAPMessage *entry)
{
	bool ok = true;

	for (size_t i = 0; i < N_TEXTS; i++) {
		struct berval **values = ldap_get_values_len(ld, entry, texts[i].name);

		ok &= take_text(text_at(root, i), values);
		ldap_value_free_len(values);
	}
	for (size_t i = 0; i < N_LISTS; i++) {
		struct berval **values = ldap_get_values_len(ld, entry, lists[i].name);

		ok &= take_list(list_at(root, i), values);
		ldap_value_free_len(values);
	}
	return ok;
}

/* One message of the answer. 1: it was the last. */
static int take_message(struct casp_ldap *ldap, LDAPMessage *message,
			struct casp_ldap_root *root, bool *found, struct cas_error **err)
{
	int r, type = ldap_msgtype(message);

	switch (type) {
	case LDAP_RES_SEARCH_ENTRY:
		if (!*found && !take_entry(root, ldap->ld, message)) {
			return casp_error_nomem(err);
		}
		*found = true;
		return 0;
	case LDAP_RES_SEARCH_REFERENCE:
	case LDAP_RES_INTERMEDIATE:
		return 0;
	case LDAP_RES_SEARCH_RESULT:
		r = casp_ldap_result_error(ldap, message, "cannot read the rootDSE of",
					   ldap->directory.address, err);
		return r < 0 ? r : 1;
	default:
		return casp_error(err, CAS_E_FORMAT,
				  "'%s' answers a search with a message of type %d",
				  ldap->directory.address, type);
	}
}

static int receive(struct casp_ldap *ldap, int id, struct casp_ldap_root *root,
		   bool *found, struct cas_error **err)
{
	for (int i = 0; i < MESSAGES_MAX; i++) {
		LDAPMessage *message;
		int r = casp_ldap_wait(ldap, id, &message, err);

		if (r == 0) {
			r = take_message(ldap, message, root, found, err);
			ldap_msgfree(message);
		}
		if (r) {
			return r < 0 ? r : 0;
		}
	}
	casp_error(err, CAS_E_IO, "'%s' does not stop to answer what it is",
		   ldap->directory.address);
	return casp_error_hint(err, "is this an LDAP server?");
}

int casp_ldap_root_read(struct casp_ldap *ldap, struct cas_error **err)
{
	char *attributes[N_TEXTS + N_LISTS + 1] = {NULL};
	struct casp_ldap_root root = {0};
	bool found = false;
	int id, rc, r;
	CASP_LDAP_GUARD(ldap);

	for (size_t i = 0; i < N_TEXTS; i++) {
		attributes[i] = (char *)texts[i].name;
	}
	for (size_t i = 0; i < N_LISTS; i++) {
		attributes[N_TEXTS + i] = (char *)lists[i].name;
	}
	rc = ldap_search_ext(ldap->ld, "", LDAP_SCOPE_BASE, "(objectClass=*)", attributes,
			     0, NULL, NULL, NULL, 0, &id);
	if (rc != LDAP_SUCCESS) {
		return casp_ldap_error(err, ldap, rc, NULL, "cannot read the rootDSE of",
				       ldap->directory.address);
	}
	r = receive(ldap, id, &root, &found, err);
	if (r == 0 && !found) {
		r = casp_error(err, CAS_E_FORMAT, "'%s' shows no rootDSE",
			       ldap->directory.address);
	}
	if (r < 0) {
		casp_ldap_root_free(&root);
		return r;
	}
	casp_ldap_root_free(&ldap->root);
	ldap->root = root;
	ldap->root.read = time(NULL);
	return 0;
}

static bool has(const struct casp_ldap_texts *list, const char *text)
{
	for (size_t i = 0; i < list->n; i++) {
		if (strcmp(list->v[i], text) == 0) {
			return true;
		}
	}
	return false;
}

bool casp_ldap_has_control(const struct casp_ldap *ldap, const char *oid)
{
	return has(&ldap->root.controls, oid);
}

bool casp_ldap_has_extension(const struct casp_ldap *ldap, const char *oid)
{
	return has(&ldap->root.extensions, oid);
}

bool casp_ldap_is_ad(const struct casp_ldap *ldap)
{
	return has(&ldap->root.capabilities, CAPABILITY_AD);
}

bool casp_ldap_is_read_only(const struct casp_ldap *ldap)
{
	return has(&ldap->root.capabilities, CAPABILITY_PARTIAL_SECRETS);
}

bool casp_ldap_is_limited(const struct casp_ldap *ldap)
{
	return has(&ldap->root.capabilities, CAPABILITY_READ_ONLY) ||
	       casp_iequal(ldap->root.is_synchronized, "FALSE");
}
