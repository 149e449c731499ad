/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loads the organization of a directory: one search, then linking. */
#include <stdlib.h>

#include "../base/context.h"
#include "declared.h"
#include "load.h"

/* ---- queries ---- */

struct request {
	struct casp_load *load;
	enum casp_part parts[CASP_N_PARTS]; /* of the queries; one part for all others */
	struct casp_query *queries;
	size_t n;
};

static int each_entry(void *closure, const struct casp_entry *entry,
		      struct cas_error **err)
{
	const struct request *request = closure;
	size_t i = entry->query < CASP_N_PARTS ? entry->query : CASP_N_PARTS - 1;

	return casp_read_entry(request->load, request->parts[i], entry, err);
}

static struct casp_query *add_query(struct request *request, enum casp_part part)
{
	struct casp_query *query = &request->queries[request->n];

	casp_schema_query(part, &request->load->columns[part], query);
	request->parts[request->n < CASP_N_PARTS ? request->n : CASP_N_PARTS - 1] = part;
	request->n++;
	return query;
}

static int run(struct request *request, struct cas_error **err)
{
	return casp_directory_search(request->load->org->directory, request->queries,
				     request->n, each_entry, request, err);
}

/* The forms in which an identity can be asked of a directory; the loader checks them
 * again. */
static size_t add_equalities(const char *identity, struct casp_equality *any,
			     struct casp_guid *guid)
{
	struct casp_str text = casp_str_trim(casp_str(identity));
	size_t n = 0;

	any[n++] = (struct casp_equality){"cn", text};
	any[n++] = (struct casp_equality){"name", text};
	if (memchr(identity, '=', strlen(identity)) && *identity != '/') {
		any[n++] = (struct casp_equality){"distinguishedName", text};
	}
	if (*text.p == '/') {
		any[n++] = (struct casp_equality){"legacyExchangeDN", text};
	}
	if (casp_guid_parse(text, guid)) {
		any[n++] = (struct casp_equality){
			"objectGUID", {(const char *)guid->b, sizeof(guid->b)}};
	}
	return n;
}

/* ---- the searches ---- */

static bool has(const struct casp_load *load, enum cas_scope scope)
{
	return (load->org->scope & scope) != 0;
}

/* Everything but what is asked for by name: one pass. */
static int search_all(struct casp_load *load, struct casp_wanted *wanted,
		      struct cas_error **err)
{
	struct casp_query queries[CASP_N_PARTS];
	struct request request = {.load = load, .queries = queries};
	CASP_CLEANUP(casp_freep) struct casp_equality *any = NULL;
	CASP_CLEANUP(casp_freep) struct casp_guid *guids = NULL;
	size_t n_any = 0;

	add_query(&request, CASP_PART_TOPOLOGY);
	if (wanted->n) {
		any = calloc(wanted->n, 5 * sizeof(*any));
		guids = calloc(wanted->n, sizeof(*guids));
		if (!any || !guids) {
			return casp_error_nomem(err);
		}
		for (size_t i = 0; i < wanted->n; i++) {
			n_any += add_equalities(wanted->identities[i], any + n_any,
						&guids[i]);
		}
	}
	if (has(load, CAS_SCOPE_DATABASES)) {
		for (enum casp_part part = CASP_PART_MAILBOX_DATABASES;
		     part <= CASP_PART_PUBLIC_DATABASES; part++) {
			struct casp_query *query = add_query(&request, part);

			query->any = any;
			query->n_any = n_any;
		}
		if (!wanted->n) {
			add_query(&request, CASP_PART_COPIES);
		}
	}
	if (has(load, CAS_SCOPE_SERVICES)) {
		add_query(&request, CASP_PART_SERVICES);
	}
	if (has(load, CAS_SCOPE_MAILBOXES)) {
		add_query(&request, CASP_PART_USERS);
	}
	return run(&request, err);
}

/*
 * Databases whose identity no attribute of theirs has: an export of chosen attributes may
 * lack cn and name. This is also what finds the names that a missing one may be a
 * misspelling of.
 */
static int search_missing(struct casp_load *load, struct casp_wanted *wanted,
			  struct cas_error **err)
{
	struct casp_query queries[2];
	struct request request = {.load = load, .queries = queries};
	bool missing = false;

