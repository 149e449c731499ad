/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The databases of a desired state: what they are pointed at, and whether that can be. */
#include <stdlib.h>

#include "array_check.h"
#include "desiring.h"

/* What several databases are pointed at. */
struct aim {
	const char *text;
	struct casp_target target;
	struct casp_setting setting;
	bool checked;
	const char *why, *hint; /* it cannot be: or NULL */
	bool passed_over;       /* it is an array whose own line is impossible */
};

static int fail_aim(struct casp_desiring *desiring, struct aim *aim, int code,
		    struct cas_error *error, struct cas_error **err)
{
	struct casp_arena *arena = &desiring->plan->arena;
	const char *message = cas_error_message(error), *hint = cas_error_hint(error);

	if (!casp_desired_is_reason(code)) {
		casp_error_pass(err, error);
		return code;
	}
	aim->why = casp_arena_dup(arena, message, strlen(message));
	aim->hint = hint ? casp_arena_dup(arena, hint, strlen(hint)) : NULL;
	cas_error_free(error);
	return aim->why && (aim->hint || !hint) ? 0 : casp_error_nomem(err);
}

/* An array that the file changes or removes does not stay what databases name it by. */
static int check_stays(struct casp_desiring *desiring, struct aim *aim,
		       struct cas_error **err)
{
	const struct cas_array *array = cas_object_array(aim->target.object);
	const struct casp_wish *wish =
		array ? desiring->by_array[array->object.index] : NULL;

	if (array && !wish && desiring->prune && !array->is_2013 &&
	    casp_desired_can_list(array)) {
		aim->why = "--prune removes that array";
	} else if (wish && casp_iequal(aim->text, array->fqdn) &&
		   !casp_iequal(wish->target.fqdn, array->fqdn)) {
		aim->why = casp_arena_printf(&desiring->plan->arena,
					     "the array '%s' gets the FQDN '%s' here; "
					     "write that, or its name",
					     wish->target.name, wish->target.fqdn);
		return aim->why ? 0 : casp_error_nomem(err);
	} else if (wish && !wish->bad) {
		aim->target = wish->target;
	}
	return 0;
}

static int resolve(struct casp_desiring *desiring, struct aim *aim,
		   struct cas_error **err)
{
	unsigned kinds = 1u << CAS_KIND_ARRAY | 1u << CAS_KIND_SERVER;
	const struct casp_wish *wish = casp_wish_find(desiring, aim->text);
	const struct cas_object *object;
	struct cas_error *error = NULL;
	int code;

	if (wish) {
		aim->target = wish->target;
		aim->passed_over = wish->bad;
		return 0;
	}
	code = cas_organization_find(desiring->plan->org, kinds, aim->text, &object,
				     &error);
	if (code) {
		return fail_aim(desiring, aim, code, error, err);
	}
	casp_target_of(object, &aim->target);
	return check_stays(desiring, aim, err);
}

static int find_aim(struct casp_desiring *desiring, const char *text, struct aim **ret,
		    struct cas_error **err)
{
	uint64_t hash = casp_str_ihash(casp_str(text));
	struct aim *aim;
	size_t at = 0;

	while ((aim = casp_map_next(&desiring->aims_by_text, hash, &at))) {
		if (casp_iequal(aim->text, text)) {
			*ret = aim;
			return 0;
		}
	}
	aim = casp_arena_zalloc(&desiring->plan->arena, sizeof(*aim));
	if (!aim || !casp_map_add(&desiring->aims_by_text, hash, aim) ||
	    !casp_vec_push(&desiring->aims, aim)) {
		return casp_error_nomem(err);
	}
	*ret = aim;
	*aim = (struct aim){
		.text = text,
		.setting = {.plan = desiring->plan,
			    .layout = &desiring->layout,
			    .named = true},
	};
	if (casp_iequal(text, "auto")) {
		aim->checked = true;
		return 0;
	}
	aim->setting.target = &aim->target;
	return resolve(desiring, aim, err);
}

