/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What concerns every command: exit status, environment, formats, identities. */
#include <string.h>
#include <strings.h>

#include "session.h"

static const char exit_status[] =
	"Exit status\n"
	"\n"
	"    0  done; nothing to report\n"
	"    1  audit: findings at or above --fail-on; diff: differences; dns check: a\n"
	"       record is wrong; doctor: a check failed\n"
	"    2  wrong use: an unknown command or option, a missing or malformed value;\n"
	"       mistakes in the configuration\n"
	"    3  refused: an object was not found or is ambiguous, a rule forbids it, or\n"
	"       nobody agreed; nothing was written\n"
	"    4  permission denied: by a file, by the server, or it refused the login\n"
	"    5  conflict: somebody changed the directory meanwhile; nothing was "
	"written,\n"
	"       or it did not last, or is not alone: the message says which\n"
	"    6  partly applied: 'casarray history' says what was done\n"
	"    7  a file or a server cannot be reached, read or written, or is not what "
	"it\n"
	"       should be\n"
	"    8  a check that was asked for could not be evaluated; of a change: it is "
	"made,\n"
	"       and cannot be seen yet\n"
	"  130  interrupted\n"
	"\n"
	"Results go to stdout, everything else to stderr. When the reader of stdout "
	"goes\n"
	"away, the command still runs to its end, and the status is that of the "
	"command.\n";

static const char environment[] =
	"Environment\n"
	"\n"
	"  CASARRAY_DIRECTORY  the directory when --directory is not given: a path, or\n"
	"                      several, separated by colons; or servers, by blanks\n"
	"  CASARRAY_DOMAIN     else the domain, when --domain is not given\n"
	"  CASARRAY_JOURNAL    the folder of the journals when --journal is not given\n"
	"  CASARRAY_USER, ...  likewise each option that a configuration may have\n"
	"  CASARRAY_CONFIG     the configuration when --config is not given\n"
	"  CASARRAY_PROFILE    its profile when --profile is not given\n"
	"  XDG_CONFIG_HOME     else the configuration is casarray/casarray.conf in it,\n"
	"  HOME                or ~/.config/casarray/casarray.conf\n"
	"  CASARRAY_SYSTEM_CONFIG  the configuration of all users, in place of\n"
	"                      /etc/casarray/casarray.conf\n"
	"  XDG_STATE_HOME      else they are in $XDG_STATE_HOME/casarray/journal,\n"
	"  HOME                or in ~/.local/state/casarray/journal\n"
	"  NO_COLOR            not empty: no colours unless --color always\n"
	"  TERM                'dumb', or not set: likewise\n"
	"  COLUMNS             the width of the terminal; nothing is cut elsewhere\n"
	"\n"
	"An option wins over the environment, and both over configuration files.\n";

static const char formats[] =
	"Formats\n"
	"\n"
	"Every command prints a head, rows and a tail, one row after the other; memory "
	"does\n"
	"not grow with their number.\n"
	"\n"
	"  --format text    for people; fits the terminal, and is coloured on one only\n"
	"  --format json    one document: \"schema\", \"version\", the members of the "
	"head,\n"
	"                   \"rows\" with one row a line, the members of the tail\n"
	"  --format ndjson  one object a line, with \"type\" \"head\", \"row\" or "
	"\"tail\"; a\n"
	"                   row is in the member \"row\"\n"
	"  --format csv     RFC 4180: a header line, CRLF; lists are joined with '; '\n"
	"  --format sarif   audit: SARIF 2.1.0, results in the lines of LDIF files\n"
	"  --format junit   audit: XML, test cases\n"
	"  --format markdown  audit: tables, for the summary of a job\n"
	"\n"
	"  --fields a,b.c   only these members of each row; 'b.c' is member c of member "
	"b\n"
	"  --output FILE    writes to a file, which is replaced as a whole at the end\n"
	"\n"
	"Text from the directory is escaped before it reaches a terminal: control and "
	"bidi\n"
	"characters as \\x1b or \\u202e. JSON and CSV files hold it as it is; bytes that "
	"are\n"
	"not UTF-8 become U+FFFD.\n"
	"\n"
	"casarray-json(5) describes the members; JSON Schemas are installed with "
	"casarray.\n";

static const char identities[] =
	"Identities\n"
	"\n"
	"An object is named by the first of these that fits, ignoring case:\n"
	"\n"
	"  its GUID                81b752f8-dfaf-4c5e-8b1c-0d3c6d2a9f10\n"
	"  its distinguished name  'CN=DB07,CN=Databases,CN=...'\n"
	"  its legacyExchangeDN    '/o=Contoso/ou=.../cn=outlook.contoso.com'\n"
	"  its name                DB07, 'Mailbox Database 3'\n"
	"  its FQDN                outlook.contoso.com\n"
	"\n"
	"Several objects that answer to one identity are an error that names them; so is "
	"an\n"
	"empty identity. Where a command takes many, a leading or trailing '*' is a "
	"wildcard\n"
	"for the name ('DB*', '*Berlin*'; quote it for the shell), and several "
	"identities may\n"
	"be given.\n"
	"\n"
	"In the cmdlet form a list is separated by commas, as in -Identity DB1,DB2. A\n"
	"distinguished name is not taken apart; a name with a comma needs quotes of its "
	"own:\n"
	"-Identity \"'Sales, Berlin',DB2\".\n";

static const struct {
	const char *name;
	const char *text;
} topics[] = {
	{"exit-status", exit_status},
	{"environment", environment},
	{"formats", formats},
	{"identities", identities},
};

const char *const cli_help_topics[] = {"exit-status", "environment", "formats",
				       "identities", NULL};

bool cli_help_topic(const char *topic, FILE *stream)
{
	for (size_t i = 0; i < sizeof(topics) / sizeof(*topics); i++) {
		if (!strcasecmp(topics[i].name, topic)) {
			fputs(topics[i].text, stream);
			return true;
		}
	}
	return false;
}
