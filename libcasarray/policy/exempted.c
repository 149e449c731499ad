/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the exemptions of the policy mean for the objects of an organization. */
#include "exemption.h"

#include "../base/error.h"
#include "../exchange/identity.h"
#include "../names/date.h"
#include "../names/dn.h"

bool casp_exemption_expired(const struct cas_organization *org,
			    const struct cas_exemption *exemption)
{
	return exemption->expires && org->policy->now &&
	       org->policy->now >= exemption->expires;
}

/* ---- exempt from a rule ---- */

bool casp_exemption_means(const struct cas_exemption *exemption,
			  const struct cas_object *object, bool covered)
{
	const struct casp_exemption_class *class = casp_exemption_class(exemption);
	const struct cas_rule *rule;

	if (!class || (covered && !class->covers)) {
		return false;
	}
	if (class->kinds) {
		return class->kinds >> object->kind & 1;
	}
	rule = cas_rule_find(exemption->rule);
	return rule && (rule->kind == CAS_KIND_OTHER || rule->kind == object->kind);
}

/* `covered`: the object is not the one that was found, but in it. */
static const struct cas_exemption *exempted_by(const struct cas_organization *org,
					       const struct cas_rule *rule,
					       const struct cas_object *object,
					       bool covered)
{
	const struct casp_declaration *declarations;
	size_t n;

	declarations = casp_declared_of(org, object, &n);
	for (size_t i = 0; i < n; i++) {
		const struct cas_exemption *exemption =
			declarations[i].declared->exemption;

		if (casp_exemption_concerns(exemption, rule) &&
		    casp_exemption_means(exemption, object, covered) &&
		    !casp_exemption_expired(org, exemption)) {
			return exemption;
		}
	}
	return NULL;
}

static const struct cas_exemption *covered_by(const struct cas_organization *org,
					      const struct cas_rule *rule,
					      const struct cas_object *whole)
{
	return whole ? exempted_by(org, rule, whole, true) : NULL;
}

/* Entries that are no objects have nothing but a DN, and no list that they are in. */
static const struct cas_exemption *exempted_entry(const struct cas_organization *org,
						  const struct cas_rule *rule,
						  const struct cas_object *object)
{
	/* What is found on an exemption itself has neither, and there may be many. */
	if (!*object->dn && !object->has_guid) {
		return NULL;
	}
	for (size_t i = 0; i < org->declarations->n; i++) {
		const struct cas_exemption *exemption =
			org->declarations->all[i].exemption;
		struct casp_guid guid;
		struct casp_str text;

		if (!exemption->object || !casp_exemption_concerns(exemption, rule) ||
		    !casp_exemption_means(exemption, object, false) ||
		    casp_exemption_expired(org, exemption)) {
			continue;
		}
		text = casp_str_trim(casp_str(exemption->object));
		if (casp_dn_equal(text, casp_str(object->dn)) ||
		    (object->has_guid && casp_guid_parse(text, &guid) &&
		     memcmp(guid.b, object->guid.b, sizeof(guid.b)) == 0)) {
			return exemption;
		}
	}
	return NULL;
}

const struct cas_exemption *casp_exempted(const struct cas_organization *org,
					  const struct cas_rule *rule,
					  const struct cas_object *object)
{
	const struct cas_database *database = cas_object_database(object);
	const struct cas_array *array = cas_object_array(object);
	const struct cas_exemption *exemption;

	if (!org->declarations) {
		return NULL;
	}
	if (object->kind == CAS_KIND_OTHER) {
		return exempted_entry(org, rule, object);
	}
	exemption = exempted_by(org, rule, object, false);
	if (!exemption && array && array->site) {
		exemption = covered_by(org, rule, &array->site->object);
	}
	if (!exemption && database && database->home) {
		exemption = covered_by(org, rule, &database->home->object);
	}
	if (!exemption && database && database->dag) {
		exemption = covered_by(org, rule, &database->dag->object);
	}
	return exemption;
}

