/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan that was saved to a file, read again. */
#include <stdlib.h>

#include "../names/dn.h"
#include "desired.h"
#include "json.h"

struct reading {
	struct cas_plan *plan;
	const char *file;
	size_t step;
	struct cas_error **err;
};

static int refuse(const struct reading *reading, const char *what)
{
	return casp_error(reading->err, CAS_E_REFUSED,
			  "'%s' is no whole plan: steps[%zu]: %s", reading->file,
			  reading->step, what);
}

/* A copy of a member's text; absent: NULL. false: out of memory. */
static bool text(struct casp_arena *arena, const json_t *object, const char *key,
		 const char **ret)
{
	const json_t *value = json_object_get(object, key);

	*ret = NULL;
	if (!json_is_string(value)) {
		return true;
	}
	*ret = casp_arena_dup(arena, json_string_value(value), json_string_length(value));
	return *ret;
}

/* Likewise, "" when it is absent. */
static bool plain(struct casp_arena *arena, const json_t *object, const char *key,
		  const char **ret)
{
	if (!text(arena, object, key, ret)) {
		return false;
	}
	*ret = *ret ? *ret : "";
	return true;
}

/* ---- values ---- */

static bool from_hex(struct casp_arena *arena, const char *digits, struct casp_str *ret)
{
	size_t n = strlen(digits);
	char *bytes = casp_arena_zalloc(arena, n / 2 + 1);

	ret->p = bytes;
	ret->n = n / 2;
	for (size_t i = 0; bytes && i < n; i++) {
		int digit = casp_hex_digit((unsigned char)digits[i]);

		if (digit < 0 || n % 2) {
			ret->p = NULL;
			return true;
		}
		bytes[i / 2] = (char)(bytes[i / 2] << 4 | digit);
	}
	return bytes;
}

/* p NULL: there is none. */
static bool read_bytes(struct casp_arena *arena, const json_t *object, const char *key,
		       const char *hex_key, struct casp_str *ret)
{
	const char *digits = json_string_value(json_object_get(object, hex_key));
	const char *value;

	if (digits) {
		return from_hex(arena, digits, ret);
	}
	if (!text(arena, object, key, &value)) {
		return false;
	}
	*ret = casp_str(value);
	return true;
}

static int read_delta(const struct reading *reading, const json_t *object,
		      struct casp_delta *delta)
{
	struct casp_arena *arena = &reading->plan->arena;
	struct casp_str old_value, new_value;

	if (!plain(arena, object, "attribute", &delta->attribute) ||
	    !text(arena, object, "old_shown", &delta->old_shown) ||
	    !text(arena, object, "new_shown", &delta->new_shown) ||
	    !read_bytes(arena, object, "old", "old_hex", &old_value) ||
	    !read_bytes(arena, object, "new", "new_hex", &new_value)) {
		return casp_error_nomem(reading->err);
	}
	if ((!old_value.p && json_object_get(object, "old_hex")) ||
	    (!new_value.p && json_object_get(object, "new_hex"))) {
		return refuse(reading, "a value is not in hexadecimal");
	}
	delta->old_value = old_value.p;
	delta->new_value = new_value.p;
	delta->old_n =
		casp_delta_is_binary(delta->attribute, old_value) ? old_value.n : 0;
	delta->new_n =
		casp_delta_is_binary(delta->attribute, new_value) ? new_value.n : 0;
	return *delta->attribute && (old_value.p || new_value.p)
		       ? 0
		       : refuse(reading, "a value is missing");
}

/* ---- steps ---- */

static bool read_kinds(const json_t *object, struct casp_step *step)
{
	const char *action = json_string_value(json_object_get(object, "action"));
	const char *class = json_string_value(json_object_get(object, "class"));
	int a = 0, k = 0;

	if (!action || !class) {
		return false;
	}
	while (a <= CAS_ACTION_SKIP && strcmp(cas_action_name(a), action) != 0) {
		a++;
	}
	while (k < CAS_N_KINDS && strcmp(cas_kind_name(k), class) != 0) {
		k++;
	}
	step->action = (enum cas_action)a;
	step->kind = (enum cas_kind)k;
	return a <= CAS_ACTION_SKIP && k < CAS_N_KINDS;
}

/* Plans make, change and remove nothing else: a file that was written by hand must not
 * either. */
