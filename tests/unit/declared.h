/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Exemptions of each class, for tests. */
#ifndef DECLARED_H
#define DECLARED_H

#include "casarray.h"

#define EXPIRES 1798761600 /* the end of 2026-12-31 */
#define SAID .name = "x", .reason = "because", .owner = "me@contoso.com"
#define PLAIN(of_rule, of)                                                               \
	{                                                                                \
		SAID, .rule = (of_rule), .object = (of)                                  \
	}
#define PROXY(of)                                                                        \
	{                                                                                \
		SAID, .which = CAS_EXEMPTION_PF_PROXY, .object = (of)                    \
	}
#define OVERRIDE(of, at)                                                                 \
	{                                                                                \
		SAID, .which = CAS_EXEMPTION_TEMPORARY_OVERRIDE, .object = (of),         \
		      .value = (at), .expires = EXPIRES                                  \
	}
#define DECOMMISSION(of)                                                                 \
	{                                                                                \
		SAID, .which = CAS_EXEMPTION_DECOMMISSION, .object = (of)                \
	}
#define HIDE_NAME(of)                                                                    \
	{                                                                                \
		SAID, .which = CAS_EXEMPTION_HIDE_NAME, .object = (of)                   \
	}
#define SWITCHOVER(of)                                                                   \
	{                                                                                \
		SAID, .which = CAS_EXEMPTION_SWITCHOVER, .object = (of),                 \
		      .expires = EXPIRES                                                 \
	}

#endif
