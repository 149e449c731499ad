/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Set-MailboxDatabase -RpcClientAccessServer as a plan. */
#include <stdlib.h>

#include "../policy/exemption.h"
#include "array_check.h"
#include "target.h"

static bool is_blank(const char *text)
{
	return !text || text[strspn(text, " \t")] == '\0';
}

static bool warn_target(struct cas_plan *plan, const struct cas_object *target)
{
	const struct cas_server *server = cas_object_server(target);

	if ((target->defects & CASP_OBJECT_LEGACY_DN_SHARED) &&
	    !casp_plan_warn(
		    plan,
		    "the legacyExchangeDN of '%s' is that of another object, too: what "
		    "the databases then use is not certain",
		    target->name)) {
		return false;
	}
	if (server && !casp_server_is_2010(server)) {
		return casp_plan_warn(
			plan,
			"'%s' is no Exchange 2010 server: it does not offer RPC "
			"Client Access to Exchange 2010 mailboxes",
			target->name);
	}
	if (server && !server->has_rpc) {
		return casp_plan_warn(
			plan,
			"'%s' has no RpcClientAccess object: Outlook cannot "
			"connect to it",
			target->name);
	}
	return true;
}

int casp_target_check(struct cas_plan *plan, const char *identity,
		      const struct casp_target *target, struct cas_error **err)
{
	const char *unfit = target->object ? casp_target_unfit(target->object) : NULL;

	if (unfit) {
		casp_error(err, CAS_E_NOT_FOUND,
			   "no array or Client Access server '%s' was found: '%s' %s",
			   identity, target->name, unfit);
		casp_error_hint(
			err, "'casarray get-array' and 'casarray get-server' list them");
		return CAS_E_NOT_FOUND;
	}
	return !target->object || warn_target(plan, target->object)
		       ? 0
		       : casp_error_nomem(err);
}

/* ---- which databases ---- */

/* Why a database's value is not ours to set, or NULL. */
static const char *unfit_type(const struct cas_database *database)
{
	switch (database->type) {
	case CASP_DATABASE_2007:
		return "it is of Exchange 2007 or older, which has no "
		       "RpcClientAccessServer";
	case CASP_DATABASE_2013:
		return "it is of Exchange 2013 or later, where clients do not use the "
		       "value";
	case CASP_DATABASE_PUBLIC_FOLDER:
		return "it is a public folder database: clients connect to its mailbox "
		       "server";
	case CASP_DATABASE_RECOVERY:
		return "it is a recovery database, which no client opens";
	default:
		return NULL;
	}
}

/* Leaves a database out, or refuses the plan when a person named it. */
static int leave_out(struct casp_setting *setting, const struct cas_database *database,
		     const char *reason, const char *hint, struct cas_error **err)
{
	if (!setting->named) {
		return casp_plan_skip(setting->plan, database, reason, err);
	}
	casp_error(err, CAS_E_REFUSED, "the database '%s' (%s) is not changed: %s",
		   database->object.name, database->object.dn, reason);
	if (hint) {
		casp_error_hint(err, "%s", hint);
	}
	return CAS_E_REFUSED;
}

/* The one array of the home site; else *why says what is missing, *hint what to do. */
static const struct casp_target *automatic(struct casp_setting *setting,
					   const struct cas_database *database,
					   const char **why, const char **hint)
{
	struct casp_arena *arena = &setting->plan->arena;
	const struct cas_site *site = database->home;
	const casp_targets *arrays;
	const char *unfit = NULL;

	*hint = "name the array or server that is meant";
	if (!site) {
		*why = "its home site is unknown";
		return NULL;
	}
	arrays = casp_layout_site(setting->layout, site);
	if (arrays->n == 0) {
		*hint = "make one with 'casarray new-array'";
		*why = casp_arena_printf(arena, "its home site '%s' has no array",
					 site->object.name);
		return NULL;
	}
	if (arrays->n > 1) {
		const char *names = casp_targets_names(arena, arrays);

		*why = names ? casp_arena_printf(arena,
						 "its home site '%s' has %zu arrays: %s",
						 site->object.name, arrays->n, names)
			     : NULL;
		return NULL;
	}
	if (arrays->v[0].object) {
		unfit = casp_target_unfit(arrays->v[0].object);
	}
	if (unfit) {
		*why = casp_arena_printf(arena, "the array '%s' of its home site %s",
					 arrays->v[0].name, unfit);
		return NULL;
	}
	return &arrays->v[0];
}

