/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The form of what a server sends, before libldap takes it apart. */
#ifndef CASP_LDAP_FORM_H
#define CASP_LDAP_FORM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * How long the element is that begins with these n bytes: tag, length and value. 0: more
 * bytes are needed to tell; SIZE_MAX: it is none that LDAP allows, or longer than
 * `limit`.
 */
size_t casp_ldap_element_size(const unsigned char *p, size_t n, size_t limit);

/* Is it one whole message from a server, with all that its operation must have? */
bool casp_ldap_is_message(const unsigned char *p, size_t n);

#endif
