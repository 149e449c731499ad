/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is checked of databases. What a database refers to chooses the rules that are
 * asked. */
#include "../names/date.h"
#include "../names/legacy_dn.h"
#include "checks.h"
#include "exemption.h"

static const struct cas_database *database_of(const struct casp_subject *subject)
{
	return (const struct cas_database *)subject->object;
}

/* What the home site was taken from: only the directory's word, as the active copy is not
 * in it. */
static const char *basis(struct casp_arena *arena, const struct cas_database *database)
{
	for (size_t i = 0; database->home_by_copy && i < database->n_copies; i++) {
		const struct casp_copy *copy = database->copies[i];

		if (copy->host && copy->host->site == database->home) {
			return casp_arena_printf(
				arena,
				"by the copy with activation preference %lld on %s",
				(long long)copy->preference, copy->host->object.name);
		}
	}
	return "by its owning server";
}

/* "site 'HQ' (by its owning server)", or that it is unknown. */
static const char *home(struct casp_arena *arena, const struct cas_database *database)
{
	const char *by = basis(arena, database);

	if (!database->home) {
		return "its home site, which is unknown";
	}
	return by ? casp_arena_printf(arena, "its home site '%s' (%s)",
				      database->home->object.name, by)
		  : NULL;
}

/* repair may only act where there is no choice. */
static void lower_fix(struct casp_subject *subject)
{
	if (subject->fix == CAS_FIX_AUTO &&
	    subject->expectation.which != CASP_EXPECT_ARRAY) {
		subject->fix = CAS_FIX_PLAN;
	}
}

static const char *expected(const struct casp_subject *subject, struct casp_arena *arena)
{
	const struct casp_expectation *e = &subject->expectation;
	const struct cas_site *site = database_of(subject)->home;

	switch (e->which) {
	case CASP_EXPECT_PROXY:
		if (!e->target) {
			return "its own server, with the Client Access role";
		}
		/* fall through */
	case CASP_EXPECT_ARRAY:
		return *casp_object_fqdn(e->target) ? casp_object_fqdn(e->target)
						    : e->target->name;
	case CASP_EXPECT_ANY_ARRAY:
		return casp_arena_printf(arena, "an array of site '%s'",
					 site->object.name);
	case CASP_EXPECT_CAS:
		return casp_arena_printf(arena, "an array of site '%s', which has none",
					 site->object.name);
	case CASP_EXPECT_NOTHING:
		return casp_arena_printf(arena,
					 "an array of site '%s', which has neither an "
					 "array nor a Client Access server",
					 site->object.name);
	default:
		return "an array of its home site, which is unknown";
	}
}

static const char *fix(struct casp_subject *subject, struct casp_arena *arena)
{
	const struct casp_expectation *e = &subject->expectation;

	switch (e->which) {
	case CASP_EXPECT_PROXY:
		if (!e->target) {
			return "install the Client Access role on its server, or make "
			       "the proxy on a server that has it";
		}
		/* fall through */
	case CASP_EXPECT_ARRAY:
	case CASP_EXPECT_ANY_ARRAY:
		return casp_command_repoint(subject->facts, arena, database_of(subject),
					    e->target);
	case CASP_EXPECT_CAS:
		return e->target ? casp_command_repoint(subject->facts, arena,
							database_of(subject), e->target)
				 : casp_command_new_array(subject->facts, arena,
							  database_of(subject)->home);
	case CASP_EXPECT_NOTHING:
		return "install the Client Access role in the site, make an array, then "
		       "point the database at it";
	default:
		return "repair the database's owning server link and the server's site, "
		       "then audit again";
	}
}

/* The parts that all findings about the value share; the message is the caller's. */
static enum casp_verdict finding(struct casp_subject *subject,
				 struct casp_details *details)
{
	const struct cas_database *database = database_of(subject);

	details->observed = cas_database_rpc_client_access_server(database);
	if (!*details->observed) {
		details->observed = "nothing";
	}
	details->expected = expected(subject, details->arena);
	details->fix = fix(subject, details->arena);
	return CASP_FINDING;
}

CASP_CHECK(points_at_server)
{
	const struct cas_database *database = database_of(subject);

	if (subject->reference == CASP_REFERENCE_SERVER_NO_HOME) {
		if (details) {
			casp_say(details, message,
				 "the home site of database '%s' is unknown, so that the "
				 "array it should use is too",
				 database->object.name);
		}
		return CASP_NOT_EVALUATED;
	}
	lower_fix(subject);
	if (!details) {
		return CASP_FINDING;
	}
	casp_say(details, message,
		 "database '%s' points at server '%s' and not at the array of %s: its "
		 "clients stop when that server does",
		 database->object.name, database->target->name,
		 home(details->arena, database) ?: "its home site");
	return finding(subject, details);
}

