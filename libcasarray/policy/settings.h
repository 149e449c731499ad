/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the policy has rules applied. */
#ifndef CASP_SETTINGS_H
#define CASP_SETTINGS_H

#include "rule.h"

/* How a rule is applied. */
struct casp_applied {
	enum cas_severity severity; /* of all its findings; CAS_SEVERITY_NONE: its own */
	int64_t threshold;
	bool threshold_set; /* by the policy */
};

/* What the policy says of a rule: the last setting, when there are several. NULL:
 * nothing.
 */
const struct cas_rule_setting *casp_setting_of(const struct cas_policy *policy,
					       const struct cas_rule *rule);
void casp_apply(const struct cas_policy *policy, const struct cas_rule *rule,
		struct casp_applied *ret);

#endif
