/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Replacing a file as a whole. */
#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include "str.h"

#define BUFFER (256 * 1024)
/* Less than this is copied through the buffer: one system call for many pieces. */
#define SMALL_COPY (64 * 1024)
/* So much is copied at once: the disk begins to write it while the next is copied. */
#define COPY_PIECE ((size_t)8 << 20)
#define RANDOM 6
#define INFIX ".casarray-"

struct casp_replace {
	char *path;
	const char *name; /* in path */
	char *temporary;  /* a name in the same folder */
	bool created;
	bool expects;
	struct casp_file_id expected;
	int folder, fd;
	bool copy_in_kernel;
	char *buffer;
	size_t n;
};

static int write_error(const struct casp_replace *replace, struct cas_error **err,
		       int error)
{
	return casp_file_error(err, "write", replace->path, error);
}

static void replace_free(struct casp_replace *replace)
{
	if (replace->fd >= 0) {
		close(replace->fd);
	}
	if (replace->created) {
		unlinkat(replace->folder, replace->temporary, 0);
	}
	if (replace->folder >= 0) {
		close(replace->folder);
	}
	free(replace->buffer);
	free(replace->temporary);
	free(replace->path);
	free(replace);
}

static int open_folder(struct casp_replace *replace, struct cas_error **err)
{
	CASP_CLEANUP(casp_freep) char *folder = NULL;
	char *slash = strrchr(replace->path, '/');

	replace->name = slash ? slash + 1 : replace->path;
	if (!slash) {
		folder = strdup(".");
	} else {
		folder = strndup(replace->path, slash > replace->path
							? (size_t)(slash - replace->path)
							: 1);
	}
	if (!folder) {
		return casp_error_nomem(err);
	}
	replace->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return replace->folder < 0 ? casp_file_error(err, "open folder", folder, errno)
				   : 0;
}

/* ".NAME.casarray-XXXXXX" of this very NAME? */
static bool is_temporary(const char *entry, const char *name)
{
	size_t n = strlen(name), fixed = 1 + n + strlen(INFIX);

	if (strlen(entry) != fixed + RANDOM || entry[0] != '.' ||
	    strncmp(entry + 1, name, n) != 0 ||
	    strncmp(entry + 1 + n, INFIX, strlen(INFIX)) != 0) {
		return false;
	}
	for (const char *p = entry + fixed; *p; p++) {
		if (!casp_is_alnum((unsigned char)*p)) {
			return false;
		}
	}
	return true;
}

/* Whoever writes a temporary file has it locked: one that can be locked is of a run that
 * was killed. */
static void remove_if_stale(int folder, const char *entry)
{
	int fd = openat(folder, entry, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
			unlinkat(folder, entry, 0);
		}
		close(fd);
	}
}

/* Not to be able to tidy up is no reason not to work. */
static void remove_stale(const struct casp_replace *replace)
{
	int fd = openat(replace->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!folder) {
		if (fd >= 0) {
			close(fd);
		}
		return;
	}
	while ((entry = readdir(folder))) {
		if (is_temporary(entry->d_name, replace->name)) {
			remove_if_stale(replace->folder, entry->d_name);
		}
	}
	closedir(folder);
}

void casp_replace_tidy(const char *path)
{
	struct casp_replace replace = {.folder = -1, .path = strdup(path)};

	if (replace.path && open_folder(&replace, NULL) == 0) {
		remove_stale(&replace);
		close(replace.folder);
	}
	free(replace.path);
}

static int random_suffix(char text[RANDOM + 1])
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
	unsigned char bytes[RANDOM];
	ssize_t n;

	do {
		n = getrandom(bytes, sizeof(bytes), 0);
	} while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof(bytes)) {
		return -1;
	}
	for (size_t i = 0; i < RANDOM; i++) {
		text[i] = digits[bytes[i] % 32];
	}
	text[RANDOM] = '\0';
	return 0;
}

/* Where the file system has locks. false: who tidies up was faster, and removes it. */
static bool lock_temporary(const struct casp_replace *replace)
{
	struct stat st;

	if (flock(replace->fd, LOCK_EX | LOCK_NB) < 0) {
		return errno != EWOULDBLOCK;
	}
	return fstat(replace->fd, &st) < 0 || st.st_nlink > 0;
}

