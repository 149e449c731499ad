/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a directory holds of the objects that a plan is about: one look at all of them. */
#ifndef CASP_SURVEY_H
#define CASP_SURVEY_H

#include "plan.h"

/* What was seen of a step's object. */
struct casp_sight {
	bool there;   /* under the name that it has before the step */
	bool renamed; /* rename: under the new one */
	bool old_values, new_values;
	bool has_guid;
	struct casp_guid guid;
	const char *differs; /* what is not as the step makes it; or NULL */
};

struct casp_survey {
	struct cas_plan *plan;
	struct casp_arena
		*texts; /* keeps those of what differs; NULL: the plan's arena */
	struct cas_directory *directory;
	bool (*wants)(const struct casp_step *step); /* which steps are looked at */
	bool explains;                               /* differs is wanted */
	/* Beside the objects, in the same search; may be NULL. It sees every entry. */
	const struct casp_query *more;
	size_t n_more;
	casp_entry_fn see_more;
	void *closure;
	struct casp_sight *sights; /* the result: one for each step of the plan */
};

/* Few objects of a server are read each for itself, all at once; many by their names in
 * their containers; of a file all that their containers hold. */
int casp_survey(struct casp_survey *survey, struct cas_error **err);
/* Does the directory hold what the step makes? */
bool casp_sight_is_done(const struct casp_step *step, const struct casp_sight *sight);
/* Does it hold what the step expects? */
bool casp_sight_is_open(const struct casp_step *step, const struct casp_sight *sight);

#endif
