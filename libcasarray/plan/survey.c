/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a directory holds of the objects that a plan is about. */
#include "survey.h"

#include <stdlib.h>

#include "../names/dn.h"

/* More objects than this are looked for in their containers. */
#define NARROW_MAX 256
/* A query's limit, less what is asked for beside the plan's own. */
#define ATTRIBUTES_MAX 56

/* A name that a step's object may have. */
struct place {
	size_t step;
	const char *dn;
	bool other;       /* not the one that the step calls it by */
	size_t container; /* the query for its container */
};

struct look {
	struct casp_survey *survey;
	CASP_VEC(struct place) places;
	struct casp_map by_dn; /* hash of a DN -> number of a place, from 1 */
	CASP_VEC(const char *) attributes;
	CASP_VEC(struct casp_query) queries;
	struct casp_map containers;  /* hash of a DN -> number of a query, from 1 */
	struct casp_equality *names; /* by container */
	struct casp_arena arena;
	struct casp_buf name;
	bool is_server, narrow, all_attributes;
};

/* ---- values ---- */

static bool has_value(const struct casp_entry *entry, const char *attribute,
		      struct casp_str value)
{
	const struct casp_values *values = casp_entry_values(entry, attribute);

	for (size_t i = 0; values && i < values->n; i++) {
		if (casp_value_equal(values->v[i], value)) {
			return true;
		}
	}
	return false;
}

/* Before a delta its old value is there; where it has none, its new one is not. */
static bool before(const struct casp_entry *entry, const struct casp_delta *delta)
{
	return delta->old_value
		       ? has_value(entry, delta->attribute, casp_delta_old(delta))
		       : !has_value(entry, delta->attribute, casp_delta_new(delta));
}

static bool after(const struct casp_entry *entry, const struct casp_delta *delta)
{
	return delta->new_value
		       ? has_value(entry, delta->attribute, casp_delta_new(delta))
		       : !has_value(entry, delta->attribute, casp_delta_old(delta));
}

/* ---- what differs ---- */

static bool explain(struct look *look, const struct casp_entry *entry,
		    const struct casp_delta *delta, struct casp_sight *sight)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf buf = {0};
	const struct casp_values *values = casp_entry_values(entry, delta->attribute);
	bool any = values && values->n;
	struct casp_str wanted = casp_delta_new(delta);

	casp_value_differs(&buf, delta->attribute, any ? &values->v[0] : NULL,
			   delta->new_value ? &wanted : NULL);
	if (buf.failed) {
		return false;
	}
	sight->differs = casp_arena_dup_str(
		look->survey->texts ? look->survey->texts : &look->survey->plan->arena,
		casp_buf_str(&buf));
	return sight->differs;
}

/* ---- seeing ---- */

static bool compare(struct look *look, const struct casp_entry *entry,
		    const struct casp_step *step, struct casp_sight *sight)
{
	sight->old_values = sight->new_values = true;
	sight->differs = NULL;
	for (size_t i = 0; i < step->n_deltas; i++) {
		const struct casp_delta *delta = &step->deltas[i];

		if (casp_directory_owns(look->survey->directory, delta->attribute)) {
			continue;
		}
		sight->old_values = sight->old_values && before(entry, delta);
		if (!after(entry, delta)) {
			sight->new_values = false;
			if (look->survey->explains && !sight->differs &&
			    !explain(look, entry, delta, sight)) {
				return false;
			}
		}
	}
	return true;
}

/* Exactly: a rename may change no more than the case. */
static bool has_new_name(struct look *look, const struct casp_entry *entry,
			 const struct casp_step *step)
{
	casp_buf_clear(&look->name);
	return casp_dn_rdn_value(entry->dn, &look->name) &&
	       casp_str_equal(casp_buf_str(&look->name), casp_str(step->new_name));
}

