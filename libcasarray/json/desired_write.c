/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The present state of an organization as a desired state, an object a line. */
#include <stdlib.h>

#include "../names/date.h"
#include "../policy/exemption.h"
#include "desired.h"
#include "json.h"

struct writing {
	const struct cas_organization *org;
	const struct cas_export *how;
	cas_line_fn line;
	void *closure;
	bool first; /* of its list */
	/* How each array and server is named best, by its index; made on demand. */
	const char **arrays, **servers;
	struct cas_error **err;
};

/* "auto" is a word among targets, not a name. */
static bool is_word(unsigned kinds, const char *name)
{
	return (kinds & 1u << CAS_KIND_ARRAY) && casp_iequal(name, "auto");
}

/* A name that finds the object again: its FQDN, name, GUID or DN. */
static const char *best_name(const struct cas_organization *org, unsigned kinds,
			     const struct cas_object *object, const char *fqdn)
{
	const char *const names[] = {fqdn, object->name, cas_object_guid(object)};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct cas_object *found = NULL;

		if (names[i] && casp_desired_can_say(names[i]) &&
		    !is_word(kinds, names[i]) &&
		    cas_organization_find(org, kinds, names[i], &found, NULL) == 0 &&
		    found == object) {
			return names[i];
		}
	}
	return object->dn;
}

static const char *target_name(struct writing *writing, const struct cas_object *target)
{
	unsigned kinds = 1u << CAS_KIND_ARRAY | 1u << CAS_KIND_SERVER;
	const char **names =
		target->kind == CAS_KIND_ARRAY ? writing->arrays : writing->servers;
	const char **name = &names[target->index];

	if (!*name) {
		*name = best_name(writing->org, kinds, target, casp_object_fqdn(target));
	}
	return *name;
}

/* ---- lines ---- */

static int put(struct writing *writing, const char *text)
{
	return writing->line(writing->closure, text, writing->err);
}

/* An object of a list; the comma belongs to the line before, so it is written with the
 * next one. */
static int put_object(struct writing *writing, struct casp_json *json)
{
	const char *before = writing->first ? "" : ",\n";

	writing->first = false;
	return casp_json_line(json, before, writing->line, writing->closure,
			      writing->err);
}

static bool is_automatic(const struct writing *writing,
			 const struct cas_database *database)
{
	const struct cas_site *site = database->home;

	return writing->how->automatic && site && site->arrays.n == 1 &&
	       database->type == CASP_DATABASE_MAILBOX_2010 &&
	       database->target == &site->arrays.v[0]->object &&
	       !casp_declared_value(writing->org, database);
}

static int put_database(struct writing *writing, const struct cas_object *object)
{
	const struct cas_database *database = cas_object_database(object);
	const char *shown = cas_database_rpc_client_access_server(database);
	const char *target = NULL;
	CASP_CLEANUP(casp_buf_free) struct casp_buf remark = {0};
	struct casp_json json;

	if (is_automatic(writing, database)) {
		target = "auto";
	} else if (database->target) {
		target = target_name(writing, database->target);
	}
	casp_json_start(&json);
	casp_json_text(&json, "name",
		       best_name(writing->org, 1u << CAS_KIND_DATABASE, object, NULL));
	casp_json_text(&json, "rpc_client_access_server", target);
	if (!target && *shown) {
		casp_buf_addf(&remark, "it points at '%s', which does not exist", shown);
		json.failed |= remark.failed;
		casp_json_text(&json, "//", remark.p);
	}
	return put_object(writing, &json);
}

static const char *said(const char *text)
{
	return casp_desired_can_say(text) ? text : NULL;
}

static int put_array(struct writing *writing, const struct cas_object *object)
{
	const struct cas_array *array = cas_object_array(object);
	struct casp_json json;

	if (array->is_2013 || !casp_desired_can_list(array)) {
		return 0;
	}
	casp_json_start(&json);
	casp_json_text(&json, "name", said(array->object.name));
	casp_json_text(&json, "fqdn", said(array->fqdn));
	casp_json_text(&json, "site",
		       array->site ? best_name(writing->org, 1u << CAS_KIND_SITE,
					       &array->site->object, NULL)
				   : NULL);
	return put_object(writing, &json);
}

/* ---- lists ---- */

/* The same whichever server is asked. */
static int by_name(const void *a, const void *b)
{
	const struct cas_object *x = *(const struct cas_object *const *)a;
	const struct cas_object *y = *(const struct cas_object *const *)b;
	int order = casp_str_icompare(casp_str(x->name), casp_str(y->name));

	if (order == 0) {
		order = casp_str_icompare(casp_str(x->dn), casp_str(y->dn));
	}
	return order;
}

