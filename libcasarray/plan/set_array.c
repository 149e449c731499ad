/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Set-ClientAccessArray as a plan. */
#include <stdlib.h>

#include "../names/fqdn.h"
#include "array_check.h"

#define RENAMABLE 0x40000000

/* What really changes; NULL: stays. */
struct intent {
	const struct cas_array *array;
	const char *name;
	const char *fqdn;
	const struct cas_site *site;
};

static int want_name(struct cas_plan *plan, const char *name, struct intent *intent,
		     struct cas_error **err)
{
	const struct cas_array *array = intent->array;
	int code;

	if (!name || strcmp(name, array->object.name) == 0) {
		return 0;
	}
	code = casp_array_check_name(name, err);
	if (code == 0) {
		code = casp_array_check_free(plan->org, array, "name", casp_str(name),
					     err);
	}
	if (code) {
		return code;
	}
	if (!(array->flags & RENAMABLE)) {
		casp_error(err, CAS_E_REFUSED,
			   "the array '%s' cannot be renamed: its systemFlags lack "
			   "0x40000000, "
			   "without which Active Directory renames nothing in the "
			   "configuration",
			   array->object.name);
		casp_error_hint(err,
				"make a new array with the name wanted, re-point the "
				"databases, then remove this one");
		return CAS_E_REFUSED;
	}
	intent->name = casp_arena_dup(&plan->arena, name, strlen(name));
	return intent->name ? 0 : casp_error_nomem(err);
}

static int want_fqdn(struct cas_plan *plan, const char *fqdn, struct intent *intent,
		     struct cas_error **err)
{
	struct casp_str text;
	int code;

	if (!fqdn) {
		return 0;
	}
	code = casp_array_check_fqdn(fqdn, &text, err);
	if (code == 0) {
		code = casp_array_check_free(plan->org, intent->array, "FQDN", text, err);
	}
	if (code || casp_str_equal(text, casp_str(intent->array->fqdn))) {
		return code;
	}
	intent->fqdn = casp_arena_dup_str(&plan->arena, text);
	return intent->fqdn ? 0 : casp_error_nomem(err);
}

static int want_site(struct cas_plan *plan, const struct cas_set_array *what,
		     struct intent *intent, struct cas_error **err)
{
	const struct cas_object *object;
	const struct cas_site *site;
	int code;

	if (!what->site) {
		return 0;
	}
	code = cas_organization_find(plan->org, 1u << CAS_KIND_SITE, what->site, &object,
				     err);
	if (code) {
		return code;
	}
	site = cas_object_site(object);
	if (site == intent->array->site) {
		return 0;
	}
	intent->site = site;
	return what->allow_second_array ? 0
					: casp_array_check_site(site, intent->array, err);
}

/* ---- the step ---- */

static bool fqdn_delta(struct cas_plan *plan, const struct intent *intent,
		       struct casp_delta *delta)
{
	const struct cas_array *array = intent->array;

	*delta = (struct casp_delta){
		.attribute = "networkAddress",
		.old_value = *array->tcp_value ? array->tcp_value : NULL,
		.new_value =
			casp_arena_printf(&plan->arena, "ncacn_ip_tcp:%s", intent->fqdn),
		.old_shown = array->fqdn,
		.new_shown = intent->fqdn,
	};
	return delta->new_value;
}

static void site_delta(const struct intent *intent, struct casp_delta *delta)
{
	const struct cas_array *array = intent->array;

	*delta = (struct casp_delta){
		.attribute = "msExchServerSite",
		.old_value = *array->site_dn ? array->site_dn : NULL,
		.new_value = intent->site->object.dn,
		.old_shown = array->site ? array->site->object.name : array->site_dn,
		.new_shown = intent->site->object.name,
	};
}

static int add_step(struct cas_plan *plan, const struct intent *intent,
		    struct cas_error **err)
{
	enum cas_action action = intent->name ? CAS_ACTION_RENAME : CAS_ACTION_MODIFY;
	struct casp_step *step =
		casp_plan_object_step(plan, action, &intent->array->object);
	size_t n = 0;

	if (!step || !casp_step_reserve(plan, step, 2)) {
		return casp_error_nomem(err);
	}
	step->new_name = intent->name;
	step->shown = intent->fqdn ? "Fqdn" : intent->site ? "Site" : "Name";
	if (intent->fqdn && !fqdn_delta(plan, intent, &step->deltas[n++])) {
		return casp_error_nomem(err);
	}
	if (intent->site) {
		site_delta(intent, &step->deltas[n++]);
	}
	step->n_deltas = n;
	step->reason = "set array";
	return 0;
}

/* ---- what people should know ---- */

