/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts that many objects share, stored once. */
#include <stdlib.h>

#include "load.h"

/* C strings end at a NUL, and a text that was cut there could name another object. */
#define IN_PLACE_OF_NUL '\x1a'

/* To memory of text.n + 1 bytes. */
static void text_copy(char *to, struct casp_str text)
{
	if (text.n) {
		memcpy(to, text.p, text.n);
		for (char *p = to; (p = memchr(p, '\0', text.n - (size_t)(p - to)));) {
			*p = IN_PLACE_OF_NUL;
		}
	}
	to[text.n] = '\0';
}

char *casp_text(struct casp_arena *arena, struct casp_str text)
{
	char *copy = casp_arena_alloc(arena, text.n + 1);

	if (copy) {
		text_copy(copy, text);
	}
	return copy;
}

static bool same(const struct casp_ref *ref, struct casp_str text)
{
	return ref->n == text.n && memcmp(ref->text, text.p, text.n) == 0;
}

/* Names differ at the beginning of a DN, and before the leaf of a legacy DN of a
 * database, where a domain may follow what differs. */
#define LEGACY_LEAF (sizeof("/cn=Microsoft Private MDB") - 1)
#define LEGACY_NAME 32

static size_t recent_slot(struct casp_str text)
{
	uint64_t words[1 + LEGACY_NAME / sizeof(uint64_t)], hash = text.n;

	if (text.n < LEGACY_LEAF + LEGACY_NAME) {
		return text.n & (CASP_RECENT - 1);
	}
	memcpy(&words[0], text.p + strlen("CN="), sizeof(*words));
	memcpy(&words[1], text.p + text.n - LEGACY_LEAF - LEGACY_NAME, LEGACY_NAME);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		hash = (hash ^ words[i]) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 32;
	}
	return hash & (CASP_RECENT - 1);
}

static struct casp_ref *new_ref(struct casp_arena *arena, struct casp_str text)
{
	struct casp_ref *ref = casp_arena_alloc(arena, sizeof(*ref) + text.n + 1);

	if (ref) {
		*ref = (struct casp_ref){.n = text.n};
		text_copy(ref->text, text);
	}
	return ref;
}

struct casp_ref *casp_refs_add(struct casp_refs *refs, struct casp_arena *arena,
			       struct casp_str text)
{
	struct casp_ref **recent = &refs->recent[recent_slot(text)];
	struct casp_ref *ref;
	uint64_t hash;
	size_t at = 0;

	if (*recent && same(*recent, text)) {
		return *recent;
	}
	hash = casp_str_ihash(text);
	while ((ref = casp_map_next(&refs->map, hash, &at)) != NULL) {
		if (same(ref, text)) {
			return *recent = ref;
		}
	}
	ref = new_ref(arena, text);
	if (!ref || !casp_map_add(&refs->map, hash, ref) ||
	    !casp_vec_push(&refs->all, ref)) {
		return NULL;
	}
	return *recent = ref;
}

void casp_refs_free(struct casp_refs *refs)
{
	casp_map_free(&refs->map);
	casp_vec_free(&refs->all);
}
