/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings that are known, read from a baseline or from an earlier report of audit. */
#include "../policy/baseline.h"

#include <stdlib.h>

#include "baseline.h"
#include "scan.h"

/* Of the file; millions of findings. */
#define LIMIT ((uint64_t)1 << 30)

/* Text of the finding that is read at the moment. */
enum text {
	TEXT_KEY,
	TEXT_NAME,
	TEXT_SEVERITY,
	TEXT_RESULT,
	TEXT_SITE,
	TEXT_CLASS,
	TEXT_OBJECT,
	TEXT_DN,
	TEXT_SUPPRESSION,
	N_TEXTS,
};

struct reading {
	struct cas_baseline *baseline;
	struct casp_scan scan;
	/* of the document */
	bool known; /* its schema is one of ours */
	json_int_t version;
	bool has_list, has_head, has_tail;
	/* of the finding */
	struct casp_arena arena;
	const char *texts[N_TEXTS];
	const struct cas_rule *last; /* neighbours often are of one rule */
};

struct text_member {
	const char *key;
	enum text text;
};

/* ---- a finding ---- */

/* The text that is next; anything else is none. */
static int read_text(struct reading *reading, const char **ret, struct cas_error **err)
{
	json_t *value;
	int code = casp_scan_peek(&reading->scan, err);

	*ret = NULL;
	if (code < 0 || code != '"') {
		return code < 0 ? code : casp_scan_skip(&reading->scan, err);
	}
	code = casp_scan_load(&reading->scan, &value, err);
	if (code) {
		return code;
	}
	*ret = casp_arena_dup(&reading->arena, json_string_value(value),
			      json_string_length(value));
	json_decref(value);
	return *ret ? 0 : casp_error_nomem(err);
}

static int read_member(struct reading *reading, const char *key,
		       const struct text_member *members, size_t n,
		       struct cas_error **err)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(members[i].key, key)) {
			return read_text(reading, &reading->texts[members[i].text], err);
		}
	}
	return casp_scan_skip(&reading->scan, err);
}

static int object_member(void *closure, const char *key, struct cas_error **err)
{
	static const struct text_member members[] = {
		{"class", TEXT_CLASS},
		{"name", TEXT_OBJECT},
		{"dn", TEXT_DN},
	};

	return read_member(closure, key, members, sizeof(members) / sizeof(*members),
			   err);
}

static int suppression_member(void *closure, const char *key, struct cas_error **err)
{
	static const struct text_member kind = {"kind", TEXT_SUPPRESSION};

	return read_member(closure, key, &kind, 1, err);
}

static int finding_member(void *closure, const char *key, struct cas_error **err)
{
	static const struct text_member members[] = {
		{"key", TEXT_KEY},       {"name", TEXT_NAME}, {"severity", TEXT_SEVERITY},
		{"result", TEXT_RESULT}, {"site", TEXT_SITE},
	};
	struct reading *reading = closure;
	int next = casp_scan_peek(&reading->scan, err);

	if (next < 0) {
		return next;
	}
	if (!strcmp(key, "object") && next == '{') {
		return casp_scan_members(&reading->scan, object_member, reading, err);
	}
	if (!strcmp(key, "suppression") && next == '{') {
		return casp_scan_members(&reading->scan, suppression_member, reading,
					 err);
	}
	return read_member(reading, key, members, sizeof(members) / sizeof(*members),
			   err);
}

static const struct cas_rule *find_rule(struct reading *reading, const char *id)
{
	if (!reading->last || !casp_iequal(reading->last->id, id)) {
		reading->last = cas_rule_find(id);
	}
	return reading->last;
}

static int add(struct reading *reading, struct cas_error **err)
{
	const char *const *texts = reading->texts;
	struct cas_known known = {
		.text = texts[TEXT_KEY],
		.name = texts[TEXT_NAME],
		.class_name = texts[TEXT_CLASS],
		.object = texts[TEXT_OBJECT],
		.site = texts[TEXT_SITE],
	};
	struct casp_str rule;

	if (!known.text) {
		casp_scan_fail(&reading->scan, err, "the finding has no key");
		return casp_error_hint(err, "a report that was made with --fields has "
					    "not all that is needed");
	}
	if (!casp_key_parse(&known.key, casp_str(known.text), &rule)) {
		return casp_scan_fail(&reading->scan, err,
				      "the finding's key is none, such as "
				      "CAS040/81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10");
	}
	known.rule = casp_arena_dup_str(&reading->arena, rule);
	if (!known.rule) {
		return casp_error_nomem(err);
	}
	known.key.rule = find_rule(reading, known.rule);
	known.dn = known.key.by_dn ? texts[TEXT_DN] : NULL;
	if (texts[TEXT_SEVERITY]) {
		cas_severity_parse(texts[TEXT_SEVERITY], &known.severity);
	}
	return casp_baseline_add(reading->baseline, &known) ? 0 : casp_error_nomem(err);
}

