/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of a family: names in DNS. */
#include "rule.h"

static const struct cas_rule rules[] = {
	{
		.id = "CAS090",
		.name = "array-not-resolvable",
		.family = "dns",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_DNS | CASP_NEED_LATER,
		.why = "The array's FQDN has no address inside of the network. Outlook "
		       "of its databases' users cannot connect over TCP.",
		.remedy = "Make an A record for the load balancer's address, or for the "
			  "one server's.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS091",
		.name = "array-points-at-one-server",
		.family = "dns",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_DNS | CASP_NEED_LATER,
		.why = "The array's name resolves to a single member although there are "
		       "several, so that the others stand idle and the failure of the "
		       "one stops all.",
		.remedy = "Point the record at the load balancer.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS092",
		.name = "array-round-robin",
		.family = "dns",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_DNS | CASP_NEED_LATER,
		.why = "The array's name resolves to all members in turn. DNS does not "
		       "notice when one fails, and Outlook waits for it.",
		.remedy = "Use a load balancer that watches the service.",
		.source = "field practice",
	},
	{
		.id = "CAS093",
		.name = "array-points-at-nonmember",
		.family = "dns",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_DNS | CASP_NEED_LATER,
		.why = "The array's name resolves to an Exchange server that is no "
		       "member: of another site, without the role, or of another "
		       "version.",
		.remedy = "Point the record at the load balancer of the site.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS094",
		.name = "array-resolvable-externally",
		.family = "dns",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_EXTERNAL_DNS | CASP_NEED_LATER,
		.why = "The array's name resolves on the Internet. Outlook outside then "
		       "tries RPC over TCP first, and connects through Outlook Anywhere "
		       "only after a long wait.",
		.remedy = "Delete the public record.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS095",
		.name = "array-points-at-dag-ip",
		.family = "dns",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_DNS | CASP_NEED_LATER,
		.why = "The array's name resolves to the address of a cluster, which "
		       "moves with the DAG and is not balanced.",
		.remedy = "Point the record at the load balancer.",
		.source = "field practice",
	},
	{
		.id = "CAS096",
		.name = "array-vip-wrong-site",
		.family = "dns",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_DNS | CASP_NEED_LATER,
		.why = "The array's name resolves to an address that the subnets assign "
		       "to another site. An array must not span sites.",
		.remedy = "Point the record at an address of the site, or correct the "
			  "subnets.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS097",
		.name = "arrays-share-address",
		.family = "dns",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_DNS | CASP_NEED_LATER,
		.why = "The names of two arrays resolve to one address, so that clients "
		       "of one site are served by the other's.",
		.remedy = "Give each array an address of its own, unless a switchover is "
			  "under way.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS098",
		.name = "ttl-warning",
		.family = "dns",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_DNS | CASP_NEED_LATER,
		.why = "The array's record may be kept for more than five minutes. After "
		       "a switchover clients go on using the old address for so long.",
		.remedy = "Lower the time to live.",
		.source = "field practice",
	},
	{
		.id = "CAS099",
		.name = "ttl-error",
		.family = "dns",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_DNS | CASP_NEED_LATER,
		.why = "The array's record may be kept for more than an hour, which "
		       "makes a switchover by DNS useless.",
		.remedy = "Lower the time to live to five minutes.",
		.source = "field practice",
	},
	{
		.id = "CAS100",
		.name = "array-is-cname",
		.family = "dns",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_DNS | CASP_NEED_LATER,
		.why = "The array's name is an alias. Kerberos then asks for tickets of "
		       "the other name, and the chain breaks when either record goes.",
		.remedy = "Make an A record.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS101",
		.name = "no-ipv4",
		.family = "dns",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_DNS | CASP_NEED_LATER,
		.why = "The array's name has IPv6 addresses only, which many clients and "
		       "balancers of the time cannot use.",
		.remedy = "Add an A record.",
		.source = "derived",
	},
	{
		.id = "CAS102",
		.name = "record-can-be-scavenged",
		.family = "dns",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_AD_DNS | CASP_NEED_LATER,
		.why = "The array's record was registered dynamically, and nothing "
		       "refreshes it: scavenging will remove it.",
		.remedy = "Make the record static.",
		.source = "derived",
	},
	{
		.id = "CAS103",
		.name = "record-tombstoned",
		.family = "dns",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_AD_DNS | CASP_NEED_LATER,
		.why = "The array's record is deleted in the directory and only still "
		       "answered from caches.",
		.remedy = "Make the record again.",
		.source = "derived",
	},
	{
		.id = "CAS104",
		.name = "stale-array-record",
		.family = "dns",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ORGANIZATION,
		.needs = CASP_NEED_AD_DNS | CASP_NEED_JOURNAL | CASP_NEED_LATER,
		.why = "A record is left of an array that was removed or renamed, and "
		       "neither a database nor a profile needs it.",
		.remedy = "Delete it after a period of grace.",
		.source = "field practice",
	},
	{
		.id = "CAS105",
		.name = "missing-old-name",
		.family = "dns",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DNS | CASP_NEED_JOURNAL | CASP_NEED_LATER,
		.why = "A database was re-pointed not long ago and its old name no "
		       "longer resolves. Profiles that still have the old name cannot "
		       "connect to be told the new one.",
		.remedy = "Keep the old name until the profiles have moved.",
		.source = "field practice",
	},
	{
		.id = "CAS106",
		.name = "resolvers-disagree",
		.family = "dns",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_DNS | CASP_NEED_LATER,
		.why = "Two resolvers inside give different answers for the array's "
		       "name, so that clients are sent to different places.",
		.remedy = "Repair the replication of the zone.",
		.source = "derived",
	},
	{
		.id = "CAS107",
		.name = "reverse-record-misleading",
		.family = "dns",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_NONE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_DNS | CASP_NEED_LATER,
		.off = true,
		.why = "The reverse record of the array's address names a server, which "
		       "misleads people who read logs.",
		.remedy = "Correct the reverse record.",
		.source = "derived",
	},
	{
		.id = "CAS108",
		.name = "wildcard-match",
		.family = "dns",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_DNS | CASP_NEED_LATER,
		.why = "The array's name has no record of its own and resolves through a "
		       "wildcard only. This often explains why it resolves outside.",
		.remedy = "Make a record of its own.",
		.source = "derived",
	},
	{
		.id = "CAS109",
		.name = "server-name-not-resolvable-from-cas-site",
		.family = "dns",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_SERVER,
		.needs = CASP_NEED_DNS | CASP_NEED_LATER,
		.why = "A member's name does not resolve at the resolver of its own "
		       "site.",
		.remedy = "Register the server's address there.",
		.source = "derived",
	},
	{
		.id = "CAS110",
		.name = "external-check-not-run",
		.family = "dns",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_NONE,
		.kind = CAS_KIND_ORGANIZATION,
		.needs = CASP_NEED_EXTERNAL_DNS | CASP_NEED_LATER,
		.why = "No external resolver answered, so that it is unknown whether "
		       "names of arrays resolve on the Internet. That never counts as "
		       "passed.",
		.remedy = "Ask an external resolver.",
		.source = "derived",
	},
};

CASP_FAMILY(dns, rules);
