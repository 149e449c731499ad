/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A run of the history: its journal, opened, and what others may know of it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../base/file.h"
#include "../names/dn.h"
#include "../names/fqdn.h"
#include "run.h"

/* That of a plan which touches millions of objects. */
#define LARGEST_JOURNAL ((off_t)4 << 30)

static int read_all(int fd, size_t n, char **ret, size_t *ret_n)
{
	char *text = malloc(n + 1);
	size_t at = 0;

	while (text && at < n) {
		ssize_t got = read(fd, text + at, n - at);

		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			free(text);
			return -1;
		}
		if (got == 0) {
			break;
		}
		at += (size_t)got;
	}
	if (!text) {
		errno = ENOMEM;
		return -1;
	}
	*ret = text;
	*ret_n = at;
	return 0;
}

/* 1: read; 0: not a regular file, so not ours. */
static int read_file(const char *path, char **ret, size_t *n, struct cas_error **err)
{
	/* A FIFO must not hold the reader up. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	int code = 1;

	if (fd < 0) {
		return errno == ELOOP || errno == ENXIO
			       ? 0
			       : casp_error(err, CAS_E_IO,
					    "cannot open the journal '%s': %s", path,
					    strerror(errno));
	}
	if (fstat(fd, &st) < 0) {
		code = casp_file_error(err, "read the journal", path, errno);
		close(fd);
		return code;
	}
	if (!S_ISREG(st.st_mode)) {
		close(fd);
		return 0;
	}
	if (st.st_size > LARGEST_JOURNAL) {
		close(fd);
		return casp_error(err, CAS_E_FORMAT,
				  "the journal '%s' is too large to be one", path);
	}
	if (read_all(fd, (size_t)st.st_size, ret, n) < 0) {
		code = casp_file_error(err, "read the journal", path, errno);
	}
	close(fd);
	return code;
}

/* A journal whose first record is gone is still known by its file name, and so is when it
 * was. */
static void id_from_path(struct cas_run *run)
{
	const char *slash = strrchr(run->path, '/');
	const char *name = slash ? slash + 1 : run->path;
	size_t n = strcspn(name, ".");
	struct tm tm = {0};

	if (n >= sizeof(run->id)) {
		n = sizeof(run->id) - 1;
	}
	memcpy(run->id, name, n);
	run->id[n] = '\0';
	if (strptime(run->id, "%Y%m%d-%H%M%S", &tm)) {
		run->time = timegm(&tm);
		/* It is not older than another of the same second for all that is known.
		 */
		run->time_ns = run->time * 1000000000 + 999999999;
	}
}

static struct cas_run *new_run(const char *path)
{
	struct cas_run *run = calloc(1, sizeof(*run));

	if (!run) {
		return NULL;
	}
	run->path = strdup(path);
	if (!run->path) {
		free(run);
		return NULL;
	}
	run->address = run->identity = run->host = run->who = run->command = run->title =
		"";
	run->undoes = run->undone_by = run->message = "";
	id_from_path(run);
	return run;
}

struct cas_run *casp_run_unreadable(const char *path, const char *message)
{
	struct cas_run *run = new_run(path);

	if (!run) {
		return NULL;
	}
	run->state = CAS_RUN_DAMAGED;
	run->message = casp_arena_dup(&run->arena, message, strlen(message));
	if (!run->message) {
		casp_run_free(run);
		return NULL;
	}
	return run;
}

int casp_run_open(const char *path, struct cas_run **ret, struct cas_error **err)
{
	CASP_CLEANUP(casp_freep) char *text = NULL;
	struct cas_run *run;
	size_t n = 0;
	int code = read_file(path, &text, &n, err);

	if (code <= 0) {
		*ret = NULL;
		return code;
	}
	run = new_run(path);
	if (!run) {
		return casp_error_nomem(err);
	}
	if (!casp_run_parse(run, NULL, text, n)) {
		casp_run_free(run);
		return casp_error_nomem(err);
	}
	*ret = run;
	return 0;
}

static void free_steps(struct casp_run_steps *body)
{
	if (body) {
		casp_arena_free(&body->arena);
		casp_vec_free(&body->steps);
		free(body->text);
		free(body);
	}
}

void casp_run_free(struct cas_run *run)
{
	if (!run) {
		return;
	}
	free_steps(run->body);
	casp_arena_free(&run->arena);
	free(run->path);
	free(run);
}

int casp_run_load(const struct cas_run *run, struct cas_error **err)
{
	/* What is read is a cache: the run is the same before and after. */
	struct cas_run *cache = (struct cas_run *)(uintptr_t)run;
	struct cas_run *again = new_run(run->path);
	struct casp_run_steps *body;
	size_t n = 0;
	int code;

	if (run->body) {
		casp_run_free(again);
		return 0;
	}
	body = again ? calloc(1, sizeof(*body)) : NULL;
	if (!body) {
		casp_run_free(again);
		return casp_error_nomem(err);
	}
	code = read_file(run->path, &body->text, &n, err);
	if (code == 1) {
		code = casp_run_parse(again, body, body->text, n) ? 0
								  : casp_error_nomem(err);
	}
	if (code == 0 && (again->n_steps != run->n_steps || again->state != run->state)) {
		code = casp_error(err, CAS_E_CONFLICT,
				  "the journal '%s' changed meanwhile", run->path);
	}
	casp_run_free(again);
	if (code) {
		free_steps(body);
		return code;
	}
	cache->body = body;
	return 0;
}

const struct casp_step *casp_run_step(const struct cas_run *run, size_t index)
{
	if (index >= run->n_steps || casp_run_load(run, NULL)) {
		return NULL;
	}
	return &run->body->steps.v[index];
}

/* ---- what others may know ---- */

const char *cas_run_id(const struct cas_run *run)
{
	return run->id;
}

const char *cas_run_address(const struct cas_run *run)
{
	return run->address;
}

const char *cas_run_who(const struct cas_run *run)
{
	return run->who;
}

const char *cas_run_command(const struct cas_run *run)
{
	return run->command;
}

int64_t cas_run_time(const struct cas_run *run)
{
	return run->time;
}

enum cas_run_state cas_run_state(const struct cas_run *run)
{
	return run->state;
}

size_t cas_run_steps(const struct cas_run *run)
{
	return run->n_steps;
}

const char *cas_run_undoes(const struct cas_run *run)
{
	return run->undoes;
}

const char *cas_run_undone_by(const struct cas_run *run)
{
	return run->undone_by;
}

bool casp_run_is_of(const struct cas_run *run, const struct cas_directory *directory)
{
	return casp_directory_has_identity(directory, run->identity);
}

int casp_run_check(const struct cas_run *run, const struct cas_organization *org,
		   struct cas_error **err)
{
	if (!casp_run_is_of(run, org->directory)) {
		return casp_error(err, CAS_E_REFUSED,
				  "the run '%s' was applied to '%s', not to '%s'",
				  run->id, run->address, org->directory->address);
	}
	if (run->state == CAS_RUN_DAMAGED) {
		casp_error(err, CAS_E_REFUSED,
			   "the journal of the run '%s' is damaged: %s", run->id,
			   run->path);
		casp_error_hint(err, "'casarray audit' shows how things are now");
		return CAS_E_REFUSED;
	}
	return 0;
}

int casp_run_warn(const struct cas_run *run, struct cas_plan *plan,
		  const char **elsewhere, struct cas_error **err)
{
	const struct casp_server_facts *server =
		casp_directory_server(plan->org->directory);

	*elsewhere = NULL;
	if (!server || !*run->host || !*server->host ||
	    casp_fqdn_equal(casp_str(run->host), casp_str(server->host))) {
		return 0;
	}
	*elsewhere = casp_arena_dup(&plan->arena, run->host, strlen(run->host));
	if (!*elsewhere ||
	    !casp_plan_warn(
		    plan,
		    "the run wrote to '%s': what it wrote there may not have come "
		    "to '%s' yet",
		    run->host, server->host)) {
		return casp_error_nomem(err);
	}
	return 0;
}
