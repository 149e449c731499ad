/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What rules want to know of the organization as a whole. */
#include "facts.h"

#include <stdint.h>
#include <stdlib.h>

#include "../names/dn.h"
#include "../names/fqdn.h"
#include "../names/legacy_dn.h"

/* What the rules of quality look at, beside names in conflict and lost objects. */
static bool is_doubtful(const struct cas_object *object)
{
	const unsigned moved = CASP_OBJECT_CONFLICT_NAME | CASP_OBJECT_LOST;
	const unsigned legacy = CASP_OBJECT_LEGACY_DN_BAD | CASP_OBJECT_LEGACY_DN_MISSING;

	switch (object->kind) {
	case CAS_KIND_ARRAY:
		/* A conflict name of an array has a rule of its own. */
		return object->defects & CASP_OBJECT_LOST;
	case CAS_KIND_SERVER:
		return object->defects & (moved | legacy) ||
		       !((const struct cas_server *)object)->version.major;
	case CAS_KIND_DATABASE:
		return object->defects & (moved | CASP_OBJECT_OWNER_DANGLES |
					  CASP_OBJECT_MASTER_DANGLES) ||
		       !*((const struct cas_database *)object)->owner_dn;
	case CAS_KIND_COPY:
		return object->defects & (moved | CASP_OBJECT_HOST_DANGLES) ||
		       !((const struct casp_copy *)object)->database;
	default:
		return object->defects & moved;
	}
}

static bool add_other(struct casp_facts *facts, const struct cas_object *object,
		      const struct casp_defect *defect)
{
	return casp_vec_push(&facts->others,
			     ((struct casp_other){.object = object, .defect = defect}));
}

/* A name is all that an entry is known by, and a rule has one finding on it: the first
 * entry of a name stands for all. Its number in facts->others, from 1 on; 0: none yet. */
static size_t find_entry(const struct casp_facts *facts, const struct casp_map *first,
			 uint64_t hash, bool duplicate)
{
	size_t at = 0;
	void *found;

	while ((found = casp_map_next(first, hash, &at))) {
		size_t number = (size_t)(uintptr_t)found;
		const struct casp_defect *defect = facts->others.v[number - 1].defect;

		if ((defect->kind == CASP_DEFECT_DUPLICATE_DN) == duplicate) {
			return number;
		}
	}
	return 0;
}

/* Something to stand for an entry that is no object. */
static bool add_entry(struct casp_facts *facts, struct casp_map *first,
		      const struct casp_defect *defect)
{
	uint64_t hash = casp_dn_hash(defect->dn);
	size_t number =
		find_entry(facts, first, hash, defect->kind == CASP_DEFECT_DUPLICATE_DN);
	struct cas_object *entry = &facts->entries[facts->n_entries];
	char *dn;

	if (number) {
		struct casp_other *other = &facts->others.v[number - 1];

		other->more += other->last != defect->origin;
		other->last = defect->origin;
		return true;
	}
	dn = strndup(defect->dn.n ? defect->dn.p : "", defect->dn.n);
	*entry = (struct cas_object){.kind = CAS_KIND_OTHER,
				     .index = (uint32_t)facts->n_entries++,
				     .defects = CASP_OBJECT_NO_GUID,
				     .name = dn,
				     .dn = dn,
				     .legacy_dn = "",
				     .origin = defect->origin};
	if (!dn || !add_other(facts, entry, defect)) {
		return false;
	}
	facts->others.v[facts->others.n - 1].last = defect->origin;
	return casp_map_add(first, hash, (void *)(uintptr_t)facts->others.n);
}

static bool add_entries(struct casp_facts *facts)
{
	const struct casp_defect *defects;
	struct casp_map first = {0};
	bool good = true;
	size_t n;

	if (!facts->org->directory) {
		return true;
	}
	n = casp_organization_defects(facts->org, &defects);
	facts->entries = calloc(n + 1, sizeof(*facts->entries));
	if (!facts->entries) {
		return false;
	}
	for (size_t i = 0; i < n && good; i++) {
		good = add_entry(facts, &first, &defects[i]);
	}
	casp_map_free(&first);
	return good;
}

