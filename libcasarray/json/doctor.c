/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The examination of a directory as JSON. */
#include "../plan/doctor.h"
#include "json.h"

json_t *cas_json_doctor(const struct cas_doctor *doctor)
{
	struct casp_json json, counts;

	casp_json_start(&json);
	casp_json_text(&json, "organization",
		       doctor->org ? cas_organization_name(doctor->org) : NULL);
	casp_json_text(&json, "directory", cas_directory_address(doctor->directory));
	casp_json_start(&counts);
	casp_json_count(&counts, "ok", (int64_t)doctor->counts[CAS_CHECK_OK]);
	casp_json_count(&counts, "warning", (int64_t)doctor->counts[CAS_CHECK_WARNING]);
	casp_json_count(&counts, "failed", (int64_t)doctor->counts[CAS_CHECK_FAILED]);
	casp_json_count(&counts, "not_evaluated",
			(int64_t)doctor->counts[CAS_CHECK_NOT_EVALUATED]);
	casp_json_add(&json, "checks", casp_json_finish(&counts));
	return casp_json_finish(&json);
}

json_t *cas_json_check(const struct cas_check *check)
{
	struct casp_json json;

	casp_json_start(&json);
	casp_json_plain(&json, "check", check->name);
	casp_json_plain(&json, "result", cas_check_result_name(check->result));
	casp_json_text(&json, "value", check->value);
	casp_json_text(&json, "message", check->message);
	casp_json_text(&json, "hint", check->hint);
	return casp_json_finish(&json);
}
