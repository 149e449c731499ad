/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan: steps with what each expects to find and what it writes. */
#ifndef CASP_PLAN_H
#define CASP_PLAN_H

#include "../base/arena.h"
#include "../base/vec.h"
#include "../directory/directory.h"
#include "../exchange/model.h"

/* One value that a step changes; NULL = absent. */
struct casp_delta {
	const char *attribute;
	const char *old_value;
	const char *new_value;
	/* Lengths of binary values, which may hold NUL; 0: NUL-terminated text. */
	size_t old_n, new_n;
	/* As people read it: the FQDN in place of a legacyExchangeDN, a site's name;
	 * NULL: as stored. */
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
	const char *shown; /* label of what changes, "RpcClientAccessServer", "Fqdn"; NULL
			      with create/delete */
	const char *new_name;      /* rename: the new RDN's value */
	struct casp_delta *deltas; /* modify, rename: changes; create and delete: all
				      attributes, one per value */
	size_t n_deltas;
	int64_t mailboxes; /* whose clients reconnect; -1 unknown; 0 none */
	enum cas_outcome outcome;
	const char *outcome_reason; /* or NULL */
	const char *denied;         /* why the directory would refuse it, as far as it was
				       asked beforehand; or NULL */
	bool earlier;  /* of a run that is resumed: settled before, so no part of what is
			  left */
	bool recorded; /* the outcome is in the journal */
	bool made;     /* create: guid is that of the object which was made */
	/* What the object holds instead of what was written, as read back; or NULL. */
	const char *differs;
};

struct casp_right;
struct casp_beside;

struct cas_plan {
	struct casp_arena arena;
	const struct cas_organization *org;
	const char *title; /* "new-array", "repair", ... */
	CASP_VEC(struct casp_step)
	steps; /* arrays before databases, databases before removals */
	CASP_VEC(const char *) warnings;
	CASP_VEC(const char *) notices;
	char run[32];
	const char *undoes; /* run id, or NULL */
	bool undoes_part;   /* of that run: some of its objects only */
	/* undoes: the server that the run wrote to, where this is another one; or NULL */
	const char *elsewhere;
	const char *resumes; /* run id, or NULL: the journal is continued */
	int64_t since; /* resumes: when the plan was made; else 0: with the organization
			*/
	/* What was asked for beside entries that were read, in the arena; the pre-flight
	 * uses it up. */
	struct casp_right *asked;
	size_t n_asked;
	/* When the pre-flight saw that nobody has what steps want for their arrays alone,
	 * and of which directory; 0: it did not. */
	int64_t looked;
	const struct cas_directory *looked_in;
	bool saved; /* read from a file: it may have been made long ago */
	bool applied;
	bool interrupted; /* its run did not come to its end */
};

/* plan.c */
/* For CASP_CLEANUP. */
void casp_plan_freep(struct cas_plan **plan);
int casp_plan_create(const struct cas_organization *org, const char *title,
		     struct cas_plan **ret, struct cas_error **err);
/* A zeroed step, action set; NULL: out of memory. Borrowed until the next one is added.
 */
struct casp_step *casp_plan_step(struct cas_plan *plan, enum cas_action action);
/* The same, with the texts of an object. */
struct casp_step *casp_plan_object_step(struct cas_plan *plan, enum cas_action action,
					const struct cas_object *object);
