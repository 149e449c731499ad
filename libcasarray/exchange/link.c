/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Resolves what sites, servers, arrays, DAGs and services refer to, once all are read. */
#include <stdlib.h>

#include "../names/dn.h"
#include "../names/legacy_dn.h"
#include "load.h"

#define ARRAYS "CN=Arrays"
/* CN=owa (Default Web Site),CN=HTTP,CN=Protocols,<server> is three levels down. */
#define SERVICE_DEPTH 5

static bool is_live(const struct cas_object *object)
{
	return !(object->defects & (CASP_OBJECT_CONFLICT_NAME | CASP_OBJECT_LOST));
}

/* The site, server, array or DAG of that DN, or NULL. */
static struct cas_object *object_by_dn(const struct cas_organization *org,
				       struct casp_str dn)
{
	uint64_t hash = casp_dn_hash(dn);
	struct cas_object *object;
	size_t at = 0;

	while ((object = casp_map_next(&org->by_dn, hash, &at)) != NULL) {
		if (casp_dn_equal(casp_str(object->dn), dn)) {
			return object;
		}
	}
	return NULL;
}

/* ---- where objects are ---- */

/* "...,base" in the very spelling of base. */
static bool dn_ends_with(struct casp_str dn, struct casp_str base)
{
	size_t at = dn.n - base.n;

	return dn.n > base.n + 2 && dn.p[at - 1] == ',' && dn.p[at - 2] != '\\' &&
	       memcmp(dn.p + at, base.p, base.n) == 0;
}

static bool in_exchange_group(const struct cas_organization *org, struct casp_str dn)
{
	for (size_t i = 0; i < org->groups.n; i++) {
		const struct casp_admin_group *group = org->groups.v[i];

		if (group->is_exchange &&
		    casp_dn_is_below(dn, casp_str(group->object.dn), false)) {
			return true;
		}
	}
	return false;
}

void casp_place(const struct cas_organization *org, struct cas_object *object)
{
	struct casp_str dn = casp_str(object->dn);

	if (org->group && dn_ends_with(dn, casp_str(org->group->object.dn))) {
		return;
	}
	object->defects |= casp_dn_defects(dn);
	switch (object->kind) {
	case CAS_KIND_SERVER:
	case CAS_KIND_ARRAY:
	case CAS_KIND_DATABASE:
	case CAS_KIND_COPY:
	case CAS_KIND_DAG:
		if (org->group && !in_exchange_group(org, dn)) {
			object->defects |= CASP_OBJECT_OUTSIDE_GROUP;
		}
		break;
	default:
		break;
	}
}

/* The organization's objects in one array, live ones first. */
static bool link_containers(struct cas_organization *org)
{
	size_t n = org->objects[CAS_KIND_ORGANIZATION].n;
	struct cas_object **v = org->objects[CAS_KIND_ORGANIZATION].v;

	org->containers =
		casp_arena_alloc(&org->arena, (n + 1) * sizeof(*org->containers));
	if (!org->containers) {
		return false;
	}
	for (int live = 1; live >= 0; live--) {
		for (size_t i = 0; i < n; i++) {
			casp_place(org, v[i]);
			if (is_live(v[i]) == live) {
				org->containers[org->n_containers++] = *v[i];
			}
		}
	}
	for (size_t i = 0; i < n; i++) {
		org->containers[i].index = (uint32_t)i;
		v[i] = &org->containers[i];
	}
	return true;
}

static void link_groups(struct cas_organization *org)
{
	for (size_t i = 0; i < org->groups.n; i++) {
		struct casp_admin_group *group = org->groups.v[i];
		struct casp_str dn = casp_str(group->object.dn);
		bool ours = org->n_containers &&
			    casp_dn_is_below(dn, casp_str(org->containers[0].dn), false);

		casp_place(org, &group->object);
		if (group->is_exchange && ours && !org->group &&
		    is_live(&group->object)) {
			org->group = group;
		}
	}
}

/* CN=Arrays itself, or, when an export left it out, what the arrays say. */
static bool link_arrays_container(struct casp_load *load)
{
	struct cas_organization *org = load->org;
	struct casp_str wanted;

	if (!org->group) {
		return true;
	}
	wanted = casp_str(
		casp_arena_printf(&org->arena, ARRAYS ",%s", org->group->object.dn));
	if (!wanted.p) {
		return false;
	}
	for (size_t i = 0; i < load->containers.n && !org->arrays_dn; i++) {
		const char *dn = load->containers.v[i]->dn;

		org->arrays_dn = casp_dn_equal(casp_str(dn), wanted) ? dn : NULL;
	}
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_ARRAY) && !org->arrays_dn; i++) {
		struct casp_str dn =
			casp_dn_parent(casp_str(CASP_ARRAY(org, i)->object.dn));

		org->arrays_dn = casp_dn_equal(dn, wanted) ? dn.p : NULL;
	}
	return true;
}

