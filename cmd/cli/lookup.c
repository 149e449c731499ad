/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which option a name, a letter or a cmdlet parameter means. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "options.h"
#include "session.h"
#include "text.h"

#define GLOBAL(member) offsetof(struct cli_global, member)

static const char *const colors[] = {"auto", "always", "never", NULL};
static const char *const mechanisms[] = {"GSS-SPNEGO", "GSSAPI", "EXTERNAL", NULL};

const struct opt opt_globals[] = {
	{.name = "directory",
	 .letter = 'd',
	 .type = OPT_LIST,
	 .offset = GLOBAL(directory),
	 .metavar = "DIRECTORY",
	 .configurable = true,
	 .path = true,
	 .group = OPT_GROUP_PLACE,
	 .help = "an LDIF file, or a server: ldap://HOST, ldaps://HOST, ldapi://PATH"},
	{.name = "domain",
	 .type = OPT_TEXT,
	 .offset = GLOBAL(domain),
	 .metavar = "DOMAIN",
	 .configurable = true,
	 .group = OPT_GROUP_PLACE,
	 .help = "use a domain controller of this domain, which DNS knows"},
	{.name = "domain-controller",
	 .type = OPT_TEXT,
	 .offset = GLOBAL(domain_controller),
	 .metavar = "FQDN",
	 .configurable = true,
	 .group = OPT_GROUP_PLACE,
	 .help = "use this domain controller"},
	{.name = "dns-server",
	 .type = OPT_TEXT,
	 .offset = GLOBAL(dns_server),
	 .metavar = "ADDRESS",
	 .configurable = true,
	 .help = "ask this DNS server for domain controllers and addresses"},
	{.name = "user",
	 .type = OPT_TEXT,
	 .offset = GLOBAL(user),
	 .metavar = "NAME",
	 .configurable = true,
	 .group = OPT_GROUP_LOGIN,
	 .help = "log in to the server with a password, as this DN or user@domain"},
	{.name = "password-file",
	 .type = OPT_TEXT,
	 .offset = GLOBAL(password_file),
	 .metavar = "FILE",
	 .configurable = true,
	 .path = true,
	 .belongs = OPT_GROUP_LOGIN,
	 .help = "read the password from a file that others cannot read"},
	{.name = "anonymous",
	 .type = OPT_FLAG,
	 .offset = GLOBAL(anonymous),
	 .configurable = true,
	 .group = OPT_GROUP_LOGIN,
	 .help = "do not log in to the server"},
	{.name = "sasl-mech",
	 .type = OPT_CHOICE,
	 .offset = GLOBAL(mechanism),
	 .metavar = "MECHANISM",
	 .choices = mechanisms,
	 .configurable = true,
	 .group = OPT_GROUP_LOGIN,
	 .help = "log in to the server in this way; GSS-SPNEGO is the default"},
	{.name = "start-tls",
	 .type = OPT_FLAG,
	 .offset = GLOBAL(start_tls),
	 .configurable = true,
	 .help = "encrypt a connection to ldap:// with TLS"},
	{.name = "ca-file",
	 .type = OPT_TEXT,
	 .offset = GLOBAL(ca_file),
	 .metavar = "FILE",
	 .configurable = true,
	 .path = true,
	 .help = "trust the certificates of this PEM file instead of the system's"},
	{.name = "tls-legacy",
	 .type = OPT_FLAG,
	 .offset = GLOBAL(tls_legacy),
	 .configurable = true,
	 .help = "accept TLS 1.0 and SHA-1 certificates of old servers"},
	{.name = "timeout",
	 .type = OPT_NUMBER,
	 .offset = GLOBAL(timeout),
	 .metavar = "SECONDS",
	 .positive = true,
	 .configurable = true,
	 .help = "how long a server may take to answer; 30 is the default"},
	{.name = "format",
	 .type = OPT_CHOICE,
	 .offset = GLOBAL(format),
	 .metavar = "FORMAT",
	 .choices = out_formats,
	 .fits = cli_command_has_format,
	 .configurable = true,
	 .help = "how results are printed; text is the default, the last three are "
		 "for findings"},
	{.name = "output",
	 .letter = 'o',
	 .type = OPT_TEXT,
	 .offset = GLOBAL(output),
	 .metavar = "FILE",
	 .help = "write results to a file, which is replaced as a whole"},
	{.name = "fields",
	 .type = OPT_TEXT,
	 .offset = GLOBAL(fields),
	 .metavar = "FIELD,...",
	 .help = "print only these members of each row, in this order"},
	{.name = "color",
	 .type = OPT_CHOICE,
	 .offset = GLOBAL(color),
	 .metavar = "WHEN",
	 .choices = colors,
	 .configurable = true,
	 .help = "colour text; auto, the default, does on a terminal"},
	{.name = "journal",
	 .type = OPT_TEXT,
	 .offset = GLOBAL(journal),
	 .metavar = "FOLDER",
	 .configurable = true,
	 .path = true,
	 .help = "where the journals of changes are kept"},
	{.name = "config",
	 .type = OPT_TEXT,
	 .offset = GLOBAL(config),
	 .metavar = "FILE",
	 .help = "read this configuration instead of the user's own"},
	{.name = "profile",
	 .type = OPT_TEXT,
	 .offset = GLOBAL(profile),
	 .metavar = "NAME",
	 .names_profile = true,
	 .help = "take the settings of this profile of the configuration"},
	{.name = "verbose",
	 .letter = 'v',
	 .alias = "vb",
	 .type = OPT_FLAG,
	 .offset = GLOBAL(verbose),
	 .configurable = true,
	 .help = "say more: details on stderr, rules that were not evaluated"},
	{.name = "quiet",
	 .letter = 'q',
	 .type = OPT_FLAG,
	 .offset = GLOBAL(quiet),
	 .configurable = true,
	 .help = "no warnings and notices on stderr, only errors"},
	{.name = "help",
	 .letter = 'h',
	 .alias = "?",
	 .type = OPT_FLAG,
	 .offset = GLOBAL(help),
	 .help = "print this help"},
	{.name = "version",
	 .letter = 'V',
	 .type = OPT_FLAG,
	 .offset = GLOBAL(version),
	 .help = "print the version"},
};
const size_t opt_n_globals = sizeof(opt_globals) / sizeof(*opt_globals);

