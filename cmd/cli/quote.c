/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words as a shell would read them back. */
#include "session.h"

#include <string.h>

char *cli_quote(struct opt_pool *pool, const char *word)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-_./:=,@%+";
	char *text, *p;

	if (*word && !word[strspn(word, plain)]) {
		return opt_pool_copy(pool, word, strlen(word));
	}
	text = opt_pool_alloc(pool, strlen(word) * 4 + 3);
	if (!text) {
		return NULL;
	}
	p = text;
	*p++ = '\'';
	for (; *word; word++) {
		if (*word == '\'') {
			p = stpcpy(p, "'\\''");
		} else {
			*p++ = *word;
		}
	}
	*p++ = '\'';
	*p = '\0';
	return text;
}

char *cli_quote_line(struct opt_pool *pool, int argc, char *const *argv)
{
	size_t n = sizeof("casarray");
	char *text, *p;

	for (int i = 0; i < argc; i++) {
		n += strlen(argv[i]) * 4 + 4;
	}
	text = opt_pool_alloc(pool, n);
	p = text ? stpcpy(text, "casarray") : NULL;
	for (int i = 0; text && i < argc; i++) {
		const char *word = cli_quote(pool, argv[i]);

		if (!word) {
			return NULL;
		}
		*p++ = ' ';
		p = stpcpy(p, word);
	}
	return text;
}
