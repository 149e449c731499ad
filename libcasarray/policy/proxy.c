/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of a family: proxying, redirection and coexistence. */
#include "rule.h"

static const struct cas_rule rules[] = {
	{
		.id = "CAS170",
		.name = "no-internet-facing-site",
		.family = "proxy",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ORGANIZATION,
		.needs = CASP_NEED_SERVICES | CASP_NEED_LATER,
		.why = "No Client Access server has an external URL, so that nothing can "
		       "be reached from outside and no site proxies to another.",
		.remedy = "Set external URLs in the site that faces the Internet, unless "
			  "there is none on purpose.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS171",
		.name = "external-url-partial",
		.family = "proxy",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SITE,
		.needs = CASP_NEED_SERVICES | CASP_NEED_LATER,
		.why = "Some Client Access servers of the site have an external URL for "
		       "a service and others do not. Whether other sites proxy or "
		       "redirect to it depends on which one is read.",
		.remedy = "Set the same on all Client Access servers of the site.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS172",
		.name = "external-url-not-resolvable",
		.family = "proxy",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_EXTERNAL_DNS | CASP_NEED_LATER,
		.why = "Users are redirected to an external URL whose host does not "
		       "resolve outside.",
		.remedy = "Publish the name, or clear the URL so that the site is "
			  "proxied to.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS173",
		.name = "proxy-target-no-internal-url",
		.family = "proxy",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_SERVICES | CASP_NEED_LATER,
		.why = "A server in a site that does not face the Internet lacks the "
		       "internal URL that other sites proxy to.",
		.remedy = "Set the internal URL to the server's own name.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS174",
		.name = "proxy-target-auth",
		.family = "proxy",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_SERVICES | CASP_NEED_LATER,
		.why = "A virtual directory that other sites proxy to lacks integrated "
		       "Windows authentication, which proxying needs.",
		.remedy = "Turn it on.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS175",
		.name = "proxy-target-fba",
		.family = "proxy",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_SERVICES | CASP_NEED_LATER,
		.why = "Outlook Web App of a site that is proxied to asks with a form, "
		       "which the proxying server cannot fill in.",
		.remedy = "Use integrated authentication there.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS176",
		.name = "silent-redirect-auth-mismatch",
		.family = "proxy",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_SERVICES | CASP_NEED_LATER,
		.why = "Silent redirection leads to a server with another kind of "
		       "authentication, so that users sign in twice.",
		.remedy = "Use the same kind in both sites.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS177",
		.name = "redirect-loop",
		.family = "proxy",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SITE,
		.needs = CASP_NEED_DNS | CASP_NEED_LATER,
		.why = "The external name of one site resolves to the address of "
		       "another, so that redirection comes back to where it started.",
		.remedy = "Correct the record, or set a failback URL.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS178",
		.name = "eas-451-old-devices",
		.family = "proxy",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ORGANIZATION,
		.needs = CASP_NEED_SERVICES | CASP_NEED_LATER,
		.why = "Several sites face the Internet and the build is older than 2010 "
		       "SP2 update rollup 6: old devices cannot follow the redirection.",
		.remedy = "Update; later builds proxy for such devices.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS179",
		.name = "legacy-2003-url-missing",
		.family = "proxy",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_SERVICES | CASP_NEED_LATER,
		.why = "There are Exchange 2003 mailboxes and Outlook Web App does not "
		       "know where to send their users.",
		.remedy = "Set the URL of the Exchange 2003 front end.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS180",
		.name = "2007-external-url-in-same-site",
		.family = "proxy",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_SERVICES | CASP_NEED_LATER,
		.why = "An Exchange 2007 Client Access server of the Internet-facing "
		       "site still announces the main name, which belongs to Exchange "
		       "2010 now.",
		.remedy = "Give it the legacy name.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS181",
		.name = "wrong-version-in-front",
		.family = "proxy",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ORGANIZATION,
		.needs = CASP_NEED_DNS | CASP_NEED_LATER,
		.why = "The external name leads to servers of an older version than some "
		       "mailboxes behind them, and a server proxies only to its own "
		       "version or older.",
		.remedy = "Put the newest version in front.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS182",
		.name = "popimap-cross-site",
		.family = "proxy",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SITE,
		.needs = CASP_NEED_CONFIG | CASP_NEED_LATER,
		.why = "POP and IMAP users connect in another site than their mailbox's. "
		       "Before 2010 SP2 that is refused; later builds proxy.",
		.remedy = "Have them connect in the site of their mailbox.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS183",
		.name = "oa-not-enabled-everywhere",
		.family = "proxy",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_SERVICES | CASP_NEED_LATER,
		.why = "Exchange 2013 is in front and an older Client Access server "
		       "lacks Outlook Anywhere, by which Exchange 2013 reaches it.",
		.remedy = "Enable Outlook Anywhere on it.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS184",
		.name = "oa-iis-auth-no-ntlm",
		.family = "proxy",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_SERVICES | CASP_NEED_LATER,
		.why = "Exchange 2013 is in front and Outlook Anywhere of an older "
		       "server does not accept NTLM, which Exchange 2013 signs on with.",
		.remedy = "Add NTLM to the authentication in IIS.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS185",
		.name = "array-name-moved-to-2013",
		.family = "proxy",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_DNS | CASP_NEED_LATER,
		.why = "The array's name resolves to Exchange 2013 or later, which "
		       "offers no RPC over TCP: the users of Exchange 2010 are cut off.",
		.remedy = "Move the name back.",
		.source = "field practice",
	},
	{
		.id = "CAS186",
		.name = "ambiguity-before-2013",
		.family = "proxy",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_SERVICES | CASP_NEED_LATER,
		.why = "Exchange 2013 or later has arrived while the array's name is "
		       "shared with web services.",
		.remedy = "Separate the names first, in stages.",
		.source = "field practice",
	},
	{
		.id = "CAS187",
		.name = "scp-missing-or-wrong",
		.family = "proxy",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_SERVICES | CASP_NEED_DNS | CASP_NEED_LATER,
		.why = "A Client Access server has no Autodiscover service connection "
		       "point, or one whose host or site does not exist.",
		.remedy =
			"Set the server's internal Autodiscover URI and its site scope.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS188",
		.name = "site-without-scp-scope",
		.family = "proxy",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SITE,
		.needs = CASP_NEED_SERVICES | CASP_NEED_LATER,
		.why = "No Autodiscover service connection point covers the site, so "
		       "that its clients ask any server of the forest.",
		.remedy = "Add the site to the scope of the nearest servers.",
		.source = "field practice",
	},
	{
		.id = "CAS189",
		.name = "serverexclusiveconnect-state",
		.family = "proxy",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_NONE,
		.kind = CAS_KIND_ORGANIZATION,
		.needs = CASP_NEED_SERVICES | CASP_NEED_LATER,
		.why = "Outlook inside prefers HTTPS because Autodiscover tells it to. "
		       "This matters when an array's name is to be separated from web "
		       "services.",
		.remedy = "Nothing by itself.",
		.source = "field practice",
	},
	{
		.id = "CAS190",
		.name = "array-for-2013",
		.family = "proxy",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_DATABASES | CASP_NEED_LATER,
		.why = "An array was made in a site that has only Exchange 2013 and "
		       "later, or databases of these were pointed at one: arrays serve "
		       "RPC over TCP only, and these versions have none.",
		.remedy = "Remove the array.",
		.source = "Exchange documentation",
	},
};

CASP_FAMILY(proxy, rules);