static bool keep_stray(struct cas_organization *org, struct cas_object *object)
{
	casp_place(org, object);
	if (is_live(object)) {
		return true;
	}
	object->index = (uint32_t)org->strays.n;
	return casp_vec_push(&org->strays, object);
}

static bool place_all(struct casp_load *load)
{
	struct cas_organization *org = load->org;

	/* Copies and databases are many: those are placed when they are linked. */
	for (unsigned kind = 0; kind < CAS_N_KINDS; kind++) {
		if (kind == CAS_KIND_ORGANIZATION || kind == CAS_KIND_OTHER ||
		    kind == CAS_KIND_DATABASE || kind == CAS_KIND_COPY) {
			continue;
		}
		for (size_t i = 0; i < org->objects[kind].n; i++) {
			casp_place(org, org->objects[kind].v[i]);
		}
	}
	for (size_t i = 0; i < load->containers.n; i++) {
		if (!keep_stray(org, load->containers.v[i])) {
			return false;
		}
	}
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_OTHER); i++) {
		if (!keep_stray(org, org->objects[CAS_KIND_OTHER].v[i])) {
			return false;
		}
	}
	return true;
}

/* ---- what they refer to ---- */

static bool index_dns(struct casp_load *load)
{
	static const enum cas_kind kinds[] = {CAS_KIND_SITE, CAS_KIND_SERVER,
					      CAS_KIND_ARRAY, CAS_KIND_DAG};
	struct cas_organization *org = load->org;

	for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++) {
		for (size_t i = 0; i < CASP_COUNT(org, kinds[k]); i++) {
			struct cas_object *object = org->objects[kinds[k]].v[i];

			if (!casp_map_add(&org->by_dn, casp_dn_hash(casp_str(object->dn)),
					  object)) {
				return false;
			}
		}
	}
	for (size_t i = 0; i < load->dns.all.n; i++) {
		struct casp_ref *ref = load->dns.all.v[i];

		ref->object = object_by_dn(org, casp_str(ref->text));
	}
	return true;
}

static bool index_legacy_dn(struct cas_organization *org, struct cas_object *object)
{
	struct casp_str dn = casp_str(object->legacy_dn);
	size_t at = 0;
	struct cas_object *other;

	if (!dn.n) {
		return true;
	}
	while ((other = (struct cas_object *)casp_organization_by_legacy_dn(org, dn,
									    &at))) {
		other->defects |= CASP_OBJECT_LEGACY_DN_SHARED;
		object->defects |= CASP_OBJECT_LEGACY_DN_SHARED;
	}
	return casp_map_add(&org->by_legacy_dn, casp_str_ihash(dn), object);
}

/* Arrays before servers, and what a replication conflict left behind last: the first one
 * that has a legacyExchangeDN is what databases with it use. */
static bool index_legacy_dns(struct cas_organization *org)
{
	static const enum cas_kind kinds[] = {CAS_KIND_ARRAY, CAS_KIND_SERVER};

	for (int live = 1; live >= 0; live--) {
		for (size_t k = 0; k < 2; k++) {
			for (size_t i = 0; i < CASP_COUNT(org, kinds[k]); i++) {
				struct cas_object *object = org->objects[kinds[k]].v[i];

				if (is_live(object) == live &&
				    !index_legacy_dn(org, object)) {
					return false;
				}
			}
		}
	}
	return true;
}

static bool link_legacy_dns(struct casp_load *load)
{
	struct cas_organization *org = load->org;

	if (!index_legacy_dns(org)) {
		return false;
	}
	for (size_t i = 0; i < load->legacy.all.n; i++) {
		struct casp_ref *ref = load->legacy.all.v[i];
		struct casp_str text = casp_str(ref->text);
		struct casp_str parent = casp_legacy_dn_parent(text);
		size_t at = 0;
		const char *why;

		if (!casp_legacy_dn_check(text, &why)) {
			ref->defects |= CASP_OBJECT_LEGACY_DN_BAD;
		}
		ref->object = (struct cas_object *)casp_organization_by_legacy_dn(
			org, parent, &at);
		ref->value = casp_text(&org->arena, casp_legacy_dn_leaf(parent));
		if (!ref->value) {
			return false;
		}
	}
	return true;
}

void casp_link_legacy_defects(struct cas_object *object)
{
	const struct casp_ref *ref = casp_ref_of(object->legacy_dn);

	if (ref) {
		object->defects |= ref->defects;
	}
}

