/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An entry that a server sent, taken apart; with the rest of values that come in ranges.
 */
#include <stdlib.h>

#include "ldap_query.h"

/* An attribute of more values than this is not what a directory holds. */
#define VALUES_MAX ((size_t)10 * 1000 * 1000)

/* "homeMDBBL;range=0-1499": the name, and where the rest begins. */
struct name {
	struct casp_str text;
	size_t next; /* 0: nothing is left out */
};

static struct name parse_name(struct casp_str text)
{
	const char *semicolon = text.n ? memchr(text.p, ';', text.n) : NULL;
	struct name name = {.text = text};
	struct casp_str option, end;
	const char *dash;
	int64_t last;

	if (!semicolon) {
		return name;
	}
	name.text.n = (size_t)(semicolon - text.p);
	option = (struct casp_str){semicolon, text.n - name.text.n};
	if (!casp_str_istarts(option, CASP_STR(";range="))) {
		return name;
	}
	dash = memchr(option.p, '-', option.n);
	if (dash) {
		end = (struct casp_str){dash + 1,
					(size_t)(option.p + option.n - dash - 1)};
		if (casp_str_int(end, &last) && last >= 0 && (size_t)last < VALUES_MAX) {
			name.next = (size_t)last + 1;
		}
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

/* Values after those that are there. */
static int append(struct casp_ldap_row *row, struct casp_values *values,
		  const struct berval *more, size_t n, struct cas_error **err)
{
	struct casp_str *v;

	if (values->n + n > VALUES_MAX) {
		return too_many(err);
	}
	v = casp_arena_alloc(&row->arena, (values->n + n + 1) * sizeof(*v));
	if (!v) {
		return casp_error_nomem(err);
	}
	if (values->n) {
		memcpy(v, values->v, values->n * sizeof(*v));
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
		struct berval **more;

		if (casp_str_iequal(name.text, row->names.v[column]) &&
		    (more = ldap_get_values_len(ldap->ld, entry, attribute))) {
			r = append_copies(row, column, more, err);
			ldap_value_free_len(more);
			*next = name.next;
		}
		ldap_memfree(attribute);
	}
	ldap_memfree(attribute);
	ber_free(ber, 0);
	if (r == 0 && *next && row->values.v[column].n == before) {
		return casp_error(err, CAS_E_FORMAT,
				  "the server sends the values of '%.*s' in ranges that "
				  "do not go on",
				  CASP_STR_ARG(row->names.v[column]));
	}
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
	size_t column = find(row, name.text), n = 0;

	if (column == SIZE_MAX && row->request->all) {
		column = row->names.n;
		if (!add_found(row, name.text)) {
			return casp_error_nomem(err);
		}
	}
	if (column == SIZE_MAX) {
		return 0;
	}
	while (values && values[n].bv_val) {
		n++;
	}
	if (name.next) {
		*part = (struct part){column, name.next};
	}
	return append(row, &row->values.v[column], values, n, err);
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
