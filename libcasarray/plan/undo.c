/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inverse of a run as a plan. */
#include <stdlib.h>

#include "../names/dn.h"
#include "../names/guid.h"
#include "dns.h"
#include "run.h"

static int refuse_state(const struct cas_organization *org, const struct cas_run *run,
			struct cas_error **err)
{
	int code = casp_run_check(run, org, err);

	if (code) {
		return code;
	}
	if (run->state == CAS_RUN_INTERRUPTED) {
		casp_error(
			err, CAS_E_REFUSED,
			"the run '%s' was interrupted: it is not known what it changed",
			run->id);
		casp_error_hint(err, "finish it first: 'casarray resume %s'", run->id);
		return CAS_E_REFUSED;
	}
	if (*run->undone_by) {
		casp_error(err, CAS_E_REFUSED, "the run '%s' was undone already",
			   run->id);
		casp_error_hint(err,
				"the run '%s' did it; 'casarray undo %s' takes that back",
				run->undone_by, run->undone_by);
		return CAS_E_REFUSED;
	}
	if (run->n_done == 0) {
		return casp_error(err, CAS_E_REFUSED, "the run '%s' changed nothing",
				  run->id);
	}
	return 0;
}

/* ---- which steps ---- */

static bool is_object(const struct casp_step *step, const char *object)
{
	struct casp_guid guid;
	char text[CASP_GUID_TEXT];

	if (!object || casp_iequal(step->name, object) ||
	    (step->new_name && casp_iequal(step->new_name, object)) ||
	    casp_dn_equal(casp_str(step->dn), casp_str(object))) {
		return true;
	}
	if (!casp_guid_parse(casp_str(object), &guid)) {
		return false;
	}
	casp_guid_format(&guid, text);
	return casp_iequal(step->guid, text);
}

static bool was_done(const struct casp_step *step)
{
	return step->outcome == CAS_OUTCOME_DONE && casp_step_acts(step);
}

/* `object` names one object of the run, or none is named. */
static int check_object(const struct cas_run *run, const char *object,
			struct cas_error **err)
{
	const struct casp_step *first = NULL;

	for (size_t i = 0; i < run->n_steps; i++) {
		const struct casp_step *step = casp_run_step(run, i);

		if (!was_done(step) || !is_object(step, object)) {
			continue;
		}
		if (first && object &&
		    !casp_dn_equal(casp_str(first->dn), casp_str(step->dn))) {
			casp_error(err, CAS_E_AMBIGUOUS,
				   "the run '%s' changed several objects '%s'", run->id,
				   object);
			casp_error_hint(err, "name one by its DN: '%s' or '%s'",
					first->dn, step->dn);
			return CAS_E_AMBIGUOUS;
		}
		first = step;
	}
	if (!first) {
		return casp_error(err, CAS_E_NOT_FOUND,
				  "the run '%s' changed no object '%s'", run->id,
				  object ? object : "");
	}
	return 0;
}

/* ---- inverse steps ---- */

static void swap_deltas(struct casp_step *step)
{
	for (size_t i = 0; i < step->n_deltas; i++) {
		const struct casp_delta was = step->deltas[i];

		step->deltas[i] = (struct casp_delta){
			.attribute = was.attribute,
			.old_value = was.new_value,
			.new_value = was.old_value,
			.old_n = was.new_n,
			.new_n = was.old_n,
			.old_shown = was.new_shown,
			.new_shown = was.old_shown,
		};
	}
}

static bool holds(const struct casp_step *entry, const struct casp_delta *delta)
{
	for (size_t i = 0; i < entry->n_deltas; i++) {
		if (casp_iequal(entry->deltas[i].attribute, delta->attribute) &&
		    casp_str_equal(casp_delta_old(&entry->deltas[i]),
				   casp_delta_old(delta))) {
			return true;
		}
	}
	return false;
}

/* The value that a removal or creation has of an attribute, or "". */
static const char *value_of(const struct casp_step *step, const char *attribute)
{
	for (size_t i = 0; i < step->n_deltas; i++) {
		const struct casp_delta *delta = &step->deltas[i];
		const char *value =
			delta->new_value ? delta->new_value : delta->old_value;

		if (casp_iequal(delta->attribute, attribute) && value) {
			return value;
		}
	}
	return "";
}

/* What is not there under the name that it was made with may have another name now. */
static int check_renamed(const struct cas_plan *plan, const struct casp_step *removal,
			 struct cas_error **err)
{
	const char *legacy_dn = value_of(removal, "legacyExchangeDN");
	const struct cas_object *other;
	size_t at = 0;

	other = casp_organization_by_legacy_dn(plan->org, casp_str(legacy_dn), &at);
	if (!other) {
		return 0;
	}
	casp_error(err, CAS_E_REFUSED,
		   "the array '%s' that the run made is called '%s' by now",
		   removal->name, other->name);
	casp_error_hint(err, "undo the renaming first, or use 'casarray remove-array'");
	return CAS_E_REFUSED;
}

/*
 * A removal names all that the entry holds by now, so that it can be undone in turn. When
 * a value of the creation is gone the removal names the creation's, and the directory
 * reports the conflict.
 */
