/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making the A records of a name as a plan. */
#include "dns.h"

/* ---- what is there ---- */

/* The wished addresses that have no record; the others must be as wished. */
struct state {
	const struct casp_dns_node *node;
	const struct casp_dns_wish *wish;
	bool tombstoned;
	bool *held; /* parallel to the wish */
	size_t n_held;
	bool v6;
};

static void hold(struct state *state, const struct casp_dns_record *record)
{
	for (size_t i = 0; i < state->wish->n; i++) {
		if (!state->held[i] &&
		    !memcmp(state->wish->addresses[i], record->data.p, 4)) {
			state->held[i] = true;
			state->n_held++;
		}
	}
}

/* Why the node cannot take the records; NULL: this value is in nobody's way. */
static const char *in_the_way(struct state *state, const struct casp_dns_value *value)
{
	const struct casp_dns_record *record = &value->record;

	if (!value->good) {
		return "has a record that cannot be read";
	}
	if (state->tombstoned) {
		return record->type == CASP_DNS_TOMBSTONE
			       ? NULL
			       : "is marked as deleted, but has records";
	}
	switch (record->type) {
	case CASP_DNS_A:
		if (!casp_dns_wishes(state->wish, record)) {
			return "has another address";
		}
		if (record->hours) {
			return "has that address as a dynamic record, which ages";
		}
		if (!state->wish->any_ttl && record->ttl != state->wish->ttl) {
			return "has that address with another TTL";
		}
		hold(state, record);
		return NULL;
	case CASP_DNS_AAAA:
		state->v6 = true;
		return NULL;
	case CASP_DNS_CNAME:
		return "is another name's alias";
	default:
		return NULL;
	}
}

static int examine(struct cas_plan *plan, struct state *state, struct cas_error **err)
{
	const struct casp_dns_node *node = state->node;

	state->held = casp_arena_zalloc(&plan->arena, state->wish->n + 1);
	if (!state->held) {
		return casp_error_nomem(err);
	}
	if (node->elsewhere) {
		return casp_dns_refuse_elsewhere(plan, node, state->wish, false, err);
	}
	if (node->entry->partial) {
		return casp_dns_refuse_records(
			plan, node, "has more records than are shown here", err);
	}
	state->tombstoned = casp_dns_is_tombstoned(node->entry);
	for (size_t i = 0; i < node->entry->n_values; i++) {
		const char *why = in_the_way(state, &node->entry->values[i]);

		if (why) {
			return casp_dns_refuse_records(plan, node, why, err);
		}
	}
	if (state->v6 && !casp_plan_warn(plan,
					 "'%s' has an IPv6 address, too: clients may "
					 "prefer it, and the load balancer must then "
					 "serve it",
					 node->fqdn)) {
		return casp_error_nomem(err);
	}
	return 0;
}

/* ---- creating ---- */

/* The next wished record that is missing, from *at on. */
static struct casp_str next_record(const struct state *state, size_t *at,
				   char bytes[CASP_DNS_A_SIZE])
{
	const struct casp_dns_wish *wish = state->wish;

	while (*at < wish->n && state->held[*at]) {
		++*at;
	}
	if (*at == wish->n) {
		return (struct casp_str){0};
	}
	casp_dns_record_a(wish->addresses[*at], wish->ttl,
			  casp_dns_zone_serial(state->node->zone), bytes);
	++*at;
	return (struct casp_str){bytes, CASP_DNS_A_SIZE};
}

/* Those that are missing, in place of the first n_old values of the node. */
static bool add_records(struct cas_plan *plan, struct casp_step *step,
			const struct state *state, struct casp_delta *deltas,
			size_t n_old)
{
	size_t at = 0, n = 0;

	for (;; n++) {
		char bytes[CASP_DNS_A_SIZE];
		struct casp_str after = next_record(state, &at, bytes), before = {0};

		if (n < n_old) {
			before = state->node->entry->values[n].bytes;
		}
		if (!before.p && !after.p) {
			break;
		}
		if (!casp_dns_set_record(plan, &deltas[n], before, after)) {
			return false;
		}
	}
	step->n_deltas = (size_t)(deltas - step->deltas) + n;
	return true;
}

static bool create_node(struct cas_plan *plan, const struct state *state,
			const char *site)
{
	struct casp_step *step = casp_dns_add_step(plan, CAS_ACTION_CREATE, state->node,
						   site, 3 + state->wish->n);
	const char *name = casp_arena_dup_str(&plan->arena, casp_str(state->node->name));

	if (!step || !name) {
		return false;
	}
	step->reason = "new DNS record";
	step->deltas[0] =
		(struct casp_delta){.attribute = "objectClass", .new_value = "top"};
	step->deltas[1] =
		(struct casp_delta){.attribute = "objectClass", .new_value = "dnsNode"};
	step->deltas[2] = (struct casp_delta){.attribute = "dc", .new_value = name};
	return add_records(plan, step, state, &step->deltas[3], 0);
}

static bool extend_node(struct cas_plan *plan, const struct state *state,
			const char *site)
{
	size_t n_old = state->tombstoned ? state->node->entry->n_values : 0;
	struct casp_step *step = casp_dns_add_step(plan, CAS_ACTION_MODIFY, state->node,
						   site, state->wish->n + n_old + 1);
	struct casp_delta *mark;

	if (!step) {
		return false;
	}
	step->reason = state->tombstoned ? "new DNS record, at the node of a deleted one"
		       : state->node->entry->n_values
			       ? "new DNS record, beside others of the name"
			       : "new DNS record";
	if (!add_records(plan, step, state, step->deltas, n_old)) {
		return false;
	}
	if (!state->tombstoned) {
		return true;
	}
	mark = &step->deltas[step->n_deltas++];
	*mark = (struct casp_delta){
		.attribute = "dNSTombstoned",
		.old_value = casp_arena_dup_str(&plan->arena,
						casp_str(state->node->entry->tombstoned)),
		.new_value = "FALSE",
	};
	return mark->old_value;
}

static bool add_creation(struct cas_plan *plan, const struct state *state,
			 const char *site)
{
	if (state->n_held == state->wish->n) {
		return casp_plan_note(plan, "DNS: '%s' has the record already",
				      state->node->fqdn);
	}
	return state->node->entry->there ? extend_node(plan, state, site)
					 : create_node(plan, state, site);
}

int casp_plan_dns_create(struct cas_plan *plan, const char *fqdn, const char *site,
			 const struct casp_dns_wish *wish, struct cas_error **err)
{
	CASP_CLEANUP(casp_dns_free) struct casp_dns dns = {0};
	struct state state = {.wish = wish};
	int code = casp_dns_read(plan->org->directory, &fqdn, 1, &dns, err);

	if (code == 0) {
		state.node = &dns.nodes[0];
		code = examine(plan, &state, err);
	}
	if (code == 0 &&
	    !(add_creation(plan, &state, site) && casp_dns_note_servers(plan))) {
		code = casp_error_nomem(err);
	}
	return code;
}
