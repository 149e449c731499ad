/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Distinguished names: RFC 4514 in every spelling. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "names/dn.h"

#define COUNT(rows) (int)(sizeof(rows) / sizeof(*(rows)))
#define CFG                                                                              \
	"CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,"   \
	"CN=Contoso,CN=Microsoft "                                                       \
	"Exchange,CN=Services,CN=Configuration,DC=contoso,DC=com"
#define U_UMLAUT "\xc3\xbc"

static const struct {
	const char *dn;
	const char *why; /* NULL: well-formed */
	unsigned depth;
	const char *value; /* of the first RDN; NULL: malformed */
} checks[] = {
	{"CN=EX1", NULL, 1, "EX1"},
	{"DC=contoso,DC=com", NULL, 2, "contoso"},
	{"CN=DB01,CN=Databases," CFG, NULL, 10, "DB01"},
	{" CN = DB01 , CN = Databases ", NULL, 2, "DB01"},
	{"CN=Default Web Site (1),DC=x", NULL, 2, "Default Web Site (1)"},
	{"2.5.4.3=EX1,DC=x", NULL, 2, "EX1"},
	{"OID.2.5.4.3=EX1,DC=x", NULL, 2, "EX1"},
	{"ms-DS-x=EX1", NULL, 1, "EX1"},
	{"CN=,DC=x", NULL, 2, ""},
	{"CN=a\\,b,DC=x", NULL, 2, "a,b"},
	{"CN=a\\2Cb,DC=x", NULL, 2, "a,b"},
	{"CN=\"a,b\",DC=x", NULL, 2, "a,b"},
	{"CN=\"a\\\"b\" , DC=x", NULL, 2, "a\"b"},
	{"CN=\"\",DC=x", NULL, 2, ""},
	{"CN=\\ a\\ ,DC=x", NULL, 2, " a "},
	{"CN=  a b  ,DC=x", NULL, 2, "a b"},
	{"CN=\\ ", NULL, 1, " "},
	{"CN=a\\  ,DC=x", NULL, 2, "a "},
	{"CN=\\#1,DC=x", NULL, 2, "#1"},
	{"CN=#04024869,DC=x", NULL, 2, "#04024869"},
	{"CN=a#1,DC=x", NULL, 2, "a#1"},
	{"CN=a=b,DC=x", NULL, 2, "a=b"},
	{"CN=a\\=b,DC=x", NULL, 2, "a=b"},
	{"CN=a\\+b+OU=c,DC=x", NULL, 2, "a+b"},
	{"CN=a+OU=c,DC=x", NULL, 2, "a"},
	{"CN=a;DC=x", NULL, 2, "a"},
	{"CN=a\\;b;DC=x", NULL, 2, "a;b"},
	{"CN=a\\\\,DC=x", NULL, 2, "a\\"},
	{"CN=\\C3\\bc,DC=x", NULL, 2, U_UMLAUT},
	{"CN=" U_UMLAUT ",DC=x", NULL, 2, U_UMLAUT},
	{"CN=\\<a\\>,DC=x", NULL, 2, "<a>"},
	{"CN=DB01\\0ADEL:81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10,CN=Deleted Objects,DC=x",
	 NULL, 3, "DB01\nDEL:81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10"},
	{"CN=DB01\\0ACNF:81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10,CN=Databases,DC=x", NULL, 3,
	 "DB01\nCNF:81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10"},
	{"CN=10.30.0.0/16,CN=Subnets,CN=Sites", NULL, 3, "10.30.0.0/16"},
	{"", "empty", 0, NULL},
	{" ", "empty attribute type", 0, NULL},
	{",", "empty attribute type", 0, NULL},
	{"=x", "empty attribute type", 0, NULL},
	{"CN=a,", "empty attribute type", 0, "a"},
	{"CN=a,,DC=x", "empty attribute type", 0, "a"},
	{",DC=x", "empty attribute type", 0, NULL},
	{"CN=a+,DC=x", "empty attribute type", 0, "a"},
	{"CN=a,=x", "empty attribute type", 0, "a"},
	{"CN", "missing '='", 0, NULL},
	{"CN=a,DC", "missing '='", 0, "a"},
	{"CN,DC=x", "missing '='", 0, NULL},
	{"-CN=a", "bad attribute type", 0, NULL},
	{"C_N=a", "bad attribute type", 0, NULL},
	{"C N=a", "bad attribute type", 0, NULL},
	{"<GUID=81b752f8dfaf4c5e8b1c0d3c6d2a9f10>", "bad attribute type", 0, NULL},
	{U_UMLAUT "=a", "bad attribute type", 0, NULL},
	{"CN=a\\", "bad escape", 0, NULL},
	{"CN=a\\4", "bad escape", 0, NULL},
	{"CN=a\\x,DC=x", "bad escape", 0, NULL},
	{"CN=a\\0gb,DC=x", "bad escape", 0, NULL},
	{"CN=a\\,DC=x\\", "bad escape", 0, NULL},
	{"CN=#,DC=x", "bad hexadecimal value", 0, NULL},
	{"CN=#123,DC=x", "bad hexadecimal value", 0, NULL},
	{"CN=#12g,DC=x", "text after a value", 0, NULL},
	{"CN=\"a", "missing closing quote", 0, NULL},
	{"CN=\"a\\\"", "missing closing quote", 0, NULL},
	{"CN=\"a\"b,DC=x", "text after a value", 0, NULL},
	{"CN=a\"b,DC=x", "unescaped quote", 0, NULL},
	{"CN=a<b,DC=x", "unescaped '<' or '>'", 0, NULL},
	{"CN=a>b,DC=x", "unescaped '<' or '>'", 0, NULL},
};

