/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of a directory's records, found by DN, and what is wrong with them. */
#include "ldif.h"

#include <stdlib.h>

#include "../base/large.h"
#include "../names/dn.h"

void casp_ldif_index_clear(struct casp_ldif_index *index)
{
	casp_vec_free(&index->records);
	casp_vec_free(&index->defects);
	free(index->slots);
	index->slots = NULL;
	index->mask = 0;
	casp_arena_free(&index->arena);
	index->complete = false;
}

/* The place is taken from the half of the hash that the slot keeps: growing needs no look
 * at the records. */
static void put(struct casp_ldif_index *index, uint64_t word)
{
	size_t i = (word >> 32) & index->mask;

	while (index->slots[i]) {
		i = (i + 1) & index->mask;
	}
	index->slots[i] = word;
}

static bool grow_table(struct casp_ldif_index *index, size_t mask)
{
	uint64_t *old = index->slots;
	size_t n = old ? index->mask + 1 : 0;
	size_t bytes = (mask + 1) * sizeof(*old);
	uint64_t *slots = casp_large_alloc(bytes);

	if (!slots) {
		return false;
	}
	index->slots = memset(slots, 0, bytes);
	index->mask = mask;
	for (size_t i = 0; i < n; i++) {
		if (old[i]) {
			put(index, old[i]);
		}
	}
	free(old);
	return true;
}

static bool grow_records(struct casp_ldif_index *index, size_t n)
{
	struct casp_ldif_record *v = casp_large_alloc(n * sizeof(*v));

	if (!v) {
		return false;
	}
	if (index->records.n) {
		memcpy(v, index->records.v, index->records.n * sizeof(*v));
	}
	free(index->records.v);
	index->records.v = v;
	index->records.size = n;
	return true;
}

bool casp_ldif_index_reserve(struct casp_ldif_index *index, size_t n)
{
	size_t mask = index->mask ? index->mask : 15;

	while (mask < n + n / 2) {
		mask = mask * 2 + 1;
	}
	if ((!index->slots || mask > index->mask) && !grow_table(index, mask)) {
		return false;
	}
	return n <= index->records.size || grow_records(index, n);
}

size_t casp_ldif_index_next(const struct casp_ldif_index *index, uint64_t hash,
			    size_t *at)
{
	for (size_t i = *at; index->slots; i++) {
		uint64_t word = index->slots[((hash >> 32) + i) & index->mask];
		size_t number = (uint32_t)word - 1;

		if (!word) {
			break;
		}
		if (word >> 32 == hash >> 32 &&
		    index->records.v[number].dn_hash == hash) {
			*at = i + 1;
			return number;
		}
	}
	return SIZE_MAX;
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
	size_t at = 0, i;
	int r = 0;

	while (r == 0 && (i = casp_ldif_index_next(&ldif->index, record->dn_hash, &at)) !=
				 SIZE_MAX) {
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
	index->records.v[index->records.n++] = *record;
	*duplicate = r == 1;
	if (r == 1) {
		index->records.v[number].flags |= CASP_LDIF_RECORD_DUPLICATE;
		index->records.v[first].flags |= CASP_LDIF_RECORD_HAS_DUPLICATE;
	} else {
		put(index, (record->dn_hash & ~(uint64_t)UINT32_MAX) | (number + 1));
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
	size_t at = 0, i;

	while ((i = casp_ldif_index_next(&ldif->index, hash, &at)) != SIZE_MAX) {
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