static const char *misfit(const struct casp_step *step)
{
	bool database = step->kind == CAS_KIND_DATABASE;
	const char *why;

	if (!database && step->kind != CAS_KIND_ARRAY &&
	    step->kind != CAS_KIND_DNS_RECORD) {
		return "plans do not change objects of that class";
	}
	if (!*step->name || !casp_dn_check(casp_str(step->dn), &why)) {
		return "it does not say which object";
	}
	if (step->action == CAS_ACTION_SKIP) {
		return NULL;
	}
	if (database && step->action != CAS_ACTION_MODIFY) {
		return "plans do not make or remove databases";
	}
	if ((step->action == CAS_ACTION_RENAME) != (step->new_name != NULL)) {
		return "only a rename has a new name";
	}
	if (!step->n_deltas && step->action != CAS_ACTION_RENAME) {
		return "it has no values";
	}
	for (size_t i = 0; database && i < step->n_deltas; i++) {
		if (!casp_iequal(step->deltas[i].attribute, "legacyExchangeDN")) {
			return "plans do not change that attribute of databases";
		}
	}
	return NULL;
}

static int read_values(const struct reading *reading, const json_t *object,
		       struct casp_step *step)
{
	const json_t *values = json_object_get(object, "values");
	size_t n = json_array_size(values);
	int code = 0;

	if (!casp_step_reserve(reading->plan, step, n)) {
		return casp_error_nomem(reading->err);
	}
	for (size_t i = 0; code == 0 && i < n; i++) {
		code = read_delta(reading, json_array_get(values, i), &step->deltas[i]);
	}
	return code;
}

static int read_step(const struct reading *reading, const json_t *object)
{
	struct casp_arena *arena = &reading->plan->arena;
	struct casp_step *step = casp_plan_step(reading->plan, CAS_ACTION_SKIP);
	const json_t *mailboxes = json_object_get(object, "mailboxes");
	const char *why;
	int code;

	if (!step || !plain(arena, object, "name", &step->name) ||
	    !plain(arena, object, "dn", &step->dn) ||
	    !plain(arena, object, "guid", &step->guid) ||
	    !plain(arena, object, "site", &step->site) ||
	    !plain(arena, object, "reason", &step->reason) ||
	    !text(arena, object, "new_name", &step->new_name) ||
	    !text(arena, object, "attribute", &step->shown)) {
		return casp_error_nomem(reading->err);
	}
	step->mailboxes = json_is_integer(mailboxes) ? json_integer_value(mailboxes) : -1;
	if (!read_kinds(object, step)) {
		return refuse(reading, "its action or class is not known");
	}
	code = read_values(reading, object, step);
	why = code ? NULL : misfit(step);
	return why ? refuse(reading, why) : code;
}

/* ---- the document ---- */

static bool read_lines(struct cas_plan *plan, const json_t *list,
		       bool (*add)(struct cas_plan *plan, const char *format, ...))
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *line = json_string_value(json_array_get(list, i));

		if (line && !add(plan, "%s", line)) {
			return false;
		}
	}
	return true;
}

static int read_head(struct cas_desired *desired, struct cas_plan *plan,
		     const json_t *root, struct cas_error **err)
{
	struct casp_arena *arena = &plan->arena;

	if (!plain(arena, root, "title", &plan->title) ||
	    !text(arena, root, "undoes", &plan->undoes) ||
	    !text(arena, root, "elsewhere", &plan->elsewhere) ||
	    !text(&desired->arena, root, "identity", &desired->identity) ||
	    !plain(&desired->arena, root, "directory", &desired->address) ||
	    !read_lines(plan, json_object_get(root, "warnings"), casp_plan_warn) ||
	    !read_lines(plan, json_object_get(root, "notices"), casp_plan_note)) {
		return casp_error_nomem(err);
	}
	plan->undoes_part = json_is_true(json_object_get(root, "undoes_part"));
	return 0;
}

int casp_plan_read(struct cas_desired *desired, const char *file, const json_t *root,
		   struct cas_error **err)
{
	CASP_CLEANUP(casp_plan_freep) struct cas_plan *plan = NULL;
	const json_t *steps = json_object_get(root, "steps");
	struct reading reading = {.file = file, .err = err};
	int code = casp_plan_create(NULL, "", &plan, err);

	if (code == 0) {
		code = read_head(desired, plan, root, err);
	}
	if (code == 0 && (!desired->identity || !json_is_array(steps))) {
		code = casp_error(err, CAS_E_REFUSED, "'%s' is no whole plan", file);
	}
	reading.plan = plan;
	for (; code == 0 && reading.step < json_array_size(steps); reading.step++) {
		code = read_step(&reading, json_array_get(steps, reading.step));
	}
	if (code == 0) {
		plan->saved = true;
		desired->plan = plan;
		plan = NULL;
	}
	return code;
}
