/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An organization in a few numbers, as JSON. */
#include "json.h"

json_t *cas_json_organization(const struct cas_organization *org)
{
	struct casp_json json, counts;

	casp_json_start(&json);
	casp_json_plain(&json, "organization", cas_organization_name(org));
	casp_json_plain(&json, "directory", cas_directory_address(org->directory));
	casp_json_start(&counts);
	casp_json_count(&counts, "sites", (int64_t)CASP_COUNT(org, CAS_KIND_SITE));
	casp_json_count(&counts, "servers", (int64_t)CASP_COUNT(org, CAS_KIND_SERVER));
	casp_json_count(&counts, "arrays", (int64_t)CASP_COUNT(org, CAS_KIND_ARRAY));
	casp_json_count(&counts, "databases",
			casp_json_has_databases(org)
				? (int64_t)CASP_COUNT(org, CAS_KIND_DATABASE)
				: -1);
	casp_json_add(&json, "counts", casp_json_finish(&counts));
	return casp_json_finish(&json);
}
