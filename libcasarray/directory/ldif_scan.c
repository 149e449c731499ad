/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From text to the lines of records (RFC 2849, and what ldifde, ldapsearch and slapcat
 * make of it). */
#include "ldif.h"

#include <stdlib.h>

#include "../base/excerpt.h"
#include "../names/dn.h"

enum {
	OTHER,
	NAME,   /* of an attribute's name */
	OPTION, /* begins the options */
};
static const unsigned char kinds[256] = {
	['A' ... 'Z'] = NAME, ['a' ... 'z'] = NAME, ['0' ... '9'] = NAME, ['-'] = NAME,
	['.'] = NAME,         ['_'] = NAME,         [';'] = OPTION,
};

void casp_ldif_scan_start(struct casp_ldif_scan *scan, const struct casp_ldif_file *file,
			  const char *from, const char *to, bool trusted)
{
	scan->file = file;
	scan->p = from;
	scan->end = to;
	scan->trusted = trusted;
	scan->nul =
		trusted || from == to ? NULL : memchr(from, '\0', (size_t)(to - from));
	if (!scan->nul) {
		scan->nul = to;
	}
}

void casp_ldif_scan_free(struct casp_ldif_scan *scan)
{
	casp_vec_free(&scan->lines);
}

const char *casp_ldif_next_line(const char *p, const char *end)
{
	const char *nl = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;

	return nl ? nl + 1 : end;
}

bool casp_ldif_is_blank(const char *p, const char *end)
{
	return p == end || *p == '\n' || (*p == '\r' && (p + 1 == end || p[1] == '\n'));
}

const char *casp_ldif_border(const struct casp_ldif_file *file, const char *from)
{
	const char *end = file->text + file->n;
	const char *p;

	if (from <= file->text) {
		return file->text;
	}
	p = casp_ldif_next_line(from - 1, end);
	while (p < end && !casp_ldif_is_blank(p, end)) {
		p = casp_ldif_next_line(p, end);
	}
	return casp_ldif_next_line(p, end);
}

/* ---- one line ---- */

static struct casp_str physical_line(const struct casp_ldif_scan *scan, const char *p)
{
	const char *stop = casp_ldif_next_line(p, scan->end);

	while (stop > p && (stop[-1] == '\n' || stop[-1] == '\r')) {
		stop--;
	}
	return (struct casp_str){p, (size_t)(stop - p)};
}

static int check_changetype(const struct casp_ldif_scan *scan, struct cas_error **err);

__attribute__((cold)) static int no_colon(const struct casp_ldif_scan *scan,
					  const char *start, const char *at,
					  struct cas_error **err)
{
	const char *end = scan->file->text + scan->file->n;
	struct casp_str text = physical_line(scan, start);

	if (at == end && scan->end == end) {
		casp_ldif_file_error(scan->file, start, err,
				     "the file ends in the middle of a line, '%s'",
				     casp_excerpt(text));
		return casp_error_hint(err, "the file was cut off: export it again");
	}
	/* A '-' ends each part of a change: what the record is says more. */
	if (*start == '-' && check_changetype(scan, err) < 0) {
		return CAS_E_FORMAT;
	}
	casp_ldif_file_error(scan->file, start, err,
			     "'%s' is not of the form 'name: value'", casp_excerpt(text));
	if (*start == ' ') {
		return casp_error_hint(
			err, "a line that begins with a space continues the line "
			     "before it, and there is none");
	}
	if (*start == '-') {
		return casp_error_hint(err,
				       "change files cannot be read: export entries");
	}
	return casp_error_hint(err, "is it LDIF?");
}

__attribute__((cold)) static int is_url(const struct casp_ldif_scan *scan,
					const char *start, const char *name_end,
					struct cas_error **err)
{
	struct casp_str name = {start, (size_t)(name_end - start)};

	casp_ldif_file_error(
		scan->file, start, err,
		"the value of '%s' is a reference to another file, which is not read",
		casp_excerpt(name));
	return casp_error_hint(err, "export the directory with the values in the file");
}

__attribute__((cold)) static int split_name(const struct casp_ldif_scan *scan,
					    const char *start, struct cas_error **err)
{
	casp_ldif_file_error(scan->file, start, err,
			     "the line is folded inside the attribute's name, '%s'",
			     casp_excerpt(physical_line(scan, start)));
	return casp_error_hint(err, "export it again with wider or without folds "
				    "(ldapsearch -o ldif-wrap=no)");
}

