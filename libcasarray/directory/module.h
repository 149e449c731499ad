/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The border between the library and its module for LDAP servers, which alone needs
 * libldap: programs that work on files start without it.
 */
#ifndef CASP_MODULE_H
#define CASP_MODULE_H

#include "../casarray.h"

typedef int (*casp_ldap_open_fn)(struct cas_context *context,
				 const char *const *addresses, size_t n_addresses,
				 const struct cas_connect *how,
				 struct cas_directory **ret, struct cas_error **err);

/* The module's only symbol, cas_directory_connect() for servers. */
CAS_EXPORT int casp_ldap_open(struct cas_context *context, const char *const *addresses,
			      size_t n_addresses, const struct cas_connect *how,
			      struct cas_directory **ret, struct cas_error **err);

/* module.c: loads the module, once. It stays loaded. */
int casp_module_ldap(casp_ldap_open_fn *ret, struct cas_error **err);

#endif
