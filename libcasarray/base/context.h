/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CASP_CONTEXT_H
#define CASP_CONTEXT_H

#include "../casarray.h"

/* Says nothing when the level is not wanted; errno survives. */
void casp_log(struct cas_context *context, enum cas_log_level level, const char *format,
	      ...) __attribute__((format(printf, 3, 4)));
/* Was the user's wish to stop noted? */
bool casp_interrupted(const struct cas_context *context);
/* Costs nothing worth mentioning when nobody listens. */
void casp_progress(const struct cas_context *context, const char *what, size_t done,
		   size_t total);
/* What was set; or NULL. */
const struct cas_policy *casp_context_policy(const struct cas_context *context);

#endif