static int put_list(struct writing *writing, enum cas_kind kind, const char *opening,
		    int (*each)(struct writing *, const struct cas_object *))
{
	size_t n = CASP_COUNT(writing->org, kind);
	const struct cas_object **sorted = malloc((n + 1) * sizeof(*sorted));
	int code = sorted ? put(writing, opening) : casp_error_nomem(writing->err);

	for (size_t i = 0; sorted && i < n; i++) {
		sorted[i] = writing->org->objects[kind].v[i];
	}
	if (sorted && n) {
		qsort(sorted, n, sizeof(*sorted), by_name);
	}
	writing->first = true;
	for (size_t i = 0; code == 0 && i < n; i++) {
		code = each(writing, sorted[i]);
	}
	free(sorted);
	return code ? code : put(writing, writing->first ? "]" : "\n]");
}

/* ---- exemptions ---- */

static int by_exemption_name(const void *a, const void *b)
{
	const struct cas_exemption *x = *(const struct cas_exemption *const *)a;
	const struct cas_exemption *y = *(const struct cas_exemption *const *)b;

	return casp_str_icompare(casp_str(x->name), casp_str(y->name));
}

static int put_exemption(struct writing *writing, const struct cas_exemption *exemption)
{
	char day[CASP_DATE_TEXT] = "";
	struct casp_json json;

	if (exemption->expires) {
		casp_date_text(exemption->expires - 1, day);
	}
	casp_json_start(&json);
	casp_json_text(&json, "name", exemption->name);
	casp_json_text(&json, "class", cas_exemption_class_name(exemption->which));
	casp_json_text(&json, "rule", exemption->rule);
	casp_json_text(&json, "object", exemption->object);
	casp_json_text(&json, "value", exemption->value);
	casp_json_text(&json, "reason", exemption->reason);
	casp_json_text(&json, "owner", exemption->owner);
	casp_json_text(&json, "expires", day);
	return put_object(writing, &json);
}

static int put_exemptions(struct writing *writing)
{
	const struct cas_policy *policy = writing->org->policy;
	const struct cas_exemption **sorted =
		calloc(policy->n_exemptions + 1, sizeof(*sorted));
	int code = sorted ? put(writing, policy->n_exemptions ? ",\n\"exemptions\":[\n"
							      : ",\n\"exemptions\":[")
			  : casp_error_nomem(writing->err);

	for (size_t i = 0; sorted && i < policy->n_exemptions; i++) {
		sorted[i] = &policy->exemptions[i];
	}
	if (sorted) {
		qsort(sorted, policy->n_exemptions, sizeof(*sorted), by_exemption_name);
	}
	writing->first = true;
	for (size_t i = 0; code == 0 && i < policy->n_exemptions; i++) {
		code = put_exemption(writing, sorted[i]);
	}
	free(sorted);
	return code ? code : put(writing, writing->first ? "]}\n" : "\n]}\n");
}

/* ---- the whole ---- */

static int put_head(struct writing *writing)
{
	struct casp_json json;
	json_t *object;
	char *text = NULL, *head = NULL;
	int code = CAS_E_NOMEM, n = -1;

	casp_json_start(&json);
	casp_json_plain(&json, "organization", cas_organization_name(writing->org));
	json.replaced = false;
	object = casp_json_finish(&json);
	text = object ? json_dumps(json_object_get(object, "organization"),
				   JSON_COMPACT | JSON_ENCODE_ANY)
		      : NULL;
	json_decref(object);
	if (text) {
		n = asprintf(&head,
			     "{\"schema\":\"%s\",\"version\":%d,\n\"organization\":%s",
			     CASP_STATE_SCHEMA, CASP_STATE_VERSION, text);
	}
	code = n < 0 ? casp_error_nomem(writing->err) : put(writing, head);
	free(text);
	if (n >= 0) {
		free(head);
	}
	return code;
}

int cas_export(const struct cas_organization *org, const struct cas_export *how,
	       cas_line_fn line, void *closure, struct cas_error **err)
{
	static const struct cas_export plain;
	struct writing writing = {
		.org = org,
		.how = how ? how : &plain,
		.line = line,
		.closure = closure,
		.err = err,
	};
	int code = CAS_E_NOMEM;

	if (!casp_json_has_databases(org)) {
		return casp_error(err, CAS_E_USAGE, "the databases were not loaded");
	}
	writing.arrays =
		calloc(CASP_COUNT(org, CAS_KIND_ARRAY) + 1, sizeof(*writing.arrays));
	writing.servers =
		calloc(CASP_COUNT(org, CAS_KIND_SERVER) + 1, sizeof(*writing.servers));
	if (!writing.arrays || !writing.servers) {
		casp_error_nomem(err);
	} else {
		code = put_head(&writing);
	}
	if (code == 0) {
		code = put_list(&writing, CAS_KIND_ARRAY, ",\n\"arrays\":[\n", put_array);
	}
	if (code == 0) {
		code = put_list(&writing, CAS_KIND_DATABASE, ",\n\"databases\":[\n",
				put_database);
	}
	if (code == 0) {
		code = put_exemptions(&writing);
	}
	free(writing.arrays);
	free(writing.servers);
	return code;
}
