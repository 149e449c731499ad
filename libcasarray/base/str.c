/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text: slices, comparisons that ignore ASCII case, a growing buffer. */
#include "str.h"

#include <stdio.h>
#include <stdlib.h>

bool casp_str_equal(struct casp_str a, struct casp_str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool casp_str_iequal(struct casp_str a, struct casp_str b)
{
	return a.n == b.n && casp_str_icompare(a, b) == 0;
}

int casp_str_icompare(struct casp_str a, struct casp_str b)
{
	size_t n = a.n < b.n ? a.n : b.n;

	for (size_t i = 0; i < n; i++) {
		unsigned char x = a.p[i], y = b.p[i];

		if (x != y) {
			x = casp_lower(x);
			y = casp_lower(y);
			if (x != y) {
				return x < y ? -1 : 1;
			}
		}
	}
	return a.n < b.n ? -1 : a.n > b.n;
}

bool casp_str_istarts(struct casp_str text, struct casp_str prefix)
{
	return text.n >= prefix.n &&
	       casp_str_iequal((struct casp_str){text.p, prefix.n}, prefix);
}

struct casp_str casp_str_trim(struct casp_str text)
{
	while (text.n && (*text.p == ' ' || *text.p == '\t')) {
		text.p++;
		text.n--;
	}
	while (text.n && (text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\t')) {
		text.n--;
	}
	return text;
}

bool casp_str_int(struct casp_str text, int64_t *ret)
{
	size_t i = 0;
	bool negative = false;
	uint64_t value = 0;

	if (i < text.n && (text.p[i] == '-' || text.p[i] == '+')) {
		negative = text.p[i] == '-';
		i++;
	}
	if (i == text.n || text.n - i > 19) {
		return false;
	}
	for (; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9') {
			return false;
		}
		value = value * 10 + (uint64_t)(text.p[i] - '0');
	}
	if (value > (uint64_t)INT64_MAX) {
		return false;
	}
	*ret = negative ? -(int64_t)value : (int64_t)value;
	return true;
}

uint64_t casp_str_ihash(struct casp_str text)
{
	const uint64_t k = 0x9e3779b97f4a7c15u;
	uint64_t hash = text.n * k;
	size_t i = 0;

	/* Setting bit 5 of every byte folds the letters; what else it merges only
	 * collides. */
	for (; i + 8 <= text.n; i += 8) {
		uint64_t word;

		memcpy(&word, text.p + i, 8);
		hash = (hash ^ (word | 0x2020202020202020u)) * k;
		hash ^= hash >> 32;
	}
	if (i < text.n) {
		uint64_t word = 0;

		memcpy(&word, text.p + i, text.n - i);
		hash = (hash ^ (word | 0x2020202020202020u)) * k;
		hash ^= hash >> 32;
	}
	hash *= k;
	hash ^= hash >> 29;
	return hash ? hash : 1;
}

size_t casp_str_distance(struct casp_str a, struct casp_str b, size_t limit)
{
	size_t row[129];

	if (a.n > 128 || b.n > 128 || (a.n > b.n ? a.n - b.n : b.n - a.n) > limit) {
		return limit + 1;
	}
	for (size_t j = 0; j <= b.n; j++) {
		row[j] = j;
	}
	for (size_t i = 1; i <= a.n; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t cost = casp_lower(a.p[i - 1]) != casp_lower(b.p[j - 1]);
			size_t best = diagonal + cost;

			if (row[j] + 1 < best) {
				best = row[j] + 1;
			}
			if (row[j - 1] + 1 < best) {
				best = row[j - 1] + 1;
			}
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[b.n] > limit ? limit + 1 : row[b.n];
}

void casp_buf_free(struct casp_buf *buf)
{
	free(buf->p);
	*buf = (struct casp_buf){0};
}

bool casp_buf_reserve(struct casp_buf *buf, size_t more)
{
	size_t size = buf->size ? buf->size : 64;
	char *p;

	if (buf->failed || more > SIZE_MAX / 4 || buf->n > SIZE_MAX / 4) {
		buf->failed = true;
		return false;
	}
	if (buf->size - buf->n > more) {
		return true;
	}
	while (size - buf->n <= more) {
		size *= 2;
	}
	p = realloc(buf->p, size);
	if (!p) {
		buf->failed = true;
		return false;
	}
	buf->p = p;
	buf->size = size;
	return true;
}

void casp_buf_add(struct casp_buf *buf, const char *p, size_t n)
{
	if (!casp_buf_reserve(buf, n)) {
		return;
	}
	if (n) {
		memcpy(buf->p + buf->n, p, n);
	}
	buf->n += n;
	buf->p[buf->n] = '\0';
}

void casp_buf_adds(struct casp_buf *buf, const char *text)
{
	casp_buf_add(buf, text, strlen(text));
}

void casp_buf_add_str(struct casp_buf *buf, struct casp_str text)
{
	casp_buf_add(buf, text.p, text.n);
}

void casp_buf_addc(struct casp_buf *buf, char c)
{
	casp_buf_add(buf, &c, 1);
}

void casp_buf_addf(struct casp_buf *buf, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (n < 0 || !casp_buf_reserve(buf, (size_t)n)) {
		buf->failed = true;
		return;
	}
	va_start(ap, format);
	vsnprintf(buf->p + buf->n, (size_t)n + 1, format, ap);
	va_end(ap);
	buf->n += (size_t)n;
}

void casp_freep(void *pointer)
{
	free(*(void **)pointer);
}
