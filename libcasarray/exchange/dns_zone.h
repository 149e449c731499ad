/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The zones that the directory holds for its DNS servers, and the nodes of names in them.
 */
#ifndef CASP_DNS_ZONE_H
#define CASP_DNS_ZONE_H

#include "../base/arena.h"
#include "../base/map.h"
#include "../base/vec.h"
#include "../directory/directory.h"
#include "../names/dns_record.h"

/* One value of dnsRecord. */
struct casp_dns_value {
	struct casp_str bytes;
	bool good; /* record is what it says */
	struct casp_dns_record record;
};

/* A dnsNode, or where one would be. */
struct casp_dns_entry {
	const char *dn;
	bool there;
	bool partial;           /* it has more values than the directory shows */
	const char *tombstoned; /* dNSTombstoned as stored; NULL: absent */
	struct casp_dns_value *values;
	size_t n_values;
};

struct casp_dns_zone {
	const char *name; /* "contoso.com" */
	const char *dn;
	uint32_t type;                     /* enum casp_dns_zone_type */
	const struct casp_dns_zone *twin;  /* another one of that name */
	const struct casp_dns_entry *apex; /* once a name in it was asked for */
};

struct casp_dns_node {
	const char *fqdn;
	bool legal; /* a host name; else it must not get near a shell */
	const struct casp_dns_zone *zone; /* that it is, or would be in; or NULL */
	/* What keeps its record from being in the directory, a clause: "no zone of the
	 * directory holds it"; NULL: nothing does. */
	const char *elsewhere;
	const char *name;                   /* in the zone: "outlook", "@" */
	const struct casp_dns_entry *entry; /* NULL: elsewhere */
};

struct casp_dns {
	struct casp_arena arena;
	CASP_VEC(struct casp_dns_zone *) zones;
	CASP_VEC(struct casp_dns_entry *) entries;
	struct casp_map by_dn;       /* entries */
	struct casp_dns_node *nodes; /* parallel to the names asked for */
	size_t n_nodes;
};

/* Looks up names, without trailing dots; two searches, whatever their number, of a domain
 * controller one. `ret` is to be freed also after a failure. */
int casp_dns_read(struct cas_directory *directory, const char *const *fqdns, size_t n,
		  struct casp_dns *ret, struct cas_error **err);
void casp_dns_free(struct casp_dns *dns);

/* The zone's serial, or 1: servers that load zones from the directory do not use that of
 * a record. */
uint32_t casp_dns_zone_serial(const struct casp_dns_zone *zone);
/* Was the node deleted, as DNS servers do it? */
bool casp_dns_is_tombstoned(const struct casp_dns_entry *entry);

/* ---- the parts of casp_dns_read() ---- */

struct casp_dns_reading {
	struct casp_dns *dns;
	struct casp_query *queries;
	size_t n;
	size_t n_zones; /* of the queries, the first ones; the others are for nodes */
};

/* Adds one for a file (server NULL), else at most two for each naming context. false: out
 * of memory. */
bool casp_dns_zone_queries(const struct casp_server_facts *server,
			   struct casp_dns_reading *reading);
/* A casp_entry_fn, with the reading as its closure. */
int casp_dns_keep_zone(void *closure, const struct casp_entry *entry,
		       struct cas_error **err);

/* dns_guess.c */
struct casp_dns_names {
	struct casp_equality *v;
	size_t n;
};
/*
 * What the nodes of names and of their ancestors are called in whatever zone they are. n
 * 0: no name is legal, or one has very many labels. false: out of memory.
 */
bool casp_dns_guess(struct casp_arena *arena, const struct casp_dns_node *nodes, size_t n,
		    struct casp_dns_names *ret);

#endif
