/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Remove-ClientAccessArray as a plan. */
#include <stdlib.h>

#include "../policy/exemption.h"
#include "array_check.h"
#include "target.h"

/* Where another object has the legacyExchangeDN, too, databases use but one of them. */
static bool uses(const struct cas_database *database, const struct cas_array *array)
{
	return casp_database_uses(database, &array->object) &&
	       (!database->target || database->target == &array->object);
}

static int users(const struct cas_organization *org, const struct cas_array *array,
		 struct casp_buf *names, size_t *n, struct cas_error **err)
{
	if (!(org->scope & CAS_SCOPE_DATABASES) || org->named) {
		return casp_error(err, CAS_E_USAGE, "the databases were not loaded");
	}
	*n = 0;
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_DATABASE); i++) {
		const struct cas_database *database = CASP_DATABASE(org, i);

		if (uses(database, array)) {
			casp_name_add(names, n, database->object.name);
		}
	}
	casp_names_end(names, *n);
	return names->failed ? casp_error_nomem(err) : 0;
}

static int find_successor(const struct cas_organization *org, const char *identity,
			  const struct cas_array *array, size_t n_users,
			  const struct cas_array **ret, struct cas_error **err)
{
	const char *unfit;
	int code = casp_array_find(org, identity, ret, err);

	if (code) {
		return code;
	}
	if (*ret == array) {
		return casp_error(
			err, CAS_E_USAGE,
			"the databases of '%s' cannot go to the array that is removed",
			array->object.name);
	}
	unfit = casp_target_unfit(&(*ret)->object);
	if (unfit) {
		return casp_error(err, CAS_E_REFUSED, "the array '%s' %s",
				  (*ret)->object.name, unfit);
	}
	if (n_users && casp_iequal((*ret)->object.legacy_dn, array->object.legacy_dn)) {
		return casp_error(
			err, CAS_E_REFUSED,
			"the arrays '%s' and '%s' have the same legacyExchangeDN: "
			"their databases cannot be told apart",
			array->object.name, (*ret)->object.name);
	}
	return 0;
}

static int repoint(struct cas_plan *plan, const struct cas_array *array,
		   const struct cas_array *successor, struct cas_error **err)
{
	const struct cas_organization *org = plan->org;
	const char *reason = casp_arena_printf(&plan->arena, "the array '%s' is removed",
					       array->object.name);
	int code = reason ? 0 : casp_error_nomem(err);

	for (size_t i = 0; code == 0 && i < CASP_COUNT(org, CAS_KIND_DATABASE); i++) {
		const struct cas_database *database = CASP_DATABASE(org, i);

		if (!uses(database, array)) {
			continue;
		}
		if (database->type == CASP_DATABASE_2007) {
			return casp_error(
				err, CAS_E_REFUSED,
				"the database '%s' (%s) uses the array, but is of "
				"Exchange 2007 or older: it cannot be re-pointed",
				database->object.name, database->object.dn);
		}
		if (casp_declared_proxy(org, database)) {
			casp_error(err, CAS_E_REFUSED,
				   "the database '%s' (%s) uses the array, but is a "
				   "public folder proxy, which no array is for",
				   database->object.name, database->object.dn);
			return casp_error_hint(err, "point it at its own server with "
						    "'casarray set-database' first");
		}
		code = casp_plan_repoint(plan, database, successor->object.legacy_dn,
					 successor->fqdn, reason, err);
	}
	return code;
}

static int refuse(const struct cas_array *array, const char *names, size_t n,
		  struct cas_error **err)
{
	casp_error(err, CAS_E_REFUSED, "the array '%s' is used by %zu database%s: %s",
		   array->object.name, n, n == 1 ? "" : "s", names);
	casp_error_hint(
		err, "re-point them with --repoint-to ARRAY; --force removes the array "
		     "all the same");
	return CAS_E_REFUSED;
}

/* The databases first: to another array, left dangling on purpose, or the reason to
 * refuse. */
static int settle_databases(struct cas_plan *plan, const struct cas_remove_array *what,
			    const struct cas_array *array, struct cas_error **err)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf names = {0};
	const struct cas_array *successor;
	size_t n;
	int code = users(plan->org, array, &names, &n, err);

	if (code == 0 && what->repoint_to) {
		code = find_successor(plan->org, what->repoint_to, array, n, &successor,
				      err);
		return code ? code : repoint(plan, array, successor, err);
	}
	if (code || n == 0) {
		return code;
	}
	if (!what->force) {
		return refuse(array, names.p, n, err);
	}
	if (!casp_plan_warn(
		    plan,
		    "%zu database%s will point nowhere, and new Outlook profiles for "
		    "%s will fail: %s",
		    n, n == 1 ? "" : "s", n == 1 ? "it" : "them", names.p)) {
		return casp_error_nomem(err);
	}
	return 0;
}

static int add(struct cas_plan *plan, const struct cas_array *array, bool with_rights,
	       struct cas_error **err)
{
	struct casp_step *step =
		casp_plan_object_step(plan, CAS_ACTION_DELETE, &array->object);
	struct casp_reading reading;
	int code;

	if (!step) {
		return casp_error_nomem(err);
	}
	step->reason = "remove array";
	reading.entry = *step;
	code = casp_plan_read_entries(plan, &reading, 1, with_rights, err);
	if (code == 0 && !reading.found) {
		return casp_error(err, CAS_E_CONFLICT,
				  "the array '%s' (%s) is gone from the directory",
				  array->object.name, array->object.dn);
	}
	if (code == 0) {
		*step = reading.entry;
	}
	return code;
}

int casp_remove_array_add(struct cas_plan *plan, const struct cas_array *array,
			  struct cas_error **err)
{
	return add(plan, array, false, err);
}

static int build(struct cas_plan *plan, const struct cas_remove_array *what,
		 struct cas_error **err)
{
	const struct cas_array *array;
	int code = casp_array_find(plan->org, what->identity, &array, err);

	if (code == 0) {
		code = settle_databases(plan, what, array, err);
	}
	if (code == 0) {
		code = add(plan, array, true, err);
	}
	return code ? code : casp_plan_finish(plan, err);
}

int cas_plan_remove_array(const struct cas_organization *org,
			  const struct cas_remove_array *what, struct cas_plan **ret,
			  struct cas_error **err)
{
	CASP_CLEANUP(casp_plan_freep) struct cas_plan *plan = NULL;
	int code = casp_plan_create(org, "remove-array", &plan, err);

	if (code == 0) {
		code = build(plan, what, err);
	}
	if (code == 0) {
		*ret = plan;
		plan = NULL;
	}
	return code;
}
