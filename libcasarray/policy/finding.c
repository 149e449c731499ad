/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is asked of a finding. */
#include "audit.h"
#include "select.h"

const struct cas_rule *cas_finding_rule(const struct cas_finding *finding)
{
	return finding->rule;
}

enum cas_result cas_finding_result(const struct cas_finding *finding)
{
	return finding->result;
}

bool cas_finding_evaluated(const struct cas_finding *finding)
{
	return finding->result != CAS_RESULT_NOT_EVALUATED;
}

const char *cas_result_name(enum cas_result result)
{
	static const char *const names[] = {
		[CAS_RESULT_FINDING] = "finding",
		[CAS_RESULT_PASSED] = "passed",
		[CAS_RESULT_NOT_EVALUATED] = "not-evaluated",
	};

	return (unsigned)result <= CAS_RESULT_NOT_EVALUATED ? names[result] : "unknown";
}

enum cas_severity cas_finding_severity(const struct cas_finding *finding)
{
	return finding->severity;
}

enum cas_fix cas_finding_fix_class(const struct cas_finding *finding)
{
	return finding->fix;
}

const struct cas_object *cas_finding_object(const struct cas_finding *finding)
{
	return finding->object;
}

const struct cas_site *cas_finding_site(const struct cas_finding *finding)
{
	return finding->object ? casp_object_site(finding->object) : NULL;
}

const char *cas_finding_observed(const struct cas_finding *finding)
{
	return finding->details.observed;
}

const char *cas_finding_expected(const struct cas_finding *finding)
{
	return finding->details.expected;
}

const char *cas_finding_message(const struct cas_finding *finding)
{
	return finding->details.message;
}

const char *cas_finding_fix(const struct cas_finding *finding)
{
	return finding->details.fix;
}

bool cas_finding_location(const struct cas_finding *finding, const char **ret_file,
			  size_t *ret_line)
{
	const struct cas_exemption *declared = finding->declared;

	if (declared) {
		if (!declared->file || !declared->line) {
			return false;
		}
		*ret_file = declared->file;
		*ret_line = declared->line;
		return true;
	}
	return finding->object &&
	       casp_organization_place(finding->org, finding->object->origin, ret_file,
				       ret_line);
}

const char *cas_finding_key(const struct cas_finding *finding)
{
	return finding->key;
}

enum cas_suppression cas_finding_suppression(const struct cas_finding *finding)
{
	return finding->suppression;
}

const struct cas_exemption *cas_finding_exemption(const struct cas_finding *finding)
{
	return finding->exemption;
}

const char *cas_suppression_name(enum cas_suppression suppression)
{
	static const char *const names[] = {
		[CAS_SUPPRESSION_NONE] = "none",
		[CAS_SUPPRESSION_EXEMPTION] = "exemption",
		[CAS_SUPPRESSION_BASELINE] = "baseline",
	};

	return (unsigned)suppression < CAS_N_SUPPRESSIONS ? names[suppression]
							  : "unknown";
}
