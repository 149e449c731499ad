/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One line of a journal, written and read. */
#include "record.h"

#include <pthread.h>

#define CRC_DIGITS 8

/* The journal of a large plan is mostly checksums: eight bytes at a time, a table each.
 */
#define SLICES 8

static uint32_t crc_table[SLICES][256];
static pthread_once_t crc_once = PTHREAD_ONCE_INIT;

/* CRC-32 of IEEE 802.3, reflected. */
static void make_crc_table(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t crc = i;

		for (int bit = 0; bit < 8; bit++) {
			crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
		}
		crc_table[0][i] = crc;
	}
	for (int slice = 1; slice < SLICES; slice++) {
		for (uint32_t i = 0; i < 256; i++) {
			uint32_t crc = crc_table[slice - 1][i];

			crc_table[slice][i] = crc >> 8 ^ crc_table[0][crc & 0xff];
		}
	}
}

static uint32_t crc32_of(const char *text, size_t n)
{
	const unsigned char *p = (const unsigned char *)text;
	uint32_t crc = 0xffffffffu;

	pthread_once(&crc_once, make_crc_table);
	for (; n >= SLICES; n -= SLICES, p += SLICES) {
		crc ^= (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
		       (uint32_t)p[3] << 24;
		crc = crc_table[7][crc & 0xff] ^ crc_table[6][crc >> 8 & 0xff] ^
		      crc_table[5][crc >> 16 & 0xff] ^ crc_table[4][crc >> 24] ^
		      crc_table[3][p[4]] ^ crc_table[2][p[5]] ^ crc_table[1][p[6]] ^
		      crc_table[0][p[7]];
	}
	for (; n; n--, p++) {
		crc = crc >> 8 ^ crc_table[0][(crc ^ *p) & 0xff];
	}
	return ~crc;
}

/* ---- writing ---- */

static void add_number(struct casp_buf *buf, uint64_t n)
{
	char digits[20]; /* of 2^64 - 1 */
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	casp_buf_add(buf, digits + at, sizeof(digits) - at);
}

void casp_record_begin(struct casp_record_writer *writer, const char *type)
{
	writer->start = writer->buf.n;
	writer->first_field = true;
	casp_buf_adds(&writer->buf, "00000000 ");
	add_number(&writer->buf, writer->sequence++);
	casp_buf_addc(&writer->buf, ' ');
	casp_buf_adds(&writer->buf, type);
}

static void separate(struct casp_record_writer *writer)
{
	casp_buf_addc(&writer->buf, writer->first_field ? ' ' : '\t');
	writer->first_field = false;
}

/* How many bytes from p on surely need no escape, by eights: most of a journal. */
static size_t plain_eights(const char *p, size_t n)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
	size_t i = 0;

	for (; n - i >= sizeof(uint64_t); i += sizeof(uint64_t)) {
		uint64_t bytes, backslash;

		memcpy(&bytes, p + i, sizeof(bytes));
		backslash = bytes ^ ones * '\\';
		/* a byte of at most '\n', or none that differs from a backslash */
		if (((bytes - ones * ('\n' + 1)) & ~bytes & tops) ||
		    ((backslash - ones) & ~backslash & tops)) {
			break;
		}
	}
	return i;
}

void casp_record_bytes(struct casp_record_writer *writer, struct casp_str bytes)
{
	size_t from = 0;

	separate(writer);
	if (!bytes.p) {
		casp_buf_adds(&writer->buf, "\\-");
		return;
	}
	for (size_t i = plain_eights(bytes.p, bytes.n); i < bytes.n; i++) {
		char c = bytes.p[i];

		if (c != '\t' && c != '\n' && c != '\\' && c != '\0') {
			continue;
		}
		casp_buf_add(&writer->buf, bytes.p + from, i - from);
		casp_buf_addc(&writer->buf, '\\');
		casp_buf_addc(&writer->buf, c == '\t'   ? 't'
					    : c == '\n' ? 'n'
					    : c == '\\' ? '\\'
							: '0');
		from = i + 1;
	}
	casp_buf_add(&writer->buf, bytes.p + from, bytes.n - from);
}

