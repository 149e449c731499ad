/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How far a long work has come, in one line on a terminal. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "cli.h"

struct cli_progress;

/* Shows it on the session's stderr from now on, if that is a terminal and nobody wants
 * quiet. 0 or -1: out of memory. */
int cli_progress_begin(struct cli_session *session);
/* Takes the line away, before anything else is written to the terminal. */
void cli_progress_clear(struct cli_session *session);
void cli_progress_free(struct cli_progress *progress);

#endif
