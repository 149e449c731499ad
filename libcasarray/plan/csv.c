/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of arrays and databases as CSV (RFC 4180), as people and Excel write it. */
#include <stdlib.h>

#include "../base/utf8.h"
#include "desired.h"

#define MAX_FIELDS 32

/* A row: its fields point into the text, quotes undone. */
struct row {
	struct casp_str fields[MAX_FIELDS];
	size_t n;
	size_t line;
	const char *fault; /* or NULL */
};

struct csv {
	struct cas_desired *desired;
	const char *file;
	char *at, *end;
	size_t line; /* of at */
	char separator;
	bool failed;
	bool is_arrays;
	int columns[3]; /* the field of each thing; -1: there is none */
	size_t n_columns;
};

/* ---- fields ---- */

/* "a ""b""", in place. */
static struct casp_str quoted(struct csv *csv, const char **fault)
{
	char *start = ++csv->at, *to = start;

	while (csv->at < csv->end) {
		char c = *csv->at++;

		if (c == '"') {
			if (csv->at == csv->end || *csv->at != '"') {
				return (struct casp_str){start, (size_t)(to - start)};
			}
			csv->at++;
		}
		csv->line += c == '\n';
		*to++ = c;
	}
	*fault = "a quoted field has no end";
	return (struct casp_str){start, (size_t)(to - start)};
}

static struct casp_str plain(struct csv *csv)
{
	char *start = csv->at;

	while (csv->at < csv->end && *csv->at != csv->separator && *csv->at != '\n' &&
	       *csv->at != '\r') {
		csv->at++;
	}
	return casp_str_trim((struct casp_str){start, (size_t)(csv->at - start)});
}

static void skip_blanks(struct csv *csv)
{
	while (csv->at < csv->end && (*csv->at == ' ' || *csv->at == '\t') &&
	       *csv->at != csv->separator) {
		csv->at++;
	}
}

static void end_line(struct csv *csv)
{
	if (csv->at < csv->end && *csv->at == '\r') {
		csv->at++;
	}
	if (csv->at < csv->end && *csv->at == '\n') {
		csv->at++;
	}
	csv->line++;
}

static bool at_line_end(const struct csv *csv)
{
	return csv->at == csv->end || *csv->at == '\n' || *csv->at == '\r';
}

/* The rest of a line that cannot be understood. */
static void skip_line(struct csv *csv)
{
	while (!at_line_end(csv)) {
		csv->at++;
	}
}

static void read_field(struct csv *csv, struct row *row)
{
	struct casp_str field;

	skip_blanks(csv);
	if (csv->at < csv->end && *csv->at == '"') {
		field = quoted(csv, &row->fault);
		skip_blanks(csv);
		if (!at_line_end(csv) && *csv->at != csv->separator && !row->fault) {
			row->fault = "something follows a quoted field";
			skip_line(csv);
		}
	} else {
		field = plain(csv);
	}
	if (row->n == MAX_FIELDS) {
		row->fault = "it has too many fields";
		return;
	}
	row->fields[row->n++] = field;
}

/* false: no more. Lines without anything in them are left out. */
static bool next_row(struct csv *csv, struct row *row)
{
	bool blank = true;

	while (blank && csv->at < csv->end) {
		*row = (struct row){.line = csv->line};
		read_field(csv, row);
		while (csv->at < csv->end && *csv->at == csv->separator) {
			csv->at++;
			read_field(csv, row);
		}
		end_line(csv);
		for (size_t i = 0; i < row->n; i++) {
			blank = blank && !row->fields[i].n && !row->fault;
		}
	}
	return !blank;
}

/* ---- the header ---- */

static const char *const array_headers[] = {"name", "fqdn", "site"};
static const char *const database_headers[] = {"database", "rpc-client-access-server",
					       NULL};

/* "RpcClientAccessServer", "rpc_client_access_server", "RPC Client Access Server" */
static bool is_header(struct casp_str field, const char *name)
{
	size_t i = 0;

	for (; *name; name++) {
		if (*name == '-') {
			continue;
		}
		while (i < field.n && strchr("-_ ", field.p[i])) {
			i++;
		}
		if (i == field.n || casp_lower((unsigned char)field.p[i++]) != *name) {
			return false;
		}
	}
	return i == field.n;
}

static int find_column(const struct row *row, const char *name)
{
	for (size_t i = 0; name && i < row->n; i++) {
		if (is_header(row->fields[i], name)) {
			return (int)i;
		}
	}
	return -1;
}

static bool has_all(struct csv *csv, const struct row *row, const char *const *headers)
{
	bool all = true;

	for (size_t i = 0; i < 3; i++) {
		csv->columns[i] = find_column(row, headers[i]);
		all = all && (csv->columns[i] >= 0 || !headers[i]);
	}
	return all;
}

static bool is_known(const struct csv *csv, size_t field)
{
	for (size_t i = 0; i < 3; i++) {
		if (csv->columns[i] == (int)field) {
			return true;
		}
	}
	return false;
}

static bool is_listed(const struct csv *csv, struct casp_str field)
{
	const char *const *headers = csv->is_arrays ? array_headers : database_headers;

	for (size_t i = 0; i < 3 && headers[i]; i++) {
		if (is_header(field, headers[i])) {
			return true;
		}
	}
	return false;
}

/* Excel separates as the language of the system has it. */
static char find_separator(const struct csv *csv)
{
	const char *line_end = memchr(csv->at, '\n', (size_t)(csv->end - csv->at));
	size_t n = (size_t)((line_end ? line_end : csv->end) - csv->at);

	return memchr(csv->at, ';', n) ? ';' : memchr(csv->at, '\t', n) ? '\t' : ',';
}

