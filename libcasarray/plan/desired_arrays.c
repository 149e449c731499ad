/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The arrays of a desired state: which are there, what they become, which are not listed.
 */
#include <stdlib.h>

#include "../names/fqdn.h"
#include "array_check.h"
#include "desiring.h"

static const char *label(const struct casp_wish *wish)
{
	return wish->what->name ? wish->what->name : wish->what->fqdn;
}

static int refuse(struct casp_desiring *desiring, struct casp_wish *wish, const char *why,
		  struct cas_error **err)
{
	wish->bad = true;
	return why ? casp_desired_refuse(desiring->desired, &wish->what->where,
					 label(wish), why, NULL, err)
		   : casp_error_nomem(err);
}

static int take(struct casp_desiring *desiring, struct casp_wish *wish, int code,
		struct cas_error *error, struct cas_error **err)
{
	wish->bad = true;
	return casp_desired_take(desiring->desired, &wish->what->where, label(wish), code,
				 error, err);
}

/* ---- which array ---- */

static bool has_fqdn(const struct cas_array *array, const char *fqdn)
{
	return fqdn && casp_fqdn_equal(casp_str(array->fqdn), casp_str(fqdn));
}

/* Those that a line may mean: by how much is as it says. */
struct candidates {
	const struct cas_array *named, *with_fqdn, *both, *all;
	size_t n_named, n_with_fqdn, n_both, n_all;
};

static void consider(struct candidates *candidates, const struct cas_array *array,
		     const struct casp_wish *wish)
{
	bool name = wish->what->name && casp_iequal(array->object.name, wish->what->name);
	bool fqdn = has_fqdn(array, wish->what->fqdn);

	if (name) {
		candidates->named = array;
		candidates->n_named++;
	}
	if (fqdn) {
		candidates->with_fqdn = array;
		candidates->n_with_fqdn++;
	}
	if (name && fqdn) {
		candidates->both = array;
		candidates->n_both++;
	}
	if (name && fqdn && array->site == wish->site) {
		candidates->all = array;
		candidates->n_all++;
	}
}

/* By name, else by FQDN; of several with the name that with the FQDN, of several with
 * both that in the site. NULL with *n 0: there is none; else it is not clear which. */
static const struct cas_array *match(const struct cas_organization *org,
				     const struct casp_wish *wish, size_t *n)
{
	struct candidates found = {0};

	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_ARRAY); i++) {
		if (!CASP_ARRAY(org, i)->is_2013) {
			consider(&found, CASP_ARRAY(org, i), wish);
		}
	}
	*n = found.n_named ? found.n_named : found.n_with_fqdn;
	if (*n == 1) {
		return found.n_named ? found.named : found.with_fqdn;
	}
	if (found.n_both == 1) {
		return found.both;
	}
	return found.n_all == 1 ? found.all : NULL;
}

static bool has_text(const struct casp_desired_array *what, const char *text)
{
	return (what->name && casp_iequal(what->name, text)) ||
	       (what->fqdn && casp_fqdn_equal(casp_str(what->fqdn), casp_str(text)));
}

/* Is it the array's name or FQDN before anything is changed? */
static bool holds(const struct casp_wish *wish, const char *text)
{
	return wish->array && (casp_iequal(wish->array->object.name, text) ||
			       has_fqdn(wish->array, text));
}

/* Two arrays that have a text in common already may keep it; no other line takes it. */
static bool register_text(struct casp_desiring *desiring, struct casp_wish *wish,
			  const char *text, bool *taken)
{
	const struct casp_wish *other;
	bool mine = false, shared = false;
	size_t at = 0;
	uint64_t hash;

	if (!text) {
		return true;
	}
	hash = casp_fqdn_hash(casp_str(text));
	while ((other = casp_map_next(&desiring->wishes_by_text, hash, &at))) {
		if (other == wish) {
			mine = true;
		} else if (has_text(other->what, text)) {
			shared = shared || !(holds(other, text) && holds(wish, text));
		}
	}
	*taken = *taken || shared;
	return mine || shared || casp_map_add(&desiring->wishes_by_text, hash, wish);
}