static int point(struct casp_setting *setting, const struct cas_database *database,
		 const struct casp_target *target, const char *reason,
		 struct cas_error **err)
{
	if (casp_database_refers_to(database, target->legacy_dn)) {
		return casp_plan_skip(setting->plan, database, "already so", err);
	}
	if (setting->target && database->home && database->home != target->site) {
		casp_name_add(&setting->elsewhere, &setting->n_elsewhere,
			      database->object.name);
	}
	return casp_plan_repoint(setting->plan, database, target->legacy_dn, target->fqdn,
				 setting->target ? "as asked for" : reason, err);
}

/* ---- databases of which something is declared ---- */

static int leave_declared(struct casp_setting *setting,
			  const struct cas_database *database,
			  const struct cas_exemption *exemption, struct cas_error **err)
{
	const char *why = casp_exemption_text(&setting->plan->arena, exemption);

	return why ? leave_out(setting, database, why,
			       setting->forceable ? "--force sets it all the same" : NULL,
			       err)
		   : casp_error_nomem(err);
}

/* Somebody who names it may insist. */
static int set_declared(struct casp_setting *setting, const struct cas_database *database,
			const struct casp_target *target,
			const struct cas_exemption *exemption, struct cas_error **err)
{
	const char *why = casp_exemption_text(&setting->plan->arena, exemption);

	if (!setting->named || !setting->force) {
		return leave_declared(setting, database, exemption, err);
	}
	if (!why ||
	    !casp_plan_warn(setting->plan, "the database '%s' is changed although %s",
			    database->object.name, why)) {
		return casp_error_nomem(err);
	}
	return point(setting, database, target, "the array of its home site", err);
}

/* Whatever was chosen: who points everything at an array should know. */
static int refuse_array(struct casp_setting *setting, const struct cas_database *database,
			const struct cas_exemption *exemption, struct cas_error **err)
{
	const char *why = casp_exemption_text(&setting->plan->arena, exemption);

	if (!why) {
		return casp_error_nomem(err);
	}
	casp_error(err, CAS_E_REFUSED,
		   "the database '%s' (%s) is never pointed at an array: %s",
		   database->object.name, database->object.dn, why);
	casp_error_hint(err, "'auto' is its own server");
	return CAS_E_REFUSED;
}

static int set_proxy(struct casp_setting *setting, const struct cas_database *database,
		     const struct cas_exemption *exemption, struct cas_error **err)
{
	const struct casp_target *target = setting->target;
	struct casp_target own = {0};

	if (database->owner) {
		casp_target_of(&database->owner->object, &own);
	}
	if (target && target->object != own.object) {
		return !target->object || target->object->kind == CAS_KIND_ARRAY
			       ? refuse_array(setting, database, exemption, err)
			       : set_declared(setting, database, target, exemption, err);
	}
	if (!own.object || casp_target_unfit(own.object)) {
		return leave_out(setting, database,
				 "it is a public folder proxy, and its own server lacks "
				 "the Client Access role",
				 NULL, err);
	}
	return point(setting, database, &own, "the own server of a public folder proxy",
		     err);
}

bool casp_setting_holds(const struct casp_setting *setting,
			const struct cas_database *database)
{
	const struct casp_target *target = setting->target;

	if (!target && casp_declared_value(setting->plan->org, database)) {
		struct casp_expectation expectation;

		casp_expect(setting->plan->org, database, &expectation);
		return expectation.met;
	}
	if (!target && database->home) {
		const casp_targets *arrays =
			casp_layout_site(setting->layout, database->home);

		target = arrays->n == 1 ? &arrays->v[0] : NULL;
	}
	return target && casp_database_refers_to(database, target->legacy_dn);
}

int casp_setting_add(struct casp_setting *setting, const struct cas_database *database,
		     struct cas_error **err)
{
	const struct casp_target *target = setting->target;
	const char *why = unfit_type(database), *hint = NULL;
	const struct cas_exemption *exemption;

