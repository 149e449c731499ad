/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The interface of every kind of directory: search and commit. One store a file; the
 * address chooses. Entries know nothing of Exchange.
 */
#ifndef CASP_DIRECTORY_H
#define CASP_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/context.h"
#include "../base/error.h"
#include "../base/str.h"
#include "defect.h"

/* ---- reading ---- */

enum casp_scope {
	CASP_SCOPE_BASE,
	CASP_SCOPE_CHILDREN, /* one level */
	CASP_SCOPE_SUBTREE,
};

/*
 * One alternative of a query: attribute = value, ignoring case, compared with the decoded
 * value. The attributes "distinguishedName" (any spelling of a DN: the entry's own DN),
 * and "objectGUID" (the 16 raw bytes) are understood by every store.
 */
struct casp_equality {
	const char *attribute;
	struct casp_str value;
};

/*
 * Which entries, and which of their attributes. A query is a value: each store compiles
 * it. An entry fits when it is in base and scope, has one of the object classes
 * (n_classes 0: any entry) and, if n_any is not 0, satisfies one of the equalities.
 */
struct casp_query {
	struct casp_str base; /* empty: the whole directory */
	enum casp_scope scope;
	const char *const *classes;
	size_t n_classes;
	const struct casp_equality *any;
	size_t n_any;
	const char *const *attributes; /* at most 64 */
	size_t n_attributes;
	bool all_attributes; /* every attribute of the entry, instead of the named ones */
	/* Asks for what a server's back links tell anyhow: no server is asked for it. */
	bool files_only;
};

struct casp_values {
	const struct casp_str *v; /* decoded: unfolded, base64 undone */
	size_t n;
	bool partial; /* a ranged value, "member;range=0-1499": there are more */
};

struct casp_entry {
	struct casp_str dn;
	size_t query; /* which of the queries it fits (the first) */
	/* Parallel. The query's attributes (n of values 0: absent); with all_attributes
	 * those that the entry has, in the order and spelling of the directory, options
	 * stripped. */
	const char *const *names;
	const struct casp_values *values;
	size_t n_names;
	uint64_t origin; /* for casp_directory_where() */
};

/* NULL: neither asked for nor there. */
const struct casp_values *casp_entry_values(const struct casp_entry *entry,
					    const char *attribute);

/* The entry and all that it points at is gone when the callback returns. A negative
 * result ends the search and is handed on. */
typedef int (*casp_entry_fn)(void *closure, const struct casp_entry *entry,
			     struct cas_error **err);

/*
 * Runs several queries in one go (LDIF: in one pass over the file); entries come in the
 * directory's own order. An entry that fits several queries comes once, with the first.
 * Entries that cannot be used (no objectClass, malformed DN) do not fit any query with
 * classes; see casp_directory_defects().
 */
int casp_directory_search(struct cas_directory *directory,
			  const struct casp_query *queries, size_t n_queries,
			  casp_entry_fn each, void *closure, struct cas_error **err);

/* Did the connection break after the last search had handed over some of its entries?
 * Then it was not repeated, and whoever can begin anew may: once. */
bool casp_directory_broke_off(const struct cas_directory *directory);

/* Where an entry came from: "contoso.ldif:1234", appended. Counts lines: for errors and
 * findings. */
void casp_directory_where(struct cas_directory *directory, uint64_t origin,
			  struct casp_buf *out);
/* Likewise in parts: the file as it was named, and the line. false: a server. */
bool casp_directory_place(struct cas_directory *directory, uint64_t origin,
			  const char **ret_file, size_t *ret_line);

/* What a comment begins with that says as of when a file is: "# As of:
 * 2026-11-21T18:45:01Z". */
#define CASP_AS_OF "As of: "
/* As of when the files of a directory are, the oldest: seconds since 1970. 0: they do not
 * all say so; or it is a server, which shows what is now. */
int64_t casp_directory_as_of(const struct cas_directory *directory);

/* Complete after the first search. */
size_t casp_directory_defects(struct cas_directory *directory,
			      const struct casp_defect **ret);

/* ---- writing ---- */

/* Replaces one value of an attribute: old NULL: there must be none; new NULL: the old is
 * removed. */
struct casp_mod {
	const char *attribute;
	const struct casp_str *old_value;
	const struct casp_str *new_value;
	bool beside; /* old NULL: there may be other values, which stay */
	bool single; /* no directory takes a second value of the attribute */
};

enum casp_change_op {
	CASP_CHANGE_ADD,
	CASP_CHANGE_MODIFY,
	CASP_CHANGE_RENAME, /* new RDN below the same parent; in files mods are applied
			       too, of servers they are a change of their own */
	CASP_CHANGE_DELETE,
};

struct casp_attribute {
	const char *name;
	const struct casp_str *values;
	size_t n_values;
};

struct casp_change {
	enum casp_change_op op;
	struct casp_str dn;
	const struct casp_mod *mods; /* modify and rename; of delete: what it must still
					hold (old values) */
	size_t n_mods;
	const struct casp_attribute *attributes; /* add; without objectGUID, which the
						    store makes up unless given */
	size_t n_attributes;
	struct casp_str new_rdn; /* rename, "CN=New" escaped */
	/* The change after it, whatever its kind, need not wait until it is done. */
	bool loose;
};

struct casp_result {
	enum cas_outcome outcome;
	char *reason; /* the directory's own words, or NULL; the caller frees it */
	/* Not tried because the batch was broken off, by the user's wish or with the
	 * connection: it may be tried later. */
	bool broken_off;
};

