/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* legacyExchangeDN: the grammar, the parent, the leaf. */
#include "legacy_dn.h"

static bool value_char(unsigned char c)
{
	return casp_is_alnum(c) || (c && strchr(" !\"%&'()*+,-.:<>?@[]_{|}", c));
}

static bool check_value(struct casp_str value, const char **why)
{
	if (!value.n) {
		*why = "empty value";
		return false;
	}
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if (!value_char(c)) {
			*why = c < 0x20 || c == 0x7f ? "control character"
			       : c >= 0x80           ? "not ASCII"
						     : "illegal character";
			return false;
		}
	}
	return true;
}

static bool known_prefix(struct casp_str prefix)
{
	return casp_str_iequal(prefix, CASP_STR("cn")) ||
	       casp_str_iequal(prefix, CASP_STR("ou")) ||
	       casp_str_iequal(prefix, CASP_STR("o")) ||
	       casp_str_iequal(prefix, CASP_STR("guid"));
}

static bool check_section(struct casp_str section, const char **why)
{
	const char *equals = section.n ? memchr(section.p, '=', section.n) : NULL;
	struct casp_str prefix, value;

	if (!section.n) {
		*why = "empty section";
		return false;
	}
	if (!equals) {
		*why = "section without '='";
		return false;
	}
	prefix = (struct casp_str){section.p, (size_t)(equals - section.p)};
	value = (struct casp_str){equals + 1, section.n - prefix.n - 1};
	if (!known_prefix(prefix)) {
		*why = "section that is none of o, ou, cn, guid";
		return false;
	}
	return check_value(value, why);
}

bool casp_legacy_dn_check(struct casp_str dn, const char **why)
{
	const char *p, *end;

	if (!dn.n) {
		*why = "empty";
		return false;
	}
	if (dn.p[0] != '/') {
		*why = "no leading '/'";
		return false;
	}
	end = dn.p + dn.n;
	for (p = dn.p; p < end;) {
		const char *start = p + 1;

		p = start < end ? memchr(start, '/', (size_t)(end - start)) : NULL;
		if (!p) {
			p = end;
		}
		if (!check_section((struct casp_str){start, (size_t)(p - start)}, why)) {
			return false;
		}
	}
	return true;
}

struct casp_str casp_legacy_dn_parent(struct casp_str dn)
{
	const char *slash = dn.n ? memrchr(dn.p, '/', dn.n) : NULL;

	return (struct casp_str){dn.p, slash ? (size_t)(slash - dn.p) : 0};
}

struct casp_str casp_legacy_dn_leaf(struct casp_str dn)
{
	struct casp_str section = dn;
	size_t parent = casp_legacy_dn_parent(dn).n;
	const char *equals;

	if (dn.n) {
		section = (struct casp_str){dn.p + parent, dn.n - parent};
	}
	equals =
		section.n && *section.p == '/' ? memchr(section.p, '=', section.n) : NULL;
	if (!equals) {
		return (struct casp_str){"", 0};
	}
	section.n -= (size_t)(equals + 1 - section.p);
	return (struct casp_str){equals + 1, section.n};
}
