/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One change as LDAP operations, and what the server holds of it. */
#ifndef CASP_LDAP_WRITE_H
#define CASP_LDAP_WRITE_H

#include "../base/arena.h"
#include "ldap.h"

/* ---- judging: ldap_judge.c ---- */

enum casp_ldap_verdict {
	CASP_LDAP_OPEN,    /* the change's condition holds: nothing of it is done */
	CASP_LDAP_PARTLY,  /* some modifications are done, the others can be */
	CASP_LDAP_DONE,    /* the server holds what the change makes */
	CASP_LDAP_DIFFERS, /* neither */
	CASP_LDAP_GONE,    /* the object is not there */
};

struct casp_ldap_judgement {
	enum casp_ldap_verdict verdict;
	bool *apply;   /* parallel to mods: has still to be done */
	char *differs; /* "legacyExchangeDN holds 'x', not 'y'"; the caller frees it */
};

/* Reads the object that a change is about. asked: the server was asked for the change
 * before, and may have made it. `arena` holds the result. */
int casp_ldap_judge(struct casp_ldap *ldap, const struct casp_change *change, bool asked,
		    struct casp_arena *arena, struct casp_ldap_judgement *ret,
		    struct cas_error **err);

/* ---- sending: ldap_write.c ---- */

/* Does the server fill in the attribute itself, and take it from nobody? */
bool casp_ldap_owns(const struct casp_ldap *ldap, const char *attribute);

/* Send one operation; its id, or negative. apply: which of the mods; NULL: all. */
int casp_ldap_send_add(struct casp_ldap *ldap, const struct casp_change *change,
		       struct casp_arena *arena, int *id, struct cas_error **err);
int casp_ldap_send_modify(struct casp_ldap *ldap, const struct casp_change *change,
			  const bool *apply, struct casp_arena *arena, int *id,
			  struct cas_error **err);
int casp_ldap_send_rename(struct casp_ldap *ldap, const struct casp_change *change,
			  struct casp_arena *arena, int *id, struct cas_error **err);
int casp_ldap_send_delete(struct casp_ldap *ldap, const struct casp_change *change,
			  struct casp_arena *arena, int *id, struct cas_error **err);

#endif
