/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The checks of an examination: adding them, and what is asked of them. */
#include "doctor.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- adding ---- */

static const char *print(struct cas_doctor *doctor, const char *format, va_list ap)
{
	const char *copy = NULL;
	char *text;
	int n = vasprintf(&text, format, ap);

	if (n >= 0) {
		copy = casp_arena_dup(&doctor->arena, text, (size_t)n);
		free(text);
	}
	doctor->failed |= !copy;
	return copy;
}

void casp_check(struct cas_doctor *doctor, const char *name, enum cas_check_result result,
		const char *format, ...)
{
	struct cas_check check = {.name = name, .result = result, .value = ""};
	va_list ap;

	va_start(ap, format);
	check.message = print(doctor, format, ap);
	va_end(ap);
	if (!casp_vec_push(&doctor->checks, check)) {
		doctor->failed = true;
		return;
	}
	doctor->counts[result]++;
}

void casp_check_value(struct cas_doctor *doctor, const char *format, ...)
{
	va_list ap;
	const char *value;

	va_start(ap, format);
	value = print(doctor, format, ap);
	va_end(ap);
	if (!doctor->failed) {
		doctor->checks.v[doctor->checks.n - 1].value = value;
	}
}

void casp_check_hint(struct cas_doctor *doctor, const char *hint)
{
	const char *copy = casp_arena_dup(&doctor->arena, hint, strlen(hint));

	doctor->failed |= !copy;
	if (!doctor->failed) {
		doctor->checks.v[doctor->checks.n - 1].hint = copy;
	}
}

int casp_check_error(struct cas_doctor *doctor, const char *name, struct cas_error *error,
		     struct cas_error **err)
{
	enum cas_code code = cas_error_code(error);
	const char *hint = cas_error_hint(error);

	if (code == CAS_E_NOMEM || code == CAS_E_INTERRUPTED) {
		casp_error_pass(err, error);
		return code;
	}
	casp_check(doctor, name, CAS_CHECK_FAILED, "%s", cas_error_message(error));
	if (hint) {
		casp_check_hint(doctor, hint);
	}
	cas_error_free(error);
	return 0;
}

/* ---- asking ---- */

const char *cas_check_result_name(enum cas_check_result result)
{
	static const char *const names[] = {
		[CAS_CHECK_OK] = "ok",
		[CAS_CHECK_WARNING] = "warning",
		[CAS_CHECK_FAILED] = "failed",
		[CAS_CHECK_NOT_EVALUATED] = "not-evaluated",
	};

	return (size_t)result < sizeof(names) / sizeof(*names) ? names[result]
							       : "unknown";
}

const char *cas_check_name(const struct cas_check *check)
{
	return check->name;
}

enum cas_check_result cas_check_result(const struct cas_check *check)
{
	return check->result;
}

const char *cas_check_value(const struct cas_check *check)
{
	return check->value;
}

const char *cas_check_message(const struct cas_check *check)
{
	return check->message;
}

const char *cas_check_hint(const struct cas_check *check)
{
	return check->hint ? check->hint : "";
}
