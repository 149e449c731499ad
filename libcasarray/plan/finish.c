/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What completes a plan: the order of its steps, and notices for those whose databases
 * are re-pointed. */
#include <stdlib.h>

#include "../base/error.h"
#include "../base/map.h"
#include "plan.h"

#define NAMES_SHOWN 10

/* Arrays before databases, databases before removals; else the order in which they were
 * added. */
static unsigned rank(const struct casp_step *step)
{
	if (step->action == CAS_ACTION_DELETE) {
		return 2;
	}
	return step->kind == CAS_KIND_DATABASE;
}

static bool order_steps(struct cas_plan *plan)
{
	struct casp_step *sorted;
	size_t n = 0;

	if (plan->steps.n < 2) {
		return true;
	}
	sorted = malloc(plan->steps.n * sizeof(*sorted));
	if (!sorted) {
		return false;
	}
	for (unsigned wanted = 0; wanted <= 2; wanted++) {
		for (size_t i = 0; i < plan->steps.n; i++) {
			if (rank(&plan->steps.v[i]) == wanted) {
				sorted[n++] = plan->steps.v[i];
			}
		}
	}
	free(plan->steps.v);
	plan->steps.v = sorted;
	plan->steps.size = n;
	return true;
}

/* The name that a step takes away from its database, or NULL. */
static const char *old_name(const struct casp_step *step)
{
	const char *name;

	if (!casp_step_repoints(step) || !step->n_deltas) {
		return NULL;
	}
	name = step->deltas[0].old_shown;
	return name && *name ? name : NULL;
}

static bool seen(struct casp_map *map, const char *name, bool *ret)
{
	uint64_t hash = casp_str_ihash(casp_str(name));
	const char *other;
	size_t at = 0;

	*ret = true;
	while ((other = casp_map_next(map, hash, &at))) {
		if (casp_iequal(other, name)) {
			return true;
		}
	}
	*ret = false;
	return casp_map_add(map, hash, (void *)(uintptr_t)name);
}

/* The distinct old names, the first few of them by name. */
static size_t old_names(const struct cas_plan *plan, struct casp_buf *out)
{
	struct casp_map map = {0};
	size_t n = 0;

	for (size_t i = 0; i < plan->steps.n; i++) {
		const char *name = old_name(&plan->steps.v[i]);
		bool known;

		if (!name) {
			continue;
		}
		if (!seen(&map, name, &known)) {
			out->failed = true;
			break;
		}
		if (!known && n++ < NAMES_SHOWN) {
			casp_buf_addf(out, "%s'%s'", n > 1 ? ", " : "", name);
		}
	}
	if (n > NAMES_SHOWN) {
		casp_buf_addf(out, " and %zu more", n - NAMES_SHOWN);
	}
	casp_map_free(&map);
	return n;
}

static bool note_reconnect(struct cas_plan *plan)
{
	size_t databases = cas_plan_databases(plan);
	int64_t mailboxes = cas_plan_mailboxes(plan);
	const char *plural = databases == 1 ? "" : "s";

	if (mailboxes < 0) {
		return casp_plan_note(plan,
				      "clients of %zu database%s will reconnect (the "
				      "directory does not say how many mailboxes)",
				      databases, plural);
	}
	return casp_plan_note(
		plan, "clients of %zu database%s (%lld mailbox%s) will reconnect",
		databases, plural, (long long)mailboxes, mailboxes == 1 ? "" : "es");
}

static bool note_old_names(struct cas_plan *plan)
{
	struct casp_buf names = {0};
	size_t n = old_names(plan, &names);
	bool ok = !names.failed;

	if (ok && n) {
		ok = casp_plan_note(
			plan,
			"Outlook profiles keep the old name: %s must stay "
			"resolvable and reachable until profiles have been updated",
			names.p);
	}
	casp_buf_free(&names);
	return ok;
}

int casp_plan_notices(struct cas_plan *plan, struct cas_error **err)
{
	if (cas_plan_databases(plan) && !(note_reconnect(plan) && note_old_names(plan))) {
		return casp_error_nomem(err);
	}
	return 0;
}

int casp_plan_finish(struct cas_plan *plan, struct cas_error **err)
{
	int code;

	if (!order_steps(plan)) {
		return casp_error_nomem(err);
	}
	code = casp_plan_warn_unmatched(plan, err);
	return code ? code : casp_plan_notices(plan, err);
}