CASP_CHECK(points_at_server_no_array)
{
	const struct cas_database *database = database_of(subject);

	if (!details) {
		return CASP_FINDING;
	}
	casp_say(details, message,
		 "database '%s' points at server '%s', as there is no array in %s",
		 database->object.name, database->target->name,
		 home(details->arena, database) ?: "its home site");
	finding(subject, details);
	details->fix =
		casp_command_new_array(subject->facts, details->arena, database->home);
	return CASP_FINDING;
}

CASP_CHECK(points_nowhere)
{
	const struct cas_database *database = database_of(subject);

	lower_fix(subject);
	if (!details) {
		return CASP_FINDING;
	}
	if (database->target) {
		casp_say(details, message,
			 "database '%s' points at array '%s', which serves no Exchange "
			 "2010 clients",
			 database->object.name, database->target->name);
	} else {
		casp_say(details, message,
			 "database '%s' points at '%s', which is no array and no server: "
			 "Outlook cannot make a profile for its mailboxes",
			 database->object.name,
			 cas_database_rpc_client_access_server(database));
	}
	return finding(subject, details);
}

CASP_CHECK(points_at_mailbox_only)
{
	const struct cas_database *database = database_of(subject);
	const struct cas_server *server = (const struct cas_server *)database->target;

	lower_fix(subject);
	if (!details) {
		return CASP_FINDING;
	}
	if (server->version.major == 14) {
		casp_say(details, message,
			 "database '%s' points at server '%s', which does not have the "
			 "Client Access role: Outlook cannot open its mailboxes",
			 database->object.name, server->object.name);
	} else {
		casp_say(details, message,
			 "database '%s' points at server '%s' (%s), which is no Exchange "
			 "2010 Client Access server: Outlook cannot open its mailboxes",
			 database->object.name, server->object.name,
			 casp_version_product(&server->version));
	}
	return finding(subject, details);
}

CASP_CHECK(other_site_array)
{
	const struct cas_database *database = database_of(subject);
	const struct cas_array *array = (const struct cas_array *)database->target;
	bool allowed = database->dag && database->dag->cross_site;

	if (subject->reference == CASP_REFERENCE_ARRAY_NO_HOME) {
		if (details) {
			casp_say(details, message,
				 "the home site of database '%s' is unknown, so that it "
				 "cannot be compared with the array's",
				 database->object.name);
		}
		return CASP_NOT_EVALUATED;
	}
	if (allowed) {
		subject->severity = CAS_SEVERITY_WARNING;
	}
	if (!details) {
		return CASP_FINDING;
	}
	casp_say(details, message,
		 "database '%s' uses the array of site '%s' and not that of %s: its "
		 "clients cross sites%s",
		 database->object.name, array->site->object.name,
		 home(details->arena, database) ?: "its home site",
		 allowed ? ", which its DAG allows" : "");
	return finding(subject, details);
}

CASP_CHECK(cas_other_site)
{
	const struct cas_database *database = database_of(subject);
	const struct cas_server *server = (const struct cas_server *)database->target;

	lower_fix(subject);
	if (!details) {
		return CASP_FINDING;
	}
	casp_say(details, message,
		 "database '%s' points at server '%s' of site '%s' and not at the array "
		 "of %s: its clients cross sites and stop when that server does",
		 database->object.name, server->object.name, server->site->object.name,
		 home(details->arena, database) ?: "its home site");
	return finding(subject, details);
}

CASP_CHECK(owner_vs_preference)
{
	const struct cas_database *database = database_of(subject);

	if (!database->home || !database->owner_site) {
		return CASP_NOT_APPLICABLE;
	}
	if (database->home == database->owner_site) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	casp_say(details, observed, "owned by '%s' in site '%s'",
		 database->owner->object.name, database->owner_site->object.name);
	casp_say(details, expected, "mounted in site '%s'", database->home->object.name);
	casp_say(details, message,
		 "database '%s' seems to be active away from %s, as its owning server is "
		 "in site '%s'",
		 database->object.name, home(details->arena, database) ?: "its home site",
		 database->owner_site->object.name);
	return CASP_FINDING;
}

CASP_CHECK(legacy_dn_malformed)
{
	const struct cas_database *database = database_of(subject);

	if (!details) {
		return CASP_FINDING;
	}
	finding(subject, details);
	details->observed =
		*database->object.legacy_dn ? database->object.legacy_dn : "absent";
	if (*database->object.legacy_dn) {
		casp_say(details, message,
			 "database '%s' has a legacyExchangeDN that names no server of "
			 "this organization: clients cannot be told where to connect",
			 database->object.name);
	} else {
		casp_say(details, message,
			 "database '%s' has no legacyExchangeDN: clients cannot be told "
			 "where to connect",
			 database->object.name);
	}
	return CASP_FINDING;
}

CASP_CHECK(short_name)
{
	const struct cas_database *database = database_of(subject);
	const struct cas_object *host;
	const char *value;

	lower_fix(subject);
	if (!details) {
		return CASP_FINDING;
	}
	value = cas_database_rpc_client_access_server(database);
	host = casp_facts_host(subject->facts, casp_str(value));
	casp_say(details, message,
		 "database '%s' carries the short name '%s', probably for '%s': no array "
		 "and no server is found by it",
		 database->object.name, value, host ? casp_object_fqdn(host) : value);
	return finding(subject, details);
}

