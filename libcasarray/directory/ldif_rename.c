/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A new RDN: in the entry, in the DNs below it, and wherever a value names one of them.
 */
#include "ldif_edit.h"

#include <stdlib.h>

#include "../base/excerpt.h"
#include "../names/dn.h"

/* `value`, a DN at or below old, with new in its place. false: out of memory. */
static bool rebase(struct casp_ldif_edits *edits, struct casp_str value,
		   struct casp_str old, struct casp_str new, struct casp_str *ret)
{
	struct casp_str tail = value;
	char *p;

	for (unsigned i = casp_dn_depth(value) - casp_dn_depth(old); i > 0; i--) {
		tail = casp_dn_parent(tail);
	}
	ret->n = (size_t)(tail.p - value.p) + new.n;
	p = casp_arena_alloc(&edits->arena, ret->n + 1);
	if (!p) {
		return false;
	}
	memcpy(p, value.p, (size_t)(tail.p - value.p));
	memcpy(p + (tail.p - value.p), new.p, new.n);
	p[ret->n] = '\0';
	ret->p = p;
	return true;
}

/* Cheap: most values are no DNs. */
static bool may_be_dn(struct casp_str value)
{
	return value.n && memchr(value.p, '=', value.n) && memchr(value.p, ',', value.n);
}

static int rebase_lines(struct casp_ldif_edits *edits, struct casp_ldif_edit *edit,
			struct casp_str old, struct casp_str new, struct cas_error **err)
{
	for (size_t i = 0; i < edit->n_lines; i++) {
		const struct casp_ldif_edit_line *line = &edit->lines[i];
		struct casp_str value, moved;
		int r;

		if (line->state == CASP_LDIF_REMOVED) {
			continue;
		}
		if (!casp_ldif_edit_line_value(edits, line, &value)) {
			return casp_error_nomem(err);
		}
		if (!may_be_dn(value) || !casp_dn_is_below(value, old, true)) {
			continue;
		}
		if (!rebase(edits, value, old, new, &moved)) {
			return casp_error_nomem(err);
		}
		r = casp_ldif_edit_replace(edits, edit, i, moved, err);
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

static int rebase_edit(struct casp_ldif_edits *edits, struct casp_ldif_edit *edit,
		       struct casp_str old, struct casp_str new, struct cas_error **err)
{
	struct casp_str moved;
	int r = 0;

	if (edit->deleted) {
		return 0;
	}
	if (casp_dn_is_below(edit->dn, old, true)) {
		if (!rebase(edits, edit->dn, old, new, &moved)) {
			return casp_error_nomem(err);
		}
		r = casp_ldif_edit_move(edits, edit, moved, err);
	}
	return r < 0 ? r : rebase_lines(edits, edit, old, new, err);
}

/* Does a line of the record in edits->scan name old or what is below it? 1, 0, negative.
 */
static int names_old(struct casp_ldif_edits *edits, struct casp_str old)
{
	const struct casp_ldif_scan *scan = &edits->scan;

	for (size_t i = 0; i < scan->lines.n; i++) {
		struct casp_str value;

		if (!casp_ldif_value(&scan->lines.v[i], &edits->scratch, &value)) {
			return CAS_E_NOMEM;
		}
		if (may_be_dn(value) && casp_dn_is_below(value, old, true)) {
			return 1;
		}
	}
	return 0;
}

/* Loads every record that names old, so that the edits hold all that must change. */
static int load_all(struct casp_ldif_edits *edits, struct casp_str old,
		    struct cas_error **err)
{
	const struct casp_ldif *ldif = edits->ldif;

	for (size_t i = 0; i < ldif->index.records.n; i++) {
		const struct casp_ldif_record *record = &ldif->index.records.v[i];
		const char *text = casp_ldif_origin_text(ldif, record->origin);
		struct casp_ldif_edit *edit;
		int r;

		casp_arena_reset(&edits->scratch);
		casp_ldif_scan_start(&edits->scan, &ldif->files[0], text,
				     text + record->n, true);
		r = casp_ldif_scan_next(&edits->scan, err);
		if (r < 0) {
			return r;
		}
		r = names_old(edits, old);
		if (r == 1) {
			r = casp_ldif_edit_load(edits, i, &edit, err);
		}
		if (r < 0) {
			return r == CAS_E_NOMEM ? casp_error_nomem(err) : r;
		}
	}
	return 0;
}

/* The naming attribute and name hold the value of the RDN. */
static int replace_name(struct casp_ldif_edits *edits, struct casp_ldif_edit *edit,
			const char *attribute, struct casp_str old, struct casp_str new,
			struct cas_error **err)
{
	bool failed = false;
	size_t line = casp_ldif_edit_value(edits, edit, attribute, &old, NULL, &failed);

	if (failed) {
		return casp_error_nomem(err);
	}
	return line == SIZE_MAX ? 0 : casp_ldif_edit_replace(edits, edit, line, new, err);
}

static int replace_names(struct casp_ldif_edits *edits, struct casp_ldif_edit *edit,
			 struct casp_str old_rdn, struct casp_str new_rdn,
			 struct cas_error **err)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf old = {0}, new = {0};
	const char *equals = memchr(old_rdn.p, '=', old_rdn.n);
	struct casp_str type;
	char *attribute;
	int r;

	if (!equals || !casp_dn_rdn_value(old_rdn, &old) ||
	    !casp_dn_rdn_value(new_rdn, &new)) {
		return casp_error(err, CAS_E_USAGE, "'%s' is not an RDN",
				  casp_excerpt(new_rdn));
	}
	type = casp_str_trim((struct casp_str){old_rdn.p, (size_t)(equals - old_rdn.p)});
	attribute = casp_arena_dup_str(&edits->arena, type);
	if (!attribute || old.failed || new.failed) {
		return casp_error_nomem(err);
	}
	r = replace_name(edits, edit, attribute, casp_buf_str(&old), casp_buf_str(&new),
			 err);
	if (r == 0) {
		r = replace_name(edits, edit, "name", casp_buf_str(&old),
				 casp_buf_str(&new), err);
	}
	return r;
}

int casp_ldif_rename(struct casp_ldif_edits *edits, struct casp_ldif_edit *edit,
		     struct casp_str new, struct cas_error **err)
{
	struct casp_str old = edit->dn;
	int r = load_all(edits, old, err);

	if (r == 0) {
		r = replace_names(edits, edit, casp_dn_rdn(old), casp_dn_rdn(new), err);
	}
	for (size_t i = 0; r == 0 && i < edits->v.n; i++) {
		r = rebase_edit(edits, edits->v.v[i], old, new, err);
	}
	return r;
}
