/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the steps of a plan and the changes of a directory. */
#include <stdlib.h>

#include "../names/dn.h"
#include "../names/guid.h"
#include "plan.h"

static struct casp_str value(const char *text, size_t n)
{
	return n ? (struct casp_str){text, n} : casp_str(text);
}

struct casp_str casp_delta_old(const struct casp_delta *delta)
{
	return value(delta->old_value, delta->old_n);
}

struct casp_str casp_delta_new(const struct casp_delta *delta)
{
	return value(delta->new_value, delta->new_n);
}

bool casp_step_reserve(struct cas_plan *plan, struct casp_step *step, size_t n)
{
	step->deltas = casp_arena_zalloc(&plan->arena, (n + 1) * sizeof(*step->deltas));
	step->n_deltas = step->deltas ? n : 0;
	return step->deltas;
}

/* ---- copying ---- */

static bool copy_text(struct casp_arena *arena, const char **text)
{
	if (*text) {
		*text = casp_arena_dup(arena, *text, strlen(*text));
		return *text;
	}
	return true;
}

static bool copy_value(struct casp_arena *arena, const char **text, size_t n)
{
	if (*text && n) {
		*text = casp_arena_dup(arena, *text, n);
		return *text;
	}
	return copy_text(arena, text);
}

static bool copy_delta(struct casp_arena *arena, struct casp_delta *delta)
{
	return copy_text(arena, &delta->attribute) &&
	       copy_value(arena, &delta->old_value, delta->old_n) &&
	       copy_value(arena, &delta->new_value, delta->new_n) &&
	       copy_text(arena, &delta->old_shown) && copy_text(arena, &delta->new_shown);
}

struct casp_step *casp_plan_copy_step(struct cas_plan *plan, const struct casp_step *from)
{
	struct casp_arena *arena = &plan->arena;
	struct casp_step *step = casp_plan_step(plan, from->action);

	if (!step) {
		return NULL;
	}
	*step = *from;
	if (!copy_text(arena, &step->name) || !copy_text(arena, &step->dn) ||
	    !copy_text(arena, &step->guid) || !copy_text(arena, &step->site) ||
	    !copy_text(arena, &step->reason) || !copy_text(arena, &step->shown) ||
	    !copy_text(arena, &step->new_name) ||
	    !copy_text(arena, &step->outcome_reason) ||
	    !casp_step_reserve(plan, step, from->n_deltas)) {
		return NULL;
	}
	for (size_t i = 0; i < from->n_deltas; i++) {
		step->deltas[i] = from->deltas[i];
		if (!copy_delta(arena, &step->deltas[i])) {
			return NULL;
		}
	}
	return step;
}

/* ---- writing ---- */

const char *casp_renamed_dn(struct casp_arena *arena, const char *dn,
			    const char *new_name)
{
	struct casp_str parent = casp_dn_parent(casp_str(dn));
	struct casp_buf buf = {0};
	const char *ret = NULL;

	casp_buf_adds(&buf, "CN=");
	casp_dn_escape(casp_str(new_name), &buf);
	if (parent.n) {
		casp_buf_addc(&buf, ',');
		casp_buf_add_str(&buf, parent);
	}
	if (!buf.failed) {
		ret = casp_arena_dup_str(arena, casp_buf_str(&buf));
	}
	casp_buf_free(&buf);
	return ret;
}

static const struct casp_str *stored(struct casp_arena *arena, struct casp_str text)
{
	struct casp_str *ret = casp_arena_alloc(arena, sizeof(*ret));

	if (ret) {
		*ret = text;
	}
	return ret;
}

/* Of those that plans write: isSingleValued in the schema of every forest. */
static bool is_single(const char *attribute)
{
	static const char *const names[] = {
		"dNSTombstoned",
		"legacyExchangeDN",
		"msExchServerSite",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (casp_iequal(attribute, names[i])) {
			return true;
		}
	}
	return false;
}

static bool build_mods(struct casp_arena *arena, const struct casp_step *step,
		       struct casp_change *change)
{
	struct casp_mod *mods =
		casp_arena_zalloc(arena, (step->n_deltas + 1) * sizeof(*mods));

