/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The LDIF store: one directory made of one or more files. */
#include "ldif.h"

#include <stdlib.h>

static void close_files(struct casp_ldif *ldif)
{
	for (size_t i = 0; i < ldif->n_files; i++) {
		casp_ldif_file_close(&ldif->files[i]);
	}
	free(ldif->files);
	casp_ldif_index_clear(&ldif->index);
}

static void ldif_close(struct cas_directory *directory)
{
	struct casp_ldif *ldif = (struct casp_ldif *)directory;

	close_files(ldif);
	free(ldif);
}

static void ldif_place(struct cas_directory *directory, uint64_t origin,
		       const char **ret_file, size_t *ret_line)
{
	struct casp_ldif *ldif = (struct casp_ldif *)directory;
	uint64_t number = origin >> CASP_LDIF_OFFSET_BITS;
	uint64_t offset = origin - (number << CASP_LDIF_OFFSET_BITS);
	struct casp_ldif_file *file = &ldif->files[number < ldif->n_files ? number : 0];

	/* An origin from before a commit may lie beyond the end. */
	if (offset > file->n) {
		offset = file->n;
	}
	*ret_file = file->path;
	*ret_line = casp_ldif_file_find_line(file, file->text + offset);
}

static void ldif_where(struct cas_directory *directory, uint64_t origin,
		       struct casp_buf *out)
{
	const char *file;
	size_t line;

	ldif_place(directory, origin, &file, &line);
	casp_buf_addf(out, "%s:%zu", file, line);
}

static size_t ldif_defects(struct cas_directory *directory,
			   const struct casp_defect **ret)
{
	const struct casp_ldif *ldif = (const struct casp_ldif *)directory;

	*ret = ldif->index.defects.v;
	return ldif->index.defects.n;
}

static const struct casp_store store = {
	.search = casp_ldif_search,
	.commit = casp_ldif_commit,
	.tidy = casp_ldif_tidy,
	.check_writable = casp_ldif_check_writable,
	.where = ldif_where,
	.place = ldif_place,
	.as_of = casp_ldif_as_of,
	.defects = ldif_defects,
	.close = ldif_close,
};

/* The files' absolute paths. */
static char *make_address(const struct casp_ldif *ldif)
{
	struct casp_buf buf = {0};

	for (size_t i = 0; i < ldif->n_files; i++) {
		casp_buf_adds(&buf, i ? ", " : "");
		casp_buf_adds(&buf, ldif->files[i].resolved);
	}
	if (buf.failed) {
		casp_buf_free(&buf);
	}
	return buf.p;
}

static int open_files(struct casp_ldif *ldif, const char *const *paths, size_t n,
		      struct cas_error **err)
{
	for (size_t i = 0; i < n; i++) {
		struct casp_ldif_file *file = &ldif->files[i];
		int r = casp_ldif_file_open(paths[i], (uint32_t)i, file, err);

		if (r < 0) {
			return r;
		}
		ldif->n_files++;
		for (size_t k = 0; k < i; k++) {
			if (strcmp(ldif->files[k].resolved, file->resolved) == 0) {
				casp_error(err, CAS_E_USAGE, "'%s' is named twice",
					   paths[i]);
				return casp_error_hint(err, "name each file once");
			}
		}
	}
	return 0;
}

int casp_ldif_refresh(struct casp_ldif *ldif, struct cas_error **err)
{
	struct casp_ldif_file *file = &ldif->files[0], new;
	struct casp_file_id id;
	struct stat st;
	int r;

	if (stat(file->resolved, &st) == 0) {
		id = casp_file_id(&st);
		if (casp_file_id_equal(&id, &file->id)) {
			return 0;
		}
	}
	r = casp_ldif_file_open(file->resolved, 0, &new, err);
	if (r < 0) {
		return r;
	}
	free(new.path);
	new.path = file->path;
	file->path = NULL;
	casp_ldif_file_close(file);
	casp_ldif_index_clear(&ldif->index);
	*file = new;
	return 0;
}

int casp_ldif_open(struct cas_context *context, const char *const *paths, size_t n_paths,
		   struct cas_directory **ret, struct cas_error **err)
{
	struct casp_ldif *ldif;
	int r;

	if (n_paths > CASP_LDIF_FILES_MAX) {
		return casp_error(err, CAS_E_USAGE, "more than %d files",
				  CASP_LDIF_FILES_MAX);
	}
	ldif = calloc(1, sizeof(*ldif));
	if (ldif) {
		ldif->files = calloc(n_paths, sizeof(*ldif->files));
	}
	if (!ldif || !ldif->files) {
		free(ldif);
		return casp_error_nomem(err);
	}
	r = open_files(ldif, paths, n_paths, err);
	if (r == 0) {
		ldif->directory.address = make_address(ldif);
		r = ldif->directory.address ? 0 : casp_error_nomem(err);
	}
	if (r < 0) {
		ldif_close(&ldif->directory);
		return r;
	}
	ldif->directory.store = &store;
	ldif->directory.references = 1;
	ldif->directory.context = cas_context_ref(context);
	*ret = &ldif->directory;
	return 0;
}
