/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The findings of an audit as rows. */
#ifndef CLI_FINDINGS_H
#define CLI_FINDINGS_H

#include "cli.h"

struct cli_findings {
	struct cas_audit *audit;
	const struct cas_baseline *known; /* that it was made with; or NULL */
	const char *known_path;           /* its file; NULL: it was created now */
	bool since;               /* it is an earlier report: what changed is printed */
	bool suppressed;          /* what does not count is printed, too */
	const char *created_path; /* of the baseline that was written; or NULL */
	size_t created;           /* how many findings it has */
	bool named;               /* rules were asked for by name: each gets an answer */
};
/* Prints them; 0 or the exit status, with the reason reported. */
int cli_print_findings(struct cli_session *session, const struct cli_findings *findings);

#endif
