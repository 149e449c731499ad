/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Host names: the rules of RFC 1123 section 2.1 and RFC 1035 section 2.3.4. */
#include "fqdn.h"

/*
 * A name whose last label is a number would be taken for an IPv4 address, in full or in
 * one of the short forms of inet_aton(3). Two colons make an IPv6 address, in a URL's
 * brackets or not.
 */
static bool is_address(struct casp_str name)
{
	size_t colons = 0, digits = 0;

	for (size_t i = 0; i < name.n; i++) {
		colons += name.p[i] == ':';
	}
	while (digits < name.n &&
	       casp_is_digit((unsigned char)name.p[name.n - 1 - digits])) {
		digits++;
	}
	return colons >= 2 ||
	       (digits && (digits == name.n || name.p[name.n - 1 - digits] == '.'));
}

static const char *label_fault(struct casp_str label)
{
	if (!label.n) {
		return "empty label";
	}
	for (size_t i = 0; i < label.n; i++) {
		unsigned char c = (unsigned char)label.p[i];

		if (c == '_') {
			return "underscore";
		}
		if (c != '-' && !casp_is_alnum(c)) {
			return "illegal character";
		}
	}
	if (label.n > 63) {
		return "label longer than 63";
	}
	if (label.p[0] == '-') {
		return "leading hyphen";
	}
	return label.p[label.n - 1] == '-' ? "trailing hyphen" : NULL;
}

static const char *labels_fault(struct casp_str name)
{
	const char *end = name.p + name.n;

	for (const char *p = name.p;; p++) {
		struct casp_str label =
			casp_fqdn_host((struct casp_str){p, (size_t)(end - p)});
		const char *fault = label_fault(label);

		p += label.n;
		if (fault || p == end) {
			return fault;
		}
	}
}

static const char *name_fault(struct casp_str name)
{
	if (!name.n) {
		return "empty";
	}
	for (size_t i = 0; i < name.n; i++) {
		if ((unsigned char)name.p[i] >= 0x80) {
			return "not ASCII";
		}
	}
	if (is_address(name)) {
		return "IP address";
	}
	if (name.n > 1 && name.p[name.n - 1] == '.' && name.p[name.n - 2] != '.') {
		return "trailing dot";
	}
	if (name.n > 253) {
		return "longer than 253";
	}
	return labels_fault(name);
}

bool casp_fqdn_check(struct casp_str name, const char **why)
{
	const char *fault = name_fault(name);

	if (fault) {
		*why = fault;
	}
	return !fault;
}

struct casp_str casp_fqdn_trim(struct casp_str name)
{
	if (name.n && name.p[name.n - 1] == '.') {
		name.n--;
	}
	return name;
}

bool casp_fqdn_equal(struct casp_str a, struct casp_str b)
{
	return casp_str_iequal(casp_fqdn_trim(a), casp_fqdn_trim(b));
}

uint64_t casp_fqdn_hash(struct casp_str name)
{
	return casp_str_ihash(casp_fqdn_trim(name));
}

struct casp_str casp_fqdn_host(struct casp_str name)
{
	const char *dot = name.n ? memchr(name.p, '.', name.n) : NULL;

	if (dot) {
		name.n = (size_t)(dot - name.p);
	}
	return name;
}

struct casp_str casp_fqdn_domain(struct casp_str name)
{
	size_t n = casp_fqdn_host(name).n + 1;

	return n < name.n ? (struct casp_str){name.p + n, name.n - n}
			  : (struct casp_str){0};
}

bool casp_fqdn_is_single_label(struct casp_str name)
{
	name = casp_fqdn_trim(name);
	return !name.n || !memchr(name.p, '.', name.n);
}
