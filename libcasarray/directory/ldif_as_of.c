/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* As of when files are, by the comments that they begin with. */
#include "../names/exchange_version.h"
#include "ldif.h"

/* Comments may go on for long; this one is among the first. */
#define LINES_MAX 16

/* "2026-11-21T18:45:01Z" */
static bool parse(struct casp_str text, int64_t *ret)
{
	static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
	char digits[sizeof(form)];
	size_t n = 0;

	if (text.n != sizeof(form) - 1) {
		return false;
	}
	for (size_t i = 0; i < text.n; i++) {
		if (form[i] == 'd') {
			digits[n++] = text.p[i];
		} else if (form[i] != text.p[i]) {
			return false;
		}
	}
	digits[n++] = 'Z';
	return casp_time_parse((struct casp_str){digits, n}, ret);
}

static int64_t file_as_of(const struct casp_ldif_file *file)
{
	const struct casp_str label = CASP_STR("# " CASP_AS_OF);
	const char *end = file->text + file->n, *p = file->text;
	int64_t as_of;

	for (int i = 0; i < LINES_MAX && p < end && *p == '#'; i++) {
		const char *next = casp_ldif_next_line(p, end);
		struct casp_str line = {p, (size_t)(next - p)};

		while (line.n &&
		       (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r')) {
			line.n--;
		}
		if (casp_str_istarts(line, label)) {
			line.p += label.n;
			line.n -= label.n;
			return parse(line, &as_of) && as_of > 0 ? as_of : 0;
		}
		p = next;
	}
	return 0;
}

int64_t casp_ldif_as_of(const struct cas_directory *directory)
{
	const struct casp_ldif *ldif = (const struct casp_ldif *)directory;
	int64_t oldest = file_as_of(&ldif->files[0]);

	for (size_t i = 1; i < ldif->n_files && oldest; i++) {
		int64_t as_of = file_as_of(&ldif->files[i]);

		oldest = as_of < oldest ? as_of : oldest;
	}
	return oldest;
}
