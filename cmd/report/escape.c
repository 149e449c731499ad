/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text from a directory, made safe for a terminal; and how wide it is there. */
#include "report.h"

#include <stdint.h>
#include <string.h>

#include "buf.h"

struct range {
	uint32_t first;
	uint32_t last;
};

/* What changes how the rest of the line is shown, or is not shown itself (Unicode,
 * categories Cc, Cf, Zl, Zp), without the joiners that scripts need. */
static const struct range hidden[] = {
	{0x80, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},     {0x180e, 0x180e},
	{0x200b, 0x200b}, {0x200e, 0x200f}, {0x2028, 0x202e},   {0x2060, 0x206f},
	{0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f},
};

/* Takes no column: combining marks, joiners, variation selectors. */
static const struct range zero_width[] = {
	{0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},
	{0x64b, 0x65f},   {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200c, 0x200d},
	{0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
};

/* Takes two columns (Unicode TR 11: wide and fullwidth). */
static const struct range double_width[] = {
	{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},   {0xac00, 0xd7a3},
	{0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
	{0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};

static bool in_ranges(const struct range *ranges, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n; i++) {
		if (c >= ranges[i].first && c <= ranges[i].last) {
			return true;
		}
	}
	return false;
}
#define IN(ranges, c) in_ranges(ranges, sizeof(ranges) / sizeof(*(ranges)), c)

size_t out_decode(const char *text, size_t n, unsigned *ret)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *p = (const unsigned char *)text;
	size_t length = p[0] < 0x80   ? 1
			: p[0] < 0xc2 ? 0
			: p[0] < 0xe0 ? 2
			: p[0] < 0xf0 ? 3
			: p[0] < 0xf5 ? 4
				      : 0;
	uint32_t c;

	if (length < 2) {
		*ret = p[0];
		return length;
	}
	if (length > n) {
		return 0;
	}
	c = p[0] & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			return 0;
		}
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < smallest[length] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
		return 0;
	}
	*ret = c;
	return length;
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f;
}

/* The length of the longest beginning that is safe as it is. */
static size_t safe_length(const char *p, size_t n)
{
	size_t at = 0;

	while (at < n) {
		unsigned c;
		size_t length;

		if (is_plain((unsigned char)p[at])) {
			at++;
			continue;
		}
		length = out_decode(p + at, n - at, &c);
		if (!length || c < 0x80 || IN(hidden, c)) {
			break;
		}
		at += length;
	}
	return at;
}

/* The escape of what stands at p; *used gets how many bytes it was. */
static int escape_one(const char *p, size_t n, char *text, size_t size, size_t *used)
{
	unsigned c = 0;

	*used = out_decode(p, n, &c);
	if (!*used) {
		*used = 1;
		c = (unsigned char)p[0];
	}
	if (*used == 1) {
		return snprintf(text, size, "\\x%02x", c);
	}
	return snprintf(text, size, c > 0xffff ? "\\U%08x" : "\\u%04x", c);
}

void out_buf_escape(struct out_buf *buf, const char *p, size_t n)
{
	while (n) {
		size_t safe = safe_length(p, n);
		size_t used = 0;
		char text[16];

		out_buf_add(buf, p, safe);
		p += safe;
		n -= safe;
		if (n) {
			int length = escape_one(p, n, text, sizeof(text), &used);

			out_buf_add(buf, text, (size_t)length);
			p += used;
			n -= used;
		}
	}
}

bool out_is_safe(const char *text)
{
	size_t n = strlen(text);

	return safe_length(text, n) == n;
}

void out_escape(FILE *stream, const char *text)
{
	size_t n = strlen(text);

	while (n) {
		size_t safe = safe_length(text, n);
		size_t used = 0;
		char one[16];

		fwrite(text, 1, safe, stream);
		text += safe;
		n -= safe;
		if (n) {
			escape_one(text, n, one, sizeof(one), &used);
			fputs(one, stream);
			text += used;
			n -= used;
		}
	}
}

/* One code point at p: its columns; *used gets its bytes. */
static size_t one_width(const char *p, size_t n, size_t *used)
{
	unsigned c = 0;

	*used = 1;
	if ((unsigned char)*p < 0x80) {
		return 1;
	}
	*used = out_decode(p, n, &c);
	if (!*used) {
		*used = 1;
		return 1;
	}
	return IN(zero_width, c) ? 0 : IN(double_width, c) ? 2 : 1;
}

size_t out_width(const char *p, size_t n)
{
	size_t width = 0;
	size_t used;

	for (size_t at = 0; at < n; at += used) {
		width += one_width(p + at, n - at, &used);
	}
	return width;
}

size_t out_fit(const char *p, size_t n, size_t columns)
{
	size_t width = 0;
	size_t used;

	for (size_t at = 0; at < n; at += used) {
		width += one_width(p + at, n - at, &used);
		if (width > columns) {
			return at;
		}
	}
	return n;
}
