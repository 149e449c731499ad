/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* new-array: creates the Client Access array of a site, or of all that have none. */
#include "cli/objects.h"
#include "cli/session.h"
#include "commands.h"

struct values {
	const char *name;
	const char *fqdn;
	const char *site;
	bool all_sites_without;
	bool allow_second_array;
	bool adopt_databases;
	bool if_not_exists;
	struct opt_list dns_addresses;
	int64_t dns_ttl;
	struct cli_change change;
};

static const struct opt options[] = {
	{
		.name = "name",
		.parameter = "Name",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, name),
		.metavar = "NAME",
		.positional = true,
		.help = "the array's name, 1 to 64 characters; default: as the policy "
			"says, or the host part of the FQDN",
	},
	{
		.name = "fqdn",
		.parameter = "Fqdn",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, fqdn),
		.metavar = "FQDN",
		.help = "the host name that Outlook connects to; default: as the policy "
			"says",
	},
	{
		.name = "site",
		.parameter = "Site",
		.type = OPT_TEXT,
		.offset = offsetof(struct values, site),
		.metavar = "SITE",
		.kinds = KIND(SITE),
		.help = "the Active Directory site that the array is for",
	},
	{
		.name = "all-sites-without",
		.type = OPT_FLAG,
		.offset = offsetof(struct values, all_sites_without),
		.help = "make an array for each site that should have one and has none",
	},
	{
		.name = "adopt-databases",
		.type = OPT_FLAG,
		.offset = offsetof(struct values, adopt_databases),
		.help = "point the site's databases at the array, too",
	},
	{
		.name = "if-not-exists",
		.type = OPT_FLAG,
		.offset = offsetof(struct values, if_not_exists),
		.help = "do nothing when exactly this array exists",
	},
	{
		.name = "allow-second-array",
		.type = OPT_FLAG,
		.offset = offsetof(struct values, allow_second_array),
		.help = "although the site has an array already",
	},
	{
		.name = "dns-address",
		.type = OPT_LIST,
		.offset = offsetof(struct values, dns_addresses),
		.metavar = "ADDRESS",
		.help = "make its DNS record with this IPv4 address, too",
	},
	{
		.name = "dns-ttl",
		.type = OPT_NUMBER,
		.offset = offsetof(struct values, dns_ttl),
		.metavar = "SECONDS",
		.positive = true,
		.help = "how long clients may keep the address; default: 300",
	},
	OPT_CHANGE(struct values, change),
};

/* Options that would mean the same for all sites. */
static int check_all_sites(struct cli_session *session, const struct values *values)
{
	const char *other = NULL;

	if (values->site) {
		other = "--site";
	} else if (values->name) {
		other = "--name";
	} else if (values->fqdn) {
		other = "--fqdn";
	} else if (values->dns_addresses.n) {
		other = "--dns-address";
	} else if (values->allow_second_array) {
		other = "--allow-second-array";
	}
	return other ? cli_usage(session, "--all-sites-without and %s exclude each other",
				 other)
		     : EXIT_DONE;
}

static int check(struct cli_session *session, const struct values *values)
{
	if (values->dns_ttl && !values->dns_addresses.n) {
		return cli_usage(session, "--dns-ttl needs --dns-address");
	}
	if (values->all_sites_without) {
		return check_all_sites(session, values);
	}
	return values->site ? EXIT_DONE
			    : cli_usage(session, "new-array needs --site, or "
						 "--all-sites-without");
}

/* Why a site cannot get an array. */
static int say(void *closure, const char *text, struct cas_error **err)
{
	struct cli_session *session = closure;

	out_flush(session->out);
	cli_message(session->err, "", text);
	return 0;
}

/* Virtual directories and service connection points are compared with the FQDN. */
static unsigned scope(const struct values *values)
{
	if (values->adopt_databases) {
		return CAS_SCOPE_ALL;
	}
	return values->all_sites_without ? CAS_SCOPE_SERVICES | CAS_SCOPE_DATABASES
					 : CAS_SCOPE_SERVICES;
}

static int run(struct cli_session *session, const void *data)
{
	const struct values *values = data;
	const struct cas_new_array what = {
		.name = values->name,
		.fqdn = values->fqdn,
		.site = values->site,
		.allow_second_array = values->allow_second_array,
		.adopt_databases = values->adopt_databases,
		.if_not_exists = values->if_not_exists,
		.dns_addresses = values->dns_addresses.v,
		.n_dns_addresses = values->dns_addresses.n,
		.dns_ttl = values->dns_ttl,
	};
	const struct cas_organization *org;
	struct cas_error *error = NULL;
	struct cas_plan *plan;
	int status = check(session, values);
	int code;

	if (status) {
		return status;
	}
	code = cli_load(session, scope(values), NULL, 0, &org, &error);
	if (code == 0) {
		code = values->all_sites_without
			       ? cas_plan_new_arrays(org, &what, say, session, &plan,
						     &error)
			       : cas_plan_new_array(org, &what, &plan, &error);
	}
	if (code) {
		return cli_fail(session, error);
	}
	return cli_run_plan(session, plan, &values->change, false);
}

static const char *const examples[] = {
	"new-array --fqdn outlook-lisbon.contoso.com --site Lisbon",
	"new-array --fqdn outlook-lisbon.contoso.com --site Lisbon --adopt-databases "
	"--what-if",
	"new-array --fqdn outlook-lisbon.contoso.com --site Lisbon --dns-address "
	"10.30.0.10",
	"new-array --config casarray.conf --all-sites-without --what-if",
	"New-ClientAccessArray -Name Lisbon -Fqdn outlook-lisbon.contoso.com -Site "
	"Lisbon "
	"-WhatIf",
	NULL,
};

const struct cmd cmd_new_array = {
	.name = "new-array",
	.cmdlet = "New-ClientAccessArray",
	.group = "Changing",
	.summary = "create the array of a site, or of all that have none",
	.description =
		"Creates a Client Access array. Refused are a site that is not found, a "
		"second array in a site, a name or FQDN that another array or server "
		"has, a "
		"legacyExchangeDN that is in use, and an FQDN that is no legal host "
		"name.\n"
		"Warned of are an FQDN that a virtual directory, Outlook Anywhere, "
		"Autodiscover or a DAG uses as well, one of a single label, and one that "
		"is "
		"longer than 64 characters.\n"
		"Without --fqdn the policy names the array: the keys array-fqdn and "
		"array-name in the section [policy] of casarray.conf have {site} for "
		"the name of the site. Then --all-sites-without makes the arrays of all "
		"sites that the rule CAS001 finds in one plan; when one of them cannot "
		"get an array, none is made.\n"
		"Databases that exist are not touched unless --adopt-databases is given; "
		"those that are created later in the site get the array by themselves. "
		"The "
		"DNS record that is needed is printed, or, with --dns-address, made "
		"where the directory holds the zone.",
	.examples = examples,
	CMD_OPTIONS(options),
	.values_size = sizeof(struct values),
	.run = run,
};
