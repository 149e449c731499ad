/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is checked of the names of arrays. */
#include "../names/fqdn.h"
#include "checks.h"

#define NAME_MAX_CHARACTERS 64

/* The host part of the array's FQDN, where an array or server of that name is not there
 * yet. */
static const char *suggest_name(const struct casp_subject *subject,
				struct casp_arena *arena, const struct cas_array *array)
{
	struct casp_str host = casp_fqdn_host(casp_str(array->fqdn));
	const struct cas_organization *org = subject->org;
	const char *why;

	if (!casp_fqdn_check(casp_str(array->fqdn), &why)) {
		return "<NAME>";
	}
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_ARRAY); i++) {
		if (CASP_ARRAY(org, i) != array &&
		    casp_str_iequal(casp_str(CASP_ARRAY(org, i)->object.name), host)) {
			return "<NAME>";
		}
	}
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_SERVER); i++) {
		if (casp_str_iequal(casp_str(CASP_SERVER(org, i)->object.name), host)) {
			return "<NAME>";
		}
	}
	return casp_arena_dup_str(arena, host);
}

/* Another array that the map has under the hash and that `same` says is like this one. */
static const struct cas_array *
find_twin(const struct casp_map *map, uint64_t hash, const struct cas_array *array,
	  bool (*same)(const struct cas_array *a, const struct cas_array *b))
{
	const struct cas_array *other;
	size_t at = 0;

	while ((other = casp_map_next(map, hash, &at))) {
		if (other != array && !(other->object.defects & CASP_OBJECT_LOST) &&
		    same(array, other)) {
			return other;
		}
	}
	return NULL;
}

static bool same_fqdn(const struct cas_array *a, const struct cas_array *b)
{
	return casp_fqdn_equal(casp_str(a->fqdn), casp_str(b->fqdn));
}

static bool same_name(const struct cas_array *a, const struct cas_array *b)
{
	return casp_iequal(a->object.name, b->object.name);
}

CASP_CHECK(duplicate_fqdn)
{
	const struct cas_array *array = casp_subject_array(subject), *twin;

	if (!array || !*array->fqdn) {
		return CASP_NOT_APPLICABLE;
	}
	twin = find_twin(&subject->facts->array_fqdns,
			 casp_fqdn_hash(casp_str(array->fqdn)), array, same_fqdn);
	if (!twin) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	details->observed = array->fqdn;
	details->expected = "an FQDN that no other array has";
	casp_say(details, message,
		 "array '%s' has the same FQDN as array '%s': clients of both reach "
		 "whatever the name resolves to",
		 array->object.name, twin->object.name);
	details->fix = casp_command_set_array(subject->facts, details->arena, array,
					      "--fqdn", "<FQDN>");
	return CASP_FINDING;
}

CASP_CHECK(duplicate_name)
{
	const struct cas_array *array = casp_subject_array(subject), *twin;

	if (!array) {
		return CASP_NOT_APPLICABLE;
	}
	twin = find_twin(&subject->facts->array_names,
			 casp_str_ihash(casp_str(array->object.name)), array, same_name);
	if (!twin) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	details->observed = array->object.name;
	details->expected = "a name that no other array has";
	casp_say(details, message,
		 "array '%s' has the same name as '%s': the name alone does not identify "
		 "it",
		 array->object.name, twin->object.dn);
	details->fix = casp_command_set_array(
		subject->facts, details->arena, array, "--name",
		suggest_name(subject, details->arena, array) ?: "<NAME>");
	return CASP_FINDING;
}

static bool has_conflict_name(const struct cas_array *array)
{
	return array->object.defects & CASP_OBJECT_CONFLICT_NAME;
}

CASP_CHECK(name_has_space)
{
	const struct cas_array *array = casp_subject_array(subject);

	if (!array || has_conflict_name(array)) {
		return CASP_NOT_APPLICABLE;
	}
	if (!strchr(array->object.name, ' ')) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	details->observed = array->object.name;
	details->expected = "a name without spaces";
	casp_say(details, message,
		 "array '%s' has a space in its name, which the Exchange 2010 cmdlets do "
		 "not accept as an identity",
		 array->object.name);
	details->fix = casp_command_set_array(
		subject->facts, details->arena, array, "--name",
		suggest_name(subject, details->arena, array) ?: "<NAME>");
	return CASP_FINDING;
}