static bool read_guid(const struct casp_entry *entry, struct casp_guid *ret)
{
	const struct casp_values *values = casp_entry_values(entry, "objectGUID");

	if (!values || values->n != 1 || values->v[0].n != sizeof(ret->b)) {
		return false;
	}
	memcpy(ret->b, values->v[0].p, sizeof(ret->b));
	return true;
}

/* Under a name that a rename gives or takes there may be another object. */
static bool is_other(const struct casp_step *step, const struct casp_sight *sight)
{
	struct casp_guid guid;

	return sight->has_guid && casp_guid_parse(casp_str(step->guid), &guid) &&
	       memcmp(guid.b, sight->guid.b, sizeof(guid.b)) != 0;
}

static bool see_place(struct look *look, const struct casp_entry *entry,
		      const struct place *place)
{
	const struct casp_step *step = &look->survey->plan->steps.v[place->step];
	struct casp_sight *sight = &look->survey->sights[place->step], seen = {0};
	bool rename = step->action == CAS_ACTION_RENAME;
	bool renamed = rename && has_new_name(look, entry, step);

	if (!casp_dn_equal(entry->dn, casp_str(place->dn))) {
		return true;
	}
	seen.has_guid = read_guid(entry, &seen.guid);
	if (place->other &&
	    (is_other(step, &seen) || (rename ? !renamed : sight->there))) {
		return true;
	}
	if (!compare(look, entry, step, &seen)) {
		return false;
	}
	seen.renamed = sight->renamed || renamed;
	seen.there = sight->there || !renamed;
	*sight = seen;
	return true;
}

static int see(void *closure, const struct casp_entry *entry, struct cas_error **err)
{
	struct look *look = closure;
	struct casp_survey *survey = look->survey;
	uint64_t hash = casp_dn_hash(entry->dn);
	void *number;
	size_t at = 0;

	while ((number = casp_map_next(&look->by_dn, hash, &at))) {
		const struct place *place = &look->places.v[(uintptr_t)number - 1];

		if (!see_place(look, entry, place)) {
			return casp_error_nomem(err);
		}
	}
	if (look->name.failed) {
		return casp_error_nomem(err);
	}
	return survey->see_more ? survey->see_more(survey->closure, entry, err) : 0;
}

/* ---- where to look ---- */

static bool add_place(struct look *look, size_t step, const char *dn, bool other)
{
	struct place place = {.step = step, .dn = dn, .other = other};
	uint64_t hash = dn ? casp_dn_hash(casp_str(dn)) : 0;

	return dn && casp_vec_push(&look->places, place) &&
	       casp_map_add(&look->by_dn, hash, (void *)(uintptr_t)look->places.n);
}

/* The other name of what a step of the plan renames; NULL: it has none. */
static bool other_name(struct look *look, const struct casp_step *step,
		       const struct casp_step *rename, const char **ret)
{
	struct casp_str dn = casp_str(step->dn);
	const char *renamed =
		casp_renamed_dn(&look->survey->plan->arena, rename->dn, rename->new_name);
	struct casp_str was = casp_str(rename->dn);

	*ret = NULL;
	if (!renamed) {
		return false;
	}
	/* A change of case: one name is enough. */
	if (casp_dn_equal(was, casp_str(renamed))) {
		return true;
	}
	if (casp_dn_equal(dn, was)) {
		*ret = renamed;
	} else if (casp_dn_equal(dn, casp_str(renamed))) {
		*ret = rename->dn;
	}
	return true;
}

static bool add_places(struct look *look, const size_t *renames, size_t n_renames)
{
	const struct cas_plan *plan = look->survey->plan;

	for (size_t i = 0; i < plan->steps.n; i++) {
		const struct casp_step *step = &plan->steps.v[i];

		if (!casp_step_acts(step) || !look->survey->wants(step)) {
			continue;
		}
		if (!add_place(look, i, step->dn, false)) {
			return false;
		}
		for (size_t k = 0; k < n_renames; k++) {
			const char *other;

			if (!other_name(look, step, &plan->steps.v[renames[k]], &other) ||
			    (other && !add_place(look, i, other, true))) {
				return false;
			}
		}
	}
	return true;
}

