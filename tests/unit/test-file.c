/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files: locks, atomic replacement, folders; with real files. */
#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

#define COUNT(rows) (int)(sizeof(rows) / sizeof(*(rows)))
#define NOBODY 65534

static char folder[] = "/tmp/casarray-test-XXXXXX";
static char *file; /* folder/data.ldif */

/* Lives as long as the test. */
static char *at(const char *name)
{
	static char *paths[16];
	static size_t next;
	char **path = &paths[next++ % 16];

	free(*path);
	ck_assert_int_gt(asprintf(path, "%s/%s", folder, name), 0);
	return *path;
}

static void write_file(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_msg(fd >= 0, "%s: %s", path, strerror(errno));
	ck_assert_int_eq(casp_write_all(fd, text, strlen(text)), 0);
	ck_assert_int_eq(fchmod(fd, mode), 0);
	ck_assert_int_eq(close(fd), 0);
}

static void assert_content(const char *path, const void *expected, size_t n)
{
	char *text = malloc(n + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got, total = 0;

	ck_assert_msg(fd >= 0, "%s: %s", path, strerror(errno));
	while ((got = read(fd, text + total, n + 1 - (size_t)total)) > 0) {
		total += got;
	}
	close(fd);
	ck_assert_int_eq(total, (ssize_t)n);
	ck_assert_mem_eq(text, expected, n);
	free(text);
}

/* The call failed with this code and this message; frees the error. */
static void failed(int r, struct cas_error **err, enum cas_code code, const char *format,
		   ...) __attribute__((format(printf, 4, 5)));

static void failed(int r, struct cas_error **err, enum cas_code code, const char *format,
		   ...)
{
	char message[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(message, sizeof(message), format, ap);
	va_end(ap);
	ck_assert_str_eq(cas_error_message(*err), message);
	ck_assert_str_eq(cas_code_name(cas_error_code(*err)), cas_code_name(code));
	ck_assert_int_eq(r, code);
	cas_error_free(*err);
	*err = NULL;
}

/* How many entries the folder has. */
static int entries(void)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int n = 0;

	while ((entry = readdir(dir))) {
		n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	}
	closedir(dir);
	return n;
}

static void setup(void)
{
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_gt(asprintf(&file, "%s/data.ldif", folder), 0);
	write_file(file, "old", 0644);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	return remove(path);
}

static void teardown(void)
{
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(file);
}

/* ---- which file, folders ------------------------------------------------------------
 */

START_TEST(resolve)
{
	struct cas_error *err = NULL;
	char *path = NULL;
	int r;

	ck_assert_int_eq(symlink("data.ldif", at("link")), 0);
	ck_assert_int_eq(casp_file_resolve(at("./link"), &path, &err), 0);
	ck_assert_str_eq(path, file);
	free(path);
	path = NULL;
	r = casp_file_resolve(at("none"), &path, &err);
	failed(r, &err, CAS_E_IO, "cannot open '%s': No such file or directory",
	       at("none"));
	ck_assert_ptr_null(path);
	ck_assert_int_eq(symlink("loop", at("loop")), 0);
	r = casp_file_resolve(at("loop"), &path, &err);
	failed(r, &err, CAS_E_IO, "cannot open '%s': Too many levels of symbolic links",
	       at("loop"));
}
END_TEST

START_TEST(identity)
{
	struct casp_file_id before, after;
	struct stat st;

	ck_assert_int_eq(stat(file, &st), 0);
	before = after = casp_file_id(&st);
	ck_assert(casp_file_id_equal(&before, &after));
	for (int i = 0; i < 5; i++) {
		uint64_t *fields[] = {&after.device, &after.inode, &after.size,
				      (uint64_t *)&after.mtime_ns,
				      (uint64_t *)&after.ctime_ns};

		*fields[i] += 1;
		ck_assert_msg(!casp_file_id_equal(&before, &after), "field %d", i);
		*fields[i] -= 1;
	}
	ck_assert_int_eq(st.st_mtim.tv_sec, before.mtime_ns / 1000000000);
	ck_assert_int_eq(st.st_mtim.tv_nsec, before.mtime_ns % 1000000000);
}
END_TEST

static const struct {
	int error;
	enum cas_code code;
	bool hint;
} reasons[] = {
	{EACCES, CAS_E_RIGHTS, true}, {EPERM, CAS_E_RIGHTS, true},
	{EROFS, CAS_E_RIGHTS, true},  {ENOSPC, CAS_E_IO, true},
	{EDQUOT, CAS_E_IO, true},     {EFBIG, CAS_E_IO, true},
	{ENOENT, CAS_E_IO, true},     {ELOOP, CAS_E_IO, true},
	{EMFILE, CAS_E_IO, true},     {EIO, CAS_E_IO, false},
	{EISDIR, CAS_E_IO, false},
};

START_TEST(reason)
{
	struct cas_error *err = NULL;
	int r = casp_file_error(&err, "write", "x", reasons[_i].error);

	ck_assert_int_eq(cas_error_hint(err) != NULL, reasons[_i].hint);
	failed(r, &err, reasons[_i].code, "cannot write 'x': %s",
	       strerror(reasons[_i].error));
	/* An error that is set keeps its words and has no hint of another. */
	casp_error(&err, CAS_E_FORMAT, "first");
	casp_file_error(&err, "write", "x", reasons[_i].error);
	ck_assert_ptr_null(cas_error_hint(err));
	failed(CAS_E_FORMAT, &err, CAS_E_FORMAT, "first");
}
END_TEST

START_TEST(folders)
{
	struct cas_error *err = NULL;
	struct stat st;
	int r;

	ck_assert_int_eq(mkdir(at("a"), 0755), 0);
	ck_assert_int_eq(casp_mkdirs(at("a//b/c/"), &err), 0);
	ck_assert_int_eq(casp_mkdirs(at("a/b/c"), &err), 0);
	ck_assert_int_eq(stat(at("a/b/c"), &st), 0);
	ck_assert_int_eq(st.st_mode, S_IFDIR | 0700);
	ck_assert_int_eq(stat(at("a"), &st), 0);
	ck_assert_int_eq(st.st_mode, S_IFDIR | 0755);
	ck_assert_int_eq(casp_fsync_folder(at("a"), &err), 0);
	r = casp_mkdirs(at("data.ldif/x"), &err);
	failed(r, &err, CAS_E_IO, "cannot create folder '%s': Not a directory", file);
	r = casp_mkdirs(file, &err);
	failed(r, &err, CAS_E_IO, "cannot create folder '%s': Not a directory", file);
	r = casp_mkdirs("", &err);
	failed(r, &err, CAS_E_IO, "cannot create folder '': No such file or directory");
	r = casp_fsync_folder(at("none"), &err);
	failed(r, &err, CAS_E_IO, "cannot open folder '%s': No such file or directory",
	       at("none"));
}
END_TEST

static void on_alarm(int number)
{
}

/* A pipe takes 64 KiB at a time, and signals interrupt the rest. */
START_TEST(short_writes)
{
	enum {
		SIZE = 1 << 20
	};
	struct sigaction action = {.sa_handler = on_alarm};
	int ends[2], status;
	char *data = calloc(1, SIZE);
	pid_t child;

	ck_assert_int_eq(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		long total = 0;
		ssize_t n;

		close(ends[1]);
		usleep(20000);
		for (long round = 0; (n = read(ends[0], data, 5000)) > 0; round++) {
			total += n;
			if (round % 8 == 0) {
				kill(getppid(), SIGUSR1);
			}
		}
		_exit(total == SIZE ? 0 : 1);
	}
	sigaction(SIGUSR1, &action, NULL);
	close(ends[0]);
	ck_assert_int_eq(casp_write_all(ends[1], data, SIZE), 0);
	close(ends[1]);
	while (waitpid(child, &status, 0) < 0) {
		ck_assert_int_eq(errno, EINTR);
	}
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(casp_write_all(ends[1], data, 1), -1);
	ck_assert_int_eq(errno, EBADF);
	free(data);
}
END_TEST

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
	r = casp_lock_take(at("none/data.ldif"), 0, &lock, &err);
	failed(r, &err, CAS_E_IO,
	       "cannot create lock file '%s': No such file or directory",
	       at("none/data.ldif.lock"));
	ck_assert_ptr_null(lock);
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

/* ---- replacement --------------------------------------------------------------------
 */

START_TEST(commit)
{
	struct cas_error *err = NULL;
	struct casp_replace *replace = NULL;
	struct stat before, after;

	ck_assert_int_eq(chmod(file, 0640), 0);
	ck_assert_int_eq(stat(file, &before), 0);
	ck_assert_int_eq(casp_replace_open(file, &replace, &err), 0);
	ck_assert_int_eq(casp_replace_write(replace, "new", 3, &err), 0);
	ck_assert_int_eq(casp_replace_write(replace, NULL, 0, &err), 0);
	assert_content(file, "old", 3);
	ck_assert_int_eq(entries(), 2);
	ck_assert_int_eq(casp_replace_commit(replace, &err), 0);
	assert_content(file, "new", 3);
	ck_assert_int_eq(entries(), 1);
	ck_assert_int_eq(stat(file, &after), 0);
	ck_assert_int_eq(after.st_mode, S_IFREG | 0640);
	ck_assert_int_eq(after.st_uid, before.st_uid);
	ck_assert_int_eq(after.st_gid, before.st_gid);
	ck_assert_uint_ne(after.st_ino, before.st_ino);
}
END_TEST

START_TEST(abort_)
{
	struct cas_error *err = NULL;
	struct casp_replace *replace = NULL;

	ck_assert_int_eq(casp_replace_open(file, &replace, &err), 0);
	ck_assert_int_eq(casp_replace_write(replace, "new", 3, &err), 0);
	casp_replace_abort(replace);
	casp_replace_abort(NULL);
	assert_content(file, "old", 3);
	ck_assert_int_eq(entries(), 1);
}
END_TEST

START_TEST(a_new_file)
{
	struct cas_error *err = NULL;
	struct casp_replace *replace = NULL;
	struct stat st;

	ck_assert_int_eq(chdir(folder), 0);
	ck_assert_int_eq(casp_replace_open("fresh", &replace, &err), 0);
	ck_assert_int_eq(casp_replace_commit(replace, &err), 0);
	ck_assert_int_eq(stat(at("fresh"), &st), 0);
	ck_assert_int_eq(st.st_mode, S_IFREG | 0600);
	ck_assert_int_eq(st.st_size, 0);
	ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

START_TEST(no_regular_file)
{
	struct cas_error *err = NULL;
	struct casp_replace *replace = NULL;
	const char *names[] = {"pipe", "link", "sub"};

	ck_assert_int_eq(mkfifo(at("pipe"), 0600), 0);
	ck_assert_int_eq(symlink("data.ldif", at("link")), 0);
	ck_assert_int_eq(mkdir(at("sub"), 0700), 0);
	for (int i = 0; i < COUNT(names); i++) {
		int r = casp_replace_open(at(names[i]), &replace, &err);

		failed(r, &err, CAS_E_IO, "cannot write '%s': not a regular file",
		       at(names[i]));
	}
	failed(casp_replace_open(at("none/x"), &replace, &err), &err, CAS_E_IO,
	       "cannot open folder '%s': No such file or directory", at("none"));
	failed(casp_replace_open(at("data.ldif/x"), &replace, &err), &err, CAS_E_IO,
	       "cannot open folder '%s': Not a directory", file);
	ck_assert_ptr_null(replace);
	ck_assert_int_eq(entries(), 4);
}
END_TEST

/* Runs as nobody when it can: root may write what is read only. */
static int open_as_nobody(char *message, size_t size)
{
	int ends[2], status;
	pid_t child;
	ssize_t n;

	ck_assert_int_eq(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		struct cas_error *err = NULL;
		struct casp_replace *replace = NULL;
		int r;

		if (getuid() == 0 && (setgid(NOBODY) < 0 || setuid(NOBODY) < 0)) {
			_exit(255);
		}
		r = casp_replace_open(file, &replace, &err);
		casp_replace_abort(replace);
		casp_write_all(ends[1], cas_error_message(err),
			       strlen(cas_error_message(err)));
		cas_error_free(err);
		_exit(-r);
	}
	close(ends[1]);
	n = read(ends[0], message, size - 1);
	message[n > 0 ? n : 0] = '\0';
	close(ends[0]);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	return -WEXITSTATUS(status);
}

static void give_to_nobody(const char *path)
{
	if (getuid() == 0) {
		ck_assert_int_eq(chown(path, NOBODY, NOBODY), 0);
	}
}

START_TEST(forbidden)
{
	char message[512], expected[512];

	give_to_nobody(folder);
	give_to_nobody(file);
	ck_assert_int_eq(open_as_nobody(message, sizeof(message)), 0);
	ck_assert_int_eq(chmod(file, 0444), 0);
	snprintf(expected, sizeof(expected), "cannot write '%s': Permission denied",
		 file);
	ck_assert_int_eq(open_as_nobody(message, sizeof(message)), CAS_E_RIGHTS);
	ck_assert_str_eq(message, expected);
	ck_assert_int_eq(chmod(file, 0644), 0);
	ck_assert_int_eq(chmod(folder, 0555), 0);
	snprintf(expected, sizeof(expected),
		 "cannot create a temporary file beside '%s': Permission denied", file);
	ck_assert_int_eq(open_as_nobody(message, sizeof(message)), CAS_E_RIGHTS);
	ck_assert_str_eq(message, expected);
	ck_assert_int_eq(chmod(folder, 0700), 0);
	assert_content(file, "old", 3);
}
END_TEST

/* Only root can see all of it. */
START_TEST(owner)
{
	struct cas_error *err = NULL;
	struct casp_replace *replace = NULL;
	struct stat st;

	if (getuid() != 0) {
		return;
	}
	ck_assert_int_eq(chown(file, NOBODY, NOBODY), 0);
	ck_assert_int_eq(chmod(file, 0604), 0);
	ck_assert_int_eq(casp_replace_open(file, &replace, &err), 0);
	ck_assert_int_eq(casp_replace_commit(replace, &err), 0);
	ck_assert_int_eq(stat(file, &st), 0);
	ck_assert_uint_eq(st.st_uid, NOBODY);
	ck_assert_uint_eq(st.st_gid, NOBODY);
	ck_assert_int_eq(st.st_mode, S_IFREG | 0604);
}
END_TEST

/* A group that the owner is no member of cannot be kept, and is not an error; another
 * owner is. */
START_TEST(group)
{
	char message[512], expected[512];
	struct stat st;

	if (getuid() != 0) {
		return;
	}
	ck_assert_int_eq(chmod(folder, 0777), 0);
	ck_assert_int_eq(chown(file, NOBODY, 0), 0);
	ck_assert_int_eq(chmod(file, 0666), 0);
	ck_assert_int_eq(open_as_nobody(message, sizeof(message)), 0);
	ck_assert_int_eq(chown(file, 1, NOBODY), 0);
	snprintf(expected, sizeof(expected),
		 "cannot keep the owner of '%s': Operation not permitted", file);
	ck_assert_int_eq(open_as_nobody(message, sizeof(message)), CAS_E_RIGHTS);
	ck_assert_str_eq(message, expected);
	ck_assert_int_eq(entries(), 1);
	ck_assert_int_eq(stat(file, &st), 0);
	ck_assert_uint_eq(st.st_uid, 1);
}
END_TEST

static const struct {
	const char *name;
	bool stale;
} leftovers[] = {
	{".data.ldif.casarray-0a1b2c", true},   {".data.ldif.casarray-AbCdEf", true},
	{".data.ldif.casarray-0a1b2", false},   {".data.ldif.casarray-0a1b2cd", false},
	{".data.ldif.casarray-0a1b2-", false},  {".other.ldif.casarray-0a1b2c", false},
	{".data.ldif2.casarray-0a1b2c", false}, {"data.ldif.casarray-0a1b2c", false},
	{".data.ldif.casarrays0a1b2c", false},  {"xdata.ldif.casarray-0a1b2c", false},
};

START_TEST(stale_temporaries)
{
	struct cas_error *err = NULL;
	struct casp_replace *replace = NULL;

	for (int i = 0; i < COUNT(leftovers); i++) {
		write_file(at(leftovers[i].name), "x", 0600);
	}
	ck_assert_int_eq(casp_replace_open(file, &replace, &err), 0);
	casp_replace_abort(replace);
	for (int i = 0; i < COUNT(leftovers); i++) {
		ck_assert_msg((access(at(leftovers[i].name), F_OK) < 0) ==
				      leftovers[i].stale,
			      "'%s'", leftovers[i].name);
	}
}
END_TEST

/* The disk is full as far as this process can see. */
START_TEST(no_room)
{
	enum {
		SIZE = 1 << 20
	};
	struct rlimit limit, small = {.rlim_cur = 300000};
	struct cas_error *err = NULL;
	struct casp_replace *replace = NULL;
	char *data = calloc(1, SIZE);
	int from, r;

	signal(SIGXFSZ, SIG_IGN);
	write_file(at("source"), "", 0600);
	ck_assert_int_eq(truncate(at("source"), SIZE), 0);
	from = open(at("source"), O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	small.rlim_max = limit.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (int way = 0; way < 3; way++) {
		ck_assert_int_eq(casp_replace_open(file, &replace, &err), 0);
		if (way == 0) { /* around the buffer */
			r = casp_replace_write(replace, data, SIZE, &err);
		} else if (way ==
			   1) { /* through it: the last piece is written by the commit */
			r = casp_replace_write(replace, data, 200000, &err);
			ck_assert_int_eq(r, 0);
			r = casp_replace_write(replace, data, 200000, &err);
			ck_assert_int_eq(r, 0);
			r = casp_replace_commit(replace, &err);
			replace = NULL;
		} else {
			r = casp_replace_copy(replace, from, 0, SIZE, &err);
		}
		casp_replace_abort(replace);
		failed(r, &err, CAS_E_IO, "cannot write '%s': File too large", file);
		assert_content(file, "old", 3);
		ck_assert_int_eq(entries(), 2);
	}
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	signal(SIGXFSZ, SIG_DFL);
	close(from);
	free(data);
}
END_TEST

static unsigned random_state;

static size_t draw(size_t n)
{
	random_state = random_state * 1103515245u + 12345u;
	return (random_state >> 8) % n;
}

/* Pieces of every size, written and copied, from this and from another file system. */
START_TEST(pieces)
{
	enum {
		SOURCE = 3 << 20,
		MOST = 40 << 20
	};
	char elsewhere[] = "/dev/shm/casarray-test-XXXXXX";
	static const size_t sizes[] = {1,     100,    5000,   65535,
				       65537, 262143, 262145, 1 << 20};
	char *source = malloc(SOURCE), *expected = malloc(MOST);
	struct cas_error *err = NULL;
	struct casp_replace *replace = NULL;
	size_t n = 0;
	int from = -1;

	random_state = (unsigned)_i + 1;
	for (size_t i = 0; i < SOURCE; i++) {
		source[i] = (char)draw(256);
	}
	if (_i % 2) {
		from = mkstemp(elsewhere);
	}
	if (from >= 0) {
		unlink(elsewhere);
	} else {
		from = open(at("source"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	}
	ck_assert_int_eq(casp_write_all(from, source, SOURCE), 0);
	ck_assert_int_eq(casp_replace_open(file, &replace, &err), 0);
	for (int i = 0; i < 60; i++) {
		size_t size = draw(sizes[draw(COUNT(sizes))]) + draw(2);
		size_t offset = draw(SOURCE - size);

		if (n + size > MOST) {
			break;
		}
		if (draw(2)) {
			ck_assert_int_eq(
				casp_replace_copy(replace, from, offset, size, &err), 0);
		} else {
			ck_assert_int_eq(
				casp_replace_write(replace, source + offset, size, &err),
				0);
		}
		memcpy(expected + n, source + offset, size);
		n += size;
	}
	ck_assert_int_eq(casp_replace_commit(replace, &err), 0);
	assert_content(file, expected, n);
	close(from);
	free(source);
	free(expected);
}
END_TEST

/* The source is shorter than it was: an error, small piece or large. */
START_TEST(copy_past_the_end)
{
	const uint64_t sizes[] = {4, 1 << 20};
	struct cas_error *err = NULL;
	struct casp_replace *replace = NULL;
	int from = open(file, O_RDONLY | O_CLOEXEC);
	int r;

	for (int i = 0; i < COUNT(sizes); i++) {
		ck_assert_int_eq(casp_replace_open(file, &replace, &err), 0);
		r = casp_replace_copy(replace, from, 0, sizes[i], &err);
		failed(r, &err, CAS_E_IO,
		       "cannot write '%s': what is copied became shorter", file);
		casp_replace_abort(replace);
	}
	ck_assert_int_eq(casp_replace_open(file, &replace, &err), 0);
	r = casp_replace_copy(replace, from, UINT64_MAX - 1, 4, &err);
	failed(r, &err, CAS_E_IO, "cannot write '%s': file too large", file);
	r = casp_replace_copy(replace, -1, 0, 4, &err);
	failed(r, &err, CAS_E_IO,
	       "cannot read what is copied to '%s': Bad file descriptor", file);
	casp_replace_abort(replace);
	assert_content(file, "old", 3);
	ck_assert_int_eq(entries(), 1);
	close(from);
}
END_TEST

/* Somebody put a folder in the place: the rename fails, nothing is left. */
START_TEST(rename_fails)
{
	struct cas_error *err = NULL;
	struct casp_replace *replace = NULL;
	int r;

	ck_assert_int_eq(casp_replace_open(file, &replace, &err), 0);
	ck_assert_int_eq(unlink(file), 0);
	ck_assert_int_eq(mkdir(file, 0700), 0);
	r = casp_replace_commit(replace, &err);
	failed(r, &err, CAS_E_IO, "cannot replace '%s': Is a directory", file);
	ck_assert_int_eq(entries(), 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("file");
	TCase *tcase = tcase_create("file");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 100);
	tcase_add_test(tcase, resolve);
	tcase_add_test(tcase, identity);
	tcase_add_loop_test(tcase, reason, 0, COUNT(reasons));
	tcase_add_test(tcase, folders);
	tcase_add_test(tcase, short_writes);
	tcase_add_test(tcase, lock_excludes);
	tcase_add_test(tcase, lock_without_pid);
	tcase_add_test(tcase, lock_of_the_dead);
	tcase_add_test(tcase, lock_path_is_taken);
	tcase_add_test(tcase, no_lost_update);
	tcase_add_test(tcase, commit);
	tcase_add_test(tcase, abort_);
	tcase_add_test(tcase, a_new_file);
	tcase_add_test(tcase, no_regular_file);
	tcase_add_test(tcase, forbidden);
	tcase_add_test(tcase, owner);
	tcase_add_test(tcase, group);
	tcase_add_test(tcase, stale_temporaries);
	tcase_add_test(tcase, no_room);
	tcase_add_loop_test(tcase, pieces, 0, 4);
	tcase_add_test(tcase, copy_past_the_end);
	tcase_add_test(tcase, rename_fails);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