START_TEST(check_dn)
{
	struct casp_str dn = casp_str(checks[_i].dn);
	struct casp_buf value = {0};
	const char *why = NULL;
	bool ok = casp_dn_check(dn, &why), decoded;

	ck_assert_msg(ok == !checks[_i].why, "'%s': %s", dn.p, why ? why : "well-formed");
	ck_assert_pstr_eq(why, checks[_i].why);
	ck_assert_msg(casp_dn_depth(dn) == checks[_i].depth, "depth of '%s': %u", dn.p,
		      casp_dn_depth(dn));
	casp_buf_adds(&value, ">");
	decoded = casp_dn_rdn_value(dn, &value);
	ck_assert_msg(decoded == (checks[_i].value != NULL), "value of '%s'", dn.p);
	ck_assert_str_eq(value.p + 1, decoded ? checks[_i].value : "");
	casp_buf_free(&value);
}
END_TEST

START_TEST(nul_byte)
{
	const struct casp_str rows[] = {CASP_STR("CN=a\0b"), CASP_STR("CN=\"a\0b\""),
					CASP_STR("CN=a\\\0b")};
	const char *why;

	for (size_t i = 0; i < 3; i++) {
		why = NULL;
		ck_assert(!casp_dn_check(rows[i], &why));
		ck_assert_str_eq(why, i < 2 ? "NUL byte" : "bad escape");
	}
	ck_assert(casp_dn_check(CASP_STR("CN=a\\00b"), &why));
	ck_assert(!casp_dn_equal(CASP_STR("CN=a\\00b"), rows[0]));
}
END_TEST

