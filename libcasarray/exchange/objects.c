/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets of objects, and the wildcards that fill them. */
#include <stdlib.h>

#include "identity.h"

struct cas_objects {
	CASP_VEC(const struct cas_object *) v;
	struct casp_map seen;
	bool unsorted;
};

int cas_objects_new(struct cas_objects **ret, struct cas_error **err)
{
	struct cas_objects *objects = calloc(1, sizeof(*objects));

	if (!objects) {
		return casp_error_nomem(err);
	}
	*ret = objects;
	return 0;
}

void cas_objects_free(struct cas_objects *objects)
{
	if (objects) {
		casp_vec_free(&objects->v);
		casp_map_free(&objects->seen);
		free(objects);
	}
}

size_t cas_objects_count(const struct cas_objects *objects)
{
	return objects->v.n;
}

static int by_place(const void *a, const void *b)
{
	const struct cas_object *x = *(const struct cas_object *const *)a;
	const struct cas_object *y = *(const struct cas_object *const *)b;

	if (x->kind != y->kind) {
		return x->kind < y->kind ? -1 : 1;
	}
	return x->index < y->index ? -1 : x->index > y->index;
}

const struct cas_object *cas_objects_get(const struct cas_objects *objects, size_t index)
{
	/* Sorted once, after what may be many additions. */
	struct cas_objects *set = (struct cas_objects *)objects;

	if (set->unsorted) {
		qsort(set->v.v, set->v.n, sizeof(*set->v.v), by_place);
		set->unsorted = false;
	}
	return index < set->v.n ? set->v.v[index] : NULL;
}

static uint64_t hash_of(const struct cas_object *object)
{
	uint64_t hash = (uint64_t)(uintptr_t)object * 0x9e3779b97f4a7c15u;

	hash ^= hash >> 32;
	return hash ? hash : 1;
}

int cas_objects_add(struct cas_objects *objects, const struct cas_object *object,
		    struct cas_error **err)
{
	uint64_t hash = hash_of(object);
	const struct cas_object *other;
	size_t at = 0;

	while ((other = casp_map_next(&objects->seen, hash, &at)) != NULL) {
		if (other == object) {
			return 0;
		}
	}
	if (!casp_vec_reserve(&objects->v, 1) ||
	    !casp_map_add(&objects->seen, hash, (void *)object)) {
		return casp_error_nomem(err);
	}
	objects->unsorted |= objects->v.n > 0 &&
			     by_place(&objects->v.v[objects->v.n - 1], &object) > 0;
	objects->v.v[objects->v.n++] = object;
	return 0;
}

/* ---- wildcards ---- */

bool cas_identity_is_wildcard(const char *identity)
{
	struct casp_str text = casp_str_trim(casp_str(identity));

	return text.n && (text.p[0] == '*' || text.p[text.n - 1] == '*');
}

/* A literal text that a name begins with, ends with, or holds. */
struct pattern {
	struct casp_str text;
	bool open_start, open_end;
};

static struct pattern pattern_of(struct casp_str text)
{
	struct pattern pattern = {.text = text};

	if (pattern.text.n && pattern.text.p[0] == '*') {
		pattern.open_start = true;
		pattern.text.p++;
		pattern.text.n--;
	}
	if (pattern.text.n && pattern.text.p[pattern.text.n - 1] == '*') {
		pattern.open_end = true;
		pattern.text.n--;
	}
	return pattern;
}

static bool fits(const struct pattern *pattern, struct casp_str name)
{
	size_t n = pattern->text.n, last;

	if (name.n < n) {
		return false;
	}
	last = pattern->open_start ? name.n - n : 0;
	for (size_t i = pattern->open_end ? 0 : last; i <= last; i++) {
		struct casp_str rest = {name.p + i, name.n - i};

		if (casp_str_istarts(rest, pattern->text)) {
			return true;
		}
	}
	return false;
}

static int match(struct cas_objects *objects, const struct cas_organization *org,
		 unsigned kinds, const struct pattern *pattern, struct cas_error **err)
{
	for (enum cas_kind kind = 0; kind < CAS_N_KINDS; kind++) {
		size_t n = kinds & 1u << kind ? CASP_COUNT(org, kind) : 0;

		for (size_t i = 0; i < n; i++) {
			const struct cas_object *object = org->objects[kind].v[i];
			int r = fits(pattern, casp_str(object->name))
					? cas_objects_add(objects, object, err)
					: 0;

			if (r < 0) {
				return r;
			}
		}
	}
	return 0;
}

int cas_objects_match(struct cas_objects *objects, const struct cas_organization *org,
		      unsigned kinds, const char *identity, struct cas_error **err)
{
	struct casp_str text = casp_str_trim(casp_str(identity));
	const struct cas_object *object;
	struct pattern pattern;
	struct casp_hits hits;
	int r;

	if (!cas_identity_is_wildcard(identity)) {
		r = cas_organization_find(org, kinds, identity, &object, err);
		return r < 0 ? r : cas_objects_add(objects, object, err);
	}
	/* An object may have an asterisk in its name. */
	r = casp_find_form(org, kinds, CASP_FORM_NAME, text, &hits, err);
	if (r < 0) {
		return r;
	}
	if (hits.n > 1) {
		return casp_ambiguous(kinds, text, &hits, err);
	}
	if (hits.n == 1) {
		return cas_objects_add(objects, hits.v[0], err);
	}
	pattern = pattern_of(text);
	return match(objects, org, kinds, &pattern, err);
}
