/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Set-ClientAccessArray as a plan. */
#include <stdlib.h>

#include "../names/fqdn.h"
#include "array_check.h"
#include "target.h"

#define RENAMABLE 0x40000000
#define TCP "ncacn_ip_tcp:"

/* What really changes; NULL: stays. */
struct intent {
	const struct cas_array *array;
	const char *name;
	const char *fqdn;
	const struct cas_site *site;
	struct casp_delta *addresses; /* what becomes of the ncacn_ip_tcp values */
	size_t n_addresses;
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

/* The value that the FQDN is or takes the place of: the one that it equals, else the
 * first. */
static size_t kept_address(const struct cas_array *array, const char *wanted)
{
	for (size_t i = 0; i < array->n_tcp; i++) {
		if (casp_iequal(array->tcp_values[i], wanted)) {
			return i;
		}
	}
	return 0;
}

/* Several addresses become one: an array has exactly one FQDN. */
static int want_one_address(struct cas_plan *plan, struct casp_str fqdn,
			    struct intent *intent, struct cas_error **err)
{
	const struct cas_array *array = intent->array;
	const char *wanted =
		casp_arena_printf(&plan->arena, TCP "%.*s", CASP_STR_ARG(fqdn));
	size_t kept;

	intent->addresses = casp_arena_zalloc(&plan->arena,
					      array->n_tcp * sizeof(*intent->addresses));
	if (!wanted || !intent->addresses) {
		return casp_error_nomem(err);
	}
	kept = kept_address(array, wanted);
	for (size_t i = 0; i < array->n_tcp; i++) {
		struct casp_delta *delta = &intent->addresses[intent->n_addresses];

		if (i == kept && strcmp(array->tcp_values[i], wanted) == 0) {
			continue;
		}
		delta->attribute = "networkAddress";
		delta->old_value = array->tcp_values[i];
		delta->old_shown = array->tcp_values[i] + strlen(TCP);
		delta->new_value = i == kept ? wanted : NULL;
		delta->new_shown = i == kept ? wanted + strlen(TCP) : NULL;
		intent->n_addresses++;
	}
	return 0;
}

static int want_address(struct cas_plan *plan, struct intent *intent,
			struct cas_error **err)
{
	const struct cas_array *array = intent->array;
	struct casp_delta *delta = casp_arena_zalloc(&plan->arena, sizeof(*delta));

	if (!delta) {
		return casp_error_nomem(err);
	}
	delta->attribute = "networkAddress";
	delta->old_value = *array->tcp_value ? array->tcp_value : NULL;
	delta->new_value = casp_arena_printf(&plan->arena, TCP "%s", intent->fqdn);
	delta->old_shown = array->fqdn;
	delta->new_shown = intent->fqdn;
	intent->addresses = delta;
	intent->n_addresses = 1;
	return delta->new_value ? 0 : casp_error_nomem(err);
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
	if (code == 0 && intent->array->n_tcp > 1) {
		code = want_one_address(plan, text, intent, err);
	}
	if (code || casp_str_equal(text, casp_str(intent->array->fqdn))) {
		return code;
	}
	intent->fqdn = casp_arena_dup_str(&plan->arena, text);
	if (!intent->fqdn) {
		return casp_error_nomem(err);
	}
	return intent->n_addresses ? 0 : want_address(plan, intent, err);
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
		    enum cas_action action, bool values, struct cas_error **err)
{
	struct casp_step *step =
		casp_plan_object_step(plan, action, &intent->array->object);
	size_t n = values ? intent->n_addresses : 0;

	if (!step || !casp_step_reserve(plan, step, n + 1)) {
		return casp_error_nomem(err);
	}
	step->new_name = action == CAS_ACTION_RENAME ? intent->name : NULL;
	step->shown = n ? "Fqdn" : values && intent->site ? "Site" : "Name";
	if (n) {
		memcpy(step->deltas, intent->addresses, n * sizeof(*step->deltas));
	}
	if (values && intent->site) {
		site_delta(intent, &step->deltas[n++]);
	}
	step->n_deltas = n;
	step->reason = "set array";
	return 0;
}

/* On a server a new name and new values are two operations, each of which may fail alone:
 * two steps. */
static int add_steps(struct cas_plan *plan, const struct intent *intent,
		     struct cas_error **err)
{
	bool apart = casp_directory_server(plan->org->directory);
	bool values = intent->n_addresses || intent->site;
	int code = 0;

	if (values && (apart || !intent->name)) {
		code = add_step(plan, intent, CAS_ACTION_MODIFY, true, err);
	}
	if (code == 0 && intent->name) {
		code = add_step(plan, intent, CAS_ACTION_RENAME, values && !apart, err);
	}
	return code;
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

static bool warn_addresses(struct cas_plan *plan, const struct intent *intent)
{
	const struct cas_array *array = intent->array;

	return array->n_tcp < 2 || !intent->n_addresses ||
	       casp_plan_warn(
		       plan, "the array has %u ncacn_ip_tcp addresses: only '%s' is left",
		       array->n_tcp, intent->fqdn ? intent->fqdn : array->fqdn);
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
	bool ok = warn_addresses(plan, intent);
	int code;

	if (intent->fqdn) {
		code = casp_array_warn_fqdn(plan, intent->fqdn, err);
		if (code == 0) {
			code = casp_array_note_dns(plan, intent->fqdn, site, err);
		}
		if (code) {
			return code;
		}
		ok = ok && note_fqdn(plan, intent);
	}
	if (intent->site) {
		ok = ok && warn_site(plan, intent);
	}
	return ok ? 0 : casp_error_nomem(err);
}

int casp_set_array_add(struct cas_plan *plan, const struct cas_array *array,
		       const struct cas_set_array *what, struct cas_error **err)
{
	struct intent intent = {.array = array};
	int code = want_name(plan, what->name, &intent, err);

	if (code == 0) {
		code = want_fqdn(plan, what->fqdn, &intent, err);
	}
	if (code == 0) {
		code = want_site(plan, what, &intent, err);
	}
	if (code) {
		return code;
	}
	if (!intent.name && !intent.n_addresses && !intent.site) {
		return casp_plan_note(plan, "the array '%s' is already so",
				      intent.array->object.name)
			       ? 0
			       : casp_error_nomem(err);
	}
	code = add_steps(plan, &intent, err);
	return code ? code : inform(plan, &intent, err);
}

static int build(struct cas_plan *plan, const struct cas_set_array *what,
		 struct cas_error **err)
{
	const struct cas_array *array;
	int code = casp_array_find(plan->org, what->identity, &array, err);

	if (code == 0) {
		code = casp_set_array_add(plan, array, what, err);
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
