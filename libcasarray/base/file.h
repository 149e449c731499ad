/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CASP_FILE_H
#define CASP_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "error.h"

/* Which bytes a path had: inode, size and times. */
struct casp_file_id {
	uint64_t device, inode, size;
	int64_t mtime_ns, ctime_ns;
};
struct casp_file_id casp_file_id(const struct stat *st);
bool casp_file_id_equal(const struct casp_file_id *a, const struct casp_file_id *b);

/* The path with symbolic links resolved and made absolute; the caller frees it. */
int casp_file_resolve(const char *path, char **ret, struct cas_error **err);

/*
 * A lock that every writer of `path` takes: an open file description lock on a file
 * beside it, "path.lock", which holds the holder's pid and is removed by the last one.
 * Waits up to timeout_ms, then CAS_E_CONFLICT, naming the holder.
 */
struct casp_lock;
int casp_lock_take(const char *path, unsigned timeout_ms, struct casp_lock **ret,
		   struct cas_error **err);
void casp_lock_release(struct casp_lock *lock);
/* Removes what a holder that was killed left beside `path`: temporary files, and then the
 * lock file, without which there are none. */
void casp_lock_tidy(const char *path);

/*
 * Replaces `path` as a whole: a temporary file in the same folder, same mode and owner,
 * fsync, rename, fsync of the folder. Until casp_replace_commit() returns 0 the old file
 * is there, after it the new one. Stale temporary files of earlier runs that were killed
 * are removed by _open, those that somebody writes are locked and stay. A path that does
 * not exist is created with mode 0600; one that is no regular file is refused.
 */
struct casp_replace;
int casp_replace_open(const char *path, struct casp_replace **ret,
		      struct cas_error **err);
int casp_replace_write(struct casp_replace *replace, const void *data, size_t n,
		       struct cas_error **err);
/* Removes stale temporary files where there is nothing to replace. */
void casp_replace_tidy(const char *path);
/* Appends [offset, offset + n) of another file, in the kernel where it can. */
int casp_replace_copy(struct casp_replace *replace, int from, uint64_t offset, uint64_t n,
		      struct cas_error **err);
/* Mode 0600, whatever the old file had. */
int casp_replace_private(struct casp_replace *replace, struct cas_error **err);
/*
 * Has the commit refuse with CAS_E_CONFLICT, just before the rename, when the path does
 * not have these bytes any more: somebody who does not take the lock replaced them.
 */
void casp_replace_expect(struct casp_replace *replace, const struct casp_file_id *id);
/*
 * Commits and frees. On failure the temporary file is gone and the old file is there, but
 * for CAS_E_PARTIAL: the new file is there, and a power failure may bring the old one
 * back.
 */
int casp_replace_commit(struct casp_replace *replace, struct cas_error **err);
void casp_replace_abort(struct casp_replace *replace);

/*
 * An error about a path from an errno, "cannot <action> '<path>': <reason>", with a hint:
 * CAS_E_RIGHTS when the system forbids it, else CAS_E_IO. Returns the code.
 */
int casp_file_error(struct cas_error **err, const char *action, const char *path,
		    int error);
/* The whole of a file, or of standard input ("-"), NUL-terminated; the caller frees it.
 * CAS_E_REFUSED: it is larger than the limit. */
int casp_file_read(const char *path, size_t limit, char **ret, size_t *ret_n,
		   struct cas_error **err);
/* All of it, through EINTR and short writes. 0, or -1 with errno. */
int casp_write_all(int fd, const void *data, size_t n);
/* mkdir -p, mode 0700. Folders that are there already keep their mode. */
int casp_mkdirs(const char *path, struct cas_error **err);
int casp_fsync_folder(const char *path, struct cas_error **err);
/* The folder that it is in holds its name, which a power failure must not lose: what is
 * synced in a folder that nobody finds is lost, too. */
int casp_fsync_parent(const char *path, struct cas_error **err);

/* ---- xattr.c ---- */

#define CASP_ACCESS_LIST "system.posix_acl_access"

/* Copies the extended attributes that may be copied. false: the access list was not. */
bool casp_xattrs_copy(int from, int to);

#endif
