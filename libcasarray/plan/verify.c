/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a plan wrote to a server, read back: from that server, and from others. */
#include <stdlib.h>
#include <time.h>

#include "../base/context.h"
#include "../names/dn.h"
#include "rival.h"
#include "survey.h"

/* Between two looks at a server that does not show the changes yet. */
#define WAIT_FIRST_MS 50
#define WAIT_MOST_MS 2000
/* What was seen that long ago is as good as what is seen now. */
#define MOMENT_MS 5000

struct verdict {
	size_t n_objects;
	size_t n_differ;
	size_t first; /* the first step that differs */
};

struct check {
	struct cas_plan *plan;
	struct cas_directory *directory;
	struct casp_rivals rivals;
	struct casp_sight *sights;
	bool waits;              /* looks again and again at another server */
	struct casp_arena texts; /* of the last of these looks */
};

static bool is_written(const struct casp_step *step)
{
	return !step->earlier && (step->outcome == CAS_OUTCOME_DONE ||
				  step->outcome == CAS_OUTCOME_ALREADY);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- before the write ---- */

void casp_plan_looked(struct cas_plan *plan, const struct cas_directory *directory)
{
	plan->looked = now_ms();
	plan->looked_in = directory;
}

/* Was it looked for a moment ago? Once only: the next time is later. */
static bool was_looked(struct cas_plan *plan, const struct cas_directory *directory)
{
	int64_t looked = plan->looked;

	plan->looked = 0;
	return looked && plan->looked_in == directory && now_ms() - looked < MOMENT_MS;
}

int casp_plan_look_again(struct cas_plan *plan, struct cas_directory *directory,
			 size_t *ret, struct cas_error **err)
{
	struct casp_rivals rivals = {0};
	int code = 0;

	/* A file is locked while it is changed. */
	if (!casp_directory_server(directory) || was_looked(plan, directory)) {
		return 0;
	}
	code = casp_rivals_prepare(&rivals, plan, casp_step_is_planned, err);
	if (code == 0 && rivals.n_queries) {
		code = casp_directory_search(directory, rivals.queries, rivals.n_queries,
					     casp_rivals_see, &rivals, err);
	}
	if (code == 0 && rivals.found.n) {
		*ret = rivals.found.v[0].step;
		code = casp_rivals_error(&rivals, false, err);
	}
	casp_rivals_free(&rivals);
	return code;
}

/* ---- one look ---- */

/* Of the object that a step made: its GUID is known from the server that made it. */
static bool is_another(const struct casp_step *step, const struct casp_sight *sight)
{
	struct casp_guid guid;

	return step->action == CAS_ACTION_CREATE && step->made && sight->has_guid &&
	       casp_guid_parse(casp_str(step->guid), &guid) &&
	       memcmp(guid.b, sight->guid.b, sizeof(guid.b)) != 0;
}

static bool learn(struct cas_plan *plan, struct casp_step *step,
		  const struct casp_sight *sight)
{
	char text[CASP_GUID_TEXT];

	if (step->action != CAS_ACTION_CREATE || step->made || !sight->there ||
	    !sight->has_guid) {
		return true;
	}
	casp_guid_format(&sight->guid, text);
	step->guid = casp_arena_dup(&plan->arena, text, strlen(text));
	step->made = step->guid;
	return step->made;
}

/* A conflict object is there under another name. */
static bool is_conflict_object(const struct check *check, size_t step)
{
	for (size_t i = 0; i < check->rivals.found.n; i++) {
		const struct casp_rival *rival = &check->rivals.found.v[i];

		if (rival->step == step && rival->is_own) {
			return true;
		}
	}
	return false;
}

static bool judge_step(struct check *check, size_t index)
{
	struct casp_step *step = &check->plan->steps.v[index];
	struct casp_sight *sight = &check->sights[index];
	bool written_here = check->directory == check->plan->org->directory;

	if (written_here && !learn(check->plan, step, sight)) {
		return false;
	}
	if (is_another(step, sight)) {
		sight->differs = "another object has its name";
	}
	if (sight->differs && is_conflict_object(check, index)) {
		sight->differs = NULL;
	}
	if (!check->waits) {
		step->differs = sight->differs;
	}
	return true;
}

/* Steps on one object that follow each other count once. */
static bool judge(struct check *check, struct verdict *ret)
{
	const char *last = NULL;

	*ret = (struct verdict){0};
	for (size_t i = 0; i < check->plan->steps.n; i++) {
		const struct casp_step *step = &check->plan->steps.v[i];
		bool again = last && casp_dn_equal(casp_str(last), casp_str(step->dn));

		if (!casp_step_acts(step) || !is_written(step)) {
			continue;
		}
		if (!judge_step(check, i)) {
			return false;
		}
		if (check->sights[i].differs && ret->n_differ++ == 0) {
			ret->first = i;
		}
		ret->n_objects += !again;
		last = step->dn;
	}
	return true;
}

static int look(struct check *check, struct verdict *ret, struct cas_error **err)
{
	struct casp_survey survey = {
		.plan = check->plan,
		.texts = check->waits ? &check->texts : NULL,
		.directory = check->directory,
		.wants = is_written,
		.explains = true,
		.sights = check->sights,
		.see_more = casp_rivals_see,
		.closure = &check->rivals,
	};
	int code;

	casp_arena_free(&check->texts);
	casp_rivals_free(&check->rivals);
	check->rivals = (struct casp_rivals){0};
	code = casp_rivals_prepare(&check->rivals, check->plan, is_written, err);
	survey.more = check->rivals.queries;
	survey.n_more = check->rivals.n_queries;
	if (code == 0) {
		code = casp_survey(&survey, err);
	}
	if (code == 0 && !judge(check, ret)) {
		code = casp_error_nomem(err);
	}
	return code;
}

static int begin(struct check *check, struct cas_error **err)
{
	check->sights = calloc(check->plan->steps.n + 1, sizeof(*check->sights));
	return check->sights ? 0 : casp_error_nomem(err);
}

static void end(struct check *check)
{
	casp_arena_free(&check->texts);
	casp_rivals_free(&check->rivals);
	free(check->sights);
}

/* ---- what it came to ---- */

static int differ_error(const struct check *check, const struct verdict *verdict,
			struct cas_error **err)
{
	const struct casp_step *step = &check->plan->steps.v[verdict->first];
	bool all = verdict->n_differ >= verdict->n_objects;
	enum cas_code code = all ? CAS_E_CONFLICT : CAS_E_PARTIAL;

	if (verdict->n_differ == 1) {
		casp_error(err, code,
			   "the %s '%s' was written, but is not so any more: %s",
			   cas_kind_name(step->kind), step->name, step->differs);
	} else {
		casp_error(err, code,
			   "%zu objects were written, but are not so any more; the "
			   "first, '%s': %s",
			   verdict->n_differ, step->name, step->differs);
	}
	casp_error_hint(err,
			"somebody changed it right after: 'casarray audit' shows how "
			"things are now");
	return code;
}

static int conclude(const struct check *check, const struct verdict *verdict,
		    struct cas_error **err)
{
	const struct casp_rivals *rivals = &check->rivals;

	if (rivals->found.n) {
		return casp_rivals_error(rivals, true, err);
	}
	return verdict->n_differ ? differ_error(check, verdict, err) : 0;
}

/* The changes are made, whatever keeps us from seeing them. */
static int unseen(struct cas_error *trouble, struct cas_error **err)
{
	enum cas_code code = cas_error_code(trouble);

	if (code == CAS_E_NOMEM || code == CAS_E_INTERRUPTED) {
		casp_error(err, code, "the changes are made, but not read back: %s",
			   cas_error_message(trouble));
	} else {
		code = CAS_E_NOT_EVALUATED;
		casp_error(err, code, "the changes are made, but cannot be read back: %s",
			   cas_error_message(trouble));
	}
	cas_error_free(trouble);
	return code;
}

int cas_plan_verify(struct cas_plan *plan, struct cas_directory *directory, size_t *ret,
		    struct cas_error **err)
{
	struct check check = {.plan = plan, .directory = directory};
	struct cas_error *trouble = NULL;
	struct verdict verdict = {0};
	int code;

	if (!casp_directory_server(directory)) {
		*ret = 0;
		return 0;
	}
	casp_progress(directory->context, "verifying", 0, 0);
	code = begin(&check, &trouble);
	if (code == 0) {
		code = look(&check, &verdict, &trouble);
	}
	code = code ? unseen(trouble, err) : conclude(&check, &verdict, err);
	if (code == 0) {
		*ret = verdict.n_objects;
	}
	end(&check);
	return code;
}

/* ---- waiting ---- */

/* What another server does not show is told of each step, and as that server's. */
static void tell_others(struct check *check)
{
	struct cas_plan *plan = check->plan;

	for (size_t i = 0; i < plan->steps.n; i++) {
		const char *differs = check->sights[i].differs;

		if (differs) {
			plan->steps.v[i].differs = casp_arena_printf(
				&plan->arena, "'%s' does not show it: %s",
				check->directory->address, differs);
		}
	}
}

static int timed_out(const struct check *check, const struct verdict *verdict,
		     unsigned seconds, struct cas_error **err)
{
	const struct casp_step *step = &check->plan->steps.v[verdict->first];
	const char *address = check->directory->address;

	casp_error(err, CAS_E_NOT_EVALUATED,
		   "'%s' does not show the changes after %u second%s: %zu of %zu are "
		   "missing there; the first, %s '%s': %s",
		   address, seconds, seconds == 1 ? "" : "s", verdict->n_differ,
		   verdict->n_objects, cas_kind_name(step->kind), step->name,
		   check->sights[verdict->first].differs);
	casp_error_hint(err, "the changes are made, and replication goes on by itself; "
			     "between sites it takes hours: see 'repadmin /showrepl'");
	return CAS_E_NOT_EVALUATED;
}

/* A signal ends the sleep, and what it means is asked afterwards. */
static void sleep_ms(int64_t ms)
{
	struct timespec ts = {ms / 1000, (long)(ms % 1000) * 1000000};

	nanosleep(&ts, NULL);
}

static int poll(struct check *check, unsigned seconds, struct verdict *verdict,
		struct cas_error **err)
{
	struct cas_context *context = check->directory->context;
	int64_t deadline = now_ms() + (int64_t)seconds * 1000, left,
		pause = WAIT_FIRST_MS;

	for (;;) {
		struct cas_error *trouble = NULL;
		int code = look(check, verdict, &trouble);

		if (code) {
			return unseen(trouble, err);
		}
		if (verdict->n_differ == 0) {
			return conclude(check, verdict, err);
		}
		casp_progress(context, "waiting", verdict->n_objects - verdict->n_differ,
			      verdict->n_objects);
		left = deadline - now_ms();
		if (left <= 0) {
			tell_others(check);
			return timed_out(check, verdict, seconds, err);
		}
		sleep_ms(pause < left ? pause : left);
		if (casp_interrupted(context)) {
			tell_others(check);
			return casp_error(err, CAS_E_INTERRUPTED,
					  "interrupted while waiting for '%s'; the "
					  "changes are made",
					  check->directory->address);
		}
		pause = 2 * pause < WAIT_MOST_MS ? 2 * pause : WAIT_MOST_MS;
	}
}

int cas_plan_wait(struct cas_plan *plan, struct cas_directory *directory,
		  unsigned seconds, size_t *ret, struct cas_error **err)
{
	struct check check = {.plan = plan, .directory = directory, .waits = true};
	struct verdict verdict = {0};
	int code = begin(&check, err);

	if (code == 0) {
		code = poll(&check, seconds, &verdict, err);
	}
	if (code == 0) {
		*ret = verdict.n_objects;
	}
	end(&check);
	return code;
}
