/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libcasarray - Exchange Server 2010 Client Access arrays in Active Directory.
 *
 * Everything that is read becomes one organization (an immutable snapshot), everything
 * that is judged is a pure function of it, everything that is changed is a plan.
 *
 * Conventions, for every function unless its comment says otherwise:
 *
 * Errors. A function that can fail returns 0 or a negative enum cas_code and takes a
 * `struct cas_error **err`: untouched on success, set on failure (unless err is NULL; an
 * error that is set already stays). The caller frees it with cas_error_free(). Besides
 * the codes that are named, each may return CAS_E_NOMEM, and one that reads a directory
 * CAS_E_IO and CAS_E_FORMAT.
 *
 * Ownership. A returned `const T *` is borrowed from the object that it was asked of, and
 * lives as long. An out-parameter `ret` is the caller's, unless it points at const; it is
 * written only on success. Every *_free and *_unref takes NULL; *_unref returns NULL.
 * Arguments are read during the call and not kept. No other pointer may be NULL.
 *
 * Text is UTF-8 and NUL-terminated; what came out of a directory may hold any other byte,
 * so escape it before it reaches a terminal. Text that is absent is "", not NULL. Names
 * and identities are compared ignoring case. Times are seconds since 1970, UTC.
 *
 * Threads. An object must not be used by two threads at once, not even for reading, which
 * may make an index; a directory, its organizations and all that is borrowed from or made
 * of them are one object in this. One exception: any thread may count references of a
 * context.
 *
 * Everything here is there since version 0.1.
 */
#ifndef CASARRAY_H
#define CASARRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CAS_EXPORT __attribute__((visibility("default")))

/* jansson's type; include <jansson.h> to use the values. */
struct json_t;

/* ---- errors --------------------------------------------------------------------- */

/* Permanent numbers. */
enum cas_code {
	CAS_OK = 0,
	CAS_E_NOMEM = -1,
	CAS_E_USAGE = -2,     /* an argument is malformed or contradicts another */
	CAS_E_NOT_FOUND = -3, /* no such object */
	CAS_E_AMBIGUOUS = -4, /* several objects answer to the identity */
	CAS_E_REFUSED = -5,   /* a rule forbids it; nothing was written */
	CAS_E_RIGHTS = -6,    /* permission denied */
	CAS_E_AUTH = -7,      /* who are you? */
	CAS_E_CONFLICT = -8,  /* the directory changed meanwhile; nothing was written */
	CAS_E_PARTIAL = -9,   /* partly applied: see the journal */
	CAS_E_IO = -10,       /* a file or a server cannot be reached, read or written */
	CAS_E_FORMAT = -11,   /* what was read is not what it should be */
	CAS_E_NOT_EVALUATED = -12, /* a required check could not be evaluated */
	CAS_E_INTERRUPTED = -13,
};

struct cas_error;

/* The code's name, "CAS_E_NOT_FOUND"; of another number "CAS_E_UNKNOWN". */
CAS_EXPORT const char *cas_code_name(enum cas_code code);
/* What kind of failure it is; CAS_OK of NULL. */
CAS_EXPORT enum cas_code cas_error_code(const struct cas_error *error);
/* One line for people, lower case, no full stop: what failed, the subject in quotes, why.
 * Its words may change. "" of NULL. */
CAS_EXPORT const char *cas_error_message(const struct cas_error *error);
/* One line that says what to do about it, or NULL. */
CAS_EXPORT const char *cas_error_hint(const struct cas_error *error);
/* Frees an error that a function set. */
CAS_EXPORT void cas_error_free(struct cas_error *error);

/* ---- context -------------------------------------------------------------------- */

struct cas_context;

enum cas_log_level {
	CAS_LOG_ERROR,
	CAS_LOG_WARNING,
	CAS_LOG_NOTICE, /* what was chosen for the user, such as a server */
	CAS_LOG_INFO,
	CAS_LOG_DEBUG,
};

/* Gets one line, without a line end, that it must not keep. Called in the thread that
 * called the library. */
typedef void (*cas_log_fn)(void *closure, enum cas_log_level level, const char *message);

/* A context carries where messages go. Directories keep a reference of theirs. */
CAS_EXPORT int cas_context_new(struct cas_context **ret, struct cas_error **err);
/* One reference more or less; the last one frees it. */
CAS_EXPORT struct cas_context *cas_context_ref(struct cas_context *context);
CAS_EXPORT struct cas_context *cas_context_unref(struct cas_context *context);
/* Sends messages up to and including level to log, with closure; NULL: to nobody, as at
 * first. The library itself never prints. */
CAS_EXPORT void cas_context_set_log(struct cas_context *context, enum cas_log_level level,
				    cas_log_fn log, void *closure);
/*
 * Once *interrupt is not zero, as a signal handler may make it, what is asked of the
 * context's directories ends: searches with CAS_E_INTERRUPTED; changes that are under way
 * are waited for, and no more are begun. NULL: nothing interrupts, as at first.
 */
CAS_EXPORT void cas_context_set_interrupt(struct cas_context *context,
					  const volatile int *interrupt);
/* Is told how far a long work has come: `what` is "reading", "writing", "verifying" or
 * "waiting"; of total things, 0 when it is not known how many there are, done are done.
 * Often called: it should be quick. Called in the thread that called the library. */
typedef void (*cas_progress_fn)(void *closure, const char *what, size_t done,
				size_t total);
/* NULL: nobody is told, as at first. */
CAS_EXPORT void cas_context_set_progress(struct cas_context *context,
					 cas_progress_fn progress, void *closure);
struct cas_policy;
/* By what organizations are judged that are loaded from now on; it must outlive them.
 * NULL: by the defaults, as at first. */
CAS_EXPORT void cas_context_set_policy(struct cas_context *context,
				       const struct cas_policy *policy);
/* Gets a piece of a text, whole lines but for the line end that follows; 0, or a negative
 * enum cas_code with *err set, which ends the work. */
typedef int (*cas_line_fn)(void *closure, const char *text, struct cas_error **err);
/* The version of the library that runs, "0.1.0". */
CAS_EXPORT const char *cas_version(void);

/* ---- directory ------------------------------------------------------------------ */

struct cas_directory;

/*
 * Opens the directory at the n_addresses addresses: paths, or "ldif:path", of LDIF files
 * as ldifde, ldapsearch and slapcat write them. Several files form one directory, which
 * then is read only. Files are mapped, not copied; the handle sees a file as it was when
 * it was opened. Opening reads no entry: what is wrong with one is reported by what
 * reads. Or servers, as cas_directory_connect() with its defaults. CAS_E_USAGE: no
 * address, or one of no known kind. CAS_E_IO: it cannot be opened. CAS_E_RIGHTS: it must
 * not be. CAS_E_FORMAT: it is not LDIF; the message names file, line and reason.
 */
CAS_EXPORT int cas_directory_open(struct cas_context *context,
				  const char *const *addresses, size_t n_addresses,
				  struct cas_directory **ret, struct cas_error **err);

enum cas_bind {
	CAS_BIND_AUTO,   /* EXTERNAL on ldapi://; simple with a user; else SASL */
	CAS_BIND_SASL,   /* with cas_connect.mechanism */
	CAS_BIND_SIMPLE, /* user and password; inside TLS or on ldapi:// only */
	CAS_BIND_ANONYMOUS,
};

/*
 * Hands over the password: NUL-terminated, from malloc(); the library wipes and frees it.
 * 0, or a negative enum cas_code, which cas_directory_connect() then returns without an
 * error set.
 */
typedef int (*cas_password_fn)(void *closure, char **ret);

