/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which rules and which objects an audit is asked about. */
#ifndef CASP_SELECT_H
#define CASP_SELECT_H

#include "facts.h"

struct casp_selection {
	const struct cas_organization *org;
	bool *rules; /* by index in the table of all rules */
	/* By kind, a flag for each object that was chosen; all NULL: no choice,
	 * everything. */
	bool *objects[CAS_N_KINDS];
	bool some;
};

int casp_selection_init(struct casp_selection *selection,
			const struct cas_organization *org,
			const struct cas_audit_options *options, struct cas_error **err);
void casp_selection_free(struct casp_selection *selection);
/* Is the object chosen, by itself or with the site or server that it belongs to? */
bool casp_selection_has(const struct casp_selection *selection,
			const struct cas_object *object);
/* The site of an object, where it has one. */
const struct cas_site *casp_object_site(const struct cas_object *object);

#endif
