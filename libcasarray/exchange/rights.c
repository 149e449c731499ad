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
	bool wants_children; /* of one of the objects */
	bool wants_attributes;
};

struct asking {
	struct casp_map by_dn; /* -> rights */
	struct casp_map by_container;
	CASP_VEC(struct container *) containers;
	struct casp_arena arena;
};

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

static bool add(struct asking *asking, struct casp_right *right)
{
	struct casp_str dn = casp_str(right->dn);
	struct container *container = container_of(asking, casp_dn_parent(dn));
	CASP_CLEANUP(casp_buf_free) struct casp_buf name = {0};
	struct casp_equality equality = {.attribute = "name"};

	if (!container || !casp_map_add(&asking->by_dn, casp_dn_hash(dn), right)) {
		return false;
	}
	container->wants_children |= right->child != NULL;
	container->wants_attributes |= right->n_attributes != 0;
	if (!casp_dn_rdn_value(dn, &name)) {
		/* no DN: nothing answers to it */
		return !name.failed;
	}
	equality.value = (struct casp_str){
		casp_arena_dup_str(&asking->arena, casp_buf_str(&name)), name.n};
	return !name.failed && equality.value.p &&
	       casp_vec_push(&container->names, equality);
}

static struct casp_query query_of(const struct container *container)
{
	static const char *const attributes[] = {"allowedAttributesEffective",
						 "allowedChildClassesEffective"};

	return (struct casp_query){
		.base = container->dn,
		.scope = CASP_SCOPE_CHILDREN,
		.any = container->names.v,
		.n_any = container->names.n,
		.attributes = attributes + !container->wants_attributes,
		.n_attributes =
			(size_t)container->wants_attributes + container->wants_children,
	};
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
	const struct casp_values *attributes = &none, *children = &none;
	struct asking *asking = closure;
	struct casp_right *right;
	size_t at = 0;

	for (size_t i = 0; i < entry->n_names; i++) {
		if (casp_iequal(entry->names[i], "allowedAttributesEffective")) {
			attributes = &entry->values[i];
		} else {
			children = &entry->values[i];
		}
	}
	while ((right = casp_map_next(&asking->by_dn, casp_dn_hash(entry->dn), &at))) {
		if (casp_dn_equal(casp_str(right->dn), entry->dn)) {
			take(right, attributes, children);
		}
	}
	return 0;
}

static int ask(struct cas_directory *directory, struct asking *asking,
	       struct cas_error **err)
{
	CASP_CLEANUP(casp_freep)
	struct casp_query *queries = calloc(asking->containers.n + 1, sizeof(*queries));
	size_t n = 0;

	if (!queries) {
		return casp_error_nomem(err);
	}
	for (size_t i = 0; i < asking->containers.n; i++) {
		if (asking->containers.v[i]->names.n) {
			queries[n++] = query_of(asking->containers.v[i]);
		}
	}
	return n ? casp_directory_search(directory, queries, n, each_entry, asking, err)
		 : 0;
}

int casp_rights_ask(struct cas_directory *directory, struct casp_right *rights, size_t n,
		    struct cas_error **err)
{
	struct asking asking = {0};
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
