/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Audits of small organizations that are given as a script, for tables of tests. */
#ifndef AUDITED_H
#define AUDITED_H

#include "fixture.h"

/*
 * Statements are separated by ';' and words by blanks; '-' stands for none, "_" in a word
 * for a blank.
 *
 *   site NAME                      subnet PREFIX SITE
 *   server NAME SITE ROLES VERSION norpc NAME SITE ROLES VERSION
 *   array NAME FQDN SITE           dag NAME CROSS-SITE
 *   db NAME OWNER RCAS             pf NAME OWNER RCAS        copy DB SERVER PREFERENCE
 *   vdir SERVER KIND INTERNAL EXTERNAL
 *   entry CLASSES DN (classes joined by '+')
 *   set ATTRIBUTE VALUE, add ATTRIBUTE VALUE, unset ATTRIBUTE, move DN: the last entry;
 * the value is the rest of the statement, as it is in-dag DAG: puts the last server into
 * it; of-dag DAG: makes the last database one of its made DATE: whenCreated of the last
 * entry
 */
void script(struct fixture *fixture, const char *text);

/*
 * The findings of one rule on the organization of a script: "OBJECT SEVERITY FIX" each,
 * joined by
 * "; ", or "OBJECT not-evaluated". Holds every finding to what is promised of all of
 * them. The text stays valid until the next call.
 */
const char *audited(const char *text, const char *rule);
/* Likewise by a policy. */
const char *audited_by(const struct cas_policy *policy, const char *text,
		       const char *rule);
/* The fix texts likewise, joined by "; ". */
const char *audited_fix(const char *text, const char *rule);

struct audit_row {
	const char *rule;
	const char *script;
	const char *findings;
};
void check_audit_row(const struct audit_row *row);
/* Its findings are the fix texts, or a part of the messages. */
void check_audit_fix(const struct audit_row *row);
void check_audit_message(const struct audit_row *row);

#define HQ                                                                               \
	"site HQ;server EX1 HQ 38 14.3.123.4;server EX2 HQ 38 14.3.123.4;"               \
	"array outlook outlook.contoso.com HQ;"
#define BER                                                                              \
	"site BER;server BER1 BER 38 14.3.123.4;server BER2 BER 38 14.3.123.4;"          \
	"array ber ber.contoso.com BER;"

#endif
