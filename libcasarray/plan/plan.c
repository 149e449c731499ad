/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan as a value: its steps, their order, impact and notices. */
#include "plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_SHOWN 10

const char *cas_action_name(enum cas_action action)
{
	static const char *const names[] = {
		[CAS_ACTION_CREATE] = "create", [CAS_ACTION_MODIFY] = "modify",
		[CAS_ACTION_RENAME] = "rename", [CAS_ACTION_DELETE] = "delete",
		[CAS_ACTION_SKIP] = "skip",
	};

	return (size_t)action < sizeof(names) / sizeof(*names) ? names[action]
							       : "unknown";
}

const char *cas_outcome_name(enum cas_outcome outcome)
{
	static const char *const names[] = {
		[CAS_OUTCOME_PLANNED] = "planned", [CAS_OUTCOME_DONE] = "done",
		[CAS_OUTCOME_ALREADY] = "already", [CAS_OUTCOME_CONFLICT] = "conflict",
		[CAS_OUTCOME_REFUSED] = "refused", [CAS_OUTCOME_NOT_TRIED] = "not-tried",
		[CAS_OUTCOME_UNKNOWN] = "unknown",
	};

	return (size_t)outcome < sizeof(names) / sizeof(*names) ? names[outcome]
								: "unknown";
}

int casp_plan_create(const struct cas_organization *org, const char *title,
		     struct cas_plan **ret, struct cas_error **err)
{
	struct cas_plan *plan = calloc(1, sizeof(*plan));

	if (!plan) {
		return casp_error_nomem(err);
	}
	plan->org = org;
	plan->title = title;
	*ret = plan;
	return 0;
}

void cas_plan_free(struct cas_plan *plan)
{
	if (!plan) {
		return;
	}
	casp_vec_free(&plan->steps);
	casp_vec_free(&plan->warnings);
	casp_vec_free(&plan->notices);
	casp_arena_free(&plan->arena);
	free(plan);
}

void casp_plan_freep(struct cas_plan **plan)
{
	cas_plan_free(*plan);
}

struct casp_step *casp_plan_step(struct cas_plan *plan, enum cas_action action)
{
	struct casp_step step = {
		.action = action,
		.kind = CAS_KIND_OTHER,
		.name = "",
		.dn = "",
		.guid = "",
		.site = "",
		.reason = "",
	};

	if (!casp_vec_push(&plan->steps, step)) {
		return NULL;
	}
	return &plan->steps.v[plan->steps.n - 1];
}

static const char *site_name(const struct cas_object *object)
{
	const struct cas_site *site = NULL;

	if (object->kind == CAS_KIND_DATABASE) {
		site = ((const struct cas_database *)object)->home;
	} else if (object->kind == CAS_KIND_ARRAY) {
		site = ((const struct cas_array *)object)->site;
	}
	return site ? site->object.name : "";
}

struct casp_step *casp_plan_object_step(struct cas_plan *plan, enum cas_action action,
					const struct cas_object *object)
{
	struct casp_step *step = casp_plan_step(plan, action);

	if (step) {
		step->kind = object->kind;
		step->name = object->name;
		step->dn = object->dn;
		step->guid = cas_object_guid(object);
		step->site = site_name(object);
	}
	return step;
}

static const char *print(struct casp_arena *arena, const char *format, va_list ap)
{
	const char *copy;
	char *text;
	int n = vasprintf(&text, format, ap);

	if (n < 0) {
		return NULL;
	}
	copy = casp_arena_dup(arena, text, (size_t)n);
	free(text);
	return copy;
}

bool casp_plan_warn(struct cas_plan *plan, const char *format, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, format);
	text = print(&plan->arena, format, ap);
	va_end(ap);
	return text && casp_vec_push(&plan->warnings, text);
}

bool casp_plan_note(struct cas_plan *plan, const char *format, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, format);
	text = print(&plan->arena, format, ap);
	va_end(ap);
	return text && casp_vec_push(&plan->notices, text);
}

size_t cas_plan_count(const struct cas_plan *plan)
{
	return plan->steps.n;
}

enum cas_action cas_step_action(const struct cas_plan *plan, size_t index)
{
	return plan->steps.v[index].action;
}

enum cas_outcome cas_step_outcome(const struct cas_plan *plan, size_t index)
{
	return plan->steps.v[index].outcome;
}

const char *cas_step_differs(const struct cas_plan *plan, size_t index)
{
	return plan->steps.v[index].differs;
}

const char *cas_plan_warning(const struct cas_plan *plan, size_t index)
{
	return index < plan->warnings.n ? plan->warnings.v[index] : NULL;
}

const char *cas_plan_notice(const struct cas_plan *plan, size_t index)
{
	return index < plan->notices.n ? plan->notices.v[index] : NULL;
}

const char *cas_plan_run(const struct cas_plan *plan)
{
	return plan->run;
}

bool casp_step_acts(const struct casp_step *step)
{
	return step->action != CAS_ACTION_SKIP;
}

bool casp_step_is_planned(const struct casp_step *step)
{
	return step->outcome == CAS_OUTCOME_PLANNED;
}

size_t casp_plan_changes(const struct cas_plan *plan)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->steps.n; i++) {
		n += casp_step_acts(&plan->steps.v[i]);
	}
	return n;
}

/* Clients of a database reconnect when its legacyExchangeDN changes. */
static bool repoints(const struct casp_step *step)
{
	return step->kind == CAS_KIND_DATABASE && casp_step_acts(step) && !step->earlier;
}

size_t cas_plan_databases(const struct cas_plan *plan)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->steps.n; i++) {
		n += repoints(&plan->steps.v[i]);
	}
	return n;
}

int64_t cas_plan_mailboxes(const struct cas_plan *plan)
{
	int64_t n = 0;

	for (size_t i = 0; i < plan->steps.n; i++) {
		if (!repoints(&plan->steps.v[i])) {
			continue;
		}
		if (plan->steps.v[i].mailboxes < 0) {
			return -1;
		}
		n += plan->steps.v[i].mailboxes;
	}
	return n;
}

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

	if (!repoints(step) || !step->n_deltas) {
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
