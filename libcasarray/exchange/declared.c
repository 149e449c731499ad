/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the objects that exemptions are declared of: once, so that each object is then
 * looked up in a sorted list. */
#include "declared.h"

#include <stdlib.h>

#include "identity.h"

/* What is known by a name. Copies and services are called as their servers are: those are
 * told apart by GUID or distinguished name only. */
static const enum cas_kind named[] = {CAS_KIND_SITE,     CAS_KIND_SERVER,
				      CAS_KIND_ARRAY,    CAS_KIND_DAG,
				      CAS_KIND_DATABASE, CAS_KIND_ORGANIZATION};
static const enum cas_kind unique[] = {
	CAS_KIND_SITE,   CAS_KIND_SERVER,   CAS_KIND_ARRAY,
	CAS_KIND_DAG,    CAS_KIND_DATABASE, CAS_KIND_ORGANIZATION,
	CAS_KIND_SUBNET, CAS_KIND_SERVICE,  CAS_KIND_COPY};
#define COUNT(kinds) (sizeof(kinds) / sizeof(*(kinds)))

/* true in *found: objects of the kind answer to the text in that form. */
static int look_up(struct cas_organization *org, struct casp_declared *declared,
		   enum cas_kind kind, enum casp_form form, bool *found,
		   struct cas_error **err)
{
	struct casp_str text = casp_str_trim(casp_str(declared->exemption->object));
	struct casp_hits hits;
	int code = casp_find_form(org, 1u << kind, form, text, &hits, err);

	*found = code == 0 && hits.n;
	if (!*found) {
		return code;
	}
	if (hits.n > 1) {
		declared->ambiguous |= 1u << kind;
		return 0;
	}
	declared->found |= 1u << kind;
	if (kind == CAS_KIND_DATABASE) {
		declared->database = cas_object_database(hits.v[0]);
	}
	return casp_vec_push(&org->declarations->by_object,
			     ((struct casp_declaration){hits.v[0], declared}))
		       ? 0
		       : casp_error_nomem(err);
}

/* What a GUID or a DN means is of one kind. */
static int find_unique(struct cas_organization *org, struct casp_declared *declared,
		       bool *found, struct cas_error **err)
{
	int code = 0;

	*found = false;
	for (enum casp_form form = CASP_FORM_GUID; form <= CASP_FORM_DN; form++) {
		for (size_t i = 0; code == 0 && !*found && i < COUNT(unique); i++) {
			code = look_up(org, declared, unique[i], form, found, err);
		}
	}
	return code;
}

static int find_named(struct cas_organization *org, struct casp_declared *declared,
		      struct cas_error **err)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < COUNT(named); i++) {
		bool found = false;

		for (enum casp_form form = CASP_FORM_LEGACY_DN;
		     code == 0 && !found && form < CASP_N_FORMS; form++) {
			code = look_up(org, declared, named[i], form, &found, err);
		}
	}
	return code;
}

static int resolve(struct cas_organization *org, struct casp_declared *declared,
		   struct cas_error **err)
{
	const unsigned kinds = 1u << CAS_KIND_ARRAY | 1u << CAS_KIND_SERVER;
	const struct cas_exemption *exemption = declared->exemption;
	bool found = true;
	int code = 0;

	if (exemption->object) {
		code = find_unique(org, declared, &found, err);
	}
	if (code == 0 && !found) {
		code = find_named(org, declared, err);
	}
	if (code == 0 && exemption->value) {
		code = cas_organization_find(org, kinds, exemption->value,
					     &declared->value, NULL);
		code = code == CAS_E_NOMEM ? casp_error_nomem(err) : 0;
	}
	return code;
}

static int compare_objects(const struct cas_object *a, const struct cas_object *b)
{
	return a->kind != b->kind ? (a->kind > b->kind) - (a->kind < b->kind)
				  : (a->index > b->index) - (a->index < b->index);
}

static int in_order(const void *a, const void *b)
{
	const struct casp_declaration *x = a, *y = b;
	int order = compare_objects(x->object, y->object);

	return order ? order : (x->declared > y->declared) - (x->declared < y->declared);
}

int casp_declare(struct cas_organization *org, struct cas_error **err)
{
	const struct cas_policy *policy = org->policy;
	struct casp_declarations *declarations;
	int code = 0;

	if (!policy->n_exemptions) {
		return 0;
	}
	declarations = casp_arena_zalloc(&org->arena, sizeof(*declarations));
	if (!declarations ||
	    policy->n_exemptions > SIZE_MAX / sizeof(*declarations->all)) {
		return casp_error_nomem(err);
	}
	org->declarations = declarations;
	declarations->all = casp_arena_zalloc(
		&org->arena, policy->n_exemptions * sizeof(*declarations->all));
	if (!declarations->all) {
		return casp_error_nomem(err);
	}
	declarations->n = policy->n_exemptions;
	for (size_t i = 0; code == 0 && i < declarations->n; i++) {
		declarations->all[i].exemption = &policy->exemptions[i];
		code = resolve(org, &declarations->all[i], err);
	}
	if (declarations->by_object.n) {
		qsort(declarations->by_object.v, declarations->by_object.n,
		      sizeof(*declarations->by_object.v), in_order);
	}
	return code;
}

void casp_declarations_free(struct cas_organization *org)
{
	if (org->declarations) {
		casp_vec_free(&org->declarations->by_object);
	}
}

const struct casp_declaration *casp_declared_of(const struct cas_organization *org,
						const struct cas_object *object,
						size_t *n)
{
	const struct casp_declarations *declarations = org->declarations;
	const struct casp_declaration *v;
	size_t low = 0, high, end;

	*n = 0;
	if (!declarations || !declarations->by_object.n) {
		return NULL;
	}
	v = declarations->by_object.v;
	high = end = declarations->by_object.n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_objects(v[middle].object, object) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	while (low + *n < end && v[low + *n].object == object) {
		++*n;
	}
	return v + low;
}
