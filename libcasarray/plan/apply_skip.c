/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which steps of a plan can go on when some failed. */
#include "../base/map.h"
#include "../names/dn.h"
#include "../names/legacy_dn.h"
#include "apply.h"

#include <stdlib.h>

/* What failed, by the texts that other steps need. */
struct failed {
	struct casp_map made;    /* legacyExchangeDNs of arrays that were not made */
	struct casp_map left;    /* of arrays that databases were to leave */
	struct casp_map objects; /* DNs of what was not changed */
};

static struct casp_str target_of(const char *value)
{
	return casp_legacy_dn_parent(casp_str(value));
}

static const struct casp_delta *legacy_delta(const struct casp_step *step)
{
	for (size_t i = 0; i < step->n_deltas; i++) {
		if (casp_iequal(step->deltas[i].attribute, "legacyExchangeDN")) {
			return &step->deltas[i];
		}
	}
	return NULL;
}

static bool has(const struct casp_map *map, struct casp_str text)
{
	uint64_t hash = casp_str_ihash(text);
	const struct casp_str *other;
	size_t at = 0;

	while ((other = casp_map_next(map, hash, &at))) {
		if (casp_str_iequal(*other, text)) {
			return true;
		}
	}
	return false;
}

static bool add(struct cas_plan *plan, struct casp_map *map, struct casp_str text)
{
	struct casp_str *copy;

	if (!text.n || has(map, text)) {
		return true;
	}
	copy = casp_arena_alloc(&plan->arena, sizeof(*copy));
	if (!copy) {
		return false;
	}
	*copy = text;
	return casp_map_add(map, casp_str_ihash(text), copy);
}

static bool note(struct cas_plan *plan, struct failed *failed,
		 const struct casp_step *step)
{
	const struct casp_delta *delta = legacy_delta(step);
	bool ok = add(plan, &failed->objects, casp_str(step->dn));

	if (delta && step->kind == CAS_KIND_ARRAY && step->action == CAS_ACTION_CREATE) {
		ok = ok && add(plan, &failed->made, casp_str(delta->new_value));
	}
	if (delta && step->kind == CAS_KIND_DATABASE && delta->old_value) {
		ok = ok && add(plan, &failed->left, target_of(delta->old_value));
	}
	return ok;
}

static const char *obstacle(const struct failed *failed, const struct casp_step *step)
{
	const struct casp_delta *delta = legacy_delta(step);

	if (has(&failed->objects, casp_str(step->dn))) {
		return "an earlier change of it was not made";
	}
	if (delta && step->kind == CAS_KIND_DATABASE && delta->new_value &&
	    has(&failed->made, target_of(delta->new_value))) {
		return "the array that it was to point at was not made";
	}
	if (delta && step->kind == CAS_KIND_ARRAY && step->action == CAS_ACTION_DELETE &&
	    delta->old_value && has(&failed->left, casp_str(delta->old_value))) {
		return "a database still points at it";
	}
	return NULL;
}

/* In the order of the plan, so that what hangs on a step that is held up is held up, too.
 */
static bool sort_out(struct cas_plan *plan, const bool *retry, struct failed *failed,
		     size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < plan->steps.n; i++) {
		struct casp_step *step = &plan->steps.v[i];
		const char *why;

		if (!casp_step_acts(step) || step->outcome == CAS_OUTCOME_DONE ||
		    step->outcome == CAS_OUTCOME_ALREADY) {
			continue;
		}
		why = retry[i] ? obstacle(failed, step) : NULL;
		if (retry[i] && !why) {
			step->outcome = CAS_OUTCOME_PLANNED;
			step->outcome_reason = NULL;
			(*n)++;
			continue;
		}
		step->outcome_reason = why ? why : step->outcome_reason;
		if (!note(plan, failed, step)) {
			return false;
		}
	}
	return true;
}

int casp_plan_go_on(struct cas_plan *plan, const bool *retry, size_t *n,
		    struct cas_error **err)
{
	struct failed failed = {0};
	bool ok = sort_out(plan, retry, &failed, n);

	casp_map_free(&failed.made);
	casp_map_free(&failed.left);
	casp_map_free(&failed.objects);
	return ok ? 0 : casp_error_nomem(err);
}