	if (why) {
		bool forced = setting->named && setting->force &&
			      database->type != CASP_DATABASE_2007;

		hint = database->type == CASP_DATABASE_2007 || !setting->forceable
			       ? NULL
			       : "--force sets it all the same";
		if (!forced) {
			return leave_out(setting, database, why, hint, err);
		}
	}
	exemption = casp_declared_value(setting->plan->org, database);
	if (exemption && exemption->which == CAS_EXEMPTION_PF_PROXY) {
		return set_proxy(setting, database, exemption, err);
	}
	if (exemption && !(setting->named && setting->force) &&
	    !(target && casp_database_refers_to(database, target->legacy_dn))) {
		return leave_declared(setting, database, exemption, err);
	}
	if (!target) {
		target = automatic(setting, database, &why, &hint);
	}
	if (!target) {
		return why ? leave_out(setting, database, why, hint, err)
			   : casp_error_nomem(err);
	}
	if (exemption && !casp_database_refers_to(database, target->legacy_dn)) {
		return set_declared(setting, database, target, exemption, err);
	}
	return point(setting, database, target, "the array of its home site", err);
}

static int warn_elsewhere(struct casp_setting *setting, struct cas_error **err)
{
	size_t n = setting->n_elsewhere;
	const struct casp_target *target = setting->target;
	const struct cas_site *site = target ? target->site : NULL;

	casp_names_end(&setting->elsewhere, n);
	if (setting->elsewhere.failed ||
	    (n && !casp_plan_warn(
			  setting->plan,
			  "'%s' is in %s%s%s, but the home of %zu database%s is another "
			  "site: %s",
			  target ? target->name : "", site ? "the site '" : "no site",
			  site ? site->object.name : "", site ? "'" : "", n,
			  n == 1 ? "" : "s", setting->elsewhere.p))) {
		return casp_error_nomem(err);
	}
	return 0;
}

int casp_setting_finish(struct casp_setting *setting, struct cas_error **err)
{
	int code = warn_elsewhere(setting, err);

	casp_buf_free(&setting->elsewhere);
	setting->n_elsewhere = 0;
	return code;
}

static int set_all(struct casp_setting *setting, const struct cas_objects *databases,
		   struct cas_error **err)
{
	int code = 0, finished;

	for (size_t i = 0; code == 0 && i < cas_objects_count(databases); i++) {
		const struct cas_database *database =
			cas_object_database(cas_objects_get(databases, i));

		if (database) {
			code = casp_setting_add(setting, database, err);
		}
	}
	finished = casp_setting_finish(setting, code ? NULL : err);
	return code ? code : finished;
}

static int set_to(struct casp_setting *setting, const struct cas_set_database *what,
		  struct cas_error **err)
{
	unsigned kinds = 1u << CAS_KIND_ARRAY | 1u << CAS_KIND_SERVER;
	const struct cas_object *object;
	struct casp_target target;
	int code = cas_organization_find(setting->plan->org, kinds,
					 what->rpc_client_access_server, &object, err);

	if (code) {
		return code;
	}
	casp_target_of(object, &target);
	setting->target = &target;
	code = casp_target_check(setting->plan, what->rpc_client_access_server, &target,
				 err);
	return code ? code : set_all(setting, what->databases, err);
}

static int set_auto(struct casp_setting *setting, const struct cas_set_database *what,
		    struct cas_error **err)
{
	struct casp_layout layout;
	int code = casp_layout_init(&layout, setting->plan->org, err);

	setting->layout = &layout;
	if (code == 0) {
		code = set_all(setting, what->databases, err);
	}
	casp_layout_free(&layout);
	return code;
}

static int build(struct cas_plan *plan, const struct cas_set_database *what,
		 struct cas_error **err)
{
	struct casp_setting setting = {
		.plan = plan,
		.named = what->named,
		.force = what->force,
		.forceable = true,
	};
	int code = casp_iequal(what->rpc_client_access_server, "auto")
			   ? set_auto(&setting, what, err)
			   : set_to(&setting, what, err);

	return code ? code : casp_plan_finish(plan, err);
}

int cas_plan_set_database(const struct cas_organization *org,
			  const struct cas_set_database *what, struct cas_plan **ret,
			  struct cas_error **err)
{
	CASP_CLEANUP(casp_plan_freep) struct cas_plan *plan = NULL;
	int code;

	if (is_blank(what->rpc_client_access_server)) {
		casp_error(err, CAS_E_USAGE,
			   "an empty RpcClientAccessServer is refused: it cannot be "
			   "cleared");
		casp_error_hint(err, "give an array, a Client Access server or 'auto'");
		return CAS_E_USAGE;
	}
	code = casp_plan_create(org, "set-database", &plan, err);
	if (code == 0) {
		code = build(plan, what, err);
	}
	if (code == 0) {
		*ret = plan;
		plan = NULL;
	}
	return code;
}
