/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The LDIF store, writing: conditions, and files that keep their dialect byte for byte.
 */
#include "ldif.h"

#include <signal.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define COUNT(rows) (int)(sizeof(rows) / sizeof(*(rows)))
#define MODS 4

/* ---- changes as text ---- */

struct pair {
	const char *attribute, *old, *new; /* add: the value is new */
};

struct change {
	enum casp_change_op op;
	const char *dn;
	const char *rdn;
	struct pair mods[MODS];
};

/* A batch ends at the first change without DN. */
#define BATCH 4

struct built {
	struct casp_change changes[BATCH];
	struct casp_mod mods[BATCH][MODS];
	struct casp_attribute attributes[BATCH][MODS];
	struct casp_str values[BATCH][MODS][2];
	struct casp_result results[BATCH];
	size_t n;
};

static const struct casp_str *value(struct casp_str *at, const char *text)
{
	*at = casp_str(text);
	return text ? at : NULL;
}

static void build(struct built *built, const struct change *changes)
{
	memset(built, 0, sizeof(*built));
	for (size_t i = 0; i < BATCH && changes[i].dn; i++, built->n++) {
		struct casp_change *to = &built->changes[i];

		to->op = changes[i].op;
		to->dn = casp_str(changes[i].dn);
		to->new_rdn = casp_str(changes[i].rdn);
		to->mods = built->mods[i];
		to->attributes = built->attributes[i];
		for (size_t k = 0; k < MODS && changes[i].mods[k].attribute; k++) {
			const struct pair *pair = &changes[i].mods[k];
			struct casp_str *values = built->values[i][k];

			built->mods[i][k].attribute = pair->attribute;
			built->mods[i][k].old_value = value(&values[0], pair->old);
			built->mods[i][k].new_value = value(&values[1], pair->new);
			built->attributes[i][k] =
				(struct casp_attribute){pair->attribute, &values[1], 1};
			if (to->op == CASP_CHANGE_ADD) {
				to->n_attributes++;
			} else {
				to->n_mods++;
			}
		}
	}
}

static void free_results(struct built *built)
{
	for (size_t i = 0; i < built->n; i++) {
		free(built->results[i].reason);
	}
}

/* One letter a result: Done, Already, Conflict, Refused, Not tried. */
static const char *outcomes(const struct built *built)
{
	static char text[BATCH + 1];

	memset(text, 0, sizeof(text));
	for (size_t i = 0; i < built->n; i++) {
		text[i] = "PDACRN"[built->results[i].outcome];
	}
	return text;
}

static int commit(struct cas_directory *directory, struct built *built,
		  const struct change *changes, struct cas_error **err)
{
	build(built, changes);
	return casp_directory_commit(directory, built->changes, built->n, built->results,
				     err);
}

static void assert_commit(const char *path, const struct change *changes, int code,
			  const char *expected)
{
	struct cas_directory *directory = ldif_open(path);
	struct cas_error *error = NULL;
	struct built built;
	int r = commit(directory, &built, changes, &error);

	ck_assert_msg(r == code, "%d: %s", r, cas_error_message(error));
	ck_assert_str_eq(outcomes(&built), expected);
	cas_error_free(error);
	free_results(&built);
	cas_directory_unref(directory);
}

static void assert_only_file(const char *path)
{
	struct casp_buf buf = {0};

	ck_assert_int_eq(
		system("ls -A >../casarray-ls.$PPID; mv ../casarray-ls.$PPID ls"), 0);
	buf = ldif_read("ls");
	ck_assert_uint_eq(buf.n, strlen(path) + 1);
	ck_assert_int_eq(strncmp(buf.p, path, strlen(path)), 0);
	casp_buf_free(&buf);
	ck_assert_int_eq(unlink("ls"), 0);
}

/* ---- what a change does to the text ---- */

#define A "dn: CN=a\nobjectClass: x\ncn: a\n"
#define MOD CASP_CHANGE_MODIFY
#define ADD CASP_CHANGE_ADD
#define DEL CASP_CHANGE_DELETE
#define REN CASP_CHANGE_RENAME
#define NEW                                                                              \
	{                                                                                \
		ADD, "CN=n,CN=a", NULL,                                                  \
		{                                                                        \
			{"cn", NULL, "n"},                                               \
			{                                                                \
				"objectGUID", NULL, "0123456789abcdef"                   \
			}                                                                \
		}                                                                        \
	}
