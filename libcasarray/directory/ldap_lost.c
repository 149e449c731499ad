/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes whose answer was lost with the connection. */
#include "ldap_commit.h"

#define RECONNECTS 3
#define RECONNECT_WAIT_MS 500

/* What is in flight has no answer any more. */
struct lost {
	struct casp_ldap_task *tasks[CASP_LDAP_WINDOW];
	size_t n;
};

static void lose(struct casp_ldap_work *work, struct lost *lost)
{
	for (size_t i = 0; i < work->n_flying; i++) {
		lost->tasks[lost->n++] = work->flying[i];
	}
	work->n_flying = 0;
}

/* Settles them over a new connection; what is not done is sent again. */
static int read_back(struct casp_ldap_work *work, struct lost *lost,
		     struct cas_error **err)
{
	int r = casp_ldap_connect(work->ldap, err);

	while (r == 0 && lost->n && work->ldap->ld) {
		r = casp_ldap_read_back(work, lost->tasks[lost->n - 1], err);
		lost->n -= r == 0;
	}
	if (r == 0 && !work->ldap->ld) {
		return casp_error(err, CAS_E_IO, "the connection to '%s' broke again",
				  work->ldap->directory.address);
	}
	return r;
}

static void forget(const struct lost *lost)
{
	for (size_t i = 0; i < lost->n; i++) {
		lost->tasks[i]->result->outcome = CAS_OUTCOME_UNKNOWN;
	}
}

void casp_ldap_give_up(struct casp_ldap_work *work, struct cas_error *error)
{
	struct lost lost = {.n = 0};

	lose(work, &lost);
	forget(&lost);
	cas_error_free(work->error);
	work->error = error;
	work->stop = true;
}

void casp_ldap_recover(struct casp_ldap_work *work)
{
	struct lost lost = {.n = 0};
	struct cas_error *error = NULL;
	unsigned tries = 0;
	int r;

	work->ahead = NULL;
	do {
		lose(work, &lost);
		cas_error_free(error);
		error = NULL;
		if (tries++) {
			casp_ldap_pause(RECONNECT_WAIT_MS);
		}
		r = read_back(work, &lost, &error);
	} while (r == CAS_E_IO && tries < RECONNECTS);
	if (r < 0) {
		forget(&lost);
		casp_ldap_give_up(work, error);
	}
}
