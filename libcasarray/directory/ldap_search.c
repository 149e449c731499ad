/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Searching a server: in pages, and whole or not at all. */
#include <stdlib.h>

#include "../base/context.h"
#include "../base/map.h"
#include "../names/dn.h"
#include "ldap_query.h"
#include "ldap_search.h"

/* A domain controller's own limit. */
#define PAGE 1000
/* Searches of few entries that are under way at once. */
#define TOGETHER 16
/* Messages that are taken from the connection before they are looked at. */
#define HELD 256
/* After so many entries it is clear that there are many. */
#define FEW 64

struct running {
	struct casp_ldap *ldap;
	const struct casp_ldap_compiled *compiled;
	casp_entry_fn each;
	void *closure;
	struct casp_ldap_row row;
	/* What several searches gave, each entry once. */
	struct casp_map seen;
	struct casp_arena seen_dns;
	size_t n_entries;
	struct casp_ldap_references references;
	struct casp_ldap_handed *handed; /* NULL: nobody asks */
};

/* A request on its way: the current page of it. */
struct flight {
	const struct casp_ldap_request *request;
	bool follow;    /* page by page, to the end */
	bool under_way; /* the page is not all there */
	int id;
	struct berval cookie; /* where the next page begins; empty: there is none */
	size_t n_entries;
};

struct held {
	LDAPMessage *v[HELD];
	size_t n;
};

/* ---- sending ---- */

static int add_page_control(struct running *running, struct berval *cookie,
			    LDAPControl **control, struct cas_error **err)
{
	struct casp_ldap *ldap = running->ldap;
	int r;

	*control = NULL;
	if (!casp_ldap_has_control(ldap, LDAP_CONTROL_PAGEDRESULTS)) {
		return 0;
	}
	r = ldap_create_page_control(ldap->ld, PAGE, cookie, 1, control);
	return r == LDAP_SUCCESS ? 0
				 : casp_ldap_error(err, ldap, r, NULL,
						   "cannot ask for pages", NULL);
}

static int send_request(struct running *running, const struct casp_ldap_request *request,
			struct berval *cookie, int *id, struct cas_error **err)
{
	struct casp_ldap *ldap = running->ldap;
	LDAPControl *controls[] = {NULL, NULL};
	int r = add_page_control(running, cookie, &controls[0], err);

	if (r < 0) {
		return r;
	}
	casp_ldap_rearm(ldap);
	r = ldap_search_ext(ldap->ld, request->base, request->scope, request->filter,
			    request->attributes, 0, controls, NULL, NULL, LDAP_NO_LIMIT,
			    id);
	if (controls[0]) {
		ldap_control_free(controls[0]);
	}
	if (r == LDAP_SUCCESS) {
		return 0;
	}
	r = casp_ldap_error(err, ldap, r, NULL, "cannot search", request->base);
	casp_ldap_disconnect(ldap);
	return r;
}

/* ---- entries ---- */

/* 1: it is new; 0: another search gave it. */
static int note(struct running *running, struct cas_error **err)
{
	struct casp_str dn = running->row.dn;
	size_t at = 0;
	uint64_t hash;
	char *text;

	if (running->compiled->n < 2) {
		return 1;
	}
	hash = casp_dn_hash(dn);
	while ((text = casp_map_next(&running->seen, hash, &at))) {
		if (casp_dn_equal(casp_str(text), dn)) {
			return 0;
		}
	}
	text = casp_arena_dup_str(&running->seen_dns, dn);
	return text && casp_map_add(&running->seen, hash, text) ? 1
								: casp_error_nomem(err);
}

/* All attributes that it has. */
static bool fill_all(struct casp_ldap_row *row, struct casp_entry *entry)
{
	const char **names =
		casp_arena_alloc(&row->arena, (row->names.n + 1) * sizeof(*names));

	for (size_t i = 0; names && i < row->names.n; i++) {
		names[i] = row->names.v[i].p;
	}
	entry->names = names;
	entry->values = row->values.v;
	entry->n_names = row->names.n;
	return names;
}

