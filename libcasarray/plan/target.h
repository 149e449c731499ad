/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What databases are pointed at, and the parts of plans that one plan may have several
 * of. */
#ifndef CASP_TARGET_H
#define CASP_TARGET_H

#include "plan.h"

/* An array or server as it is, or as it will be once the plan is carried out. */
struct casp_target {
	const struct cas_object *object; /* NULL: an array that the same plan makes */
	const char *name, *fqdn, *legacy_dn;
	const struct cas_site *site; /* or NULL */
};
void casp_target_of(const struct cas_object *object, struct casp_target *ret);

/* ---- arrays: none of them orders the plan, see casp_plan_finish() ---- */

/* new_array.c: *ret is the array that will be there. */
int casp_new_array_add(struct cas_plan *plan, const struct cas_new_array *what,
		       struct casp_target *ret, struct cas_error **err);
/* CAS_E_USAGE: arrays have no FQDNs of themselves. */
int casp_new_array_check_policy(const struct cas_organization *org,
				struct cas_error **err);
/* set_array.c: of an array that casp_array_find() found; what->identity is not used. */
int casp_set_array_add(struct cas_plan *plan, const struct cas_array *array,
		       const struct cas_set_array *what, struct cas_error **err);
/* remove_array.c: whatever uses it. */
int casp_remove_array_add(struct cas_plan *plan, const struct cas_array *array,
			  struct cas_error **err);

/* ---- layout.c: the arrays of each site, as they will be ---- */

typedef CASP_VEC(struct casp_target) casp_targets;

struct casp_layout {
	casp_targets *sites; /* by the index of the site */
	size_t n_sites;
};
/* As the organization has them. */
int casp_layout_init(struct casp_layout *layout, const struct cas_organization *org,
		     struct cas_error **err);
void casp_layout_free(struct casp_layout *layout);
const casp_targets *casp_layout_site(const struct casp_layout *layout,
				     const struct cas_site *site);
/* An array comes to its site. */
int casp_layout_add(struct casp_layout *layout, const struct casp_target *target,
		    struct cas_error **err);
/* An array of the organization is there no more. */
void casp_layout_remove(struct casp_layout *layout, const struct cas_array *array);
/* The names of arrays, quoted and joined; in the arena. NULL: out of memory. */
const char *casp_targets_names(struct casp_arena *arena, const casp_targets *targets);

/* ---- set_database.c ---- */

/* Databases that are pointed at one target, or each at the array of its home site. */
struct casp_setting {
	struct cas_plan *plan;
	const struct casp_target *target; /* NULL: "auto" */
	const struct casp_layout *layout; /* "auto" */
	bool named;                       /* what cannot be changed is an error */
	bool force;
	bool forceable;            /* it may be forced another time */
	struct casp_buf elsewhere; /* databases whose home is another site */
	size_t n_elsewhere;
};
/* May databases point at it? CAS_E_NOT_FOUND: not; else warns of what is odd about it. */
int casp_target_check(struct cas_plan *plan, const char *identity,
		      const struct casp_target *target, struct cas_error **err);
/* A step for the database, or a skip. */
int casp_setting_add(struct casp_setting *setting, const struct cas_database *database,
		     struct cas_error **err);
/* Warns of databases that get a target in another site; frees what was gathered. */
int casp_setting_finish(struct casp_setting *setting, struct cas_error **err);
/* Does the database point at it already? */
bool casp_setting_holds(const struct casp_setting *setting,
			const struct cas_database *database);

#endif
