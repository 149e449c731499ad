/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How far a word is from one that is known. */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Edits (of neighbours swapped, too) between two words, ignoring case; `limit` when it is
 * not less. */
size_t cli_distance(const char *a, const char *b, size_t limit);
/* A word is taken for another one only when their distance is less than this. */
size_t cli_nearness(const char *word);
/* Is a name nearer to the word than *best, which then is its distance? */
bool cli_is_nearer(const char *word, const char *name, size_t *best);
/* Does the text begin with the n bytes of a beginning, ignoring case? */
bool cli_begins(const char *text, const char *beginning, size_t n);

#endif
