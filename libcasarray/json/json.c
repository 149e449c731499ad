/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Building JSON objects from text of any bytes. */
#include "json.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../base/error.h"
#include "../base/utf8.h"

/* Every byte that belongs to no sequence becomes U+FFFD. */
static json_t *repaired(const char *p, size_t n)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf buf = {0};
	size_t i = 0;

	while (i < n) {
		size_t length = casp_utf8_sequence(p + i, n - i);

		if (length) {
			casp_buf_add(&buf, p + i, length);
			i += length;
		} else {
			casp_buf_adds(&buf, "\xef\xbf\xbd");
			i++;
		}
	}
	return buf.failed ? NULL : json_stringn_nocheck(buf.p, buf.n);
}

static json_t *text_value(struct casp_json *json, const char *text)
{
	size_t n = strlen(text);

	if (casp_utf8_check((struct casp_str){text, n})) {
		return json_stringn_nocheck(text, n);
	}
	json->replaced = true;
	return repaired(text, n);
}

void casp_json_start(struct casp_json *json)
{
	*json = (struct casp_json){.object = json_object()};
	json->failed = !json->object;
}

json_t *casp_json_finish(struct casp_json *json)
{
	json_t *object;

	if (json->replaced) {
		casp_json_bool(json, "replaced_bytes", true);
	}
	object = json->object;
	json->object = NULL;
	if (json->failed) {
		json_decref(object);
		return NULL;
	}
	return object;
}

void casp_json_add(struct casp_json *json, const char *key, json_t *value)
{
	if (json->failed) {
		json_decref(value);
	} else if (!value || json_object_set_new_nocheck(json->object, key, value)) {
		json->failed = true;
	}
}

void casp_json_plain(struct casp_json *json, const char *key, const char *text)
{
	casp_json_add(json, key, text_value(json, text ? text : ""));
}

void casp_json_text(struct casp_json *json, const char *key, const char *text)
{
	casp_json_add(json, key, text && *text ? text_value(json, text) : json_null());
}

void casp_json_name(struct casp_json *json, const char *key,
		    const struct cas_object *object)
{
	casp_json_text(json, key, object ? object->name : NULL);
}

void casp_json_hex(struct casp_json *json, const char *key, const char *prefix,
		   struct casp_str bytes)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf hex = {0};

	casp_buf_adds(&hex, prefix);
	for (size_t i = 0; i < bytes.n; i++) {
		casp_buf_addf(&hex, "%02x", (unsigned char)bytes.p[i]);
	}
	json->failed |= hex.failed;
	casp_json_plain(json, key, hex.p);
}

void casp_json_count(struct casp_json *json, const char *key, int64_t count)
{
	casp_json_add(json, key, count < 0 ? json_null() : json_integer(count));
}

void casp_json_bool(struct casp_json *json, const char *key, bool value)
{
	casp_json_add(json, key, json_boolean(value));
}

void casp_json_time(struct casp_json *json, const char *key, int64_t time)
{
	time_t seconds = (time_t)time;
	char text[64];
	struct tm tm;

	if (time == 0 || !gmtime_r(&seconds, &tm) ||
	    !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm)) {
		casp_json_add(json, key, json_null());
		return;
	}
	casp_json_plain(json, key, text);
}

json_t *casp_json_list(struct casp_json *json, const char *key)
{
	json_t *list = json_array();

	casp_json_add(json, key, list);
	return json->failed ? NULL : list;
}

void casp_json_push(struct casp_json *json, json_t *list, json_t *value)
{
	if (json->failed) {
		json_decref(value);
	} else if (json_array_append_new(list, value)) {
		json->failed = true;
	}
}

void casp_json_push_text(struct casp_json *json, json_t *list, const char *text)
{
	casp_json_push(json, list, text_value(json, text));
}

void casp_json_lines(struct casp_json *json, const char *key, const struct cas_plan *plan,
		     const char *(*line)(const struct cas_plan *, size_t))
{
	json_t *list = casp_json_list(json, key);
	const char *text;

	for (size_t i = 0; (text = line(plan, i)); i++) {
		casp_json_push_text(json, list, text);
	}
}

int casp_json_line(struct casp_json *json, const char *before, cas_line_fn line,
		   void *closure, struct cas_error **err)
{
	char *text = NULL, *whole = NULL;
	json_t *object;
	int n = -1, code;

	json->replaced = false;
	object = casp_json_finish(json);
	text = object ? json_dumps(object, JSON_COMPACT) : NULL;
	json_decref(object);
	if (text) {
		n = asprintf(&whole, "%s%s", before, text);
	}
	free(text);
	if (n < 0) {
		return casp_error_nomem(err);
	}
	code = line(closure, whole, err);
	free(whole);
	return code;
}

const char *casp_json_reason(json_error_t *error)
{
	for (char *p = error->text; *p; p++) {
		*p = (unsigned char)*p < ' ' || *p == 0x7f ? '?' : *p;
	}
	return error->text;
}
