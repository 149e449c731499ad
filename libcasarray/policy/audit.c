/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The audit engine. It runs every rule once without asking for words and keeps one number
 * a finding; the words are made when the finding is handed out, so memory does not grow
 * with them.
 */
#include "audit.h"

#include <stdlib.h>

#include "../base/error.h"
#include "baseline.h"
#include "select.h"

/* The order of findings is the order of these numbers: site, worst severity, rule,
 * object. */
enum {
	OBJECT_BITS = 28,
	RULE_BITS = 10,
	SEVERITY_BITS = 2,
	SITE_BITS = 24,
};
typedef CASP_VEC(uint64_t) hit_list;

struct cas_audit {
	const struct cas_organization *org;
	int64_t now;
	struct casp_selection selection;
	struct casp_facts facts;
	const struct cas_rule **rules; /* all of them, by index */
	size_t n_rules;
	size_t n_evaluated;
	CASP_VEC(size_t) unmet; /* selected rules that cannot be evaluated */
	hit_list findings;
	hit_list unevaluated;                /* verdicts on single objects */
	const struct cas_site **sites;       /* by name */
	uint32_t *ranks;                     /* in it, by index; the last one: no site */
	struct casp_site_summary *summaries; /* by rank, then packed */
	size_t n_summaries;
	size_t counts[CAS_SEVERITY_ERROR + 1];
	/* the next one to hand out: findings, then rules, then verdicts */
	size_t at;
	struct casp_arena arena;
	struct cas_finding finding;
};

static uint64_t make_hit(uint64_t rank, enum cas_severity severity, uint64_t rule,
			 uint64_t object)
{
	return rank << (SEVERITY_BITS + RULE_BITS + OBJECT_BITS) |
	       (uint64_t)(CAS_SEVERITY_ERROR - severity) << (RULE_BITS + OBJECT_BITS) |
	       rule << OBJECT_BITS | object;
}

static size_t hit_rule(uint64_t hit)
{
	return hit >> OBJECT_BITS & ((1U << RULE_BITS) - 1);
}

static size_t hit_object(uint64_t hit)
{
	return hit & ((1U << OBJECT_BITS) - 1);
}

static int compare_hits(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static int compare_sites(const void *a, const void *b)
{
	const struct cas_site *const *x = a, *const *y = b;
	int order = casp_str_icompare(casp_str((*x)->object.name),
				      casp_str((*y)->object.name));

	if (order == 0) {
		order = ((*x)->object.index > (*y)->object.index) -
			((*x)->object.index < (*y)->object.index);
	}
	return order;
}

static bool order_sites(struct cas_audit *audit)
{
	size_t n = CASP_COUNT(audit->org, CAS_KIND_SITE);

	audit->sites = calloc(n + 1, sizeof(*audit->sites));
	audit->ranks = calloc(n + 1, sizeof(*audit->ranks));
	audit->summaries = calloc(n + 1, sizeof(*audit->summaries));
	if (!audit->sites || !audit->ranks || !audit->summaries) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		audit->sites[i] = CASP_SITE(audit->org, i);
	}
	qsort(audit->sites, n, sizeof(*audit->sites), compare_sites);
	for (size_t i = 0; i < n; i++) {
		audit->ranks[audit->sites[i]->object.index] = (uint32_t)i;
		audit->summaries[i].site = audit->sites[i];
	}
	audit->ranks[n] = (uint32_t)n;
	return true;
}

static uint32_t rank_of(const struct cas_audit *audit, const struct cas_site *site)
{
	return audit->ranks[site ? site->object.index
				 : CASP_COUNT(audit->org, CAS_KIND_SITE)];
}

/* ---- what the rules of a kind are asked about ---- */

static size_t count_of(const struct cas_audit *audit, enum cas_kind kind)
{
	switch (kind) {
	case CAS_KIND_OTHER:
		return audit->facts.others.n;
	case CAS_KIND_ORGANIZATION:
		return audit->org->n_containers;
	default:
		return CASP_COUNT(audit->org, kind);
	}
}

static const struct cas_object *object_of(const struct cas_audit *audit,
					  enum cas_kind kind, size_t index)
{
	switch (kind) {
	case CAS_KIND_OTHER:
		return audit->facts.others.v[index].object;
	case CAS_KIND_ORGANIZATION:
		return &audit->org->containers[index];
	default:
		return audit->org->objects[kind].v[index];
	}
}

