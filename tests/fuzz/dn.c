/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzzes distinguished names: what the functions of dn.h say of a name agrees. */
#include "fuzz.h"

#include "names/dn.h"

/* The value of the first RDN, escaped, is the same value again. */
static void escape_again(struct casp_str dn)
{
	struct casp_buf value = {0}, again = {0}, name = {0};

	if (casp_dn_rdn_value(dn, &value)) {
		struct casp_str text = {value.p, value.n};
		const char *why;

		casp_buf_adds(&name, "CN=");
		casp_dn_escape(text, &name);
		REQUIRE(casp_dn_check((struct casp_str){name.p, name.n}, &why));
		REQUIRE(casp_dn_rdn_value((struct casp_str){name.p, name.n}, &again));
		REQUIRE(casp_str_equal(text, (struct casp_str){again.p, again.n}));
	}
	casp_buf_free(&value);
	casp_buf_free(&again);
	casp_buf_free(&name);
}

static void look(struct casp_str dn, struct casp_dn_memory *memory)
{
	struct casp_dn_summary summary;
	struct casp_str parent = casp_dn_parent(dn);
	const char *why = NULL;
	bool good = casp_dn_check(dn, &why);

	REQUIRE(good || why);
	REQUIRE(casp_dn_equal(dn, dn));
	REQUIRE((casp_dn_depth(dn) > 0) == good);
	casp_dn_summarize(dn, memory, &summary);
	REQUIRE(summary.good == good);
	REQUIRE(summary.hash == casp_dn_hash(dn));
	if (!good) {
		return;
	}
	REQUIRE((summary.parent_hash != 0) == (parent.n > 0));
	if (parent.n) {
		REQUIRE(summary.parent_hash == casp_dn_hash(parent));
		REQUIRE(casp_dn_check(parent, &why));
		REQUIRE(casp_dn_depth(parent) == casp_dn_depth(dn) - 1);
		REQUIRE(casp_dn_is_below(dn, parent, false));
		REQUIRE(!casp_dn_is_below(parent, dn, true));
	}
	REQUIRE(casp_dn_is_below(dn, dn, true));
	REQUIRE(!casp_dn_is_below(dn, dn, false));
	REQUIRE(casp_dn_check(casp_dn_rdn(dn), &why));
	escape_again(dn);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct casp_dn_memory memory = {0};
	struct casp_str a, b;
	bool equal;

	fuzz_halves(data, size, &a, &b);
	/* The second one is looked at with the first one in memory. */
	look(a, &memory);
	look(b, &memory);
	equal = casp_dn_equal(a, b);
	REQUIRE(equal == casp_dn_equal(b, a));
	REQUIRE(!equal || casp_dn_hash(a) == casp_dn_hash(b));
	REQUIRE(!equal || casp_dn_depth(a) == casp_dn_depth(b));
	return 0;
}
