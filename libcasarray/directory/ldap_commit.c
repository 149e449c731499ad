/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes on a server: a window of them in flight over one connection. The outcome of
 * each is what the server answered or, where the answer was lost, what the object holds
 * then.
 */
#include <stdlib.h>
#include <time.h>

#include "../base/context.h"
#include "../names/dn.h"
#include "ldap_commit.h"

bool casp_ldap_stopping(const struct casp_ldap_work *work)
{
	return work->stop || casp_interrupted(work->ldap->directory.context);
}

void casp_ldap_pause(unsigned ms)
{
	struct timespec ts = {ms / 1000, (long)(ms % 1000) * 1000000};

	nanosleep(&ts, NULL);
}

static bool in_flight(const struct casp_ldap_work *work,
		      const struct casp_ldap_task *task)
{
	for (size_t i = 0; i < work->n_flying; i++) {
		if (work->flying[i]->dn_hash == task->dn_hash) {
			return true;
		}
	}
	return false;
}

/* Is no more to be begun, because something failed? */
static bool has_enough(const struct casp_ldap_work *work)
{
	return work->failed && work->ldap->directory.stops_at_failure;
}

static int fill_window(struct casp_ldap_work *work, struct cas_error **err)
{
	while (work->next < work->end && work->n_flying < CASP_LDAP_WINDOW &&
	       work->ldap->ld && !casp_ldap_stopping(work) && !has_enough(work) &&
	       !in_flight(work, &work->tasks[work->next])) {
		int r = casp_ldap_begin(work, &work->tasks[work->next], err);

		if (r < 0) {
			return r; /* nothing of this one was sent */
		}
		work->next++;
	}
	return 0;
}

static void land(struct casp_ldap_work *work, struct casp_ldap_task *task)
{
	for (size_t i = 0; i < work->n_flying; i++) {
		if (work->flying[i] == task) {
			work->flying[i] = work->flying[--work->n_flying];
			return;
		}
	}
}

/* Is it an answer of the kind that the change asks for? */
static bool answers(const struct casp_ldap_task *task, LDAPMessage *message)
{
	static const int types[] = {
		[CASP_CHANGE_ADD] = LDAP_RES_ADD,
		[CASP_CHANGE_MODIFY] = LDAP_RES_MODIFY,
		[CASP_CHANGE_RENAME] = LDAP_RES_MODDN,
		[CASP_CHANGE_DELETE] = LDAP_RES_DELETE,
	};

	return ldap_msgtype(message) == types[task->change->op];
}

static int take_message(struct casp_ldap_work *work, LDAPMessage *message,
			struct cas_error **err)
{
	struct casp_ldap_task *task = NULL;
	CASP_CLEANUP(casp_freep) char *words = NULL;
	int rc, r;

	for (size_t i = 0; i < work->n_flying; i++) {
		if (work->flying[i]->id == ldap_msgid(message)) {
			task = work->flying[i];
		}
	}
	if (!task || ldap_msgtype(message) == LDAP_RES_INTERMEDIATE) {
		return 0;
	}
	rc = casp_ldap_result_read(work->ldap, message, &words);
	if (rc < 0 || (rc == LDAP_SUCCESS && !answers(task, message))) {
		/* Whatever it means: only the object can tell. */
		casp_ldap_disconnect(work->ldap);
		return 0;
	}
	land(work, task);
	r = casp_ldap_answer(work, task, rc, words, err);
	if (r == CAS_E_IO) {
		/* It could not be read back: as if its answer had been lost. */
		work->flying[work->n_flying++] = task;
	}
	work->failed = work->failed || task->result->outcome == CAS_OUTCOME_CONFLICT ||
		       task->result->outcome == CAS_OUTCOME_REFUSED;
	return r;
}

static int wait_message(struct casp_ldap_work *work, struct cas_error **err)
{
	LDAPMessage *message = NULL;
	int r = casp_ldap_wait(work->ldap, LDAP_RES_ANY, &message, err);

	if (r == 0) {
		r = take_message(work, message, err);
		ldap_msgfree(message);
	}
	return r;
}

/* All of a phase is in flight, and the next one begins with a removal, which has no
 * condition of its own. */
