/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of plans share: a journal folder, files as text, looking into a plan. */
#ifndef PLANNED_H
#define PLANNED_H

#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"
#include "plan/plan.h"

#define COUNT(rows) (int)(sizeof(rows) / sizeof(*(rows)))

/* The message of an error contains the text, and its code is the one expected. */
static inline void check_error(int code, struct cas_error *err, int expected,
			       const char *text)
{
	ck_assert_msg(code == expected, "%s instead of %s: %s", cas_code_name(code),
		      cas_code_name(expected), cas_error_message(err));
	ck_assert_int_eq(cas_error_code(err), expected);
	ck_assert_msg(strstr(cas_error_message(err), text), "'%s' is not in '%s'", text,
		      cas_error_message(err));
	cas_error_free(err);
}

static inline void check_done(int code, struct cas_error *err)
{
	ck_assert_msg(code == 0, "%s: %s", cas_code_name(code), cas_error_message(err));
	ck_assert_ptr_null(err);
}

/* The call is evaluated before the error that it sets. */
#define expect_done(call, err)                                                           \
	do {                                                                             \
		int code_ = (call);                                                      \
		check_done(code_, (err));                                                \
	} while (0)
#define expect_error(call, err, expected, text)                                          \
	do {                                                                             \
		int code_ = (call);                                                      \
		check_error(code_, (err), (expected), (text));                           \
		(err) = NULL;                                                            \
	} while (0)

static inline bool has_line(const struct cas_plan *plan,
			    const char *(*line)(const struct cas_plan *, size_t),
			    const char *text)
{
	const char *at;

	for (size_t i = 0; (at = line(plan, i)); i++) {
		if (strstr(at, text)) {
			return true;
		}
	}
	return false;
}

static inline bool warns(const struct cas_plan *plan, const char *text)
{
	return has_line(plan, cas_plan_warning, text);
}

static inline bool notes(const struct cas_plan *plan, const char *text)
{
	return has_line(plan, cas_plan_notice, text);
}

static inline const struct casp_step *step_of(const struct cas_plan *plan,
					      const char *name)
{
	for (size_t i = 0; i < plan->steps.n; i++) {
		if (strcmp(plan->steps.v[i].name, name) == 0) {
			return &plan->steps.v[i];
		}
	}
	return NULL;
}

/* ---- files ---- */

static inline char *file_text(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text;
	long n;

	ck_assert_msg(file, "cannot open %s", path);
	ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
	n = ftell(file);
	rewind(file);
	text = calloc(1, (size_t)n + 1);
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_eq(fread(text, 1, (size_t)n, file), (size_t)n);
	fclose(file);
	return text;
}

static inline void file_write(const char *path, const char *text, size_t n)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(text, 1, n, file), n);
	ck_assert_int_eq(fclose(file), 0);
}

struct journals {
	char folder[64];
	struct cas_context *context;
};

static inline void journals_open(struct journals *journals)
{
	strcpy(journals->folder, "/tmp/casarray-journal-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(journals->folder));
	ck_assert_int_eq(cas_context_new(&journals->context, NULL), 0);
}

static inline char *journals_path(const struct journals *journals, const char *run)
{
	char *path;

	ck_assert_int_gt(asprintf(&path, "%s/%s.journal", journals->folder, run), 0);
	return path;
}

static inline int journals_count(const struct journals *journals)
{
	DIR *folder = opendir(journals->folder);
	const struct dirent *entry;
	int n = 0;

	ck_assert_ptr_nonnull(folder);
	while ((entry = readdir(folder))) {
		n += entry->d_name[0] != '.';
	}
	closedir(folder);
	return n;
}

static inline void journals_close(struct journals *journals)
{
	DIR *folder = opendir(journals->folder);
	struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		if (entry->d_name[0] != '.') {
			unlinkat(dirfd(folder), entry->d_name, 0);
		}
	}
	closedir(folder);
	rmdir(journals->folder);
	cas_context_unref(journals->context);
}

static inline int apply(struct journals *journals, struct cas_plan *plan,
			struct cas_error **err)
{
	struct cas_apply how = {
		.journal = journals->folder,
		.who = "tester@host",
		.command = "casarray test",
	};

	return cas_plan_apply(plan, cas_organization_directory(plan->org), &how, err);
}

#endif
