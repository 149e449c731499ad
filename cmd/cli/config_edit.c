/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A configuration file that gets more sections at its end. */
#include "config_edit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#include "session.h"

/* Others take as long as it takes to write a small file. */
#define LOCK_TRIES 40
#define LOCK_PAUSE_MS 50

static int failed(struct cli_session *session, const char *verb, const char *path,
		  int error)
{
	bool rights = error == EACCES || error == EPERM || error == EROFS;

	return cli_problem(session, rights ? CAS_E_RIGHTS : CAS_E_IO,
			   "--config names another file", "cannot %s '%s': %s", verb,
			   path, strerror(error));
}

/* ---- reading ---- */

static int read_file(struct cli_session *session, struct cli_config_edit *edit)
{
	int fd = open(edit->target, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	const char *end;
	int error = 0;

	if (fd < 0 && errno == ENOENT) {
		edit->is_new = true;
		edit->text = strdup("");
		return edit->text ? 0 : CAS_E_NOMEM;
	}
	if (fd < 0) {
		return failed(session, "read", edit->path, errno);
	}
	if (fstat(fd, &edit->stat)) {
		error = errno;
	} else if (!S_ISREG(edit->stat.st_mode)) {
		close(fd);
		return cli_problem(session, CAS_E_REFUSED, "--config names a file",
				   "'%s' is no file that could be replaced", edit->path);
	} else {
		error = cli_config_load(fd, &edit->text, &edit->n);
	}
	close(fd);
	if (error) {
		return failed(session, "read", edit->path, error);
	}
	end = memchr(edit->text, '\n', edit->n);
	edit->crlf = end && end > edit->text && end[-1] == '\r';
	return 0;
}

/* ---- the folder ---- */

/* The folder of a path, with those above it. 0 or an errno. */
static int make_folders(char *path)
{
	for (char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
		struct stat st;
		int error;

		*p = '\0';
		/* what is there needs no right to be made */
		error = stat(path, &st) && mkdir(path, 0700) ? errno : 0;
		*p = '/';
		if (error && error != EEXIST) {
			return error;
		}
	}
	return 0;
}

/*
 * The folder is locked, since the file is replaced and may not be there. Where it cannot
 * be, as on some network file systems, commit() still notices most changes.
 */
static int lock_folder(struct cli_session *session, struct cli_config_edit *edit,
		       const char *folder)
{
	const struct timespec pause = {.tv_nsec = LOCK_PAUSE_MS * 1000000L};

	edit->lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; edit->lock >= 0 && flock(edit->lock, LOCK_EX | LOCK_NB); i++) {
		if (errno != EWOULDBLOCK) {
			return 0;
		}
		if (i == LOCK_TRIES || cli_interrupted) {
			return cli_problem(
				session,
				cli_interrupted ? CAS_E_INTERRUPTED : CAS_E_CONFLICT,
				"try again", "'%s' is being changed", edit->path);
		}
		nanosleep(&pause, NULL);
	}
	return 0;
}

/* A symbolic link stays one; and all links to a file lead to one lock. */
static int follow_links(struct cli_session *session, struct cli_config_edit *edit)
{
	struct stat st;
	int error;

	edit->target = realpath(edit->path, NULL);
	if (edit->target) {
		return 0;
	}
	error = errno;
	if (error == ENOENT && !lstat(edit->path, &st)) {
		return cli_problem(session, CAS_E_REFUSED, "make the file that it names",
				   "'%s' is a link to what does not exist", edit->path);
	}
	if (error != ENOENT) {
		return failed(session, "read", edit->path, error);
	}
	edit->target = strdup(edit->path);
	return edit->target ? 0
			    : cli_problem(session, CAS_E_NOMEM, NULL, "out of memory");
}

static int take_folder(struct cli_session *session, struct cli_config_edit *edit)
{
	char *path = opt_pool_copy(session->pool, edit->target, strlen(edit->target));
	char *slash;
	int error;

	if (!path) {
		return CAS_E_NOMEM;
	}
	error = make_folders(path);
	if (error) {
		return failed(session, "make the folder of", edit->path, error);
	}
	slash = strrchr(path, '/');
	if (slash) {
		slash[1] = '\0';
	}
	return lock_folder(session, edit, slash ? path : ".");
}

