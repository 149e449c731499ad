/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The LDIF store, reading: dialects, refusals, defects, queries. */
#include "ldif.h"

#include <sys/stat.h>

#define COUNT(rows) (int)(sizeof(rows) / sizeof(*(rows)))

static const struct casp_query everything = {.all_attributes = true};

/* ---- what is read ---- */

static const struct {
	const char *name, *text, *expected;
} dialects[] = {
	{"plain", "dn: CN=a\nobjectClass: x\ncn: a\n", "CN=a{objectClass=x cn=a}"},
	{"version", "version: 1\n\ndn: CN=a\nobjectClass: x\n", "CN=a{objectClass=x}"},
	{"version without empty line", "version: 1\ndn: CN=a\nobjectClass: x\n",
	 "CN=a{objectClass=x}"},
	{"CRLF", "dn: CN=a\r\nobjectClass: x\r\n\r\ndn: CN=b\r\nobjectClass: y\r\n\r\n",
	 "CN=a{objectClass=x}CN=b{objectClass=y}"},
	{"folded", "dn: CN\n =a\nobjectClass: x\ncn: a\n b\n  c\n",
	 "CN=a{objectClass=x cn=ab c}"},
	{"folded, CRLF", "dn: CN\r\n =a\r\nobjectClass: x\r\ncn: a\r\n b\r\n",
	 "CN=a{objectClass=x cn=ab}"},
	{"folded before the value", "dn: CN=a\nobjectClass: x\ncn:\n  ab\n",
	 "CN=a{objectClass=x cn=ab}"},
	{"base64", "dn:: Q049YQ==\nobjectClass: x\ncn:: AAEC/w==\n",
	 "CN=a{objectClass=x cn=\\x00\\x01\\x02\\xff}"},
	{"folded base64", "dn: CN=a\nobjectClass: x\ncn:: AAE\n C/w\n ==\n",
	 "CN=a{objectClass=x cn=\\x00\\x01\\x02\\xff}"},
	{"base64 of nothing", "dn: CN=a\nobjectClass: x\ncn::\nsn:: \n",
	 "CN=a{objectClass=x cn= sn=}"},
	{"comments", "# one\n#two\n folded\n\ndn: CN=a\n# three\nobjectClass: x\n#\n",
	 "CN=a{objectClass=x}"},
	{"changetype", "dn: CN=a\nchangetype: add\nobjectClass: x\n",
	 "CN=a{objectClass=x}"},
	{"blanks behind a word", "dn: CN=a\nchangetype: add \t\nobjectClass: x\n",
	 "CN=a{objectClass=x}"},
	{"folded words",
	 "version:\n  1\ndn: CN=a\nchangetype: \r\n a\r\n dd\nobjectClass: x\n\n"
	 "search: 2\nresult: \n 0 Success\n",
	 "CN=a{objectClass=x}"},
	{"no last line end", "dn: CN=a\nobjectClass: x", "CN=a{objectClass=x}"},
	{"no last line end, CR", "dn: CN=a\r\nobjectClass: x\r", "CN=a{objectClass=x}"},
	{"many empty lines",
	 "\n\n\ndn: CN=a\nobjectClass: x\n\n\n\ndn: CN=b\nobjectClass: x\n\n\n",
	 "CN=a{objectClass=x}CN=b{objectClass=x}"},
	{"lines of spaces",
	 "dn: CN=a\nobjectClass: x\n\n  \n \ndn: CN=b\nobjectClass: x\n",
	 "CN=a{objectClass=x}CN=b{objectClass=x}"},
	{"any case", "DN: cn=a\nOBJECTCLASS: x\nCn: 1\ncN: 2\n",
	 "cn=a{OBJECTCLASS=x Cn=1,2}"},
	{"no space, many spaces", "dn:CN=a\nobjectClass:   x\ncn:\n",
	 "CN=a{objectClass=x cn=}"},
	{"colons in the value", "dn: CN=a\nobjectClass: x\nurl: http://a:1/\n",
	 "CN=a{objectClass=x url=http://a:1/}"},
	{"OID", "dn: CN=a\nobjectClass: x\n2.5.4.3: a\n",
	 "CN=a{objectClass=x 2.5.4.3=a}"},
	{"ldapsearch",
	 "# extended LDIF\n#\n# LDAPv3\n\n# a\ndn: CN=a\nobjectClass: x\n\n"
	 "# search reference\nref: ldap://b/CN=Schema\n\n# search result\nsearch: 2\n"
	 "result: 0 Success\ncontrol: 1.2.840.113556.1.4.319 false MAUCAQAEAA==\n"
	 "pagedresults: cookie=\n\n# numResponses: 2\n# numEntries: 1\n",
	 "CN=a{objectClass=x}"},
	{"ranges", "dn: CN=a\nobjectClass: x\nmember;range=0-1: 1\nmember;range=0-1: 2\n",
	 "CN=a{objectClass=x member=1,2*}"},
	{"all ranges", "dn: CN=a\nobjectClass: x\nm;range=0-0: 1\nm;range=1-*: 2\n",
	 "CN=a{objectClass=x m=1,2}"},
	{"other options", "dn: CN=a\nobjectClass: x\ncn;lang-en;binary: 1\ncn: 2\n",
	 "CN=a{objectClass=x cn=1,2}"},
	{"UTF-8",
	 "\xef\xbb\xbf"
	 "dn: CN=\xc3\xb6\nobjectClass: x\n",
	 "CN=\\xc3\\xb6{objectClass=x}"},
};