/* The command's options, then the global ones; NULL past the end. */
static const struct opt *at(const struct cmd *cmd, size_t i)
{
	size_t n = cmd ? cmd->n_options : 0;

	if (i < n) {
		return &cmd->options[i];
	}
	return i - n < opt_n_globals ? &opt_globals[i - n] : NULL;
}

const struct opt *opt_find(const struct cmd *cmd, const char *name, size_t n)
{
	const struct opt *opt;

	for (size_t i = 0; (opt = at(cmd, i)); i++) {
		if (strlen(opt->name) == n && !memcmp(opt->name, name, n)) {
			return opt;
		}
	}
	return NULL;
}

const struct opt *opt_find_letter(const struct cmd *cmd, char letter)
{
	const struct opt *opt;

	for (size_t i = 0; letter && (opt = at(cmd, i)); i++) {
		if (opt->letter == letter) {
			return opt;
		}
	}
	return NULL;
}

void opt_parameter(const struct opt *opt, char *text, size_t size)
{
	bool capital = true;
	size_t n = 0;

	if (opt->parameter) {
		strncpy(text, opt->parameter, size - 1);
		text[size - 1] = '\0';
		return;
	}
	for (const char *p = opt->name; *p && n + 1 < size; p++) {
		if (*p == '-') {
			capital = true;
			continue;
		}
		text[n++] = (char)(capital ? toupper((unsigned char)*p) : *p);
		capital = false;
	}
	text[n] = '\0';
}

/* PowerShell's order: the alias or the whole name wins over beginnings. */
const struct opt *opt_find_parameter(const struct cmd *cmd, const char *name, size_t n,
				     const struct opt **second)
{
	const struct opt *found = NULL;
	const struct opt *opt;

	*second = NULL;
	if (!n) {
		return NULL;
	}
	for (size_t i = 0; (opt = at(cmd, i)); i++) {
		char parameter[64];

		opt_parameter(opt, parameter, sizeof(parameter));
		if ((n == 1 && opt->letter == *name) ||
		    (opt->alias && strlen(opt->alias) == n &&
		     cli_begins(opt->alias, name, n)) ||
		    (strlen(parameter) == n && cli_begins(parameter, name, n))) {
			*second = NULL;
			return opt;
		}
		if (!cli_begins(parameter, name, n)) {
			continue;
		}
		if (found && !*second) {
			*second = opt;
		}
		found = found ? found : opt;
	}
	return found;
}

size_t opt_dash(const char *word)
{
	/* U+2013, U+2014, U+2015: what word processors make of a hyphen; PowerShell takes
	 * them, too */
	if (!strncmp(word, "\xe2\x80\x93", 3) || !strncmp(word, "\xe2\x80\x94", 3) ||
	    !strncmp(word, "\xe2\x80\x95", 3)) {
		return 3;
	}
	return *word == '-';
}
