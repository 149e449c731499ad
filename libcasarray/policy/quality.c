/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of a family: the directory and the audit themselves. */
#include "checks.h"

static const struct cas_rule rules[] = {
	{
		.id = "CAS210",
		.name = "insufficient-read",
		.family = "quality",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_OTHER,
		.check = casp_check_insufficient_read,
		.why = "An entry or an attribute that rules need could not be read: a "
		       "right was missing, the export left it out, or the entry is "
		       "broken. What rests on it is not judged, and never counts as "
		       "passed.",
		.remedy = "Export with sufficient rights, or repair the entry.",
		.source = "derived",
	},
	{
		.id = "CAS211",
		.name = "partial-result",
		.family = "quality",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ORGANIZATION,
		.check = casp_check_partial_result,
		.why = "The directory was cut off by a size or time limit, a referral or "
		       "a failed page, or gave only part of the values of an attribute. "
		       "Objects may be missing from the audit.",
		.remedy = "Export again with paging and without limits.",
		.source = "derived",
	},
	{
		.id = "CAS212",
		.name = "replication-lag",
		.family = "quality",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ORGANIZATION,
		.needs = CASP_NEED_SEVERAL_DCS,
		.why = "The same object differs between domain controllers for longer "
		       "than replication takes, so that what clients are told depends on "
		       "the domain controller.",
		.remedy = "Repair replication.",
		.source = "derived",
	},
	{
		.id = "CAS213",
		.name = "conflict-or-lost-objects",
		.family = "quality",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_OTHER,
		.check = casp_check_conflict_or_lost,
		.why = "Replication conflicts and deleted parents leave objects behind "
		       "that nobody made on purpose, and two entries of one name cannot "
		       "both be right. They may still be found by Exchange.",
		.remedy = "Compare them with the objects in use, then delete them.",
		.source = "Active Directory practice",
	},
	{
		.id = "CAS214",
		.name = "several-admin-groups",
		.family = "quality",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_NONE,
		.kind = CAS_KIND_ORGANIZATION,
		.needs = CASP_NEED_DATABASES,
		.check = casp_check_several_groups,
		.why = "Exchange 2007 and later keep all their servers, arrays and "
		       "databases in one administrative group. Others are left from "
		       "Exchange 2003 or misplaced, and Exchange looks for arrays in the "
		       "one group only.",
		.remedy = "Nothing, while Exchange 2003 is still there.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS215",
		.name = "several-organisations",
		.family = "quality",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ORGANIZATION,
		.check = casp_check_several_organizations,
		.why = "A forest can have one Exchange organization. Several in one "
		       "directory mean that exports of different forests were mixed, and "
		       "names of one are judged against the other.",
		.remedy = "Audit each forest by itself.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS216",
		.name = "schema-without-array-class",
		.family = "quality",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ORGANIZATION,
		.needs = CASP_NEED_SCHEMA,
		.why = "The forest was never prepared for Exchange 2010, so that no "
		       "array can be made in it.",
		.remedy = "Prepare the schema with Exchange 2010 setup.",
		.source = "derived",
	},
	{
		.id = "CAS217",
		.name = "old-snapshot",
		.family = "quality",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ORGANIZATION,
		.needs = CASP_NEED_AGE,
		.check = casp_check_old_snapshot,
		.threshold = 30,
		.threshold_unit = "days",
		.why = "The directory was exported so long ago that its findings may not "
		       "hold any more.",
		.remedy = "Export the directory again.",
		.source = "derived",
	},
	{
		.id = "CAS218",
		.name = "suppression-expired",
		.family = "quality",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_OTHER,
		.check = casp_check_suppression_expired,
		.why = "An exemption of the policy is past its date, so that what it "
		       "covered is judged again. Of a temporary override that a database "
		       "still follows, temporary-override-left says so.",
		.remedy = "Remove it, or renew it when its reason still holds.",
		.source = "derived",
	},
	{
		.id = "CAS219",
		.name = "suppression-unused",
		.family = "quality",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_OTHER,
		.check = casp_check_suppression_unused,
		.why = "An exemption of the policy covers nothing: its object is not "
		       "there, or the rules that it concerns find nothing on it. It "
		       "would hide what goes wrong there later.",
		.remedy = "Remove it, or correct its object.",
		.source = "derived",
	},
};

CASP_FAMILY(quality, rules);
