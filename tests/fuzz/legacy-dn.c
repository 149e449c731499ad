/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzzes legacyExchangeDN, and the other names that Exchange's attributes hold: host
 * names, versions, times. */
#include "fuzz.h"

#include "names/exchange_version.h"
#include "names/fqdn.h"
#include "names/legacy_dn.h"

static bool inside(struct casp_str part, struct casp_str whole)
{
	return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static void look_at_legacy_dn(struct casp_str text)
{
	struct casp_str parent = casp_legacy_dn_parent(text);
	struct casp_str leaf = casp_legacy_dn_leaf(text);
	const char *why = NULL;

	REQUIRE(inside(parent, text) && inside(leaf, text));
	if (!casp_legacy_dn_check(text, &why)) {
		REQUIRE(why);
		return;
	}
	REQUIRE(leaf.n > 0 && !memchr(leaf.p, '/', leaf.n));
	REQUIRE(parent.n + leaf.n < text.n);
	REQUIRE(parent.n == 0 || casp_legacy_dn_check(parent, &why));
}

/* What may be the value of a section is legal behind others, too, and is the leaf. */
static void build(struct casp_str value)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf dn = {0};
	const char *why;
	size_t n;

	if (memchr(value.p, '/', value.n)) {
		return;
	}
	casp_buf_adds(&dn, "/o=Contoso");
	n = dn.n;
	casp_buf_adds(&dn, "/cn=");
	casp_buf_add_str(&dn, value);
	if (casp_legacy_dn_check((struct casp_str){dn.p + n, dn.n - n}, &why)) {
		REQUIRE(casp_legacy_dn_check(casp_buf_str(&dn), &why));
		REQUIRE(casp_str_equal(casp_legacy_dn_leaf(casp_buf_str(&dn)), value));
	}
}

static void look_at_fqdn(struct casp_str text)
{
	struct casp_str trimmed = casp_fqdn_trim(text);
	const char *why = NULL;

	REQUIRE(casp_fqdn_check(text, &why) || why);
	/* One dot is trimmed, not two. */
	if (!trimmed.n || trimmed.p[trimmed.n - 1] != '.') {
		REQUIRE(casp_fqdn_equal(text, trimmed));
		REQUIRE(casp_fqdn_hash(text) == casp_fqdn_hash(trimmed));
	}
	REQUIRE(inside(casp_fqdn_host(text), text));
	if (casp_fqdn_check(text, &why)) {
		REQUIRE(casp_str_equal(text, trimmed));
		REQUIRE(casp_fqdn_is_single_label(text) ==
			(casp_fqdn_host(text).n == text.n));
	}
}

static void look_at_version(struct casp_str text)
{
	struct casp_version version = {0};
	char shown[48];
	int64_t number = 0;

	if (casp_version_from_serial(text, &version)) {
		casp_version_format(&version, shown);
		REQUIRE(casp_version_product(&version));
		REQUIRE(casp_version_compare(&version, &version) == 0);
	}
	if (casp_str_int(text, &number)) {
		casp_version_from_number(number, &version);
		casp_version_format(&version, shown);
		casp_format_older(number, CASP_FORMAT_2010);
		while (casp_roles_next(&number)) {
			continue;
		}
	}
	casp_time_parse(text, &number);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct casp_str a, b;

	fuzz_halves(data, size, &a, &b);
	look_at_legacy_dn(a);
	build(a);
	look_at_fqdn(a);
	look_at_version(a);
	REQUIRE(casp_legacy_dn_equal(a, b) == casp_legacy_dn_equal(b, a));
	REQUIRE(!casp_fqdn_equal(a, b) || casp_fqdn_hash(a) == casp_fqdn_hash(b));
	return 0;
}