__attribute__((cold)) static int bad_base64(const struct casp_ldif_scan *scan,
					    const struct casp_ldif_line *line,
					    struct cas_error **err)
{
	casp_ldif_file_error(scan->file, line->start, err,
			     "the value of '%s' is not base64",
			     casp_excerpt(casp_ldif_name(line)));
	return casp_error_hint(err, "the file was cut off or damaged: export it again");
}

__attribute__((cold)) static int has_nul(const struct casp_ldif_scan *scan,
					 struct cas_error **err)
{
	const char *at = scan->nul;

	casp_ldif_file_error(scan->file, at, err, "a NUL byte at byte %zu",
			     (size_t)(at - scan->file->text) + 1);
	if (at - scan->file->text < 2) {
		return casp_error_hint(err, "is it UTF-16 without a byte order mark? "
					    "save it as UTF-8");
	}
	return casp_error_hint(err, "the file is damaged: export it again");
}

/* Finds the end of the logical line at p: *end before its line end; returns where the
 * next begins. */
static inline const char *logical_end(const struct casp_ldif_scan *scan, const char *p,
				      bool *folded, const char **end)
{
	const char *limit = scan->end;
	const char *nl = memchr(p, '\n', (size_t)(limit - p));
	const char *stop, *next;

	while (nl && nl + 1 < limit && nl[1] == ' ') {
		*folded = true;
		nl = memchr(nl + 1, '\n', (size_t)(limit - nl - 1));
	}
	stop = nl ? nl : limit;
	next = nl ? nl + 1 : limit;
	*end = stop > p && stop[-1] == '\r' ? stop - 1 : stop;
	return next;
}

static int check_line(const struct casp_ldif_scan *scan,
		      const struct casp_ldif_line *line, const char *next,
		      struct cas_error **err)
{
	const char *value = line->start + line->value;

	if (next > scan->nul) {
		return has_nul(scan, err);
	}
	if ((size_t)(next - line->start) > CASP_LDIF_LINE_MAX) {
		casp_ldif_file_error(scan->file, line->start, err,
				     "the line is longer than %zu MB",
				     CASP_LDIF_LINE_MAX >> 20);
		return casp_error_hint(err, "the file is damaged, or holds a value that "
					    "no directory has: export it again");
	}
	if (line->base64 && !scan->trusted && !casp_ldif_base64_check(value, line->end)) {
		return bad_base64(scan, line, err);
	}
	return 0;
}

/* Past the name and options: *colon; 0, or an error. */
static int read_name(const struct casp_ldif_scan *scan, struct casp_ldif_line *line,
		     const char *start, const char **colon, struct cas_error **err)
{
	const char *end = scan->end, *p = start;

	while (p < end && kinds[(unsigned char)*p] == NAME) {
		p++;
	}
	line->name_n = (uint32_t)(p - start);
	while (p < end && p > start && *p != ':' &&
	       (kinds[(unsigned char)*p] || *p == '=' || *p == '*')) {
		p++;
	}
	line->options_n = (uint32_t)(p - start) - line->name_n;
	*colon = p;
	if (p < end && *p == ':' && line->name_n) {
		return 0;
	}
	if (scan->nul < end && scan->nul <= p) {
		return has_nul(scan, err);
	}
	if (p > start && end - p > 2 &&
	    (memcmp(p, "\n ", 2) == 0 || memcmp(p, "\r\n ", 3) == 0)) {
		return split_name(scan, start, err);
	}
	return no_colon(scan, start, p, err);
}

/* Records look alike: has this line the name of that line of the record before? */
static inline bool same_name(const struct casp_ldif_scan *scan,
			     const struct casp_ldif_line *before, const char *start)
{
	size_t n = (size_t)before->name_n + before->options_n + 1;

	return scan->lines.n < scan->seen && (size_t)(scan->end - start) >= n &&
	       memcmp(before->start, start, n) == 0;
}

/* Reads the logical line at scan->p, which is not blank and no comment, and goes to the
 * next. *line holds the line of the record before in the same place. */
