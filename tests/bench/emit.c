/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LDIF records in the style of ldifde. */
#include "emit.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
	COLUMNS = 80,
	LINE_MAX_BYTES = 4096
};

void die(const char *format, ...)
{
	va_list args;

	fputs("generate: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(EXIT_FAILURE);
}

uint64_t emit_random(struct emit *emit)
{
	uint64_t z = emit->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint64_t emit_below(struct emit *emit, uint64_t n)
{
	return emit_random(emit) % n;
}

static void put(struct emit *emit, const char *bytes, size_t n)
{
	if (fwrite_unlocked(bytes, 1, n, emit->stream) != n) {
		die("cannot write: the disk may be full");
	}
}

/* The first line holds 80 bytes, a continuation one blank and 79. */
static void put_folded(struct emit *emit, const char *line, size_t n)
{
	size_t room = COLUMNS;

	while (n > room) {
		put(emit, line, room);
		put(emit, "\r\n ", 3);
		line += room;
		n -= room;
		room = COLUMNS - 1;
	}
	put(emit, line, n);
	put(emit, "\r\n", 2);
}

void emit_attribute(struct emit *emit, const char *name, const char *format, ...)
{
	char line[LINE_MAX_BYTES];
	size_t n = strlen(name);
	va_list args;
	int more;

	memcpy(line, name, n);
	line[n++] = ':';
	line[n++] = ' ';
	va_start(args, format);
	more = vsnprintf(line + n, sizeof(line) - n, format, args);
	va_end(args);
	if (more < 0 || (size_t)more >= sizeof(line) - n) {
		die("a line of '%s' is too long", name);
	}
	put_folded(emit, line, n + (size_t)more);
}

static void encode(const unsigned char *bytes, size_t n, char *text)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		uint32_t word = (uint32_t)bytes[i] << 16;

		word |= i + 1 < n ? (uint32_t)bytes[i + 1] << 8 : 0;
		word |= i + 2 < n ? bytes[i + 2] : 0;
		*text++ = digits[word >> 18];
		*text++ = digits[word >> 12 & 63];
		*text++ = i + 1 < n ? digits[word >> 6 & 63] : '=';
		*text++ = i + 2 < n ? digits[word & 63] : '=';
	}
	*text = '\0';
}

/* The text form has the first three groups in the other byte order (MS-DTYP 2.3.4.2). */
static void put_guid(struct emit *emit)
{
	static const unsigned char order[] = {3, 2, 1,  0,  5,  4,  7,  6,
					      8, 9, 10, 11, 12, 13, 14, 15};
	uint64_t halves[2] = {emit_random(emit), emit_random(emit)};
	unsigned char bytes[16];
	char text[25], *at = emit->guid;

	for (int i = 0; i < 16; i++) {
		bytes[i] = (unsigned char)(halves[i / 8] >> i % 8 * 8);
	}
	bytes[7] = (unsigned char)((bytes[7] & 0x0f) | 0x40);
	bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10) {
			*at++ = '-';
		}
		at += sprintf(at, "%02x", bytes[order[i]]);
	}
	encode(bytes, sizeof(bytes), text);
	emit_attribute(emit, "objectGUID:", "%s", text);
}

void emit_begin(struct emit *emit, const char *dn, const char *classes)
{
	const char *name = strchr(dn, '=') + 1;
	const char *word = classes;

	emit_attribute(emit, "dn", "%s", dn);
	put(emit, "changetype: add\r\nobjectClass: top\r\n", 35);
	while (*word) {
		int n = (int)strcspn(word, " ");

		emit_attribute(emit, "objectClass", "%.*s", n, word);
		word += n + (word[n] == ' ');
	}
	emit_attribute(emit, "cn", "%.*s", (int)strcspn(name, ","), name);
	emit_attribute(emit, "whenCreated", "%s", emit->created);
	put_guid(emit);
}

void emit_end(struct emit *emit)
{
	put(emit, "\r\n", 2);
}
