/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzzes what a domain controller answers to an LDAP ping. */
#include "fuzz.h"

#include <string.h>

#include "directory/ldap_netlogon.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct casp_netlogon netlogon;

	if (casp_netlogon_parse((struct casp_str){(const char *)data, size}, &netlogon)) {
		REQUIRE(strnlen(netlogon.domain, sizeof(netlogon.domain)) <
			sizeof(netlogon.domain));
		REQUIRE(strnlen(netlogon.host, sizeof(netlogon.host)) <
			sizeof(netlogon.host));
		REQUIRE(strnlen(netlogon.dc_site, sizeof(netlogon.dc_site)) <
			sizeof(netlogon.dc_site));
		REQUIRE(strnlen(netlogon.client_site, sizeof(netlogon.client_site)) <
			sizeof(netlogon.client_site));
	}
	return 0;
}
