/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file that is taken for a domain controller: it has a server's facts, and answers
 * questions about rights. What a real one does is in tests/ad. */
#ifndef SERVED_H
#define SERVED_H

#include "unit.h"

#include "directory/directory.h"
#include "names/dn.h"

/* What the account may do to an object; lists end with NULL. */
struct served_right {
	const char *dn;
	const char *attributes[4];
	const char *children[4];
};

static struct casp_server_facts served_facts;
static const struct served_right *served_rights;
static size_t served_n_rights;
static int served_asked;          /* how often for rights */
static int served_searches;       /* all */
static bool served_has_class;     /* the schema has the class of arrays */
static const char *served_whoami; /* NULL: it does not tell */
static int served_error;          /* of every search from now on; 0: none */
static const struct casp_store *served_file;
static struct casp_store served_store;

static inline const struct casp_server_facts *
served_server(const struct cas_directory *directory)
{
	return &served_facts;
}

static inline int served_tell(struct cas_directory *directory, char **ret,
			      struct cas_error **err)
{
	*ret = served_whoami ? strdup(served_whoami) : NULL;
	return 0;
}

static inline struct casp_values served_values(const char *const *list,
					       struct casp_str *room)
{
	struct casp_values values = {.v = room};

	while (list[values.n]) {
		room[values.n] = casp_str(list[values.n]);
		values.n++;
	}
	return values;
}

static inline int served_answer(const struct casp_query *query,
				const struct served_right *right, casp_entry_fn each,
				void *closure, struct cas_error **err)
{
	struct casp_str attributes[4], children[4];
	struct casp_values values[8];
	struct casp_entry entry = {
		.dn = casp_str(right->dn),
		.names = query->attributes,
		.values = values,
		.n_names = query->n_attributes,
	};

	ck_assert_uint_le(query->n_attributes, 8);
	for (size_t i = 0; i < query->n_attributes; i++) {
		const char *name = query->attributes[i];

		values[i] = strstr(name, "Child")
				    ? served_values(right->children, children)
			    : strstr(name, "Effective")
				    ? served_values(right->attributes, attributes)
				    : (struct casp_values){0};
	}
	return each(closure, &entry, err);
}

/* The objects of that name in that container. */
static inline int served_ask(const struct casp_query *query, casp_entry_fn each,
			     void *closure, struct cas_error **err)
{
	for (size_t i = 0; i < served_n_rights; i++) {
		struct casp_str dn = casp_str(served_rights[i].dn);
		struct casp_buf name = {0};
		int r = 0;

		ck_assert(casp_dn_rdn_value(dn, &name));
		for (size_t k = 0; r == 0 && k < query->n_any; k++) {
			if (casp_dn_equal(casp_dn_parent(dn), query->base) &&
			    casp_str_iequal(query->any[k].value, casp_buf_str(&name))) {
				r = served_answer(query, &served_rights[i], each, closure,
						  err);
				break;
			}
		}
		casp_buf_free(&name);
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

/* Is it a question about rights? */
static inline bool served_is_about_rights(const struct casp_query *query)
{
	return query->n_any && !strcmp(query->any[0].attribute, "name") &&
	       query->n_attributes && strstr(query->attributes[0], "Effective");
}

static inline int served_search(struct cas_directory *directory,
				const struct casp_query *queries, size_t n,
				casp_entry_fn each, void *closure, struct cas_error **err)
{
	struct casp_entry class = {0};
	bool about_rights = false;
	int r = 0;

	served_searches++;
	if (served_error) {
		casp_error(err, served_error, "the server is gone");
		return casp_error_hint(err, "try later");
	}
	if (casp_str_equal(queries[0].base, casp_str(served_facts.schema)) &&
	    queries[0].base.n) {
		return served_has_class ? each(closure, &class, err) : 0;
	}
	for (size_t i = 0; i < n; i++) {
		about_rights = about_rights || served_is_about_rights(&queries[i]);
	}
	if (!about_rights) {
		return served_file->search(directory, queries, n, each, closure, err);
	}
	served_asked++;
	for (size_t i = 0; r == 0 && i < n; i++) {
		r = served_is_about_rights(&queries[i])
			    ? served_ask(&queries[i], each, closure, err)
			    : served_file->search(directory, &queries[i], 1, each,
						  closure, err);
	}
	return r;
}

/* From now on the directory is a domain controller's. */
static inline void serve(struct cas_directory *directory)
{
	served_facts = (struct casp_server_facts){
		.address = "ldap://dc1",
		.host = "dc1.contoso.com",
		.configuration = "CN=Configuration,DC=contoso,DC=com",
		.schema = "CN=Schema,CN=Configuration,DC=contoso,DC=com",
		.domain = "DC=contoso,DC=com",
		.root_domain = "DC=contoso,DC=com",
		.site = "",
		.security = "TLS1.3",
		.user = "admin",
		.found = "",
		.is_ad = true,
		.is_protected = true,
		.level = 4,
		.has_clock = true,
	};
	served_rights = NULL;
	served_n_rights = 0;
	served_asked = served_searches = served_error = 0;
	served_has_class = true;
	served_whoami = NULL;
	served_file = directory->store;
	served_store = *served_file;
	served_store.search = served_search;
	served_store.server = served_server;
	served_store.whoami = served_tell;
	directory->store = &served_store;
}

#define serve_rights(table)                                                              \
	(served_rights = (table), served_n_rights = sizeof(table) / sizeof(*(table)))

#endif
