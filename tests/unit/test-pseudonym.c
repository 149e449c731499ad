/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pseudonyms: the same for the same word, of the same shape, and nobody else's. */
#include "unit.h"

#include <ctype.h>
#include <stdio.h>

#include "base/map.h"
#include "base/utf8.h"
#include "exchange/pseudonym.h"
#include "exchange/redact.h"
#include "names/dn.h"
#include "names/fqdn.h"

#define COUNT(rows) (int)(sizeof(rows) / sizeof(*(rows)))

static struct casp_pseudonyms *names;
static struct casp_buf out;

static void setup(void)
{
	ck_assert_int_eq(casp_pseudonyms_new(&names, NULL), 0);
}

static void teardown(void)
{
	casp_pseudonyms_free(names);
	casp_buf_free(&out);
}

/* Valid until the next call. */
static const char *text(const char *original)
{
	casp_buf_clear(&out);
	casp_buf_adds(&out, "");
	casp_pseudonyms_text(names, casp_str(original), &out);
	ck_assert(!out.failed);
	return out.p;
}

/* In both passes, as a snapshot does it. */
static const char *seen_text(const char *original)
{
	text(original);
	casp_pseudonyms_begin(names);
	return text(original);
}

/* ---- what stays ---- */

static const char *const fixed[] = {
	"",
	"Configuration",
	"CONFIGURATION",
	" Servers ",
	"/o=/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration"
	"/cn=Servers/cn=/cn=Microsoft Private MDB",
	"Microsoft-Server-ActiveSync (Default Web Site)",
	"https://autodiscover./Autodiscover/Autodiscover.xml",
	"ncacn_ip_tcp:",
	"Site=Default-First-Site-Name",
	"77378F46-2C66-4aa9-A6A6-3E7A48B19596",
	" .,:;/\\=+#<>\"'&%$@!?()[]{}|-_~^`*\x01\x1f\x7f",
};

START_TEST(what_is_the_same_everywhere_stays)
{
	ck_assert_str_eq(seen_text(fixed[_i]), fixed[_i]);
}
END_TEST

/* ---- shape ---- */

static const char *const shapes[] = {
	"Contoso",
	"EX1",
	"Berlin DB 2",
	"outlook-berlin.contoso.com.",
	"10.20.30.40",
	"McDonald's (Nord) & Söhne",
	"M\xc3\xbcnchen",
	"\xd0\x9c\xd0\xbe\xd1\x81\xd0\xba\xd0\xb2\xd0\xb0",
	"\xe6\x9d\xb1\xe4\xba\xac \xf0\x9d\x94\x98 0",
	"https://mail.contoso.com:8443/owa",
	"a",
	"Configuration Database",
};

static char shape_of(unsigned char c)
{
	return c >= 0x80    ? 'x'
	       : isupper(c) ? 'A'
	       : islower(c) ? 'a'
	       : isdigit(c) ? '0'
			    : (char)c;
}

START_TEST(the_shape_stays)
{
	const char *original = shapes[_i], *made = seen_text(original);

	ck_assert_str_ne(made, original);
	ck_assert_uint_eq(strlen(made), strlen(original));
	ck_assert(casp_utf8_check(casp_str(made)));
	for (size_t i = 0; original[i]; i++) {
		ck_assert_msg(shape_of((unsigned char)made[i]) ==
				      shape_of((unsigned char)original[i]),
			      "'%s' for '%s'", made, original);
		/* Where a character begins. */
		ck_assert_int_eq((made[i] & 0xc0) == 0x80, (original[i] & 0xc0) == 0x80);
	}
}
END_TEST

START_TEST(broken_text_stays_broken)
{
	const char *made = seen_text("M\xfcnchen");

	ck_assert_int_eq((unsigned char)made[1], 0xff);
	ck_assert(!casp_utf8_check(casp_str(made)));
}
END_TEST

/* ---- relations ---- */

