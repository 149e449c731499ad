/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The head of an audit report: counts, and a summary of each site, as JSON. */
#include <stdlib.h>

#include "../policy/policy.h"
#include "json.h"

struct tally {
	int64_t at_array, at_server, elsewhere;
	int64_t findings[CAS_SEVERITY_ERROR + 1];
};

/* Where the Exchange 2010 mailbox databases at home in each site point. */
static void tally_databases(const struct cas_organization *org, struct tally *tallies)
{
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_DATABASE); i++) {
		const struct cas_database *database = CASP_DATABASE(org, i);
		struct tally *tally;

		if (!database->home || database->type != CASP_DATABASE_MAILBOX_2010) {
			continue;
		}
		tally = &tallies[database->home->object.index];
		if (!database->target) {
			tally->elsewhere++;
		} else if (database->target->kind == CAS_KIND_SERVER) {
			tally->at_server++;
		} else if (cas_array_site(cas_object_array(database->target)) ==
			   database->home) {
			tally->at_array++;
		} else {
			tally->elsewhere++;
		}
	}
}

static int tally_findings(struct cas_audit *audit, struct tally *tallies)
{
	const struct cas_finding *finding;
	int code;

	cas_audit_rewind(audit);
	while ((code = cas_audit_next(audit, &finding, NULL)) == 1) {
		const struct cas_site *site = cas_finding_site(finding);

		if (site && cas_finding_evaluated(finding)) {
			tallies[site->object.index]
				.findings[cas_finding_severity(finding)]++;
		}
	}
	cas_audit_rewind(audit);
	return code;
}

static void add_severities(struct casp_json *json, const char *key, int64_t error,
			   int64_t warning, int64_t info)
{
	struct casp_json counts;

	casp_json_start(&counts);
	casp_json_count(&counts, "error", error);
	casp_json_count(&counts, "warning", warning);
	casp_json_count(&counts, "info", info);
	casp_json_add(json, key, casp_json_finish(&counts));
}

static json_t *site_summary(const struct cas_site *site, const struct tally *tally)
{
	struct casp_json json;
	json_t *arrays;

	casp_json_start(&json);
	casp_json_plain(&json, "name", site->object.name);
	arrays = casp_json_list(&json, "arrays");
	for (size_t i = 0; i < site->arrays.n; i++) {
		casp_json_push_text(&json, arrays, site->arrays.v[i]->fqdn);
	}
	casp_json_count(&json, "servers", (int64_t)site->servers.n);
	casp_json_count(&json, "databases", (int64_t)site->n_databases);
	casp_json_count(&json, "pointing_at_array", tally->at_array);
	casp_json_count(&json, "pointing_at_server", tally->at_server);
	casp_json_count(&json, "pointing_elsewhere", tally->elsewhere);
	add_severities(&json, "findings", tally->findings[CAS_SEVERITY_ERROR],
		       tally->findings[CAS_SEVERITY_WARNING],
		       tally->findings[CAS_SEVERITY_INFO]);
	return casp_json_finish(&json);
}

json_t *cas_json_audit(const struct cas_audit *audit)
{
	const struct cas_organization *org = cas_audit_organization(audit);
	size_t n_sites = CASP_COUNT(org, CAS_KIND_SITE);
	CASP_CLEANUP(casp_freep)
	struct tally *tallies = calloc(n_sites + 1, sizeof(*tallies));
	struct casp_json json;
	json_t *sites;

	if (!tallies || tally_findings((struct cas_audit *)audit, tallies) < 0) {
		return NULL;
	}
	tally_databases(org, tallies);
	casp_json_start(&json);
	casp_json_plain(&json, "organization", cas_organization_name(org));
	casp_json_plain(&json, "directory", cas_directory_address(org->directory));
	add_severities(&json, "findings",
		       (int64_t)cas_audit_count(audit, CAS_SEVERITY_ERROR),
		       (int64_t)cas_audit_count(audit, CAS_SEVERITY_WARNING),
		       (int64_t)cas_audit_count(audit, CAS_SEVERITY_INFO));
	casp_json_count(&json, "not_evaluated",
			(int64_t)cas_audit_count_not_evaluated(audit));
	sites = casp_json_list(&json, "sites");
	for (size_t i = 0; i < n_sites; i++) {
		casp_json_push(&json, sites,
			       site_summary(CASP_SITE(org, i), &tallies[i]));
	}
	return casp_json_finish(&json);
}