static int create_temporary(struct casp_replace *replace, struct cas_error **err)
{
	char suffix[RANDOM + 1];

	for (unsigned tries = 0; tries < 100; tries++) {
		free(replace->temporary);
		replace->temporary = NULL;
		if (random_suffix(suffix) < 0) {
			break;
		}
		if (asprintf(&replace->temporary, ".%s" INFIX "%s", replace->name,
			     suffix) < 0) {
			replace->temporary = NULL;
			return casp_error_nomem(err);
		}
		replace->fd = openat(replace->folder, replace->temporary,
				     O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (replace->fd >= 0 && lock_temporary(replace)) {
			replace->created = true;
			return 0;
		}
		if (replace->fd >= 0) {
			close(replace->fd);
			replace->fd = -1;
		} else if (errno != EEXIST && errno != EINTR) {
			break;
		}
	}
	return casp_file_error(err, "create a temporary file beside", replace->path,
			       errno);
}

/* false: there is an access list that could not be kept. */
static bool keep_attributes(const struct casp_replace *replace)
{
	int old = openat(replace->folder, replace->name,
			 O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	bool kept = old < 0 || casp_xattrs_copy(old, replace->fd);

	if (old >= 0) {
		close(old);
	}
	return kept;
}

/* Owner, group and mode of the old file. */
static int keep_owner(struct casp_replace *replace, const struct stat *old,
		      struct cas_error **err)
{
	mode_t mode = old->st_mode & 07777;
	bool same_group = true;
	struct stat new;

	if (fstat(replace->fd, &new) < 0) {
		return write_error(replace, err, errno);
	}
	if ((new.st_uid != old->st_uid || new.st_gid != old->st_gid) &&
	    fchown(replace->fd, old->st_uid, old->st_gid) < 0) {
		if (errno != EPERM || old->st_uid != new.st_uid) {
			return casp_file_error(err, "keep the owner of", replace->path,
					       errno);
		}
		/* The group is another one now: it gets what everybody has. */
		mode = (mode & 0707) | (mode & 07) << 3;
		same_group = false;
	}
	/* With an access list the group's bits are its mask: without it they are not the
	 * group's rights. */
	if (same_group && !keep_attributes(replace)) {
		mode = (mode & 0707) | (mode & 07) << 3;
	}
	if (fchmod(replace->fd, mode) < 0) {
		return casp_file_error(err, "keep the mode of", replace->path, errno);
	}
	return 0;
}

static int prepare(struct casp_replace *replace, struct cas_error **err)
{
	struct stat old;
	bool exists;
	int r = open_folder(replace, err);

	if (r < 0) {
		return r;
	}
	exists = fstatat(replace->folder, replace->name, &old, AT_SYMLINK_NOFOLLOW) == 0;
	if (!exists && errno != ENOENT) {
		return write_error(replace, err, errno);
	}
	if (exists && !S_ISREG(old.st_mode)) {
		return casp_error(err, CAS_E_IO, "cannot write '%s': not a regular file",
				  replace->path);
	}
	/* A rename would replace a file that its owner made read only. */
	if (exists && faccessat(replace->folder, replace->name, W_OK, AT_EACCESS) < 0) {
		return write_error(replace, err, errno);
	}
	remove_stale(replace);
	r = create_temporary(replace, err);
	return r == 0 && exists ? keep_owner(replace, &old, err) : r;
}

int casp_replace_open(const char *path, struct casp_replace **ret, struct cas_error **err)
{
	struct casp_replace *replace = calloc(1, sizeof(*replace));
	int r;

	if (!replace) {
		return casp_error_nomem(err);
	}
	replace->folder = replace->fd = -1;
	replace->copy_in_kernel = true;
	replace->path = strdup(path);
	replace->buffer = malloc(BUFFER);
	r = replace->path && replace->buffer ? prepare(replace, err)
					     : casp_error_nomem(err);
	if (r < 0) {
		replace_free(replace);
		return r;
	}
	*ret = replace;
	return 0;
}

static int flush(struct casp_replace *replace, struct cas_error **err)
{
	if (casp_write_all(replace->fd, replace->buffer, replace->n) < 0) {
		return write_error(replace, err, errno);
	}
	replace->n = 0;
	return 0;
}

int casp_replace_write(struct casp_replace *replace, const void *data, size_t n,
		       struct cas_error **err)
{
	if (n > BUFFER - replace->n) {
		int r = flush(replace, err);

		if (r < 0) {
			return r;
		}
	}
	if (n > BUFFER) {
		return casp_write_all(replace->fd, data, n) < 0
			       ? write_error(replace, err, errno)
			       : 0;
	}
	if (n) {
		memcpy(replace->buffer + replace->n, data, n);
		replace->n += n;
	}
	return 0;
}

/* Through the buffer. */
static int copy_by_reading(struct casp_replace *replace, int from, uint64_t offset,
			   uint64_t n, struct cas_error **err)
{
	while (n) {
		size_t room = BUFFER - replace->n;
		ssize_t got;

		if (!room) {
			int r = flush(replace, err);

			if (r < 0) {
				return r;
			}
			room = BUFFER;
		}
		got = pread(from, replace->buffer + replace->n,
			    n < room ? (size_t)n : room, (off_t)offset);
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return casp_file_error(err, "read what is copied to",
					       replace->path, errno);
		}
		if (got == 0) {
			return casp_error(
				err, CAS_E_IO,
				"cannot write '%s': what is copied became shorter",
				replace->path);
		}
		replace->n += (size_t)got;
		offset += (uint64_t)got;
		n -= (uint64_t)got;
	}
	return 0;
}

int casp_replace_copy(struct casp_replace *replace, int from, uint64_t offset, uint64_t n,
		      struct cas_error **err)
{
	off_t at = (off_t)offset;

	if (offset > INT64_MAX || n > INT64_MAX - offset) {
		return casp_error(err, CAS_E_IO, "cannot write '%s': file too large",
				  replace->path);
	}
	if (n >= SMALL_COPY && replace->copy_in_kernel) {
		int r = flush(replace, err);

		if (r < 0) {
			return r;
		}
	}
	while (n >= SMALL_COPY && replace->copy_in_kernel) {
		size_t piece = n < COPY_PIECE ? (size_t)n : COPY_PIECE;
		ssize_t copied = copy_file_range(from, &at, replace->fd, NULL, piece, 0);

		if (copied > 0) {
			n -= (uint64_t)copied;
			/* Only a beginning: fsync() tells whether it was written. */
			(void)sync_file_range(replace->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
		} else if (copied == 0 || errno == EXDEV || errno == EINVAL ||
			   errno == ENOSYS || errno == EOPNOTSUPP) {
			replace->copy_in_kernel = false;
		} else if (errno != EINTR) {
			return write_error(replace, err, errno);
		}
	}
	return copy_by_reading(replace, from, (uint64_t)at, n, err);
}

int casp_replace_private(struct casp_replace *replace, struct cas_error **err)
{
	return fchmod(replace->fd, 0600) < 0
		       ? casp_file_error(err, "set the mode of", replace->path, errno)
		       : 0;
}

void casp_replace_expect(struct casp_replace *replace, const struct casp_file_id *id)
{
	replace->expects = true;
	replace->expected = *id;
}

static int check_expected(const struct casp_replace *replace, struct cas_error **err)
{
	struct casp_file_id id;
	struct stat st;
	bool first = err && !*err;

	if (!replace->expects) {
		return 0;
	}
	if (fstatat(replace->folder, replace->name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		id = casp_file_id(&st);
		if (casp_file_id_equal(&id, &replace->expected)) {
			return 0;
		}
	} else if (errno != ENOENT) {
		return write_error(replace, err, errno);
	}
	casp_error(err, CAS_E_CONFLICT,
		   "cannot write '%s': another process changed it meanwhile",
		   replace->path);
	if (first) {
		casp_error_hint(err, "nothing was written: look at it again, then repeat "
				     "the command");
	}
	return CAS_E_CONFLICT;
}

/* The temporary file takes the name, still locked. */
static int put_in_place(struct casp_replace *replace, struct cas_error **err)
{
	int r = flush(replace, err);

	if (r < 0) {
		return r;
	}
	/* Not to be tried again: the kernel may have dropped what it could not write. */
	if (fsync(replace->fd) < 0) {
		return write_error(replace, err, errno);
	}
	r = check_expected(replace, err);
	if (r < 0) {
		return r;
	}
	if (renameat(replace->folder, replace->temporary, replace->folder,
		     replace->name) < 0) {
		return casp_file_error(err, "replace", replace->path, errno);
	}
	replace->created = false;
	return 0;
}

int casp_replace_commit(struct casp_replace *replace, struct cas_error **err)
{
	int r = put_in_place(replace, err);

	if (r == 0 && fsync(replace->folder) < 0 && errno != EINVAL) {
		r = casp_error(
			err, CAS_E_PARTIAL,
			"'%s' was replaced, but may be lost in a power failure: %s",
			replace->path, strerror(errno));
	}
	replace_free(replace);
	return r;
}

void casp_replace_abort(struct casp_replace *replace)
{
	if (replace) {
		replace_free(replace);
	}
}