/* How to reach a server. All zero is a good default. */
struct cas_connect {
	enum cas_bind bind;
	/* Of a simple bind: a DN; with Active Directory also "user@domain",
	 * "DOMAIN\user". */
	const char *user;
	cas_password_fn password;
	void *password_closure;
	const char *mechanism; /* of SASL: "GSS-SPNEGO" (NULL), "GSSAPI", "EXTERNAL" */
	/* PEM; NULL: the system's, /etc/ssl/certs/ca-certificates.crt */
	const char *ca_file;
	bool start_tls; /* on ldap:// */
	/* TLS 1.0 and certificates signed with SHA-1 are accepted, too. */
	bool tls_legacy;
	/* Seconds that a server may take to answer: to connect and authenticate, and for
	 * each answer after that. 0: 30. */
	unsigned timeout;
	/* Without addresses: the domain whose controllers are looked for, "contoso.com".
	 * NULL: that of the Kerberos ticket, else the default realm. */
	const char *domain;
	/* The DNS server to ask for every name, "10.0.0.53" or "10.0.0.53:5353". NULL:
	 * the system's name service. */
	const char *resolver;
};

/*
 * Opens a directory on servers: "ldap://host:port", "ldaps://host:port",
 * "ldapi://%2Fpath", tried in order; the first that answers serves everything. With
 * n_addresses 0 they are the controllers of how->domain, by its SRV records in DNS: those
 * of our own Active Directory site first, read-only ones and those that are not
 * synchronized last; which one is used goes to the log as CAS_LOG_NOTICE. On ldap://
 * without TLS the connection is sealed by SASL; certificates are always verified,
 * whatever ldap.conf or ldaprc say. `how` may be NULL; files take no notice of it.
 * CAS_E_USAGE: servers and files are mixed; what would send a password in clear; no
 * address, and no domain is known. CAS_E_REFUSED: the password would go to a host outside
 * the domain.
 * CAS_E_AUTH: not let in. CAS_E_IO: no server can be reached, or it is not the one that
 * it should be.
 */
CAS_EXPORT int cas_directory_connect(struct cas_context *context,
				     const char *const *addresses, size_t n_addresses,
				     const struct cas_connect *how,
				     struct cas_directory **ret, struct cas_error **err);
/* One reference more or less; the last one closes it. Organizations keep one. */
CAS_EXPORT struct cas_directory *cas_directory_ref(struct cas_directory *directory);
CAS_EXPORT struct cas_directory *cas_directory_unref(struct cas_directory *directory);
/* How the directory is named in journals and messages: the absolute path of the file, of
 * several the paths with ", " between them; of servers the address of the one in use. */
CAS_EXPORT const char *cas_directory_address(const struct cas_directory *directory);

/* ---- objects -------------------------------------------------------------------- */

enum cas_kind {
	CAS_KIND_SITE,
	CAS_KIND_SUBNET,
	CAS_KIND_SERVER,
	CAS_KIND_ARRAY,
	CAS_KIND_DATABASE,
	CAS_KIND_COPY,
	CAS_KIND_DAG,
	CAS_KIND_SERVICE, /* virtual directory or Autodiscover service connection point */
	CAS_KIND_ORGANIZATION,
	CAS_KIND_OTHER,
	CAS_KIND_DNS_RECORD, /* only in steps of plans */
	CAS_N_KINDS,
};

struct cas_object; /* what every object has; the first member of each of the following */
struct cas_site;
struct cas_server;
struct cas_array;
struct cas_database;

/* An object is borrowed from its organization, and so is all that is asked of it. */
CAS_EXPORT enum cas_kind cas_object_kind(const struct cas_object *object);
/* The kind in documents: "site", "server", "array", "database", ... */
CAS_EXPORT const char *cas_kind_name(enum cas_kind kind);
/* The object's own name, "Berlin DB 2": the value of the first part of its DN. */
CAS_EXPORT const char *cas_object_name(const struct cas_object *object);
/* Its distinguished name (RFC 4514), as the directory spells it. */
CAS_EXPORT const char *cas_object_dn(const struct cas_object *object);
/* Its objectGUID as "81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10", or "". */
CAS_EXPORT const char *cas_object_guid(const struct cas_object *object);
/* Its legacyExchangeDN as stored, "/o=.../ou=.../cn=...", or "". */
CAS_EXPORT const char *cas_object_legacy_dn(const struct cas_object *object);

/* The object as what it is; NULL when it is of another kind. And back: never NULL. */
CAS_EXPORT const struct cas_site *cas_object_site(const struct cas_object *object);
CAS_EXPORT const struct cas_server *cas_object_server(const struct cas_object *object);
CAS_EXPORT const struct cas_array *cas_object_array(const struct cas_object *object);
CAS_EXPORT const struct cas_database *
cas_object_database(const struct cas_object *object);
CAS_EXPORT const struct cas_object *cas_site_object(const struct cas_site *site);
CAS_EXPORT const struct cas_object *cas_server_object(const struct cas_server *server);
CAS_EXPORT const struct cas_object *cas_array_object(const struct cas_array *array);
CAS_EXPORT const struct cas_object *
cas_database_object(const struct cas_database *database);

/* ---- organization --------------------------------------------------------------- */

struct cas_organization;

/* What is loaded beside the topology (sites, subnets, servers, arrays, DAGs). */
enum cas_scope {
	CAS_SCOPE_TOPOLOGY = 0,
	CAS_SCOPE_DATABASES = 1 << 0, /* databases and their copies */
	CAS_SCOPE_SERVICES = 1 << 1,  /* virtual directories, service connection points */
	CAS_SCOPE_MAILBOXES = 1 << 2, /* mailboxes counted per database */
	CAS_SCOPE_ALL = 7,
};

/*
 * Loads the organization of a directory; scope is enum cas_scope, or-ed. With `databases`
 * only the databases that answer to one of these n_databases identities are loaded (scope
 * must have CAS_SCOPE_DATABASES), and the cost does not grow with the number of
 * databases; of a file with many identities all are. One that is not found is no error
 * here. Broken objects are kept with their defects, which the audit reports. Keeps a
 * reference of the directory. CAS_E_USAGE: no such scope. CAS_E_NOT_FOUND: there is no
 * Exchange organization.
 */
CAS_EXPORT int cas_organization_load(struct cas_directory *directory, unsigned scope,
				     const char *const *databases, size_t n_databases,
				     struct cas_organization **ret,
				     struct cas_error **err);
/* Frees the organization and all that was borrowed from it. What was made of it (sets,
 * assignments, audits, plans) must have been freed before. */
CAS_EXPORT void cas_organization_free(struct cas_organization *organization);
/* The organization's name, "Contoso". */
CAS_EXPORT const char *cas_organization_name(const struct cas_organization *organization);
/* The directory that it was loaded from; borrowed. */
CAS_EXPORT struct cas_directory *
cas_organization_directory(const struct cas_organization *organization);
/* The scope that it was loaded with. */
CAS_EXPORT unsigned cas_organization_scope(const struct cas_organization *organization);

/* How many objects of a kind were loaded; 0 of a kind that there is not. */
CAS_EXPORT size_t cas_organization_count(const struct cas_organization *organization,
					 enum cas_kind kind);
/* The index-th object of a kind, in the order of the directory. NULL past the end. */
CAS_EXPORT const struct cas_object *
cas_organization_object(const struct cas_organization *organization, enum cas_kind kind,
			size_t index);

/*
 * The one object of the kinds (1U << enum cas_kind, or-ed) that answers to an identity: a
 * GUID (with or without braces), a distinguished name, a legacyExchangeDN, a name (spaces
 * allowed) or an FQDN (a trailing dot is dropped); tried in that order.
 * CAS_E_USAGE: empty. CAS_E_NOT_FOUND: none; the hint names the nearest.
 * CAS_E_AMBIGUOUS: several; the hint says how to tell them apart.
 */
CAS_EXPORT int cas_organization_find(const struct cas_organization *organization,
				     unsigned kinds, const char *identity,
				     const struct cas_object **ret,
				     struct cas_error **err);

/* A set of objects of one organization, in the order of the directory. */
struct cas_objects;
/* An empty set. */
CAS_EXPORT int cas_objects_new(struct cas_objects **ret, struct cas_error **err);
CAS_EXPORT void cas_objects_free(struct cas_objects *objects);
/* How many objects are in it, and the index-th; NULL past the end. */
CAS_EXPORT size_t cas_objects_count(const struct cas_objects *objects);
CAS_EXPORT const struct cas_object *cas_objects_get(const struct cas_objects *objects,
						    size_t index);
