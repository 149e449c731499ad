/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings that do not count, as every format says it. */
#include <string.h>

#include "out.h"

json_int_t out_suppressed(const json_t *head)
{
	const json_t *suppressed = json_object_get(head, "suppressed");

	return out_integer(suppressed, "exemption") + out_integer(suppressed, "baseline");
}

const char *out_accepted(struct out_buf *buf, const json_t *suppression)
{
	const char *expires = out_text(suppression, "expires");

	if (strcmp(out_text(suppression, "kind"), "exemption")) {
		out_buf_adds(buf, "it is in the baseline");
	} else {
		out_buf_printf(buf, "exemption '%s' of %s%s%s: %s",
			       out_text(suppression, "exemption"),
			       out_text(suppression, "owner"), *expires ? " until " : "",
			       expires, out_text(suppression, "reason"));
	}
	out_buf_add(buf, "", 1);
	if (buf->failed) {
		return "";
	}
	buf->n--;
	return buf->p;
}