START_TEST(a_word_has_one_pseudonym_wherever_it_stands)
{
	char site[64], fqdn[64];

	text("Berlin outlook contoso");
	casp_pseudonyms_begin(names);
	strcpy(site, text("BERLIN"));
	strcpy(fqdn, text("outlook-berlin.contoso.com"));
	for (char *p = site; *p; p++) {
		*p = (char)tolower((unsigned char)*p);
	}
	ck_assert_ptr_eq(strstr(fqdn, site), fqdn + strlen("outlook-"));
	ck_assert_str_eq(text("outlook-berlin.contoso.com"), fqdn);
	ck_assert_ptr_eq(strstr(text("/cn=Outlook-BERLIN.contoso.com/cn=x"), "."),
			 out.p + strlen("/cn=outlook-berlin"));
	/* Begun is begun: a word that was not seen before gets one, too. */
	ck_assert_str_ne(text("Lisbon"), "Lisbon");
}
END_TEST

/* As many words as there are of a shape: each is another's pseudonym. */
START_TEST(no_two_words_share_one)
{
	struct casp_map seen = {0};
	unsigned same = 0;
	char word[8];

	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 1000 + 26 * 26; i++) {
			if (i < 1000) {
				snprintf(word, sizeof(word), "%03u", i);
			} else {
				snprintf(word, sizeof(word), "%c%c",
					 'a' + (i - 1000) / 26, 'a' + (i - 1000) % 26);
			}
			if (round == 0) {
				text(word);
				continue;
			}
			same += !strcmp(text(word), word);
			for (size_t at = 0, more = 1; more;) {
				const char *other = casp_map_next(
					&seen, casp_str_ihash(casp_str(out.p)), &at);

				more = other != NULL;
				ck_assert_msg(!other || strcmp(other, out.p),
					      "'%s' for '%s', too", out.p, word);
			}
			ck_assert(casp_map_add(&seen, casp_str_ihash(casp_str(out.p)),
					       strdup(out.p)));
		}
		casp_pseudonyms_begin(names);
	}
	/* "cn", "dc" and "ou" stay; a last word may be its own only choice. */
	ck_assert_uint_ge(same, 3);
	ck_assert_uint_le(same, 5);
	for (size_t i = 0; i <= seen.mask; i++) {
		free(seen.slots[i].value);
	}
	casp_map_free(&seen);
}
END_TEST

/* Of many words none becomes the name of another, where names are long enough. */
START_TEST(no_pseudonym_is_a_name_that_is_there)
{
	const struct casp_pseudonym *const *all;
	struct casp_map words = {0};
	char word[8] = "aaaa";
	size_t n;

	for (unsigned i = 0; i < 20000; i++) {
		word[0] = (char)('a' + i / 7 % 26);
		word[1] = (char)('a' + i / 182 % 26);
		word[2] = (char)('a' + i % 7);
		word[3] = (char)('a' + i / 4732 % 26);
		text(word);
	}
	casp_pseudonyms_begin(names);
	n = casp_pseudonyms_all(names, &all);
	ck_assert_uint_gt(n, 10000);
	for (size_t i = 0; i < n; i++) {
		ck_assert(casp_map_add(&words, casp_str_ihash(all[i]->word),
				       (void *)all[i]->word.p));
	}
	for (size_t i = 0; i < n; i++) {
		const char *made = text(all[i]->word.p), *other;
		size_t at = 0;

		ck_assert_str_eq(all[i]->pseudonym, made);
		while ((other = casp_map_next(&words, casp_str_ihash(casp_str(made)),
					      &at))) {
			ck_assert_str_ne(other, made);
		}
	}
	casp_map_free(&words);
}
END_TEST

START_TEST(nothing_is_made_before_all_is_seen)
{
	const struct casp_pseudonym *const *all;

	ck_assert_str_eq(text("Berlin DB 2"), "");
	ck_assert_uint_eq(casp_pseudonyms_all(names, &all), 3);
	ck_assert_ptr_null(all[0]->pseudonym);
}
END_TEST

