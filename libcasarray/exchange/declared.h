/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The objects that the exemptions of the policy are declared of. */
#ifndef CASP_DECLARED_H
#define CASP_DECLARED_H

#include "model.h"

/* What the identities of an exemption mean in this organization: one may mean a site and
 * an array. */
struct casp_declared {
	const struct cas_exemption *exemption;
	unsigned found; /* 1 << enum cas_kind: the kinds of which one object answers */
	unsigned ambiguous; /* those of which several do */
	/* The array or server that the value means; NULL: none, or several. */
	const struct cas_object *value;
	const struct cas_database *database; /* the one that is found; or NULL */
};

struct casp_declaration {
	const struct cas_object *object;
	const struct casp_declared *declared;
};

struct casp_declarations {
	struct casp_declared *all; /* in the order of the policy */
	size_t n;
	/* By kind and index of the object, then in the order of the policy. */
	CASP_VEC(struct casp_declaration) by_object;
};

/* Looks the exemptions of the policy up, once everything is loaded; without any,
 * org->declarations stays NULL. */
int casp_declare(struct cas_organization *org, struct cas_error **err);
void casp_declarations_free(struct cas_organization *org);
/* What is declared of an object, *n of them. */
const struct casp_declaration *casp_declared_of(const struct cas_organization *org,
						const struct cas_object *object,
						size_t *n);

#endif