static int refuse(struct csv *csv, const struct row *row, const char *object,
		  const char *why, const char *hint, struct cas_error **err)
{
	const struct casp_where where = {csv->file, NULL, row->line,
					 csv->desired->n_files};

	return casp_desired_refuse(csv->desired, &where, object, why, hint, err);
}

/* "there is no column 'site'", where the header names another of the list. */
static const char *header_fault(struct csv *csv, const struct row *row)
{
	const char *const *lists[] = {database_headers, array_headers};

	for (size_t l = 0; l < 2; l++) {
		const char *missing = NULL;
		bool some = false;

		for (size_t i = 0; i < 3 && lists[l][i]; i++) {
			bool there = find_column(row, lists[l][i]) >= 0;

			some = some || there;
			missing = there || missing ? missing : lists[l][i];
		}
		if (some && missing) {
			return casp_arena_printf(&csv->desired->arena,
						 "there is no column '%s'", missing);
		}
	}
	return "the header names no list";
}

static int read_header(struct csv *csv, struct cas_error **err)
{
	struct row row = {.line = 1};

	csv->separator = find_separator(csv);
	if (!next_row(csv, &row) || row.fault ||
	    !(has_all(csv, &row, array_headers) ||
	      has_all(csv, &row, database_headers))) {
		const char *why = row.fault ? row.fault : header_fault(csv, &row);

		csv->failed = true;
		return why ? refuse(csv, &row, NULL, why,
				    "the first line is 'name,fqdn,site' or "
				    "'database,rpc-client-access-server'",
				    err)
			   : casp_error_nomem(err);
	}
	csv->n_columns = row.n;
	csv->is_arrays = has_all(csv, &row, array_headers);
	if (!csv->is_arrays) {
		has_all(csv, &row, database_headers);
	}
	for (size_t i = 0; i < row.n; i++) {
		int code = 0;

		if (row.fields[i].n && !is_known(csv, i)) {
			char *name =
				casp_arena_dup_str(&csv->desired->arena, row.fields[i]);

			csv->failed = true;
			code = name ? refuse(csv, &row, name,
					     is_listed(csv, row.fields[i])
						     ? "the column is there twice"
						     : "there is no such column",
					     NULL, err)
				    : casp_error_nomem(err);
		}
		if (code) {
			return code;
		}
	}
	return 0;
}

/* ---- rows ---- */

/* false: out of memory. An empty field is none. */
static bool field(struct csv *csv, const struct row *row, size_t what, const char **ret)
{
	int column = csv->columns[what];
	struct casp_str text = {0};

	if (column >= 0 && (size_t)column < row->n) {
		text = row->fields[column];
	}
	if (!casp_str_trim(text).n) {
		text.n = 0;
	}
	*ret = text.n ? casp_arena_dup_str(&csv->desired->arena, text) : NULL;
	return *ret || !text.n;
}

static const char *fault_of(const struct csv *csv, const struct row *row)
{
	if (row->n < csv->n_columns) {
		return "it has fewer fields than the header";
	}
	for (size_t i = 0; i < row->n; i++) {
		if (i >= csv->n_columns && row->fields[i].n) {
			return "it has more fields than the header";
		}
		if (!casp_utf8_check(row->fields[i])) {
			return "it is not UTF-8";
		}
		if (row->fields[i].n &&
		    memchr(row->fields[i].p, '\0', row->fields[i].n)) {
			return "it holds a NUL character";
		}
	}
	return NULL;
}

static int add_array(struct csv *csv, const struct row *row, struct cas_error **err)
{
	struct casp_desired_array array = {
		.where = {csv->file, NULL, row->line, csv->desired->n_files}};

	if (!field(csv, row, 0, &array.name) || !field(csv, row, 1, &array.fqdn) ||
	    !field(csv, row, 2, &array.site)) {
		return casp_error_nomem(err);
	}
	if (!array.name && !array.fqdn) {
		return refuse(csv, row, NULL, "an array needs a name or an FQDN", NULL,
			      err);
	}
	return casp_vec_push(&csv->desired->arrays, array) ? 0 : casp_error_nomem(err);
}

static int add_database(struct csv *csv, const struct row *row, struct cas_error **err)
{
	struct casp_desired_database database = {
		.where = {csv->file, NULL, row->line, csv->desired->n_files}};

	if (!field(csv, row, 0, &database.name) ||
	    !field(csv, row, 1, &database.target)) {
		return casp_error_nomem(err);
	}
	if (!database.name || !database.target) {
		return refuse(csv, row, database.name,
			      database.name ? "the RpcClientAccessServer is empty"
					    : "the name of the database is empty",
			      NULL, err);
	}
	return casp_vec_push(&csv->desired->databases, database) ? 0
								 : casp_error_nomem(err);
}

static int read_row(struct csv *csv, const struct row *row, struct cas_error **err)
{
	const char *fault = row->fault ? row->fault : fault_of(csv, row);

	if (fault) {
		return refuse(csv, row, NULL, fault, NULL, err);
	}
	return csv->is_arrays ? add_array(csv, row, err) : add_database(csv, row, err);
}

int casp_desired_csv(struct cas_desired *desired, const char *file, char *text, size_t n,
		     struct cas_error **err)
{
	struct csv csv = {
		.desired = desired,
		.file = file,
		.at = text,
		.end = text + n,
		.line = 1,
	};
	struct row row;
	int code = read_header(&csv, err);

	if (code == 0 && !csv.failed) {
		desired->lists_arrays = desired->lists_arrays || csv.is_arrays;
		while (code == 0 && next_row(&csv, &row)) {
			code = read_row(&csv, &row, err);
		}
	}
	return code;
}