/* Adds an object, unless it is there already. */
CAS_EXPORT int cas_objects_add(struct cas_objects *objects,
			       const struct cas_object *object, struct cas_error **err);
/*
 * Adds what an identity or a wildcard (a leading and/or trailing '*', against the name)
 * means among the kinds (1U << enum cas_kind, or-ed). A wildcard that fits nothing adds
 * nothing and is no error; other errors as cas_organization_find().
 */
CAS_EXPORT int cas_objects_match(struct cas_objects *objects,
				 const struct cas_organization *organization,
				 unsigned kinds, const char *identity,
				 struct cas_error **err);
/* Has the text a leading or trailing '*'? */
CAS_EXPORT bool cas_identity_is_wildcard(const char *identity);

/* ---- site, server, array, database ---------------------------------------------- */

/* The server's host name out of networkAddress, "EX1.contoso.com", or "". */
CAS_EXPORT const char *cas_server_fqdn(const struct cas_server *server);
/* The Active Directory site (msExchServerSite); NULL when it names none that exists. */
CAS_EXPORT const struct cas_site *cas_server_site(const struct cas_server *server);
/* The array's Fqdn, "outlook.contoso.com", and its site; NULL when it names none that
 * exists. */
CAS_EXPORT const char *cas_array_fqdn(const struct cas_array *array);
CAS_EXPORT const struct cas_site *cas_array_site(const struct cas_array *array);
/* The server that msExchOwningServer names, or NULL. */
CAS_EXPORT const struct cas_server *
cas_database_owner(const struct cas_database *database);
/* The home site: that of the copy with the lowest activation preference whose server
 * exists; without copies, or with CAS_HOME_OWNER, that of the owning server. NULL:
 * unknown. */
CAS_EXPORT const struct cas_site *cas_database_home(const struct cas_database *database);
/* RpcClientAccessServer, as Get-MailboxDatabase shows it: the FQDN of the array or server
 * that the database's legacyExchangeDN refers to; when that does not exist the name in
 * it; "" when there is none. */
CAS_EXPORT const char *
cas_database_rpc_client_access_server(const struct cas_database *database);
/* The array or server that it refers to, or NULL: dangling. */
CAS_EXPORT const struct cas_object *
cas_database_target(const struct cas_database *database);
/* Has the server a copy of the database, or owns it? */
CAS_EXPORT bool cas_database_on_server(const struct cas_database *database,
				       const struct cas_server *server);
/* Is it the DAG that holds the database? */
CAS_EXPORT bool cas_database_in_dag(const struct cas_database *database,
				    const struct cas_object *dag);

/* ---- snapshot ------------------------------------------------------------------- */

struct cas_snapshot {
	/* Names of people, sites, servers, databases, domains and whatever else was made
	 * up are replaced, one word always by the same; GUIDs and subnets, too. */
	bool redact;
	/* With redact: a file for what stands for what, a line "new<TAB>old" for each
	 * GUID and each word; NULL: none. */
	const char *map;
	bool replace; /* files that are there already */
};
/*
 * Writes what rules need of a directory to one LDIF file, of mode 0600, whole or not at
 * all. An audit of the file finds what an audit of the directory finds; with redact, the
 * same on objects of other names. Entries are in the order of the directory. It is no
 * backup: attributes that no rule needs are left out. `how` may be NULL. `counts` has
 * CAS_N_KINDS elements (or is NULL): how many entries of each kind were written;
 * mailboxes and containers are CAS_KIND_OTHER. CAS_E_REFUSED: the file exists, or the
 * directory is read from it. CAS_E_NOT_FOUND: there is no Exchange organization.
 */
CAS_EXPORT int cas_snapshot_write(struct cas_directory *directory, const char *path,
				  const struct cas_snapshot *how, size_t *counts,
				  struct cas_error **err);

/* ---- default assignment --------------------------------------------------------- */

struct cas_assignment;

/* Which rule decided what a new mailbox database gets as RpcClientAccessServer. */
enum cas_assignment_rule {
	CAS_ASSIGNMENT_ARRAY,       /* the site has an array */
	CAS_ASSIGNMENT_SAME_SERVER, /* the mailbox server has the Client Access role */
	CAS_ASSIGNMENT_RANDOM, /* one of the site's Client Access servers, at random */
	CAS_ASSIGNMENT_OWN_SERVER, /* nothing else: the mailbox server, in vain */
	CAS_ASSIGNMENT_NONE,       /* of a site only: nothing to fall back on */
};

/*
 * What a new mailbox database on a server (in a site: on a mailbox-only server of that
 * site) would get. A pure function of organization and seed; the seed picks among the
 * candidates of CAS_ASSIGNMENT_RANDOM, the same one for the same seed.
 * CAS_E_USAGE: neither a server nor a site. CAS_E_REFUSED: the server cannot hold
 * Exchange 2010 mailbox databases. Source: the documented behaviour of
 * New-MailboxDatabase.
 */
CAS_EXPORT int cas_assignment_new(const struct cas_organization *organization,
				  const struct cas_object *server_or_site, uint64_t seed,
				  struct cas_assignment **ret, struct cas_error **err);
CAS_EXPORT void cas_assignment_free(struct cas_assignment *assignment);
/* Which rule decided. */
CAS_EXPORT enum cas_assignment_rule
cas_assignment_rule(const struct cas_assignment *assignment);
/* The rule in documents: "array-of-site", "same-server", "random-in-site", "own-server",
 * "none". */
CAS_EXPORT const char *cas_assignment_rule_name(enum cas_assignment_rule rule);
/* One sentence that says why. */
CAS_EXPORT const char *cas_assignment_reason(const struct cas_assignment *assignment);
/* The array or server that it gets; NULL with CAS_ASSIGNMENT_NONE. */
CAS_EXPORT const struct cas_object *
cas_assignment_target(const struct cas_assignment *assignment);
/* The Client Access servers of which CAS_ASSIGNMENT_RANDOM takes one, and the index-th of
 * them; NULL past the end. None with the other rules. */
CAS_EXPORT size_t cas_assignment_n_candidates(const struct cas_assignment *assignment);
CAS_EXPORT const struct cas_object *
cas_assignment_candidate(const struct cas_assignment *assignment, size_t index);

/* ---- rules ---------------------------------------------------------------------- */

enum cas_severity {
	CAS_SEVERITY_NONE, /* rules that only exempt, or print a notice */
	CAS_SEVERITY_INFO,
	CAS_SEVERITY_WARNING,
	CAS_SEVERITY_ERROR,
};

enum cas_fix {
	CAS_FIX_NONE,
	CAS_FIX_ADVISE, /* steps for a person */
	CAS_FIX_PLAN,   /* an explicit plan that a person approves */
	CAS_FIX_AUTO,   /* repair may do it */
};

struct cas_rule;
/* The catalogue: every rule, by id, and the index-th; NULL past the end. Rules are
 * constant and nobody's to free. */
CAS_EXPORT size_t cas_rules_count(void);
CAS_EXPORT const struct cas_rule *cas_rules_get(size_t index);
/* By id ("CAS040") or name ("database-points-at-server"), ignoring case; or NULL. */
CAS_EXPORT const struct cas_rule *cas_rule_find(const char *id_or_name);
/* Permanent: "CAS040". */
CAS_EXPORT const char *cas_rule_id(const struct cas_rule *rule);
/* Permanent: "database-points-at-server". */
CAS_EXPORT const char *cas_rule_name(const struct cas_rule *rule);
/* The rule's family: "arrays", "servers", "databases", "names", "dns", "rpc", "kerberos",
 * "dag", "proxy", "capacity", "quality". */
