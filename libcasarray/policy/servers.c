/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of a family: sites and servers. */
#include "checks.h"

static const struct cas_rule rules[] = {
	{
		.id = "CAS020",
		.name = "mailbox-site-without-cas",
		.family = "servers",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SITE,
		.check = casp_check_site_without_cas,
		.why = "A Client Access server of the same version must stand in every "
		       "site with mailbox servers. Without one, Outlook has nothing to "
		       "connect to, and no other site's server can proxy to these "
		       "mailboxes. Where only Exchange 2007 mailbox servers are "
		       "concerned, Outlook still works and it is a warning.",
		.remedy = "Install the Client Access role in the site.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS021",
		.name = "cas-without-rpc-client-access",
		.family = "servers",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.check = casp_check_cas_without_rpc,
		.why = "A Client Access server is a member of its site's array as long "
		       "as it has an RpcClientAccess object. Without it the server does "
		       "not answer Outlook, though a load balancer that only probes a "
		       "port may still send clients there.",
		.remedy = "Create the settings again with New-RpcClientAccess, or take "
			  "the server out of the balancer for good.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS022",
		.name = "server-without-site",
		.family = "servers",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.check = casp_check_server_without_site,
		.why = "Exchange records the site of each server in the directory. A "
		       "server without one, or with one that was deleted, is a member of "
		       "no array and is not found by routing and proxying. Edge servers "
		       "stand outside.",
		.remedy = "Repair the subnets of its addresses, and restart the topology "
			  "service on the server.",
		.source = "derived",
	},
	{
		.id = "CAS023",
		.name = "member-not-resolvable",
		.family = "servers",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_DNS,
		.why = "A member whose own name does not resolve cannot be reached by "
		       "the balancer's probes, by other servers or by the management "
		       "tools, and is often a server that is gone.",
		.remedy = "Register the server's address, or remove the server properly.",
		.source = "derived",
	},
	{
		.id = "CAS024",
		.name = "dead-server-object",
		.family = "servers",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_GC | CASP_NEED_PROBE,
		.why = "A server that was lost but not removed leaves its object behind. "
		       "It still counts as a member of the array, and default assignment "
		       "may pick it for new databases.",
		.remedy = "Recover the server or uninstall it with Exchange setup; never "
			  "delete its object by hand.",
		.source = "field practice",
	},
	{
		.id = "CAS025",
		.name = "single-member-array",
		.family = "servers",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_NONE,
		.kind = CAS_KIND_ARRAY,
		.check = casp_check_single_member,
		.why = "An array with one member is supported and recommended: a second "
		       "one can be added without touching a client. Until then Outlook "
		       "in the site depends on that one server.",
		.remedy = "Add a Client Access server, if the site should survive the "
			  "loss of one.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS026",
		.name = "cas-version-skew-in-array",
		.family = "servers",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.check = casp_check_version_skew,
		.why = "Members of an array should run one build. A client that is "
		       "balanced to another member otherwise meets other behaviour, and "
		       "the cross-site rules changed between updates.",
		.remedy = "Finish the update on all members.",
		.source = "field practice",
	},
	{
		.id = "CAS027",
		.name = "mailbox-before-cas-order",
		.family = "servers",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SITE,
		.check = casp_check_mailbox_before_cas,
		.why = "When the first mailbox server of a site was installed before its "
		       "first Client Access server, databases that were made in between "
		       "got the mailbox server itself as their RpcClientAccessServer, "
		       "where Outlook cannot connect.",
		.remedy = "Point those databases at the array that still name the "
			  "mailbox server.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS028",
		.name = "update-order-proxy",
		.family = "servers",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_SERVICES,
		.check = casp_check_update_order,
		.why = "The Internet-facing Client Access servers proxy to those of "
		       "other sites, and a server may proxy only to the same or an older "
		       "build. Updates therefore begin with the Internet-facing site.",
		.remedy = "Update the Internet-facing servers first.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS029",
		.name = "cas-on-domain-controller",
		.family = "servers",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_GC,
		.why = "A server with the Mailbox and Client Access roles that is a "
		       "domain controller too is supported, but not recommended: "
		       "Exchange then uses only this one domain controller, and neither "
		       "role can be moved away alone.",
		.remedy = "Move Exchange to a member server.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS030",
		.name = "nlb-on-dag-member",
		.family = "servers",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_CONFIG | CASP_NEED_PROBE,
		.why = "Windows Network Load Balancing and failover clustering exclude "
		       "each other on one machine, so that members of a DAG cannot "
		       "balance their array that way.",
		.remedy = "Use a hardware or virtual load balancer, or separate Client "
			  "Access servers.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS031",
		.name = "nlb-over-eight",
		.family = "servers",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_CONFIG,
		.why = "Windows Network Load Balancing does not work well with more than "
		       "eight nodes.",
		.remedy = "Use another kind of load balancer.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS032",
		.name = "site-has-subnet-gap",
		.family = "servers",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_DNS,
		.why = "The site of a server, and with it the array that it belongs to, "
		       "follows from the subnet of its address. An address in no subnet, "
		       "or in one of another site, makes the server move at its next "
		       "restart.",
		.remedy = "Define the missing subnet.",
		.source = "derived",
	},
	{
		.id = "CAS033",
		.name = "rpc-proxy-only-balancer",
		.family = "servers",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_CONFIG,
		.why = "Some reverse proxies publish Outlook Anywhere but neither "
		       "balance nor monitor RPC over TCP, which clients inside of the "
		       "network use.",
		.remedy = "Balance RPC with a device that can, or have all clients use "
			  "Outlook Anywhere.",
		.source = "Exchange documentation",
	},
};

CASP_FAMILY(servers, rules);
