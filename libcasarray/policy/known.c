/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What became of the findings that were known before an audit. */
#include <stdlib.h>

#include "../exchange/identity.h"
#include "baseline.h"
#include "pass.h"

size_t cas_baseline_count(const struct cas_baseline *baseline)
{
	return baseline->known.n;
}

const struct cas_known *cas_baseline_get(const struct cas_baseline *baseline,
					 size_t index)
{
	return index < baseline->known.n ? &baseline->known.v[index] : NULL;
}

const char *cas_known_key(const struct cas_known *known)
{
	return known->text;
}

const char *cas_known_rule(const struct cas_known *known)
{
	return known->rule;
}

const char *cas_known_object(const struct cas_known *known)
{
	return known->object;
}

/* ---- what became of them ---- */

bool casp_audit_begin_known(struct cas_audit *audit)
{
	if (audit->baseline) {
		audit->known = calloc(audit->baseline->known.n + 1, 1);
	}
	return !audit->baseline || audit->known;
}

void casp_audit_note_known(struct cas_audit *audit, const struct cas_rule *rule,
			   const struct cas_object *object, enum cas_known_state state)
{
	size_t index = CASP_NOT_KNOWN;

	if (audit->baseline) {
		index = casp_baseline_find(audit->baseline, rule, object);
	}
	if (index != CASP_NOT_KNOWN) {
		audit->known[index] = (unsigned char)state;
	}
}

static bool is_evaluated(const struct cas_audit *audit, const struct cas_rule *rule)
{
	size_t i = 0;

	while (i < audit->n_rules && audit->rules[i] != rule) {
		i++;
	}
	return i < audit->n_rules && casp_audit_evaluates(audit, i);
}

static const struct cas_object *find_object(const struct cas_audit *audit,
					    const struct cas_known *known)
{
	char guid[CASP_GUID_TEXT];
	struct casp_str text = casp_str(known->dn);
	enum casp_form form = CASP_FORM_DN;
	struct casp_hits hits = {0};

	if (!known->key.by_dn) {
		casp_guid_format(&known->key.id, guid);
		text = casp_str(guid);
		form = CASP_FORM_GUID;
	}
	casp_find_form(audit->org, 1u << known->key.rule->kind, form, text, &hits, NULL);
	return hits.n ? hits.v[0] : NULL;
}

/* Could the audit have found it again? Of an object that is not there any more nobody
 * can tell whether it was among those that were chosen. */
static bool is_judged(const struct cas_audit *audit, const struct cas_known *known)
{
	const struct cas_object *object;

	if (!known->key.rule || !is_evaluated(audit, known->key.rule)) {
		return false;
	}
	if (!audit->selection.some && !audit->org->named) {
		return true;
	}
	object = find_object(audit, known);
	return object && casp_selection_has(&audit->selection, object);
}

void casp_audit_end_known(struct cas_audit *audit)
{
	for (size_t i = 0; audit->known && i < audit->baseline->known.n; i++) {
		if (audit->known[i] == CAS_KNOWN_GONE &&
		    !is_judged(audit, &audit->baseline->known.v[i])) {
			audit->known[i] = CAS_KNOWN_NOT_JUDGED;
		}
	}
}

enum cas_known_state cas_audit_known(const struct cas_audit *audit, size_t index)
{
	bool known = audit->baseline && index < audit->baseline->known.n;

	return known ? (enum cas_known_state)audit->known[index] : CAS_KNOWN_NOT_JUDGED;
}