	for (size_t i = 0; i < wanted->n; i++) {
		missing |= !wanted->found[i];
	}
	if (!missing) {
		return 0;
	}
	if (!casp_wanted_index(wanted)) {
		return casp_error_nomem(err);
	}
	load->note_near = true;
	add_query(&request, CASP_PART_MAILBOX_DATABASES);
	add_query(&request, CASP_PART_PUBLIC_DATABASES);
	return run(&request, err);
}

/* A query for each of so many databases costs less than one for all copies. */
#define SINGLE_QUERIES 16

static int search_copies(struct casp_load *load, struct cas_error **err)
{
	size_t n = CASP_COUNT(load->org, CAS_KIND_DATABASE);
	struct casp_query queries[SINGLE_QUERIES];
	struct request request = {.load = load, .queries = queries};

	if (n == 0) {
		return 0;
	}
	load->only_known_copies = true;
	if (n > SINGLE_QUERIES) {
		add_query(&request, CASP_PART_COPIES);
		return run(&request, err);
	}
	for (size_t i = 0; i < n; i++) {
		struct casp_query *query = add_query(&request, CASP_PART_COPIES);

		query->base = casp_str(CASP_DATABASE(load->org, i)->object.dn);
		query->scope = CASP_SCOPE_CHILDREN;
	}
	return run(&request, err);
}

static int search(struct casp_load *load, struct casp_wanted *wanted,
		  struct cas_error **err)
{
	int r;

	for (enum casp_part part = 0; part < CASP_N_PARTS; part++) {
		casp_schema_columns(part, has(load, CAS_SCOPE_MAILBOXES),
				    &load->columns[part]);
	}
	r = search_all(load, wanted, err);
	if (r < 0 || !wanted->n) {
		return r;
	}
	r = search_missing(load, wanted, err);
	return r < 0 ? r : search_copies(load, err);
}

/* ---- load and free ---- */

int casp_no_organization(const struct cas_directory *directory, struct cas_error **err)
{
	casp_error(err, CAS_E_NOT_FOUND, "no Exchange organization in '%s'",
		   cas_directory_address(directory));
	return casp_error_hint(err,
			       "the whole configuration naming context is needed: of a "
			       "file, export it with ldifde -d "
			       "\"CN=Configuration,DC=contoso,DC=com\" -f FILE; of a "
			       "server, use an account that may read it");
}

static int link_all(struct casp_load *load, struct cas_error **err)
{
	if (!casp_link_topology(load) || !casp_link_copies(load) ||
	    !casp_link_databases(load)) {
		return casp_error_nomem(err);
	}
	casp_link_services(load);
	return 0;
}

/* Of a file as many databases are looked up one by one; for more all are read. */
#define FILE_NAMED_MAX 256

static int load_into(struct casp_load *load, const char *const *databases,
		     size_t n_databases, struct cas_error **err)
{
	struct casp_wanted wanted = {.identities = databases, .n = n_databases};
	int r;

	if (n_databases) {
		load->org->named = true;
		load->wanted = &wanted;
		wanted.found = calloc(n_databases, sizeof(*wanted.found));
		if (!wanted.found || !casp_wanted_index(&wanted)) {
			casp_wanted_free(&wanted);
			return casp_error_nomem(err);
		}
	}
	r = search(load, &wanted, err);
	casp_wanted_free(&wanted);
	if (r == 0 && !CASP_COUNT(load->org, CAS_KIND_ORGANIZATION)) {
		r = casp_no_organization(load->org->directory, err);
	}
	if (r == 0) {
		r = link_all(load, err);
	}
	return r < 0 ? r : casp_declare(load->org, err);
}

static int check_arguments(unsigned scope, const char *const *databases,
			   size_t n_databases, struct cas_error **err)
{
	if (scope & ~(unsigned)CAS_SCOPE_ALL) {
		return casp_error(err, CAS_E_USAGE, "unknown scope 0x%x", scope);
	}
	if (n_databases && !(scope & CAS_SCOPE_DATABASES)) {
		return casp_error(err, CAS_E_USAGE,
				  "databases are named, but not in the scope");
	}
	for (size_t i = 0; i < n_databases; i++) {
		if (!casp_str_trim(casp_str(databases[i])).n) {
			return casp_error(err, CAS_E_USAGE, "empty database identity");
		}
	}
	return 0;
}

static void free_load(struct casp_load *load)
{
	casp_refs_free(&load->dns);
	casp_refs_free(&load->legacy);
	casp_refs_free(&load->homes);
	casp_refs_free(&load->parents);
	casp_vec_free(&load->containers);
	casp_buf_free(&load->buf);
	free(load);
}