static bool add_others(struct casp_facts *facts)
{
	const struct cas_organization *org = facts->org;

	for (size_t i = 0; i < org->strays.n; i++) {
		if (!add_other(facts, org->strays.v[i], NULL)) {
			return false;
		}
	}
	for (int kind = 0; kind < CAS_N_KINDS; kind++) {
		for (size_t i = 0; i < CASP_COUNT(org, kind); i++) {
			const struct cas_object *object = org->objects[kind].v[i];

			if (is_doubtful(object) && !add_other(facts, object, NULL)) {
				return false;
			}
		}
	}
	return add_entries(facts);
}

static bool add_host(struct casp_facts *facts, const char *fqdn,
		     const struct cas_object *object)
{
	if (casp_fqdn_is_single_label(casp_str(fqdn))) {
		return true;
	}
	return casp_map_add(&facts->hosts, casp_str_ihash(casp_fqdn_host(casp_str(fqdn))),
			    (void *)object);
}

static bool read_servers(struct casp_facts *facts)
{
	const struct cas_organization *org = facts->org;

	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_SERVER); i++) {
		const struct cas_server *server = CASP_SERVER(org, i);

		facts->n_2010 += casp_server_is_2010(server);
		facts->n_2013 += server->version.major >= 15;
		facts->n_outside +=
			!!(server->object.defects & CASP_OBJECT_OUTSIDE_GROUP);
		if (casp_server_is_cas10(server) &&
		    !add_host(facts, server->fqdn, &server->object)) {
			return false;
		}
	}
	return true;
}

static bool read_arrays(struct casp_facts *facts)
{
	const struct cas_organization *org = facts->org;

	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_ARRAY); i++) {
		struct cas_array *array = CASP_ARRAY(org, i);

		facts->n_outside += !!(array->object.defects & CASP_OBJECT_OUTSIDE_GROUP);
		if (array->is_2013) {
			continue;
		}
		if (!casp_map_add(&facts->array_fqdns,
				  casp_fqdn_hash(casp_str(array->fqdn)), array) ||
		    !casp_map_add(&facts->array_names,
				  casp_str_ihash(casp_str(array->object.name)), array) ||
		    !add_host(facts, array->fqdn, &array->object)) {
			return false;
		}
	}
	return true;
}

static void read_services(struct casp_facts *facts)
{
	const struct cas_organization *org = facts->org;

	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_SERVICE); i++) {
		const struct casp_service *service = CASP_SERVICE(org, i);
		const struct cas_server *server = service->server;

		if (!server || !casp_server_is_cas10(server) || !*service->external_url ||
		    (service->type != CASP_SERVICE_OWA &&
		     service->type != CASP_SERVICE_ECP &&
		     service->type != CASP_SERVICE_EWS &&
		     service->type != CASP_SERVICE_ACTIVESYNC)) {
			continue;
		}
		casp_facts_site(facts, server->site)->internet_facing = true;
		if (!facts->oldest_facing ||
		    casp_version_compare(&server->version,
					 &facts->oldest_facing->version) < 0) {
			facts->oldest_facing = server;
		}
	}
}

/* Do two databases carry the same value? What refers to nothing is compared as text,
 * without the leaf, which Exchange does not read. */
static bool same_value(const struct cas_database *a, const struct cas_database *b)
{
	if (a->target || b->target) {
		return a->target == b->target;
	}
	return casp_legacy_dn_equal(casp_legacy_dn_parent(casp_str(a->object.legacy_dn)),
				    casp_legacy_dn_parent(casp_str(b->object.legacy_dn)));
}

static void count_database(struct casp_facts *facts, const struct cas_database *database)
{
	enum casp_reference reference = casp_reference(facts->org, facts, database);
	struct casp_site_facts *site = casp_facts_site(facts, database->home);
	int64_t created = database->object.created;

	facts->references[database->object.index] = (unsigned char)reference;
	site->references[reference]++;
	if (database->target && database->target->kind == CAS_KIND_ARRAY &&
	    !facts->array_users[database->target->index]) {
		facts->array_users[database->target->index] = database->home;
	}
	if (reference < CASP_REFERENCE_FINE) {
		site->n_recovery += database->type == CASP_DATABASE_RECOVERY;
		return;
	}
	if (database->mailboxes > 0) {
		site->mailboxes += (uint64_t)database->mailboxes;
	}
	if (reference == CASP_REFERENCE_DECLARED) {
		return;
	}
	if (created && (!site->oldest_database || created < site->oldest_database)) {
		site->oldest_database = created;
	}
	if (!site->first) {
		site->first = database;
	} else if (!site->mixed) {
		site->mixed = !same_value(site->first, database);
	}
}

