/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The form of messages (RFC 4511 4, 5.1). libldap asserts some of it, and so ends the
 * process when a server sends something else.
 */
#include "ldap_form.h"

#include <ldap.h>
#include <stdint.h>

#define SEQUENCE 0x30
#define SET 0x31
#define BOOLEAN 0x01
#define INTEGER 0x02
#define OCTETS 0x04
#define ENUMERATED 0x0a
#define NAME_OF_EXTENDED 0x8a
#define NAME_OF_INTERMEDIATE 0x80
/* The class of tags whose meaning depends on where they are. */
#define CLASS_MASK 0xc0
#define CLASS_CONTEXT 0x80

/* What is left of an element's value. */
struct rest {
	const unsigned char *p;
	size_t n;
};

size_t casp_ldap_element_size(const unsigned char *p, size_t n, size_t limit)
{
	size_t size = 0, octets;

	if (n < 2) {
		return 0;
	}
	if (p[1] < 0x80) {
		return (size_t)p[1] + 2;
	}
	octets = p[1] & 0x7f;
	/* no length that comes later, and none beyond 32 bits */
	if (octets == 0 || octets > 4) {
		return SIZE_MAX;
	}
	if (n < octets + 2) {
		return 0;
	}
	for (size_t i = 0; i < octets; i++) {
		size = size << 8 | p[2 + i];
	}
	return size > limit ? SIZE_MAX : size + octets + 2;
}

/* The next element, whatever it is; its value in *ret. */
static bool take_any(struct rest *rest, struct rest *ret)
{
	size_t size = casp_ldap_element_size(rest->p, rest->n, rest->n), head;

	if (size == 0 || size > rest->n) {
		return false;
	}
	head = rest->p[1] < 0x80 ? 2 : 2 + (size_t)(rest->p[1] & 0x7f);
	*ret = (struct rest){rest->p + head, size - head};
	rest->p += size;
	rest->n -= size;
	return true;
}

static bool next_is(const struct rest *rest, unsigned tag)
{
	return rest->n && rest->p[0] == tag;
}

static bool take(struct rest *rest, unsigned tag, struct rest *ret)
{
	return next_is(rest, tag) && take_any(rest, ret);
}

static bool take_octets(struct rest *rest)
{
	struct rest value;

	return take(rest, OCTETS, &value);
}

static bool take_name(struct rest *rest, unsigned tag)
{
	struct rest value;

	return take(rest, tag, &value) && value.n;
}

/* Not negative, and of 31 bits. */
static bool take_number(struct rest *rest, unsigned tag)
{
	struct rest value;

	return take(rest, tag, &value) && value.n >= 1 && value.n <= 4 &&
	       value.p[0] < 0x80;
}

/* One at least. */
static bool are_octets(struct rest rest)
{
	bool ok = rest.n;

	while (ok && rest.n) {
		ok = take_octets(&rest);
	}
	return ok;
}

static bool is_attribute(struct rest rest)
{
	struct rest values;
	bool ok = take_name(&rest, OCTETS) && take(&rest, SET, &values) && !rest.n;

	return ok && (!values.n || are_octets(values));
}

static bool is_entry(struct rest rest)
{
	struct rest attributes, attribute;

	if (!take_octets(&rest) || !take(&rest, SEQUENCE, &attributes) || rest.n) {
		return false;
	}
	while (attributes.n) {
		if (!take(&attributes, SEQUENCE, &attribute) ||
		    !is_attribute(attribute)) {
			return false;
		}
	}
	return true;
}

/* What follows a result: parts of its own, and those of later versions. */
static bool are_extensions(struct rest rest, unsigned name)
{
	struct rest value;

	while (rest.n) {
		unsigned tag = rest.p[0];

		if ((tag & CLASS_MASK) != CLASS_CONTEXT || !take_any(&rest, &value) ||
		    (tag == name && !value.n) ||
		    (tag == LDAP_TAG_REFERRAL && !are_octets(value))) {
			return false;
		}
	}
	return true;
}

static bool is_result(struct rest rest, unsigned name)
{
	return take_number(&rest, ENUMERATED) && take_octets(&rest) &&
	       take_octets(&rest) && are_extensions(rest, name);
}

static bool is_operation(unsigned tag, struct rest value)
{
	switch (tag) {
	case LDAP_RES_SEARCH_ENTRY:
		return is_entry(value);
	case LDAP_RES_SEARCH_REFERENCE:
		return are_octets(value);
	case LDAP_RES_BIND:
	case LDAP_RES_SEARCH_RESULT:
	case LDAP_RES_MODIFY:
	case LDAP_RES_ADD:
	case LDAP_RES_DELETE:
	case LDAP_RES_MODDN:
	case LDAP_RES_COMPARE:
		return is_result(value, 0);
	case LDAP_RES_EXTENDED:
		return is_result(value, NAME_OF_EXTENDED);
	case LDAP_RES_INTERMEDIATE:
		return are_extensions(value, NAME_OF_INTERMEDIATE);
	default:
		return false;
	}
}

static bool is_control(struct rest rest)
{
	struct rest value;

	return take_name(&rest, OCTETS) &&
	       (!next_is(&rest, BOOLEAN) ||
		(take(&rest, BOOLEAN, &value) && value.n == 1)) &&
	       (!next_is(&rest, OCTETS) || take_octets(&rest)) && !rest.n;
}

static bool are_controls(struct rest rest)
{
	struct rest control;

	while (rest.n) {
		if (!take(&rest, SEQUENCE, &control) || !is_control(control)) {
			return false;
		}
	}
	return true;
}

bool casp_ldap_is_message(const unsigned char *p, size_t n)
{
	struct rest rest = {p, n}, message, operation, controls;
	unsigned tag;

	if (!take(&rest, SEQUENCE, &message) || rest.n ||
	    !take_number(&message, INTEGER) || !message.n) {
		return false;
	}
	tag = message.p[0];
	return take_any(&message, &operation) && is_operation(tag, operation) &&
	       (!next_is(&message, LDAP_TAG_CONTROLS) ||
		(take(&message, LDAP_TAG_CONTROLS, &controls) &&
		 are_controls(controls))) &&
	       !message.n;
}
