/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Exchange's version numbers and role bits. */
#ifndef CASP_EXCHANGE_VERSION_H
#define CASP_EXCHANGE_VERSION_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/str.h"

/* Of a server. major 0: unknown. Exchange 2003: 6, 2007: 8, 2010: 14, 2013 and later: 15.
 */
struct casp_version {
	unsigned major, minor, build, revision;
};

/* From versionNumber (bits 31-28 = 7); false for the bare build of 2003 and older. */
bool casp_version_from_number(int64_t number, struct casp_version *ret);
/* From serialNumber, "Version 14.3 (Build 30123.4)". */
bool casp_version_from_serial(struct casp_str serial, struct casp_version *ret);
/* "14.3.123.4" or, without revision, "14.3.123"; "unknown". At least 48 bytes. */
void casp_version_format(const struct casp_version *version, char text[48]);
/* "Exchange 2010 SP3" and the like; "unknown version". */
const char *casp_version_product(const struct casp_version *version);
int casp_version_compare(const struct casp_version *a, const struct casp_version *b);

enum {
	CASP_ROLE_CAFE = 1,
	CASP_ROLE_MAILBOX = 2,
	CASP_ROLE_CLIENT_ACCESS = 4,
	CASP_ROLE_UNIFIED_MESSAGING = 16,
	CASP_ROLE_HUB_TRANSPORT = 32,
	CASP_ROLE_EDGE = 64,
	CASP_ROLE_PROVISIONED = 4096,
	CASP_ROLE_FRONTEND_TRANSPORT = 16384,
};
/* One role of a mask by turn: returns the name and clears the bit; NULL when none is
 * left. */
const char *casp_roles_next(int64_t *roles);

/* msExchVersion, the version of an object's format: packed values of which the tens
 * count. */
#define CASP_FORMAT_2007 INT64_C(4535486012416)
#define CASP_FORMAT_2010 INT64_C(44220983382016)
#define CASP_FORMAT_2013 INT64_C(88218628259840)
/* Is a older than b? Compares only (major, minor). */
bool casp_format_older(int64_t a, int64_t b);

/* "20261121184501.0Z" (generalized time) to seconds since 1970. */
bool casp_time_parse(struct casp_str text, int64_t *ret);

#endif
