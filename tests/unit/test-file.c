/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files: which one it is, folders, errors from errno. */
#include "folder.h"

#include <signal.h>
#include <sys/wait.h>

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
	static unsigned char data[SIZE];
	pid_t child;

	for (size_t i = 0; i < SIZE; i++) {
		data[i] = (unsigned char)(i * 7 + (i >> 8) + (i >> 16));
	}
	sigaction(SIGUSR1, &action, NULL);
	ck_assert_int_eq(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		unsigned char got[5000];
		long total = 0;
		bool same = true;
		ssize_t n;

		close(ends[1]);
		/* The pipe is full by then: the second one finds nothing written. */
		for (int i = 0; i < 3; i++) {
			usleep(20000);
			kill(getppid(), SIGUSR1);
		}
		while ((n = read(ends[0], got, sizeof(got))) > 0) {
			same = same && memcmp(got, data + total, (size_t)n) == 0;
			total += n;
		}
		_exit(same && total == SIZE ? 0 : 1);
	}
	close(ends[0]);
	ck_assert_int_eq(casp_write_all(ends[1], data, SIZE), 0);
	close(ends[1]);
	while (waitpid(child, &status, 0) < 0) {
		ck_assert_int_eq(errno, EINTR);
	}
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(casp_write_all(ends[1], data, 1), -1);
	ck_assert_int_eq(errno, EBADF);
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
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
