/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of a family: client Access array objects. */
#include "checks.h"

static const struct cas_rule rules[] = {
	{
		.id = "CAS001",
		.name = "site-without-array",
		.family = "arrays",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_SITE,
		.needs = CASP_NEED_DATABASES,
		.check = casp_check_site_without_array,
		.why = "Every mailbox database of a site without a Client Access array "
		       "names a single server. Outlook profiles remember that name, so "
		       "that replacing or losing the server means repairing the profiles "
		       "of all its users. An array costs nothing even with one server, "
		       "and has to be there before databases and mailboxes are made. A "
		       "site whose Exchange 2010 databases are all recovery databases "
		       "needs none.",
		.remedy = "Make an array with a name that clients of the site resolve to "
			  "the load balancer or the one server, and point the site's "
			  "databases at it.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS002",
		.name = "several-arrays-in-site",
		.family = "arrays",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_SITE,
		.check = casp_check_several_arrays,
		.why = "A site can have one Client Access array only. With several, "
		       "Exchange gives a new database whichever a directory search "
		       "returns first, and members cannot be told apart since all Client "
		       "Access servers of the site belong to each.",
		.remedy = "Keep the array that most databases use, re-point the "
			  "databases of the others and remove those.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS003",
		.name = "array-without-site",
		.family = "arrays",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_DATABASES,
		.check = casp_check_array_without_site,
		.why = "The members of an array are the Client Access servers of its "
		       "site. Without a site, or with one that was deleted, it has no "
		       "members and no new database gets it. A site that was renamed is "
		       "no reason: the directory follows renames by itself.",
		.remedy = "Give the array a site, or remove it.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS004",
		.name = "array-in-site-without-cas",
		.family = "arrays",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.check = casp_check_array_in_site_without_cas,
		.why = "Databases of the site refer to a name that no Exchange 2010 "
		       "Client Access server answers. Outlook cannot connect, unless "
		       "another site's servers answer to the name. It is only a warning "
		       "while the site has no mailbox server either, since arrays should "
		       "be made before the servers arrive.",
		.remedy = "Install or repair a Client Access server in the site, move "
			  "the array, or remove it when no database uses it.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS005",
		.name = "array-unused",
		.family = "arrays",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_DATABASES,
		.check = casp_check_array_unused,
		.why = "Making an array does not touch databases that exist already: "
		       "until they are pointed at it, nobody connects through it. This "
		       "is the step that is forgotten most often. It does not apply "
		       "while the site has no Exchange 2010 databases.",
		.remedy = "Point the databases of the site at the array, or remove it.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS006",
		.name = "array-left-after-2010-is-gone",
		.family = "arrays",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_DATABASES,
		.check = casp_check_array_left,
		.why = "Exchange 2013 and later neither use nor manage arrays of "
		       "Exchange 2010. One that is left after the last Exchange 2010 "
		       "server is gone keeps a name alive that nothing serves, and "
		       "cannot be removed with the newer tools.",
		.remedy = "Remove the array once no database refers to it.",
		.source = "field practice",
	},
	{
		.id = "CAS007",
		.name = "array-no-network-address",
		.family = "arrays",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.check = casp_check_array_no_address,
		.why = "The FQDN of an array is stored as the ncacn_ip_tcp value of "
		       "networkAddress. Without it, clients are handed an empty name.",
		.remedy = "Set the FQDN of the array.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS008",
		.name = "array-extra-network-address",
		.family = "arrays",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.check = casp_check_array_extra_address,
		.why = "An array has exactly one network address. With more, which of "
		       "them clients are handed depends on the order in which the "
		       "directory returns the values.",
		.remedy = "Keep the value that databases use.",
		.source = "derived",
	},
	{
		.id = "CAS009",
		.name = "array-legacy-dn-mismatch",
		.family = "arrays",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.check = casp_check_array_legacy_dn,
		.why = "Databases refer to an array by its legacyExchangeDN. One that "
		       "does not parse or lies below another organization or "
		       "administrative group cannot be referred to. When only its last "
		       "part is another name than the FQDN, the FQDN was changed later: "
		       "that works and is reported as information, since a new array "
		       "with the old FQDN would collide.",
		.remedy = "Replace an array whose legacyExchangeDN is broken; leave one "
			  "alone that only has another FQDN now.",
		.source = "field practice",
	},
	{
		.id = "CAS010",
		.name = "duplicate-legacy-dn",
		.family = "arrays",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.check = casp_check_duplicate_legacy_dn,
		.why = "Two objects with one legacyExchangeDN make every database that "
		       "refers to it ambiguous: each tool may find the other one.",
		.remedy = "Decide which object is meant, and replace the other.",
		.source = "derived",
	},
	{
		.id = "CAS011",
		.name = "duplicate-array-fqdn",
		.family = "arrays",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.check = casp_check_duplicate_fqdn,
		.why = "One name resolves to one place. When two arrays share it, the "
		       "clients of one site are sent to the servers of the other.",
		.remedy = "Give one of the arrays a name of its own.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS012",
		.name = "duplicate-array-name",
		.family = "arrays",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.check = casp_check_duplicate_name,
		.why = "Two arrays of one name, in different administrative groups or "
		       "differing only in case, cannot be told apart by name, neither by "
		       "people nor by cmdlets.",
		.remedy = "Rename one of them.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS013",
		.name = "array-name-has-space",
		.family = "arrays",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.check = casp_check_name_has_space,
		.why = "The Exchange 2010 cmdlets refuse a name with a space as the "
		       "identity of an array. The distinguished name, the "
		       "legacyExchangeDN, the FQDN and the GUID still work.",
		.remedy = "Rename the array; its databases do not notice.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS014",
		.name = "array-name-too-long",
		.family = "arrays",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.check = casp_check_name_too_long,
		.why = "The name of an array may have 64 characters. A longer one was "
		       "written past the cmdlets, and they refuse to change the object.",
		.remedy = "Rename the array.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS015",
		.name = "array-fqdn-malformed",
		.family = "arrays",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.check = casp_check_fqdn_malformed,
		.why = "Clients look the FQDN up in DNS. A name with an empty or "
		       "overlong label, an underscore, a leading or trailing hyphen, a "
		       "trailing dot or letters beyond ASCII, or an address in place of "
		       "a name, either does not resolve or is refused on the way.",
		.remedy = "Set a legal host name.",
		.source = "RFC 1123; Exchange documentation",
	},
	{
		.id = "CAS016",
		.name = "array-fqdn-single-label",
		.family = "arrays",
		.severity = CAS_SEVERITY_WARNING,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.check = casp_check_fqdn_single_label,
		.why = "A name without a domain resolves only where the client's DNS "
		       "search list happens to fit, which it does not for machines "
		       "outside of the domain.",
		.remedy = "Set a fully qualified name.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS017",
		.name = "array-name-not-fqdn-host",
		.family = "arrays",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_NONE,
		.kind = CAS_KIND_ARRAY,
		.off = true,
		.check = casp_check_name_not_host,
		.why = "New-ClientAccessArray names an array after the host part of its "
		       "FQDN when no name is given. Another name is no fault, but people "
		       "look for the array by the name that they see in Outlook.",
		.remedy = "Rename the array, if the difference is not deliberate.",
		.source = "Exchange documentation",
	},
	{
		.id = "CAS018",
		.name = "array-conflict-object",
		.family = "arrays",
		.severity = CAS_SEVERITY_ERROR,
		.fix = CAS_FIX_PLAN,
		.kind = CAS_KIND_ARRAY,
		.check = casp_check_array_conflict,
		.why = "Two domain controllers made an array of one name before they had "
		       "heard of each other; the directory kept both and renamed the "
		       "loser. It still counts as an array of its site.",
		.remedy = "Compare which databases refer to which of the two, then "
			  "remove the loser.",
		.source = "Active Directory practice",
	},
	{
		.id = "CAS019",
		.name = "array-created-after-databases",
		.family = "arrays",
		.severity = CAS_SEVERITY_INFO,
		.fix = CAS_FIX_ADVISE,
		.kind = CAS_KIND_ARRAY,
		.needs = CASP_NEED_DATABASES,
		.check = casp_check_array_created_late,
		.why = "A database gets its RpcClientAccessServer when it is made and "
		       "keeps it. Databases that are older than the array of their site "
		       "therefore did not get it by default. This explains other "
		       "findings and needs nothing done by itself.",
		.remedy = "Point those databases at the array that still do not use it.",
		.source = "Exchange documentation",
	},
};

CASP_FAMILY(arrays, rules);
