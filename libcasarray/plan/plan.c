/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan as a value: its steps, warnings and notices, and its impact. */
#include "plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

bool cas_plan_interrupted(const struct cas_plan *plan)
{
	return plan->interrupted;
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

bool casp_step_repoints(const struct casp_step *step)
{
	return step->kind == CAS_KIND_DATABASE && casp_step_acts(step) && !step->earlier;
}

size_t cas_plan_databases(const struct cas_plan *plan)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->steps.n; i++) {
		n += casp_step_repoints(&plan->steps.v[i]);
	}
	return n;
}

int64_t cas_plan_mailboxes(const struct cas_plan *plan)
{
	int64_t n = 0;

	for (size_t i = 0; i < plan->steps.n; i++) {
		if (!casp_step_repoints(&plan->steps.v[i])) {
			continue;
		}
		if (plan->steps.v[i].mailboxes < 0) {
			return -1;
		}
		n += plan->steps.v[i].mailboxes;
	}
	return n;
}
