/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a name's A records are to be, checked and as text. */
#include <arpa/inet.h>

#include "dns.h"

#define LONGEST_TTL 0x7fffffff /* RFC 2181 section 8 */

/* ---- reading ---- */

static int refuse_v6(const char *text, struct cas_error **err)
{
	casp_error(err, CAS_E_REFUSED, "'%s' is an IPv6 address: an array needs IPv4",
		   text);
	casp_error_hint(err, "Exchange 2010 uses IPv6 only beside IPv4, so the load "
			     "balancer has an IPv4 address, too: give that one");
	return CAS_E_REFUSED;
}

/* No host has it: "this network", loopback, multicast and what is above (RFC 6890). */
static bool is_reserved(const uint8_t address[4])
{
	return address[0] == 0 || address[0] == 127 || address[0] >= 224;
}

static int read_address(const char *text, uint8_t ret[4], struct cas_error **err)
{
	uint8_t v6[16];

	if (!casp_ipv4_parse(casp_str(text), ret)) {
		return inet_pton(AF_INET6, text, v6) == 1
			       ? refuse_v6(text, err)
			       : casp_error(err, CAS_E_USAGE,
					    "'%s' is not an IPv4 address", text);
	}
	if (!is_reserved(ret)) {
		return 0;
	}
	casp_error(err, CAS_E_REFUSED, "'%s' cannot be the address of an array", text);
	casp_error_hint(err, "give the address of the load balancer, or of the server");
	return CAS_E_REFUSED;
}

int casp_dns_wish_read(struct casp_arena *arena, const char *const *addresses, size_t n,
		       int64_t ttl, struct casp_dns_wish *ret, struct cas_error **err)
{
	*ret = (struct casp_dns_wish){
		.ttl = ttl ? (uint32_t)ttl : CAS_DNS_TTL,
		.any_ttl = ttl == 0,
		.addresses = casp_arena_alloc(arena, (n + 1) * sizeof(*ret->addresses)),
	};
	if (!ret->addresses) {
		return casp_error_nomem(err);
	}
	if (ttl < 0 || ttl > LONGEST_TTL) {
		return casp_error(err, CAS_E_USAGE, "a TTL has 1 to %d seconds",
				  LONGEST_TTL);
	}
	for (size_t i = 0; i < n; i++) {
		uint8_t *address = ret->addresses[ret->n];
		int code = read_address(addresses[i], address, err);
		bool twice = false;

		if (code) {
			return code;
		}
		for (size_t k = 0; k < ret->n; k++) {
			twice = twice || !memcmp(ret->addresses[k], address, 4);
		}
		ret->n += !twice;
	}
	return 0;
}

bool casp_dns_wishes(const struct casp_dns_wish *wish,
		     const struct casp_dns_record *record)
{
	for (size_t i = 0; i < wish->n; i++) {
		if (record->data.n == 4 &&
		    !memcmp(wish->addresses[i], record->data.p, 4)) {
			return true;
		}
	}
	return false;
}

/* ---- text ---- */

size_t casp_dns_n_lines(const struct casp_dns_wish *wish)
{
	return wish->n ? wish->n : 1;
}

static const char *line(struct casp_arena *arena, const char *before, const char *fqdn,
			const char *between, const struct casp_dns_wish *wish,
			size_t index)
{
	char text[INET_ADDRSTRLEN] = "<address>";

	if (wish->n) {
		inet_ntop(AF_INET, wish->addresses[index], text, sizeof(text));
	}
	return casp_arena_printf(arena, "%s%s. %s%s", before, fqdn, between, text);
}

const char *casp_dns_line(struct casp_arena *arena, const char *fqdn,
			  const struct casp_dns_wish *wish, size_t index)
{
	const char *between = casp_arena_printf(arena, "%u IN A ", wish->ttl);

	return between ? line(arena, "", fqdn, between, wish, index) : NULL;
}

const char *casp_dns_nsupdate(struct casp_arena *arena, const char *fqdn,
			      const struct casp_dns_wish *wish, bool remove, size_t index)
{
	size_t n = casp_dns_n_lines(wish);
	const char *between;

	if (index > n + 1) {
		return NULL;
	}
	if (index == n + 1) {
		return "send";
	}
	if (index == 0) {
		return remove ? casp_arena_printf(arena, "prereq yxrrset %s. IN A", fqdn)
			      : casp_arena_printf(arena, "prereq nxdomain %s.", fqdn);
	}
	if (remove) {
		return line(arena, "update delete ", fqdn, "IN A ", wish, index - 1);
	}
	between = casp_arena_printf(arena, "%u IN A ", wish->ttl);
	return between ? line(arena, "update add ", fqdn, between, wish, index - 1)
		       : NULL;
}

const char *casp_dns_shown(struct casp_arena *arena, const struct casp_dns_entry *entry)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf buf = {0};

	for (size_t i = 0; i < entry->n_values; i++) {
		const struct casp_dns_value *value = &entry->values[i];

		casp_buf_adds(&buf, i ? ", " : "");
		if (value->good) {
			casp_dns_record_add(&value->record, &buf);
		} else {
			casp_buf_addf(&buf, "a value of %zu bytes that is no DNS record",
				      value->bytes.n);
		}
	}
	return buf.failed ? NULL : casp_arena_dup_str(arena, casp_buf_str(&buf));
}
