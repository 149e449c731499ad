/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Entries of an LDIF file being changed: looked up, loaded, their values replaced. */
#include "ldif_edit.h"

#include <stdlib.h>

#include "../names/dn.h"

void casp_ldif_edits_free(struct casp_ldif_edits *edits)
{
	casp_vec_free(&edits->v);
	casp_map_free(&edits->by_dn);
	casp_map_free(&edits->by_record);
	casp_arena_free(&edits->arena);
	casp_arena_free(&edits->scratch);
	casp_ldif_scan_free(&edits->scan);
}

/* ---- looking up ---- */

static uint64_t record_hash(size_t record)
{
	return (record + 1) * 0x9e3779b97f4a7c15u | 1;
}

struct casp_ldif_edit *casp_ldif_edit_of(const struct casp_ldif_edits *edits,
					 size_t record)
{
	struct casp_ldif_edit *edit;
	size_t at = 0;

	while ((edit = casp_map_next(&edits->by_record, record_hash(record), &at)) &&
	       edit->record != record) {
	}
	return edit;
}

static struct casp_ldif_edit *add(struct casp_ldif_edits *edits, size_t record,
				  struct casp_str dn)
{
	struct casp_ldif_edit *edit = casp_arena_zalloc(&edits->arena, sizeof(*edit));

	if (!edit || !casp_vec_reserve(&edits->v, 1) ||
	    !casp_map_add(&edits->by_dn, casp_dn_hash(dn), edit) ||
	    (record != SIZE_MAX &&
	     !casp_map_add(&edits->by_record, record_hash(record), edit))) {
		return NULL;
	}
	edit->dn = dn;
	edit->record = record;
	edits->v.v[edits->v.n++] = edit;
	return edit;
}

/* Room for `more` lines. false: out of memory. */
static bool make_room(struct casp_ldif_edits *edits, struct casp_ldif_edit *edit,
		      size_t more)
{
	size_t n = edit->n_lines, room = n + (more > n ? more : n);
	struct casp_ldif_edit_line *lines;

	if (edit->room - n >= more) {
		return true;
	}
	lines = casp_arena_alloc(&edits->arena, room * sizeof(*lines));
	if (!lines) {
		return false;
	}
	if (n) {
		memcpy(lines, edit->lines, n * sizeof(*lines));
	}
	edit->lines = lines;
	edit->room = room;
	return true;
}

int casp_ldif_edit_load(struct casp_ldif_edits *edits, size_t number,
			struct casp_ldif_edit **ret, struct cas_error **err)
{
	const struct casp_ldif_record *record = &edits->ldif->index.records.v[number];
	const char *text = casp_ldif_origin_text(edits->ldif, record->origin);
	struct casp_ldif_scan *scan = &edits->scan;
	struct casp_ldif_edit *edit = casp_ldif_edit_of(edits, number);
	struct casp_str dn;
	int r;

	if (edit) {
		*ret = edit;
		return 0;
	}
	casp_ldif_scan_start(scan, &edits->ldif->files[0], text, text + record->n, true);
	r = casp_ldif_scan_next(scan, err);
	if (r < 0) {
		return r;
	}
	if (!casp_ldif_value(&scan->lines.v[0], &edits->arena, &dn)) {
		return casp_error_nomem(err);
	}
	edit = add(edits, number, dn);
	if (!edit || !make_room(edits, edit, scan->lines.n)) {
		return casp_error_nomem(err);
	}
	edit->start = scan->start;
	edit->stop = scan->stop;
	edit->n_lines = scan->lines.n;
	for (size_t i = 0; i < scan->lines.n; i++) {
		edit->lines[i].state = CASP_LDIF_KEPT;
		edit->lines[i].raw = scan->lines.v[i];
	}
	*ret = edit;
	return 0;
}

int casp_ldif_edit_find(struct casp_ldif_edits *edits, struct casp_str dn,
			struct casp_ldif_edit **ret, struct cas_error **err)
{
	uint64_t hash = casp_dn_hash(dn);
	struct casp_ldif_edit *edit;
	bool failed = false;
	size_t at = 0, record;

	while ((edit = casp_map_next(&edits->by_dn, hash, &at))) {
		if (!edit->deleted && casp_dn_equal(edit->dn, dn)) {
			*ret = edit;
			return 0;
		}
	}
	*ret = NULL;
	record = casp_ldif_index_find(edits->ldif, dn, &edits->scratch, &failed);
	if (failed) {
		return casp_error_nomem(err);
	}
	if (record == SIZE_MAX || casp_ldif_edit_of(edits, record)) {
		return 0;
	}
	return casp_ldif_edit_load(edits, record, ret, err);
}

