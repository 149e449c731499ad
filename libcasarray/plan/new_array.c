/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* New-ClientAccessArray as a plan. */
#include <inttypes.h>
#include <stdlib.h>

#include "../names/array_template.h"
#include "../names/dn.h"
#include "../names/fqdn.h"
#include "../names/legacy_dn.h"
#include "../policy/exemption.h"
#include "array_check.h"
#include "dns.h"
#include "target.h"

/* What the object will be. */
struct intent {
	const char *name;
	const char *fqdn;
	const struct cas_site *site;
	const char *legacy_dn;
	const char *dn;
};

/* Active Directory lets an object of the configuration be renamed only with this bit. */
#define FLAG_RENAMABLE "1073741824"

int casp_new_array_check_policy(const struct cas_organization *org,
				struct cas_error **err)
{
	if (org->policy->array_fqdn) {
		return 0;
	}
	casp_error(err, CAS_E_USAGE,
		   "an array needs an FQDN, and the policy has no template for it");
	return casp_error_hint(err,
			       "give --fqdn, or set array-fqdn = outlook-{site}.DOMAIN "
			       "in the section [policy] of casarray.conf");
}

/* What the policy calls the array of the site. */
static int fill(struct cas_plan *plan, const char *template, const struct cas_site *site,
		const char **ret, struct cas_error **err)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf text = {0};
	int code = casp_array_template_fill(template, site->object.name, &text, err);

	if (code) {
		return code;
	}
	*ret = casp_arena_dup_str(&plan->arena, casp_buf_str(&text));
	return *ret ? 0 : casp_error_nomem(err);
}

static int name_by_policy(struct cas_plan *plan, struct intent *intent,
			  struct cas_error **err)
{
	const struct cas_policy *policy = plan->org->policy;
	int code = casp_new_array_check_policy(plan->org, err);

	if (code == 0) {
		code = fill(plan, policy->array_fqdn, intent->site, &intent->fqdn, err);
	}
	if (code == 0 && policy->array_name) {
		code = fill(plan, policy->array_name, intent->site, &intent->name, err);
	}
	return code;
}

static int read_fqdn(struct cas_plan *plan, const char *text, struct intent *intent,
		     struct cas_error **err)
{
	struct casp_str fqdn;
	int code = casp_array_check_fqdn(text, &fqdn, err);

	if (code) {
		return code;
	}
	intent->fqdn = casp_arena_dup_str(&plan->arena, fqdn);
	return intent->fqdn ? 0 : casp_error_nomem(err);
}

static int read_names(struct cas_plan *plan, const struct cas_new_array *what,
		      struct intent *intent, struct cas_error **err)
{
	int code = what->fqdn ? read_fqdn(plan, what->fqdn, intent, err)
			      : name_by_policy(plan, intent, err);
	struct casp_str name;

	if (code) {
		return code;
	}
	if (what->name || !intent->name) {
		name = what->name ? casp_str(what->name)
				  : casp_fqdn_host(casp_str(intent->fqdn));
		intent->name = casp_arena_dup_str(&plan->arena, name);
	}
	return intent->name ? casp_array_check_name(intent->name, err)
			    : casp_error_nomem(err);
}

static int find_site(const struct cas_organization *org, const char *identity,
		     const struct cas_site **ret, struct cas_error **err)
{
	const struct cas_object *object;
	int code =
		cas_organization_find(org, 1u << CAS_KIND_SITE, identity, &object, err);

	if (code == 0) {
		*ret = cas_object_site(object);
	}
	return code;
}

