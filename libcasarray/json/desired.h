/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The documents that 'export' and '--out' write and 'apply' reads. */
#ifndef CASP_JSON_DESIRED_H
#define CASP_JSON_DESIRED_H

#include "../plan/desired.h"
#include "json.h"

#define CASP_STATE_SCHEMA "casarray.state"
#define CASP_STATE_VERSION 1
#define CASP_PLAN_SCHEMA "casarray.savedplan"
#define CASP_PLAN_VERSION 1

/* plan_read.c: the plan of a document, its identity and address. */
int casp_plan_read(struct cas_desired *desired, const char *file, const json_t *root,
		   struct cas_error **err);

#endif
