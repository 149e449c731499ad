/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of a family: database availability groups across sites. */
#include "rule.h"

static const struct cas_rule rules[] = {
	{
		.id = "CAS160",
		.name = "dag-spans-sites-one-array",
		.family = "dag",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_DAG,
		.needs = CASP_NEED_LATER,
		.why = "The DAG has members in several sites, and one of these has no "
		       "array or no Client Access server: there is no endpoint to switch "
		       "over to.",
		.remedy = "Make an array in each of the sites.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS161",
		.name = "cross-site-flag-noeffect",
		.family = "dag",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_DAG,
		.needs = CASP_NEED_LATER,
		.why = "The DAG's setting for client access across sites has an effect "
		       "from 2010 SP2 update rollup 3 on, and a member is older.",
		.remedy = "Update the members.",
		.source = "field practice",
	},
	{
		.id = "CAS162",
		.name = "cross-site-allowed",
		.family = "dag",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_NONE,
		.kind = CAS_KIND_DAG,
		.needs = CASP_NEED_LATER,
		.why = "The DAG allows clients to stay on the array of the preferred "
		       "site after a database moved to another. That needs short "
		       "latency, or patience.",
		.remedy = "Nothing, if it is deliberate.",
		.source = "field practice",
	},
	{
		.id = "CAS163",
		.name = "cross-site-disallowed-no-target",
		.family = "dag",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_DAG,
		.needs = CASP_NEED_LATER,
		.why = "The DAG sends clients to the site where the database becomes "
		       "active, and such a site has neither array nor Client Access "
		       "server: they are sent nowhere.",
		.remedy = "Make an array there.",
		.source = "field practice",
	},
	{
		.id = "CAS164",
		.name = "rpc-value-vs-preference-1",
		.family = "dag",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DATABASES | CASP_NEED_LATER,
		.why = "The database names another array than that of the site of its "
		       "first preference, which Exchange takes when it derives the value "
		       "again.",
		.remedy = "Point the database at that array, or change the preferences.",
		.source = "field practice",
	},
	{
		.id = "CAS165",
		.name = "copy-in-site-without-cas",
		.family = "dag",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_COPY,
		.needs = CASP_NEED_DATABASES | CASP_NEED_LATER,
		.why = "A copy of a database is in a site without a Client Access "
		       "server: when it is activated, its users cannot connect.",
		.remedy = "Install the Client Access role there, or block the copy from "
			  "activation.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS166",
		.name = "switchover-drill",
		.family = "dag",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_NONE,
		.kind = CAS_KIND_SITE,
		.needs = CASP_NEED_DNS | CASP_NEED_LATER,
		.why = "What has to change when a site is lost: names, databases and DNS "
		       "records.",
		.remedy = "Keep the list at hand.",
		.source = "field practice",
	},
	{
		.id = "CAS167",
		.name = "pre-ru3-array-name-plan",
		.family = "dag",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_DAG,
		.needs = CASP_NEED_DNS | CASP_NEED_LATER,
		.why = "The builds are older than 2010 SP2 update rollup 3, where "
		       "clients keep the endpoint of the old site after a switchover, "
		       "and there is no plan to move its name in DNS.",
		.remedy = "Update, or prepare the switchover of the name.",
		.source = "field practice",
	},
};

CASP_FAMILY(dag, rules);
