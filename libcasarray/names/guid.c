/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* objectGUID: bytes, text, new ones. */
#include "guid.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

/* Where the n-th byte of the text is stored: three little-endian fields, then eight
 * bytes. */
static const unsigned char order[16] = {3, 2, 1,  0,  5,  4,  7,  6,
					8, 9, 10, 11, 12, 13, 14, 15};

static bool dash_before(size_t i)
{
	return i == 4 || i == 6 || i == 8 || i == 10;
}

void casp_guid_format(const struct casp_guid *guid, char text[CASP_GUID_TEXT])
{
	static const char digits[] = "0123456789abcdef";
	char *p = text;

	for (size_t i = 0; i < 16; i++) {
		unsigned char byte = guid->b[order[i]];

		if (dash_before(i)) {
			*p++ = '-';
		}
		*p++ = digits[byte >> 4];
		*p++ = digits[byte & 15];
	}
	*p = '\0';
}

bool casp_guid_parse(struct casp_str text, struct casp_guid *ret)
{
	struct casp_guid guid;
	const char *p;

	if (text.n == 38 && text.p[0] == '{' && text.p[37] == '}') {
		text.p++;
		text.n -= 2;
	}
	if (text.n != 36) {
		return false;
	}
	p = text.p;
	for (size_t i = 0; i < 16; i++) {
		int high, low;

		if (dash_before(i) && *p++ != '-') {
			return false;
		}
		high = casp_hex_digit((unsigned char)p[0]);
		low = casp_hex_digit((unsigned char)p[1]);
		if (high < 0 || low < 0) {
			return false;
		}
		guid.b[order[i]] = (unsigned char)(high << 4 | low);
		p += 2;
	}
	*ret = guid;
	return true;
}

bool casp_guid_is_null(const struct casp_guid *guid)
{
	static const struct casp_guid null;

	return memcmp(guid, &null, sizeof(null)) == 0;
}

bool casp_guid_new(struct casp_guid *ret)
{
	struct casp_guid guid;
	ssize_t n;

	do {
		n = getrandom(guid.b, sizeof(guid.b), 0);
	} while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof(guid.b)) {
		return false;
	}
	/* RFC 4122 section 4.4; the version is in the high byte of the third field. */
	guid.b[7] = (guid.b[7] & 0x0f) | 0x40;
	guid.b[8] = (guid.b[8] & 0x3f) | 0x80;
	*ret = guid;
	return true;
}

uint64_t casp_guid_hash(const struct casp_guid *guid)
{
	const uint64_t k = 0x9e3779b97f4a7c15u;
	uint64_t a, b;

	memcpy(&a, guid->b, 8);
	memcpy(&b, guid->b + 8, 8);
	a = (a ^ a >> 32) * k;
	a = (a ^ a >> 29 ^ b) * k;
	a ^= a >> 32;
	return a ? a : 1;
}
