/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Large pieces of memory. */
#include "large.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t)2 << 20)

void *casp_large_alloc(size_t size)
{
	int error = errno;
	void *p;

	if (size < HUGE_PAGE || size > SIZE_MAX - HUGE_PAGE) {
		return malloc(size);
	}
	size = (size + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
	p = aligned_alloc(HUGE_PAGE, size);
	/* Kernels without huge pages refuse, which is no failure. */
	if (p && madvise(p, size, MADV_HUGEPAGE) < 0) {
		errno = error;
	}
	return p;
}