static struct cas_object *target(const char *dn, enum cas_kind kind)
{
	const struct casp_ref *ref = casp_ref_of(dn);

	return ref && ref->object && ref->object->kind == kind ? ref->object : NULL;
}

struct cas_server *casp_link_server(const char *dn)
{
	return (struct cas_server *)target(dn, CAS_KIND_SERVER);
}

struct casp_dag *casp_link_dag(const char *dn)
{
	return (struct casp_dag *)target(dn, CAS_KIND_DAG);
}

static struct cas_site *link_site(struct cas_object *object, const char *dn)
{
	struct cas_site *site = (struct cas_site *)target(dn, CAS_KIND_SITE);

	if (!site && *dn) {
		object->defects |= CASP_OBJECT_SITE_DANGLES;
	}
	return site;
}

/* ---- servers, arrays, sites ---- */

static void link_rpc(struct cas_organization *org)
{
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_OTHER); i++) {
		struct cas_object *rpc = org->objects[CAS_KIND_OTHER].v[i];
		/* CN=RpcClientAccess,CN=Protocols,<server> */
		struct casp_str dn = casp_dn_parent(casp_dn_parent(casp_str(rpc->dn)));
		struct cas_object *object = object_by_dn(org, dn);

		if (object && object->kind == CAS_KIND_SERVER) {
			((struct cas_server *)object)->rpc = rpc;
			((struct cas_server *)object)->has_rpc = true;
		}
	}
}

/* Why a server is no member of the arrays of its site, or NULL. */
static const char *why_no_member(const struct cas_server *server)
{
	if (server->object.defects & CASP_OBJECT_LOST) {
		return "in the lost and found container";
	}
	if (!server->site) {
		return "no site";
	}
	if (server->version.major != 14) {
		return server->version.major == 0   ? "unknown version"
		       : server->version.major < 8  ? "Exchange 2003 or older"
		       : server->version.major < 14 ? "Exchange 2007"
						    : "Exchange 2013 or later";
	}
	if (!(server->roles & CASP_ROLE_CLIENT_ACCESS)) {
		return "no Client Access role";
	}
	return server->has_rpc ? NULL : "no RpcClientAccess object";
}

static bool link_server(struct cas_server *server)
{
	struct cas_site *site = link_site(&server->object, server->site_dn);

	server->site = site;
	server->dag = casp_link_dag(server->dag_dn);
	server->member_why = why_no_member(server);
	casp_link_legacy_defects(&server->object);
	if (server->object.defects & CASP_OBJECT_LOST) {
		return true;
	}
	if (server->dag && !casp_vec_push(&server->dag->members, server)) {
		return false;
	}
	if (!site) {
		return true;
	}
	if (casp_server_is_2010(server)) {
		site->has_mbx10 |= (server->roles & CASP_ROLE_MAILBOX) != 0;
		site->has_cas10 |= (server->roles & CASP_ROLE_CLIENT_ACCESS) != 0;
	}
	return casp_vec_push(&site->servers, server);
}

static bool link_array(struct cas_array *array)
{
	array->site = link_site(&array->object, array->site_dn);
	casp_link_legacy_defects(&array->object);
	return !array->site || array->is_2013 ||
	       (array->object.defects & CASP_OBJECT_LOST) ||
	       casp_vec_push(&array->site->arrays, array);
}

bool casp_link_topology(struct casp_load *load)
{
	struct cas_organization *org = load->org;

	if (!link_containers(org)) {
		return false;
	}
	link_groups(org);
	if (!place_all(load) || !index_dns(load) || !link_legacy_dns(load) ||
	    !link_arrays_container(load)) {
		return false;
	}
	link_rpc(org);
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_SERVER); i++) {
		if (!link_server(CASP_SERVER(org, i))) {
			return false;
		}
	}
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_ARRAY); i++) {
		if (!link_array(CASP_ARRAY(org, i))) {
			return false;
		}
	}
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_SUBNET); i++) {
		struct casp_subnet *subnet = CASP_SUBNET(org, i);

		subnet->site = link_site(&subnet->object, subnet->site_dn);
		if (subnet->site) {
			subnet->site->n_subnets++;
		}
	}
	return true;
}

void casp_link_services(struct casp_load *load)
{
	struct cas_organization *org = load->org;

	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_SERVICE); i++) {
		struct casp_service *service = CASP_SERVICE(org, i);
		struct casp_str dn = casp_str(service->object.dn);

		for (unsigned up = 0; up < SERVICE_DEPTH && !service->server; up++) {
			struct cas_object *object;

			dn = casp_dn_parent(dn);
			object = object_by_dn(org, dn);
			if (object && object->kind == CAS_KIND_SERVER) {
				service->server = (struct cas_server *)object;
			}
		}
	}
}
