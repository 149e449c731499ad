/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The objects of an organization, as loaded. All text is NUL-terminated and in the
 * organization's arena. */
#ifndef CASP_MODEL_H
#define CASP_MODEL_H

#include "../base/arena.h"
#include "../base/map.h"
#include "../base/str.h"
#include "../base/vec.h"
#include "../casarray.h"
#include "../directory/defect.h"
#include "../names/exchange_version.h"
#include "../names/guid.h"

/* What is wrong with an object (it is kept all the same). */
enum casp_object_defect {
	CASP_OBJECT_NO_GUID = 1 << 0,
	CASP_OBJECT_CONFLICT_NAME = 1 << 1, /* CNF: in the RDN */
	CASP_OBJECT_LEGACY_DN_BAD = 1 << 2, /* does not parse */
	CASP_OBJECT_LEGACY_DN_MISSING = 1 << 3,
	CASP_OBJECT_LEGACY_DN_SHARED =
		1 << 4, /* servers and arrays: another has the same one */
	CASP_OBJECT_SITE_DANGLES = 1 << 5,  /* names a site that is not there */
	CASP_OBJECT_OWNER_DANGLES = 1 << 6, /* database: owning server missing */
	CASP_OBJECT_MASTER_DANGLES = 1 << 7,
	CASP_OBJECT_HOST_DANGLES = 1 << 8, /* copy: host server missing */
	CASP_OBJECT_OUTSIDE_GROUP =
		1 << 9, /* not below the Exchange 2007+ administrative group */
	CASP_OBJECT_LOST = 1 << 10, /* in LostAndFoundConfig */
};

struct cas_object {
	enum cas_kind kind;
	uint32_t index; /* within its kind */
	unsigned defects;
	bool has_guid;
	struct casp_guid guid;
	char guid_on_demand[CASP_GUID_TEXT]; /* only for cas_object_guid() */
	uint32_t name_hash;                  /* a half of casp_str_ihash() */
	const char *name;
	const char *dn;
	const char *legacy_dn; /* "" when absent */
	uint64_t origin;
	int64_t created; /* seconds since 1970; 0: unknown */
	int64_t changed;
};

typedef CASP_VEC(struct cas_server *) casp_servers;
typedef CASP_VEC(struct cas_array *) casp_arrays;
typedef CASP_VEC(struct cas_database *) casp_databases;

struct cas_site {
	struct cas_object object;
	casp_servers servers; /* Exchange servers in it, all versions */
	casp_arrays arrays;   /* Exchange 2010 arrays only */
	size_t n_databases;   /* 2010 mailbox databases with their home here */
	size_t n_subnets;
	bool has_mbx10; /* a 2010 server with the mailbox role */
	bool has_cas10; /* a 2010 server with the Client Access role */
};

struct casp_subnet {
	struct cas_object object; /* name "10.30.0.0/16" */
	struct cas_site *site;
	const char *site_dn; /* "" when absent */
};

struct cas_server {
	struct cas_object object;
	const char *fqdn; /* "" when absent */
	struct cas_site *site;
	const char *site_dn; /* as stored; "" when absent */
	int64_t roles;
	struct casp_version version; /* versionNumber, revision from serialNumber */
	const char *serial;
	bool has_rpc; /* an RpcClientAccess object below it */
	const struct cas_object *rpc;
	struct casp_dag *dag;
	const char *dag_dn;
	const char *member_why; /* see casp_server_is_member() */
};

struct cas_array {
	struct cas_object object;
	const char *fqdn;        /* of the first ncacn_ip_tcp value; "" when absent */
	unsigned n_tcp;          /* ncacn_ip_tcp values */
	unsigned n_other;        /* values of other protocols */
	const char *tcp_value;   /* the first value as stored, "ncacn_ip_tcp:..." */
	const char **tcp_values; /* n_tcp of them */
	struct cas_site *site;
	const char *site_dn;
	int64_t format;     /* msExchVersion; 0: absent */
	int64_t flags;      /* systemFlags */
	bool is_2013;       /* an array of Exchange 2013: not one of ours */
	size_t n_databases; /* databases that use it (with CAS_SCOPE_DATABASES) */
};