const struct casp_wish *casp_wish_find(const struct casp_desiring *desiring,
				       const char *text)
{
	const struct casp_wish *wish, *found = NULL;
	uint64_t hash = casp_fqdn_hash(casp_str(text));
	size_t at = 0;

	while ((wish = casp_map_next(&desiring->wishes_by_text, hash, &at))) {
		if (wish == found || !has_text(wish->what, text)) {
			continue;
		}
		if (found) {
			return NULL;
		}
		found = wish;
	}
	return found;
}

/* false in *clear: no array is meant, and that is told. */
static int find_array(struct casp_desiring *desiring, struct casp_wish *wish, bool *clear,
		      struct cas_error **err)
{
	struct casp_wish **listed;
	size_t n;

	wish->array = match(desiring->plan->org, wish, &n);
	*clear = wish->array || !n;
	if (!*clear) {
		return refuse(desiring, wish,
			      "several arrays have that name or FQDN, and it is not "
			      "clear which is meant",
			      err);
	}
	if (!wish->array) {
		return 0;
	}
	listed = &desiring->by_array[wish->array->object.index];
	*clear = !*listed;
	if (!*clear) {
		return refuse(
			desiring, wish,
			casp_arena_printf(&desiring->plan->arena,
					  "it is the array '%s', which is listed already",
					  wish->array->object.name),
			err);
	}
	*listed = wish;
	wish->site = wish->what->site ? wish->site : wish->array->site;
	return 0;
}

static int find_site(struct casp_desiring *desiring, struct casp_wish *wish,
		     struct cas_error **err)
{
	const struct cas_object *object;
	struct cas_error *error = NULL;
	int code;

	if (!wish->what->site) {
		return 0;
	}
	code = cas_organization_find(desiring->plan->org, 1u << CAS_KIND_SITE,
				     wish->what->site, &object, &error);
	if (code) {
		return take(desiring, wish, code, error, err);
	}
	wish->site = cas_object_site(object);
	return 0;
}

/* Only what becomes another one must be fit for it, and free. */
static int check_name(struct casp_desiring *desiring, struct casp_wish *wish,
		      struct cas_error **err)
{
	const char *name = wish->what->name;
	struct cas_error *error = NULL;
	int code;

	if (!name || (wish->array && casp_iequal(name, wish->array->object.name))) {
		return 0;
	}
	code = casp_array_check_name(name, &error);
	if (code == 0) {
		code = casp_array_check_free(desiring->plan->org, wish->array, "name",
					     casp_str(name), &error);
	}
	return code ? take(desiring, wish, code, error, err) : 0;
}

static int check_fqdn(struct casp_desiring *desiring, struct casp_wish *wish,
		      struct cas_error **err)
{
	struct cas_error *error = NULL;
	struct casp_str fqdn;
	int code;

	if (!wish->what->fqdn ||
	    (wish->array && has_fqdn(wish->array, wish->what->fqdn))) {
		return 0;
	}
	code = casp_array_check_fqdn(wish->what->fqdn, &fqdn, &error);
	if (code == 0) {
		code = casp_array_check_free(desiring->plan->org, wish->array, "FQDN",
					     fqdn, &error);
	}
	return code ? take(desiring, wish, code, error, err) : 0;
}

static int check_new(struct casp_desiring *desiring, struct casp_wish *wish,
		     struct cas_error **err)
{
	const struct casp_desired_array *what = wish->what;
	int code = 0;

	if (wish->array || what->faulty) {
		return 0;
	}
	if (!what->site) {
		code = refuse(desiring, wish, "a new array needs a site", err);
	}
	return code || what->fqdn
		       ? code
		       : refuse(desiring, wish, "a new array needs an FQDN", err);
}

/* Everything that is wrong with a line is told, not only the first. */
static int make_out(struct casp_desiring *desiring, struct casp_wish *wish,
		    struct cas_error **err)
{
	bool taken = false, clear = true;
	int code = find_site(desiring, wish, err);

