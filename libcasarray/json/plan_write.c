/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan into a file, to be reviewed and applied later: a step a line. */
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "../base/file.h"
#include "../base/utf8.h"
#include "desired.h"
#include "json.h"

/* Text as it is; bytes that are none as hexadecimal digits under "<key>_hex". */
static void add_value(struct casp_json *json, const char *key, const char *hex_key,
		      struct casp_str value)
{
	if (!value.p) {
		return;
	}
	if (casp_utf8_check(value) && !memchr(value.p, '\0', value.n)) {
		casp_json_add(json, key, json_stringn_nocheck(value.p, value.n));
		return;
	}
	casp_json_hex(json, hex_key, "", value);
}

/* Left out when there is none. */
static void add_text(struct casp_json *json, const char *key, const char *text)
{
	if (text && *text) {
		casp_json_text(json, key, text);
	}
}

static json_t *value_object(const struct casp_delta *delta, bool *replaced)
{
	struct casp_json json;

	casp_json_start(&json);
	casp_json_text(&json, "attribute", delta->attribute);
	add_value(&json, "old", "old_hex", casp_delta_old(delta));
	add_value(&json, "new", "new_hex", casp_delta_new(delta));
	add_text(&json, "old_shown", delta->old_shown);
	add_text(&json, "new_shown", delta->new_shown);
	*replaced |= json.replaced;
	json.replaced = false;
	return casp_json_finish(&json);
}

static json_t *step_object(const struct casp_step *step, bool *replaced)
{
	struct casp_json json;
	json_t *values;

	casp_json_start(&json);
	casp_json_plain(&json, "action", cas_action_name(step->action));
	casp_json_plain(&json, "class", cas_kind_name(step->kind));
	casp_json_text(&json, "name", step->name);
	casp_json_text(&json, "dn", step->dn);
	add_text(&json, "guid", step->guid);
	add_text(&json, "site", step->site);
	add_text(&json, "new_name", step->new_name);
	add_text(&json, "attribute", step->shown);
	add_text(&json, "reason", step->reason);
	casp_json_count(&json, "mailboxes", step->mailboxes);
	values = casp_json_list(&json, "values");
	for (size_t i = 0; i < step->n_deltas; i++) {
		casp_json_push(&json, values, value_object(&step->deltas[i], replaced));
	}
	*replaced |= json.replaced;
	json.replaced = false;
	return casp_json_finish(&json);
}

/* Adds a value as text. false: out of memory. */
static bool dump(struct casp_buf *buf, const json_t *value)
{
	char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

	if (text) {
		casp_buf_adds(buf, text);
	}
	free(text);
	return text && !buf->failed;
}

static json_t *head_object(const struct cas_plan *plan)
{
	const struct cas_directory *directory = plan->org->directory;
	struct casp_json json;

	casp_json_start(&json);
	casp_json_plain(&json, "schema", CASP_PLAN_SCHEMA);
	casp_json_count(&json, "version", CASP_PLAN_VERSION);
	casp_json_text(&json, "title", plan->title);
	casp_json_time(&json, "made", (int64_t)time(NULL));
	casp_json_text(&json, "directory", cas_directory_address(directory));
	casp_json_text(&json, "identity", casp_directory_identity(directory));
	add_text(&json, "undoes", plan->undoes);
	if (plan->undoes_part) {
		casp_json_bool(&json, "undoes_part", true);
	}
	add_text(&json, "elsewhere", plan->elsewhere);
	casp_json_lines(&json, "warnings", plan, cas_plan_warning);
	casp_json_lines(&json, "notices", plan, cas_plan_notice);
	json.replaced = false;
	return casp_json_finish(&json);
}

static int write_head(const struct cas_plan *plan, struct casp_replace *replace,
		      struct cas_error **err)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf buf = {0};
	json_t *head = head_object(plan);
	const char *key;
	json_t *value;
	bool ok = head;

	json_object_foreach(head, key, value)
	{
		casp_buf_addf(&buf, "%s\"%s\":", buf.n ? ",\n" : "{", key);
		ok = ok && dump(&buf, value);
	}
	json_decref(head);
	casp_buf_adds(&buf, ",\n\"steps\":[");
	if (!ok || buf.failed) {
		return casp_error_nomem(err);
	}
	return casp_replace_write(replace, buf.p, buf.n, err);
}

static int write_steps(const struct cas_plan *plan, struct casp_replace *replace,
		       struct cas_error **err)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf buf = {0};
	int code = 0;

	for (size_t i = 0; code == 0 && i < plan->steps.n; i++) {
		const struct casp_step *step = &plan->steps.v[i];
		bool replaced = false, ok;
		json_t *object = step_object(step, &replaced);

		casp_buf_clear(&buf);
		casp_buf_adds(&buf, i ? ",\n" : "\n");
		ok = dump(&buf, object);
		json_decref(object);
		if (!ok) {
			return casp_error_nomem(err);
		}
		if (replaced) {
			return casp_error(err, CAS_E_REFUSED,
					  "the name of '%s' is not UTF-8, so a plan "
					  "with it cannot be kept in a file",
					  step->name);
		}
		code = casp_replace_write(replace, buf.p, buf.n, err);
	}
	return code ? code : casp_replace_write(replace, "\n]}\n", 4, err);
}

/* The plan would take the place of what it is for. */
static int check_path(const struct cas_plan *plan, const char *path,
		      struct cas_error **err)
{
	const char *address = cas_directory_address(plan->org->directory);
	struct stat a, b;

	if (plan->resumes) {
		return casp_error(err, CAS_E_REFUSED,
				  "what is left of an interrupted run is not kept in a "
				  "file");
	}
	if (plan->applied) {
		return casp_error(err, CAS_E_USAGE, "the plan was applied already");
	}
	if (!casp_directory_server(plan->org->directory) && stat(path, &a) == 0 &&
	    stat(address, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino) {
		return casp_error(
			err, CAS_E_REFUSED,
			"'%s' is the directory itself: the plan would replace it", path);
	}
	return 0;
}

int cas_plan_save(const struct cas_plan *plan, const char *path, struct cas_error **err)
{
	struct casp_replace *replace;
	int code = check_path(plan, path, err);

	if (code == 0) {
		code = casp_replace_open(path, &replace, err);
	}
	if (code) {
		return code;
	}
	code = write_head(plan, replace, err);
	if (code == 0) {
		code = write_steps(plan, replace, err);
	}
	if (code) {
		casp_replace_abort(replace);
		return code;
	}
	return casp_replace_commit(replace, err);
}
