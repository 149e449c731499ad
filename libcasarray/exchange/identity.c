/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From what a person writes to the one object that is meant. */
#include "identity.h"

#include "../names/dn.h"
#include "../names/fqdn.h"
#include "load.h"

#define TCP "ncacn_ip_tcp:"
#define HINT_NAMES 3
/* Comparisons of names for hints, in all of an organization's life: a million misspelt
 * names against a million databases must end. */
#define COMPARED_MAX ((size_t)4 * 1000 * 1000)

/* ---- look-up ---- */

static bool may_have_form(enum casp_form form, struct casp_str text)
{
	struct casp_guid guid;
	const char *why;

	switch (form) {
	case CASP_FORM_GUID:
		return casp_guid_parse(text, &guid);
	case CASP_FORM_DN:
		return memchr(text.p, '=', text.n) && casp_dn_check(text, &why);
	case CASP_FORM_LEGACY_DN:
		return *text.p == '/';
	default:
		return true;
	}
}

static bool kind_has_form(enum cas_kind kind, enum casp_form form)
{
	return form != CASP_FORM_FQDN || kind == CAS_KIND_SERVER ||
	       kind == CAS_KIND_ARRAY;
}

int casp_find_form(const struct cas_organization *org, unsigned kinds,
		   enum casp_form form, struct casp_str text, struct casp_hits *hits,
		   struct cas_error **err)
{
	*hits = (struct casp_hits){0};
	if (form == CASP_FORM_FQDN && casp_str_istarts(text, CASP_STR(TCP))) {
		text.p += strlen(TCP);
		text.n -= strlen(TCP);
	}
	if (!text.n || !may_have_form(form, text)) {
		return 0;
	}
	for (enum cas_kind kind = 0; kind < CAS_N_KINDS; kind++) {
		const struct cas_object *object;
		size_t at = 0;
		bool ok = true;

		if (!(kinds & 1u << kind) || !kind_has_form(kind, form)) {
			continue;
		}
		while ((object = casp_index_next(org, kind, form, text, &at, &ok))) {
			if (hits->n < CASP_HITS) {
				hits->v[hits->n] = object;
			}
			hits->n++;
		}
		if (!ok) {
			return casp_error_nomem(err);
		}
	}
	return 0;
}

static int find_any_form(const struct cas_organization *org, unsigned kinds,
			 struct casp_str text, struct casp_hits *hits,
			 struct cas_error **err)
{
	int r = 0;

	hits->n = 0;
	for (enum casp_form form = 0; r == 0 && hits->n == 0 && form < CASP_N_FORMS;
	     form++) {
		r = casp_find_form(org, kinds, form, text, hits, err);
	}
	return r;
}

/* ---- errors ---- */

/* "array or server" */
static void add_kinds(unsigned kinds, struct casp_buf *out)
{
	bool first = true;

	for (enum cas_kind kind = 0; kind < CAS_N_KINDS; kind++) {
		if (!(kinds & 1u << kind)) {
			continue;
		}
		kinds &= ~(1u << kind);
		casp_buf_adds(out, first ? "" : kinds ? ", " : " or ");
		casp_buf_adds(out, cas_kind_name(kind));
		first = false;
	}
}

bool casp_name_is_near(struct casp_str name, struct casp_str text)
{
	size_t limit = text.n < 4 ? 1 : text.n < 8 ? 2 : 3;

	return (text.n > 1 && casp_str_istarts(name, text)) ||
	       casp_str_distance(name, text, limit) <= limit;
}

struct near {
	struct casp_str text;
	struct {
		const char *name;
		size_t distance;
	} v[HINT_NAMES];
	size_t n;
};

/* Keeps the nearest names, the first of equals. */
static void consider(struct near *near, const char *name)
{
	struct casp_str a = casp_str(name);
	size_t distance, at;

	if (!casp_name_is_near(a, near->text)) {
		return;
	}
	for (size_t i = 0; i < near->n; i++) {
		if (casp_iequal(near->v[i].name, name)) {
			return;
		}
	}
	distance = casp_str_distance(a, near->text, 3);
	for (at = near->n; at > 0 && near->v[at - 1].distance > distance; at--) {
		if (at < HINT_NAMES) {
			near->v[at] = near->v[at - 1];
		}
	}
	if (at < HINT_NAMES) {
		near->v[at].name = name;
		near->v[at].distance = distance;
		near->n += near->n < HINT_NAMES;
	}
}

