/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a database should point at. */
#include "exemption.h"

static const char *why_not_judged(enum casp_database_type type)
{
	switch (type) {
	case CASP_DATABASE_RECOVERY:
		return "a recovery database serves no clients";
	case CASP_DATABASE_PUBLIC_FOLDER:
		return "clients reach public folders on the mailbox server itself";
	case CASP_DATABASE_2007:
		return "clients of Exchange 2007 and older connect to the mailbox server";
	case CASP_DATABASE_2013:
		return "Exchange 2013 and later do not use the value";
	case CASP_DATABASE_MAILBOX_2010:
		break;
	}
	return NULL;
}

const struct cas_array *casp_site_array(const struct cas_site *site)
{
	const struct cas_array *best = NULL;

	for (size_t i = 0; i < site->arrays.n; i++) {
		if (!best || site->arrays.v[i]->n_databases > best->n_databases) {
			best = site->arrays.v[i];
		}
	}
	return best;
}

/* The database's own server where it is a CAS of the site, else the only one; several: a
 * person must choose. */
static const struct cas_object *site_cas(const struct cas_site *site,
					 const struct cas_server *owner)
{
	const struct cas_server *only = NULL;
	size_t n = 0;

	for (size_t i = 0; i < site->servers.n; i++) {
		const struct cas_server *server = site->servers.v[i];

		if (!casp_server_is_cas10(server)) {
			continue;
		}
		if (server == owner) {
			return &server->object;
		}
		only = server;
		n++;
	}
	return n == 1 ? &only->object : NULL;
}

static bool is_array_of(const struct cas_object *target, const struct cas_site *site)
{
	const struct cas_array *array;

	if (!target || target->kind != CAS_KIND_ARRAY) {
		return false;
	}
	array = (const struct cas_array *)target;
	return array->site == site && !array->is_2013;
}

static bool is_cas_of(const struct cas_object *target, const struct cas_site *site)
{
	const struct cas_server *server;

	if (!target || target->kind != CAS_KIND_SERVER) {
		return false;
	}
	server = (const struct cas_server *)target;
	return server->site == site && casp_server_is_cas10(server);
}

bool casp_proxy_is_right(const struct cas_database *database)
{
	const struct cas_server *owner = database->owner;

	return owner && casp_server_is_cas10(owner) && database->target == &owner->object;
}

static void expect_own_server(const struct cas_database *database,
			      struct casp_expectation *ret)
{
	const struct cas_server *owner = database->owner;
	bool fit = owner && casp_server_is_cas10(owner);

	ret->which = CASP_EXPECT_PROXY;
	ret->target = fit ? &owner->object : NULL;
	ret->met = casp_proxy_is_right(database);
	ret->reason = fit ? "a public folder proxy points at its own server"
			  : "a public folder proxy points at its own server, which must "
			    "have the Client Access role";
}

/* What people declare comes before what the site asks for. */
static bool expect_declared(const struct cas_organization *org,
			    const struct cas_database *database,
			    struct casp_expectation *ret)
{
	ret->exemption = casp_declared_value(org, database);
	if (!ret->exemption) {
		return false;
	}
	if (ret->exemption->which == CAS_EXEMPTION_PF_PROXY) {
		expect_own_server(database, ret);
		return true;
	}
	ret->which = CASP_EXPECT_DECLARED;
	ret->target = database->target;
	ret->met = true;
	ret->reason = "a temporary override declares the value";
	return true;
}

void casp_expect(const struct cas_organization *org, const struct cas_database *database,
		 struct casp_expectation *ret)
{
	const struct cas_site *home = database->home;

	*ret = (struct casp_expectation){.which = CASP_EXPECT_EXEMPT};
	ret->reason = why_not_judged(database->type);
	if (ret->reason) {
		ret->met = true;
		return;
	}
	if (org->declarations && expect_declared(org, database, ret)) {
		return;
	}
	if (!home) {
		ret->which = CASP_EXPECT_NO_HOME;
		ret->reason = "the database's home site is unknown";
	} else if (home->arrays.n) {
		ret->which =
			home->arrays.n == 1 ? CASP_EXPECT_ARRAY : CASP_EXPECT_ANY_ARRAY;
		ret->target = &casp_site_array(home)->object;
		ret->met = is_array_of(database->target, home);
		ret->reason = home->arrays.n == 1
				      ? "the home site has one Client Access array"
				      : "the home site has several Client Access arrays";
	} else if (home->has_cas10) {
		ret->which = CASP_EXPECT_CAS;
		ret->met = is_cas_of(database->target, home);
		ret->target =
			ret->met ? database->target : site_cas(home, database->owner);
		ret->reason = "the home site has no array, but a Client Access server";
	} else {
		ret->which = CASP_EXPECT_NOTHING;
		ret->reason =
			"the home site has neither an array nor a Client Access server";
	}
}

const struct cas_exemption *casp_expired_override(const struct cas_organization *org,
						  const struct cas_database *database)
{
	const struct cas_exemption *exemption = casp_lapsed_override(org, database);
	struct casp_expectation expectation;

	if (!exemption) {
		return NULL;
	}
	casp_expect(org, database, &expectation);
	return expectation.met ? NULL : exemption;
}
