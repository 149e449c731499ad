/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Desired states and saved plans, read from files: JSON, or CSV. */
#include "desired.h"

#include <stdlib.h>

#include "../base/file.h"
#include "../names/date.h"
#include "json.h"

#define MAX_MEMBERS 2

struct reading {
	struct cas_desired *desired;
	const char *file;
};

/* "//" and what begins with it is a comment. */
static bool is_comment(const char *key)
{
	return key[0] == '/' && key[1] == '/';
}

static int refuse(const struct reading *reading, const struct casp_where *where,
		  const char *object, struct cas_error **err, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

static int refuse(const struct reading *reading, const struct casp_where *where,
		  const char *object, struct cas_error **err, const char *format, ...)
{
	char *text;
	va_list ap;
	int n, code;

	va_start(ap, format);
	n = vasprintf(&text, format, ap);
	va_end(ap);
	if (n < 0) {
		return casp_error_nomem(err);
	}
	code = casp_desired_refuse(reading->desired, where, object, text, NULL, err);
	free(text);
	return code;
}

/* ---- objects of a list ---- */

struct member {
	const char *key;
	const char **value;
};

static int refuse_key(const struct reading *reading, const struct casp_where *where,
		      const struct member *members, const char *key,
		      struct cas_error **err)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf known = {0};

	for (size_t i = 0; members[i].key; i++) {
		casp_buf_addf(&known, "%s'%s'", i ? ", " : "", members[i].key);
	}
	if (known.failed) {
		return casp_error_nomem(err);
	}
	return refuse(reading, where, NULL, err, "unknown member '%s'; known are %s", key,
		      known.p);
}

static int read_member(const struct reading *reading, const struct casp_where *where,
		       const struct member *members, const char *key, const json_t *value,
		       struct cas_error **err)
{
	for (size_t i = 0; members[i].key; i++) {
		if (strcmp(members[i].key, key) != 0) {
			continue;
		}
		if (json_is_null(value)) {
			return 0;
		}
		if (!json_is_string(value)) {
			return refuse(reading, where, NULL, err, "'%s' is no text", key);
		}
		if (!casp_str_trim(casp_str(json_string_value(value))).n) {
			return refuse(reading, where, NULL, err, "'%s' is empty", key);
		}
		*members[i].value =
			casp_arena_dup(&reading->desired->arena, json_string_value(value),
				       json_string_length(value));
		return *members[i].value ? 0 : casp_error_nomem(err);
	}
	return refuse_key(reading, where, members, key, err);
}

static int read_members(const struct reading *reading, const struct casp_where *where,
			const struct member *members, json_t *object, bool *good,
			struct cas_error **err)
{
	size_t problems = reading->desired->problems.n;
	const char *key;
	json_t *value;
	int code = 0;

	if (!json_is_object(object)) {
		*good = false;
		return refuse(reading, where, NULL, err, "it is no object");
	}
	json_object_foreach(object, key, value)
	{
		if (code == 0 && !is_comment(key)) {
			code = read_member(reading, where, members, key, value, err);
		}
	}
	*good = reading->desired->problems.n == problems;
	return code;
}

static int read_array(const struct reading *reading, const struct casp_where *where,
		      json_t *object, struct cas_error **err)
{
	struct casp_desired_array array = {.where = *where};
	const struct member members[] = {
		{"name", &array.name},
		{"fqdn", &array.fqdn},
		{"site", &array.site},
		{NULL, NULL},
	};
	bool good;
	int code = read_members(reading, where, members, object, &good, err);

	if (code) {
		return code;
	}
	array.faulty = !good;
	if (!array.name && !array.fqdn) {
		return good ? refuse(reading, where, NULL, err,
				     "an array needs a name or an FQDN")
			    : 0;
	}
	return casp_vec_push(&reading->desired->arrays, array) ? 0
							       : casp_error_nomem(err);
}

static int read_database(const struct reading *reading, const struct casp_where *where,
			 json_t *object, struct cas_error **err)
{
	struct casp_desired_database database = {.where = *where};
	const struct member members[] = {
		{"name", &database.name},
		{"rpc_client_access_server", &database.target},
		{NULL, NULL},
	};
	bool good;
	int code = read_members(reading, where, members, object, &good, err);

	if (code || !good) {
		return code;
	}
	if (!database.name) {
		return refuse(reading, where, NULL, err, "a database needs a name");
	}
	return casp_vec_push(&reading->desired->databases, database)
		       ? 0
		       : casp_error_nomem(err);
}

