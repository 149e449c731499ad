/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is planted: sites, servers and arrays, and the record of what an audit must find.
 */
#ifndef PLANT_H
#define PLANT_H

#include "emit.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	NAME_BYTES = 32,
	FQDN_BYTES = 64,
	DN_BYTES = 512
};

enum role {
	ROLE_MAILBOX = 2,
	ROLE_CAS = 4,
	ROLE_HUB = 32,
	ROLE_EDGE = 64,
	MULTI_ROLE = ROLE_MAILBOX | ROLE_CAS | ROLE_HUB,
	MAILBOX_ONLY = ROLE_MAILBOX | ROLE_HUB,
	CAS_ONLY = ROLE_CAS | ROLE_HUB,
};

/* How a server belongs to a site. */
enum place {
	PLACE_SITE,    /* msExchServerSite names it */
	PLACE_NONE,    /* no msExchServerSite */
	PLACE_DELETED, /* it names a site that is not there */
};

struct plant {
	struct emit emit;
	FILE *truth;
	uint64_t number; /* of the next database */
};

/* The last record that was begun must be found by each of the blank-separated rules. */
void plant_findings(struct plant *plant, const char *rules, const char *name);

/* Servers whose names begin so are not in the file. */
#define PLANT_GONE "GONE"

/* Names of databases are numbered through. */
void plant_next_name(struct plant *plant, char name[static NAME_BYTES]);

void plant_containers(struct plant *plant);
void plant_site(struct plant *plant, const char *name);
struct plant_server {
	const char *name;
	const char *site;
	enum place place;
	unsigned roles;
	unsigned major;    /* 8, 14, 15 */
	bool rpc;          /* with an RpcClientAccess object */
	const char *dag;   /* or NULL */
	const char *rules; /* blank-separated, those that find it */
};
void plant_server(struct plant *plant, const struct plant_server *server);
void plant_array(struct plant *plant, const char *name, const char *site,
		 enum place place, const char *rules);
/* FQDN of an array of that name. */
void plant_fqdn(char fqdn[static FQDN_BYTES], const char *name);
void plant_dag(struct plant *plant, const char *name, const char *const *servers,
	       size_t n);

enum database_kind {
	DATABASE_MAILBOX,
	DATABASE_RECOVERY,
	DATABASE_PUBLIC,
	DATABASE_2007, /* below a storage group of its owner */
};

struct plant_database {
	const char *name;
	enum database_kind kind;
	const char *legacy; /* legacyExchangeDN without the last section */
	const char *owner;
	const char *dag;      /* or NULL */
	const char *hosts[2]; /* of copies; NULL: no such copy */
	unsigned preference[2];
	unsigned mailboxes;
	const char *rules; /* blank-separated, those that find it */
};
void plant_database(struct plant *plant, const struct plant_database *database);
/* A storage group for databases of 2007. */
void plant_storage_group(struct plant *plant, const char *server);

#endif