#define NEW_TEXT "dn: CN=n,CN=a\ncn: n\nobjectGUID:: MDEyMzQ1Njc4OWFiY2RlZg==\n"

static const struct {
	const char *name, *before;
	struct change changes[BATCH];
	const char *after;
} edits[] = {
	{"replace",
	 A "v: 1\n\ndn: CN=b\nv: 1\n",
	 {{MOD, "cn=A", NULL, {{"v", "1", "2"}}}},
	 A "v: 2\n\ndn: CN=b\nv: 1\n"},
	{"of several values",
	 A "v: 1\nV: 2\nw: 2\nv: 3\n",
	 {{MOD, "CN=a", NULL, {{"v", "2", "4"}}}},
	 A "v: 1\nV: 4\nw: 2\nv: 3\n"},
	{"ignoring case",
	 A "v: Old\n",
	 {{MOD, "CN=a", NULL, {{"V", "oLD", "New"}}}},
	 A "v: New\n"},
	{"to a value that is there",
	 A "v: 1\nv: 2\n",
	 {{MOD, "CN=a", NULL, {{"v", "1", "2"}}}},
	 A "v: 2\n"},
	{"remove",
	 A "v: 1\n 2\nw: 1\n",
	 {{MOD, "CN=a", NULL, {{"v", "12", NULL}}}},
	 A "w: 1\n"},
	{"add a value",
	 A "\n\n",
	 {{MOD, "CN=a", NULL, {{"v", NULL, "1"}}}},
	 A "v: 1\n\n\n"},
	{"add without last line end",
	 "dn: CN=a\nobjectClass: x",
	 {{MOD, "CN=a", NULL, {{"v", NULL, "1"}}}},
	 "dn: CN=a\nobjectClass: x\nv: 1\n"},
	{"add behind half a line end",
	 "dn: CN=a\r\nobjectClass: x\r",
	 {{MOD, "CN=a", NULL, {{"v", NULL, "1"}}}},
	 "dn: CN=a\r\nobjectClass: x\r\nv: 1\r\n"},
	{"add several values",
	 A,
	 {{MOD, "CN=a", NULL, {{"v", NULL, "1"}, {"v", NULL, "2"}}}},
	 A "v: 1\nv: 2\n"},
	{"remove a value twice",
	 A "v: 1\n",
	 {{MOD, "CN=a", NULL, {{"v", "1", NULL}, {"v", "1", NULL}}}},
	 A},
	{"twice",
	 A "v: 1\n",
	 {{MOD, "CN=a", NULL, {{"v", "1", "2"}}}, {MOD, "CN=a", NULL, {{"v", "2", "3"}}}},
	 A "v: 3\n"},
	{"add then remove",
	 A,
	 {{MOD, "CN=a", NULL, {{"v", NULL, "2"}}},
	  {MOD, "CN=a", NULL, {{"v", "2", NULL}}}},
	 A},
	{"comments and spelling stay",
	 "#1\n\ndn:cn=A\n#2\n 3\nv:  1\nCN:a\nw:: YQ==\n#4\n",
	 {{MOD, "CN=a", NULL, {{"v", "1", "2"}}}},
	 "#1\n\ndn:cn=A\n#2\n 3\nv: 2\nCN:a\nw:: YQ==\n#4\n"},
	{"options stay",
	 A "v;range=0-0: 1\n",
	 {{MOD, "CN=a", NULL, {{"v", "1", "2"}}}},
	 A "v;range=0-0: 2\n"},
	{"CRLF",
	 "dn: CN=a\r\nv: 1\r\n\r\n",
	 {{MOD, "CN=a", NULL, {{"v", "1", "2"}, {"w", NULL, "3"}}}},
	 "dn: CN=a\r\nv: 2\r\nw: 3\r\n\r\n"},
	{"folds as wide as others",
	 "dn: CN=a\nw: 123456\n 7890123\nv: 1\n",
	 {{MOD, "CN=a", NULL, {{"v", "1", "12345678901234567"}}}},
	 "dn: CN=a\nw: 123456\n 7890123\nv: 123456\n 78901234\n 567\n"},
	{"names are not folded",
	 "dn: CN=a\nv: 1\n 2\n",
	 {{MOD,
	   "CN=a",
	   NULL,
	   {{"description", NULL, "345678"}, {"sn", NULL, "\xc3\xb6"}}}},
	 "dn: CN=a\nv: 1\n 2\ndescription: \n 345\n 678\nsn:: \n w7Y\n =\n"},
	{"no folds",
	 A "v: 1\n",
	 {{MOD,
	   "CN=a",
	   NULL,
	   {{"v", "1",
	     "012345678901234567890123456789012345678901234567890123456789012345678901234"
	     "5"
	     "6789012345678901234567890123456789"}}}},
	 A
	 "v: "
	 "012345678901234567890123456789012345678901234567890123456789012345678901234567"
	 "89012345678901234567890123456789\n"},
	{"base64",
	 A "v: 1\nv: 2\nv: 3\nv: 4\n",
	 {{MOD,
	   "CN=a",
	   NULL,
	   {{"v", "1", " a"},
	    {"v", "2", "a "},
	    {"v", "3", ":"},
	    {"v", "4", "\xc3\xb6"}}}},
	 A "v:: IGE=\nv:: YSA=\nv:: Og==\nv:: w7Y=\n"},
	{"base64 of controls",
	 A "v: 1\nv: 2\nv: 3\n",
	 {{MOD, "CN=a", NULL, {{"v", "1", "a\nb"}, {"v", "2", "<"}, {"v", "3", "a:<b"}}}},
	 A "v:: YQpi\nv:: PA==\nv: a:<b\n"},
	{"from base64",
	 A "v:: w7Y=\n",
	 {{MOD, "CN=a", NULL, {{"v", "\xc3\xb6", "o"}}}},
	 A "v: o\n"},
	{"empty value", A "v: 1\n", {{MOD, "CN=a", NULL, {{"v", "1", ""}}}}, A "v:\n"},

	{"new", A, {NEW}, A "\n" NEW_TEXT},
	{"new behind an empty line", A "\n", {NEW}, A "\n" NEW_TEXT "\n"},
	{"new without last line end",
	 "dn: CN=a\nv: 1",
	 {NEW},
	 "dn: CN=a\nv: 1\n\n" NEW_TEXT},
	{"new behind half a line end",
	 "dn: CN=a\r\nv: 1\r",
	 {{ADD, "CN=n,CN=a", NULL, {{"objectGUID", NULL, "0123456789abcdef"}}}},
	 "dn: CN=a\r\nv: 1\r\n\r\ndn: CN=n,CN=a\r\n"
	 "objectGUID:: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"},
	{"new before the result",
	 A "\n# search result\nsearch: 2\nresult: 0 Success\n\n# end\n",
	 {NEW},
	 A "\n" NEW_TEXT "\n# search result\nsearch: 2\nresult: 0 Success\n\n# end\n"},
	{"new with changetype",
	 "dn: CN=a\r\nchangetype: add\r\ncn: a\r\n\r\n",
	 {NEW},
	 "dn: CN=a\r\nchangetype: add\r\ncn: a\r\n\r\ndn: CN=n,CN=a\r\nchangetype: "
	 "add\r\ncn: n\r\n"
	 "objectGUID:: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"},
	{"new below a new one",
	 A,
	 {NEW, {ADD, "CN=m,CN=n,CN=a", NULL, {{"objectGUID", NULL, "0123456789abcdef"}}}},
	 A "\n" NEW_TEXT "\ndn: CN=m,CN=n,CN=a\nobjectGUID:: MDEyMzQ1Njc4OWFiY2RlZg==\n"},
	{"new, then changed",
	 A,
	 {NEW, {MOD, "CN=n,CN=a", NULL, {{"cn", "n", "N2"}}}},
	 A "\ndn: CN=n,CN=a\ncn: N2\nobjectGUID:: MDEyMzQ1Njc4OWFiY2RlZg==\n"},
	{"new, then deleted", A, {NEW, {DEL, "CN=n,CN=a"}}, A},
	{"new, others changed",
	 A "\ndn: CN=b\nv: 1\n",
	 {NEW, {MOD, "CN=b", NULL, {{"v", "1", "2"}}}},
	 A "\ndn: CN=b\nv: 2\n\n" NEW_TEXT},
	{"new instead of the last",
	 A "\ndn: CN=b\nv: 1\n",
	 {NEW, {DEL, "CN=b"}},
	 A "\n" NEW_TEXT},

	{"delete the first", A "\ndn: CN=b\nv: 1\n", {{DEL, "CN=a"}}, "dn: CN=b\nv: 1\n"},
	{"delete the last",
	 A "\ndn: CN=b\nv: 1\n",
	 {{DEL, "CN=b", NULL, {{"v", "1", NULL}}}},
	 A},
	{"delete the last, empty line",
	 A "\ndn: CN=b\nv: 1\n\n",
	 {{DEL, "CN=b"}},
	 A "\n"},
	{"delete with its comment",
	 A "\n# b\n#  c\ndn: CN=b\nv: 1\n\n# c\ndn: CN=c\n",
	 {{DEL, "CN=b"}},
	 A "\n# c\ndn: CN=c\n"},
	{"delete before the result",
	 A "\ndn: CN=b\nv: 1\n\nsearch: 2\n",
	 {{DEL, "CN=b"}},
	 A "\nsearch: 2\n"},
	{"delete children first",
	 A "\ndn: CN=b\nv: 1\n\ndn: CN=c,CN=b\n",
	 {{DEL, "CN=c,CN=b"}, {DEL, "CN=b"}},
	 A "\n"},

	{"rename",
	 "dn: CN=a,DC=x\ncn: a\nname: A\ndistinguishedName: CN=a,DC=x\n\ndn: "
	 "CN=b,CN=a,DC=x\n"
	 "ref: cn=A, dc=X\nref: CN=c,CN=a,DC=x\nref: CN=aa,DC=x\nv: a\n",
	 {{REN, "CN=a,DC=x", "CN=z"}},
	 "dn: CN=z,DC=x\ncn: z\nname: z\ndistinguishedName: CN=z,DC=x\n\ndn: "
	 "CN=b,CN=z,DC=x\n"
	 "ref: CN=z,DC=x\nref: CN=c,CN=z,DC=x\nref: CN=aa,DC=x\nv: a\n"},
	{"rename by case",
	 "dn: CN=a,DC=x\ncn: a\n",
	 {{REN, "CN=a,DC=x", "CN=A"}},
	 "dn: CN=A,DC=x\ncn: A\n"},
	{"rename, escaped",
	 "dn: CN=a,DC=x\ncn: a\n",
	 {{REN, "CN=a,DC=x", "CN=a\\,b"}},
	 "dn: CN=a\\,b,DC=x\ncn: a,b\n"},
	{"rename with values",
	 "dn: CN=a,DC=x\ncn: a\nv: 1\n",
	 {{REN, "CN=a,DC=x", "CN=b", {{"v", "1", "2"}}}},
	 "dn: CN=b,DC=x\ncn: b\nv: 2\n"},
	{"rename, then modify",
	 "dn: CN=a,DC=x\ncn: a\nv: 1\n",
	 {{REN, "CN=a,DC=x", "CN=b"}, {MOD, "CN=b,DC=x", NULL, {{"v", "1", "2"}}}},
	 "dn: CN=b,DC=x\ncn: b\nv: 2\n"},
	{"modify, then rename",
	 "dn: CN=a,DC=x\nv: CN=q\n\ndn: CN=b,DC=x\nv: 1\n",
	 {{MOD, "CN=b,DC=x", NULL, {{"v", "1", "CN=a,DC=x"}}},
	  {REN, "CN=a,DC=x", "CN=b2"}},
	 "dn: CN=b2,DC=x\nv: CN=q\n\ndn: CN=b,DC=x\nv: CN=b2,DC=x\n"},
	{"rename to the name of one deleted",
	 "dn: CN=a,DC=x\ncn: a\n\ndn: CN=b,DC=x\ncn: b\n",
	 {{DEL, "CN=b,DC=x"}, {REN, "CN=a,DC=x", "CN=b"}},
	 "dn: CN=b,DC=x\ncn: b\n"},
};

