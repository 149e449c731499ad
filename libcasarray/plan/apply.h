/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of cas_plan_apply(). */
#ifndef CASP_APPLY_H
#define CASP_APPLY_H

#include "plan.h"

/*
 * apply_skip.c: some steps failed; of those that were not tried (retry, by step) the ones
 * that do not need what failed are planned again: *n of them.
 */
int casp_plan_go_on(struct cas_plan *plan, const bool *retry, size_t *n,
		    struct cas_error **err);

#endif
