/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of all rules, and what is asked of one without an organization. */
#include "../base/error.h"
#include "settings.h"

static const struct casp_family *const families[] = {
	&casp_family_arrays,   &casp_family_servers, &casp_family_databases,
	&casp_family_names,    &casp_family_dns,     &casp_family_rpc,
	&casp_family_kerberos, &casp_family_dag,     &casp_family_proxy,
	&casp_family_capacity, &casp_family_quality,
};
#define N_FAMILIES (sizeof(families) / sizeof(*families))

static const char *const severities[] = {"none", "info", "warning", "error"};
static const char *const fixes[] = {"none", "advise", "plan", "auto"};

/* In this order: what is missing first is named. */
static const struct {
	unsigned need;
	const char *reason;
} needs[] = {
	{CASP_NEED_GC, "needs accounts and service principal names of the domains, which "
		       "this directory does not hold"},
	{CASP_NEED_EXTERNAL_DNS,
	 "needs answers of an external DNS resolver, and none was asked"},
	{CASP_NEED_DNS, "needs DNS answers, and no resolver was asked"},
	{CASP_NEED_AD_DNS, "needs the DNS zones of the directory, which were not read"},
	{CASP_NEED_PROBE, "needs a probe of the servers, and none was run"},
	{CASP_NEED_CONFIG, "needs a setting of the policy, and there is none"},
	{CASP_NEED_JOURNAL, "needs the journal of earlier changes, which was not read"},
	{CASP_NEED_DELETED, "needs deleted objects, which this directory does not hold"},
	{CASP_NEED_SEVERAL_DCS, "needs the answers of several domain controllers"},
	{CASP_NEED_SCHEMA, "needs the schema, which this directory does not hold"},
	{CASP_NEED_LATER, "this version of casarray has the rule in its catalogue only"},
};

size_t cas_rules_count(void)
{
	size_t n = 0;

	for (size_t i = 0; i < N_FAMILIES; i++) {
		n += families[i]->n;
	}
	return n;
}

const struct cas_rule *cas_rules_get(size_t index)
{
	for (size_t i = 0; i < N_FAMILIES; i++) {
		if (index < families[i]->n) {
			return &families[i]->rules[index];
		}
		index -= families[i]->n;
	}
	return NULL;
}

const struct cas_rule *cas_rule_find(const char *id_or_name)
{
	const struct cas_rule *rule;

	for (size_t i = 0; id_or_name && (rule = cas_rules_get(i)); i++) {
		if (casp_iequal(rule->id, id_or_name) ||
		    casp_iequal(rule->name, id_or_name)) {
			return rule;
		}
	}
	return NULL;
}

int casp_rule_look_up(const char *id_or_name, const struct cas_rule **ret,
		      struct cas_error **err)
{
	const struct cas_rule *rule = cas_rule_find(id_or_name);
	const char *nearest;

	if (rule) {
		*ret = rule;
		return 0;
	}
	nearest = casp_rule_nearest(id_or_name, false);
	casp_error(err, CAS_E_USAGE, "no such rule: '%s'", id_or_name);
	return nearest ? casp_error_hint(err, "did you mean '%s'?", nearest)
		       : casp_error_hint(err, CASP_RULE_HINT);
}

bool casp_family_known(const char *name)
{
	for (size_t i = 0; i < N_FAMILIES; i++) {
		if (casp_iequal(families[i]->name, name)) {
			return true;
		}
	}
	return false;
}

/* More than a third of the letters wrong is no slip of the finger. */
static void consider(const char *text, const char *candidate, size_t *distance,
		     const char **ret)
{
	size_t limit = strlen(text) / 3 + 1;
	size_t d = casp_str_distance(casp_str(text), casp_str(candidate), limit);

	if (d <= limit && d < *distance) {
		*distance = d;
		*ret = candidate;
	}
}

const char *casp_rule_nearest(const char *text, bool with_families)
{
	const char *nearest = NULL;
	const struct cas_rule *rule;
	size_t distance = SIZE_MAX;

	for (size_t i = 0; with_families && i < N_FAMILIES; i++) {
		consider(text, families[i]->name, &distance, &nearest);
	}
	for (size_t i = 0; !with_families && (rule = cas_rules_get(i)); i++) {
		consider(text, rule->id, &distance, &nearest);
		consider(text, rule->name, &distance, &nearest);
	}
	return nearest;
}

const char *casp_rule_unmet(const struct cas_rule *rule,
			    const struct cas_organization *org)
{
	for (size_t i = 0; i < sizeof(needs) / sizeof(*needs); i++) {
		if (rule->needs & needs[i].need) {
			return needs[i].reason;
		}
	}
	if (rule->threshold_unit && !rule->threshold) {
		const struct cas_rule_setting *setting =
			casp_setting_of(org->policy, rule);

		if (!setting || setting->threshold <= 0) {
			return "needs a threshold of the policy, and there is none";
		}
	}
	if (rule->needs & CASP_NEED_DATABASES) {
		if (!(org->scope & CAS_SCOPE_DATABASES)) {
			return "needs the databases, which were not loaded";
		}
		if (org->named && rule->kind != CAS_KIND_DATABASE) {
			return "needs all databases, and only some were loaded";
		}
	}
	if (rule->needs & CASP_NEED_SERVICES && !(org->scope & CAS_SCOPE_SERVICES)) {
		return "needs the virtual directories, which were not loaded";
	}
	if (rule->needs & CASP_NEED_MAILBOXES && !org->has_mailboxes) {
		return "needs the mailboxes, and the directory does not say where they "
		       "are";
	}
	if (rule->needs & CASP_NEED_AGE && !org->is_live && !org->as_of) {
		return "the directory does not say when it was exported";
	}
	return NULL;
}

const char *cas_rule_id(const struct cas_rule *rule)
{
	return rule->id;
}

const char *cas_rule_name(const struct cas_rule *rule)
{
	return rule->name;
}

const char *cas_rule_family(const struct cas_rule *rule)
{
	return rule->family;
}

enum cas_severity cas_rule_severity(const struct cas_rule *rule)
{
	return rule->severity;
}

enum cas_fix cas_rule_fix(const struct cas_rule *rule)
{
	return rule->fix;
}

int64_t cas_rule_threshold(const struct cas_rule *rule)
{
	return rule->threshold;
}

const char *cas_rule_threshold_unit(const struct cas_rule *rule)
{
	return rule->threshold_unit ? rule->threshold_unit : "";
}

const char *cas_severity_name(enum cas_severity severity)
{
	return (unsigned)severity <= CAS_SEVERITY_ERROR ? severities[severity]
							: "unknown";
}

bool cas_severity_parse(const char *text, enum cas_severity *ret)
{
	for (int i = 0; text && i <= CAS_SEVERITY_ERROR; i++) {
		if (casp_iequal(text, severities[i])) {
			*ret = (enum cas_severity)i;
			return true;
		}
	}
	return false;
}

const char *cas_fix_name(enum cas_fix fix)
{
	return (unsigned)fix <= CAS_FIX_AUTO ? fixes[fix] : "unknown";
}