static const char all_done[] = "DDDD";

START_TEST(test_edits)
{
	size_t n = 0;

	while (n < BATCH && edits[_i].changes[n].dn) {
		n++;
	}
	ldif_write("t.ldif", edits[_i].before);
	assert_commit("t.ldif", edits[_i].changes, 0, all_done + BATCH - n);
	ldif_assert_file("t.ldif", edits[_i].after);
	assert_only_file("t.ldif");
}
END_TEST

/* The text in another encoding, with its mark; ASCII and Latin-1 only. */
static struct casp_buf encode(const char *text, int encoding)
{
	struct casp_buf buf = {0};

	casp_buf_adds(&buf, encoding == 0   ? "\xef\xbb\xbf"
			    : encoding == 1 ? "\xff\xfe"
					    : "\xfe\xff");
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		unsigned c = *p;

		if (encoding == 0) {
			casp_buf_addc(&buf, (char)c);
			continue;
		}
		if (c >= 0xc0) {
			c = (c & 3) << 6 | (*++p & 0x3f);
		}
		casp_buf_addc(&buf, (char)(encoding == 1 ? c : 0));
		casp_buf_addc(&buf, (char)(encoding == 1 ? 0 : c));
	}
	return buf;
}

START_TEST(test_encodings)
{
	struct casp_buf before = encode("#\xc3\xb6\n" A "w: \xc3\xbc\nv: 1\n\n", _i);
	struct casp_buf after =
		encode("#\xc3\xb6\n" A "w: \xc3\xbc\nv:: w7Y=\n\n" NEW_TEXT "\n", _i);
	struct casp_buf found;
	static const struct change changes[BATCH] = {
		{MOD, "CN=a", NULL, {{"v", "1", "\xc3\xb6"}}}, NEW};

	ldif_write_bytes("t.ldif", before.p, before.n);
	assert_commit("t.ldif", changes, 0, "DD");
	found = ldif_read("t.ldif");
	ck_assert_uint_eq(found.n, after.n);
	ck_assert_mem_eq(found.p, after.p, after.n);
	casp_buf_free(&found);
	casp_buf_free(&before);
	casp_buf_free(&after);
}
END_TEST

