/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings as JSON. */
#include "json.h"

json_t *cas_json_finding_location(const struct cas_finding *finding)
{
	struct casp_json json;
	const char *file;
	size_t line;

	if (!cas_finding_location(finding, &file, &line)) {
		return json_null();
	}
	casp_json_start(&json);
	casp_json_plain(&json, "file", file);
	casp_json_count(&json, "line", (int64_t)line);
	return casp_json_finish(&json);
}

json_t *cas_json_finding(const struct cas_finding *finding)
{
	const struct cas_rule *rule = cas_finding_rule(finding);
	const struct cas_object *object = cas_finding_object(finding);
	const struct cas_site *site = cas_finding_site(finding);
	bool evaluated = cas_finding_evaluated(finding);
	struct casp_json json;

	casp_json_start(&json);
	casp_json_plain(&json, "rule", cas_rule_id(rule));
	casp_json_plain(&json, "name", cas_rule_name(rule));
	casp_json_plain(&json, "severity",
			cas_severity_name(cas_finding_severity(finding)));
	casp_json_plain(&json, "result", evaluated ? "finding" : "not-evaluated");
	if (object) {
		struct casp_json item;

		casp_json_start(&item);
		casp_json_identity(&item, object);
		json.replaced |= item.replaced;
		item.replaced = false;
		casp_json_add(&json, "object", casp_json_finish(&item));
	} else {
		casp_json_add(&json, "object", json_null());
	}
	casp_json_name(&json, "site", site ? cas_site_object(site) : NULL);
	if (evaluated) {
		casp_json_plain(&json, "observed", cas_finding_observed(finding));
		casp_json_plain(&json, "expected", cas_finding_expected(finding));
		casp_json_plain(&json, "message", cas_finding_message(finding));
		casp_json_plain(&json, "fix", cas_finding_fix(finding));
		casp_json_plain(&json, "fix_class",
				cas_fix_name(cas_finding_fix_class(finding)));
	} else {
		casp_json_plain(&json, "reason", cas_finding_message(finding));
	}
	casp_json_plain(&json, "key", cas_finding_key(finding));
	return casp_json_finish(&json);
}