	if (!mods) {
		return false;
	}
	for (size_t i = 0; i < step->n_deltas; i++) {
		const struct casp_delta *delta = &step->deltas[i];

		mods[i].attribute = delta->attribute;
		mods[i].single = is_single(delta->attribute);
		/* The attributes with several values that plans write. */
		mods[i].beside = casp_iequal(delta->attribute, "networkAddress") ||
				 casp_iequal(delta->attribute, "dnsRecord");
		if (delta->old_value &&
		    !(mods[i].old_value = stored(arena, casp_delta_old(delta)))) {
			return false;
		}
		if (delta->new_value &&
		    !(mods[i].new_value = stored(arena, casp_delta_new(delta)))) {
			return false;
		}
	}
	change->mods = mods;
	change->n_mods = step->n_deltas;
	return true;
}

/* The deltas of a creation, those of one attribute following each other, as attributes.
 */
static bool build_attributes(struct casp_arena *arena, const struct casp_step *step,
			     struct casp_change *change)
{
	struct casp_attribute *list =
		casp_arena_zalloc(arena, (step->n_deltas + 1) * sizeof(*list));
	struct casp_str *values =
		casp_arena_zalloc(arena, (step->n_deltas + 1) * sizeof(*values));
	size_t n = 0;

	if (!list || !values) {
		return false;
	}
	for (size_t i = 0; i < step->n_deltas; i++) {
		const struct casp_delta *delta = &step->deltas[i];

		values[i] = casp_delta_new(delta);
		if (!n || !casp_iequal(list[n - 1].name, delta->attribute)) {
			list[n].name = delta->attribute;
			list[n++].values = &values[i];
		}
		list[n - 1].n_values++;
	}
	change->attributes = list;
	change->n_attributes = n;
	return true;
}

static bool build_rename(struct casp_arena *arena, const struct casp_step *step,
			 struct casp_change *change)
{
	const char *dn = casp_renamed_dn(arena, step->dn, step->new_name);

	if (!dn) {
		return false;
	}
	change->new_rdn = casp_dn_rdn(casp_str(dn));
	return build_mods(arena, step, change);
}

static bool build(struct casp_arena *arena, const struct casp_step *step,
		  struct casp_change *change)
{
	change->dn = casp_str(step->dn);
	/* An array and the record of its name do not need each other. */
	change->loose = step->kind == CAS_KIND_DNS_RECORD;
	switch (step->action) {
	case CAS_ACTION_CREATE:
		change->op = CASP_CHANGE_ADD;
		return build_attributes(arena, step, change);
	case CAS_ACTION_RENAME:
		change->op = CASP_CHANGE_RENAME;
		return build_rename(arena, step, change);
	case CAS_ACTION_DELETE:
		change->op = CASP_CHANGE_DELETE;
		return build_mods(arena, step, change);
	default:
		change->op = CASP_CHANGE_MODIFY;
		return build_mods(arena, step, change);
	}
}

int casp_changes_build(const struct cas_plan *plan, struct casp_changes *ret,
		       struct cas_error **err)
{
	size_t size = plan->steps.n ? plan->steps.n : 1;

	*ret = (struct casp_changes){0};
	ret->v = calloc(size, sizeof(*ret->v));
	ret->step = calloc(size, sizeof(*ret->step));
	if (!ret->v || !ret->step) {
		casp_changes_free(ret);
		return casp_error_nomem(err);
	}
	for (size_t i = 0; i < plan->steps.n; i++) {
		const struct casp_step *step = &plan->steps.v[i];

		if (!casp_step_acts(step) || step->outcome != CAS_OUTCOME_PLANNED) {
			continue;
		}
		if (!build(&ret->arena, step, &ret->v[ret->n])) {
			casp_changes_free(ret);
			return casp_error_nomem(err);
		}
		ret->step[ret->n++] = i;
	}
	return 0;
}

void casp_changes_free(struct casp_changes *changes)
{
	casp_arena_free(&changes->arena);
	free(changes->v);
	free(changes->step);
	*changes = (struct casp_changes){0};
}
