/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words that people gave: how far they are from known ones, and as UTF-8. */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "pool.h"

/* Edits (of neighbours swapped, too) between two words, ignoring case; `limit` when it is
 * not less. */
size_t cli_distance(const char *a, const char *b, size_t limit);
/* A word is taken for another one only when their distance is less than this. */
size_t cli_nearness(const char *word);
/* Is a name nearer to the word than *best, which then is its distance? */
bool cli_is_nearer(const char *word, const char *name, size_t *best);
/* Does the text begin with the n bytes of a beginning, ignoring case? */
bool cli_begins(const char *text, const char *beginning, size_t n);
/* Itself when it is UTF-8; else a copy with U+FFFD for each byte that is not. The names
 * of files may have any. NULL: out of memory. */
const char *cli_utf8(struct opt_pool *pool, const char *text);

#endif
