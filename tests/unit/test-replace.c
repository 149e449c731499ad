/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Atomic replacement, with real files, owners and limits. */
#include "folder.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#define NOBODY 65534

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

/* An access list (Linux, posix_acl_xattr.h): the owner rw, user 1 r, the group nothing,
 * mask r, others nothing. */
static const unsigned char access_list[] = {
	2, 0, 0,   0,   1,   0,   6,  0, 255, 255, 255, 255, 2,   0,   4,
	0, 1, 0,   0,   0,   4,   0,  0, 0,   255, 255, 255, 255, 16,  0,
	4, 0, 255, 255, 255, 255, 32, 0, 0,   0,   255, 255, 255, 255,
};

START_TEST(attributes)
{
	struct casp_replace *replace = NULL;
	char value[sizeof(access_list)];
	struct cas_error *err = NULL;
	struct stat st;
	bool lists;

	if (setxattr(file, "user.note", "kept", 4, 0) < 0) {
		return; /* the file system has none */
	}
	lists = setxattr(file, CASP_ACCESS_LIST, access_list, sizeof(access_list), 0) ==
		0;
	ck_assert_int_eq(casp_replace_open(file, &replace, &err), 0);
	ck_assert_int_eq(casp_replace_commit(replace, &err), 0);
	ck_assert_int_eq(getxattr(file, "user.note", value, sizeof(value)), 4);
	ck_assert_mem_eq(value, "kept", 4);
	if (lists) {
		ck_assert_int_eq(getxattr(file, CASP_ACCESS_LIST, value, sizeof(value)),
				 sizeof(access_list));
		ck_assert_mem_eq(value, access_list, sizeof(access_list));
		ck_assert_int_eq(stat(file, &st), 0);
		ck_assert_int_eq(st.st_mode & 0777, 0640);
	}
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

/* As something else is written, or nothing. */
START_TEST(stale_temporaries)
{
	struct cas_error *err = NULL;
	struct casp_replace *replace = NULL;

	for (int i = 0; i < COUNT(leftovers); i++) {
		write_file(at(leftovers[i].name), "x", 0600);
	}
	if (_i) {
		casp_replace_tidy(file);
	} else {
		ck_assert_int_eq(casp_replace_open(file, &replace, &err), 0);
		casp_replace_abort(replace);
	}
	for (int i = 0; i < COUNT(leftovers); i++) {
		ck_assert_msg((access(at(leftovers[i].name), F_OK) < 0) ==
				      leftovers[i].stale,
			      "'%s'", leftovers[i].name);
	}
}
END_TEST

/* Another one's file is not taken for a stale one; the last name counts. */
START_TEST(two_writers)
{
	struct cas_error *err = NULL;
	struct casp_replace *one = NULL, *other = NULL;

	ck_assert_int_eq(casp_replace_open(file, &one, &err), 0);
	ck_assert_int_eq(casp_replace_open(file, &other, &err), 0);
	casp_replace_tidy(file);
	ck_assert_int_eq(entries(), 3);
	ck_assert_int_eq(casp_replace_write(one, "one", 3, &err), 0);
	ck_assert_int_eq(casp_replace_write(other, "other", 5, &err), 0);
	ck_assert_int_eq(casp_replace_commit(other, &err), 0);
	assert_content(file, "other", 5);
	ck_assert_int_eq(casp_replace_commit(one, &err), 0);
	assert_content(file, "one", 3);
	ck_assert_int_eq(entries(), 1);
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

/* More than is copied at once. */
START_TEST(large_copy)
{
	enum {
		SIZE = 20 << 20
	};
	char *source = malloc(SIZE);
	struct cas_error *err = NULL;
	struct casp_replace *replace = NULL;
	int from = open(at("source"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	random_state = 1;
	for (size_t i = 0; i < SIZE; i++) {
		source[i] = (char)draw(256);
	}
	ck_assert_int_eq(casp_write_all(from, source, SIZE), 0);
	ck_assert_int_eq(casp_replace_open(file, &replace, &err), 0);
	ck_assert_int_eq(casp_replace_copy(replace, from, 100, SIZE - 200, &err), 0);
	ck_assert_int_eq(casp_replace_commit(replace, &err), 0);
	assert_content(file, source + 100, SIZE - 200);
	free(source);
	close(from);
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

/* Somebody who does not take the lock rewrote or removed the file: that stays so. */
START_TEST(changed_meanwhile)
{
	bool removed = _i == 1;
	struct cas_error *err = NULL;
	struct casp_replace *replace = NULL;
	struct casp_file_id id;
	struct stat st;
	int r;

	ck_assert_int_eq(stat(file, &st), 0);
	id = casp_file_id(&st);
	ck_assert_int_eq(casp_replace_open(file, &replace, &err), 0);
	casp_replace_expect(replace, &id);
	if (removed) {
		ck_assert_int_eq(unlink(file), 0);
	} else {
		write_file(file, "theirs", 0600);
	}
	r = casp_replace_commit(replace, &err);
	ck_assert_str_eq(
		cas_error_hint(err),
		"nothing was written: look at it again, then repeat the command");
	failed(r, &err, CAS_E_CONFLICT,
	       "cannot write '%s': another process changed it meanwhile", file);
	ck_assert_int_eq(entries(), removed ? 0 : 1);
	if (!removed) {
		assert_content(file, "theirs", 6);
	}
}
END_TEST

START_TEST(as_expected)
{
	struct cas_error *err = NULL;
	struct casp_replace *replace = NULL;
	struct casp_file_id id;
	struct stat st;

	ck_assert_int_eq(stat(file, &st), 0);
	id = casp_file_id(&st);
	ck_assert_int_eq(casp_replace_open(file, &replace, &err), 0);
	casp_replace_expect(replace, &id);
	ck_assert_int_eq(casp_replace_write(replace, "new", 3, &err), 0);
	ck_assert_int_eq(casp_replace_commit(replace, &err), 0);
	assert_content(file, "new", 3);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("replace");
	TCase *tcase = tcase_create("replace");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 100);
	tcase_add_test(tcase, commit);
	tcase_add_test(tcase, attributes);
	tcase_add_test(tcase, abort_);
	tcase_add_test(tcase, a_new_file);
	tcase_add_test(tcase, no_regular_file);
	tcase_add_test(tcase, forbidden);
	tcase_add_test(tcase, owner);
	tcase_add_test(tcase, group);
	tcase_add_loop_test(tcase, stale_temporaries, 0, 2);
	tcase_add_test(tcase, two_writers);
	tcase_add_test(tcase, no_room);
	tcase_add_loop_test(tcase, pieces, 0, 4);
	tcase_add_test(tcase, large_copy);
	tcase_add_test(tcase, copy_past_the_end);
	tcase_add_test(tcase, rename_fails);
	tcase_add_loop_test(tcase, changed_meanwhile, 0, 2);
	tcase_add_test(tcase, as_expected);
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