/* As the schema has it: written so, and not in other case. */
static bool is_class(const char *text, enum cas_exemption_class *ret)
{
	return cas_exemption_class_parse(text, ret) &&
	       strcmp(text, cas_exemption_class_name(*ret)) == 0;
}

static int read_exemption(const struct reading *reading, const struct casp_where *where,
			  json_t *object, struct cas_error **err)
{
	struct cas_exemption exemption = {.file = reading->file};
	const char *class = NULL, *expires = NULL;
	const struct member members[] = {
		{"name", &exemption.name},
		{"class", &class},
		{"rule", &exemption.rule},
		{"object", &exemption.object},
		{"value", &exemption.value},
		{"reason", &exemption.reason},
		{"owner", &exemption.owner},
		{"expires", &expires},
		{NULL, NULL},
	};
	bool good;
	int code = read_members(reading, where, members, object, &good, err);

	if (code) {
		return code;
	}
	if (class && !is_class(class, &exemption.which)) {
		code = refuse(reading, where, exemption.name, err,
			      "there is no class '%s'", class);
		good = false;
	}
	if (code == 0 && expires &&
	    !casp_date_parse(casp_str(expires), &exemption.expires)) {
		code = refuse(reading, where, exemption.name, err,
			      "'expires' is no day such as 2026-12-31: '%s'", expires);
		good = false;
	}
	if (code || !good) {
		return code;
	}
	/* the last day on which it holds */
	exemption.expires += expires ? CASP_DAY : 0;
	return casp_desired_exempt(reading->desired, &exemption, where, err);
}

/* ---- the document ---- */

typedef int (*read_fn)(const struct reading *reading, const struct casp_where *where,
		       json_t *object, struct cas_error **err);

static const struct list {
	const char *key;
	read_fn read;
} lists[] = {
	{"arrays", read_array},
	{"databases", read_database},
	{"exemptions", read_exemption},
};

static int read_list(const struct reading *reading, const struct list *list,
		     const json_t *value, struct cas_error **err)
{
	struct casp_where where = {.file = reading->file,
				   .order = reading->desired->n_files};
	int code = 0;

	if (!json_is_array(value)) {
		return refuse(reading, &where, list->key, err, "it is no list");
	}
	where.list = list->key;
	for (size_t i = 0; code == 0 && i < json_array_size(value); i++) {
		where.number = i;
		code = list->read(reading, &where, json_array_get(value, i), err);
	}
	return code;
}

static int read_organization(const struct reading *reading, const json_t *value,
			     struct cas_error **err)
{
	const struct casp_where where = {.file = reading->file,
					 .order = reading->desired->n_files};
	struct cas_desired *desired = reading->desired;
	const char *text = json_string_value(value);

	if (json_is_null(value)) {
		return 0;
	}
	if (!text) {
		return refuse(reading, &where, "organization", err, "it is no text");
	}
	if (desired->organization && !casp_iequal(desired->organization, text)) {
		return refuse(reading, &where, "organization", err,
			      "another file is of the organization '%s'",
			      desired->organization);
	}
	desired->organization = casp_arena_dup(&desired->arena, text, strlen(text));
	return desired->organization ? 0 : casp_error_nomem(err);
}

static int read_top(const struct reading *reading, const char *key, const json_t *value,
		    struct cas_error **err)
{
	static const struct member known[] = {
		{"organization", NULL}, {"arrays", NULL}, {"databases", NULL},
		{"exemptions", NULL},   {NULL, NULL},
	};
	const struct casp_where where = {.file = reading->file,
					 .order = reading->desired->n_files};

	if (is_comment(key) || !strcmp(key, "schema") || !strcmp(key, "version")) {
		return 0;
	}
	if (!strcmp(key, "organization")) {
		return read_organization(reading, value, err);
	}
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		if (!strcmp(key, lists[i].key)) {
			return read_list(reading, &lists[i], value, err);
		}
	}
	return refuse_key(reading, &where, known, key, err);
}

