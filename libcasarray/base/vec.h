/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CASP_VEC_H
#define CASP_VEC_H

#include <stdbool.h>
#include <stddef.h>

/* A growing array: struct { T *v; size_t n, size; }. */
#define CASP_VEC(type)                                                                   \
	struct {                                                                         \
		type *v;                                                                 \
		size_t n, size;                                                          \
	}

bool casp_vec_grow(void **v, size_t *size, size_t n, size_t more, size_t element);

/* Room for `more` elements; false: out of memory, nothing changed. */
#define casp_vec_reserve(vec, more)                                                      \
	casp_vec_grow((void **)&(vec)->v, &(vec)->size, (vec)->n, (more),                \
		      sizeof(*(vec)->v))
/* false: out of memory. */
#define casp_vec_push(vec, value)                                                        \
	(casp_vec_reserve(vec, 1) && ((vec)->v[(vec)->n++] = (value), true))
#define casp_vec_free(vec) (free((vec)->v), (vec)->v = NULL, (vec)->n = (vec)->size = 0)

#endif
