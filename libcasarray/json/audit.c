/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The head of an audit report: counts, and a summary of each site, as JSON. */
#include <stdlib.h>

#include "../policy/audit.h"
#include "json.h"

static void add_severities(struct casp_json *json, const char *key, const size_t *counts)
{
	struct casp_json item;

	casp_json_start(&item);
	casp_json_count(&item, "error", (int64_t)counts[CAS_SEVERITY_ERROR]);
	casp_json_count(&item, "warning", (int64_t)counts[CAS_SEVERITY_WARNING]);
	casp_json_count(&item, "info", (int64_t)counts[CAS_SEVERITY_INFO]);
	casp_json_add(json, key, casp_json_finish(&item));
}

static void add_suppressed(struct casp_json *json, const struct cas_audit *audit)
{
	struct casp_json item;

	casp_json_start(&item);
	for (int why = CAS_SUPPRESSION_NONE + 1; why < CAS_N_SUPPRESSIONS; why++) {
		casp_json_count(&item, cas_suppression_name((enum cas_suppression)why),
				(int64_t)cas_audit_count_suppressed(
					audit, (enum cas_suppression)why));
	}
	casp_json_bool(&item, "listed", casp_audit_lists_suppressed(audit));
	casp_json_add(json, "suppressed", casp_json_finish(&item));
}

static json_t *site_summary(const struct casp_site_summary *summary)
{
	const struct cas_site *site = summary->site;
	struct casp_json json;
	json_t *arrays;

	casp_json_start(&json);
	casp_json_name(&json, "name", site ? &site->object : NULL);
	arrays = casp_json_list(&json, "arrays");
	for (size_t i = 0; site && i < site->arrays.n; i++) {
		const struct cas_array *array = site->arrays.v[i];

		casp_json_push_text(&json, arrays,
				    *array->fqdn ? array->fqdn : array->object.name);
	}
	casp_json_count(&json, "servers", (int64_t)summary->servers);
	casp_json_count(&json, "databases", (int64_t)summary->databases);
	casp_json_count(&json, "pointing_at_array", (int64_t)summary->fine);
	casp_json_count(&json, "pointing_at_server", (int64_t)summary->at_server);
	casp_json_count(&json, "pointing_elsewhere", (int64_t)summary->elsewhere);
	casp_json_count(&json, "pointing_nowhere", (int64_t)summary->nowhere);
	add_severities(&json, "findings", summary->findings);
	return casp_json_finish(&json);
}

static void add_rules(struct casp_json *json, const struct cas_audit *audit)
{
	size_t n;
	struct casp_rule_summary *summaries = casp_audit_rule_summaries(audit, &n);
	json_t *rules = casp_json_list(json, "rules");

	json->failed |= !summaries;
	for (size_t i = 0; summaries && i < n; i++) {
		struct casp_json item;

		casp_json_start(&item);
		casp_json_plain(&item, "rule", cas_rule_id(summaries[i].rule));
		casp_json_count(&item, "findings", (int64_t)summaries[i].findings);
		casp_json_push(json, rules, casp_json_finish(&item));
	}
	free(summaries);
}

json_t *cas_json_audit(const struct cas_audit *audit)
{
	const struct cas_organization *org = cas_audit_organization(audit);
	const struct casp_site_summary *summaries;
	size_t counts[CAS_SEVERITY_ERROR + 1], n;
	struct casp_json json;
	json_t *sites;

	for (int severity = 0; severity <= CAS_SEVERITY_ERROR; severity++) {
		counts[severity] = cas_audit_count(audit, (enum cas_severity)severity);
	}
	casp_json_start(&json);
	casp_json_plain(&json, "organization", cas_organization_name(org));
	casp_json_plain(&json, "directory", cas_directory_address(org->directory));
	add_severities(&json, "findings", counts);
	add_suppressed(&json, audit);
	casp_json_count(&json, "rules_evaluated", (int64_t)casp_audit_rules(audit));
	casp_json_count(&json, "rules_not_evaluated",
			(int64_t)cas_audit_count_not_evaluated(audit));
	add_rules(&json, audit);
	sites = casp_json_list(&json, "sites");
	n = casp_audit_sites(audit, &summaries);
	for (size_t i = 0; i < n; i++) {
		casp_json_push(&json, sites, site_summary(&summaries[i]));
	}
	return casp_json_finish(&json);
}
