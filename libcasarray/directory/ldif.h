/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The LDIF store's own parts: files, lines, values, records, the index, compiled queries.
 */
#ifndef CASP_LDIF_H
#define CASP_LDIF_H

#include "../base/arena.h"
#include "../base/file.h"
#include "../base/map.h"
#include "../base/vec.h"
#include "directory.h"

/* What a file may ask of us, in bytes and records. */
#define CASP_LDIF_LINE_MAX ((size_t)64 << 20)
#define CASP_LDIF_RECORD_MAX ((size_t)64 << 20)
#define CASP_LDIF_RECORDS_MAX ((size_t)10 * 1000 * 1000)
#define CASP_LDIF_FILES_MAX 4096

enum casp_ldif_encoding {
	CASP_LDIF_UTF8,
	CASP_LDIF_UTF8_BOM,
	CASP_LDIF_UTF16LE, /* both with a byte order mark */
	CASP_LDIF_UTF16BE,
};

/*
 * One mapped file. Nobody who follows the rule that files are replaced, never written in
 * place, can change what is mapped; a file that another program truncates under the
 * mapping raises SIGBUS, as with every mapped file.
 */
struct casp_ldif_file {
	char *path;     /* as given */
	char *resolved; /* absolute, links followed */
	int fd;
	struct casp_file_id id;
	void *map;
	size_t map_n;
	char *converted; /* from UTF-16; or NULL */
	enum casp_ldif_encoding encoding;
	const char *text; /* UTF-8, without byte order mark */
	size_t n;
	uint32_t number; /* among the directory's files */
	/* Line ends before each CASP_LDIF_BLOCK, as far as they were counted. */
	CASP_VEC(size_t) lines;
};
#define CASP_LDIF_BLOCK ((size_t)4 << 10)

/* ldif_file.c */
int casp_ldif_file_open(const char *path, uint32_t number, struct casp_ldif_file *ret,
			struct cas_error **err);
