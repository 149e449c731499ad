/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the formats share: the state of an output, and what each format does with a
 * stream. */
#ifndef OUT_H
#define OUT_H

#include "buf.h"
#include "report.h"

/* In the place of a site, of what belongs to none. */
#define OUT_NO_SITE "(no site)"

enum out_style {
	OUT_STYLE_NONE,
	OUT_STYLE_BOLD,
	OUT_STYLE_RED,
	OUT_STYLE_GREEN,
	OUT_STYLE_YELLOW,
	OUT_STYLE_CYAN,
};

/* A format. The objects are borrowed; each function may be NULL. They write with
 * out_write(). */
struct out_format {
	void (*begin)(struct out *out, const json_t *head);
	void (*row)(struct out *out, const json_t *row);
	void (*end)(struct out *out, const json_t *tail);
	void (*flush)(struct out *out);
	void (*free)(struct out *out);
	bool whole;         /* has every member of a row */
	bool findings_only; /* prints OUT_FINDINGS and nothing else; has no --fields */
	bool every;         /* has the rows of out_every(), too */
};

enum out_state {
	OUT_IDLE,
	OUT_PENDING, /* begun; nothing is written before the fields are known to exist */
	OUT_STARTED,
	OUT_ENDED,
};

struct out {
	struct out_options options;
	const struct out_view *view;
	const struct out_format *format;
	enum out_state state;
	json_t *head; /* until it is written */
	size_t n_rows;
	size_t n_shown; /* of findings: not only counted */
	struct out_every every;

	char **fields; /* --fields */
	size_t n_fields;
	struct out_column *columns; /* of tables and CSV: the fields, the view's, or the
				       first row's */
	size_t n_columns;
	char **names; /* that columns borrow when they are the first row's */
	size_t n_names;

	void *data; /* the format's own */
	struct out_buf line;

	struct out *next; /* see out_chain() */

	int error; /* errno of the first failure */
	bool gone; /* nobody reads any more */
	char *message;
};

extern const struct out_format out_format_json;
extern const struct out_format out_format_ndjson;
extern const struct out_format out_format_csv;
extern const struct out_format out_format_sarif;
extern const struct out_format out_format_junit;
extern const struct out_format out_format_markdown;
extern const struct out_format out_format_table;
extern const struct out_format out_format_records;
extern const struct out_format out_format_findings;
extern const struct out_format out_format_plan;
extern const struct out_format out_format_checks;
extern const struct out_format out_format_plain;

/* Of a name that is known. */
const struct out_format *out_format_find(const char *name, enum out_view_kind kind,
					 bool fields);
void out_write(struct out *out, const char *p, size_t n);
void out_puts(struct out *out, const char *text);
/* Writes out->line and empties it. */
void out_line(struct out *out);
void out_fail(struct out *out, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A value as compact JSON. */
void out_json(struct out *out, const json_t *value);
/* A member of a row: "a", or "a.b" for a member of a member. */
const json_t *out_member(const json_t *row, const char *field);
/* A member's text; "" when it is missing or no string. */
const char *out_text(const json_t *object, const char *field);
json_int_t out_integer(const json_t *object, const char *field);
/* How many findings the head says do not count. */
json_int_t out_suppressed(const json_t *head);
/* change.c: is the row a finding that an earlier report does not have, or one that is not
 * there any more? */
bool out_appeared(const json_t *row);
bool out_went(const json_t *row);
/* One that an earlier report has, too; of out_every() only. */
bool out_stayed(const json_t *row);
/* "+ ", "- ", or "" when the row is no change. */
const char *out_change_sign(const json_t *row);
/* Adds why one does not count, out of the row's member "suppression", to an empty buffer;
 * its text. */
const char *out_accepted(struct out_buf *buf, const json_t *suppression);
/* The start and end of a style; nothing when the output has no colour. */
void out_style(struct out *out, struct out_buf *buf, enum out_style style);
enum out_style out_severity_style(const char *severity);
/* Adds a text wrapped at the terminal's width, later lines indented; `column` is where it
 * starts. */
void out_wrap(struct out *out, struct out_buf *buf, const char *text, size_t column);
/* The tail's "notes" and "summary" as lines. */
void out_text_end(struct out *out, const json_t *tail);
/* A row as --fields has it: a new object. */
json_t *out_select(struct out *out, const json_t *row);

#endif
