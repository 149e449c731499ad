/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Arrays that somebody else makes or changes at the same time. No directory enforces that
 * the FQDN and legacyExchangeDN of an array are its own, nor that a site has one: it is
 * looked for right before the write, and after it.
 */
#ifndef CASP_RIVAL_H
#define CASP_RIVAL_H

#include "plan.h"

/* Another object with what a step of the plan wants for its array alone. */
struct casp_rival {
	size_t step;
	const char *dn;
	char guid[CASP_GUID_TEXT]; /* or "" */
	const char *shares;        /* "the FQDN 'x' and the site 'y'" */
	/* Active Directory gave it another name because two domain controllers made an
	 * object of that name at once. */
	bool is_conflict_object;
	bool is_own; /* a conflict object that the plan itself has made */
};

struct casp_claim;

struct casp_rivals {
	struct cas_plan *plan; /* its arena keeps the texts */
	CASP_VEC(struct casp_claim *) claims;
	CASP_VEC(struct casp_equality) of_arrays, of_servers;
	struct casp_query queries[2];
	size_t n_queries; /* 0: no step claims anything */
	CASP_VEC(struct casp_rival) found;
};

/* Makes the queries for what those steps claim that `wants` picks. */
int casp_rivals_prepare(struct casp_rivals *rivals, struct cas_plan *plan,
			bool (*wants)(const struct casp_step *step),
			struct cas_error **err);
/* A casp_entry_fn, with the rivals as its closure. */
int casp_rivals_see(void *closure, const struct casp_entry *entry,
		    struct cas_error **err);
void casp_rivals_free(struct casp_rivals *rivals);
/* Sets CAS_E_CONFLICT with what was found, in words for before the write or after it. */
int casp_rivals_error(const struct casp_rivals *rivals, bool written,
		      struct cas_error **err);

#endif
