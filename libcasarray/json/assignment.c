/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Default assignments as JSON. */
#include "json.h"

json_t *cas_json_assignment(const struct cas_assignment *assignment)
{
	const struct cas_object *target = cas_assignment_target(assignment);
	struct casp_json json;
	json_t *candidates;

	casp_json_start(&json);
	casp_json_text(&json, "rpc_client_access_server",
		       target ? casp_object_fqdn(target) : NULL);
	casp_json_text(&json, "target_class",
		       target ? cas_kind_name(target->kind) : NULL);
	casp_json_plain(&json, "rule",
			cas_assignment_rule_name(cas_assignment_rule(assignment)));
	casp_json_plain(&json, "reason", cas_assignment_reason(assignment));
	candidates = casp_json_list(&json, "candidates");
	for (size_t i = 0; i < cas_assignment_n_candidates(assignment); i++) {
		const struct cas_object *candidate =
			cas_assignment_candidate(assignment, i);

		casp_json_push_text(&json, candidates, casp_object_fqdn(candidate));
	}
	return casp_json_finish(&json);
}

void casp_json_default(struct casp_json *json, const struct cas_organization *org,
		       const struct cas_server *server, struct cas_assignment **ret)
{
	const struct cas_object *target = NULL;
	const char *rule = NULL;

	/* A refusal only means that there is nothing to predict. */
	if (server && cas_assignment_new(org, &server->object, 0, ret, NULL) == 0) {
		rule = cas_assignment_rule_name(cas_assignment_rule(*ret));
		target = cas_assignment_target(*ret);
	}
	casp_json_text(json, "default", target ? casp_object_fqdn(target) : NULL);
	casp_json_text(json, "default_rule", rule);
}