/* What its query asked for. */
static bool fill(struct running *running, const struct casp_ldap_member *member,
		 struct casp_entry *entry)
{
	const struct casp_query *query = member->query;
	struct casp_ldap_row *row = &running->row;
	struct casp_values *values;

	entry->dn = row->dn;
	entry->query = (size_t)(query - running->compiled->queries);
	if (query->all_attributes) {
		return fill_all(row, entry);
	}
	values = casp_arena_zalloc(&row->arena,
				   (query->n_attributes + 1) * sizeof(*values));
	for (size_t i = 0; values && i < query->n_attributes; i++) {
		if (member->columns[i] < row->values.n) {
			values[i] = row->values.v[member->columns[i]];
		}
	}
	entry->names = query->attributes;
	entry->values = values;
	entry->n_names = query->n_attributes;
	return values;
}

static int take_entry(struct running *running, const struct casp_ldap_request *request,
		      LDAPMessage *message, struct cas_error **err)
{
	struct casp_entry entry = {0};
	const struct casp_ldap_member *member;
	int r = casp_ldap_row_read(running->ldap, request, message, &running->row, err);

	if (r == 0) {
		r = note(running, err);
	}
	if (r <= 0 || casp_ldap_handed_before(running->handed, running->row.dn)) {
		return r < 0 ? r : 0;
	}
	member = casp_ldap_match(request, &running->row);
	if (!member) {
		return casp_error(err, CAS_E_FORMAT,
				  "the server hides the object classes of '%.*s'",
				  CASP_STR_ARG(running->row.dn));
	}
	if (!fill(running, member, &entry)) {
		return casp_error_nomem(err);
	}
	if (!casp_ldap_hand(running->handed, running->row.dn)) {
		return casp_error_nomem(err);
	}
	running->n_entries++;
	casp_progress(running->ldap->directory.context, "reading", running->n_entries, 0);
	return running->each(running->closure, &entry, err);
}

/* ---- results ---- */

/* The place of the next page; empty: that was the last. */
static int read_cookie(struct running *running, LDAPMessage *message,
		       struct berval *cookie, struct cas_error **err)
{
	LDAP *ld = running->ldap->ld;
	LDAPControl **controls = NULL, *page;
	ber_int_t estimate;
	int rc, r = ldap_parse_result(ld, message, &rc, NULL, NULL, NULL, &controls, 0);

	page = r == LDAP_SUCCESS && controls
		       ? ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, controls, NULL)
		       : NULL;
	if (page) {
		r = ldap_parse_pageresponse_control(ld, page, &estimate, cookie);
	}
	ldap_controls_free(controls);
	return r == LDAP_SUCCESS ? 0
				 : casp_ldap_error(err, running->ldap, r, NULL,
						   "cannot read a page", NULL);
}

static int take_result(struct running *running, const struct casp_ldap_request *request,
		       LDAPMessage *message, struct berval *cookie,
		       struct cas_error **err)
{
	struct casp_ldap *ldap = running->ldap;
	CASP_CLEANUP(casp_freep) char *words = NULL;
	int rc = casp_ldap_result_read(ldap, message, &words), r;

	if (ldap_msgtype(message) == LDAP_RES_SEARCH_RESULT && request->may_lack_base &&
	    rc == LDAP_NO_SUCH_OBJECT) {
		return 0;
	}
	if (rc != LDAP_SUCCESS) {
		r = casp_ldap_error(err, ldap, rc, words, "cannot search", request->base);
		if (rc == LDAP_BUSY || rc == LDAP_UNAVAILABLE) {
			/* tried once more, like what was lost with its connection */
			casp_ldap_disconnect(ldap);
		}
		return r;
	}
	if (ldap_msgtype(message) != LDAP_RES_SEARCH_RESULT) {
		return casp_ldap_no_search_result(message, err);
	}
	return read_cookie(running, message, cookie, err);
}

/* ---- pages ---- */

