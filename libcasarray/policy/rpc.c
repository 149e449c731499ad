/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of a family: rPC Client Access, ports and settings. */
#include "rule.h"

static const struct cas_rule rules[] = {
	{
		.id = "CAS120",
		.name = "epm-unreachable",
		.family = "rpc",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_PROBE | CASP_NEED_LATER,
		.why = "TCP port 135 of the array does not answer. Outlook asks there "
		       "for the ports of the mailbox and address book services before "
		       "anything else.",
		.remedy = "Open the port on the balancer and on firewalls inside.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS121",
		.name = "static-port-missing",
		.family = "rpc",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_PROBE | CASP_NEED_LATER,
		.why = "The server offers the mailbox or address book service on a "
		       "dynamic port, so that balancers and firewalls have to forward "
		       "the whole range.",
		.remedy = "Fix the ports in the registry of each member.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS122",
		.name = "static-port-mismatch",
		.family = "rpc",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_PROBE | CASP_NEED_LATER,
		.why = "Members of one array offer the same service on different ports. "
		       "A balancer that forwards one port reaches only some of them.",
		.remedy = "Fix the same port on every member.",
		.source = "field practice",
	},
	{
		.id = "CAS123",
		.name = "static-port-outside-recommended",
		.family = "rpc",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_PROBE | CASP_NEED_LATER,
		.why = "The fixed port is legal but not between 59531 and 60554, and may "
		       "collide with ports given out dynamically.",
		.remedy = "Use a port of the recommended range.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS124",
		.name = "static-port-invalid",
		.family = "rpc",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_PROBE | CASP_NEED_LATER,
		.why = "The fixed port is below 1024 or above 65535; the service does "
		       "not use it.",
		.remedy = "Use a port between 59531 and 60554.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS125",
		.name = "ports-collide",
		.family = "rpc",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_PROBE | CASP_NEED_LATER,
		.why = "The services were given the same port, or one of the ports of "
		       "RPC over HTTP (6001, 6002, 6004). One of them does not start.",
		.remedy = "Give each service a port of its own, and leave those of RPC "
			  "over HTTP alone.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS126",
		.name = "old-ab-port-style",
		.family = "rpc",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_PROBE | CASP_NEED_LATER,
		.why = "The port of the address book service is fixed in the file that "
		       "the first release used; later builds ignore it and read the "
		       "registry.",
		.remedy = "Move the setting to the registry.",
		.source = "field practice",
	},
	{
		.id = "CAS127",
		.name = "pf-port-missing",
		.family = "rpc",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_PROBE | CASP_NEED_LATER,
		.why = "A mailbox server with a public folder database has no fixed port "
		       "while the members of the array have: clients reach public "
		       "folders on the mailbox server itself.",
		.remedy = "Fix the port there, too.",
		.source = "field practice",
	},
	{
		.id = "CAS128",
		.name = "static-port-closed-on-vip",
		.family = "rpc",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_PROBE | CASP_NEED_LATER,
		.why = "The members answer on the fixed port and the array's address "
		       "does not.",
		.remedy = "Add the port to the balancer.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS129",
		.name = "encryption-disabled",
		.family = "rpc",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_LATER,
		.why = "The server accepts unencrypted RPC, so that mail can be read on "
		       "the wire.",
		.remedy = "Require encryption, once no Outlook 2003 without that setting "
			  "is left.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS130",
		.name = "encryption-inconsistent",
		.family = "rpc",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_LATER,
		.why = "Members of one array differ in whether they require encryption. "
		       "A client works or fails according to where the balancer sends "
		       "it.",
		.remedy = "Set the same on all members.",
		.source = "derived",
	},
	{
		.id = "CAS131",
		.name = "outlook2003-with-encryption",
		.family = "rpc",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ORGANIZATION,
		.needs = CASP_NEED_CONFIG | CASP_NEED_LATER,
		.why = "Outlook 2003 does not encrypt unless it is told to by policy, "
		       "and then gets no notifications from Exchange 2010: it polls, "
		       "with delays of half a minute.",
		.remedy = "Have the policy set, or replace these clients.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS132",
		.name = "blocked-versions-inconsistent",
		.family = "rpc",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_LATER,
		.why = "Members of one array block different versions of clients, so "
		       "that the same client works or fails according to where the "
		       "balancer sends it.",
		.remedy = "Set the same on all members.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS133",
		.name = "blocked-versions-malformed",
		.family = "rpc",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_LATER,
		.why = "The list of blocked client versions does not parse, or is too "
		       "long, so that it blocks something else than was meant.",
		.remedy = "Set the list again.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS134",
		.name = "blocked-versions-blocks-exchange",
		.family = "rpc",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_LATER,
		.why = "The list of blocked versions reaches from 0.0.0 far enough to "
		       "block the logons of Exchange's own components.",
		.remedy = "Begin the range above the versions of server components.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS135",
		.name = "max-connections-set",
		.family = "rpc",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_NONE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_LATER,
		.why = "A limit of connections is set, which Exchange 2010 never "
		       "enforces. Whoever set it believes in a protection that is not "
		       "there.",
		.remedy = "Remove the setting.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS136",
		.name = "cas-mbx-latency",
		.family = "rpc",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_PROBE | CASP_NEED_LATER,
		.why = "The round trip between the Client Access servers and the mailbox "
		       "server takes ten milliseconds or more, beyond what is supported.",
		.remedy = "Use an array in the site of the database.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS137",
		.name = "client-latency",
		.family = "rpc",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ORGANIZATION,
		.needs = CASP_NEED_PROBE | CASP_NEED_CONFIG | CASP_NEED_LATER,
		.why = "Clients in online mode are more than 200 milliseconds away from "
		       "their mailbox server.",
		.remedy = "Use cached mode there.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS138",
		.name = "sessions-per-user",
		.family = "rpc",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_PROBE | CASP_NEED_LATER,
		.why = "The address book service allows another number of sessions per "
		       "user than 50, or members differ in it.",
		.remedy = "Set the same on all members.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS139",
		.name = "preferred-site-enforcement-off",
		.family = "rpc",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_PROBE | CASP_NEED_LATER,
		.why = "Some members send clients to the site of their database after a "
		       "move and others do not.",
		.remedy = "Set the same on all members.",
		.source = "field practice",
	},
};

CASP_FAMILY(rpc, rules);
