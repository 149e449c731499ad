/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lock that writers of one file take. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "str.h"

#define POLL_MS 50
#define LOCK_BYTES 32 /* more than a pid needs */

struct casp_lock {
	int fd;
	char *path; /* of the lock file */
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void sleep_ms(int64_t ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

	nanosleep(&t, NULL);
}

static int open_lock_file(struct casp_lock *lock, struct cas_error **err)
{
	struct stat st;

	do {
		lock->fd = open(lock->path,
				O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
				0666);
	} while (lock->fd < 0 && errno == EINTR);
	if (lock->fd < 0 || fstat(lock->fd, &st) < 0) {
		return casp_file_error(err, "create lock file", lock->path, errno);
	}
	if (!S_ISREG(st.st_mode)) {
		return casp_error(err, CAS_E_IO, "cannot lock '%s': not a regular file",
				  lock->path);
	}
	/* It will be overwritten, then removed. */
	if (st.st_size > LOCK_BYTES) {
		casp_error(err, CAS_E_IO,
			   "cannot lock '%s': the file holds something else than a lock",
			   lock->path);
		return casp_error_hint(err, "give it another name");
	}
	return 0;
}

/* 1: taken, 0: somebody else has it. */
static int try_lock(struct casp_lock *lock, struct cas_error **err)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	if (fcntl(lock->fd, F_OFD_SETLK, &whole) == 0) {
		return 1;
	}
	if (errno == EAGAIN || errno == EACCES || errno == EINTR) {
		return 0;
	}
	return casp_file_error(err, "lock", lock->path, errno);
}

/*
 * Is the file that is locked still the one that others find? Its last holder may have
 * removed it between open() and the lock. 1: yes, 0: no.
 */
static int still_there(const struct casp_lock *lock, struct cas_error **err)
{
	struct stat here, there;

	if (fstat(lock->fd, &here) < 0) {
		return casp_file_error(err, "lock", lock->path, errno);
	}
	if (lstat(lock->path, &there) < 0) {
		return errno == ENOENT ? 0
				       : casp_file_error(err, "lock", lock->path, errno);
	}
	return here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

static void write_pid(const struct casp_lock *lock)
{
	char text[LOCK_BYTES];
	int n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

	if (ftruncate(lock->fd, 0) < 0 || pwrite(lock->fd, text, (size_t)n, 0) < 0) {
		return; /* a full disk: who waits is not told by whom it is held */
	}
}

static int held_by_other(const struct casp_lock *lock, const char *path,
			 struct cas_error **err)
{
	char text[LOCK_BYTES] = "";
	ssize_t n = pread(lock->fd, text, sizeof(text) - 1, 0);
	long pid = n > 0 ? strtol(text, NULL, 10) : 0;
	bool first = err && !*err;

	if (pid > 0) {
		casp_error(err, CAS_E_CONFLICT,
			   "cannot lock '%s': process %ld is changing it", path, pid);
	} else {
		casp_error(err, CAS_E_CONFLICT,
			   "cannot lock '%s': another process is changing it", path);
	}
	if (first) {
		casp_error_hint(err, "wait until it has finished, then try again");
	}
	return CAS_E_CONFLICT;
}

/* 1: taken, 0: not yet. */
static int attempt(struct casp_lock *lock, struct cas_error **err)
{
	int r = 0;

	if (lock->fd < 0) {
		r = open_lock_file(lock, err);
	}
	if (r == 0) {
		r = try_lock(lock, err);
	}
	if (r == 1) {
		r = still_there(lock, err);
		if (r == 0) {
			close(lock->fd);
			lock->fd = -1;
		}
	}
	return r;
}

static int wait_for_lock(struct casp_lock *lock, const char *path, unsigned timeout_ms,
			 struct cas_error **err)
{
	int64_t end = now_ms() + timeout_ms;

	for (;;) {
		int r = attempt(lock, err);
		int64_t left = end - now_ms();

		if (r != 0) {
			return r < 0 ? r : 0;
		}
		if (lock->fd < 0) {
			continue; /* its holder has just removed it: the next one is free
				   */
		}
		if (left <= 0) {
			return held_by_other(lock, path, err);
		}
		sleep_ms(left < POLL_MS ? left : POLL_MS);
	}
}

static void lock_free(struct casp_lock *lock)
{
	if (lock->fd >= 0) {
		close(lock->fd);
	}
	free(lock->path);
	free(lock);
}

int casp_lock_take(const char *path, unsigned timeout_ms, struct casp_lock **ret,
		   struct cas_error **err)
{
	struct casp_lock *lock = calloc(1, sizeof(*lock));
	int r;

	if (!lock) {
		return casp_error_nomem(err);
	}
	lock->fd = -1;
	if (asprintf(&lock->path, "%s.lock", path) < 0) {
		lock->path = NULL;
		lock_free(lock);
		return casp_error_nomem(err);
	}
	r = wait_for_lock(lock, path, timeout_ms, err);
	if (r < 0) {
		lock_free(lock);
		return r;
	}
	write_pid(lock);
	*ret = lock;
	return 0;
}

void casp_lock_release(struct casp_lock *lock)
{
	struct flock none = {.l_type = F_UNLCK, .l_whence = SEEK_SET};

	if (!lock) {
		return;
	}
	/* Removed while it is held: who waits on it sees that it is gone and makes
	 * another. */
	unlink(lock->path);
	/* A child process that inherited the descriptor would hold it on. */
	fcntl(lock->fd, F_OFD_SETLK, &none);
	lock_free(lock);
}

void casp_lock_tidy(const char *path)
{
	CASP_CLEANUP(casp_freep) char *name = NULL;
	struct casp_lock *lock;
	struct stat st;

	if (asprintf(&name, "%s.lock", path) < 0) {
		name = NULL;
		return;
	}
	/* Whoever is at work removes it himself. */
	if (lstat(name, &st) == 0 && casp_lock_take(path, 0, &lock, NULL) == 0) {
		casp_replace_tidy(path);
		casp_lock_release(lock);
	}
}
