/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An entry that a server sent, taken apart; with the rest of values that come in ranges.
 */
#include <stdlib.h>

#include "ldap_query.h"

/* An attribute of more values than this is not what a directory holds. */
#define VALUES_MAX ((size_t)10 * 1000 * 1000)

/* "homeMDBBL;range=0-1499": the name, and which of its values these are. */
struct name {
	struct casp_str text;
	bool is_ranged;
	bool is_bad; /* the range is none */
	size_t first;
	size_t last; /* SIZE_MAX: there are no more after these */
};

static bool parse_position(struct casp_str text, size_t *ret)
{
	int64_t n;

	if (!casp_str_int(text, &n) || n < 0 || (size_t)n >= VALUES_MAX) {
		return false;
	}
	*ret = (size_t)n;
	return true;
}

static bool parse_range(struct casp_str text, struct name *name)
{
	const char *dash = memchr(text.p, '-', text.n);
	struct casp_str first = text, last = text;

	if (!dash) {
		return false;
	}
	first.n = (size_t)(dash - text.p);
	last.p = dash + 1;
	last.n = text.n - first.n - 1;
	if (casp_str_equal(last, CASP_STR("*"))) {
		name->last = SIZE_MAX;
		return parse_position(first, &name->first);
	}
	return parse_position(first, &name->first) && parse_position(last, &name->last);
}

static struct name parse_name(struct casp_str text)
{
	const char *semicolon = text.n ? memchr(text.p, ';', text.n) : NULL;
	struct casp_str option, prefix = CASP_STR(";range=");
	struct name name = {.text = text};

	if (!semicolon) {
		return name;
	}
	name.text.n = (size_t)(semicolon - text.p);
	option = (struct casp_str){semicolon, text.n - name.text.n};
	if (casp_str_istarts(option, prefix)) {
		option.p += prefix.n;
		option.n -= prefix.n;
		name.is_ranged = true;
		name.is_bad = !parse_range(option, &name);
	}
	return name;
}

/* ---- the row ---- */

static int too_many(struct cas_error **err)
{
	return casp_error(err, CAS_E_FORMAT,
			  "the server sends an attribute of more than "
			  "%zu values",
			  VALUES_MAX);
}

/* Of an array with n values in it: so that values which come in parts are not copied with
 * each of them. */
static size_t room(size_t n)
{
	size_t room = 2;

	while (room < n) {
		room *= 2;
	}
	return room;
}

/* Values after those that are there. */
static int append(struct casp_ldap_row *row, struct casp_values *values,
		  const struct berval *more, size_t n, struct cas_error **err)
{
	struct casp_str *v;

	if (values->n + n > VALUES_MAX) {
		return too_many(err);
	}
	v = (struct casp_str *)(uintptr_t)values->v;
	if (!v || values->n + n > room(values->n)) {
		v = casp_arena_alloc(&row->arena, room(values->n + n) * sizeof(*v));
		if (!v) {
			return casp_error_nomem(err);
		}
		if (values->n) {
			memcpy(v, values->v, values->n * sizeof(*v));
		}
	}
	for (size_t i = 0; i < n; i++) {
		v[values->n + i] = (struct casp_str){more[i].bv_val, more[i].bv_len};
	}
	values->v = v;
	values->n += n;
	return 0;
}

/* SIZE_MAX: not asked for. Servers send attributes in much the same order each time. */
static size_t find(struct casp_ldap_row *row, struct casp_str name)
{
	size_t n = row->names.n, k = row->next;

	for (size_t i = 0; i < n; i++, k++) {
		k = k < n ? k : 0;
		if (row->names.v[k].n == name.n &&
		    casp_str_iequal(row->names.v[k], name)) {
			row->next = k + 1;
			return k;
		}
	}
	return SIZE_MAX;
}

static bool add_column(struct casp_ldap_row *row, struct casp_str name)
{
	const struct casp_values none = {0};

	return name.p && casp_vec_push(&row->values, none) &&
	       casp_vec_push(&row->names, name);
}

/* An attribute that nobody asked for by name. */
static bool add_found(struct casp_ldap_row *row, struct casp_str name)
{
	const char *copy = casp_arena_dup_str(&row->arena, name);

	return add_column(row, (struct casp_str){copy, name.n});
}

