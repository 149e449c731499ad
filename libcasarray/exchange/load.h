/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files that load an organization share. */
#ifndef CASP_LOAD_H
#define CASP_LOAD_H

#include "schema.h"

/*
 * A text that many objects carry (the DN of a server, a legacyExchangeDN), stored once,
 * with what it refers to. A `const char *` of an object points at its text, so that
 * linking a million databases resolves some hundred texts.
 */
struct casp_ref {
	struct cas_object *object; /* what it refers to */
	const char *value;         /* of a database's legacyExchangeDN: the name in it */
	size_t count;              /* of a homeMDB: how many mailboxes have it */
	size_t n;
	unsigned defects;   /* of the text itself; of a container: of what is in it */
	bool storage_group; /* a container of databases: below Exchange 2007 and older */
	char text[];
};

#define CASP_RECENT 2048 /* a power of two */
struct casp_refs {
	struct casp_map map;
	CASP_VEC(struct casp_ref *) all;
	/* Those seen last, by a few of their bytes: neighbours refer to the same objects.
	 */
	struct casp_ref *recent[CASP_RECENT];
};

/* The stored text's reference, or NULL for the empty text. */
static inline struct casp_ref *casp_ref_of(const char *text)
{
	return *text ? (struct casp_ref *)(text - offsetof(struct casp_ref, text)) : NULL;
}

/* Which databases are wanted, when not all are. */
struct casp_wanted {
	const char *const *identities;
	bool *found;
	size_t n;
	struct casp_map map; /* hash of a form of an identity -> &identities[i] */
};

struct casp_load {
	struct cas_organization *org;
	struct casp_refs dns;     /* references to topology objects */
	struct casp_refs legacy;  /* legacyExchangeDN of any object */
	struct casp_refs homes;   /* homeMDB of mailboxes */
	struct casp_refs parents; /* containers of databases */
	struct casp_columns columns[CASP_N_PARTS];
	const struct casp_wanted *wanted; /* NULL: every database */
	bool note_near;                   /* of the databases that are not wanted */
	bool only_known_copies;           /* copies of other databases are left out */
	struct cas_database *last_database;
	struct casp_str last_dn;
	CASP_VEC(struct cas_object *) containers; /* msExchContainer */
	struct casp_buf buf;
};

/* Is dn a child of parent, as far as their very bytes tell? */
static inline bool casp_dn_is_plain_child(struct casp_str dn, struct casp_str parent)
{
	size_t rdn = dn.n - parent.n - 1;

	return dn.n > parent.n + 1 && dn.p[rdn] == ',' &&
	       memcmp(dn.p + rdn + 1, parent.p, parent.n) == 0 &&
	       !memchr(dn.p, '\\', rdn) && !memchr(dn.p, '"', rdn) &&
	       !memchr(dn.p, ',', rdn);
}

/* ---- organization.c ---- */

/* CAS_E_NOT_FOUND, and what to do about it. */
int casp_no_organization(const struct cas_directory *directory, struct cas_error **err);

/* ---- reference.c ---- */

/* The text in the arena, once. NULL: out of memory. Never "". */
struct casp_ref *casp_refs_add(struct casp_refs *refs, struct casp_arena *arena,
			       struct casp_str text);
void casp_refs_free(struct casp_refs *refs);
/* A copy in the arena, without NUL inside: U+001A takes its place. */
char *casp_text(struct casp_arena *arena, struct casp_str text);

/* ---- read.c ---- */

/* Makes an object of an entry, unless it is none of ours or not wanted. */
int casp_read_entry(struct casp_load *load, enum casp_part part,
		    const struct casp_entry *entry, struct cas_error **err);
