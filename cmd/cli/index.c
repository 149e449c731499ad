/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words, without regard to the case of their letters, and what stands under each. */
#include "index.h"

#include <search.h>
#include <stdlib.h>
#include <strings.h>

struct held {
	const char *word;
	const void *what;
};

static int compare(const void *a, const void *b)
{
	const struct held *x = a, *y = b;

	return strcasecmp(x->word, y->word);
}

int opt_index_add(struct opt_index *index, const char *word, const void *what)
{
	struct held *held = malloc(sizeof(*held)), **found;

	if (!held) {
		return -1;
	}
	*held = (struct held){word, what};
	found = tsearch(held, &index->root, compare);
	if (found && *found == held) {
		return 0;
	}
	free(held);
	return found ? 1 : -1;
}

const void *opt_index_find(const struct opt_index *index, const char *word)
{
	const struct held wanted = {.word = word};
	struct held *const *found = tfind(&wanted, &index->root, compare);

	return found ? (*found)->what : NULL;
}

void opt_index_free(struct opt_index *index)
{
	tdestroy(index->root, free);
	index->root = NULL;
}
