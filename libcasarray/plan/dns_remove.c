/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Removing A records of a name as a plan. */
#include "dns.h"

#include <time.h>

struct removal {
	const struct casp_dns_node *node;
	const struct casp_dns_wish *wish;
	const struct casp_dns_value **values; /* that go */
	size_t n;
	size_t n_a; /* all A records of the name */
};

static int pick(struct cas_plan *plan, struct removal *removal, struct cas_error **err)
{
	const struct casp_dns_entry *entry = removal->node->entry;
	bool live = !casp_dns_is_tombstoned(entry);

	removal->values = casp_arena_alloc(
		&plan->arena, (entry->n_values + 1) * sizeof(*removal->values));
	if (!removal->values) {
		return casp_error_nomem(err);
	}
	for (size_t i = 0; live && i < entry->n_values; i++) {
		const struct casp_dns_value *value = &entry->values[i];
		bool is_a = value->good && value->record.type == CASP_DNS_A;

		removal->n_a += is_a;
		if (is_a && (removal->wish->n == 0 ||
			     casp_dns_wishes(removal->wish, &value->record))) {
			removal->values[removal->n++] = value;
		}
	}
	if (removal->n_a && removal->n < removal->wish->n) {
		casp_dns_refuse_records(plan, removal->node, "has another address", err);
		return casp_error_hint(err, "name the address that is there");
	}
	if (removal->wish->n == 0 && removal->n > 1) {
		const char *shown = casp_dns_shown(&plan->arena, entry);

		casp_error(err, CAS_E_AMBIGUOUS, "'%s' has several addresses: %s",
			   removal->node->fqdn, shown ? shown : "");
		casp_error_hint(err, "name those that are to go with --address");
		return CAS_E_AMBIGUOUS;
	}
	return entry->partial
		       ? casp_dns_refuse_records(plan, removal->node,
						 "has more records than are shown here",
						 err)
		       : 0;
}

static bool mark_deleted(struct cas_plan *plan, struct casp_step *step,
			 const struct casp_dns_entry *entry)
{
	struct casp_delta *mark = &step->deltas[step->n_deltas++];

	*mark = (struct casp_delta){.attribute = "dNSTombstoned", .new_value = "TRUE"};
	if (entry->tombstoned) {
		mark->old_value =
			casp_arena_dup_str(&plan->arena, casp_str(entry->tombstoned));
		return mark->old_value;
	}
	return true;
}

/*
 * The last record of a node is replaced by a tombstone, as DNS servers do it: they learn
 * of a deletion by that, and remove the node themselves after some days ([MS-ADA1]
 * 2.191).
 */
static bool add_removal(struct cas_plan *plan, const struct removal *removal,
			const char *site)
{
	const struct casp_dns_entry *entry = removal->node->entry;
	bool last = removal->n == entry->n_values;
	struct casp_step *step = casp_dns_add_step(plan, CAS_ACTION_MODIFY, removal->node,
						   site, removal->n + 1);
	char bytes[CASP_DNS_TOMBSTONE_SIZE];
	struct casp_str tombstone = {bytes, sizeof(bytes)}, none = {0};

	if (!step) {
		return false;
	}
	casp_dns_record_tombstone((int64_t)time(NULL),
				  casp_dns_zone_serial(removal->node->zone), bytes);
	step->reason = "remove DNS record";
	for (size_t i = 0; i < removal->n; i++) {
		if (!casp_dns_set_record(plan, &step->deltas[i],
					 removal->values[i]->bytes,
					 last && i == 0 ? tombstone : none)) {
			return false;
		}
	}
	step->n_deltas = removal->n;
	return !last || mark_deleted(plan, step, entry);
}

static bool warn_removal(struct cas_plan *plan, const struct removal *removal,
			 const struct cas_array *array)
{
	for (size_t i = 0; i < removal->n; i++) {
		if (removal->values[i]->record.hours &&
		    !casp_plan_warn(plan,
				    "'%s' is a dynamic record: who registered it may do "
				    "so again",
				    removal->node->fqdn)) {
			return false;
		}
	}
	return !array || removal->n < removal->n_a ||
	       casp_plan_warn(plan,
			      "'%s' is the FQDN of the array '%s': clients will not find "
			      "it any more",
			      removal->node->fqdn, array->object.name);
}

