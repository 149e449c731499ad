/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A mailbox database as JSON: what it points at, what it should, what it would get by
 * default. */
#include "../policy/policy.h"
#include "json.h"

static const char *target_class(const struct cas_database *database)
{
	const struct cas_server *server;

	if (!database->target) {
		return "nothing";
	}
	if (database->target->kind == CAS_KIND_ARRAY) {
		return "array";
	}
	server = cas_object_server(database->target);
	return server && server->roles & CASP_ROLE_CLIENT_ACCESS ? "client-access-server"
								 : "mailbox-server";
}

/* One word for how the value relates to what the audit expects. */
static const char *const statuses[CASP_N_REFERENCES] = {
	[CASP_REFERENCE_EXEMPT] = "exempt",
	[CASP_REFERENCE_PROXY] = "ok",
	[CASP_REFERENCE_PROXY_WRONG] = "not-own-server",
	[CASP_REFERENCE_FINE] = "ok",
	[CASP_REFERENCE_DECLARED] = "ok",
	[CASP_REFERENCE_SERVER] = "server",
	[CASP_REFERENCE_SERVER_NO_ARRAY] = "no-array",
	[CASP_REFERENCE_CAS_ELSEWHERE] = "other-site-server",
	[CASP_REFERENCE_NOT_CAS] = "mailbox-server",
	[CASP_REFERENCE_ARRAY_ELSEWHERE] = "other-site",
	[CASP_REFERENCE_ARRAY_NO_SITE] = "array-without-site",
	[CASP_REFERENCE_SERVER_NO_HOME] = "no-home",
	[CASP_REFERENCE_ARRAY_NO_HOME] = "no-home",
	[CASP_REFERENCE_MALFORMED] = "malformed",
	[CASP_REFERENCE_JUNK] = "dangling",
	[CASP_REFERENCE_SHORT_NAME] = "dangling",
	[CASP_REFERENCE_NOWHERE] = "dangling",
};

void casp_json_database(struct casp_json *json, const struct cas_organization *org,
			const struct cas_database *database)
{
	struct casp_expectation expectation = {0};
	struct cas_assignment *assignment = NULL;
	const struct cas_object *master = database->dag ? &database->dag->object : NULL;
	json_t *copies;

	casp_expect(org, database, &expectation);
	casp_json_plain(json, "type", casp_database_type_name(database->type));
	casp_json_name(json, "server", database->owner ? &database->owner->object : NULL);
	casp_json_name(json, "site", database->home ? &database->home->object : NULL);
	casp_json_name(json, "owner_site",
		       database->owner_site ? &database->owner_site->object : NULL);
	casp_json_name(json, "dag", master);
	casp_json_text(json, "rpc_client_access_server",
		       cas_database_rpc_client_access_server(database));
	casp_json_plain(json, "target_class", target_class(database));
	casp_json_text(json, "expected",
		       expectation.target ? casp_object_fqdn(expectation.target) : NULL);
	casp_json_plain(json, "status", statuses[casp_reference(org, NULL, database)]);
	/* Other databases have no value that they could get by default. */
	casp_json_default(json, org,
			  database->type == CASP_DATABASE_MAILBOX_2010 ? database->owner
								       : NULL,
			  &assignment);
	cas_assignment_free(assignment);
	casp_json_count(json, "mailboxes", database->mailboxes);
	copies = casp_json_list(json, "copies");
	for (size_t i = 0; i < database->n_copies; i++) {
		const struct casp_copy *copy = database->copies[i];
		struct casp_json item;

		casp_json_start(&item);
		casp_json_plain(&item, "server",
				copy->host ? copy->host->object.name : copy->object.name);
		casp_json_count(&item, "preference", copy->preference);
		json->replaced |= item.replaced;
		item.replaced = false;
		casp_json_push(json, copies, casp_json_finish(&item));
	}
}
