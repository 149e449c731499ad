/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CASP_ERROR_H
#define CASP_ERROR_H

#include "../casarray.h"

/*
 * Sets *err (when err is not NULL and nothing is set yet) and returns code, so that a
 * caller can `return casp_error(err, CAS_E_IO, "cannot open '%s': %s", path,
 * strerror(errno));`. When memory runs out *err becomes a static error of code
 * CAS_E_NOMEM.
 */
int casp_error(struct cas_error **err, enum cas_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* What to do about it; replaces an earlier hint. Returns the code of the error, or 0
 * without one; with err NULL that of the thread's last error without an err. */
int casp_error_hint(struct cas_error **err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Puts "text: " before the message of an error that is set. Returns its code. */
int casp_error_context(struct cas_error **err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int casp_error_nomem(struct cas_error **err);
/* Hands an error over to a caller, who may not want it or have one already: then it is
 * freed. */
void casp_error_pass(struct cas_error **err, struct cas_error *error);

#endif
