/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A run of the history, read from its journal. */
#ifndef CASP_RUN_H
#define CASP_RUN_H

#include "plan.h"

/* The steps, and the text of the journal that they point into. */
struct casp_run_steps {
	char *text;
	struct casp_arena arena;
	CASP_VEC(struct casp_step) steps;
};

struct cas_run {
	struct casp_arena arena;
	char *path;
	char id[32];
	/* identity: of the directory, whoever serves it; address and host: of who did
	 * ("": a file, or a server that does not say its name) */
	const char *address, *identity, *host;
	const char *who, *command, *title, *undoes, *undone_by, *message;
	int64_t time;    /* seconds since 1970 */
	int64_t time_ns; /* the same instant: runs of one second have an order, too */
	enum cas_run_state state;
	bool undoes_part;
	bool forgotten; /* its journal was removed */
	size_t n_steps;
	size_t n_done;               /* steps recorded as done */
	uint64_t next_sequence;      /* of the record that would follow */
	uint64_t good;               /* bytes up to the first bad record */
	struct casp_run_steps *body; /* read when first asked for */
};

/* ---- run.c ---- */

/* Reads all but the steps. *ret NULL: no journal of ours. */
int casp_run_open(const char *path, struct cas_run **ret, struct cas_error **err);
/* A run of which no more is known than its name and why. */
struct cas_run *casp_run_unreadable(const char *path, const char *message);
void casp_run_free(struct cas_run *run);
/* As planned, with the outcome recorded (CAS_OUTCOME_PLANNED: none). NULL: past the end,
 * or it cannot be read any more. */
const struct casp_step *casp_run_step(const struct cas_run *run, size_t index);
/* Reads the steps now, to know why they cannot be read. */
int casp_run_load(const struct cas_run *run, struct cas_error **err);
/* Was it applied to this directory, through whichever server? */
bool casp_run_is_of(const struct cas_run *run, const struct cas_directory *directory);
/* CAS_E_REFUSED: it was of another directory, or its journal is damaged. */
int casp_run_check(const struct cas_run *run, const struct cas_organization *org,
		   struct cas_error **err);
/* A plan that goes on with the run on another domain controller of the forest warns:
 * replication takes time. *elsewhere: the name of the one that was written to; NULL: it
 * is this one, or not known. */
int casp_run_warn(const struct cas_run *run, struct cas_plan *plan,
		  const char **elsewhere, struct cas_error **err);

/* ---- run_parse.c ---- */

/* Goes on to the first bad record; sets what the run is. body NULL: the steps are only
 * counted. The text is used up. false: out of memory. */
bool casp_run_parse(struct cas_run *run, struct casp_run_steps *body, char *text,
		    size_t n);

#endif
