/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal of a run, written: the plan before the first change, then what became of
 * it. */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "../base/file.h"
#include "record.h"
#include "run.h"

#define ID_TRIES 16
#define PIECE ((size_t)1 << 18) /* of a large plan that is written at once */

struct casp_journal {
	int fd;
	char *path;
	struct casp_record_writer writer;
};

/* ---- places and names ---- */

static char *home_folder(void)
{
	const char *home = getenv("HOME");
	struct passwd entry, *found = NULL;
	char text[4096];

	if (home && *home) {
		return strdup(home);
	}
	if (getpwuid_r(getuid(), &entry, text, sizeof(text), &found) == 0 && found) {
		return strdup(found->pw_dir);
	}
	return strdup("/");
}

int casp_journal_folder(const char *folder, char **ret, struct cas_error **err)
{
	const char *state = getenv("XDG_STATE_HOME");
	CASP_CLEANUP(casp_freep) char *home = NULL;
	int n;

	if (folder && *folder) {
		*ret = strdup(folder);
		return *ret ? 0 : casp_error_nomem(err);
	}
	/* The XDG specification has a relative path ignored. */
	if (state && *state == '/') {
		n = asprintf(ret, "%s/casarray/journal", state);
	} else {
		home = home_folder();
		n = home ? asprintf(ret, "%s/.local/state/casarray/journal", home) : -1;
	}
	if (n < 0) {
		*ret = NULL;
		return casp_error_nomem(err);
	}
	return 0;
}

static char *who_am_i(void)
{
	struct passwd entry, *found = NULL;
	char text[4096], host[256], *ret;
	int n;

	if (gethostname(host, sizeof(host)) < 0) {
		strcpy(host, "localhost");
	}
	host[sizeof(host) - 1] = '\0';
	if (getpwuid_r(getuid(), &entry, text, sizeof(text), &found) == 0 && found) {
		n = asprintf(&ret, "%s@%s", found->pw_name, host);
	} else {
		n = asprintf(&ret, "uid %u@%s", (unsigned)getuid(), host);
	}
	return n < 0 ? NULL : ret;
}

static bool make_id(char id[32], const struct timespec *now)
{
	uint16_t random;
	struct tm tm;
	size_t n;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random) ||
	    !gmtime_r(&now->tv_sec, &tm)) {
		return false;
	}
	n = strftime(id, 24, "%Y%m%d-%H%M%S", &tm);
	snprintf(id + n, 32 - n, "-%04x", random);
	return n > 0;
}

/* ---- file ---- */

void casp_journal_close(struct casp_journal *journal)
{
	if (!journal) {
		return;
	}
	if (journal->fd >= 0) {
		close(journal->fd);
	}
	casp_buf_free(&journal->writer.buf);
	free(journal->path);
	free(journal);
}

static int io_error(const struct casp_journal *journal, const char *what,
		    struct cas_error **err)
{
	CASP_CLEANUP(casp_freep) char *action = NULL;
	int error = errno;

	if (asprintf(&action, "%s the journal", what) < 0) {
		action = NULL;
		return casp_error_nomem(err);
	}
	return casp_file_error(err, action, journal->path, error);
}

/* Whoever writes the journal holds this lock, so that a run in progress is not resumed.
 */
static bool lock(const struct casp_journal *journal)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	return fcntl(journal->fd, F_OFD_SETLK, &whole) == 0;
}

static struct casp_journal *new_journal(void)
{
	struct casp_journal *journal = calloc(1, sizeof(*journal));

	if (journal) {
		journal->fd = -1;
	}
	return journal;
}