static void forget_cookie(struct berval *cookie)
{
	ber_memfree(cookie->bv_val);
	*cookie = (struct berval){0};
}

static int send_page(struct running *running, struct flight *flight,
		     struct cas_error **err)
{
	int r = send_request(running, flight->request, &flight->cookie, &flight->id, err);

	forget_cookie(&flight->cookie);
	flight->under_way = r == 0;
	return r;
}

/* Asks for the next page before the entries of this one are looked at. */
static int end_page(struct running *running, struct flight *flight, LDAPMessage *message,
		    struct cas_error **err)
{
	int r = take_result(running, flight->request, message, &flight->cookie, err);

	flight->under_way = false;
	return r == 0 && flight->follow && flight->cookie.bv_len
		       ? send_page(running, flight, err)
		       : r;
}

/* What came with one read, up to the end of the page. */
static int gather(struct running *running, struct flight *flight, struct held *held,
		  struct cas_error **err)
{
	struct casp_ldap *ldap = running->ldap;

	casp_ldap_buffer_bulk(ldap, flight->n_entries > FEW);
	do {
		LDAPMessage *message;
		int r = casp_ldap_wait(ldap, flight->id, &message, err);

		if (r < 0) {
			flight->under_way = false;
			casp_ldap_disconnect(ldap);
			return r;
		}
		switch (ldap_msgtype(message)) {
		case LDAP_RES_SEARCH_ENTRY:
		case LDAP_RES_SEARCH_REFERENCE:
		case LDAP_RES_INTERMEDIATE:
			held->v[held->n++] = message;
			break;
		default:
			r = end_page(running, flight, message, err);
			ldap_msgfree(message);
			return r;
		}
	} while (held->n < HELD && !casp_ldap_buffer_is_empty(ldap));
	return 0;
}

static int take_message(struct running *running, struct flight *flight,
			LDAPMessage *message, struct cas_error **err)
{
	switch (ldap_msgtype(message)) {
	case LDAP_RES_SEARCH_ENTRY:
		flight->n_entries++;
		return take_entry(running, flight->request, message, err);
	case LDAP_RES_SEARCH_REFERENCE:
		return casp_ldap_reference_take(running->ldap, &running->references,
						message, err);
	default:
		return 0;
	}
}

/* To the end of the page; of all pages, if they are followed. */
static int receive(struct running *running, struct flight *flight, struct cas_error **err)
{
	int r = 0;

	while (r == 0 && flight->under_way) {
		struct held held = {.n = 0};

		r = gather(running, flight, &held, err);
		for (size_t i = 0; i < held.n; i++) {
			r = r == 0 ? take_message(running, flight, held.v[i], err) : r;
			ldap_msgfree(held.v[i]);
		}
	}
	casp_ldap_buffer_bulk(running->ldap, false);
	if (flight->under_way && running->ldap->ld) {
		ldap_abandon_ext(running->ldap->ld, flight->id, NULL, NULL);
	}
	return r;
}

/* ---- requests ---- */

static int run_alone(struct running *running, const struct casp_ldap_request *request,
		     struct cas_error **err)
{
	struct flight flight = {.request = request, .follow = true};
	int r = send_page(running, &flight, err);

	if (r == 0) {
		r = receive(running, &flight, err);
	}
	forget_cookie(&flight.cookie);
	return r;
}

/*
 * Several at once. A server may keep the place of only one search in pages for each
 * connection (slapd does), so what does not fit into one page is asked for again, alone.
 */
static int run_together(struct running *running, const struct casp_ldap_request *requests,
			size_t n, struct cas_error **err)
{
	struct flight flights[TOGETHER] = {{0}};
	size_t sent = 0, received = 0;
	bool again[TOGETHER];
	int r = 0;

	while (r == 0 && sent < n) {
		flights[sent].request = &requests[sent];
		r = send_page(running, &flights[sent], err);
		sent += r == 0;
	}
	for (; r == 0 && received < n; received++) {
		r = receive(running, &flights[received], err);
		again[received] = flights[received].cookie.bv_len != 0;
		forget_cookie(&flights[received].cookie);
	}
	for (size_t i = received; running->ldap->ld && i < sent; i++) {
		ldap_abandon_ext(running->ldap->ld, flights[i].id, NULL, NULL);
	}
	for (size_t i = 0; r == 0 && i < n; i++) {
		r = again[i] ? run_alone(running, &requests[i], err) : 0;
	}
	return r;
}

