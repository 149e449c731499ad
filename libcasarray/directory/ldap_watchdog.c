/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The time limit of a connection. libldap has none for TLS handshakes (OpenLDAP ITS#8047:
 * it spins or blocks for ever) nor for an answer that stops halfway: a thread shuts the
 * socket down when the time is up, which ends every call that waits for it. While the
 * connection is set up it does so, too, when the user wishes to stop.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "../base/context.h"
#include "ldap_way.h"

#define SECOND ((int64_t)1000000000)
#define IDLE INT64_MAX
/* The longest that a wish to stop goes unnoticed. */
#define SLICE_MS 200

struct casp_ldap_watchdog {
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	bool stop;       /* under the mutex */
	bool setting_up; /* likewise */
	const struct cas_context *context;
	int fd;
	int64_t limit;
	_Atomic int64_t deadline; /* on the monotonic clock; IDLE: none */
	atomic_bool expired;
	atomic_bool interrupted;
};

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * SECOND + ts.tv_nsec;
}

/* When the thread looks again. */
static int64_t wake_at(const struct casp_ldap_watchdog *dog, int64_t time,
		       int64_t deadline)
{
	int64_t most = dog->setting_up ? SLICE_MS * (SECOND / 1000) : dog->limit;

	return deadline < time + most ? deadline : time + most;
}

/*
 * Sleeps no longer than the limit: a deadline that is set meanwhile lies behind the end
 * of that sleep, so whoever sets one need not wake the thread.
 */
static void *watch(void *closure)
{
	struct casp_ldap_watchdog *dog = closure;

	pthread_mutex_lock(&dog->mutex);
	while (!dog->stop) {
		int64_t time = now(), deadline = dog->deadline;
		int64_t wake = wake_at(dog, time, deadline);
		struct timespec ts;

		if (dog->setting_up && casp_interrupted(dog->context)) {
			dog->interrupted = true;
		} else if (deadline <= time) {
			dog->expired = true;
		}
		if (dog->interrupted || dog->expired) {
			shutdown(dog->fd, SHUT_RDWR);
			break;
		}
		ts.tv_sec = wake / SECOND;
		ts.tv_nsec = wake % SECOND;
		pthread_cond_timedwait(&dog->cond, &dog->mutex, &ts);
	}
	pthread_mutex_unlock(&dog->mutex);
	return NULL;
}

/* The program's signals are for its own threads. */
static int start(struct casp_ldap_watchdog *dog)
{
	pthread_condattr_t attr;
	sigset_t all, old;
	int r;

	pthread_mutex_init(&dog->mutex, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&dog->cond, &attr);
	pthread_condattr_destroy(&attr);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&dog->thread, NULL, watch, dog);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return r;
}

static void destroy(struct casp_ldap_watchdog *dog)
{
	pthread_cond_destroy(&dog->cond);
	pthread_mutex_destroy(&dog->mutex);
	free(dog);
}

int casp_ldap_watch(struct casp_ldap *ldap, int fd, struct cas_error **err)
{
	struct casp_ldap_watchdog *dog = calloc(1, sizeof(*dog));
	int r;

	if (!dog) {
		return casp_error_nomem(err);
	}
	dog->fd = fd;
	dog->limit = ldap->way->timeout * SECOND;
	dog->deadline = IDLE;
	dog->context = ldap->directory.context;
	dog->setting_up = true;
	r = start(dog);
	if (r) {
		destroy(dog);
		return casp_error(err, CAS_E_IO, "cannot start a thread: %s",
				  strerror(r));
	}
	ldap->watchdog = dog;
	if (ldap->guards) {
		casp_ldap_rearm(ldap);
	}
	return 0;
}

void casp_ldap_unwatch(struct casp_ldap *ldap)
{
	struct casp_ldap_watchdog *dog = ldap->watchdog;

	if (!dog) {
		return;
	}
	ldap->watchdog = NULL;
	pthread_mutex_lock(&dog->mutex);
	dog->stop = true;
	pthread_cond_signal(&dog->cond);
	pthread_mutex_unlock(&dog->mutex);
	pthread_join(dog->thread, NULL);
	destroy(dog);
}