static void set_subject(struct cas_audit *audit, enum cas_kind kind, size_t index,
			struct casp_subject *subject)
{
	*subject = (struct casp_subject){.org = audit->org,
					 .object = object_of(audit, kind, index),
					 .facts = &audit->facts,
					 .now = audit->now};
	if (kind == CAS_KIND_OTHER) {
		subject->defect = audit->facts.others.v[index].defect;
	}
	if (kind == CAS_KIND_DATABASE) {
		subject->reference = audit->facts.references[index];
		casp_expect(audit->org, (const struct cas_database *)subject->object,
			    &subject->expectation);
	}
}

static enum casp_verdict ask(const struct cas_rule *rule, struct casp_subject *subject,
			     struct casp_details *details)
{
	subject->severity = rule->severity;
	subject->fix = rule->fix;
	return rule->check(subject, details);
}

/* ---- the pass ---- */

/* The rules to ask about objects of a kind; of databases, by what they refer to. */
struct asked {
	size_t rules[1 << RULE_BITS];
	size_t n;
};

static bool is_asked(const struct cas_rule *rule, enum cas_kind kind, int reference)
{
	if (rule->kind != kind || reference < 0) {
		return rule->kind == kind;
	}
	return rule->references ? rule->references >> reference & 1
				: reference != CASP_REFERENCE_EXEMPT;
}

static void list_asked(const struct cas_audit *audit, enum cas_kind kind, int reference,
		       struct asked *asked)
{
	asked->n = 0;
	for (size_t i = 0; i < audit->n_rules; i++) {
		const struct cas_rule *rule = audit->rules[i];

		if (audit->selection.rules[i] && rule->check &&
		    !casp_rule_unmet(rule, audit->org) &&
		    is_asked(rule, kind, reference)) {
			asked->rules[asked->n++] = i;
		}
	}
}

static bool ask_all(struct cas_audit *audit, const struct asked *asked,
		    enum cas_kind kind, size_t index)
{
	struct casp_subject subject;
	uint32_t rank;

	if (!asked->n) {
		return true;
	}
	set_subject(audit, kind, index, &subject);
	rank = rank_of(audit, casp_object_site(subject.object));
	for (size_t i = 0; i < asked->n; i++) {
		enum casp_verdict verdict =
			ask(audit->rules[asked->rules[i]], &subject, NULL);
		bool finding = verdict == CASP_FINDING;
		hit_list *hits = finding ? &audit->findings : &audit->unevaluated;

		if (!finding && verdict != CASP_NOT_EVALUATED) {
			continue;
		}
		if (!casp_vec_push(hits, make_hit(rank, subject.severity, asked->rules[i],
						  index))) {
			return false;
		}
		if (finding && kind == CAS_KIND_DATABASE) {
			casp_set_bit(audit->facts.found, index);
		}
		if (finding) {
			audit->counts[subject.severity]++;
			audit->summaries[rank].findings[subject.severity]++;
		}
	}
	return true;
}

static bool run_kind(struct cas_audit *audit, enum cas_kind kind, struct asked *asked)
{
	list_asked(audit, kind, -1, asked);
	for (size_t i = 0; asked->n && i < count_of(audit, kind); i++) {
		if (casp_selection_has(&audit->selection, object_of(audit, kind, i)) &&
		    !ask_all(audit, asked, kind, i)) {
			return false;
		}
	}
	return true;
}

static void sum_database(struct cas_audit *audit, const struct cas_database *database)
{
	struct casp_site_summary *summary =
		&audit->summaries[rank_of(audit, database->home)];

	summary->databases++;
	switch (audit->facts.references[database->object.index]) {
	case CASP_REFERENCE_FINE:
		summary->fine++;
		break;
	case CASP_REFERENCE_ARRAY_ELSEWHERE:
	case CASP_REFERENCE_ARRAY_NO_SITE:
	case CASP_REFERENCE_ARRAY_NO_HOME:
		summary->elsewhere++;
		break;
	case CASP_REFERENCE_SERVER:
	case CASP_REFERENCE_SERVER_NO_ARRAY:
	case CASP_REFERENCE_SERVER_NO_HOME:
	case CASP_REFERENCE_CAS_ELSEWHERE:
	case CASP_REFERENCE_NOT_CAS:
		summary->at_server++;
		break;
	default:
		summary->nowhere++;
	}
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
		if (reference != CASP_REFERENCE_EXEMPT) {
			sum_database(audit, CASP_DATABASE(org, i));
		}
		if (!ask_all(audit, &asked[reference], CAS_KIND_DATABASE, i)) {
			return false;
		}
	}
	return true;
}

