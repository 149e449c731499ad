/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Look-up by what a person writes; shared by single identities and wildcards. */
#ifndef CASP_IDENTITY_H
#define CASP_IDENTITY_H

#include "../base/error.h"
#include "model.h"

/* As many as an error message names. */
#define CASP_HITS 5
struct casp_hits {
	const struct cas_object *v[CASP_HITS];
	size_t n; /* of all, also of those that v has no room for */
};

/* The objects of the kinds (1 << enum cas_kind) that answer to the text in one form. */
int casp_find_form(const struct cas_organization *org, unsigned kinds,
		   enum casp_form form, struct casp_str text, struct casp_hits *hits,
		   struct cas_error **err);
/* CAS_E_AMBIGUOUS, naming the hits. */
int casp_ambiguous(unsigned kinds, struct casp_str text, const struct casp_hits *hits,
		   struct cas_error **err);

#endif
