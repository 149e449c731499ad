/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Objects by one form of identity; each index is made when it is first needed. */
#include "../names/dn.h"
#include "../names/fqdn.h"
#include "load.h"

/* The hash of an object's text in a form; 0: it has none. */
static uint64_t hash_of(const struct cas_object *object, enum casp_form form)
{
	const char *text = "";

	switch (form) {
	case CASP_FORM_GUID:
		return object->has_guid ? casp_guid_hash(&object->guid) : 0;
	case CASP_FORM_DN:
		return casp_dn_hash(casp_str(object->dn));
	case CASP_FORM_LEGACY_DN:
		text = object->legacy_dn;
		break;
	case CASP_FORM_NAME:
		text = object->name;
		break;
	case CASP_FORM_FQDN:
		text = casp_object_fqdn(object);
		return *text ? casp_fqdn_hash(casp_str(text)) : 0;
	case CASP_N_FORMS:
		break;
	}
	return *text ? casp_str_ihash(casp_str(text)) : 0;
}

static bool build(const struct cas_organization *org, enum cas_kind kind,
		  enum casp_form form, struct casp_index *index)
{
	size_t n = CASP_COUNT(org, kind);

	if (!casp_map_reserve(&index->map, n)) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		struct cas_object *object = org->objects[kind].v[i];
		uint64_t hash = hash_of(object, form);

		if (hash && !casp_map_add(&index->map, hash, object)) {
			casp_map_free(&index->map);
			return false;
		}
	}
	index->built = true;
	return true;
}

static uint64_t hash_text(enum casp_form form, struct casp_str text)
{
	struct casp_guid guid;

	switch (form) {
	case CASP_FORM_GUID:
		return casp_guid_parse(text, &guid) ? casp_guid_hash(&guid) : 0;
	case CASP_FORM_DN:
		return casp_dn_hash(text);
	case CASP_FORM_FQDN:
		return casp_fqdn_hash(text);
	default:
		return casp_str_ihash(text);
	}
}

static bool answers(const struct cas_object *object, enum casp_form form,
		    struct casp_str text)
{
	struct casp_guid guid;

	switch (form) {
	case CASP_FORM_GUID:
		return object->has_guid && casp_guid_parse(text, &guid) &&
		       memcmp(guid.b, object->guid.b, sizeof(guid.b)) == 0;
	case CASP_FORM_DN:
		return casp_dn_equal(casp_str(object->dn), text);
	case CASP_FORM_LEGACY_DN:
		return casp_str_iequal(casp_str(object->legacy_dn), text);
	case CASP_FORM_NAME:
		return casp_str_iequal(casp_str(object->name), text);
	case CASP_FORM_FQDN:
		return casp_fqdn_equal(casp_str(casp_object_fqdn(object)), text);
	case CASP_N_FORMS:
		break;
	}
	return false;
}

struct cas_object *casp_index_next(const struct cas_organization *org, enum cas_kind kind,
				   enum casp_form form, struct casp_str text, size_t *at,
				   bool *ok)
{
	/* What is made on demand is no part of the snapshot's value. */
	struct casp_index *index = (struct casp_index *)&org->index[kind][form];
	uint64_t hash = hash_text(form, text);
	struct cas_object *object;

	if (!hash) {
		return NULL;
	}
	if (!index->built && !build(org, kind, form, index)) {
		*ok = false;
		return NULL;
	}
	while ((object = casp_map_next(&index->map, hash, at)) != NULL) {
		if (answers(object, form, text)) {
			return object;
		}
	}
	return NULL;
}
