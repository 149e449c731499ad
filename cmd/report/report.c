/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One stream of head, rows and tail, handed to a format. */
#include "report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"

static bool add_name(char ***names, size_t *n, const char *p, size_t length)
{
	char **grown = realloc(*names, (*n + 1) * sizeof(*grown));

	if (!grown) {
		return false;
	}
	*names = grown;
	grown[*n] = strndup(p, length);
	if (!grown[*n]) {
		return false;
	}
	(*n)++;
	return true;
}

static bool split_fields(struct out *out, const char *fields)
{
	while (fields) {
		const char *comma = strchrnul(fields, ',');
		size_t n = (size_t)(comma - fields);

		while (n && *fields == ' ') {
			fields++;
			n--;
		}
		while (n && fields[n - 1] == ' ') {
			n--;
		}
		if (n && !add_name(&out->fields, &out->n_fields, fields, n)) {
			return false;
		}
		fields = *comma ? comma + 1 : NULL;
	}
	return true;
}

struct out *out_new(const struct out_options *options)
{
	struct out *out;

	if (!out_format_name(options->format, strlen(options->format))) {
		return NULL;
	}
	out = calloc(1, sizeof(*out));
	if (!out) {
		return NULL;
	}
	out->options = *options;
	if (!split_fields(out, options->fields)) {
		out_free(out);
		return NULL;
	}
	return out;
}

static void free_names(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(names[i]);
	}
	free(names);
}

/* Leaves the output ready for another stream. */
static void reset(struct out *out)
{
	if (out->format && out->format->free) {
		out->format->free(out);
	}
	out->format = NULL;
	json_decref(out->head);
	out->head = NULL;
	free(out->columns);
	out->columns = NULL;
	out->n_columns = 0;
	free_names(out->names, out->n_names);
	out->names = NULL;
	out->n_names = 0;
	out->n_rows = 0;
	out->n_shown = 0;
}

void out_free(struct out *out)
{
	if (!out) {
		return;
	}
	reset(out);
	free_names(out->fields, out->n_fields);
	out_buf_free(&out->line);
	free(out->message);
	free(out);
}

/* The columns of tables, records and CSV. */
static bool set_columns(struct out *out, const json_t *row)
{
	const struct out_view *view = out->view;
	size_t n = out->n_fields ? out->n_fields : view->n_columns;
	char **names = out->fields;

	if (!n) {
		const char *key;
		json_t *value;

		json_object_foreach((json_t *)row, key, value)
		{
			if (!add_name(&out->names, &out->n_names, key, strlen(key))) {
				return false;
			}
		}
		n = out->n_names;
		names = out->names;
	}
	out->columns = calloc(n ? n : 1, sizeof(*out->columns));
	if (!out->columns) {
		return false;
	}
	out->n_columns = n;
	for (size_t i = 0; i < n; i++) {
		if (names) {
			out->columns[i].field = names[i];
			out->columns[i].title = names[i];
		} else {
			out->columns[i] = view->columns[i];
		}
	}
	return true;
}

static bool view_has(const struct out_view *view, const char *field)
{
	for (size_t i = 0; i < view->n_columns; i++) {
		if (!strcmp(view->columns[i].field, field)) {
			return true;
		}
	}
	return false;
}

static void fail_field(struct out *out, const json_t *row, const char *field)
{
	struct out_buf known = {0};
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)row, key, value)
	{
		out_buf_adds(&known, known.n ? ", " : "");
		out_buf_adds(&known, key);
	}
	out_fail(out, EINVAL, "unknown field '%s'; the fields are %s", field,
		 known.n && !known.failed ? known.p : "none");
	out_buf_free(&known);
}

static bool check_fields(struct out *out, const struct out_view *view, const json_t *row)
{
	for (size_t i = 0; row && i < out->n_fields; i++) {
		if (!out_member(row, out->fields[i]) && !view_has(view, out->fields[i])) {
			fail_field(out, row, out->fields[i]);
			return false;
		}
	}
	return true;
}

/* Everything that waits for the first row or the end. */
static bool start(struct out *out, const json_t *row)
{
	if (!check_fields(out, out->view, row)) {
		return false;
	}
	if (!set_columns(out, row)) {
		out_fail(out, ENOMEM, "out of memory");
		return false;
	}
	out->state = OUT_STARTED;
	if (out->format->begin) {
		out->format->begin(out, out->head);
	}
	json_decref(out->head);
	out->head = NULL;
	return true;
}

static int status(struct out *out)
{
	if (out->line.failed) {
		out_fail(out, ENOMEM, "out of memory");
	}
	if (out->error) {
		errno = out->error;
		return -1;
	}
	return 0;
}

int out_check(struct out *out, const struct out_view *view, const json_t *row)
{
	check_fields(out, view, row);
	return status(out);
}

static int begin_one(struct out *out, const struct out_view *view, json_t *head)
{
	reset(out);
	out->view = view;
	out->format = out_format_find(out->options.format, view->kind, out->n_fields > 0);
	out->state = OUT_PENDING;
	out->head = json_incref(head);
	return status(out);
}

static int row_one(struct out *out, const json_t *row)
{
	if (out->options.interrupt && *out->options.interrupt) {
		out_fail(out, EINTR, "interrupted");
	}
	if (out->error || out->gone || (out->state == OUT_PENDING && !start(out, row))) {
		return status(out);
	}
	out->format->row(out, row);
	out->n_rows++;
	return status(out);
}

