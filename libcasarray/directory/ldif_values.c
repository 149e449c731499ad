/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of LDIF lines: folds undone, base64 undone and done. */
#include "ldif.h"

/* The digit's value plus one; 0: no digit of base64. */
static const unsigned char digits[256] = {
	['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,
	['G'] = 7,  ['H'] = 8,  ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12,
	['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16, ['Q'] = 17, ['R'] = 18,
	['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
	['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30,
	['e'] = 31, ['f'] = 32, ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36,
	['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42,
	['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
	['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54,
	['2'] = 55, ['3'] = 56, ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60,
	['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64,
};

static bool is_fold(const char *p, const char *end)
{
	return (*p == '\n' && p + 1 < end && p[1] == ' ') ||
	       (*p == '\r' && p + 2 < end && p[1] == '\n' && p[2] == ' ');
}

bool casp_ldif_base64_check(const char *p, const char *end)
{
	size_t n = 0, padding = 0;

	while (p < end) {
		const char *start = p;

		while (p < end && digits[(unsigned char)*p]) {
			p++;
		}
		n += (size_t)(p - start);
		if (p > start && padding) {
			return false;
		}
		if (p == end) {
			break;
		}
		if (*p == '=') {
			padding++;
			p++;
		} else if (*p == ' ' && !n) {
			p++; /* the fill after the colon, behind a fold */
		} else if (is_fold(p, end)) {
			p += *p == '\r' ? 3 : 2;
		} else {
			return false;
		}
	}
	return padding <= 2 && (n + padding) % 4 == 0;
}

/* In place; the input was checked. */
static size_t base64_decode(char *text, size_t n)
{
	unsigned char *in = (unsigned char *)text, *out = in;
	uint32_t bits = 0;
	unsigned have = 0;
	size_t i = 0;

	/* At the end may be padding. */
	for (; i + 4 < n; i += 4) {
		uint32_t three = (digits[in[i]] - 1u) << 18 |
				 (digits[in[i + 1]] - 1u) << 12 |
				 (digits[in[i + 2]] - 1u) << 6 | (digits[in[i + 3]] - 1u);

		*out++ = (unsigned char)(three >> 16);
		*out++ = (unsigned char)(three >> 8);
		*out++ = (unsigned char)three;
	}
	for (; i < n && in[i] != '='; i++) {
		bits = bits << 6 | (digits[in[i]] - 1u);
		have += 6;
		if (have >= 8) {
			have -= 8;
			*out++ = (unsigned char)(bits >> have);
		}
	}
	return (size_t)(out - (unsigned char *)text);
}

size_t casp_ldif_unfold(const char *p, const char *end, char *to)
{
	char *out = to;

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		const char *stop = nl ? nl : end;

		if (nl && stop > p && stop[-1] == '\r') {
			stop--;
		}
		memcpy(out, p, (size_t)(stop - p));
		out += stop - p;
		p = nl ? nl + 2 : end;
	}
	return (size_t)(out - to);
}

bool casp_ldif_value(const struct casp_ldif_line *line, struct casp_arena *arena,
		     struct casp_str *ret)
{
	const char *p = line->start + line->value;
	size_t n = (size_t)(line->end - p);
	char *copy;

	if (!line->folded && !line->base64) {
		*ret = (struct casp_str){p, n};
		return true;
	}
	copy = casp_arena_alloc(arena, n + 1);
	if (!copy) {
		return false;
	}
	n = casp_ldif_unfold(p, line->end, copy);
	if (*p == '\n' || *p == '\r') {
		size_t fill = 0;

		while (fill < n && copy[fill] == ' ') {
			fill++;
		}
		copy += fill;
		n -= fill;
	}
	if (line->base64) {
		n = base64_decode(copy, n);
	}
	copy[n] = '\0';
	*ret = (struct casp_str){copy, n};
	return true;
}

void casp_ldif_base64_encode(struct casp_str value, struct casp_buf *out)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = (const unsigned char *)value.p;

	if (!casp_buf_reserve(out, value.n / 3 * 4 + 4)) {
		return;
	}
	for (size_t i = 0; i < value.n; i += 3) {
		size_t left = value.n - i;
		uint32_t bits = (uint32_t)p[i] << 16;

		bits |= left > 1 ? (uint32_t)p[i + 1] << 8 : 0;
		bits |= left > 2 ? p[i + 2] : 0;
		casp_buf_addc(out, letters[bits >> 18]);
		casp_buf_addc(out, letters[bits >> 12 & 63]);
		casp_buf_addc(out, left > 1 ? letters[bits >> 6 & 63] : '=');
		casp_buf_addc(out, left > 2 ? letters[bits & 63] : '=');
	}
}