static int complete_removal(const struct cas_plan *plan, struct casp_step *step,
			    const struct casp_reading *reading, struct cas_error **err)
{
	if (!reading->found) {
		return check_renamed(plan, step, err);
	}
	for (size_t i = 0; i < step->n_deltas; i++) {
		if (!holds(&reading->entry, &step->deltas[i])) {
			return 0;
		}
	}
	step->deltas = reading->entry.deltas;
	step->n_deltas = reading->entry.n_deltas;
	return 0;
}

/* What the run made is read in one go. */
static int complete_removals(struct cas_plan *plan, struct cas_error **err)
{
	CASP_CLEANUP(casp_freep)
	struct casp_reading *readings = calloc(plan->steps.n + 1, sizeof(*readings));
	size_t n = 0;
	int code;

	for (size_t i = 0; readings && i < plan->steps.n; i++) {
		if (plan->steps.v[i].action == CAS_ACTION_DELETE) {
			readings[n++].entry = plan->steps.v[i];
		}
	}
	code = readings ? casp_plan_read_entries(plan, readings, n, true, err)
			: casp_error_nomem(err);
	n = 0;
	for (size_t i = 0; code == 0 && i < plan->steps.n; i++) {
		struct casp_step *step = &plan->steps.v[i];

		if (step->action != CAS_ACTION_DELETE) {
			continue;
		}
		code = step->kind == CAS_KIND_DNS_RECORD
			       ? casp_plan_dns_uncreate(plan, step, &readings[n], err)
			       : complete_removal(plan, step, &readings[n], err);
		n++;
	}
	return code;
}

static bool turn_rename(struct cas_plan *plan, struct casp_step *step)
{
	const char *was = step->name;

	step->dn = casp_renamed_dn(&plan->arena, step->dn, step->new_name);
	step->name = step->new_name;
	step->new_name = was;
	return step->dn;
}

/* What the directory gives to an object that comes back, such as another GUID, is not
 * written. */
static void leave_to_directory(const struct cas_plan *plan, struct casp_step *step)
{
	size_t n = 0;

	for (size_t i = 0; i < step->n_deltas; i++) {
		if (!casp_directory_owns(plan->org->directory,
					 step->deltas[i].attribute)) {
			step->deltas[n++] = step->deltas[i];
		}
	}
	step->n_deltas = n;
}

static int add_inverse(struct cas_plan *plan, const struct casp_step *done,
		       const char *reason, struct cas_error **err)
{
	struct casp_step *step = casp_plan_copy_step(plan, done);

	if (!step) {
		return casp_error_nomem(err);
	}
	step->outcome = CAS_OUTCOME_PLANNED;
	step->outcome_reason = NULL;
	step->recorded = false;
	step->reason = reason;
	swap_deltas(step);
	if (step->action == CAS_ACTION_RENAME && !turn_rename(plan, step)) {
		return casp_error_nomem(err);
	}
	if (step->action == CAS_ACTION_CREATE) {
		step->action = CAS_ACTION_DELETE;
	} else if (step->action == CAS_ACTION_DELETE) {
		step->action = CAS_ACTION_CREATE;
		leave_to_directory(plan, step);
	}
	return 0;
}

/* ---- arrays that are in use by now ---- */

static const struct cas_array *array_at(const struct cas_organization *org,
					const char *dn)
{
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_ARRAY); i++) {
		const struct cas_array *array = CASP_ARRAY(org, i);

		if (casp_dn_equal(casp_str(array->object.dn), casp_str(dn))) {
			return array;
		}
	}
	return NULL;
}

static bool moves_away(const struct casp_map *moved, const struct cas_database *database)
{
	struct casp_str dn = casp_str(database->object.dn);
	const struct casp_step *step;
	size_t at = 0;

	while ((step = casp_map_next(moved, casp_dn_hash(dn), &at))) {
		if (casp_dn_equal(casp_str(step->dn), dn)) {
			return true;
		}
	}
	return false;
}

/* Removing an array that came into use since would leave databases that point nowhere. */
static int check_removal(const struct cas_organization *org,
			 const struct casp_step *removal, const struct casp_map *moved,
			 struct cas_error **err)
{
	const struct cas_array *array = array_at(org, removal->dn);

	for (size_t i = 0; array && i < CASP_COUNT(org, CAS_KIND_DATABASE); i++) {
		const struct cas_database *database = CASP_DATABASE(org, i);

		if (!casp_database_uses(database, &array->object) ||
		    moves_away(moved, database)) {
			continue;
		}
		casp_error(
			err, CAS_E_REFUSED,
			"the array '%s' would be removed, but the database '%s' uses it",
			array->object.name, database->object.name);
		casp_error_hint(err, "re-point the database first, or use 'casarray "
				     "remove-array --repoint-to ARRAY'");
		return CAS_E_REFUSED;
	}
	return 0;
}

