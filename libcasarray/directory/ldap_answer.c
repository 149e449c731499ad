/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One change: sent, and settled by the server's answer or by what the object holds. */
#include <stdio.h>
#include <stdlib.h>

#include "../base/context.h"
#include "ldap_commit.h"

#define BUSY_TRIES 6
#define BUSY_WAIT_MS 100

/* ---- outcomes ---- */

__attribute__((format(printf, 3, 4))) static int
settle(struct casp_ldap_task *task, enum cas_outcome outcome, const char *format, ...)
{
	va_list ap;

	task->result->outcome = outcome;
	if (!format) {
		return 0;
	}
	va_start(ap, format);
	if (vasprintf(&task->result->reason, format, ap) < 0) {
		task->result->reason = NULL;
	}
	va_end(ap);
	return task->result->reason ? 0 : CAS_E_NOMEM;
}

static int settle_done(struct casp_ldap_task *task)
{
	return settle(task, task->again ? CAS_OUTCOME_DONE : CAS_OUTCOME_ALREADY, NULL);
}

static int settle_gone(struct casp_ldap_task *task)
{
	return settle(task, CAS_OUTCOME_CONFLICT, "there is no such object any more");
}

static int settle_refused(struct casp_ldap_task *task, int rc, const char *diagnostic)
{
	CASP_CLEANUP(casp_freep) char *words = casp_ldap_clean(diagnostic);
	const char *advice = casp_ldap_advice(rc, diagnostic);
	bool said = words && *words;

	task->rc = rc;
	return settle(task, CAS_OUTCOME_REFUSED, "%s (%d)%s%s%s%s",
		      casp_ldap_result_name(rc), rc, said ? ": " : "", said ? words : "",
		      advice ? "; " : "", advice ? advice : "");
}

/* ---- sending ---- */

static int send_operation(struct casp_ldap_work *work, struct casp_ldap_task *task,
			  struct cas_error **err)
{
	struct casp_ldap *ldap = work->ldap;
	const struct casp_change *change = task->change;

	casp_ldap_rearm(ldap);
	switch (change->op) {
	case CASP_CHANGE_ADD:
		return casp_ldap_send_add(ldap, change, &work->arena, &task->id, err);
	case CASP_CHANGE_DELETE:
		return casp_ldap_send_delete(ldap, change, &work->arena, &task->id, err);
	case CASP_CHANGE_RENAME:
		return casp_ldap_send_rename(ldap, change, &work->arena, &task->id, err);
	case CASP_CHANGE_MODIFY:
		break;
	}
	return casp_ldap_send_modify(ldap, change, task->apply, &work->arena, &task->id,
				     err);
}

/* A request that could not be sent whole may still reach the server: it is in flight, and
 * the connection of no use. */
static int launch(struct casp_ldap_work *work, struct casp_ldap_task *task)
{
	struct cas_error *error = NULL;
	int r = send_operation(work, task, &error);

	if (r == CAS_E_NOMEM) {
		cas_error_free(error);
		return r;
	}
	work->flying[work->n_flying++] = task;
	task->round = work->rounds;
	if (r < 0) {
		casp_log(work->ldap->directory.context, CAS_LOG_INFO, "%s",
			 cas_error_message(error));
		cas_error_free(error);
		casp_ldap_disconnect(work->ldap);
	}
	return 0;
}

/* ---- judging ---- */

/* Sends what is left to do. */
static int go_on(struct casp_ldap_work *work, struct casp_ldap_task *task,
		 const struct casp_ldap_judgement *judgement)
{
	if (casp_ldap_stopping(work)) {
		return settle(task, CAS_OUTCOME_NOT_TRIED, NULL);
	}
	task->apply = judgement->verdict == CASP_LDAP_PARTLY ? judgement->apply : NULL;
	return launch(work, task);
}

static int settle_absent(struct casp_ldap_work *work, struct casp_ldap_task *task,
			 const struct casp_ldap_judgement *judgement)
{
	switch (task->change->op) {
	case CASP_CHANGE_ADD:
		return go_on(work, task, judgement);
	case CASP_CHANGE_DELETE:
		return settle_done(task);
	case CASP_CHANGE_MODIFY:
	case CASP_CHANGE_RENAME:
		break;
	}
	return settle_gone(task);
}

/*
 * By what the object holds. rc LDAP_SUCCESS: nothing speaks against trying; else the
 * server refused what the object would allow.
 */