static bool says(const char *text, const char *word)
{
	return text && !strcmp(text, word);
}

/* What was not evaluated, exempt or gone then was no finding. */
static int read_finding(void *closure, const char *key, struct cas_error **err)
{
	struct reading *reading = closure;
	const char *const *texts = reading->texts;
	int code;

	(void)key;
	memset(reading->texts, 0, sizeof(reading->texts));
	casp_arena_reset(&reading->arena);
	code = casp_scan_members(&reading->scan, finding_member, reading, err);
	if (code || says(texts[TEXT_SUPPRESSION], "exemption") ||
	    (texts[TEXT_RESULT] && !says(texts[TEXT_RESULT], "finding"))) {
		return code;
	}
	return add(reading, err);
}

/* ---- the document ---- */

static int refuse(const struct reading *reading, struct cas_error **err)
{
	casp_error(err, CAS_E_REFUSED, "'%s' is neither a baseline nor a report of audit",
		   reading->scan.path);
	return casp_error_hint(err, "'casarray audit --create-baseline FILE' writes the "
				    "one, 'casarray audit --format json' the other");
}

static int read_schema(struct reading *reading, struct cas_error **err)
{
	const char *schema;
	int code;

	casp_arena_reset(&reading->arena);
	code = read_text(reading, &schema, err);
	if (code || !schema) {
		return code;
	}
	reading->known = !strcmp(schema, CASP_BASELINE_SCHEMA) ||
			 !strcmp(schema, CASP_REPORT_SCHEMA);
	return reading->known ? 0 : refuse(reading, err);
}

static int read_version(struct reading *reading, struct cas_error **err)
{
	json_t *value;
	int code = casp_scan_load(&reading->scan, &value, err);

	if (code == 0) {
		reading->version = json_integer_value(value);
		json_decref(value);
	}
	return code;
}

/* The parts of NDJSON, each a document of its own. */
static int read_type(struct reading *reading, struct cas_error **err)
{
	const char *type;
	int code;

	casp_arena_reset(&reading->arena);
	code = read_text(reading, &type, err);
	if (code == 0 && type) {
		reading->has_head |= !strcmp(type, "head");
		reading->has_tail |= !strcmp(type, "tail");
	}
	return code;
}

static int document_member(void *closure, const char *key, struct cas_error **err)
{
	struct reading *reading = closure;
	int next = casp_scan_peek(&reading->scan, err);

	if (next < 0) {
		return next;
	}
	if (!strcmp(key, "schema")) {
		return read_schema(reading, err);
	}
	if (!strcmp(key, "version")) {
		return read_version(reading, err);
	}
	if (!strcmp(key, "type")) {
		return read_type(reading, err);
	}
	if (next == '{' && !strcmp(key, "row")) {
		return read_finding(reading, NULL, err);
	}
	/* the head of a report has numbers by that name */
	if (next == '[' && (!strcmp(key, "rows") || !strcmp(key, "findings"))) {
		reading->has_list = true;
		return casp_scan_elements(&reading->scan, read_finding, reading, err);
	}
	return casp_scan_skip(&reading->scan, err);
}

static int check_document(const struct reading *reading, struct cas_error **err)
{
	if (!reading->known || (!reading->has_list && !reading->has_head)) {
		return refuse(reading, err);
	}
	if (reading->version != CASP_BASELINE_VERSION) {
		return casp_error(err, CAS_E_REFUSED,
				  "'%s' has the version %lld, and this casarray reads "
				  "version %d",
				  reading->scan.path, (long long)reading->version,
				  CASP_BASELINE_VERSION);
	}
	if (reading->has_head && !reading->has_tail) {
		return casp_scan_fail(&reading->scan, err,
				      "the report ends here, without its last line");
	}
	return 0;
}

static int read_document(struct reading *reading, struct cas_error **err)
{
	int next = casp_scan_peek(&reading->scan, err);
	int code = 0;

	if (next >= 0 && next != '{') {
		return refuse(reading, err);
	}
	while (next > 0 && code == 0) {
		code = casp_scan_members(&reading->scan, document_member, reading, err);
		next = code ? code : casp_scan_peek(&reading->scan, err);
	}
	return next < 0 ? next : check_document(reading, err);
}

int cas_baseline_read(const char *path, struct cas_baseline **ret, struct cas_error **err)
{
	struct reading reading = {0};
	int code = casp_baseline_new(&reading.baseline, err);

	if (code) {
		return code;
	}
	code = casp_scan_open(&reading.scan, path, LIMIT, err);
	if (code == 0) {
		code = read_document(&reading, err);
	}
	casp_scan_close(&reading.scan);
	casp_arena_free(&reading.arena);
	if (code) {
		cas_baseline_free(reading.baseline);
		return code;
	}
	*ret = reading.baseline;
	return 0;
}
