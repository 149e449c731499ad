/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The zones that the directory holds for its DNS servers, and the nodes of names in them.
 */
#include "dns_zone.h"

#include <stdlib.h>

#include "../names/dn.h"
#include "../names/fqdn.h"

/* Below a naming context, where zones are: in an application partition, and where Windows
 * 2000 had them. */
static const char *const places[] = {"CN=MicrosoftDNS,%s",
				     "CN=MicrosoftDNS,CN=System,%s"};

struct reading {
	struct casp_dns *dns;
	struct casp_query *queries;
	size_t n;
};

void casp_dns_free(struct casp_dns *dns)
{
	casp_vec_free(&dns->zones);
	casp_vec_free(&dns->entries);
	casp_map_free(&dns->by_dn);
	casp_arena_free(&dns->arena);
	*dns = (struct casp_dns){0};
}

static int search(struct cas_directory *directory, struct reading *reading,
		  casp_entry_fn each, struct cas_error **err)
{
	return reading->n ? casp_directory_search(directory, reading->queries, reading->n,
						  each, reading->dns, err)
			  : 0;
}

/* ---- zones ---- */

static struct casp_dns_zone *find_zone(const struct casp_dns *dns, struct casp_str name)
{
	for (size_t i = 0; i < dns->zones.n; i++) {
		if (casp_fqdn_equal(casp_str(dns->zones.v[i]->name), name)) {
			return dns->zones.v[i];
		}
	}
	return NULL;
}

/* The entry's RDN is the zone's name. */
static int keep_zone(void *closure, const struct casp_entry *entry,
		     struct cas_error **err)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf name = {0};
	struct casp_dns *dns = closure;
	struct casp_dns_zone *zone = casp_arena_zalloc(&dns->arena, sizeof(*zone)), *twin;

	if (!zone) {
		return casp_error_nomem(err);
	}
	if (!casp_dn_rdn_value(entry->dn, &name)) {
		return name.failed ? casp_error_nomem(err) : 0;
	}
	zone->name = casp_arena_dup_str(&dns->arena, casp_buf_str(&name));
	zone->dn = casp_arena_dup_str(&dns->arena, entry->dn);
	zone->type = CASP_DNS_ZONE_PRIMARY;
	for (size_t i = 0; i < entry->values[0].n; i++) {
		casp_dns_zone_type(entry->values[0].v[i], &zone->type);
	}
	if (!zone->name || !zone->dn) {
		return casp_error_nomem(err);
	}
	twin = find_zone(dns, casp_str(zone->name));
	if (twin) {
		twin->twin = zone;
		return 0;
	}
	return casp_vec_push(&dns->zones, zone) ? 0 : casp_error_nomem(err);
}

static struct casp_query *zone_query(struct reading *reading)
{
	static const char *const classes[] = {"dnsZone"};
	static const char *const attributes[] = {"dNSProperty"};
	struct casp_query *query = &reading->queries[reading->n++];

	*query = (struct casp_query){
		.scope = CASP_SCOPE_SUBTREE,
		.classes = classes,
		.n_classes = 1,
		.attributes = attributes,
		.n_attributes = 1,
	};
	return query;
}

static bool may_have_zones(const struct casp_server_facts *server, const char *context)
{
	return !casp_dn_equal(casp_str(context), casp_str(server->configuration)) &&
	       !casp_dn_equal(casp_str(context), casp_str(server->schema));
}

/* Zones are in known places of Active Directory, which need not be searched for; other
 * servers are small. */
static bool zone_queries(const struct casp_server_facts *server, struct reading *reading)
{
	struct casp_arena *arena = &reading->dns->arena;

	for (size_t i = 0; i < server->n_contexts; i++) {
		/* The server's own texts may go with its connection. */
		const char *context =
			casp_arena_dup_str(arena, casp_str(server->contexts[i]));

		if (!context) {
			return false;
		}
		if (!may_have_zones(server, context)) {
			continue;
		}
		if (!server->is_ad) {
			zone_query(reading)->base = casp_str(context);
			continue;
		}
		for (size_t k = 0; k < sizeof(places) / sizeof(*places); k++) {
			struct casp_query *query = zone_query(reading);

			query->scope = CASP_SCOPE_CHILDREN;
			query->base =
				casp_str(casp_arena_printf(arena, places[k], context));
			if (!query->base.p) {
				return false;
			}
		}
	}
	return true;
}

