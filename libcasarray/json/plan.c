/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plans, their steps and the runs of the history as JSON. */
#include "../names/dns_record.h"
#include "../plan/run.h"
#include "json.h"

json_t *cas_json_plan(const struct cas_plan *plan)
{
	struct casp_json json, impact;

	casp_json_start(&json);
	casp_json_text(&json, "title", plan->title);
	casp_json_text(&json, "undoes", plan->undoes);
	casp_json_text(&json, "resumes", plan->resumes);
	casp_json_start(&impact);
	casp_json_count(&impact, "databases", (int64_t)cas_plan_databases(plan));
	casp_json_count(&impact, "mailboxes", cas_plan_mailboxes(plan));
	casp_json_add(&json, "impact", casp_json_finish(&impact));
	casp_json_lines(&json, "warnings", plan, cas_plan_warning);
	casp_json_lines(&json, "notices", plan, cas_plan_notice);
	casp_json_text(&json, "run", plan->run);
	return casp_json_finish(&json);
}

/* A DNS record as people read it. */
static bool add_record(struct casp_json *json, const char *key, struct casp_str bytes)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf text = {0};

	if (!casp_dns_value_add(bytes, &text)) {
		return false;
	}
	json->failed |= text.failed;
	casp_json_text(json, key, text.p);
	return true;
}

/* The values of objectGUID and dnsRecord as people read them, other bytes that are no
 * text in hexadecimal. */
static void add_value(struct casp_json *json, const char *key, const char *attribute,
		      const char *value, size_t n)
{
	char guid[CASP_GUID_TEXT];

	if (!value || n == 0) {
		casp_json_text(json, key, value);
		return;
	}
	if (n == sizeof(struct casp_guid) && casp_iequal(attribute, "objectGUID")) {
		casp_guid_format((const struct casp_guid *)(const void *)value, guid);
		casp_json_plain(json, key, guid);
		return;
	}
	if (casp_iequal(attribute, "dnsRecord") &&
	    add_record(json, key, (struct casp_str){value, n})) {
		return;
	}
	casp_json_hex(json, key, "0x", (struct casp_str){value, n});
}

/* The delta that the step's label stands for, as people read it. */
static const struct casp_delta *shown_delta(const struct casp_step *step)
{
	if (step->action == CAS_ACTION_CREATE || step->action == CAS_ACTION_DELETE) {
		return NULL;
	}
	for (size_t i = 0; i < step->n_deltas; i++) {
		if (step->deltas[i].old_shown || step->deltas[i].new_shown) {
			return &step->deltas[i];
		}
	}
	return step->n_deltas ? &step->deltas[0] : NULL;
}

static void add_delta(struct casp_json *json, const struct casp_delta *delta)
{
	if (delta->old_shown) {
		casp_json_text(json, "old", delta->old_shown);
	} else {
		add_value(json, "old", delta->attribute, delta->old_value, delta->old_n);
	}
	if (delta->new_shown) {
		casp_json_text(json, "new", delta->new_shown);
	} else {
		add_value(json, "new", delta->attribute, delta->new_value, delta->new_n);
	}
}

static void add_shown(struct casp_json *json, const struct casp_step *step)
{
	const struct casp_delta *delta = shown_delta(step);

	casp_json_text(json, "attribute", step->shown);
	if (!delta) {
		bool rename = step->action == CAS_ACTION_RENAME;

		casp_json_text(json, "old", rename ? step->name : NULL);
		casp_json_text(json, "new", rename ? step->new_name : NULL);
		return;
	}
	add_delta(json, delta);
}

/* What the cmdlets call an attribute. */
static const char *label(enum cas_kind kind, const char *attribute)
{
	static const struct {
		enum cas_kind kind;
		const char *attribute, *label;
	} labels[] = {
		{CAS_KIND_ARRAY, "networkAddress", "Fqdn"},
		{CAS_KIND_ARRAY, "msExchServerSite", "Site"},
		{CAS_KIND_DATABASE, "legacyExchangeDN", "RpcClientAccessServer"},
	};

	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++) {
		if (labels[i].kind == kind &&
		    casp_iequal(labels[i].attribute, attribute)) {
			return labels[i].label;
		}
	}
	return attribute;
}

