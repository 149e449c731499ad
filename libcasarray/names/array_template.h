/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of arrays out of a text with "{site}" in it, "outlook-{site}.contoso.com". */
#ifndef CASP_ARRAY_TEMPLATE_H
#define CASP_ARRAY_TEMPLATE_H

#include "../base/error.h"
#include "../base/str.h"

/* Adds the host name that a template gives for a site of that name; without a trailing
 * dot. CAS_E_REFUSED: it gives none; the message says why. */
int casp_array_template_fill(const char *text, const char *site, struct casp_buf *out,
			     struct cas_error **err);

#endif