/* Names of one class are equal, names of two are not. */
static const struct {
	int class;
	const char *dn;
} spellings[] = {
	{1, "CN=DB01,CN=Databases," CFG},
	{1, "cn=db01,cn=databases," CFG},
	{1, "CN=DB01, CN=Databases, " CFG},
	{1, "CN = DB01 ,CN= Databases ;" CFG " "},
	{1, "CN=\"DB01\",CN=\"Databases\"," CFG},
	{1, "CN=\\44B01,CN=Databases," CFG},
	{2, "CN=DB02,CN=Databases," CFG},
	{3, "CN=Databases," CFG},
	{4, "CN=DB 01,CN=Databases," CFG},
	{5, "CN=DB  01,CN=Databases," CFG},
	{6, "CN=a\\,b,DC=x"},
	{6, "CN=A\\2cB,dc=X"},
	{6, "CN=\"a,b\",DC=x"},
	{7, "CN=a,b=,DC=x"},
	{8, "CN=ab,DC=x"},
	{9, "CN=a,DC=x"},
	{10, "CN=a\\ ,DC=x"},
	{10, "CN=a\\20,DC=x"},
	{10, "CN=\"a \",DC=x"},
	{10, "CN=a\\   ,DC=x"},
	{11, "CN=\\ a,DC=x"},
	{11, "CN=  \\ a,DC=x"},
	{11, "CN=\" a\",DC=x"},
	{12, "CN=" U_UMLAUT ",DC=x"},
	{12, "CN=\\C3\\BC,DC=x"},
	{12, "CN=\\c3"
	     "\xbc"
	     ",DC=x"},
	{12, "CN=\"" U_UMLAUT "\",DC=x"},
	{13, "CN=\xc3\x9c,DC=x"}, /* the capital one: only ASCII is folded */
	{14, "CN=a=b,DC=x"},
	{14, "CN=a\\=b,DC=x"},
	{14, "CN=a\\3db,DC=x"},
	{15, "CN=a+OU=b,DC=x"},
	{15, "cn=A + ou=B , dc=X"},
	{16, "CN=a\\+OU=b,DC=x"},
	{16, "CN=a\\2bOU\\3Db,DC=x"},
	{17, "CN=\\#04024869,DC=x"},
	{17, "CN=\"#04024869\",DC=x"},
	{17, "CN=\\2304024869,DC=x"},
	{18, "CN=#04024869,DC=x"},
	{19, "CN=a\\0ADEL:1,DC=x"},
	{19, "CN=a\\0adel:1,DC=x"},
	{19, "CN=a\nDEL:1,DC=x"},
	{20, "CN=a\\0ACNF:1,DC=x"},
	{21, "CN=a\\\\,DC=x"},
	{21, "CN=a\\5c,DC=x"},
	{22, "CN=a\\;b,DC=x"},
	{22, "CN=\"a;b\";DC=x"},
	{23, "CN=a;b=,DC=y"},
	{24, "CN=\\<a\\>,DC=x"},
	{24, "CN=\"<a>\",DC=x"},
	{25, "CN=a@,DC=x"},
	{26, "CN=a`,DC=x"},
	{27, "2.5.4.3=a,DC=x"},
	{28, "CN=a\\\"b,DC=x"},
	{28, "CN=\"a\\\"b\",DC=x"},
	{29, "CN=,DC=x"},
	{29, "CN=\"\",DC=x"},
	{29, "CN= ,DC=x"},
	{30, "CN=a\\00,DC=x"},
	{31, "CN=a = b,DC=x"},
	{31, "CN=a\\20\\3d b,DC=x"},
	{32, "CN=a - b,DC=x"},
	/* Malformed: the text itself. */
	{40, "CN=a<b,DC=x"},
	{40, "cn=A<B,dc=X"},
	{41, "CN=a<b, DC=x"},
	{42, "CN=a\\,"},
	{43, ""},
	{44, " "},
	{45, "CN=#123,DC=x"},
	{46, "CN=\\#123,DC=x"},
	{47, "CN= #123,DC=x"},
};

START_TEST(equal)
{
	struct casp_str a = casp_str(spellings[_i].dn);
	uint64_t hash = casp_dn_hash(a);

	ck_assert_uint_ne(hash, 0);
	for (int i = 0; i < COUNT(spellings); i++) {
		struct casp_str b = casp_str(spellings[i].dn);
		bool same = spellings[_i].class == spellings[i].class;

		ck_assert_msg(casp_dn_equal(a, b) == same, "'%s' and '%s'", a.p, b.p);
		ck_assert_msg((casp_dn_hash(b) == hash) >= same,
			      "hashes of '%s' and '%s'", a.p, b.p);
	}
}
END_TEST

/* Says casp_dn_summarize() what the others say? */
static void check_summary(struct casp_str dn, struct casp_dn_memory *memory)
{
	struct casp_str parent = casp_dn_parent(dn);
	struct casp_dn_summary summary;
	const char *why;
	bool ascii = true;

	for (size_t i = 0; i < dn.n; i++) {
		ascii = ascii && (unsigned char)dn.p[i] < 0x80;
	}
	casp_dn_summarize(dn, memory, &summary);
	ck_assert_msg(summary.good == casp_dn_check(dn, &why), "'%s'", dn.p);
	ck_assert_msg(summary.hash == casp_dn_hash(dn), "'%s'", dn.p);
	ck_assert_msg(summary.parent_hash == (parent.n ? casp_dn_hash(parent) : 0),
		      "'%s'", dn.p);
	ck_assert_msg(summary.ascii == ascii, "'%s'", dn.p);
}

