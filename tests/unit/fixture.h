/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small organizations for unit tests, described in C and loaded from LDIF text. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "casarray.h"

#define FIXTURE_CFG "CN=Configuration,DC=contoso,DC=com"
#define FIXTURE_ORG "CN=Contoso,CN=Microsoft Exchange,CN=Services," FIXTURE_CFG
#define FIXTURE_GROUPS "CN=Administrative Groups," FIXTURE_ORG
#define FIXTURE_AG "CN=Exchange Administrative Group (FYDIBOHF23SPDLT)," FIXTURE_GROUPS
#define FIXTURE_LEGACY "/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)"
/* legacyExchangeDN of a server (NetBIOS name) or an array (FQDN) */
#define FIXTURE_LEGACY_SERVER(name) FIXTURE_LEGACY "/cn=Configuration/cn=Servers/cn=" name

enum {
	MBX = 2,
	CAS = 4,
	HUB = 32,
	EDGE = 64,
	MULTI = MBX | CAS | HUB,
};

struct fixture;

/* The Contoso organization with its administrative group and containers and nothing in
 * them. Everything below ends the program when memory or disk runs out. */
struct fixture *fixture_new(void);
void fixture_free(struct fixture *fixture);

/*
 * Each adds an entry, created on 2012-01-01, with a GUID of its own. A site is given by
 * name; NULL: none. fixture_set() changes the entry that was added last.
 */
void fixture_site(struct fixture *fixture, const char *name);
void fixture_subnet(struct fixture *fixture, const char *prefix, const char *site);
/* version "14.3.123.4"; the RpcClientAccess object comes with the bit 4 of roles and
 * version 14. */
void fixture_server(struct fixture *fixture, const char *name, const char *site,
		    int roles, const char *version);
void fixture_server_without_rpc(struct fixture *fixture, const char *name,
				const char *site, int roles, const char *version);
void fixture_array(struct fixture *fixture, const char *name, const char *fqdn,
		   const char *site);
/* rcas: the last part of the legacyExchangeDN that it refers to: a server's name or an
 * array's FQDN. */
void fixture_database(struct fixture *fixture, const char *name, const char *owner,
		      const char *rcas);
void fixture_public_database(struct fixture *fixture, const char *name, const char *owner,
			     const char *rcas);
void fixture_copy(struct fixture *fixture, const char *database, const char *server,
		  int preference);
/* Put servers into it with fixture_set(f, "msExchMDBAvailabilityGroupLink",
 * fixture_dag_dn("DAG1")). */
void fixture_dag(struct fixture *fixture, const char *name, bool cross_site);
/* kind "owa", "ecp", "ews", "eas", "oab", "oa", "autodiscover"; external NULL: none */
void fixture_vdir(struct fixture *fixture, const char *server, const char *kind,
		  const char *internal, const char *external);
/* Any entry: the classes are separated by blanks. */
void fixture_entry(struct fixture *fixture, const char *dn, const char *classes,
		   const char *name);

/* Replaces all values of an attribute of the last entry, or removes it (NULL). */
void fixture_set(struct fixture *fixture, const char *attribute, const char *value);
/* One more value. */
void fixture_add(struct fixture *fixture, const char *attribute, const char *value);
/* Moves the last entry to another DN. */
void fixture_move(struct fixture *fixture, const char *dn);
/* Text as it is, after the last entry. */
void fixture_raw(struct fixture *fixture, const char *text);

/* DNs; each of the last eight results stays valid. */
const char *fixture_site_dn(const char *name);
const char *fixture_server_dn(const char *name);
const char *fixture_array_dn(const char *name);
const char *fixture_database_dn(const char *name);
const char *fixture_dag_dn(const char *name);

/* By what it is judged once it is loaded; it must live as long as the fixture. */
void fixture_policy(struct fixture *fixture, const struct cas_policy *policy);
/* Writes the file (again) and loads it. Both belong to the fixture. */
struct cas_organization *fixture_load(struct fixture *fixture);
struct cas_organization *fixture_load_scope(struct fixture *fixture, unsigned scope);
/* The file; written by fixture_load(). */
const char *fixture_path(const struct fixture *fixture);
/* The one object that answers to the identity; ends the program when there is none. */
const struct cas_object *fixture_find(struct fixture *fixture, enum cas_kind kind,
				      const char *identity);

#endif