/* ---- conditions ---- */

#define FILE_TEXT                                                                        \
	A "v: 1\nm: 1\nm: 2\n\ndn: CN=b,CN=a\ncn: b\n\ndn: CN=b,CN=a\ncn: b\n\ndn: "     \
	  "CN=c\nv: 1\n"

static const struct {
	struct change changes[BATCH];
	int code;
	const char *outcomes, *message;
} conditions[] = {
	{{{MOD, "CN=a", NULL, {{"v", "0", "1"}}}}, 0, "A", NULL},
	{{{MOD, "CN=a", NULL, {{"v", NULL, "1"}}}}, 0, "A", NULL},
	{{{MOD, "CN=a", NULL, {{"w", "0", NULL}}}}, 0, "A", NULL},
	{{{ADD, "cn=C", NULL, {{"v", NULL, "1"}, {"objectGUID", NULL, "x"}}}},
	 0,
	 "A",
	 NULL},
	{{{DEL, "CN=gone"}}, 0, "A", NULL},
	{{{REN, "CN=gone", "CN=c"}}, 0, "A", NULL},
	{{{REN, "CN=c", "CN=c"}}, 0, "A", NULL},
	{{{MOD, "CN=a", NULL, {{"v", "0", "2"}}}},
	 CAS_E_CONFLICT,
	 "C",
	 "cannot change 'CN=a': v holds '1', not '0'"},
	{{{MOD, "CN=a", NULL, {{"v", NULL, "2"}}}},
	 CAS_E_CONFLICT,
	 "C",
	 "cannot change 'CN=a': v holds '1', not no value"},
	{{{MOD, "CN=a", NULL, {{"v", "0", NULL}}}},
	 CAS_E_CONFLICT,
	 "C",
	 "cannot change 'CN=a': v holds '1', not '0'"},
	{{{MOD, "CN=a", NULL, {{"w", "\x1b", "2"}}}},
	 CAS_E_CONFLICT,
	 "C",
	 "cannot change 'CN=a': w holds no value, not '\\x1b'"},
	{{{MOD, "CN=gone", NULL, {{"v", "0", "2"}}}},
	 CAS_E_CONFLICT,
	 "C",
	 "cannot change 'CN=gone': there is no such object any more"},
	{{{REN, "CN=gone", "CN=gone2"}},
	 CAS_E_CONFLICT,
	 "C",
	 "cannot change 'CN=gone': there is no such object any more"},
	{{{REN, "CN=c", "CN=d", {{"v", "2", "3"}}}},
	 CAS_E_CONFLICT,
	 "C",
	 "cannot change 'CN=c': v holds '1', not '2'"},
	{{{REN, "CN=c", "CN=a"}},
	 CAS_E_REFUSED,
	 "R",
	 "cannot change 'CN=c': an object 'CN=a' exists already"},
	{{{REN, "CN=c", "nonsense"}},
	 CAS_E_REFUSED,
	 "R",
	 "cannot change 'CN=c': 'nonsense' is not an RDN"},
	{{{REN, "CN=c", "CN=d,CN=e"}},
	 CAS_E_REFUSED,
	 "R",
	 "cannot change 'CN=c': 'CN=d,CN=e' is not an RDN"},
	{{{ADD, "CN=c", NULL, {{"v", NULL, "2"}}}},
	 CAS_E_CONFLICT,
	 "C",
	 "cannot change 'CN=c': v holds '1', not '2'"},
	{{{ADD, "CN=x,CN=y", NULL, {{"v", NULL, "2"}}}},
	 CAS_E_REFUSED,
	 "R",
	 "cannot change 'CN=x,CN=y': the container 'CN=y' does not exist"},
	{{{ADD, "nonsense", NULL, {{"v", NULL, "2"}}}},
	 CAS_E_REFUSED,
	 "R",
	 "cannot change 'nonsense': the DN is malformed: missing '='"},
	{{{DEL, "CN=a"}},
	 CAS_E_REFUSED,
	 "R",
	 "cannot change 'CN=a': there are objects below it"},
	{{{DEL, "CN=c", NULL, {{"v", "2", NULL}}}},
	 CAS_E_CONFLICT,
	 "C",
	 "cannot change 'CN=c': v holds '1', not '2'"},
	{{{DEL, "CN=c", NULL, {{"v", NULL, NULL}}}},
	 CAS_E_CONFLICT,
	 "C",
	 "cannot change 'CN=c': v holds '1', not no value"},
	{{{MOD, "CN=b,CN=a", NULL, {{"cn", "b", "c"}}}},
	 CAS_E_REFUSED,
	 "R",
	 "cannot change 'CN=b,CN=a': the file has it twice, at lines 8 and 11"},
	{{{MOD, "CN=a", NULL, {{"v", "1", "2"}}},
	  {MOD, "CN=a", NULL, {{"m", "1", "3"}, {"v", "1", "4"}}},
	  {MOD, "CN=a", NULL, {{"v", "9", "2"}}},
	  {DEL, "CN=a"}},
	 CAS_E_CONFLICT,
	 "NCNR",
	 "cannot change 'CN=a': v holds '2', not '1'"},
};

