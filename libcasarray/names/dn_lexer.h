/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Distinguished names token by token; for dn.c and dn_hash.c. */
#ifndef CASP_DN_LEXER_H
#define CASP_DN_LEXER_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/str.h"

enum casp_dn_token {
	CASP_DN_END,
	CASP_DN_TYPE, /* a character of an attribute type */
	CASP_DN_EQUALS,
	CASP_DN_LITERAL, /* a decoded byte of a value */
	CASP_DN_HEX,     /* a character of a "#hex" value, '#' included */
	CASP_DN_COMMA,
	CASP_DN_PLUS,
	CASP_DN_BAD,
};

struct casp_dn_lexer {
	const char *p, *end;
	enum {
		CASP_DN_AT_TYPE,
		CASP_DN_IN_TYPE,
		CASP_DN_AT_VALUE,
		CASP_DN_IN_VALUE,
		CASP_DN_IN_QUOTES,
		CASP_DN_IN_HEX,
		CASP_DN_AFTER_VALUE,
	} state;
	const char *spaces; /* blanks before this are inside a value */
	unsigned hex_digits;
	bool first; /* the literal is the first of its value */
	unsigned char c;
	const char *why; /* of CASP_DN_BAD, a static phrase */
};

static inline struct casp_dn_lexer casp_dn_lexer(struct casp_str dn)
{
	return (struct casp_dn_lexer){.p = dn.p, .end = dn.n ? dn.p + dn.n : dn.p};
}

/* Not to be called again after CASP_DN_END or CASP_DN_BAD. */
enum casp_dn_token casp_dn_lex(struct casp_dn_lexer *lex);
/*
 * The canonical spelling of a token: no blanks around separators, commas between RDNs, an
 * escape only where the byte would be read as something else. One to three bytes; no two
 * names share one.
 */
size_t casp_dn_canonical(const struct casp_dn_lexer *lex, enum casp_dn_token token,
			 char out[3]);

/* Is the text its own canonical spelling, but for case? Says no more often than it must.
 */
bool casp_dn_is_plain(struct casp_str dn); /* dn.c */

#endif
