/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of a family: names of arrays among other names. */
#include "rule.h"

static const struct cas_rule rules[] = {
	{
		.id = "CAS070",
		.name = "ambiguous-url-outlook-anywhere",
		.family = "names",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_SERVICES | CASP_NEED_LATER,
		.why = "The array's FQDN is a host name of Outlook Anywhere, too. The "
		       "name then stands for RPC over TCP and for HTTPS at once: it "
		       "cannot move to Exchange 2013 without cutting off the users of "
		       "Exchange 2010, and clients outside try RPC first and wait.",
		.remedy =
			"Give the array a name that is used for nothing else, in stages.",
		.source = "field practice",
	},
	{
		.id = "CAS071",
		.name = "ambiguous-url-https",
		.family = "names",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_SERVICES | CASP_NEED_LATER,
		.why = "The array's FQDN is the host of a web service's URL, too. The "
		       "name cannot be moved for one purpose without the other.",
		.remedy =
			"Give the array a name that is used for nothing else, in stages.",
		.source = "field practice",
	},
	{
		.id = "CAS072",
		.name = "ambiguous-url-autodiscover",
		.family = "names",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_SERVICES | CASP_NEED_LATER,
		.why = "The array's FQDN is the host of an Autodiscover service "
		       "connection point, too.",
		.remedy = "Give the array a name that is used for nothing else.",
		.source = "field practice",
	},
	{
		.id = "CAS073",
		.name = "ambiguous-url-pop-imap-smtp",
		.family = "names",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_SERVICES | CASP_NEED_LATER,
		.why = "The array's FQDN is announced for POP, IMAP or SMTP, too, which "
		       "ties the move of mail clients to that of Outlook.",
		.remedy = "Give the array a name that is used for nothing else.",
		.source = "field practice",
	},
	{
		.id = "CAS074",
		.name = "array-fqdn-is-server",
		.family = "names",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_GC | CASP_NEED_LATER,
		.why = "The array bears the name of a server or of another computer. The "
		       "benefit of an array is a name that outlives servers; besides, "
		       "Kerberos tickets for it go to that computer.",
		.remedy = "Choose a fresh name for the array.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS075",
		.name = "array-fqdn-is-dag",
		.family = "names",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_LATER,
		.why = "The array bears the name of a DAG. The cluster registers that "
		       "name in DNS for itself, and so takes the array's address away.",
		.remedy = "Choose a fresh name for the array.",
		.source = "field practice",
	},
	{
		.id = "CAS076",
		.name = "array-fqdn-is-legacy-namespace",
		.family = "names",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_SERVICES | CASP_NEED_LATER,
		.why = "The array bears the name to which web clients of Exchange 2003 "
		       "or 2007 mailboxes are sent.",
		.remedy = "Choose a fresh name for the array.",
		.source = "field practice",
	},
	{
		.id = "CAS077",
		.name = "array-fqdn-is-failback",
		.family = "names",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_SERVICES | CASP_NEED_LATER,
		.why = "The array bears the name of a failback URL, which must differ "
		       "from all other names to do its work.",
		.remedy = "Choose a fresh name for the array.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS078",
		.name = "array-fqdn-in-external-zone",
		.family = "names",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_SERVICES | CASP_NEED_LATER,
		.why = "The array's FQDN lies in a domain that the organization also "
		       "serves to the Internet. When the name resolves outside, clients "
		       "there try RPC over TCP first and wait for it to fail.",
		.remedy = "Use a name that exists inside only, or keep it out of the "
			  "external zone.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS079",
		.name = "naming-standard-violated",
		.family = "names",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_CONFIG | CASP_NEED_LATER,
		.why = "The array's FQDN does not follow the organization's template for "
		       "such names.",
		.remedy = "Rename the array, or correct the template.",
		.source = "field practice",
	},
	{
		.id = "CAS080",
		.name = "near-duplicate-names",
		.family = "names",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_NONE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_LATER,
		.off = true,
		.why = "Two arrays have FQDNs that differ by one letter or by swapped "
		       "digits, which invites typing errors.",
		.remedy = "Compare the databases of both sites.",
		.source = "derived",
	},
	{
		.id = "CAS081",
		.name = "server-fqdn-in-urls",
		.family = "names",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_SERVICES | CASP_NEED_LATER,
		.why = "A URL for clients names a single server, so that clients depend "
		       "on it. In sites that are only proxied to, internal URLs must "
		       "name servers and are not meant.",
		.remedy = "Use the name of the load balancer in the URLs of "
			  "Internet-facing sites.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS082",
		.name = "several-namespaces-in-site",
		.family = "names",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SITE,
		.needs = CASP_NEED_SERVICES | CASP_NEED_LATER,
		.why = "Servers of one site announce different hosts for the same "
		       "service, so that clients behave according to the server that "
		       "Autodiscover happened to ask.",
		.remedy = "Set the same URLs on all Client Access servers of the site.",
		.source = "field practice",
	},
	{
		.id = "CAS083",
		.name = "fqdn-on-certificate",
		.family = "names",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_PROBE | CASP_NEED_LATER,
		.why = "The array's FQDN is on a certificate although RPC over TCP uses "
		       "none. It does no harm, but suggests that the name is used for "
		       "more than it should.",
		.remedy = "Leave it out of the next certificate.",
		.source = "field practice",
	},
	{
		.id = "CAS084",
		.name = "outlook-provider-server-set",
		.family = "names",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ORGANIZATION,
		.needs = CASP_NEED_SERVICES | CASP_NEED_LATER,
		.why = "The settings that Autodiscover hands to Outlook name an explicit "
		       "server, or a certificate principal that is the array's FQDN. "
		       "They override what each database says.",
		.remedy = "Clear the value, unless it is deliberate.",
		.source = "Exchange documentation",
	},
};

CASP_FAMILY(names, rules);
