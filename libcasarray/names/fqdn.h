/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Host names, RFC 1123. */
#ifndef CASP_FQDN_H
#define CASP_FQDN_H

#include <stdbool.h>

#include "../base/str.h"

/* A legal host name without trailing dot, not an IP address? Else *why is a static phrase
 * ("empty label", "label longer than 63", "longer than 253", "underscore", "leading
 * hyphen", "trailing hyphen", "IP address", "trailing dot", "not ASCII", "illegal
 * character", "empty"). */
bool casp_fqdn_check(struct casp_str name, const char **why);
/* Without one trailing dot. */
struct casp_str casp_fqdn_trim(struct casp_str name);
bool casp_fqdn_equal(struct casp_str a, struct casp_str b);
/* Of the name as casp_fqdn_equal() sees it. */
uint64_t casp_fqdn_hash(struct casp_str name);
/* The text before the first dot. */
struct casp_str casp_fqdn_host(struct casp_str name);
/* The text after it; empty: there is none. */
struct casp_str casp_fqdn_domain(struct casp_str name);
bool casp_fqdn_is_single_label(struct casp_str name);

#endif
