/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The nodes of names in the zones of a directory. */
#include <stdlib.h>

#include "../names/dn.h"
#include "../names/fqdn.h"
#include "dns_zone.h"

static const char *const node_classes[] = {"dnsNode"};
static const char *const node_attributes[] = {"dnsRecord", "dNSTombstoned"};

void casp_dns_free(struct casp_dns *dns)
{
	casp_vec_free(&dns->zones);
	casp_vec_free(&dns->entries);
	casp_map_free(&dns->by_dn);
	casp_arena_free(&dns->arena);
	*dns = (struct casp_dns){0};
}

static int search(struct cas_directory *directory, struct casp_dns_reading *reading,
		  casp_entry_fn each, struct cas_error **err)
{
	return reading->n ? casp_directory_search(directory, reading->queries, reading->n,
						  each, reading, err)
			  : 0;
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

/* NULL: out of memory. */
static struct casp_dns_entry *entry_at(struct casp_dns *dns, const char *dn)
{
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

/* The entry of a name in a zone, to be read; NULL: out of memory. */
static struct casp_dns_entry *
want_entry(struct casp_dns *dns, const struct casp_dns_zone *zone, struct casp_str name)
{
	return entry_at(dns, casp_arena_printf(&dns->arena, "DC=%.*s,%s",
					       CASP_STR_ARG(name), zone->dn));
}

/* Those that a delegation could be of. */
static bool want_ancestors(struct casp_dns *dns, const struct casp_dns_node *node)
{
	struct casp_str name = casp_fqdn_domain(casp_str(node->name));

	for (; name.n; name = casp_fqdn_domain(name)) {
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
	struct casp_dns *dns = ((struct casp_dns_reading *)closure)->dns;
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
static bool node_queries(const struct cas_directory *directory,
			 struct casp_dns_reading *reading)
{
	const struct casp_dns *dns = reading->dns;
	bool server = casp_directory_server(directory);
	const struct casp_query plain = {
		.scope = server ? CASP_SCOPE_BASE : CASP_SCOPE_SUBTREE,
		.classes = node_classes,
		.n_classes = 1,
		.attributes = node_attributes,
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
	struct casp_dns_reading reading = {
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
	for (; name.n; name = casp_fqdn_domain(name)) {
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

static int keep_either(void *closure, const struct casp_entry *entry,
		       struct cas_error **err)
{
	const struct casp_dns_reading *reading = closure;
	char *dn;

	if (entry->query < reading->n_zones) {
		return casp_dns_keep_zone(closure, entry, err);
	}
	dn = casp_arena_dup_str(&reading->dns->arena, entry->dn);
	return entry_at(reading->dns, dn) ? keep_node(closure, entry, err)
					  : casp_error_nomem(err);
}

/* Where zones are there may be nodes of those names. */
static void guess_nodes(struct casp_dns_reading *reading,
			const struct casp_dns_names *names)
{
	for (size_t i = 0; i < reading->n_zones; i++) {
		reading->queries[reading->n++] = (struct casp_query){
			.base = reading->queries[i].base,
			.scope = CASP_SCOPE_SUBTREE,
			.classes = node_classes,
			.n_classes = 1,
			.any = names->v,
			.n_any = names->n,
			.attributes = node_attributes,
			.n_attributes = 2,
		};
	}
}

/* The zones; of a domain controller, which finds names quickly, the nodes as well: then
 * *all. */
static int read_zones(struct cas_directory *directory, struct casp_dns *dns, bool *all,
		      struct cas_error **err)
{
	const struct casp_server_facts *server = casp_directory_server(directory);
	size_t room = server ? 4 * server->n_contexts : 1;
	struct casp_dns_names names = {0};
	struct casp_dns_reading reading = {
		.dns = dns,
		.queries = calloc(room + 1, sizeof(*reading.queries)),
	};
	int code = 0;

	if (!reading.queries || !casp_dns_zone_queries(server, &reading) ||
	    (server && server->is_ad &&
	     !casp_dns_guess(&dns->arena, dns->nodes, dns->n_nodes, &names))) {
		code = casp_error_nomem(err);
	}
	reading.n_zones = reading.n;
	*all = names.n;
	if (code == 0 && *all) {
		guess_nodes(&reading, &names);
	}
	if (code == 0) {
		code = search(directory, &reading, keep_either, err);
	}
	free(reading.queries);
	return code;
}

int casp_dns_read(struct cas_directory *directory, const char *const *fqdns, size_t n,
		  struct casp_dns *dns, struct cas_error **err)
{
	bool all;
	int code;

	*dns = (struct casp_dns){.n_nodes = n};
	dns->nodes = casp_arena_zalloc(&dns->arena, (n + 1) * sizeof(*dns->nodes));
	if (!dns->nodes) {
		return casp_error_nomem(err);
	}
	for (size_t i = 0; i < n; i++) {
		dns->nodes[i].fqdn = fqdns[i];
	}
	code = read_zones(directory, dns, &all, err);
	for (size_t i = 0; code == 0 && i < n; i++) {
		code = place(dns, &dns->nodes[i]) ? 0 : casp_error_nomem(err);
	}
	if (code == 0 && !all) {
		code = read_nodes(directory, dns, err);
	}
	for (size_t i = 0; code == 0 && i < n; i++) {
		code = follow(dns, &dns->nodes[i]) ? 0 : casp_error_nomem(err);
	}
	return code;
}