static int create_file(struct casp_journal *journal, const char *folder,
		       struct cas_plan *plan, const struct timespec *now,
		       struct cas_error **err)
{
	for (int i = 0; i < ID_TRIES; i++) {
		free(journal->path);
		journal->path = NULL;
		if (!make_id(plan->run, now)) {
			plan->run[0] = '\0';
			return casp_error(err, CAS_E_IO,
					  "no random number for a run's id");
		}
		if (asprintf(&journal->path, "%s/%s.journal", folder, plan->run) < 0) {
			journal->path = NULL;
			return casp_error_nomem(err);
		}
		journal->fd =
			open(journal->path,
			     O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
		if (journal->fd >= 0) {
			return lock(journal) ? 0 : io_error(journal, "lock", err);
		}
		if (errno != EEXIST) {
			break;
		}
	}
	return io_error(journal, "create", err);
}

static int write_out(struct casp_journal *journal, struct cas_error **err)
{
	struct casp_buf *buf = &journal->writer.buf;

	if (buf->failed) {
		return casp_error_nomem(err);
	}
	if (casp_write_all(journal->fd, buf->p, buf->n) < 0) {
		return io_error(journal, "write", err);
	}
	casp_buf_clear(buf);
	return 0;
}

static int flush(struct casp_journal *journal, struct cas_error **err)
{
	int code = write_out(journal, err);

	if (code) {
		return code;
	}
	if (fsync(journal->fd) < 0) {
		return io_error(journal, "sync", err);
	}
	return 0;
}

/* ---- the plan ---- */

static int write_header(struct casp_journal *journal, const struct cas_plan *plan,
			const struct cas_directory *directory,
			const struct cas_apply *how, const struct timespec *now,
			struct cas_error **err)
{
	CASP_CLEANUP(casp_freep) char *who = how->who ? strdup(how->who) : who_am_i();
	const struct casp_server_facts *server = casp_directory_server(directory);
	struct casp_record_writer *writer = &journal->writer;

	if (!who) {
		return casp_error_nomem(err);
	}
	casp_record_begin(writer, "run");
	casp_record_number(writer, CASP_JOURNAL_FORMAT);
	casp_record_text(writer, plan->run);
	casp_record_number(writer, (int64_t)now->tv_sec * 1000000000 + now->tv_nsec);
	casp_record_text(writer, who);
	casp_record_text(writer, directory->address);
	casp_record_text(writer, casp_directory_identity(directory));
	casp_record_text(writer, server ? server->host : "");
	casp_record_text(writer, how->command ? how->command : "");
	casp_record_text(writer, plan->title);
	casp_record_text(writer, plan->undoes ? plan->undoes : "");
	casp_record_text(writer, plan->undoes_part ? "part" : "whole");
	casp_record_end(writer);
	return 0;
}

static struct casp_str bytes_or_none(const char *value, struct casp_str bytes)
{
	return value ? bytes : casp_str(NULL);
}

static void write_delta(struct casp_record_writer *writer, size_t index,
			const struct casp_delta *delta)
{
	casp_record_begin(writer, "delta");
	casp_record_number(writer, (int64_t)index);
	casp_record_text(writer, delta->attribute);
	casp_record_bytes(writer, bytes_or_none(delta->old_value, casp_delta_old(delta)));
	casp_record_bytes(writer, bytes_or_none(delta->new_value, casp_delta_new(delta)));
	casp_record_text(writer, delta->old_shown);
	casp_record_text(writer, delta->new_shown);
	casp_record_end(writer);
}

static void write_step(struct casp_record_writer *writer, size_t index,
		       const struct casp_step *step)
{
	casp_record_begin(writer, "step");
	casp_record_number(writer, (int64_t)index);
	casp_record_text(writer, cas_action_name(step->action));
	casp_record_text(writer, cas_kind_name(step->kind));
	casp_record_text(writer, step->name);
	casp_record_text(writer, step->dn);
	casp_record_text(writer, step->guid);
	casp_record_text(writer, step->site);
	casp_record_text(writer, step->reason);
	casp_record_text(writer, step->shown);
	casp_record_text(writer, step->new_name);
	casp_record_number(writer, step->mailboxes);
	casp_record_text(writer, cas_outcome_name(step->outcome));
	casp_record_text(writer, step->outcome_reason);
	casp_record_number(writer, (int64_t)step->n_deltas);
	casp_record_end(writer);
	for (size_t i = 0; i < step->n_deltas; i++) {
		write_delta(writer, index, &step->deltas[i]);
	}
}

static int write_plan(struct casp_journal *journal, const struct cas_plan *plan,
		      struct cas_error **err)
{
	struct casp_record_writer *writer = &journal->writer;

	for (size_t i = 0; i < plan->steps.n; i++) {
		int code = writer->buf.n >= PIECE ? write_out(journal, err) : 0;

		if (code) {
			return code;
		}
		write_step(writer, i, &plan->steps.v[i]);
	}
	casp_record_begin(writer, "planned");
	casp_record_number(writer, (int64_t)plan->steps.n);
	casp_record_end(writer);
	return flush(journal, err);
}

int casp_journal_begin(const char *folder, struct cas_plan *plan,
		       const struct cas_directory *directory, const struct cas_apply *how,
		       struct casp_journal **ret, struct cas_error **err)
{
	struct casp_journal *journal = new_journal();
	struct timespec now;
	int code;