static struct casp_buf search_text(struct cas_directory *directory,
				   const struct casp_query *queries, size_t n)
{
	struct casp_buf out = {0};
	struct cas_error *error = NULL;
	int r = casp_directory_search(directory, queries, n, ldif_print, &out, &error);

	ck_assert_msg(r == 0, "%s", cas_error_message(error));
	ck_assert(!out.failed);
	return out;
}

static void assert_search(struct cas_directory *directory,
			  const struct casp_query *queries, size_t n,
			  const char *expected)
{
	struct casp_buf out = search_text(directory, queries, n);

	ck_assert_str_eq(out.p ? out.p : "", expected);
	casp_buf_free(&out);
}

/* The second search goes through the table. */
static void assert_dialect(const char *path, const char *expected)
{
	struct cas_directory *directory = ldif_open(path);

	assert_search(directory, &everything, 1, expected);
	assert_search(directory, &everything, 1, expected);
	cas_directory_unref(directory);
}

START_TEST(test_dialects)
{
	ldif_write("t.ldif", dialects[_i].text);
	assert_dialect("t.ldif", dialects[_i].expected);
}
END_TEST

/* ASCII and U+00F6 and U+1F600 as UTF-16 with its mark. */
static struct casp_buf utf16(bool big)
{
	static const uint16_t text[] = {
		0xfeff, 'd',  'n',  ':', ' ', 'C', 'N', '=',  0xf6, 0xd83d,
		0xde00, '\r', '\n', 'o', 'b', 'j', 'e', 'c',  't',  'C',
		'l',    'a',  's',  's', ':', ' ', 'x', '\r', '\n',
	};
	struct casp_buf buf = {0};

	for (int i = 0; i < COUNT(text); i++) {
		casp_buf_addc(&buf, (char)(big ? text[i] >> 8 : text[i]));
		casp_buf_addc(&buf, (char)(big ? text[i] : text[i] >> 8));
	}
	return buf;
}

START_TEST(test_utf16)
{
	struct casp_buf text = utf16(_i);

	ldif_write_bytes("t.ldif", text.p, text.n);
	assert_dialect("t.ldif", "CN=\\xc3\\xb6\\xf0\\x9f\\x98\\x80{objectClass=x}");
	casp_buf_free(&text);
}
END_TEST

/* ---- what is refused ---- */

#define ENTRY "dn: CN=a\nobjectClass: x\n"

