/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Queries compiled for a server: searches, each with a filter. Queries of one base and
 * scope share a search, which so gives every entry once; which of the queries an entry
 * fits is found out here.
 */
#ifndef CASP_LDAP_QUERY_H
#define CASP_LDAP_QUERY_H

#include "../base/arena.h"
#include "ldap.h"

/* A query that a request answers. */
struct casp_ldap_member {
	const struct casp_query *query;
	const struct casp_str *classes; /* parallel to the query's */
	const size_t *columns;          /* of the row, by the query's attributes */
};

struct casp_ldap_request {
	const char *base;
	int scope;          /* LDAP_SCOPE_BASE ... */
	bool is_narrow;     /* few entries: sent together with others */
	bool may_lack_base; /* an absent base means no entries */
	struct casp_ldap_member *members;
	const struct casp_equality *any; /* a part of the only member's; or NULL */
	size_t n_any;
	size_t n_members;
	char *filter;
	char **attributes; /* NULL-terminated; or only LDAP_ALL_USER_ATTRIBUTES */
	const struct casp_str *names; /* of the columns: the attributes */
	size_t n_attributes;
	bool all;
};

struct casp_ldap_compiled {
	const struct casp_query *queries;
	struct casp_ldap_request *requests;
	size_t n;
	struct casp_arena arena;
};

int casp_ldap_compile(const struct casp_ldap *ldap, const struct casp_query *queries,
		      size_t n, struct casp_ldap_compiled *ret, struct cas_error **err);
void casp_ldap_compiled_free(struct casp_ldap_compiled *compiled);

/* The values of an entry, by the attributes of the request; when it asks for all, by
 * those that the entry has. */
struct casp_ldap_row {
	struct casp_str dn;
	CASP_VEC(struct casp_str) names;
	CASP_VEC(struct casp_values) values;
	struct casp_arena arena;                 /* of this entry */
	const struct casp_ldap_request *request; /* whose columns they are */
	size_t next; /* where the next attribute is looked for first */
};

/* Takes an entry apart; fetches the rest of values that come in ranges. */
int casp_ldap_row_read(struct casp_ldap *ldap, const struct casp_ldap_request *request,
		       LDAPMessage *message, struct casp_ldap_row *row,
		       struct cas_error **err);
void casp_ldap_row_free(struct casp_ldap_row *row);
/* NULL: the request does not have it. */
const struct casp_values *casp_ldap_row_values(const struct casp_ldap_row *row,
					       struct casp_str name);

/* ldap_search.c: one query over the connection that is there; a lost one stays lost. */
int casp_ldap_read(struct casp_ldap *ldap, const struct casp_query *query,
		   casp_entry_fn each, void *closure, struct cas_error **err);

/* Which of the request's queries the entry fits, the first; NULL: none. */
const struct casp_ldap_member *casp_ldap_match(const struct casp_ldap_request *request,
					       const struct casp_ldap_row *row);

#endif
