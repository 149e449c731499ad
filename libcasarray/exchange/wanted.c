/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The databases that a load was asked for by name. */
#include <stdlib.h>

#include "../names/dn.h"
#include "load.h"

static bool add(struct casp_wanted *wanted, uint64_t hash, size_t i)
{
	return casp_map_add(&wanted->map, hash, (void *)&wanted->identities[i]);
}

bool casp_wanted_index(struct casp_wanted *wanted)
{
	casp_map_free(&wanted->map);
	for (size_t i = 0; i < wanted->n; i++) {
		struct casp_str text = casp_str_trim(casp_str(wanted->identities[i]));
		struct casp_guid guid;
		const char *why;

		if (wanted->found[i]) {
			continue;
		}
		if (!add(wanted, casp_str_ihash(text), i) ||
		    (casp_guid_parse(text, &guid) &&
		     !add(wanted, casp_guid_hash(&guid), i)) ||
		    (casp_dn_check(text, &why) && !add(wanted, casp_dn_hash(text), i))) {
			return false;
		}
	}
	return true;
}

enum form {
	TEXT,
	DN,
	GUID
};

static bool answers(struct casp_str identity, enum form form, struct casp_str text,
		    const struct casp_guid *guid)
{
	struct casp_guid wanted;

	switch (form) {
	case TEXT:
		return casp_str_iequal(identity, text);
	case DN:
		return casp_dn_equal(identity, text);
	case GUID:
		return casp_guid_parse(identity, &wanted) &&
		       memcmp(wanted.b, guid->b, sizeof(wanted.b)) == 0;
	}
	return false;
}

static bool check(const struct casp_wanted *wanted, uint64_t hash, enum form form,
		  struct casp_str text, const struct casp_guid *guid)
{
	const char **identity;
	bool any = false;
	size_t at = 0;

	while ((identity = casp_map_next(&wanted->map, hash, &at)) != NULL) {
		if (answers(casp_str_trim(casp_str(*identity)), form, text, guid)) {
			wanted->found[(const char *const *)identity -
				      wanted->identities] = true;
			any = true;
		}
	}
	return any;
}

bool casp_wanted_check(const struct casp_wanted *wanted, struct casp_str name,
		       struct casp_str dn, const struct casp_guid *guid,
		       struct casp_str legacy_dn)
{
	bool by_name = check(wanted, casp_str_ihash(name), TEXT, name, NULL);
	bool by_dn = check(wanted, casp_dn_hash(dn), DN, dn, NULL);
	bool by_guid = check(wanted, casp_guid_hash(guid), GUID, dn, guid);
	bool by_legacy_dn = legacy_dn.n && check(wanted, casp_str_ihash(legacy_dn), TEXT,
						 legacy_dn, NULL);

	return by_name || by_dn || by_guid || by_legacy_dn;
}

#define NEAR_MAX 5
/* Of many missing identities only the first ones are worth it. */
#define MISSING_MAX 4

bool casp_wanted_near(const struct casp_wanted *wanted, struct cas_organization *org,
		      struct casp_str name)
{
	size_t missing = 0;

	for (size_t i = 0; i < wanted->n && missing < MISSING_MAX; i++) {
		if (wanted->found[i]) {
			continue;
		}
		missing++;
		if (org->near.n < NEAR_MAX &&
		    casp_name_is_near(name, casp_str(wanted->identities[i]))) {
			const char *copy = casp_text(&org->arena, name);

			return copy && casp_vec_push(&org->near, copy);
		}
	}
	return true;
}

void casp_wanted_free(struct casp_wanted *wanted)
{
	casp_map_free(&wanted->map);
	free(wanted->found);
	wanted->found = NULL;
}
