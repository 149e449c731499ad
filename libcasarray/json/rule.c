/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules as JSON. */
#include "../policy/rule.h"
#include "json.h"

static const struct {
	unsigned bit;
	const char *name;
} need_names[] = {
	{CASP_NEED_DATABASES, "databases"},
	{CASP_NEED_SERVICES, "services"},
	{CASP_NEED_MAILBOXES, "mailboxes"},
	{CASP_NEED_GC, "global-catalog"},
	{CASP_NEED_DNS, "dns"},
	{CASP_NEED_EXTERNAL_DNS, "external-dns"},
	{CASP_NEED_AD_DNS, "directory-dns"},
	{CASP_NEED_PROBE, "probe"},
	{CASP_NEED_CONFIG, "configuration"},
	{CASP_NEED_JOURNAL, "journal"},
	{CASP_NEED_DELETED, "deleted-objects"},
	{CASP_NEED_SEVERAL_DCS, "several-domain-controllers"},
	{CASP_NEED_SCHEMA, "schema"},
	{CASP_NEED_AGE, "age"},
	{CASP_NEED_LATER, "not-implemented"},
};

json_t *cas_json_rule(const struct cas_rule *rule)
{
	struct casp_json json;
	json_t *needs;

	casp_json_start(&json);
	casp_json_plain(&json, "rule", rule->id);
	casp_json_plain(&json, "name", rule->name);
	casp_json_plain(&json, "family", rule->family);
	casp_json_plain(&json, "severity", cas_severity_name(rule->severity));
	casp_json_plain(&json, "class", cas_kind_name(rule->kind));
	casp_json_plain(&json, "fix_class", cas_fix_name(rule->fix));
	casp_json_bool(&json, "on", !rule->off);
	needs = casp_json_list(&json, "needs");
	casp_json_push_text(&json, needs, "directory");
	for (size_t i = 0; i < sizeof(need_names) / sizeof(*need_names); i++) {
		if (rule->needs & need_names[i].bit) {
			casp_json_push_text(&json, needs, need_names[i].name);
		}
	}
	casp_json_count(&json, "threshold", rule->threshold ? rule->threshold : -1);
	casp_json_text(&json, "threshold_unit", cas_rule_threshold_unit(rule));
	casp_json_text(&json, "why", rule->why);
	casp_json_text(&json, "fix", rule->remedy);
	casp_json_text(&json, "source", rule->source);
	return casp_json_finish(&json);
}
