/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Queries compiled for the LDIF store: does a record fit, and what was asked of it? */
#include "ldif.h"

#include <stdlib.h>

#include "../names/dn.h"

#define NAMES_MAX 64
#define NO_NAME 0xff

/* Attribute names, found by length and ends. */
struct name_set {
	struct casp_str names[NAMES_MAX];
	size_t n;
	uint8_t buckets[256]; /* index + 1 */
	uint8_t next[NAMES_MAX];
};

struct compiled {
	const struct casp_query *query;
	uint64_t classes;
	uint64_t base_hash; /* 0: the whole directory */
	struct name_set wanted;
	struct name_set compared; /* the attributes of the equalities */
	struct casp_map by_value;
	struct casp_map by_dn;
	bool has_other; /* equalities that do not compare the DN */
};

struct casp_ldif_matcher {
	size_t n;
	struct compiled queries[];
};

/* ---- names ---- */

static inline unsigned name_bucket(struct casp_str name)
{
	return (unsigned)(name.n * 31 + casp_lower((unsigned char)name.p[0]) * 7 +
			  casp_lower((unsigned char)name.p[name.n - 1])) &
	       255;
}

static inline unsigned name_find(const struct name_set *set, struct casp_str name)
{
	unsigned i = set->buckets[name_bucket(name)];

	while (i && !casp_ldif_same(set->names[i - 1], name)) {
		i = set->next[i - 1];
	}
	return i ? i - 1 : NO_NAME;
}

static bool name_add(struct name_set *set, struct casp_str name)
{
	unsigned bucket;

	if (name.n == 0 || set->n == NAMES_MAX) {
		return false;
	}
	bucket = name_bucket(name);
	set->names[set->n] = name;
	set->next[set->n] = set->buckets[bucket];
	set->buckets[bucket] = (uint8_t)++set->n;
	return true;
}

static bool is_guid(struct casp_str name)
{
	return casp_str_iequal(name, CASP_STR("objectGUID"));
}

/* ---- compiling ---- */

static int too_many(struct cas_error **err)
{
	return casp_error(err, CAS_E_USAGE,
			  "a query names more than %d attributes, or an empty one",
			  NAMES_MAX);
}

static int compile_equality(struct compiled *c, const struct casp_equality *equality,
			    struct cas_error **err)
{
	struct casp_str name = casp_str(equality->attribute);
	struct casp_map *map = &c->by_value;
	uint64_t hash;

	if (casp_str_iequal(name, CASP_STR("distinguishedName"))) {
		map = &c->by_dn;
		hash = casp_dn_hash(equality->value);
	} else {
		c->has_other = true;
		hash = casp_str_ihash(equality->value);
		if (name.n == 0 || (name_find(&c->compared, name) == NO_NAME &&
				    !name_add(&c->compared, name))) {
			return too_many(err);
		}
	}
	return casp_map_add(map, hash, (void *)equality) ? 0 : casp_error_nomem(err);
}

static int compile(struct compiled *c, const struct casp_query *query,
		   struct cas_error **err)
{
	c->query = query;
	c->base_hash = query->base.n ? casp_dn_hash(query->base) : 0;
	for (size_t i = 0; i < query->n_classes; i++) {
		c->classes |= casp_ldif_class_bit(casp_str(query->classes[i]));
	}
	for (size_t i = 0; !query->all_attributes && i < query->n_attributes; i++) {
		if (!name_add(&c->wanted, casp_str(query->attributes[i]))) {
			return too_many(err);
		}
	}
	if (!casp_map_reserve(&c->by_dn, 1) || !casp_map_reserve(&c->by_value, 1)) {
		return casp_error_nomem(err);
	}
	for (size_t i = 0; i < query->n_any; i++) {
		int r = compile_equality(c, &query->any[i], err);

		if (r < 0) {
			return r;
		}
	}
	return 0;
}

int casp_ldif_matcher_new(const struct casp_query *queries, size_t n,
			  struct casp_ldif_matcher **ret, struct cas_error **err)
{
	struct casp_ldif_matcher *matcher;

	matcher = calloc(1, sizeof(*matcher) + n * sizeof(*matcher->queries));
	if (!matcher) {
		return casp_error_nomem(err);
	}
	matcher->n = n;
	for (size_t i = 0; i < n; i++) {
		int r = compile(&matcher->queries[i], &queries[i], err);

		if (r < 0) {
			casp_ldif_matcher_free(matcher);
			return r;
		}
	}
	*ret = matcher;
	return 0;
}

void casp_ldif_matcher_free(struct casp_ldif_matcher *matcher)
{
	for (size_t i = 0; matcher && i < matcher->n; i++) {
		casp_map_free(&matcher->queries[i].by_value);
		casp_map_free(&matcher->queries[i].by_dn);
	}
	free(matcher);
}

/* ---- by hashes ---- */

