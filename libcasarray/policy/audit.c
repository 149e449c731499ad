/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The audit engine. It runs every rule once without asking for words and keeps one number
 * a finding; the words are made when the finding is handed out, so memory does not grow
 * with them.
 */
#include <stdlib.h>

#include "../base/error.h"
#include "pass.h"

static uint64_t make_hit(uint64_t rank, enum cas_severity severity, uint64_t rule,
			 uint64_t object)
{
	return rank << (CASP_HIT_SEVERITY_BITS + CASP_HIT_RULE_BITS +
			CASP_HIT_OBJECT_BITS) |
	       (uint64_t)(CAS_SEVERITY_ERROR - severity)
		       << (CASP_HIT_RULE_BITS + CASP_HIT_OBJECT_BITS) |
	       rule << CASP_HIT_OBJECT_BITS | object;
}

static int compare_hits(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* qsort() must not be given a null pointer, even for nothing. */
static void sort_hits(casp_hits *hits)
{
	if (hits->n) {
		qsort(hits->v, hits->n, sizeof(uint64_t), compare_hits);
	}
}

/* The rules to ask about objects of a kind; of databases, by what they refer to. */
struct asked {
	size_t rules[1 << CASP_HIT_RULE_BITS];
	size_t n;
};

static void list_asked(const struct cas_audit *audit, enum cas_kind kind, int reference,
		       struct asked *asked)
{
	asked->n = 0;
	for (size_t i = 0; i < audit->n_rules; i++) {
		const struct cas_rule *rule = audit->rules[i];

		if (rule->kind == kind && casp_audit_asks(audit, i) &&
		    (reference < 0 ||
		     casp_rule_asks(rule, (enum casp_reference)reference))) {
			asked->rules[asked->n++] = i;
		}
	}
}

/* false: out of memory. */
static bool note(struct cas_audit *audit, const struct casp_subject *subject, size_t rule,
		 uint32_t rank, uint64_t hit)
{
	enum cas_suppression suppression = CAS_SUPPRESSION_NONE;
	casp_hits *hits = &audit->findings;

	if (audit->org->policy->n_exemptions || audit->baseline) {
		suppression =
			casp_audit_suppress(audit, audit->rules[rule], subject->object);
	}
	if (suppression) {
		audit->n_suppressed[suppression]++;
		if (!audit->keeps_suppressed) {
			return true;
		}
		hits = &audit->suppressed;
	} else {
		audit->counts[subject->severity]++;
		audit->summaries[rank].findings[subject->severity]++;
	}
	if (subject->object->kind == CAS_KIND_DATABASE) {
		casp_set_bit(audit->facts.found, subject->object->index);
	}
	return casp_vec_push(hits, hit);
}

static bool ask_all(struct cas_audit *audit, const struct asked *asked,
		    enum cas_kind kind, size_t index)
{
	struct casp_subject subject;
	uint32_t rank;

	if (!asked->n) {
		return true;
	}
	casp_audit_subject(audit, kind, index, &subject);
	rank = casp_audit_rank(audit, casp_object_site(subject.object));
	for (size_t i = 0; i < asked->n; i++) {
		size_t rule = asked->rules[i];
		enum casp_verdict verdict = casp_audit_ask(audit, rule, &subject, NULL);
		uint64_t hit;

		if (verdict != CASP_FINDING && verdict != CASP_NOT_EVALUATED) {
			continue;
		}
		casp_audit_note_known(audit, audit->rules[rule], subject.object,
				      verdict == CASP_FINDING ? CAS_KNOWN_PRESENT
							      : CAS_KNOWN_NOT_JUDGED);
		hit = make_hit(rank, subject.severity, rule, index);
		if (verdict == CASP_FINDING ? !note(audit, &subject, rule, rank, hit)
					    : !casp_vec_push(&audit->unevaluated, hit)) {
			return false;
		}
	}
	return true;
}

static bool run_kind(struct cas_audit *audit, enum cas_kind kind, struct asked *asked)
{
	list_asked(audit, kind, -1, asked);
	for (size_t i = 0; asked->n && i < casp_audit_count(audit, kind); i++) {
		if (casp_selection_has(&audit->selection,
				       casp_audit_object(audit, kind, i)) &&
		    !ask_all(audit, asked, kind, i)) {
			return false;
		}
	}
	return true;
}

/* There may be a million: most refer to what they should, and few rules look at those. */
static bool run_databases(struct cas_audit *audit, struct asked *asked)
{
	const struct cas_organization *org = audit->org;

	for (int i = 0; i < CASP_N_REFERENCES; i++) {
		list_asked(audit, CAS_KIND_DATABASE, i, &asked[i]);
	}
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_DATABASE); i++) {
		unsigned char reference = audit->facts.references[i];

		if (audit->selection.some &&
		    !casp_selection_has(&audit->selection,
					org->objects[CAS_KIND_DATABASE].v[i])) {
			continue;
		}
		if (reference >= CASP_REFERENCE_FINE) {
			casp_audit_sum_database(audit, CASP_DATABASE(org, i));
		}
		if (!ask_all(audit, &asked[reference], CAS_KIND_DATABASE, i)) {
			return false;
		}
	}
	return true;
}