static const struct {
	const char *text, *message, *hint;
	size_t n; /* when it holds NUL bytes */
} refused[] = {
	{"hello world\nx: y\n", "t.ldif:1: not LDIF: 'hello world'",
	 "export the directory with ldifde or ldapsearch"},
	{"\n# c\n\x1b[2J\xff\n", "t.ldif:3: not LDIF: '\\x1b[2J\\xff'",
	 "export the directory with ldifde or ldapsearch"},
	{"# only\n\n", "'t.ldif' holds no entries", "export the directory again"},
	{"", "'t.ldif' is empty", "export the directory again"},
	{ENTRY "\nobjectClass: x\n",
	 "t.ldif:4: a record begins with 'objectClass: x', not with its 'dn'",
	 "is there an empty line in the middle of a record?"},
	{ENTRY "dn: CN=b\n",
	 "t.ldif:3: a second 'dn' in the record that begins at line 1",
	 "put an empty line before it"},
	{ENTRY " \ndn: CN=b\n",
	 "t.ldif:4: a second 'dn' in the record that begins at line 1",
	 "put an empty line before it"},
	{ENTRY "\nchangetype: add\n",
	 "t.ldif:4: a record begins with 'changetype: add', not with its 'dn'",
	 "is there an empty line in the middle of a record?"},
	{"dn: CN=a\nchangetype: modify\nreplace: cn\ncn: b\n-\n",
	 "t.ldif:2: 'changetype: modify' is a change, not an entry",
	 "change files cannot be read: export entries"},
	{"dn: CN=a\nreplace: cn\ncn: b\n-\n",
	 "t.ldif:4: '-' is not of the form 'name: value'",
	 "change files cannot be read: export entries"},
	{"dn: CN=a\nchangetype: mod\n ify\n",
	 "t.ldif:2: 'changetype: modify' is a change, not an entry",
	 "change files cannot be read: export entries"},
	{"dn: CN=a\nchangetype: delete\n",
	 "t.ldif:2: 'changetype: delete' is a change, not an entry",
	 "change files cannot be read: export entries"},
	{"dn: CN=a\nchangetype: ntdsSchemaAdd\n",
	 "t.ldif:2: 'changetype: ntdsSchemaAdd' is a change, not an entry",
	 "change files cannot be read: export entries"},
	{ENTRY "\ninclude: file:///etc/passwd\n",
	 "t.ldif:4: 'include' of another file is not followed",
	 "name all files on the command line"},
	{ENTRY "cn:< file:///etc/passwd\n",
	 "t.ldif:3: the value of 'cn' is a reference to another file, which is not read",
	 "export the directory with the values in the file"},
	{ENTRY "12345\n", "t.ldif:3: '12345' is not of the form 'name: value'",
	 "is it LDIF?"},
	{ENTRY "a b: c\n", "t.ldif:3: 'a b: c' is not of the form 'name: value'",
	 "is it LDIF?"},
	{ENTRY ": c\n", "t.ldif:3: ': c' is not of the form 'name: value'",
	 "is it LDIF?"},
	{ENTRY ";x: c\n", "t.ldif:3: ';x: c' is not of the form 'name: value'",
	 "is it LDIF?"},
	{ENTRY "\n x: y\n", "t.ldif:4: ' x: y' is not of the form 'name: value'",
	 "a line that begins with a space continues the line before it, and there is "
	 "none"},
	{ENTRY "\ndn: CN=b\nmsExchOwn",
	 "t.ldif:5: the file ends in the middle of a line, 'msExchOwn'",
	 "the file was cut off: export it again"},
	{ENTRY "objectGUID:: AAE", "t.ldif:3: the value of 'objectGUID' is not base64",
	 "the file was cut off or damaged: export it again"},
	{ENTRY "cn:: A=AA\n", "t.ldif:3: the value of 'cn' is not base64",
	 "the file was cut off or damaged: export it again"},
	{ENTRY "cn:: AA A\n", "t.ldif:3: the value of 'cn' is not base64",
	 "the file was cut off or damaged: export it again"},
	{"version: 2\n\n" ENTRY,
	 "t.ldif:1: LDIF of version '2' is not known, only version 1",
	 "export the directory with ldifde or ldapsearch"},
	{ENTRY "distinguis\n hedName: CN=a\n",
	 "t.ldif:3: the line is folded inside the attribute's name, 'distinguis'",
	 "export it again with wider or without folds (ldapsearch -o ldif-wrap=no)"},
	{ENTRY "cn:\n : AAAA\n",
	 "t.ldif:3: the line is folded inside the attribute's name, 'cn:'",
	 "export it again with wider or without folds (ldapsearch -o ldif-wrap=no)"},
	{ENTRY "cn: a\0b\n", "t.ldif:3: a NUL byte at byte 30",
	 "the file is damaged: export it again", 32},
	{ENTRY "c\0n: ab\n", "t.ldif:3: a NUL byte at byte 26",
	 "the file is damaged: export it again", 33},
	{"d\0n\0:\0 \0", "t.ldif:1: a NUL byte at byte 2",
	 "is it UTF-16 without a byte order mark? save it as UTF-8", 8},
	{"\xff\xfe"
	 "d\0n",
	 "'t.ldif' begins as UTF-16 but is not",
	 "the file was cut off or damaged: export it again", 5},
	{"\xff\xfe"
	 "d\0\0\xdc",
	 "'t.ldif' begins as UTF-16 but is not",
	 "the file was cut off or damaged: export it again", 6},
};

