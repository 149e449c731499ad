/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings that are known: those of an earlier report, or a list of accepted ones. */
#ifndef CASP_BASELINE_H
#define CASP_BASELINE_H

#include "rule.h"

/* What makes a finding the same one tomorrow: the rule, and the GUID of the object; of
 * one without a GUID the hash of its DN. */
struct casp_key {
	const struct cas_rule *rule;
	bool by_dn;
	struct casp_guid id; /* or the hash */
};

void casp_key_set(struct casp_key *key, const struct cas_rule *rule,
		  const struct cas_object *object);
/* "CAS040/81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10", "CAS040/dn:0123456789abcdef". NULL: out
 * of memory. */
char *casp_key_text(struct casp_arena *arena, const struct casp_key *key);
/* Of such a text everything but the rule, whose id is *ret_rule. false: it is none. */
bool casp_key_parse(struct casp_key *key, struct casp_str text,
		    struct casp_str *ret_rule);

/* A finding as it was written down. Text is "" where nothing was said. */
struct cas_known {
	struct casp_key key; /* its rule is NULL: of a newer version */
	const char *text;    /* the key as written; only when the rule is NULL */
	const char *rule;    /* id */
	const char *name;
	const char *class_name;
	const char *object;
	const char *dn; /* only of an object without a GUID */
	const char *site;
	enum cas_severity severity; /* CAS_SEVERITY_NONE: nothing was said */
};

struct cas_baseline {
	struct casp_arena arena;
	CASP_VEC(struct cas_known) known; /* in the order of the file */
	struct casp_map map;              /* by key, to the index + 1 */
	uint64_t seed[2];
};

#define CASP_NOT_KNOWN SIZE_MAX

/* An empty one. */
int casp_baseline_new(struct cas_baseline **ret, struct cas_error **err);
/* Adds a finding, whose text is copied, unless it is there already. false: out of memory.
 */
bool casp_baseline_add(struct cas_baseline *baseline, const struct cas_known *known);
/* The index of what a rule finds on an object; CASP_NOT_KNOWN: it is not in it. */
size_t casp_baseline_find(const struct cas_baseline *baseline,
			  const struct cas_rule *rule, const struct cas_object *object);
/* NULL has nothing. */
static inline bool casp_baseline_has(const struct cas_baseline *baseline,
				     const struct cas_rule *rule,
				     const struct cas_object *object)
{
	return baseline && casp_baseline_find(baseline, rule, object) != CASP_NOT_KNOWN;
}

#endif