int cli_config_edit_begin(struct cli_session *session, struct cli_config_edit *edit,
			  const char *path, bool write)
{
	int code;

	*edit = (struct cli_config_edit){.path = path, .lock = -1};
	code = follow_links(session, edit);
	if (!code && write) {
		code = take_folder(session, edit);
	}
	if (!code) {
		code = read_file(session, edit);
	}
	/* replacing it would need no such right */
	if (!code && write && !edit->is_new &&
	    faccessat(AT_FDCWD, edit->target, W_OK, AT_EACCESS)) {
		code = failed(session, "write", path, errno);
	}
	return code;
}

void cli_config_edit_end(struct cli_config_edit *edit)
{
	free(edit->text);
	edit->text = NULL;
	free(edit->target);
	edit->target = NULL;
	if (edit->lock >= 0) {
		close(edit->lock);
	}
	edit->lock = -1;
}

/* ---- writing ---- */

/* Does the text end with an empty line, or is there none? */
static bool ends_blank(const struct cli_config_edit *edit)
{
	const char *p = edit->text + edit->n;
	int ends = 0;

	while (p > edit->text && ends < 2) {
		p--;
		if (*p == '\n') {
			ends++;
		} else if (*p != '\r' && *p != ' ' && *p != '\t') {
			return false;
		}
	}
	return true;
}

/* Room for more of the text. false: out of memory. */
static bool make_room(struct cli_config_edit *edit, size_t n)
{
	size_t size = 2 * (edit->n + n);
	char *text = edit->n + n > edit->size ? realloc(edit->text, size) : NULL;

	if (text) {
		edit->text = text;
		edit->size = size;
	}
	return edit->n + n <= edit->size;
}

int cli_config_edit_add(struct cli_session *session, struct cli_config_edit *edit,
			const char *section)
{
	char *text, *to;

	/* each line end may become two bytes, and up to two come before */
	if (!make_room(edit, 2 * strlen(section) + 5)) {
		return cli_problem(session, CAS_E_NOMEM, NULL, "out of memory");
	}
	text = edit->text;
	to = text + edit->n;
	if (edit->n && to[-1] != '\n') {
		to = stpcpy(to, edit->crlf ? "\r\n" : "\n");
		edit->n = (size_t)(to - text);
	}
	if (!ends_blank(edit)) {
		to = stpcpy(to, edit->crlf ? "\r\n" : "\n");
	}
	for (; *section; section++) {
		if (*section == '\n' && edit->crlf) {
			*to++ = '\r';
		}
		*to++ = *section;
	}
	*to = '\0';
	edit->n = (size_t)(to - text);
	return 0;
}

/* Who edits it by hand has no lock. */
static bool has_changed(const struct cli_config_edit *edit)
{
	struct stat st;

	if (stat(edit->target, &st)) {
		return !edit->is_new;
	}
	return edit->is_new || st.st_ino != edit->stat.st_ino ||
	       st.st_dev != edit->stat.st_dev || st.st_size != edit->stat.st_size ||
	       st.st_mtim.tv_sec != edit->stat.st_mtim.tv_sec ||
	       st.st_mtim.tv_nsec != edit->stat.st_mtim.tv_nsec;
}

/* It stays whose it is: who loses a file by an exemption may not read it any more. The
 * group may be one that we are not in. 0 or an errno. */
static int keep_owner(const struct cli_config_edit *edit, int fd)
{
	struct stat st;

	if (fstat(fd, &st)) {
		return errno;
	}
	if (st.st_uid != edit->stat.st_uid && fchown(fd, edit->stat.st_uid, (gid_t)-1)) {
		return errno;
	}
	if (st.st_gid != edit->stat.st_gid && fchown(fd, (uid_t)-1, edit->stat.st_gid) &&
	    errno != EPERM) {
		return errno;
	}
	return 0;
}

static int replace(struct cli_config_edit *edit, struct cli_output *output)
{
	FILE *stream = cli_output_stream(output);
	int fd = fileno(stream), error;

	if (edit->is_new && fchmod(fd, 0600)) {
		return errno;
	}
	error = edit->is_new ? 0 : keep_owner(edit, fd);
	if (error) {
		return error;
	}
	if (fwrite(edit->text, 1, edit->n, stream) != edit->n) {
		return errno;
	}
	return cli_output_commit(output);
}

int cli_config_edit_commit(struct cli_session *session, struct cli_config_edit *edit)
{
	struct cli_output *output;
	int error;

	if (has_changed(edit)) {
		return cli_problem(session, CAS_E_CONFLICT, "try again",
				   "'%s' was changed meanwhile", edit->path);
	}
	error = cli_output_open(&output, edit->target);
	if (!error) {
		error = replace(edit, output);
		cli_output_free(output);
	}
	return error ? failed(session, "write", edit->path, error) : 0;
}