/*
 * Carries out a batch, each change under its own condition: a modification whose old
 * value is not there any more is CAS_OUTCOME_CONFLICT; one whose new value is there
 * already (and its old one not) is CAS_OUTCOME_ALREADY; an add of an entry that exists
 * with the same attributes, a delete of one that is gone are ALREADY too. LDIF: all or
 * nothing - if one change is a conflict or refused, nothing is written and the others are
 * CAS_OUTCOME_NOT_TRIED. Servers: each for itself; changes of one kind that follow each
 * other are in flight together, and those after them are only tried when all are done.
 * `results` has n elements. 0: every change is done or already so; CAS_E_CONFLICT,
 * CAS_E_REFUSED, CAS_E_PARTIAL: see the results, of which CAS_OUTCOME_UNKNOWN means that
 * nobody can tell now whether the change was made; other codes: nothing was written.
 * No changes: what the directory holds outlives a power failure from now on, or
 * CAS_E_PARTIAL.
 */
int casp_directory_commit(struct cas_directory *directory,
			  const struct casp_change *changes, size_t n,
			  struct casp_result *results, struct cas_error **err);

/* Removes what a run that was killed left beside the files; if it cannot, no harm. */
void casp_directory_tidy(struct cas_directory *directory);

/* Can changes be made, as far as is known before one is? Else the error that the commit
 * would set. Servers are not asked. */
int casp_directory_check_writable(struct cas_directory *directory,
				  struct cas_error **err);

/* ---- servers ---- */

/* What a server says of itself and of the connection to it. Texts are "" when it does not
 * say. */
struct casp_server_facts {
	const char *address; /* in use, "ldap://dc1" */
	const char *host;    /* dnsHostName */
	const char *found; /* by DNS: "3 domain controllers of contoso.com"; "": named */
	/* DNs of naming contexts; the schema's; of the domain and the forest's root */
	const char *configuration, *schema, *domain, *root_domain;
	const char *const *contexts; /* all that it holds */
	size_t n_contexts;
	const char *site;     /* of the domain controller, its name */
	const char *security; /* what protects the bytes: "TLS1.3, AES-256-GCM" */
	const char *user;     /* as whom we are logged in, as far as known here */
	bool is_ad;
	bool is_read_only; /* a domain controller that refers changes to others */
	bool is_protected; /* who listens in on the way can neither read nor change */
	bool is_legacy;    /* TLS and certificates that are broken are good enough */
	int level;         /* domainControllerFunctionality of AD; -1: unknown */
	bool has_clock;
	int64_t clock; /* seconds that its clock was ahead of ours */
};
/* NULL: a file. Borrowed from the directory until it is searched or changed. */
const struct casp_server_facts *
casp_directory_server(const struct cas_directory *directory);

/*
 * Who the server says that we are: "u:CONTOSO\admin", "dn:cn=admin" (RFC 4532); the
 * caller frees it. *ret NULL: it does not tell.
 */
int casp_directory_whoami(struct cas_directory *directory, char **ret,
			  struct cas_error **err);

/*
 * What the directory is, whoever serves it: of files cas_directory_address(); of servers
 * the DN of the configuration naming context, which every domain controller of a forest
 * has.
 */
const char *casp_directory_identity(const struct cas_directory *directory);
/* Is it the directory of that identity, whoever serves it? */
bool casp_directory_has_identity(const struct cas_directory *directory,
				 const char *identity);

/* Does the directory itself fill in the attribute, and change it as it pleases? A domain
 * controller does with uSNChanged, which another one has another value of. */
bool casp_directory_owns(const struct cas_directory *directory, const char *attribute);

/* ---- values: value.c ---- */

/* As much of a value as a message shows. */
#define CASP_VALUE_SHOWN 1024

/* The same value, as far as directories are concerned, which spell DNs in their own way.
 */
bool casp_value_equal(struct casp_str a, struct casp_str b);
/* "legacyExchangeDN holds 'x', not 'y'", appended; NULL: no value. */
void casp_value_differs(struct casp_buf *out, const char *attribute,
			const struct casp_str *found, const struct casp_str *wanted);

/* ---- stores ---- */

struct casp_store {
	int (*search)(struct cas_directory *directory, const struct casp_query *queries,
		      size_t n_queries, casp_entry_fn each, void *closure,
		      struct cas_error **err);
	int (*commit)(struct cas_directory *directory, const struct casp_change *changes,
		      size_t n, struct casp_result *results, struct cas_error **err);
	void (*tidy)(struct cas_directory *directory); /* NULL: leaves nothing */
	void (*where)(struct cas_directory *directory, uint64_t origin,
		      struct casp_buf *out);
	/* NULL: its entries are in no file. */
	void (*place)(struct cas_directory *directory, uint64_t origin,
		      const char **ret_file, size_t *ret_line);
	int64_t (*as_of)(const struct cas_directory *directory); /* NULL: 0 */
	size_t (*defects)(struct cas_directory *directory,
			  const struct casp_defect **ret);
	const struct casp_server_facts *(*server)(const struct cas_directory *directory);
	bool (*owns)(const struct cas_directory *directory, const char *attribute);
	int (*whoami)(struct cas_directory *directory, char **ret,
		      struct cas_error **err);
	int (*check_writable)(struct cas_directory *directory, struct cas_error **err);
	void (*close)(struct cas_directory *directory);
};

/* Every store's handle begins with it. */
struct cas_directory {
	const struct casp_store *store;
	struct cas_context *context;
	unsigned references;
	bool broke_off;
	bool stops_at_failure; /* of a batch: no more changes are begun after one */
	char *address;
};

/* ldif.c */
int casp_ldif_open(struct cas_context *context, const char *const *paths, size_t n_paths,
		   struct cas_directory **ret, struct cas_error **err);

#endif