/* ---- declared databases ---- */

/* Does the database refer to what an override declares for it? */
static bool follows(const struct cas_database *database,
		    const struct casp_declared *declared)
{
	return declared->value && database->target == declared->value;
}

static const struct cas_exemption *declared_as(const struct cas_organization *org,
					       const struct cas_database *database,
					       enum cas_exemption_class which,
					       bool expired)
{
	const struct casp_declaration *declarations;
	size_t n;

	declarations = casp_declared_of(org, &database->object, &n);
	for (size_t i = 0; i < n; i++) {
		const struct casp_declared *declared = declarations[i].declared;

		if (declared->exemption->which == which &&
		    casp_exemption_expired(org, declared->exemption) == expired &&
		    (which == CAS_EXEMPTION_PF_PROXY || follows(database, declared))) {
			return declared->exemption;
		}
	}
	return NULL;
}

const struct cas_exemption *casp_declared_proxy(const struct cas_organization *org,
						const struct cas_database *database)
{
	return declared_as(org, database, CAS_EXEMPTION_PF_PROXY, false);
}

const struct cas_exemption *casp_lapsed_override(const struct cas_organization *org,
						 const struct cas_database *database)
{
	return declared_as(org, database, CAS_EXEMPTION_TEMPORARY_OVERRIDE, true);
}

const struct cas_exemption *casp_declared_value(const struct cas_organization *org,
						const struct cas_database *database)
{
	const struct cas_exemption *exemption;

	if (!org->declarations || database->type != CASP_DATABASE_MAILBOX_2010) {
		return NULL;
	}
	exemption = casp_declared_proxy(org, database);
	return exemption ? exemption
			 : declared_as(org, database, CAS_EXEMPTION_TEMPORARY_OVERRIDE,
				       false);
}

/* ---- what becomes of an exemption ---- */

static const struct casp_declared *declared_by(const struct cas_organization *org,
					       const struct cas_exemption *exemption)
{
	size_t i;

	if (!org->declarations || exemption < org->policy->exemptions) {
		return NULL;
	}
	i = (size_t)(exemption - org->policy->exemptions);
	return i < org->declarations->n ? &org->declarations->all[i] : NULL;
}

/* The kinds of objects that it can be declared of. */
static unsigned kinds_of(const struct cas_exemption *exemption)
{
	const struct casp_exemption_class *class = casp_exemption_class(exemption);
	const struct cas_rule *rule;

	if (!class) {
		return 0;
	}
	if (class->kinds) {
		return class->kinds;
	}
	rule = cas_rule_find(exemption->rule);
	if (!rule) {
		return 0;
	}
	return rule->kind == CAS_KIND_OTHER ? ~0u : 1u << rule->kind;
}

/* Rules about entries in doubt are asked of those that are no objects, too. */
static bool is_entry(const struct cas_organization *org,
		     const struct cas_exemption *exemption)
{
	struct casp_str text = casp_str_trim(casp_str(exemption->object));
	const struct casp_defect *defects;
	size_t n = org->directory ? casp_organization_defects(org, &defects) : 0;

	for (size_t i = 0; i < n; i++) {
		if (casp_dn_equal(defects[i].dn, text)) {
			return true;
		}
	}
	for (size_t i = 0; i < org->strays.n; i++) {
		struct casp_guid guid;
		const struct cas_object *object = org->strays.v[i];

		if (casp_dn_equal(casp_str(object->dn), text) ||
		    (object->has_guid && casp_guid_parse(text, &guid) &&
		     memcmp(guid.b, object->guid.b, sizeof(guid.b)) == 0)) {
			return true;
		}
	}
	return false;
}

static bool is_loaded(const struct cas_organization *org, unsigned kinds)
{
	const unsigned databases = 1u << CAS_KIND_DATABASE | 1u << CAS_KIND_COPY;

	if (kinds & databases && (org->named || !(org->scope & CAS_SCOPE_DATABASES))) {
		return false;
	}
	return !(kinds & 1u << CAS_KIND_SERVICE) || org->scope & CAS_SCOPE_SERVICES;
}