CAS_EXPORT const char *cas_rule_family(const struct cas_rule *rule);
/* What its findings have unless a case is milder, and what can be done about them. */
CAS_EXPORT enum cas_severity cas_rule_severity(const struct cas_rule *rule);
CAS_EXPORT enum cas_fix cas_rule_fix(const struct cas_rule *rule);
/* From where on it finds something, unless the policy says otherwise, and the unit of
 * that: "mailbox servers for each Client Access server". 0 and "": it has no threshold; 0
 * and a unit: it is not evaluated unless the policy sets one. */
CAS_EXPORT int64_t cas_rule_threshold(const struct cas_rule *rule);
CAS_EXPORT const char *cas_rule_threshold_unit(const struct cas_rule *rule);
/* The severity in documents: "none", "info", "warning", "error". */
CAS_EXPORT const char *cas_severity_name(enum cas_severity severity);
/* The severity of that name in *ret; false: there is none. */
CAS_EXPORT bool cas_severity_parse(const char *text, enum cas_severity *ret);
/* The class in documents: "none", "advise", "plan", "auto". */
CAS_EXPORT const char *cas_fix_name(enum cas_fix fix);

/* ---- policy --------------------------------------------------------------------- */

/* Which site a database is judged by. */
enum cas_home {
	CAS_HOME_PREFERRED, /* that of the copy with the lowest activation preference */
	CAS_HOME_OWNER,     /* that of the owning server */
};

enum cas_switch {
	CAS_SWITCH_DEFAULT,
	CAS_SWITCH_ON,
	CAS_SWITCH_OFF,
};

/* How a rule is applied, other than by default. */
struct cas_rule_setting {
	const char *rule; /* id or name */
	enum cas_switch enabled;
	/* Of all its findings, also in cases that are milder; CAS_SEVERITY_NONE: the
	 * rule's own. */
	enum cas_severity severity;
	/* From where on it finds something, in the unit of cas_rule_threshold(); 0: the
	 * rule's own. */
	int64_t threshold;
};

/* Why something is left as it is, on purpose. */
enum cas_exemption_class {
	CAS_EXEMPTION_PLAIN, /* one rule on one object */
	/* A database that publishes public folders to a newer Exchange: it names its own
	 * server, and never an array. */
	CAS_EXEMPTION_PF_PROXY,
	/* A database that points elsewhere for a while, as during an import. */
	CAS_EXEMPTION_TEMPORARY_OVERRIDE,
	CAS_EXEMPTION_DECOMMISSION, /* a site that gets no array any more */
	CAS_EXEMPTION_HIDE_NAME,    /* an array whose FQDN is not in DNS on purpose */
	/* A site, DAG, array or database while a data centre is switched over. */
	CAS_EXEMPTION_SWITCHOVER,
	CAS_N_EXEMPTION_CLASSES,
};
/* The class in documents: "plain", "pf-proxy", "temporary-override", "decommission",
 * "hide-name", "switchover". */
CAS_EXPORT const char *cas_exemption_class_name(enum cas_exemption_class which);
/* The class of that name, ignoring case, in *ret; false: there is none. */
CAS_EXPORT bool cas_exemption_class_parse(const char *text,
					  enum cas_exemption_class *ret);

struct cas_exemption {
	const char *name; /* what it is called in messages and documents */
	enum cas_exemption_class which;
	const char *rule;   /* id or name; NULL: the rules of its class */
	const char *object; /* identity, best a GUID */
	/* The RpcClientAccessServer that a temporary override declares: identity of an
	 * array or server. NULL: of another class. */
	const char *value;
	const char *reason;
	const char *owner; /* who answers for it */
	int64_t expires;   /* the first second in which it does not hold any more; 0: it
			      does not expire */
	/* Where it is written, for messages: a file and a line; or NULL and 0. */
	const char *file;
	size_t line;
};

/* All zero is the default. */
struct cas_policy {
	enum cas_home home;
	/* Names of new arrays: text with "{site}" for the site's name as a host label;
	 * NULL: they have to be given. */
	const char *array_fqdn;
	const char *array_name; /* NULL: the host part of the FQDN */
	/* Of several on one rule, the last holds. */
	const struct cas_rule_setting *rules;
	size_t n_rules;
	const struct cas_exemption *exemptions;
	size_t n_exemptions;
	int64_t now; /* the present, seconds since 1970; 0: nothing has expired */
};

/* Is it well formed? What it does not say of the directory is checked: rules, classes,
 * members that are missing or exclude each other. CAS_E_USAGE: no; the message names the
 * member as casarray.conf(5) does. */
CAS_EXPORT int cas_rule_setting_check(const struct cas_rule_setting *setting,
				      struct cas_error **err);
CAS_EXPORT int cas_exemption_check(const struct cas_exemption *exemption,
				   struct cas_error **err);
/* Likewise of cas_policy.array_fqdn and array_name: there is "{site}" in it, no other
 * placeholder, and with a site's name for it, it is a host name. */
CAS_EXPORT int cas_array_template_check(const char *text, struct cas_error **err);

/* ---- audit ---------------------------------------------------------------------- */

/* Findings that are known: those of an earlier report, or a list of accepted ones. */
struct cas_baseline; /* see cas_baseline_read() */

struct cas_audit_options {
	/* Ids or names; NULL or empty: all that are on by default. */
	const char *const *rules;
	size_t n_rules;
	const char *const *skip;
	size_t n_skip;
	const char *const *families;
	size_t n_families;
	/* Only objects of these sites, servers or databases (sites and servers include
	 * what is in or on them). NULL or empty: everything. */
	const struct cas_objects *objects;
	/* Seconds since 1970: the present, for rules that compare with it; 0: those are
	 * not evaluated. */
	int64_t now;
	/* What is in it does not count; it must outlive the audit. NULL: everything
	 * counts. */
	const struct cas_baseline *baseline;
	/* Findings that do not count are handed out, too. */
	bool suppressed;
	/* Likewise every object that passed a rule: judged again one at a time, so that
	 * they take time and no memory. */
	bool passed;
};

/* Why a finding does not count. */
enum cas_suppression {
	CAS_SUPPRESSION_NONE, /* it does */
	CAS_SUPPRESSION_EXEMPTION,
	CAS_SUPPRESSION_BASELINE,
	CAS_N_SUPPRESSIONS,
};
/* The word in documents: "none", "exemption", "baseline". */
CAS_EXPORT const char *cas_suppression_name(enum cas_suppression suppression);

struct cas_audit;
struct cas_finding;

/*
 * Runs the rules over the organization, which must outlive the audit and should have been
 * loaded with CAS_SCOPE_ALL: a rule whose data was not loaded is not evaluated. options
 * may be NULL; its objects must outlive the audit. Findings are counted here and put into
 * words one at a time, so memory does not grow with the words. CAS_E_USAGE: no such rule
 * or family.
 */
CAS_EXPORT int cas_audit_new(const struct cas_organization *organization,
			     const struct cas_audit_options *options,
			     struct cas_audit **ret, struct cas_error **err);
CAS_EXPORT void cas_audit_free(struct cas_audit *audit);
/* The organization that it was made of. */
CAS_EXPORT const struct cas_organization *
cas_audit_organization(const struct cas_audit *audit);
/* How many findings that count have that severity; and how often a rule could not be
 * evaluated, as a whole or on one object. */
CAS_EXPORT size_t cas_audit_count(const struct cas_audit *audit,
				  enum cas_severity severity);
CAS_EXPORT size_t cas_audit_count_not_evaluated(const struct cas_audit *audit);
/* How many findings do not count, for that reason. */
CAS_EXPORT size_t cas_audit_count_suppressed(const struct cas_audit *audit,
					     enum cas_suppression why);
/* How often an object passed a rule; 0 without cas_audit_options.passed. */
CAS_EXPORT size_t cas_audit_count_passed(const struct cas_audit *audit);
/* The highest severity of those that count; CAS_SEVERITY_NONE: there are none. */
CAS_EXPORT enum cas_severity cas_audit_worst(const struct cas_audit *audit);
/* Findings by site, the worst first in each, and those that do not count likewise; what
 * passed, by rule and object; then what could not be evaluated, whole rules first. 1:
 * *ret is the next one, borrowed until the next call; 0: no more; negative: error. */
