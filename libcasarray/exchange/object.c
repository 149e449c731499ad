/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can be asked of objects. */
#include "../names/dn.h"
#include "load.h"

enum cas_kind cas_object_kind(const struct cas_object *object)
{
	return object->kind;
}

const char *cas_kind_name(enum cas_kind kind)
{
	static const char *const names[CAS_N_KINDS] = {
		[CAS_KIND_SITE] = "site",
		[CAS_KIND_SUBNET] = "subnet",
		[CAS_KIND_SERVER] = "server",
		[CAS_KIND_ARRAY] = "array",
		[CAS_KIND_DATABASE] = "database",
		[CAS_KIND_COPY] = "copy",
		[CAS_KIND_DAG] = "dag",
		[CAS_KIND_SERVICE] = "service",
		[CAS_KIND_ORGANIZATION] = "organization",
		[CAS_KIND_OTHER] = "other",
		[CAS_KIND_DNS_RECORD] = "dns-record",
	};

	return (unsigned)kind < CAS_N_KINDS ? names[kind] : "other";
}

const char *cas_object_name(const struct cas_object *object)
{
	return object->name;
}

const char *cas_object_dn(const struct cas_object *object)
{
	return object->dn;
}

const char *cas_object_guid(const struct cas_object *object)
{
	/* A million texts that nobody reads would cost more than the rest of the load. */
	char *text = (char *)object->guid_on_demand;

	if (object->has_guid && !*text) {
		casp_guid_format(&object->guid, text);
	}
	return text;
}

const char *cas_object_legacy_dn(const struct cas_object *object)
{
	return object->legacy_dn;
}

const struct cas_site *cas_object_site(const struct cas_object *object)
{
	return object->kind == CAS_KIND_SITE ? (const struct cas_site *)object : NULL;
}

const struct cas_server *cas_object_server(const struct cas_object *object)
{
	return object->kind == CAS_KIND_SERVER ? (const struct cas_server *)object : NULL;
}

const struct cas_array *cas_object_array(const struct cas_object *object)
{
	return object->kind == CAS_KIND_ARRAY ? (const struct cas_array *)object : NULL;
}

const struct cas_database *cas_object_database(const struct cas_object *object)
{
	return object->kind == CAS_KIND_DATABASE ? (const struct cas_database *)object
						 : NULL;
}

const struct cas_object *cas_site_object(const struct cas_site *site)
{
	return &site->object;
}

const struct cas_object *cas_server_object(const struct cas_server *server)
{
	return &server->object;
}

const struct cas_object *cas_array_object(const struct cas_array *array)
{
	return &array->object;
}

const struct cas_object *cas_database_object(const struct cas_database *database)
{
	return &database->object;
}

/* ---- servers and arrays ---- */

const char *casp_object_fqdn(const struct cas_object *object)
{
	switch (object->kind) {
	case CAS_KIND_SERVER:
		return ((const struct cas_server *)object)->fqdn;
	case CAS_KIND_ARRAY:
		return ((const struct cas_array *)object)->fqdn;
	default:
		return "";
	}
}

const char *cas_server_fqdn(const struct cas_server *server)
{
	return server->fqdn;
}

const struct cas_site *cas_server_site(const struct cas_server *server)
{
	return server->site;
}

const char *cas_array_fqdn(const struct cas_array *array)
{
	return array->fqdn;
}

const struct cas_site *cas_array_site(const struct cas_array *array)
{
	return array->site;
}

bool casp_server_is_member(const struct cas_server *server, const char **why)
{
	if (why) {
		*why = server->member_why;
	}
	return !server->member_why;
}

struct cas_server *casp_array_next_member(const struct cas_array *array, size_t *at)
{
	const struct cas_site *site = array->is_2013 ? NULL : array->site;

	while (site && *at < site->servers.n) {
		struct cas_server *server = site->servers.v[(*at)++];

		if (casp_server_is_member(server, NULL)) {
			return server;
		}
	}
	return NULL;
}

size_t casp_array_n_members(const struct cas_array *array)
{
	size_t n = 0, at = 0;

	while (casp_array_next_member(array, &at)) {
		n++;
	}
	return n;
}

const struct cas_object *
casp_organization_by_legacy_dn(const struct cas_organization *org,
			       struct casp_str legacy_dn, size_t *at)
{
	const struct cas_object *object;

	if (!legacy_dn.n) {
		return NULL;
	}
	while ((object = casp_map_next(&org->by_legacy_dn, casp_str_ihash(legacy_dn),
				       at))) {
		if (casp_str_iequal(casp_str(object->legacy_dn), legacy_dn)) {
			return object;
		}
	}
	return NULL;
}

/* ---- databases ---- */

const char *casp_database_type_name(enum casp_database_type type)
{
	static const char *const names[] = {
		[CASP_DATABASE_MAILBOX_2010] = "mailbox",
		[CASP_DATABASE_RECOVERY] = "recovery",
		[CASP_DATABASE_PUBLIC_FOLDER] = "public-folder",
		[CASP_DATABASE_2007] = "exchange-2007",
		[CASP_DATABASE_2013] = "exchange-2013",
	};

	return names[type];
}

const struct cas_server *cas_database_owner(const struct cas_database *database)
{
	return database->owner;
}

const struct cas_site *cas_database_home(const struct cas_database *database)
{
	return database->home;
}

const struct cas_object *cas_database_target(const struct cas_database *database)
{
	return database->target;
}

const char *cas_database_rpc_client_access_server(const struct cas_database *database)
{
	const struct casp_ref *legacy = casp_ref_of(database->object.legacy_dn);
	const char *fqdn = database->target ? casp_object_fqdn(database->target) : "";

	if (*fqdn) {
		return fqdn;
	}
	return legacy ? legacy->value : "";
}

bool cas_database_on_server(const struct cas_database *database,
			    const struct cas_server *server)
{
	if (database->owner == server) {
		return server != NULL;
	}
	for (size_t i = 0; i < database->n_copies; i++) {
		if (database->copies[i]->host == server) {
			return server != NULL;
		}
	}
	return false;
}

bool cas_database_in_dag(const struct cas_database *database,
			 const struct cas_object *dag)
{
	return database->dag && &database->dag->object == dag;
}

unsigned casp_dn_defects(struct casp_str dn)
{
	static const char lost[] = "CN=LostAndFoundConfig";
	struct casp_str rdn = casp_dn_rdn(dn);
	unsigned defects = 0;

	if (rdn.n && memmem(rdn.p, rdn.n, "CNF:", 4)) {
		defects |= CASP_OBJECT_CONFLICT_NAME;
	}
	for (dn = casp_dn_parent(dn); dn.n; dn = casp_dn_parent(dn)) {
		if (casp_str_iequal(casp_dn_rdn(dn), CASP_STR(lost))) {
			defects |= CASP_OBJECT_LOST;
		}
	}
	return defects;
}
