/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The findings of an audit as a baseline, one a line, and one that an earlier report had.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../base/error.h"
#include "../policy/pass.h"
#include "baseline.h"
#include "json.h"

struct writing {
	cas_line_fn line;
	void *closure;
	size_t n;
	struct cas_error **err;
};

/* What is replaced in names here harms nobody: the key finds the object. */
static json_t *finish(struct casp_json *json)
{
	json->replaced = false;
	return casp_json_finish(json);
}

static int put(struct writing *writing, struct casp_json *json)
{
	return casp_json_line(json, writing->n++ ? ",\n" : "\n", writing->line,
			      writing->closure, writing->err);
}

static int put_finding(struct writing *writing, const struct cas_finding *finding)
{
	const struct cas_rule *rule = cas_finding_rule(finding);
	const struct cas_object *object = cas_finding_object(finding);
	const struct cas_site *site = cas_finding_site(finding);
	struct casp_json json, item;

	casp_json_start(&item);
	casp_json_plain(&item, "class", cas_kind_name(cas_object_kind(object)));
	casp_json_plain(&item, "name", cas_object_name(object));
	if (!object->has_guid) {
		casp_json_text(&item, "dn", cas_object_dn(object));
	}
	casp_json_text(&item, "guid", cas_object_guid(object));
	casp_json_start(&json);
	casp_json_plain(&json, "key", cas_finding_key(finding));
	casp_json_plain(&json, "rule", cas_rule_id(rule));
	casp_json_plain(&json, "name", cas_rule_name(rule));
	casp_json_add(&json, "object", finish(&item));
	casp_json_name(&json, "site", site ? cas_site_object(site) : NULL);
	return put(writing, &json);
}

static void add_known_object(struct casp_json *json, const struct cas_known *known,
			     bool with_dn)
{
	char guid[CASP_GUID_TEXT] = "";
	struct casp_json item;

	if (!known->key.by_dn) {
		casp_guid_format(&known->key.id, guid);
	}
	casp_json_start(&item);
	casp_json_plain(&item, "class",
			*known->class_name ? known->class_name
					   : cas_kind_name(CAS_KIND_OTHER));
	casp_json_plain(&item, "name", known->object);
	if (with_dn) {
		casp_json_text(&item, "dn", known->dn);
	}
	casp_json_text(&item, "guid", guid);
	casp_json_add(json, "object", finish(&item));
}

static const char *rule_name(const struct cas_known *known)
{
	return known->key.rule ? cas_rule_name(known->key.rule) : known->name;
}

static int put_known(struct writing *writing, const struct cas_known *known)
{
	struct casp_json json;

	casp_json_start(&json);
	casp_json_plain(&json, "key", known->text);
	casp_json_plain(&json, "rule", known->rule);
	casp_json_plain(&json, "name", rule_name(known));
	add_known_object(&json, known, known->key.by_dn);
	casp_json_text(&json, "site", known->site);
	return put(writing, &json);
}

static int put_head(struct writing *writing, const struct cas_audit *audit)
{
	struct casp_json json;
	json_t *object;
	const char *created;
	char *text = NULL;
	int code = CAS_E_NOMEM;

	casp_json_start(&json);
	casp_json_time(&json, "created", audit->now);
	object = finish(&json);
	created = json_string_value(json_object_get(object, "created"));
	if (!object ||
	    asprintf(&text,
		     "{\"schema\":\"%s\",\"version\":%d,\n"
		     "\"created\":%s%s%s,\n\"findings\":[",
		     CASP_BASELINE_SCHEMA, CASP_BASELINE_VERSION, created ? "\"" : "",
		     created ? created : "null", created ? "\"" : "") < 0) {
		casp_error_nomem(writing->err);
	} else {
		code = writing->line(writing->closure, text, writing->err);
		free(text);
	}
	json_decref(object);
	return code;
}

static int put_findings(struct writing *writing, struct cas_audit *audit)
{
	const struct cas_finding *finding;
	int more, code = 0;

	cas_audit_rewind(audit);
	while (code == 0 && (more = cas_audit_next(audit, &finding, writing->err)) != 0) {
		if (more < 0) {
			return more;
		}
		if (finding->result == CAS_RESULT_FINDING &&
		    finding->suppression != CAS_SUPPRESSION_EXEMPTION) {
			code = put_finding(writing, finding);
		}
	}
	cas_audit_rewind(audit);
	return code;
}

int cas_baseline_write(struct cas_audit *audit, cas_line_fn line, void *closure,
		       size_t *ret, struct cas_error **err)
{
	struct writing writing = {.line = line, .closure = closure, .err = err};
	const struct cas_baseline *old = audit->baseline;
	int code;

	if (old && !audit->keeps_suppressed) {
		return casp_error(
			err, CAS_E_USAGE,
			"an audit with a baseline that did not keep what is in it");
	}
	code = put_head(&writing, audit);
	if (code == 0) {
		code = put_findings(&writing, audit);
	}
	for (size_t i = 0; code == 0 && old && i < old->known.n; i++) {
		if (cas_audit_known(audit, i) == CAS_KNOWN_NOT_JUDGED) {
			code = put_known(&writing, &old->known.v[i]);
		}
	}
	if (code == 0) {
		code = line(closure, writing.n ? "\n]}\n" : "]}\n", err);
	}
	if (code == 0) {
		*ret = writing.n;
	}
	return code;
}

json_t *cas_json_known(const struct cas_known *known)
{
	const struct cas_rule *rule = known->key.rule;
	enum cas_severity severity = known->severity;
	struct casp_json json;

	if (!severity && rule) {
		severity = cas_rule_severity(rule);
	}
	casp_json_start(&json);
	casp_json_plain(&json, "rule", known->rule);
	casp_json_plain(&json, "name", rule_name(known));
	casp_json_plain(&json, "severity", cas_severity_name(severity));
	casp_json_plain(&json, "result", "went");
	add_known_object(&json, known, true);
	casp_json_text(&json, "site", known->site);
	casp_json_plain(&json, "key", known->text);
	return casp_json_finish(&json);
}