static inline int read_line(struct casp_ldif_scan *scan, struct casp_ldif_line *line,
			    struct cas_error **err)
{
	const char *start = scan->p, *end = scan->end, *p, *colon, *next;

	if (same_name(scan, line, start)) {
		colon = start + line->name_n + line->options_n;
	} else {
		int r = read_name(scan, line, start, &colon, err);

		if (r < 0) {
			return r;
		}
	}
	line->start = start;
	line->folded = false;
	p = colon;
	p++;
	line->base64 = p < end && *p == ':';
	if (p < end && *p == '<') {
		return is_url(scan, start, colon, err);
	}
	p += line->base64;
	while (p < end && *p == ' ') {
		p++;
	}
	line->value = (uint32_t)(p - start);
	next = logical_end(scan, p, &line->folded, &line->end);
	if (line->folded && line->end - p > 2 && (p[0] == '\n' || p[0] == '\r')) {
		const char *more = p + (p[0] == '\r' ? 3 : 2);

		if (!line->base64 && more < line->end && (*more == ':' || *more == '<')) {
			return split_name(scan, start, err);
		}
	}
	if (next > scan->nul || line->base64 ||
	    (size_t)(next - start) > CASP_LDIF_LINE_MAX) {
		int r = check_line(scan, line, next, err);

		if (r < 0) {
			return r;
		}
	}
	scan->p = next;
	return 0;
}

static void skip_comment(struct casp_ldif_scan *scan)
{
	bool folded = false;
	const char *end;

	scan->p = logical_end(scan, scan->p, &folded, &end);
}

/* ---- records ---- */

static inline bool line_is(const struct casp_ldif_line *line, struct casp_str name)
{
	return casp_ldif_same(casp_ldif_name(line), name);
}

/* More than the values have that mean something to the scan. */
#define WORD_BYTES 64

/* The value, its folds undone in `word` when it fits there. */
static struct casp_str line_text(const struct casp_ldif_line *line, char *word)
{
	const char *p = line->start + line->value;
	size_t n = (size_t)(line->end - p);

	if (line->folded && n <= WORD_BYTES) {
		n = casp_ldif_unfold(p, line->end, word);
		p = word;
	}
	return casp_str_trim((struct casp_str){p, n});
}

/* What ldapsearch prints after the entries. */
static bool is_trailer(const struct casp_ldif_line *line)
{
	static const char *const names[] = {"search",       "result",    "ref", "control",
					    "pagedresults", "matchedDN", "text"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (line_is(line, casp_str(names[i]))) {
			return true;
		}
	}
	return false;
}

static void note_result(struct casp_ldif_scan *scan)
{
	for (size_t i = 0; i < scan->lines.n; i++) {
		const struct casp_ldif_line *line = &scan->lines.v[i];
		char word[WORD_BYTES];
		struct casp_str text = line_text(line, word);

		if (line_is(line, CASP_STR("result")) && text.n && *text.p != '0') {
			scan->result = line->start;
		}
	}
}

size_t casp_ldif_scan_first(const struct casp_ldif_scan *scan)
{
	return scan->lines.n > 1 && line_is(&scan->lines.v[1], CASP_STR("changetype"))
		       ? 2
		       : 1;
}

static int check_changetype(const struct casp_ldif_scan *scan, struct cas_error **err)
{
	const struct casp_ldif_line *line = &scan->lines.v[1];
	struct casp_str text;
	char word[WORD_BYTES];

	if (casp_ldif_scan_first(scan) == 1) {
		return 0;
	}
	text = line_text(line, word);
	if (casp_str_iequal(text, CASP_STR("add"))) {
		return 0;
	}
	casp_ldif_file_error(scan->file, line->start, err,
			     "'changetype: %s' is a change, not an entry",
			     casp_excerpt(text));
	return casp_error_hint(err, "change files cannot be read: export entries");
}

/* 1: an entry; 0: something else that is all right. */
static int judge_record(struct casp_ldif_scan *scan, struct cas_error **err)
{
	const struct casp_ldif_line *first = &scan->lines.v[0];

	if (line_is(first, CASP_STR("dn")) && !first->options_n) {
		int r = check_changetype(scan, err);

		return r < 0 ? r : 1;
	}
	if (is_trailer(first)) {
		note_result(scan);
		return 0;
	}
	if (line_is(first, CASP_STR("include"))) {
		casp_ldif_file_error(scan->file, first->start, err,
				     "'include' of another file is not followed");
		return casp_error_hint(err, "name all files on the command line");
	}
	casp_ldif_file_error(scan->file, first->start, err,
			     "a record begins with '%s', not with its 'dn'",
			     casp_excerpt(physical_line(scan, first->start)));
	return casp_error_hint(err, "is there an empty line in the middle of a record?");
}

