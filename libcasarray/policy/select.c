/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which rules and which objects an audit is asked about. */
#include "select.h"

#include <stdlib.h>

#include "../base/error.h"
#include "settings.h"

static int unknown_family(const char *text, struct cas_error **err)
{
	const char *nearest = casp_rule_nearest(text, true);

	casp_error(err, CAS_E_USAGE, "no such family: '%s'", text);
	if (strchr(text, ',')) {
		return casp_error_hint(err, "give --family once for each");
	}
	return nearest ? casp_error_hint(err, "did you mean '%s'?", nearest)
		       : casp_error_hint(err, CASP_RULE_HINT);
}

static int set_rules(struct casp_selection *selection, const char *const *names, size_t n,
		     bool value, struct cas_error **err)
{
	for (size_t i = 0; i < n; i++) {
		const struct cas_rule *rule;
		int code = casp_rule_look_up(names[i], &rule, err);
		size_t k = 0;

		if (code < 0) {
			return strchr(names[i], ',')
				       ? casp_error_hint(err, "give --rule once for each")
				       : code;
		}
		while (cas_rules_get(k) != rule) {
			k++;
		}
		selection->rules[k] = value;
	}
	return 0;
}

static bool in_families(const struct cas_rule *rule,
			const struct cas_audit_options *options)
{
	for (size_t i = 0; i < options->n_families; i++) {
		if (casp_iequal(rule->family, options->families[i])) {
			return true;
		}
	}
	return false;
}

static bool is_on(const struct cas_policy *policy, const struct cas_rule *rule)
{
	const struct cas_rule_setting *setting = casp_setting_of(policy, rule);

	if (!setting || setting->enabled == CAS_SWITCH_DEFAULT) {
		return !rule->off;
	}
	return setting->enabled == CAS_SWITCH_ON;
}

static int select_rules(struct casp_selection *selection,
			const struct cas_audit_options *options, struct cas_error **err)
{
	bool all = !options->n_rules && !options->n_families;
	const struct cas_rule *rule;
	int code;

	for (size_t i = 0; i < options->n_families; i++) {
		if (!casp_family_known(options->families[i])) {
			return unknown_family(options->families[i], err);
		}
	}
	for (size_t i = 0; (rule = cas_rules_get(i)); i++) {
		selection->rules[i] = (all || in_families(rule, options)) &&
				      is_on(selection->org->policy, rule);
	}
	code = set_rules(selection, options->rules, options->n_rules, true, err);
	if (code < 0) {
		return code;
	}
	return set_rules(selection, options->skip, options->n_skip, false, err);
}

static int select_objects(struct casp_selection *selection,
			  const struct cas_objects *objects, struct cas_error **err)
{
	size_t n = objects ? cas_objects_count(objects) : 0;

	for (size_t i = 0; i < n; i++) {
		const struct cas_object *object = cas_objects_get(objects, i);
		bool **flags = &selection->objects[object->kind];

		if (!*flags) {
			*flags = calloc(CASP_COUNT(selection->org, object->kind) + 1,
					sizeof(**flags));
		}
		if (!*flags) {
			return casp_error_nomem(err);
		}
		if (object->index < CASP_COUNT(selection->org, object->kind)) {
			(*flags)[object->index] = true;
		}
		selection->some = true;
	}
	return 0;
}

int casp_selection_init(struct casp_selection *selection,
			const struct cas_organization *org,
			const struct cas_audit_options *options, struct cas_error **err)
{
	int code;

	*selection = (struct casp_selection){.org = org};
	selection->rules = calloc(cas_rules_count(), sizeof(*selection->rules));
	if (!selection->rules) {
		return casp_error_nomem(err);
	}
	code = select_rules(selection, options, err);
	return code < 0 ? code : select_objects(selection, options->objects, err);
}

void casp_selection_free(struct casp_selection *selection)
{
	free(selection->rules);
	for (int kind = 0; kind < CAS_N_KINDS; kind++) {
		free(selection->objects[kind]);
	}
}

const struct cas_site *casp_object_site(const struct cas_object *object)
{
	switch (object->kind) {
	case CAS_KIND_SITE:
		return (const struct cas_site *)object;
	case CAS_KIND_SERVER:
		return ((const struct cas_server *)object)->site;
	case CAS_KIND_ARRAY:
		return ((const struct cas_array *)object)->site;
	case CAS_KIND_DATABASE:
		return ((const struct cas_database *)object)->home;
	case CAS_KIND_COPY: {
		const struct cas_server *host = ((const struct casp_copy *)object)->host;

		return host ? host->site : NULL;
	}
	case CAS_KIND_SUBNET:
		return ((const struct casp_subnet *)object)->site;
	case CAS_KIND_SERVICE: {
		const struct cas_server *server =
			((const struct casp_service *)object)->server;

		return server ? server->site : NULL;
	}
	default:
		return NULL;
	}
}

static bool is_flagged(const struct casp_selection *selection,
		       const struct cas_object *object)
{
	return object && selection->objects[object->kind] &&
	       selection->objects[object->kind][object->index];
}

static bool has_database(const struct casp_selection *selection,
			 const struct cas_database *database)
{
	if (is_flagged(selection, database->owner ? &database->owner->object : NULL)) {
		return true;
	}
	for (size_t i = 0; i < database->n_copies; i++) {
		const struct cas_server *host = database->copies[i]->host;

		if (host && is_flagged(selection, &host->object)) {
			return true;
		}
	}
	return false;
}

bool casp_selection_has(const struct casp_selection *selection,
			const struct cas_object *object)
{
	const struct cas_site *site;

	if (!selection->some) {
		return true;
	}
	/* An entry that is no object: its index is of another list. */
	if (object->kind == CAS_KIND_OTHER || object->kind == CAS_KIND_ORGANIZATION) {
		return false;
	}
	site = casp_object_site(object);
	if (is_flagged(selection, object) ||
	    is_flagged(selection, site ? &site->object : NULL)) {
		return true;
	}
	return object->kind == CAS_KIND_DATABASE &&
	       has_database(selection, (const struct cas_database *)object);
}
