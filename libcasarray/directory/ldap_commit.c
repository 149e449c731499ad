/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes on a server: a window of them in flight over one connection. The outcome of
 * each is what the server answered or, where the answer was lost, what the object holds
 * then.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../base/context.h"
#include "../names/dn.h"
#include "ldap_write.h"

/* Enough to hide the round trip; no burden for a domain controller. */
#define WINDOW 32
#define BUSY_TRIES 6
#define BUSY_WAIT_MS 100
#define RECONNECTS 3
#define RECONNECT_WAIT_MS 500

struct task {
	const struct casp_change *change;
	struct casp_result *result;
	uint64_t dn_hash;
	const bool *apply; /* which modifications; NULL: all */
	int id;
	int rc; /* with which the server refused it */
	unsigned busy;
	bool modified; /* of a rename: its modifications are done */
	bool again;    /* was sent before: what is done may have been us */
};

struct work {
	struct casp_ldap *ldap;
	struct task *tasks; /* parallel to the changes */
	size_t next, end;   /* of the phase: those not yet sent */
	struct task *flying[WINDOW];
	size_t n_flying;
	struct casp_arena arena;
	bool stop; /* no more is sent */
	struct cas_error *error;
};

static bool interrupted(const struct work *work)
{
	return casp_interrupted(work->ldap->directory.context);
}

static bool stopping(const struct work *work)
{
	return work->stop || interrupted(work);
}

/* ---- outcomes ---- */

__attribute__((format(printf, 3, 4))) static int
settle(struct task *task, enum cas_outcome outcome, const char *format, ...)
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

static int settle_done(struct task *task)
{
	return settle(task, task->again ? CAS_OUTCOME_DONE : CAS_OUTCOME_ALREADY, NULL);
}

static int settle_gone(struct task *task)
{
	return settle(task, CAS_OUTCOME_CONFLICT, "there is no such object any more");
}

static int settle_refused(struct task *task, int rc, const char *diagnostic)
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

static int send_operation(struct work *work, struct task *task, struct cas_error **err)
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
		if (task->modified || change->n_mods == 0) {
			return casp_ldap_send_rename(ldap, change, &work->arena,
						     &task->id, err);
		}
		break;
	case CASP_CHANGE_MODIFY:
		break;
	}
	return casp_ldap_send_modify(ldap, change, task->apply, &work->arena, &task->id,
				     err);
}

/* A request that could not be sent whole may still reach the server: it is in flight, and
 * the connection of no use. */
static int launch(struct work *work, struct task *task)
{
	struct cas_error *error = NULL;
	int r = send_operation(work, task, &error);

	if (r == CAS_E_NOMEM) {
		cas_error_free(error);
		return r;
	}
	work->flying[work->n_flying++] = task;
	if (r < 0) {
		casp_log(work->ldap->directory.context, CAS_LOG_INFO, "%s",
			 cas_error_message(error));
		cas_error_free(error);
		casp_ldap_disconnect(work->ldap);
	}
	return 0;
}

static void land(struct work *work, struct task *task)
{
	for (size_t i = 0; i < work->n_flying; i++) {
		if (work->flying[i] == task) {
			work->flying[i] = work->flying[--work->n_flying];
			return;
		}
	}
}

/* ---- judging ---- */

/* Sends what is left to do. */
static int go_on(struct work *work, struct task *task,
		 const struct casp_ldap_judgement *judgement)
{
	if (stopping(work)) {
		return settle(task, CAS_OUTCOME_NOT_TRIED, NULL);
	}
	task->apply = judgement->verdict == CASP_LDAP_PARTLY ? judgement->apply : NULL;
	if (task->change->op == CASP_CHANGE_RENAME) {
		task->modified = true;
		for (size_t i = 0; i < task->change->n_mods; i++) {
			task->modified = task->modified && !judgement->apply[i];
		}
		task->apply = judgement->apply;
	}
	return launch(work, task);
}

