/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From queries to searches with filters, and from an entry back to its query. */
#include "ldap_query.h"

#include <stdlib.h>

#include "../names/dn.h"

/* More equalities than these go into several searches: servers limit the size of one. */
#define ANY_MAX 200

/* ---- filters ---- */

static void add_assertion(struct casp_buf *buf, const char *attribute,
			  struct casp_str value)
{
	struct berval raw = {value.n, (char *)(uintptr_t)value.p}, escaped = {0};

	if (ldap_bv2escaped_filter_value(&raw, &escaped) != 0) {
		buf->failed = true;
		return;
	}
	casp_buf_addc(buf, '(');
	casp_buf_adds(buf, attribute);
	casp_buf_addc(buf, '=');
	if (escaped.bv_len) {
		casp_buf_add(buf, escaped.bv_val, escaped.bv_len);
	}
	casp_buf_addc(buf, ')');
	if (escaped.bv_val != raw.bv_val) {
		ber_memfree(escaped.bv_val);
	}
}

static void add_classes(struct casp_buf *buf, const struct casp_query *query)
{
	if (query->n_classes == 0) {
		casp_buf_adds(buf, "(objectClass=*)");
		return;
	}
	casp_buf_adds(buf, query->n_classes > 1 ? "(|" : "");
	for (size_t i = 0; i < query->n_classes; i++) {
		add_assertion(buf, "objectClass", casp_str(query->classes[i]));
	}
	casp_buf_adds(buf, query->n_classes > 1 ? ")" : "");
}

/* A DN that is an assertion: only Active Directory has it as an attribute. */
static const char *assertion_name(const struct casp_ldap *ldap, const char *attribute)
{
	return casp_iequal(attribute, "distinguishedName") && !casp_ldap_is_ad(ldap)
		       ? "entryDN"
		       : attribute;
}

/* Is the same value asked for as cn? What is named by its cn has it as name, too, which
 * servers need not have indexed. */
static bool is_said(const struct casp_query *query, const struct casp_equality *equality)
{
	return equality > query->any && casp_iequal(equality->attribute, "name") &&
	       casp_iequal(equality[-1].attribute, "cn") &&
	       casp_str_equal(equality[-1].value, equality->value);
}

static void add_any(struct casp_buf *buf, const struct casp_ldap *ldap,
		    const struct casp_query *query, const struct casp_equality *any,
		    size_t n_any)
{
	casp_buf_adds(buf, "(|");
	for (size_t i = 0; i < n_any; i++) {
		if (!is_said(query, &any[i])) {
			add_assertion(buf, assertion_name(ldap, any[i].attribute),
				      any[i].value);
		}
	}
	casp_buf_addc(buf, ')');
}

static void add_query(struct casp_buf *buf, const struct casp_ldap *ldap,
		      const struct casp_query *query)
{
	if (query->n_any == 0) {
		add_classes(buf, query);
		return;
	}
	casp_buf_adds(buf, "(&");
	add_classes(buf, query);
	add_any(buf, ldap, query, query->any, query->n_any);
	casp_buf_addc(buf, ')');
}

/* The members differ in their classes only. */
static void add_part(struct casp_buf *buf, const struct casp_ldap *ldap,
		     const struct casp_ldap_request *request)
{
	casp_buf_adds(buf, "(&(|");
	for (size_t i = 0; i < request->n_members; i++) {
		add_classes(buf, request->members[i].query);
	}
	casp_buf_addc(buf, ')');
	add_any(buf, ldap, request->members[0].query, request->any, request->n_any);
	casp_buf_addc(buf, ')');
}

static bool make_filter(const struct casp_ldap *ldap, struct casp_arena *arena,
			struct casp_ldap_request *request)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf buf = {0};

	if (request->any) {
		add_part(&buf, ldap, request);
	} else {
		casp_buf_adds(&buf, request->n_members > 1 ? "(|" : "");
		for (size_t i = 0; i < request->n_members; i++) {
			add_query(&buf, ldap, request->members[i].query);
		}
		casp_buf_adds(&buf, request->n_members > 1 ? ")" : "");
	}
	request->filter =
		buf.failed ? NULL : casp_arena_dup_str(arena, casp_buf_str(&buf));
	return request->filter;
}

