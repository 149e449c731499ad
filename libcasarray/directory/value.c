/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of attributes: the same, or how they differ. */
#include "../base/excerpt.h"
#include "../names/dn.h"
#include "../names/dns_record.h"
#include "directory.h"

static bool is_dn(struct casp_str value)
{
	const char *why;

	return casp_dn_check(value, &why);
}

bool casp_value_equal(struct casp_str a, struct casp_str b)
{
	return casp_str_equal(a, b) || (is_dn(a) && is_dn(b) && casp_dn_equal(a, b));
}

static void add(struct casp_buf *out, const struct casp_str *value)
{
	if (!value) {
		casp_buf_adds(out, "no value");
		return;
	}
	if (casp_dns_value_add(*value, out)) {
		return;
	}
	casp_buf_addc(out, '\'');
	casp_escape(*value, CASP_VALUE_SHOWN, out);
	casp_buf_addc(out, '\'');
}

void casp_value_differs(struct casp_buf *out, const char *attribute,
			const struct casp_str *found, const struct casp_str *wanted)
{
	casp_buf_addf(out, "%s holds ", attribute);
	add(out, found);
	casp_buf_adds(out, ", not ");
	add(out, wanted);
}
