/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a domain controller answers to an LDAP ping ([MS-ADTS] 6.3.3). */
#ifndef CASP_LDAP_NETLOGON_H
#define CASP_LDAP_NETLOGON_H

#include "../base/str.h"

/* Of names in DNS, and a NUL. */
#define CASP_NETLOGON_NAME 256

struct casp_netlogon {
	char domain[CASP_NETLOGON_NAME];
	char host[CASP_NETLOGON_NAME];
	char dc_site[CASP_NETLOGON_NAME];     /* of the domain controller */
	char client_site[CASP_NETLOGON_NAME]; /* ours; "": no subnet has our address */
};

/* Reads the value of the attribute netlogon, a NETLOGON_SAM_LOGON_RESPONSE_EX. false: it
 * is none. */
bool casp_netlogon_parse(struct casp_str value, struct casp_netlogon *ret);

#endif
