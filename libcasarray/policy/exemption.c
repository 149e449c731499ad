/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The classes of exemptions, and whether an exemption is well formed. */
#include "exemption.h"

#include "../base/error.h"

#define KIND(name) (1u << CAS_KIND_##name)

/* What asks for an array, or for Client Access servers, where there will be none. */
static const char *const decommission_rules[] = {
	"CAS001", /* site-without-array */
	"CAS020", /* mailbox-site-without-cas */
	"CAS041", /* database-points-at-server-no-array */
	NULL,
};

/* What says that the array's FQDN is not in DNS: it is left out so that clients use
 * Outlook Anywhere at once. */
static const char *const hide_name_rules[] = {
	"CAS090", /* array-not-resolvable */
	"CAS103", /* record-tombstoned */
	NULL,
};

/* While a data centre is switched over, databases are active in the other site and names
 * resolve to addresses there. */
static const char *const switchover_rules[] = {
	"CAS045", /* database-uses-other-site-array */
	"CAS047", /* database-owner-vs-preference */
	"CAS093", /* array-points-at-nonmember */
	"CAS096", /* array-vip-wrong-site */
	"CAS097", /* arrays-share-address */
	"CAS164", /* rpc-value-vs-preference-1 */
	NULL,
};

static const struct casp_exemption_class classes[CAS_N_EXEMPTION_CLASSES] = {
	[CAS_EXEMPTION_PLAIN] = {.name = "plain", .takes_rule = true},
	/* It changes what is expected of the database (expectation.c), which CAS061
	 * judges. */
	[CAS_EXEMPTION_PF_PROXY] = {.name = "pf-proxy", .kinds = KIND(DATABASE)},
	/* Likewise; CAS057 says when it was forgotten. */
	[CAS_EXEMPTION_TEMPORARY_OVERRIDE] = {.name = "temporary-override",
					      .kinds = KIND(DATABASE),
					      .takes_value = true,
					      .must_expire = true},
	[CAS_EXEMPTION_DECOMMISSION] = {.name = "decommission",
					.kinds = KIND(SITE),
					.rules = decommission_rules,
					.covers = true,
					.takes_rule = true},
	[CAS_EXEMPTION_HIDE_NAME] = {.name = "hide-name",
				     .kinds = KIND(ARRAY),
				     .rules = hide_name_rules,
				     .takes_rule = true},
	[CAS_EXEMPTION_SWITCHOVER] = {.name = "switchover",
				      .kinds = KIND(SITE) | KIND(DAG) | KIND(ARRAY) |
					       KIND(DATABASE),
				      .rules = switchover_rules,
				      .covers = true,
				      .takes_rule = true,
				      .must_expire = true},
};

const struct casp_exemption_class *
casp_exemption_class(const struct cas_exemption *exemption)
{
	return (unsigned)exemption->which < CAS_N_EXEMPTION_CLASSES
		       ? &classes[exemption->which]
		       : NULL;
}

const char *cas_exemption_class_name(enum cas_exemption_class which)
{
	return (unsigned)which < CAS_N_EXEMPTION_CLASSES ? classes[which].name
							 : "unknown";
}

bool cas_exemption_class_parse(const char *text, enum cas_exemption_class *ret)
{
	for (int i = 0; text && i < CAS_N_EXEMPTION_CLASSES; i++) {
		if (casp_iequal(text, classes[i].name)) {
			*ret = (enum cas_exemption_class)i;
			return true;
		}
	}
	return false;
}

static bool is_rule(const struct cas_rule *rule, const char *text)
{
	return casp_iequal(text, rule->id) || casp_iequal(text, rule->name);
}

static bool class_has_rule(const struct casp_exemption_class *class,
			   const struct cas_rule *rule)
{
	for (size_t i = 0; class->rules && class->rules[i]; i++) {
		if (casp_iequal(class->rules[i], rule->id)) {
			return true;
		}
	}
	return false;
}

bool casp_exemption_concerns(const struct cas_exemption *exemption,
			     const struct cas_rule *rule)
{
	const struct casp_exemption_class *class = casp_exemption_class(exemption);

	if (!class || !class->takes_rule ||
	    (exemption->rule && !is_rule(rule, exemption->rule))) {
		return false;
	}
	return class->rules ? class_has_rule(class, rule) : exemption->rule != NULL;
}

/* ---- is it well formed? ---- */

static bool is_blank(const char *text)
{
	return !text || !casp_str_trim(casp_str(text)).n;
}

static int unknown_rule(const struct cas_exemption *exemption, struct cas_error **err)
{
	const char *nearest = casp_rule_nearest(exemption->rule, false);

	casp_error(err, CAS_E_USAGE, "exemption '%s': no such rule: '%s'",
		   exemption->name, exemption->rule);
	if (nearest) {
		casp_error_hint(err, "did you mean '%s'?", nearest);
	} else {
		casp_error_hint(err, "a rule has an id such as CAS040 and a name such as "
				     "database-points-at-server");
	}
	return CAS_E_USAGE;
}

