/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets of objects: from identities, and printed as rows. */
#ifndef OBJECTS_H
#define OBJECTS_H

#include "cli.h"

#define KIND(kind) (1u << CAS_KIND_##kind)

/*
 * Adds to *set (made when it is NULL; the caller's) what the identities and wildcards
 * mean. 0, or the exit status: everything that was not found has been reported then.
 */
int cli_pick(struct cli_session *session, const struct cas_organization *org,
	     unsigned kinds, const struct opt_list *identities, struct cas_objects **set);
/* The same, of the identities that an option lists; *set stays NULL when there are none.
 */
int cli_pick_filter(struct cli_session *session, const struct cas_organization *org,
		    unsigned kinds, const struct opt_list *identities,
		    struct cas_objects **set);
/* A choice that is made (not NULL) and holds nothing, where "nothing" would be taken for
 * "everything": reported. The exit status. */
int cli_refuse_none(struct cli_session *session, const struct cas_objects *set);
bool cli_set_has(const struct cas_objects *set, const struct cas_object *object);
/* Does one of them hold a wildcard? */
bool cli_any_wildcard(const struct opt_list *identities);
/* Does text fit a pattern with a leading and/or trailing '*' (or without one), ignoring
 * case? */
bool cli_text_fits(const char *text, const char *pattern);
/* "casarray: out of memory"; the exit status. */
int cli_no_memory(struct cli_session *session);

struct cli_rows {
	const struct out_view *view;
	const struct cas_organization *org;
	enum cas_kind kind;
	const struct cas_objects *only; /* NULL: all of the kind */
	/* *ret NULL: this object is left out. -1: out of memory. NULL: cas_json_object().
	 */
	int (*row)(const void *closure, const struct cas_organization *org,
		   const struct cas_object *object, json_t **ret);
	const void *closure;
};
/* Prints head, rows and a tail with their count; the exit status. */
int cli_print_rows(struct cli_session *session, const struct cli_rows *rows);
/* A document of one row. Steals the row; NULL: out of memory. */
int cli_print_one(struct cli_session *session, const struct out_view *view, json_t *head,
		  json_t *row);

#endif
