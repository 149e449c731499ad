/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Building JSON objects from text of any bytes, checking once at the end. */
#ifndef CASP_JSON_H
#define CASP_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "../base/str.h"
#include "../exchange/model.h"

/* An object under construction: after a failed allocation every call does nothing more.
 */
struct casp_json {
	json_t *object;
	bool failed;
	bool replaced; /* some text had bytes that are not UTF-8: U+FFFD stands in their
			  place */
};

void casp_json_start(struct casp_json *json);
/* The object, with a member "replaced_bytes" when text was replaced; NULL: out of memory.
 */
json_t *casp_json_finish(struct casp_json *json);

/* Adds a member; the value is stolen, NULL of it means out of memory. */
void casp_json_add(struct casp_json *json, const char *key, json_t *value);
/* NULL and "" become null. */
void casp_json_text(struct casp_json *json, const char *key, const char *text);
/* "" stays "". */
void casp_json_plain(struct casp_json *json, const char *key, const char *text);
/* The object's name, or null. */
void casp_json_name(struct casp_json *json, const char *key,
		    const struct cas_object *object);
/* The bytes as hexadecimal digits, with a prefix. */
void casp_json_hex(struct casp_json *json, const char *key, const char *prefix,
		   struct casp_str bytes);
/* Negative: null. */
void casp_json_count(struct casp_json *json, const char *key, int64_t count);
void casp_json_bool(struct casp_json *json, const char *key, bool value);
/* "2026-11-21T18:45:01Z"; 0: null. */
void casp_json_time(struct casp_json *json, const char *key, int64_t time);

/* A member that is a list, borrowed; NULL: out of memory (and the following take that).
 */
json_t *casp_json_list(struct casp_json *json, const char *key);
void casp_json_push(struct casp_json *json, json_t *list, json_t *value);
void casp_json_push_text(struct casp_json *json, json_t *list, const char *text);
/* A member that is the list of what line() hands out of a plan, up to NULL. */
void casp_json_lines(struct casp_json *json, const char *key, const struct cas_plan *plan,
		     const char *(*line)(const struct cas_plan *, size_t));

/*
 * Ends the object, and hands it out as one line of a document, with the text `before` it.
 * It has no "replaced_bytes": what is replaced in names harms nobody there.
 */
int casp_json_line(struct casp_json *json, const char *before, cas_line_fn line,
		   void *closure, struct cas_error **err);

/* Was there no memory to read a text? jansson often says nothing at all then. */
static inline bool casp_json_nomem(const json_error_t *error)
{
	return !*error->text || json_error_code(error) == json_error_out_of_memory;
}

/* Else what is wrong with it, in one line: jansson cites the text as it is. */
const char *casp_json_reason(json_error_t *error);

/* Were all databases loaded? Else counts of them say nothing. */
static inline bool casp_json_has_databases(const struct cas_organization *org)
{
	return org->scope & CAS_SCOPE_DATABASES && !org->named;
}

/* object.c: class, name, dn, guid; the start of every object. */
void casp_json_identity(struct casp_json *json, const struct cas_object *object);
/* database.c */
void casp_json_database(struct casp_json *json, const struct cas_organization *org,
			const struct cas_database *database);
/* assignment.c: default, default_rule of what a new database on its server would get. */
void casp_json_default(struct casp_json *json, const struct cas_organization *org,
		       const struct cas_server *server, struct cas_assignment **ret);

#endif