struct casp_copy {
	struct cas_object object;
	struct cas_database *database; /* NULL: orphan */
	struct cas_server *host;
	const char *host_dn;
	int64_t preference;
};

/* What a database is, as far as RpcClientAccessServer is concerned. */
enum casp_database_type {
	CASP_DATABASE_MAILBOX_2010,
	CASP_DATABASE_RECOVERY,
	CASP_DATABASE_PUBLIC_FOLDER,
	CASP_DATABASE_2007, /* and 2003: below a storage group */
	CASP_DATABASE_2013, /* owning server is 15 or later */
};
/* "mailbox", "recovery", "public-folder", "exchange-2007", "exchange-2013" */
const char *casp_database_type_name(enum casp_database_type type);

struct cas_database {
	struct cas_object object;
	enum casp_database_type type;
	struct cas_server *owner;
	const char *owner_dn;
	const char *parent_dn;
	struct casp_dag
		*dag; /* msExchMasterServerOrAvailabilityGroup, when it is a DAG */
	const char *master_dn;
	/* The array or server whose legacyExchangeDN is the parent of the database's;
	 * NULL: dangling. When several share it: the first, arrays before servers. */
	const struct cas_object *target;
	struct casp_copy **copies; /* ascending activation preference */
	size_t n_copies;
	struct cas_site *home; /* Home(db): rules.md section 1 */
	struct cas_site *owner_site;
	bool home_by_copy;            /* decided by a copy, not by the owning server */
	bool mailboxes_listed;        /* by the back link of the database itself */
	int64_t format;               /* msExchVersion */
	int64_t mailboxes;            /* -1: the directory does not say */
	const char *public_folder_dn; /* msExchHomePublicMDB */
};

struct casp_dag {
	struct cas_object object;
	casp_servers members;
	bool cross_site; /* msExchAllowCrossSiteRPCClientAccess */
};

enum casp_service_type {
	CASP_SERVICE_OWA,
	CASP_SERVICE_ECP,
	CASP_SERVICE_EWS,
	CASP_SERVICE_OAB,
	CASP_SERVICE_ACTIVESYNC,
	CASP_SERVICE_AUTODISCOVER, /* the virtual directory */
	CASP_SERVICE_OUTLOOK_ANYWHERE,
	CASP_SERVICE_SCP, /* Autodiscover service connection point */
	CASP_SERVICE_OTHER,
};

struct casp_service {
	struct cas_object object;
	enum casp_service_type type;
	struct cas_server *server; /* by the DN; NULL: unknown */
	const char *internal_url;  /* or host name; "" when absent */
	const char *external_url;
	const char *binding;      /* SCP */
	const char *const *scope; /* SCP: site names, NULL-terminated */
};

struct casp_admin_group {
	struct cas_object object;
	bool is_exchange; /* the FYDIBOHF23SPDLT one */
};

/* The forms of an identity, in the order in which they are tried. */
enum casp_form {
	CASP_FORM_GUID,
	CASP_FORM_DN,
	CASP_FORM_LEGACY_DN,
	CASP_FORM_NAME,
	CASP_FORM_FQDN,
	CASP_N_FORMS,
};

/* The objects of a kind by one form; made at the first look-up. */
struct casp_index {
	struct casp_map map;
	bool built;
};

/*
 * An organization does not change after it is loaded, but for what is made on demand:
 * indexes and the text of GUIDs. It belongs to one thread at a time.
 */
struct cas_organization {
	struct casp_arena arena;
	struct casp_arena texts; /* names and DNs, apart from what passes look at */
	struct cas_directory *directory;
	unsigned scope;
	bool named;                      /* only some databases are loaded */
	const struct cas_policy *policy; /* never NULL */

