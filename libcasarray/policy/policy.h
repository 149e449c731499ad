/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the audit expects, and the rules. */
#ifndef CASP_POLICY_H
#define CASP_POLICY_H

#include "../exchange/model.h"

/* rules.md 3.2: which case of the table a database is. */
enum casp_expectation_case {
	CASP_EXPECT_EXEMPT,	 /* not evaluated: the reason says why */
	CASP_EXPECT_ARRAY,	 /* the one array of the home site */
	CASP_EXPECT_ANY_ARRAY,	 /* several arrays in the home site: any of them */
	CASP_EXPECT_CAS,	 /* no array: a Client Access server of the site */
	CASP_EXPECT_NOTHING,	 /* no array, no Client Access server: nothing correct exists */
	CASP_EXPECT_NO_HOME,	 /* the home site is unknown */
};

struct casp_expectation {
	enum casp_expectation_case which;
	const struct cas_object *target; /* array or server to point at; NULL: none, or a person must choose */
	bool met;			 /* the database's target is one that fits */
	const char *reason;		 /* static */
};
void casp_expect(const struct cas_organization *org, const struct cas_database *database,
		 struct casp_expectation *ret);

/* The array that most of the organization's databases use among a site's, first wins. NULL: none. */
const struct cas_array *casp_site_array(const struct cas_site *site);

#endif