START_TEST(other_keys_other_names)
{
	struct casp_guid guid = {{1}}, one, two;
	char first[16];

	strcpy(first, seen_text("Contoso"));
	casp_pseudonyms_guid(names, &guid, &one);
	casp_pseudonyms_free(names);
	ck_assert_int_eq(casp_pseudonyms_new(&names, NULL), 0);
	ck_assert_str_ne(seen_text("Contoso"), first);
	casp_pseudonyms_guid(names, &guid, &two);
	ck_assert_mem_ne(one.b, two.b, sizeof(one.b));
}
END_TEST

/* ---- GUIDs and subnets ---- */

START_TEST(guids)
{
	struct casp_guid guid = {{0}}, made, again;
	char written[CASP_GUID_TEXT];

	casp_pseudonyms_guid(names, &guid, &made);
	ck_assert(casp_guid_is_null(&made));
	ck_assert(
		casp_guid_parse(CASP_STR("81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10"), &guid));
	casp_pseudonyms_guid(names, &guid, &made);
	ck_assert_mem_ne(made.b, guid.b, sizeof(made.b));
	ck_assert_mem_ne(made.b, guid.b, 8);
	ck_assert_mem_ne(made.b + 8, guid.b + 8, 8);
	casp_pseudonyms_guid(names, &guid, &again);
	ck_assert_mem_eq(made.b, again.b, sizeof(made.b));
	/* The same one in a text, as in the name of an object that lost a conflict. */
	casp_guid_format(&made, written);
	ck_assert_ptr_nonnull(strstr(
		seen_text("EX1\nCNF:81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10"), written));
	ck_assert_ptr_nonnull(strstr(out.p, "\nCNF:"));
}
END_TEST

static const struct {
	const char *name;
	int dots, colons;
} subnets[] = {
	{"10.20.0.0/16", 3, 0},  {"192.168.1.128/25", 3, 0}, {"0.0.0.0/0", 3, 0},
	{"2001:db8::/32", 0, 3}, {"fe80:1:2:3::/64", 0, 5},  {"999.1.1.1/8", 3, 0},
};

static int count(const char *name, char c)
{
	int n = 0;

	for (; *name; name++) {
		n += *name == c;
	}
	return n;
}

START_TEST(subnets_stay_subnets)
{
	const char *name = subnets[_i].name;

	casp_pseudonyms_begin(names);
	casp_pseudonyms_name(names, casp_str(name), &out);
	ck_assert_str_eq(strchr(out.p, '/'), strchr(name, '/'));
	ck_assert_int_eq(count(out.p, '.'), subnets[_i].dots);
	ck_assert_int_eq(count(out.p, ':'), subnets[_i].colons);
	if (subnets[_i].dots && *name != '9') {
		unsigned a, b, c, d, was[4];

		ck_assert_int_eq(sscanf(out.p, "%u.%u.%u.%u", &a, &b, &c, &d), 4);
		ck_assert_int_eq(
			sscanf(name, "%u.%u.%u.%u", &was[0], &was[1], &was[2], &was[3]),
			4);
		ck_assert(a < 256 && b < 256 && c < 256 && d < 256);
		ck_assert((a == 0) == (was[0] == 0) && (d == 0) == (was[3] == 0));
	}
}
END_TEST

/* Whatever the key: so with several. */
START_TEST(no_part_of_a_subnet_stays)
{
	char was[16];

	casp_pseudonyms_begin(names);
	for (unsigned i = 1; i < 256 + 16; i++) {
		if (i == 256) {
			continue; /* the digit 0 */
		}
		snprintf(was, sizeof(was), i < 256 ? "%u.0.0.0/8" : "%x::/16", i & 255);
		casp_buf_clear(&out);
		casp_pseudonyms_name(names, casp_str(was), &out);
		ck_assert_str_ne(out.p, was);
	}
}
END_TEST

/* ---- distinguished names ---- */