static bool may(const struct compiled *c, const struct casp_ldif_record *record)
{
	size_t at = 0;

	if (c->query->n_classes && !(c->classes & record->classes)) {
		return false;
	}
	if (c->base_hash && c->query->scope == CASP_SCOPE_BASE &&
	    record->dn_hash != c->base_hash) {
		return false;
	}
	if (c->base_hash && c->query->scope == CASP_SCOPE_CHILDREN &&
	    record->parent_hash != c->base_hash) {
		return false;
	}
	return !c->query->n_any || c->has_other ||
	       casp_map_next(&c->by_dn, record->dn_hash, &at);
}

bool casp_ldif_matcher_may(const struct casp_ldif_matcher *matcher,
			   const struct casp_ldif_record *record)
{
	if (record->flags & (CASP_LDIF_RECORD_BAD_DN | CASP_LDIF_RECORD_DUPLICATE)) {
		return false;
	}
	for (size_t i = 0; i < matcher->n; i++) {
		if (may(&matcher->queries[i], record)) {
			return true;
		}
	}
	return false;
}

bool casp_ldif_matcher_dns(const struct casp_ldif_matcher *matcher,
			   casp_ldif_hashes *hashes, bool *failed)
{
	for (size_t i = 0; i < matcher->n; i++) {
		const struct compiled *c = &matcher->queries[i];
		bool by_base = c->base_hash && c->query->scope == CASP_SCOPE_BASE;

		if (!by_base && (!c->query->n_any || c->has_other)) {
			return false;
		}
		if (by_base && !casp_vec_push(hashes, c->base_hash)) {
			*failed = true;
		}
		for (size_t k = 0; !by_base && k < c->query->n_any; k++) {
			if (!casp_vec_push(hashes,
					   casp_dn_hash(c->query->any[k].value))) {
				*failed = true;
			}
		}
	}
	return true;
}

/* ---- exactly ---- */

static bool has_class(const struct compiled *c, const struct casp_ldif_scan *scan,
		      struct casp_arena *arena)
{
	const struct casp_query *query = c->query;

	for (size_t i = 1; i < scan->lines.n; i++) {
		const struct casp_ldif_line *line = &scan->lines.v[i];
		struct casp_str value;

		if (!casp_ldif_line_is_class(line) ||
		    !casp_ldif_value(line, arena, &value)) {
			continue;
		}
		for (size_t k = 0; k < query->n_classes; k++) {
			if (casp_ldif_same(value, casp_str(query->classes[k]))) {
				return true;
			}
		}
	}
	return false;
}

static bool in_scope(const struct compiled *c, struct casp_str dn)
{
	const struct casp_query *query = c->query;

	switch (query->scope) {
	case CASP_SCOPE_BASE:
		return casp_dn_equal(dn, query->base);
	case CASP_SCOPE_CHILDREN:
		return casp_dn_equal(casp_dn_parent(dn), query->base);
	case CASP_SCOPE_SUBTREE:
		break;
	}
	return casp_dn_is_below(dn, query->base, true);
}

static bool value_equals(const struct compiled *c, struct casp_str name,
			 struct casp_str value)
{
	const struct casp_equality *equality;
	size_t at = 0;

	while ((equality = casp_map_next(&c->by_value, casp_str_ihash(value), &at))) {
		if (casp_str_iequal(casp_str(equality->attribute), name) &&
		    (is_guid(name) ? casp_str_equal(equality->value, value)
				   : casp_str_iequal(equality->value, value))) {
			return true;
		}
	}
	return false;
}

static bool dn_equals(const struct compiled *c, const struct casp_ldif_record *record,
		      struct casp_str dn)
{
	const struct casp_equality *equality;
	size_t at = 0;

	while ((equality = casp_map_next(&c->by_dn, record->dn_hash, &at))) {
		if (casp_dn_equal(equality->value, dn)) {
			return true;
		}
	}
	return false;
}

/* Values that cannot be decoded for want of memory do not fit: what follows will fail,
 * too. */
static bool equals_any(const struct compiled *c, const struct casp_ldif_scan *scan,
		       const struct casp_ldif_record *record, struct casp_str dn,
		       struct casp_arena *arena)
{
	if (c->query->n_any == 0 || dn_equals(c, record, dn)) {
		return true;
	}
	for (size_t i = 1; c->has_other && i < scan->lines.n; i++) {
		const struct casp_ldif_line *line = &scan->lines.v[i];
		struct casp_str name = casp_ldif_name(line), value;

		if (name_find(&c->compared, name) != NO_NAME &&
		    casp_ldif_value(line, arena, &value) &&
		    value_equals(c, name, value)) {
			return true;
		}
	}
	return false;
}

static bool fits(const struct compiled *c, const struct casp_ldif_scan *scan,
		 const struct casp_ldif_record *record, struct casp_str dn,
		 struct casp_arena *arena)
{
	return may(c, record) && (!c->query->n_classes || has_class(c, scan, arena)) &&
	       (!c->base_hash || in_scope(c, dn)) &&
	       equals_any(c, scan, record, dn, arena);
}

/* ---- extracting ---- */

