/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CASP_LARGE_H
#define CASP_LARGE_H

#include <stddef.h>

/* As malloc(), for free(): from some megabytes on in huge pages where the kernel has
 * them, since to fault in so much page by page costs as much as to fill it. */
void *casp_large_alloc(size_t size);

#endif
