/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A batch of changes as one replacement of the file, under its lock: all or nothing. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "../base/context.h"
#include "../base/excerpt.h"
#include "ldif_edit.h"

#define LOCK_TIMEOUT_MS 5000

static bool is_failure(const struct casp_result *result)
{
	return result->outcome == CAS_OUTCOME_CONFLICT ||
	       result->outcome == CAS_OUTCOME_REFUSED;
}

static int fail(const struct casp_change *change, const struct casp_result *result,
		struct cas_error **err)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf dn = {0};
	bool conflict = result->outcome == CAS_OUTCOME_CONFLICT;

	casp_escape(change->dn, CASP_VALUE_SHOWN, &dn);
	if (dn.failed) {
		return casp_error_nomem(err);
	}
	casp_error(err, conflict ? CAS_E_CONFLICT : CAS_E_REFUSED,
		   "cannot change '%s': %s", dn.p ? dn.p : "", result->reason);
	return conflict ? casp_error_hint(err,
					  "somebody changed it meanwhile; nothing was "
					  "written: look again and repeat the command")
			: casp_error_hint(err, "nothing was written");
}

static int judge_all(struct casp_ldif_edits *edits, const struct casp_change *changes,
		     size_t n, struct casp_result *results, struct cas_error **err)
{
	size_t first = n;

	if (!casp_map_reserve(&edits->by_dn, n) ||
	    !casp_map_reserve(&edits->by_record, n)) {
		return casp_error_nomem(err);
	}
	for (size_t i = 0; i < n; i++) {
		int r = casp_ldif_change(edits, &changes[i], &results[i], err);

		if (r < 0) {
			return r == CAS_E_NOMEM ? casp_error_nomem(err) : r;
		}
		if (first == n && is_failure(&results[i])) {
			first = i;
		}
	}
	return first < n ? fail(&changes[first], &results[first], err) : 0;
}

/* What was written is written, also when it cannot be mapped now: then the next commit
 * will. */
static void reread(struct casp_ldif *ldif)
{
	struct cas_error *error = NULL;

	if (casp_ldif_refresh(ldif, &error) < 0) {
		casp_log(ldif->directory.context, CAS_LOG_WARNING, "%s",
			 cas_error_message(error));
		cas_error_free(error);
	}
}

static int commit_locked(struct casp_ldif *ldif, const struct casp_change *changes,
			 size_t n, struct casp_result *results, struct cas_error **err)
{
	struct casp_ldif_edits edits = {.ldif = ldif};
	int r = casp_ldif_refresh(ldif, err);

	if (r == 0) {
		r = casp_ldif_complete(ldif, err);
	}
	if (r == 0) {
		r = judge_all(&edits, changes, n, results, err);
	}
	if (r == 0 && casp_interrupted(ldif->directory.context)) {
		r = casp_error(err, CAS_E_INTERRUPTED,
			       "interrupted; nothing was written");
	}
	if (r == 0 && casp_ldif_edits_changed(&edits)) {
		r = casp_ldif_write(&edits, err);
		casp_ldif_edits_free(&edits);
		if (r == 0) {
			reread(ldif);
		}
		return r;
	}
	casp_ldif_edits_free(&edits);
	casp_replace_tidy(ldif->files[0].resolved);
	return r;
}

static int check_single(const struct casp_ldif *ldif, struct cas_error **err)
{
	if (ldif->n_files == 1) {
		return 0;
	}
	casp_error(err, CAS_E_USAGE, "a directory of several files is read only");
	return casp_error_hint(err, "name the file that is to be changed alone");
}

/* Beside the file its lock and its successor are made. */
int casp_ldif_check_writable(struct cas_directory *directory, struct cas_error **err)
{
	struct casp_ldif *ldif = (struct casp_ldif *)directory;
	const char *path = ldif->files[0].resolved;
	CASP_CLEANUP(casp_freep) char *folder = NULL;
	int r = check_single(ldif, err);

	if (r < 0) {
		return r;
	}
	folder = strndup(path, (size_t)(strrchr(path, '/') + 1 - path));
	if (!folder) {
		return casp_error_nomem(err);
	}
	if (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) < 0) {
		return casp_file_error(err, "write", path, errno);
	}
	if (faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) < 0) {
		return casp_file_error(err, "create files in", folder, errno);
	}
	return 0;
}

void casp_ldif_tidy(struct cas_directory *directory)
{
	const struct casp_ldif *ldif = (const struct casp_ldif *)directory;

	if (ldif->n_files == 1) {
		casp_lock_tidy(ldif->files[0].resolved);
	}
}

/* The run that replaced the file may have been killed before the new name was on disk. */
static int make_durable(const struct casp_ldif *ldif, struct cas_error **err)
{
	const char *path = ldif->files[0].resolved;
	struct cas_error *trouble = NULL;

	if (casp_fsync_parent(path, &trouble) == 0) {
		return 0;
	}
	casp_error(err, CAS_E_PARTIAL,
		   "'%s' was replaced, but may be lost in a power failure: %s", path,
		   cas_error_message(trouble));
	cas_error_free(trouble);
	return CAS_E_PARTIAL;
}

int casp_ldif_commit(struct cas_directory *directory, const struct casp_change *changes,
		     size_t n, struct casp_result *results, struct cas_error **err)
{
	struct casp_ldif *ldif = (struct casp_ldif *)directory;
	struct casp_lock *lock;
	int r = check_single(ldif, err);

	if (r < 0) {
		return r;
	}
	if (n == 0) {
		return make_durable(ldif, err);
	}
	r = casp_lock_take(ldif->files[0].resolved, LOCK_TIMEOUT_MS, &lock, err);
	if (r < 0) {
		return r;
	}
	r = commit_locked(ldif, changes, n, results, err);
	casp_lock_release(lock);
	/* Nothing was written, so what could have been done was not tried; or it may get
	 * lost. */
	for (size_t i = 0; i < n && r < 0; i++) {
		if (!is_failure(&results[i])) {
			results[i].outcome = r == CAS_E_PARTIAL ? CAS_OUTCOME_UNKNOWN
								: CAS_OUTCOME_NOT_TRIED;
		}
	}
	return r;
}
