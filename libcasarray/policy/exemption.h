/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What people declared: exemptions, and what they mean for rules and databases. */
#ifndef CASP_EXEMPTION_H
#define CASP_EXEMPTION_H

#include "../exchange/declared.h"
#include "rule.h"

/* ---- exemption.c: without an organization ---- */

/* The rules that a class exempts from, and of which objects. */
struct casp_exemption_class {
	const char *name;
	unsigned kinds; /* 1 << enum cas_kind; 0: that of the rule */
	const char *const
		*rules; /* ids; NULL: the one that the exemption names, or none */
	/* What is in a site (its arrays, databases with their home there) or in a DAG is
	 * covered with it. */
	bool covers;
	bool takes_rule;  /* it may name one of its rules */
	bool takes_value; /* and must */
	bool must_expire;
};
/* NULL: there is no such class. */
const struct casp_exemption_class *
casp_exemption_class(const struct cas_exemption *exemption);
/* Does it exempt objects from that rule? A public folder proxy and a temporary override
 * change what is expected, and so exempt from no rule. */
bool casp_exemption_concerns(const struct cas_exemption *exemption,
			     const struct cas_rule *rule);

/* ---- exempted.c: what is exempt in an organization ---- */

/* Can it be declared of such an object? An identity may mean others, too. `covered`: is
 * what is in the object exempt with it? */
bool casp_exemption_means(const struct cas_exemption *exemption,
			  const struct cas_object *object, bool covered);

/* One after the other, all that is wrong with it: checks from *at on (at first 0), to the
 * next fault; 0: there is none. */
int casp_exemption_check_next(const struct cas_exemption *exemption, size_t *at,
			      struct cas_error **err);

bool casp_exemption_expired(const struct cas_organization *org,
			    const struct cas_exemption *exemption);
/* The exemption that holds now for what a rule finds on an object; NULL: none. */
const struct cas_exemption *casp_exempted(const struct cas_organization *org,
					  const struct cas_rule *rule,
					  const struct cas_object *object);

enum casp_exemption_state {
	CASP_EXEMPTION_RESOLVED, /* there is one object of the right kind */
	CASP_EXEMPTION_MISSING,
	CASP_EXEMPTION_AMBIGUOUS,
	CASP_EXEMPTION_NOT_LOADED, /* the directory was not asked for such objects */
};
/* Of an exemption of org->policy. */
enum casp_exemption_state casp_exemption_state(const struct cas_organization *org,
					       const struct cas_exemption *exemption);
/* Why it cannot mean what it should: its object, or the value that it declares; with what
 * to do, one line. NULL: it can (or, in *ok, that memory ran out). */
const char *casp_exemption_trouble(const struct cas_organization *org,
				   const struct cas_exemption *exemption,
				   struct casp_arena *arena, bool *ok);
/* Of a public folder proxy, and of a temporary override: is there a database that it is
 * in use for, now? An override is while the database has the declared value. */
bool casp_exemption_in_use(const struct cas_organization *org,
			   const struct cas_exemption *exemption);

/* That a database is a public folder proxy; NULL: nobody says so. */
const struct cas_exemption *casp_declared_proxy(const struct cas_organization *org,
						const struct cas_database *database);
/* The temporary override that has expired, and that the database still follows; NULL:
 * none. */
const struct cas_exemption *casp_lapsed_override(const struct cas_organization *org,
						 const struct cas_database *database);
/* That, or the temporary override that holds and that the database follows: why nothing
 * but a person changes the database. */
const struct cas_exemption *casp_declared_value(const struct cas_organization *org,
						const struct cas_database *database);
/* "it is a public folder proxy by exemption 'x' of somebody: reason", ", until
 * 2026-12-31"; NULL: out of memory. */
const char *casp_exemption_text(struct casp_arena *arena,
				const struct cas_exemption *exemption);

#endif
