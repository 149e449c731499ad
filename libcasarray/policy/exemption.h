/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What people declared: exemptions, and what they mean for rules and databases. */
#ifndef CASP_EXEMPTION_H
#define CASP_EXEMPTION_H

#include "rule.h"

bool casp_exemption_expired(const struct cas_organization *org,
			    const struct cas_exemption *exemption);
/* The exemption that holds now for what a rule finds on an object; NULL: none. */
const struct cas_exemption *casp_exempted(const struct cas_organization *org,
					  const struct cas_rule *rule,
					  const struct cas_object *object);

#endif