CAS_EXPORT int cas_audit_next(struct cas_audit *audit, const struct cas_finding **ret,
			      struct cas_error **err);
/* Begins again with the first finding. */
CAS_EXPORT void cas_audit_rewind(struct cas_audit *audit);

/* The rule that it is a finding of. */
CAS_EXPORT const struct cas_rule *cas_finding_rule(const struct cas_finding *finding);
/* What a rule says of an object. */
enum cas_result {
	CAS_RESULT_FINDING,
	/* Nothing is wrong with it; handed out with cas_audit_options.passed only. There
	 * are no words for it, and no severity. */
	CAS_RESULT_PASSED,
	/* The rule could not be evaluated; cas_finding_message() has the reason. */
	CAS_RESULT_NOT_EVALUATED,
};
CAS_EXPORT enum cas_result cas_finding_result(const struct cas_finding *finding);
/* The word in documents: "finding", "passed", "not-evaluated". */
CAS_EXPORT const char *cas_result_name(enum cas_result result);
/* false: CAS_RESULT_NOT_EVALUATED. */
CAS_EXPORT bool cas_finding_evaluated(const struct cas_finding *finding);
/* The severity in this case: what the policy says of the rule, else the rule's or less.
 */
CAS_EXPORT enum cas_severity cas_finding_severity(const struct cas_finding *finding);
/* The fix class in this case, which may be less than the rule's. */
CAS_EXPORT enum cas_fix cas_finding_fix_class(const struct cas_finding *finding);
/* What it is about, and the site that it is counted in; NULL: none, as when the whole
 * rule was not evaluated. */
CAS_EXPORT const struct cas_object *cas_finding_object(const struct cas_finding *finding);
CAS_EXPORT const struct cas_site *cas_finding_site(const struct cas_finding *finding);
/* In words: what is there, what should be, and one sentence that says why. */
CAS_EXPORT const char *cas_finding_observed(const struct cas_finding *finding);
CAS_EXPORT const char *cas_finding_expected(const struct cas_finding *finding);
CAS_EXPORT const char *cas_finding_message(const struct cas_finding *finding);
/* The exact command that fixes it, or the step to take; "" when there is none. */
CAS_EXPORT const char *cas_finding_fix(const struct cas_finding *finding);
/*
 * Where its object is: the file as it was named when the directory was opened (borrowed
 * from the directory), and the line, from 1 on. The lines before it are counted. Of a
 * finding about an exemption cas_exemption.file and line. false: it has no object, or
 * that is in no file; nothing is set.
 */
CAS_EXPORT bool cas_finding_location(const struct cas_finding *finding,
				     const char **ret_file, size_t *ret_line);
/* Why it does not count, with cas_audit_options.suppressed; and the exemption of the
 * policy that says so, or NULL. */
CAS_EXPORT enum cas_suppression
cas_finding_suppression(const struct cas_finding *finding);
CAS_EXPORT const struct cas_exemption *
cas_finding_exemption(const struct cas_finding *finding);
/* Rule id, '/', objectGUID: the same finding tomorrow, whatever was renamed. */
CAS_EXPORT const char *cas_finding_key(const struct cas_finding *finding);

/* ---- baselines ------------------------------------------------------------------ */

/* A finding that a baseline has, as it was written down. */
struct cas_known;

/*
 * Reads a baseline that cas_baseline_write() wrote, or a report of 'casarray audit' in
 * JSON or NDJSON, whose findings it then has, without those that were exempt. Of rules
 * that this version does not know, too. CAS_E_REFUSED: it is neither, or damaged, or
 * larger than a gibibyte.
 */
CAS_EXPORT int cas_baseline_read(const char *path, struct cas_baseline **ret,
				 struct cas_error **err);
CAS_EXPORT void cas_baseline_free(struct cas_baseline *baseline);
/* How many findings it has, and the index-th, in the order of the file; NULL past the
 * end. */
CAS_EXPORT size_t cas_baseline_count(const struct cas_baseline *baseline);
CAS_EXPORT const struct cas_known *cas_baseline_get(const struct cas_baseline *baseline,
						    size_t index);
/* As cas_finding_key(); the id of the rule; the name that the object had then. */
CAS_EXPORT const char *cas_known_key(const struct cas_known *known);
CAS_EXPORT const char *cas_known_rule(const struct cas_known *known);
CAS_EXPORT const char *cas_known_object(const struct cas_known *known);

enum cas_known_state {
	CAS_KNOWN_GONE,    /* it is not found any more */
	CAS_KNOWN_PRESENT, /* it still is found, if only exempt */
	/* Its rule was not evaluated or is not known here, or the object is not one of
	 * those that were chosen. */
	CAS_KNOWN_NOT_JUDGED,
};
/* What became of the index-th finding of the baseline that the audit was made with. */
CAS_EXPORT enum cas_known_state cas_audit_known(const struct cas_audit *audit,
						size_t index);
/*
 * Hands out a baseline of all findings of an audit but the exempt ones: those that count,
 * in their order; those of the baseline that it was made with and that are still there,
 * or were not judged. *ret is how many. The audit is rewound. CAS_E_USAGE: it was made
 * with a baseline and without cas_audit_options.suppressed.
 */
CAS_EXPORT int cas_baseline_write(struct cas_audit *audit, cas_line_fn line,
				  void *closure, size_t *ret, struct cas_error **err);

/* ---- DNS in the directory ------------------------------------------------------- */

enum cas_dns_status {
	CAS_DNS_OK,
	CAS_DNS_MISSING,   /* no A record */
	CAS_DNS_DELETED,   /* the name is marked as deleted */
	CAS_DNS_DIFFERENT, /* other addresses, another TTL, or an alias */
	CAS_DNS_DYNAMIC,   /* right, but its owner must refresh it */
	CAS_DNS_ELSEWHERE, /* no zone in the directory has the name */
};
/* The words in documents: "ok", "missing", "deleted", "different", "dynamic",
 * "elsewhere". */
CAS_EXPORT const char *cas_dns_status_name(enum cas_dns_status status);

struct cas_dns;

struct cas_dns_question {
	const struct cas_objects *arrays; /* their FQDNs; NULL: those of all, or */
	const char *fqdn;                 /* only this name */
	/* What the records should be; none: any. As struct cas_dns_name has them. */
	const char *const *addresses;
	size_t n_addresses;
	int64_t ttl;
};
/* Looks up what the zones in the directory have for the names; DNS servers are not asked.
 * The organization must outlive it. Errors as cas_plan_dns_create(). */
CAS_EXPORT int cas_dns_new(const struct cas_organization *organization,
			   const struct cas_dns_question *what, struct cas_dns **ret,
			   struct cas_error **err);
CAS_EXPORT void cas_dns_free(struct cas_dns *dns);
/* How many names were looked up, and how it is with the index-th. */
CAS_EXPORT size_t cas_dns_count(const struct cas_dns *dns);
CAS_EXPORT enum cas_dns_status cas_dns_status(const struct cas_dns *dns, size_t index);

/* ---- plans ---------------------------------------------------------------------- */

/*
 * An ordered list of steps, each with the value that it expects to find and the one that
 * it writes. Making a plan writes nothing. The organization that it was made of must
 * outlive it. CAS_E_NOT_FOUND and CAS_E_AMBIGUOUS: of an identity, as
 * cas_organization_find().
 */
struct cas_plan;

