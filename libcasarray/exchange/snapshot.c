/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes what rules need of a directory to one LDIF file. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../base/context.h"
#include "load.h"
#include "snapshot.h"

#define LOCK_TIMEOUT_MS 2000

/* ---- text ---- */

/* A comment; nothing in it can end the line. */
static void add_comment(struct casp_snapshot *writer, const char *label, const char *text)
{
	struct casp_buf *buf = &writer->text.buf;

	casp_buf_addf(buf, "# %s", label);
	for (; *text; text++) {
		casp_buf_addc(buf, (unsigned char)*text < 0x20 ? '?' : *text);
	}
	casp_buf_adds(buf, writer->text.eol);
}

static void add_time(struct casp_snapshot *writer, const char *label, time_t when)
{
	char date[32] = "unknown";
	struct tm tm;

	if (gmtime_r(&when, &tm)) {
		strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &tm);
	}
	add_comment(writer, label, date);
}

static void add_header(struct casp_snapshot *writer)
{
	const struct casp_server_facts *server = casp_directory_server(writer->directory);
	time_t now = time(NULL);
	/* A snapshot of an old snapshot is no younger. */
	time_t as_of = server ? now : (time_t)casp_directory_as_of(writer->directory);

	add_comment(writer, "A snapshot of an Exchange organization, by casarray ",
		    cas_version());
	add_time(writer, "Taken: ", now);
	if (writer->redact) {
		add_comment(writer, "Names are replaced.", "");
	} else {
		add_comment(writer, "From: ", cas_directory_address(writer->directory));
		if (server && *server->host) {
			add_comment(writer, "Server: ", server->host);
		}
	}
	if (as_of) {
		add_time(writer, CASP_AS_OF, as_of);
	}
	casp_ldif_text_add(&writer->text, CASP_STR("version"), CASP_STR("1"));
}

/* ---- passes ---- */

static int write_words(struct casp_snapshot *writer, struct cas_error **err)
{
	const struct casp_pseudonym *const *all;
	size_t n = casp_pseudonyms_all(writer->redact->names, &all);
	CASP_CLEANUP(casp_buf_free) struct casp_buf line = {0};
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		if (!all[i]->pseudonym) {
			continue;
		}
		casp_buf_clear(&line);
		casp_buf_addf(&line, "%s\t", all[i]->pseudonym);
		casp_buf_add_str(&line, all[i]->word);
		casp_buf_addc(&line, '\n');
		r = line.failed ? casp_error_nomem(err)
				: casp_replace_write(writer->map, line.p, line.n, err);
	}
	return r;
}

/* All of it to the temporary files. */
static int write_files(struct casp_snapshot *writer, struct cas_error **err)
{
	int r = 0;

	if (writer->redact) {
		/* No pseudonym shall be a name that is there: so names first. */
		writer->noting = true;
		r = casp_snapshot_entries(writer, err);
		writer->noting = false;
		casp_redact_begin(writer->redact);
	}
	if (r == 0) {
		add_header(writer);
		r = casp_snapshot_entries(writer, err);
	}
	return r == 0 && writer->map ? write_words(writer, err) : r;
}

static void free_writer(struct casp_snapshot *writer)
{
	casp_replace_abort(writer->file);
	casp_replace_abort(writer->map);
	casp_redact_free(writer->redact);
	casp_ldif_text_free(&writer->text);
	casp_buf_free(&writer->value);
}

/* ---- files ---- */

static int open_private(const char *path, struct casp_replace **ret,
			struct cas_error **err)
{
	int r = casp_replace_open(path, ret, err);

	return r < 0 ? r : casp_replace_private(*ret, err);
}

static int check_file(const char *path, bool replace, struct cas_error **err)
{
	struct stat st;

	if (lstat(path, &st) < 0) {
		return 0;
	}
	if (!S_ISREG(st.st_mode)) {
		return casp_error(err, CAS_E_IO, "cannot write '%s': not a regular file",
				  path);
	}
	if (replace) {
		return 0;
	}
	casp_error(err, CAS_E_REFUSED, "'%s' exists already", path);
	return casp_error_hint(err, "name another file, or replace it with --force");
}

static int check_files(const char *path, const struct cas_snapshot *how,
		       struct cas_error **err)
{
	int r = check_file(path, how->replace, err);

	return r == 0 && how->map ? check_file(how->map, how->replace, err) : r;
}

