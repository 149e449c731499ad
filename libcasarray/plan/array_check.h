/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an array's name, FQDN and site must be, whether it is made or changed. */
#ifndef CASP_ARRAY_CHECK_H
#define CASP_ARRAY_CHECK_H

#include "plan.h"

/* `self` is left out of each comparison: the array that is changed, or NULL. */

/* 1..64 characters, none of them a control, no blank at either end. */
int casp_array_check_name(const char *name, struct cas_error **err);
/* A legal host name; *ret is without the trailing dot. */
int casp_array_check_fqdn(const char *fqdn, struct casp_str *ret, struct cas_error **err);
/* CAS_E_REFUSED: another array or server has the text as its name or FQDN. `what`:
 * "name", "FQDN". */
int casp_array_check_free(const struct cas_organization *org,
			  const struct cas_array *self, const char *what,
			  struct casp_str text, struct cas_error **err);
/* CAS_E_REFUSED: the site has an array. */
int casp_array_check_site(const struct cas_site *site, const struct cas_array *self,
			  struct cas_error **err);
/* Warnings on a new FQDN. */
int casp_array_warn_fqdn(struct cas_plan *plan, const char *fqdn, struct cas_error **err);
/* The notice with the DNS record that it needs. */
int casp_array_note_dns(struct cas_plan *plan, const char *fqdn,
			const struct cas_site *site, struct cas_error **err);
/* An array of this organization that casarray may change. */
int casp_array_find(const struct cas_organization *org, const char *identity,
		    const struct cas_array **ret, struct cas_error **err);
/* The objects' names, quoted and joined, at most ten; "and N more" for the rest. */
void casp_name_add(struct casp_buf *out, size_t *n, const char *name);
void casp_names_end(struct casp_buf *out, size_t n);

#endif
