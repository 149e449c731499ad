/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is checked of sites: is there enough of everything? */
#include <inttypes.h>
#include <stdlib.h>

#include "../names/legacy_dn.h"
#include "checks.h"

/* Is it more than `limit` for each of n? Nothing overflows, whatever the policy says. */
static bool exceeds(uint64_t total, size_t n, int64_t limit)
{
	uint64_t each = total / n;

	return each > (uint64_t)limit || (each == (uint64_t)limit && total % n);
}

/* Who sets a threshold wants to hear of what is beyond it. */
static void raise_severity(struct casp_subject *subject)
{
	if (subject->threshold_set) {
		subject->severity = CAS_SEVERITY_WARNING;
	}
}

/* How many 2010 servers of a site have a role. */
static size_t count_role(const struct cas_site *site, int64_t role)
{
	size_t n = 0;

	for (size_t i = 0; i < site->servers.n; i++) {
		const struct cas_server *server = site->servers.v[i];

		n += casp_server_is_2010(server) && server->roles & role;
	}
	return n;
}

CASP_CHECK(mailbox_cas_ratio)
{
	const struct cas_site *site = (const struct cas_site *)subject->object;
	size_t mailbox = count_role(site, CASP_ROLE_MAILBOX);
	size_t cas = count_role(site, CASP_ROLE_CLIENT_ACCESS);

	/* CAS020 tells of a site without any. */
	if (!mailbox || !cas) {
		return CASP_NOT_APPLICABLE;
	}
	if (!exceeds(mailbox, cas, subject->threshold)) {
		return CASP_PASS;
	}
	raise_severity(subject);
	if (!details) {
		return CASP_FINDING;
	}
	casp_say(details, observed, "%zu mailbox servers, %zu Client Access server%s",
		 mailbox, cas, cas == 1 ? "" : "s");
	casp_say(details, expected,
		 "at most %" PRId64 " mailbox server%s for each Client Access server",
		 subject->threshold, subject->threshold == 1 ? "" : "s");
	casp_say(details, message,
		 "site '%s' has %zu Exchange 2010 mailbox servers and only %zu Client "
		 "Access server%s for the connections of their clients",
		 site->object.name, mailbox, cas, cas == 1 ? "" : "s");
	details->fix = "measure the load of the site's Client Access servers, and add "
		       "servers with that role";
	return CASP_FINDING;
}

/* The servers that carry the clients of a site. */
static size_t count_carriers(const struct cas_site *site)
{
	return site->arrays.n ? casp_array_n_members(site->arrays.v[0])
			      : count_role(site, CASP_ROLE_CLIENT_ACCESS);
}

CASP_CHECK(mailboxes_per_cas)
{
	const struct cas_site *site = (const struct cas_site *)subject->object;
	uint64_t mailboxes = casp_facts_site(subject->facts, site)->mailboxes;
	size_t n = count_carriers(site);

	/* CAS004 and CAS020 tell of a site without any. */
	if (!mailboxes || !n) {
		return CASP_NOT_APPLICABLE;
	}
	if (!exceeds(mailboxes, n, subject->threshold)) {
		if (!subject->org->n_partial) {
			return CASP_PASS;
		}
		if (details) {
			details->message = "only a part of the mailboxes was counted";
		}
		return CASP_NOT_EVALUATED;
	}
	raise_severity(subject);
	if (!details) {
		return CASP_FINDING;
	}
	casp_say(details, observed, "%" PRIu64 " mailboxes, %zu Client Access server%s",
		 mailboxes, n, n == 1 ? "" : "s");
	casp_say(details, expected,
		 "at most %" PRId64 " mailboxes for each Client Access server",
		 subject->threshold);
	casp_say(details, message,
		 "site '%s' is the home of %" PRIu64
		 " mailboxes, which %zu Client Access server%s carr%s",
		 site->object.name, mailboxes, n, n == 1 ? "" : "s",
		 n == 1 ? "ies" : "y");
	details->fix = "add Client Access servers to the site, or move mailboxes to "
		       "databases of other sites";
	return CASP_FINDING;
}

/* ---- databases that depend on one name ---- */

/* A database that names something that is no array. */
struct use {
	uint64_t name;
	uint32_t site;
	uint32_t database;
};
typedef CASP_VEC(struct use) use_list;

