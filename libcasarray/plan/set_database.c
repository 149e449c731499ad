/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Set-MailboxDatabase -RpcClientAccessServer as a plan. */
#include <stdlib.h>

#include "array_check.h"

/* What the plan gathers while it goes through the databases. */
struct setting {
	struct cas_plan *plan;
	const struct cas_set_database *what;
	const struct cas_object *target; /* NULL: "auto" */
	struct casp_buf
		elsewhere; /* databases whose home is another site than the target's */
	size_t n_elsewhere;
};

static const struct cas_site *target_site(const struct cas_object *target)
{
	return target->kind == CAS_KIND_ARRAY ? ((const struct cas_array *)target)->site
					      : ((const struct cas_server *)target)->site;
}

static int find_target(const struct cas_organization *org, const char *identity,
		       const struct cas_object **ret, struct cas_error **err)
{
	unsigned kinds = 1u << CAS_KIND_ARRAY | 1u << CAS_KIND_SERVER;
	const struct cas_object *object;
	const char *unfit;
	int code = cas_organization_find(org, kinds, identity, &object, err);

	if (code) {
		return code;
	}
	unfit = casp_target_unfit(object);
	if (unfit) {
		casp_error(err, CAS_E_NOT_FOUND,
			   "no array or Client Access server '%s' was found: '%s' %s",
			   identity, object->name, unfit);
		casp_error_hint(
			err, "'casarray get-array' and 'casarray get-server' list them");
		return CAS_E_NOT_FOUND;
	}
	*ret = object;
	return 0;
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
static int leave_out(struct setting *setting, const struct cas_database *database,
		     const char *reason, const char *hint, struct cas_error **err)
{
	if (!setting->what->named) {
		return casp_plan_skip(setting->plan, database, reason, err);
	}
	casp_error(err, CAS_E_REFUSED, "the database '%s' (%s) is not changed: %s",
		   database->object.name, database->object.dn, reason);
	if (hint) {
		casp_error_hint(err, "%s", hint);
	}
	return CAS_E_REFUSED;
}

static const char *several(struct cas_plan *plan, const struct cas_site *site)
{
	struct casp_buf names = {0};
	const char *ret = NULL;
	size_t n = 0;

	for (size_t i = 0; i < site->arrays.n; i++) {
		casp_name_add(&names, &n, site->arrays.v[i]->object.name);
	}
	casp_names_end(&names, n);
	if (!names.failed) {
		ret = casp_arena_printf(&plan->arena,
					"its home site '%s' has %zu arrays: %s",
					site->object.name, n, names.p);
	}
	casp_buf_free(&names);
	return ret;
}

/* The one array of the home site; else *why says what is missing, *hint what to do. */
static const struct cas_object *automatic(struct cas_plan *plan,
					  const struct cas_database *database,
					  const char **why, const char **hint)
{
	const struct cas_site *site = database->home;
	const struct cas_object *array;
	const char *unfit;

	*hint = "name the array or server that is meant";
	if (!site) {
		*why = "its home site is unknown";
		return NULL;
	}
	if (site->arrays.n == 0) {
		*hint = "make one with 'casarray new-array'";
		*why = casp_arena_printf(&plan->arena, "its home site '%s' has no array",
					 site->object.name);
		return NULL;
	}
	if (site->arrays.n > 1) {
		*why = several(plan, site);
		return NULL;
	}
	array = &site->arrays.v[0]->object;
	unfit = casp_target_unfit(array);
	if (unfit) {
		*why = casp_arena_printf(&plan->arena,
					 "the array '%s' of its home site %s",
					 array->name, unfit);
		return NULL;
	}
	return array;
}

static int point(struct setting *setting, const struct cas_database *database,
		 const struct cas_object *target, struct cas_error **err)
{
	const struct cas_site *site = target_site(target);
	const char *reason =
		setting->target ? "as asked for" : "the array of its home site";

	if (casp_database_uses(database, target)) {
		return casp_plan_skip(setting->plan, database, "already so", err);
	}
	if (database->home && database->home != site) {
		casp_name_add(&setting->elsewhere, &setting->n_elsewhere,
			      database->object.name);
	}
	return casp_plan_repoint(setting->plan, database, target->legacy_dn,
				 casp_object_fqdn(target), reason, err);
}

static int set_one(struct setting *setting, const struct cas_database *database,
		   struct cas_error **err)
{
	const struct cas_object *target = setting->target;
	const char *why = unfit_type(database), *hint = NULL;

	if (why) {
		bool forced = setting->what->named && setting->what->force &&
			      database->type != CASP_DATABASE_2007;

		hint = database->type == CASP_DATABASE_2007
			       ? NULL
			       : "--force sets it all the same";
		if (!forced) {
			return leave_out(setting, database, why, hint, err);
		}
	}
	if (!target) {
		target = automatic(setting->plan, database, &why, &hint);
	}
	if (!target) {
		return why ? leave_out(setting, database, why, hint, err)
			   : casp_error_nomem(err);
	}
	return point(setting, database, target, err);
}

static int warn_elsewhere(struct setting *setting, struct cas_error **err)
{
	size_t n = setting->n_elsewhere;
	const struct cas_object *target = setting->target;
	const struct cas_site *site = target ? target_site(target) : NULL;

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

static int build(struct setting *setting, struct cas_error **err)
{
	const struct cas_objects *databases = setting->what->databases;
	int code = 0;

	if (setting->target && !warn_target(setting->plan, setting->target)) {
		return casp_error_nomem(err);
	}
	for (size_t i = 0; code == 0 && i < cas_objects_count(databases); i++) {
		const struct cas_database *database =
			cas_object_database(cas_objects_get(databases, i));

		if (database) {
			code = set_one(setting, database, err);
		}
	}
	if (code == 0) {
		code = warn_elsewhere(setting, err);
	}
	return code ? code : casp_plan_finish(setting->plan, err);
}

static bool is_blank(const char *text)
{
	return !text || text[strspn(text, " \t")] == '\0';
}

int cas_plan_set_database(const struct cas_organization *org,
			  const struct cas_set_database *what, struct cas_plan **ret,
			  struct cas_error **err)
{
	CASP_CLEANUP(casp_plan_freep) struct cas_plan *plan = NULL;
	struct setting setting = {.what = what};
	int code = 0;

	if (is_blank(what->rpc_client_access_server)) {
		casp_error(err, CAS_E_USAGE,
			   "an empty RpcClientAccessServer is refused: it cannot be "
			   "cleared");
		casp_error_hint(err, "give an array, a Client Access server or 'auto'");
		return CAS_E_USAGE;
	}
	if (!casp_iequal(what->rpc_client_access_server, "auto")) {
		code = find_target(org, what->rpc_client_access_server, &setting.target,
				   err);
	}
	if (code == 0) {
		code = casp_plan_create(org, "set-database", &plan, err);
	}
	if (code == 0) {
		setting.plan = plan;
		code = build(&setting, err);
	}
	casp_buf_free(&setting.elsewhere);
	if (code == 0) {
		*ret = plan;
		plan = NULL;
	}
	return code;
}
