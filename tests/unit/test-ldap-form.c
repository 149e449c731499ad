/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The form of messages: what is one, what is none, and where an element ends. */
#include "unit.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "directory/ldap_form.h"

#define MESSAGE_MAX 512
#define LIMIT 100000

struct bytes {
	unsigned char v[MESSAGE_MAX];
	size_t n;
};

/* "30 0c 02": blanks are for the eye. */
static struct bytes from_hex(const char *hex)
{
	struct bytes bytes = {.n = 0};
	unsigned value;
	int read;

	while (sscanf(hex, " %2x%n", &value, &read) == 1) {
		ck_assert_uint_lt(bytes.n, MESSAGE_MAX);
		bytes.v[bytes.n++] = (unsigned char)value;
		hex += read;
	}
	return bytes;
}

static const char *const messages[] = {
	/* results */
	"30 0c 020101 61 07 0a0100 0400 0400",
	"30 0c 020102 65 07 0a0104 0400 0400",
	"30 0c 020101 78 07 0a010c 0400 0400",
	"30 0e 020101 61 09 0a010e 0400 0400 87 00",
	"30 15 020101 67 10 0a010a 0400 0400 a3 07 0405 6c6461703a",
	/* lengths of more octets than are needed, as Active Directory writes them */
	"30 84 00000010 020102 65 84 00000007 0a0100 0400 0400",
	/* an entry: no attributes, one without values, one with two */
	"30 09 020103 64 04 0400 3000",
	"30 11 020103 64 0c 0401 78 3007 3005 0401 63 3100",
	"30 17 020103 64 12 0401 78 300d 300b 0401 63 3106 0401 61 0401 62",
	/* a reference, an intermediate one, a notice of disconnection */
	"30 09 020103 73 04 0402 6161",
	"30 09 020103 79 04 80 02 3161",
	"30 10 020100 78 0b 0a0134 0400 0400 8a 02 3131",
	/* controls: an OID; with criticality and value */
	"30 13 020102 65 07 0a0100 0400 0400 a0 05 3003 0401 31",
	"30 18 020102 65 07 0a0100 0400 0400 a0 0a 3008 0401 31 0101ff 0400",
};

static const char *const others[] = {
	"",
	"30 00",
	/* no operation, a request, an unknown one */
	"30 03 020101",
	"30 0c 020101 66 07 0a0100 0400 0400",
	"30 0c 020101 7f 07 0a0100 0400 0400",
	/* more after it; less than it says; another tag */
	"30 0c 020101 61 07 0a0100 0400 0400 00",
	"30 0d 020101 61 07 0a0100 0400 0400",
	"31 0c 020101 61 07 0a0100 0400 0400",
	/* ids: negative, of five octets, of none */
	"30 0c 0201ff 61 07 0a0100 0400 0400",
	"30 10 0205 0100000000 61 07 0a0100 0400 0400",
	"30 0b 0200 61 07 0a0100 0400 0400",
	/* results: negative, too short, no octets, a referral to nothing */
	"30 0c 020101 61 07 0a01ff 0400 0400",
	"30 0a 020101 61 05 0a0100 0400",
	"30 0c 020101 61 07 0a0100 0400 0200",
	"30 0e 020101 67 09 0a010a 0400 0400 a3 00",
	"30 0e 020101 61 09 0a010e 0400 0400 04 00",
	/* a name that is empty */
	"30 0e 020100 78 09 0a0134 0400 0400 8a 00",
	"30 07 020103 79 02 80 00",
	"30 12 020102 65 07 0a0100 0400 0400 a0 04 3002 0400",
	"30 10 020103 64 0b 0401 78 3006 3004 0400 3100",
	/* inside of an entry, a reference, a control */
	"30 07 020103 64 02 0400",
	"30 0b 020103 64 06 0400 3000 0400",
	"30 11 020103 64 0c 0401 78 3007 3005 0401 63 3000",
	"30 13 020103 64 0e 0401 78 3009 3007 0401 63 3102 0200",
	"30 05 020103 73 00",
	"30 07 020103 73 02 0200",
	"30 15 020102 65 07 0a0100 0400 0400 a0 07 3005 0401 31 0100",
	"30 0e 020102 65 07 0a0100 0400 0400 0400",
	/* a length that is to come later */
	"30 80 020101 61 07 0a0100 0400 0400 0000",
	"30 0e 020101 61 80 0a0100 0400 0400 0000",
};

/* Also in a place of its own size, where a sanitizer sees what is read behind it. */
static bool is_message(const struct bytes *bytes, size_t n)
{
	unsigned char *copy = malloc(n ? n : 1);
	bool is;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, bytes->v, n);
	is = casp_ldap_is_message(copy, n);
	free(copy);
	return is;
}

START_TEST(test_messages)
{
	struct bytes bytes = from_hex(messages[_i]);

	ck_assert_uint_eq(casp_ldap_element_size(bytes.v, bytes.n, LIMIT), bytes.n);
	ck_assert(is_message(&bytes, bytes.n));
	for (size_t n = 0; n < bytes.n; n++) {
		ck_assert(!is_message(&bytes, n));
	}
}
END_TEST

START_TEST(test_others)
{
	struct bytes bytes = from_hex(others[_i]);

	ck_assert(!is_message(&bytes, bytes.n));
}
END_TEST

/* Any byte may be any other one: that must only not read beyond the end. */
START_TEST(test_changed)
{
	const struct bytes bytes = from_hex(messages[_i]);

	for (size_t i = 0; i < bytes.n; i++) {
		for (unsigned value = 0; value < 256; value++) {
			struct bytes changed = bytes;

			changed.v[i] = (unsigned char)value;
			is_message(&changed, changed.n);
		}
	}
}
END_TEST

static const struct {
	const char *hex;
	size_t size;
} sizes[] = {
	{"", 0},
	{"30", 0},
	{"30 00", 2},
	{"30 7f", 129},
	{"30 81", 0},
	{"30 81 80", 131},
	{"30 82 01", 0},
	{"30 82 01 00", 260},
	{"30 84 00 01 86 a0", LIMIT + 6},
	{"30 84 00 01 86 a1", SIZE_MAX},
	{"30 84 ff ff ff ff", SIZE_MAX},
	{"30 85", SIZE_MAX},
	{"30 80", SIZE_MAX},
	{"30 ff", SIZE_MAX},
};

START_TEST(test_sizes)
{
	struct bytes bytes = from_hex(sizes[_i].hex);

	ck_assert_uint_eq(casp_ldap_element_size(bytes.v, bytes.n, LIMIT),
			  sizes[_i].size);
}
END_TEST

#define N(table) (int)(sizeof(table) / sizeof(*(table)))

int main(void)
{
	Suite *suite = suite_create("ldap-form");
	TCase *tcase = tcase_create("ldap-form");

	tcase_add_loop_test(tcase, test_messages, 0, N(messages));
	tcase_add_loop_test(tcase, test_others, 0, N(others));
	tcase_add_loop_test(tcase, test_changed, 0, N(messages));
	tcase_add_loop_test(tcase, test_sizes, 0, N(sizes));
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
