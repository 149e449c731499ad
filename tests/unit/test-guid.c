/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* objectGUID: text and bytes. */
#include "unit.h"

#include <string.h>

#include "names/guid.h"

#define COUNT(rows) (int)(sizeof(rows) / sizeof(*(rows)))

/* The byte order of [MS-DTYP] 2.3.4.2: three little-endian fields, then eight bytes. */
static const struct casp_guid sample = {{0xf8, 0x52, 0xb7, 0x81, 0xaf, 0xdf, 0x5e, 0x4c,
					 0x8b, 0x1c, 0x0d, 0x3c, 0x6d, 0x2a, 0x9f, 0x10}};

static const struct {
	const char *text;
	bool ok;
} parses[] = {
	{"81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10", true},
	{"81B752F8-DFAF-4C5E-8B1C-0D3C6D2A9F10", true},
	{"{81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10}", true},
	{"", false},
	{"{}", false},
	{"81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f1", false},
	{"81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f100", false},
	{"81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f1g", false},
	{"81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f1@", false},
	{"81b752f8xdfaf-4c5e-8b1c-0d3c6d2a9f10", false},
	{"81b752f8-dfaf4-c5e-8b1c-0d3c6d2a9f10", false},
	{"81b752f8dfaf4c5e8b1c0d3c6d2a9f10", false},
	{"{81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10", false},
	{"81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10}", false},
	{"(81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10)", false},
};

START_TEST(parse)
{
	struct casp_guid guid = {{0}};
	bool ok = casp_guid_parse(casp_str(parses[_i].text), &guid);

	ck_assert_msg(ok == parses[_i].ok, "'%s'", parses[_i].text);
	ck_assert_mem_eq(&guid, ok ? &sample : &(struct casp_guid){{0}}, sizeof(guid));
}
END_TEST

START_TEST(format)
{
	char text[CASP_GUID_TEXT];

	casp_guid_format(&sample, text);
	ck_assert_str_eq(text, "81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10");
}
END_TEST

START_TEST(null)
{
	struct casp_guid guid = {{0}};

	ck_assert(casp_guid_is_null(&guid));
	guid.b[15] = 1;
	ck_assert(!casp_guid_is_null(&guid));
}
END_TEST

START_TEST(fresh)
{
	struct casp_guid a, b;
	char text[CASP_GUID_TEXT];

	ck_assert(casp_guid_new(&a));
	ck_assert(casp_guid_new(&b));
	ck_assert_mem_ne(&a, &b, sizeof(a));
	casp_guid_format(&a, text);
	ck_assert_msg(text[14] == '4', "version in '%s'", text);
	ck_assert_msg(strchr("89ab", text[19]) != NULL, "variant in '%s'", text);
}
END_TEST

START_TEST(hash)
{
	struct casp_guid guid = sample, zero = {{0}};
	uint64_t before = casp_guid_hash(&sample);

	ck_assert_uint_ne(casp_guid_hash(&zero), 0);
	for (size_t i = 0; i < 16; i++) {
		guid.b[i] ^= 1;
		ck_assert_uint_ne(casp_guid_hash(&guid), before);
		guid.b[i] ^= 1;
	}
	ck_assert_uint_eq(casp_guid_hash(&guid), before);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("guid");
	TCase *tcase = tcase_create("guid");

	tcase_add_loop_test(tcase, parse, 0, COUNT(parses));
	tcase_add_test(tcase, format);
	tcase_add_test(tcase, null);
	tcase_add_test(tcase, fresh);
	tcase_add_test(tcase, hash);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