struct cas_new_array {
	const char *name; /* 1 to 64 characters; NULL: the host part of the FQDN */
	/* a host name with at least one label; NULL: as the policy's array_fqdn says, and
	 * without a name as its array_name says */
	const char *fqdn;
	const char *site;        /* identity of a site */
	bool allow_second_array; /* although the site has one */
	bool adopt_databases;    /* re-point the databases of the site, too */
	bool if_not_exists;      /* an equal array makes an empty plan */
	/* Its DNS records, too, before it, as cas_plan_dns_create(); none: no record */
	const char *const *dns_addresses;
	size_t n_dns_addresses;
	int64_t dns_ttl;
};
/* The object that New-ClientAccessArray writes. CAS_E_USAGE: the name or FQDN is none, or
 * it is left to a policy that says nothing.
 * CAS_E_REFUSED: a second array in the site, or a name, an FQDN or a legacyExchangeDN
 * that something else has; the message says what is in the way. */
CAS_EXPORT int cas_plan_new_array(const struct cas_organization *organization,
				  const struct cas_new_array *what, struct cas_plan **ret,
				  struct cas_error **err);
/*
 * The same for each site that has Exchange 2010 mailbox servers and no array, by rule
 * CAS001, unless it is exempt from that; the policy names them. Of what, neither name,
 * fqdn, site nor dns_addresses are used. The databases must have been loaded. A site that
 * cannot get an array is refused, and with it the plan: why goes to problem, a line each.
 */
CAS_EXPORT int cas_plan_new_arrays(const struct cas_organization *organization,
				   const struct cas_new_array *what, cas_line_fn problem,
				   void *closure, struct cas_plan **ret,
				   struct cas_error **err);

struct cas_set_array {
	const char *identity;
	const char *name; /* NULL: unchanged; likewise the others */
	const char *fqdn;
	const char *site;
	bool allow_second_array;
};
/* Set-ClientAccessArray. The array's legacyExchangeDN never changes, nor do databases:
 * they show the new FQDN at once. Errors as cas_plan_new_array(); CAS_E_CONFLICT: the
 * directory changed since it was loaded. */
CAS_EXPORT int cas_plan_set_array(const struct cas_organization *organization,
				  const struct cas_set_array *what, struct cas_plan **ret,
				  struct cas_error **err);

struct cas_remove_array {
	const char *identity;
	const char *repoint_to; /* identity of the array for its databases; or NULL */
	bool force;             /* although databases use it */
};
/* Remove-ClientAccessArray. CAS_E_REFUSED: databases use it; the message names them.
 * CAS_E_USAGE: force and repoint_to exclude each other. CAS_E_CONFLICT: as above. */
CAS_EXPORT int cas_plan_remove_array(const struct cas_organization *organization,
				     const struct cas_remove_array *what,
				     struct cas_plan **ret, struct cas_error **err);

struct cas_set_database {
	const struct cas_objects *databases;
	/* identity of an array or a Client Access server, or "auto": the array of the
	 * database's home site */
	const char *rpc_client_access_server;
	/* chosen one by one: what must not be changed is refused, not skipped */
	bool named;
	bool force;
};
/* Set-MailboxDatabase -RpcClientAccessServer: a server without the Client Access role is
 * not found, a database of another version is refused when named and skipped in bulk.
 * CAS_E_USAGE: the value is empty. CAS_E_REFUSED: a database that was named must not be
 * changed. */
CAS_EXPORT int cas_plan_set_database(const struct cas_organization *organization,
				     const struct cas_set_database *what,
				     struct cas_plan **ret, struct cas_error **err);

struct cas_repair {
	size_t max_changes; /* 0: no limit; more than that: CAS_E_REFUSED */
	bool include_cross_site;
};
/* The findings of fix class auto of an audit as one plan; other findings make no step,
 * and the audit is rewound. CAS_E_REFUSED: more changes than max_changes. */
CAS_EXPORT int cas_plan_repair(struct cas_audit *audit, const struct cas_repair *what,
			       struct cas_plan **ret, struct cas_error **err);

/*
 * How many seconds clients may keep an array's address, unless it is said otherwise:
 * when the array fails over to another site its record is changed by hand, and Outlook
 * follows within this time. Five minutes is what Exchange 2010's documents take for it.
 */
#define CAS_DNS_TTL 300

struct cas_dns_name {
	const char *array; /* identity of the array whose FQDN is the name; or NULL and */
	const char *fqdn;  /* the name */
	/* IPv4, "10.1.2.3", as Exchange 2010 does not do without it */
	const char *const *addresses;
	size_t n_addresses;
	/* seconds; 0: CAS_DNS_TTL, and that of a record which is there does not matter */
	int64_t ttl;
};
/*
 * The static A records of a name, in the zone that the directory holds for its DNS
 * servers ([MS-DNSP] 2.3.2.2). A record that is there as wished makes no step.
 * CAS_E_USAGE: no address, or it is none; the TTL is longer than DNS allows.
 * CAS_E_REFUSED: the zone is not in the directory (the hint has what nsupdate is told),
 * an address is IPv6, or the name has other records that would be in the way; nothing is
 * ever overwritten.
 */
CAS_EXPORT int cas_plan_dns_create(const struct cas_organization *organization,
				   const struct cas_dns_name *what, struct cas_plan **ret,
				   struct cas_error **err);
/* Removes exactly these A records, without addresses the only one. With its last record a
 * name is marked as deleted, as DNS servers do it. A name without an A record makes an
 * empty plan. CAS_E_REFUSED: the zone is not in the directory, or a record has another
 * address. CAS_E_AMBIGUOUS: several records, and no address. */
CAS_EXPORT int cas_plan_dns_remove(const struct cas_organization *organization,
				   const struct cas_dns_name *what, struct cas_plan **ret,
				   struct cas_error **err);

/* ---- desired state -------------------------------------------------------------- */

/* What arrays and databases should be, as files say, or a plan that was saved. */
struct cas_desired;

CAS_EXPORT int cas_desired_new(struct cas_desired **ret, struct cas_error **err);
CAS_EXPORT void cas_desired_free(struct cas_desired *desired);
/*
 * Adds what a file says; "-": standard input. A desired state as JSON (casarray-json(5)),
 * a list of arrays or databases as CSV, or a plan that cas_plan_save() wrote, which must
 * be alone. What is wrong with single lines becomes a problem. CAS_E_REFUSED: it is none
 * of these. CAS_E_USAGE: a plan, and other files.
 */
CAS_EXPORT int cas_desired_read(struct cas_desired *desired, const char *path,
				struct cas_error **err);
/*
 * By what an organization must be loaded (cas_context_set_policy()) so that the
 * exemptions of the files hold, too: base, or with theirs in it a policy that lives until
 * `desired` is freed. One of base that is called as one of theirs does not hold; that is
 * a notice of the plan, unless they say the same. base may be NULL: the defaults; it must
 * outlive the organizations.
 */
CAS_EXPORT int cas_desired_policy(struct cas_desired *desired,
				  const struct cas_policy *base,
				  const struct cas_policy **ret, struct cas_error **err);
/* Is it a plan that was saved? */
CAS_EXPORT bool cas_desired_is_plan(const struct cas_desired *desired);
/* Does a file list arrays, if only none? */
CAS_EXPORT bool cas_desired_lists_arrays(const struct cas_desired *desired);
/* The identities of the databases that are listed, for cas_organization_load(); *n is
 * their number. Borrowed until the next file is read. */
CAS_EXPORT const char *const *cas_desired_databases(struct cas_desired *desired,
						    size_t *n);
/* Why a line of the files is impossible: where, which object, why; one line each, in the
 * order of the files. NULL past the end. */
CAS_EXPORT const char *cas_desired_problem(const struct cas_desired *desired,
					   size_t index);
/*
 * All that differs from the desired state as one plan; nothing makes no step. Arrays are
 * matched by name, else by FQDN; databases may be pointed at arrays that the plan makes.
 * With prune, arrays that are not listed are removed. The databases that are listed must
 * have been loaded; with prune all. A plan that was saved is handed over, once.
 * CAS_E_REFUSED: some line is impossible, see cas_desired_problem(); a saved plan is of
 * another directory. CAS_E_USAGE: prune, and no file lists arrays.
 */
CAS_EXPORT int cas_plan_desired(const struct cas_organization *organization,
				struct cas_desired *desired, bool prune,
				struct cas_plan **ret, struct cas_error **err);
