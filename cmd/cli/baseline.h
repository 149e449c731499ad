/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings that are known, in files. */
#ifndef CLI_BASELINE_H
#define CLI_BASELINE_H

#include "cli.h"

/* Each returns 0 or the exit status, with the reason reported. */

int cli_baseline_read(struct cli_session *session, const char *path,
		      struct cas_baseline **ret);
/* Begins the file of an option, which takes its place when it is complete. It is none of
 * the files that are read or written besides. */
int cli_baseline_open(struct cli_session *session, const char *option, const char *path,
		      struct cli_output **ret);
/* Fills and completes it; *n is how many findings it has. The output is to be freed all
 * the same. */
int cli_baseline_write(struct cli_session *session, struct cas_audit *audit,
		       const char *path, struct cli_output *output, size_t *n);

#endif