static bool read_databases(struct casp_facts *facts)
{
	const struct cas_organization *org = facts->org;

	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_DATABASE); i++) {
		const struct cas_database *database = CASP_DATABASE(org, i);

		facts->n_outside +=
			database->object.defects & CASP_OBJECT_OUTSIDE_GROUP &&
			database->type != CASP_DATABASE_2007;
		if (database->type == CASP_DATABASE_PUBLIC_FOLDER &&
		    !casp_map_add(&facts->public_databases,
				  casp_dn_hash(casp_str(database->object.dn)),
				  (void *)database)) {
			return false;
		}
		count_database(facts, database);
	}
	return true;
}

bool casp_facts_init(struct casp_facts *facts, const struct cas_organization *org)
{
	*facts = (struct casp_facts){.org = org};
	facts->sites = calloc(CASP_COUNT(org, CAS_KIND_SITE) + 1, sizeof(*facts->sites));
	facts->array_users =
		calloc(CASP_COUNT(org, CAS_KIND_ARRAY) + 1, sizeof(*facts->array_users));
	facts->references = calloc(CASP_COUNT(org, CAS_KIND_DATABASE) + 1, 1);
	facts->found = calloc(CASP_COUNT(org, CAS_KIND_DATABASE) / 8 + 1, 1);
	if (!facts->sites || !facts->array_users || !facts->references || !facts->found) {
		return false;
	}
	if (!read_servers(facts) || !read_arrays(facts) || !read_databases(facts)) {
		return false;
	}
	read_services(facts);
	return add_others(facts);
}

void casp_facts_free(struct casp_facts *facts)
{
	for (size_t i = 0; i < facts->n_entries; i++) {
		free((char *)facts->entries[i].dn);
	}
	casp_vec_free(&facts->others);
	free(facts->entries);
	free(facts->sites);
	free(facts->array_users);
	free(facts->references);
	free(facts->found);
	free(facts->uses);
	free(facts->concentrations);
	casp_map_free(&facts->hosts);
	casp_map_free(&facts->array_fqdns);
	casp_map_free(&facts->array_names);
	casp_map_free(&facts->public_databases);
	for (int kind = 0; kind < CAS_N_KINDS; kind++) {
		free(facts->shared_names[kind]);
	}
}

size_t casp_site_facts_judged(const struct casp_site_facts *facts)
{
	size_t n = 0;

	for (int i = CASP_REFERENCE_FINE; i < CASP_N_REFERENCES; i++) {
		n += facts->references[i];
	}
	return n;
}

const struct cas_object *casp_facts_host(const struct casp_facts *facts,
					 struct casp_str label)
{
	const struct cas_object *object;
	size_t at = 0;

	while ((object = casp_map_next(&facts->hosts, casp_str_ihash(label), &at))) {
		struct casp_str fqdn = casp_str(casp_object_fqdn(object));

		if (casp_str_iequal(casp_fqdn_host(fqdn), label)) {
			break;
		}
	}
	return object;
}

const struct cas_database *casp_facts_public_database(struct casp_facts *facts,
						      const char *dn)
{
	const struct cas_database *database;
	size_t at = 0;

	/* Databases of one site name the same one, and equal texts are stored once. */
	if (facts->public_dn &&
	    (dn == facts->public_dn || strcmp(dn, facts->public_dn) == 0)) {
		return facts->public_database;
	}
	while ((database = casp_map_next(&facts->public_databases,
					 casp_dn_hash(casp_str(dn)), &at))) {
		if (casp_dn_equal(casp_str(dn), casp_str(database->object.dn))) {
			break;
		}
	}
	facts->public_dn = dn;
	facts->public_database = database;
	return database;
}
