/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The checks that the tables of the families name. */
#ifndef CASP_CHECKS_H
#define CASP_CHECKS_H

#include "facts.h"

#define CASP_CHECK(name)                                                                 \
	enum casp_verdict casp_check_##name(struct casp_subject *subject,                \
					    struct casp_details *details)

/* site_checks.c: asked of sites */
CASP_CHECK(site_without_array);
CASP_CHECK(several_arrays);
CASP_CHECK(site_without_cas);
CASP_CHECK(mailbox_before_cas);
CASP_CHECK(mixed_values);
/* How all databases of a site get the same value. NULL: out of memory. */
const char *casp_fix_converge(struct casp_subject *subject, struct casp_arena *arena);

/* capacity_checks.c: asked of sites */
CASP_CHECK(mailbox_cas_ratio);
CASP_CHECK(mailboxes_per_cas);
CASP_CHECK(database_concentration);

/* The array, unless it is one of Exchange 2013 or lies in the lost and found container.
 */
static inline const struct cas_array *
casp_subject_array(const struct casp_subject *subject)
{
	const struct cas_array *array = (const struct cas_array *)subject->object;

	return array->is_2013 || array->object.defects & CASP_OBJECT_LOST ? NULL : array;
}

/* array_checks.c: asked of arrays */
CASP_CHECK(array_without_site);
CASP_CHECK(array_in_site_without_cas);
CASP_CHECK(array_unused);
CASP_CHECK(array_left);
CASP_CHECK(array_no_address);
CASP_CHECK(array_extra_address);
CASP_CHECK(array_legacy_dn);
CASP_CHECK(duplicate_legacy_dn);
CASP_CHECK(array_created_late);

/* array_name_checks.c: asked of arrays about their names */
CASP_CHECK(duplicate_fqdn);
CASP_CHECK(duplicate_name);
CASP_CHECK(name_has_space);
CASP_CHECK(name_too_long);
CASP_CHECK(fqdn_malformed);
CASP_CHECK(fqdn_single_label);
CASP_CHECK(name_not_host);
CASP_CHECK(array_conflict);

/* server_checks.c: asked of servers, and of arrays about their members */
CASP_CHECK(cas_without_rpc);
CASP_CHECK(server_without_site);
CASP_CHECK(single_member);
CASP_CHECK(version_skew);
CASP_CHECK(update_order);

/* database_checks.c: asked of databases */
CASP_CHECK(points_at_server);
CASP_CHECK(points_at_server_no_array);
CASP_CHECK(points_nowhere);
CASP_CHECK(points_at_mailbox_only);
CASP_CHECK(other_site_array);
CASP_CHECK(cas_other_site);
CASP_CHECK(owner_vs_preference);
CASP_CHECK(legacy_dn_malformed);
CASP_CHECK(short_name);
CASP_CHECK(case_differs);
CASP_CHECK(has_junk);
CASP_CHECK(public_database_remote);
CASP_CHECK(override_left);
CASP_CHECK(public_folder_proxy);

/* quality_checks.c: asked of the organization, and of entries and objects in doubt */
CASP_CHECK(insufficient_read);
CASP_CHECK(conflict_or_lost);
CASP_CHECK(several_groups);
CASP_CHECK(several_organizations);
CASP_CHECK(partial_result);
CASP_CHECK(old_snapshot);

/* exemption_checks.c: asked of the policy's exemptions */
CASP_CHECK(suppression_expired);
CASP_CHECK(suppression_unused);

#endif
