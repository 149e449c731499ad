/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The audit engine's own: what its pass over the organization leaves behind. */
#ifndef CASP_PASS_H
#define CASP_PASS_H

#include "audit.h"
#include "baseline.h"
#include "select.h"
#include "settings.h"

/* The order of findings is the order of these numbers: site, worst severity, rule,
 * object. */
enum {
	CASP_HIT_OBJECT_BITS = 28,
	CASP_HIT_RULE_BITS = 10,
	CASP_HIT_SEVERITY_BITS = 2,
	CASP_HIT_SITE_BITS = 24,
};
typedef CASP_VEC(uint64_t) casp_hits;

/* A rule and an object of its kind, by index. */
struct casp_passed {
	size_t rule;
	size_t object;
};

struct cas_audit {
	const struct cas_organization *org;
	int64_t now;
	const struct cas_baseline *baseline; /* or NULL */
	unsigned char *known;                /* enum cas_known_state, by index in it */
	bool keeps_suppressed;
	bool keeps_passed;
	struct casp_selection selection;
	struct casp_facts facts;
	struct cas_object *exemptions; /* what stands for those of the policy */
	const struct cas_rule **rules; /* all of them, by index */
	struct casp_applied *applied;  /* how, by index */
	size_t n_rules;
	size_t n_evaluated;
	CASP_VEC(size_t) unmet; /* selected rules that cannot be evaluated */
	casp_hits findings;
	casp_hits suppressed;                /* when they are kept */
	casp_hits unevaluated;               /* verdicts on single objects */
	const struct cas_site **sites;       /* by name */
	uint32_t *ranks;                     /* in it, by index; the last one: no site */
	struct casp_site_summary *summaries; /* by rank, then packed */
	size_t n_summaries;
	size_t counts[CAS_SEVERITY_ERROR + 1];
	size_t n_suppressed[CAS_N_SUPPRESSIONS];
	size_t n_passed; /* when they are kept */
	/* the next one to hand out: findings, suppressed ones, what passed, rules,
	 * verdicts */
	size_t at;
	struct casp_passed passed; /* the next one of these */
	struct casp_arena arena;
	struct cas_finding finding;
};

static inline size_t casp_hit_rule(uint64_t hit)
{
	return hit >> CASP_HIT_OBJECT_BITS & ((1U << CASP_HIT_RULE_BITS) - 1);
}

static inline size_t casp_hit_object(uint64_t hit)
{
	return hit & ((1U << CASP_HIT_OBJECT_BITS) - 1);
}

/* Was the rule asked about the organization? An exemption finds nothing: it says what
 * other rules leave alone. */
static inline bool casp_audit_judges(const struct cas_audit *audit, size_t rule)
{
	return audit->selection.rules[rule] &&
	       audit->rules[rule]->severity != CAS_SEVERITY_NONE;
}

static inline bool casp_audit_evaluates(const struct cas_audit *audit, size_t rule)
{
	return casp_audit_judges(audit, rule) &&
	       !casp_rule_unmet(audit->rules[rule], audit->org);
}

/* Is the rule asked about its objects one by one? */
static inline bool casp_audit_asks(const struct cas_audit *audit, size_t rule)
{
	return audit->selection.rules[rule] && audit->rules[rule]->check &&
	       !casp_rule_unmet(audit->rules[rule], audit->org);
}

/* Also about databases that refer to such a thing? Some look only at those that can be
 * wrong. */
static inline bool casp_rule_asks(const struct cas_rule *rule,
				  enum casp_reference reference)
{
	return rule->references ? rule->references >> reference & 1
				: reference >= CASP_REFERENCE_FINE;
}

/* ---- subject.c: what the rules of a kind are asked about ---- */

size_t casp_audit_count(const struct cas_audit *audit, enum cas_kind kind);
const struct cas_object *casp_audit_object(const struct cas_audit *audit,
					   enum cas_kind kind, size_t index);
void casp_audit_subject(struct cas_audit *audit, enum cas_kind kind, size_t index,
			struct casp_subject *subject);

/* details may be NULL, see there. */
static inline enum casp_verdict casp_audit_ask(const struct cas_audit *audit, size_t rule,
					       struct casp_subject *subject,
					       struct casp_details *details)
{
	const struct casp_applied *applied = &audit->applied[rule];
	enum casp_verdict verdict;

	subject->severity = audit->rules[rule]->severity;
	subject->fix = audit->rules[rule]->fix;
	subject->threshold = applied->threshold;
	subject->threshold_set = applied->threshold_set;
	verdict = audit->rules[rule]->check(subject, details);
	if (applied->severity) {
		subject->severity = applied->severity;
	}
	return verdict;
}

/* ---- passed.c: what no rule has anything to say about ---- */

/* The first from *passed on of what passed, by rule and object. false: there is none. */
bool casp_audit_find_passed(struct cas_audit *audit, struct casp_passed *passed);
/* How many there are. */
size_t casp_audit_sum_passed(struct cas_audit *audit);

/* ---- suppression.c ---- */

/* Puts what stands for the policy's exemptions to the others. false: out of memory. */
bool casp_audit_add_exemptions(struct cas_audit *audit);
/* Why what a rule found does not count; *exemption is set when it is one. */
enum cas_suppression casp_audit_suppression(const struct cas_audit *audit,
					    const struct cas_rule *rule,
					    const struct cas_object *object,
					    const struct cas_exemption **exemption);
/* Likewise, and notes that the exemption is used. */
enum cas_suppression casp_audit_suppress(struct cas_audit *audit,
					 const struct cas_rule *rule,
					 const struct cas_object *object);

/* ---- known.c: what is in the baseline; without one these do nothing ---- */

/* false: out of memory. */
bool casp_audit_begin_known(struct cas_audit *audit);
/* What a rule said of an object, if that is known. */
void casp_audit_note_known(struct cas_audit *audit, const struct cas_rule *rule,
			   const struct cas_object *object, enum cas_known_state state);
/* Tells what is gone from what was not looked at. */
void casp_audit_end_known(struct cas_audit *audit);

/* ---- site_summary.c ---- */

/* false: out of memory. */
bool casp_audit_order_sites(struct cas_audit *audit);
/* The rank of a site, NULL included, by which findings are ordered. */
uint32_t casp_audit_rank(const struct cas_audit *audit, const struct cas_site *site);
void casp_audit_sum_database(struct cas_audit *audit,
			     const struct cas_database *database);
/* The rest, once all databases and findings are counted. */
void casp_audit_sum(struct cas_audit *audit);

#endif
