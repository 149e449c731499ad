/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an audit leaves out on purpose: exemptions and the baseline, and what becomes of
 * the exemptions. */
#include <stdlib.h>

#include "exemption.h"
#include "pass.h"

/* Was everything asked that it could cover? (With a choice of objects nothing is asked of
 * exemptions.) */
static void see_rules(const struct cas_audit *audit,
		      const struct cas_exemption *exemption,
		      struct casp_exemption_use *use)
{
	use->judged = true;
	for (size_t i = 0; i < audit->n_rules; i++) {
		const struct cas_rule *rule = audit->rules[i];

		if (rule->severity == CAS_SEVERITY_NONE ||
		    !casp_exemption_concerns(exemption, rule)) {
			continue;
		}
		if (!audit->selection.rules[i]) {
			use->judged = false;
		} else if (!use->unmet) {
			use->unmet = casp_rule_unmet(rule, audit->org);
		}
	}
}

/* An exemption has a name and a place, so that it can be found something on. */
bool casp_audit_add_exemptions(struct cas_audit *audit)
{
	const struct cas_policy *policy = audit->org->policy;
	size_t n = policy->n_exemptions;

	if (!n) {
		return true;
	}
	audit->exemptions = calloc(n, sizeof(*audit->exemptions));
	audit->facts.uses = calloc(n, sizeof(*audit->facts.uses));
	if (!audit->exemptions || !audit->facts.uses) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		const struct cas_exemption *exemption = &policy->exemptions[i];

		audit->exemptions[i] = (struct cas_object){
			.kind = CAS_KIND_OTHER,
			.index = (uint32_t)i,
			.defects = CASP_OBJECT_NO_GUID,
			.name = exemption->name,
			.dn = "",
			.legacy_dn = "",
		};
		see_rules(audit, exemption, &audit->facts.uses[i]);
		if (!casp_vec_push(&audit->facts.others,
				   ((struct casp_other){.object = &audit->exemptions[i],
							.exemption = exemption}))) {
			return false;
		}
	}
	return true;
}

enum cas_suppression casp_audit_suppression(const struct cas_audit *audit,
					    const struct cas_rule *rule,
					    const struct cas_object *object,
					    const struct cas_exemption **exemption)
{
	*exemption = casp_exempted(audit->org, rule, object);
	if (*exemption) {
		return CAS_SUPPRESSION_EXEMPTION;
	}
	return casp_baseline_has(audit->baseline, rule, object) ? CAS_SUPPRESSION_BASELINE
								: CAS_SUPPRESSION_NONE;
}

enum cas_suppression casp_audit_suppress(struct cas_audit *audit,
					 const struct cas_rule *rule,
					 const struct cas_object *object)
{
	const struct cas_exemption *exemption;
	enum cas_suppression suppression =
		casp_audit_suppression(audit, rule, object, &exemption);

	if (exemption) {
		audit->facts.uses[exemption - audit->org->policy->exemptions].n++;
	}
	return suppression;
}
