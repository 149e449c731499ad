/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What New-MailboxDatabase stamps on a new database. Exchange looks at the site of the
 * machine where the cmdlet runs; seen from a directory that is best read as the mailbox
 * server's own.
 */
#include <stdlib.h>

#include "../base/error.h"
#include "policy.h"

struct cas_assignment {
	struct casp_arena arena;
	enum cas_assignment_rule rule;
	const struct cas_object *target;
	const char *reason;
	CASP_VEC(const struct cas_object *) candidates;
};

static const char *const rule_names[] = {
	[CAS_ASSIGNMENT_ARRAY] = "array-of-site",
	[CAS_ASSIGNMENT_SAME_SERVER] = "same-server",
	[CAS_ASSIGNMENT_RANDOM] = "random-in-site",
	[CAS_ASSIGNMENT_OWN_SERVER] = "own-server",
	[CAS_ASSIGNMENT_NONE] = "none",
};

/* splitmix64: one step spreads even small seeds. */
static uint64_t mix(uint64_t seed)
{
	seed += UINT64_C(0x9e3779b97f4a7c15);
	seed = (seed ^ seed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	seed = (seed ^ seed >> 27) * UINT64_C(0x94d049bb133111eb);
	return seed ^ seed >> 31;
}

static int check_server(const struct cas_server *server, struct cas_error **err)
{
	const char *name = server->object.name;
	char text[48];

	if (server->version.major != 14) {
		casp_version_format(&server->version, text);
		return casp_error(err, CAS_E_REFUSED,
				  "server '%s' cannot hold Exchange 2010 mailbox "
				  "databases: its version is %s",
				  name, text);
	}
	if (!(server->roles & CASP_ROLE_MAILBOX)) {
		return casp_error(err, CAS_E_REFUSED,
				  "server '%s' cannot hold mailbox databases: it does "
				  "not have the Mailbox role",
				  name);
	}
	return 0;
}

static void from_array(struct cas_assignment *a, const struct cas_site *site)
{
	const struct cas_array *array = site->arrays.v[0];

	a->rule = CAS_ASSIGNMENT_ARRAY;
	a->target = &array->object;
	if (site->arrays.n == 1) {
		a->reason = casp_arena_printf(
			&a->arena, "site '%s' has the Client Access array '%s'",
			site->object.name, array->object.name);
	} else {
		a->reason = casp_arena_printf(
			&a->arena,
			"site '%s' has %zu Client Access arrays: Exchange takes the one "
			"that its search returns first, here '%s'",
			site->object.name, site->arrays.n, array->object.name);
	}
}

static void from_itself(struct cas_assignment *a, const struct cas_server *server)
{
	a->rule = CAS_ASSIGNMENT_SAME_SERVER;
	a->target = &server->object;
	a->reason = casp_arena_printf(&a->arena,
				      "site '%s' has no array, and server '%s' is a "
				      "Client Access server itself",
				      server->site->object.name, server->object.name);
}

static void at_random(struct cas_assignment *a, const struct cas_site *site,
		      uint64_t seed)
{
	a->rule = CAS_ASSIGNMENT_RANDOM;
	a->target = a->candidates.v[mix(seed) % a->candidates.n];
	a->reason = casp_arena_printf(&a->arena,
				      "site '%s' has no array: one of its Client Access "
				      "servers (%zu), at random",
				      site->object.name, a->candidates.n);
}

static void from_own_server(struct cas_assignment *a, const struct cas_server *server)
{
	a->rule = CAS_ASSIGNMENT_OWN_SERVER;
	a->target = &server->object;
	if (!server->site) {
		a->reason =
			casp_arena_printf(&a->arena,
					  "server '%s' is in no site, so that it falls "
					  "back on itself; clients cannot connect to it",
					  server->object.name);
		return;
	}
	a->reason = casp_arena_printf(
		&a->arena,
		"site '%s' has neither an array nor a Client Access server: server '%s' "
		"falls back on itself; clients cannot connect to it",
		server->site->object.name, server->object.name);
}

static void from_nothing(struct cas_assignment *a, const struct cas_site *site)
{
	a->rule = CAS_ASSIGNMENT_NONE;
	a->reason = casp_arena_printf(
		&a->arena,
		"site '%s' has neither an array nor a Client Access server: a database "
		"would point at its own mailbox server",
		site->object.name);
}

/* Only members of an array count: servers of Exchange 2010 with the role and an
 * RpcClientAccess object. */
static bool collect(struct cas_assignment *a, const struct cas_site *site)
{
	for (size_t i = 0; i < site->servers.n; i++) {
		const struct cas_server *server = site->servers.v[i];

		if (casp_server_is_member(server, NULL) &&
		    !casp_vec_push(&a->candidates, &server->object)) {
			return false;
		}
	}
	return true;
}

/* server NULL: some mailbox-only server of the site. false: out of memory. */
static bool decide(struct cas_assignment *a, const struct cas_server *server,
		   const struct cas_site *site, uint64_t seed)
{
	if (site && site->arrays.n) {
		from_array(a, site);
	} else if (site && server && casp_server_is_member(server, NULL)) {
		from_itself(a, server);
	} else if (site && !collect(a, site)) {
		return false;
	} else if (a->candidates.n) {
		at_random(a, site, seed);
	} else if (server) {
		from_own_server(a, server);
	} else {
		from_nothing(a, site);
	}
	return a->reason;
}

int cas_assignment_new(const struct cas_organization *organization,
		       const struct cas_object *server_or_site, uint64_t seed,
		       struct cas_assignment **ret, struct cas_error **err)
{
	const struct cas_server *server = cas_object_server(server_or_site);
	const struct cas_site *site = cas_object_site(server_or_site);
	struct cas_assignment *assignment;

	(void)organization;
	if (!server && !site) {
		return casp_error(err, CAS_E_USAGE, "'%s' is neither a server nor a site",
				  cas_object_name(server_or_site));
	}
	if (server) {
		int code = check_server(server, err);

		if (code < 0) {
			return code;
		}
		site = server->site;
	}
	assignment = calloc(1, sizeof(*assignment));
	if (!assignment || !decide(assignment, server, site, seed)) {
		cas_assignment_free(assignment);
		return casp_error_nomem(err);
	}
	*ret = assignment;
	return 0;
}

void cas_assignment_free(struct cas_assignment *assignment)
{
	if (!assignment) {
		return;
	}
	casp_arena_free(&assignment->arena);
	casp_vec_free(&assignment->candidates);
	free(assignment);
}

enum cas_assignment_rule cas_assignment_rule(const struct cas_assignment *assignment)
{
	return assignment->rule;
}

const char *cas_assignment_rule_name(enum cas_assignment_rule rule)
{
	return (unsigned)rule <= CAS_ASSIGNMENT_NONE ? rule_names[rule] : "unknown";
}

const char *cas_assignment_reason(const struct cas_assignment *assignment)
{
	return assignment->reason;
}

const struct cas_object *cas_assignment_target(const struct cas_assignment *assignment)
{
	return assignment->target;
}

size_t cas_assignment_n_candidates(const struct cas_assignment *assignment)
{
	return assignment->candidates.n;
}

const struct cas_object *cas_assignment_candidate(const struct cas_assignment *assignment,
						  size_t index)
{
	return index < assignment->candidates.n ? assignment->candidates.v[index] : NULL;
}
