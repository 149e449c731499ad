/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of a family: mailbox databases. */
#include "checks.h"

static const struct cas_rule rules[] = {
	{
		.id = "CAS040",
		.name = "database-points-at-server",
		.family = "databases",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_AUTO,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DATABASES,
		.references =
			1 << CASP_REFERENCE_SERVER | 1 << CASP_REFERENCE_SERVER_NO_HOME,
		.check = casp_check_points_at_server,
		.why = "The database names a single Client Access server although its "
		       "home site has an array. Outlook profiles of its users remember "
		       "that server: when it fails or is replaced, they do not move to "
		       "another member.",
		.remedy = "Point the database at the array of its home site. All its "
			  "clients reconnect once, and the old name must stay resolvable "
			  "until their profiles have been updated.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS041",
		.name = "database-points-at-server-no-array",
		.family = "databases",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DATABASES,
		.references = 1 << CASP_REFERENCE_SERVER_NO_ARRAY,
		.check = casp_check_points_at_server_no_array,
		.why = "The database names a single Client Access server because its "
		       "home site has no array. Its users depend on this one server, and "
		       "their profiles remember its name.",
		.remedy =
			"Make an array in the site first, then point the database at it.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS042",
		.name = "database-points-nowhere",
		.family = "databases",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_AUTO,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DATABASES,
		.references = 1 << CASP_REFERENCE_NOWHERE,
		.check = casp_check_points_nowhere,
		.why = "The database refers to a server or array that is not in the "
		       "directory: it was removed, or the value was mistyped. Exchange "
		       "shows an empty RpcClientAccessServer, and Outlook cannot make a "
		       "profile.",
		.remedy = "Point the database at the array of its home site.",
		.source = "field practice",
	},
	{
		.id = "CAS043",
		.name = "database-points-at-mailbox-only-server",
		.family = "databases",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_AUTO,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DATABASES,
		.references = 1 << CASP_REFERENCE_NOT_CAS,
		.check = casp_check_points_at_mailbox_only,
		.why = "The database refers to a server that offers no RPC Client Access "
		       "of Exchange 2010. Outlook cannot open its mailboxes while "
		       "Outlook Web App can. It happens when the mailbox server was "
		       "installed before the first Client Access server of the site.",
		.remedy = "Point the database at the array of its home site or, without "
			  "one, at a Client Access server of it.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS044",
		.name = "database-uses-old-array-name",
		.family = "databases",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_AUTO,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DATABASES | CASP_NEED_JOURNAL,
		.why = "The database refers to a name that an array had earlier. Nothing "
		       "is found by it any more, unlike after an ordinary change of an "
		       "array's FQDN.",
		.remedy = "Point the database at the array under its present name.",
		.source = "derived",
	},
	{
		.id = "CAS045",
		.name = "database-uses-other-site-array",
		.family = "databases",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DATABASES,
		.references = 1 << CASP_REFERENCE_ARRAY_ELSEWHERE |
			      1 << CASP_REFERENCE_ARRAY_NO_HOME,
		.check = casp_check_other_site_array,
		.why = "The database refers to the array of another site than its home. "
		       "Its clients connect to servers that reach the mailbox server "
		       "across sites, which is supported only with short latency. The "
		       "directory does not tell where a database is active: its home is "
		       "judged by the preferred copy. Where the DAG allows access across "
		       "sites it is a warning.",
		.remedy = "Point the database at the array of its home site, unless it "
			  "is switched over for now.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS046",
		.name = "database-points-at-cas-other-site",
		.family = "databases",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_AUTO,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DATABASES,
		.references = 1 << CASP_REFERENCE_CAS_ELSEWHERE,
		.check = casp_check_cas_other_site,
		.why = "The database refers to a single Client Access server of another "
		       "site than its home: its clients cross sites, and stop when that "
		       "server does.",
		.remedy = "Point the database at the array of its home site.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS047",
		.name = "database-owner-vs-preference",
		.family = "databases",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_NONE,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DATABASES,
		.check = casp_check_owner_vs_preference,
		.why = "The owning server stands in another site than the copy with the "
		       "lowest activation preference, so that the database seems to be "
		       "active away from home. The link may be out of date after a "
		       "disaster. What clients do then depends on the build and on the "
		       "DAG's setting for access across sites.",
		.remedy = "Activate the preferred copy, or change the preferences when "
			  "the move is to last.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS048",
		.name = "mixed-values-in-site",
		.family = "databases",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_SITE,
		.needs = CASP_NEED_DATABASES,
		.check = casp_check_mixed_values,
		.why = "Databases with one home site carry different values. Users of "
		       "one site then depend on different names, and moving a mailbox "
		       "between its databases changes the endpoint of the profile.",
		.remedy = "Point all databases of the site at its array.",
		.source = "field practice",
	},
	{
		.id = "CAS049",
		.name = "database-legacy-dn-malformed",
		.family = "databases",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DATABASES,
		.references = 1 << CASP_REFERENCE_MALFORMED,
		.check = casp_check_legacy_dn_malformed,
		.why = "The legacyExchangeDN of a database has the server or array as "
		       "its parent. One that is absent, does not parse, or lies below "
		       "another organization or administrative group names none, and "
		       "Exchange treats it as a data error.",
		.remedy = "Point the database at the array of its home site, which "
			  "writes the attribute anew.",
		.source = "field practice",
	},
	{
		.id = "CAS050",
		.name = "value-is-short-name",
		.family = "databases",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_AUTO,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DATABASES,
		.references = 1 << CASP_REFERENCE_SHORT_NAME,
		.check = casp_check_short_name,
		.why = "The value is the host part of an array's or server's FQDN and "
		       "not the name that the object is referred to by. Nothing is found "
		       "by it.",
		.remedy = "Point the database at the array of its home site.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS051",
		.name = "value-case-differs",
		.family = "databases",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_AUTO,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DATABASES,
		.references = 1 << CASP_REFERENCE_FINE |
			      1 << CASP_REFERENCE_ARRAY_ELSEWHERE |
			      1 << CASP_REFERENCE_ARRAY_NO_SITE |
			      1 << CASP_REFERENCE_ARRAY_NO_HOME,
		.off = true,
		.check = casp_check_case_differs,
		.why = "The value equals the array's name but for the case of letters. "
		       "Names compare without regard to case, so that this is cosmetic, "
		       "and a change makes all clients of the database reconnect.",
		.remedy =
			"Leave it alone, or point the database at the same array again.",
		.source = "derived",
	},
	{
		.id = "CAS052",
		.name = "value-has-junk",
		.family = "databases",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_AUTO,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DATABASES,
		.references = 1 << CASP_REFERENCE_JUNK,
		.check = casp_check_has_junk,
		.why = "The value has a blank, a trailing dot, a scheme, a port or a "
		       "slash around the name, as when a URL was pasted. Nothing is "
		       "found by it.",
		.remedy = "Point the database at the array of its home site.",
		.source = "derived",
	},
	{
		.id = "CAS053",
		.name = "value-is-alias-only",
		.family = "databases",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DATABASES | CASP_NEED_DNS,
		.why = "The value resolves in DNS but is the name of no array or server "
		       "in the directory. The cmdlets would refuse it: somebody wrote "
		       "the attribute directly.",
		.remedy = "Point the database at the array whose address the alias has.",
		.source = "derived",
	},
	{
		.id = "CAS054",
		.name = "removed-array-still-used",
		.family = "databases",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_AUTO,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DATABASES | CASP_NEED_DELETED,
		.why = "The name that the database refers to belonged to an array that "
		       "was removed.",
		.remedy = "Point the database at the present array of its home site.",
		.source = "derived",
	},
	{
		.id = "CAS055",
		.name = "database-name-vs-site-pattern",
		.family = "databases",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_NONE,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DATABASES | CASP_NEED_CONFIG,
		.off = true,
		.why = "The name of the database follows the naming template of another "
		       "site than its home, which misleads people.",
		.remedy = "Rename the database, or move it home.",
		.source = "field practice",
	},
	{
		.id = "CAS056",
		.name = "unmanaged-write-path",
		.family = "databases",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DATABASES | CASP_NEED_JOURNAL,
		.why = "The value was changed by something else after casarray set it.",
		.remedy = "Find out who changed it, then set it again or accept it.",
		.source = "derived",
	},
	{
		.id = "CAS057",
		.name = "temporary-override-left",
		.family = "databases",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_AUTO,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DATABASES,
		.references =
			~(1u << CASP_REFERENCE_EXEMPT | 1u << CASP_REFERENCE_PROXY |
			  1u << CASP_REFERENCE_PROXY_WRONG | 1u << CASP_REFERENCE_FINE |
			  1u << CASP_REFERENCE_DECLARED),
		.check = casp_check_override_left,
		.why = "A temporary override, such as pointing a database at one server "
		       "during an import, has expired, and the database still has the "
		       "value that it declared. Nothing is found where no exemption of "
		       "that class is in the policy.",
		.remedy = "Point the database back at the array.",
		.source = "field practice",
	},
	{
		.id = "CAS058",
		.name = "public-folder-database-flagged",
		.family = "databases",
		.severity = CAS_SEVERITY_NONE,
		.fix = CAS_FIX_NONE,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DATABASES,
		.why = "Clients reach public folders on the mailbox server itself and "
		       "not through the array, so that no rule about values judges "
		       "public folder databases.",
		.remedy = "Nothing is to be done.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS059",
		.name = "pf-default-db-remote-site",
		.family = "databases",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DATABASES,
		.check = casp_check_public_database_remote,
		.why = "The default public folder database of a mailbox database is in "
		       "another site, so that its clients read public folders and older "
		       "free/busy data across sites.",
		.remedy =
			"Name a public folder database of the site, where there is one.",
		.source = "field practice",
	},
	{
		.id = "CAS060",
		.name = "recovery-database-exempt",
		.family = "databases",
		.severity = CAS_SEVERITY_NONE,
		.fix = CAS_FIX_NONE,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DATABASES,
		.why = "A recovery database serves no clients, so that no rule about "
		       "values judges it.",
		.remedy = "Nothing is to be done.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS061",
		.name = "public-folder-proxy-database",
		.family = "databases",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DATABASES,
		.references = 1 << CASP_REFERENCE_PROXY | 1 << CASP_REFERENCE_PROXY_WRONG,
		.check = casp_check_public_folder_proxy,
		.why = "A database that was made to publish public folders to a newer "
		       "Exchange must name its own server and never the array. Nothing "
		       "in the directory marks such a database: it has to be declared "
		       "by an exemption of class pf-proxy, and nothing is found where "
		       "there is none.",
		.remedy = "Point the database at its own server. That it is excluded "
			  "from provisioning, as it must be, too, is not checked here: "
			  "Get-MailboxDatabase shows it as IsExcludedFromProvisioning.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS062",
		.name = "exchange-2013-database-exempt",
		.family = "databases",
		.severity = CAS_SEVERITY_NONE,
		.fix = CAS_FIX_NONE,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DATABASES,
		.why = "Exchange 2013 and later store the value and do not use it: "
		       "Outlook connects to the mailbox by its GUID. No rule about "
		       "values judges these databases.",
		.remedy = "Nothing is to be done.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS063",
		.name = "exchange-2007-database-exempt",
		.family = "databases",
		.severity = CAS_SEVERITY_NONE,
		.fix = CAS_FIX_NONE,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DATABASES,
		.why = "Clients of Exchange 2007 and older connect to the mailbox server "
		       "itself, which is the normal value there. No rule about values "
		       "judges these databases.",
		.remedy = "Nothing is to be done.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS064",
		.name = "changing-live-database",
		.family = "databases",
		.severity = CAS_SEVERITY_NONE,
		.fix = CAS_FIX_NONE,
		.kind = CAS_KIND_DATABASE,
		.needs = CASP_NEED_DATABASES,
		.why = "Every plan that re-points a database says how many mailboxes are "
		       "in it: their clients reconnect, and existing profiles keep the "
		       "old name for a while.",
		.remedy = "Choose a quiet hour.",
		.source = "Exchange documentation",
	},
};

CASP_FAMILY(databases, rules);
