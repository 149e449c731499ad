/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Takes objects that were read into the organization. */
#include "../names/dn.h"
#include "load.h"

/* The administrative group of Exchange 2007 and later; the name is the same in every
 * organization. */
#define EXCHANGE_GROUP "Exchange Administrative Group (FYDIBOHF23SPDLT)"

bool casp_keep_object(struct casp_load *load, struct cas_object *object, int variant)
{
	size_t n = load->org->objects[object->kind].n;

	object->index = (uint32_t)n;
	return n < UINT32_MAX && casp_vec_push(&load->org->objects[object->kind], object);
}

bool casp_keep_array(struct casp_load *load, struct cas_object *object, int variant)
{
	struct cas_array *array = (struct cas_array *)object;

	array->is_2013 =
		array->format && !casp_format_older(array->format, CASP_FORMAT_2013);
	return casp_keep_object(load, object, variant);
}

bool casp_keep_database(struct casp_load *load, struct cas_object *object, int variant)
{
	struct cas_database *database = (struct cas_database *)object;
	struct casp_str parent = casp_dn_parent(casp_str(object->dn));

	if (parent.n) {
		struct casp_ref *ref =
			casp_refs_add(&load->parents, &load->org->arena, parent);

		if (!ref) {
			return false;
		}
		database->parent_dn = ref->text;
	}
	if (variant == CASP_DATABASE_PUBLIC_FOLDER) {
		database->type = CASP_DATABASE_PUBLIC_FOLDER;
	}
	database->mailboxes_listed = database->mailboxes > 0;
	if (database->mailboxes_listed) {
		load->org->has_mailboxes = true;
	} else {
		database->mailboxes = -1;
	}
	load->last_database = database;
	load->last_dn = casp_str(object->dn);
	return casp_keep_object(load, object, variant);
}

bool casp_keep_copy(struct casp_load *load, struct cas_object *object, int variant)
{
	struct casp_copy *copy = (struct casp_copy *)object;

	/* Exports list the children of an object right behind it. */
	if (load->last_database &&
	    casp_dn_is_plain_child(casp_str(object->dn), load->last_dn)) {
		copy->database = load->last_database;
	} else if (load->only_known_copies) {
		bool ok = true;
		size_t at = 0;

		copy->database = (struct cas_database *)casp_index_next(
			load->org, CAS_KIND_DATABASE, CASP_FORM_DN,
			casp_dn_parent(casp_str(object->dn)), &at, &ok);
		if (!copy->database) {
			return ok;
		}
	}
	load->org->has_copies = true;
	return casp_keep_object(load, object, variant);
}

bool casp_keep_service(struct casp_load *load, struct cas_object *object, int variant)
{
	struct casp_service *service = (struct casp_service *)object;

	/* Many products publish service connection points: the readers tell which is
	 * ours. */
	if (variant == CASP_SERVICE_SCP && service->type != CASP_SERVICE_SCP) {
		return true;
	}
	service->type = (enum casp_service_type)variant;
	return casp_keep_object(load, object, variant);
}

bool casp_keep_group(struct casp_load *load, struct cas_object *object, int variant)
{
	struct casp_admin_group *group = (struct casp_admin_group *)object;

	group->is_exchange = casp_iequal(object->name, EXCHANGE_GROUP);
	object->index = (uint32_t)load->org->groups.n;
	return casp_vec_push(&load->org->groups, group);
}

bool casp_keep_plain(struct casp_load *load, struct cas_object *object, int variant)
{
	if (variant == CASP_PLAIN_RPC) {
		return casp_keep_object(load, object, variant);
	}
	return casp_vec_push(&load->containers, object);
}
