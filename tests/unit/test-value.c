/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of attributes: the same, or how they differ. */
#include "unit.h"

#include "directory/directory.h"

static const struct {
	const char *a, *b;
	bool equal;
} pairs[] = {
	{"x", "x", true},
	{"x", "X", false},
	{"CN=EX1,DC=contoso,DC=com", "cn=ex1, dc=Contoso,dc=com", true},
	{"CN=EX1,DC=contoso,DC=com", "CN=EX2,DC=contoso,DC=com", false},
	{"CN=EX1,DC=contoso,DC=com", "EX1", false},
};

START_TEST(equal)
{
	ck_assert(casp_value_equal(casp_str(pairs[_i].a), casp_str(pairs[_i].b)) ==
		  pairs[_i].equal);
}
END_TEST

/* One line, whatever a server holds, for those who show it as it is. */
START_TEST(differs)
{
	const struct casp_str found = CASP_STR("a\nb\xff\0"), wanted = CASP_STR("y");
	struct casp_buf buf = {0};

	casp_value_differs(&buf, "description", &found, &wanted);
	ck_assert_str_eq(buf.p, "description holds 'a\\x0ab\\xff\\x00', not 'y'");
	casp_buf_clear(&buf);
	casp_value_differs(&buf, "description", NULL, &wanted);
	ck_assert_str_eq(buf.p, "description holds no value, not 'y'");
	casp_buf_clear(&buf);
	casp_value_differs(&buf, "description", &wanted, NULL);
	ck_assert_str_eq(buf.p, "description holds 'y', not no value");
	casp_buf_free(&buf);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("value");
	TCase *tcase = tcase_create("value");

	tcase_add_loop_test(tcase, equal, 0, sizeof(pairs) / sizeof(*pairs));
	tcase_add_test(tcase, differs);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