static int read_zones(struct cas_directory *directory, struct casp_dns *dns,
		      struct cas_error **err)
{
	const struct casp_server_facts *server = casp_directory_server(directory);
	size_t room = server ? 2 * server->n_contexts : 1;
	struct reading reading = {
		.dns = dns,
		.queries = calloc(room + 1, sizeof(*reading.queries)),
	};
	int code = 0;

	if (!reading.queries || (server && !zone_queries(server, &reading))) {
		code = casp_error_nomem(err);
	}
	if (code == 0 && !server) {
		zone_query(&reading);
	}
	if (code == 0) {
		code = search(directory, &reading, keep_zone, err);
	}
	free(reading.queries);
	return code;
}

/* ---- names ---- */

/* Its part before the zone's name, without the dot; p NULL: it is not in the zone. */
static struct casp_str within(struct casp_str fqdn, struct casp_str zone)
{
	struct casp_str none = {0};

	if (fqdn.n == zone.n && casp_str_iequal(fqdn, zone)) {
		return CASP_STR("@");
	}
	if (zone.n == 0 || fqdn.n <= zone.n + 1 || fqdn.p[fqdn.n - zone.n - 1] != '.' ||
	    !casp_str_iequal((struct casp_str){fqdn.p + fqdn.n - zone.n, zone.n}, zone)) {
		return none;
	}
	return (struct casp_str){fqdn.p, fqdn.n - zone.n - 1};
}

static struct casp_dns_zone *longest_zone(const struct casp_dns *dns,
					  struct casp_str fqdn)
{
	struct casp_dns_zone *best = NULL;

	for (size_t i = 0; i < dns->zones.n; i++) {
		struct casp_dns_zone *zone = dns->zones.v[i];

		if (within(fqdn, casp_str(zone->name)).p &&
		    (!best || strlen(zone->name) > strlen(best->name))) {
			best = zone;
		}
	}
	return best;
}

static const char *zone_fault(struct casp_arena *arena, const struct casp_dns_zone *zone)
{
	static const char *const types[] = {
		[CASP_DNS_ZONE_CACHE] = "of root hints",
		[CASP_DNS_ZONE_SECONDARY] = "a secondary one",
		[CASP_DNS_ZONE_STUB] = "a stub",
		[CASP_DNS_ZONE_FORWARDER] = "a conditional forwarder",
	};

	if (zone->twin) {
		return casp_arena_printf(arena,
					 "the directory has the zone '%s' twice: '%s', "
					 "'%s'",
					 zone->name, zone->dn, zone->twin->dn);
	}
	return casp_arena_printf(
		arena, "the zone '%s' in the directory is %s: its records are elsewhere",
		zone->name,
		zone->type < sizeof(types) / sizeof(*types) ? types[zone->type]
							    : "of an unknown type");
}

/* ---- entries ---- */

static struct casp_dns_entry *find_entry(const struct casp_dns *dns, struct casp_str dn)
{
	uint64_t hash = casp_dn_hash(dn);
	struct casp_dns_entry *entry;
	size_t at = 0;

	while ((entry = casp_map_next(&dns->by_dn, hash, &at))) {
		if (casp_dn_equal(casp_str(entry->dn), dn)) {
			return entry;
		}
	}
	return NULL;
}

/* The entry of a name in a zone, to be read; NULL: out of memory. */
static struct casp_dns_entry *
want_entry(struct casp_dns *dns, const struct casp_dns_zone *zone, struct casp_str name)
{
	const char *dn = casp_arena_printf(&dns->arena, "DC=%.*s,%s", CASP_STR_ARG(name),
					   zone->dn);
	struct casp_dns_entry *entry = dn ? find_entry(dns, casp_str(dn)) : NULL;

	if (!dn || entry) {
		return entry;
	}
	entry = casp_arena_zalloc(&dns->arena, sizeof(*entry));
	if (!entry || !casp_vec_push(&dns->entries, entry) ||
	    !casp_map_add(&dns->by_dn, casp_dn_hash(casp_str(dn)), entry)) {
		return NULL;
	}
	entry->dn = dn;
	return entry;
}

