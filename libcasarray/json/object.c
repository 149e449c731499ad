/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The objects of an organization as JSON. */
#include "json.h"

static const struct {
	unsigned bit;
	const char *name;
} defect_names[] = {
	{CASP_OBJECT_NO_GUID, "no-guid"},
	{CASP_OBJECT_CONFLICT_NAME, "conflict-name"},
	{CASP_OBJECT_LEGACY_DN_BAD, "legacy-dn-malformed"},
	{CASP_OBJECT_LEGACY_DN_MISSING, "legacy-dn-missing"},
	{CASP_OBJECT_LEGACY_DN_SHARED, "legacy-dn-shared"},
	{CASP_OBJECT_SITE_DANGLES, "site-missing"},
	{CASP_OBJECT_OWNER_DANGLES, "owner-missing"},
	{CASP_OBJECT_MASTER_DANGLES, "master-missing"},
	{CASP_OBJECT_HOST_DANGLES, "host-missing"},
	{CASP_OBJECT_OUTSIDE_GROUP, "outside-group"},
	{CASP_OBJECT_LOST, "lost"},
};

void casp_json_identity(struct casp_json *json, const struct cas_object *object)
{
	casp_json_plain(json, "class", cas_kind_name(object->kind));
	casp_json_plain(json, "name", object->name);
	casp_json_text(json, "dn", object->dn);
	casp_json_text(json, "guid", cas_object_guid(object));
}

static void add_common(struct casp_json *json, const struct cas_object *object)
{
	json_t *defects;

	casp_json_text(json, "legacy_dn", cas_object_legacy_dn(object));
	casp_json_time(json, "created", object->created);
	casp_json_time(json, "changed", object->changed);
	defects = casp_json_list(json, "defects");
	for (size_t i = 0; i < sizeof(defect_names) / sizeof(*defect_names); i++) {
		if (object->defects & defect_names[i].bit) {
			casp_json_push_text(json, defects, defect_names[i].name);
		}
	}
}

static const struct cas_object *site_object(const struct cas_site *site)
{
	return site ? &site->object : NULL;
}

static void add_site(struct casp_json *json, const struct cas_organization *org,
		     const struct cas_site *site)
{
	bool databases = casp_json_has_databases(org);
	json_t *list;

	list = casp_json_list(json, "servers");
	for (size_t i = 0; i < site->servers.n; i++) {
		casp_json_push_text(json, list, site->servers.v[i]->object.name);
	}
	list = casp_json_list(json, "arrays");
	for (size_t i = 0; i < site->arrays.n; i++) {
		casp_json_push_text(json, list, site->arrays.v[i]->object.name);
	}
	casp_json_count(json, "databases", databases ? (int64_t)site->n_databases : -1);
	list = casp_json_list(json, "subnets");
	for (size_t i = 0; site->n_subnets && i < CASP_COUNT(org, CAS_KIND_SUBNET); i++) {
		const struct casp_subnet *subnet = CASP_SUBNET(org, i);

		if (subnet->site == site) {
			casp_json_push_text(json, list, subnet->object.name);
		}
	}
}

static void add_server(struct casp_json *json, const struct cas_server *server)
{
	const struct cas_site *site = server->site;
	int64_t roles = server->roles;
	const char *role, *why = NULL;
	char version[48];
	bool member = casp_server_is_member(server, &why);
	json_t *list;

	casp_version_format(&server->version, version);
	casp_json_text(json, "fqdn", server->fqdn);
	casp_json_name(json, "site", site_object(site));
	list = casp_json_list(json, "roles");
	while ((role = casp_roles_next(&roles))) {
		casp_json_push_text(json, list, role);
	}
	casp_json_plain(json, "version", version);
	casp_json_plain(json, "product", casp_version_product(&server->version));
	casp_json_text(json, "dag", server->dag ? server->dag->object.name : NULL);
	casp_json_bool(json, "rpc_client_access", server->has_rpc);
	list = casp_json_list(json, "arrays");
	for (size_t i = 0; member && site && i < site->arrays.n; i++) {
		casp_json_push_text(json, list, site->arrays.v[i]->fqdn);
	}
	if (member && (!site || site->arrays.n == 0)) {
		member = false;
		why = "no array in its site";
	}
	casp_json_bool(json, "member", member);
	casp_json_text(json, "member_why", member ? NULL : why);
}

static void add_array(struct casp_json *json, const struct cas_organization *org,
		      const struct cas_array *array)
{
	bool databases = casp_json_has_databases(org);
	const struct cas_server *member;
	json_t *members;
	size_t at = 0;

	casp_json_text(json, "fqdn", array->fqdn);
	casp_json_name(json, "site", site_object(array->site));
	members = casp_json_list(json, "members");
	while ((member = casp_array_next_member(array, &at))) {
		casp_json_push_text(json, members, member->object.name);
	}
	casp_json_count(json, "databases", databases ? (int64_t)array->n_databases : -1);
	casp_json_plain(json, "generation",
			array->is_2013 ? "exchange-2013" : "exchange-2010");
}

json_t *cas_json_object(const struct cas_organization *org,
			const struct cas_object *object)
{
	struct casp_json json;

	casp_json_start(&json);
	casp_json_identity(&json, object);
	switch (object->kind) {
	case CAS_KIND_SITE:
		add_site(&json, org, cas_object_site(object));
		break;
	case CAS_KIND_SERVER:
		add_server(&json, cas_object_server(object));
		break;
	case CAS_KIND_ARRAY:
		add_array(&json, org, cas_object_array(object));
		break;
	case CAS_KIND_DATABASE:
		casp_json_database(&json, org, cas_object_database(object));
		break;
	default:
		break;
	}
	add_common(&json, object);
	return casp_json_finish(&json);
}
