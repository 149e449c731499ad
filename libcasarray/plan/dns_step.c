/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Steps that change DNS records, and why there are none. */
#include "dns.h"

/* ---- refusing ---- */

int casp_dns_refuse_elsewhere(struct cas_plan *plan, const struct casp_dns_node *node,
			      const struct casp_dns_wish *wish, bool remove,
			      struct cas_error **err)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf hint = {0};
	const char *text;

	casp_error(err, CAS_E_REFUSED,
		   "the DNS record of '%s' cannot be changed in this directory: %s",
		   node->fqdn, node->elsewhere);
	if (!node->legal) {
		return CAS_E_REFUSED;
	}
	casp_buf_adds(&hint, "where it is held: printf '");
	for (size_t i = 0;
	     (text = casp_dns_nsupdate(&plan->arena, node->fqdn, wish, remove, i)); i++) {
		casp_buf_addf(&hint, "%s\\n", text);
	}
	casp_buf_adds(&hint, "' | nsupdate -g");
	if (hint.failed) {
		return casp_error_nomem(err);
	}
	casp_error_hint(err, "%s", hint.p);
	return CAS_E_REFUSED;
}

int casp_dns_refuse_records(struct cas_plan *plan, const struct casp_dns_node *node,
			    const char *why, struct cas_error **err)
{
	const char *shown = casp_dns_shown(&plan->arena, node->entry);

	if (!shown) {
		return casp_error_nomem(err);
	}
	casp_error(err, CAS_E_REFUSED, "'%s' %s: %s", node->fqdn, why, shown);
	casp_error_hint(err, "nothing is overwritten: remove it first, if nobody needs "
			     "it");
	return CAS_E_REFUSED;
}

/* ---- steps ---- */

static bool set_value(struct cas_plan *plan, const char **value, size_t *n,
		      const char **shown, struct casp_str bytes)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf text = {0};

	*value = casp_arena_dup_str(&plan->arena, bytes);
	*n = bytes.n;
	if (!casp_dns_value_add(bytes, &text)) {
		return *value;
	}
	*shown = text.failed ? NULL
			     : casp_arena_dup_str(&plan->arena, casp_buf_str(&text));
	return *value && *shown;
}

/* bytes.p NULL: no value. */
bool casp_dns_set_record(struct cas_plan *plan, struct casp_delta *delta,
			 struct casp_str before, struct casp_str after)
{
	delta->attribute = "dnsRecord";
	return (!before.p || set_value(plan, &delta->old_value, &delta->old_n,
				       &delta->old_shown, before)) &&
	       (!after.p || set_value(plan, &delta->new_value, &delta->new_n,
				      &delta->new_shown, after));
}

struct casp_step *casp_dns_add_step(struct cas_plan *plan, enum cas_action action,
				    const struct casp_dns_node *node, const char *site,
				    size_t n_deltas)
{
	struct casp_step *step = casp_plan_step(plan, action);

	if (!step || !casp_step_reserve(plan, step, n_deltas)) {
		return NULL;
	}
	step->kind = CAS_KIND_DNS_RECORD;
	step->name = casp_arena_dup_str(&plan->arena, casp_str(node->fqdn));
	step->dn = casp_arena_dup_str(&plan->arena, casp_str(node->entry->dn));
	step->site = site;
	step->shown = action == CAS_ACTION_CREATE ? NULL : "A";
	return step->name && step->dn ? step : NULL;
}

bool casp_dns_note_servers(struct cas_plan *plan)
{
	return !casp_plan_changes(plan) || !casp_directory_server(plan->org->directory) ||
	       casp_plan_note(plan,
			      "DNS servers answer so once they have read the directory "
			      "again: those of Windows every 3 minutes, and elsewhere "
			      "after replication");
}
