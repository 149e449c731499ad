/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is checked of array objects. */
#include "checks.h"

#include <time.h>

#include "../names/fqdn.h"
#include "../names/legacy_dn.h"

CASP_CHECK(array_without_site)
{
	const struct cas_array *array = casp_subject_array(subject);
	const struct cas_site *users;

	if (!array) {
		return CASP_NOT_APPLICABLE;
	}
	if (array->site) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	details->observed = *array->site_dn ? array->site_dn : "no site";
	details->expected = "a site that exists";
	if (*array->site_dn) {
		casp_say(details, message,
			 "array '%s' names a site that does not exist, so it has no "
			 "members and new databases do not get it",
			 array->object.name);
	} else {
		casp_say(details, message,
			 "array '%s' is in no site, so it has no members and new "
			 "databases do not get it",
			 array->object.name);
	}
	users = subject->facts->array_users[array->object.index];
	if (!users) {
		details->fix =
			casp_command_remove_array(subject->facts, details->arena, array);
		return CASP_FINDING;
	}
	if (users->arrays.n) {
		details->fix = casp_command_replace_array(subject->facts, details->arena,
							  array, casp_site_array(users));
	} else {
		details->fix =
			casp_command_set_array(subject->facts, details->arena, array,
					       "--site", users->object.name);
	}
	return CASP_FINDING;
}

/* Was it left behind by a migration, rather than made ahead of its servers? Then servers
 * of Exchange 2013 or databases that used it show that Exchange 2010 was there. */
static bool is_left_behind(const struct casp_subject *subject,
			   const struct cas_array *array)
{
	const struct cas_site *site = array->site;
	bool has_2010 = false, has_2013 = false;

	if (!subject->facts->n_2010) {
		return subject->facts->n_2013 || array->n_databases;
	}
	for (size_t i = 0; site && i < site->servers.n; i++) {
		has_2010 |= casp_server_is_2010(site->servers.v[i]);
		has_2013 |= site->servers.v[i]->version.major >= 15;
	}
	return has_2013 && !has_2010;
}

CASP_CHECK(array_in_site_without_cas)
{
	const struct cas_array *array = casp_subject_array(subject);

	if (!array || !array->site) {
		return CASP_NOT_APPLICABLE;
	}
	if (casp_array_n_members(array) || is_left_behind(subject, array)) {
		return CASP_PASS;
	}
	if (!array->site->has_mbx10) {
		subject->severity = CAS_SEVERITY_WARNING;
	}
	if (!details) {
		return CASP_FINDING;
	}
	details->observed = "no members";
	details->expected = "an Exchange 2010 Client Access server with RPC Client "
			    "Access in the site";
	if (array->site->has_mbx10) {
		casp_say(details, message,
			 "array '%s' has no members: no server of site '%s' answers "
			 "Outlook under its name",
			 array->object.name, array->site->object.name);
	} else {
		casp_say(details, message,
			 "array '%s' has no members: site '%s' has no Exchange 2010 "
			 "Client Access server yet",
			 array->object.name, array->site->object.name);
	}
	details->fix =
		"install or repair a Client Access server in the site, or move the array "
		"to a site that has one, or remove it when no database uses it";
	return CASP_FINDING;
}

CASP_CHECK(array_unused)
{
	const struct cas_array *array = casp_subject_array(subject);
	const char *site, *target;

	if (!array) {
		return CASP_NOT_APPLICABLE;
	}
	if (array->n_databases || (array->site && !array->site->n_databases)) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	details->observed = "no database uses it";
	details->expected = "the databases of its site use it";
	casp_say(details, message,
		 "array '%s' is used by no database: clients still connect elsewhere",
		 array->object.name);
	if (!array->site || array->site->arrays.n > 1) {
		details->fix =
			casp_command_remove_array(subject->facts, details->arena, array);
		return CASP_FINDING;
	}
	site = casp_identity(subject->facts, details->arena, &array->site->object);
	target = casp_target_identity(subject->facts, details->arena, &array->object);
	details->fix = NULL;
	if (site && target) {
		casp_say(details, fix,
			 "casarray set-database --site %s --rpc-client-access-server %s",
			 site, target);
	}
	return CASP_FINDING;
}

