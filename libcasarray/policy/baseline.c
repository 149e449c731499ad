/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings by what makes them the same ones tomorrow. */
#include "baseline.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/random.h>

#include "../base/error.h"
#include "../base/siphash.h"
#include "../names/dn.h"

#define BY_DN "dn:"
#define DN_DIGITS 16

void casp_key_set(struct casp_key *key, const struct cas_rule *rule,
		  const struct cas_object *object)
{
	uint64_t hash;

	*key = (struct casp_key){.rule = rule, .by_dn = !object->has_guid};
	if (object->has_guid) {
		key->id = object->guid;
	} else {
		/* What stands for an exemption has but a name. */
		hash = casp_dn_hash(casp_str(*object->dn ? object->dn : object->name));
		memcpy(&key->id, &hash, sizeof(hash));
	}
}

char *casp_key_text(struct casp_arena *arena, const struct casp_key *key)
{
	char guid[CASP_GUID_TEXT];
	uint64_t hash;

	if (key->by_dn) {
		memcpy(&hash, &key->id, sizeof(hash));
		return casp_arena_printf(arena, "%s/" BY_DN "%0*" PRIx64, key->rule->id,
					 DN_DIGITS, hash);
	}
	casp_guid_format(&key->id, guid);
	return casp_arena_printf(arena, "%s/%s", key->rule->id, guid);
}

static bool parse_hash(struct casp_str text, uint64_t *ret)
{
	*ret = 0;
	for (size_t i = 0; i < text.n; i++) {
		int digit = casp_hex_digit((unsigned char)text.p[i]);

		if (digit < 0) {
			return false;
		}
		*ret = *ret << 4 | (unsigned)digit;
	}
	return text.n == DN_DIGITS;
}

bool casp_key_parse(struct casp_key *key, struct casp_str text, struct casp_str *ret_rule)
{
	const char *slash = text.n ? memchr(text.p, '/', text.n) : NULL;
	struct casp_str id;
	uint64_t hash;

	if (!slash || slash == text.p) {
		return false;
	}
	*key = (struct casp_key){0};
	*ret_rule = (struct casp_str){text.p, (size_t)(slash - text.p)};
	id = (struct casp_str){slash + 1, text.n - ret_rule->n - 1};
	if (!casp_str_istarts(id, CASP_STR(BY_DN))) {
		return id.n == CASP_GUID_TEXT - 1 && casp_guid_parse(id, &key->id);
	}
	id.p += strlen(BY_DN);
	id.n -= strlen(BY_DN);
	if (!parse_hash(id, &hash)) {
		return false;
	}
	key->by_dn = true;
	memcpy(&key->id, &hash, sizeof(hash));
	return true;
}

/* ---- many ---- */

int casp_baseline_new(struct cas_baseline **ret, struct cas_error **err)
{
	struct cas_baseline *baseline = calloc(1, sizeof(*baseline));

	if (!baseline) {
		return casp_error_nomem(err);
	}
	/* Without entropy the table still is right, if perhaps slow. */
	if (getrandom(baseline->seed, sizeof(baseline->seed), GRND_NONBLOCK) < 0) {
		baseline->seed[0] = (uintptr_t)baseline;
	}
	*ret = baseline;
	return 0;
}

void cas_baseline_free(struct cas_baseline *baseline)
{
	if (!baseline) {
		return;
	}
	casp_vec_free(&baseline->known);
	casp_map_free(&baseline->map);
	casp_arena_free(&baseline->arena);
	free(baseline);
}

static uint64_t hash_key(const struct cas_baseline *baseline, const struct casp_key *key)
{
	struct {
		uintptr_t rule;
		uintptr_t by_dn;
		struct casp_guid id;
	} bytes = {(uintptr_t)key->rule, key->by_dn, key->id};
	uint64_t hash = casp_siphash(baseline->seed, &bytes, sizeof(bytes));

	return hash ? hash : 1;
}

static size_t find(const struct cas_baseline *baseline, const struct casp_key *key,
		   uint64_t hash)
{
	size_t at = 0;
	void *value;

	while ((value = casp_map_next(&baseline->map, hash, &at))) {
		size_t index = (size_t)((uintptr_t)value - 1);
		const struct casp_key *found = &baseline->known.v[index].key;

		if (found->rule == key->rule && found->by_dn == key->by_dn &&
		    !memcmp(&found->id, &key->id, sizeof(key->id))) {
			return index;
		}
	}
	return CASP_NOT_KNOWN;
}

size_t casp_baseline_find(const struct cas_baseline *baseline,
			  const struct cas_rule *rule, const struct cas_object *object)
{
	struct casp_key key;

	if (!baseline->known.n) {
		return CASP_NOT_KNOWN;
	}
	casp_key_set(&key, rule, object);
	return find(baseline, &key, hash_key(baseline, &key));
}

/* Neighbours often say the same. */
static const char *copy(struct cas_baseline *baseline, const char *text, const char *last)
{
	if (!text || !*text) {
		return "";
	}
	return last && strcmp(text, last) == 0
		       ? last
		       : casp_arena_dup_str(&baseline->arena, casp_str(text));
}

static bool push(struct cas_baseline *baseline, const struct cas_known *known)
{
	static const struct cas_known nothing = {.rule = ""};
	size_t n = baseline->known.n;
	const struct cas_known *last = n ? &baseline->known.v[n - 1] : &nothing;
	struct cas_known added = {
		.key = known->key,
		.text = copy(baseline, known->text, last->text),
		.rule = copy(baseline, known->rule, last->rule),
		.name = copy(baseline, known->name, last->name),
		.class_name = copy(baseline, known->class_name, last->class_name),
		.object = copy(baseline, known->object, last->object),
		.dn = copy(baseline, known->dn, last->dn),
		.site = copy(baseline, known->site, last->site),
		.severity = known->severity,
	};

	return added.text && added.rule && added.name && added.class_name &&
	       added.object && added.dn && added.site &&
	       casp_vec_push(&baseline->known, added);
}

bool casp_baseline_add(struct cas_baseline *baseline, const struct cas_known *known)
{
	uint64_t hash = hash_key(baseline, &known->key);
	uintptr_t number = baseline->known.n + 1;

	if (known->key.rule && find(baseline, &known->key, hash) != CASP_NOT_KNOWN) {
		return true;
	}
	if (!push(baseline, known)) {
		return false;
	}
	return !known->key.rule || casp_map_add(&baseline->map, hash, (void *)number);
}