static const struct {
	const char *dn,
		*pattern; /* a: a letter, 0: a digit; others stand for themselves */
} dns[] = {
	{"CN=EX1,CN=Servers,DC=contoso,DC=com", "CN=aa0,CN=Servers,DC=aaaaaaa,DC=aaa"},
	{"cn=a\\, b,OU=c+UID=d9 , DC=x", "cn=a\\, a,OU=a+aaa=a0,DC=a"},
	{"contoso-id = x,1.2.840=y,CN=Sites", "aaaaaaa-aa=a,0.0.000=a,CN=Sites"},
	{"CN=\\23x,CN=Sites", "CN=\\#a,CN=Sites"},
	{"CN=\"q, r\",CN=Sites", "CN=a\\, a,CN=Sites"},
	{"CN=#04024869,CN=Sites", "CN=aaaaaaaaa,CN=Sites"},
	{"CN=x\\0ACNF:81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10,CN=Sites", NULL},
	{"no DN at all", "aa aa aa aaa"},
	{"CN=10.1.0.0/16,CN=Subnets", NULL},
};

START_TEST(distinguished_names)
{
	struct casp_redact *redact = NULL;
	struct casp_str dn = casp_str(dns[_i].dn);
	const char *pattern = dns[_i].pattern, *why;

	ck_assert_int_eq(casp_redact_new(&redact, NULL), 0);
	casp_redact_dn(redact, dn, &out);
	casp_buf_clear(&out);
	casp_redact_begin(redact);
	casp_redact_dn(redact, dn, &out);
	ck_assert_int_eq(casp_dn_check(casp_buf_str(&out), &why),
			 casp_dn_check(dn, &why));
	ck_assert_uint_eq(casp_dn_depth(casp_buf_str(&out)), casp_dn_depth(dn));
	ck_assert_str_ne(out.p, dns[_i].dn);
	ck_assert(!pattern || strlen(pattern) == out.n);
	for (size_t i = 0; pattern && i < out.n; i++) {
		bool ok = pattern[i] == 'a' ? islower((unsigned char)out.p[i]) ||
						      isupper((unsigned char)out.p[i])
			  : pattern[i] == '0' ? isdigit((unsigned char)out.p[i])
					      : pattern[i] == out.p[i];

		ck_assert_msg(ok, "'%s' is not like '%s'", out.p, pattern);
	}
	casp_redact_free(redact);
}
END_TEST

/* A name is legal, or not, for the same reason. */
static const char *const fqdns[] = {
	"outlook.contoso.com",
	"outlook",
	"out_look.contoso.com",
	"10.1.2.3",
	"a..b",
	"-a.b",
	"a-.b",
	"a.b.",
	"x y.contoso.com",
	"\xc3\xbc.de",
	"x.y.1",
};

START_TEST(host_names)
{
	const char *why = "", *made_why = "";
	bool ok = casp_fqdn_check(casp_str(fqdns[_i]), &why);

	ck_assert_int_eq(casp_fqdn_check(casp_str(seen_text(fqdns[_i])), &made_why), ok);
	ck_assert_str_eq(made_why, why);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pseudonym");
	TCase *tc = tcase_create("pseudonym");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, what_is_the_same_everywhere_stays, 0, COUNT(fixed));
	tcase_add_loop_test(tc, the_shape_stays, 0, COUNT(shapes));
	tcase_add_test(tc, broken_text_stays_broken);
	tcase_add_test(tc, a_word_has_one_pseudonym_wherever_it_stands);
	tcase_add_test(tc, no_two_words_share_one);
	tcase_add_test(tc, no_pseudonym_is_a_name_that_is_there);
	tcase_add_test(tc, nothing_is_made_before_all_is_seen);
	tcase_add_test(tc, other_keys_other_names);
	tcase_add_test(tc, guids);
	tcase_add_loop_test(tc, subnets_stay_subnets, 0, COUNT(subnets));
	tcase_add_loop_test(tc, no_part_of_a_subnet_stays, 0, 8);
	tcase_add_loop_test(tc, distinguished_names, 0, COUNT(dns));
	tcase_add_loop_test(tc, host_names, 0, COUNT(fqdns));
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
