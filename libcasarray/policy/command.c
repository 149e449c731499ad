/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that findings tell people to type. */
#include <stdlib.h>

#include "../base/utf8.h"
#include "../names/array_template.h"
#include "../names/fqdn.h"
#include "facts.h"

static bool is_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr("._@%+=:,/-", c));
}

const char *casp_shell_quote(struct casp_arena *arena, const char *text)
{
	size_t n = strlen(text), quotes = 0;
	bool plain = n > 0;
	char *quoted, *to;

	for (size_t i = 0; i < n; i++) {
		plain = plain && is_plain((unsigned char)text[i]);
		quotes += text[i] == '\'';
	}
	if (plain) {
		return casp_arena_dup(arena, text, n);
	}
	to = quoted = casp_arena_alloc(arena, n + 3 * quotes + 3);
	if (!quoted) {
		return NULL;
	}
	*to++ = '\'';
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '\'') {
			to = mempcpy(to, "'\\''", 4);
		} else {
			*to++ = text[i];
		}
	}
	*to++ = '\'';
	*to = '\0';
	return quoted;
}

static bool has_bit(const unsigned char *bits, size_t i)
{
	return bits[i / 8] >> i % 8 & 1;
}

/*
 * A table of names: one word a slot, the hash and the index, since there may be a million
 * databases.
 */
struct names {
	const struct cas_organization *org;
	enum cas_kind kind;
	uint64_t *slots;
	size_t mask;
	unsigned char *shared; /* a bit for each object */
};

/* Marks what is in the table under the object's name, and the object too when there is
 * any. */
static size_t mark_name(struct names *names, size_t index, uint64_t *word)
{
	struct cas_object *const *objects = names->org->objects[names->kind].v;
	const struct cas_object *object = objects[index];
	size_t at = object->name_hash & names->mask;

	*word = (uint64_t)object->name_hash << 32 | (uint32_t)(index + 1);
	for (; names->slots[at]; at = (at + 1) & names->mask) {
		size_t other = (uint32_t)names->slots[at] - 1;

		if ((names->slots[at] ^ *word) >> 32 == 0 &&
		    casp_iequal(object->name, objects[other]->name)) {
			casp_set_bit(names->shared, index);
			casp_set_bit(names->shared, other);
		}
	}
	return at;
}

/* Which objects share their name with another one, of the wanted ones (NULL: of all). */
static unsigned char *find_shared_names(const struct cas_organization *org,
					enum cas_kind kind, const unsigned char *wanted)
{
	struct names names = {.org = org, .kind = kind, .mask = 15};
	size_t n = CASP_COUNT(org, kind), n_wanted = 0;
	uint64_t word;

	for (size_t i = 0; i < n; i++) {
		n_wanted += !wanted || has_bit(wanted, i);
	}
	while (names.mask < n_wanted + n_wanted / 2) {
		names.mask = names.mask * 2 + 1;
	}
	names.shared = calloc(n / 8 + 1, 1);
	names.slots = calloc(names.mask + 1, sizeof(*names.slots));
	if (!names.shared || !names.slots) {
		free(names.shared);
		free(names.slots);
		return NULL;
	}
	for (size_t i = 0; i < n; i++) {
		if (!wanted || has_bit(wanted, i)) {
			size_t at = mark_name(&names, i, &word);

			names.slots[at] = word;
		}
	}
	for (size_t i = 0; wanted && i < n; i++) {
		if (!has_bit(wanted, i)) {
			mark_name(&names, i, &word);
		}
	}
	free(names.slots);
	return names.shared;
}

/* Would the name mean this object and no other, as the value of an option or as an
 * operand? */
static bool name_is_fit(struct casp_facts *facts, const struct cas_object *object)
{
	unsigned char **bits = &facts->shared_names[object->kind];
	const char *name = object->name;

	if (!*name || *name == '-' || cas_identity_is_wildcard(name) ||
	    object->defects & CASP_OBJECT_CONFLICT_NAME) {
		return false;
	}
	for (const char *p = name; *p; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f) {
			return false;
		}
	}
	/* What JSON cannot carry, and shows otherwise, would name nothing. */
	if (!casp_utf8_check(casp_str(name)) ||
	    object->index >= CASP_COUNT(facts->org, object->kind)) {
		return false;
	}
	if (!*bits) {
		*bits = find_shared_names(facts->org, object->kind,
					  object->kind == CAS_KIND_DATABASE ? facts->found
									    : NULL);
	}
	return *bits && !has_bit(*bits, object->index);
}

