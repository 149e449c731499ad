/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parsing a piece of a file to a batch. */
#include "ldif_batch.h"

#include <stdlib.h>

#include "../base/utf8.h"

static int add_flaw(struct casp_ldif_batch *batch, enum casp_defect_kind kind,
		    struct casp_str dn)
{
	struct casp_ldif_flaw flaw = {.record = batch->records.n, .kind = kind};

	flaw.dn.p = casp_arena_dup_str(&batch->arena, dn);
	flaw.dn.n = dn.n;
	return flaw.dn.p && casp_vec_push(&batch->flaws, flaw) ? 0 : CAS_E_NOMEM;
}

static bool add_classes(struct casp_ldif_batch *batch, struct casp_ldif_record *record)
{
	const struct casp_ldif_scan *scan = &batch->scan;

	for (size_t i = 1; i < scan->lines.n; i++) {
		struct casp_str value;

		if (!casp_ldif_line_is_class(&scan->lines.v[i])) {
			continue;
		}
		if (!casp_ldif_value(&scan->lines.v[i], &batch->arena, &value)) {
			return false;
		}
		record->classes |= casp_ldif_class_bit(value);
	}
	return true;
}

static int describe(struct casp_ldif_batch *batch, struct casp_str dn,
		    struct casp_ldif_record *record)
{
	const struct casp_ldif_scan *scan = &batch->scan;
	struct casp_dn_summary summary;
	int r = 0;

	casp_dn_summarize(dn, &batch->memory, &summary);
	record->dn_hash = summary.hash;
	record->parent_hash = summary.parent_hash;
	record->origin = casp_ldif_origin(scan->file, scan->start);
	record->n = (uint32_t)(scan->stop - scan->start);
	if (!add_classes(batch, record)) {
		return CAS_E_NOMEM;
	}
	if (!record->classes) {
		record->flags |= CASP_LDIF_RECORD_NO_CLASS;
		r = add_flaw(batch, CASP_DEFECT_NO_CLASS, dn);
	}
	if (!summary.good && r == 0) {
		record->flags |= CASP_LDIF_RECORD_BAD_DN;
		r = add_flaw(batch, CASP_DEFECT_BAD_DN, dn);
	}
	if (r == 0 && !summary.ascii && !casp_utf8_check(dn)) {
		record->flags |= CASP_LDIF_RECORD_NOT_UTF8;
		r = add_flaw(batch, CASP_DEFECT_NOT_UTF8, dn);
	}
	return r;
}

static int try_record(struct casp_ldif_batch *batch,
		      const struct casp_ldif_record *record, struct casp_str dn)
{
	struct casp_ldif_found found = {.record = batch->records.n};
	int r = casp_ldif_matcher_try(batch->matcher, &batch->scan, record, dn,
				      &batch->arena, &found.entry);

	if (r <= 0) {
		return r;
	}
	return casp_vec_push(&batch->entries, found) ? 0 : CAS_E_NOMEM;
}

static int parse_text(struct casp_ldif_batch *batch)
{
	struct casp_ldif_scan *scan = &batch->scan;
	int r;

	casp_ldif_scan_start(scan, batch->file, batch->from, batch->to, false);
	while ((r = casp_ldif_scan_next(scan, &batch->error)) == 1) {
		struct casp_ldif_record record = {0};
		struct casp_str dn;

		if (!casp_ldif_value(&scan->lines.v[0], &batch->arena, &dn)) {
			return CAS_E_NOMEM;
		}
		r = describe(batch, dn, &record);
		if (r == 0) {
			r = try_record(batch, &record, dn);
		}
		if (r < 0) {
			return r;
		}
		if (!casp_vec_push(&batch->records, record)) {
			return CAS_E_NOMEM;
		}
	}
	return r;
}

static int parse_records(struct casp_ldif_batch *batch)
{
	const struct casp_ldif *ldif = batch->ldif;
	struct casp_ldif_scan *scan = &batch->scan;

	for (size_t i = 0; i < batch->numbers.n; i++) {
		const struct casp_ldif_record *record =
			&ldif->index.records.v[batch->numbers.v[i]];
		const char *text = casp_ldif_origin_text(ldif, record->origin);
		struct casp_str dn;
		int r;

		casp_ldif_scan_start(scan, casp_ldif_origin_file(ldif, record->origin),
				     text, text + record->n, true);
		r = casp_ldif_scan_next(scan, &batch->error);
		if (r < 0) {
			return r;
		}
		if (!casp_ldif_value(&scan->lines.v[0], &batch->arena, &dn)) {
			return CAS_E_NOMEM;
		}
		r = try_record(batch, record, dn);
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

void casp_ldif_batch_parse(struct casp_ldif_batch *batch)
{
	casp_arena_reset(&batch->arena);
	batch->records.n = batch->entries.n = batch->flaws.n = 0;
	batch->scan.result = NULL;
	batch->memory = (struct casp_dn_memory){0};
	if (batch->code == 0) {
		batch->code = batch->file ? parse_text(batch) : parse_records(batch);
	}
	if (batch->code < 0) {
		casp_error_nomem(&batch->error);
	}
}

void casp_ldif_batch_free(struct casp_ldif_batch *batch)
{
	casp_arena_free(&batch->arena);
	casp_vec_free(&batch->numbers);
	casp_vec_free(&batch->records);
	casp_vec_free(&batch->entries);
	casp_vec_free(&batch->flaws);
	casp_ldif_scan_free(&batch->scan);
	cas_error_free(batch->error);
}
