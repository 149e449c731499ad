/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What names are called in zones that are not known yet. */
#include "unit.h"

#include "exchange/dns_zone.h"

#define COUNT(rows) (int)(sizeof(rows) / sizeof(*(rows)))

static const struct {
	const char *fqdns[3];
	const char *names; /* in the order in which they are found */
} guesses[] = {
	{{"outlook.contoso.com"}, "outlook outlook.contoso contoso @"},
	{{"a.b.c.d"}, "a a.b a.b.c b b.c c @"},
	{{"outlook"}, "@"},
	{{"outlook.contoso.com", "mail.contoso.com"},
	 "outlook outlook.contoso contoso @ mail mail.contoso"},
	{{"outlook.contoso.com", "OUTLOOK.fabrikam.com"},
	 "outlook outlook.contoso contoso @ OUTLOOK.fabrikam fabrikam"},
	{{"not legal.contoso.com", "a.b"}, "a @"},
	{{"not legal.contoso.com"}, ""},
	{{"1.2.3.4.5.6.7.8.9.a"},
	 "1 1.2 1.2.3 1.2.3.4 1.2.3.4.5 1.2.3.4.5.6 1.2.3.4.5.6.7 "
	 "1.2.3.4.5.6.7.8 1.2.3.4.5.6.7.8.9 2 2.3 2.3.4 2.3.4.5 "
	 "2.3.4.5.6 2.3.4.5.6.7 2.3.4.5.6.7.8 2.3.4.5.6.7.8.9 3 3.4 "
	 "3.4.5 3.4.5.6 3.4.5.6.7 3.4.5.6.7.8 3.4.5.6.7.8.9 4 4.5 4.5.6 "
	 "4.5.6.7 4.5.6.7.8 4.5.6.7.8.9 5 5.6 5.6.7 5.6.7.8 5.6.7.8.9 6 "
	 "6.7 6.7.8 6.7.8.9 7 7.8 7.8.9 8 8.9 9 @"},
	{{"a.b", "1.2.3.4.5.6.7.8.9.a.b"}, ""},
};

START_TEST(guess)
{
	struct casp_dns_node nodes[3] = {0};
	struct casp_dns_names names;
	struct casp_arena arena = {0};
	struct casp_buf text = {0};
	size_t n = 0;

	while (n < 3 && guesses[_i].fqdns[n]) {
		nodes[n].fqdn = guesses[_i].fqdns[n];
		n++;
	}
	ck_assert(casp_dns_guess(&arena, nodes, n, &names));
	for (size_t i = 0; i < names.n; i++) {
		ck_assert_str_eq(names.v[i].attribute, "name");
		casp_buf_adds(&text, i ? " " : "");
		casp_buf_add_str(&text, names.v[i].value);
	}
	ck_assert_str_eq(text.p ? text.p : "", guesses[_i].names);
	casp_buf_free(&text);
	casp_arena_free(&arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dns-guess");
	TCase *tcase = tcase_create("dns-guess");

	suite_add_tcase(suite, tcase);
	tcase_add_loop_test(tcase, guess, 0, COUNT(guesses));
	return unit_main(suite);
}
