/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files: which one it is, folders, errors from errno. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "str.h"

static const char *hint_of(int error)
{
	switch (error) {
	case ENOSPC:
		return "free some space on that file system, then try again";
	case EDQUOT:
		return "the disk quota is used up: free some space, then try again";
	case EFBIG:
		return "the file would be larger than the system or 'ulimit -f' allows";
	case EROFS:
		return "the file system is read only: work on a copy elsewhere";
	case EACCES:
	case EPERM:
		return "run it as a user who may, or work on a copy elsewhere";
	case ENOENT:
		return "check the path";
	case ELOOP:
		return "its symbolic links form a loop";
	case EMFILE:
	case ENFILE:
		return "too many files are open: raise 'ulimit -n'";
	default:
		return NULL;
	}
}

int casp_file_error(struct cas_error **err, const char *action, const char *path,
		    int error)
{
	bool forbidden = error == EACCES || error == EPERM || error == EROFS;
	bool first = err && !*err;
	const char *hint = hint_of(error);
	enum cas_code code = forbidden ? CAS_E_RIGHTS : CAS_E_IO;

	if (error == ENOMEM) {
		return casp_error_nomem(err);
	}
	casp_error(err, code, "cannot %s '%s': %s", action, path, strerror(error));
	if (first && hint) {
		casp_error_hint(err, "%s", hint);
	}
	return code;
}

static int64_t nanoseconds(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

struct casp_file_id casp_file_id(const struct stat *st)
{
	return (struct casp_file_id){
		.device = st->st_dev,
		.inode = st->st_ino,
		.size = (uint64_t)st->st_size,
		.mtime_ns = nanoseconds(st->st_mtim),
		.ctime_ns = nanoseconds(st->st_ctim),
	};
}

bool casp_file_id_equal(const struct casp_file_id *a, const struct casp_file_id *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns;
}

int casp_file_resolve(const char *path, char **ret, struct cas_error **err)
{
	char *real = realpath(path, NULL);

	if (!real) {
		return casp_file_error(err, "open", path, errno);
	}
	*ret = real;
	return 0;
}

int casp_write_all(int fd, const void *data, size_t n)
{
	const char *p = data;

	while (n) {
		ssize_t written = write(fd, p, n);

		if (written < 0) {
			if (errno == EINTR) {
				continue;
			}
			return -1;
		}
		if (written == 0) {
			errno = EIO;
			return -1;
		}
		p += written;
		n -= (size_t)written;
	}
	return 0;
}

int casp_fsync_parent(const char *path, struct cas_error **err)
{
	CASP_CLEANUP(casp_freep) char *copy = strdup(path);
	char *slash;

	if (!copy) {
		return casp_error_nomem(err);
	}
	slash = strrchr(copy, '/');
	if (!slash) {
		return casp_fsync_folder(".", err);
	}
	slash[slash == copy] = '\0';
	return casp_fsync_folder(copy, err);
}

static int make_folder(const char *path, struct cas_error **err)
{
	struct stat st;

	if (mkdir(path, 0700) == 0) {
		return casp_fsync_parent(path, err);
	}
	if (errno != EEXIST) {
		/* A folder that exists may answer EROFS or EACCES first. */
		int error = errno;

		if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
			return 0;
		}
		return casp_file_error(err, "create folder", path, error);
	}
	if (stat(path, &st) < 0) {
		return casp_file_error(err, "open folder", path, errno);
	}
	if (!S_ISDIR(st.st_mode)) {
		return casp_file_error(err, "create folder", path, ENOTDIR);
	}
	return 0;
}

int casp_mkdirs(const char *path, struct cas_error **err)
{
	CASP_CLEANUP(casp_freep) char *copy = strdup(path);
	int r = 0;

	if (!copy) {
		return casp_error_nomem(err);
	}
	for (char *p = copy; *p && r == 0; p++) {
		if (*p == '/' && p > copy && p[-1] != '/') {
			*p = '\0';
			r = make_folder(copy, err);
			*p = '/';
		}
	}
	return r ? r : make_folder(copy, err);
}

int casp_fsync_folder(const char *path, struct cas_error **err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = 0;

	if (fd < 0) {
		return casp_file_error(err, "open folder", path, errno);
	}
	/* EINVAL: a file system that cannot, and has nothing to lose. */
	if (fsync(fd) < 0 && errno != EINVAL) {
		r = casp_file_error(err, "write folder", path, errno);
	}
	close(fd);
	return r;
}