static int judge(struct casp_ldap_work *work, struct casp_ldap_task *task, int rc,
		 const char *diagnostic, struct cas_error **err)
{
	struct casp_ldap_judgement judgement;
	bool first = rc == LDAP_SUCCESS;
	int r = casp_ldap_judge(work->ldap, task->change, task->again, &work->arena,
				&judgement, err);

	if (r < 0) {
		return r;
	}
	switch (judgement.verdict) {
	case CASP_LDAP_DONE:
		r = settle_done(task);
		break;
	case CASP_LDAP_DIFFERS:
		r = settle(task, CAS_OUTCOME_CONFLICT, "%s", judgement.differs);
		break;
	case CASP_LDAP_GONE:
		r = first || task->change->op != CASP_CHANGE_ADD
			    ? settle_absent(work, task, &judgement)
			    : settle_refused(task, rc, diagnostic);
		break;
	case CASP_LDAP_PARTLY:
		r = first || !task->apply ? go_on(work, task, &judgement)
					  : settle_refused(task, rc, diagnostic);
		break;
	case CASP_LDAP_OPEN:
		r = first ? go_on(work, task, &judgement)
			  : settle_refused(task, rc, diagnostic);
		break;
	}
	free(judgement.differs);
	return r < 0 ? casp_error_nomem(err) : 0;
}

/*
 * What the operation's own condition does not cover: a delete has none, and a value can
 * be added beside another one where an attribute may have several.
 */
static bool needs_look(const struct casp_change *change)
{
	if (change->op == CASP_CHANGE_DELETE) {
		return change->n_mods != 0;
	}
	for (size_t i = 0; i < change->n_mods; i++) {
		const struct casp_mod *mod = &change->mods[i];

		if (!mod->old_value && !mod->beside && !mod->single) {
			return true;
		}
	}
	return false;
}

int casp_ldap_look_ahead(struct casp_ldap_work *work, struct casp_ldap_task *task,
			 struct cas_error **err)
{
	struct casp_ldap_judgement judgement;
	int r;

	if (work->ahead == task || !needs_look(task->change)) {
		return 0;
	}
	r = casp_ldap_judge(work->ldap, task->change, false, &work->arena, &judgement,
			    err);
	if (r == 0 && judgement.verdict == CASP_LDAP_OPEN) {
		work->ahead = task;
	}
	free(judgement.differs);
	return r;
}

int casp_ldap_begin(struct casp_ldap_work *work, struct casp_ldap_task *task,
		    struct cas_error **err)
{
	int r = 0;

	if (task->change->op == CASP_CHANGE_RENAME && task->change->n_mods) {
		r = settle(task, CAS_OUTCOME_REFUSED,
			   "a server does not change a name and values in one");
		return r < 0 ? casp_error_nomem(err) : 0;
	}
	if (work->ahead != task && needs_look(task->change)) {
		return judge(work, task, LDAP_SUCCESS, NULL, err);
	}
	return launch(work, task) < 0 ? casp_error_nomem(err) : 0;
}

/* ---- answers ---- */

static int retry_busy(struct casp_ldap_work *work, struct casp_ldap_task *task, int rc,
		      const char *diagnostic)
{
	if (++task->busy >= BUSY_TRIES) {
		return settle_refused(task, rc, diagnostic);
	}
	/* One pause for all that was in flight. */
	if (task->round == work->rounds) {
		if (work->patience < BUSY_TRIES - 1) {
			work->patience++;
		}
		casp_ldap_pause(BUSY_WAIT_MS << (work->patience - 1));
		work->rounds++;
		work->ahead = NULL;
	}
	if (casp_ldap_stopping(work)) {
		return settle(task, CAS_OUTCOME_NOT_TRIED, NULL);
	}
	return launch(work, task);
}

/* Results that speak of what the object holds, not of whether the change is allowed. */
static bool tells_of_object(int rc)
{
	switch (rc) {
	case LDAP_NO_SUCH_ATTRIBUTE:
	case LDAP_CONSTRAINT_VIOLATION: /* a second value, as Windows says it */
	case LDAP_TYPE_OR_VALUE_EXISTS:
	case LDAP_NO_SUCH_OBJECT:
	case LDAP_ALREADY_EXISTS:
		return true;
	default:
		return false;
	}
}

int casp_ldap_answer(struct casp_ldap_work *work, struct casp_ldap_task *task, int rc,
		     const char *diagnostic, struct cas_error **err)
{
	int r;

	if (rc == LDAP_BUSY || rc == LDAP_UNAVAILABLE) {
		r = retry_busy(work, task, rc, diagnostic);
	} else if (rc == LDAP_SUCCESS) {
		work->patience = 0;
		r = settle(task, CAS_OUTCOME_DONE, NULL);
	} else if (tells_of_object(rc)) {
		return judge(work, task, rc, diagnostic, err);
	} else {
		r = settle_refused(task, rc, diagnostic);
	}
	return r < 0 ? casp_error_nomem(err) : 0;
}

int casp_ldap_read_back(struct casp_ldap_work *work, struct casp_ldap_task *task,
			struct cas_error **err)
{
	task->again = true;
	return judge(work, task, LDAP_SUCCESS, NULL, err);
}