static int read_all(const char *const *paths, size_t n, struct casp_buf *out,
		    struct cas_error **err)
{
	struct cas_directory *directory;
	int r = cas_directory_open(context, paths, n, &directory, err);

	if (r == 0) {
		r = casp_directory_search(directory, &everything, 1, ldif_print, out,
					  err);
		cas_directory_unref(directory);
	}
	return r;
}

static void assert_refused(const char *path, int code, const char *message,
			   const char *hint)
{
	struct casp_buf out = {0};
	struct cas_error *error = NULL;

	ck_assert_int_eq(read_all(&path, 1, &out, &error), code);
	ck_assert_str_eq(cas_error_message(error), message);
	ck_assert_pstr_eq(cas_error_hint(error), hint);
	cas_error_free(error);
	casp_buf_free(&out);
}

START_TEST(test_refused)
{
	const char *text = refused[_i].text;

	ldif_write_bytes("t.ldif", text, refused[_i].n ? refused[_i].n : strlen(text));
	assert_refused("t.ldif", CAS_E_FORMAT, refused[_i].message, refused[_i].hint);
}
END_TEST

START_TEST(test_not_files)
{
	ck_assert_int_eq(mkdir("d", 0700), 0);
	ck_assert_int_eq(mkfifo("p", 0600), 0);
	assert_refused("d", CAS_E_IO, "cannot read 'd': it is a folder, not a file",
		       "name an LDIF file in it");
	assert_refused("p", CAS_E_IO, "cannot read 'p': it is a pipe, not a file",
		       "write what comes out of it to a file and name that");
	assert_refused("/dev/null", CAS_E_IO,
		       "cannot read '/dev/null': it is a device, not a file",
		       "write what comes out of it to a file and name that");
	assert_refused(
		"none", CAS_E_IO, "cannot open 'none': No such file or directory",
		"name an LDIF file that exists, or a server as ldap://dc1.contoso.com");
	assert_refused("", CAS_E_USAGE, "the directory's address is empty",
		       "name an LDIF file, or a server as ldap://dc1.contoso.com");
	assert_refused("https://dc1.contoso.com", CAS_E_USAGE,
		       "'https://dc1.contoso.com' is neither a file nor an LDAP server",
		       "name an LDIF file, or a server as ldap://dc1.contoso.com");
	assert_refused(
		"ldif:a://b", CAS_E_IO, "cannot open 'a://b': No such file or directory",
		"name an LDIF file that exists, or a server as ldap://dc1.contoso.com");
	assert_refused("ldif:", CAS_E_USAGE, "the directory's address is empty",
		       "name an LDIF file, or a server as ldap://dc1.contoso.com");
}
END_TEST

/* What was good before the error is handed on, then the error comes. */
START_TEST(test_order_of_errors)
{
	struct casp_buf out = {0};
	struct cas_error *error = NULL;
	const char *path = "t.ldif";

	ldif_write(path, ENTRY "\nbad\n\n" ENTRY);
	ck_assert_int_eq(read_all(&path, 1, &out, &error), CAS_E_FORMAT);
	ck_assert_str_eq(out.p, "CN=a{objectClass=x}");
	ck_assert_str_eq(cas_error_message(error),
			 "t.ldif:4: 'bad' is not of the form 'name: value'");
	cas_error_free(error);
	casp_buf_free(&out);
}
END_TEST

/* A line of `mega` MB. */
static void write_long(const char *path, const char *before, size_t mega,
		       const char *after)
{
	FILE *file = fopen(path, "we");
	char *piece = malloc(1 << 20);

	ck_assert(file && piece);
	memset(piece, 'x', 1 << 20);
	fputs(before, file);
	for (size_t i = 0; i < mega; i++) {
		ck_assert_uint_eq(fwrite(piece, 1 << 20, 1, file), 1);
	}
	fputs(after, file);
	ck_assert_int_eq(fclose(file), 0);
	free(piece);
}

