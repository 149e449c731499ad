/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is checked of sites. */
#include <stdlib.h>

#include "checks.h"

CASP_CHECK(site_without_array)
{
	const struct cas_site *site = (const struct cas_site *)subject->object;
	const struct casp_site_facts *facts = casp_facts_site(subject->facts, site);
	size_t judged = casp_site_facts_judged(facts), others;

	if (!site->has_mbx10) {
		return CASP_NOT_APPLICABLE;
	}
	others = facts->n_recovery + facts->references[CASP_REFERENCE_PROXY] +
		 facts->references[CASP_REFERENCE_PROXY_WRONG];
	if (site->arrays.n || (!judged && others)) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	casp_say(details, observed, "no array, %zu database%s", judged,
		 judged == 1 ? "" : "s");
	details->expected = "one Client Access array";
	casp_say(details, message,
		 "site '%s' has Exchange 2010 mailbox servers and no Client Access "
		 "array: its databases are tied to the names of single servers",
		 site->object.name);
	details->fix = casp_command_new_array(subject->facts, details->arena, site);
	return CASP_FINDING;
}

/* "casarray remove-array B --repoint-to A && ..." for all but the one to keep. */
static const char *converge(struct casp_subject *subject, struct casp_arena *arena,
			    const struct cas_site *site)
{
	const struct cas_array *keep = casp_site_array(site);
	struct casp_buf buf = {0};
	const char *text;

	for (size_t i = 0; i < site->arrays.n; i++) {
		const struct cas_array *array = site->arrays.v[i];
		const char *command;

		if (array == keep) {
			continue;
		}
		command = casp_command_replace_array(subject->facts, arena, array, keep);
		if (!command) {
			break;
		}
		casp_buf_adds(&buf, buf.n ? " && " : "");
		casp_buf_adds(&buf, command);
	}
	text = buf.failed ? NULL : casp_arena_dup_str(arena, casp_buf_str(&buf));
	casp_buf_free(&buf);
	return text;
}

CASP_CHECK(several_arrays)
{
	const struct cas_site *site = (const struct cas_site *)subject->object;
	const char *names;

	if (site->arrays.n < 2) {
		return site->arrays.n ? CASP_PASS : CASP_NOT_APPLICABLE;
	}
	if (!details) {
		return CASP_FINDING;
	}
	names = casp_name_list(details->arena,
			       (const struct cas_object *const *)site->arrays.v,
			       site->arrays.n);
	casp_say(details, observed, "%zu arrays", site->arrays.n);
	details->expected = "one array";
	casp_say(details, message,
		 "site '%s' has %zu Client Access arrays (%s): new databases get "
		 "whichever a search returns first",
		 site->object.name, site->arrays.n, names ? names : "");
	details->fix = names ? converge(subject, details->arena, site) : NULL;
	return CASP_FINDING;
}

/* Mailbox and Client Access servers of Exchange 2007 in a site. */
static void count_2007(const struct cas_site *site, size_t *mailbox, size_t *cas)
{
	*mailbox = *cas = 0;
	for (size_t i = 0; i < site->servers.n; i++) {
		const struct cas_server *server = site->servers.v[i];

		if (server->version.major == 8) {
			*mailbox += !!(server->roles & CASP_ROLE_MAILBOX);
			*cas += !!(server->roles & CASP_ROLE_CLIENT_ACCESS);
		}
	}
}

CASP_CHECK(site_without_cas)
{
	const struct cas_site *site = (const struct cas_site *)subject->object;
	size_t mailbox, cas;

	count_2007(site, &mailbox, &cas);
	if (!site->has_mbx10 && !mailbox) {
		return CASP_NOT_APPLICABLE;
	}
	if (site->has_mbx10 ? site->has_cas10 : cas || site->has_cas10) {
		return CASP_PASS;
	}
	if (!site->has_mbx10) {
		subject->severity = CAS_SEVERITY_WARNING;
	}
	if (!details) {
		return CASP_FINDING;
	}
	details->observed = "mailbox servers, no Client Access server";
	details->expected = "a Client Access server of the same version in the site";
	if (site->has_mbx10) {
		casp_say(details, message,
			 "site '%s' has Exchange 2010 mailbox servers and no Exchange "
			 "2010 Client Access server: neither Outlook nor the web clients "
			 "reach its mailboxes",
			 site->object.name);
	} else {
		casp_say(details, message,
			 "site '%s' has Exchange 2007 mailbox servers and no Client "
			 "Access server: the web clients do not reach its mailboxes",
			 site->object.name);
	}
	details->fix = "install the Client Access role on a server of the site";
	return CASP_FINDING;
}

