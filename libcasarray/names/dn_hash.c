/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hashes of distinguished names. The hash of a name is made of that of its first RDN and
 * that of its parent, so that a directory of a million names is hashed by their RDNs.
 */
#include "dn.h"
#include "dn_lexer.h"

#define MULTIPLIER 0x9e3779b97f4a7c15u
/* hash(rdn,parent) = hash(rdn) * CHAIN^depth(parent) + hash(parent) */
#define CHAIN 0xd1342543de82ef95u
#define WORD sizeof(uint64_t)

/* ---- one RDN ---- */

static uint64_t mix(uint64_t hash, const char *p, size_t n)
{
	uint64_t word = 0;

	memcpy(&word, p, n);
	/* Bit 5 folds the letters; what else it merges only collides. */
	hash = (hash ^ (word | 0x2020202020202020u)) * MULTIPLIER;
	return hash ^ hash >> 32;
}

/* The last bytes, fewer than a word, and the length of it all. */
static uint64_t finish(uint64_t hash, const char *p, size_t n, size_t total)
{
	if (n) {
		hash = mix(hash, p, n);
	}
	hash = (hash ^ total) * MULTIPLIER;
	return hash ^ hash >> 29;
}

static uint64_t hash_text(struct casp_str text)
{
	uint64_t hash = 0;
	size_t i = 0;

	for (; i + WORD <= text.n; i += WORD) {
		hash = mix(hash, text.p + i, WORD);
	}
	return finish(hash, text.p + i, text.n - i, text.n);
}

/* ---- whole names ---- */

static uint64_t hash_plain(struct casp_str dn)
{
	uint64_t hash = 0;

	for (;;) {
		const char *comma = memchr(dn.p, ',', dn.n);
		struct casp_str rdn = {dn.p, comma ? (size_t)(comma - dn.p) : dn.n};

		hash = hash * CHAIN + hash_text(rdn);
		if (!comma) {
			return hash;
		}
		dn.p += rdn.n + 1;
		dn.n -= rdn.n + 1;
	}
}

static uint64_t hash_canonical(struct casp_str dn)
{
	struct casp_dn_lexer lex = casp_dn_lexer(dn);
	char text[WORD + 2];
	size_t n = 0, total = 0;
	uint64_t hash = 0, rdn = 0;
	enum casp_dn_token token;

	do {
		token = casp_dn_lex(&lex);
		if (token == CASP_DN_COMMA || token == CASP_DN_END) {
			hash = hash * CHAIN + finish(rdn, text, n, total + n);
			n = total = rdn = 0;
			continue;
		}
		n += casp_dn_canonical(&lex, token, text + n);
		if (n >= WORD) {
			rdn = mix(rdn, text, WORD);
			n -= WORD;
			total += WORD;
			memmove(text, text + WORD, n);
		}
	} while (token != CASP_DN_END);
	return hash;
}

static uint64_t hash_name(struct casp_str dn)
{
	const char *why;

	if (!dn.n) {
		return 0;
	}
	if (casp_dn_is_plain(dn)) {
		return hash_plain(dn);
	}
	return casp_dn_check(dn, &why) ? hash_canonical(dn) : hash_text(dn);
}

/* 0 is no hash of a map. */
static uint64_t not_zero(uint64_t hash)
{
	return hash ? hash : 1;
}

uint64_t casp_dn_hash(struct casp_str dn)
{
	return not_zero(hash_name(dn));
}

/* ---- in one look ---- */

/* The bytes of which values are made that mean themselves wherever they stand, but for a
 * blank at an end. */
static bool is_ordinary(unsigned char c)
{
	static const bool special[128] = {
		[0 ... 0x1f] = true, ['"'] = true,  ['#'] = true,  ['+'] = true,
		[','] = true,        [';'] = true,  ['<'] = true,  ['='] = true,
		['>'] = true,        ['\\'] = true, [0x7f] = true,
	};

	return c < sizeof(special) && !special[c];
}

/* The length of the first RDN when it is its own canonical spelling and a parent follows;
 * else 0: a case for the others. */
static size_t simple_rdn(struct casp_str dn)
{
	size_t i = 0, value;

	while (i < dn.n && casp_is_alnum((unsigned char)dn.p[i])) {
		i++;
	}
	if (i == 0 || i == dn.n || dn.p[i] != '=') {
		return 0;
	}
	value = ++i;
	while (i < dn.n && is_ordinary((unsigned char)dn.p[i])) {
		i++;
	}
	return i < dn.n && dn.p[i] == ',' && dn.p[value] != ' ' && dn.p[i - 1] != ' ' ? i
										      : 0;
}

static bool is_ascii(struct casp_str text)
{
	unsigned char all = 0;

	for (size_t i = 0; i < text.n; i++) {
		all |= (unsigned char)text.p[i];
	}
	return all < 0x80;
}

static const struct casp_dn_known *recall(struct casp_dn_memory *memory,
					  struct casp_str parent)
{
	struct casp_dn_known *parents = memory->parents;
	struct casp_dn_known found;

	if (casp_str_equal(parents[0].dn, parent)) {
		return &parents[0];
	}
	if (casp_str_equal(parents[1].dn, parent)) {
		found = parents[1];
	} else if (casp_str_equal(memory->last.dn, parent)) {
		found = memory->last;
	} else {
		return NULL;
	}
	parents[1] = parents[0];
	parents[0] = found;
	return &parents[0];
}

/* Of a well-formed name. */
static struct casp_dn_known know(struct casp_str dn)
{
	struct casp_dn_known known = {
		.dn = dn, .hash = hash_name(dn), .power = 1, .ascii = is_ascii(dn)};

	for (unsigned depth = casp_dn_depth(dn); depth; depth--) {
		known.power *= CHAIN;
	}
	return known;
}

static void look_closely(struct casp_str dn, struct casp_dn_memory *memory,
			 struct casp_dn_summary *ret)
{
	struct casp_str parent = casp_dn_parent(dn);
	const char *why;

	*ret = (struct casp_dn_summary){.hash = casp_dn_hash(dn),
					.good = casp_dn_check(dn, &why),
					.ascii = is_ascii(dn)};
	if (parent.n) {
		ret->parent_hash = casp_dn_hash(parent);
	}
	if (!ret->good) {
		return;
	}
	memory->last = know(dn);
	if (parent.n) {
		memory->parents[1] = memory->parents[0];
		memory->parents[0] = know(parent);
	}
}

void casp_dn_summarize(struct casp_str dn, struct casp_dn_memory *memory,
		       struct casp_dn_summary *ret)
{
	size_t n = simple_rdn(dn);
	struct casp_str rdn = {dn.p, n}, parent;
	const struct casp_dn_known *known = NULL;

	if (n && n + 1 < dn.n) {
		parent = (struct casp_str){dn.p + n + 1, dn.n - n - 1};
		known = recall(memory, parent);
	}
	if (!known) {
		look_closely(dn, memory, ret);
		return;
	}
	*ret = (struct casp_dn_summary){.parent_hash = not_zero(known->hash),
					.good = true,
					.ascii = known->ascii};
	memory->last = (struct casp_dn_known){.dn = dn,
					      .hash = hash_text(rdn) * known->power +
						      known->hash,
					      .power = known->power * CHAIN,
					      .ascii = known->ascii};
	ret->hash = not_zero(memory->last.hash);
}
