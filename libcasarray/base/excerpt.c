/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What others wrote, fit for a message. */
#include "excerpt.h"

#include <stdio.h>

#include "utf8.h"

#define EXCERPT_BYTES 40

/* Of a sequence of UTF-8. U+0080 to U+009F are controls, too. */
static bool is_control(const char *p)
{
	unsigned char c = (unsigned char)p[0];

	return c < 0x20 || c == 0x7f || (c == 0xc2 && (unsigned char)p[1] < 0xa0);
}

/* At most `limit` bytes of the text to out, which has room for limit * 4 + 4. Returns the
 * length. */
static size_t escape(struct casp_str text, size_t limit, char *out)
{
	size_t n = text.n < limit ? text.n : limit;
	size_t end = n;
	const char *start = out;

	/* Not in the middle of a sequence, which has four bytes at most. */
	while (n < text.n && n > 0 && end - n < 3 &&
	       ((unsigned char)text.p[n] & 0xc0) == 0x80) {
		n--;
	}
	for (size_t i = 0, length; i < n; i += length) {
		length = casp_utf8_sequence(text.p + i, n - i);
		if (length && !is_control(text.p + i)) {
			out = mempcpy(out, text.p + i, length);
			continue;
		}
		length = length ? length : 1;
		for (size_t k = 0; k < length; k++) {
			out += sprintf(out, "\\x%02x", (unsigned char)text.p[i + k]);
		}
	}
	strcpy(out, n < text.n ? "..." : "");
	return (size_t)(out - start) + strlen(out);
}

const char *casp_excerpt(struct casp_str text)
{
	/* A message may hold several of them. */
	static _Thread_local char buffers[3][EXCERPT_BYTES * 4 + 4];
	static _Thread_local unsigned turn;
	char *out = buffers[turn++ % 3];

	escape(text, EXCERPT_BYTES, out);
	return out;
}

void casp_escape(struct casp_str text, size_t limit, struct casp_buf *out)
{
	if (casp_buf_reserve(out, (text.n < limit ? text.n : limit) * 4 + 4)) {
		out->n += escape(text, limit, out->p + out->n);
	}
}
