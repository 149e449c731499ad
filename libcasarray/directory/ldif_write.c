/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing a changed LDIF file: its own dialect, and every byte that did not change. */
#include <stdlib.h>

#include "ldif_edit.h"
#include "ldif_text.h"

/* How much of a file tells its dialect. */
#define SAMPLE ((size_t)1 << 20)
/* UTF-16 is encoded by pieces of this many bytes of UTF-8. */
#define ENCODE_PIECE ((size_t)256 << 10)
/* What stands between two entries that change is not worth a system call. */
#define SMALL 4096

struct writer {
	const struct casp_ldif_edits *edits;
	const struct casp_ldif_file *file;
	struct casp_ldif_text text; /* what is written next, in the file's own layout */
	bool changetype;
	struct casp_replace *replace;
	const char *at; /* up to here the old text is copied or dropped */
	struct casp_buf units;
};

/* ---- dialect ---- */

static struct casp_ldif_text detect(const struct casp_ldif_file *file)
{
	const char *end = file->text + (file->n < SAMPLE ? file->n : SAMPLE);
	struct casp_ldif_text text = {.eol = "\n"};
	const char *p = file->text;

	while (p < end) {
		const char *next = casp_ldif_next_line(p, end);
		size_t n = (size_t)(next - p);
		bool crlf = n > 1 && next[-2] == '\r';

		if (p == file->text && crlf) {
			text.eol = "\r\n";
		}
		n -= next[-1] == '\n' ? 1 + crlf : 0;
		if (next < end && *next == ' ' && *p != '#' && n > text.fold) {
			text.fold = n;
		}
		p = next;
	}
	return text;
}

/* Does the first entry say "changetype: add"? */
static bool has_changetype(const struct casp_ldif_edits *edits)
{
	const struct casp_ldif *ldif = edits->ldif;
	struct casp_ldif_scan scan = {0};
	bool has = false;

	if (ldif->index.records.n) {
		const struct casp_ldif_record *record = &ldif->index.records.v[0];
		const char *text = casp_ldif_origin_text(ldif, record->origin);

		casp_ldif_scan_start(&scan, &ldif->files[0], text, text + record->n,
				     true);
		has = casp_ldif_scan_next(&scan, NULL) == 1 &&
		      casp_ldif_scan_first(&scan) == 2;
		casp_ldif_scan_free(&scan);
	}
	return has;
}

/* ---- bytes ---- */

static void add_unit(struct casp_buf *out, unsigned unit, bool big)
{
	casp_buf_addc(out, (char)(big ? unit >> 8 : unit & 0xff));
	casp_buf_addc(out, (char)(big ? unit & 0xff : unit >> 8));
}

/* UTF-8, which is well formed: it came from UTF-16, or it is ours and ASCII. */
static size_t encode(const char *p, size_t n, bool big, struct casp_buf *out)
{
	const unsigned char *u = (const unsigned char *)p;
	size_t i = 0;

	while (i < n) {
		size_t length = u[i] >= 0xf0   ? 4
				: u[i] >= 0xe0 ? 3
				: u[i] >= 0xc0 ? 2
					       : 1;
		unsigned c = length == 1 ? u[i] : u[i] & (0x7fu >> length);

		if (length > n - i) {
			break;
		}
		for (size_t k = 1; k < length; k++) {
			c = c << 6 | (u[i + k] & 0x3f);
		}
		if (c >= 0x10000) {
			add_unit(out, 0xd800 + ((c - 0x10000) >> 10), big);
			c = 0xdc00 + ((c - 0x10000) & 0x3ff);
		}
		add_unit(out, c, big);
		i += length;
	}
	return i;
}

static int put_utf16(struct writer *writer, const char *p, size_t n,
		     struct cas_error **err)
{
	bool big = writer->file->encoding == CASP_LDIF_UTF16BE;

	while (n) {
		size_t done;
		int r;

		casp_buf_clear(&writer->units);
		done = encode(p, n < ENCODE_PIECE ? n : ENCODE_PIECE, big,
			      &writer->units);
		if (writer->units.failed) {
			return casp_error_nomem(err);
		}
		if (!done) {
			return casp_error(err, CAS_E_FORMAT,
					  "'%s': a character is cut in two",
					  writer->file->path);
		}
		r = casp_replace_write(writer->replace, writer->units.p, writer->units.n,
				       err);
		if (r < 0) {
			return r;
		}
		p += done;
		n -= done;
	}
	return 0;
}

static int put(struct writer *writer, const char *p, size_t n, struct cas_error **err)
{
	if (n == 0) {
		return 0;
	}
	return writer->file->converted ? put_utf16(writer, p, n, err)
				       : casp_replace_write(writer->replace, p, n, err);
}