/* Writes a plan to a file, which is replaced as a whole, for cas_desired_read().
 * CAS_E_REFUSED: it resumes a run, or the file is the directory. */
CAS_EXPORT int cas_plan_save(const struct cas_plan *plan, const char *path,
			     struct cas_error **err);

struct cas_export {
	/* Databases that use the only array of their home site: "auto", not its FQDN. */
	bool automatic;
};
/* Hands out the present state as a desired state, in the order of the names. how may be
 * NULL. CAS_E_USAGE: not all databases were loaded. */
CAS_EXPORT int cas_export(const struct cas_organization *organization,
			  const struct cas_export *how, cas_line_fn line, void *closure,
			  struct cas_error **err);

/* ---- plans, applied ------------------------------------------------------------- */

CAS_EXPORT void cas_plan_free(struct cas_plan *plan);
/* How many steps it has, those that skip an object included. */
CAS_EXPORT size_t cas_plan_count(const struct cas_plan *plan);
/* What the plan's steps touch: databases whose clients reconnect, and their mailboxes
 * (-1: the directory does not say). */
CAS_EXPORT size_t cas_plan_databases(const struct cas_plan *plan);
CAS_EXPORT int64_t cas_plan_mailboxes(const struct cas_plan *plan);
/* Warnings and notices, one line each; NULL past the end. */
CAS_EXPORT const char *cas_plan_warning(const struct cas_plan *plan, size_t index);
CAS_EXPORT const char *cas_plan_notice(const struct cas_plan *plan, size_t index);

enum cas_action {
	CAS_ACTION_CREATE,
	CAS_ACTION_MODIFY,
	CAS_ACTION_RENAME,
	CAS_ACTION_DELETE,
	CAS_ACTION_SKIP, /* nothing is done to this object; the reason says why */
};

enum cas_outcome {
	CAS_OUTCOME_PLANNED, /* not tried yet */
	CAS_OUTCOME_DONE,
	CAS_OUTCOME_ALREADY,  /* the directory holds the new value already */
	CAS_OUTCOME_CONFLICT, /* another value than the plan expects */
	CAS_OUTCOME_REFUSED,  /* by the directory */
	CAS_OUTCOME_NOT_TRIED,
	CAS_OUTCOME_UNKNOWN, /* the answer was lost, and the directory is not there to be
				asked */
};
/* The words in documents: "create", "modify", "rename", "delete", "skip"; "planned",
 * "done", "already", "conflict", "refused", "not-tried", "unknown". */
CAS_EXPORT const char *cas_action_name(enum cas_action action);
CAS_EXPORT const char *cas_outcome_name(enum cas_outcome outcome);
/* Of the index-th step, which there must be: what is done, what became of it, and what
 * its object holds instead of what was written, or NULL. */
CAS_EXPORT enum cas_action cas_step_action(const struct cas_plan *plan, size_t index);
CAS_EXPORT enum cas_outcome cas_step_outcome(const struct cas_plan *plan, size_t index);
CAS_EXPORT const char *cas_step_differs(const struct cas_plan *plan, size_t index);

/*
 * Asks the directory, before anything is written, whether the account may do what the
 * plan's steps need: create objects of a class in a container, write attributes of an
 * object ([MS-ADTS] allowedChildClassesEffective, allowedAttributesEffective). What a
 * removal needs cannot be asked for. CAS_E_RIGHTS: it may not; the message names the
 * objects, and cas_json_step() of each such step says so. 0 as well when the directory
 * cannot tell: a file, or a server that is no domain controller, which costs nothing.
 */
CAS_EXPORT int cas_plan_preflight(struct cas_plan *plan, struct cas_directory *directory,
				  struct cas_error **err);

/* What becomes of the other steps when one finds another value than it expects. */
enum cas_on_conflict {
	/* As the directory does it: an LDIF file is not changed at all; on a server steps
	 * of one kind do not depend on each other, and those that follow are not tried.
	 */
	CAS_ON_CONFLICT_DEFAULT,
	/* No more are begun, on a server, too. */
	CAS_ON_CONFLICT_STOP,
	/* They are carried out, but for those that need what was not done: an array that
	 * was not made, databases that were to leave an array that is removed. */
	CAS_ON_CONFLICT_SKIP,
};

struct cas_apply {
	/* The folder of the journals; NULL: $XDG_STATE_HOME/casarray/journal, else
	 * ~/.local/state/casarray/journal. It is made when it is not there. */
	const char *journal;
	const char *who;     /* NULL: user@host of the process */
	const char *command; /* what the user typed, for the history; no secrets */
	enum cas_on_conflict on_conflict;
	/* Nothing came between cas_plan_preflight() and this, such as a question: what it
	 * saw of arrays that others make is not looked for once more. */
	bool after_preflight;
};
/*
 * Applies a plan to the directory that its organization was loaded from: writes the
 * journal, then the changes, then the results. An LDIF file is replaced as a whole or not
 * at all. A plan without changes writes nothing; what a killed run left beside the LDIF
 * file is removed all the same. how may be NULL. The organization still is what was
 * loaded before: load it again to see the changes. CAS_E_USAGE: the plan was applied
 * already. CAS_E_CONFLICT: a value is not what the plan expects; nothing was written.
 * CAS_E_REFUSED: the directory forbids a change, such as a read-only one; nothing was
 * written. CAS_E_INTERRUPTED: so was the context, before it wrote. CAS_E_RIGHTS,
 * CAS_E_IO: a file cannot be written. CAS_E_PARTIAL: some changes are written, or it is
 * not known; see the outcomes, and cas_plan_resume().
 */
CAS_EXPORT int cas_plan_apply(struct cas_plan *plan, struct cas_directory *directory,
			      const struct cas_apply *how, struct cas_error **err);
/*
 * Reads back from a server what the plan, once applied, has written; *ret is the number
 * of objects. Of a file there is nothing to ask: *ret is 0. Objects that are made may
 * have got rivals meanwhile, which no directory prevents: another array with the same
 * FQDN, legacyExchangeDN or site is looked for, too, and a conflict object of
 * replication. CAS_E_PARTIAL: some objects are not as they were written, and their steps
 * say what they hold; CAS_E_CONFLICT: none is, or there is a rival. CAS_E_NOT_EVALUATED:
 * the server cannot be asked any more. The journal stays as it is: the changes were made.
 */
CAS_EXPORT int cas_plan_verify(struct cas_plan *plan, struct cas_directory *directory,
			       size_t *ret, struct cas_error **err);
/*
 * Likewise of another server of the forest, which replication has to reach first: asks
 * again and again until it shows the changes. CAS_E_NOT_EVALUATED: it does not after so
 * many seconds. CAS_E_INTERRUPTED: see cas_context_set_interrupt(). CAS_E_CONFLICT: there
 * is a rival.
 */
CAS_EXPORT int cas_plan_wait(struct cas_plan *plan, struct cas_directory *directory,
			     unsigned seconds, size_t *ret, struct cas_error **err);
/* The run's id, "20261121-184501-3f9a", once the journal was begun; else "". */
CAS_EXPORT const char *cas_plan_run(const struct cas_plan *plan);
/* After cas_plan_apply(): did the run not come to its end? Then cas_plan_resume() is what
 * goes on with it, and cas_plan_undo() refuses it. */
CAS_EXPORT bool cas_plan_interrupted(const struct cas_plan *plan);

/* ---- doctor --------------------------------------------------------------------- */

/*
 * The examination of a directory: the connection to it, who we are there, the Exchange
 * organization, and what the account may do; a list of checks.
 */
struct cas_doctor;
struct cas_check;

enum cas_check_result {
	CAS_CHECK_OK,
	CAS_CHECK_WARNING, /* it may do harm some time */
	CAS_CHECK_FAILED,  /* changes need it */
	CAS_CHECK_NOT_EVALUATED,
};
/* The result in documents: "ok", "warning", "failed", "not-evaluated". */
CAS_EXPORT const char *cas_check_result_name(enum cas_check_result result);

