/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What names are called in zones, whatever zones there are. */
#include "../names/fqdn.h"
#include "dns_zone.h"

/* Of longer names too much would be asked. */
#define LABELS_MAX 10

static size_t count_labels(struct casp_str name)
{
	size_t n = 0;

	for (; name.n; name = casp_fqdn_domain(name)) {
		n++;
	}
	return n;
}

/* All parts of a name that neither end it nor are empty, and "@". */
static size_t count_parts(struct casp_str fqdn)
{
	size_t n = count_labels(fqdn);

	return n * (n - 1) / 2 + 1;
}

static void add(struct casp_dns_names *names, struct casp_str name)
{
	for (size_t i = 0; i < names->n; i++) {
		if (casp_str_iequal(names->v[i].value, name)) {
			return;
		}
	}
	names->v[names->n++] = (struct casp_equality){"name", name};
}

/* Of "a.b.c" these are "a.b" in the zone "c", "a" in "b.c", "b" for a delegation. */
static void add_parts(struct casp_dns_names *names, struct casp_str fqdn)
{
	for (struct casp_str from = fqdn; from.n; from = casp_fqdn_domain(from)) {
		struct casp_str zone = casp_fqdn_domain(from);

		for (; zone.n; zone = casp_fqdn_domain(zone)) {
			add(names, (struct casp_str){from.p, from.n - zone.n - 1});
		}
	}
	add(names, CASP_STR("@"));
}

bool casp_dns_guess(struct casp_arena *arena, const struct casp_dns_node *nodes, size_t n,
		    struct casp_dns_names *ret)
{
	size_t room = 0;
	const char *why;

	*ret = (struct casp_dns_names){0};
	for (size_t i = 0; i < n; i++) {
		struct casp_str fqdn = casp_str(nodes[i].fqdn);

		if (casp_fqdn_check(fqdn, &why)) {
			room += count_parts(fqdn);
			if (count_labels(fqdn) > LABELS_MAX) {
				return true;
			}
		}
	}
	ret->v = casp_arena_alloc(arena, (room + 1) * sizeof(*ret->v));
	for (size_t i = 0; ret->v && i < n; i++) {
		struct casp_str fqdn = casp_str(nodes[i].fqdn);

		if (casp_fqdn_check(fqdn, &why)) {
			add_parts(ret, fqdn);
		}
	}
	return ret->v;
}