START_TEST(test_conditions)
{
	struct cas_directory *directory;
	struct cas_error *error = NULL;
	struct stat before, after;
	struct built built;

	ldif_write("t.ldif", FILE_TEXT);
	ck_assert_int_eq(stat("t.ldif", &before), 0);
	directory = ldif_open("t.ldif");
	ck_assert_int_eq(commit(directory, &built, conditions[_i].changes, &error),
			 conditions[_i].code);
	ck_assert_str_eq(outcomes(&built), conditions[_i].outcomes);
	if (conditions[_i].message) {
		ck_assert_str_eq(cas_error_message(error), conditions[_i].message);
	}
	/* Nothing was written: not even the same again. */
	ck_assert_int_eq(stat("t.ldif", &after), 0);
	ck_assert_uint_eq(before.st_ino, after.st_ino);
	ldif_assert_file("t.ldif", FILE_TEXT);
	assert_only_file("t.ldif");
	cas_error_free(error);
	free_results(&built);
	cas_directory_unref(directory);
}
END_TEST

/* ---- the file ---- */

static const struct change one_two[BATCH] = {{MOD, "CN=a", NULL, {{"v", "1", "2"}}}};
static const struct change two_three[BATCH] = {{MOD, "CN=a", NULL, {{"v", "2", "3"}}}};
static const struct change add[BATCH] = {
	{ADD, "CN=n,CN=a", NULL, {{"objectClass", NULL, "x"}, {"cn", NULL, "n"}}}};