static int read_state(const struct reading *reading, json_t *root, struct cas_error **err)
{
	const char *key;
	json_t *value;
	int code = 0;

	reading->desired->lists_arrays =
		reading->desired->lists_arrays || json_object_get(root, "arrays");
	json_object_foreach(root, key, value)
	{
		if (code == 0) {
			code = read_top(reading, key, value, err);
		}
	}
	return code;
}

static int unknown(const char *file, const char *schema, struct cas_error **err)
{
	casp_error(err, CAS_E_REFUSED,
		   "'%s' is no desired state and no plan: its schema is '%s'", file,
		   schema ? schema : "");
	casp_error_hint(err, "a desired state has \"schema\": \"%s\", \"version\": %d",
			CASP_STATE_SCHEMA, CASP_STATE_VERSION);
	return CAS_E_REFUSED;
}

static int wrong_version(const char *file, int known, struct cas_error **err)
{
	return casp_error(err, CAS_E_REFUSED,
			  "'%s' has a version that is not understood: it must be %d",
			  file, known);
}

static int read_root(struct cas_desired *desired, const char *file, json_t *root,
		     struct cas_error **err)
{
	const struct reading reading = {desired, file};
	const char *schema = json_string_value(json_object_get(root, "schema"));
	/* 1.0 is 1 to JSON Schema. */
	double version = json_number_value(json_object_get(root, "version"));

	if (schema && !strcmp(schema, CASP_PLAN_SCHEMA)) {
		if (desired->n_files > 1) {
			return casp_error(err, CAS_E_USAGE,
					  "'%s' is a plan, which is applied alone", file);
		}
		return version == CASP_PLAN_VERSION
			       ? casp_plan_read(desired, file, root, err)
			       : wrong_version(file, CASP_PLAN_VERSION, err);
	}
	if (!schema || strcmp(schema, CASP_STATE_SCHEMA) != 0) {
		return unknown(file, schema, err);
	}
	if (desired->plan) {
		return casp_error(err, CAS_E_USAGE,
				  "'%s' is a plan, which is applied alone",
				  desired->file);
	}
	return version == CASP_STATE_VERSION
		       ? read_state(&reading, root, err)
		       : wrong_version(file, CASP_STATE_VERSION, err);
}

static int read_json(struct cas_desired *desired, const char *file, const char *text,
		     size_t n, struct cas_error **err)
{
	json_error_t error;
	json_t *root = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
	int code;

	if (!root) {
		if (casp_json_nomem(&error)) {
			return casp_error_nomem(err);
		}
		return casp_error(err, CAS_E_REFUSED, "'%s' is no JSON: line %d: %s",
				  file, error.line, casp_json_reason(&error));
	}
	code = read_root(desired, file, root, err);
	json_decref(root);
	return code;
}

static int read_text(struct cas_desired *desired, const char *file, char *text, size_t n,
		     struct cas_error **err)
{
	size_t at = 0;

	if (n >= 2 && (!memcmp(text, "\xff\xfe", 2) || !memcmp(text, "\xfe\xff", 2))) {
		casp_error(err, CAS_E_REFUSED, "'%s' is in UTF-16", file);
		casp_error_hint(err, "save it as UTF-8: in Excel, 'CSV UTF-8'");
		return CAS_E_REFUSED;
	}
	if (n >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) {
		text += 3;
		n -= 3;
	}
	while (at < n && strchr(" \t\r\n", text[at])) {
		at++;
	}
	if (at < n && text[at] == '{') {
		return read_json(desired, file, text, n, err);
	}
	if (desired->plan) {
		return casp_error(err, CAS_E_USAGE,
				  "'%s' is a plan, which is applied alone",
				  desired->file);
	}
	return casp_desired_csv(desired, file, text, n, err);
}

int cas_desired_read(struct cas_desired *desired, const char *path,
		     struct cas_error **err)
{
	CASP_CLEANUP(casp_freep) char *text = NULL;
	const char *file = strcmp(path, "-") == 0 ? "standard input" : path;
	size_t n = 0;
	int code = casp_file_read(path, CASP_DESIRED_LIMIT, &text, &n, err);

	if (code) {
		return code;
	}
	file = casp_arena_dup(&desired->arena, file, strlen(file));
	if (!file) {
		return casp_error_nomem(err);
	}
	desired->file = desired->file ? desired->file : file;
	desired->n_files++;
	return read_text(desired, file, text, n, err);
}
