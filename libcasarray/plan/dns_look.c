/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the directory has of the A records of arrays, compared with what they should be.
 */
#include <stdlib.h>

#include "../names/fqdn.h"
#include "array_check.h"
#include "dns.h"

const char *cas_dns_status_name(enum cas_dns_status status)
{
	static const char *const names[] = {
		[CAS_DNS_OK] = "ok",           [CAS_DNS_MISSING] = "missing",
		[CAS_DNS_DELETED] = "deleted", [CAS_DNS_DIFFERENT] = "different",
		[CAS_DNS_DYNAMIC] = "dynamic", [CAS_DNS_ELSEWHERE] = "elsewhere",
	};

	return (size_t)status < sizeof(names) / sizeof(*names) ? names[status]
							       : "unknown";
}

/* ---- judging ---- */

struct tally {
	size_t n_a, n_dynamic, n_wished, n_other_ttl;
	bool alias, unreadable;
};

static struct tally count(const struct casp_dns_entry *entry,
			  const struct casp_dns_wish *wish)
{
	struct tally tally = {0};

	for (size_t i = 0; i < entry->n_values; i++) {
		const struct casp_dns_record *record = &entry->values[i].record;

		if (!entry->values[i].good) {
			tally.unreadable = true;
			continue;
		}
		tally.alias = tally.alias || record->type == CASP_DNS_CNAME;
		if (record->type != CASP_DNS_A) {
			continue;
		}
		tally.n_a++;
		tally.n_dynamic += record->hours != 0;
		tally.n_wished += casp_dns_wishes(wish, record);
		tally.n_other_ttl += record->ttl != wish->ttl;
	}
	return tally;
}

static void set(struct cas_dns_row *row, enum cas_dns_status status, const char *reason)
{
	row->status = status;
	row->reason = reason;
}

static void judge_records(const struct casp_dns_entry *entry,
			  const struct casp_dns_wish *wish, struct cas_dns_row *row)
{
	struct tally tally = count(entry, wish);

	if (tally.unreadable || entry->partial) {
		set(row, CAS_DNS_DIFFERENT, "not all of its records can be read");
	} else if (tally.alias) {
		set(row, CAS_DNS_DIFFERENT, "it is another name's alias");
	} else if (tally.n_a == 0) {
		set(row, CAS_DNS_MISSING, "the name has no A record");
	} else if (wish->n && tally.n_wished < tally.n_a) {
		set(row, CAS_DNS_DIFFERENT, "it has an address that was not asked for");
	} else if (tally.n_a < wish->n) {
		set(row, CAS_DNS_DIFFERENT, "it lacks an address");
	} else if (tally.n_dynamic) {
		set(row, CAS_DNS_DYNAMIC,
		    "a dynamic record ages: scavenging may remove it");
	} else if (!wish->any_ttl && tally.n_other_ttl) {
		set(row, CAS_DNS_DIFFERENT, "its TTL is another one");
	} else {
		set(row, CAS_DNS_OK, "");
	}
}

static void judge(const struct casp_dns_node *node, const struct casp_dns_wish *wish,
		  struct cas_dns_row *row)
{
	if (node->elsewhere) {
		set(row, CAS_DNS_ELSEWHERE, node->elsewhere);
	} else if (!node->entry->there) {
		set(row, CAS_DNS_MISSING, "the zone has no such name");
	} else if (casp_dns_is_tombstoned(node->entry)) {
		set(row, CAS_DNS_DELETED, "the record was deleted");
	} else {
		judge_records(node->entry, wish, row);
	}
}

/* ---- names ---- */

static bool add_array(struct cas_dns *dns, const char **fqdns,
		      const struct cas_array *array)
{
	struct casp_str fqdn = casp_fqdn_trim(casp_str(array->fqdn));

	fqdns[dns->n] = casp_arena_dup_str(&dns->arena, fqdn);
	dns->rows[dns->n].array = array;
	return fqdns[dns->n++];
}

static bool add_arrays(struct cas_dns *dns, const char **fqdns,
		       const struct cas_objects *only)
{
	const struct cas_organization *org = dns->org;

	for (size_t i = 0; only && i < cas_objects_count(only); i++) {
		const struct cas_array *array =
			cas_object_array(cas_objects_get(only, i));

		if (array && !add_array(dns, fqdns, array)) {
			return false;
		}
	}
	for (size_t i = 0; !only && i < CASP_COUNT(org, CAS_KIND_ARRAY); i++) {
		const struct cas_array *array = CASP_ARRAY(org, i);

		if (!array->is_2013 && !add_array(dns, fqdns, array)) {
			return false;
		}
	}
	return true;
}

static int add_fqdn(struct cas_dns *dns, const char **fqdns, const char *text,
		    struct cas_error **err)
{
	struct casp_str fqdn;
	int code = casp_array_check_fqdn(text, &fqdn, err);

	if (code) {
		return code;
	}
	fqdns[0] = casp_arena_dup_str(&dns->arena, fqdn);
	dns->n = 1;
	return fqdns[0] ? 0 : casp_error_nomem(err);
}

static int look(struct cas_dns *dns, const struct cas_dns_question *what,
		struct cas_error **err)
{
	size_t room = what->arrays ? cas_objects_count(what->arrays)
				   : CASP_COUNT(dns->org, CAS_KIND_ARRAY);
	const char **fqdns = casp_arena_zalloc(&dns->arena, (room + 1) * sizeof(*fqdns));
	int code = casp_dns_wish_read(&dns->arena, what->addresses, what->n_addresses,
				      what->ttl, &dns->wish, err);

	if (code) {
		return code;
	}
	dns->rows = casp_arena_zalloc(&dns->arena, (room + 1) * sizeof(*dns->rows));
	if (!fqdns || !dns->rows) {
		return casp_error_nomem(err);
	}
	if (what->fqdn) {
		code = add_fqdn(dns, fqdns, what->fqdn, err);
	} else if (!add_arrays(dns, fqdns, what->arrays)) {
		code = casp_error_nomem(err);
	}
	if (code == 0) {
		code = casp_dns_read(dns->org->directory, fqdns, dns->n, &dns->found,
				     err);
	}
	for (size_t i = 0; code == 0 && i < dns->n; i++) {
		judge(&dns->found.nodes[i], &dns->wish, &dns->rows[i]);
	}
	return code;
}

int cas_dns_new(const struct cas_organization *org, const struct cas_dns_question *what,
		struct cas_dns **ret, struct cas_error **err)
{
	struct cas_dns *dns = calloc(1, sizeof(*dns));
	int code;

	if (!dns) {
		return casp_error_nomem(err);
	}
	dns->org = org;
	code = look(dns, what, err);
	if (code) {
		cas_dns_free(dns);
		return code;
	}
	*ret = dns;
	return 0;
}

void cas_dns_free(struct cas_dns *dns)
{
	if (dns) {
		casp_dns_free(&dns->found);
		casp_arena_free(&dns->arena);
		free(dns);
	}
}

size_t cas_dns_count(const struct cas_dns *dns)
{
	return dns->n;
}

enum cas_dns_status cas_dns_status(const struct cas_dns *dns, size_t index)
{
	return index < dns->n ? dns->rows[index].status : CAS_DNS_ELSEWHERE;
}