/* ---- attributes ---- */

static void add_attribute(struct casp_ldap_request *request, const char *name)
{
	for (size_t i = 0; i < request->n_attributes; i++) {
		if (casp_iequal(request->attributes[i], name)) {
			return;
		}
	}
	request->attributes[request->n_attributes++] = (char *)(uintptr_t)name;
}

/* The DN comes with every entry. */
static bool is_dn(const char *attribute)
{
	return casp_iequal(attribute, "distinguishedName");
}

static bool make_attributes(struct casp_arena *arena, struct casp_ldap_request *request)
{
	bool shared = request->n_members > 1;
	size_t room = 3;

	for (size_t i = 0; i < request->n_members; i++) {
		const struct casp_query *query = request->members[i].query;

		room += query->n_attributes + (request->any ? 0 : query->n_any);
	}
	request->attributes = casp_arena_zalloc(arena, room * sizeof(char *));
	if (!request->attributes) {
		return false;
	}
	for (size_t i = 0; i < request->n_members; i++) {
		const struct casp_query *query = request->members[i].query;

		if (query->all_attributes) {
			add_attribute(request, LDAP_ALL_USER_ATTRIBUTES);
			request->all = true;
			return true;
		}
		for (size_t k = 0; k < query->n_attributes; k++) {
			add_attribute(request, query->attributes[k]);
		}
		for (size_t k = 0; shared && !request->any && k < query->n_any; k++) {
			if (!is_dn(query->any[k].attribute)) {
				add_attribute(request, query->any[k].attribute);
			}
		}
	}
	if (shared) {
		add_attribute(request, "objectClass");
	}
	if (request->n_attributes == 0) {
		add_attribute(request, LDAP_NO_ATTRS);
	}
	return true;
}

/* ---- columns ---- */

static struct casp_str *measure(struct casp_arena *arena, const char *const *texts,
				size_t n)
{
	struct casp_str *measured = casp_arena_alloc(arena, (n + 1) * sizeof(*measured));

	for (size_t i = 0; measured && i < n; i++) {
		measured[i] = casp_str(texts[i]);
	}
	return measured;
}

static size_t column_of(const struct casp_ldap_request *request, const char *attribute)
{
	size_t i = 0;

	while (i < request->n_attributes &&
	       !casp_str_iequal(request->names[i], casp_str(attribute))) {
		i++;
	}
	return i;
}

static bool make_member(struct casp_arena *arena, const struct casp_ldap_request *request,
			struct casp_ldap_member *member)
{
	const struct casp_query *query = member->query;
	size_t *columns =
		casp_arena_alloc(arena, (query->n_attributes + 1) * sizeof(*columns));

	for (size_t i = 0; columns && i < query->n_attributes; i++) {
		columns[i] = column_of(request, query->attributes[i]);
	}
	member->columns = columns;
	member->classes = measure(arena, query->classes, query->n_classes);
	return member->columns && member->classes;
}

static bool make_columns(struct casp_arena *arena, struct casp_ldap_request *request)
{
	request->names = measure(arena, (const char *const *)request->attributes,
				 request->n_attributes);
	for (size_t i = 0; request->names && i < request->n_members; i++) {
		if (!make_member(arena, request, &request->members[i])) {
			return false;
		}
	}
	return request->names;
}

/* ---- sharing ---- */

static int ldap_scope(enum casp_scope scope)
{
	return scope == CASP_SCOPE_BASE       ? LDAP_SCOPE_BASE
	       : scope == CASP_SCOPE_CHILDREN ? LDAP_SCOPE_ONELEVEL
					      : LDAP_SCOPE_SUBTREE;
}

