/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* After the change: read back, and waited for until other domain controllers show it. */
#include <stdlib.h>
#include <time.h>

#include "plan.h"

/* Within a site replication takes seconds; between sites it may take hours. */
#define WAIT_SECONDS 300

int cli_plan_connect(struct cli_plan_run *run, struct cas_error **error)
{
	const struct opt_list *names = &run->change->wait_replication;
	int code = 0;

	if (!names->n) {
		return 0;
	}
	if (!cli_is_server(cas_directory_address(run->session->directory))) {
		return cli_problem(run->session, CAS_E_USAGE, NULL,
				   "'--wait-replication' is for servers: a file is not "
				   "replicated; nothing was written");
	}
	run->others = opt_pool_alloc(run->session->pool, names->n * sizeof(*run->others));
	if (!run->others) {
		return cli_problem(run->session, CAS_E_NOMEM, NULL, "out of memory");
	}
	while (code == 0 && run->n_others < names->n) {
		code = cli_connect_other(run->session, names->v[run->n_others],
					 &run->others[run->n_others], error);
		run->n_others += code == 0;
	}
	return code;
}

void cli_plan_disconnect(struct cli_plan_run *run)
{
	for (size_t i = 0; i < run->n_others; i++) {
		cas_directory_unref(run->others[i]);
	}
	run->n_others = 0;
}

/* The time is for all of them. */
static int wait_for_others(struct cli_plan_run *run, struct cas_error **error)
{
	int64_t limit =
		run->change->wait_timeout ? run->change->wait_timeout : WAIT_SECONDS;
	time_t start = time(NULL);
	int code = 0;

	while (code == 0 && run->n_replicated < run->n_others) {
		int64_t passed = (int64_t)(time(NULL) - start);
		int64_t left = passed < limit ? limit - passed : 0;
		size_t n;

		code = cas_plan_wait(run->plan, run->others[run->n_replicated],
				     left > INT32_MAX ? INT32_MAX : (unsigned)left, &n,
				     error);
		run->n_replicated += code == 0;
	}
	return code;
}

void cli_plan_verify(struct cli_plan_run *run, struct cas_error **error)
{
	struct cas_error *trouble = NULL;
	int code = cas_plan_verify(run->plan, run->session->directory, &run->n_verified,
				   &trouble);

	if (code == 0 && run->code == 0) {
		code = wait_for_others(run, &trouble);
	}
	/* What went wrong first is what is told. */
	if (run->code == 0) {
		run->code = code;
		*error = trouble;
	} else {
		cas_error_free(trouble);
	}
}
