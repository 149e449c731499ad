/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words and their pseudonyms. */
#include "pseudonym.h"

#include <stdlib.h>

#include "../base/arena.h"
#include "../base/map.h"
#include "../base/siphash.h"
#include "../base/utf8.h"
#include "fixed_names.h"

/* So many times a pleasant pseudonym is tried for, then any that is no word of the
 * directory, any that is not the word itself, any that does not stay as it is. */
#define TRIES_PLEASANT 64
#define TRIES_STRANGE 256
#define TRIES_OTHER 2048
#define TRIES_FREE 1000000

struct casp_pseudonyms {
	uint64_t key[2];
	bool begun;
	struct casp_map fixed; /* of const char * */
	struct casp_map words; /* of struct casp_pseudonym, by the word */
	struct casp_map used;  /* the same, by the pseudonym */
	CASP_VEC(const struct casp_pseudonym *) all;
	struct casp_arena arena;
	unsigned char octets[256];
	unsigned char nibbles[16];
};

/* ---- random numbers ---- */

/* SplitMix64 (Steele, Lea and Flood, 2014), from a seed that depends on the key. */
static uint64_t draw(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/*
 * A permutation that leaves 0 alone, the host part of a subnet, and nothing else: one
 * cycle (Sattolo, 1986).
 */
static void shuffle(unsigned char *v, size_t n, uint64_t *state)
{
	for (size_t i = 0; i < n; i++) {
		v[i] = (unsigned char)i;
	}
	for (size_t i = n - 1; i > 1; i--) {
		size_t k = 1 + (size_t)(draw(state) % (i - 1));
		unsigned char other = v[k];

		v[k] = v[i];
		v[i] = other;
	}
}

/* ---- the whole ---- */

static bool init(struct casp_pseudonyms *names)
{
	uint64_t state = casp_siphash(names->key, "subnets", 7);

	shuffle(names->octets, sizeof(names->octets), &state);
	shuffle(names->nibbles, sizeof(names->nibbles), &state);
	for (size_t i = 0; i < casp_n_fixed_names; i++) {
		if (!casp_map_add(&names->fixed,
				  casp_str_ihash(casp_str(casp_fixed_names[i])),
				  (void *)casp_fixed_names[i])) {
			return false;
		}
	}
	return true;
}

int casp_pseudonyms_new(struct casp_pseudonyms **ret, struct cas_error **err)
{
	struct casp_pseudonyms *names = calloc(1, sizeof(*names));
	struct casp_guid random;

	if (!names) {
		return casp_error_nomem(err);
	}
	if (!casp_guid_new(&random)) {
		free(names);
		return casp_error(err, CAS_E_IO, "the system has no random numbers");
	}
	memcpy(names->key, random.b, sizeof(names->key));
	if (!init(names)) {
		casp_pseudonyms_free(names);
		return casp_error_nomem(err);
	}
	*ret = names;
	return 0;
}

void casp_pseudonyms_free(struct casp_pseudonyms *names)
{
	if (!names) {
		return;
	}
	explicit_bzero(names->key, sizeof(names->key));
	casp_map_free(&names->fixed);
	casp_map_free(&names->words);
	casp_map_free(&names->used);
	casp_vec_free(&names->all);
	casp_arena_free(&names->arena);
	free(names);
}

void casp_pseudonyms_begin(struct casp_pseudonyms *names)
{
	names->begun = true;
}

size_t casp_pseudonyms_all(const struct casp_pseudonyms *names,
			   const struct casp_pseudonym *const **ret)
{
	*ret = names->all.v;
	return names->all.n;
}

/* ---- words ---- */

static bool is_fixed(const struct casp_pseudonyms *names, struct casp_str text)
{
	const char *other;
	size_t at = 0;

	while ((other = casp_map_next(&names->fixed, casp_str_ihash(text), &at))) {
		if (casp_str_iequal(casp_str(other), text)) {
			return true;
		}
	}
	return false;
}

static struct casp_pseudonym *find_word(const struct casp_pseudonyms *names,
					struct casp_str text)
{
	struct casp_pseudonym *word;
	size_t at = 0;

	while ((word = casp_map_next(&names->words, casp_str_ihash(text), &at))) {
		if (casp_str_iequal(word->word, text)) {
			break;
		}
	}
	return word;
}

static bool is_used(const struct casp_pseudonyms *names, struct casp_str text)
{
	const struct casp_pseudonym *word;
	size_t at = 0;

	while ((word = casp_map_next(&names->used, casp_str_ihash(text), &at))) {
		if (casp_str_iequal(casp_str(word->pseudonym), text)) {
			return true;
		}
	}
	return false;
}

static struct casp_pseudonym *add_word(struct casp_pseudonyms *names,
				       struct casp_str text)
{
	struct casp_pseudonym *word = casp_arena_zalloc(&names->arena, sizeof(*word));
	char *copy = casp_arena_dup_str(&names->arena, text);

	if (!word || !copy) {
		return NULL;
	}
	word->word = (struct casp_str){copy, text.n};
	return casp_map_add(&names->words, casp_str_ihash(text), word) &&
			       casp_vec_push(&names->all, word)
		       ? word
		       : NULL;
}

/* A character that takes as many bytes of UTF-8. */
static void make_character(uint64_t random, size_t n, bool pleasant, char *p)
{
	static const struct range {
		uint32_t first, last;
	} nice[] = {{0xc0, 0x24f}, {0x4e00, 0x9fff}, {0x20000, 0x2a6df}},
	  all[] = {{0x80, 0x7ff}, {0x800, 0xffff}, {0x10000, 0x10ffff}};
	struct range range = pleasant ? nice[n - 2] : all[n - 2];
	uint32_t c = range.first + (uint32_t)(random % (range.last - range.first + 1));

	if (c >= 0xd800 && c <= 0xdfff) { /* surrogates are no characters */
		c -= 0x800;
	}
	for (size_t i = n; i-- > 1; c >>= 6) {
		p[i] = (char)(0x80 | (c & 0x3f));
	}
	p[0] = (char)((0xf00 >> n & 0xff) | c);
}

/* Something of the word's shape. Pleasant is what can be pronounced. */
static void make_name(struct casp_str word, uint64_t *state, bool pleasant, char *name)
{
	static const char vowels[] = "aeiou", consonants[] = "bdfghjklmnprstvz";
	bool vowel = draw(state) & 1;

	for (size_t i = 0; i < word.n;) {
		size_t n = casp_utf8_sequence(word.p + i, word.n - i);
		uint64_t random = draw(state) >> 16;

		if (n > 1) {
			make_character(random, n, pleasant, name + i);
		} else if (casp_is_digit((unsigned char)word.p[i])) {
			name[i] = (char)('0' + random % 10);
		} else if (!pleasant) {
			name[i] = (char)('a' + random % 26);
		} else if (vowel) {
			name[i] = vowels[random % strlen(vowels)];
		} else {
			name[i] = consonants[random % strlen(consonants)];
		}
		vowel = !vowel;
		i += n;
	}
	name[word.n] = '\0';
}

/*
 * Draws until a name is free. There always is one: a word has as many possible pseudonyms
 * as there are words of its shape, and each of those takes one.
 */
static bool assign(struct casp_pseudonyms *names, struct casp_pseudonym *word)
{
	struct casp_str text = word->word, made = {0};
	char *name = casp_arena_alloc(&names->arena, text.n + 1);
	uint64_t state;

	if (!name) {
		return false;
	}
	for (size_t i = 0; i < text.n; i++) {
		name[i] = (char)casp_lower((unsigned char)text.p[i]);
	}
	state = casp_siphash(names->key, name, text.n);
	for (unsigned tries = 0;; tries++) {
		make_name(text, &state, tries < TRIES_PLEASANT, name);
		made = (struct casp_str){name, text.n};
		if (!is_used(names, made) &&
		    (tries >= TRIES_STRANGE || !find_word(names, made)) &&
		    (tries >= TRIES_OTHER || !casp_str_iequal(made, text)) &&
		    (tries >= TRIES_FREE || !is_fixed(names, made))) {
			break;
		}
	}
	word->pseudonym = name;
	return casp_map_add(&names->used, casp_str_ihash(made), word);
}

static void add_pseudonym(struct casp_pseudonyms *names, struct casp_str text,
			  struct casp_buf *out)
{
	struct casp_pseudonym *word = find_word(names, text);

	if (!word) {
		word = add_word(names, text);
	}
	if (!word || (names->begun && !word->pseudonym && !assign(names, word))) {
		out->failed = true;
		return;
	}
	for (size_t i = 0; names->begun && i < text.n; i++) {
		bool upper = text.p[i] >= 'A' && text.p[i] <= 'Z';

		casp_buf_addc(out, (char)(word->pseudonym[i] - (upper ? 'a' - 'A' : 0)));
	}
}

/* ---- texts ---- */

enum kind {
	LETTERS,
	DIGITS,
	CHARACTERS, /* beyond ASCII */
	BROKEN,     /* no UTF-8 */
	OTHER,
};

/* What begins at p, and how many bytes it takes. */
static enum kind kind_at(const char *p, const char *end, size_t *n)
{
	unsigned char c = (unsigned char)*p;

	*n = 1;
	if (casp_is_digit(c)) {
		return DIGITS;
	}
	if (casp_is_alnum(c)) {
		return LETTERS;
	}
	if (c < 0x80) {
		return OTHER;
	}
	*n = casp_utf8_sequence(p, (size_t)(end - p));
	if (*n == 0) {
		*n = 1;
		return BROKEN;
	}
	return CHARACTERS;
}

static void put(const struct casp_pseudonyms *names, struct casp_buf *out, const char *p,
		size_t n)
{
	if (names->begun) {
		casp_buf_add(out, p, n);
	}
}

/* A name of words: runs of letters, of digits, of other characters. */
static void add_words(struct casp_pseudonyms *names, struct casp_str text,
		      struct casp_buf *out)
{
	const char *p = text.p, *end = text.p + text.n;

	while (p < end && !out->failed) {
		const char *start = p;
		size_t n;
		enum kind kind = kind_at(p, end, &n);

		p += n;
		if (kind == BROKEN) {
			/* What it stands for cannot be told, and 0xff never is UTF-8. */
			put(names, out, "\xff", 1);
			continue;
		}
		if (kind == OTHER) {
			put(names, out, start, 1);
			continue;
		}
		while (p < end && kind_at(p, end, &n) == kind) {
			p += n;
		}
		add_pseudonym(names, (struct casp_str){start, (size_t)(p - start)}, out);
	}
}

/* May the character be inside of a name, such as "owa (Default Web Site)"? */
static bool is_inside(char c)
{
	return (unsigned char)c >= 0x80 || casp_is_alnum((unsigned char)c) ||
	       (c && strchr(" -_()", c));
}

static void add_section(struct casp_pseudonyms *names, struct casp_str text,
			struct casp_buf *out)
{
	struct casp_guid guid, other;
	char written[CASP_GUID_TEXT];

	if (is_fixed(names, casp_str_trim(text))) {
		put(names, out, text.p, text.n);
	} else if (casp_guid_parse(text, &guid)) {
		casp_pseudonyms_guid(names, &guid, &other);
		casp_guid_format(&other, written);
		put(names, out, written, strlen(written));
	} else {
		add_words(names, text, out);
	}
}

void casp_pseudonyms_text(struct casp_pseudonyms *names, struct casp_str text,
			  struct casp_buf *out)
{
	const char *p = text.p, *end = text.p + text.n;

	while (p < end && !out->failed) {
		const char *start = p;

		while (p < end && is_inside(*p)) {
			p++;
		}
		if (p > start) {
			add_section(names, (struct casp_str){start, (size_t)(p - start)},
				    out);
		} else {
			put(names, out, p++, 1);
		}
	}
}

/* ---- subnets ---- */

static bool is_subnet(struct casp_str text, const char **slash)
{
	struct casp_str bits;
	int64_t number;

	*slash = text.n ? memchr(text.p, '/', text.n) : NULL;
	if (!*slash) {
		return false;
	}
	for (const char *p = text.p; p < *slash; p++) {
		if (casp_hex_digit((unsigned char)*p) < 0 && *p != '.' && *p != ':') {
			return false;
		}
	}
	bits = (struct casp_str){*slash + 1, (size_t)(text.p + text.n - *slash - 1)};
	return *slash > text.p && casp_str_int(bits, &number) && number >= 0;
}

/* The address up to `end`; false: it is none of version 4. */
static bool add_octets(const struct casp_pseudonyms *names, const char *p,
		       const char *end, struct casp_buf *out)
{
	size_t start = out->n;

	while (p < end) {
		const char *dot = memchr(p, '.', (size_t)(end - p));
		const char *stop = dot ? dot : end;
		int64_t number;

		if (!casp_str_int((struct casp_str){p, (size_t)(stop - p)}, &number) ||
		    number < 0 || number > 255) {
			out->n = start;
			return false;
		}
		casp_buf_addf(out, "%d%s", names->octets[number], dot ? "." : "");
		p = dot ? dot + 1 : end;
	}
	return true;
}

void casp_pseudonyms_name(struct casp_pseudonyms *names, struct casp_str text,
			  struct casp_buf *out)
{
	const char *slash;

	if (!is_subnet(text, &slash)) {
		casp_pseudonyms_text(names, text, out);
		return;
	}
	if (!names->begun) {
		return;
	}
	if (!add_octets(names, text.p, slash, out)) {
		for (const char *p = text.p; p < slash; p++) {
			int digit = casp_hex_digit((unsigned char)*p);

			casp_buf_addc(
				out, digit < 0
					     ? *p
					     : "0123456789abcdef"[names->nibbles[digit]]);
		}
	}
	casp_buf_add(out, slash, (size_t)(text.p + text.n - slash));
}

/* ---- GUIDs ---- */

void casp_pseudonyms_guid(const struct casp_pseudonyms *names,
			  const struct casp_guid *guid, struct casp_guid *ret)
{
	unsigned char bytes[sizeof(guid->b) + 1];

	*ret = *guid;
	if (casp_guid_is_null(guid)) {
		return;
	}
	memcpy(bytes, guid->b, sizeof(guid->b));
	for (unsigned char half = 0; half < 2; half++) {
		uint64_t word;

		bytes[sizeof(guid->b)] = half;
		word = casp_siphash(names->key, bytes, sizeof(bytes));
		memcpy(ret->b + 8 * half, &word, sizeof(word));
	}
}
