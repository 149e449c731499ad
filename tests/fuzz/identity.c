/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzzes what people write to name an object, against the example organization. */
#include "example.h"

#include <string.h>

#include "names/guid.h"

static struct example example;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	example_load(&example, CAS_SCOPE_DATABASES);
	return 0;
}

static void look_at_guid(struct casp_str text)
{
	struct casp_guid guid, again;
	char shown[CASP_GUID_TEXT];

	if (!casp_guid_parse(text, &guid)) {
		return;
	}
	casp_guid_format(&guid, shown);
	REQUIRE(casp_guid_parse(casp_str(shown), &again));
	REQUIRE(memcmp(&guid, &again, sizeof(guid)) == 0);
	REQUIRE(casp_guid_hash(&guid) == casp_guid_hash(&again));
}

/* What was found is found by its DN, too. */
static void find(unsigned kinds, const char *identity)
{
	const struct cas_object *object = NULL, *again = NULL;
	struct cas_error *error = NULL;
	int r = cas_organization_find(example.org, kinds, identity, &object, &error);

	REQUIRE((r == 0) == (object != NULL));
	REQUIRE((r == 0) == (error == NULL));
	if (r == 0) {
		REQUIRE(kinds & 1u << cas_object_kind(object));
		REQUIRE(cas_organization_find(example.org, kinds, cas_object_dn(object),
					      &again, &error) == 0);
		REQUIRE(again == object);
	} else {
		REQUIRE(cas_error_code(error) == r);
		REQUIRE(*cas_error_message(error));
		REQUIRE(r == CAS_E_NOT_FOUND || r == CAS_E_AMBIGUOUS || r == CAS_E_USAGE);
	}
	cas_error_free(error);
}

static void match(unsigned kinds, const char *identity)
{
	struct cas_objects *objects = NULL;
	struct cas_error *error = NULL;

	REQUIRE(cas_objects_new(&objects, NULL) == 0);
	if (cas_objects_match(objects, example.org, kinds, identity, &error) < 0) {
		REQUIRE(error);
	}
	cas_error_free(error);
	cas_objects_free(objects);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;
	unsigned kinds;

	if (size < 1) {
		return 0;
	}
	kinds = data[0] & ((1u << CAS_N_KINDS) - 1);
	look_at_guid((struct casp_str){(const char *)data + 1, size - 1});
	text = strndup((const char *)data + 1, size - 1);
	REQUIRE(text);
	find(kinds ? kinds : 1, text);
	match(kinds ? kinds : 1, text);
	free(text);
	return 0;
}
