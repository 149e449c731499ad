/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a batch of changes came to, in one code and one sentence. */
#include "../base/context.h"
#include "ldap_commit.h"

static int fail(const struct casp_ldap_task *task, size_t done, struct cas_error **err)
{
	bool conflict = task->result->outcome == CAS_OUTCOME_CONFLICT;
	bool rights = !conflict && casp_ldap_result_code(task->rc) == CAS_E_RIGHTS;
	enum cas_code code = done       ? CAS_E_PARTIAL
			     : conflict ? CAS_E_CONFLICT
			     : rights   ? CAS_E_RIGHTS
					: CAS_E_REFUSED;

	casp_error(err, code, "cannot change '%.*s': %s", CASP_STR_ARG(task->change->dn),
		   task->result->reason ? task->result->reason : "out of memory");
	if (done) {
		casp_error_hint(err,
				"%zu other change%s made: 'casarray history' shows "
				"them, and 'casarray undo' takes them back",
				done, done == 1 ? " was" : "s were");
	} else if (conflict) {
		casp_error_hint(err,
				"somebody changed it meanwhile; nothing was written: "
				"look again and repeat the command");
	} else {
		casp_error_hint(err, "nothing was written");
	}
	return code;
}

static int unknown(struct casp_ldap_work *work, size_t n, struct cas_error **err)
{
	casp_error(err, CAS_E_PARTIAL, "whether %zu change%s made is not known: %s", n,
		   n == 1 ? " was" : "s were", cas_error_message(work->error));
	return CAS_E_PARTIAL;
}

static const char *why_stopped(const struct casp_ldap_work *work)
{
	return work->error ? cas_error_message(work->error) : "interrupted";
}

static int stopped(struct casp_ldap_work *work, size_t done, struct cas_error **err)
{
	bool wished = !work->error || casp_interrupted(work->ldap->directory.context);
	enum cas_code code = wished ? CAS_E_INTERRUPTED : cas_error_code(work->error);

	if (done) {
		return casp_error(err, CAS_E_PARTIAL, "%s; %zu of %zu changes were made",
				  why_stopped(work), done, work->n);
	}
	return casp_error(err, code, "%s; nothing was written", why_stopped(work));
}

int casp_ldap_account(struct casp_ldap_work *work, struct cas_error **err)
{
	size_t count[CAS_OUTCOME_UNKNOWN + 1] = {0};
	const struct casp_ldap_task *failed = NULL;
	bool broken_off = false;
	int code;

	for (size_t i = 0; i < work->n; i++) {
		enum cas_outcome outcome = work->tasks[i].result->outcome;

		count[outcome]++;
		broken_off = broken_off || work->tasks[i].result->broken_off;
		if (!failed &&
		    (outcome == CAS_OUTCOME_CONFLICT || outcome == CAS_OUTCOME_REFUSED)) {
			failed = &work->tasks[i];
		}
	}
	if (count[CAS_OUTCOME_UNKNOWN]) {
		return unknown(work, count[CAS_OUTCOME_UNKNOWN], err);
	}
	if (failed) {
		code = fail(failed, count[CAS_OUTCOME_DONE], err);
		return broken_off ? casp_error_context(err, "%s", why_stopped(work))
				  : code;
	}
	return broken_off ? stopped(work, count[CAS_OUTCOME_DONE], err) : 0;
}