void casp_record_text(struct casp_record_writer *writer, const char *text)
{
	casp_record_bytes(writer, casp_str(text));
}

void casp_record_number(struct casp_record_writer *writer, int64_t number)
{
	separate(writer);
	if (number < 0) {
		casp_buf_addc(&writer->buf, '-');
	}
	add_number(&writer->buf, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

void casp_record_end(struct casp_record_writer *writer)
{
	static const char digits[] = "0123456789abcdef";
	size_t body = writer->start + CRC_DIGITS + 1;
	uint32_t crc;

	if (writer->buf.failed) {
		return;
	}
	crc = crc32_of(writer->buf.p + body, writer->buf.n - body);
	for (int i = CRC_DIGITS; i-- > 0; crc >>= 4) {
		writer->buf.p[writer->start + (size_t)i] = digits[crc & 15];
	}
	casp_buf_addc(&writer->buf, '\n');
}

/* ---- reading ---- */

static bool parse_hex(const char *p, uint32_t *ret)
{
	uint32_t value = 0;

	for (int i = 0; i < CRC_DIGITS; i++) {
		char c = p[i];

		if (c >= '0' && c <= '9') {
			value = value << 4 | (uint32_t)(c - '0');
		} else if (c >= 'a' && c <= 'f') {
			value = value << 4 | (uint32_t)(c - 'a' + 10);
		} else {
			return false;
		}
	}
	*ret = value;
	return true;
}

/* The word before the next blank or the end. */
static struct casp_str word(char **at, char *end)
{
	char *start = *at;
	char *blank = memchr(start, ' ', (size_t)(end - start));

	*at = blank ? blank + 1 : end;
	return (struct casp_str){start, (size_t)((blank ? blank : end) - start)};
}

bool casp_record_parse(char *line, size_t n, struct casp_record *ret)
{
	uint32_t crc;
	int64_t sequence;
	char *at = line + CRC_DIGITS + 1, *end = line + n;

	if (n < CRC_DIGITS + 2 || line[CRC_DIGITS] != ' ' || !parse_hex(line, &crc) ||
	    crc32_of(at, (size_t)(end - at)) != crc) {
		return false;
	}
	if (!casp_str_int(word(&at, end), &sequence) || sequence < 0) {
		return false;
	}
	*ret = (struct casp_record){
		.sequence = (uint64_t)sequence,
		.type = word(&at, end),
		.end = end,
	};
	ret->next = at;
	return true;
}

/* In place: the text never grows. false: an unknown escape. */
static bool unescape(char *p, size_t *n)
{
	size_t to = 0;

	for (size_t i = 0; i < *n; i++) {
		char c = p[i];

		if (c == '\\') {
			if (++i == *n) {
				return false;
			}
			switch (p[i]) {
			case 't':
				c = '\t';
				break;
			case 'n':
				c = '\n';
				break;
			case '0':
				c = '\0';
				break;
			case '\\':
				break;
			default:
				return false;
			}
		}
		p[to++] = c;
	}
	*n = to;
	return true;
}

struct casp_str casp_record_field(struct casp_record *record)
{
	char *start = record->next, *tab;
	size_t n;

	if (!start) {
		record->bad = true;
		return casp_str(NULL);
	}
	tab = memchr(start, '\t', (size_t)(record->end - start));
	n = (size_t)((tab ? tab : record->end) - start);
	record->next = tab ? tab + 1 : NULL;
	if (n == 2 && start[0] == '\\' && start[1] == '-') {
		return casp_str(NULL);
	}
	if (!unescape(start, &n)) {
		record->bad = true;
		return casp_str(NULL);
	}
	/* Over the separator, or the LF that ended the line. */
	start[n] = '\0';
	return (struct casp_str){start, n};
}

int64_t casp_record_int(struct casp_record *record)
{
	struct casp_str text = casp_record_field(record);
	int64_t value = 0;

	if (!text.p || !casp_str_int(text, &value)) {
		record->bad = true;
	}
	return value;
}