/* A name after another one of its parents, and after its parent itself. */
START_TEST(summaries)
{
	static const char *const parents[] = {
		"",      ",",  ",DC=x",     ",CN=Databases," CFG, ", DC=x",
		";DC=x", ",<", ",DC=a\\,b", ",CN=" U_UMLAUT};
	const char *rdn =
		_i < COUNT(checks) ? checks[_i].dn : spellings[_i - COUNT(checks)].dn;
	struct casp_dn_memory memory = {0};

	for (int i = 0; i < COUNT(parents); i++) {
		struct casp_buf sibling = {0}, child = {0};

		casp_buf_addf(&sibling, "CN=DB1%s", parents[i]);
		casp_buf_addf(&child, "%s%s", rdn, parents[i]);
		check_summary(casp_buf_str(&sibling), &memory);
		check_summary(casp_buf_str(&child), &memory);
		check_summary(casp_buf_str(&sibling), &memory);
		casp_buf_clear(&child);
		casp_buf_addf(&child, "%s,%s", rdn, sibling.p);
		check_summary(casp_buf_str(&child), &memory);
		check_summary(casp_buf_str(&child), &memory);
		memory = (struct casp_dn_memory){0};
		casp_buf_free(&sibling);
		casp_buf_free(&child);
	}
}
END_TEST

