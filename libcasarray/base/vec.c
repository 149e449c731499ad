/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The growing half of CASP_VEC. */
#include "vec.h"

#include <stdint.h>
#include <stdlib.h>

bool casp_vec_grow(void **v, size_t *size, size_t n, size_t more, size_t element)
{
	size_t want = *size ? *size : 8;
	void *p;

	if (*size - n >= more) {
		return true;
	}
	while (want - n < more) {
		if (want > SIZE_MAX / 2 / element) {
			return false;
		}
		want *= 2;
	}
	p = realloc(*v, want * element);
	if (!p) {
		return false;
	}
	*v = p;
	*size = want;
	return true;
}
