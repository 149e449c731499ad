/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that findings tell people to type. */
#include <stdlib.h>

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

static void set_bit(unsigned char *bits, size_t i)
{
	bits[i / 8] |= (unsigned char)(1 << i % 8);
}

/*
 * Which objects of a kind share their name with another one. One word a slot, the upper
 * half of the hash and the index, since there may be a million databases.
 */
static unsigned char *find_shared_names(const struct cas_organization *org,
					enum cas_kind kind)
{
	size_t n = CASP_COUNT(org, kind), mask = 15;
	unsigned char *bits = calloc(n / 8 + 1, 1);
	uint64_t *slots;

	while (mask < n + n / 2) {
		mask = mask * 2 + 1;
	}
	slots = calloc(mask + 1, sizeof(*slots));
	if (!bits || !slots) {
		free(bits);
		free(slots);
		return NULL;
	}
	for (size_t i = 0; i < n; i++) {
		struct casp_str name = casp_str(org->objects[kind].v[i]->name);
		uint64_t hash = casp_str_ihash(name), high = hash & ~(uint64_t)UINT32_MAX;
		size_t at = hash & mask;

		for (; slots[at]; at = (at + 1) & mask) {
			size_t other = (uint32_t)slots[at] - 1;

			if ((slots[at] & ~(uint64_t)UINT32_MAX) == high &&
			    casp_str_iequal(
				    name, casp_str(org->objects[kind].v[other]->name))) {
				set_bit(bits, i);
				set_bit(bits, other);
			}
		}
		slots[at] = high | (uint32_t)(i + 1);
	}
	free(slots);
	return bits;
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
	if (object->index >= CASP_COUNT(facts->org, object->kind)) {
		return false;
	}
	if (!*bits) {
		*bits = find_shared_names(facts->org, object->kind);
	}
	return *bits && !((*bits)[object->index / 8] >> object->index % 8 & 1);
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
