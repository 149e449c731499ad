/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For tests of the LDIF store: files in a folder of their own, searches as text. */
#ifndef UNIT_LDIF_H
#define UNIT_LDIF_H

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "directory/directory.h"
#include "unit.h"

static struct cas_context *context;
static char folder[64];

/* The test runs in the folder, so that messages hold short names. */
static inline void ldif_setup(void)
{
	strcpy(folder, "/tmp/casarray-ldif-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
	ck_assert_int_eq(cas_context_new(&context, NULL), 0);
}

static inline int ldif_remove(const char *path, const struct stat *st, int type,
			      struct FTW *ftw)
{
	return remove(path);
}

static inline void ldif_teardown(void)
{
	cas_context_unref(context);
	ck_assert_int_eq(chdir("/"), 0);
	nftw(folder, ldif_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void ldif_write_bytes(const char *path, const char *text, size_t n)
{
	FILE *file = fopen(path, "we");

	ck_assert_msg(file != NULL, "%s: %s", path, strerror(errno));
	ck_assert_uint_eq(fwrite(text, 1, n, file), n);
	ck_assert_int_eq(fclose(file), 0);
}

static inline void ldif_write(const char *path, const char *text)
{
	ldif_write_bytes(path, text, strlen(text));
}

/* The whole file; the caller frees it. */
static inline struct casp_buf ldif_read(const char *path)
{
	struct casp_buf buf = {0};
	FILE *file = fopen(path, "re");
	char piece[4096];
	size_t n;

	ck_assert_msg(file != NULL, "%s: %s", path, strerror(errno));
	while ((n = fread(piece, 1, sizeof(piece), file)) > 0) {
		casp_buf_add(&buf, piece, n);
	}
	fclose(file);
	ck_assert(!buf.failed);
	return buf;
}

static inline void ldif_assert_file(const char *path, const char *expected)
{
	struct casp_buf buf = ldif_read(path);

	ck_assert_str_eq(buf.p ? buf.p : "", expected);
	ck_assert_uint_eq(buf.n, strlen(expected));
	casp_buf_free(&buf);
}

static inline struct cas_directory *ldif_open(const char *path)
{
	struct cas_directory *directory = NULL;
	struct cas_error *error = NULL;
	int r = cas_directory_open(context, &path, 1, &directory, &error);

	ck_assert_msg(r == 0, "%s", cas_error_message(error));
	return directory;
}

static inline void ldif_add_value(struct casp_buf *out, struct casp_str value)
{
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if (c < 0x20 || c > 0x7e) {
			casp_buf_addf(out, "\\x%02x", c);
		} else {
			casp_buf_addc(out, (char)c);
		}
	}
}

/* "dn{name=value,value name=value}", with the query's number before it when it is not 0.
 */
static inline int ldif_print(void *closure, const struct casp_entry *entry,
			     struct cas_error **err)
{
	struct casp_buf *out = closure;
	const char *between = "";

	if (entry->query) {
		casp_buf_addf(out, "%zu:", entry->query);
	}
	ldif_add_value(out, entry->dn);
	casp_buf_addc(out, '{');
	for (size_t i = 0; i < entry->n_names; i++) {
		const struct casp_values *values = &entry->values[i];

		for (size_t k = 0; k < values->n; k++) {
			casp_buf_addf(out, "%s%s", k ? "" : between,
				      k ? "," : entry->names[i]);
			casp_buf_adds(out, k ? "" : "=");
			ldif_add_value(out, values->v[k]);
			between = " ";
		}
		casp_buf_adds(out, values->partial ? "*" : "");
	}
	casp_buf_addc(out, '}');
	return 0;
}

#endif