static int look_ahead(struct casp_ldap_work *work, struct cas_error **err)
{
	struct casp_ldap_task *task =
		work->end < work->n ? &work->tasks[work->end] : NULL;
	struct cas_error *error = NULL;
	int r;

	if (!task || task->change->op != CASP_CHANGE_DELETE || work->looked_ahead ||
	    work->next < work->end || !work->n_flying || !work->ldap->ld ||
	    work->failed || casp_ldap_stopping(work)) {
		return 0;
	}
	work->looked_ahead = true;
	r = casp_ldap_look_ahead(work, task, &error);
	if (r == CAS_E_IO) {
		casp_error_pass(err, error);
		return r;
	}
	cas_error_free(error);
	return 0;
}

/* One round; what breaks the connection is no error yet. */
static void step(struct casp_ldap_work *work)
{
	struct cas_error *error = NULL;
	int r = fill_window(work, &error);

	if (r == 0) {
		r = look_ahead(work, &error);
	}
	if (r == 0 && work->n_flying && work->ldap->ld) {
		r = wait_message(work, &error);
	}
	if (r == CAS_E_IO || (r == 0 && !work->ldap->ld)) {
		casp_log(work->ldap->directory.context, CAS_LOG_INFO, "%s",
			 error ? cas_error_message(error) : "the connection broke");
		cas_error_free(error);
		casp_ldap_disconnect(work->ldap);
		casp_ldap_recover(work);
	} else if (r < 0) {
		casp_ldap_give_up(work, error);
	}
	casp_progress(work->ldap->directory.context, "writing",
		      work->next - work->n_flying, work->n);
}

/* Of the phase that begins with the first: changes of one kind that follow each other, or
 * that need not wait. */
static size_t phase_end(const struct casp_ldap_work *work, size_t first)
{
	size_t end = first + 1;

	while (end < work->n &&
	       (work->tasks[end - 1].change->loose ||
		work->tasks[end].change->op == work->tasks[end - 1].change->op)) {
		end++;
	}
	return end;
}

static bool has(const struct casp_ldap_work *work, size_t first, size_t end,
		enum cas_outcome outcome)
{
	for (size_t i = first; i < end; i++) {
		if (work->tasks[i].result->outcome == outcome) {
			return true;
		}
	}
	return false;
}

static bool has_failed(const struct casp_ldap_work *work, size_t first, size_t end)
{
	return has(work, first, end, CAS_OUTCOME_CONFLICT) ||
	       has(work, first, end, CAS_OUTCOME_REFUSED);
}

/* Those that may be tried later: not what had to follow a change that failed. */
static void mark_broken_off(struct casp_ldap_work *work, size_t first, size_t end)
{
	size_t last = has_failed(work, first, end) ? end : work->n;

	for (size_t i = first; i < last; i++) {
		struct casp_result *result = work->tasks[i].result;

		result->broken_off = result->outcome == CAS_OUTCOME_NOT_TRIED;
	}
}

static void run_phase(struct casp_ldap_work *work, size_t first, size_t end)
{
	work->next = first;
	work->end = end;
	work->looked_ahead = false;
	while (!work->stop &&
	       (work->n_flying || (work->next < work->end && !casp_ldap_stopping(work) &&
				   !has_enough(work)))) {
		step(work);
	}
}

static void run(struct casp_ldap_work *work)
{
	size_t first = 0;

	while (first < work->n) {
		size_t end = phase_end(work, first);

		run_phase(work, first, end);
		if (casp_ldap_stopping(work) &&
		    has(work, first, work->n, CAS_OUTCOME_NOT_TRIED)) {
			mark_broken_off(work, first, end);
			return;
		}
		if (has_failed(work, first, end) ||
		    has(work, first, end, CAS_OUTCOME_UNKNOWN)) {
			return;
		}
		first = end;
	}
}

int casp_ldap_commit(struct cas_directory *directory, const struct casp_change *changes,
		     size_t n, struct casp_result *results, struct cas_error **err)
{
	struct casp_ldap *ldap = (struct casp_ldap *)directory;
	struct casp_ldap_work work = {.ldap = ldap, .n = n};
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

		run(&work);
	}
	r = casp_ldap_account(&work, err);
	cas_error_free(work.error);
	casp_arena_free(&work.arena);
	free(work.tasks);
	return r;
}
