/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the policy has rules applied, and whether it may. */
#include "settings.h"

#include <inttypes.h>

#include "../base/error.h"

const struct cas_rule_setting *casp_setting_of(const struct cas_policy *policy,
					       const struct cas_rule *rule)
{
	for (size_t i = policy->n_rules; i; i--) {
		const struct cas_rule_setting *setting = &policy->rules[i - 1];

		if (casp_iequal(setting->rule, rule->id) ||
		    casp_iequal(setting->rule, rule->name)) {
			return setting;
		}
	}
	return NULL;
}

void casp_apply(const struct cas_policy *policy, const struct cas_rule *rule,
		struct casp_applied *ret)
{
	const struct cas_rule_setting *setting = casp_setting_of(policy, rule);

	*ret = (struct casp_applied){.threshold = rule->threshold};
	if (!setting) {
		return;
	}
	ret->severity = setting->severity;
	if (rule->threshold_unit && setting->threshold > 0) {
		ret->threshold = setting->threshold;
		ret->threshold_set = true;
	}
}

/* ---- is a setting well formed? ---- */

static int refuse_threshold(const struct cas_rule *rule, struct cas_error **err)
{
	struct casp_buf with = {0};
	const struct cas_rule *other;

	for (size_t i = 0; (other = cas_rules_get(i)); i++) {
		if (other->threshold_unit) {
			casp_buf_addf(&with, "%s%s", with.n ? ", " : "", other->id);
		}
	}
	casp_error(err, CAS_E_USAGE, "rule %s has no threshold that could be set",
		   rule->id);
	if (with.n && !with.failed) {
		casp_error_hint(err, "rules with one: %.*s", (int)with.n, with.p);
	}
	casp_buf_free(&with);
	return CAS_E_USAGE;
}

static int check_threshold(const struct cas_rule *rule, int64_t threshold,
			   struct cas_error **err)
{
	if (!threshold) {
		return 0;
	}
	if (!rule->threshold_unit) {
		return refuse_threshold(rule, err);
	}
	if (threshold < 0) {
		casp_error(err, CAS_E_USAGE,
			   "the threshold of rule %s is %" PRId64
			   ", and must be 1 or more",
			   rule->id, threshold);
		return casp_error_hint(err, "it is in %s", rule->threshold_unit);
	}
	return 0;
}

int cas_rule_setting_check(const struct cas_rule_setting *setting, struct cas_error **err)
{
	const struct cas_rule *rule;
	int code = casp_rule_look_up(setting->rule ? setting->rule : "", &rule, err);

	if (code < 0) {
		return code;
	}
	if ((unsigned)setting->enabled > CAS_SWITCH_OFF ||
	    (unsigned)setting->severity > CAS_SEVERITY_ERROR) {
		return casp_error(err, CAS_E_USAGE,
				  "the setting of rule %s has an unknown value",
				  rule->id);
	}
	if (setting->severity && rule->severity == CAS_SEVERITY_NONE) {
		casp_error(err, CAS_E_USAGE,
			   "rule %s finds nothing, so that its severity cannot be set",
			   rule->id);
		return casp_error_hint(err, "remove 'severity' from its section");
	}
	return check_threshold(rule, setting->threshold, err);
}