/* When the oldest 2010 server with a role was made; 0: there is none. *unknown: one does
 * not say. */
static int64_t oldest_server(const struct cas_site *site, int64_t role, bool *unknown)
{
	int64_t oldest = 0;

	for (size_t i = 0; i < site->servers.n; i++) {
		const struct cas_server *server = site->servers.v[i];
		int64_t created = server->object.created;

		if (!casp_server_is_2010(server) || !(server->roles & role)) {
			continue;
		}
		*unknown |= !created;
		if (created && (!oldest || created < oldest)) {
			oldest = created;
		}
	}
	return oldest;
}

CASP_CHECK(mailbox_before_cas)
{
	const struct cas_site *site = (const struct cas_site *)subject->object;
	bool unknown = false;
	int64_t mailbox, cas;

	if (!site->has_mbx10 || !site->has_cas10) {
		return CASP_NOT_APPLICABLE;
	}
	mailbox = oldest_server(site, CASP_ROLE_MAILBOX, &unknown);
	cas = oldest_server(site, CASP_ROLE_CLIENT_ACCESS, &unknown);
	if (unknown) {
		if (details) {
			details->message = "whenCreated of the servers cannot be read";
		}
		return CASP_NOT_EVALUATED;
	}
	if (mailbox >= cas) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	details->observed = "the mailbox server came first";
	details->expected = "the Client Access server first";
	casp_say(details, message,
		 "site '%s' had a mailbox server before its first Client Access server: "
		 "databases made in between were given the mailbox server itself",
		 site->object.name);
	details->fix =
		"see the findings of CAS043 for the databases that still point there";
	return CASP_FINDING;
}

/* How many databases of the site are at what, in words. */
static const char *distribution(struct casp_arena *arena,
				const struct casp_site_facts *facts)
{
	const size_t *n = facts->references;
	size_t array = n[CASP_REFERENCE_FINE];
	size_t other =
		n[CASP_REFERENCE_ARRAY_ELSEWHERE] + n[CASP_REFERENCE_ARRAY_NO_SITE];
	size_t server = n[CASP_REFERENCE_SERVER] + n[CASP_REFERENCE_SERVER_NO_ARRAY] +
			n[CASP_REFERENCE_CAS_ELSEWHERE] + n[CASP_REFERENCE_NOT_CAS];
	size_t rest = casp_site_facts_judged(facts) - array - other - server -
		      n[CASP_REFERENCE_DECLARED];

	return casp_arena_printf(arena,
				 "%zu at arrays of the site, %zu at other arrays, %zu at "
				 "servers, %zu at nothing",
				 array, other, server, rest);
}

const char *casp_fix_converge(struct casp_subject *subject, struct casp_arena *arena)
{
	const struct cas_site *site = (const struct cas_site *)subject->object;
	const char *name;

	if (site->arrays.n != 1) {
		return site->arrays.n ? "see CAS002: the site has several arrays"
				      : "see CAS001: the site needs an array";
	}
	name = casp_identity(subject->facts, arena, &site->object);
	return name ? casp_arena_printf(arena,
					"casarray set-database --site %s "
					"--rpc-client-access-server auto",
					name)
		    : NULL;
}

CASP_CHECK(mixed_values)
{
	const struct cas_site *site = (const struct cas_site *)subject->object;
	const struct casp_site_facts *facts = casp_facts_site(subject->facts, site);

	if (!facts->first) {
		return CASP_NOT_APPLICABLE;
	}
	if (!facts->mixed) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	details->observed = distribution(details->arena, facts);
	details->expected = "one value for all databases of the site";
	casp_say(details, message,
		 "the databases of site '%s' carry different values, so that its "
		 "mailboxes do not all fail over and move together",
		 site->object.name);
	details->fix = casp_fix_converge(subject, details->arena);
	return CASP_FINDING;
}
