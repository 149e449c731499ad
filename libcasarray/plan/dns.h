/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The A records of arrays in zones that the directory holds. */
#ifndef CASP_PLAN_DNS_H
#define CASP_PLAN_DNS_H

#include "../exchange/dns_zone.h"
#include "plan.h"

/* What a name's A records are to be. */
struct casp_dns_wish {
	uint8_t (*addresses)[4];
	size_t n;
	uint32_t ttl;
	bool any_ttl; /* of a record that is there: it was not asked for */
};

/* ---- dns_wish.c ---- */

/* CAS_E_USAGE: an address or the TTL is none. CAS_E_REFUSED: an address that an array
 * cannot have. */
int casp_dns_wish_read(struct casp_arena *arena, const char *const *addresses, size_t n,
		       int64_t ttl, struct casp_dns_wish *ret, struct cas_error **err);
bool casp_dns_wishes(const struct casp_dns_wish *wish,
		     const struct casp_dns_record *record);
/* "outlook.contoso.com. 300 IN A 10.1.2.3"; without addresses one line with <address>.
 * NULL: out of memory. */
const char *casp_dns_line(struct casp_arena *arena, const char *fqdn,
			  const struct casp_dns_wish *wish, size_t index);
size_t casp_dns_n_lines(const struct casp_dns_wish *wish);
/*
 * What nsupdate is told, line by line, where the zone is not in the directory; NULL past
 * the end. They never overwrite a record.
 */
const char *casp_dns_nsupdate(struct casp_arena *arena, const char *fqdn,
			      const struct casp_dns_wish *wish, bool remove,
			      size_t index);
/* The records that a node has for DNS servers: "A 10.1.2.3 TTL 300, TXT 12 bytes TTL
 * 3600". NULL: out of memory. */
const char *casp_dns_shown(struct casp_arena *arena, const struct casp_dns_entry *entry);

/* ---- dns_step.c ---- */

/* CAS_E_REFUSED: the record is not in the directory; the hint has the lines for nsupdate.
 */
int casp_dns_refuse_elsewhere(struct cas_plan *plan, const struct casp_dns_node *node,
			      const struct casp_dns_wish *wish, bool remove,
			      struct cas_error **err);
/* CAS_E_REFUSED: "'outlook.contoso.com' WHY: A 10.1.2.3 TTL 300". */
int casp_dns_refuse_records(struct cas_plan *plan, const struct casp_dns_node *node,
			    const char *why, struct cas_error **err);
/* A value of dnsRecord that is replaced; p NULL: no value. false: out of memory. */
bool casp_dns_set_record(struct cas_plan *plan, struct casp_delta *delta,
			 struct casp_str before, struct casp_str after);
/* A step on a node, with room for so many deltas; NULL: out of memory. */
struct casp_step *casp_dns_add_step(struct cas_plan *plan, enum cas_action action,
				    const struct casp_dns_node *node, const char *site,
				    size_t n_deltas);
/* When servers will answer so. false: out of memory. */
bool casp_dns_note_servers(struct cas_plan *plan);

/* ---- dns_create.c ---- */

/* Steps and notices that make the A records of a name. `site` is what the steps show. */
int casp_plan_dns_create(struct cas_plan *plan, const char *fqdn, const char *site,
			 const struct casp_dns_wish *wish, struct cas_error **err);

/* ---- dns_remove.c ---- */

/* Those that are wished, or the only one. `array` has the name, or NULL. */
int casp_plan_dns_remove(struct cas_plan *plan, const char *fqdn,
			 const struct cas_array *array, const struct casp_dns_wish *wish,
			 struct cas_error **err);
/* Turns the inverse of a step that created a node into what DNS servers do when the last
 * record of a node goes. `node` is what is there. */
int casp_plan_dns_uncreate(struct cas_plan *plan, struct casp_step *step,
			   const struct casp_reading *node, struct cas_error **err);

/* ---- dns_look.c ---- */

struct cas_dns_row {
	const struct cas_array *array; /* or NULL */
	enum cas_dns_status status;
	const char *reason;
};

struct cas_dns {
	struct casp_arena arena;
	const struct cas_organization *org;
	struct casp_dns found; /* nodes parallel to rows */
	struct casp_dns_wish wish;
	struct cas_dns_row *rows;
	size_t n;
};

#endif