START_TEST(test_limits)
{
	write_long("t.ldif", ENTRY "cn: ", 100, "\n");
	assert_refused("t.ldif", CAS_E_FORMAT, "t.ldif:3: the line is longer than 64 MB",
		       "the file is damaged, or holds a value that no directory has: "
		       "export it again");
	write_long("t.ldif", ENTRY "cn: ", 40, "\n");
	write_long("u.ldif", ENTRY "cn: ", 40, "\nsn: ");
	ck_assert_int_eq(
		system("cat t.ldif >u && sed -i 1,2d t.ldif && cat u t.ldif >v.ldif"), 0);
	assert_refused("v.ldif", CAS_E_FORMAT,
		       "v.ldif:1: the record is longer than 64 MB",
		       "is an empty line missing between two entries?");
	write_long("t.ldif", "", 100, "\n");
	assert_refused(
		"t.ldif", CAS_E_FORMAT,
		"t.ldif:1: not LDIF: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...'",
		"export the directory with ldifde or ldapsearch");
}
END_TEST

START_TEST(test_many_values)
{
	struct casp_buf text = {0};
	struct cas_directory *directory;
	struct casp_buf out;

	casp_buf_adds(&text, ENTRY);
	for (int i = 0; i < 10000; i++) {
		casp_buf_addf(&text, "member: CN=%d\n", i);
	}
	ldif_write_bytes("t.ldif", text.p, text.n);
	directory = ldif_open("t.ldif");
	out = search_text(directory, &everything, 1);
	ck_assert_ptr_nonnull(strstr(out.p, "member=CN=0,CN=1,CN=2,"));
	ck_assert_ptr_nonnull(strstr(out.p, ",CN=9999}"));
	casp_buf_free(&out);
	casp_buf_free(&text);
	cas_directory_unref(directory);
}
END_TEST

/* ---- defects ---- */

static const char *const defect_names[] = {"class", "dn", "twice", "utf8"};

START_TEST(test_defects)
{
	static const char *const classes[] = {"x"};
	static const struct casp_query x = {
		.classes = classes, .n_classes = 1, .all_attributes = true};
	const struct casp_defect *defects;
	struct casp_buf out = {0};
	struct cas_directory *directory;

	ldif_write("t.ldif", "dn: CN=a\ncn: a\n\ndn: nonsense\nobjectClass: x\n\n"
			     "dn: CN=b,DC=x\nobjectClass: x\ncn: 1\n\n"
			     "dn: cn=B, dc=X\nobjectClass: x\ncn: 2\n\n"
			     "dn:: Q049/w==\nobjectClass: x\n\n"
			     "dn:\nobjectClass: x\n");
	directory = ldif_open("t.ldif");
	for (int again = 0; again < 2; again++) {
		assert_search(directory, &x, 1,
			      "CN=b,DC=x{objectClass=x cn=1}CN=\\xff{objectClass=x}");
	}
	for (size_t i = 0; i < casp_directory_defects(directory, &defects); i++) {
		casp_buf_addf(&out, "%s ", defect_names[defects[i].kind]);
		casp_directory_where(directory, defects[i].origin, &out);
		casp_buf_addc(&out, ' ');
		ldif_add_value(&out, defects[i].dn);
		casp_buf_addc(&out, '\n');
	}
	ck_assert_str_eq(out.p, "class t.ldif:1 CN=a\n"
				"dn t.ldif:4 nonsense\n"
				"twice t.ldif:11 cn=B, dc=X\n"
				"utf8 t.ldif:15 CN=\\xff\n"
				"dn t.ldif:18 \n");
	casp_buf_free(&out);
	cas_directory_unref(directory);
}
END_TEST

/* ---- queries ---- */

static const char tree[] =
	"dn: DC=x\nobjectClass: domain\n\n"
	"dn: CN=s,DC=x\nobjectClass: top\nobjectClass: server\ncn: s\nname: one\n"
	"objectGUID:: AAECAwQFBgcICQoLDA0ODw==\n\n"
	"dn: CN=a\\,b,CN=s,DC=x\nobjectClass: array\ncn: a,b\nname: ONE\n\n"
	"dn: CN=t,DC=x\nobjectClass: SERVER\ncn: t\nname: two\n";