/* An exemption finds nothing: it says what other rules leave alone. */
static bool is_judged(const struct cas_audit *audit, size_t rule)
{
	return audit->selection.rules[rule] &&
	       audit->rules[rule]->severity != CAS_SEVERITY_NONE;
}

static bool is_evaluated(const struct cas_audit *audit, size_t rule)
{
	return is_judged(audit, rule) && !casp_rule_unmet(audit->rules[rule], audit->org);
}

static bool list_unmet(struct cas_audit *audit)
{
	for (size_t i = 0; i < audit->n_rules; i++) {
		if (!is_judged(audit, i)) {
			continue;
		}
		if (is_evaluated(audit, i)) {
			audit->n_evaluated++;
		} else if (!casp_vec_push(&audit->unmet, i)) {
			return false;
		}
	}
	return true;
}

static void sum_topology(struct cas_audit *audit)
{
	static const enum cas_kind kinds[] = {CAS_KIND_ARRAY, CAS_KIND_SERVER};

	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; i < CASP_COUNT(audit->org, kinds[k]); i++) {
			const struct cas_object *object =
				audit->org->objects[kinds[k]].v[i];
			struct casp_site_summary *summary = &audit->summaries[rank_of(
				audit, casp_object_site(object))];

			if (!casp_selection_has(&audit->selection, object)) {
				continue;
			}
			if (kinds[k] == CAS_KIND_SERVER) {
				summary->servers++;
			} else if (!((const struct cas_array *)object)->is_2013) {
				summary->arrays++;
			}
		}
	}
}

/* Sites of nothing but domain controllers do not matter here. */
static void pack_summaries(struct cas_audit *audit)
{
	size_t n = CASP_COUNT(audit->org, CAS_KIND_SITE) + 1;

	for (size_t i = 0; i < n; i++) {
		const struct casp_site_summary *s = &audit->summaries[i];

		if (s->arrays || s->servers || s->databases ||
		    s->findings[CAS_SEVERITY_INFO] || s->findings[CAS_SEVERITY_WARNING] ||
		    s->findings[CAS_SEVERITY_ERROR]) {
			audit->summaries[audit->n_summaries++] = *s;
		}
	}
}

static bool run(struct cas_audit *audit)
{
	struct asked *asked = calloc(CASP_N_REFERENCES, sizeof(*asked));
	bool ok = asked && list_unmet(audit) && run_databases(audit, asked);

	for (int kind = 0; ok && kind < CAS_N_KINDS; kind++) {
		if (kind != CAS_KIND_DATABASE) {
			ok = run_kind(audit, (enum cas_kind)kind, asked);
		}
	}
	free(asked);
	if (!ok) {
		return false;
	}
	sum_topology(audit);
	pack_summaries(audit);
	/* qsort() must not be given a null pointer, even for nothing. */
	if (audit->findings.n) {
		qsort(audit->findings.v, audit->findings.n, sizeof(uint64_t),
		      compare_hits);
	}
	if (audit->unevaluated.n) {
		qsort(audit->unevaluated.v, audit->unevaluated.n, sizeof(uint64_t),
		      compare_hits);
	}
	return true;
}