static int flush_one(struct out *out)
{
	if (out->error || out->gone) {
		return status(out);
	}
	if (out->state == OUT_STARTED && out->format->flush) {
		out->format->flush(out);
	}
	errno = 0;
	if (fflush(out->options.stream)) {
		out_fail(out, errno ? errno : EIO, NULL);
	}
	return status(out);
}

static int end_one(struct out *out, const json_t *tail)
{
	if (!out->error && !out->gone && out->state == OUT_PENDING) {
		start(out, NULL);
	}
	if (!out->error && !out->gone && out->format->end) {
		out->format->end(out, tail);
	}
	if (!out->error) {
		out->state = OUT_ENDED;
	}
	return flush_one(out);
}

static int fail_memory(struct out *out)
{
	out_fail(out, ENOMEM, "out of memory");
	return status(out);
}

/* What is wrong with one output is wrong with all: the first errno. */
static void note(int *ret, int *error, int one)
{
	if (one && !*ret) {
		*ret = one;
		*error = errno;
	}
}

int out_begin(struct out *out, const struct out_view *view, json_t *head)
{
	int ret = 0, error = 0;

	head = head ? head : json_object();
	if (!head) {
		return fail_memory(out);
	}
	for (struct out *one = out; one; one = one->next) {
		note(&ret, &error, begin_one(one, view, head));
	}
	json_decref(head);
	errno = error;
	return ret;
}

/* To every format, or to those alone that have what out_every() hands out. */
static int hand_row(struct out *out, json_t *row, bool every)
{
	int ret = 0, error = 0;

	if (!row) {
		return fail_memory(out);
	}
	for (struct out *one = out; one; one = one->next) {
		if (!every || (one->format && one->format->every)) {
			note(&ret, &error, row_one(one, row));
		}
	}
	json_decref(row);
	errno = error;
	return ret;
}

int out_row(struct out *out, json_t *row)
{
	return hand_row(out, row, false);
}

int out_every(struct out *out, json_t *row)
{
	return hand_row(out, row, true);
}

int out_end(struct out *out, json_t *tail)
{
	int ret = 0, error = 0;

	tail = tail ? tail : json_object();
	if (!tail) {
		return fail_memory(out);
	}
	for (struct out *one = out; one; one = one->next) {
		note(&ret, &error, end_one(one, tail));
	}
	json_decref(tail);
	errno = error;
	return ret;
}

int out_flush(struct out *out)
{
	int ret = 0, error = 0;

	for (struct out *one = out; one; one = one->next) {
		note(&ret, &error, flush_one(one));
	}
	errno = error;
	return ret;
}

void out_chain(struct out *out, struct out *other)
{
	while (out->next) {
		out = out->next;
	}
	out->next = other;
}

bool out_wants_all(const struct out *out)
{
	for (; out; out = out->next) {
		if (out->format && (out->format->whole || out->n_fields)) {
			return true;
		}
	}
	return false;
}

const char *out_message(const struct out *out, int *code)
{
	if (code) {
		*code = out->error;
	}
	return out->error ? out->message ? out->message : "out of memory" : NULL;
}

bool out_begun(const struct out *out)
{
	return out->state != OUT_IDLE;
}

bool out_complete(const struct out *out)
{
	return out->state == OUT_ENDED && !out->error && !out->gone;
}

/* NULL: the stream cannot be written, for the reason of the errno. */
void out_fail(struct out *out, int error, const char *format, ...)
{
	va_list args;

	if (out->error) {
		return;
	}
	if (!format && error == EPIPE) {
		out->gone = true;
		return;
	}
	out->error = error;
	if (!format) {
		if (asprintf(&out->message, "cannot write the output: %s",
			     strerror(error)) < 0) {
			out->message = NULL;
		}
		return;
	}
	va_start(args, format);
	if (vasprintf(&out->message, format, args) < 0) {
		out->message = NULL;
	}
	va_end(args);
}

void out_write(struct out *out, const char *p, size_t n)
{
	if (out->error || out->gone || !n) {
		return;
	}
	errno = 0;
	if (fwrite_unlocked(p, 1, n, out->options.stream) != n) {
		out_fail(out, errno ? errno : EIO, NULL);
	}
}

void out_puts(struct out *out, const char *text)
{
	out_write(out, text, strlen(text));
}

void out_line(struct out *out)
{
	out_write(out, out->line.p, out->line.n);
	out_buf_clear(&out->line);
}

const json_t *out_member(const json_t *row, const char *field)
{
	const json_t *value = json_object_get(row, field);
	const char *dot = value ? NULL : strchr(field, '.');
	char *first;

	if (!dot) {
		return value;
	}
	first = strndup(field, (size_t)(dot - field));
	if (!first) {
		return NULL;
	}
	value = json_object_get(row, first);
	free(first);
	return value ? out_member(value, dot + 1) : NULL;
}

const char *out_text(const json_t *object, const char *field)
{
	const char *text = json_string_value(json_object_get(object, field));

	return text ? text : "";
}

json_int_t out_integer(const json_t *object, const char *field)
{
	return json_integer_value(json_object_get(object, field));
}

json_t *out_select(struct out *out, const json_t *row)
{
	json_t *selected = json_object();

	for (size_t i = 0; selected && i < out->n_fields; i++) {
		json_t *value = (json_t *)out_member(row, out->fields[i]);

		value = value ? json_incref(value) : json_null();
		if (json_object_set_new(selected, out->fields[i], value)) {
			json_decref(selected);
			selected = NULL;
		}
	}
	if (!selected) {
		out_fail(out, ENOMEM, "out of memory");
	}
	return selected;
}
