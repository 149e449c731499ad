/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Warnings on exemptions that mean no object, in plans that they would have changed. */
#include "../base/error.h"
#include "../policy/exemption.h"
#include "plan.h"

#define SHOWN 5

/* Can it keep a database from being re-pointed? */
static bool protects(const struct cas_organization *org,
		     const struct cas_exemption *exemption)
{
	return exemption->which != CAS_EXEMPTION_HIDE_NAME &&
	       !casp_exemption_expired(org, exemption);
}

static bool is_unmatched(const struct cas_organization *org,
			 const struct cas_exemption *exemption)
{
	enum casp_exemption_state state = casp_exemption_state(org, exemption);

	return state == CASP_EXEMPTION_MISSING || state == CASP_EXEMPTION_AMBIGUOUS;
}

static bool warn(struct cas_plan *plan, const struct cas_exemption *exemption)
{
	bool ok = true;
	const char *trouble =
		casp_exemption_trouble(plan->org, exemption, &plan->arena, &ok);

	return ok &&
	       (!trouble ||
		casp_plan_warn(plan, "exemption '%s' of %s keeps nothing as it is: %s",
			       exemption->name, exemption->owner, trouble));
}

int casp_plan_warn_unmatched(struct cas_plan *plan, struct cas_error **err)
{
	const struct cas_organization *org = plan->org;
	size_t n = 0;

	if (!org || !org->declarations || !cas_plan_databases(plan)) {
		return 0;
	}
	for (size_t i = 0; i < org->policy->n_exemptions; i++) {
		const struct cas_exemption *exemption = &org->policy->exemptions[i];

		if (protects(org, exemption) && is_unmatched(org, exemption) &&
		    n++ < SHOWN && !warn(plan, exemption)) {
			return casp_error_nomem(err);
		}
	}
	if (n > SHOWN && !casp_plan_warn(plan,
					 "and so do %zu other exemptions; see "
					 "CAS219 of 'casarray audit'",
					 n - SHOWN)) {
		return casp_error_nomem(err);
	}
	return 0;
}