bool casp_read_guid(struct casp_load *load, void *at, const struct casp_values *values);
bool casp_read_time(struct casp_load *load, void *at, const struct casp_values *values);
bool casp_read_text(struct casp_load *load, void *at, const struct casp_values *values);
bool casp_read_dn(struct casp_load *load, void *at, const struct casp_values *values);
bool casp_read_legacy(struct casp_load *load, void *at, const struct casp_values *values);
bool casp_read_int(struct casp_load *load, void *at, const struct casp_values *values);
bool casp_read_flag(struct casp_load *load, void *at, const struct casp_values *values);
bool casp_read_count(struct casp_load *load, void *at, const struct casp_values *values);
/* networkAddress; `at` is the whole server or array. */
bool casp_read_server_address(struct casp_load *load, void *at,
			      const struct casp_values *values);
bool casp_read_array_address(struct casp_load *load, void *at,
			     const struct casp_values *values);
bool casp_read_version(struct casp_load *load, void *at,
		       const struct casp_values *values);
bool casp_read_serial(struct casp_load *load, void *at, const struct casp_values *values);
bool casp_read_home(struct casp_load *load, void *at, const struct casp_values *values);
bool casp_read_scope(struct casp_load *load, void *at, const struct casp_values *values);
bool casp_read_service_class(struct casp_load *load, void *at,
			     const struct casp_values *values);
/* Is a service connection point with such keywords or such a class name Autodiscover's?
 */
bool casp_is_autodiscover(const struct casp_values *keywords,
			  const struct casp_values *service_class);
bool casp_read_restore(struct casp_load *load, void *at,
		       const struct casp_values *values);

/* ---- keep.c ---- */

bool casp_keep_object(struct casp_load *load, struct cas_object *object, int variant);
bool casp_keep_array(struct casp_load *load, struct cas_object *object, int variant);
bool casp_keep_database(struct casp_load *load, struct cas_object *object, int variant);
bool casp_keep_copy(struct casp_load *load, struct cas_object *object, int variant);
bool casp_keep_service(struct casp_load *load, struct cas_object *object, int variant);
bool casp_keep_group(struct casp_load *load, struct cas_object *object, int variant);
bool casp_keep_plain(struct casp_load *load, struct cas_object *object, int variant);

/* ---- wanted.c ---- */

/* The identities that are not found yet, by hash. false: out of memory. */
bool casp_wanted_index(struct casp_wanted *wanted);
/* Does the database answer to one of them? Marks the identity as found. */
bool casp_wanted_check(const struct casp_wanted *wanted, struct casp_str name,
		       struct casp_str dn, const struct casp_guid *guid,
		       struct casp_str legacy_dn);
/* Notes a database's name if one of the identities that are missing may be a misspelling
 * of it. */
bool casp_wanted_near(const struct casp_wanted *wanted, struct cas_organization *org,
		      struct casp_str name);
void casp_wanted_free(struct casp_wanted *wanted);

/* ---- link.c, link_database.c ---- */

/* Resolve what the objects refer to, once all are there: the topology first. false: out
 * of memory. */
bool casp_link_topology(struct casp_load *load);
void casp_link_services(struct casp_load *load);
bool casp_link_copies(struct casp_load *load);
bool casp_link_databases(struct casp_load *load);
/* What a stored DN refers to; NULL: nothing, or another kind. */
struct cas_server *casp_link_server(const char *dn);
struct casp_dag *casp_link_dag(const char *dn);
void casp_link_legacy_defects(struct cas_object *object);
/* Adds the defects that come of where the object is. */
void casp_place(const struct cas_organization *org, struct cas_object *object);

/* ---- index.c: look-up by one form of identity ---- */

/*
 * The objects of a kind that answer to the text in that form: *at starts at 0; NULL: no
 * more. The index is built at the first look-up. false in *ok: out of memory.
 */
struct cas_object *casp_index_next(const struct cas_organization *org, enum cas_kind kind,
				   enum casp_form form, struct casp_str text, size_t *at,
				   bool *ok);
/* Is a name so like the text that one may have been meant? */
bool casp_name_is_near(struct casp_str name, struct casp_str text);

#endif
