/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings as JSON. */
#include "../names/date.h"
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

/* A member of a row: that bytes were replaced is said of the row. */
static json_t *finish(struct casp_json *row, struct casp_json *item)
{
	row->replaced |= item->replaced;
	item->replaced = false;
	return casp_json_finish(item);
}

/* Members that a baseline has no values for are null. */
static json_t *suppression(struct casp_json *row, const struct cas_finding *finding)
{
	const struct cas_exemption *exemption = cas_finding_exemption(finding);
	enum cas_suppression why = cas_finding_suppression(finding);
	char day[CASP_DATE_TEXT];
	struct casp_json json;

	if (why == CAS_SUPPRESSION_NONE) {
		return json_null();
	}
	casp_json_start(&json);
	casp_json_plain(&json, "kind", cas_suppression_name(why));
	casp_json_text(&json, "exemption", exemption ? exemption->name : "");
	casp_json_text(&json, "class",
		       exemption ? cas_exemption_class_name(exemption->which) : "");
	casp_json_text(&json, "reason", exemption ? exemption->reason : "");
	casp_json_text(&json, "owner", exemption ? exemption->owner : "");
	casp_json_text(&json, "expires",
		       exemption && exemption->expires
			       ? casp_date_text(exemption->expires - 1, day)
			       : "");
	return finish(row, &json);
}

/* The command that accepts it. What is accepted already, and what only a distinguished
 * name tells, has none. */
static void add_exempt(struct casp_json *json, const struct cas_finding *finding)
{
	const struct cas_object *object = cas_finding_object(finding);
	bool possible =
		object && *cas_object_guid(object) && !cas_finding_suppression(finding);

	casp_json_add(json, "exempt",
		      possible ? json_sprintf("casarray exempt %s --reason '<TEXT>' "
					      "--owner '<WHO>'",
					      cas_finding_key(finding))
			       : json_null());
}

static json_t *identity(struct casp_json *row, const struct cas_object *object)
{
	struct casp_json item;

	if (!object) {
		return json_null();
	}
	casp_json_start(&item);
	casp_json_identity(&item, object);
	return finish(row, &item);
}

json_t *cas_json_finding(const struct cas_finding *finding)
{
	const struct cas_rule *rule = cas_finding_rule(finding);
	const struct cas_site *site = cas_finding_site(finding);
	enum cas_result result = cas_finding_result(finding);
	struct casp_json json;

	casp_json_start(&json);
	casp_json_plain(&json, "rule", cas_rule_id(rule));
	casp_json_plain(&json, "name", cas_rule_name(rule));
	casp_json_plain(&json, "severity",
			cas_severity_name(cas_finding_severity(finding)));
	casp_json_plain(&json, "result", cas_result_name(result));
	casp_json_add(&json, "object", identity(&json, cas_finding_object(finding)));
	casp_json_name(&json, "site", site ? cas_site_object(site) : NULL);
	if (result == CAS_RESULT_FINDING) {
		casp_json_plain(&json, "observed", cas_finding_observed(finding));
		casp_json_plain(&json, "expected", cas_finding_expected(finding));
		casp_json_plain(&json, "message", cas_finding_message(finding));
		casp_json_plain(&json, "fix", cas_finding_fix(finding));
		casp_json_plain(&json, "fix_class",
				cas_fix_name(cas_finding_fix_class(finding)));
		add_exempt(&json, finding);
		casp_json_add(&json, "suppression", suppression(&json, finding));
	} else if (result == CAS_RESULT_NOT_EVALUATED) {
		casp_json_plain(&json, "reason", cas_finding_message(finding));
	}
	casp_json_plain(&json, "key", cas_finding_key(finding));
	return casp_json_finish(&json);
}
