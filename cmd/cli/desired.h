/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that read what should be from files. */
#ifndef CLI_DESIRED_H
#define CLI_DESIRED_H

#include "cli.h"

/* Reads the files; the exit status when one cannot be, which was reported then. */
int cli_desired_read(struct cli_session *session, const struct opt_list *files,
		     struct cas_desired **ret);
/* Loads what is needed, and makes the plan; likewise. */
int cli_desired_plan(struct cli_session *session, struct cas_desired *desired, bool prune,
		     struct cas_plan **ret);
/* Frees it, and the organization that its exemptions hold in; NULL is none. */
void cli_desired_free(struct cli_session *session, struct cas_desired *desired);

#endif
