/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzzes the command line: words, each ended by a line feed, parsed and completed. */
#include "fuzz.h"

#include <string.h>

#include "complete.h"
#include "options.h"

#define WORDS 64

static size_t split(char *text, char *words[WORDS + 1])
{
	size_t n = 0;

	while (n < WORDS) {
		char *end = strchr(text, '\n');

		words[n++] = text;
		if (!end) {
			break;
		}
		*end = '\0';
		text = end + 1;
	}
	words[n] = NULL;
	return n;
}

/* What is required has a value, and what must be one of some is. */
static void look_at_values(const struct opt_parsed *parsed)
{
	for (size_t i = 0; i < parsed->cmd->n_options; i++) {
		const struct opt *opt = &parsed->cmd->options[i];
		const char *text = (const char *)parsed->values + opt->offset;
		const char *value;
		int64_t number;

		if (opt->type == OPT_NUMBER) {
			memcpy(&number, text, sizeof(number));
			REQUIRE(number >= 0);
		}
		if (opt->type == OPT_CHOICE || opt->type == OPT_TEXT) {
			memcpy(&value, text, sizeof(value));
			REQUIRE(value || !opt->required || parsed->global.help ||
				parsed->global.version);
		}
		if (opt->type == OPT_CHOICE && value) {
			size_t k = 0;

			while (opt->choices[k] && opt->choices[k] != value) {
				k++;
			}
			REQUIRE(opt->choices[k]);
		}
	}
}

static void parse(int n, char *const *words)
{
	struct opt_parsed parsed;
	int r = opt_parse(&parsed, n, words);

	REQUIRE(r == 0 || r == EXIT_USAGE);
	REQUIRE((r == EXIT_USAGE) == (parsed.error != NULL));
	if (r == 0 && parsed.cmd) {
		look_at_values(&parsed);
	} else if (r) {
		REQUIRE(*parsed.error && !strchr(parsed.error, '\n'));
	}
	opt_free(&parsed);
}

/* An object of every kind that begins as it should. */
static void add_names(void *closure, const struct opt *opt,
		      const struct cli_global *given, const char *start,
		      const char *before, struct cli_candidates *ret)
{
	REQUIRE(opt->kinds || opt->names_profile);
	for (size_t i = 0; i < given->directory.n; i++) {
		REQUIRE(given->directory.v[i]);
	}
	cli_candidate_add(ret, start, before, start, NULL);
}

static void complete(const char *const *words, size_t n)
{
	struct opt_pool pool = {0};
	struct cli_candidates found = {.pool = &pool};

	cli_complete(&found, words, n, add_names, NULL);
	for (size_t i = 0; i < found.n; i++) {
		REQUIRE(!strpbrk(found.v[i].text, "\n\x1b"));
	}
	opt_pool_free(&pool);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size), *words[WORDS + 1];
	size_t n;

	REQUIRE(text);
	n = split(text, words);
	parse((int)n, words);
	complete((const char *const *)words, n);
	free(text);
	return 0;
}