/* Examines the directory; keeps a reference of it. What it finds, an organization that
 * cannot be read included, is a check and no error. CAS_E_INTERRUPTED. */
CAS_EXPORT int cas_doctor_new(struct cas_directory *directory, struct cas_doctor **ret,
			      struct cas_error **err);
CAS_EXPORT void cas_doctor_free(struct cas_doctor *doctor);
/* How many checks have that result. */
CAS_EXPORT size_t cas_doctor_count(const struct cas_doctor *doctor,
				   enum cas_check_result result);
/* The index-th check; NULL past the end. */
CAS_EXPORT const struct cas_check *cas_doctor_check(const struct cas_doctor *doctor,
						    size_t index);
/* What is checked: "connection", "clock", "create-arrays", ... */
CAS_EXPORT const char *cas_check_name(const struct cas_check *check);
CAS_EXPORT enum cas_check_result cas_check_result(const struct cas_check *check);
/* What was found, for programs: an address, a number, a DN; or "". */
CAS_EXPORT const char *cas_check_value(const struct cas_check *check);
/* The finding in words, of what was not evaluated the reason; one line. */
CAS_EXPORT const char *cas_check_message(const struct cas_check *check);
/* What to do about it, or "". */
CAS_EXPORT const char *cas_check_hint(const struct cas_check *check);

/* ---- history, undo, resume ------------------------------------------------------ */

struct cas_history;
struct cas_run;

enum cas_run_state {
	CAS_RUN_DONE,        /* every step was done, or was so already */
	CAS_RUN_CONFLICT,    /* refused as a whole: nothing was written */
	CAS_RUN_PARTIAL,     /* some steps were done, and it is known which */
	CAS_RUN_INTERRUPTED, /* no result was recorded: resume finds out */
	CAS_RUN_FAILED,      /* an error; nothing was written */
	CAS_RUN_DAMAGED,     /* the journal cannot be read beyond some record */
};
/* The state in documents: "done", "conflict", "partial", "interrupted", "failed",
 * "damaged". */
CAS_EXPORT const char *cas_run_state_name(enum cas_run_state state);

/* Reads the journals in a folder (NULL: where cas_plan_apply() puts them), the newest
 * first; directory: only those on that directory, on servers through whichever domain
 * controller of the forest; NULL: all. No folder: no runs. A damaged journal is a run in
 * the state CAS_RUN_DAMAGED. */
CAS_EXPORT int cas_history_open(struct cas_context *context, const char *journal,
				const struct cas_directory *directory,
				struct cas_history **ret, struct cas_error **err);
/* Frees the history and its runs; plans that were made of them live on. */
CAS_EXPORT void cas_history_free(struct cas_history *history);
/* 1: *ret is the next run, borrowed until the history is freed; 0: no more; negative:
 * error. */
CAS_EXPORT int cas_history_next(struct cas_history *history, const struct cas_run **ret,
				struct cas_error **err);
/* The run of that id, or of the unique beginning of one; NULL: the newest that can be
 * undone. CAS_E_NOT_FOUND: none. CAS_E_AMBIGUOUS: several begin so. */
CAS_EXPORT int cas_history_find(struct cas_history *history, const char *id,
				const struct cas_run **ret, struct cas_error **err);
/* Removes the journal of a run, which then can be neither undone nor looked at; the
 * history lists it until it is opened again. CAS_E_REFUSED: it is not known to have come
 * to its end, or it undid a run that is still there. CAS_E_RIGHTS, CAS_E_IO. */
CAS_EXPORT int cas_history_forget(struct cas_history *history, const struct cas_run *run,
				  struct cas_error **err);
/* What the journal says: id, the address that was written to, user@host, command line,
 * beginning, how it ended, how many steps it has. */
CAS_EXPORT const char *cas_run_id(const struct cas_run *run);
CAS_EXPORT const char *cas_run_address(const struct cas_run *run);
CAS_EXPORT const char *cas_run_who(const struct cas_run *run);
CAS_EXPORT const char *cas_run_command(const struct cas_run *run);
CAS_EXPORT int64_t cas_run_time(const struct cas_run *run); /* seconds since 1970 */
CAS_EXPORT enum cas_run_state cas_run_state(const struct cas_run *run);
CAS_EXPORT size_t cas_run_steps(const struct cas_run *run);
/* The id of the run that this one undid, or "". */
CAS_EXPORT const char *cas_run_undoes(const struct cas_run *run);
/* The id of the later run that undid this one wholly, or "". */
CAS_EXPORT const char *cas_run_undone_by(const struct cas_run *run);

/*
 * The inverse of what a run did, in the reverse order; with object (a name, DN or GUID as
 * in the run; NULL: all) only of its steps on that object. CAS_E_REFUSED: undone already,
 * not finished, damaged, of another directory, or what it did is in use now.
 * CAS_E_NOT_FOUND, CAS_E_AMBIGUOUS: of object, in the run.
 */
CAS_EXPORT int cas_plan_undo(const struct cas_organization *organization,
			     const struct cas_run *run, const char *object,
			     struct cas_plan **ret, struct cas_error **err);
/* What is left of a run that was interrupted: read from the directory, never from the
 * journal alone. Applying the plan continues that run's journal. CAS_E_REFUSED: it was
 * not interrupted, or was of another directory. */
CAS_EXPORT int cas_plan_resume(const struct cas_organization *organization,
			       const struct cas_run *run, struct cas_plan **ret,
			       struct cas_error **err);

/* ---- JSON ----------------------------------------------------------------------- */

/*
 * Each returns a new object, for json_decref(), or NULL when memory ran out; of a step
 * past the end, too. The object depends on nothing that it was made of. casarray-json(5)
 * has the members. Bytes that are not UTF-8 are replaced by U+FFFD.
 */
CAS_EXPORT struct json_t *cas_json_object(const struct cas_organization *organization,
					  const struct cas_object *object);
CAS_EXPORT struct json_t *
cas_json_organization(const struct cas_organization *organization);
CAS_EXPORT struct json_t *cas_json_assignment(const struct cas_assignment *assignment);
CAS_EXPORT struct json_t *cas_json_rule(const struct cas_rule *rule);
CAS_EXPORT struct json_t *cas_json_finding(const struct cas_finding *finding);
/* The value of a row's member "location": cas_finding_location(), or null. Rows do not
 * have it by themselves, as lines are counted for it. */
CAS_EXPORT struct json_t *cas_json_finding_location(const struct cas_finding *finding);
/* A row for a finding that is not there any more. */
CAS_EXPORT struct json_t *cas_json_known(const struct cas_known *known);
/* Counts, the rules that were evaluated, a summary of each site: the head of a report. */
CAS_EXPORT struct json_t *cas_json_audit(const struct cas_audit *audit);
/* The index-th name: its zone, records and status. */
CAS_EXPORT struct json_t *cas_json_dns(const struct cas_dns *dns, size_t index);
/* The plan without its steps: impact, warnings, notices, the run's id once applied. */
CAS_EXPORT struct json_t *cas_json_plan(const struct cas_plan *plan);
CAS_EXPORT struct json_t *cas_json_step(const struct cas_plan *plan, size_t index);
CAS_EXPORT struct json_t *cas_json_run(const struct cas_run *run);
CAS_EXPORT struct json_t *cas_json_run_step(const struct cas_run *run, size_t index);
/* The present, expected and predicted value of a database, and the rules that say so. */
CAS_EXPORT struct json_t *cas_json_explain(const struct cas_organization *organization,
					   const struct cas_database *database);
/* Directory, organization and counts: the head of a report. */
CAS_EXPORT struct json_t *cas_json_doctor(const struct cas_doctor *doctor);
CAS_EXPORT struct json_t *cas_json_check(const struct cas_check *check);
CAS_EXPORT struct json_t *cas_json_error(const struct cas_error *error);

#ifdef __cplusplus
}
#endif

#endif
