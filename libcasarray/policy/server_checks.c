/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is checked of servers, and of arrays about their members. */
#include "checks.h"

CASP_CHECK(cas_without_rpc)
{
	const struct cas_server *server = (const struct cas_server *)subject->object;

	if (!casp_server_is_cas10(server)) {
		return CASP_NOT_APPLICABLE;
	}
	if (server->has_rpc) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	details->observed = "no RpcClientAccess object";
	details->expected = "CN=RpcClientAccess below CN=Protocols of the server";
	casp_say(details, message,
		 "server '%s' has the Client Access role and no RPC Client Access "
		 "settings: it is no member of the array of its site, although a load "
		 "balancer may send clients to it",
		 server->object.name);
	casp_say(details, fix,
		 "on the server: New-RpcClientAccess -Server %s, then restart the "
		 "service MSExchangeRPC",
		 casp_identity(subject->facts, details->arena, &server->object)
			 ?: "SERVER");
	return CASP_FINDING;
}

CASP_CHECK(server_without_site)
{
	const struct cas_server *server = (const struct cas_server *)subject->object;
	unsigned major = server->version.major;

	/* Exchange 2003 knows routing groups in place of sites; edge servers are outside.
	 */
	if ((major && major < 8) || server->roles & CASP_ROLE_EDGE ||
	    server->object.defects & CASP_OBJECT_LOST) {
		return CASP_NOT_APPLICABLE;
	}
	if (server->site) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	details->observed = *server->site_dn ? server->site_dn : "no site";
	details->expected = "a site that exists";
	casp_say(details, message,
		 "server '%s' %s: it belongs to no array and proxies nowhere",
		 server->object.name,
		 *server->site_dn ? "names a site that does not exist" : "is in no site");
	details->fix = "check the subnets of the server's addresses, then restart the "
		       "service MSExchangeADTopology on it";
	return CASP_FINDING;
}

CASP_CHECK(single_member)
{
	const struct cas_array *array = casp_subject_array(subject);
	const struct cas_server *member;
	size_t at = 0;

	if (!array) {
		return CASP_NOT_APPLICABLE;
	}
	if (casp_array_n_members(array) != 1) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	member = casp_array_next_member(array, &at);
	details->observed = "one member";
	details->expected = "two or more members";
	casp_say(details, message,
		 "array '%s' has one member, '%s': this is supported, and Outlook stops "
		 "when that server does",
		 array->object.name, member->object.name);
	return CASP_FINDING;
}

/* By build; by revision too where both say it, as versionNumber does not. */
static bool same_build(const struct casp_version *a, const struct casp_version *b)
{
	return a->major == b->major && a->minor == b->minor && a->build == b->build &&
	       (!a->revision || !b->revision || a->revision == b->revision);
}

CASP_CHECK(version_skew)
{
	const struct cas_array *array = casp_subject_array(subject);
	const struct cas_server *first, *member;
	char one[48], other[48];
	size_t at = 0;

	if (!array || !(first = casp_array_next_member(array, &at))) {
		return CASP_NOT_APPLICABLE;
	}
	while ((member = casp_array_next_member(array, &at))) {
		if (!same_build(&first->version, &member->version)) {
			break;
		}
	}
	if (!member) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	casp_version_format(&first->version, one);
	casp_version_format(&member->version, other);
	casp_say(details, observed, "%s on %s, %s on %s", one, first->object.name, other,
		 member->object.name);
	details->expected = "one build on all members";
	casp_say(details, message,
		 "the members of array '%s' run different builds, so that what a client "
		 "gets depends on where the balancer sends it",
		 array->object.name);
	details->fix = "bring all members to the same update";
	return CASP_FINDING;
}

CASP_CHECK(update_order)
{
	const struct cas_server *server = (const struct cas_server *)subject->object;
	const struct cas_server *facing = subject->facts->oldest_facing;
	char own[48], other[48];

	if (!casp_server_is_cas10(server) || !server->site || !facing ||
	    casp_facts_site(subject->facts, server->site)->internet_facing) {
		return CASP_NOT_APPLICABLE;
	}
	if (same_build(&server->version, &facing->version) ||
	    casp_version_compare(&server->version, &facing->version) < 0) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	casp_version_format(&server->version, own);
	casp_version_format(&facing->version, other);
	details->observed = casp_arena_dup_str(details->arena, casp_str(own));
	casp_say(details, expected, "at most %s", other);
	casp_say(details, message,
		 "server '%s' is newer than the Internet-facing server '%s' that proxies "
		 "to it, which may fail",
		 server->object.name, facing->object.name);
	casp_say(details, fix, "update the Internet-facing server '%s' first",
		 facing->object.name);
	return CASP_FINDING;
}