static const struct change delete[BATCH] = {{DEL, "CN=n,CN=a"}};

/* The handle sees what it wrote; a later search, defects and positions too. */
START_TEST(test_handle_follows)
{
	static const struct casp_query query = {.all_attributes = true};
	struct cas_directory *directory;
	struct casp_buf out = {0};
	struct built built;

	ldif_write("t.ldif", A "v: 1\n");
	directory = ldif_open("t.ldif");
	ck_assert_int_eq(commit(directory, &built, one_two, NULL), 0);
	ck_assert_int_eq(commit(directory, &built, two_three, NULL), 0);
	ck_assert_int_eq(
		casp_directory_search(directory, &query, 1, ldif_print, &out, NULL), 0);
	ck_assert_str_eq(out.p, "CN=a{objectClass=x cn=a v=3}");
	casp_buf_free(&out);
	casp_directory_where(directory, 1 << 20, &out);
	ck_assert_str_eq(out.p, "t.ldif:5");
	casp_buf_free(&out);
	cas_directory_unref(directory);
}
END_TEST

/* Another process replaced the file after it was opened: the condition meets the new one.
 */
START_TEST(test_replaced_meanwhile)
{
	struct cas_directory *directory, *other;
	struct cas_error *error = NULL;
	struct built built;

	ldif_write("t.ldif", A "v: 1\n");
	directory = ldif_open("t.ldif");
	other = ldif_open("t.ldif");
	ck_assert_int_eq(commit(other, &built, one_two, NULL), 0);
	ck_assert_int_eq(commit(directory, &built, two_three, NULL), 0);
	ldif_assert_file("t.ldif", A "v: 3\n");
	ck_assert_int_eq(commit(other, &built, two_three, NULL), 0);
	ck_assert_str_eq(outcomes(&built), "A");
	ck_assert_int_eq(commit(other, &built, one_two, &error), CAS_E_CONFLICT);
	cas_error_free(error);
	free_results(&built);
	ldif_write("u", "garbage\n");
	ck_assert_int_eq(rename("u", "t.ldif"), 0);
	error = NULL;
	ck_assert_int_eq(commit(other, &built, one_two, &error), CAS_E_FORMAT);
	ck_assert_str_eq(outcomes(&built), "N");
	ldif_assert_file("t.ldif", "garbage\n");
	cas_error_free(error);
	cas_directory_unref(directory);
	cas_directory_unref(other);
}
END_TEST