static bool start(const struct casp_ldap_request *request, struct casp_ldap_row *row)
{
	casp_arena_reset(&row->arena);
	row->next = 0;
	if (row->request == request && !request->all) {
		memset(row->values.v, 0, row->values.n * sizeof(*row->values.v));
		return true;
	}
	row->request = NULL;
	row->names.n = row->values.n = 0;
	for (size_t i = 0; !request->all && i < request->n_attributes; i++) {
		if (!add_column(row, request->names[i])) {
			return false;
		}
	}
	row->request = request;
	return true;
}

/* ---- ranges ---- */

/* The values that came last are those of the range. *next: where the rest begins; 0:
 * there is none. */
static int check_range(const struct name *name, const struct casp_values *values,
		       size_t before, size_t *next, struct cas_error **err)
{
	bool is_last = name->last == SIZE_MAX;

	if (name->is_bad || name->first != before ||
	    (!is_last && (values->n == before || name->last != values->n - 1))) {
		return casp_error(
			err, CAS_E_FORMAT,
			"the server sends the values of '%.*s' in ranges that do "
			"not go on",
			CASP_STR_ARG(name->text));
	}
	*next = is_last ? 0 : values->n;
	return 0;
}

/* Values of another message, which will be freed, copied. */
static int append_copies(struct casp_ldap_row *row, size_t column, struct berval **more,
			 struct cas_error **err)
{
	size_t n = (size_t)ldap_count_values_len(more);
	struct berval *copies = casp_arena_alloc(&row->arena, (n + 1) * sizeof(*copies));

	for (size_t i = 0; copies && i < n; i++) {
		copies[i].bv_len = more[i]->bv_len;
		copies[i].bv_val =
			casp_arena_dup(&row->arena, more[i]->bv_val, more[i]->bv_len);
		if (!copies[i].bv_val) {
			copies = NULL;
		}
	}
	return copies ? append(row, &row->values.v[column], copies, n, err)
		      : casp_error_nomem(err);
}

/* *next: where the part after this one begins; 0: this was the last. */
static int take_part(struct casp_ldap *ldap, LDAPMessage *entry,
		     struct casp_ldap_row *row, size_t column, size_t *next,
		     struct cas_error **err)
{
	const size_t before = row->values.v[column].n;
	BerElement *ber = NULL;
	char *attribute = ldap_first_attribute(ldap->ld, entry, &ber);
	int r = 0;

	for (; attribute && r == 0;
	     attribute = ldap_next_attribute(ldap->ld, entry, ber)) {
		struct name name = parse_name(casp_str(attribute));
		struct berval **more = NULL;

		if (casp_str_iequal(name.text, row->names.v[column]) &&
		    (more = ldap_get_values_len(ldap->ld, entry, attribute))) {
			r = append_copies(row, column, more, err);
			ldap_value_free_len(more);
		}
		if (more && r == 0 && name.is_ranged) {
			r = check_range(&name, &row->values.v[column], before, next, err);
		}
		ldap_memfree(attribute);
	}
	ldap_memfree(attribute);
	ber_free(ber, 0);
	return r;
}

static int ask_part(struct casp_ldap *ldap, struct casp_ldap_row *row, size_t column,
		    size_t from, int *id, struct cas_error **err)
{
	char *dn = casp_arena_dup_str(&row->arena, row->dn);
	char *name = casp_arena_printf(&row->arena, "%.*s;range=%zu-*",
				       CASP_STR_ARG(row->names.v[column]), from);
	char *attributes[] = {name, NULL};
	int r;

	if (!dn || !name) {
		return casp_error_nomem(err);
	}
	r = ldap_search_ext(ldap->ld, dn, LDAP_SCOPE_BASE, "(objectClass=*)", attributes,
			    0, NULL, NULL, NULL, LDAP_NO_LIMIT, id);
	return r == LDAP_SUCCESS ? 0
				 : casp_ldap_error(err, ldap, r, NULL, "cannot read", dn);
}

/* One message of the answer. 1: it was the last. */
static int take_answer(struct casp_ldap *ldap, LDAPMessage *message,
		       struct casp_ldap_row *row, size_t column, size_t *next,
		       struct cas_error **err)
{
	int r;