int casp_plan_dns_remove(struct cas_plan *plan, const char *fqdn,
			 const struct cas_array *array, const struct casp_dns_wish *wish,
			 struct cas_error **err)
{
	CASP_CLEANUP(casp_dns_free) struct casp_dns dns = {0};
	struct removal removal = {.wish = wish};
	const char *site = array && array->site ? array->site->object.name : "";
	int code = casp_dns_read(plan->org->directory, &fqdn, 1, &dns, err);

	if (code) {
		return code;
	}
	removal.node = &dns.nodes[0];
	if (removal.node->elsewhere) {
		return casp_dns_refuse_elsewhere(plan, removal.node, wish, true, err);
	}
	code = pick(plan, &removal, err);
	if (code) {
		return code;
	}
	if (removal.n == 0) {
		return casp_plan_note(plan, "DNS: '%s' has no A record", fqdn)
			       ? 0
			       : casp_error_nomem(err);
	}
	return warn_removal(plan, &removal, array) && add_removal(plan, &removal, site) &&
			       casp_dns_note_servers(plan)
		       ? 0
		       : casp_error_nomem(err);
}

/* ---- undoing a creation ---- */

static bool is_record(const struct casp_delta *delta)
{
	return casp_iequal(delta->attribute, "dnsRecord");
}

/* The records that the node holds beside those of its creation. */
static size_t count_others(const struct casp_step *creation,
			   const struct casp_step *entry)
{
	size_t n = 0;

	for (size_t i = 0; i < entry->n_deltas; i++) {
		bool ours = !is_record(&entry->deltas[i]);

		for (size_t k = 0; !ours && k < creation->n_deltas; k++) {
			ours = is_record(&creation->deltas[k]) &&
			       casp_str_equal(casp_delta_old(&creation->deltas[k]),
					      casp_delta_old(&entry->deltas[i]));
		}
		n += !ours;
	}
	return n;
}

static const char *mark_of(const struct casp_step *entry)
{
	for (size_t i = 0; i < entry->n_deltas; i++) {
		if (casp_iequal(entry->deltas[i].attribute, "dNSTombstoned")) {
			return entry->deltas[i].old_value;
		}
	}
	return NULL;
}

/* As of a record that was written. */
static uint32_t serial_of(const struct casp_delta *delta)
{
	struct casp_dns_record record;

	return casp_dns_record_decode(casp_delta_old(delta), &record) ? record.serial : 1;
}

int casp_plan_dns_uncreate(struct cas_plan *plan, struct casp_step *step,
			   const struct casp_reading *node, struct cas_error **err)
{
	const struct casp_step creation = *step;
	bool last = !node->found || count_others(&creation, &node->entry) == 0;
	struct casp_dns_entry entry = {
		.tombstoned = node->found ? mark_of(&node->entry) : NULL,
	};
	char bytes[CASP_DNS_TOMBSTONE_SIZE];
	struct casp_str none = {0}, tombstone = {bytes, sizeof(bytes)};

	if (!casp_step_reserve(plan, step, creation.n_deltas + 1)) {
		return casp_error_nomem(err);
	}
	step->action = CAS_ACTION_MODIFY;
	step->shown = "A";
	step->n_deltas = 0;
	for (size_t i = 0; i < creation.n_deltas; i++) {
		const struct casp_delta *delta = &creation.deltas[i];

		if (!is_record(delta)) {
			continue;
		}
		casp_dns_record_tombstone((int64_t)time(NULL), serial_of(delta), bytes);
		if (!casp_dns_set_record(
			    plan, &step->deltas[step->n_deltas], casp_delta_old(delta),
			    last && step->n_deltas == 0 ? tombstone : none)) {
			return casp_error_nomem(err);
		}
		step->n_deltas++;
	}
	return last && !mark_deleted(plan, step, &entry) ? casp_error_nomem(err) : 0;
}