CASP_CHECK(case_differs)
{
	const struct cas_database *database = database_of(subject);
	struct casp_str parent =
		casp_legacy_dn_parent(casp_str(database->object.legacy_dn));

	if (!database->target || database->target->kind != CAS_KIND_ARRAY) {
		return CASP_NOT_APPLICABLE;
	}
	if (casp_str_equal(parent, casp_str(database->target->legacy_dn))) {
		return CASP_PASS;
	}
	/* repair re-points to the array that is expected: for this nobody wants that. */
	if (database->target != subject->expectation.target) {
		subject->fix = CAS_FIX_NONE;
	}
	if (!details) {
		return CASP_FINDING;
	}
	details->observed = database->object.legacy_dn;
	casp_say(details, expected, "%s/cn=Microsoft Private MDB",
		 database->target->legacy_dn);
	casp_say(details, message,
		 "database '%s' refers to array '%s' in another case than the array's "
		 "own, which works",
		 database->object.name, database->target->name);
	if (subject->fix == CAS_FIX_AUTO) {
		/* set-database leaves alone what refers to the array already. */
		const char *site = casp_identity(subject->facts, details->arena,
						 &database->home->object);

		details->fix =
			site ? casp_arena_printf(
				       details->arena,
				       "casarray repair --rule CAS051 --site %s", site)
			     : NULL;
	}
	return CASP_FINDING;
}

CASP_CHECK(has_junk)
{
	const struct cas_database *database = database_of(subject);

	lower_fix(subject);
	if (!details) {
		return CASP_FINDING;
	}
	finding(subject, details);
	details->observed = database->object.legacy_dn;
	casp_say(
		details, message,
		"database '%s' carries a value with a blank, a trailing dot, a scheme, a "
		"port or a slash around the name: no array and no server is found by it",
		database->object.name);
	return CASP_FINDING;
}

CASP_CHECK(public_database_remote)
{
	const struct cas_database *database = database_of(subject), *public;
	const struct cas_site *site;

	if (!*database->public_folder_dn || !database->home) {
		return CASP_NOT_APPLICABLE;
	}
	public = casp_facts_public_database(subject->facts, database->public_folder_dn);
	site = public && public->owner ? public->owner->site : NULL;
	if (!site) {
		return CASP_NOT_APPLICABLE;
	}
	if (site == database->home) {
		return CASP_PASS;
	}
	if (!details) {
		return CASP_FINDING;
	}
	casp_say(details, observed, "'%s' in site '%s'", public->object.name,
		 site->object.name);
	casp_say(details, expected, "a public folder database in site '%s'",
		 database->home->object.name);
	casp_say(details, message,
		 "the default public folder database of '%s' is not in %s: its clients "
		 "read public folders across sites",
		 database->object.name,
		 home(details->arena, database) ?: "its home site");
	details->fix = "Set-MailboxDatabase -PublicFolderDatabase with one of the site, "
		       "where there is one";
	return CASP_FINDING;
}

CASP_CHECK(override_left)
{
	const struct cas_database *database = database_of(subject);
	const struct cas_exemption *exemption =
		casp_expired_override(subject->org, database);
	char day[CASP_DATE_TEXT];

	if (!exemption) {
		return CASP_PASS;
	}
	lower_fix(subject);
	if (!details) {
		return CASP_FINDING;
	}
	casp_date_text(exemption->expires - 1, day);
	casp_say(details, message,
		 "database '%s' still points at '%s', which exemption '%s' of %s allowed "
		 "until %s: %s",
		 database->object.name, database->target->name, exemption->name,
		 exemption->owner, day, exemption->reason);
	return finding(subject, details);
}

/* "points at array 'outlook' and not at its own server" */
static const char *proxy_points(struct casp_arena *arena,
				const struct cas_database *database)
{
	const struct cas_object *target = database->target;

	if (!target) {
		return "points at nothing that exists";
	}
	if (database->owner && target == &database->owner->object) {
		return "points at its own server, which lacks the Client Access role";
	}
	return casp_arena_printf(arena, "points at %s '%s' and not at its own server",
				 cas_kind_name(target->kind), target->name);
}

CASP_CHECK(public_folder_proxy)
{
	const struct cas_database *database = database_of(subject);
	const struct casp_expectation *e = &subject->expectation;

	if (e->met) {
		return CASP_PASS;
	}
	if (!e->target) {
		subject->fix = CAS_FIX_ADVISE;
	}
	if (!details) {
		return CASP_FINDING;
	}
	casp_say(details, message,
		 "database '%s' is a public folder proxy by exemption '%s' of %s, and %s",
		 database->object.name, e->exemption->name, e->exemption->owner,
		 proxy_points(details->arena, database) ?: "");
	return finding(subject, details);
}
