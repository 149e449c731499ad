/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The run of a plan, for the parts of cli_run_plan(). */
#ifndef CLI_PLAN_H
#define CLI_PLAN_H

#include "session.h"

struct cli_plan_run {
	struct cli_session *session;
	struct cas_plan *plan;
	const struct cli_change *change;
	bool asks;     /* unless it is told not to */
	json_t *extra; /* of the tail */
	cli_then_fn then;
	void *closure;
	size_t n_skipped;
	size_t outcomes[CAS_OUTCOME_UNKNOWN + 1]; /* of the others */
	bool resumes;  /* applying it ends a journal, even without a change */
	bool refused;  /* before anything was written */
	bool compares; /* its steps are differences, and not applied */
	bool saved;    /* to a file, and not applied */
	bool applied;  /* it was tried */
	bool asked;    /* the user took time to answer */
	int code;      /* of applying it, and of reading it back */
	struct cas_directory **others; /* domain controllers to wait for */
	size_t n_others;
	size_t n_verified;   /* objects read back */
	size_t n_replicated; /* of the others, those that show them */
};

/* ---- plan_document.c ---- */

extern const struct out_view cli_plan_view;
/* A text of a JSON object, or "". */
const char *cli_plan_member(const json_t *object, const char *key);
/* Counts the steps; prints them, or only those that are not as they should be. false: the
 * output failed. */
bool cli_plan_walk(struct cli_plan_run *run, struct out *out, bool only_trouble);
size_t cli_plan_changes(const struct cli_plan_run *run);
json_t *cli_plan_head(const struct cli_plan_run *run, json_t *of_plan);
/* Ends the document after the plan was tried, or will not be. Steals the tail, frees the
 * plan. */
int cli_plan_finish(struct cli_plan_run *run, struct out *out, json_t *tail);

/* ---- plan_verify.c ---- */

/* Connects to the domain controllers that are to be waited for, before anything is
 * written. */
int cli_plan_connect(struct cli_plan_run *run, struct cas_error **error);
/* Reads back what was written, then waits for the others. */
void cli_plan_verify(struct cli_plan_run *run, struct cas_error **error);
void cli_plan_disconnect(struct cli_plan_run *run);

#endif
