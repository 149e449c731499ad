/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The A record of an array, made or removed, as a plan. */
#include "dns.h"
#include "../names/fqdn.h"
#include "array_check.h"

static const struct cas_array *array_of(const struct cas_organization *org,
					struct casp_str fqdn)
{
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_ARRAY); i++) {
		if (casp_fqdn_equal(casp_str(CASP_ARRAY(org, i)->fqdn), fqdn)) {
			return CASP_ARRAY(org, i);
		}
	}
	return NULL;
}

/* The name that is meant, and the array that has it. */
static int find_name(struct cas_plan *plan, const struct cas_dns_name *what,
		     const char **fqdn, const struct cas_array **array,
		     struct cas_error **err)
{
	struct casp_str text;
	int code;

	if (!what->array == !what->fqdn) {
		return casp_error(err, CAS_E_USAGE,
				  "a DNS record needs an array or an FQDN");
	}
	if (what->array) {
		code = casp_array_find(plan->org, what->array, array, err);
		*fqdn = code ? NULL : (*array)->fqdn;
		return code;
	}
	code = casp_array_check_fqdn(what->fqdn, &text, err);
	if (code) {
		return code;
	}
	*array = array_of(plan->org, text);
	*fqdn = casp_arena_dup_str(&plan->arena, text);
	return *fqdn ? 0 : casp_error_nomem(err);
}

static int build(struct cas_plan *plan, const struct cas_dns_name *what, bool create,
		 struct cas_error **err)
{
	const struct cas_array *array = NULL;
	struct casp_dns_wish wish;
	const char *fqdn;
	int code = casp_dns_wish_read(&plan->arena, what->addresses, what->n_addresses,
				      what->ttl, &wish, err);

	if (code == 0 && create && wish.n == 0) {
		code = casp_error(err, CAS_E_USAGE, "a DNS record needs an address");
	}
	if (code == 0) {
		code = find_name(plan, what, &fqdn, &array, err);
	}
	if (code) {
		return code;
	}
	if (!create) {
		return casp_plan_dns_remove(plan, fqdn, array, &wish, err);
	}
	return casp_plan_dns_create(plan, fqdn,
				    array && array->site ? array->site->object.name : "",
				    &wish, err);
}

static int make(const struct cas_organization *org, const struct cas_dns_name *what,
		const char *title, bool create, struct cas_plan **ret,
		struct cas_error **err)
{
	CASP_CLEANUP(casp_plan_freep) struct cas_plan *plan = NULL;
	int code = casp_plan_create(org, title, &plan, err);

	if (code == 0) {
		code = build(plan, what, create, err);
	}
	if (code == 0) {
		code = casp_plan_finish(plan, err);
	}
	if (code == 0) {
		*ret = plan;
		plan = NULL;
	}
	return code;
}

int cas_plan_dns_create(const struct cas_organization *org,
			const struct cas_dns_name *what, struct cas_plan **ret,
			struct cas_error **err)
{
	return make(org, what, "dns-create", true, ret, err);
}

int cas_plan_dns_remove(const struct cas_organization *org,
			const struct cas_dns_name *what, struct cas_plan **ret,
			struct cas_error **err)
{
	return make(org, what, "dns-remove", false, ret, err);
}
