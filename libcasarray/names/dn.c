/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Distinguished names, with short cuts for those that are spelled canonically. */
#include "dn.h"

#include "dn_lexer.h"

typedef unsigned char bytes16 __attribute__((vector_size(16)));
typedef uint64_t words2 __attribute__((vector_size(16)));

static bytes16 load16(const char *p)
{
	bytes16 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/*
 * What may need rewriting, in the pairs of bytes that begin at p[0] to p[15]: any of \ "
 * # + ; < > and NUL (those that differ in one bit share a comparison), blanks next to a
 * comma or '='.
 */
static bytes16 suspects(const char *p)
{
	bytes16 a = load16(p), b = load16(p + 1);
	bytes16 special = (bytes16)((a & 0xfe) == '"') | (bytes16)((a & 0xef) == '+') |
			  (bytes16)((a & 0xfd) == '<') | (bytes16)(a == '\\') |
			  (bytes16)(a == 0);
	bytes16 before = (bytes16)(a == ',') | (bytes16)(a == '=');
	bytes16 after = (bytes16)(b == ',') | (bytes16)(b == '=');

	return special | (before & (bytes16)(b == ' ')) | ((bytes16)(a == ' ') & after);
}

static bool suspect(char a, char b)
{
	return !a || strchr("\\\"#+;<>", a) || ((a == ',' || a == '=') && b == ' ') ||
	       (a == ' ' && (b == ',' || b == '='));
}

/* Nearly every name in a directory is plain, so this looks at 16 bytes at a time. */
bool casp_dn_is_plain(struct casp_str dn)
{
	size_t last = dn.n - 1, i = 0;
	bytes16 found = {0};
	words2 any;

	if (!dn.n) {
		return true;
	}
	if (dn.p[0] == ' ' || dn.p[last] == ' ' || suspect(dn.p[last], 'x')) {
		return false;
	}
	for (; i + 16 <= last; i += 16) {
		found |= suspects(dn.p + i);
	}
	if (i && i < last) {
		found |= suspects(dn.p + last - 16);
		i = last;
	}
	for (; i < last; i++) {
		if (suspect(dn.p[i], dn.p[i + 1])) {
			return false;
		}
	}
	any = (words2)found;
	return !(any[0] | any[1]);
}

/* The number of RDNs of plain text; 0: malformed or, with a type like "2.5.4.3", a case
 * for the lexer. */
static unsigned plain_depth(struct casp_str dn)
{
	unsigned depth = 1;
	const char *p = dn.p, *end = dn.p + dn.n;

	for (;;) {
		const char *type = p;

		while (p < end && casp_is_alnum((unsigned char)*p)) {
			p++;
		}
		if (p == type || p == end || *p != '=') {
			return 0;
		}
		p = memchr(p, ',', (size_t)(end - p));
		if (!p) {
			return depth;
		}
		p++;
		depth++;
	}
}

bool casp_dn_check(struct casp_str dn, const char **why)
{
	struct casp_dn_lexer lex = casp_dn_lexer(dn);
	enum casp_dn_token token;

	if (!dn.n) {
		*why = "empty";
		return false;
	}
	if (casp_dn_is_plain(dn) && plain_depth(dn)) {
		return true;
	}
	do {
		token = casp_dn_lex(&lex);
	} while (token != CASP_DN_END && token != CASP_DN_BAD);
	if (token == CASP_DN_BAD) {
		*why = lex.why;
	}
	return token == CASP_DN_END;
}

static bool text_equal(struct casp_str a, struct casp_str b)
{
	size_t i = 0;

	if (a.n != b.n) {
		return false;
	}
	for (; i + 8 <= a.n; i += 8) {
		if (memcmp(a.p + i, b.p + i, 8) != 0 &&
		    !casp_str_iequal((struct casp_str){a.p + i, 8},
				     (struct casp_str){b.p + i, 8})) {
			return false;
		}
	}
	return i == a.n || casp_str_iequal((struct casp_str){a.p + i, a.n - i},
					   (struct casp_str){b.p + i, b.n - i});
}

/* Never, when one is malformed. */
static bool canonical_equal(struct casp_str a, struct casp_str b)
{
	struct casp_dn_lexer x = casp_dn_lexer(a), y = casp_dn_lexer(b);
	enum casp_dn_token token;

	do {
		char c[3], d[3];
		size_t n, m;

		token = casp_dn_lex(&x);
		if (token != casp_dn_lex(&y)) {
			return false;
		}
		if (token == CASP_DN_END) {
			return true;
		}
		n = casp_dn_canonical(&x, token, c);
		m = casp_dn_canonical(&y, token, d);
		if (!casp_str_iequal((struct casp_str){c, n}, (struct casp_str){d, m})) {
			return false;
		}
	} while (token != CASP_DN_BAD);
	return false;
}

bool casp_dn_equal(struct casp_str a, struct casp_str b)
{
	if (text_equal(a, b)) {
		return true;
	}
	return !(casp_dn_is_plain(a) && casp_dn_is_plain(b)) && canonical_equal(a, b);
}

/* The length of the first RDN, blanks after it included. */
static size_t rdn_length(struct casp_str dn)
{
	struct casp_dn_lexer lex = casp_dn_lexer(dn);
	enum casp_dn_token token;
	size_t i = 0;

	while (i < dn.n && dn.p[i] != '\\' && dn.p[i] != '"' && dn.p[i] != ';') {
		if (dn.p[i] == ',') {
			return i;
		}
		i++;
	}
	if (i == dn.n) {
		return dn.n;
	}
	do {
		token = casp_dn_lex(&lex);
	} while (token != CASP_DN_COMMA && token != CASP_DN_END && token != CASP_DN_BAD);
	if (token != CASP_DN_BAD) {
		return (size_t)(lex.p - dn.p) - (token == CASP_DN_COMMA);
	}
	for (; i < dn.n && dn.p[i] != ','; i++) {
		if (dn.p[i] == '\\' && i + 1 < dn.n) {
			i++;
		}
	}
	return i;
}

struct casp_str casp_dn_parent(struct casp_str dn)
{
	size_t n = rdn_length(dn);

	if (n == dn.n) {
		return (struct casp_str){"", 0};
	}
	n++;
	while (n < dn.n && dn.p[n] == ' ') {
		n++;
	}
	return (struct casp_str){dn.p + n, dn.n - n};
}

struct casp_str casp_dn_rdn(struct casp_str dn)
{
	return (struct casp_str){dn.p, rdn_length(dn)};
}

bool casp_dn_rdn_value(struct casp_str dn, struct casp_buf *out)
{
	struct casp_str rdn = casp_dn_rdn(dn);
	struct casp_dn_lexer lex = casp_dn_lexer(rdn);
	size_t start = out->n;
	enum casp_dn_token token;

	if (rdn.n && casp_dn_is_plain(rdn) && plain_depth(rdn)) {
		const char *value = (const char *)memchr(rdn.p, '=', rdn.n) + 1;

		casp_buf_add(out, value, (size_t)(rdn.p + rdn.n - value));
		return true;
	}
	for (;;) {
		token = casp_dn_lex(&lex);
		if (token == CASP_DN_LITERAL || token == CASP_DN_HEX) {
			casp_buf_addc(out, (char)lex.c);
		} else if (token == CASP_DN_BAD) {
			if (out->n > start) {
				out->n = start;
				out->p[start] = '\0';
			}
			return false;
		} else if (token == CASP_DN_END || token == CASP_DN_PLUS ||
			   token == CASP_DN_COMMA) {
			return true;
		}
	}
}

unsigned casp_dn_depth(struct casp_str dn)
{
	struct casp_dn_lexer lex = casp_dn_lexer(dn);
	unsigned depth = dn.n && casp_dn_is_plain(dn) ? plain_depth(dn) : 0;
	enum casp_dn_token token;

	if (depth) {
		return depth;
	}
	depth = 1;
	do {
		token = casp_dn_lex(&lex);
		depth += token == CASP_DN_COMMA;
	} while (token != CASP_DN_END && token != CASP_DN_BAD);
	return token == CASP_DN_END ? depth : 0;
}

bool casp_dn_is_below(struct casp_str dn, struct casp_str base, bool self)
{
	unsigned above, depth;

	if (casp_dn_is_plain(dn) && casp_dn_is_plain(base)) {
		if (dn.n <= base.n) {
			return self && text_equal(dn, base);
		}
		dn.p += dn.n - base.n;
		return base.n && dn.p[-1] == ',' &&
		       text_equal((struct casp_str){dn.p, base.n}, base);
	}
	above = casp_dn_depth(base);
	depth = casp_dn_depth(dn);
	if (!above || depth < above || (depth == above && !self)) {
		return false;
	}
	for (; depth > above; depth--) {
		dn = casp_dn_parent(dn);
	}
	return casp_dn_equal(dn, base);
}

void casp_dn_escape(struct casp_str value, struct casp_buf *out)
{
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if (c < 0x20) {
			casp_buf_addf(out, "\\%02X", c);
			continue;
		}
		if (strchr(",+\"\\<>;=", c) || (c == '#' && i == 0) ||
		    (c == ' ' && (i == 0 || i == value.n - 1))) {
			casp_buf_addc(out, '\\');
		}
		casp_buf_addc(out, (char)c);
	}
}
