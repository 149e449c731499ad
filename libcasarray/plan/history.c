/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All runs of a folder of journals, the newest first. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../base/context.h"
#include "../base/file.h"
#include "run.h"

struct cas_history {
	char *folder;
	CASP_VEC(struct cas_run *) runs;
	size_t next;
};

void cas_history_free(struct cas_history *history)
{
	if (!history) {
		return;
	}
	for (size_t i = 0; i < history->runs.n; i++) {
		casp_run_free(history->runs.v[i]);
	}
	casp_vec_free(&history->runs);
	free(history->folder);
	free(history);
}

static bool is_journal(const char *name)
{
	struct casp_str text = casp_str(name), end = CASP_STR(".journal");

	return text.n > end.n && name[0] != '.' &&
	       casp_str_equal((struct casp_str){name + text.n - end.n, end.n}, end);
}

static int push_run(struct cas_history *history, struct cas_run *run,
		    struct cas_error **err)
{
	if (!run || !casp_vec_push(&history->runs, run)) {
		casp_run_free(run);
		return casp_error_nomem(err);
	}
	return 0;
}

/* A journal that cannot be read must not hide the others, nor be forgotten: it may be
 * that of the newest run. */
static int add_unreadable(struct cas_history *history, struct cas_context *context,
			  const char *path, struct cas_error *trouble,
			  struct cas_error **err)
{
	int code;

	casp_log(context, CAS_LOG_WARNING, "%s", cas_error_message(trouble));
	code = push_run(history, casp_run_unreadable(path, cas_error_message(trouble)),
			err);
	cas_error_free(trouble);
	return code;
}

static int add_run(struct cas_history *history, struct cas_context *context,
		   const char *name, const struct cas_directory *directory,
		   struct cas_error **err)
{
	CASP_CLEANUP(casp_freep) char *path = NULL;
	struct cas_error *trouble = NULL;
	struct cas_run *run = NULL;
	int code;

	if (asprintf(&path, "%s/%s", history->folder, name) < 0) {
		path = NULL;
		return casp_error_nomem(err);
	}
	code = casp_run_open(path, &run, &trouble);
	if (code == CAS_E_NOMEM) {
		return casp_error_nomem(err);
	}
	if (code) {
		return add_unreadable(history, context, path, trouble, err);
	}
	if (!run) {
		return 0;
	}
	/* A damaged journal that does not say of which directory may be of this one. */
	if (directory && !casp_run_is_of(run, directory) &&
	    !(run->state == CAS_RUN_DAMAGED && !*run->identity)) {
		casp_run_free(run);
		return 0;
	}
	return push_run(history, run, err);
}

static int folder_error(const struct cas_history *history, struct cas_error **err)
{
	return casp_error(err, CAS_E_IO, "cannot read the journals in '%s': %s",
			  history->folder, strerror(errno));
}

static int read_folder(struct cas_history *history, struct cas_context *context,
		       const struct cas_directory *directory, struct cas_error **err)
{
	DIR *folder = opendir(history->folder);
	struct dirent *entry;
	int code = 0;

	if (!folder) {
		return errno == ENOENT ? 0 : folder_error(history, err);
	}
	while (code == 0) {
		errno = 0;
		entry = readdir(folder);
		if (!entry) {
			code = errno ? folder_error(history, err) : 0;
			break;
		}
		if (is_journal(entry->d_name)) {
			code = add_run(history, context, entry->d_name, directory, err);
		}
	}
	closedir(folder);
	return code;
}

static int newest_first(const void *a, const void *b)
{
	const struct cas_run *x = *(struct cas_run *const *)a;
	const struct cas_run *y = *(struct cas_run *const *)b;

	if (x->time_ns != y->time_ns) {
		return x->time_ns < y->time_ns ? 1 : -1;
	}
	return -strcmp(x->id, y->id);
}

static struct cas_run *by_id(const struct cas_history *history, const char *id)
{
	for (size_t i = 0; i < history->runs.n; i++) {
		if (strcmp(history->runs.v[i]->id, id) == 0) {
			return history->runs.v[i];
		}
	}
	return NULL;
}

/* An undo counts when it was carried out and was not undone itself: the newest are looked
 * at first. */
static void mark_undone(struct cas_history *history)
{
	for (size_t i = 0; i < history->runs.n; i++) {
		struct cas_run *run = history->runs.v[i], *undone;

		if (!*run->undoes || run->undoes_part || run->state != CAS_RUN_DONE ||
		    *run->undone_by) {
			continue;
		}
		undone = by_id(history, run->undoes);
		if (undone && !*undone->undone_by) {
			undone->undone_by = run->id;
		}
	}
}

