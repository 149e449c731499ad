/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CASP_GUID_H
#define CASP_GUID_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/str.h"

/* objectGUID as the directory stores it: 16 bytes, the first three fields little-endian.
 */
struct casp_guid {
	unsigned char b[16];
};

#define CASP_GUID_TEXT 37
/* "81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10" and NUL. */
void casp_guid_format(const struct casp_guid *guid, char text[CASP_GUID_TEXT]);
/* With or without braces, any case. */
bool casp_guid_parse(struct casp_str text, struct casp_guid *ret);
bool casp_guid_is_null(const struct casp_guid *guid);
/* Random (version 4). false: no entropy. */
bool casp_guid_new(struct casp_guid *ret);
uint64_t casp_guid_hash(const struct casp_guid *guid);

#endif
