/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors: the first stays, context and hint are added. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

START_TEST(first_wins)
{
	struct cas_error *err = NULL;

	ck_assert_int_eq(casp_error(&err, CAS_E_IO, "cannot open '%s'", "x"), CAS_E_IO);
	ck_assert_int_eq(casp_error(&err, CAS_E_FORMAT, "not LDIF"), CAS_E_FORMAT);
	ck_assert_int_eq(cas_error_code(err), CAS_E_IO);
	ck_assert_str_eq(cas_error_message(err), "cannot open 'x'");
	ck_assert_ptr_null(cas_error_hint(err));
	cas_error_free(err);
}
END_TEST

START_TEST(context_and_hint)
{
	struct cas_error *err = NULL;

	casp_error(&err, CAS_E_NOT_FOUND, "no array '%s'", "a%sb");
	ck_assert_int_eq(casp_error_context(&err, "line %d", 7), CAS_E_NOT_FOUND);
	ck_assert_int_eq(casp_error_context(&err, "file '%s'", "x"), CAS_E_NOT_FOUND);
	ck_assert_str_eq(cas_error_message(err), "file 'x': line 7: no array 'a%sb'");
	ck_assert_int_eq(casp_error_hint(&err, "try %s", "this"), CAS_E_NOT_FOUND);
	ck_assert_int_eq(casp_error_hint(&err, "try %s", "that"), CAS_E_NOT_FOUND);
	ck_assert_str_eq(cas_error_hint(err), "try that");
	cas_error_free(err);
}
END_TEST

START_TEST(nobody_asks)
{
	struct cas_error *err = NULL;

	ck_assert_int_eq(casp_error(NULL, CAS_E_USAGE, "x"), CAS_E_USAGE);
	ck_assert_int_eq(casp_error_nomem(NULL), CAS_E_NOMEM);
	ck_assert_int_eq(casp_error_hint(&err, "x"), 0);
	ck_assert_int_eq(casp_error_context(&err, "x"), 0);
	ck_assert_ptr_null(err);
	ck_assert_int_eq(cas_error_code(NULL), CAS_OK);
	ck_assert_str_eq(cas_error_message(NULL), "");
	ck_assert_ptr_null(cas_error_hint(NULL));
	cas_error_free(NULL);
}
END_TEST

/* Who does not ask for the error still gets its code, through hint and context. */
START_TEST(unasked)
{
	ck_assert_int_eq(casp_error(NULL, CAS_E_IO, "x"), CAS_E_IO);
	ck_assert_int_eq(casp_error_hint(NULL, "x"), CAS_E_IO);
	ck_assert_int_eq(casp_error_context(NULL, "x"), CAS_E_IO);
	ck_assert_int_eq(casp_error_nomem(NULL), CAS_E_NOMEM);
	ck_assert_int_eq(casp_error_hint(NULL, "x"), CAS_E_NOMEM);
}
END_TEST

/* Paths of directories that do not open, or hold no LDIF. */
static const struct {
	const char *path;
	const char *text; /* of the file; NULL: the path is there */
	int code;
} broken[] = {
	{"/", NULL, CAS_E_IO},
	{"/dev/null", NULL, CAS_E_IO},
	{"/tmp/casarray-none/none.ldif", NULL, CAS_E_IO},
	{"", "", CAS_E_FORMAT},
	{"", "nothing\n", CAS_E_FORMAT},
	{"", "dn: DC=x\nobjectClass:: %\n\n", CAS_E_FORMAT},
	{"", "dn: DC=x\nobject\n Class: x\n\n", CAS_E_FORMAT},
};

static void write_temporary(char *path, const char *text)
{
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

START_TEST(unasked_of_the_library)
{
	char path[] = "/tmp/casarray-error-XXXXXX";
	const char *address = broken[_i].text ? path : broken[_i].path;
	struct cas_organization *org = NULL;
	struct cas_directory *directory = NULL;
	struct cas_context *context;
	int code;

	if (broken[_i].text) {
		write_temporary(path, broken[_i].text);
	}
	ck_assert_int_eq(cas_context_new(&context, NULL), 0);
	code = cas_directory_open(context, &address, 1, &directory, NULL);
	if (code == 0) {
		code = cas_organization_load(directory, CAS_SCOPE_ALL, NULL, 0, &org,
					     NULL);
	}
	ck_assert_int_eq(code, broken[_i].code);
	ck_assert_ptr_null(org);
	cas_directory_unref(directory);
	cas_context_unref(context);
	if (broken[_i].text) {
		unlink(path);
	}
}
END_TEST

/* The static error takes neither hint nor context, and is freed without harm, twice. */
START_TEST(no_memory)
{
	struct cas_error *err = NULL, *again = NULL;

	ck_assert_int_eq(casp_error_nomem(&err), CAS_E_NOMEM);
	ck_assert_int_eq(casp_error_hint(&err, "x"), CAS_E_NOMEM);
	ck_assert_int_eq(casp_error_context(&err, "x"), CAS_E_NOMEM);
	ck_assert_str_eq(cas_error_message(err), "out of memory");
	ck_assert_ptr_null(cas_error_hint(err));
	cas_error_free(err);
	casp_error_nomem(&again);
	ck_assert_str_eq(cas_error_message(again), "out of memory");
	cas_error_free(again);
}
END_TEST

/* The numbers are permanent: this is the registry. */
static const struct {
	int number;
	const char *name;
} codes[] = {
	{0, "CAS_OK"},
	{-1, "CAS_E_NOMEM"},
	{-2, "CAS_E_USAGE"},
	{-3, "CAS_E_NOT_FOUND"},
	{-4, "CAS_E_AMBIGUOUS"},
	{-5, "CAS_E_REFUSED"},
	{-6, "CAS_E_RIGHTS"},
	{-7, "CAS_E_AUTH"},
	{-8, "CAS_E_CONFLICT"},
	{-9, "CAS_E_PARTIAL"},
	{-10, "CAS_E_IO"},
	{-11, "CAS_E_FORMAT"},
	{-12, "CAS_E_NOT_EVALUATED"},
	{-13, "CAS_E_INTERRUPTED"},
	{-99, "CAS_E_UNKNOWN"},
};

START_TEST(code_name)
{
	ck_assert_str_eq(cas_code_name((enum cas_code)codes[_i].number), codes[_i].name);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("error");
	TCase *tcase = tcase_create("error");

	tcase_add_test(tcase, first_wins);
	tcase_add_test(tcase, context_and_hint);
	tcase_add_test(tcase, unasked);
	tcase_add_loop_test(tcase, unasked_of_the_library, 0,
			    sizeof(broken) / sizeof(*broken));
	tcase_add_test(tcase, nobody_asks);
	tcase_add_test(tcase, no_memory);
	tcase_add_loop_test(tcase, code_name, 0, sizeof(codes) / sizeof(*codes));
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
