/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of a family: kerberos and service principal names. */
#include "rule.h"

static const struct cas_rule rules[] = {
	{
		.id = "CAS140",
		.name = "no-array-spn",
		.family = "kerberos",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_GC | CASP_NEED_LATER,
		.why = "No account holds the service principal names of the array, so "
		       "that Outlook uses NTLM, which loads domain controllers more.",
		.remedy = "Make an alternate service account, and register the names on "
			  "it.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS141",
		.name = "spn-set-incomplete",
		.family = "kerberos",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_GC | CASP_NEED_LATER,
		.why = "Only some of the names exchangeMDB, exchangeRFR and exchangeAB "
		       "of the array are registered: one service uses Kerberos and "
		       "another does not.",
		.remedy = "Register the rest on the same account.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS142",
		.name = "spn-duplicate",
		.family = "kerberos",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_GC | CASP_NEED_LATER,
		.why = "Two accounts hold the same service principal name, so that no "
		       "ticket for it can be issued.",
		.remedy = "Remove it from the wrong account.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS143",
		.name = "spn-on-cas-computer",
		.family = "kerberos",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_GC | CASP_NEED_LATER,
		.why = "The names of the array are registered on the account of one "
		       "member. The other members cannot decrypt the tickets.",
		.remedy = "Move them to an alternate service account that all members "
			  "share.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS144",
		.name = "asa-account-bad",
		.family = "kerberos",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_GC | CASP_NEED_LATER,
		.why = "The account that holds the names of the array is disabled, "
		       "expired or locked.",
		.remedy = "Enable the account.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS145",
		.name = "asa-password-old",
		.family = "kerberos",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_GC | CASP_NEED_LATER,
		.why = "The password of the alternate service account is older than the "
		       "policy allows.",
		.remedy = "Roll it with the script that Exchange ships.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS146",
		.name = "spn-for-removed-array",
		.family = "kerberos",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ORGANIZATION,
		.needs = CASP_NEED_GC | CASP_NEED_LATER,
		.why = "A service principal name is left of an array or server that is "
		       "gone; it collides when the name is used again.",
		.remedy = "Remove it after a period of grace.",
		.source = "derived",
	},
	{
		.id = "CAS147",
		.name = "spn-short-name-missing",
		.family = "kerberos",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_GC | CASP_NEED_LATER,
		.off = true,
		.why = "The short forms of the names are not registered although the "
		       "policy wants them.",
		.remedy = "Register them on the same account.",
		.source = "field practice",
	},
	{
		.id = "CAS148",
		.name = "http-spn-on-array",
		.family = "kerberos",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_GC | CASP_NEED_LATER,
		.why = "The array's name is registered for HTTP, which makes sense only "
		       "where it is shared with web services, and it should not be.",
		.remedy = "Remove it once the name is not shared any more.",
		.source = "derived",
	},
	{
		.id = "CAS149",
		.name = "pre-sp1-members",
		.family = "kerberos",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_GC | CASP_NEED_LATER,
		.why = "The names of the array are registered while a member runs the "
		       "first release, which cannot use a shared account.",
		.remedy = "Update the member to SP1 or later.",
		.source = "Exchange documentation",
	},
};

CASP_FAMILY(kerberos, rules);
