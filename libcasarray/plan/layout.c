/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The arrays of each site, as they will be once a plan is carried out. */
#include <stdlib.h>

#include "array_check.h"
#include "target.h"

void casp_target_of(const struct cas_object *object, struct casp_target *ret)
{
	*ret = (struct casp_target){
		.object = object,
		.name = object->name,
		.fqdn = casp_object_fqdn(object),
		.legacy_dn = object->legacy_dn,
		.site = object->kind == CAS_KIND_ARRAY
				? ((const struct cas_array *)object)->site
				: ((const struct cas_server *)object)->site,
	};
}

int casp_layout_init(struct casp_layout *layout, const struct cas_organization *org,
		     struct cas_error **err)
{
	size_t n = CASP_COUNT(org, CAS_KIND_SITE);
	int code = 0;

	*layout = (struct casp_layout){.n_sites = n};
	layout->sites = calloc(n + 1, sizeof(*layout->sites));
	if (!layout->sites) {
		return casp_error_nomem(err);
	}
	for (size_t i = 0; code == 0 && i < n; i++) {
		const struct cas_site *site = CASP_SITE(org, i);

		for (size_t j = 0; code == 0 && j < site->arrays.n; j++) {
			struct casp_target target;

			casp_target_of(&site->arrays.v[j]->object, &target);
			code = casp_layout_add(layout, &target, err);
		}
	}
	return code;
}

void casp_layout_free(struct casp_layout *layout)
{
	for (size_t i = 0; layout->sites && i < layout->n_sites; i++) {
		casp_vec_free(&layout->sites[i]);
	}
	free(layout->sites);
	*layout = (struct casp_layout){0};
}

const casp_targets *casp_layout_site(const struct casp_layout *layout,
				     const struct cas_site *site)
{
	return &layout->sites[site->object.index];
}

int casp_layout_add(struct casp_layout *layout, const struct casp_target *target,
		    struct cas_error **err)
{
	if (target->site &&
	    !casp_vec_push(&layout->sites[target->site->object.index], *target)) {
		return casp_error_nomem(err);
	}
	return 0;
}

void casp_layout_remove(struct casp_layout *layout, const struct cas_array *array)
{
	casp_targets *targets;
	size_t n = 0;

	if (!array->site) {
		return;
	}
	targets = &layout->sites[array->site->object.index];
	for (size_t i = 0; i < targets->n; i++) {
		if (targets->v[i].object != &array->object) {
			targets->v[n++] = targets->v[i];
		}
	}
	targets->n = n;
}

const char *casp_targets_names(struct casp_arena *arena, const casp_targets *targets)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf names = {0};
	size_t n = 0;

	for (size_t i = 0; i < targets->n; i++) {
		casp_name_add(&names, &n, targets->v[i].name);
	}
	casp_names_end(&names, n);
	return names.failed ? NULL : casp_arena_dup_str(arena, casp_buf_str(&names));
}
