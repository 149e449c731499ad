/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A snapshot while it is written. */
#ifndef CASP_SNAPSHOT_H
#define CASP_SNAPSHOT_H

#include "../base/file.h"
#include "../base/map.h"
#include "../directory/ldif_text.h"
#include "redact.h"

struct casp_snapshot {
	struct cas_directory *directory;
	struct casp_columns columns[CASP_N_PARTS];
	size_t class_column[CASP_N_PARTS];
	struct casp_query queries[CASP_N_PARTS];
	struct casp_redact *redact; /* NULL: names stay */
	bool noting;                /* only looks at the names that are there */
	struct casp_ldif_text text;
	struct casp_buf value;
	struct casp_replace *file;
	struct casp_replace *map; /* may be NULL */
	size_t counts[CAS_N_KINDS];
	/* What is wrong with entries of files, and whether one of that name is written.
	 */
	const struct casp_defect *defects;
	size_t n_defects;
	struct casp_map by_dn;
	bool *written;
};

/* ---- snapshot_entry.c ---- */

/* What is asked of the directory. */
void casp_snapshot_init(struct casp_snapshot *writer);
/* All entries that rules need, appended to the file. */
int casp_snapshot_entries(struct casp_snapshot *writer, struct cas_error **err);

#endif