/* What follows the first label: the name that a delegation would be of. */
static struct casp_str ancestor(struct casp_str name)
{
	struct casp_str host = casp_fqdn_host(name);

	return host.n < name.n
		       ? (struct casp_str){name.p + host.n + 1, name.n - host.n - 1}
		       : (struct casp_str){0};
}

static bool want_ancestors(struct casp_dns *dns, const struct casp_dns_node *node)
{
	struct casp_str name = ancestor(casp_str(node->name));

	for (; name.n; name = ancestor(name)) {
		if (!want_entry(dns, node->zone, name)) {
			return false;
		}
	}
	return true;
}

/* Finds the zone, and asks for what is needed of it. */
static bool place(struct casp_dns *dns, struct casp_dns_node *node)
{
	struct casp_str fqdn = casp_str(node->fqdn);
	struct casp_dns_zone *zone;
	const char *why;

	node->legal = casp_fqdn_check(fqdn, &why);
	if (!node->legal) {
		node->elsewhere = casp_arena_printf(
			&dns->arena, "it is not a legal host name: %s", why);
		return node->elsewhere;
	}
	node->zone = zone = longest_zone(dns, fqdn);
	if (!zone) {
		node->elsewhere = "no DNS zone in the directory holds it";
		return true;
	}
	if (zone->twin || zone->type != CASP_DNS_ZONE_PRIMARY) {
		node->elsewhere = zone_fault(&dns->arena, zone);
		return node->elsewhere;
	}
	node->name = casp_arena_dup_str(&dns->arena, within(fqdn, casp_str(zone->name)));
	if (!node->name) {
		return false;
	}
	node->entry = want_entry(dns, zone, casp_str(node->name));
	zone->apex = want_entry(dns, zone, CASP_STR("@"));
	return node->entry && zone->apex && want_ancestors(dns, node);
}

static int keep_values(struct casp_dns *dns, struct casp_dns_entry *entry,
		       const struct casp_values *values, struct cas_error **err)
{
	entry->values =
		casp_arena_zalloc(&dns->arena, (values->n + 1) * sizeof(*entry->values));
	if (!entry->values) {
		return casp_error_nomem(err);
	}
	for (size_t i = 0; i < values->n; i++) {
		struct casp_dns_value *value = &entry->values[i];
		struct casp_str bytes = values->v[i];

		value->bytes.p = casp_arena_dup_str(&dns->arena, bytes);
		value->bytes.n = bytes.n;
		if (!value->bytes.p) {
			return casp_error_nomem(err);
		}
		value->good = casp_dns_record_decode(value->bytes, &value->record);
	}
	entry->n_values = values->n;
	entry->partial = values->partial;
	return 0;
}

static int keep_node(void *closure, const struct casp_entry *found,
		     struct cas_error **err)
{
	struct casp_dns *dns = closure;
	struct casp_dns_entry *entry = find_entry(dns, found->dn);

	if (!entry || entry->there) {
		return 0;
	}
	entry->there = true;
	if (found->values[1].n) {
		entry->tombstoned =
			casp_arena_dup_str(&dns->arena, found->values[1].v[0]);
		if (!entry->tombstoned) {
			return casp_error_nomem(err);
		}
	}
	return keep_values(dns, entry, &found->values[0], err);
}

/* A file is read in one pass, by DN; of a server each entry is asked for. */
static bool node_queries(const struct cas_directory *directory, struct reading *reading)
{
	static const char *const classes[] = {"dnsNode"};
	static const char *const attributes[] = {"dnsRecord", "dNSTombstoned"};
	const struct casp_dns *dns = reading->dns;
	bool server = casp_directory_server(directory);
	const struct casp_query plain = {
		.scope = server ? CASP_SCOPE_BASE : CASP_SCOPE_SUBTREE,
		.classes = classes,
		.n_classes = 1,
		.attributes = attributes,
		.n_attributes = 2,
	};
	struct casp_equality *any = casp_arena_alloc(&reading->dns->arena,
						     (dns->entries.n + 1) * sizeof(*any));

	if (!any) {
		return false;
	}
	for (size_t i = 0; i < dns->entries.n; i++) {
		struct casp_str dn = casp_str(dns->entries.v[i]->dn);

		any[i] = (struct casp_equality){"distinguishedName", dn};
		if (server) {
			reading->queries[reading->n] = plain;
			reading->queries[reading->n++].base = dn;
		}
	}
	if (!server && dns->entries.n) {
		reading->queries[0] = plain;
		reading->queries[0].any = any;
		reading->queries[0].n_any = dns->entries.n;
		reading->n = 1;
	}
	return true;
}

