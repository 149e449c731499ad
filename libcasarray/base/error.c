/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors as values: a code, one line of text, a hint. */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cas_error {
	enum cas_code code;
	char *message;
	char *hint;
	bool fixed; /* not allocated; a module has its own */
};

/* Handed out when even the error cannot be allocated; never freed. */
static struct cas_error no_memory = {
	.fixed = true,
	.code = CAS_E_NOMEM,
	.message = (char *)"out of memory",
};

/* The code of the last error that its caller did not ask for: hint and context follow an
 * error at once, and return its code. */
static _Thread_local int unasked;

static const struct {
	enum cas_code code;
	const char *name;
} names[] = {
	{CAS_OK, "CAS_OK"},
	{CAS_E_NOMEM, "CAS_E_NOMEM"},
	{CAS_E_USAGE, "CAS_E_USAGE"},
	{CAS_E_NOT_FOUND, "CAS_E_NOT_FOUND"},
	{CAS_E_AMBIGUOUS, "CAS_E_AMBIGUOUS"},
	{CAS_E_REFUSED, "CAS_E_REFUSED"},
	{CAS_E_RIGHTS, "CAS_E_RIGHTS"},
	{CAS_E_AUTH, "CAS_E_AUTH"},
	{CAS_E_CONFLICT, "CAS_E_CONFLICT"},
	{CAS_E_PARTIAL, "CAS_E_PARTIAL"},
	{CAS_E_IO, "CAS_E_IO"},
	{CAS_E_FORMAT, "CAS_E_FORMAT"},
	{CAS_E_NOT_EVALUATED, "CAS_E_NOT_EVALUATED"},
	{CAS_E_INTERRUPTED, "CAS_E_INTERRUPTED"},
};

const char *cas_code_name(enum cas_code code)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (names[i].code == code) {
			return names[i].name;
		}
	}
	return "CAS_E_UNKNOWN";
}

void casp_error_pass(struct cas_error **err, struct cas_error *error)
{
	if (err && !*err) {
		*err = error;
	} else {
		cas_error_free(error);
	}
}

int casp_error_nomem(struct cas_error **err)
{
	if (!err) {
		unasked = CAS_E_NOMEM;
	} else if (!*err) {
		*err = &no_memory;
	}
	return CAS_E_NOMEM;
}

int casp_error(struct cas_error **err, enum cas_code code, const char *format, ...)
{
	struct cas_error *error;
	va_list ap;

	if (!err) {
		unasked = code;
		return code;
	}
	if (*err) {
		return code;
	}
	error = calloc(1, sizeof(*error));
	if (!error) {
		return casp_error_nomem(err);
	}
	error->code = code;
	va_start(ap, format);
	if (vasprintf(&error->message, format, ap) < 0) {
		error->message = NULL;
	}
	va_end(ap);
	if (!error->message) {
		free(error);
		return casp_error_nomem(err);
	}
	*err = error;
	return code;
}

/* Of the error, or of the last one that nobody asked for. */
static int code_of(struct cas_error **err)
{
	return err ? (int)cas_error_code(*err) : unasked;
}

int casp_error_hint(struct cas_error **err, const char *format, ...)
{
	va_list ap;
	char *hint;

	if (!err || !*err || (*err)->fixed) {
		return code_of(err);
	}
	va_start(ap, format);
	if (vasprintf(&hint, format, ap) < 0) {
		hint = NULL;
	}
	va_end(ap);
	if (hint) {
		free((*err)->hint);
		(*err)->hint = hint;
	}
	return code_of(err);
}

int casp_error_context(struct cas_error **err, const char *format, ...)
{
	va_list ap;
	char *prefix, *message;

	if (!err || !*err || (*err)->fixed) {
		return code_of(err);
	}
	va_start(ap, format);
	if (vasprintf(&prefix, format, ap) < 0) {
		prefix = NULL;
	}
	va_end(ap);
	if (prefix && asprintf(&message, "%s: %s", prefix, (*err)->message) >= 0) {
		free((*err)->message);
		(*err)->message = message;
	}
	free(prefix);
	return code_of(err);
}

enum cas_code cas_error_code(const struct cas_error *error)
{
	return error ? error->code : CAS_OK;
}

const char *cas_error_message(const struct cas_error *error)
{
	return error ? error->message : "";
}

const char *cas_error_hint(const struct cas_error *error)
{
	return error ? error->hint : NULL;
}

void cas_error_free(struct cas_error *error)
{
	if (!error || error->fixed) {
		return;
	}
	free(error->message);
	free(error->hint);
	free(error);
}