static bool list_unmet(struct cas_audit *audit)
{
	for (size_t i = 0; i < audit->n_rules; i++) {
		if (!casp_audit_judges(audit, i)) {
			continue;
		}
		if (casp_audit_evaluates(audit, i)) {
			audit->n_evaluated++;
		} else if (!casp_vec_push(&audit->unmet, i)) {
			return false;
		}
	}
	return true;
}

static bool run(struct cas_audit *audit)
{
	struct asked *asked = calloc(CASP_N_REFERENCES, sizeof(*asked));
	bool ok = asked && list_unmet(audit) && run_databases(audit, asked);

	/* What stands for exemptions comes last of all, when it is known which were
	 * needed. */
	for (int kind = 0; ok && kind < CAS_N_KINDS; kind++) {
		if (kind != CAS_KIND_DATABASE) {
			ok = run_kind(audit, (enum cas_kind)kind, asked);
		}
	}
	free(asked);
	if (!ok || audit->facts.failed) {
		return false;
	}
	casp_audit_sum(audit);
	casp_audit_end_known(audit);
	sort_hits(&audit->findings);
	sort_hits(&audit->suppressed);
	sort_hits(&audit->unevaluated);
	if (audit->keeps_passed) {
		audit->n_passed = casp_audit_sum_passed(audit);
	}
	return !audit->facts.failed;
}

static int check_size(const struct cas_organization *org, struct cas_error **err)
{
	for (int kind = 0; kind < CAS_N_KINDS; kind++) {
		size_t limit = kind == CAS_KIND_SITE ? (1U << CASP_HIT_SITE_BITS) - 1
						     : 1U << CASP_HIT_OBJECT_BITS;

		if (CASP_COUNT(org, kind) >= limit) {
			return casp_error(err, CAS_E_FORMAT,
					  "the directory has too many %ss",
					  cas_kind_name((enum cas_kind)kind));
		}
	}
	return 0;
}

static bool list_rules(struct cas_audit *audit)
{
	audit->n_rules = cas_rules_count();
	audit->rules = calloc(audit->n_rules, sizeof(*audit->rules));
	audit->applied = calloc(audit->n_rules, sizeof(*audit->applied));
	if (!audit->rules || !audit->applied) {
		return false;
	}
	for (size_t i = 0; i < audit->n_rules; i++) {
		audit->rules[i] = cas_rules_get(i);
		casp_apply(audit->org->policy, audit->rules[i], &audit->applied[i]);
	}
	return true;
}

int cas_audit_new(const struct cas_organization *organization,
		  const struct cas_audit_options *options, struct cas_audit **ret,
		  struct cas_error **err)
{
	static const struct cas_audit_options none;
	struct cas_audit *audit;
	int code = check_size(organization, err);

	if (code < 0) {
		return code;
	}
	audit = calloc(1, sizeof(*audit));
	if (!audit) {
		return casp_error_nomem(err);
	}
	audit->org = organization;
	options = options ? options : &none;
	audit->now = options->now;
	audit->baseline = options->baseline;
	audit->keeps_suppressed = options->suppressed;
	audit->keeps_passed = options->passed;
	code = casp_selection_init(&audit->selection, organization, options, err);
	if (code == 0 && (!list_rules(audit) || !casp_audit_order_sites(audit) ||
			  !casp_facts_init(&audit->facts, organization) ||
			  !casp_audit_add_exemptions(audit) ||
			  !casp_audit_begin_known(audit) || !run(audit))) {
		code = casp_error_nomem(err);
	}
	if (code < 0) {
		cas_audit_free(audit);
		return code;
	}
	*ret = audit;
	return 0;
}

void cas_audit_free(struct cas_audit *audit)
{
	if (!audit) {
		return;
	}
	casp_selection_free(&audit->selection);
	casp_facts_free(&audit->facts);
	free(audit->exemptions);
	free(audit->known);
	free(audit->rules);
	free(audit->applied);
	casp_vec_free(&audit->unmet);
	casp_vec_free(&audit->findings);
	casp_vec_free(&audit->suppressed);
	casp_vec_free(&audit->unevaluated);
	free(audit->sites);
	free(audit->ranks);
	free(audit->summaries);
	casp_arena_free(&audit->arena);
	free(audit);
}
