/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What files say that arrays and databases should be. */
#ifndef CASP_DESIRED_H
#define CASP_DESIRED_H

#include "../base/arena.h"
#include "../base/map.h"
#include "../base/vec.h"
#include "plan.h"

/* Files of other sizes are no desired states. */
#define CASP_DESIRED_LIMIT ((size_t)1 << 30)

/* Where a file says something. */
struct casp_where {
	const char *file;
	const char *list; /* of JSON: "arrays"; NULL: a line */
	size_t number;    /* of the line, from 1; in the list, from 0 */
	size_t order;     /* of the file */
};

/* NULL: the file does not say, and it stays as it is. */
struct casp_desired_array {
	const char *name, *fqdn, *site;
	struct casp_where where;
	bool faulty; /* a member could not be read, which is told already */
};

struct casp_desired_database {
	const char *name;   /* its identity */
	const char *target; /* of an array or a server, or "auto" */
	struct casp_where where;
};

struct casp_problem {
	const char *text;
	struct casp_where where;
};

struct cas_desired {
	struct casp_arena arena;
	const char *organization; /* or NULL: any */
	const char *file;         /* the first one, for messages */
	size_t n_files;
	CASP_VEC(struct casp_desired_array) arrays;
	CASP_VEC(struct casp_desired_database) databases;
	bool lists_arrays; /* some file does, if only none */
	CASP_VEC(struct casp_problem) problems;
	CASP_VEC(const char *) names; /* of databases, for callers */
	/* Each well formed, and of another name. */
	CASP_VEC(struct cas_exemption) exemptions;
	struct casp_map exemptions_by_name;
	/* What cas_desired_policy() made of them, and what it has to say. */
	struct cas_policy policy;
	CASP_VEC(struct cas_exemption) merged;
	CASP_VEC(const char *) notices;
	/* A plan that was saved, and of what; it has no organization yet. */
	struct cas_plan *plan;
	const char *identity, *address;
};

/* What is impossible, why, and what to do (or NULL). */
int casp_desired_refuse(struct cas_desired *desired, const struct casp_where *where,
			const char *object, const char *why, const char *hint,
			struct cas_error **err);

/* Is it a reason why a line is impossible, and no trouble of another kind? */
bool casp_desired_is_reason(int code);
/* Such a reason becomes a problem; other trouble is passed on. Takes the error. */
int casp_desired_take(struct cas_desired *desired, const struct casp_where *where,
		      const char *object, int code, struct cas_error *error,
		      struct cas_error **err);

/* Can a file say that text: is it UTF-8, and not blank? */
bool casp_desired_can_say(const char *text);
/* Has the array a name or an FQDN that a file can say? Others cannot be listed, so that
 * it means nothing that they are not. */
bool casp_desired_can_list(const struct cas_array *array);

/* Puts the problems into the order of the files. */
void casp_desired_sort(struct cas_desired *desired);

/* desired_policy.c: one more of a file; one that cannot be is a problem. Its texts must
 * live as long. */
int casp_desired_exempt(struct cas_desired *desired,
			const struct cas_exemption *exemption,
			const struct casp_where *where, struct cas_error **err);

/* csv.c: rows of a text without byte order mark; keeps copies. */
int casp_desired_csv(struct cas_desired *desired, const char *file, char *text, size_t n,
		     struct cas_error **err);

#endif
