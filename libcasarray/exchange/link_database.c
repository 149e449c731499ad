/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Databases: their copies, owner, home site, type, target and mailboxes. */
#include <stdlib.h>

#include "../names/dn.h"
#include "load.h"

#define DATABASES "CN=Databases"
#define INFORMATION_STORE "CN=InformationStore"
#define PLACE_DEFECTS (CASP_OBJECT_OUTSIDE_GROUP | CASP_OBJECT_LOST)

/* ---- places ---- */

/* Exchange 2007 and 2003 keep databases in storage groups below their server, later
 * versions in one container of the administrative group. */
static bool is_in_storage_group(struct casp_str dn)
{
	struct casp_str at = casp_dn_parent(dn);

	if (casp_str_iequal(casp_dn_rdn(at), CASP_STR(DATABASES))) {
		return false;
	}
	for (; at.n; at = casp_dn_parent(at)) {
		if (casp_str_iequal(casp_dn_rdn(at), CASP_STR(INFORMATION_STORE))) {
			return true;
		}
	}
	return false;
}

/* Of the databases in a container only the first one's DN is looked at. */
static void place(const struct cas_organization *org, struct cas_database *database)
{
	struct casp_ref *parent = casp_ref_of(database->parent_dn);

	if (!parent) {
		casp_place(org, &database->object);
		return;
	}
	if (!parent->object) {
		casp_place(org, &database->object);
		parent->object = &database->object;
		parent->defects = database->object.defects & PLACE_DEFECTS;
		parent->storage_group =
			is_in_storage_group(casp_str(database->object.dn));
	}
	database->object.defects |= parent->defects;
}

/* ---- copies ---- */

/* So many databases in a row may have no copy. */
#define WITHOUT_COPIES 32

/* Copies may be listed apart from their databases, but then mostly in the same order: the
 * database of the last one and those after it are tried before the index. */
static bool find_database(struct cas_organization *org, struct casp_copy *copy,
			  size_t *cursor)
{
	struct casp_str dn = casp_str(copy->object.dn);
	size_t n = CASP_COUNT(org, CAS_KIND_DATABASE);
	size_t at = 0;
	bool ok = true;

	for (size_t i = *cursor; i < n && i <= *cursor + WITHOUT_COPIES; i++) {
		if (casp_dn_is_plain_child(dn,
					   casp_str(CASP_DATABASE(org, i)->object.dn))) {
			copy->database = CASP_DATABASE(org, i);
			*cursor = i;
			return true;
		}
	}
	copy->database = (struct cas_database *)casp_index_next(
		org, CAS_KIND_DATABASE, CASP_FORM_DN, casp_dn_parent(dn), &at, &ok);
	if (copy->database) {
		*cursor = copy->database->object.index;
	}
	return ok;
}

static int by_preference(const void *a, const void *b)
{
	const struct casp_copy *x = *(struct casp_copy *const *)a;
	const struct casp_copy *y = *(struct casp_copy *const *)b;

	if (x->preference != y->preference) {
		return x->preference < y->preference ? -1 : 1;
	}
	return x->object.index < y->object.index ? -1 : x->object.index > y->object.index;
}

static bool in_order(const struct cas_database *database)
{
	for (size_t i = 1; i < database->n_copies; i++) {
		if (database->copies[i - 1]->preference >
		    database->copies[i]->preference) {
			return false;
		}
	}
	return true;
}

static struct casp_copy *copy_at(const struct cas_organization *org, size_t i)
{
	return (struct casp_copy *)org->objects[CAS_KIND_COPY].v[i];
}

static bool add_copy(struct cas_organization *org, struct casp_copy *copy)
{
	struct cas_database *database = copy->database;

	if (!database->copies) {
		database->copies = casp_arena_alloc(
			&org->arena, database->n_copies * sizeof(*database->copies));
		if (!database->copies) {
			return false;
		}
		database->n_copies = 0;
	}
	database->copies[database->n_copies++] = copy;
	return true;
}