#define GUID "\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17"
static const char *const server[] = {"Server"};
static const char *const array[] = {"missing", "array"};
static const char *const cn[] = {"cn"};
static const char *const name_cn[] = {"NAME", "none", "Cn"};
static const struct casp_equality one[] = {{"name", {"One", 3}}};
static const struct casp_equality guid[] = {{"objectguid", {GUID, 16}}};
static const struct casp_equality dns[] = {
	{"distinguishedName", {"cn=T , dc=X", 11}},
	{"DistinguishedName", {"CN=a\\2Cb,CN=s,DC=x", 18}},
	{"distinguishedName", {"CN=nobody", 9}},
};
static const struct casp_equality mixed[] = {{"distinguishedName", {"CN=t,DC=x", 9}},
					     {"cn", {"S", 1}}};

static const struct {
	struct casp_query queries[2];
	size_t n;
	const char *expected;
} queries[] = {
	{{{.attributes = cn, .n_attributes = 1}},
	 1,
	 "DC=x{}CN=s,DC=x{cn=s}CN=a\\,b,CN=s,DC=x{cn=a,b}CN=t,DC=x{cn=t}"},
	{{{.classes = server, .n_classes = 1, .attributes = name_cn, .n_attributes = 3}},
	 1,
	 "CN=s,DC=x{NAME=one Cn=s}CN=t,DC=x{NAME=two Cn=t}"},
	{{{.classes = array, .n_classes = 2}, {.classes = server, .n_classes = 1}},
	 2,
	 "1:CN=s,DC=x{}CN=a\\,b,CN=s,DC=x{}1:CN=t,DC=x{}"},
	{{{.base = {"cn=S,dc=X", 9}, .scope = CASP_SCOPE_BASE}}, 1, "CN=s,DC=x{}"},
	{{{.base = {"DC=x", 4}, .scope = CASP_SCOPE_CHILDREN}},
	 1,
	 "CN=s,DC=x{}CN=t,DC=x{}"},
	{{{.base = {"CN=s,DC=x", 9}, .scope = CASP_SCOPE_SUBTREE}},
	 1,
	 "CN=s,DC=x{}CN=a\\,b,CN=s,DC=x{}"},
	{{{.base = {"CN=u,DC=x", 9}, .scope = CASP_SCOPE_SUBTREE}}, 1, ""},
	{{{.any = one, .n_any = 1}}, 1, "CN=s,DC=x{}CN=a\\,b,CN=s,DC=x{}"},
	{{{.any = one, .n_any = 1, .classes = server, .n_classes = 1}}, 1, "CN=s,DC=x{}"},
	{{{.any = guid, .n_any = 1}}, 1, "CN=s,DC=x{}"},
	{{{.any = dns, .n_any = 3}}, 1, "CN=a\\,b,CN=s,DC=x{}CN=t,DC=x{}"},
	{{{.any = mixed, .n_any = 2}}, 1, "CN=s,DC=x{}CN=t,DC=x{}"},
	{{{.any = dns, .n_any = 3}, {.base = {"DC=x", 4}, .scope = CASP_SCOPE_BASE}},
	 2,
	 "1:DC=x{}CN=a\\,b,CN=s,DC=x{}CN=t,DC=x{}"},
	{{{.any = dns, .n_any = 3, .classes = array, .n_classes = 2}},
	 1,
	 "CN=a\\,b,CN=s,DC=x{}"},
};

START_TEST(test_queries)
{
	struct cas_directory *directory;

	ldif_write("t.ldif", tree);
	directory = ldif_open("ldif:t.ldif");
	for (int again = 0; again < 2; again++) {
		assert_search(directory, queries[_i].queries, queries[_i].n,
			      queries[_i].expected);
	}
	cas_directory_unref(directory);
}
END_TEST

START_TEST(test_too_many_attributes)
{
	const char *names[65];
	struct casp_query query = {.attributes = names, .n_attributes = 65};
	struct cas_directory *directory;
	struct cas_error *error = NULL;

	for (int i = 0; i < COUNT(names); i++) {
		names[i] = "a";
	}
	ldif_write("t.ldif", tree);
	directory = ldif_open("t.ldif");
	ck_assert_int_eq(
		casp_directory_search(directory, &query, 1, ldif_print, NULL, &error),
		CAS_E_USAGE);
	cas_error_free(error);
	cas_directory_unref(directory);
}
END_TEST