static int check_rule(const struct cas_exemption *exemption,
		      const struct casp_exemption_class *class, struct cas_error **err)
{
	const struct cas_rule *rule;

	if (!exemption->rule) {
		if (class->rules || !class->takes_rule) {
			return 0;
		}
		casp_error(err, CAS_E_USAGE, "exemption '%s' has no rule",
			   exemption->name);
		casp_error_hint(err, "class plain needs 'rule'; the other classes know "
				     "theirs");
		return CAS_E_USAGE;
	}
	if (!class->takes_rule) {
		return casp_error(err, CAS_E_USAGE,
				  "exemption '%s': class %s takes no rule",
				  exemption->name, class->name);
	}
	rule = cas_rule_find(exemption->rule);
	if (!rule) {
		return unknown_rule(exemption, err);
	}
	if (rule->severity == CAS_SEVERITY_NONE) {
		return casp_error(err, CAS_E_USAGE,
				  "exemption '%s': rule %s finds nothing that could be "
				  "exempt",
				  exemption->name, rule->id);
	}
	if (class->rules && !class_has_rule(class, rule)) {
		casp_error(err, CAS_E_USAGE,
			   "exemption '%s': class %s does not exempt from rule %s",
			   exemption->name, class->name, rule->id);
		casp_error_hint(err, "class plain does");
		return CAS_E_USAGE;
	}
	return 0;
}

static int check_value(const struct cas_exemption *exemption,
		       const struct casp_exemption_class *class, struct cas_error **err)
{
	if (class->takes_value && is_blank(exemption->value)) {
		casp_error(err, CAS_E_USAGE, "exemption '%s' has no value",
			   exemption->name);
		casp_error_hint(err,
				"class %s needs 'value', the array or Client Access "
				"server that the database points at meanwhile",
				class->name);
		return CAS_E_USAGE;
	}
	if (!class->takes_value && exemption->value) {
		return casp_error(err, CAS_E_USAGE,
				  "exemption '%s': class %s takes no value",
				  exemption->name, class->name);
	}
	return 0;
}

static int check_expiry(const struct cas_exemption *exemption,
			const struct casp_exemption_class *class, struct cas_error **err)
{
	if (exemption->expires < 0) {
		return casp_error(err, CAS_E_USAGE,
				  "exemption '%s': expires is before 1970",
				  exemption->name);
	}
	if (class->must_expire && !exemption->expires) {
		casp_error(err, CAS_E_USAGE, "exemption '%s' does not expire",
			   exemption->name);
		casp_error_hint(err,
				"class %s needs 'expires', the last day on which it "
				"holds, such as 2026-12-31",
				class->name);
		return CAS_E_USAGE;
	}
	return 0;
}

static int check_text(const struct cas_exemption *exemption, const char *key,
		      const char *value, struct cas_error **err)
{
	return is_blank(value) ? casp_error(err, CAS_E_USAGE, "exemption '%s' has no %s",
					    exemption->name, key)
			       : 0;
}

static int check_object(const struct cas_exemption *exemption,
			const struct casp_exemption_class *class, struct cas_error **err)
{
	return check_text(exemption, "object", exemption->object, err);
}

static int check_reason(const struct cas_exemption *exemption,
			const struct casp_exemption_class *class, struct cas_error **err)
{
	return check_text(exemption, "reason", exemption->reason, err);
}

static int check_owner(const struct cas_exemption *exemption,
		       const struct casp_exemption_class *class, struct cas_error **err)
{
	return check_text(exemption, "owner", exemption->owner, err);
}

int casp_exemption_check_next(const struct cas_exemption *exemption, size_t *at,
			      struct cas_error **err)
{
	static int (*const checks[])(const struct cas_exemption *,
				     const struct casp_exemption_class *,
				     struct cas_error **) = {
		check_object, check_reason, check_owner,
		check_rule,   check_value,  check_expiry,
	};
	const size_t n = sizeof(checks) / sizeof(*checks);
	const struct casp_exemption_class *class = casp_exemption_class(exemption);
	int code = 0;

	if (*at < n && (is_blank(exemption->name) || !class)) {
		*at = n; /* nothing else can be said of it */
		return is_blank(exemption->name)
			       ? casp_error(err, CAS_E_USAGE, "an exemption has no name")
			       : casp_error(err, CAS_E_USAGE,
					    "exemption '%s': no such class",
					    exemption->name);
	}
	while (code == 0 && *at < n) {
		code = checks[(*at)++](exemption, class, err);
	}
	return code;
}

int cas_exemption_check(const struct cas_exemption *exemption, struct cas_error **err)
{
	size_t first = 0;

	return casp_exemption_check_next(exemption, &first, err);
}