/* Prints into the arena and appends; false: out of memory. */
bool casp_plan_warn(struct cas_plan *plan, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
bool casp_plan_note(struct cas_plan *plan, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Does it do anything but skip? */
bool casp_step_acts(const struct casp_step *step);
/* Has it no outcome yet? */
bool casp_step_is_planned(const struct casp_step *step);
/* Steps that do something. */
size_t casp_plan_changes(const struct cas_plan *plan);
/* Does it change the legacyExchangeDN of a database, so that clients reconnect? */
bool casp_step_repoints(const struct casp_step *step);

/* finish.c */
/* Orders the steps and adds the notices that every plan carries which re-points
 * databases. */
int casp_plan_finish(struct cas_plan *plan, struct cas_error **err);
/* The notices alone: the order of the steps is that of a journal. */
int casp_plan_notices(struct cas_plan *plan, struct cas_error **err);

/* unmatched.c: warns of exemptions that mean no object, when databases are re-pointed. */
int casp_plan_warn_unmatched(struct cas_plan *plan, struct cas_error **err);

/* repoint.c */
/* Why an array or server cannot be what a database points at, or NULL. Static. */
const char *casp_target_unfit(const struct cas_object *target);
/* Does the database refer to the object, by legacyExchangeDN? */
bool casp_database_uses(const struct cas_database *database,
			const struct cas_object *object);
/* Likewise by the legacyExchangeDN of one that need not exist yet. */
bool casp_database_refers_to(const struct cas_database *database, const char *legacy_dn);
/* A step that re-points a database (shared by set-database, repair, adopt, remove
 * --repoint-to). */
int casp_plan_repoint(struct cas_plan *plan, const struct cas_database *database,
		      const char *target_legacy_dn, const char *target_shown,
		      const char *reason, struct cas_error **err);
/* A step that says why a database is left alone. */
int casp_plan_skip(struct cas_plan *plan, const struct cas_database *database,
		   const char *reason, struct cas_error **err);
/* Likewise because of what is declared of it. */
int casp_plan_leave(struct cas_plan *plan, const struct cas_database *database,
		    const struct cas_exemption *exemption, struct cas_error **err);

/* delta.c */
struct casp_str casp_delta_old(const struct casp_delta *delta);
struct casp_str casp_delta_new(const struct casp_delta *delta);
/* Must the value of an attribute be kept with its length? */
bool casp_delta_is_binary(const char *name, struct casp_str bytes);
/* A copy of a step of a run, all its texts in the plan's arena; NULL: out of memory. */
struct casp_step *casp_plan_copy_step(struct cas_plan *plan,
				      const struct casp_step *step);
/* Room for n deltas in the arena, zeroed. */
bool casp_step_reserve(struct cas_plan *plan, struct casp_step *step, size_t n);
/* What the directory is asked to do: the steps that act and have no outcome yet. */
struct casp_changes {
	struct casp_arena arena;
	struct casp_change *v;
	size_t *step; /* of each change */
	size_t n;
};
int casp_changes_build(const struct cas_plan *plan, struct casp_changes *ret,
		       struct cas_error **err);
void casp_changes_free(struct casp_changes *changes);
/* The object's DN once it has the new name; NULL: out of memory. */
const char *casp_renamed_dn(struct casp_arena *arena, const char *dn,
			    const char *new_name);

/* read_entry.c */
/* An entry, named by its dn (and name, and kind): its values become the old values of the
 * deltas. Of a node of DNS those of its records. */
struct casp_reading {
	struct casp_step entry;
	bool found;
};
/* All in one go; with_rights: together with those that the steps of the plan need. */
int casp_plan_read_entries(struct cas_plan *plan, struct casp_reading *readings, size_t n,
			   bool with_rights, struct cas_error **err);

/* verify.c */
/*
 * Right before the write: has anybody else by now what a step of the plan wants for its
 * array alone? CAS_E_CONFLICT: yes; *ret is the step.
 */
int casp_plan_look_again(struct cas_plan *plan, struct cas_directory *directory,
			 size_t *ret, struct cas_error **err);
/* Somebody looked just now, and there was nobody. */
void casp_plan_looked(struct cas_plan *plan, const struct cas_directory *directory);

/* preflight.c */
/* What is asked beside, together with the rights that the steps of the plan so far need,
 * which cas_plan_preflight() then does not ask for again. */
int casp_plan_ask_beside(struct cas_plan *plan, const struct casp_beside *beside,
			 struct cas_error **err);

/* journal.c: writing */
struct casp_journal;
/* Creates "<folder>/<run id>.journal" (0600) with the whole plan in it, and syncs file
 * and folder. */
int casp_journal_begin(const char *folder, struct cas_plan *plan,
		       const struct cas_directory *directory, const struct cas_apply *how,
		       struct casp_journal **ret, struct cas_error **err);
/* Opens that of an interrupted run for more results. CAS_E_CONFLICT: another process is
 * at it. */
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
