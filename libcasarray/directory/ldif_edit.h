/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Entries of an LDIF file as a batch of changes leaves them, before anything is written.
 */
#ifndef CASP_LDIF_EDIT_H
#define CASP_LDIF_EDIT_H

#include "ldif.h"

enum casp_ldif_line_state {
	CASP_LDIF_KEPT,
	CASP_LDIF_REPLACED, /* the name stays */
	CASP_LDIF_REMOVED,
	CASP_LDIF_ADDED,
};

struct casp_ldif_edit_line {
	enum casp_ldif_line_state state;
	struct casp_ldif_line raw; /* not of the file: only the name, end is NULL */
	struct casp_str value;     /* replaced, added */
};

struct casp_ldif_edit {
	struct casp_str dn; /* as it is now */
	size_t record;      /* SIZE_MAX: new */
	bool deleted;
	bool changed;
	const char *start; /* of the dn line */
	const char *stop;  /* past the last line's line end */
	/* A record's lines, the first is the dn; of a new entry its attributes alone. In
	 * the arena: there may be a million of them. */
	struct casp_ldif_edit_line *lines;
	size_t n_lines, room;
};

struct casp_ldif_edits {
	struct casp_ldif *ldif; /* one file, scanned */
	struct casp_arena arena;
	struct casp_arena scratch; /* emptied at every change */
	CASP_VEC(struct casp_ldif_edit *) v;
	struct casp_map by_dn; /* also under DNs that they had before */
	struct casp_map by_record;
	struct casp_ldif_scan scan;
};

void casp_ldif_edits_free(struct casp_ldif_edits *edits);

/* The entry of that DN as it is now, loaded from the file at first; *ret NULL: there is
 * none. Duplicates in the file are found as the first of them. */
int casp_ldif_edit_find(struct casp_ldif_edits *edits, struct casp_str dn,
			struct casp_ldif_edit **ret, struct cas_error **err);
int casp_ldif_edit_load(struct casp_ldif_edits *edits, size_t record,
			struct casp_ldif_edit **ret, struct cas_error **err);
/* The edit of a record if it was loaded. */
struct casp_ldif_edit *casp_ldif_edit_of(const struct casp_ldif_edits *edits,
					 size_t record);
int casp_ldif_edit_new(struct casp_ldif_edits *edits, struct casp_str dn,
		       struct casp_ldif_edit **ret, struct cas_error **err);
/* Gives it another DN, which must be in the arena. */
int casp_ldif_edit_move(struct casp_ldif_edits *edits, struct casp_ldif_edit *edit,
			struct casp_str dn, struct cas_error **err);

/* The first value of the attribute from line *at on that equals `value` (NULL: any
 * value); its line, or SIZE_MAX; the value as it is in *found, which may be NULL. */
size_t casp_ldif_edit_value(struct casp_ldif_edits *edits,
			    const struct casp_ldif_edit *edit, const char *attribute,
			    const struct casp_str *value, struct casp_str *found,
			    bool *failed);
/* The line's present value. false: out of memory. */
bool casp_ldif_edit_line_value(struct casp_ldif_edits *edits,
			       const struct casp_ldif_edit_line *line,
			       struct casp_str *ret);
int casp_ldif_edit_replace(struct casp_ldif_edits *edits, struct casp_ldif_edit *edit,
			   size_t line, struct casp_str value, struct cas_error **err);
void casp_ldif_edit_remove(struct casp_ldif_edit *edit, size_t line);
/* After the attribute's last value, or at the end. */
int casp_ldif_edit_add(struct casp_ldif_edits *edits, struct casp_ldif_edit *edit,
		       const char *attribute, struct casp_str value,
		       struct cas_error **err);

/* ldif_change.c: applies a change to the edits if its condition holds, and says so in
 * *result. */
int casp_ldif_change(struct casp_ldif_edits *edits, const struct casp_change *change,
		     struct casp_result *result, struct cas_error **err);

/* ldif_rename.c: gives the entry a new RDN, and the new DN to all that holds the old one.
 */
int casp_ldif_rename(struct casp_ldif_edits *edits, struct casp_ldif_edit *edit,
		     struct casp_str rdn, struct cas_error **err);

/* ldif_write.c: is there anything to write? And replaces the file. */
bool casp_ldif_edits_changed(const struct casp_ldif_edits *edits);
int casp_ldif_write(struct casp_ldif_edits *edits, struct cas_error **err);

#endif