static void push_change(struct casp_json *json, json_t *changes, struct casp_json *item)
{
	json->replaced |= item->replaced;
	item->replaced = false;
	casp_json_push(json, changes, casp_json_finish(item));
}

/* All that a rename or a modification changes, as people read it. */
static void add_changes(struct casp_json *json, const struct casp_step *step)
{
	json_t *changes = casp_json_list(json, "changes");
	struct casp_json item;

	if (step->action == CAS_ACTION_RENAME) {
		casp_json_start(&item);
		casp_json_plain(&item, "what", "Name");
		casp_json_text(&item, "old", step->name);
		casp_json_text(&item, "new", step->new_name);
		push_change(json, changes, &item);
	} else if (step->action != CAS_ACTION_MODIFY) {
		return;
	}
	for (size_t i = 0; i < step->n_deltas; i++) {
		casp_json_start(&item);
		casp_json_plain(&item, "what",
				label(step->kind, step->deltas[i].attribute));
		add_delta(&item, &step->deltas[i]);
		push_change(json, changes, &item);
	}
}

static json_t *step_object(const struct casp_step *step)
{
	struct casp_json json;
	json_t *attributes;

	casp_json_start(&json);
	casp_json_plain(&json, "action", cas_action_name(step->action));
	casp_json_plain(&json, "class", cas_kind_name(step->kind));
	casp_json_text(&json, "name", step->name);
	casp_json_text(&json, "site", step->site);
	casp_json_text(&json, "dn", step->dn);
	casp_json_text(&json, "guid", step->guid);
	add_shown(&json, step);
	casp_json_text(&json, "new_name", step->new_name);
	add_changes(&json, step);
	casp_json_text(&json, "reason", step->reason);
	casp_json_plain(&json, "outcome", cas_outcome_name(step->outcome));
	casp_json_text(&json, "outcome_reason",
		       step->outcome == CAS_OUTCOME_PLANNED && step->denied
			       ? step->denied
			       : step->outcome_reason);
	casp_json_text(&json, "differs", step->differs);
	casp_json_count(&json, "mailboxes", step->mailboxes);
	attributes = casp_json_list(&json, "attributes");
	for (size_t i = 0; i < step->n_deltas; i++) {
		const struct casp_delta *delta = &step->deltas[i];
		struct casp_json item;

		casp_json_start(&item);
		casp_json_plain(&item, "name", delta->attribute);
		add_value(&item, "old", delta->attribute, delta->old_value, delta->old_n);
		add_value(&item, "new", delta->attribute, delta->new_value, delta->new_n);
		json.replaced |= item.replaced;
		item.replaced = false;
		casp_json_push(&json, attributes, casp_json_finish(&item));
	}
	return casp_json_finish(&json);
}

json_t *cas_json_step(const struct cas_plan *plan, size_t index)
{
	return index < plan->steps.n ? step_object(&plan->steps.v[index]) : NULL;
}

json_t *cas_json_run(const struct cas_run *run)
{
	struct casp_json json;

	casp_json_start(&json);
	casp_json_plain(&json, "run", cas_run_id(run));
	casp_json_time(&json, "time", run->time);
	casp_json_plain(&json, "state", cas_run_state_name(run->state));
	casp_json_text(&json, "title", run->title);
	casp_json_count(&json, "steps", (int64_t)cas_run_steps(run));
	casp_json_count(&json, "done", (int64_t)run->n_done);
	casp_json_text(&json, "who", cas_run_who(run));
	casp_json_text(&json, "directory", cas_run_address(run));
	casp_json_text(&json, "command", cas_run_command(run));
	casp_json_text(&json, "message", run->message);
	casp_json_text(&json, "undoes", cas_run_undoes(run));
	casp_json_text(&json, "undone_by", cas_run_undone_by(run));
	return casp_json_finish(&json);
}

json_t *cas_json_run_step(const struct cas_run *run, size_t index)
{
	const struct casp_step *step = casp_run_step(run, index);

	return step ? step_object(step) : NULL;
}
