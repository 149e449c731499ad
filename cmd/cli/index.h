/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words, without regard to the case of their letters, and what stands under each. */
#ifndef OPT_INDEX_H
#define OPT_INDEX_H

/* Begins as {0}. */
struct opt_index {
	void *root;
};

/* Neither is copied. 1: there is such a word already, which stays; 0; -1: out of memory.
 */
int opt_index_add(struct opt_index *index, const char *word, const void *what);
/* NULL: there is no such word. */
const void *opt_index_find(const struct opt_index *index, const char *word);
void opt_index_free(struct opt_index *index);

#endif