static int order(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The low half is what a map uses. */
START_TEST(hash_spreads)
{
	enum {
		N = 4000
	};
	uint32_t hashes[N];
	char dn[300];

	for (int i = 0; i < N; i++) {
		snprintf(dn, sizeof(dn), "CN=DB%04d,CN=Databases," CFG, i);
		hashes[i] = (uint32_t)casp_dn_hash(casp_str(dn));
	}
	qsort(hashes, N, sizeof(*hashes), order);
	for (int i = 1; i < N; i++) {
		ck_assert_uint_ne(hashes[i - 1], hashes[i]);
	}
}
END_TEST

static unsigned random_state;

static unsigned draw(unsigned n)
{
	random_state = random_state * 1103515245u + 12345u;
	return (random_state >> 16) % n;
}

/* One byte of a value in one of its spellings. */
static void spell_byte(unsigned char c, bool edge, bool quoted, struct casp_buf *out)
{
	bool must = quoted ? strchr("\"\\", c) != NULL
			   : strchr(",+\"\\;<>", c) != NULL || (edge && strchr(" #", c));

	if (!c || draw(8) == 0) {
		casp_buf_addf(out, draw(2) ? "\\%02X" : "\\%02x", c);
	} else if (must || (draw(4) == 0 && strchr("= #", c))) {
		casp_buf_addf(out, "\\%c", c);
	} else {
		casp_buf_addc(out, draw(4) == 0 && c >= 'a' && c <= 'z' ? (char)(c - 32)
									: (char)c);
	}
}

static void spell_blanks(struct casp_buf *out)
{
	for (unsigned n = draw(3) ? 0 : draw(3); n; n--) {
		casp_buf_addc(out, ' ');
	}
}

struct rdn {
	unsigned char value[40];
	size_t n;
	bool joined; /* with '+' to the one before */
};

static void spell(const struct rdn *rdns, size_t n, struct casp_buf *out)
{
	for (size_t i = 0; i < n; i++) {
		bool quoted = draw(6) == 0;

		if (i) {
			spell_blanks(out);
			casp_buf_addc(out, rdns[i].joined ? '+' : draw(5) ? ',' : ';');
		}
		spell_blanks(out);
		casp_buf_adds(out, draw(2) ? "CN" : "cn");
		spell_blanks(out);
		casp_buf_addc(out, '=');
		spell_blanks(out);
		casp_buf_adds(out, quoted ? "\"" : "");
		for (size_t k = 0; k < rdns[i].n; k++) {
			spell_byte(rdns[i].value[k], k == 0 || k == rdns[i].n - 1, quoted,
				   out);
		}
		casp_buf_adds(out, quoted ? "\"" : "");
	}
	spell_blanks(out);
}

static size_t make_name(struct rdn *rdns)
{
	static const unsigned char bytes[] = "abcdexyz0123  ()-.,+\"\\;<>=#\n\0\xc3\xbc/";
	size_t n = 1 + draw(6);

	for (size_t i = 0; i < n; i++) {
		rdns[i].n = draw(40);
		rdns[i].joined = i && draw(5) == 0;
		for (size_t k = 0; k < rdns[i].n; k++) {
			/* Half of the values need no escape, as in life. */
			rdns[i].value[k] =
				i % 2 ? bytes[draw(sizeof(bytes) - 1)] : bytes[draw(8)];
		}
	}
	return n;
}

/* Two spellings of a random name are equal; a name that differs in one byte is another.
 */
START_TEST(random_spellings)
{
	struct rdn rdns[6];

	random_state = (unsigned)_i;
	for (int round = 0; round < 200; round++) {
		size_t n = make_name(rdns), at = draw((unsigned)n);
		struct casp_buf a = {0}, b = {0}, c = {0}, value = {0};
		const char *why = "";

		spell(rdns, n, &a);
		spell(rdns, n, &b);
		ck_assert_msg(casp_dn_check(casp_buf_str(&a), &why), "'%s': %s", a.p,
			      why);
		ck_assert_msg(casp_dn_equal(casp_buf_str(&a), casp_buf_str(&b)),
			      "'%s' '%s'", a.p, b.p);
		ck_assert_msg(casp_dn_hash(casp_buf_str(&a)) ==
				      casp_dn_hash(casp_buf_str(&b)),
			      "'%s' '%s'", a.p, b.p);
		ck_assert(casp_dn_is_below(casp_buf_str(&a), casp_buf_str(&b), true));
		ck_assert(!casp_dn_is_below(casp_buf_str(&a), casp_buf_str(&b), false));
		if (rdns[at].n) {
			rdns[at].value[draw((unsigned)rdns[at].n)] ^= 0x80;
		} else {
			rdns[at].value[rdns[at].n++] = 'q';
		}
		spell(rdns, n, &c);
		ck_assert_msg(!casp_dn_equal(casp_buf_str(&a), casp_buf_str(&c)),
			      "'%s' '%s'", a.p, c.p);
		ck_assert(casp_dn_hash(casp_buf_str(&a)) !=
			  casp_dn_hash(casp_buf_str(&c)));
		ck_assert(casp_dn_rdn_value(casp_buf_str(&c), &value));
		ck_assert_uint_eq(value.n, rdns[0].n);
		ck_assert(value.n == 0 ||
			  strncasecmp(value.p, (char *)rdns[0].value, 1) == 0);
		casp_buf_free(&a);
		casp_buf_free(&b);
		casp_buf_free(&c);
		casp_buf_free(&value);
	}
}
END_TEST

/* Each name below one of those before it. */
START_TEST(summaries_of_a_tree)
{
	enum {
		N = 200
	};
	struct casp_buf names[N] = {{0}};
	struct casp_dn_memory memory = {0};
	struct rdn rdns[6];

	random_state = (unsigned)_i;
	for (size_t i = 0; i < N; i++) {
		size_t n = make_name(rdns);

		if (draw(2)) {
			casp_buf_addf(&names[i], "CN=DB %zu (x)", i);
		} else {
			spell(rdns, n, &names[i]);
		}
		if (i) {
			size_t up = 1 + draw(i < 4 ? (unsigned)i : 4);

			casp_buf_addc(&names[i], ',');
			casp_buf_add_str(&names[i], casp_buf_str(&names[i - up]));
		}
		check_summary(casp_buf_str(&names[i]), &memory);
	}
	for (size_t i = 0; i < N; i++) {
		casp_buf_free(&names[i]);
	}
}
END_TEST

static const struct {
	const char *dn, *rdn, *parent;
} parents[] = {
	{"CN=a,DC=x", "CN=a", "DC=x"},
	{"CN=a,  DC=x", "CN=a", "DC=x"},
	{"CN=a", "CN=a", ""},
	{"", "", ""},
	{"CN=a\\,b,DC=x", "CN=a\\,b", "DC=x"},
	{"CN=a\\\\,DC=x", "CN=a\\\\", "DC=x"},
	{"CN=a\\2C,DC=x", "CN=a\\2C", "DC=x"},
	{"CN=\"a,b\",DC=x", "CN=\"a,b\"", "DC=x"},
	{"CN=\"a\\\",b\",DC=x", "CN=\"a\\\",b\"", "DC=x"},
	{"CN=a+OU=b,DC=x", "CN=a+OU=b", "DC=x"},
	{"CN=a;DC=x", "CN=a", "DC=x"},
	{"CN=a,DC=\"x", "CN=a", "DC=\"x"},
	{"CN=a\\zb\\,c,DC=x", "CN=a\\zb\\,c", "DC=x"}, /* malformed */
	{"CN=a\\", "CN=a\\", ""},
	{"CN=a,", "CN=a", ""},
	{"CN=a\\0ADEL:1,CN=Deleted Objects,DC=x", "CN=a\\0ADEL:1",
	 "CN=Deleted Objects,DC=x"},
};

START_TEST(parent)
{
	struct casp_str dn = casp_str(parents[_i].dn);

	ck_assert_msg(casp_str_equal(casp_dn_rdn(dn), casp_str(parents[_i].rdn)),
		      "RDN of '%s': '%.*s'", dn.p, CASP_STR_ARG(casp_dn_rdn(dn)));
	ck_assert_msg(casp_str_equal(casp_dn_parent(dn), casp_str(parents[_i].parent)),
		      "parent of '%s': '%.*s'", dn.p, CASP_STR_ARG(casp_dn_parent(dn)));
}
END_TEST

static const struct {
	const char *dn, *base;
	bool below, self; /* without and with self */
} belows[] = {
	{"CN=a,DC=x,DC=y", "DC=x,DC=y", true, true},
	{"CN=a,DC=x,DC=y", "DC=y", true, true},
	{"CN=a,DC=x,DC=y", "dc=X, dc=Y", true, true},
	{"CN=a, DC=x ,DC=y", "DC=x,DC=y", true, true},
	{"DC=x,DC=y", "DC=x,DC=y", false, true},
	{"DC=x,DC=y", "DC=x, DC=y", false, true},
	{"DC=y", "DC=x,DC=y", false, false},
	{"CN=a,DC=x", "DC=y", false, false},
	{"CN=a,XDC=x", "DC=x", false, false},
	{"CN=a\\,DC=x", "DC=x", false, false},
	{"CN=\"a,DC=x\"", "DC=x\"", false, false},
	{"CN=a\\,b,DC=x", "DC=x", true, true},
	{"CN=a\\,b,DC=x", "CN=\"a,b\",DC=x", false, true},
	{"CN=c,CN=a\\,b,DC=x", "CN=\"a,b\",DC=x", true, true},
	{"CN=a,DC=x", "", false, false},
	{"", "", false, true},
};

START_TEST(below)
{
	struct casp_str dn = casp_str(belows[_i].dn), base = casp_str(belows[_i].base);

	ck_assert_msg(casp_dn_is_below(dn, base, false) == belows[_i].below, "'%s' '%s'",
		      dn.p, base.p);
	ck_assert_msg(casp_dn_is_below(dn, base, true) == belows[_i].self, "'%s' '%s'",
		      dn.p, base.p);
}
END_TEST

static const struct {
	const char *value, *text;
} escapes[] = {
	{"EX1", "EX1"},
	{"Default Web Site (1)", "Default Web Site (1)"},
	{"a,b", "a\\,b"},
	{"a+b", "a\\+b"},
	{"a\"b", "a\\\"b"},
	{"a\\b", "a\\\\b"},
	{"<a>", "\\<a\\>"},
	{"a;b", "a\\;b"},
	{"a=b", "a\\=b"},
	{"#a#b", "\\#a#b"},
	{" a b ", "\\ a b\\ "},
	{" ", "\\ "},
	{"  ", "\\ \\ "},
	{"a\nDEL:1", "a\\0ADEL:1"},
	{"\x1f", "\\1F"},
	{"M" U_UMLAUT "nchen", "M" U_UMLAUT "nchen"},
	{"", ""},
};

START_TEST(escape)
{
	struct casp_buf dn = {0}, value = {0};

	casp_buf_adds(&dn, "CN=");
	casp_dn_escape(casp_str(escapes[_i].value), &dn);
	ck_assert_str_eq(dn.p + 3, escapes[_i].text);
	casp_buf_adds(&dn, ",DC=x");
	casp_buf_adds(&value, "");
	ck_assert(casp_dn_rdn_value(casp_buf_str(&dn), &value));
	ck_assert_str_eq(value.p, escapes[_i].value);
	casp_buf_free(&dn);
	casp_buf_free(&value);
}
END_TEST

START_TEST(escape_nul)
{
	struct casp_buf dn = {0};

	casp_dn_escape(CASP_STR("a\0b"), &dn);
	ck_assert_str_eq(dn.p, "a\\00b");
	casp_buf_free(&dn);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dn");
	TCase *tcase = tcase_create("dn");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, check_dn, 0, COUNT(checks));
	tcase_add_test(tcase, nul_byte);
	tcase_add_loop_test(tcase, equal, 0, COUNT(spellings));
	tcase_add_test(tcase, hash_spreads);
	tcase_add_loop_test(tcase, random_spellings, 0, 10);
	tcase_add_loop_test(tcase, summaries, 0, COUNT(checks) + COUNT(spellings));
	tcase_add_loop_test(tcase, summaries_of_a_tree, 0, 10);
	tcase_add_loop_test(tcase, parent, 0, COUNT(parents));
	tcase_add_loop_test(tcase, below, 0, COUNT(belows));
	tcase_add_loop_test(tcase, escape, 0, COUNT(escapes));
	tcase_add_test(tcase, escape_nul);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
