/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line of LDIF: plain or base64, folded. */
#include "ldif_text.h"

#include "ldif.h"

/* RFC 2849: SAFE-STRING, and no space at the end. */
static bool is_safe(struct casp_str value)
{
	if (value.n == 0) {
		return true;
	}
	if (strchr(" :<", value.p[0]) || value.p[value.n - 1] == ' ') {
		return false;
	}
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if (c < 0x20 || c > 0x7e) {
			return false;
		}
	}
	return true;
}

/* `head`: the name with its colons, which is not folded: readers, ours too, take what
 * stands before the end of a line for a name. */
static void add_folded(struct casp_ldif_text *text, size_t head)
{
	size_t room = text->fold > 2 ? text->fold : SIZE_MAX;
	struct casp_str line = casp_buf_str(&text->line);

	if (room < head) {
		room = head;
	}
	while (line.n > room) {
		casp_buf_add(&text->buf, line.p, room);
		casp_buf_adds(&text->buf, text->eol);
		casp_buf_addc(&text->buf, ' ');
		line.p += room;
		line.n -= room;
		room = text->fold - 1;
	}
	casp_buf_add_str(&text->buf, line);
	casp_buf_adds(&text->buf, text->eol);
}

void casp_ldif_text_add(struct casp_ldif_text *text, struct casp_str name,
			struct casp_str value)
{
	bool safe = is_safe(value) && !casp_str_iequal(name, CASP_STR("objectGUID"));
	struct casp_buf *line = &text->line;
	size_t head;

	casp_buf_clear(line);
	casp_buf_add_str(line, name);
	casp_buf_adds(line, safe ? ":" : "::");
	if (value.n) {
		casp_buf_addc(line, ' ');
	}
	head = line->n;
	if (safe) {
		casp_buf_add_str(line, value);
	} else {
		casp_ldif_base64_encode(value, line);
	}
	text->buf.failed |= line->failed;
	add_folded(text, head);
}

void casp_ldif_text_free(struct casp_ldif_text *text)
{
	casp_buf_free(&text->buf);
	casp_buf_free(&text->line);
}