/* ---- the handle ---- */

static int stop_at_once(void *closure, const struct casp_entry *entry,
			struct cas_error **err)
{
	return casp_error(err, CAS_E_INTERRUPTED, "enough");
}

START_TEST(test_callback_stops)
{
	struct cas_directory *directory;
	struct cas_error *error = NULL;

	ldif_write("t.ldif", tree);
	directory = ldif_open("t.ldif");
	ck_assert_int_eq(casp_directory_search(directory, &everything, 1, stop_at_once,
					       NULL, &error),
			 CAS_E_INTERRUPTED);
	ck_assert_str_eq(cas_error_message(error), "enough");
	cas_error_free(error);
	assert_search(directory, queries[3].queries, 1, queries[3].expected);
	cas_directory_unref(directory);
}
END_TEST

START_TEST(test_several_files)
{
	static const char *const paths[] = {"a.ldif", "b.ldif"};
	static const char *const twice[] = {"a.ldif", "./a.ldif"};
	const struct casp_defect *defects;
	struct casp_buf out = {0};
	struct cas_directory *directory;
	struct cas_error *error = NULL;

	ldif_write("a.ldif", "dn: CN=a\nobjectClass: x\n");
	ldif_write("b.ldif", "dn: CN=b\nobjectClass: x\n\ndn: CN=A\nobjectClass: x\n");
	ck_assert_int_eq(cas_directory_open(context, paths, 2, &directory, NULL), 0);
	assert_search(directory, &everything, 1,
		      "CN=a{objectClass=x}CN=b{objectClass=x}");
	ck_assert_uint_eq(casp_directory_defects(directory, &defects), 1);
	casp_directory_where(directory, defects[0].origin, &out);
	ck_assert_str_eq(out.p, "b.ldif:4");
	casp_buf_free(&out);
	cas_directory_unref(directory);
	ck_assert_int_eq(cas_directory_open(context, twice, 2, &directory, &error),
			 CAS_E_USAGE);
	ck_assert_str_eq(cas_error_message(error), "'./a.ldif' is named twice");
	cas_error_free(error);
}
END_TEST

START_TEST(test_address)
{
	struct cas_directory *directory;
	struct casp_buf expected = {0};
	char *real = realpath(".", NULL);

	ldif_write("t.ldif", tree);
	ck_assert_int_eq(symlink("t.ldif", "link"), 0);
	directory = ldif_open("link");
	casp_buf_addf(&expected, "%s/t.ldif", real);
	ck_assert_str_eq(cas_directory_address(directory), expected.p);
	ck_assert_ptr_eq(cas_directory_ref(directory), directory);
	cas_directory_unref(directory);
	cas_directory_unref(directory);
	casp_buf_free(&expected);
	free(real);
}
END_TEST

static void count_warning(void *closure, enum cas_log_level level, const char *message)
{
	casp_buf_addf(closure, "%s\n", message);
}

START_TEST(test_warnings)
{
	struct casp_buf log = {0};
	struct cas_directory *directory;

	cas_context_set_log(context, CAS_LOG_WARNING, count_warning, &log);
	ldif_write("t.ldif",
		   ENTRY "\nsearch: 2\nresult: 4 Size limit exceeded\n\nref: x");
	directory = ldif_open("t.ldif");
	assert_search(directory, &everything, 1, "CN=a{objectClass=x}");
	ck_assert_str_eq(
		log.p, "t.ldif:5: the search that wrote the file ended with 'result: 4 "
		       "Size limit exceeded': entries may be missing\n"
		       "t.ldif: the last line has no line end: was the file cut off?\n");
	cas_context_set_log(context, CAS_LOG_WARNING, NULL, NULL);
	casp_buf_free(&log);
	cas_directory_unref(directory);
}
END_TEST

/* ---- threads ---- */

#define MANY 10001

/* About 10 MB: more than one piece, so that a helper parses, too. */
static struct casp_buf large(void)
{
	struct casp_buf text = {0};

