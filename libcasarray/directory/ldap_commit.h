/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A batch of changes on its way: the window, and what its parts share. */
#ifndef CASP_LDAP_COMMIT_H
#define CASP_LDAP_COMMIT_H

#include "ldap_write.h"

/* Enough to hide the round trip; no burden for a domain controller. */
#define CASP_LDAP_WINDOW 32

struct casp_ldap_task {
	const struct casp_change *change;
	struct casp_result *result;
	uint64_t dn_hash;
	const bool *apply; /* which modifications; NULL: all */
	int id;
	int rc;         /* with which the server refused it */
	unsigned busy;  /* times that the server was too busy for it */
	unsigned round; /* pauses there had been when it was sent */
	bool again;     /* was sent before: what is done may have been us */
};

struct casp_ldap_work {
	struct casp_ldap *ldap;
	struct casp_ldap_task *tasks; /* parallel to the changes */
	size_t n;
	size_t next, end; /* of the phase: those not yet sent */
	struct casp_ldap_task *flying[CASP_LDAP_WINDOW];
	size_t n_flying;
	/* Was found as expected while the phase before its own was in flight; or NULL. */
	const struct casp_ldap_task *ahead;
	bool looked_ahead; /* in this phase */
	struct casp_arena arena;
	unsigned rounds;   /* pauses for a busy server */
	unsigned patience; /* of them since the server last did something */
	bool stop;         /* no more is sent */
	bool failed;       /* some change was in conflict or refused */
	struct cas_error *error;
};

/* Is no more to be sent, because somebody wishes so or the connection is lost? */
bool casp_ldap_stopping(const struct casp_ldap_work *work);
void casp_ldap_pause(unsigned ms);

/* ---- ldap_answer.c ---- */

/* Sends the change, or settles it by what the object holds. CAS_E_IO: the connection
 * broke before anything of it was sent. */
int casp_ldap_begin(struct casp_ldap_work *work, struct casp_ldap_task *task,
		    struct cas_error **err);
/*
 * Looks at the object of a change that comes next while others are in flight, which saves
 * a round trip. What fails is found out later.
 */
int casp_ldap_look_ahead(struct casp_ldap_work *work, struct casp_ldap_task *task,
			 struct cas_error **err);
/* Settles or repeats the change by the server's answer. */
int casp_ldap_answer(struct casp_ldap_work *work, struct casp_ldap_task *task, int rc,
		     const char *diagnostic, struct cas_error **err);
/* Settles or repeats a change of which nobody knows whether the server did it. */
int casp_ldap_read_back(struct casp_ldap_work *work, struct casp_ldap_task *task,
			struct cas_error **err);

/* ---- ldap_lost.c ---- */

/* The connection is lost: finds out over another one what became of the changes that were
 * in flight; if it cannot, they stay unknown, and the work stops. */
void casp_ldap_recover(struct casp_ldap_work *work);
/* Ends the work with the error, which it takes; what is in flight stays unknown. */
void casp_ldap_give_up(struct casp_ldap_work *work, struct cas_error *error);

/* ---- ldap_account.c ---- */

/* What the batch came to, as casp_directory_commit() says it. */
int casp_ldap_account(struct casp_ldap_work *work, struct cas_error **err);

#endif