	switch (ldap_msgtype(message)) {
	case LDAP_RES_SEARCH_ENTRY:
		return take_part(ldap, message, row, column, next, err);
	case LDAP_RES_SEARCH_REFERENCE:
	case LDAP_RES_INTERMEDIATE:
		return 0;
	default:
		r = casp_ldap_result_error(ldap, message, "cannot read",
					   row->names.v[column].p, err);
		if (r == 0 && ldap_msgtype(message) != LDAP_RES_SEARCH_RESULT) {
			r = casp_ldap_no_search_result(message, err);
		}
		return r < 0 ? r : 1;
	}
}

static int fetch_part(struct casp_ldap *ldap, struct casp_ldap_row *row, size_t column,
		      size_t *next, struct cas_error **err)
{
	LDAPMessage *message;
	size_t from = *next;
	int id, r = ask_part(ldap, row, column, from, &id, err);

	if (r < 0) {
		return r;
	}
	*next = 0;
	while (r == 0) {
		r = casp_ldap_wait(ldap, id, &message, err);
		if (r < 0) {
			casp_ldap_disconnect(ldap);
			return r;
		}
		r = take_answer(ldap, message, row, column, next, err);
		ldap_msgfree(message);
	}
	if (r < 0) {
		ldap_abandon_ext(ldap->ld, id, NULL, NULL);
	}
	return r < 0 ? r : 0;
}

/* ---- reading ---- */

struct part {
	size_t column, next;
};

static int take_attribute(struct casp_ldap_row *row, struct berval *attribute,
			  const struct berval *values, struct part *part,
			  struct cas_error **err)
{
	struct name name =
		parse_name((struct casp_str){attribute->bv_val, attribute->bv_len});
	size_t column = find(row, name.text), n = 0, before;
	int r;

	if (column == SIZE_MAX && row->request->all) {
		column = row->names.n;
		if (!add_found(row, name.text)) {
			return casp_error_nomem(err);
		}
	}
	if (column == SIZE_MAX) {
		return 0;
	}
	before = row->values.v[column].n;
	while (values && values[n].bv_val) {
		n++;
	}
	r = append(row, &row->values.v[column], values, n, err);
	part->column = column;
	return r < 0 || !name.is_ranged ? r
					: check_range(&name, &row->values.v[column],
						      before, &part->next, err);
}

static int bad_entry(struct cas_error **err)
{
	return casp_error(err, CAS_E_FORMAT, "the server sent a malformed entry");
}

int casp_ldap_row_read(struct casp_ldap *ldap, const struct casp_ldap_request *request,
		       LDAPMessage *message, struct casp_ldap_row *row,
		       struct cas_error **err)
{
	struct part part, parts[8];
	struct berval dn, attribute, *values = NULL;
	BerElement *ber = NULL;
	size_t n_parts = 0;
	int r = 0;

	if (!start(request, row)) {
		return casp_error_nomem(err);
	}
	if (ldap_get_dn_ber(ldap->ld, message, &ber, &dn) != LDAP_SUCCESS) {
		return bad_entry(err);
	}
	row->dn = (struct casp_str){dn.bv_val, dn.bv_len};
	for (;;) {
		if (ldap_get_attribute_ber(ldap->ld, message, ber, &attribute, &values) !=
		    LDAP_SUCCESS) {
			r = bad_entry(err);
			break;
		}
		if (!attribute.bv_val) {
			break;
		}
		part.next = 0;
		r = take_attribute(row, &attribute, values, &part, err);
		ber_memfree(values);
		if (r < 0) {
			break;
		}
		if (part.next && n_parts == sizeof(parts) / sizeof(*parts)) {
			r = casp_error(err, CAS_E_FORMAT,
				       "the server sent too many attributes in ranges");
			break;
		}
		if (part.next) {
			parts[n_parts++] = part;
		}
	}
	ber_free(ber, 0);
	for (size_t i = 0; r == 0 && i < n_parts; i++) {
		while (r == 0 && parts[i].next) {
			r = fetch_part(ldap, row, parts[i].column, &parts[i].next, err);
		}
	}
	return r;
}

void casp_ldap_row_free(struct casp_ldap_row *row)
{
	casp_vec_free(&row->names);
	casp_vec_free(&row->values);
	casp_arena_free(&row->arena);
}

const struct casp_values *casp_ldap_row_values(const struct casp_ldap_row *row,
					       struct casp_str name)
{
	for (size_t i = 0; i < row->names.n; i++) {
		if (casp_str_iequal(row->names.v[i], name)) {
			return &row->values.v[i];
		}
	}
	return NULL;
}