static int settle_absent(struct work *work, struct task *task,
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
static int judge(struct work *work, struct task *task, int rc, const char *diagnostic,
		 struct cas_error **err)
{
	struct casp_ldap_judgement judgement;
	bool first = rc == LDAP_SUCCESS;
	int r = casp_ldap_judge(work->ldap, task->change, &work->arena, &judgement, err);

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
		if (!change->mods[i].old_value && !change->mods[i].beside) {
			return true;
		}
	}
	return false;
}

static int begin(struct work *work, struct task *task, struct cas_error **err)
{
	if (needs_look(task->change)) {
		return judge(work, task, LDAP_SUCCESS, NULL, err);
	}
	return launch(work, task) < 0 ? casp_error_nomem(err) : 0;
}

/* ---- answers ---- */

static void pause_ms(unsigned ms)
{
	struct timespec ts = {ms / 1000, (long)(ms % 1000) * 1000000};

	nanosleep(&ts, NULL);
}

static int retry_busy(struct work *work, struct task *task, int rc,
		      const char *diagnostic)
{
	if (++task->busy >= BUSY_TRIES) {
		return settle_refused(task, rc, diagnostic);
	}
	pause_ms(BUSY_WAIT_MS << (task->busy - 1));
	if (stopping(work)) {
		return settle(task, CAS_OUTCOME_NOT_TRIED, NULL);
	}
	return launch(work, task);
}

