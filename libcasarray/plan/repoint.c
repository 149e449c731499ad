/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one change that a database ever gets: what its legacyExchangeDN refers to. */
#include <stdlib.h>

#include "../names/legacy_dn.h"
#include "../policy/exemption.h"
#include "plan.h"

const char *casp_target_unfit(const struct cas_object *target)
{
	if (target->kind == CAS_KIND_ARRAY &&
	    ((const struct cas_array *)target)->is_2013) {
		return "is an array of Exchange 2013 or later";
	}
	if (target->kind == CAS_KIND_SERVER &&
	    !(((const struct cas_server *)target)->roles & CASP_ROLE_CLIENT_ACCESS)) {
		return "is a server without the Client Access role";
	}
	if (target->defects & CASP_OBJECT_LOST) {
		return "lies in the lost and found container";
	}
	if (!*target->legacy_dn) {
		return "has no legacyExchangeDN to refer to";
	}
	if (target->defects & CASP_OBJECT_LEGACY_DN_BAD) {
		return "has a malformed legacyExchangeDN";
	}
	return NULL;
}

bool casp_database_refers_to(const struct cas_database *database, const char *legacy_dn)
{
	struct casp_str parent =
		casp_legacy_dn_parent(casp_str(database->object.legacy_dn));

	return *legacy_dn && casp_legacy_dn_equal(parent, casp_str(legacy_dn));
}

bool casp_database_uses(const struct cas_database *database,
			const struct cas_object *object)
{
	return casp_database_refers_to(database, object->legacy_dn);
}

static const char *leaf(const struct cas_database *database)
{
	return database->type == CASP_DATABASE_PUBLIC_FOLDER ? "Microsoft Public MDB"
							     : "Microsoft Private MDB";
}

int casp_plan_skip(struct cas_plan *plan, const struct cas_database *database,
		   const char *reason, struct cas_error **err)
{
	struct casp_step *step =
		casp_plan_object_step(plan, CAS_ACTION_SKIP, &database->object);

	if (!step) {
		return casp_error_nomem(err);
	}
	step->reason = reason;
	return 0;
}

int casp_plan_leave(struct cas_plan *plan, const struct cas_database *database,
		    const struct cas_exemption *exemption, struct cas_error **err)
{
	const char *why = casp_exemption_text(&plan->arena, exemption);

	return why ? casp_plan_skip(plan, database, why, err) : casp_error_nomem(err);
}

int casp_plan_repoint(struct cas_plan *plan, const struct cas_database *database,
		      const char *target_legacy_dn, const char *target_shown,
		      const char *reason, struct cas_error **err)
{
	const char *old = database->object.legacy_dn;
	const char *text = casp_arena_printf(&plan->arena, "%s/cn=%s", target_legacy_dn,
					     leaf(database));
	struct casp_step *step;

	if (!text) {
		return casp_error_nomem(err);
	}
	if (strcmp(text, old) == 0) {
		return casp_plan_skip(plan, database, "already so", err);
	}
	step = casp_plan_object_step(plan, CAS_ACTION_MODIFY, &database->object);
	if (!step || !casp_step_reserve(plan, step, 1)) {
		return casp_error_nomem(err);
	}
	step->reason = reason;
	step->shown = "RpcClientAccessServer";
	step->mailboxes = database->mailboxes;
	step->deltas[0] = (struct casp_delta){
		.attribute = "legacyExchangeDN",
		.old_value = *old ? old : NULL,
		.new_value = text,
		.old_shown = cas_database_rpc_client_access_server(database),
		.new_shown = target_shown,
	};
	return 0;
}