/* The map before the snapshot, which would be of no use without it. */
static int commit(struct casp_snapshot *writer, struct cas_error **err)
{
	struct casp_replace *file = writer->file, *map = writer->map;
	int r = 0;

	writer->map = NULL;
	if (map) {
		r = casp_replace_commit(map, err);
	}
	if (r < 0) {
		return r;
	}
	writer->file = NULL;
	return casp_replace_commit(file, err);
}

static int write_once(struct cas_directory *directory, const char *path,
		      const struct cas_snapshot *how, size_t *counts,
		      struct cas_error **err)
{
	struct casp_snapshot *writer = calloc(1, sizeof(*writer));
	int r;

	if (!writer) {
		return casp_error_nomem(err);
	}
	writer->directory = directory;
	casp_snapshot_init(writer);
	r = open_private(path, &writer->file, err);
	if (r == 0 && how->map) {
		r = open_private(how->map, &writer->map, err);
	}
	if (r == 0 && how->redact) {
		r = casp_redact_new(&writer->redact, err);
	}
	if (r == 0) {
		r = write_files(writer, err);
	}
	if (r == 0) {
		r = check_files(path, how, err);
	}
	if (r == 0) {
		r = commit(writer, err);
	}
	if (r == 0 && counts) {
		memcpy(counts, writer->counts, sizeof(writer->counts));
	}
	free_writer(writer);
	free(writer);
	return r;
}

/* A search that broke off cannot go on where it was; reading may begin anew. */
static int write_locked(struct cas_directory *directory, const char *path,
			const struct cas_snapshot *how, size_t *counts,
			struct cas_error **err)
{
	struct cas_error *error = NULL;
	int r = write_once(directory, path, how, counts, &error);

	if (r == CAS_E_IO && casp_directory_broke_off(directory)) {
		casp_log(directory->context, CAS_LOG_INFO, "%s; once more",
			 cas_error_message(error));
		cas_error_free(error);
		error = NULL;
		r = write_once(directory, path, how, counts, &error);
	}
	casp_error_pass(err, error);
	return r;
}

/* Is it one of the files that the directory is read from? Their paths stand in its
 * address, with ", " between them. */
static bool is_source(const struct cas_directory *directory, const char *path)
{
	CASP_CLEANUP(casp_freep) char *resolved = realpath(path, NULL);
	const char *address = cas_directory_address(directory), *p = address;
	size_t n = resolved ? strlen(resolved) : 0;

	while (n && (p = strstr(p, resolved))) {
		if ((p == address || (p >= address + 2 && !memcmp(p - 2, ", ", 2))) &&
		    (!p[n] || !strncmp(p + n, ", ", 2))) {
			return true;
		}
		p++;
	}
	return false;
}

static int check(const struct cas_directory *directory, const char *path,
		 const struct cas_snapshot *how, struct cas_error **err)
{
	if (!*path || (how->map && !*how->map)) {
		return casp_error(err, CAS_E_USAGE, "the name of a file is empty");
	}
	if (how->map && !how->redact) {
		return casp_error(err, CAS_E_USAGE,
				  "a map of names that are not replaced is wanted");
	}
	if (how->map && !strcmp(path, how->map)) {
		return casp_error(err, CAS_E_USAGE,
				  "'%s' cannot be the snapshot and its map", path);
	}
	if (is_source(directory, path) || (how->map && is_source(directory, how->map))) {
		casp_error(err, CAS_E_REFUSED,
			   "'%s' is what the snapshot would be taken of",
			   is_source(directory, path) ? path : how->map);
		return casp_error_hint(err, "a snapshot holds less: name another file");
	}
	return check_files(path, how, err);
}

int cas_snapshot_write(struct cas_directory *directory, const char *path,
		       const struct cas_snapshot *how, size_t *counts,
		       struct cas_error **err)
{
	static const struct cas_snapshot plain;
	struct casp_lock *lock = NULL, *map_lock = NULL;
	int r;

	how = how ? how : &plain;
	r = check(directory, path, how, err);
	if (r == 0) {
		r = casp_lock_take(path, LOCK_TIMEOUT_MS, &lock, err);
	}
	if (r == 0 && how->map) {
		r = casp_lock_take(how->map, LOCK_TIMEOUT_MS, &map_lock, err);
	}
	if (r == 0) {
		r = write_locked(directory, path, how, counts, err);
	}
	casp_lock_release(map_lock);
	casp_lock_release(lock);
	return r;
}
