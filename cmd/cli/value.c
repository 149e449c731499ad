/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a word to the value of an option, and back. */
#include "value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	OUT_OF_MEMORY = EXIT_UNREACHABLE
};

static const char *const truths[] = {"no", "yes", "false", "true", "off", "on", "0", "1"};

static int wrong(const char *problem, const char **ret)
{
	*ret = problem;
	return problem ? EXIT_USAGE : OUT_OF_MEMORY;
}

static int store_flag(struct opt_pool *pool, const char *word, bool *place,
		      const char **ret_problem)
{
	for (size_t i = 0; i < sizeof(truths) / sizeof(*truths); i++) {
		if (!strcasecmp(truths[i], word)) {
			*place = i % 2;
			return 0;
		}
	}
	return wrong(opt_pool_printf(pool, "is '%s', and not yes or no", word),
		     ret_problem);
}

static int store_choice(struct opt_pool *pool, const struct opt *opt, const char *word,
			const char **place, const char **ret_problem)
{
	const char *known = NULL;

	for (const char *const *choice = opt->choices; *choice; choice++) {
		if (!strcasecmp(*choice, word)) {
			*place = *choice;
			return 0;
		}
		known = opt_pool_printf(pool, "%s%s%s", known ? known : "",
					known ? ", " : "", *choice);
		if (!known) {
			return OUT_OF_MEMORY;
		}
	}
	return wrong(opt_pool_printf(pool, "is '%s', and not one of %s", word,
				     known ? known : "none"),
		     ret_problem);
}

static int store_number(struct opt_pool *pool, const struct opt *opt, const char *word,
			int64_t *place, const char **ret_problem)
{
	size_t digits = strspn(word, "0123456789");
	long long number;

	errno = 0;
	number = strtoll(word, NULL, 10);
	if (!digits || word[digits] || (opt->positive && number == 0)) {
		return wrong(opt_pool_printf(pool, "is '%s', and not a number from %d on",
					     word, opt->positive),
			     ret_problem);
	}
	if (errno) {
		return wrong(opt_pool_printf(pool, "is '%s', which is too large", word),
			     ret_problem);
	}
	*place = number;
	return 0;
}

static int store_limit(struct opt_pool *pool, const struct opt *opt, const char *word,
		       const int64_t **place, const char **ret_problem)
{
	int64_t *limit = opt_pool_alloc(pool, sizeof(*limit));

	if (!limit) {
		return OUT_OF_MEMORY;
	}
	*place = limit;
	return store_number(pool, opt, word, limit, ret_problem);
}

static int store_item(struct opt_pool *pool, const char *word, struct opt_list *list)
{
	const char **v = opt_pool_room(pool, list->v, list->n, sizeof(*v));

	if (!v) {
		return OUT_OF_MEMORY;
	}
	list->v = v;
	list->v[list->n++] = word;
	return 0;
}

int opt_value_store(struct opt_pool *pool, const struct opt *opt, const char *word,
		    void *place, const char **ret_problem)
{
	switch (opt->type) {
	case OPT_FLAG:
		return store_flag(pool, word, place, ret_problem);
	case OPT_CHOICE:
		return store_choice(pool, opt, word, place, ret_problem);
	case OPT_NUMBER:
		return store_number(pool, opt, word, place, ret_problem);
	case OPT_LIMIT:
		return store_limit(pool, opt, word, place, ret_problem);
	case OPT_LIST:
		return store_item(pool, word, place);
	case OPT_TEXT:
		*(const char **)place = word;
		break;
	}
	return 0;
}

void opt_value_copy(const struct opt *opt, void *to, const void *from)
{
	switch (opt->type) {
	case OPT_FLAG:
		*(bool *)to = *(const bool *)from;
		break;
	case OPT_NUMBER:
		*(int64_t *)to = *(const int64_t *)from;
		break;
	case OPT_LIMIT:
		*(const int64_t **)to = *(const int64_t *const *)from;
		break;
	case OPT_LIST:
		*(struct opt_list *)to = *(const struct opt_list *)from;
		break;
	case OPT_TEXT:
	case OPT_CHOICE:
		*(const char **)to = *(const char *const *)from;
		break;
	}
}

const char *opt_value_word(struct opt_pool *pool, const struct opt *opt,
			   const void *place, size_t index)
{
	const struct opt_list *list = place;

	switch (opt->type) {
	case OPT_FLAG:
		return truths[*(const bool *)place];
	case OPT_NUMBER:
		return opt_pool_printf(pool, "%lld", (long long)*(const int64_t *)place);
	case OPT_LIMIT:
		return opt_pool_printf(pool, "%lld",
				       (long long)**(const int64_t *const *)place);
	case OPT_LIST:
		return index < list->n ? list->v[index] : NULL;
	case OPT_TEXT:
	case OPT_CHOICE:
		break;
	}
	return *(const char *const *)place;
}
