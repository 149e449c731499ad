/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The zones that the directory holds for its DNS servers. */
#include "dns_zone.h"

#include <stdlib.h>

#include "../names/dn.h"
#include "../names/fqdn.h"

/* Below a naming context, where zones are: in an application partition, and where Windows
 * 2000 had them. */
static const char *const places[] = {"CN=MicrosoftDNS,%s",
				     "CN=MicrosoftDNS,CN=System,%s"};

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
int casp_dns_keep_zone(void *closure, const struct casp_entry *entry,
		       struct cas_error **err)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf name = {0};
	struct casp_dns *dns = ((struct casp_dns_reading *)closure)->dns;
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

static struct casp_query *zone_query(struct casp_dns_reading *reading)
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
bool casp_dns_zone_queries(const struct casp_server_facts *server,
			   struct casp_dns_reading *reading)
{
	struct casp_arena *arena = &reading->dns->arena;

	if (!server) {
		zone_query(reading);
		return true;
	}
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
