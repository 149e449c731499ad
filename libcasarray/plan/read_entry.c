/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Entries as removals need them: every value, as one that is expected to be there. */
#include <stdlib.h>

#include "../exchange/rights.h"
#include "../names/dn.h"
#include "../names/guid.h"
#include "plan.h"

struct work {
	struct cas_plan *plan;
	struct casp_reading *readings;
	size_t n;
};

/* ---- values ---- */

/* What people are shown in place of bytes. */
static const char *shown(struct casp_arena *arena, const char *name,
			 struct casp_str bytes)
{
	struct casp_guid guid;
	char text[CASP_GUID_TEXT];

	if (bytes.n == sizeof(guid.b) && casp_iequal(name, "objectGUID")) {
		memcpy(guid.b, bytes.p, sizeof(guid.b));
		casp_guid_format(&guid, text);
		return casp_arena_dup(arena, text, strlen(text));
	}
	return casp_arena_printf(arena, "(%zu bytes)", bytes.n);
}

bool casp_delta_is_binary(const char *name, struct casp_str bytes)
{
	return (bytes.n && memchr(bytes.p, '\0', bytes.n)) ||
	       casp_iequal(name, "objectGUID");
}

static bool keep_value(struct casp_arena *arena, const char *name, struct casp_str bytes,
		       struct casp_delta *delta)
{
	delta->attribute = name;
	delta->old_value = casp_arena_dup_str(arena, bytes);
	if (!casp_delta_is_binary(name, bytes)) {
		return delta->old_value;
	}
	delta->old_n = bytes.n;
	delta->old_shown = shown(arena, name, bytes);
	return delta->old_value && delta->old_shown;
}

/* What a node of DNS is told of; the last one is no value of it. */
static const char *const of_nodes[] = {"dnsRecord", "dNSTombstoned",
				       CASP_RIGHTS_TO_WRITE};

static bool is_value(const struct casp_reading *reading, const char *name)
{
	return reading->entry.kind != CAS_KIND_DNS_RECORD ||
	       !casp_iequal(name, CASP_RIGHTS_TO_WRITE);
}

static bool keep_values(struct cas_plan *plan, struct casp_step *step,
			const struct casp_entry *entry, size_t attribute, size_t *at)
{
	const struct casp_values *values = &entry->values[attribute];
	const char *name = casp_arena_dup(&plan->arena, entry->names[attribute],
					  strlen(entry->names[attribute]));

	for (size_t i = 0; name && i < values->n; i++) {
		if (!keep_value(&plan->arena, name, values->v[i],
				&step->deltas[(*at)++])) {
			return false;
		}
	}
	return name &&
	       (!values->partial ||
		casp_plan_warn(plan,
			       "the directory shows only some values of '%s' of '%s': an "
			       "undo brings back no more than those",
			       name, step->name));
}

static bool keep_entry(struct cas_plan *plan, struct casp_reading *reading,
		       const struct casp_entry *entry)
{
	size_t n = 0, at = 0;

	for (size_t i = 0; i < entry->n_names; i++) {
		n += is_value(reading, entry->names[i]) ? entry->values[i].n : 0;
	}
	if (!casp_step_reserve(plan, &reading->entry, n)) {
		return false;
	}
	for (size_t i = 0; i < entry->n_names; i++) {
		if (is_value(reading, entry->names[i]) &&
		    !keep_values(plan, &reading->entry, entry, i, &at)) {
			return false;
		}
	}
	reading->found = true;
	return true;
}

/* ---- reading ---- */

static int see(void *closure, const struct casp_entry *entry, struct cas_error **err)
{
	struct work *work = closure;

	for (size_t i = 0; i < work->n; i++) {
		struct casp_reading *reading = &work->readings[i];

		if (!reading->found &&
		    casp_dn_equal(casp_str(reading->entry.dn), entry->dn) &&
		    !keep_entry(work->plan, reading, entry)) {
			return casp_error_nomem(err);
		}
	}
	return 0;
}

static struct casp_query query_of(const struct casp_reading *reading, bool with_rights)
{
	struct casp_query query = {
		.base = casp_str(reading->entry.dn),
		.scope = CASP_SCOPE_BASE,
		.all_attributes = reading->entry.kind != CAS_KIND_DNS_RECORD,
	};

	if (!query.all_attributes) {
		query.attributes = of_nodes;
		query.n_attributes = with_rights ? 3 : 2;
	}
	return query;
}

int casp_plan_read_entries(struct cas_plan *plan, struct casp_reading *readings, size_t n,
			   bool with_rights, struct cas_error **err)
{
	struct cas_directory *directory = plan->org->directory;
	struct work work = {.plan = plan, .readings = readings, .n = n};
	struct casp_beside beside = {.n = n, .see = see, .closure = &work};
	struct casp_query *queries = calloc(n + 1, sizeof(*queries));
	int code;

	with_rights = with_rights && casp_rights_offered(directory);
	for (size_t i = 0; queries && i < n; i++) {
		readings[i].found = false;
		queries[i] = query_of(&readings[i], with_rights);
	}
	beside.queries = queries;
	if (!queries) {
		code = casp_error_nomem(err);
	} else if (n == 0) {
		code = 0;
	} else if (with_rights) {
		code = casp_plan_ask_beside(plan, &beside, err);
	} else {
		code = casp_directory_search(directory, queries, n, see, &work, err);
	}
	free(queries);
	return code;
}