	code = code ? code : find_array(desiring, wish, &clear, err);
	if (code) {
		return code;
	}
	if (!register_text(desiring, wish, wish->what->name, &taken) ||
	    !register_text(desiring, wish, wish->what->fqdn, &taken)) {
		return casp_error_nomem(err);
	}
	if (taken && clear) {
		code = refuse(desiring, wish,
			      "another array that is listed has that name or FQDN", err);
	}
	if (code || !clear) {
		return code;
	}
	code = check_name(desiring, wish, err);
	code = code ? code : check_fqdn(desiring, wish, err);
	return code ? code : check_new(desiring, wish, err);
}

/* ---- its steps ---- */

static int make(struct casp_desiring *desiring, struct casp_wish *wish,
		struct cas_error **err)
{
	const struct cas_new_array how = {
		.name = wish->what->name,
		.fqdn = wish->what->fqdn,
		.site = wish->site->object.dn,
		/* Whether it stays alone there is looked at when all are known. */
		.allow_second_array = true,
	};
	struct cas_error *error = NULL;
	int code;

	code = casp_new_array_add(desiring->plan, &how, &wish->target, &error);
	return code ? take(desiring, wish, code, error, err) : 0;
}

static int change(struct casp_desiring *desiring, struct casp_wish *wish,
		  struct cas_error **err)
{
	const struct casp_desired_array *what = wish->what;
	const struct cas_array *array = wish->array;
	struct cas_set_array how = {.allow_second_array = true};
	struct cas_error *error = NULL;
	int code;

	casp_target_of(&array->object, &wish->target);
	if (what->name && !casp_iequal(what->name, array->object.name)) {
		how.name = wish->target.name = what->name;
	}
	if (what->fqdn && !has_fqdn(array, what->fqdn)) {
		how.fqdn = wish->target.fqdn = what->fqdn;
	}
	if (wish->site != array->site) {
		how.site = wish->site->object.dn;
		wish->target.site = wish->site;
	}
	if (!how.name && !how.fqdn && !how.site) {
		return 0;
	}
	code = casp_set_array_add(desiring->plan, array, &how, &error);
	return code ? take(desiring, wish, code, error, err) : 0;
}

static int place(struct casp_desiring *desiring, struct casp_wish *wish,
		 struct cas_error **err)
{
	int code;

	if (wish->bad) {
		return 0;
	}
	code = wish->array ? change(desiring, wish, err) : make(desiring, wish, err);
	if (code || wish->bad) {
		return code;
	}
	if (wish->array) {
		casp_layout_remove(&desiring->layout, wish->array);
	}
	return casp_layout_add(&desiring->layout, &wish->target, err);
}

/* A site has one array; one that had more before keeps them. */
static int check_alone(struct casp_desiring *desiring, struct casp_wish *wish,
		       struct cas_error **err)
{
	struct casp_arena *arena = &desiring->plan->arena;
	const casp_targets *arrays;
	const char *names;

	if (wish->bad || (wish->array && wish->array->site == wish->site)) {
		return 0;
	}
	arrays = casp_layout_site(&desiring->layout, wish->site);
	if (arrays->n < 2) {
		return 0;
	}
	names = casp_targets_names(arena, arrays);
	return refuse(desiring, wish,
		      names ? casp_arena_printf(arena,
						"the site '%s' would have %zu arrays: %s",
						wish->site->object.name, arrays->n, names)
			    : NULL,
		      err);
}

/* ---- arrays that are not listed ---- */

static bool is_rest(const struct casp_desiring *desiring, const struct cas_array *array)
{
	return !array->is_2013 && !desiring->by_array[array->object.index] &&
	       casp_desired_can_list(array);
}

static void forget_rest(struct casp_desiring *desiring)
{
	const struct cas_organization *org = desiring->plan->org;

	for (size_t i = 0; desiring->prune && i < CASP_COUNT(org, CAS_KIND_ARRAY); i++) {
		if (is_rest(desiring, CASP_ARRAY(org, i))) {
			casp_layout_remove(&desiring->layout, CASP_ARRAY(org, i));
		}
	}
}

