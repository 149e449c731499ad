/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an audit hands out: findings, and a summary by site. */
#ifndef CASP_AUDIT_H
#define CASP_AUDIT_H

#include "facts.h"

/* What is handed out; its text is gone with the next one. */
struct cas_finding {
	const struct cas_organization *org;
	const struct cas_rule *rule;
	enum cas_result result;
	enum cas_severity severity;
	enum cas_fix fix;
	const struct cas_object *object;
	struct casp_details details;
	const char *key;
	enum cas_suppression suppression;
	const struct cas_exemption *exemption; /* by which; or NULL */
	const struct cas_exemption *declared;  /* that it is about; or NULL */
};

struct casp_site_summary {
	const struct cas_site *site; /* NULL: what is in no site */
	size_t arrays;
	size_t servers;
	size_t databases;   /* mailbox databases of Exchange 2010 that are judged */
	size_t fine;        /* databases that use an array of the site */
	size_t at_server;   /* that point at an individual server */
	size_t elsewhere;   /* that use an array of another site, or of none */
	size_t nowhere;     /* whose value refers to nothing */
	size_t findings[4]; /* by enum cas_severity */
};

/* One for every site that holds anything of Exchange or has findings, by name; what is in
 * no site last. */
size_t casp_audit_sites(const struct cas_audit *audit,
			const struct casp_site_summary **ret);
/* Does it hand out findings that do not count? */
bool casp_audit_lists_suppressed(const struct cas_audit *audit);
/* How many rules were evaluated. */
size_t casp_audit_rules(const struct cas_audit *audit);

struct casp_rule_summary {
	const struct cas_rule *rule;
	size_t findings;
};

/* One for every rule that was evaluated, in the order of the catalogue; the caller frees
 * them. NULL: out of memory. */
struct casp_rule_summary *casp_audit_rule_summaries(const struct cas_audit *audit,
						    size_t *ret_n);

#endif