static int check_version(const struct casp_ldif_scan *scan,
			 const struct casp_ldif_line *line, struct cas_error **err)
{
	char word[WORD_BYTES];
	struct casp_str text = line_text(line, word);

	if (casp_str_equal(text, CASP_STR("1"))) {
		return 0;
	}
	casp_ldif_file_error(scan->file, line->start, err,
			     "LDIF of version '%s' is not known, only version 1",
			     casp_excerpt(text));
	return casp_error_hint(err, "export the directory with ldifde or ldapsearch");
}

__attribute__((cold)) static int second_dn(const struct casp_ldif_scan *scan,
					   const struct casp_ldif_line *line,
					   struct cas_error **err)
{
	casp_ldif_file_error(scan->file, line->start, err,
			     "a second 'dn' in the record that begins at line %zu",
			     casp_ldif_file_line(scan->file, scan->start));
	return casp_error_hint(err, "put an empty line before it");
}

static inline bool at_blank(const struct casp_ldif_scan *scan)
{
	return *scan->p == '\n' ||
	       (*scan->p == '\r' && casp_ldif_is_blank(scan->p, scan->end));
}

/* The lines up to the next blank one. Returns 0, also without any line. */
static int read_lines(struct casp_ldif_scan *scan, struct cas_error **err)
{
	scan->lines.n = 0;
	scan->start = scan->p;
	while (scan->p < scan->end && !at_blank(scan)) {
		struct casp_ldif_line *line;
		int r;

		if (*scan->p == '#') {
			skip_comment(scan);
			continue;
		}
		if (scan->lines.n == scan->lines.size &&
		    !casp_vec_reserve(&scan->lines, 1)) {
			return casp_error_nomem(err);
		}
		line = &scan->lines.v[scan->lines.n];
		r = read_line(scan, line, err);
		if (r < 0) {
			return r;
		}
		if (scan->lines.n == 0) {
			if (line_is(line, CASP_STR("version"))) {
				r = check_version(scan, line, err);
				if (r < 0) {
					return r;
				}
				continue;
			}
			scan->start = line->start;
		} else if (line->name_n == 2 && line_is(line, CASP_STR("dn"))) {
			return second_dn(scan, line, err);
		}
		scan->lines.n++;
		if (scan->lines.n > scan->seen) {
			scan->seen = scan->lines.n;
		}
		scan->stop = scan->p;
		if ((size_t)(scan->stop - scan->start) > CASP_LDIF_RECORD_MAX) {
			casp_ldif_file_error(scan->file, scan->start, err,
					     "the record is longer than %zu MB",
					     CASP_LDIF_RECORD_MAX >> 20);
			return casp_error_hint(err, "is an empty line missing between "
						    "two entries?");
		}
	}
	return 0;
}

/* Past blank lines; one of spaces alone is blank here, where it continues nothing. */
static void skip_blank(struct casp_ldif_scan *scan)
{
	while (scan->p < scan->end) {
		const char *p = scan->p;

		while (p < scan->end && *p == ' ') {
			p++;
		}
		if (!casp_ldif_is_blank(p, scan->end)) {
			return;
		}
		scan->p = casp_ldif_next_line(p, scan->end);
	}
}

int casp_ldif_scan_next(struct casp_ldif_scan *scan, struct cas_error **err)
{
	for (;;) {
		int r;

		skip_blank(scan);
		if (scan->p == scan->end) {
			return 0;
		}
		r = read_lines(scan, err);
		if (r == 0 && scan->lines.n) {
			r = judge_record(scan, err);
		}
		if (r != 0) {
			return r;
		}
	}
}

bool casp_ldif_scan_dn(struct casp_ldif_scan *scan)
{
	if (!casp_vec_reserve(&scan->lines, 1)) {
		return false;
	}
	scan->lines.n = scan->seen = 0;
	return read_line(scan, &scan->lines.v[0], NULL) == 0;
}
