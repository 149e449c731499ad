/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What only formats want that tell of everything that was judged. */
#include "out.h"

bool out_wants_every(const struct out *out)
{
	for (; out; out = out->next) {
		if (out_format_has_every(out->options.format)) {
			return true;
		}
	}
	return false;
}

void out_expect_every(struct out *out, const struct out_every *every)
{
	for (; out; out = out->next) {
		out->every = *every;
	}
}
