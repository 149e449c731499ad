/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words that people gave: how far they are from known ones, and as UTF-8. */
#include "text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "buf.h"

#define LONGEST 48

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: a slip of two letters counts once. */
size_t cli_distance(const char *a, const char *b, size_t limit)
{
	size_t rows[3][LONGEST + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2];
	size_t n_a = strlen(a), n_b = strlen(b);

	if (n_a > LONGEST || n_b > LONGEST) {
		return limit;
	}
	memset(rows, 0, sizeof(rows));
	for (size_t k = 0; k <= n_b; k++) {
		above[k] = k;
	}
	for (size_t i = 1; i <= n_a; i++) {
		size_t *turn = before;

		row[0] = i;
		for (size_t k = 1; k <= n_b; k++) {
			row[k] = above[k - 1] + !same(a[i - 1], b[k - 1]);
			row[k] = least(row[k], least(above[k], row[k - 1]) + 1);
			if (i > 1 && k > 1 && same(a[i - 1], b[k - 2]) &&
			    same(a[i - 2], b[k - 1])) {
				row[k] = least(row[k], before[k - 2] + 1);
			}
		}
		before = above;
		above = row;
		row = turn;
	}
	return least(above[n_b], limit);
}

size_t cli_nearness(const char *word)
{
	return least(strlen(word) / 3 + 2, 5);
}

bool cli_is_nearer(const char *word, const char *name, size_t *best)
{
	size_t distance = cli_distance(word, name, *best);
	bool is_nearer = distance < *best;

	*best = distance;
	return is_nearer;
}

bool cli_begins(const char *text, const char *beginning, size_t n)
{
	return strlen(text) >= n && !strncasecmp(text, beginning, n);
}

static bool is_utf8(const char *text)
{
	for (size_t n = strlen(text), step; n; n -= step, text += step) {
		unsigned code;

		step = out_decode(text, n, &code);
		if (!step) {
			return false;
		}
	}
	return true;
}

const char *cli_utf8(struct opt_pool *pool, const char *text)
{
	static const char replacement[] = "\xef\xbf\xbd";
	size_t n = strlen(text);
	char *copy, *to;

	if (is_utf8(text)) {
		return text;
	}
	copy = opt_pool_alloc(pool, n * strlen(replacement) + 1);
	for (to = copy; to && n;) {
		unsigned code;
		size_t step = out_decode(text, n, &code);

		to = step ? mempcpy(to, text, step) : stpcpy(to, replacement);
		step += !step;
		text += step;
		n -= step;
	}
	return copy;
}
