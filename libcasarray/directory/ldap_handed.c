/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which entries a search has handed over, so that it can be repeated. */
#include <stdlib.h>

#include "ldap_search.h"

#define MOST ((size_t)4000)
#define FIRST_SIZE ((size_t)64)

static bool grow(struct casp_ldap_handed *handed)
{
	size_t size = handed->size ? handed->size * 2 : FIRST_SIZE;
	uint64_t *v = realloc(handed->v, size * sizeof(*v));

	if (v) {
		handed->v = v;
		handed->size = size;
	}
	return v;
}

bool casp_ldap_hand(struct casp_ldap_handed *handed, struct casp_str dn)
{
	if (!handed || handed->too_many || handed->n_before) {
		return true;
	}
	if (handed->n == MOST) {
		handed->too_many = true;
		return true;
	}
	if (handed->n == handed->size && !grow(handed)) {
		return false;
	}
	handed->v[handed->n++] = casp_str_ihash(dn);
	return true;
}

static int compare(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

void casp_ldap_handed_again(struct casp_ldap_handed *handed)
{
	handed->n_before = handed->n;
	if (handed->n) {
		qsort(handed->v, handed->n, sizeof(*handed->v), compare);
	}
}

bool casp_ldap_handed_before(const struct casp_ldap_handed *handed, struct casp_str dn)
{
	uint64_t hash;

	if (!handed || !handed->n_before) {
		return false;
	}
	hash = casp_str_ihash(dn);
	return bsearch(&hash, handed->v, handed->n_before, sizeof(hash), compare);
}

void casp_ldap_handed_free(struct casp_ldap_handed *handed)
{
	free(handed->v);
}