static int check_place(const struct cas_organization *org, struct cas_error **err)
{
	if (!org->group) {
		casp_error(err, CAS_E_REFUSED,
			   "the organization '%s' has no administrative group "
			   "'Exchange Administrative Group (FYDIBOHF23SPDLT)'",
			   cas_organization_name(org));
		casp_error_hint(err, "Exchange 2007 or later was never prepared here");
		return CAS_E_REFUSED;
	}
	if (!*org->group->object.legacy_dn) {
		return casp_error(
			err, CAS_E_REFUSED,
			"the administrative group '%s' has no legacyExchangeDN to "
			"build the array's from",
			org->group->object.dn);
	}
	if (!org->arrays_dn) {
		casp_error(err, CAS_E_REFUSED, "there is no container CN=Arrays in '%s'",
			   org->group->object.dn);
		casp_error_hint(err,
				"Exchange 2010 setup (PrepareAD) makes it; in an export, "
				"include it");
		return CAS_E_REFUSED;
	}
	return 0;
}

static int name_it(struct cas_plan *plan, struct intent *intent, struct cas_error **err)
{
	const struct cas_organization *org = plan->org;
	struct casp_buf dn = {0};

	intent->legacy_dn =
		casp_arena_printf(&plan->arena, "%s/cn=Configuration/cn=Servers/cn=%s",
				  org->group->object.legacy_dn, intent->fqdn);
	casp_buf_adds(&dn, "CN=");
	casp_dn_escape(casp_str(intent->name), &dn);
	casp_buf_addf(&dn, ",%s", org->arrays_dn);
	intent->dn =
		dn.failed ? NULL : casp_arena_dup_str(&plan->arena, casp_buf_str(&dn));
	casp_buf_free(&dn);
	return intent->legacy_dn && intent->dn ? 0 : casp_error_nomem(err);
}

static int check_legacy_dn(const struct cas_organization *org,
			   const struct intent *intent, struct cas_error **err)
{
	struct casp_str text = casp_str(intent->legacy_dn);
	const struct cas_object *other;
	const char *why = NULL;
	size_t at = 0;

	if (!casp_legacy_dn_check(text, &why)) {
		return casp_error(err, CAS_E_REFUSED,
				  "'%s' would not be a legal legacyExchangeDN: %s",
				  intent->legacy_dn, why);
	}
	other = casp_organization_by_legacy_dn(org, text, &at);
	if (!other) {
		return 0;
	}
	casp_error(err, CAS_E_REFUSED,
		   "the legacyExchangeDN '%s' is in use by the %s '%s' (%s)",
		   intent->legacy_dn, cas_kind_name(other->kind), other->name, other->dn);
	casp_error_hint(err,
			"its FQDN was changed since it was made; choose another FQDN");
	return CAS_E_REFUSED;
}

static int check(const struct cas_organization *org, const struct cas_new_array *what,
		 const struct intent *intent, struct cas_error **err)
{
	/* The FQDN first: the name is mostly taken from it. */
	int code = casp_array_check_free(org, NULL, "FQDN", casp_str(intent->fqdn), err);

	if (code == 0) {
		code = casp_array_check_free(org, NULL, "name", casp_str(intent->name),
					     err);
	}
	if (code == 0) {
		code = check_legacy_dn(org, intent, err);
	}
	if (code == 0 && !what->allow_second_array) {
		code = casp_array_check_site(intent->site, NULL, err);
	}
	return code;
}

/* ---- --if-not-exists ---- */

static const struct cas_array *existing(const struct cas_organization *org,
					const struct intent *intent)
{
	const struct cas_array *similar = NULL;

	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_ARRAY); i++) {
		const struct cas_array *array = CASP_ARRAY(org, i);
		bool name = casp_iequal(array->object.name, intent->name);
		bool fqdn =
			casp_fqdn_equal(casp_str(array->fqdn), casp_str(intent->fqdn));

		if (name && fqdn) {
			return array;
		}
		if (!similar && (name || fqdn)) {
			similar = array;
		}
	}
	return similar;
}

static int check_equal(const struct cas_array *array, const struct intent *intent,
		       struct cas_error **err)
{
	const char *site = array->site ? array->site->object.name : "none";

