/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What others wrote, fit for a message of one line: controls and broken UTF-8 as \xNN,
 * and
 * "..." where it is cut. */
#ifndef CASP_EXCERPT_H
#define CASP_EXCERPT_H

#include "str.h"

/* The beginning of a text. Static storage of the thread: valid for two more calls. */
const char *casp_excerpt(struct casp_str text);
/* At most `limit` bytes of it, appended. */
void casp_escape(struct casp_str text, size_t limit, struct casp_buf *out);

#endif