static int succeed(struct work *work, struct task *task)
{
	const struct casp_change *change = task->change;

	if (change->op == CASP_CHANGE_RENAME && change->n_mods && !task->modified) {
		task->modified = true;
		return launch(work, task);
	}
	return settle(task, CAS_OUTCOME_DONE, NULL);
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

static int answer(struct work *work, struct task *task, int rc, const char *diagnostic,
		  struct cas_error **err)
{
	int r;

	if (rc == LDAP_BUSY || rc == LDAP_UNAVAILABLE) {
		r = retry_busy(work, task, rc, diagnostic);
	} else if (rc == LDAP_SUCCESS) {
		r = succeed(work, task);
	} else if (tells_of_object(rc)) {
		return judge(work, task, rc, diagnostic, err);
	} else {
		r = settle_refused(task, rc, diagnostic);
	}
	return r < 0 ? casp_error_nomem(err) : 0;
}

/* ---- lost connections ---- */

/* What is in flight has no answer any more. */
struct lost {
	struct task *tasks[WINDOW];
	size_t n;
};

static void lose(struct work *work, struct lost *lost)
{
	for (size_t i = 0; i < work->n_flying; i++) {
		lost->tasks[lost->n++] = work->flying[i];
	}
	work->n_flying = 0;
}

/* Settles them over a new connection; what is not done is sent again. */
static int read_back(struct work *work, struct lost *lost, struct cas_error **err)
{
	int r = casp_ldap_connect(work->ldap, err);

	while (r == 0 && lost->n && work->ldap->ld) {
		struct task *task = lost->tasks[lost->n - 1];

		task->again = true;
		r = judge(work, task, LDAP_SUCCESS, NULL, err);
		lost->n -= r == 0;
	}
	if (r == 0 && !work->ldap->ld) {
		return casp_error(err, CAS_E_IO, "the connection to '%s' broke again",
				  work->ldap->directory.address);
	}
	return r;
}

/* Nobody can tell now what became of them. */
static void give_up(struct work *work, const struct lost *lost, struct cas_error *error)
{
	for (size_t i = 0; i < lost->n; i++) {
		lost->tasks[i]->result->outcome = CAS_OUTCOME_UNKNOWN;
	}
	cas_error_free(work->error);
	work->error = error;
	work->stop = true;
}

static void recover(struct work *work)
{
	struct lost lost = {.n = 0};
	struct cas_error *error = NULL;
	unsigned tries = 0;
	int r;

	do {
		lose(work, &lost);
		cas_error_free(error);
		error = NULL;
		if (tries++) {
			pause_ms(RECONNECT_WAIT_MS);
		}
		r = read_back(work, &lost, &error);
	} while (r == CAS_E_IO && tries < RECONNECTS);
	if (r < 0) {
		lose(work, &lost);
		give_up(work, &lost, error);
	}
}

/* ---- the window ---- */

static bool in_flight(const struct work *work, const struct task *task)
{
	for (size_t i = 0; i < work->n_flying; i++) {
		if (work->flying[i]->dn_hash == task->dn_hash) {
			return true;
		}
	}
	return false;
}

static int fill_window(struct work *work, struct cas_error **err)
{
	while (work->next < work->end && work->n_flying < WINDOW && work->ldap->ld &&
	       !stopping(work) && !in_flight(work, &work->tasks[work->next])) {
		int r = begin(work, &work->tasks[work->next], err);

		if (r < 0) {
			return r; /* nothing of this one was sent */
		}
		work->next++;
	}
	return 0;
}

static int take_message(struct work *work, LDAPMessage *message, struct cas_error **err)
{
	struct task *task = NULL;
	char *diagnostic = NULL;
	int rc = LDAP_OTHER, r;

	for (size_t i = 0; i < work->n_flying; i++) {
		if (work->flying[i]->id == ldap_msgid(message)) {
			task = work->flying[i];
		}
	}
	if (!task || ldap_msgtype(message) == LDAP_RES_INTERMEDIATE) {
		return 0;
	}
	if (ldap_parse_result(work->ldap->ld, message, &rc, NULL, &diagnostic, NULL, NULL,
			      0) != LDAP_SUCCESS) {
		/* Whatever it means: only the object can tell. */
		casp_ldap_disconnect(work->ldap);
		return 0;
	}
	land(work, task);
	r = answer(work, task, rc, diagnostic, err);
	ldap_memfree(diagnostic);
	if (r == CAS_E_IO) {
		/* It could not be read back: as if its answer had been lost. */
		work->flying[work->n_flying++] = task;
	}
	return r;
}

static int wait_message(struct work *work, struct cas_error **err)
{
	LDAPMessage *message = NULL;
	int r = casp_ldap_wait(work->ldap, LDAP_RES_ANY, &message, err);

	if (r == 0) {
		r = take_message(work, message, err);
		ldap_msgfree(message);
	}
	return r;
}

/* One round; what breaks the connection is no error yet. */
static void step(struct work *work)
{
	struct cas_error *error = NULL;
	struct lost lost = {.n = 0};
	int r = fill_window(work, &error);

	if (r == 0 && work->n_flying && work->ldap->ld) {
		r = wait_message(work, &error);
	}
	if (r == CAS_E_IO || (r == 0 && !work->ldap->ld)) {
		casp_log(work->ldap->directory.context, CAS_LOG_INFO, "%s",
			 error ? cas_error_message(error) : "the connection broke");
		cas_error_free(error);
		casp_ldap_disconnect(work->ldap);
		recover(work);
	} else if (r < 0) {
		lose(work, &lost);
		give_up(work, &lost, error);
	}
}

static bool all_held(const struct work *work, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++) {
		enum cas_outcome outcome = work->tasks[i].result->outcome;

		if (outcome != CAS_OUTCOME_DONE && outcome != CAS_OUTCOME_ALREADY) {
			return false;
		}
	}
	return true;
}

static void run(struct work *work, size_t n)
{
	size_t first = 0;

	while (first < n && !stopping(work)) {
		work->next = work->end = first;
		while (work->end < n && work->tasks[work->end].change->op ==
						work->tasks[first].change->op) {
			work->end++;
		}
		while (!work->stop &&
		       (work->n_flying || (work->next < work->end && !stopping(work)))) {
			step(work);
		}
		if (!all_held(work, first, work->end)) {
			return;
		}
		first = work->end;
	}
}

/* ---- the account ---- */