START_TEST(test_new_guid)
{
	static const char before_guid[] =
		A "\ndn: CN=n,CN=a\nobjectClass: x\ncn: n\nobjectGUID:: ";
	struct casp_buf text;
	struct cas_directory *directory;
	struct built built;

	ldif_write("t.ldif", A);
	directory = ldif_open("t.ldif");
	ck_assert_int_eq(commit(directory, &built, add, NULL), 0);
	text = ldif_read("t.ldif");
	ck_assert_int_eq(strncmp(text.p, before_guid, strlen(before_guid)), 0);
	/* 16 bytes in base64, and the line's end. */
	ck_assert_uint_eq(text.n, strlen(before_guid) + 24 + 1);
	casp_buf_free(&text);
	ck_assert_int_eq(commit(directory, &built, add, NULL), 0);
	ck_assert_str_eq(outcomes(&built), "A");
	ck_assert_int_eq(commit(directory, &built, delete, NULL), 0);
	ldif_assert_file("t.ldif", A);
	cas_directory_unref(directory);
}
END_TEST

START_TEST(test_link)
{
	struct stat st;

	ck_assert_int_eq(mkdir("d", 0700), 0);
	ldif_write("d/t.ldif", A "v: 1\n");
	ck_assert_int_eq(chmod("d/t.ldif", 0640), 0);
	ck_assert_int_eq(symlink("d/t.ldif", "link"), 0);
	assert_commit("link", one_two, 0, "D");
	ck_assert_int_eq(lstat("link", &st), 0);
	ck_assert(S_ISLNK(st.st_mode));
	ck_assert_int_eq(lstat("d/t.ldif", &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0640);
	ldif_assert_file("d/t.ldif", A "v: 2\n");
}
END_TEST

START_TEST(test_several_files_are_read_only)
{
	static const char *const paths[] = {"a.ldif", "b.ldif"};
	struct cas_directory *directory;
	struct cas_error *error = NULL;
	struct built built;

	ldif_write("a.ldif", A "v: 1\n");
	ldif_write("b.ldif", "dn: CN=b\n");
	ck_assert_int_eq(cas_directory_open(context, paths, 2, &directory, NULL), 0);
	ck_assert_int_eq(commit(directory, &built, one_two, &error), CAS_E_USAGE);
	ck_assert_str_eq(cas_error_message(error),
			 "a directory of several files is read only");
	ck_assert_str_eq(outcomes(&built), "N");
	ldif_assert_file("a.ldif", A "v: 1\n");
	cas_error_free(error);
	cas_directory_unref(directory);
}
END_TEST

START_TEST(test_interrupt)
{
	static const volatile int interrupt = 1;
	struct cas_directory *directory;
	struct cas_error *error = NULL;
	struct built built;

	ldif_write("t.ldif", A "v: 1\n");
	directory = ldif_open("t.ldif");
	cas_context_set_interrupt(directory->context, &interrupt);
	build(&built, one_two);
	ck_assert_int_eq(
		casp_directory_commit(directory, built.changes, 1, built.results, &error),
		CAS_E_INTERRUPTED);
	ck_assert_str_eq(outcomes(&built), "N");
	ldif_assert_file("t.ldif", A "v: 1\n");
	cas_error_free(error);
	cas_directory_unref(directory);
}
END_TEST

/* ---- two processes ---- */

#define ROUNDS 50

/* Counts up from whatever it finds, until it did so ROUNDS times. */
static void count_up(void)
{
	struct cas_directory *directory = ldif_open("t.ldif");
	int done = 0, value = 0;

	while (done < ROUNDS) {
		char old[16], new[16];
		struct change changes[BATCH] = {{MOD, "CN=a", NULL, {{"v", old, new}}}};
		struct built built;
		int r;

		sprintf(old, "%d", value);
		sprintf(new, "%d", value + 1);
		r = commit(directory, &built, changes, NULL);
		if (r == 0 && built.results[0].outcome == CAS_OUTCOME_DONE) {
			done++;
		} else if (r != 0 && r != CAS_E_CONFLICT) {
			_exit(2);
		}
		free_results(&built);
		value++;
		if (value > 4 * ROUNDS) {
			value = 0;
		}
	}
	cas_directory_unref(directory);
}

START_TEST(test_no_lost_updates)
{
	char expected[64];
	int status;
	pid_t child;

	ldif_write("t.ldif", A "v: 0\n");
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		count_up();
		_exit(0);
	}
	count_up();
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	sprintf(expected, A "v: %d\n", 2 * ROUNDS);
	ldif_assert_file("t.ldif", expected);
	assert_only_file("t.ldif");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ldif-write");
	TCase *tcase = tcase_create("ldif-write");

	tcase_add_checked_fixture(tcase, ldif_setup, ldif_teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, test_edits, 0, COUNT(edits));
	tcase_add_loop_test(tcase, test_encodings, 0, 3);
	tcase_add_loop_test(tcase, test_conditions, 0, COUNT(conditions));
	tcase_add_test(tcase, test_handle_follows);
	tcase_add_test(tcase, test_replaced_meanwhile);
	tcase_add_test(tcase, test_new_guid);
	tcase_add_test(tcase, test_link);
	tcase_add_test(tcase, test_several_files_are_read_only);
	tcase_add_test(tcase, test_interrupt);
	tcase_add_test(tcase, test_no_lost_updates);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