void casp_ldif_file_close(struct casp_ldif_file *file);
size_t casp_ldif_file_line(const struct casp_ldif_file *file, const char *at);
/* The same, remembering what was counted: for many calls, all in one thread. */
size_t casp_ldif_file_find_line(struct casp_ldif_file *file, const char *at);
/* "path:line: ..." as an error of code CAS_E_FORMAT. */
int casp_ldif_file_error(const struct casp_ldif_file *file, const char *at,
			 struct cas_error **err, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* ldif_as_of.c */
int64_t casp_ldif_as_of(const struct cas_directory *directory);

/* ---- lines and records: ldif_scan.c ---- */

/* A logical line "name;options: value" with the lines folded to it. */
struct casp_ldif_line {
	const char *start;
	const char *end;    /* of the value, before the line end */
	uint32_t name_n;    /* without options */
	uint32_t options_n; /* with the leading ';' */
	uint32_t value;     /* from start */
	bool folded;
	bool base64;
};

static inline struct casp_str casp_ldif_name(const struct casp_ldif_line *line)
{
	return (struct casp_str){line->start, line->name_n};
}

/* Equal ignoring case; nearly always the spelling is the same, too. */
static inline bool casp_ldif_same(struct casp_str a, struct casp_str b)
{
	return a.n == b.n && (memcmp(a.p, b.p, a.n) == 0 || casp_str_iequal(a, b));
}

static inline bool casp_ldif_line_is_class(const struct casp_ldif_line *line)
{
	return line->name_n == 11 && casp_lower((unsigned char)*line->start) == 'o' &&
	       casp_ldif_same(casp_ldif_name(line), CASP_STR("objectClass"));
}

/* Walks over the records of a piece of text that begins and ends at a record's border. */
struct casp_ldif_scan {
	const struct casp_ldif_file *file;
	const char *p;
	const char *end;
	const char *nul;    /* the first NUL byte; end when there is none */
	bool trusted;       /* was scanned before: base64 is good */
	const char *result; /* "result: 4 Size limit exceeded", when not 0; else NULL */
	size_t seen;        /* lines of records before, which lines.v still holds */
	/* The record found. */
	CASP_VEC(struct casp_ldif_line) lines; /* the first is the dn */
	const char *start;                     /* of the dn line */
	const char *stop;                      /* past the last line's line end */
};

void casp_ldif_scan_start(struct casp_ldif_scan *scan, const struct casp_ldif_file *file,
			  const char *from, const char *to, bool trusted);
void casp_ldif_scan_free(struct casp_ldif_scan *scan);
/* The first line of the record that is an attribute: after dn and changetype. */
size_t casp_ldif_scan_first(const struct casp_ldif_scan *scan);
/* 1: an entry; 0: the end; negative: error. */
int casp_ldif_scan_next(struct casp_ldif_scan *scan, struct cas_error **err);
/* Reads only the dn line that the text begins with, unchecked. false: out of memory. */
bool casp_ldif_scan_dn(struct casp_ldif_scan *scan);
/* The border between records at or after from: past an empty line, or the end. */
const char *casp_ldif_border(const struct casp_ldif_file *file, const char *from);
/* Where the line after the one at p begins, folded lines not joined. */
const char *casp_ldif_next_line(const char *p, const char *end);
bool casp_ldif_is_blank(const char *p, const char *end);

/* ---- values: ldif_values.c ---- */

/* The decoded value: a slice of the text, or in the arena. false: out of memory. */
bool casp_ldif_value(const struct casp_ldif_line *line, struct casp_arena *arena,
		     struct casp_str *ret);
/* The folded lines between p and end as one, in `to`, which has room for end - p bytes.
 */
size_t casp_ldif_unfold(const char *p, const char *end, char *to);
/* Is what lies between start and end, folds undone, base64? */
bool casp_ldif_base64_check(const char *start, const char *end);
void casp_ldif_base64_encode(struct casp_str value, struct casp_buf *out);

/* ---- records: ldif_index.c ---- */

#define CASP_LDIF_RECORD_NO_CLASS 1u
#define CASP_LDIF_RECORD_BAD_DN 2u
#define CASP_LDIF_RECORD_NOT_UTF8 4u
#define CASP_LDIF_RECORD_DUPLICATE 8u      /* of an earlier record */
#define CASP_LDIF_RECORD_HAS_DUPLICATE 16u /* a later record has its DN, too */

struct casp_ldif_record {
	uint64_t origin; /* the file's number << 48 | offset of the dn line */
	uint64_t dn_hash;
	uint64_t parent_hash; /* 0: none */
	uint64_t classes;     /* one bit a class, casp_ldif_class_bit() */
	uint32_t n;           /* bytes from the dn line to the end of the last line */
	uint32_t flags;
};

#define CASP_LDIF_OFFSET_BITS 48
static inline uint64_t casp_ldif_origin(const struct casp_ldif_file *file, const char *at)
{
	return (uint64_t)file->number << CASP_LDIF_OFFSET_BITS |
	       (uint64_t)(at - file->text);
}
static inline uint64_t casp_ldif_class_bit(struct casp_str name)
{
	return (uint64_t)1 << (casp_str_ihash(name) >> 58);
}

struct casp_ldif_index {
	CASP_VEC(struct casp_ldif_record) records;
	/* Records by the hash of their DN, the first one of each DN: the upper half of
	 * the hash and the number + 1 in a word, since there may be millions. 0: free. */
	uint64_t *slots;
	size_t mask;
	CASP_VEC(struct casp_defect) defects;
	struct casp_arena arena; /* the defects' DNs */
	bool complete;
};

struct casp_ldif {
	struct cas_directory directory;
	struct casp_ldif_file *files;
	size_t n_files;
	struct casp_ldif_index index;
	bool scanning;
};

static inline const struct casp_ldif_file *
casp_ldif_origin_file(const struct casp_ldif *ldif, uint64_t origin)
{
	return &ldif->files[origin >> CASP_LDIF_OFFSET_BITS];
}
static inline const char *casp_ldif_origin_text(const struct casp_ldif *ldif,
						uint64_t origin)
{
	return casp_ldif_origin_file(ldif, origin)->text +
	       (origin & (((uint64_t)1 << CASP_LDIF_OFFSET_BITS) - 1));
}

void casp_ldif_index_clear(struct casp_ldif_index *index);
/* Room for n records in all. false: out of memory. */
bool casp_ldif_index_reserve(struct casp_ldif_index *index, size_t n);
/* The numbers of the records under a hash: *at starts at 0; SIZE_MAX: no more. */
size_t casp_ldif_index_next(const struct casp_ldif_index *index, uint64_t hash,
			    size_t *at);
static inline void casp_ldif_index_prefetch(const struct casp_ldif_index *index,
					    uint64_t hash)
{
	__builtin_prefetch(&index->slots[(hash >> 32) & index->mask]);
}
/* Adds a record, for which there is room; an earlier one of that DN makes it a duplicate,
 * which *duplicate tells. */
int casp_ldif_index_add(struct casp_ldif *ldif, const struct casp_ldif_record *record,
			bool *duplicate, struct cas_error **err);
int casp_ldif_index_defect(struct casp_ldif *ldif, enum casp_defect_kind kind,
			   uint64_t origin, struct casp_str dn, struct cas_error **err);
/* The first record of that DN: its number, or SIZE_MAX, also when memory ran out
 * (*failed). */
size_t casp_ldif_index_find(struct casp_ldif *ldif, struct casp_str dn,
			    struct casp_arena *scratch, bool *failed);
/* The DN of a record. false: out of memory. */
bool casp_ldif_record_dn(const struct casp_ldif *ldif, uint64_t origin,
			 struct casp_arena *arena, struct casp_str *ret);

/* ---- queries: ldif_match.c ---- */

struct casp_ldif_matcher;
int casp_ldif_matcher_new(const struct casp_query *queries, size_t n,
			  struct casp_ldif_matcher **ret, struct cas_error **err);
void casp_ldif_matcher_free(struct casp_ldif_matcher *matcher);
/* May the record fit, as far as hashes tell? */
bool casp_ldif_matcher_may(const struct casp_ldif_matcher *matcher,
			   const struct casp_ldif_record *record);
/* When every query names its entries by DN: appends their hashes. */
typedef CASP_VEC(uint64_t) casp_ldif_hashes;
bool casp_ldif_matcher_dns(const struct casp_ldif_matcher *matcher,
			   casp_ldif_hashes *hashes, bool *failed);
/* 1: the entry fits and *entry is filled, from the arena; 0: it does not; negative:
 * CAS_E_NOMEM. */
int casp_ldif_matcher_try(const struct casp_ldif_matcher *matcher,
			  const struct casp_ldif_scan *scan,
			  const struct casp_ldif_record *record, struct casp_str dn,
			  struct casp_arena *arena, struct casp_entry *entry);

/* ---- search, commit: ldif_search.c, ldif_commit.c ---- */

int casp_ldif_search(struct cas_directory *directory, const struct casp_query *queries,
		     size_t n_queries, casp_entry_fn each, void *closure,
		     struct cas_error **err);
/* Scans the file unless that was done. */
int casp_ldif_complete(struct casp_ldif *ldif, struct cas_error **err);
/* Maps the file anew when it is not the one that is mapped. */
int casp_ldif_refresh(struct casp_ldif *ldif, struct cas_error **err);
int casp_ldif_check_writable(struct cas_directory *directory, struct cas_error **err);
void casp_ldif_tidy(struct cas_directory *directory);
int casp_ldif_commit(struct cas_directory *directory, const struct casp_change *changes,
		     size_t n, struct casp_result *results, struct cas_error **err);

#endif
