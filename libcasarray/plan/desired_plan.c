/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A desired state as a plan: all that differs from it, or all that is impossible. */
#include <stdlib.h>

#include "desiring.h"

static int check_organization(struct casp_desiring *desiring, struct cas_error **err)
{
	const struct cas_desired *desired = desiring->desired;
	const char *name = cas_organization_name(desiring->plan->org);
	const struct casp_where where = {.file = desired->file};
	const char *why;

	if (!desired->organization || casp_iequal(desired->organization, name)) {
		return 0;
	}
	why = casp_arena_printf(&desiring->plan->arena,
				"it is of the organization '%s', and this one is '%s'",
				desired->organization, name);
	return why ? casp_desired_refuse(desiring->desired, &where, NULL, why, NULL, err)
		   : casp_error_nomem(err);
}

static int refuse(struct cas_desired *desired, struct cas_error **err)
{
	size_t n = desired->problems.n;
	bool several = desired->n_files > 1;

	casp_desired_sort(desired);
	casp_error(err, CAS_E_REFUSED, "'%s'%s refused for %zu reason%s", desired->file,
		   several ? " and the other files are" : " is", n, n == 1 ? "" : "s");
	casp_error_hint(err, "nothing was written; correct it, and try again");
	return CAS_E_REFUSED;
}

static bool tell(struct casp_desiring *desiring)
{
	const struct cas_desired *desired = desiring->desired;

	for (size_t i = 0; i < desired->notices.n; i++) {
		if (!casp_plan_note(desiring->plan, "%s", desired->notices.v[i])) {
			return false;
		}
	}
	return true;
}

static int build(struct casp_desiring *desiring, struct cas_error **err)
{
	struct cas_desired *desired = desiring->desired;
	const struct cas_organization *org = desiring->plan->org;
	size_t n = CASP_COUNT(org, CAS_KIND_DATABASE);
	int code;

	desiring->seen = calloc(n + 1, sizeof(*desiring->seen));
	desiring->moved = calloc(n + 1, sizeof(*desiring->moved));
	desiring->by_array =
		calloc(CASP_COUNT(org, CAS_KIND_ARRAY) + 1, sizeof(*desiring->by_array));
	if (!desiring->seen || !desiring->moved || !desiring->by_array) {
		return casp_error_nomem(err);
	}
	code = casp_layout_init(&desiring->layout, org, err);
	if (code == 0) {
		code = check_organization(desiring, err);
	}
	if (code == 0) {
		code = casp_desired_arrays(desiring, err);
	}
	if (code == 0) {
		code = casp_desired_databases(desiring, err);
	}
	if (code == 0) {
		code = casp_desired_rest(desiring, err);
	}
	if (code == 0 && desired->problems.n) {
		code = refuse(desired, err);
	}
	if (code == 0 && !tell(desiring)) {
		code = casp_error_nomem(err);
	}
	return code ? code : casp_plan_finish(desiring->plan, err);
}

static void finish(struct casp_desiring *desiring)
{
	casp_desired_databases_end(desiring);
	casp_vec_free(&desiring->wishes);
	casp_map_free(&desiring->wishes_by_text);
	casp_layout_free(&desiring->layout);
	free(desiring->seen);
	free(desiring->moved);
	free(desiring->by_array);
}

/* Hands over a plan that was saved. */
static int take_plan(const struct cas_organization *org, struct cas_desired *desired,
		     struct cas_plan **ret, struct cas_error **err)
{
	if (!desired->plan) {
		return casp_error(err, CAS_E_USAGE, "the plan was taken already");
	}
	if (!casp_directory_has_identity(org->directory, desired->identity)) {
		casp_error(err, CAS_E_REFUSED, "'%s' is a plan for '%s', not for '%s'",
			   desired->file, desired->address,
			   cas_directory_address(org->directory));
		casp_error_hint(err, "make the plan again on this directory");
		return CAS_E_REFUSED;
	}
	desired->plan->org = org;
	*ret = desired->plan;
	desired->plan = NULL;
	return 0;
}

int cas_plan_desired(const struct cas_organization *org, struct cas_desired *desired,
		     bool prune, struct cas_plan **ret, struct cas_error **err)
{
	CASP_CLEANUP(casp_plan_freep) struct cas_plan *plan = NULL;
	struct casp_desiring desiring = {.desired = desired, .prune = prune};
	int code;

	if (cas_desired_is_plan(desired)) {
		return take_plan(org, desired, ret, err);
	}
	if (prune && !desired->lists_arrays) {
		return casp_error(err, CAS_E_USAGE,
				  "'%s' lists no arrays, so none can be pruned",
				  desired->file ? desired->file : "");
	}
	code = casp_plan_create(org, "apply", &plan, err);
	desiring.plan = plan;
	if (code == 0) {
		code = build(&desiring, err);
	}
	finish(&desiring);
	if (code == 0) {
		*ret = plan;
		plan = NULL;
	}
	return code;
}