/* The old text up to `to`, unchanged. */
static int copy_to(struct writer *writer, const char *to, struct cas_error **err)
{
	const struct casp_ldif_file *file = writer->file;
	const char *from = writer->at;

	if (to <= from) {
		return 0;
	}
	writer->at = to;
	if (file->converted || to - from < SMALL) {
		return put(writer, from, (size_t)(to - from), err);
	}
	return casp_replace_copy(writer->replace, file->fd,
				 (uint64_t)(from - (const char *)file->map),
				 (uint64_t)(to - from), err);
}

/* ---- lines ---- */

static void add_edit_line(struct writer *writer, const struct casp_ldif_edit_line *line)
{
	struct casp_str name = {line->raw.start, line->raw.name_n + line->raw.options_n};

	casp_ldif_text_add(&writer->text, name, line->value);
}

static int flush(struct writer *writer, struct cas_error **err)
{
	int r;

	if (writer->text.buf.failed) {
		return casp_error_nomem(err);
	}
	r = put(writer, writer->text.buf.p, writer->text.buf.n, err);
	casp_buf_clear(&writer->text.buf);
	return r;
}

/* What follows begins a line. A carriage return that ends the file is half of a line end.
 */
static void end_line(struct writer *writer, char last)
{
	if (last != '\n') {
		casp_buf_adds(&writer->text.buf, last == '\r' ? "\n" : writer->text.eol);
	}
}

/* ---- records ---- */

/* Kept lines, and what stands between lines, byte for byte. */
static int write_changed(struct writer *writer, const struct casp_ldif_edit *edit,
			 struct cas_error **err)
{
	const char *at = edit->start;
	int r = copy_to(writer, edit->start, err);

	for (size_t i = 0; i < edit->n_lines; i++) {
		const struct casp_ldif_edit_line *line = &edit->lines[i];
		const char *next;

		if (!line->raw.end) {
			if (line->state == CASP_LDIF_REMOVED) {
				continue;
			}
			if (at > edit->start) {
				end_line(writer, at[-1]);
			}
			add_edit_line(writer, line);
			continue;
		}
		next = casp_ldif_next_line(line->raw.end, edit->stop);
		casp_buf_add(&writer->text.buf, at, (size_t)(line->raw.start - at));
		if (line->state == CASP_LDIF_KEPT) {
			casp_buf_add(&writer->text.buf, line->raw.start,
				     (size_t)(next - line->raw.start));
		} else if (line->state == CASP_LDIF_REPLACED) {
			add_edit_line(writer, line);
		}
		at = next;
	}
	casp_buf_add(&writer->text.buf, at, (size_t)(edit->stop - at));
	writer->at = edit->stop;
	return r < 0 ? r : flush(writer, err);
}

/* Before the dn line: the comments that belong to it, as ldapsearch's "# EX1, Servers,
 * ...". */
static const char *with_comments(const struct casp_ldif_file *file, const char *start)
{
	const char *begin = start;

	while (begin > file->text) {
		const char *line = begin - 1;

		while (line > file->text && line[-1] != '\n') {
			line--;
		}
		if (*line != '#' && *line != ' ') {
			break;
		}
		begin = line;
	}
	/* A folded line cannot begin a comment. */
	return *begin == '#' ? begin : start;
}

/* One blank line goes with the record: the one behind it, or at the end the one before
 * it. */
static int write_deleted(struct writer *writer, const struct casp_ldif_edit *edit,
			 struct cas_error **err)
{
	const struct casp_ldif_file *file = writer->file;
	const char *end = file->text + file->n;
	const char *begin = with_comments(file, edit->start);
	int r;

	if (edit->stop == end && begin > file->text && begin - 1 >= writer->at) {
		const char *before = begin - 1;

		if (before > file->text && before[-1] == '\r') {
			before--;
		}
		if (before == file->text || before[-1] == '\n') {
			begin = before;
		}
	}
	r = copy_to(writer, begin, err);
	writer->at = edit->stop;
	if (edit->stop < end && casp_ldif_is_blank(edit->stop, end)) {
		writer->at = casp_ldif_next_line(edit->stop, end);
	}
	return r;
}

