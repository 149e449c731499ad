/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rights, by the constructed attributes of Active Directory: [MS-ADTS] 3.1.1.4.5.5
 * allowedChildClassesEffective, 3.1.1.4.5.7 allowedAttributesEffective. */
#include "rights.h"

#include <stdlib.h>

#include "../base/arena.h"
#include "../base/map.h"
#include "../base/vec.h"
#include "../names/dn.h"

/*
 * Objects are asked for by their names in their container, many in one search: "name" is
 * indexed, and is the value of the RDN whatever its type is.
 */
struct container {
	struct casp_str dn;
	CASP_VEC(struct casp_equality) names;
	CASP_VEC(const char *) attributes;
};

struct asking {
	struct casp_map by_dn; /* -> rights */
	struct casp_map by_container;
	CASP_VEC(struct container *) containers;
	const struct casp_beside *beside;
	struct casp_arena arena;
};

static const char allowed_attributes[] = CASP_RIGHTS_TO_WRITE;
static const char allowed_children[] = "allowedChildClassesEffective";

bool casp_rights_offered(const struct cas_directory *directory)
{
	const struct casp_server_facts *server = casp_directory_server(directory);

	return server && server->is_ad;
}

/* ---- asking ---- */

static struct container *container_of(struct asking *asking, struct casp_str dn)
{
	uint64_t hash = casp_dn_hash(dn);
	struct container *container;
	size_t at = 0;

	while ((container = casp_map_next(&asking->by_container, hash, &at))) {
		if (casp_dn_equal(container->dn, dn)) {
			return container;
		}
	}
	container = casp_arena_zalloc(&asking->arena, sizeof(*container));
	if (!container || !casp_vec_push(&asking->containers, container) ||
	    !casp_map_add(&asking->by_container, hash, container)) {
		return NULL;
	}
	container->dn = dn;
	return container;
}

static bool want(struct container *container, const char *attribute)
{
	for (size_t i = 0; i < container->attributes.n; i++) {
		if (casp_iequal(container->attributes.v[i], attribute)) {
			return true;
		}
	}
	return casp_vec_push(&container->attributes, attribute);
}

static bool add(struct asking *asking, struct casp_right *right)
{
	struct casp_str dn = casp_str(right->dn);
	CASP_CLEANUP(casp_buf_free) struct casp_buf name = {0};
	struct casp_equality equality = {.attribute = "name"};
	struct container *container;

	if (!casp_map_add(&asking->by_dn, casp_dn_hash(dn), right)) {
		return false;
	}
	if (right->is_beside) {
		return true;
	}
	container = container_of(asking, casp_dn_parent(dn));
	if (!container || (right->child && !want(container, allowed_children)) ||
	    (right->n_attributes && !want(container, allowed_attributes))) {
		return false;
	}
	if (!casp_dn_rdn_value(dn, &name)) {
		/* no DN: nothing answers to it */
		return !name.failed;
	}
	equality.value = (struct casp_str){
		casp_arena_dup_str(&asking->arena, casp_buf_str(&name)), name.n};
	return !name.failed && equality.value.p &&
	       casp_vec_push(&container->names, equality);
}

/* Does the query look where the container's objects are? */
static bool overlaps(const struct container *container, const struct casp_query *query)
{
	return query->scope == CASP_SCOPE_CHILDREN && !query->all_attributes &&
	       casp_dn_equal(query->base, container->dn);
}

/* An entry that fits two queries comes once, so both have to ask for the same. */
static bool share_attributes(struct asking *asking)
{
	const struct casp_beside *beside = asking->beside;

	for (size_t i = 0; beside && i < asking->containers.n; i++) {
		struct container *container = asking->containers.v[i];

		for (size_t k = 0; k < beside->n; k++) {
			const struct casp_query *query = &beside->queries[k];

			for (size_t j = 0;
			     overlaps(container, query) && j < query->n_attributes; j++) {
				if (!want(container, query->attributes[j])) {
					return false;
				}
			}
		}
	}
	return true;
}

static void ask_for(const struct container *container, struct casp_query *query)
{
	query->attributes = container->attributes.v;
	query->n_attributes = container->attributes.n;
}