/* Only what is set newly must be fit for it. */
static int check_aim(struct casp_desiring *desiring, struct aim *aim,
		     struct cas_error **err)
{
	struct cas_error *error = NULL;
	int code;

	if (aim->checked) {
		return 0;
	}
	aim->checked = true;
	code = casp_target_check(desiring->plan, aim->text, &aim->target, &error);
	return code ? fail_aim(desiring, aim, code, error, err) : 0;
}

static int point(struct casp_desiring *desiring, const struct casp_desired_database *what,
		 const struct cas_database *database, struct cas_error **err)
{
	struct cas_error *error = NULL;
	struct aim *aim = NULL;
	int code = find_aim(desiring, what->target, &aim, err);

	if (code == 0 && !aim->why && !aim->passed_over &&
	    casp_setting_holds(&aim->setting, database)) {
		return 0;
	}
	desiring->moved[database->object.index] = true;
	if (code == 0 && aim->passed_over) {
		return 0;
	}
	if (code == 0 && !aim->why) {
		code = check_aim(desiring, aim, err);
	}
	if (code) {
		return code;
	}
	if (aim->why) {
		return casp_desired_refuse(desiring->desired, &what->where, what->name,
					   aim->why, aim->hint, err);
	}
	code = casp_setting_add(&aim->setting, database, &error);
	return code ? casp_desired_take(desiring->desired, &what->where, what->name, code,
					error, err)
		    : 0;
}

/* What is wrong with its target, too, when the database is none that it could be set on.
 */
static int refuse_aim(struct casp_desiring *desiring,
		      const struct casp_desired_database *what, struct cas_error **err)
{
	struct aim *aim = NULL;
	int code = what->target ? find_aim(desiring, what->target, &aim, err) : 0;

	return code == 0 && aim && aim->why
		       ? casp_desired_refuse(desiring->desired, &what->where, what->name,
					     aim->why, aim->hint, err)
		       : code;
}

static int add_database(struct casp_desiring *desiring,
			const struct casp_desired_database *what, struct cas_error **err)
{
	const struct cas_database *database;
	const struct cas_object *object;
	struct cas_error *error = NULL;
	int code = cas_organization_find(desiring->plan->org, 1u << CAS_KIND_DATABASE,
					 what->name, &object, &error);

	if (code) {
		code = casp_desired_take(desiring->desired, &what->where, what->name,
					 code, error, err);
		return code ? code : refuse_aim(desiring, what, err);
	}
	database = cas_object_database(object);
	if (desiring->seen[object->index]) {
		code = casp_desired_refuse(desiring->desired, &what->where, what->name,
					   "the database is listed twice", NULL, err);
		return code ? code : refuse_aim(desiring, what, err);
	}
	desiring->seen[object->index] = true;
	return what->target ? point(desiring, what, database, err) : 0;
}

int casp_desired_databases(struct casp_desiring *desiring, struct cas_error **err)
{
	const struct cas_desired *desired = desiring->desired;
	int code = 0;

	if (desired->databases.n && !(desiring->plan->org->scope & CAS_SCOPE_DATABASES)) {
		return casp_error(err, CAS_E_USAGE, "the databases were not loaded");
	}
	for (size_t i = 0; code == 0 && i < desired->databases.n; i++) {
		code = add_database(desiring, &desired->databases.v[i], err);
	}
	for (size_t i = 0; i < desiring->aims.n; i++) {
		int finished = casp_setting_finish(&desiring->aims.v[i]->setting,
						   code ? NULL : err);

		code = code ? code : finished;
	}
	return code;
}

void casp_desired_databases_end(struct casp_desiring *desiring)
{
	for (size_t i = 0; i < desiring->aims.n; i++) {
		casp_buf_free(&desiring->aims.v[i]->setting.elsewhere);
	}
	casp_vec_free(&desiring->aims);
	casp_map_free(&desiring->aims_by_text);
}