CASP_CHECK(array_left)
{
	const struct cas_array *array = casp_subject_array(subject);

	if (!array) {
		return CASP_NOT_APPLICABLE;
	}
	if (!is_left_behind(subject, array)) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	details->observed = subject->facts->n_2010 ? "no Exchange 2010 server in the site"
						   : "no Exchange 2010 server";
	details->expected = "no array";
	casp_say(details, message,
		 "array '%s' was left behind when Exchange 2010 went away, and nothing "
		 "serves it",
		 array->object.name);
	details->fix = casp_command_remove_array(subject->facts, details->arena, array);
	return CASP_FINDING;
}

CASP_CHECK(array_no_address)
{
	const struct cas_array *array = casp_subject_array(subject);
	struct casp_str leaf;
	const char *why, *fqdn;

	if (!array) {
		return CASP_NOT_APPLICABLE;
	}
	if (array->n_tcp) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	details->observed = "no ncacn_ip_tcp value in networkAddress";
	details->expected = "ncacn_ip_tcp:<FQDN>";
	casp_say(details, message,
		 "array '%s' has no FQDN, so clients cannot be told where to connect",
		 array->object.name);
	/* The legacyExchangeDN of an array ends in the FQDN that it was made with. */
	leaf = casp_legacy_dn_leaf(casp_str(array->object.legacy_dn));
	fqdn = casp_fqdn_check(leaf, &why) ? casp_arena_dup_str(details->arena, leaf)
					   : "<FQDN>";
	details->fix = fqdn ? casp_command_set_array(subject->facts, details->arena,
						     array, "--fqdn", fqdn)
			    : NULL;
	return CASP_FINDING;
}

CASP_CHECK(array_extra_address)
{
	const struct cas_array *array = casp_subject_array(subject);

	if (!array) {
		return CASP_NOT_APPLICABLE;
	}
	if (array->n_tcp <= 1 && !array->n_other) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	casp_say(details, observed, "%u ncacn_ip_tcp value%s, %u of other protocols",
		 array->n_tcp, array->n_tcp == 1 ? "" : "s", array->n_other);
	details->expected = "one ncacn_ip_tcp value and nothing else";
	casp_say(details, message,
		 array->n_tcp > 1
			 ? "array '%s' has several FQDNs, and it is a matter of chance "
			   "which one clients are handed"
			 : "array '%s' has network addresses of other protocols than "
			   "TCP/IP, which no client asks an array for",
		 array->object.name);
	if (array->n_tcp > 1) {
		details->fix = casp_command_set_array(subject->facts, details->arena,
						      array, "--fqdn", array->fqdn);
	} else {
		details->fix = "remove the networkAddress values of other protocols with "
			       "a directory editor";
	}
	return CASP_FINDING;
}

/* What is wrong with the array's legacyExchangeDN beside its last part; NULL: nothing. */
static const char *legacy_trouble(const struct cas_organization *org,
				  const struct cas_array *array)
{
	struct casp_str text = casp_str(array->object.legacy_dn), group, rest;

	if (array->object.defects & CASP_OBJECT_LEGACY_DN_MISSING) {
		return "has no legacyExchangeDN";
	}
	if (array->object.defects & CASP_OBJECT_LEGACY_DN_BAD) {
		return "has a legacyExchangeDN that does not parse";
	}
	group = casp_str(org->group ? org->group->object.legacy_dn : "");
	if (!group.n) {
		return NULL;
	}
	rest = casp_str_istarts(text, group)
		       ? (struct casp_str){text.p + group.n, text.n - group.n}
		       : (struct casp_str){"", 0};
	if (!casp_str_iequal(casp_legacy_dn_parent(text),
			     (struct casp_str){text.p, group.n + 28}) ||
	    !casp_str_istarts(rest, CASP_STR("/cn=Configuration/cn=Servers"))) {
		return "has a legacyExchangeDN that is not below its administrative "
		       "group";
	}
	return NULL;
}