static size_t make_queries(const struct asking *asking, struct casp_query *queries)
{
	const struct casp_beside *beside = asking->beside;
	size_t n = 0;

	for (size_t i = 0; beside && i < beside->n; i++) {
		queries[n] = beside->queries[i];
		for (size_t k = 0; k < asking->containers.n; k++) {
			if (overlaps(asking->containers.v[k], &beside->queries[i])) {
				ask_for(asking->containers.v[k], &queries[n]);
			}
		}
		n++;
	}
	for (size_t i = 0; i < asking->containers.n; i++) {
		const struct container *container = asking->containers.v[i];

		if (container->names.n) {
			queries[n] = (struct casp_query){
				.base = container->dn,
				.scope = CASP_SCOPE_CHILDREN,
				.any = container->names.v,
				.n_any = container->names.n,
			};
			ask_for(container, &queries[n++]);
		}
	}
	return n;
}

/* ---- answers ---- */

static bool is_among(const struct casp_values *values, const char *name)
{
	for (size_t i = 0; i < values->n; i++) {
		if (casp_str_iequal(values->v[i], casp_str(name))) {
			return true;
		}
	}
	return false;
}

static void take(struct casp_right *right, const struct casp_values *attributes,
		 const struct casp_values *children)
{
	right->found = true;
	right->denied = 0;
	right->child_denied = right->child && !is_among(children, right->child);
	for (size_t i = 0; i < right->n_attributes && i < CASP_RIGHTS_MAX; i++) {
		if (!is_among(attributes, right->attributes[i])) {
			right->denied |= UINT32_C(1) << i;
		}
	}
}

static int each_entry(void *closure, const struct casp_entry *entry,
		      struct cas_error **err)
{
	static const struct casp_values none;
	const struct casp_values *attributes =
		casp_entry_values(entry, allowed_attributes);
	const struct casp_values *children = casp_entry_values(entry, allowed_children);
	struct asking *asking = closure;
	const struct casp_beside *beside = asking->beside;
	struct casp_right *right;
	size_t at = 0;

	while ((right = casp_map_next(&asking->by_dn, casp_dn_hash(entry->dn), &at))) {
		if (casp_dn_equal(casp_str(right->dn), entry->dn)) {
			take(right, attributes ? attributes : &none,
			     children ? children : &none);
		}
	}
	return beside ? beside->see(beside->closure, entry, err) : 0;
}

static int ask(struct cas_directory *directory, struct asking *asking,
	       struct cas_error **err)
{
	size_t room = asking->containers.n + (asking->beside ? asking->beside->n : 0);
	CASP_CLEANUP(casp_freep)
	struct casp_query *queries = calloc(room + 1, sizeof(*queries));
	size_t n;

	if (!queries || !share_attributes(asking)) {
		return casp_error_nomem(err);
	}
	n = make_queries(asking, queries);
	return n ? casp_directory_search(directory, queries, n, each_entry, asking, err)
		 : 0;
}

int casp_rights_ask(struct cas_directory *directory, struct casp_right *rights, size_t n,
		    const struct casp_beside *beside, struct cas_error **err)
{
	struct asking asking = {.beside = beside};
	bool ok = true;
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		rights[i].found = rights[i].child_denied = false;
		rights[i].denied = 0;
		ok = ok && add(&asking, &rights[i]);
	}
	if (!ok) {
		r = casp_error_nomem(err);
	} else {
		r = ask(directory, &asking, err);
	}
	for (size_t i = 0; i < asking.containers.n; i++) {
		casp_vec_free(&asking.containers.v[i]->names);
		casp_vec_free(&asking.containers.v[i]->attributes);
	}
	casp_vec_free(&asking.containers);
	casp_map_free(&asking.by_container);
	casp_map_free(&asking.by_dn);
	casp_arena_free(&asking.arena);
	return r;
}

void casp_right_describe(const struct casp_right *right, struct casp_buf *out)
{
	uint32_t left = right->denied;

	if (right->child_denied) {
		casp_buf_addf(out, "create %s", right->child);
		return;
	}
	for (size_t i = 0; left && i < right->n_attributes; i++) {
		uint32_t bit = UINT32_C(1) << i;

		if (left & bit) {
			const char *before = left == right->denied ? "write "
					     : left == bit         ? " and "
								   : ", ";

			casp_buf_addf(out, "%s%s", before, right->attributes[i]);
			left &= ~bit;
		}
	}
	casp_buf_adds(out, " of");
}