int casp_desired_arrays(struct casp_desiring *desiring, struct cas_error **err)
{
	const struct cas_desired *desired = desiring->desired;
	size_t n = desired->arrays.n;
	int code = 0;

	if (!casp_vec_reserve(&desiring->wishes, n + 1)) {
		return casp_error_nomem(err);
	}
	for (size_t i = 0; code == 0 && i < n; i++) {
		desiring->wishes.v[i] = (struct casp_wish){
			.what = &desired->arrays.v[i],
			.bad = desired->arrays.v[i].faulty,
		};
		desiring->wishes.n++;
		code = make_out(desiring, &desiring->wishes.v[i], err);
	}
	forget_rest(desiring);
	for (size_t i = 0; code == 0 && i < n; i++) {
		code = place(desiring, &desiring->wishes.v[i], err);
	}
	for (size_t i = 0; code == 0 && i < n; i++) {
		code = check_alone(desiring, &desiring->wishes.v[i], err);
	}
	return code;
}

/* The databases that would point at the array when all is done. */
static int check_unused(struct casp_desiring *desiring, const struct cas_array *array,
			bool *used, struct cas_error **err)
{
	const struct cas_organization *org = desiring->plan->org;
	const struct casp_where where = {.file = desiring->desired->file};
	CASP_CLEANUP(casp_buf_free) struct casp_buf names = {0};
	const char *why;
	size_t n = 0;

	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_DATABASE); i++) {
		const struct cas_database *database = CASP_DATABASE(org, i);

		if (database->target == &array->object && !desiring->moved[i]) {
			casp_name_add(&names, &n, database->object.name);
		}
	}
	*used = n;
	if (!n) {
		return 0;
	}
	casp_names_end(&names, n);
	why = names.failed ? NULL
			   : casp_arena_printf(&desiring->plan->arena,
					       "the array is not listed, but %zu "
					       "database%s use%s it: %s",
					       n, n == 1 ? "" : "s", n == 1 ? "s" : "",
					       names.p);
	return why ? casp_desired_refuse(desiring->desired, &where, array->object.name,
					 why, "point them at another array", err)
		   : casp_error_nomem(err);
}

static int remove_one(struct casp_desiring *desiring, const struct cas_array *array,
		      struct cas_error **err)
{
	bool used;
	int code = check_unused(desiring, array, &used, err);

	return code || used ? code : casp_remove_array_add(desiring->plan, array, err);
}

int casp_desired_rest(struct casp_desiring *desiring, struct cas_error **err)
{
	const struct cas_organization *org = desiring->plan->org;
	CASP_CLEANUP(casp_buf_free) struct casp_buf names = {0};
	size_t n = 0;
	int code = 0;

	if (!desiring->desired->lists_arrays) {
		return 0;
	}
	if (desiring->prune && (!(org->scope & CAS_SCOPE_DATABASES) || org->named)) {
		return casp_error(err, CAS_E_USAGE, "the databases were not loaded");
	}
	for (size_t i = 0; code == 0 && i < CASP_COUNT(org, CAS_KIND_ARRAY); i++) {
		const struct cas_array *array = CASP_ARRAY(org, i);

		if (!is_rest(desiring, array)) {
			continue;
		}
		if (desiring->prune) {
			code = remove_one(desiring, array, err);
		} else {
			casp_name_add(&names, &n, array->object.name);
		}
	}
	casp_names_end(&names, n);
	if (code == 0 && n &&
	    (names.failed ||
	     !casp_plan_note(desiring->plan,
			     "%zu array%s not listed, and stay%s: %s; --prune removes %s",
			     n, n == 1 ? " is" : "s are", n == 1 ? "s" : "", names.p,
			     n == 1 ? "it" : "them"))) {
		code = casp_error_nomem(err);
	}
	return code;
}
