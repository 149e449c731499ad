/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets of objects: from identities, and printed as rows. */
#include "objects.h"

#include <string.h>
#include <strings.h>

/* So many wrong identities are reported one by one. */
enum {
	MAX_REPORTED = 20,
};

int cli_no_memory(struct cli_session *session)
{
	cli_problem(session, CAS_E_NOMEM, NULL, "out of memory");
	return cli_fail(session, NULL);
}

int cli_pick(struct cli_session *session, const struct cas_organization *org,
	     unsigned kinds, const struct opt_list *identities, struct cas_objects **set)
{
	struct cas_error *error = NULL;
	int status = EXIT_DONE;
	size_t n_wrong = 0;

	if (!*set && cas_objects_new(set, &error)) {
		return cli_fail(session, error);
	}
	for (size_t i = 0; i < identities->n; i++) {
		int worse;

		if (cas_objects_match(*set, org, kinds, identities->v[i], &error) >= 0) {
			continue;
		}
		if (++n_wrong > MAX_REPORTED) {
			cas_error_free(error);
		} else {
			worse = cli_fail(session, error);
			status = worse > status ? worse : status;
		}
		error = NULL;
	}
	if (n_wrong > MAX_REPORTED) {
		cli_warn(session, "%zu more identities were not found",
			 n_wrong - MAX_REPORTED);
	}
	return status;
}

int cli_pick_filter(struct cli_session *session, const struct cas_organization *org,
		    unsigned kinds, const struct opt_list *identities,
		    struct cas_objects **set)
{
	return identities->n ? cli_pick(session, org, kinds, identities, set) : EXIT_DONE;
}

int cli_refuse_none(struct cli_session *session, const struct cas_objects *set)
{
	if (!set || cas_objects_count(set)) {
		return EXIT_DONE;
	}
	cli_problem(session, CAS_E_NOT_FOUND, NULL,
		    "no object fits the wildcards that were given");
	return cli_fail(session, NULL);
}

bool cli_set_has(const struct cas_objects *set, const struct cas_object *object)
{
	for (size_t i = 0; object && i < cas_objects_count(set); i++) {
		if (cas_objects_get(set, i) == object) {
			return true;
		}
	}
	return false;
}

bool cli_any_wildcard(const struct opt_list *identities)
{
	for (size_t i = 0; i < identities->n; i++) {
		if (cas_identity_is_wildcard(identities->v[i])) {
			return true;
		}
	}
	return false;
}

bool cli_text_fits(const char *text, const char *pattern)
{
	size_t n = strlen(pattern), length = strlen(text);
	bool head = n && pattern[n - 1] == '*';
	bool tail = n && pattern[0] == '*';

	if (head && n == 1) {
		return true;
	}
	pattern += tail;
	n -= (size_t)tail + (size_t)head;
	if (length < n) {
		return false;
	}
	if (head && tail) {
		for (size_t i = 0; i + n <= length; i++) {
			if (strncasecmp(text + i, pattern, n) == 0) {
				return true;
			}
		}
		return false;
	}
	if (!head && !tail && length != n) {
		return false;
	}
	return strncasecmp(tail ? text + length - n : text, pattern, n) == 0;
}

static const struct cas_object *row_object(const struct cli_rows *rows, size_t index)
{
	return rows->only ? cas_objects_get(rows->only, index)
			  : cas_organization_object(rows->org, rows->kind, index);
}

int cli_print_rows(struct cli_session *session, const struct cli_rows *rows)
{
	size_t n = rows->only ? cas_objects_count(rows->only)
			      : cas_organization_count(rows->org, rows->kind);
	json_t *row, *head = cas_json_organization(rows->org);
	json_int_t printed = 0;

	if (!head) {
		return cli_no_memory(session);
	}
	if (out_begin(session->out, rows->view, head) < 0) {
		return cli_output_failed(session);
	}
	for (size_t i = 0; i < n; i++) {
		const struct cas_object *object = row_object(rows, i);
		int failed = 0;

		row = NULL;
		if (rows->row) {
			failed = rows->row(rows->closure, rows->org, object, &row);
		} else {
			row = cas_json_object(rows->org, object);
			failed = row ? 0 : -1;
		}
		if (failed) {
			return cli_no_memory(session);
		}
		if (row && out_row(session->out, row) < 0) {
			return cli_output_failed(session);
		}
		printed += row != NULL;
	}
	if (out_end(session->out, json_pack("{s:I}", "count", printed)) < 0) {
		return cli_output_failed(session);
	}
	return EXIT_DONE;
}

int cli_print_one(struct cli_session *session, const struct out_view *view, json_t *head,
		  json_t *row)
{
	if (!row) {
		json_decref(head);
		return cli_no_memory(session);
	}
	if (out_begin(session->out, view, head) < 0) {
		json_decref(row);
		return cli_output_failed(session);
	}
	if (out_row(session->out, row) < 0 || out_end(session->out, NULL) < 0) {
		return cli_output_failed(session);
	}
	return EXIT_DONE;
}
