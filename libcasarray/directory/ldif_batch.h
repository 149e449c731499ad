/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A piece of a search: what is to be parsed, and the records and entries that came of it.
 */
#ifndef CASP_LDIF_BATCH_H
#define CASP_LDIF_BATCH_H

#include "../names/dn.h"
#include "ldif.h"

struct casp_ldif_found {
	size_t record; /* in the batch */
	struct casp_entry entry;
};

struct casp_ldif_flaw {
	size_t record;
	enum casp_defect_kind kind;
	struct casp_str dn;
};

struct casp_ldif_batch {
	const struct casp_ldif *ldif;
	const struct casp_ldif_matcher *matcher;
	/* What is to be parsed: a piece of a file; without file, records of the table. */
	const struct casp_ldif_file *file;
	const char *from, *to;
	CASP_VEC(size_t) numbers;
	/* What came of it. */
	struct casp_arena arena;
	CASP_VEC(struct casp_ldif_record) records;
	CASP_VEC(struct casp_ldif_found) entries;
	CASP_VEC(struct casp_ldif_flaw) flaws;
	struct casp_ldif_scan scan;
	struct casp_dn_memory memory; /* of the records before */
	struct cas_error *error;
	int code;
	bool done;
};

/* In any thread; touches nothing but the batch. On failure code is set, and error. */
void casp_ldif_batch_parse(struct casp_ldif_batch *batch);
void casp_ldif_batch_free(struct casp_ldif_batch *batch);

#endif
