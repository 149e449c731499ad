/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The examination of a directory: its checks, and what their files share. */
#ifndef CASP_DOCTOR_H
#define CASP_DOCTOR_H

#include "../base/arena.h"
#include "../base/vec.h"
#include "../directory/directory.h"
#include "../exchange/model.h"

struct cas_check {
	const char *name;
	enum cas_check_result result;
	const char *value; /* what was found, for programs; "" */
	const char *message;
	const char *hint; /* or NULL */
};

#define CASP_N_CHECK_RESULTS (CAS_CHECK_NOT_EVALUATED + 1)

struct cas_doctor {
	struct casp_arena arena;
	struct cas_directory *directory;
	struct cas_organization *org; /* NULL: not to be had */
	CASP_VEC(struct cas_check) checks;
	size_t counts[CASP_N_CHECK_RESULTS];
	bool failed; /* out of memory */
};

/* check.c: adds a check; its value is set afterwards. Texts are copied. */
void casp_check(struct cas_doctor *doctor, const char *name, enum cas_check_result result,
		const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Of the check that was added last. */
void casp_check_value(struct cas_doctor *doctor, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void casp_check_hint(struct cas_doctor *doctor, const char *hint);
/*
 * Takes the error of a search or a load: it becomes a check that failed, with its hint.
 * Negative: the examination cannot go on (no memory, interrupted), and *err is set.
 */
int casp_check_error(struct cas_doctor *doctor, const char *name, struct cas_error *error,
		     struct cas_error **err);

/* doctor_server.c: the server and the way to it. */
int casp_doctor_server(struct cas_doctor *doctor, struct cas_error **err);
/* doctor_rights.c: what the account may do there. */
int casp_doctor_rights(struct cas_doctor *doctor, struct cas_error **err);

#endif