enum casp_exemption_state casp_exemption_state(const struct cas_organization *org,
					       const struct cas_exemption *exemption)
{
	const struct casp_declared *declared = declared_by(org, exemption);
	unsigned kinds = kinds_of(exemption);

	if (!declared || !exemption->object || !kinds) {
		return CASP_EXEMPTION_MISSING;
	}
	if (declared->found & kinds) {
		return CASP_EXEMPTION_RESOLVED;
	}
	if (declared->ambiguous & kinds) {
		return CASP_EXEMPTION_AMBIGUOUS;
	}
	if (kinds == ~0u && is_entry(org, exemption)) {
		return CASP_EXEMPTION_RESOLVED;
	}
	return is_loaded(org, kinds) ? CASP_EXEMPTION_MISSING : CASP_EXEMPTION_NOT_LOADED;
}

/* Why an identity means no object of the kinds; NULL: it does. */
static const char *trouble_of(const struct cas_organization *org, unsigned kinds,
			      const char *identity, struct casp_arena *arena, bool *ok)
{
	const struct cas_object *object;
	struct cas_error *error = NULL;
	const char *hint, *text = NULL;

	if (cas_organization_find(org, kinds, identity, &object, &error) == 0) {
		return NULL;
	}
	hint = cas_error_hint(error);
	if (cas_error_code(error) != CAS_E_NOMEM) {
		text = casp_arena_printf(arena, "%s%s%s", cas_error_message(error),
					 hint ? "; " : "", hint ? hint : "");
	}
	cas_error_free(error);
	*ok &= text != NULL;
	return text;
}

const char *casp_exemption_trouble(const struct cas_organization *org,
				   const struct cas_exemption *exemption,
				   struct casp_arena *arena, bool *ok)
{
	const unsigned targets = 1u << CAS_KIND_ARRAY | 1u << CAS_KIND_SERVER;
	const struct casp_declared *declared = declared_by(org, exemption);

	switch (casp_exemption_state(org, exemption)) {
	case CASP_EXEMPTION_RESOLVED:
		break;
	case CASP_EXEMPTION_NOT_LOADED:
		return NULL;
	default:
		return exemption->object && kinds_of(exemption)
			       ? trouble_of(org, kinds_of(exemption), exemption->object,
					    arena, ok)
			       : "it is not well formed";
	}
	return exemption->value && !declared->value
		       ? trouble_of(org, targets, exemption->value, arena, ok)
		       : NULL;
}

bool casp_exemption_in_use(const struct cas_organization *org,
			   const struct cas_exemption *exemption)
{
	const struct casp_declared *declared = declared_by(org, exemption);
	const struct cas_database *database = declared ? declared->database : NULL;

	if (!database || database->type != CASP_DATABASE_MAILBOX_2010 ||
	    casp_exemption_expired(org, exemption)) {
		return false;
	}
	return exemption->which == CAS_EXEMPTION_PF_PROXY ||
	       (exemption->which == CAS_EXEMPTION_TEMPORARY_OVERRIDE &&
		follows(database, declared));
}

const char *casp_exemption_text(struct casp_arena *arena,
				const struct cas_exemption *exemption)
{
	const char *what = exemption->which == CAS_EXEMPTION_PF_PROXY
				   ? "it is a public folder proxy by"
			   : exemption->which == CAS_EXEMPTION_TEMPORARY_OVERRIDE
				   ? "it has its value by"
				   : "it is left alone by";
	char day[CASP_DATE_TEXT] = "";

	if (exemption->expires) {
		casp_date_text(exemption->expires - 1, day);
	}
	return casp_arena_printf(arena, "%s exemption '%s' of %s%s%s: %s", what,
				 exemption->name, exemption->owner,
				 *day ? ", until " : "", day, exemption->reason);
}