/* The databases that use the array; with `site` only those whose home is elsewhere. */
static bool users(const struct cas_plan *plan, const struct cas_array *array,
		  const struct cas_site *site, struct casp_buf *names, size_t *n)
{
	const struct cas_organization *org = plan->org;

	*n = 0;
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_DATABASE); i++) {
		const struct cas_database *database = CASP_DATABASE(org, i);

		if (casp_database_uses(database, &array->object) &&
		    !(site && database->home == site)) {
			casp_name_add(names, n, database->object.name);
		}
	}
	casp_names_end(names, *n);
	return !names->failed;
}

static bool note_fqdn(struct cas_plan *plan, const struct intent *intent)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf names = {0};
	bool loaded = (plan->org->scope & CAS_SCOPE_DATABASES) && !plan->org->named;
	size_t n;

	if (!casp_plan_note(
		    plan,
		    "the legacyExchangeDN '%s' stays as it is: databases refer to the "
		    "array by it",
		    intent->array->object.legacy_dn)) {
		return false;
	}
	if (!loaded) {
		return casp_plan_note(plan,
				      "databases that use the array show '%s' at once",
				      intent->fqdn);
	}
	if (!users(plan, intent->array, NULL, &names, &n)) {
		return false;
	}
	if (n == 0) {
		return casp_plan_note(plan, "no database uses the array");
	}
	return casp_plan_note(plan, "%zu database%s will show '%s' at once: %s", n,
			      n == 1 ? "" : "s", intent->fqdn, names.p) &&
	       (!*intent->array->fqdn ||
		casp_plan_note(
			plan,
			"Outlook profiles keep the old name: '%s' must stay resolvable "
			"and reachable until profiles have been updated",
			intent->array->fqdn));
}

static bool warn_addresses(struct cas_plan *plan, const struct cas_array *array)
{
	return array->n_tcp < 2 ||
	       casp_plan_warn(
		       plan,
		       "the array has %u ncacn_ip_tcp addresses: only '%s' is replaced",
		       array->n_tcp, array->tcp_value);
}

static bool warn_site(struct cas_plan *plan, const struct intent *intent)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf names = {0};
	size_t n;

	if (!users(plan, intent->array, intent->site, &names, &n)) {
		return false;
	}
	return n == 0 ||
	       casp_plan_warn(
		       plan,
		       "%zu database%s that use%s the array will not have %s home in its "
		       "site: %s",
		       n, n == 1 ? "" : "s", n == 1 ? "s" : "", n == 1 ? "its" : "their",
		       names.p);
}

static int inform(struct cas_plan *plan, const struct intent *intent,
		  struct cas_error **err)
{
	const struct cas_site *site = intent->site ? intent->site : intent->array->site;
	bool ok = true;
	int code;

	if (intent->fqdn) {
		code = casp_array_warn_fqdn(plan, intent->fqdn, site, err);
		if (code) {
			return code;
		}
		ok = warn_addresses(plan, intent->array) && note_fqdn(plan, intent);
	}
	if (intent->site) {
		ok = ok && warn_site(plan, intent);
	}
	return ok ? 0 : casp_error_nomem(err);
}

static int build(struct cas_plan *plan, const struct cas_set_array *what,
		 struct cas_error **err)
{
	struct intent intent = {0};
	int code = casp_array_find(plan->org, what->identity, &intent.array, err);

	if (code == 0) {
		code = want_name(plan, what->name, &intent, err);
	}
	if (code == 0) {
		code = want_fqdn(plan, what->fqdn, &intent, err);
	}
	if (code == 0) {
		code = want_site(plan, what, &intent, err);
	}
	if (code) {
		return code;
	}
	if (!intent.name && !intent.fqdn && !intent.site) {
		return casp_plan_note(plan, "the array '%s' is already so",
				      intent.array->object.name)
			       ? 0
			       : casp_error_nomem(err);
	}
	code = add_step(plan, &intent, err);
	if (code == 0) {
		code = inform(plan, &intent, err);
	}
	return code ? code : casp_plan_finish(plan, err);
}

int cas_plan_set_array(const struct cas_organization *org,
		       const struct cas_set_array *what, struct cas_plan **ret,
		       struct cas_error **err)
{
	CASP_CLEANUP(casp_plan_freep) struct cas_plan *plan = NULL;
	int code;

	if (!what->name && !what->fqdn && !what->site) {
		return casp_error(err, CAS_E_USAGE,
				  "nothing to change: give a name, an FQDN or a site");
	}
	code = casp_plan_create(org, "set-array", &plan, err);
	if (code == 0) {
		code = build(plan, what, err);
	}
	if (code == 0) {
		*ret = plan;
		plan = NULL;
	}
	return code;
}