static bool may_share(const struct casp_query *a, const struct casp_query *b)
{
	return !a->all_attributes && !b->all_attributes && a->n_any <= ANY_MAX &&
	       b->n_any <= ANY_MAX && a->scope == b->scope &&
	       (a->base.n && b->base.n ? casp_dn_equal(a->base, b->base)
				       : a->base.n == b->base.n);
}

static struct casp_ldap_request *new_request(struct casp_ldap_compiled *compiled,
					     const struct casp_query *query, size_t n)
{
	struct casp_ldap_request *request = &compiled->requests[compiled->n];

	request->scope = ldap_scope(query->scope);
	request->members =
		casp_arena_zalloc(&compiled->arena, n * sizeof(*request->members));
	request->is_narrow = query->scope != CASP_SCOPE_SUBTREE || query->n_any;
	if (!request->members) {
		return NULL;
	}
	request->members[request->n_members++].query = query;
	compiled->n++;
	return request;
}

/* The bases that stand for the empty one. */
static size_t whole(const struct casp_ldap *ldap, const char *const **ret)
{
	const struct casp_ldap_root *root = &ldap->root;

	if (root->configuration && *root->configuration) {
		*ret = (const char *const *)&root->configuration;
		return 1;
	}
	*ret = (const char *const *)root->contexts.v;
	return root->contexts.n;
}

static bool set_bases(const struct casp_ldap *ldap, struct casp_ldap_compiled *compiled,
		      size_t first)
{
	struct casp_ldap_request request = compiled->requests[first];
	struct casp_str base = request.members[0].query->base;
	const char *const *bases = NULL;
	size_t n = base.n ? 1 : whole(ldap, &bases);

	compiled->n = first + n;
	for (size_t i = 0; i < n; i++) {
		request.may_lack_base = base.n != 0;
		request.base =
			base.n ? casp_arena_dup_str(&compiled->arena, base) : bases[i];
		compiled->requests[first + i] = request;
		if (!request.base) {
			return false;
		}
	}
	return true;
}

static bool finish(const struct casp_ldap *ldap, struct casp_ldap_compiled *compiled,
		   struct casp_ldap_request *request)
{
	return make_filter(ldap, &compiled->arena, request) &&
	       make_attributes(&compiled->arena, request) &&
	       make_columns(&compiled->arena, request) &&
	       set_bases(ldap, compiled, (size_t)(request - compiled->requests));
}

static bool same_any(const struct casp_query *a, const struct casp_query *b)
{
	return a->any == b->any && a->n_any == b->n_any && a->scope == b->scope &&
	       !a->all_attributes && !b->all_attributes &&
	       casp_str_equal(a->base, b->base);
}

/* A query with too many equalities, and those after it with the same ones: a search for
 * each part of them. */
static bool add_parts(const struct casp_ldap *ldap, struct casp_ldap_compiled *compiled,
		      const struct casp_query *queries, size_t n, bool *taken)
{
	const struct casp_query *query = &queries[0];

	for (size_t i = 0; i < query->n_any; i += ANY_MAX) {
		struct casp_ldap_request *request = new_request(compiled, query, n);

		for (size_t k = 1; request && k < n; k++) {
			if (!queries[k].files_only && same_any(query, &queries[k])) {
				taken[k] = true;
				request->members[request->n_members++].query =
					&queries[k];
			}
		}
		if (!request) {
			return false;
		}
		request->any = query->any + i;
		request->n_any = query->n_any - i < ANY_MAX ? query->n_any - i : ANY_MAX;
		if (!finish(ldap, compiled, request)) {
			return false;
		}
	}
	return true;
}

