/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The document that is a baseline, and the report that can be one. */
#ifndef CASP_JSON_BASELINE_H
#define CASP_JSON_BASELINE_H

#define CASP_BASELINE_SCHEMA "casarray.baseline"
#define CASP_REPORT_SCHEMA "casarray.audit"
/* of both */
#define CASP_BASELINE_VERSION 1

#endif
