/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every fuzz target needs: to end the program where something is not as it must be.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"

/* libFuzzer's; both return 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Aborts: libFuzzer keeps the input that led here. */
#define REQUIRE(condition)                                                               \
	do {                                                                             \
		if (!(condition)) {                                                      \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__,       \
				#condition);                                             \
			abort();                                                         \
		}                                                                        \
	} while (0)

/* Cuts the text in two at the first NUL or line feed; without one the second is empty. */
static inline void fuzz_halves(const uint8_t *data, size_t size, struct casp_str *first,
			       struct casp_str *second)
{
	const char *text = (const char *)data;
	size_t n = 0;

	while (n < size && text[n] != '\0' && text[n] != '\n') {
		n++;
	}
	*first = (struct casp_str){text, n};
	*second = (struct casp_str){text + n, 0};
	if (n < size) {
		*second = (struct casp_str){text + n + 1, size - n - 1};
	}
}

#endif
