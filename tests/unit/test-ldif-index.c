/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tables of the LDIF store: records, while it grows by guesses, and lines. */
#include "ldif.h"

#define SMALL 3000
#define LARGE 3000
#define TWINS 50

static void add_record(struct casp_buf *text, const char *type, int i, int bytes)
{
	casp_buf_addf(text, "dn: %s=%d,DC=x\nobjectClass: x\n", type, i);
	for (; bytes > 0; bytes -= 80) {
		casp_buf_addf(text, "description: %066d\n", bytes);
	}
	casp_buf_adds(text, "\n");
}

/* What the file begins with is no measure of the rest: small records, then large ones,
 * or the other way round; at the end some that were there before. */
static void write_records(bool small_first)
{
	struct casp_buf text = {0};

	for (int i = 0; i < SMALL + LARGE; i++) {
		bool small = (i < SMALL) == small_first;

		add_record(&text, "CN", i, small ? 0 : 2000);
	}
	for (int i = 0; i < TWINS; i++) {
		add_record(&text, "cn", i * (SMALL + LARGE) / TWINS, 0);
	}
	ck_assert(!text.failed);
	ldif_write_bytes("t.ldif", text.p, text.n);
	casp_buf_free(&text);
}

static int count(void *closure, const struct casp_entry *entry, struct cas_error **err)
{
	++*(int *)closure;
	return 0;
}

static const char *const classes[] = {"x"};

START_TEST(twins)
{
	static const struct casp_query query = {
		.scope = CASP_SCOPE_SUBTREE, .classes = classes, .n_classes = 1};
	const struct casp_defect *defects;
	struct cas_directory *directory;
	int n = 0;

	write_records(_i);
	directory = ldif_open("t.ldif");
	ck_assert_int_eq(casp_directory_search(directory, &query, 1, count, &n, NULL), 0);
	ck_assert_int_eq(n, SMALL + LARGE);
	ck_assert_uint_eq(casp_directory_defects(directory, &defects), TWINS);
	for (int i = 0; i < TWINS; i++) {
		ck_assert_int_eq(defects[i].kind, CASP_DEFECT_DUPLICATE_DN);
	}
	cas_directory_unref(directory);
}
END_TEST

START_TEST(by_dn)
{
	static const struct casp_query all = {.scope = CASP_SCOPE_SUBTREE};
	struct cas_directory *directory;
	int n = 0;

	write_records(_i);
	directory = ldif_open("t.ldif");
	ck_assert_int_eq(casp_directory_search(directory, &all, 1, count, &n, NULL), 0);
	for (int i = 0; i < SMALL + LARGE + 100; i += 50) {
		char dn[32];
		struct casp_query query = {
			.base = {dn, (size_t)sprintf(dn, "cn=%d, DC=X", i)},
			.scope = CASP_SCOPE_BASE,
			.classes = classes,
			.n_classes = 1};

		n = 0;
		ck_assert_int_eq(
			casp_directory_search(directory, &query, 1, count, &n, NULL), 0);
		ck_assert_int_eq(n, i < SMALL + LARGE);
	}
	cas_directory_unref(directory);
}
END_TEST

struct place {
	uint64_t origin;
	size_t line;
};

struct places {
	struct place v[SMALL + LARGE + TWINS];
	size_t n;
};

static int note_place(void *closure, const struct casp_entry *entry,
		      struct cas_error **err)
{
	struct places *places = closure;

	places->v[places->n++].origin = entry->origin;
	return 0;
}

/* Lines are counted from what was counted before, in whatever order they are asked for.
 */
START_TEST(lines)
{
	static const struct casp_query all = {.scope = CASP_SCOPE_SUBTREE};
	static struct places places;
	struct cas_directory *directory;
	struct casp_buf text;
	size_t line = 1, n = 0;

	write_records(_i);
	places.n = 0;
	text = ldif_read("t.ldif");
	for (const char *p = text.p; *p; p++) {
		if (!strncmp(p, "dn:", 3) && (p == text.p || p[-1] == '\n')) {
			places.v[n++].line = line;
		}
		line += *p == '\n';
	}
	directory = ldif_open("t.ldif");
	ck_assert_int_eq(
		casp_directory_search(directory, &all, 1, note_place, &places, NULL), 0);
	ck_assert_uint_ge(places.n, SMALL + LARGE);
	for (size_t i = 0, at = 0; i < 1000; i++, at = (at + 1667) % (SMALL + LARGE)) {
		struct casp_buf where = {0};
		char expected[32];

		casp_directory_where(directory, places.v[at].origin, &where);
		sprintf(expected, "t.ldif:%zu", places.v[at].line);
		ck_assert_str_eq(where.p, expected);
		casp_buf_free(&where);
	}
	casp_buf_free(&text);
	cas_directory_unref(directory);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ldif-index");
	TCase *tcase = tcase_create("ldif-index");

	tcase_add_checked_fixture(tcase, ldif_setup, ldif_teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, twins, 0, 2);
	tcase_add_loop_test(tcase, by_dn, 0, 2);
	tcase_add_loop_test(tcase, lines, 0, 2);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