	for (int i = 0; i < MANY; i++) {
		casp_buf_addf(&text, "dn: CN=%05d,DC=x\nobjectClass: %s\ncn: %d\n", i,
			      i % 3 ? "x" : "y", i);
		for (int k = 0; k < 20 + i % 7; k++) {
			casp_buf_addf(&text,
				      "description: %d some text that\n  is folded %d\n",
				      k, i);
		}
		casp_buf_adds(&text, "\n");
	}
	ck_assert(!text.failed);
	return text;
}

static int check_order(void *closure, const struct casp_entry *entry,
		       struct cas_error **err)
{
	int *next = closure;
	char expected[64];

	while (*next % 3 == 0) {
		++*next;
	}
	sprintf(expected, "%d", *next);
	ck_assert_uint_eq(entry->values[0].n, 1);
	ck_assert_uint_eq(entry->values[0].v[0].n, strlen(expected));
	ck_assert_mem_eq(entry->values[0].v[0].p, expected, strlen(expected));
	ck_assert_uint_eq(entry->values[1].n, 20 + (size_t)*next % 7);
	sprintf(expected, "0 some text that is folded %d", *next);
	ck_assert_uint_eq(entry->values[1].v[0].n, strlen(expected));
	ck_assert_mem_eq(entry->values[1].v[0].p, expected, strlen(expected));
	++*next;
	return 0;
}

START_TEST(test_order_with_threads)
{
	static const char *const x[] = {"x"};
	static const char *const attributes[] = {"cn", "description"};
	static const struct casp_query query = {.classes = x,
						.n_classes = 1,
						.attributes = attributes,
						.n_attributes = 2};
	struct casp_buf text = large();
	struct cas_directory *directory;

	ldif_write_bytes("t.ldif", text.p, text.n);
	directory = ldif_open("t.ldif");
	for (int again = 0; again < 3; again++) {
		int next = 0;

		ck_assert_int_eq(casp_directory_search(directory, &query, 1, check_order,
						       &next, NULL),
				 0);
		ck_assert_int_eq(next, MANY);
	}
	cas_directory_unref(directory);
	casp_buf_free(&text);
}
END_TEST

static int count(void *closure, const struct casp_entry *entry, struct cas_error **err)
{
	++*(int *)closure;
	return 0;
}

/* The first error in the file's order wins, whichever thread meets it. */
START_TEST(test_errors_with_threads)
{
	struct casp_buf text = large();
	struct cas_directory *directory;
	struct cas_error *error = NULL;
	char *late = strstr(text.p, "dn: CN=07500"),
	     *later = strstr(text.p, "dn: CN=07600");
	int n = 0;

	memcpy(late, "xx", 2);
	memcpy(later, "yy", 2);
	ldif_write_bytes("t.ldif", text.p, text.n);
	directory = ldif_open("t.ldif");
	ck_assert_int_eq(
		casp_directory_search(directory, &everything, 1, count, &n, &error),
		CAS_E_FORMAT);
	ck_assert_int_eq(n, 7500);
	ck_assert_ptr_nonnull(strstr(cas_error_message(error),
				     "a record begins with 'xx: CN=07500,DC=x'"));
	cas_error_free(error);
	cas_directory_unref(directory);
	casp_buf_free(&text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ldif-read");
	TCase *tcase = tcase_create("ldif-read");

	tcase_add_checked_fixture(tcase, ldif_setup, ldif_teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, test_dialects, 0, COUNT(dialects));
	tcase_add_loop_test(tcase, test_utf16, 0, 2);
	tcase_add_loop_test(tcase, test_refused, 0, COUNT(refused));
	tcase_add_test(tcase, test_not_files);
	tcase_add_test(tcase, test_order_of_errors);
	tcase_add_test(tcase, test_limits);
	tcase_add_test(tcase, test_many_values);
	tcase_add_test(tcase, test_defects);
	tcase_add_loop_test(tcase, test_queries, 0, COUNT(queries));
	tcase_add_test(tcase, test_too_many_attributes);
	tcase_add_test(tcase, test_callback_stops);
	tcase_add_test(tcase, test_several_files);
	tcase_add_test(tcase, test_address);
	tcase_add_test(tcase, test_warnings);
	tcase_add_test(tcase, test_order_with_threads);
	tcase_add_test(tcase, test_errors_with_threads);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