int cas_history_open(struct cas_context *context, const char *journal,
		     const struct cas_directory *directory, struct cas_history **ret,
		     struct cas_error **err)
{
	struct cas_history *history = calloc(1, sizeof(*history));
	int code;

	if (!history) {
		return casp_error_nomem(err);
	}
	code = casp_journal_folder(journal, &history->folder, err);
	if (code == 0) {
		code = read_folder(history, context, directory, err);
	}
	if (code) {
		cas_history_free(history);
		return code;
	}
	if (history->runs.n) {
		qsort(history->runs.v, history->runs.n, sizeof(*history->runs.v),
		      newest_first);
	}
	mark_undone(history);
	*ret = history;
	return 0;
}

int cas_history_next(struct cas_history *history, const struct cas_run **ret,
		     struct cas_error **err)
{
	if (history->next == history->runs.n) {
		return 0;
	}
	*ret = history->runs.v[history->next++];
	return 1;
}

/* ---- finding one ---- */

static int find_undoable(const struct cas_history *history, const struct cas_run **ret,
			 struct cas_error **err)
{
	for (size_t i = 0; i < history->runs.n; i++) {
		const struct cas_run *run = history->runs.v[i];

		if (run->state == CAS_RUN_INTERRUPTED) {
			casp_error(err, CAS_E_REFUSED,
				   "the newest run '%s' was interrupted: it is not known "
				   "what "
				   "it changed",
				   run->id);
			casp_error_hint(err, "finish it first: 'casarray resume %s'",
					run->id);
			return CAS_E_REFUSED;
		}
		if (run->state == CAS_RUN_DAMAGED) {
			return casp_error(
				err, CAS_E_REFUSED,
				"the journal of the newest run '%s' is damaged: %s",
				run->id, run->path);
		}
		if (run->n_done && !*run->undone_by && !*run->undoes) {
			*ret = run;
			return 0;
		}
	}
	casp_error(err, CAS_E_NOT_FOUND, "there is no run to undo in '%s'",
		   history->folder);
	casp_error_hint(err, "'casarray history' lists the runs");
	return CAS_E_NOT_FOUND;
}

int cas_history_find(struct cas_history *history, const char *id,
		     const struct cas_run **ret, struct cas_error **err)
{
	const struct cas_run *found = NULL;
	size_t n = 0;

	if (!id) {
		return find_undoable(history, ret, err);
	}
	if (!*id) {
		return casp_error(err, CAS_E_USAGE, "the id of a run is empty");
	}
	for (size_t i = 0; i < history->runs.n; i++) {
		const struct cas_run *run = history->runs.v[i];

		if (!casp_str_istarts(casp_str(run->id), casp_str(id))) {
			continue;
		}
		found = run;
		n++;
		if (casp_iequal(run->id, id)) {
			n = 1;
			break;
		}
	}
	if (n == 1) {
		*ret = found;
		return 0;
	}
	if (n) {
		casp_error(err, CAS_E_AMBIGUOUS, "%zu runs begin with '%s'", n, id);
	} else {
		casp_error(err, CAS_E_NOT_FOUND, "there is no run '%s'", id);
	}
	casp_error_hint(err, "'casarray history' lists the runs");
	return n ? CAS_E_AMBIGUOUS : CAS_E_NOT_FOUND;
}

/* ---- forgetting ---- */

static bool is_finished(const struct cas_run *run)
{
	return run->state != CAS_RUN_INTERRUPTED && run->state != CAS_RUN_DAMAGED;
}

int cas_history_forget(struct cas_history *history, const struct cas_run *run,
		       struct cas_error **err)
{
	struct cas_run *own = by_id(history, run->id);
	const struct cas_run *undone = *run->undoes ? by_id(history, run->undoes) : NULL;

	if (!own || own->forgotten) {
		return casp_error(err, CAS_E_NOT_FOUND, "there is no run '%s'", run->id);
	}
	if (!is_finished(run)) {
		casp_error(err, CAS_E_REFUSED,
			   "the run '%s' is kept: it did not come to its end", run->id);
		casp_error_hint(err, "finish it: 'casarray resume %s'", run->id);
		return CAS_E_REFUSED;
	}
	/* Else that one would look as if it could still be undone. */
	if (undone && !undone->forgotten) {
		return casp_error(err, CAS_E_REFUSED,
				  "the run '%s' is kept: it undid the run '%s'", run->id,
				  undone->id);
	}
	if (unlink(run->path) < 0 && errno != ENOENT) {
		return casp_file_error(err, "remove", run->path, errno);
	}
	own->forgotten = true;
	return 0;
}