/* Characters of UTF-8 text: all bytes but the continuations. */
static size_t count_characters(const char *text)
{
	size_t n = 0;

	for (; *text; text++) {
		n += ((unsigned char)*text & 0xc0) != 0x80;
	}
	return n;
}

CASP_CHECK(name_too_long)
{
	const struct cas_array *array = casp_subject_array(subject);
	size_t n;

	if (!array || has_conflict_name(array)) {
		return CASP_NOT_APPLICABLE;
	}
	n = count_characters(array->object.name);
	if (n <= NAME_MAX_CHARACTERS) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	casp_say(details, observed, "%zu characters", n);
	casp_say(details, expected, "at most %d characters", NAME_MAX_CHARACTERS);
	casp_say(details, message,
		 "array '%s' has a name that is too long for the Exchange 2010 cmdlets",
		 array->object.name);
	details->fix = casp_command_set_array(
		subject->facts, details->arena, array, "--name",
		suggest_name(subject, details->arena, array) ?: "<NAME>");
	return CASP_FINDING;
}

CASP_CHECK(fqdn_malformed)
{
	const struct cas_array *array = casp_subject_array(subject);
	struct casp_str trimmed;
	const char *why, *other, *fqdn;

	if (!array || !*array->fqdn) {
		return CASP_NOT_APPLICABLE;
	}
	if (casp_fqdn_check(casp_str(array->fqdn), &why)) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	details->observed = array->fqdn;
	details->expected = "a legal host name";
	casp_say(details, message,
		 "array '%s' has an FQDN that is no legal host name: %s",
		 array->object.name, why);
	trimmed = casp_str_trim(casp_fqdn_trim(casp_str(array->fqdn)));
	fqdn = casp_fqdn_check(trimmed, &other)
		       ? casp_arena_dup_str(details->arena, trimmed)
		       : "<FQDN>";
	details->fix = fqdn ? casp_command_set_array(subject->facts, details->arena,
						     array, "--fqdn", fqdn)
			    : NULL;
	return CASP_FINDING;
}

CASP_CHECK(fqdn_single_label)
{
	const struct cas_array *array = casp_subject_array(subject);
	const char *why;

	if (!array || !casp_fqdn_check(casp_str(array->fqdn), &why)) {
		return CASP_NOT_APPLICABLE;
	}
	if (!casp_fqdn_is_single_label(casp_str(array->fqdn))) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	details->observed = array->fqdn;
	details->expected = "a name with a domain";
	casp_say(details, message,
		 "array '%s' has a single-label name, which resolves only where the "
		 "search list of the client happens to fit",
		 array->object.name);
	details->fix = casp_command_set_array(subject->facts, details->arena, array,
					      "--fqdn", "<FQDN>");
	return CASP_FINDING;
}

CASP_CHECK(name_not_host)
{
	const struct cas_array *array = casp_subject_array(subject);
	struct casp_str host;

	if (!array || !*array->fqdn || has_conflict_name(array)) {
		return CASP_NOT_APPLICABLE;
	}
	host = casp_fqdn_host(casp_str(array->fqdn));
	if (casp_str_iequal(host, casp_str(array->object.name))) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	details->observed = array->object.name;
	details->expected = casp_arena_dup_str(details->arena, host);
	casp_say(details, message,
		 "array '%s' does not bear the host part of its FQDN '%s' as its name",
		 array->object.name, array->fqdn);
	return CASP_FINDING;
}

CASP_CHECK(array_conflict)
{
	const struct cas_array *array = casp_subject_array(subject);

	if (!array) {
		return CASP_NOT_APPLICABLE;
	}
	if (!has_conflict_name(array)) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	casp_say(details, observed, "a conflict name, %zu databases", array->n_databases);
	details->expected = "one object";
	casp_say(details, message,
		 "array '%s' lost a replication conflict: two domain controllers made an "
		 "array of this name at once",
		 array->object.name);
	/* The databases that use it have to go somewhere first. */
	details->fix = casp_command_remove_array(subject->facts, details->arena, array);
	if (details->fix && array->n_databases) {
		casp_say(details, fix, "%s --repoint-to '<ARRAY>'", details->fix);
	}
	return CASP_FINDING;
}
