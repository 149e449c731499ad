/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What comes out of an audit: counts, and findings put into words one at a time. */
#include <inttypes.h>
#include <stdlib.h>

#include "../base/error.h"
#include "pass.h"

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

size_t cas_audit_count_suppressed(const struct cas_audit *audit, enum cas_suppression why)
{
	return (unsigned)why < CAS_N_SUPPRESSIONS ? audit->n_suppressed[why] : 0;
}

size_t cas_audit_count_passed(const struct cas_audit *audit)
{
	return audit->n_passed;
}

enum cas_severity cas_audit_worst(const struct cas_audit *audit)
{
	enum cas_severity worst = CAS_SEVERITY_ERROR;

	while (worst > CAS_SEVERITY_NONE && !audit->counts[worst]) {
		worst--;
	}
	return worst;
}

bool casp_audit_lists_suppressed(const struct cas_audit *audit)
{
	return audit->keeps_suppressed;
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
		findings[casp_hit_rule(audit->findings.v[i])]++;
	}
	for (size_t i = 0; findings && summaries && i < audit->n_rules; i++) {
		if (casp_audit_evaluates(audit, i)) {
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
	finding->result = CAS_RESULT_NOT_EVALUATED;
	finding->details.message = casp_rule_unmet(finding->rule, audit->org);
	finding->key = finding->rule->id;
	return true;
}

static bool set_key(struct cas_audit *audit)
{
	struct cas_finding *finding = &audit->finding;
	struct casp_key key;

	casp_key_set(&key, finding->rule, finding->object);
	finding->key = casp_key_text(&audit->arena, &key);
	return finding->key;
}

static bool render(struct cas_audit *audit, uint64_t hit)
{
	struct cas_finding *finding = &audit->finding;
	size_t rule = casp_hit_rule(hit);
	struct casp_details *details = &finding->details;
	struct casp_subject subject;

	finding->rule = audit->rules[rule];
	casp_audit_subject(audit, finding->rule->kind, casp_hit_object(hit), &subject);
	finding->object = subject.object;
	finding->declared = subject.exemption;
	if (casp_audit_ask(audit, rule, &subject, details) == CASP_FINDING) {
		finding->severity = subject.severity;
		finding->fix = subject.fix;
	} else {
		finding->result = CAS_RESULT_NOT_EVALUATED;
	}
	return set_key(audit) && details->observed && details->expected &&
	       details->message && details->fix;
}

static bool render_suppressed(struct cas_audit *audit, uint64_t hit)
{
	struct cas_finding *finding = &audit->finding;

	if (!render(audit, hit)) {
		return false;
	}
	finding->suppression = casp_audit_suppression(
		audit, finding->rule, finding->object, &finding->exemption);
	return true;
}

/* A check passes again unless memory runs out in it. */
static bool render_passed(struct cas_audit *audit)
{
	struct cas_finding *finding = &audit->finding;
	struct casp_passed passed = audit->passed;
	struct casp_subject subject;

	if (!casp_audit_find_passed(audit, &passed)) {
		return false;
	}
	finding->rule = audit->rules[passed.rule];
	casp_audit_subject(audit, finding->rule->kind, passed.object, &subject);
	finding->object = subject.object;
	finding->declared = subject.exemption;
	finding->result = CAS_RESULT_PASSED;
	if (!set_key(audit)) {
		return false;
	}
	passed.object++;
	audit->passed = passed;
	return true;
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
	} else if ((i -= audit->findings.n) < audit->suppressed.n) {
		ok = render_suppressed(audit, audit->suppressed.v[i]);
	} else if ((i -= audit->suppressed.n) < audit->n_passed) {
		ok = render_passed(audit);
	} else if ((i -= audit->n_passed) < audit->unmet.n) {
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
	audit->passed = (struct casp_passed){0};
}
