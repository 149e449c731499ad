/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a search notes beside the entries that it gives. */
#ifndef CASP_LDAP_SEARCH_H
#define CASP_LDAP_SEARCH_H

#include "../base/vec.h"
#include "ldap.h"

/* ---- references to other servers: ldap_reference.c ---- */

struct casp_ldap_references {
	size_t n;
	char *first; /* that leads to what may be of interest */
};

int casp_ldap_reference_take(const struct casp_ldap *ldap,
			     struct casp_ldap_references *references,
			     LDAPMessage *message, struct cas_error **err);
/* They are not followed, and nobody shall think that they were; empties the list. */
void casp_ldap_references_tell(const struct casp_ldap *ldap,
			       struct casp_ldap_references *references);

/* ---- entries that the caller has: ldap_handed.c ---- */

/* For a search that breaks off and is run again, over another connection. Of a server
 * with very many entries they are not noted: there the caller has to begin anew. */
struct casp_ldap_handed {
	uint64_t *v; /* hashes of DNs */
	size_t n, size;
	size_t n_before; /* of them: from the first run, sorted */
	bool too_many;
};

/* An entry is handed over. false: out of memory. NULL: nobody wants to know. */
bool casp_ldap_hand(struct casp_ldap_handed *handed, struct casp_str dn);
/* The search is run again. */
void casp_ldap_handed_again(struct casp_ldap_handed *handed);
/* Was it handed over by the first run? */
bool casp_ldap_handed_before(const struct casp_ldap_handed *handed, struct casp_str dn);
void casp_ldap_handed_free(struct casp_ldap_handed *handed);

#endif