static int fail(const struct task *task, size_t done, struct cas_error **err)
{
	bool conflict = task->result->outcome == CAS_OUTCOME_CONFLICT;
	bool rights = !conflict && casp_ldap_result_code(task->rc) == CAS_E_RIGHTS;
	enum cas_code code = done       ? CAS_E_PARTIAL
			     : conflict ? CAS_E_CONFLICT
			     : rights   ? CAS_E_RIGHTS
					: CAS_E_REFUSED;

	casp_error(err, code, "cannot change '%.*s': %s", CASP_STR_ARG(task->change->dn),
		   task->result->reason ? task->result->reason : "out of memory");
	if (done) {
		casp_error_hint(err,
				"%zu other change%s made: 'casarray history' shows "
				"them, and 'casarray undo' takes them back",
				done, done == 1 ? " was" : "s were");
	} else if (conflict) {
		casp_error_hint(err,
				"somebody changed it meanwhile; nothing was written: "
				"look again and repeat the command");
	} else {
		casp_error_hint(err, "nothing was written");
	}
	return code;
}

static int unknown(struct work *work, size_t n, struct cas_error **err)
{
	casp_error(err, CAS_E_PARTIAL, "whether %zu change%s made is not known: %s", n,
		   n == 1 ? " was" : "s were", cas_error_message(work->error));
	return CAS_E_PARTIAL;
}

static int stopped(struct work *work, size_t done, size_t n, struct cas_error **err)
{
	struct cas_error *error = work->error;
	enum cas_code code =
		interrupted(work) || !error ? CAS_E_INTERRUPTED : cas_error_code(error);
	const char *why = error ? cas_error_message(error) : "interrupted";

	if (done) {
		casp_error(err, CAS_E_PARTIAL, "%s; %zu of %zu changes were made", why,
			   done, n);
		return CAS_E_PARTIAL;
	}
	return casp_error(err, code, "%s; nothing was written", why);
}

static int account(struct work *work, size_t n, struct cas_error **err)
{
	size_t count[CAS_OUTCOME_UNKNOWN + 1] = {0};
	const struct task *failed = NULL;

	for (size_t i = 0; i < n; i++) {
		enum cas_outcome outcome = work->tasks[i].result->outcome;

		count[outcome]++;
		if (!failed &&
		    (outcome == CAS_OUTCOME_CONFLICT || outcome == CAS_OUTCOME_REFUSED)) {
			failed = &work->tasks[i];
		}
	}
	if (count[CAS_OUTCOME_UNKNOWN]) {
		return unknown(work, count[CAS_OUTCOME_UNKNOWN], err);
	}
	if (failed) {
		return fail(failed, count[CAS_OUTCOME_DONE], err);
	}
	return count[CAS_OUTCOME_NOT_TRIED]
		       ? stopped(work, count[CAS_OUTCOME_DONE], n, err)
		       : 0;
}

int casp_ldap_commit(struct cas_directory *directory, const struct casp_change *changes,
		     size_t n, struct casp_result *results, struct cas_error **err)
{
	struct casp_ldap *ldap = (struct casp_ldap *)directory;
	struct work work = {.ldap = ldap};
	int r = n && !ldap->ld ? casp_ldap_connect(ldap, err) : 0;

	if (r < 0 || n == 0) {
		return r;
	}
	work.tasks = calloc(n, sizeof(*work.tasks));
	if (!work.tasks) {
		return casp_error_nomem(err);
	}
	for (size_t i = 0; i < n; i++) {
		work.tasks[i].change = &changes[i];
		work.tasks[i].result = &results[i];
		work.tasks[i].dn_hash = casp_dn_hash(changes[i].dn);
	}
	{
		CASP_LDAP_GUARD(ldap);

		run(&work, n);
	}
	r = account(&work, n, err);
	cas_error_free(work.error);
	casp_arena_free(&work.arena);
	free(work.tasks);
	return r;
}
