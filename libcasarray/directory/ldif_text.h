/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LDIF (RFC 2849) as it is written, line by line. */
#ifndef CASP_LDIF_TEXT_H
#define CASP_LDIF_TEXT_H

#include "../base/str.h"

/* Text that grows; check buf.failed at the end. */
struct casp_ldif_text {
	struct casp_buf buf;
	const char *eol;
	size_t fold; /* columns; 0: lines are not folded */
	struct casp_buf line;
};

/* "name: value", or in base64 where the value needs that. objectGUID always is. */
void casp_ldif_text_add(struct casp_ldif_text *text, struct casp_str name,
			struct casp_str value);
void casp_ldif_text_free(struct casp_ldif_text *text);

#endif
