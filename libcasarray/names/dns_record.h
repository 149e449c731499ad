/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of the attributes dnsRecord and dNSProperty, [MS-DNSP] 2.3.2.2 and 2.3.2.1. */
#ifndef CASP_DNS_RECORD_H
#define CASP_DNS_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/str.h"

/* [MS-DNSP] 2.2.2.1.1; the other numbers are those of DNS itself, RFC 1035. */
enum casp_dns_type {
	CASP_DNS_TOMBSTONE = 0, /* of a node that was deleted */
	CASP_DNS_A = 1,
	CASP_DNS_NS = 2,
	CASP_DNS_CNAME = 5,
	CASP_DNS_SOA = 6,
	CASP_DNS_AAAA = 28,
	CASP_DNS_DNAME = 39,
};

/* Values of the zone property of that name; [MS-DNSP] 2.2.5.1.1. */
enum casp_dns_zone_type {
	CASP_DNS_ZONE_CACHE,
	CASP_DNS_ZONE_PRIMARY,
	CASP_DNS_ZONE_SECONDARY,
	CASP_DNS_ZONE_STUB,
	CASP_DNS_ZONE_FORWARDER,
};

struct casp_dns_record {
	uint16_t type;
	uint32_t serial;      /* of the zone, when it was written */
	uint32_t ttl;         /* seconds */
	uint32_t hours;       /* since 1601: last refreshed by its owner; 0: static */
	struct casp_str data; /* within the value */
};

#define CASP_DNS_A_SIZE 28
#define CASP_DNS_TOMBSTONE_SIZE 32

/* false: it is none. */
bool casp_dns_record_decode(struct casp_str value, struct casp_dns_record *ret);
/* A static A record; address in network order. */
void casp_dns_record_a(const uint8_t address[4], uint32_t ttl, uint32_t serial,
		       char ret[CASP_DNS_A_SIZE]);
/* What takes the place of a node's last record; time: seconds since 1970. */
void casp_dns_record_tombstone(int64_t time, uint32_t serial,
			       char ret[CASP_DNS_TOMBSTONE_SIZE]);

/* "A", "CNAME", "TYPE99", appended. */
void casp_dns_type_add(uint16_t type, struct casp_buf *out);
/* "10.1.2.3", "host.contoso.com"; of a type that is not known here, or malformed data,
 * "12 bytes". Appended. */
void casp_dns_data_add(const struct casp_dns_record *record, struct casp_buf *out);
/* "A 10.1.2.3 TTL 300", "A 10.1.2.3 TTL 300, dynamic", "tombstone". */
void casp_dns_record_add(const struct casp_dns_record *record, struct casp_buf *out);
/* The same of a value; false: it is no record. No text is one, as its header has zeros.
 */
bool casp_dns_value_add(struct casp_str value, struct casp_buf *out);

/* Of a SOA record: the zone's serial; false: it is none. */
bool casp_dns_soa_serial(const struct casp_dns_record *record, uint32_t *ret);
/* When a dynamic record was refreshed, seconds since 1970. */
int64_t casp_dns_record_time(const struct casp_dns_record *record);
/* The zone's type out of one value of dNSProperty; false: it holds another property. */
bool casp_dns_zone_type(struct casp_str property, uint32_t *ret);

/* "10.1.2.3" and nothing else; false: it is none. */
bool casp_ipv4_parse(struct casp_str text, uint8_t ret[4]);

#endif
