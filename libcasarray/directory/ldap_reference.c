/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a server refers to others for what it does not hold (RFC 4511 4.5.3). */
#include <stdlib.h>

#include "../base/context.h"
#include "../names/dn.h"
#include "ldap_search.h"

/* The schema is below the configuration, and nothing that is read is in it. */
static bool leads_to_schema(const struct casp_ldap *ldap, const char *reference)
{
	LDAPURLDesc *url = NULL;
	bool is = ldap_url_parse(reference, &url) == LDAP_URL_SUCCESS && url->lud_dn &&
		  ldap->root.schema && *ldap->root.schema &&
		  casp_dn_equal(casp_str(url->lud_dn), casp_str(ldap->root.schema));

	ldap_free_urldesc(url);
	return is;
}

int casp_ldap_reference_take(const struct casp_ldap *ldap,
			     struct casp_ldap_references *references,
			     LDAPMessage *message, struct cas_error **err)
{
	char **urls = NULL;
	int r = 0;

	references->n++;
	if (!references->first &&
	    ldap_parse_reference(ldap->ld, message, &urls, NULL, 0) == LDAP_SUCCESS &&
	    urls && urls[0] && !leads_to_schema(ldap, urls[0])) {
		references->first = casp_ldap_clean(urls[0]);
		r = references->first ? 0 : casp_error_nomem(err);
	}
	ldap_memvfree((void **)urls);
	return r;
}

void casp_ldap_references_tell(const struct casp_ldap *ldap,
			       struct casp_ldap_references *references)
{
	const struct cas_directory *directory = &ldap->directory;

	if (references->first) {
		casp_log(directory->context, CAS_LOG_WARNING,
			 "'%s' refers to '%s' (%zu reference%s in all): what is there is "
			 "not seen",
			 directory->address, references->first, references->n,
			 references->n == 1 ? "" : "s");
	} else if (references->n) {
		casp_log(directory->context, CAS_LOG_INFO,
			 "'%s' refers to other servers for the schema, which is not read",
			 directory->address);
	}
	free(references->first);
	*references = (struct casp_ldap_references){0};
}