static bool find_places(struct look *look)
{
	const struct cas_plan *plan = look->survey->plan;
	CASP_CLEANUP(casp_freep)
	size_t *renames = calloc(plan->steps.n + 1, sizeof(*renames));
	size_t n = 0;

	for (size_t i = 0; renames && i < plan->steps.n; i++) {
		if (plan->steps.v[i].action == CAS_ACTION_RENAME) {
			renames[n++] = i;
		}
	}
	return renames && add_places(look, renames, n);
}

/* ---- what to ask ---- */

static bool want_attribute(struct look *look, const char *name)
{
	for (size_t i = look->attributes.n; i-- > 0;) {
		if (casp_iequal(look->attributes.v[i], name)) {
			return true;
		}
	}
	look->all_attributes =
		look->all_attributes || look->attributes.n == ATTRIBUTES_MAX;
	return look->all_attributes || casp_vec_push(&look->attributes, name);
}

static bool want_attributes(struct look *look)
{
	const struct casp_survey *survey = look->survey;
	bool ok = want_attribute(look, "objectGUID");

	for (size_t i = 0; ok && i < look->places.n; i++) {
		const struct casp_step *step =
			&survey->plan->steps.v[look->places.v[i].step];

		for (size_t k = 0; ok && k < step->n_deltas; k++) {
			ok = want_attribute(look, step->deltas[k].attribute);
		}
	}
	for (size_t i = 0; ok && i < survey->n_more; i++) {
		for (size_t k = 0; ok && k < survey->more[i].n_attributes; k++) {
			ok = want_attribute(look, survey->more[i].attributes[k]);
		}
	}
	return ok;
}

static bool add_query(struct look *look, struct casp_query query)
{
	query.attributes = look->attributes.v;
	query.n_attributes = look->all_attributes ? 0 : look->attributes.n;
	query.all_attributes = look->all_attributes;
	return casp_vec_push(&look->queries, query);
}

/* Once for each container. For a server the places in it are counted. */
static bool add_container(struct look *look, struct place *place)
{
	struct casp_query query = {
		.base = casp_dn_parent(casp_str(place->dn)),
		.scope = CASP_SCOPE_CHILDREN,
		.n_any = look->is_server,
	};
	uint64_t hash = casp_dn_hash(query.base);
	void *number;
	size_t at = 0;

	while ((number = casp_map_next(&look->containers, hash, &at))) {
		place->container = (uintptr_t)number - 1;
		if (casp_dn_equal(look->queries.v[place->container].base, query.base)) {
			look->queries.v[place->container].n_any += look->is_server;
			return true;
		}
	}
	place->container = look->queries.n;
	return add_query(look, query) &&
	       casp_map_add(&look->containers, hash, (void *)(uintptr_t)look->queries.n);
}

/* "cn" = "DB1" of CN=DB1,... */
static bool set_name(struct look *look, const char *dn, struct casp_equality *ret)
{
	struct casp_str rdn = casp_dn_rdn(casp_str(dn));
	const char *equals = memchr(rdn.p, '=', rdn.n);
	struct casp_str type = {rdn.p, equals ? (size_t)(equals - rdn.p) : 0};

	casp_buf_clear(&look->name);
	if (!casp_dn_rdn_value(casp_str(dn), &look->name)) {
		return false;
	}
	ret->attribute = casp_arena_dup_str(&look->arena, casp_str_trim(type));
	ret->value.n = look->name.n;
	ret->value.p = casp_arena_dup_str(&look->arena, casp_buf_str(&look->name));
	return ret->attribute && ret->value.p;
}

