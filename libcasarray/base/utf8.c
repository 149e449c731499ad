/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Is it UTF-8? */
#include "utf8.h"

size_t casp_utf8_sequence(const char *text, size_t n)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t more;
	unsigned char low, high;

	if (n == 0) {
		return 0;
	}
	if (p[0] < 0x80) {
		return 1;
	}
	more = p[0] >= 0xf0 ? 3 : p[0] >= 0xe0 ? 2 : 1;
	low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
	high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;
	if (p[0] < 0xc2 || p[0] > 0xf4 || more >= n || p[1] < low || p[1] > high) {
		return 0;
	}
	for (size_t i = 2; i <= more; i++) {
		if (p[i] < 0x80 || p[i] > 0xbf) {
			return 0;
		}
	}
	return more + 1;
}

bool casp_utf8_check(struct casp_str text)
{
	size_t i = 0;

	while (i < text.n) {
		uint64_t word;
		size_t length;

		if (text.n - i >= 8) {
			memcpy(&word, text.p + i, 8);
			if (!(word & 0x8080808080808080u)) {
				i += 8;
				continue;
			}
		}
		length = casp_utf8_sequence(text.p + i, text.n - i);
		if (!length) {
			return false;
		}
		i += length;
	}
	return true;
}
