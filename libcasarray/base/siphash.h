/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SipHash-2-4 (Aumasson and Bernstein, 2012): without the key nobody can tell what was
 * hashed. */
#ifndef CASP_SIPHASH_H
#define CASP_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t casp_siphash(const uint64_t key[2], const void *data, size_t n);

#endif
