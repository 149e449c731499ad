/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* legacyExchangeDN: "/o=Org/ou=Group/cn=Configuration/cn=Servers/cn=EX1". There is no
 * escaping. */
#ifndef CASP_LEGACY_DN_H
#define CASP_LEGACY_DN_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/str.h"

/* On failure *why is a static phrase. */
bool casp_legacy_dn_check(struct casp_str dn, const char **why);
/* Everything before the last '/'; empty for one section. Text that does not parse too. */
struct casp_str casp_legacy_dn_parent(struct casp_str dn);
/* The last section's value: what follows its '='. */
struct casp_str casp_legacy_dn_leaf(struct casp_str dn);
static inline bool casp_legacy_dn_equal(struct casp_str a, struct casp_str b)
{
	return casp_str_iequal(a, b);
}

#endif
