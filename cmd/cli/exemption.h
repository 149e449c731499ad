/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Exemptions on their way into the configuration. */
#ifndef CLI_EXEMPTION_H
#define CLI_EXEMPTION_H

#include "config_edit.h"
#include "index.h"
#include "objects.h"
#include "pool.h"
#include "session.h"
#include "settings.h"
#include "when.h"

struct cli_exemption {
	const char *key;           /* of the finding, in its plain form */
	const char *rule;          /* id; also of classes that take no rule */
	struct cas_exemption what; /* the name is set by cli_exemptions_compose() */
	const char *name;          /* that was wished for; or NULL */
	const char *day;           /* when it expires, as in the file; or NULL */
	const char *object_name;   /* NULL: not looked up */
	const char *section;       /* its text */
	bool found;
};

struct cli_exemptions {
	struct cli_exemption *v;
	size_t n;
	struct opt_index keys; /* of each, where it stands */
	struct cli_config_edit edit;
	struct cli_settings settings; /* what is in force without them */
};

/* Each returns 0 or the exit status, with the reason reported. */

/* Reads the file, and refuses what is in it already. */
int cli_exemptions_open(struct cli_session *session, struct cli_exemptions *all);
/* Asks the directory for the findings: they must be there, and count no more with the
 * exemptions. */
int cli_exemptions_look_up(struct cli_session *session, struct cli_exemptions *all);
/* Gives names, and adds the sections to what will be the file, which is read again. */
int cli_exemptions_compose(struct cli_session *session, struct cli_exemptions *all);
/* Does the same again, of the file as it is once nobody else changes it, and replaces it.
 */
int cli_exemptions_write(struct cli_session *session, struct cli_exemptions *all);
void cli_exemptions_close(struct cli_exemptions *all);

#endif