const char *casp_identity(struct casp_facts *facts, struct casp_arena *arena,
			  const struct cas_object *object)
{
	if (name_is_fit(facts, object)) {
		return casp_shell_quote(arena, object->name);
	}
	if (object->has_guid) {
		return casp_arena_dup_str(arena, casp_str(cas_object_guid(object)));
	}
	return casp_shell_quote(arena, object->dn);
}

static bool fqdn_is_shared(struct casp_facts *facts, const struct cas_array *array)
{
	const struct cas_array *other;
	size_t at = 0;

	while ((other = casp_map_next(&facts->array_fqdns,
				      casp_fqdn_hash(casp_str(array->fqdn)), &at))) {
		if (other != array &&
		    casp_fqdn_equal(casp_str(other->fqdn), casp_str(array->fqdn))) {
			return true;
		}
	}
	return false;
}

const char *casp_target_identity(struct casp_facts *facts, struct casp_arena *arena,
				 const struct cas_object *object)
{
	const char *fqdn = casp_object_fqdn(object);
	const char *why;

	if (!casp_fqdn_check(casp_str(fqdn), &why) ||
	    (object->kind == CAS_KIND_ARRAY &&
	     fqdn_is_shared(facts, (const struct cas_array *)object))) {
		return casp_identity(facts, arena, object);
	}
	return casp_shell_quote(arena, fqdn);
}

const char *casp_command_repoint(struct casp_facts *facts, struct casp_arena *arena,
				 const struct cas_database *database,
				 const struct cas_object *target)
{
	const char *name = casp_identity(facts, arena, &database->object);
	const char *value = casp_target_identity(facts, arena, target);

	if (!name || !value) {
		return NULL;
	}
	return casp_arena_printf(arena,
				 "casarray set-database %s --rpc-client-access-server %s",
				 name, value);
}

const char *casp_command_set_array(struct casp_facts *facts, struct casp_arena *arena,
				   const struct cas_array *array, const char *option,
				   const char *value)
{
	const char *name = casp_identity(facts, arena, &array->object);

	value = casp_shell_quote(arena, value);
	if (!name || !value) {
		return NULL;
	}
	return casp_arena_printf(arena, "casarray set-array %s %s %s", name, option,
				 value);
}

/* Has the policy an FQDN for the site's array? */
static bool is_named(const struct cas_site *site, const struct cas_policy *policy)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf fqdn = {0};

	return policy->array_fqdn &&
	       !casp_array_template_fill(policy->array_fqdn, site->object.name, &fqdn,
					 NULL);
}

const char *casp_command_new_array(struct casp_facts *facts, struct casp_arena *arena,
				   const struct cas_site *site)
{
	const char *name = casp_identity(facts, arena, &site->object);
	bool named = is_named(site, facts->org->policy);

	return name ? casp_arena_printf(
			      arena, "casarray new-array %s--site %s --adopt-databases",
			      named ? "" : "--fqdn '<FQDN>' ", name)
		    : NULL;
}

const char *casp_command_remove_array(struct casp_facts *facts, struct casp_arena *arena,
				      const struct cas_array *array)
{
	const char *name = casp_identity(facts, arena, &array->object);

	return name ? casp_arena_printf(arena, "casarray remove-array %s", name) : NULL;
}

const char *casp_command_replace_array(struct casp_facts *facts, struct casp_arena *arena,
				       const struct cas_array *array,
				       const struct cas_array *by)
{
	const char *name = casp_identity(facts, arena, &array->object);
	const char *other = casp_identity(facts, arena, &by->object);

	if (!name || !other) {
		return NULL;
	}
	return casp_arena_printf(arena, "casarray remove-array %s --repoint-to %s", name,
				 other);
}

#define NAMES_SHOWN 5

const char *casp_name_list(struct casp_arena *arena,
			   const struct cas_object *const *objects, size_t n)
{
	const char *list = "";

	for (size_t i = 0; list && i < n && i < NAMES_SHOWN; i++) {
		list = casp_arena_printf(arena, "%s%s'%s'", list, i ? ", " : "",
					 objects[i]->name);
	}
	if (list && n > NAMES_SHOWN) {
		list = casp_arena_printf(arena, "%s and %zu more", list, n - NAMES_SHOWN);
	}
	return list;
}