static int check_size(const struct cas_organization *org, struct cas_error **err)
{
	for (int kind = 0; kind < CAS_N_KINDS; kind++) {
		size_t limit =
			kind == CAS_KIND_SITE ? (1U << SITE_BITS) - 1 : 1U << OBJECT_BITS;

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
	for (size_t i = 0; audit->rules && i < audit->n_rules; i++) {
		audit->rules[i] = cas_rules_get(i);
	}
	return audit->rules;
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
	audit->now = options ? options->now : 0;
	code = casp_selection_init(&audit->selection, organization,
				   options ? options : &none, err);
	if (code == 0 && (!list_rules(audit) || !order_sites(audit) ||
			  !casp_facts_init(&audit->facts, organization) || !run(audit))) {
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
	free(audit->rules);
	casp_vec_free(&audit->unmet);
	casp_vec_free(&audit->findings);
	casp_vec_free(&audit->unevaluated);
	free(audit->sites);
	free(audit->ranks);
	free(audit->summaries);
	casp_arena_free(&audit->arena);
	free(audit);
}

/* ---- what comes out ---- */

const struct cas_organization *cas_audit_organization(const struct cas_audit *audit)
{
	return audit->org;
}

size_t cas_audit_count(const struct cas_audit *audit, enum cas_severity severity)
{
	return (unsigned)severity <= CAS_SEVERITY_ERROR ? audit->counts[severity] : 0;
}

size_t cas_audit_count_not_evaluated(const struct cas_audit *audit)
{
	return audit->unmet.n + audit->unevaluated.n;
}

enum cas_severity cas_audit_worst(const struct cas_audit *audit)
{
	enum cas_severity worst = CAS_SEVERITY_ERROR;

	while (worst > CAS_SEVERITY_NONE && !audit->counts[worst]) {
		worst--;
	}
	return worst;
}

size_t casp_audit_sites(const struct cas_audit *audit,
			const struct casp_site_summary **ret)
{
	*ret = audit->summaries;
	return audit->n_summaries;
}

size_t casp_audit_rules(const struct cas_audit *audit)
{
	return audit->n_evaluated;
}

struct casp_rule_summary *casp_audit_rule_summaries(const struct cas_audit *audit,
						    size_t *ret_n)
{
	size_t *findings = calloc(audit->n_rules, sizeof(*findings));
	struct casp_rule_summary *summaries = calloc(audit->n_rules, sizeof(*summaries));
	size_t n = 0;

	for (size_t i = 0; findings && i < audit->findings.n; i++) {
		findings[hit_rule(audit->findings.v[i])]++;
	}
	for (size_t i = 0; findings && summaries && i < audit->n_rules; i++) {
		if (is_evaluated(audit, i)) {
			summaries[n++] =
				(struct casp_rule_summary){audit->rules[i], findings[i]};
		}
	}
	if (!findings) {
		free(summaries);
		summaries = NULL;
	}
	free(findings);
	*ret_n = n;
	return summaries;
}

static bool render_rule(struct cas_audit *audit, size_t index)
{
	struct cas_finding *finding = &audit->finding;

	finding->rule = audit->rules[index];
	finding->details.message = casp_rule_unmet(finding->rule, audit->org);
	finding->key = finding->rule->id;
	return true;
}

static bool render(struct cas_audit *audit, uint64_t hit)
{
	struct cas_finding *finding = &audit->finding;
	const struct cas_rule *rule = audit->rules[hit_rule(hit)];
	struct casp_details *details = &finding->details;
	struct casp_subject subject;
	struct casp_key key;

	set_subject(audit, rule->kind, hit_object(hit), &subject);
	finding->rule = rule;
	finding->object = subject.object;
	finding->evaluated = ask(rule, &subject, details) == CASP_FINDING;
	if (finding->evaluated) {
		finding->severity = subject.severity;
		finding->fix = subject.fix;
	}
	casp_key_set(&key, rule, subject.object);
	finding->key = casp_key_text(&audit->arena, &key);
	return finding->key && details->observed && details->expected &&
	       details->message && details->fix;
}

int cas_audit_next(struct cas_audit *audit, const struct cas_finding **ret,
		   struct cas_error **err)
{
	size_t i = audit->at;
	bool ok;

	casp_arena_reset(&audit->arena);
	audit->finding = (struct cas_finding){.org = audit->org,
					      .details = {&audit->arena, .observed = "",
							  .expected = "", .message = "",
							  .fix = ""}};
	if (i < audit->findings.n) {
		ok = render(audit, audit->findings.v[i]);
	} else if ((i -= audit->findings.n) < audit->unmet.n) {
		ok = render_rule(audit, audit->unmet.v[i]);
	} else if ((i -= audit->unmet.n) < audit->unevaluated.n) {
		ok = render(audit, audit->unevaluated.v[i]);
	} else {
		return 0;
	}
	if (!ok) {
		return casp_error_nomem(err);
	}
	audit->at++;
	*ret = &audit->finding;
	return 1;
}

void cas_audit_rewind(struct cas_audit *audit)
{
	audit->at = 0;
}