CASP_CHECK(array_legacy_dn)
{
	const struct cas_array *array = casp_subject_array(subject);
	const char *trouble, *name;
	struct casp_str leaf;

	if (!array) {
		return CASP_NOT_APPLICABLE;
	}
	trouble = legacy_trouble(subject->org, array);
	leaf = casp_legacy_dn_leaf(casp_str(array->object.legacy_dn));
	if (!trouble) {
		if (!*array->fqdn || casp_fqdn_equal(leaf, casp_str(array->fqdn))) {
			return CASP_PASS;
		}
		subject->severity = CAS_SEVERITY_INFO;
		subject->fix = CAS_FIX_NONE;
	}
	if (!details) {
		return CASP_FINDING;
	}
	details->observed = *array->object.legacy_dn ? array->object.legacy_dn : "absent";
	casp_say(details, expected, "%s/cn=Configuration/cn=Servers/cn=%s",
		 subject->org->group ? subject->org->group->object.legacy_dn : "",
		 array->fqdn);
	if (!trouble) {
		casp_say(details, message,
			 "array '%s' was made as '%.*s' and is called '%s' now: this "
			 "works, but a new array with the old FQDN would collide with it",
			 array->object.name, CASP_STR_ARG(leaf), array->fqdn);
		return CASP_FINDING;
	}
	casp_say(details, message,
		 "array '%s' %s, so databases cannot refer to it reliably",
		 array->object.name, trouble);
	name = casp_identity(subject->facts, details->arena, &array->object);
	details->fix = NULL;
	if (name && array->n_databases) {
		casp_say(details, fix, "casarray remove-array %s --repoint-to '<ARRAY>'",
			 name);
	} else if (name) {
		casp_say(details, fix, "casarray remove-array %s", name);
	}
	return CASP_FINDING;
}

CASP_CHECK(duplicate_legacy_dn)
{
	const struct cas_array *array = casp_subject_array(subject);
	const struct cas_object *others[16], *other;
	size_t at = 0, n = 0;
	const char *names;

	if (!array) {
		return CASP_NOT_APPLICABLE;
	}
	if (!(array->object.defects & CASP_OBJECT_LEGACY_DN_SHARED)) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	while (n < 16 &&
	       (other = casp_organization_by_legacy_dn(
			subject->org, casp_str(array->object.legacy_dn), &at))) {
		if (other != &array->object) {
			others[n++] = other;
		}
	}
	names = casp_name_list(details->arena, others, n);
	details->observed = array->object.legacy_dn;
	details->expected = "a legacyExchangeDN of its own";
	casp_say(details, message,
		 "array '%s' shares its legacyExchangeDN with %s: which of them a "
		 "database uses cannot be told",
		 array->object.name, names ? names : "another");
	details->fix = names ? "decide which object the databases mean, make a new array "
			       "with another FQDN for the rest, then remove the duplicate"
			     : NULL;
	return CASP_FINDING;
}

/* "2012-01-31" */
static const char *date(struct casp_arena *arena, int64_t time)
{
	time_t t = (time_t)time;
	char text[32];
	struct tm tm;

	if (!gmtime_r(&t, &tm) || !strftime(text, sizeof(text), "%Y-%m-%d", &tm)) {
		return "unknown";
	}
	return casp_arena_dup_str(arena, casp_str(text));
}

CASP_CHECK(array_created_late)
{
	const struct cas_array *array = casp_subject_array(subject);
	const struct casp_site_facts *site;
	const char *made, *oldest;

	if (!array || !array->site) {
		return CASP_NOT_APPLICABLE;
	}
	site = casp_facts_site(subject->facts, array->site);
	if (!casp_site_facts_judged(site)) {
		return CASP_NOT_APPLICABLE;
	}
	if (!array->object.created || !site->oldest_database) {
		if (details) {
			details->message = "whenCreated of the array or of the databases "
					   "cannot be read";
		}
		return CASP_NOT_EVALUATED;
	}
	if (array->object.created <= site->oldest_database) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	made = date(details->arena, array->object.created);
	oldest = date(details->arena, site->oldest_database);
	casp_say(details, observed, "array made %s, oldest database %s", made, oldest);
	details->expected = "the array before the databases";
	casp_say(details, message,
		 "array '%s' was made after databases of site '%s', which therefore did "
		 "not get it by default",
		 array->object.name, array->site->object.name);
	details->fix =
		"see the findings of CAS040 for the databases that still do not use it";
	return CASP_FINDING;
}
