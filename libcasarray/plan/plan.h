/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan: steps with what each expects to find and what it writes. */
#ifndef CASP_PLAN_H
#define CASP_PLAN_H

#include "../directory/directory.h"
#include "../exchange/model.h"

/* One value that a step changes; NULL = absent. */
struct casp_delta {
	const char *attribute;
	const char *old_value;
	const char *new_value;
	/* As people read it: the FQDN in place of a legacyExchangeDN, a site's name; NULL: as stored. */
	const char *old_shown;
	const char *new_shown;
};

struct casp_step {
	enum cas_action action;
	enum cas_kind kind;
	const char *name; /* of the object */
	const char *dn;
	const char *guid; /* "" when it has none yet */
	const char *site; /* name, or "" */
	const char *reason;
	const char *shown; /* label of what changes, "RpcClientAccessServer", "Fqdn"; NULL with create/delete */
	const char *new_name; /* rename: the new RDN's value */
	struct casp_delta *deltas; /* modify, rename: changes; create and delete: all attributes, one per value */
	size_t n_deltas;
	int64_t mailboxes; /* whose clients reconnect; -1 unknown; 0 none */
	enum cas_outcome outcome;
	const char *outcome_reason; /* or NULL */
};

struct cas_plan {
	struct casp_arena arena;
	const struct cas_organization *org;
	const char *title; /* "new-array", "repair", ... */
	CASP_VEC(struct casp_step) steps; /* arrays before databases, databases before removals */
	CASP_VEC(const char *) warnings;
	CASP_VEC(const char *) notices;
	char run[32];
	const char *undoes;  /* run id, or NULL */
	const char *resumes; /* run id, or NULL: the journal is continued */
	bool applied;
};

int casp_plan_create(const struct cas_organization *org, const char *title,
		     struct cas_plan **ret, struct cas_error **err);
/* A zeroed step, action set; NULL: out of memory. Borrowed until the next one is added. */
struct casp_step *casp_plan_step(struct cas_plan *plan, enum cas_action action);
/* Prints into the arena and appends; false: out of memory. */
bool casp_plan_warn(struct cas_plan *plan, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
bool casp_plan_note(struct cas_plan *plan, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* A step that re-points a database (shared by set-database, repair, adopt, remove --repoint-to). */
int casp_plan_repoint(struct cas_plan *plan, const struct cas_database *database,
		      const char *target_legacy_dn, const char *target_shown,
		      const char *reason, struct cas_error **err);
/* Orders the steps and adds the notices that every plan carries which re-points databases. */
int casp_plan_finish(struct cas_plan *plan, struct cas_error **err);

/* journal.c */
struct cas_run {
	struct casp_arena arena;
	char *path;
	char id[32];
	const char *address, *who, *command, *title, *undoes, *undone_by;
	int64_t time;
	enum cas_run_state state;
	struct casp_step *steps; /* as planned, with the outcome recorded */
	size_t n_steps;
};
struct casp_journal;
/* Creates "<folder>/<run id>.journal" (0600) with the whole plan in it, and syncs file and folder. */
int casp_journal_begin(const char *folder, struct cas_plan *plan, const char *address,
		       const struct cas_apply *how, struct casp_journal **ret,
		       struct cas_error **err);
/* Opens that of an interrupted run for more results. */
int casp_journal_continue(const char *folder, const char *run, struct casp_journal **ret,
			  struct cas_error **err);
/* Appends the outcomes of steps [first, first + n) and syncs. */
int casp_journal_record(struct casp_journal *journal, const struct cas_plan *plan,
			size_t first, size_t n, struct cas_error **err);
/* Appends the end of the run. */
int casp_journal_end(struct casp_journal *journal, enum cas_run_state state,
		     const char *message, struct cas_error **err);
void casp_journal_close(struct casp_journal *journal);
/* The default folder, or `folder`; the caller frees it. */
int casp_journal_folder(const char *folder, char **ret, struct cas_error **err);

#endif