	if (array->is_2013) {
		return casp_error(
			err, CAS_E_REFUSED,
			"the array '%s' exists, but it is one of Exchange 2013 or "
			"later",
			array->object.name);
	}
	if (!casp_iequal(array->object.name, intent->name)) {
		return casp_error(
			err, CAS_E_REFUSED,
			"the array '%s' (%s) exists with the FQDN '%s', but its name "
			"is not '%s'",
			array->object.name, array->object.dn, array->fqdn, intent->name);
	}
	if (!casp_fqdn_equal(casp_str(array->fqdn), casp_str(intent->fqdn))) {
		return casp_error(err, CAS_E_REFUSED,
				  "the array '%s' exists, but its FQDN is '%s', not '%s'",
				  array->object.name, array->fqdn, intent->fqdn);
	}
	if (array->site != intent->site) {
		return casp_error(err, CAS_E_REFUSED,
				  "the array '%s' exists, but its site is '%s', not '%s'",
				  array->object.name, site, intent->site->object.name);
	}
	return 0;
}

static int keep_existing(struct cas_plan *plan, const struct cas_new_array *what,
			 const struct cas_array *array, const struct intent *intent,
			 struct cas_error **err)
{
	const char *unfit = casp_target_unfit(&array->object);
	int code = check_equal(array, intent, err);

	if (code == 0 && what->adopt_databases && unfit) {
		return casp_error(err, CAS_E_REFUSED, "the array '%s' %s",
				  array->object.name, unfit);
	}
	if (code) {
		casp_error_hint(err, "change it with 'casarray set-array'");
		return code;
	}
	if (!casp_plan_note(plan, "the array '%s' exists already, as asked for",
			    array->object.name)) {
		return casp_error_nomem(err);
	}
	return 0;
}

/* ---- steps ---- */

/* Its records come first: an array whose name does not resolve is of no use. */
static int add_dns(struct cas_plan *plan, const struct cas_new_array *what,
		   const struct intent *intent, struct cas_error **err)
{
	struct casp_dns_wish wish;
	int code;

	if (what->n_dns_addresses == 0) {
		return casp_array_note_dns(plan, intent->fqdn, intent->site, err);
	}
	code = casp_dns_wish_read(&plan->arena, what->dns_addresses,
				  what->n_dns_addresses, what->dns_ttl, &wish, err);
	if (code == 0) {
		code = casp_plan_dns_create(plan, intent->fqdn, intent->site->object.name,
					    &wish, err);
	}
	if (code == 0 &&
	    !casp_plan_note(plan, "DNS: '%s' must not resolve outside", intent->fqdn)) {
		code = casp_error_nomem(err);
	}
	return code;
}

static int add_creation(struct cas_plan *plan, const struct intent *intent,
			struct cas_error **err)
{
	const char *format =
		casp_arena_printf(&plan->arena, "%" PRId64, (int64_t)CASP_FORMAT_2007);
	const char *address =
		casp_arena_printf(&plan->arena, "ncacn_ip_tcp:%s", intent->fqdn);
	/* An array keeps the format version of plain configuration objects. */
	const struct casp_delta values[] = {
		{.attribute = "objectClass", .new_value = "top"},
		{.attribute = "objectClass", .new_value = "server"},
		{.attribute = "objectClass", .new_value = "msExchExchangeServer"},
		{.attribute = "objectClass", .new_value = "msExchClientAccessArray"},
		{.attribute = "cn", .new_value = intent->name},
		{.attribute = "networkAddress", .new_value = address},
		{.attribute = "legacyExchangeDN", .new_value = intent->legacy_dn},
		{.attribute = "msExchServerSite",
		 .new_value = intent->site->object.dn,
		 .new_shown = intent->site->object.name},
		{.attribute = "msExchVersion", .new_value = format},
		{.attribute = "systemFlags", .new_value = FLAG_RENAMABLE},
	};
	struct casp_step *step = casp_plan_step(plan, CAS_ACTION_CREATE);

