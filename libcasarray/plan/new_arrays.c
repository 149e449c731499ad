/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The arrays of all sites that should have one, as one plan. */
#include <stdlib.h>

#include "../names/fqdn.h"
#include "target.h"

#define WITHOUT_ARRAY "CAS001" /* site-without-array */

struct making {
	struct cas_plan *plan;
	const struct cas_new_array *what;
	cas_line_fn problem;
	void *closure;
	CASP_VEC(const struct cas_site *) sites; /* that should have one */
	casp_targets made;
	size_t n_refused;
};

/* ---- which sites ---- */

static int take(struct making *making, const struct cas_finding *finding,
		struct cas_error **err)
{
	const struct cas_object *object = cas_finding_object(finding);

	if (!cas_finding_evaluated(finding)) {
		return casp_error(err, CAS_E_USAGE,
				  "the sites without an array are not known: %s",
				  cas_finding_message(finding));
	}
	return casp_vec_push(&making->sites, cas_object_site(object))
		       ? 0
		       : casp_error_nomem(err);
}

static int find_sites(struct making *making, struct cas_error **err)
{
	static const char *const rules[] = {WITHOUT_ARRAY};
	const struct cas_audit_options options = {
		.rules = rules,
		.n_rules = 1,
		.now = making->plan->org->policy->now,
	};
	const struct cas_finding *finding;
	struct cas_audit *audit;
	int code = cas_audit_new(making->plan->org, &options, &audit, err);
	int more = 1;

	if (code) {
		return code;
	}
	while (code == 0 && (more = cas_audit_next(audit, &finding, err)) > 0) {
		code = take(making, finding, err);
	}
	cas_audit_free(audit);
	return code ? code : more;
}

/* ---- their arrays ---- */

static int refuse(struct making *making, const struct cas_site *site, const char *why,
		  struct cas_error **err)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf text = {0};

	making->n_refused++;
	casp_buf_addf(&text, "site '%s': %s", site->object.name, why);
	return text.failed ? casp_error_nomem(err)
			   : making->problem(making->closure, text.p, err);
}

/* Another one that is made has the same. */
static int check_twins(struct making *making, const struct casp_target *target,
		       struct cas_error **err)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf why = {0};

	for (size_t i = 0; i < making->made.n && !why.n; i++) {
		const struct casp_target *other = &making->made.v[i];

		if (casp_fqdn_equal(casp_str(other->fqdn), casp_str(target->fqdn))) {
			casp_buf_addf(&why,
				      "its array would have the FQDN of that of site "
				      "'%s', '%s'",
				      other->site->object.name, target->fqdn);
		} else if (casp_iequal(other->name, target->name)) {
			casp_buf_addf(&why,
				      "its array would have the name of that of site "
				      "'%s', '%s'; array-name in the section [policy] of "
				      "casarray.conf gives them names of their own",
				      other->site->object.name, target->name);
		}
	}
	if (why.failed) {
		return casp_error_nomem(err);
	}
	return why.n ? refuse(making, target->site, why.p, err) : 0;
}

static bool is_of_the_site(int code)
{
	return code == CAS_E_REFUSED || code == CAS_E_NOT_FOUND ||
	       code == CAS_E_AMBIGUOUS;
}

static int make_one(struct making *making, const struct cas_site *site,
		    struct cas_error **err)
{
	struct cas_new_array how = {
		.site = site->object.dn,
		.adopt_databases = making->what->adopt_databases,
	};
	struct casp_target target;
	struct cas_error *error = NULL;
	int code = casp_new_array_add(making->plan, &how, &target, &error);

	if (is_of_the_site(code)) {
		code = refuse(making, site, cas_error_message(error), err);
		cas_error_free(error);
		return code;
	}
	if (code) {
		casp_error_pass(err, error);
		return code;
	}
	code = check_twins(making, &target, err);
	if (code == 0 && !casp_vec_push(&making->made, target)) {
		code = casp_error_nomem(err);
	}
	return code;
}

static int make(struct making *making, struct cas_error **err)
{
	int code = casp_new_array_check_policy(making->plan->org, err);

	if (code == 0) {
		code = find_sites(making, err);
	}
	for (size_t i = 0; code == 0 && i < making->sites.n; i++) {
		code = make_one(making, making->sites.v[i], err);
	}
	if (code == 0 && making->n_refused) {
		casp_error(err, CAS_E_REFUSED,
			   "%zu of %zu sites without an array cannot get one",
			   making->n_refused, making->sites.n);
		return casp_error_hint(err, "make theirs first, with --site and --fqdn");
	}
	if (code == 0 && !making->sites.n &&
	    !casp_plan_note(making->plan, "no site lacks an array")) {
		code = casp_error_nomem(err);
	}
	return code ? code : casp_plan_finish(making->plan, err);
}

int cas_plan_new_arrays(const struct cas_organization *org,
			const struct cas_new_array *what, cas_line_fn problem,
			void *closure, struct cas_plan **ret, struct cas_error **err)
{
	CASP_CLEANUP(casp_plan_freep) struct cas_plan *plan = NULL;
	struct making making = {.what = what, .problem = problem, .closure = closure};
	int code = casp_plan_create(org, "new-array", &plan, err);

	if (code == 0) {
		making.plan = plan;
		code = make(&making, err);
	}
	casp_vec_free(&making.sites);
	casp_vec_free(&making.made);
	if (code == 0) {
		*ret = plan;
		plan = NULL;
	}
	return code;
}