/* The query, and those after it that can share its search. */
static bool add_group(const struct casp_ldap *ldap, struct casp_ldap_compiled *compiled,
		      const struct casp_query *queries, size_t n, bool *taken)
{
	struct casp_ldap_request *request = new_request(compiled, &queries[0], n);

	for (size_t i = 1; request && i < n; i++) {
		if (taken[i] || queries[i].files_only ||
		    !may_share(&queries[0], &queries[i])) {
			continue;
		}
		taken[i] = true;
		request->members[request->n_members++].query = &queries[i];
		request->is_narrow =
			request->is_narrow &&
			(queries[i].scope != CASP_SCOPE_SUBTREE || queries[i].n_any);
	}
	return request && finish(ldap, compiled, request);
}

static size_t count_requests(const struct casp_ldap *ldap,
			     const struct casp_query *queries, size_t n)
{
	size_t total = 0;

	for (size_t i = 0; i < n; i++) {
		total += queries[i].n_any / ANY_MAX + 1;
	}
	return total * (ldap->root.contexts.n + 1);
}

int casp_ldap_compile(const struct casp_ldap *ldap, const struct casp_query *queries,
		      size_t n, struct casp_ldap_compiled *ret, struct cas_error **err)
{
	CASP_CLEANUP(casp_freep) bool *taken = calloc(n + 1, sizeof(*taken));
	bool ok = taken;

	*ret = (struct casp_ldap_compiled){.queries = queries};
	ret->requests = casp_arena_zalloc(&ret->arena, count_requests(ldap, queries, n) *
							       sizeof(*ret->requests));
	ok = ok && ret->requests;
	for (size_t i = 0; ok && i < n; i++) {
		if (taken[i] || queries[i].files_only) {
			continue;
		}
		ok = queries[i].n_any > ANY_MAX
			     ? add_parts(ldap, ret, &queries[i], n - i, taken + i)
			     : add_group(ldap, ret, &queries[i], n - i, taken + i);
	}
	if (!ok) {
		casp_ldap_compiled_free(ret);
		return casp_error_nomem(err);
	}
	return 0;
}

void casp_ldap_compiled_free(struct casp_ldap_compiled *compiled)
{
	casp_arena_free(&compiled->arena);
}

/* ---- which query ---- */

static bool has_class(const struct casp_ldap_member *member,
		      const struct casp_values *classes)
{
	for (size_t i = 0; classes && i < classes->n; i++) {
		for (size_t k = 0; k < member->query->n_classes; k++) {
			if (classes->v[i].n == member->classes[k].n &&
			    casp_str_iequal(classes->v[i], member->classes[k])) {
				return true;
			}
		}
	}
	return member->query->n_classes == 0;
}

static bool equals(const struct casp_equality *equality, const struct casp_ldap_row *row)
{
	const struct casp_values *values;

	if (is_dn(equality->attribute)) {
		return casp_dn_equal(equality->value, row->dn);
	}
	values = casp_ldap_row_values(row, casp_str(equality->attribute));
	for (size_t i = 0; values && i < values->n; i++) {
		if (casp_str_iequal(values->v[i], equality->value)) {
			return true;
		}
	}
	return false;
}

static bool equals_any(const struct casp_query *query, const struct casp_ldap_row *row)
{
	for (size_t i = 0; i < query->n_any; i++) {
		if (equals(&query->any[i], row)) {
			return true;
		}
	}
	return query->n_any == 0;
}

const struct casp_ldap_member *casp_ldap_match(const struct casp_ldap_request *request,
					       const struct casp_ldap_row *row)
{
	const struct casp_ldap_member *by_class = NULL;
	const struct casp_values *classes;

	if (request->n_members == 1) {
		return &request->members[0];
	}
	classes = casp_ldap_row_values(row, CASP_STR("objectClass"));
	for (size_t i = 0; i < request->n_members; i++) {
		const struct casp_ldap_member *member = &request->members[i];

		if (!has_class(member, classes)) {
			continue;
		}
		if (request->any || equals_any(member->query, row)) {
			return member;
		}
		by_class = by_class ? by_class : member;
	}
	/* The server compares more loosely, such as letters beyond ASCII: it fits one. */
	return by_class;
}
