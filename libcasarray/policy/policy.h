/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the audit expects of a database, and what the database refers to. */
#ifndef CASP_POLICY_H
#define CASP_POLICY_H

#include "../exchange/model.h"

/* Which case a database is; the first that fits decides. */
enum casp_expectation_case {
	CASP_EXPECT_EXEMPT,    /* not evaluated: the reason says why */
	CASP_EXPECT_PROXY,     /* declared as a public folder proxy: its own server */
	CASP_EXPECT_DECLARED,  /* what a temporary override declares, and it has that */
	CASP_EXPECT_ARRAY,     /* the one array of the home site */
	CASP_EXPECT_ANY_ARRAY, /* several arrays in the home site: any of them */
	CASP_EXPECT_CAS,       /* no array: a Client Access server of the site */
	CASP_EXPECT_NOTHING, /* no array, no Client Access server: nothing correct exists
			      */
	CASP_EXPECT_NO_HOME, /* the home site is unknown */
};

struct casp_expectation {
	enum casp_expectation_case which;
	const struct cas_object *target; /* array or server to point at; NULL: none, or a
					    person must choose */
	bool met;                        /* the database's target is one that fits */
	const char *reason;              /* static */
	const struct cas_exemption *exemption; /* that declares it; or NULL */
};
void casp_expect(const struct cas_organization *org, const struct cas_database *database,
		 struct casp_expectation *ret);
/* The temporary override that has expired, and that the database still follows, although
 * something else is expected now; NULL: none. */
const struct cas_exemption *casp_expired_override(const struct cas_organization *org,
						  const struct cas_database *database);

/* Does a public folder proxy point at its own server, and is that a Client Access server?
 */
bool casp_proxy_is_right(const struct cas_database *database);

/* The array that most of the organization's databases use among a site's, first wins.
 * NULL: none. */
const struct cas_array *casp_site_array(const struct cas_site *site);
/* A Client Access server of Exchange 2010: by its role, whether or not it is a member of
 * an array. */
static inline bool casp_server_is_cas10(const struct cas_server *server)
{
	return server->version.major == 14 && server->roles & CASP_ROLE_CLIENT_ACCESS;
}

struct casp_facts;

/* What a database's legacyExchangeDN refers to, as the rules tell it apart: exactly one
 * of these. */
enum casp_reference {
	CASP_REFERENCE_EXEMPT,      /* the database is not judged */
	CASP_REFERENCE_PROXY,       /* a public folder proxy: at its own server */
	CASP_REFERENCE_PROXY_WRONG, /* likewise, but at something else */
	CASP_REFERENCE_FINE,     /* an array of the home site; the first that is judged */
	CASP_REFERENCE_DECLARED, /* what a temporary override declares */
	CASP_REFERENCE_SERVER,   /* a CAS, not of another site; the site has an array */
	CASP_REFERENCE_SERVER_NO_ARRAY, /* likewise, and the site has none */
	CASP_REFERENCE_CAS_ELSEWHERE,   /* a CAS of another site */
	CASP_REFERENCE_NOT_CAS,         /* a server that is no CAS of Exchange 2010 */
	CASP_REFERENCE_ARRAY_ELSEWHERE, /* an array of another site */
	CASP_REFERENCE_ARRAY_NO_SITE,   /* an array that is in no site */
	CASP_REFERENCE_SERVER_NO_HOME,  /* a CAS, and the home site is unknown */
	CASP_REFERENCE_ARRAY_NO_HOME,   /* an array, and the home site is unknown */
	CASP_REFERENCE_MALFORMED,       /* no reference to a server or array at all */
	CASP_REFERENCE_JUNK,       /* nothing: blanks, a scheme, a port, a trailing dot */
	CASP_REFERENCE_SHORT_NAME, /* nothing, but it begins an array's or CAS's FQDN */
	CASP_REFERENCE_NOWHERE,    /* nothing that is there */
	CASP_N_REFERENCES,
};
/* `facts` may be NULL: then the short names are searched for one by one. */
enum casp_reference casp_reference(const struct cas_organization *org,
				   const struct casp_facts *facts,
				   const struct cas_database *database);

/* Text for a POSIX shell, in single quotes where it needs them. NULL: out of memory. */
const char *casp_shell_quote(struct casp_arena *arena, const char *text);

#endif
