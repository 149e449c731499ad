/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lock, between processes. */
#include "folder.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

/* ---- the lock -----------------------------------------------------------------------
 */

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

START_TEST(lock_excludes)
{
	struct cas_error *err = NULL;
	struct casp_lock *lock = NULL, *other = NULL;
	int64_t start;
	int r;

	ck_assert_int_eq(casp_lock_take(file, 0, &lock, &err), 0);
	start = now_ms();
	r = casp_lock_take(file, 120, &other, &err);
	ck_assert_int_ge(now_ms() - start, 120);
	ck_assert_int_lt(now_ms() - start, 2000);
	ck_assert_str_eq(cas_error_hint(err),
			 "wait until it has finished, then try again");
	failed(r, &err, CAS_E_CONFLICT, "cannot lock '%s': process %ld is changing it",
	       file, (long)getpid());
	ck_assert_ptr_null(other);
	casp_lock_release(lock);
	ck_assert_int_eq(access(at("data.ldif.lock"), F_OK), -1);
	ck_assert_int_eq(casp_lock_take(file, 0, &lock, &err), 0);
	casp_lock_release(lock);
	casp_lock_release(NULL);
	ck_assert_int_eq(entries(), 1);
}
END_TEST

START_TEST(lock_without_pid)
{
	struct cas_error *err = NULL;
	struct casp_lock *lock = NULL, *other = NULL;
	int r;

	ck_assert_int_eq(casp_lock_take(file, 0, &lock, &err), 0);
	write_file(at("data.ldif.lock"), "", 0644);
	r = casp_lock_take(file, 0, &other, &err);
	failed(r, &err, CAS_E_CONFLICT,
	       "cannot lock '%s': another process is changing it", file);
	casp_lock_release(lock);
}
END_TEST

/* What a killed process left does not hold up the next one. */
START_TEST(lock_of_the_dead)
{
	struct cas_error *err = NULL;
	struct casp_lock *lock = NULL;
	int status;
	pid_t child = fork();

	if (child == 0) {
		casp_lock_take(file, 0, &lock, NULL);
		kill(getpid(), SIGKILL);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(access(at("data.ldif.lock"), F_OK), 0);
	ck_assert_int_eq(casp_lock_take(file, 0, &lock, &err), 0);
	casp_lock_release(lock);
	ck_assert_int_eq(entries(), 1);
}
END_TEST

START_TEST(lock_path_is_taken)
{
	struct cas_error *err = NULL;
	struct casp_lock *lock = NULL;
	int r;

	ck_assert_int_eq(mkfifo(at("data.ldif.lock"), 0600), 0);
	r = casp_lock_take(file, 0, &lock, &err);
	failed(r, &err, CAS_E_IO, "cannot lock '%s': not a regular file",
	       at("data.ldif.lock"));
	ck_assert_int_eq(unlink(at("data.ldif.lock")), 0);
	ck_assert_int_eq(symlink("elsewhere", at("data.ldif.lock")), 0);
	r = casp_lock_take(file, 0, &lock, &err);
	failed(r, &err, CAS_E_IO,
	       "cannot create lock file '%s': Too many levels of symbolic links",
	       at("data.ldif.lock"));
	ck_assert_int_eq(access(at("elsewhere"), F_OK), -1);
	ck_assert_int_eq(unlink(at("data.ldif.lock")), 0);
	write_file(at("data.ldif.lock"), "somebody's own, with that name by chance",
		   0600);
	r = casp_lock_take(file, 0, &lock, &err);
	failed(r, &err, CAS_E_IO,
	       "cannot lock '%s': the file holds something else than a lock",
	       at("data.ldif.lock"));
	ck_assert_int_eq(access(at("data.ldif.lock"), F_OK), 0);
	r = casp_lock_take(at("none/data.ldif"), 0, &lock, &err);
	failed(r, &err, CAS_E_IO,
	       "cannot create lock file '%s': No such file or directory",
	       at("none/data.ldif.lock"));
	ck_assert_ptr_null(lock);
}
END_TEST

/*
 * Who has waited on a lock file that its holder then removed must not take that for the
 * lock: nobody else would find it.
 */
START_TEST(lock_of_a_removed_file)
{
	struct cas_error *err = NULL;
	struct casp_lock *lock = NULL;
	int ends[2], status;
	pid_t child;
	char c = 'x';
	int r;

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(casp_lock_take(file, 0, &lock, &err), 0);
	child = fork();
	if (child == 0) {
		struct casp_lock *waited = NULL;

		r = casp_lock_take(file, 10000, &waited, NULL);
		if (write(ends[1], &c, 1) != 1 || r < 0) {
			_exit(1);
		}
		pause();
	}
	usleep(200000);
	casp_lock_release(lock);
	ck_assert_int_eq(read(ends[0], &c, 1), 1);
	r = casp_lock_take(file, 0, &lock, &err);
	failed(r, &err, CAS_E_CONFLICT, "cannot lock '%s': process %ld is changing it",
	       file, (long)child);
	kill(child, SIGKILL);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status));
}
END_TEST

/* Reads a number, adds one, writes it: the read and the write are one under the lock. */
static int increment(void)
{
	struct casp_replace *replace;
	struct casp_lock *lock;
	char text[32] = "";
	int fd, n, r;

	if (casp_lock_take(file, 30000, &lock, NULL) < 0) {
		return 1;
	}
	fd = open(file, O_RDONLY | O_CLOEXEC);
	r = fd < 0 || read(fd, text, sizeof(text) - 1) < 0;
	close(fd);
	n = snprintf(text, sizeof(text), "%d", atoi(text) + 1);
	if (!r && casp_replace_open(file, &replace, NULL) == 0) {
		r = casp_replace_write(replace, text, (size_t)n, NULL) < 0;
		r |= casp_replace_commit(replace, NULL) < 0;
	} else {
		r = 1;
	}
	casp_lock_release(lock);
	return r;
}

START_TEST(no_lost_update)
{
	enum {
		CHILDREN = 4,
		ROUNDS = 25
	};
	pid_t children[CHILDREN];

	write_file(file, "0", 0644);
	for (int i = 0; i < CHILDREN; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			int r = 0;

			for (int k = 0; k < ROUNDS && r == 0; k++) {
				r = increment();
			}
			_exit(r);
		}
	}
	for (int i = 0; i < CHILDREN; i++) {
		int status;

		ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
		ck_assert_int_eq(status, 0);
	}
	assert_content(file, "100", 3);
	ck_assert_int_eq(entries(), 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("lock");
	TCase *tcase = tcase_create("lock");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 100);
	tcase_add_test(tcase, lock_excludes);
	tcase_add_test(tcase, lock_without_pid);
	tcase_add_test(tcase, lock_of_the_dead);
	tcase_add_test(tcase, lock_path_is_taken);
	tcase_add_test(tcase, lock_of_a_removed_file);
	tcase_add_test(tcase, no_lost_update);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
