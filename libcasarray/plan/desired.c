/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What files say that should be: the parts of it, and what is wrong with them. */
#include "desired.h"

#include <stdlib.h>

#include "../base/excerpt.h"
#include "../base/utf8.h"

int cas_desired_new(struct cas_desired **ret, struct cas_error **err)
{
	struct cas_desired *desired = calloc(1, sizeof(*desired));

	if (!desired) {
		return casp_error_nomem(err);
	}
	*ret = desired;
	return 0;
}

void cas_desired_free(struct cas_desired *desired)
{
	if (!desired) {
		return;
	}
	cas_plan_free(desired->plan);
	casp_vec_free(&desired->arrays);
	casp_vec_free(&desired->databases);
	casp_vec_free(&desired->problems);
	casp_vec_free(&desired->names);
	casp_vec_free(&desired->exemptions);
	casp_map_free(&desired->exemptions_by_name);
	casp_vec_free(&desired->merged);
	casp_vec_free(&desired->notices);
	casp_arena_free(&desired->arena);
	free(desired);
}

bool cas_desired_is_plan(const struct cas_desired *desired)
{
	return desired->identity;
}

const char *cas_desired_problem(const struct cas_desired *desired, size_t index)
{
	return index < desired->problems.n ? desired->problems.v[index].text : NULL;
}

bool cas_desired_lists_arrays(const struct cas_desired *desired)
{
	return desired->lists_arrays;
}

const char *const *cas_desired_databases(struct cas_desired *desired, size_t *n)
{
	desired->names.n = 0;
	if (!casp_vec_reserve(&desired->names, desired->databases.n + 1)) {
		*n = 0;
		return NULL;
	}
	for (size_t i = 0; i < desired->databases.n; i++) {
		desired->names.v[desired->names.n++] = desired->databases.v[i].name;
	}
	*n = desired->names.n;
	return desired->names.v;
}

int casp_desired_refuse(struct cas_desired *desired, const struct casp_where *where,
			const char *object, const char *why, const char *hint,
			struct cas_error **err)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf text = {0};
	CASP_CLEANUP(casp_buf_free) struct casp_buf line = {0};
	struct casp_problem problem = {.where = *where};

	casp_buf_adds(&text, where->file ? where->file : "");
	if (where->list) {
		casp_buf_addf(&text, ": %s[%zu]", where->list, where->number);
	} else if (where->number) {
		casp_buf_addf(&text, ":%zu", where->number);
	}
	if (object) {
		casp_buf_addf(&text, ": '%s'", object);
	}
	casp_buf_addf(&text, ": %s", why);
	if (hint) {
		casp_buf_addf(&text, "; %s", hint);
	}
	/* Names in it may hold what ends lines. */
	casp_escape(casp_buf_str(&text), text.n, &line);
	if (!text.failed && !line.failed) {
		problem.text = casp_arena_dup_str(&desired->arena, casp_buf_str(&line));
	}
	return problem.text && casp_vec_push(&desired->problems, problem)
		       ? 0
		       : casp_error_nomem(err);
}

bool casp_desired_is_reason(int code)
{
	return code == CAS_E_USAGE || code == CAS_E_NOT_FOUND ||
	       code == CAS_E_AMBIGUOUS || code == CAS_E_REFUSED;
}

int casp_desired_take(struct cas_desired *desired, const struct casp_where *where,
		      const char *object, int code, struct cas_error *error,
		      struct cas_error **err)
{
	if (!casp_desired_is_reason(code)) {
		casp_error_pass(err, error);
		return code;
	}
	code = casp_desired_refuse(desired, where, object, cas_error_message(error),
				   cas_error_hint(error), err);
	cas_error_free(error);
	return code;
}

bool casp_desired_can_say(const char *text)
{
	return casp_str_trim(casp_str(text)).n && casp_utf8_check(casp_str(text));
}

bool casp_desired_can_list(const struct cas_array *array)
{
	return casp_desired_can_say(array->object.name) ||
	       casp_desired_can_say(array->fqdn);
}

static int in_order(const void *a, const void *b)
{
	const struct casp_where *x = &((const struct casp_problem *)a)->where;
	const struct casp_where *y = &((const struct casp_problem *)b)->where;
	int lists = 0;

	if (x->order != y->order) {
		return x->order < y->order ? -1 : 1;
	}
	if (x->list && y->list) {
		lists = strcmp(x->list, y->list); /* arrays, databases, exemptions */
	} else if (x->list || y->list) {
		lists = x->list ? 1 : -1;
	}
	return lists                    ? lists
	       : x->number != y->number ? (x->number < y->number ? -1 : 1)
					: strcmp(((const struct casp_problem *)a)->text,
						 ((const struct casp_problem *)b)->text);
}

void casp_desired_sort(struct cas_desired *desired)
{
	if (desired->problems.n) {
		qsort(desired->problems.v, desired->problems.n,
		      sizeof(*desired->problems.v), in_order);
	}
}