/* Each behind an empty line; what follows stays behind them. */
static int write_new(struct writer *writer, const char *place, struct cas_error **err)
{
	const struct casp_ldif_edits *edits = writer->edits;
	int r = copy_to(writer, place, err);

	if (place > writer->file->text) {
		end_line(writer, place[-1]);
	}
	for (size_t i = 0; i < edits->v.n && r == 0; i++) {
		const struct casp_ldif_edit *edit = edits->v.v[i];

		if (edit->record != SIZE_MAX || edit->deleted) {
			continue;
		}
		casp_buf_adds(&writer->text.buf, writer->text.eol);
		casp_ldif_text_add(&writer->text, CASP_STR("dn"), edit->dn);
		if (writer->changetype) {
			casp_ldif_text_add(&writer->text, CASP_STR("changetype"),
					   CASP_STR("add"));
		}
		for (size_t k = 0; k < edit->n_lines; k++) {
			if (edit->lines[k].state == CASP_LDIF_ADDED) {
				add_edit_line(writer, &edit->lines[k]);
			}
		}
		r = flush(writer, err);
	}
	return r;
}

/* ---- the file ---- */

static int compare_places(const void *a, const void *b)
{
	const struct casp_ldif_edit *x = *(struct casp_ldif_edit *const *)a;
	const struct casp_ldif_edit *y = *(struct casp_ldif_edit *const *)b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* The end of the last entry that stays: new ones follow it, before what ldapsearch adds.
 */
static const char *place_for_new(const struct casp_ldif_edits *edits)
{
	const struct casp_ldif_index *index = &edits->ldif->index;

	for (size_t i = index->records.n; i > 0; i--) {
		const struct casp_ldif_edit *edit = casp_ldif_edit_of(edits, i - 1);
		const struct casp_ldif_record *record = &index->records.v[i - 1];

		if (!edit || !edit->deleted) {
			return casp_ldif_origin_text(edits->ldif, record->origin) +
			       record->n;
		}
	}
	return edits->ldif->files[0].text + edits->ldif->files[0].n;
}

static int write_all(struct writer *writer, struct casp_ldif_edit **sorted, size_t n,
		     struct cas_error **err)
{
	const struct casp_ldif_file *file = writer->file;
	const char *place = NULL;
	int r = 0;

	for (size_t i = 0; i < writer->edits->v.n && !place; i++) {
		const struct casp_ldif_edit *edit = writer->edits->v.v[i];

		if (edit->record == SIZE_MAX && !edit->deleted) {
			place = place_for_new(writer->edits);
		}
	}
	for (size_t i = 0; r == 0 && i < n; i++) {
		if (place && sorted[i]->start >= place) {
			r = write_new(writer, place, err);
			place = NULL;
		}
		if (r == 0) {
			r = sorted[i]->deleted ? write_deleted(writer, sorted[i], err)
					       : write_changed(writer, sorted[i], err);
		}
	}
	if (r == 0 && place) {
		r = write_new(writer, place, err);
	}
	return r < 0 ? r : copy_to(writer, file->text + file->n, err);
}

bool casp_ldif_edits_changed(const struct casp_ldif_edits *edits)
{
	for (size_t i = 0; i < edits->v.n; i++) {
		const struct casp_ldif_edit *edit = edits->v.v[i];

		if (edit->changed && !(edit->deleted && edit->record == SIZE_MAX)) {
			return true;
		}
	}
	return false;
}

/* The byte order mark, which copy_to() takes along unless all is encoded anew. */
static int write_mark(struct writer *writer, struct cas_error **err)
{
	const struct casp_ldif_file *file = writer->file;

	writer->at = file->text;
	if (file->converted) {
		return casp_replace_write(writer->replace, file->map, 2, err);
	}
	return casp_replace_copy(writer->replace, file->fd, 0,
				 (uint64_t)(file->text - (const char *)file->map), err);
}

int casp_ldif_write(struct casp_ldif_edits *edits, struct cas_error **err)
{
	const struct casp_ldif_file *file = &edits->ldif->files[0];
	struct writer writer = {.edits = edits, .file = file, .text = detect(file)};
	struct casp_ldif_edit **sorted = calloc(edits->v.n + 1, sizeof(*sorted));
	size_t n = 0;
	int r;

	if (!sorted) {
		return casp_error_nomem(err);
	}
	for (size_t i = 0; i < edits->v.n; i++) {
		if (edits->v.v[i]->record != SIZE_MAX && edits->v.v[i]->changed) {
			sorted[n++] = edits->v.v[i];
		}
	}
	qsort(sorted, n, sizeof(struct casp_ldif_edit *), compare_places);
	writer.changetype = has_changetype(edits);
	r = casp_replace_open(file->resolved, &writer.replace, err);
	if (r == 0) {
		casp_replace_expect(writer.replace, &file->id);
		r = write_mark(&writer, err);
		if (r == 0) {
			r = write_all(&writer, sorted, n, err);
		}
		if (r == 0) {
			r = casp_replace_commit(writer.replace, err);
		} else {
			casp_replace_abort(writer.replace);
		}
	}
	free(sorted);
	casp_ldif_text_free(&writer.text);
	casp_buf_free(&writer.units);
	return r;
}