int casp_ldif_edit_new(struct casp_ldif_edits *edits, struct casp_str dn,
		       struct casp_ldif_edit **ret, struct cas_error **err)
{
	struct casp_str copy = {casp_arena_dup_str(&edits->arena, dn), dn.n};

	*ret = copy.p ? add(edits, SIZE_MAX, copy) : NULL;
	if (!*ret) {
		return casp_error_nomem(err);
	}
	(*ret)->changed = true;
	return 0;
}

int casp_ldif_edit_move(struct casp_ldif_edits *edits, struct casp_ldif_edit *edit,
			struct casp_str dn, struct cas_error **err)
{
	if (!casp_map_add(&edits->by_dn, casp_dn_hash(dn), edit)) {
		return casp_error_nomem(err);
	}
	edit->dn = dn;
	if (edit->record == SIZE_MAX) {
		return 0;
	}
	return casp_ldif_edit_replace(edits, edit, 0, dn, err);
}

/* ---- values ---- */

bool casp_ldif_edit_line_value(struct casp_ldif_edits *edits,
			       const struct casp_ldif_edit_line *line,
			       struct casp_str *ret)
{
	if (line->state != CASP_LDIF_KEPT) {
		*ret = line->value;
		return true;
	}
	return casp_ldif_value(&line->raw, &edits->scratch, ret);
}

static bool same_value(const char *attribute, struct casp_str a, struct casp_str b)
{
	return casp_iequal(attribute, "objectGUID") ? casp_str_equal(a, b)
						    : casp_str_iequal(a, b);
}

size_t casp_ldif_edit_value(struct casp_ldif_edits *edits,
			    const struct casp_ldif_edit *edit, const char *attribute,
			    const struct casp_str *value, struct casp_str *found,
			    bool *failed)
{
	for (size_t i = edit->record == SIZE_MAX ? 0 : 1; i < edit->n_lines; i++) {
		const struct casp_ldif_edit_line *line = &edit->lines[i];
		struct casp_str present;

		if (line->state == CASP_LDIF_REMOVED ||
		    !casp_str_iequal(casp_ldif_name(&line->raw), casp_str(attribute))) {
			continue;
		}
		if (!casp_ldif_edit_line_value(edits, line, &present)) {
			*failed = true;
			return SIZE_MAX;
		}
		if (!value || same_value(attribute, present, *value)) {
			if (found) {
				*found = present;
			}
			return i;
		}
	}
	return SIZE_MAX;
}

int casp_ldif_edit_replace(struct casp_ldif_edits *edits, struct casp_ldif_edit *edit,
			   size_t i, struct casp_str value, struct cas_error **err)
{
	struct casp_ldif_edit_line *line = &edit->lines[i];
	struct casp_str present;

	if (!casp_ldif_edit_line_value(edits, line, &present)) {
		return casp_error_nomem(err);
	}
	if (casp_str_equal(present, value)) {
		return 0;
	}
	line->value.p = casp_arena_dup_str(&edits->arena, value);
	line->value.n = value.n;
	if (!line->value.p) {
		return casp_error_nomem(err);
	}
	if (line->state == CASP_LDIF_KEPT) {
		line->state = CASP_LDIF_REPLACED;
	}
	edit->changed = true;
	return 0;
}

void casp_ldif_edit_remove(struct casp_ldif_edit *edit, size_t line)
{
	edit->lines[line].state = CASP_LDIF_REMOVED;
	edit->changed = true;
}

int casp_ldif_edit_add(struct casp_ldif_edits *edits, struct casp_ldif_edit *edit,
		       const char *attribute, struct casp_str value,
		       struct cas_error **err)
{
	struct casp_str name = {
		casp_arena_dup(&edits->arena, attribute, strlen(attribute)),
		strlen(attribute)};
	struct casp_ldif_edit_line line = {.state = CASP_LDIF_ADDED};
	size_t at = edit->n_lines;

	line.value.p = casp_arena_dup_str(&edits->arena, value);
	line.value.n = value.n;
	line.raw.start = name.p;
	line.raw.name_n = (uint32_t)name.n;
	if (!name.p || !line.value.p || !make_room(edits, edit, 1)) {
		return casp_error_nomem(err);
	}
	while (at > 0 &&
	       !casp_str_iequal(casp_ldif_name(&edit->lines[at - 1].raw), name)) {
		at--;
	}
	if (at == 0) {
		at = edit->n_lines;
	}
	memmove(&edit->lines[at + 1], &edit->lines[at],
		(edit->n_lines - at) * sizeof(line));
	edit->lines[at] = line;
	edit->n_lines++;
	edit->changed = true;
	return 0;
}
