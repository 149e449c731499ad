/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes judged against what the file holds now, each under its own condition. */
#include <stdio.h>
#include <stdlib.h>

#include "../base/excerpt.h"
#include "../names/dn.h"
#include "../names/guid.h"
#include "ldif_edit.h"

/* ---- outcomes ---- */

__attribute__((format(printf, 3, 4))) static int
set(struct casp_result *result, enum cas_outcome outcome, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&result->reason, format, ap) < 0) {
		result->reason = NULL;
	}
	va_end(ap);
	result->outcome = outcome;
	return result->reason ? 0 : CAS_E_NOMEM;
}

static int set_done(struct casp_result *result, bool changed)
{
	result->outcome = changed ? CAS_OUTCOME_DONE : CAS_OUTCOME_ALREADY;
	return 0;
}

static int set_gone(struct casp_result *result)
{
	return set(result, CAS_OUTCOME_CONFLICT, "there is no such object any more");
}

static int set_differs(struct casp_ldif_edits *edits, const struct casp_ldif_edit *edit,
		       const char *attribute, const struct casp_str *expected,
		       struct casp_result *result)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf buf = {0};
	struct casp_str found;
	bool failed = false;
	size_t line = casp_ldif_edit_value(edits, edit, attribute, NULL, &found, &failed);

	casp_value_differs(&buf, attribute, line == SIZE_MAX ? NULL : &found, expected);
	if (failed || buf.failed) {
		return CAS_E_NOMEM;
	}
	return set(result, CAS_OUTCOME_CONFLICT, "%s", buf.p);
}

/* Which of two entries of one DN is meant? */
static int set_ambiguous(struct casp_ldif_edits *edits, size_t number,
			 struct casp_result *result)
{
	const struct casp_ldif_index *index = &edits->ldif->index;
	const struct casp_ldif_file *file = &edits->ldif->files[0];
	const struct casp_ldif_record *record = &index->records.v[number];
	size_t second = number;

	while (++second < index->records.n &&
	       !((index->records.v[second].flags & CASP_LDIF_RECORD_DUPLICATE) &&
		 index->records.v[second].dn_hash == record->dn_hash)) {
	}
	return set(result, CAS_OUTCOME_REFUSED,
		   "the file has it twice, at lines %zu and %zu",
		   casp_ldif_file_line(
			   file, casp_ldif_origin_text(edits->ldif, record->origin)),
		   casp_ldif_file_line(
			   file,
			   casp_ldif_origin_text(
				   edits->ldif,
				   index->records
					   .v[second < index->records.n ? second : number]
					   .origin)));
}

static bool is_ambiguous(const struct casp_ldif_edits *edits,
			 const struct casp_ldif_edit *edit)
{
	return edit && edit->record != SIZE_MAX &&
	       (edits->ldif->index.records.v[edit->record].flags &
		CASP_LDIF_RECORD_HAS_DUPLICATE);
}

/* ---- modifications ---- */

enum verdict {
	APPLY,
	ALREADY,
	DIFFERS,
	NO_MEMORY,
};

/* Where the old and the new value of a modification are; SIZE_MAX: nowhere. */
static void find_values(struct casp_ldif_edits *edits, const struct casp_ldif_edit *edit,
			const struct casp_mod *mod, size_t *old, size_t *wanted,
			bool *failed)
{
	*old = SIZE_MAX;
	*wanted = SIZE_MAX;
	if (mod->old_value) {
		*old = casp_ldif_edit_value(edits, edit, mod->attribute, mod->old_value,
					    NULL, failed);
	}
	if (mod->new_value) {
		*wanted = casp_ldif_edit_value(edits, edit, mod->attribute,
					       mod->new_value, NULL, failed);
	}
}

static enum verdict judge_mod(struct casp_ldif_edits *edits,
			      const struct casp_ldif_edit *edit,
			      const struct casp_mod *mod)
{
	bool failed = false;
	size_t any =
		casp_ldif_edit_value(edits, edit, mod->attribute, NULL, NULL, &failed);
	size_t old, wanted;

	find_values(edits, edit, mod, &old, &wanted, &failed);
	if (failed) {
		return NO_MEMORY;
	}
	if (old != SIZE_MAX ||
	    (!mod->old_value && mod->new_value &&
	     (any == SIZE_MAX || (mod->beside && wanted == SIZE_MAX)))) {
		return APPLY;
	}
	if (mod->new_value ? wanted != SIZE_MAX : any == SIZE_MAX) {
		return ALREADY;
	}
	return DIFFERS;
}