	struct cas_object *containers; /* msExchOrganizationContainer objects */
	size_t n_containers;
	CASP_VEC(struct casp_admin_group *) groups;
	struct casp_admin_group *group; /* where arrays live; NULL: none */
	const char *arrays_dn; /* "CN=Arrays,..."; NULL: there is no such container */

	CASP_VEC(struct cas_object *)
	objects[CAS_N_KINDS]; /* of struct cas_site * etc. */
	CASP_VEC(struct cas_object *)
	strays; /* conflict and lost objects of other classes */

	bool is_live;       /* read from a server: what is now */
	int64_t as_of;      /* of files; 0: they do not say */
	bool has_mailboxes; /* the directory says something of mailboxes */
	bool has_copies;
	size_t n_partial;             /* attributes with a range of their values only */
	struct casp_map by_legacy_dn; /* servers and arrays */
	struct casp_map by_dn;        /* sites, servers, arrays, DAGs */
	struct casp_index index[CAS_N_KINDS][CASP_N_FORMS];
	CASP_VEC(const char *)
	near;            /* named: databases called nearly as one that is missing */
	size_t compared; /* names, in the search for hints */
	/* What the exemptions of the policy are declared of; NULL: there are none. */
	struct casp_declarations *declarations;
};

/* Typed views of organization->objects. */
#define CASP_SITE(org, i) ((struct cas_site *)(org)->objects[CAS_KIND_SITE].v[i])
#define CASP_SERVER(org, i) ((struct cas_server *)(org)->objects[CAS_KIND_SERVER].v[i])
#define CASP_ARRAY(org, i) ((struct cas_array *)(org)->objects[CAS_KIND_ARRAY].v[i])
#define CASP_DATABASE(org, i)                                                            \
	((struct cas_database *)(org)->objects[CAS_KIND_DATABASE].v[i])
#define CASP_DAG(org, i) ((struct casp_dag *)(org)->objects[CAS_KIND_DAG].v[i])
#define CASP_SERVICE(org, i)                                                             \
	((struct casp_service *)(org)->objects[CAS_KIND_SERVICE].v[i])
#define CASP_SUBNET(org, i) ((struct casp_subnet *)(org)->objects[CAS_KIND_SUBNET].v[i])
#define CASP_COUNT(org, kind) ((org)->objects[kind].n)

static inline bool casp_server_is_2010(const struct cas_server *server)
{
	return server->version.major == 14;
}

/* Is it a member of the arrays of its site (directory.md 3.4)? Else *why (may be NULL) is
 * a static phrase: "no site", "Exchange 2007", "no Client Access role", "no
 * RpcClientAccess object", ... */
bool casp_server_is_member(const struct cas_server *server, const char **why);
/* The members of an array, in order; NULL past the end. *at starts at 0. */
struct cas_server *casp_array_next_member(const struct cas_array *array, size_t *at);
size_t casp_array_n_members(const struct cas_array *array);

/* The object with that legacyExchangeDN among servers and arrays: *at starts at 0; NULL:
 * no more. */
const struct cas_object *
casp_organization_by_legacy_dn(const struct cas_organization *org,
			       struct casp_str legacy_dn, size_t *at);
/* The value shown to people: cas_database_rpc_client_access_server(). */
const char *casp_object_fqdn(const struct cas_object *object);
/* What is wrong with entries that could not be loaded, or that exist twice. */
size_t casp_organization_defects(const struct cas_organization *org,
				 const struct casp_defect **ret);
/* "contoso.ldif:1234", appended. */
void casp_organization_where(const struct cas_organization *org, uint64_t origin,
			     struct casp_buf *out);
/* Likewise in parts. false: it is in no file. */
bool casp_organization_place(const struct cas_organization *org, uint64_t origin,
			     const char **ret_file, size_t *ret_line);
/* "CN=x,CN=Y,DC=z" is below LostAndFoundConfig, has CNF: ...: bits of casp_object_defect.
 */
unsigned casp_dn_defects(struct casp_str dn);

#endif