static int run_all(struct running *running, struct cas_error **err)
{
	const struct casp_ldap_compiled *compiled = running->compiled;
	size_t i = 0;
	int r = 0;

	while (r == 0 && i < compiled->n) {
		size_t n = 0;

		while (n < TOGETHER && i + n < compiled->n &&
		       compiled->requests[i + n].is_narrow) {
			n++;
		}
		r = n > 1 ? run_together(running, &compiled->requests[i], n, err)
			  : run_alone(running, &compiled->requests[i], err);
		i += n > 1 ? n : 1;
	}
	return r;
}

static int search(struct casp_ldap *ldap, const struct casp_query *queries,
		  size_t n_queries, casp_entry_fn each, void *closure,
		  struct casp_ldap_handed *handed, struct cas_error **err)
{
	struct casp_ldap_compiled compiled;
	struct running running = {
		.ldap = ldap,
		.compiled = &compiled,
		.each = each,
		.closure = closure,
		.handed = handed,
	};
	int r = casp_ldap_compile(ldap, queries, n_queries, &compiled, err);

	if (r == 0) {
		CASP_LDAP_GUARD(ldap);

		r = run_all(&running, err);
		casp_ldap_compiled_free(&compiled);
	}
	casp_ldap_references_tell(ldap, &running.references);
	casp_map_free(&running.seen);
	casp_arena_free(&running.seen_dns);
	casp_ldap_row_free(&running.row);
	return r;
}

int casp_ldap_read(struct casp_ldap *ldap, const struct casp_query *query,
		   casp_entry_fn each, void *closure, struct cas_error **err)
{
	return search(ldap, query, 1, each, closure, NULL, err);
}

/* Of what a search gave before it broke off nothing is given again. */
static int search_again(struct casp_ldap *ldap, const struct casp_query *queries,
			size_t n_queries, casp_entry_fn each, void *closure,
			struct casp_ldap_handed *handed, struct cas_error **err)
{
	int r = casp_ldap_connect(ldap, err);

	casp_ldap_handed_again(handed);
	return r < 0 ? r : search(ldap, queries, n_queries, each, closure, handed, err);
}

int casp_ldap_search(struct cas_directory *directory, const struct casp_query *queries,
		     size_t n_queries, casp_entry_fn each, void *closure,
		     struct cas_error **err)
{
	struct casp_ldap *ldap = (struct casp_ldap *)directory;
	struct cas_error *error = NULL;
	struct casp_ldap_handed handed = {.n = 0};
	bool fresh = !ldap->ld;
	int r = fresh ? casp_ldap_connect(ldap, err) : 0;

	if (r < 0) {
		return r;
	}
	ldap->interruptible = true;
	r = search(ldap, queries, n_queries, each, closure, &handed, &error);
	directory->broke_off = r == CAS_E_IO && !ldap->ld && handed.too_many;
	if (r == CAS_E_IO && !ldap->ld && !fresh && !handed.too_many) {
		casp_log(directory->context, CAS_LOG_INFO, "%s; once more",
			 cas_error_message(error));
		cas_error_free(error);
		error = NULL;
		r = search_again(ldap, queries, n_queries, each, closure, &handed,
				 &error);
	}
	ldap->interruptible = false;
	casp_ldap_handed_free(&handed);
	casp_error_pass(err, error);
	return r;
}

void casp_ldap_where(struct cas_directory *directory, uint64_t origin,
		     struct casp_buf *out)
{
	casp_buf_adds(out, directory->address);
}
