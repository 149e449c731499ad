/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor: examines the directory and the way to it before anything is changed. */
#include <stdlib.h>

#include "cli/objects.h"
#include "commands.h"

static const struct out_column columns[] = {
	{.field = "check", .title = "CHECK"}, {.field = "result", .title = "RESULT"},
	{.field = "value", .title = "VALUE"}, {.field = "message", .title = "MESSAGE"},
	{.field = "hint", .title = "HINT"},
};

static const struct out_view view = {
	.schema = "casarray.doctor",
	.kind = OUT_CHECKS,
	.columns = columns,
	.n_columns = sizeof(columns) / sizeof(*columns),
};

static json_t *make_tail(const json_t *head)
{
	const json_t *checks = json_object_get(head, "checks");
	json_int_t ok = json_integer_value(json_object_get(checks, "ok"));
	json_int_t warning = json_integer_value(json_object_get(checks, "warning"));
	json_int_t failed = json_integer_value(json_object_get(checks, "failed"));
	json_int_t unknown = json_integer_value(json_object_get(checks, "not_evaluated"));

	return json_pack("{s:o}", "summary",
			 json_sprintf("%" JSON_INTEGER_FORMAT
				      " check%s: %" JSON_INTEGER_FORMAT
				      " ok, %" JSON_INTEGER_FORMAT
				      " warning%s, %" JSON_INTEGER_FORMAT
				      " failed, %" JSON_INTEGER_FORMAT " not evaluated",
				      ok + warning + failed + unknown,
				      ok + warning + failed + unknown == 1 ? "" : "s", ok,
				      warning, warning == 1 ? "" : "s", failed, unknown));
}

/* Hands out a row; a command in its hint names the directory, too. */
static int print_row(struct cli_session *session, json_t *row)
{
	const char *hint = json_string_value(json_object_get(row, "hint"));
	char *located = hint ? cli_located(session, hint) : NULL;

	if (located) {
		json_object_set_new(row, "hint", json_string(located));
		free(located);
	}
	return out_row(session->out, row);
}

static int print(struct cli_session *session, const struct cas_doctor *doctor)
{
	json_t *head = cas_json_doctor(doctor);
	json_t *tail = head ? make_tail(head) : NULL;
	const struct cas_check *check;
	int failed;

	if (!tail) {
		json_decref(head);
		return cli_no_memory(session);
	}
	failed = out_begin(session->out, &view, head);
	for (size_t i = 0; !failed && (check = cas_doctor_check(doctor, i)); i++) {
		json_t *row = cas_json_check(check);

		if (!row) {
			json_decref(tail);
			return cli_no_memory(session);
		}
		failed = print_row(session, row);
	}
	if (failed) {
		json_decref(tail);
		return cli_output_failed(session);
	}
	return out_end(session->out, tail) < 0 ? cli_output_failed(session) : EXIT_DONE;
}

/* ---- no connection ---- */

/* The directory that was asked for, as far as it was named. */
static json_t *named_directory(const struct cli_session *session)
{
	const struct opt_list *list = &session->global.directory;

	json_t *named = list->n ? json_string(list->v[0]) : NULL;

	/* a path that is not UTF-8 cannot be in JSON */
	return named ? named : json_null();
}

/* Errors of the command line, and Ctrl-C, are no findings. */
static bool is_finding(const struct cas_error *error)
{
	enum cas_code code = cas_error_code(error);

	return code != CAS_OK && code != CAS_E_USAGE && code != CAS_E_NOMEM &&
	       code != CAS_E_INTERRUPTED;
}

/*
 * A directory that cannot be opened is the one check that was made; the status is the one
 * that every other command would end with.
 */
static int print_unreachable(struct cli_session *session, struct cas_error *error)
{
	int status = cli_exit_status(cas_error_code(error));
	json_t *of_error = cas_json_error(error);
	json_t *head, *row;

	cas_error_free(error);
	head = json_pack("{s:n, s:o, s:{s:i, s:i, s:i, s:i}}", "organization",
			 "directory", named_directory(session), "checks", "ok", 0,
			 "warning", 0, "failed", 1, "not_evaluated", 0);
	row = json_pack("{s:s, s:s, s:n, s:O, s:O}", "check", "connection", "result",
			"failed", "value", "message",
			json_object_get(of_error, "message"), "hint",
			json_object_get(of_error, "hint"));
	json_decref(of_error);
	if (!head || !row) {
		json_decref(head);
		json_decref(row);
		return cli_no_memory(session);
	}
	if (out_begin(session->out, &view, json_incref(head)) < 0) {
		json_decref(row);
	} else if (print_row(session, row) == 0) {
		out_end(session->out, make_tail(head));
	}
	json_decref(head);
	return cli_output_failed(session) ? cli_output_failed(session) : status;
}

static int run(struct cli_session *session, const void *values)
{
	struct cas_directory *directory;
	struct cas_doctor *doctor = NULL;
	struct cas_error *error = NULL;
	int status;

	if (cli_directory(session, &directory, &error)) {
		return is_finding(error) ? print_unreachable(session, error)
					 : cli_fail(session, error);
	}
	if (cas_doctor_new(directory, &doctor, &error)) {
		return cli_fail(session, error);
	}
	status = print(session, doctor);
	if (!status && cas_doctor_count(doctor, CAS_CHECK_FAILED)) {
		status = EXIT_FINDINGS;
	}
	cas_doctor_free(doctor);
	return status;
}

static const char *const examples[] = {
	"doctor",
	"doctor --format csv",
	"doctor --format json --fields check,result,value",
	NULL,
};

const struct cmd cmd_doctor = {
	.name = "doctor",
	.group = "Judging",
	.summary = "examine the directory, the way to it, and what you may do there",
	.description =
		"Checks what changes need before any is made: the connection and what "
		"protects it, who you are to the server, its clock, site and level, the "
		"Exchange organization, and the rights to make and change arrays and to "
		"re-point databases. Writes nothing.\n"
		"What a kind of directory does not have, such as rights in a file, is "
		"not "
		"evaluated, which is said and never taken for a pass.\n"
		"The exit status is 1 when a check failed; when the directory cannot be "
		"reached it is 4 or 7, as of every command.",
	.examples = examples,
	.run = run,
};