static int apply_mod(struct casp_ldif_edits *edits, struct casp_ldif_edit *edit,
		     const struct casp_mod *mod, struct cas_error **err)
{
	bool failed = false;
	size_t old, wanted;

	find_values(edits, edit, mod, &old, &wanted, &failed);
	if (failed) {
		return casp_error_nomem(err);
	}
	if (old == SIZE_MAX && (!mod->new_value || wanted != SIZE_MAX)) {
		return 0; /* an earlier one of the change did it */
	}
	if (old == SIZE_MAX) {
		return casp_ldif_edit_add(edits, edit, mod->attribute, *mod->new_value,
					  err);
	}
	if (!mod->new_value || (wanted != SIZE_MAX && wanted != old)) {
		casp_ldif_edit_remove(edit, old);
		return 0;
	}
	return casp_ldif_edit_replace(edits, edit, old, *mod->new_value, err);
}

/*
 * All of them or none, each judged against the entry before the change: several may add
 * values to an attribute that has none. Sets the result when one differs.
 */
static int judge_mods(struct casp_ldif_edits *edits, const struct casp_ldif_edit *edit,
		      const struct casp_change *change, struct casp_result *result,
		      bool **apply)
{
	bool *list = casp_arena_zalloc(&edits->scratch, change->n_mods + 1);

	*apply = NULL;
	if (!list) {
		return CAS_E_NOMEM;
	}
	for (size_t i = 0; i < change->n_mods; i++) {
		const struct casp_mod *mod = &change->mods[i];
		enum verdict verdict = judge_mod(edits, edit, mod);

		if (verdict == NO_MEMORY) {
			return CAS_E_NOMEM;
		}
		if (verdict == DIFFERS) {
			return set_differs(edits, edit, mod->attribute, mod->old_value,
					   result);
		}
		list[i] = verdict == APPLY;
	}
	*apply = list;
	return 0;
}

static int apply_mods(struct casp_ldif_edits *edits, struct casp_ldif_edit *edit,
		      const struct casp_change *change, const bool *apply, bool *changed,
		      struct cas_error **err)
{
	for (size_t i = 0; i < change->n_mods; i++) {
		int r = apply[i] ? apply_mod(edits, edit, &change->mods[i], err) : 0;

		if (r < 0) {
			return r;
		}
		*changed |= apply[i];
	}
	return 0;
}

static int modify(struct casp_ldif_edits *edits, const struct casp_change *change,
		  struct casp_result *result, struct cas_error **err)
{
	struct casp_ldif_edit *edit;
	bool changed = false, *apply;
	int r = casp_ldif_edit_find(edits, change->dn, &edit, err);

	if (r < 0) {
		return r;
	}
	if (!edit) {
		return set_gone(result);
	}
	if (is_ambiguous(edits, edit)) {
		return set_ambiguous(edits, edit->record, result);
	}
	r = judge_mods(edits, edit, change, result, &apply);
	if (r < 0 || !apply) {
		return r;
	}
	r = apply_mods(edits, edit, change, apply, &changed, err);
	return r < 0 ? r : set_done(result, changed);
}

/* ---- renaming ---- */

/* The DN with another RDN, in the arena. false: out of memory. */
static bool with_rdn(struct casp_ldif_edits *edits, struct casp_str dn,
		     struct casp_str rdn, struct casp_str *ret)
{
	struct casp_str parent = casp_dn_parent(dn);

	ret->p = casp_arena_printf(&edits->arena, "%.*s%s%.*s", CASP_STR_ARG(rdn),
				   parent.n ? "," : "", CASP_STR_ARG(parent));
	ret->n = ret->p ? strlen(ret->p) : 0;
	return ret->p;
}

/* `to` empty: it has its new name already. */
static int rename_found(struct casp_ldif_edits *edits, struct casp_ldif_edit *edit,
			const struct casp_change *change, struct casp_str to,
			struct casp_result *result, struct cas_error **err)
{
	bool changed = to.n, *apply;
	int r = judge_mods(edits, edit, change, result, &apply);