/* The values of the lines whose of[] is not NO_NAME, grouped by it. */
static int group(const struct casp_ldif_scan *scan, const uint32_t *of, size_t n,
		 struct casp_arena *arena, struct casp_values **ret)
{
	struct casp_values *values = casp_arena_zalloc(arena, (n + 1) * sizeof(*values));
	struct casp_str *at;
	size_t total = 0;

	if (!values) {
		return CAS_E_NOMEM;
	}
	for (size_t i = 1; i < scan->lines.n; i++) {
		if (of[i] < n) {
			values[of[i]].n++;
			total++;
		}
	}
	at = casp_arena_alloc(arena, (total + 1) * sizeof(*at));
	if (!at) {
		return CAS_E_NOMEM;
	}
	for (size_t k = 0; k < n; k++) {
		values[k].v = at;
		at += values[k].n;
		values[k].n = 0;
	}
	for (size_t i = 1; i < scan->lines.n; i++) {
		struct casp_values *to;

		if (of[i] >= n) {
			continue;
		}
		to = &values[of[i]];
		if (!casp_ldif_value(&scan->lines.v[i], arena,
				     (struct casp_str *)&to->v[to->n++])) {
			return CAS_E_NOMEM;
		}
	}
	*ret = values;
	return 0;
}

/* ";range=0-1499" says that there are more values, ";range=1500-*" that these are the
 * last. */
static void note_ranges(const struct casp_ldif_scan *scan, const uint32_t *of, size_t n,
			struct casp_values *values, bool last)
{
	for (size_t i = 1; i < scan->lines.n; i++) {
		const struct casp_ldif_line *line = &scan->lines.v[i];
		struct casp_str options = {line->start + line->name_n, line->options_n};

		if (of[i] < n && casp_str_istarts(options, CASP_STR(";range=")) &&
		    (options.p[options.n - 1] == '*') == last) {
			values[of[i]].partial = !last;
		}
	}
}

/* Which names the record has, in their order; *of tells the name of each line. */
static size_t collect_names(const struct casp_ldif_scan *scan, struct casp_arena *arena,
			    const char **names, uint32_t *of)
{
	struct casp_map seen = {0};
	size_t n = 0;

	for (size_t i = casp_ldif_scan_first(scan); i < scan->lines.n; i++) {
		struct casp_str name = casp_ldif_name(&scan->lines.v[i]);
		uint64_t hash = casp_str_ihash(name);
		size_t at = 0;
		void *found;

		while ((found = casp_map_next(&seen, hash, &at)) &&
		       !casp_str_iequal(casp_str(names[(uintptr_t)found - 1]), name)) {
		}
		if (!found) {
			names[n] = casp_arena_dup_str(arena, name);
			found = (void *)(uintptr_t)(n + 1);
			if (!names[n++] || !casp_map_add(&seen, hash, found)) {
				n = SIZE_MAX;
				break;
			}
		}
		of[i] = (uint32_t)((uintptr_t)found - 1);
	}
	casp_map_free(&seen);
	return n;
}

static int extract(const struct compiled *c, const struct casp_ldif_scan *scan,
		   struct casp_arena *arena, struct casp_entry *entry)
{
	size_t n_lines = scan->lines.n;
	uint32_t *of = casp_arena_alloc(arena, n_lines * sizeof(*of));
	struct casp_values *values;
	bool options = false;
	int r;

	if (!of) {
		return CAS_E_NOMEM;
	}
	for (size_t i = 0; i < n_lines; i++) {
		options |= scan->lines.v[i].options_n != 0;
		of[i] = UINT32_MAX;
	}
	if (c->query->all_attributes) {
		const char **names = casp_arena_alloc(arena, n_lines * sizeof(*names));

		entry->names = names;
		entry->n_names = names ? collect_names(scan, arena, names, of) : SIZE_MAX;
		if (entry->n_names == SIZE_MAX) {
			return CAS_E_NOMEM;
		}
	} else {
		entry->names = c->query->attributes;
		entry->n_names = c->query->n_attributes;
		for (size_t i = casp_ldif_scan_first(scan); i < n_lines; i++) {
			of[i] = name_find(&c->wanted, casp_ldif_name(&scan->lines.v[i]));
		}
	}
	r = group(scan, of, entry->n_names, arena, &values);
	if (r < 0) {
		return r;
	}
	if (options) {
		note_ranges(scan, of, entry->n_names, values, false);
		note_ranges(scan, of, entry->n_names, values, true);
	}
	entry->values = values;
	return 1;
}

int casp_ldif_matcher_try(const struct casp_ldif_matcher *matcher,
			  const struct casp_ldif_scan *scan,
			  const struct casp_ldif_record *record, struct casp_str dn,
			  struct casp_arena *arena, struct casp_entry *entry)
{
	if (record->flags & CASP_LDIF_RECORD_BAD_DN) {
		return 0;
	}
	for (size_t i = 0; i < matcher->n; i++) {
		const struct compiled *c = &matcher->queries[i];

		if (!fits(c, scan, record, dn, arena)) {
			continue;
		}
		entry->query = i;
		entry->origin = record->origin;
		entry->dn = dn;
		return extract(c, scan, arena, entry);
	}
	return 0;
}
