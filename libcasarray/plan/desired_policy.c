/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exemptions that files list, and the policy with them. */
#include <stdlib.h>

#include "../policy/exemption.h"
#include "desired.h"

static uint64_t hash_of(const char *name)
{
	return casp_str_ihash(casp_str_trim(casp_str(name)));
}

static const struct cas_exemption *find(const struct casp_map *map, const char *name)
{
	const struct cas_exemption *exemption;
	size_t at = 0;

	while ((exemption = casp_map_next(map, hash_of(name), &at))) {
		if (casp_str_iequal(casp_str_trim(casp_str(exemption->name)),
				    casp_str_trim(casp_str(name)))) {
			break;
		}
	}
	return exemption;
}

/* Tells everything that is wrong with it. */
static int check(struct cas_desired *desired, const struct cas_exemption *exemption,
		 const struct casp_where *where, bool *bad, struct cas_error **err)
{
	struct cas_error *error = NULL;
	size_t at = 0;
	int code = 0, fault;

	while (code == 0 && (fault = casp_exemption_check_next(exemption, &at, &error))) {
		*bad = true;
		code = casp_desired_take(desired, where, NULL, fault, error, err);
		error = NULL;
	}
	return code;
}

int casp_desired_exempt(struct cas_desired *desired,
			const struct cas_exemption *exemption,
			const struct casp_where *where, struct cas_error **err)
{
	struct cas_exemption *kept;
	bool bad = false;
	int code = check(desired, exemption, where, &bad, err);

	if (code || bad) {
		return code;
	}
	if (find(&desired->exemptions_by_name, exemption->name)) {
		return casp_desired_refuse(desired, where, exemption->name,
					   "the exemption is listed twice", NULL, err);
	}
	kept = casp_arena_alloc(&desired->arena, sizeof(*kept));
	if (!kept ||
	    !casp_map_add(&desired->exemptions_by_name, hash_of(exemption->name), kept)) {
		return casp_error_nomem(err);
	}
	*kept = *exemption;
	return casp_vec_push(&desired->exemptions, *exemption) ? 0
							       : casp_error_nomem(err);
}

static bool same_text(const char *a, const char *b)
{
	return casp_str_iequal(casp_str_trim(casp_str(a)), casp_str_trim(casp_str(b)));
}

static bool is_same(const struct cas_exemption *a, const struct cas_exemption *b)
{
	return a->which == b->which && a->expires == b->expires && !a->rule == !b->rule &&
	       (!a->rule || cas_rule_find(a->rule) == cas_rule_find(b->rule)) &&
	       same_text(a->object, b->object) && same_text(a->value, b->value) &&
	       same_text(a->reason, b->reason) && same_text(a->owner, b->owner);
}

/* The file is nearer than the configuration: people see what it replaces. */
static bool note_replaced(struct cas_desired *desired, const struct cas_exemption *by,
			  const struct cas_exemption *old)
{
	const char *place = old->file ? old->file : "the policy";
	const char *text =
		old->file && old->line
			? casp_arena_printf(&desired->arena,
					    "exemption '%s' of '%s' takes the place of "
					    "that of %s:%zu",
					    by->name, by->file, old->file, old->line)
			: casp_arena_printf(&desired->arena,
					    "exemption '%s' of '%s' takes the place of "
					    "that of %s",
					    by->name, by->file, place);

	return text && casp_vec_push(&desired->notices, text);
}

/* Those of the policy for which the files have none of that name. */
static bool add_others(struct cas_desired *desired, const struct cas_policy *base)
{
	for (size_t i = 0; i < base->n_exemptions; i++) {
		const struct cas_exemption *old = &base->exemptions[i];
		const struct cas_exemption *by =
			old->name ? find(&desired->exemptions_by_name, old->name) : NULL;

		if (!by && !casp_vec_push(&desired->merged, *old)) {
			return false;
		}
		if (by && !is_same(by, old) && !note_replaced(desired, by, old)) {
			return false;
		}
	}
	return true;
}

int cas_desired_policy(struct cas_desired *desired, const struct cas_policy *base,
		       const struct cas_policy **ret, struct cas_error **err)
{
	static const struct cas_policy defaults;

	if (!desired->exemptions.n) {
		*ret = base;
		return 0;
	}
	desired->merged.n = desired->notices.n = 0;
	desired->policy = base ? *base : defaults;
	if (!add_others(desired, &desired->policy)) {
		return casp_error_nomem(err);
	}
	for (size_t i = 0; i < desired->exemptions.n; i++) {
		if (!casp_vec_push(&desired->merged, desired->exemptions.v[i])) {
			return casp_error_nomem(err);
		}
	}
	desired->policy.exemptions = desired->merged.v;
	desired->policy.n_exemptions = desired->merged.n;
	*ret = &desired->policy;
	return 0;
}
