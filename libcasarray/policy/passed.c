/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What passed: found by asking again, one rule after the other, as nobody keeps it. */
#include "pass.h"

/* Of a database that a rule is not asked about: was it judged all the same, as it refers
 * to something else than what the rule looks for? A rule about databases that are not
 * judged otherwise has nothing to do with it. */
static bool is_beside(const struct cas_rule *rule, enum casp_reference reference)
{
	return reference >= CASP_REFERENCE_FINE &&
	       rule->references >> CASP_REFERENCE_FINE;
}

static bool passes(struct cas_audit *audit, size_t rule, size_t index)
{
	enum cas_kind kind = audit->rules[rule]->kind;
	struct casp_subject subject;

	if (!casp_selection_has(&audit->selection,
				casp_audit_object(audit, kind, index))) {
		return false;
	}
	if (kind == CAS_KIND_DATABASE) {
		enum casp_reference reference =
			(enum casp_reference)audit->facts.references[index];

		if (!casp_rule_asks(audit->rules[rule], reference)) {
			return is_beside(audit->rules[rule], reference);
		}
	}
	casp_audit_subject(audit, kind, index, &subject);
	return casp_audit_ask(audit, rule, &subject, NULL) == CASP_PASS;
}

bool casp_audit_find_passed(struct cas_audit *audit, struct casp_passed *passed)
{
	for (; passed->rule < audit->n_rules; passed->rule++, passed->object = 0) {
		size_t n = casp_audit_asks(audit, passed->rule)
				   ? casp_audit_count(audit,
						      audit->rules[passed->rule]->kind)
				   : 0;

		for (; passed->object < n; passed->object++) {
			if (passes(audit, passed->rule, passed->object)) {
				return true;
			}
		}
	}
	return false;
}

size_t casp_audit_sum_passed(struct cas_audit *audit)
{
	struct casp_passed passed = {0};
	size_t n = 0;

	for (; casp_audit_find_passed(audit, &passed); passed.object++) {
		n++;
	}
	return n;
}
