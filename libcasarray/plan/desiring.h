/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The work of making a plan of a desired state. */
#ifndef CASP_DESIRING_H
#define CASP_DESIRING_H

#include "../base/map.h"
#include "desired.h"
#include "target.h"

/* An array that a file lists. */
struct casp_wish {
	const struct casp_desired_array *what;
	const struct cas_array *array; /* that is there; NULL: it is made */
	const struct cas_site *site;   /* NULL: not said */
	struct casp_target target;     /* as it will be */
	bool bad;                      /* it cannot be */
};

struct casp_desiring {
	struct cas_plan *plan;
	struct cas_desired *desired;
	bool prune;
	CASP_VEC(struct casp_wish) wishes;
	struct casp_map wishes_by_text; /* by name and FQDN */
	struct casp_wish **by_array;    /* by the index of the array */
	struct casp_layout layout;      /* as it will be */
	CASP_VEC(struct aim *) aims;    /* what databases are pointed at */
	struct casp_map aims_by_text;
	bool *seen, *moved; /* by the index of the database: listed; pointed elsewhere */
};

/* ---- desired_arrays.c ---- */

/* The steps for the arrays of the files, and the layout. */
int casp_desired_arrays(struct casp_desiring *desiring, struct cas_error **err);
/* The array of the files of that name or FQDN, or NULL. */
const struct casp_wish *casp_wish_find(const struct casp_desiring *desiring,
				       const char *text);
/* The arrays that the files do not list: removed, or told of. */
int casp_desired_rest(struct casp_desiring *desiring, struct cas_error **err);

/* ---- desired_databases.c ---- */

/* The steps for the databases of the files. */
int casp_desired_databases(struct casp_desiring *desiring, struct cas_error **err);
void casp_desired_databases_end(struct casp_desiring *desiring);

#endif