/* A server finds many by their names quicker than it hands out a whole container. */
static bool ask_names(struct look *look)
{
	size_t n = 0;

	look->names = casp_arena_alloc(&look->arena,
				       (look->places.n + 1) * sizeof(*look->names));
	for (size_t i = 0; look->names && i < look->queries.n; i++) {
		look->queries.v[i].any = look->names + n;
		n += look->queries.v[i].n_any;
		look->queries.v[i].n_any = 0;
	}
	for (size_t i = 0; look->names && i < look->places.n; i++) {
		const struct place *place = &look->places.v[i];
		struct casp_query *query = &look->queries.v[place->container];
		size_t at = (size_t)(query->any - look->names) + query->n_any++;

		if (!set_name(look, place->dn, &look->names[at])) {
			return false;
		}
	}
	return look->names;
}

static bool ask_place(struct look *look, struct place *place)
{
	struct casp_query query = {.base = casp_str(place->dn), .scope = CASP_SCOPE_BASE};

	return look->narrow ? add_query(look, query) : add_container(look, place);
}

static bool make_queries(struct look *look)
{
	const struct casp_survey *survey = look->survey;
	bool ok = want_attributes(look);

	look->is_server = casp_directory_server(survey->directory);
	look->narrow = look->is_server && look->places.n <= NARROW_MAX;
	for (size_t i = 0; ok && i < look->places.n; i++) {
		ok = ask_place(look, &look->places.v[i]);
	}
	ok = ok && (look->narrow || !look->is_server || ask_names(look));
	for (size_t i = 0; ok && i < survey->n_more; i++) {
		ok = add_query(look, survey->more[i]);
	}
	return ok;
}

/* ---- the result ---- */

bool casp_sight_is_done(const struct casp_step *step, const struct casp_sight *sight)
{
	switch (step->action) {
	case CAS_ACTION_DELETE:
		return !sight->there;
	case CAS_ACTION_RENAME:
		return sight->renamed && !sight->there && sight->new_values;
	default:
		return sight->there && sight->new_values;
	}
}

bool casp_sight_is_open(const struct casp_step *step, const struct casp_sight *sight)
{
	switch (step->action) {
	case CAS_ACTION_CREATE:
		return !sight->there;
	case CAS_ACTION_RENAME:
		return sight->there && !sight->renamed && sight->old_values;
	default:
		return sight->there && sight->old_values;
	}
}

/* Where no value differs it is the object itself. */
static void explain_objects(struct look *look)
{
	for (size_t i = 0; i < look->places.n; i++) {
		size_t index = look->places.v[i].step;
		const struct casp_step *step = &look->survey->plan->steps.v[index];
		struct casp_sight *sight = &look->survey->sights[index];

		if (casp_sight_is_done(step, sight)) {
			sight->differs = NULL;
		} else if (!sight->there && !sight->renamed) {
			sight->differs = "there is no such object";
		} else if (step->action == CAS_ACTION_DELETE) {
			sight->differs = "the object is still there";
		} else if (!sight->differs) {
			sight->differs = "the object has another name";
		}
	}
}

int casp_survey(struct casp_survey *survey, struct cas_error **err)
{
	struct look look = {.survey = survey};
	size_t n = survey->plan->steps.n;
	int code = 0;

	memset(survey->sights, 0, n * sizeof(*survey->sights));
	if (!casp_map_reserve(&look.by_dn, n) || !find_places(&look) ||
	    !make_queries(&look)) {
		code = casp_error_nomem(err);
	}
	if (code == 0 && look.queries.n) {
		code = casp_directory_search(survey->directory, look.queries.v,
					     look.queries.n, see, &look, err);
	}
	if (code == 0 && survey->explains) {
		explain_objects(&look);
	}
	casp_map_free(&look.by_dn);
	casp_map_free(&look.containers);
	casp_arena_free(&look.arena);
	casp_vec_free(&look.places);
	casp_vec_free(&look.attributes);
	casp_vec_free(&look.queries);
	casp_buf_free(&look.name);
	return code;
}
