/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of a family: capacity. */
#include "checks.h"

static const struct cas_rule rules[] = {
	{
		.id = "CAS200",
		.name = "mbx-cas-ratio",
		.family = "capacity",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SITE,
		.check = casp_check_mailbox_cas_ratio,
		.threshold = 3,
		.threshold_unit = "mailbox servers for each Client Access server",
		.why = "The site has more mailbox servers for each Client Access server "
		       "than the three that were recommended for one mix of protocols in "
		       "the days of Exchange 2007. With Exchange 2010 the Client Access "
		       "servers carry the connections of Outlook, too, and should rather "
		       "be more.",
		.remedy = "Measure, and add Client Access servers; or set the threshold "
			  "that suits the load.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS201",
		.name = "core-ratio-2010",
		.family = "capacity",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SITE,
		.needs = CASP_NEED_CONFIG | CASP_NEED_LATER,
		.why = "The Client Access servers have fewer than three processor cores "
		       "for each four of the mailbox servers.",
		.remedy = "Add cores or servers.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS202",
		.name = "outlook-anywhere-connections",
		.family = "capacity",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_CONFIG | CASP_NEED_LATER,
		.why = "More users are expected at once than a Client Access server "
		       "carries with Outlook Anywhere, some 5000 to 6000.",
		.remedy = "Add members.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS203",
		.name = "array-n-minus-1",
		.family = "capacity",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_CONFIG | CASP_NEED_LATER,
		.why = "With one member down, the others cannot carry the expected load.",
		.remedy = "Add members.",
		.source = "field practice",
	},
	{
		.id = "CAS204",
		.name = "site-mailboxes-per-cas",
		.family = "capacity",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SITE,
		.needs = CASP_NEED_DATABASES | CASP_NEED_MAILBOXES,
		.check = casp_check_mailboxes_per_cas,
		.threshold_unit = "mailboxes for each Client Access server",
		.why = "The mailboxes at home in the site exceed the configured number "
		       "for each member of its array, without an array for each Client "
		       "Access server. What a server carries depends on its hardware and "
		       "on the clients, so there is no number that fits everybody.",
		.remedy = "Add members, or move mailboxes.",
		.source = "field practice",
	},
	{
		.id = "CAS205",
		.name = "dynamic-range-pressure",
		.family = "capacity",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_CONFIG | CASP_NEED_LATER,
		.why = "More connections are expected than the dynamic range of ports "
		       "(6005 to 59530) has room for behind the balancer.",
		.remedy = "Fix the ports, or balance with several addresses.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS206",
		.name = "database-concentration",
		.family = "capacity",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SITE,
		.needs = CASP_NEED_DATABASES,
		.check = casp_check_database_concentration,
		.threshold_unit = "percent of the databases of a site",
		.why = "More of the site's databases than configured depend on one name "
		       "that is no array. When that server is down their users cannot "
		       "work, and nobody can move the name.",
		.remedy = "Point them at the array.",
		.source = "field practice",
	},
};

CASP_FAMILY(capacity, rules);