static void find_near(const struct cas_organization *org, unsigned kinds,
		      struct near *near)
{
	/* The budget is no part of the snapshot's value. */
	size_t *compared = &((struct cas_organization *)org)->compared;

	for (enum cas_kind kind = 0; kind < CAS_N_KINDS; kind++) {
		size_t n = kinds & 1u << kind ? CASP_COUNT(org, kind) : 0;

		for (size_t i = 0; i < n && *compared < COMPARED_MAX; i++, ++*compared) {
			const struct cas_object *object = org->objects[kind].v[i];

			consider(near, object->name);
			if (*casp_object_fqdn(object)) {
				consider(near, casp_object_fqdn(object));
			}
		}
	}
	for (size_t i = 0; kinds & 1u << CAS_KIND_DATABASE && i < org->near.n; i++) {
		consider(near, org->near.v[i]);
	}
}

/* An object of another kind that answers to the text: "EX1" where an array is asked for.
 */
static const struct cas_object *find_other_kind(const struct cas_organization *org,
						unsigned kinds, struct casp_str text)
{
	unsigned others = ~kinds & (1u << CAS_KIND_SITE | 1u << CAS_KIND_SERVER |
				    1u << CAS_KIND_ARRAY | 1u << CAS_KIND_DAG);
	struct casp_hits hits;

	return find_any_form(org, others, text, &hits, NULL) == 0 && hits.n ? hits.v[0]
									    : NULL;
}

static void add_hint(const struct cas_organization *org, unsigned kinds,
		     struct casp_str text, struct cas_error **err)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf hint = {0};
	const struct cas_object *other = find_other_kind(org, kinds, text);
	struct near near = {.text = text};

	if (other) {
		casp_error_hint(err, "'%.*s' is %s %s", CASP_STR_ARG(text),
				other->kind == CAS_KIND_ARRAY ? "an" : "a",
				cas_kind_name(other->kind));
		return;
	}
	find_near(org, kinds, &near);
	for (size_t i = 0; i < near.n; i++) {
		casp_buf_addf(&hint, "%s'%s'",
			      i == 0            ? "did you mean "
			      : i == near.n - 1 ? " or "
						: ", ",
			      near.v[i].name);
	}
	if (hint.n && !hint.failed) {
		casp_error_hint(err, "%s?", hint.p);
	}
}

static int not_found(const struct cas_organization *org, unsigned kinds,
		     struct casp_str text, struct cas_error **err)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf message = {0};

	if (!err || *err) {
		return CAS_E_NOT_FOUND;
	}
	add_kinds(kinds, &message);
	if (message.failed) {
		return casp_error_nomem(err);
	}
	casp_error(err, CAS_E_NOT_FOUND, "no %s '%.*s'", message.n ? message.p : "object",
		   CASP_STR_ARG(text));
	add_hint(org, kinds, text, err);
	return CAS_E_NOT_FOUND;
}

int casp_ambiguous(unsigned kinds, struct casp_str text, const struct casp_hits *hits,
		   struct cas_error **err)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf message = {0};

	casp_buf_addf(&message, "several objects answer to ");
	add_kinds(kinds, &message);
	casp_buf_addf(&message, " '%.*s': ", CASP_STR_ARG(text));
	for (size_t i = 0; i < hits->n && i < CASP_HITS; i++) {
		casp_buf_addf(&message, "%s'%s'", i ? ", " : "", hits->v[i]->dn);
	}
	if (hits->n > CASP_HITS) {
		casp_buf_addf(&message, " and %zu more", hits->n - CASP_HITS);
	}
	if (message.failed) {
		return casp_error_nomem(err);
	}
	casp_error(err, CAS_E_AMBIGUOUS, "%s", message.p);
	casp_error_hint(err, "name it by distinguished name or GUID");
	return CAS_E_AMBIGUOUS;
}

int cas_organization_find(const struct cas_organization *org, unsigned kinds,
			  const char *identity, const struct cas_object **ret,
			  struct cas_error **err)
{
	struct casp_str text = casp_str_trim(casp_str(identity));
	struct casp_hits hits;
	int r;

	if (!text.n) {
		return casp_error(err, CAS_E_USAGE, "empty identity");
	}
	r = find_any_form(org, kinds, text, &hits, err);
	if (r < 0) {
		return r;
	}
	if (hits.n == 0) {
		return not_found(org, kinds, text, err);
	}
	if (hits.n > 1) {
		return casp_ambiguous(kinds, text, &hits, err);
	}
	*ret = hits.v[0];
	return 0;
}