static int load_once(struct cas_directory *directory, unsigned scope,
		     const char *const *databases, size_t n_databases,
		     struct cas_organization **ret, struct cas_error **err)
{
	static const struct cas_policy defaults;
	const struct cas_policy *policy = casp_context_policy(directory->context);
	struct cas_organization *org;
	struct casp_load *load;
	int r;

	org = calloc(1, sizeof(*org));
	load = calloc(1, sizeof(*load));
	if (!org || !load) {
		free(org);
		free(load);
		return casp_error_nomem(err);
	}
	org->directory = cas_directory_ref(directory);
	org->is_live = casp_directory_server(directory);
	org->as_of = casp_directory_as_of(directory);
	org->scope = scope;
	org->policy = policy ? policy : &defaults;
	load->org = org;
	r = load_into(load, databases, n_databases, err);
	free_load(load);
	if (r < 0) {
		cas_organization_free(org);
		return r;
	}
	*ret = org;
	return 0;
}

/* Of a file so many databases are looked up one by one; for more all are read. */
#define FILE_NAMED_MAX 256

/* A search that broke off cannot go on where it was; reading changes nothing, so it may
 * begin anew. */
int cas_organization_load(struct cas_directory *directory, unsigned scope,
			  const char *const *databases, size_t n_databases,
			  struct cas_organization **ret, struct cas_error **err)
{
	struct cas_error *error = NULL;
	int r = check_arguments(scope, databases, n_databases, err);

	if (r < 0) {
		return r;
	}
	if (n_databases > FILE_NAMED_MAX && !casp_directory_server(directory)) {
		n_databases = 0;
	}
	r = load_once(directory, scope, databases, n_databases, ret, &error);
	if (r == CAS_E_IO && casp_directory_broke_off(directory)) {
		casp_log(directory->context, CAS_LOG_INFO, "%s; once more",
			 cas_error_message(error));
		cas_error_free(error);
		error = NULL;
		r = load_once(directory, scope, databases, n_databases, ret, &error);
	}
	casp_error_pass(err, error);
	return r;
}

void cas_organization_free(struct cas_organization *org)
{
	if (!org) {
		return;
	}
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_SITE); i++) {
		casp_vec_free(&CASP_SITE(org, i)->servers);
		casp_vec_free(&CASP_SITE(org, i)->arrays);
	}
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_DAG); i++) {
		casp_vec_free(&CASP_DAG(org, i)->members);
	}
	for (size_t kind = 0; kind < CAS_N_KINDS; kind++) {
		casp_vec_free(&org->objects[kind]);
		for (size_t form = 0; form < CASP_N_FORMS; form++) {
			casp_map_free(&org->index[kind][form].map);
		}
	}
	casp_vec_free(&org->groups);
	casp_vec_free(&org->strays);
	casp_vec_free(&org->near);
	casp_declarations_free(org);
	casp_map_free(&org->by_legacy_dn);
	casp_map_free(&org->by_dn);
	cas_directory_unref(org->directory);
	casp_arena_free(&org->arena);
	casp_arena_free(&org->texts);
	free(org);
}

const char *cas_organization_name(const struct cas_organization *org)
{
	return org->containers[0].name;
}

struct cas_directory *cas_organization_directory(const struct cas_organization *org)
{
	return org->directory;
}

unsigned cas_organization_scope(const struct cas_organization *org)
{
	return org->scope;
}

size_t cas_organization_count(const struct cas_organization *org, enum cas_kind kind)
{
	return (unsigned)kind < CAS_N_KINDS ? CASP_COUNT(org, kind) : 0;
}

const struct cas_object *cas_organization_object(const struct cas_organization *org,
						 enum cas_kind kind, size_t index)
{
	return index < cas_organization_count(org, kind) ? org->objects[kind].v[index]
							 : NULL;
}

size_t casp_organization_defects(const struct cas_organization *org,
				 const struct casp_defect **ret)
{
	return casp_directory_defects(org->directory, ret);
}

void casp_organization_where(const struct cas_organization *org, uint64_t origin,
			     struct casp_buf *out)
{
	casp_directory_where(org->directory, origin, out);
}

bool casp_organization_place(const struct cas_organization *org, uint64_t origin,
			     const char **ret_file, size_t *ret_line)
{
	return org->directory &&
	       casp_directory_place(org->directory, origin, ret_file, ret_line);
}
