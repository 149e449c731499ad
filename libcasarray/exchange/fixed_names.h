/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names that say nothing of an organization: they are the same in all. */
#ifndef CASP_FIXED_NAMES_H
#define CASP_FIXED_NAMES_H

#include <stddef.h>

/* Containers, parts of addresses and of legacyExchangeDN, well-known GUIDs. Case does not
 * matter. */
extern const char *const casp_fixed_names[];
extern const size_t casp_n_fixed_names;

#endif
