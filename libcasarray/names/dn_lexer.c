/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Distinguished names token by token: RFC 4514 with the blanks, quotes and semicolons of
 * RFC 2253. */
#include "dn_lexer.h"

/* RFC 4514, and the semicolon of RFC 2253 section 4. */
static bool is_separator(char c)
{
	return c == ',' || c == '+' || c == ';';
}

static const char *skip_spaces(const char *p, const char *end)
{
	while (p < end && *p == ' ') {
		p++;
	}
	return p;
}

static enum casp_dn_token bad(struct casp_dn_lexer *lex, const char *why)
{
	lex->why = why;
	return CASP_DN_BAD;
}

static enum casp_dn_token lex_type(struct casp_dn_lexer *lex)
{
	if (lex->state == CASP_DN_AT_TYPE) {
		lex->p = skip_spaces(lex->p, lex->end);
		if (lex->p == lex->end || *lex->p == '=' || is_separator(*lex->p)) {
			return bad(lex, "empty attribute type");
		}
		if (!casp_is_alnum((unsigned char)*lex->p)) {
			return bad(lex, "bad attribute type");
		}
		lex->state = CASP_DN_IN_TYPE;
	}
	if (lex->p < lex->end &&
	    (casp_is_alnum((unsigned char)*lex->p) || *lex->p == '-' || *lex->p == '.')) {
		lex->c = (unsigned char)*lex->p++;
		return CASP_DN_TYPE;
	}
	lex->p = skip_spaces(lex->p, lex->end);
	if (lex->p == lex->end || is_separator(*lex->p)) {
		return bad(lex, "missing '='");
	}
	if (*lex->p != '=') {
		return bad(lex, "bad attribute type");
	}
	lex->p = skip_spaces(lex->p + 1, lex->end);
	lex->state = CASP_DN_AT_VALUE;
	return CASP_DN_EQUALS;
}

static enum casp_dn_token lex_after(struct casp_dn_lexer *lex)
{
	lex->p = skip_spaces(lex->p, lex->end);
	if (lex->p == lex->end) {
		return CASP_DN_END;
	}
	if (!is_separator(*lex->p)) {
		return bad(lex, "text after a value");
	}
	lex->state = CASP_DN_AT_TYPE;
	return *lex->p++ == '+' ? CASP_DN_PLUS : CASP_DN_COMMA;
}

static enum casp_dn_token literal(struct casp_dn_lexer *lex, unsigned char c,
				  size_t length)
{
	lex->c = c;
	lex->p += length;
	return CASP_DN_LITERAL;
}

static enum casp_dn_token lex_escape(struct casp_dn_lexer *lex)
{
	const char *p = lex->p + 1;
	int high, low;

	if (p < lex->end && *p && strchr(" \"#+,;<=>\\", *p)) {
		return literal(lex, (unsigned char)*p, 2);
	}
	if (lex->end - p < 2) {
		return bad(lex, "bad escape");
	}
	high = casp_hex_digit((unsigned char)p[0]);
	low = casp_hex_digit((unsigned char)p[1]);
	if (high < 0 || low < 0) {
		return bad(lex, "bad escape");
	}
	return literal(lex, (unsigned char)(high << 4 | low), 3);
}

static enum casp_dn_token lex_hex(struct casp_dn_lexer *lex)
{
	if (lex->p < lex->end && casp_hex_digit((unsigned char)*lex->p) >= 0) {
		lex->hex_digits++;
		lex->c = (unsigned char)*lex->p++;
		return CASP_DN_HEX;
	}
	if (!lex->hex_digits || lex->hex_digits % 2) {
		return bad(lex, "bad hexadecimal value");
	}
	lex->state = CASP_DN_AFTER_VALUE;
	return lex_after(lex);
}

static enum casp_dn_token lex_quotes(struct casp_dn_lexer *lex)
{
	if (lex->p == lex->end) {
		return bad(lex, "missing closing quote");
	}
	switch (*lex->p) {
	case '"':
		lex->p++;
		lex->state = CASP_DN_AFTER_VALUE;
		return lex_after(lex);
	case '\\':
		return lex_escape(lex);
	case '\0':
		return bad(lex, "NUL byte");
	default:
		return literal(lex, (unsigned char)*lex->p, 1);
	}
}

static enum casp_dn_token lex_value(struct casp_dn_lexer *lex)
{
	if (lex->p == lex->end || is_separator(*lex->p)) {
		lex->state = CASP_DN_AFTER_VALUE;
		return lex_after(lex);
	}
	switch (*lex->p) {
	case ' ':
		if (lex->p >= lex->spaces) {
			lex->spaces = skip_spaces(lex->p, lex->end);
		}
		if (lex->spaces == lex->end || is_separator(*lex->spaces)) {
			lex->p = lex->spaces;
			lex->state = CASP_DN_AFTER_VALUE;
			return lex_after(lex);
		}
		return literal(lex, ' ', 1);
	case '\\':
		return lex_escape(lex);
	case '"':
		return bad(lex, "unescaped quote");
	case '<':
	case '>':
		return bad(lex, "unescaped '<' or '>'");
	case '\0':
		return bad(lex, "NUL byte");
	default:
		return literal(lex, (unsigned char)*lex->p, 1);
	}
}

enum casp_dn_token casp_dn_lex(struct casp_dn_lexer *lex)
{
	if (lex->state == CASP_DN_AT_TYPE || lex->state == CASP_DN_IN_TYPE) {
		return lex_type(lex);
	}
	if (lex->state == CASP_DN_AFTER_VALUE) {
		return lex_after(lex);
	}
	if (lex->state == CASP_DN_IN_HEX) {
		return lex_hex(lex);
	}
	if (lex->state == CASP_DN_AT_VALUE) {
		lex->spaces = lex->p;
		lex->first = true;
		if (lex->p < lex->end && *lex->p == '#') {
			lex->hex_digits = 0;
			lex->state = CASP_DN_IN_HEX;
			lex->c = (unsigned char)*lex->p++;
			return CASP_DN_HEX;
		}
		lex->state = CASP_DN_IN_VALUE;
		if (lex->p < lex->end && *lex->p == '"') {
			lex->p++;
			lex->state = CASP_DN_IN_QUOTES;
		}
	} else {
		lex->first = false;
	}
	return lex->state == CASP_DN_IN_QUOTES ? lex_quotes(lex) : lex_value(lex);
}

size_t casp_dn_canonical(const struct casp_dn_lexer *lex, enum casp_dn_token token,
			 char out[3])
{
	switch (token) {
	case CASP_DN_EQUALS:
		out[0] = '=';
		return 1;
	case CASP_DN_COMMA:
		out[0] = ',';
		return 1;
	case CASP_DN_PLUS:
		out[0] = '+';
		return 1;
	case CASP_DN_LITERAL:
		if (!lex->c) {
			memcpy(out, "\\00", 3);
			return 3;
		}
		if (strchr(",+\"\\;<>", lex->c) || (lex->first && strchr(" #", lex->c))) {
			out[0] = '\\';
			out[1] = (char)lex->c;
			return 2;
		}
		out[0] = (char)lex->c;
		return 1;
	default:
		out[0] = (char)lex->c;
		return 1;
	}
}