static int read_nodes(struct cas_directory *directory, struct casp_dns *dns,
		      struct cas_error **err)
{
	struct reading reading = {
		.dns = dns,
		.queries = calloc(dns->entries.n + 1, sizeof(*reading.queries)),
	};
	int code = 0;

	if (!reading.queries || !node_queries(directory, &reading)) {
		code = casp_error_nomem(err);
	}
	if (code == 0) {
		code = search(directory, &reading, keep_node, err);
	}
	free(reading.queries);
	return code;
}

/* ---- delegations ---- */

static bool has_type(const struct casp_dns_entry *entry, uint16_t type)
{
	for (size_t i = 0; i < entry->n_values; i++) {
		if (entry->values[i].good && entry->values[i].record.type == type) {
			return true;
		}
	}
	return false;
}

/* Does the node hand its names to other servers or another place? */
static bool hands_on(const struct casp_dns_entry *entry)
{
	return entry && !casp_dns_is_tombstoned(entry) &&
	       (has_type(entry, CASP_DNS_NS) || has_type(entry, CASP_DNS_DNAME));
}

static bool follow(struct casp_dns *dns, struct casp_dns_node *node)
{
	struct casp_str name = node->entry ? casp_str(node->name) : (struct casp_str){0};

	if (casp_str_equal(name, CASP_STR("@"))) {
		return true;
	}
	for (; name.n; name = ancestor(name)) {
		const char *dn = casp_arena_printf(&dns->arena, "DC=%.*s,%s",
						   CASP_STR_ARG(name), node->zone->dn);

		if (!dn) {
			return false;
		}
		if (hands_on(find_entry(dns, casp_str(dn)))) {
			node->entry = NULL;
			node->elsewhere = casp_arena_printf(
				&dns->arena, "'%.*s.%s' is delegated to other servers",
				CASP_STR_ARG(name), node->zone->name);
			return node->elsewhere;
		}
	}
	return true;
}

/* ---- all of it ---- */

int casp_dns_read(struct cas_directory *directory, const char *const *fqdns, size_t n,
		  struct casp_dns *dns, struct cas_error **err)
{
	int code;

	*dns = (struct casp_dns){.n_nodes = n};
	dns->nodes = casp_arena_zalloc(&dns->arena, (n + 1) * sizeof(*dns->nodes));
	if (!dns->nodes) {
		return casp_error_nomem(err);
	}
	code = read_zones(directory, dns, err);
	for (size_t i = 0; code == 0 && i < n; i++) {
		dns->nodes[i].fqdn = fqdns[i];
		code = place(dns, &dns->nodes[i]) ? 0 : casp_error_nomem(err);
	}
	if (code == 0) {
		code = read_nodes(directory, dns, err);
	}
	for (size_t i = 0; code == 0 && i < n; i++) {
		code = follow(dns, &dns->nodes[i]) ? 0 : casp_error_nomem(err);
	}
	return code;
}

uint32_t casp_dns_zone_serial(const struct casp_dns_zone *zone)
{
	uint32_t serial = 1;

	for (size_t i = 0; zone->apex && i < zone->apex->n_values; i++) {
		const struct casp_dns_value *value = &zone->apex->values[i];

		if (value->good && casp_dns_soa_serial(&value->record, &serial)) {
			break;
		}
	}
	return serial;
}

bool casp_dns_is_tombstoned(const struct casp_dns_entry *entry)
{
	return entry->tombstoned && casp_iequal(entry->tombstoned, "TRUE");
}