	if (!journal) {
		return casp_error_nomem(err);
	}
	clock_gettime(CLOCK_REALTIME, &now);
	code = casp_mkdirs(folder, err);
	if (code == 0) {
		code = create_file(journal, folder, plan, &now, err);
	}
	if (code == 0) {
		code = write_header(journal, plan, directory, how, &now, err);
	}
	if (code == 0) {
		code = write_plan(journal, plan, err);
	}
	if (code == 0) {
		code = casp_fsync_folder(folder, err);
	}
	if (code) {
		/* Nothing was changed yet, so there is no run to remember. */
		if (journal->fd >= 0) {
			unlink(journal->path);
		}
		plan->run[0] = '\0';
		casp_journal_close(journal);
		return code;
	}
	*ret = journal;
	return 0;
}

/* ---- continuing ---- */

static int open_again(struct casp_journal *journal, struct cas_error **err)
{
	journal->fd = open(journal->path, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
	if (journal->fd < 0) {
		return io_error(journal, "open", err);
	}
	if (lock(journal)) {
		return 0;
	}
	if (errno == EAGAIN || errno == EACCES) {
		return casp_error(
			err, CAS_E_CONFLICT,
			"another process is at work on the run of the journal '%s'",
			journal->path);
	}
	return io_error(journal, "lock", err);
}

int casp_journal_continue(const char *folder, const char *run, struct casp_journal **ret,
			  struct cas_error **err)
{
	struct casp_journal *journal = new_journal();
	struct cas_run *found = NULL;
	int code;

	if (!journal || asprintf(&journal->path, "%s/%s.journal", folder, run) < 0) {
		free(journal);
		return casp_error_nomem(err);
	}
	code = open_again(journal, err);
	if (code == 0) {
		code = casp_run_open(journal->path, &found, err);
	}
	if (code == 0 && (!found || found->state != CAS_RUN_INTERRUPTED)) {
		code = casp_error(err, CAS_E_CONFLICT,
				  "the run '%s' is not interrupted any more", run);
	}
	/* A torn last record would make those that follow look like damage. */
	if (code == 0 && ftruncate(journal->fd, (off_t)found->good) < 0) {
		code = io_error(journal, "truncate", err);
	}
	if (code) {
		casp_run_free(found);
		casp_journal_close(journal);
		return code;
	}
	journal->writer.sequence = found->next_sequence;
	casp_run_free(found);
	*ret = journal;
	return 0;
}

/* ---- results ---- */

static bool to_record(const struct casp_step *step)
{
	return step->outcome != CAS_OUTCOME_PLANNED && !step->recorded;
}

static bool same_result(const struct casp_step *a, const struct casp_step *b)
{
	const char *x = a->outcome_reason, *y = b->outcome_reason;

	return to_record(a) == to_record(b) && a->outcome == b->outcome &&
	       (x == y || (x && y && strcmp(x, y) == 0));
}

int casp_journal_record(struct casp_journal *journal, const struct cas_plan *plan,
			size_t first, size_t n, struct cas_error **err)
{
	struct casp_record_writer *writer = &journal->writer;
	size_t end = first + n;

	while (first < end) {
		const struct casp_step *step = &plan->steps.v[first];
		size_t last = first;

		while (last + 1 < end && same_result(step, &plan->steps.v[last + 1])) {
			last++;
		}
		if (to_record(step)) {
			casp_record_begin(writer, "result");
			casp_record_number(writer, (int64_t)first);
			casp_record_number(writer, (int64_t)last);
			casp_record_text(writer, cas_outcome_name(step->outcome));
			casp_record_text(writer, step->outcome_reason);
			casp_record_end(writer);
		}
		first = last + 1;
	}
	return writer->buf.n ? flush(journal, err) : 0;
}

int casp_journal_end(struct casp_journal *journal, enum cas_run_state state,
		     const char *message, struct cas_error **err)
{
	casp_record_begin(&journal->writer, "end");
	casp_record_text(&journal->writer, cas_run_state_name(state));
	casp_record_text(&journal->writer, message);
	casp_record_end(&journal->writer);
	return flush(journal, err);
}