bool casp_link_copies(struct casp_load *load)
{
	struct cas_organization *org = load->org;
	size_t n = CASP_COUNT(org, CAS_KIND_COPY);
	size_t cursor = 0;

	for (size_t i = 0; i < n; i++) {
		struct casp_copy *copy = copy_at(org, i);

		copy->host = casp_link_server(copy->host_dn);
		if (!copy->host) {
			copy->object.defects |= CASP_OBJECT_HOST_DANGLES;
		}
		if (!copy->database && !find_database(org, copy, &cursor)) {
			return false;
		}
		if (copy->database) {
			place(org, copy->database);
			copy->object.defects |=
				copy->database->object.defects & PLACE_DEFECTS;
			copy->database->n_copies++;
		} else {
			casp_place(org, &copy->object);
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (copy_at(org, i)->database && !add_copy(org, copy_at(org, i))) {
			return false;
		}
	}
	return true;
}

static void sort_copies(struct cas_database *database)
{
	if (!in_order(database)) {
		qsort(database->copies, database->n_copies, sizeof(*database->copies),
		      by_preference);
	}
}

/* ---- databases ---- */

static enum casp_database_type type_of(const struct cas_database *database)
{
	const struct casp_ref *parent = casp_ref_of(database->parent_dn);
	unsigned major = database->owner ? database->owner->version.major : 0;

	if (database->type == CASP_DATABASE_PUBLIC_FOLDER) {
		return CASP_DATABASE_PUBLIC_FOLDER;
	}
	if (major >= 15) {
		return CASP_DATABASE_2013;
	}
	if ((major >= 1 && major < 14) || (parent && parent->storage_group)) {
		return CASP_DATABASE_2007;
	}
	return database->type;
}

/* The copy that decides Home(db): the lowest preference whose server exists. */
static void find_home(struct cas_database *database, enum cas_home home)
{
	for (size_t i = 0; home == CAS_HOME_PREFERRED && i < database->n_copies; i++) {
		if (database->copies[i]->host) {
			database->home = database->copies[i]->host->site;
			database->home_by_copy = true;
			return;
		}
	}
	database->home = database->owner_site;
}

static void link_owner(struct cas_database *database)
{
	const struct casp_ref *master = casp_ref_of(database->master_dn);

	database->owner = casp_link_server(database->owner_dn);
	if (database->owner) {
		database->owner_site = database->owner->site;
	} else {
		database->object.defects |= CASP_OBJECT_OWNER_DANGLES;
	}
	database->dag = casp_link_dag(database->master_dn);
	if (master && !database->dag && !casp_link_server(database->master_dn)) {
		database->object.defects |= CASP_OBJECT_MASTER_DANGLES;
	}
}

static void link_target(struct cas_database *database, bool counted)
{
	const struct casp_ref *legacy = casp_ref_of(database->object.legacy_dn);

	casp_link_legacy_defects(&database->object);
	database->target = legacy ? legacy->object : NULL;
	if (!counted) {
		return;
	}
	if (database->target && database->target->kind == CAS_KIND_ARRAY) {
		((struct cas_array *)legacy->object)->n_databases++;
	}
	if (database->home && database->type == CASP_DATABASE_MAILBOX_2010) {
		database->home->n_databases++;
	}
}

/* Mailboxes that say where they live, for databases without a back link. */
static bool count_mailboxes(struct casp_load *load)
{
	struct cas_organization *org = load->org;
	bool ok = true;

	org->has_mailboxes |= load->homes.all.n > 0;
	for (size_t i = 0; org->has_mailboxes && i < CASP_COUNT(org, CAS_KIND_DATABASE);
	     i++) {
		struct cas_database *database = CASP_DATABASE(org, i);

		if (!database->mailboxes_listed) {
			database->mailboxes = 0;
		}
	}
	for (size_t i = 0; i < load->homes.all.n && ok; i++) {
		const struct casp_ref *home = load->homes.all.v[i];
		struct cas_database *database;
		size_t at = 0;

		database = (struct cas_database *)casp_index_next(
			org, CAS_KIND_DATABASE, CASP_FORM_DN, casp_str(home->text), &at,
			&ok);
		if (database && !database->mailboxes_listed) {
			database->mailboxes += (int64_t)home->count;
		}
	}
	return ok;
}

bool casp_link_databases(struct casp_load *load)
{
	struct cas_organization *org = load->org;

	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_DATABASE); i++) {
		struct cas_database *database = CASP_DATABASE(org, i);

		place(org, database);
		sort_copies(database);
		link_owner(database);
		database->type = type_of(database);
		find_home(database, org->policy->home);
		link_target(database, !org->named);
	}
	return count_mailboxes(load);
}
