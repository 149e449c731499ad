/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* NETLOGON_SAM_LOGON_RESPONSE_EX, [MS-ADTS] 6.3.1.9: fixed fields, then names as in DNS
 * messages (RFC 1035 4.1.4), which may point at earlier ones. */
#include "ldap_netlogon.h"

/* "I serve this domain": with an account, and without one. */
#define LOGON_SAM_LOGON_RESPONSE_EX 23
#define LOGON_SAM_USER_UNKNOWN_EX 25

/* Operation code, reserved, flags, GUID of the domain. */
#define NAMES_AT (2 + 2 + 4 + 16)

#define LABEL_MAX 63
#define POINTER 0xc0

struct reader {
	const unsigned char *p;
	size_t n;
	size_t at;
};

static bool add_label(char *name, size_t *n, const unsigned char *label, size_t length)
{
	if (*n + length + 2 > CASP_NETLOGON_NAME || memchr(label, '\0', length)) {
		return false;
	}
	if (*n) {
		name[(*n)++] = '.';
	}
	memcpy(name + *n, label, length);
	*n += length;
	name[*n] = '\0';
	return true;
}

/*
 * The name at `at`; *end is the first byte after it. A pointer leads backwards, before
 * all that was read so far: so it ends.
 */
static bool read_name(const struct reader *reader, size_t at, char *name, size_t *end)
{
	size_t n = 0, first = at;

	*end = 0;
	name[0] = '\0';
	while (at < reader->n) {
		size_t length = reader->p[at++];

		if (length == 0) {
			*end = *end ? *end : at;
			return true;
		}
		if (length >= POINTER) {
			if (at >= reader->n) {
				return false;
			}
			*end = *end ? *end : at + 1;
			at = (length & ~(size_t)POINTER) << 8 | reader->p[at];
			if (at >= first) {
				return false;
			}
			first = at;
		} else if (length > LABEL_MAX || length > reader->n - at ||
			   !add_label(name, &n, reader->p + at, length)) {
			return false;
		} else {
			at += length;
		}
	}
	return false;
}

static bool next_name(struct reader *reader, char *name)
{
	size_t end;

	if (!read_name(reader, reader->at, name, &end)) {
		return false;
	}
	reader->at = end;
	return true;
}

bool casp_netlogon_parse(struct casp_str value, struct casp_netlogon *ret)
{
	struct reader reader = {(const unsigned char *)value.p, value.n, NAMES_AT};
	char skipped[CASP_NETLOGON_NAME];
	unsigned code;

	*ret = (struct casp_netlogon){0};
	if (value.n < NAMES_AT) {
		return false;
	}
	code = reader.p[0] | (unsigned)reader.p[1] << 8;
	if (code != LOGON_SAM_LOGON_RESPONSE_EX && code != LOGON_SAM_USER_UNKNOWN_EX) {
		return false;
	}
	/* forest, domain, host, NetBIOS domain, NetBIOS host, user, sites */
	return next_name(&reader, skipped) && next_name(&reader, ret->domain) &&
	       next_name(&reader, ret->host) && next_name(&reader, skipped) &&
	       next_name(&reader, skipped) && next_name(&reader, skipped) &&
	       next_name(&reader, ret->dc_site) && next_name(&reader, ret->client_site);
}
