/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Output: a head, rows, a tail, each a small JSON object, printed as they come. */
#ifndef REPORT_H
#define REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* How text shows a stream. JSON, NDJSON and CSV do not need to know. */
enum out_view_kind {
	OUT_TABLE,    /* one line a row, the view's columns; widths from the first rows */
	OUT_RECORDS,  /* "field: value" lines, a block a row */
	OUT_FINDINGS, /* the audit: summary by site, then a block a finding */
	OUT_PLAN,     /* "+ - ~" steps, impact, notices */
	OUT_CHECKS,   /* "ok  name  message", hints below */
	OUT_TEXT,     /* the row's member "text" as it is */
};

struct out_column {
	const char *field; /* member of the row; "a.b" for a member of a member */
	const char *title;
	bool right;
	bool secondary; /* dropped first when the terminal is narrow */
};

struct out_view {
	const char *schema; /* "casarray.databases"; the document's "schema" */
	enum out_view_kind kind;
	const struct out_column *columns; /* text's default, and CSV's */
	size_t n_columns;
	const char *empty; /* text to print when there was no row, "no arrays" */
	bool apart;        /* OUT_TEXT: each row is followed by an empty line */
	bool detailed;     /* text: also what only --verbose shows otherwise */
	/* What a rule says of itself, by its id, for formats that list those of the
	 * head's "rules"; a new object, NULL: out of memory. Findings only. */
	json_t *(*rule)(const char *id);
};

struct out_options {
	FILE *stream;
	const char *format;
	const char *fields; /* comma-separated members of the rows, or NULL */
	bool color;
	int width;           /* of the terminal; 0: not a terminal, nothing is cut */
	bool verbose;        /* text: also what is only counted otherwise */
	const char *version; /* of the program, for formats that name it; or NULL */
	const volatile int
		*interrupt; /* a row fails with EINTR once it is not zero; or NULL */
};

struct out;
/* NULL: out of memory, or a format that is not known. */
struct out *out_new(const struct out_options *options);
void out_free(struct out *out);
/*
 * These steal their object (NULL: an empty one). 0, or -1 with errno, and out_message()
 * says why: the stream cannot be written, EINVAL: --fields names a field that the rows do
 * not have, EINTR. After EPIPE everything is dropped silently and the calls return 0.
 */
int out_begin(struct out *out, const struct out_view *view, json_t *head);
int out_row(struct out *out, json_t *row);
/* Rows for formats that tell of everything that was judged, and not only of what is to be
 * told of it: how many there are is said before out_begin(), and the rows go to no other
 * format. */
struct out_every {
	size_t passed;
	size_t suppressed; /* that do not count */
};
bool out_wants_every(const struct out *out);
void out_expect_every(struct out *out, const struct out_every *every);
int out_every(struct out *out, json_t *row);
/* Would --fields do for such a row? 0, or -1 with EINVAL. */
int out_check(struct out *out, const struct out_view *view, const json_t *row);
/* A member "summary" of the tail is printed by text as the last line. */
int out_end(struct out *out, json_t *tail);
/* Writes what is buffered. */
int out_flush(struct out *out);
/* Why a call failed, one line; NULL: none did. *code gets the errno. */
const char *out_message(const struct out *out, int *code);
/* Was the document begun, and was it ended? A file is replaced by a whole one only. */
bool out_begun(const struct out *out);
bool out_complete(const struct out *out);
/* `other` gets every head, row and tail that `out` gets, and is flushed with it. Both are
 * freed by whoever made them. A call on `out` fails when one of them does. */
void out_chain(struct out *out, struct out *other);
/* Once it is begun: is there any use for members of the rows that text does not show? */
bool out_wants_all(const struct out *out);

/* The format's names, NULL-terminated. */
extern const char *const out_formats[];
/* Of n characters: the name as it is in out_formats, or NULL. */
const char *out_format_name(const char *name, size_t n);
/* Can it print such a view? Some are for findings alone. */
bool out_format_fits(const char *name, enum out_view_kind kind);
/* Does it have the rows of out_every()? */
bool out_format_has_every(const char *name);
/* Can --fields choose what it prints? */
bool out_format_has_fields(const char *name);

/* A text made safe for a terminal: control characters, escape sequences, invalid UTF-8
 * and bidi controls as \x1b or \u202e. */
void out_escape(FILE *stream, const char *text);

#endif