static bool names_no_array(enum casp_reference reference)
{
	switch (reference) {
	case CASP_REFERENCE_SERVER:
	case CASP_REFERENCE_SERVER_NO_ARRAY:
	case CASP_REFERENCE_CAS_ELSEWHERE:
	case CASP_REFERENCE_NOT_CAS:
	case CASP_REFERENCE_JUNK:
	case CASP_REFERENCE_SHORT_NAME:
	case CASP_REFERENCE_NOWHERE:
		return true;
	default:
		return false;
	}
}

static uint64_t name_number(const struct cas_database *database)
{
	const uint64_t dangling = (uint64_t)1 << 63;

	if (database->target) {
		return database->target->index;
	}
	return casp_str_ihash(
		       casp_legacy_dn_parent(casp_str(database->object.legacy_dn))) |
	       dangling;
}

static bool list_uses(const struct casp_facts *facts, use_list *uses)
{
	for (size_t i = 0; i < CASP_COUNT(facts->org, CAS_KIND_DATABASE); i++) {
		const struct cas_database *database = CASP_DATABASE(facts->org, i);

		if (database->home &&
		    names_no_array((enum casp_reference)facts->references[i]) &&
		    !casp_vec_push(uses, ((struct use){name_number(database),
						       database->home->object.index,
						       (uint32_t)i}))) {
			return false;
		}
	}
	return true;
}

/* By site, name and database. */
static int compare_uses(const void *a, const void *b)
{
	const struct use *x = a, *y = b;
	int order = (x->site > y->site) - (x->site < y->site);

	if (order == 0) {
		order = (x->name > y->name) - (x->name < y->name);
	}
	return order ? order : (x->database > y->database) - (x->database < y->database);
}

/* The name that most databases of a site have; of several the first in the directory. */
static void read_run(struct casp_facts *facts, const struct use *first, size_t n)
{
	struct casp_concentration *most = &facts->concentrations[first->site];

	if (n > most->n ||
	    (n == most->n && first->database < most->database->object.index)) {
		most->n = n;
		most->database = CASP_DATABASE(facts->org, first->database);
	}
}

/* false: out of memory. */
static bool find_concentrations(struct casp_facts *facts)
{
	use_list uses = {0};
	size_t n;

	facts->concentrations = calloc(CASP_COUNT(facts->org, CAS_KIND_SITE) + 1,
				       sizeof(*facts->concentrations));
	if (!facts->concentrations || !list_uses(facts, &uses)) {
		casp_vec_free(&uses);
		return false;
	}
	if (uses.n) {
		qsort(uses.v, uses.n, sizeof(*uses.v), compare_uses);
	}
	for (size_t i = 0; i < uses.n; i += n) {
		for (n = 1; i + n < uses.n && uses.v[i + n].site == uses.v[i].site &&
			    uses.v[i + n].name == uses.v[i].name;
		     n++) {
		}
		read_run(facts, &uses.v[i], n);
	}
	casp_vec_free(&uses);
	return true;
}

CASP_CHECK(database_concentration)
{
	const struct cas_site *site = (const struct cas_site *)subject->object;
	size_t judged = casp_site_facts_judged(casp_facts_site(subject->facts, site));
	const struct casp_concentration *most;
	const char *name;

	if (!judged) {
		return CASP_NOT_APPLICABLE;
	}
	if (!subject->facts->concentrations && !find_concentrations(subject->facts)) {
		subject->facts->failed = true;
		return CASP_NOT_APPLICABLE;
	}
	most = &subject->facts->concentrations[site->object.index];
	if (!exceeds((uint64_t)most->n * 100, judged, subject->threshold)) {
		return CASP_PASS;
	}
	raise_severity(subject);
	if (!details) {
		return CASP_FINDING;
	}
	name = cas_database_rpc_client_access_server(most->database);
	casp_say(details, observed, "%zu of %zu databases at '%s'", most->n, judged,
		 name);
	casp_say(details, expected, "at most %" PRId64 " percent at one name",
		 subject->threshold);
	casp_say(details, message,
		 "%zu of the %zu databases of site '%s' depend on the name '%s', which "
		 "is no array",
		 most->n, judged, site->object.name, name);
	details->fix = casp_fix_converge(subject, details->arena);
	return CASP_FINDING;
}
