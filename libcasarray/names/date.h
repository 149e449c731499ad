/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calendar days as people write them, "2026-12-31"; UTC. */
#ifndef CASP_DATE_H
#define CASP_DATE_H

#include "../base/str.h"

/* The first second of a day from 1970 to 9999. false: it is none. */
bool casp_date_parse(struct casp_str text, int64_t *ret);

#define CASP_DAY ((int64_t)24 * 60 * 60)
/* "2026-12-31" and its NUL. */
#define CASP_DATE_TEXT 11
/* The day that a time is in; one out of these years is written as "unknown". */
const char *casp_date_text(int64_t time, char text[CASP_DATE_TEXT]);

#endif