	if (r < 0 || !apply) {
		return r;
	}
	r = apply_mods(edits, edit, change, apply, &changed, err);
	if (r == 0 && to.n) {
		r = casp_ldif_rename(edits, edit, to, err);
	}
	return r < 0 ? r : set_done(result, changed);
}

static int rename_between(struct casp_ldif_edits *edits, struct casp_ldif_edit *source,
			  struct casp_ldif_edit *other, struct casp_str target,
			  const struct casp_change *change, struct casp_result *result,
			  struct cas_error **err)
{
	struct casp_ldif_edit *edit = source ? source : other;

	if (!edit) {
		return set_gone(result);
	}
	if (is_ambiguous(edits, edit)) {
		return set_ambiguous(edits, edit->record, result);
	}
	if (source && other && other != source) {
		return set(result, CAS_OUTCOME_REFUSED, "an object '%s' exists already",
			   casp_excerpt(change->new_rdn));
	}
	if (!source || casp_str_equal(casp_dn_rdn(source->dn), change->new_rdn)) {
		target.n = 0;
	}
	return rename_found(edits, edit, change, target, result, err);
}

static int rename_entry(struct casp_ldif_edits *edits, const struct casp_change *change,
			struct casp_result *result, struct cas_error **err)
{
	struct casp_ldif_edit *source, *other;
	struct casp_str target;
	const char *why;
	int r;

	if (!casp_dn_check(change->new_rdn, &why) || casp_dn_parent(change->new_rdn).n) {
		return set(result, CAS_OUTCOME_REFUSED, "'%s' is not an RDN",
			   casp_excerpt(change->new_rdn));
	}
	if (!with_rdn(edits, change->dn, change->new_rdn, &target)) {
		return CAS_E_NOMEM;
	}
	r = casp_ldif_edit_find(edits, change->dn, &source, err);
	if (r == 0) {
		r = casp_ldif_edit_find(edits, target, &other, err);
	}
	return r < 0 ? r
		     : rename_between(edits, source, other, target, change, result, err);
}

/* ---- adding ---- */

static int compare_added(struct casp_ldif_edits *edits, const struct casp_ldif_edit *edit,
			 const struct casp_change *change, struct casp_result *result)
{
	for (size_t i = 0; i < change->n_attributes; i++) {
		const struct casp_attribute *attribute = &change->attributes[i];

		for (size_t k = 0; k < attribute->n_values; k++) {
			bool failed = false;

			if (casp_iequal(attribute->name, "objectGUID") ||
			    casp_ldif_edit_value(edits, edit, attribute->name,
						 &attribute->values[k], NULL,
						 &failed) != SIZE_MAX) {
				continue;
			}
			return failed ? CAS_E_NOMEM
				      : set_differs(edits, edit, attribute->name,
						    &attribute->values[k], result);
		}
	}
	return set_done(result, false);
}

static int add_guid(struct casp_ldif_edits *edits, struct casp_ldif_edit *edit,
		    struct cas_error **err)
{
	struct casp_guid guid;
	struct casp_str value = {(const char *)guid.b, sizeof(guid.b)};

	if (!casp_guid_new(&guid)) {
		return casp_error(err, CAS_E_IO, "no random numbers for an objectGUID");
	}
	return casp_ldif_edit_add(edits, edit, "objectGUID", value, err);
}

static int add_attributes(struct casp_ldif_edits *edits, struct casp_ldif_edit *edit,
			  const struct casp_change *change, struct cas_error **err)
{
	bool has_guid = false;

	for (size_t i = 0; i < change->n_attributes; i++) {
		const struct casp_attribute *attribute = &change->attributes[i];

		has_guid |=
			casp_iequal(attribute->name, "objectGUID") && attribute->n_values;
		for (size_t k = 0; k < attribute->n_values; k++) {
			int r = casp_ldif_edit_add(edits, edit, attribute->name,
						   attribute->values[k], err);

			if (r < 0) {
				return r;
			}
		}
	}
	return has_guid ? 0 : add_guid(edits, edit, err);
}

static int add_entry(struct casp_ldif_edits *edits, const struct casp_change *change,
		     struct casp_result *result, struct cas_error **err)
{
	struct casp_str parent = casp_dn_parent(change->dn);
	struct casp_ldif_edit *edit, *above;
	const char *why;
	int r;