static int check_removals(const struct cas_plan *plan, struct cas_error **err)
{
	struct casp_map moved = {0};
	int code = 0;

	for (size_t i = 0; code == 0 && i < plan->steps.n; i++) {
		struct casp_step *step = &plan->steps.v[i];

		if (step->kind == CAS_KIND_DATABASE &&
		    !casp_map_add(&moved, casp_dn_hash(casp_str(step->dn)), step)) {
			code = casp_error_nomem(err);
		}
	}
	for (size_t i = 0; code == 0 && i < plan->steps.n; i++) {
		if (plan->steps.v[i].action == CAS_ACTION_DELETE) {
			code = check_removal(plan->org, &plan->steps.v[i], &moved, err);
		}
	}
	casp_map_free(&moved);
	return code;
}

/* ---- arrays that come back ---- */

/* Another object may have taken its legacyExchangeDN since the run; one that is older had
 * it then, too. */
static int check_creation(const struct cas_organization *org, const struct cas_run *run,
			  const struct casp_step *creation, struct cas_error **err)
{
	const char *legacy_dn = value_of(creation, "legacyExchangeDN");
	const struct cas_object *other;
	size_t at = 0;

	while ((other = casp_organization_by_legacy_dn(org, casp_str(legacy_dn), &at)) &&
	       other->created && other->created <= run->time) {
	}
	if (!other || casp_dn_equal(casp_str(other->dn), casp_str(creation->dn))) {
		return 0;
	}
	casp_error(
		err, CAS_E_REFUSED,
		"the legacyExchangeDN of the array '%s' is that of the %s '%s' (%s) by "
		"now",
		creation->name, cas_kind_name(other->kind), other->name, other->dn);
	casp_error_hint(err, "remove that one first, if the old one is to come back");
	return CAS_E_REFUSED;
}

static int check_creations(const struct cas_plan *plan, const struct cas_run *run,
			   struct cas_error **err)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < plan->steps.n; i++) {
		const struct casp_step *step = &plan->steps.v[i];

		if (step->action == CAS_ACTION_CREATE) {
			code = check_creation(plan->org, run, step, err);
		}
	}
	return code;
}

static bool has_array(const struct cas_organization *org, const char *guid)
{
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_ARRAY); i++) {
		if (casp_iequal(cas_object_guid(&CASP_ARRAY(org, i)->object), guid)) {
			return true;
		}
	}
	return false;
}

/* An array that was removed and came back, as by undo, is another object to the
 * directory: its name is the same, its GUID is not. */
static void follow_guids(struct cas_plan *plan)
{
	for (size_t i = 0; i < plan->steps.n; i++) {
		const struct casp_step *step = &plan->steps.v[i];
		const struct cas_array *array = step->kind == CAS_KIND_ARRAY
							? array_at(plan->org, step->dn)
							: NULL;
		const char *was = step->guid;

		if (!array || !*was || !*cas_object_guid(&array->object) ||
		    has_array(plan->org, was)) {
			continue;
		}
		for (size_t k = 0; k < plan->steps.n; k++) {
			if (casp_iequal(plan->steps.v[k].guid, was)) {
				plan->steps.v[k].guid = cas_object_guid(&array->object);
			}
		}
	}
}

static int build(struct cas_plan *plan, const struct cas_run *run, const char *object,
		 struct cas_error **err)
{
	size_t left_out = 0;
	const char *reason = casp_arena_printf(&plan->arena, "undoes run %s", run->id);
	int code = reason ? check_object(run, object, err) : casp_error_nomem(err);

	for (size_t i = run->n_steps; code == 0 && i-- > 0;) {
		const struct casp_step *step = casp_run_step(run, i);

		if (!was_done(step)) {
			continue;
		}
		if (is_object(step, object)) {
			code = add_inverse(plan, step, reason, err);
		} else {
			left_out++;
		}
	}
	if (code == 0) {
		code = complete_removals(plan, err);
	}
	plan->undoes = casp_arena_dup(&plan->arena, run->id, strlen(run->id));
	plan->undoes_part = left_out > 0;
	if (code == 0 && !plan->undoes) {
		code = casp_error_nomem(err);
	}
	if (code == 0) {
		follow_guids(plan);
		code = casp_run_warn(run, plan, &plan->elsewhere, err);
	}
	if (code == 0) {
		code = check_removals(plan, err);
	}
	if (code == 0) {
		code = check_creations(plan, run, err);
	}
	return code ? code : casp_plan_finish(plan, err);
}

int cas_plan_undo(const struct cas_organization *org, const struct cas_run *run,
		  const char *object, struct cas_plan **ret, struct cas_error **err)
{
	CASP_CLEANUP(casp_plan_freep) struct cas_plan *plan = NULL;
	int code;

	if (object && !*object) {
		return casp_error(err, CAS_E_USAGE, "the object's name is empty");
	}
	code = refuse_state(org, run, err);
	if (code == 0) {
		code = casp_run_load(run, err);
	}
	if (code == 0) {
		code = casp_plan_create(org, "undo", &plan, err);
	}
	if (code == 0) {
		code = build(plan, run, object, err);
	}
	if (code == 0) {
		*ret = plan;
		plan = NULL;
	}
	return code;
}