void casp_ldap_rearm(struct casp_ldap *ldap)
{
	if (ldap->watchdog) {
		ldap->watchdog->deadline = now() + ldap->watchdog->limit;
	}
}

void casp_ldap_is_set_up(struct casp_ldap *ldap)
{
	struct casp_ldap_watchdog *dog = ldap->watchdog;

	pthread_mutex_lock(&dog->mutex);
	dog->setting_up = false;
	pthread_mutex_unlock(&dog->mutex);
}

bool casp_ldap_was_interrupted(const struct casp_ldap *ldap)
{
	return ldap->watchdog && ldap->watchdog->interrupted;
}

bool casp_ldap_expired(const struct casp_ldap *ldap)
{
	return ldap->watchdog && ldap->watchdog->expired;
}

/* ---- guards ---- */

void casp_ldap_enter(struct casp_ldap_guard *guard, struct casp_ldap *ldap)
{
	sigset_t pipe, pending;

	guard->ldap = ldap;
	if (ldap->guards++ == 0) {
		sigpending(&pending);
		guard->pending = sigismember(&pending, SIGPIPE) == 1;
		sigemptyset(&pipe);
		sigaddset(&pipe, SIGPIPE);
		pthread_sigmask(SIG_BLOCK, &pipe, &guard->mask);
	}
	casp_ldap_rearm(ldap);
}

void casp_ldap_leave(struct casp_ldap_guard *guard)
{
	struct casp_ldap *ldap = guard->ldap;
	const struct timespec at_once = {0};
	int saved = errno;
	sigset_t pipe;

	if (--ldap->guards > 0) {
		return;
	}
	if (ldap->watchdog) {
		ldap->watchdog->deadline = IDLE;
	}
	/* one that we raised is ours to take away */
	if (!guard->pending) {
		sigemptyset(&pipe);
		sigaddset(&pipe, SIGPIPE);
		while (sigtimedwait(&pipe, NULL, &at_once) < 0 && errno == EINTR) {
		}
	}
	pthread_sigmask(SIG_SETMASK, &guard->mask, NULL);
	errno = saved;
}

/* ---- waiting ---- */

/* What the server may still send would be taken for the answer to something else. */
static int timed_out(struct casp_ldap *ldap, struct cas_error **err)
{
	if (ldap->watchdog) {
		ldap->watchdog->expired = true;
		shutdown(ldap->watchdog->fd, SHUT_RDWR);
	}
	return casp_ldap_error(err, ldap, LDAP_SERVER_DOWN, NULL, "cannot read from",
			       ldap->directory.address);
}

int casp_ldap_wait(struct casp_ldap *ldap, int id, LDAPMessage **ret,
		   struct cas_error **err)
{
	int64_t left = (int64_t)ldap->way->timeout * 1000;
	LDAPMessage *message = NULL;
	int type, rc = LDAP_SERVER_DOWN;

	casp_ldap_rearm(ldap);
	do {
		struct timeval slice = {.tv_usec = SLICE_MS * 1000};

		if (ldap->interruptible && casp_interrupted(ldap->directory.context)) {
			return casp_error(err, CAS_E_INTERRUPTED, "interrupted");
		}
		type = ldap_result(ldap->ld, id, LDAP_MSG_ONE, &slice, &message);
		left -= SLICE_MS;
	} while (type == 0 && left > 0);
	if (type > 0) {
		*ret = message;
		return 0;
	}
	ldap_msgfree(message);
	if (type == 0) {
		return timed_out(ldap, err);
	}
	ldap_get_option(ldap->ld, LDAP_OPT_RESULT_CODE, &rc);
	return casp_ldap_error(err, ldap, rc != LDAP_SUCCESS ? rc : LDAP_SERVER_DOWN,
			       NULL, "cannot read from", ldap->directory.address);
}