	if (!format || !address || !step ||
	    !casp_step_reserve(plan, step, sizeof(values) / sizeof(*values))) {
		return casp_error_nomem(err);
	}
	memcpy(step->deltas, values, sizeof(values));
	step->kind = CAS_KIND_ARRAY;
	step->name = intent->name;
	step->dn = intent->dn;
	step->site = intent->site->object.name;
	step->reason = "new array";
	return 0;
}

static int adopt(struct cas_plan *plan, const struct intent *intent,
		 struct cas_error **err)
{
	const struct cas_organization *org = plan->org;

	if (!(org->scope & CAS_SCOPE_DATABASES) || org->named) {
		return casp_error(err, CAS_E_USAGE, "the databases were not loaded");
	}
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_DATABASE); i++) {
		const struct cas_database *database = CASP_DATABASE(org, i);
		const struct cas_exemption *exemption;
		int code;

		if (database->type != CASP_DATABASE_MAILBOX_2010 ||
		    database->home != intent->site ||
		    casp_database_refers_to(database, intent->legacy_dn)) {
			continue;
		}
		exemption = casp_declared_value(org, database);
		code = exemption ? casp_plan_leave(plan, database, exemption, err)
				 : casp_plan_repoint(plan, database, intent->legacy_dn,
						     intent->fqdn,
						     "its home site has this array", err);
		if (code) {
			return code;
		}
	}
	return 0;
}

static int create(struct cas_plan *plan, const struct cas_new_array *what,
		  struct intent *intent, struct cas_error **err)
{
	int code = check_place(plan->org, err);

	if (code == 0) {
		code = name_it(plan, intent, err);
	}
	if (code == 0) {
		code = check(plan->org, what, intent, err);
	}
	if (code == 0) {
		code = add_dns(plan, what, intent, err);
	}
	if (code == 0) {
		code = add_creation(plan, intent, err);
	}
	if (code == 0) {
		code = casp_array_warn_fqdn(plan, intent->fqdn, err);
	}
	return code;
}

static void describe(const struct intent *intent, const struct cas_array *array,
		     struct casp_target *ret)
{
	*ret = (struct casp_target){
		.object = array ? &array->object : NULL,
		.name = intent->name,
		.fqdn = intent->fqdn,
		.legacy_dn = intent->legacy_dn,
		.site = intent->site,
	};
}

int casp_new_array_add(struct cas_plan *plan, const struct cas_new_array *what,
		       struct casp_target *ret, struct cas_error **err)
{
	const struct cas_array *array;
	struct intent intent = {0};
	int code;

	if ((what->fqdn && !*what->fqdn) || !what->site || !*what->site) {
		return casp_error(err, CAS_E_USAGE, "an array needs an FQDN and a site");
	}
	code = find_site(plan->org, what->site, &intent.site, err);
	if (code == 0) {
		code = read_names(plan, what, &intent, err);
	}
	if (code) {
		return code;
	}
	array = what->if_not_exists ? existing(plan->org, &intent) : NULL;
	if (array) {
		code = keep_existing(plan, what, array, &intent, err);
		if (code == 0 && what->n_dns_addresses) {
			code = add_dns(plan, what, &intent, err);
		}
		intent.legacy_dn = array->object.legacy_dn;
		intent.fqdn = array->fqdn;
	} else {
		code = create(plan, what, &intent, err);
	}
	if (code == 0 && what->adopt_databases) {
		code = adopt(plan, &intent, err);
	}
	if (code == 0) {
		describe(&intent, array, ret);
	}
	return code;
}

int cas_plan_new_array(const struct cas_organization *org,
		       const struct cas_new_array *what, struct cas_plan **ret,
		       struct cas_error **err)
{
	CASP_CLEANUP(casp_plan_freep) struct cas_plan *plan = NULL;
	struct casp_target target;
	int code = casp_plan_create(org, "new-array", &plan, err);

	if (code == 0) {
		code = casp_new_array_add(plan, what, &target, err);
	}
	if (code == 0) {
		code = casp_plan_finish(plan, err);
	}
	if (code == 0) {
		*ret = plan;
		plan = NULL;
	}
	return code;
}
