/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LDIF records in the style of ldifde: CRLF, folded at 80 columns, changetype: add. */
#ifndef EMIT_H
#define EMIT_H

#include <stdint.h>
#include <stdio.h>

#define BENCH_ROOT "DC=corp,DC=test"
#define BENCH_CFG "CN=Configuration," BENCH_ROOT
#define BENCH_SITES "CN=Sites," BENCH_CFG
#define BENCH_EXCHANGE "CN=Microsoft Exchange,CN=Services," BENCH_CFG
#define BENCH_ORG "CN=Corp," BENCH_EXCHANGE
#define BENCH_GROUP_NAME "Exchange Administrative Group (FYDIBOHF23SPDLT)"
#define BENCH_GROUP "CN=" BENCH_GROUP_NAME ",CN=Administrative Groups," BENCH_ORG
#define BENCH_SERVERS "CN=Servers," BENCH_GROUP
#define BENCH_DATABASES "CN=Databases," BENCH_GROUP
#define BENCH_DAGS "CN=Database Availability Groups," BENCH_GROUP
#define BENCH_LEGACY "/o=Corp/ou=" BENCH_GROUP_NAME
#define BENCH_LEGACY_SERVERS BENCH_LEGACY "/cn=Configuration/cn=Servers/cn="

struct emit {
	FILE *stream;
	uint64_t random; /* state */
	char guid[37];   /* of the last record that was begun */
	const char *created;
};

/* Prints what went wrong and exits with 1. */
void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* splitmix64: the same numbers everywhere for one seed. */
uint64_t emit_random(struct emit *emit);
/* 0 .. n - 1 */
uint64_t emit_below(struct emit *emit, uint64_t n);

/* Starts a record: dn, changetype, objectClass values (blank-separated), cn, dates,
 * objectGUID. */
void emit_begin(struct emit *emit, const char *dn, const char *classes);
void emit_attribute(struct emit *emit, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void emit_end(struct emit *emit);

#endif
