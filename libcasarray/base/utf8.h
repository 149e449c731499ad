/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CASP_UTF8_H
#define CASP_UTF8_H

#include "str.h"

/* The length of the well-formed sequence that the n bytes at p begin with (Unicode, table
 * 3-7); 0: there is none. */
size_t casp_utf8_sequence(const char *p, size_t n);
/* Is all of it UTF-8? */
bool casp_utf8_check(struct casp_str text);

#endif
