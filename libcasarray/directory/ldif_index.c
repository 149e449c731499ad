/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of a directory's records, found by DN, and what is wrong with them. */
#include "ldif.h"

#include <stdlib.h>

#include "../names/dn.h"

void casp_ldif_index_clear(struct casp_ldif_index *index)
{
	casp_vec_free(&index->records);
	casp_vec_free(&index->defects);
	casp_map_free(&index->by_dn);
	casp_arena_free(&index->arena);
	index->complete = false;
}

bool casp_ldif_index_reserve(struct casp_ldif_index *index, size_t n)
{
	return n <= index->records.n ||
	       (casp_vec_reserve(&index->records, n - index->records.n) &&
		casp_map_reserve(&index->by_dn, n));
}

bool casp_ldif_record_dn(const struct casp_ldif *ldif, uint64_t origin,
			 struct casp_arena *arena, struct casp_str *ret)
{
	const struct casp_ldif_file *file = casp_ldif_origin_file(ldif, origin);
	const char *text = casp_ldif_origin_text(ldif, origin);
	struct casp_ldif_scan scan = {0};
	bool ok;

	casp_ldif_scan_start(&scan, file, text, file->text + file->n, true);
	ok = casp_ldif_scan_dn(&scan) && casp_ldif_value(&scan.lines.v[0], arena, ret);
	casp_ldif_scan_free(&scan);
	return ok;
}

/* Is one of the earlier records under that hash of that DN? 1, 0, or negative. */
static int has_twin(struct casp_ldif *ldif, const struct casp_ldif_record *record,
		    size_t *number)
{
	struct casp_arena scratch = {0};
	struct casp_str dn = {0}, other;
	size_t at = 0;
	void *found;
	int r = 0;

	while (r == 0 &&
	       (found = casp_map_next(&ldif->index.by_dn, record->dn_hash, &at))) {
		size_t i = (size_t)(uintptr_t)found - 1;

		if (!dn.p && !casp_ldif_record_dn(ldif, record->origin, &scratch, &dn)) {
			r = CAS_E_NOMEM;
		} else if (!casp_ldif_record_dn(ldif, ldif->index.records.v[i].origin,
						&scratch, &other)) {
			r = CAS_E_NOMEM;
		} else if (casp_dn_equal(dn, other)) {
			*number = i;
			r = 1;
		}
	}
	casp_arena_free(&scratch);
	return r;
}

int casp_ldif_index_add(struct casp_ldif *ldif, const struct casp_ldif_record *record,
			bool *duplicate, struct cas_error **err)
{
	struct casp_ldif_index *index = &ldif->index;
	size_t number = index->records.n, first;
	int r = has_twin(ldif, record, &first);

	if (r < 0) {
		return casp_error_nomem(err);
	}
	if (number >= CASP_LDIF_RECORDS_MAX) {
		const struct casp_ldif_file *file =
			casp_ldif_origin_file(ldif, record->origin);

		return casp_ldif_file_error(
			file, casp_ldif_origin_text(ldif, record->origin), err,
			"more than %zu entries", CASP_LDIF_RECORDS_MAX);
	}
	if (!casp_vec_push(&index->records, *record)) {
		return casp_error_nomem(err);
	}
	*duplicate = r == 1;
	if (r == 1) {
		index->records.v[number].flags |= CASP_LDIF_RECORD_DUPLICATE;
		index->records.v[first].flags |= CASP_LDIF_RECORD_HAS_DUPLICATE;
	} else if (!casp_map_add(&index->by_dn, record->dn_hash,
				 (void *)(uintptr_t)(number + 1))) {
		return casp_error_nomem(err);
	}
	return 0;
}

int casp_ldif_index_defect(struct casp_ldif *ldif, enum casp_defect_kind kind,
			   uint64_t origin, struct casp_str dn, struct cas_error **err)
{
	struct casp_defect defect = {.kind = kind, .origin = origin};

	defect.dn.p = casp_arena_dup_str(&ldif->index.arena, dn);
	defect.dn.n = dn.n;
	if (!defect.dn.p || !casp_vec_push(&ldif->index.defects, defect)) {
		return casp_error_nomem(err);
	}
	return 0;
}

size_t casp_ldif_index_find(struct casp_ldif *ldif, struct casp_str dn,
			    struct casp_arena *scratch, bool *failed)
{
	uint64_t hash = casp_dn_hash(dn);
	struct casp_str other;
	size_t at = 0;
	void *found;

	while ((found = casp_map_next(&ldif->index.by_dn, hash, &at))) {
		size_t i = (size_t)(uintptr_t)found - 1;

		if (!casp_ldif_record_dn(ldif, ldif->index.records.v[i].origin, scratch,
					 &other)) {
			*failed = true;
			return SIZE_MAX;
		}
		if (casp_dn_equal(dn, other)) {
			return i;
		}
	}
	return SIZE_MAX;
}