	if (!casp_dn_check(change->dn, &why)) {
		return set(result, CAS_OUTCOME_REFUSED, "the DN is malformed: %s", why);
	}
	r = casp_ldif_edit_find(edits, change->dn, &edit, err);
	if (r == 0 && edit) {
		return is_ambiguous(edits, edit)
			       ? set_ambiguous(edits, edit->record, result)
			       : compare_added(edits, edit, change, result);
	}
	if (r == 0) {
		r = casp_ldif_edit_find(edits, parent, &above, err);
	}
	if (r < 0) {
		return r;
	}
	if (!above) {
		CASP_CLEANUP(casp_buf_free) struct casp_buf buf = {0};

		casp_escape(parent, CASP_VALUE_SHOWN, &buf);
		return buf.failed ? CAS_E_NOMEM
				  : set(result, CAS_OUTCOME_REFUSED,
					"the container '%s' does not exist",
					buf.p ? buf.p : "");
	}
	r = casp_ldif_edit_new(edits, change->dn, &edit, err);
	if (r == 0) {
		r = add_attributes(edits, edit, change, err);
	}
	return r < 0 ? r : set_done(result, true);
}

/* ---- deleting ---- */

static bool is_child(const struct casp_ldif_edit *child, struct casp_str parent)
{
	return !child->deleted && casp_dn_equal(casp_dn_parent(child->dn), parent);
}

/* 1: it has; negative: out of memory. */
static int has_children(struct casp_ldif_edits *edits, struct casp_str dn)
{
	const struct casp_ldif *ldif = edits->ldif;
	uint64_t hash = casp_dn_hash(dn);

	for (size_t i = 0; i < edits->v.n; i++) {
		if (is_child(edits->v.v[i], dn)) {
			return 1;
		}
	}
	for (size_t i = 0; i < ldif->index.records.n; i++) {
		const struct casp_ldif_record *record = &ldif->index.records.v[i];
		struct casp_str child;

		if (record->parent_hash != hash || casp_ldif_edit_of(edits, i)) {
			continue;
		}
		if (!casp_ldif_record_dn(ldif, record->origin, &edits->scratch, &child)) {
			return CAS_E_NOMEM;
		}
		if (casp_dn_equal(casp_dn_parent(child), dn)) {
			return 1;
		}
	}
	return 0;
}

static int delete_entry(struct casp_ldif_edits *edits, const struct casp_change *change,
			struct casp_result *result, struct cas_error **err)
{
	struct casp_ldif_edit *edit;
	int r = casp_ldif_edit_find(edits, change->dn, &edit, err);

	if (r < 0 || !edit) {
		return r < 0 ? r : set_done(result, false);
	}
	if (is_ambiguous(edits, edit)) {
		return set_ambiguous(edits, edit->record, result);
	}
	for (size_t i = 0; i < change->n_mods; i++) {
		const struct casp_mod *mod = &change->mods[i];
		bool failed = false;
		size_t line = casp_ldif_edit_value(edits, edit, mod->attribute,
						   mod->old_value, NULL, &failed);

		if (failed) {
			return CAS_E_NOMEM;
		}
		if ((line == SIZE_MAX) != !mod->old_value) {
			return set_differs(edits, edit, mod->attribute, mod->old_value,
					   result);
		}
	}
	r = has_children(edits, edit->dn);
	if (r != 0) {
		return r < 0 ? r
			     : set(result, CAS_OUTCOME_REFUSED,
				   "there are objects below it");
	}
	edit->deleted = true;
	edit->changed = true;
	return set_done(result, true);
}

int casp_ldif_change(struct casp_ldif_edits *edits, const struct casp_change *change,
		     struct casp_result *result, struct cas_error **err)
{
	casp_arena_reset(&edits->scratch);
	switch (change->op) {
	case CASP_CHANGE_ADD:
		return add_entry(edits, change, result, err);
	case CASP_CHANGE_MODIFY:
		return modify(edits, change, result, err);
	case CASP_CHANGE_RENAME:
		return rename_entry(edits, change, result, err);
	case CASP_CHANGE_DELETE:
		return delete_entry(edits, change, result, err);
	}
	return casp_error(err, CAS_E_USAGE, "unknown kind of change");
}
