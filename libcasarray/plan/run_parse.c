/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text of a journal: as far as it is whole, and what that says of the run. */
#include "record.h"
#include "run.h"

/* One pass over a journal. body NULL: the steps are only counted. */
struct pass {
	struct cas_run *run;
	struct casp_run_steps *body;
	uint64_t sequence;
	size_t steps, deltas; /* read so far; deltas of the last step */
	bool headed, planned, ended;
	bool no_memory;
};

static const char *const state_names[] = {
	[CAS_RUN_DONE] = "done",       [CAS_RUN_CONFLICT] = "conflict",
	[CAS_RUN_PARTIAL] = "partial", [CAS_RUN_INTERRUPTED] = "interrupted",
	[CAS_RUN_FAILED] = "failed",   [CAS_RUN_DAMAGED] = "damaged",
};

const char *cas_run_state_name(enum cas_run_state state)
{
	return (size_t)state < sizeof(state_names) / sizeof(*state_names)
		       ? state_names[state]
		       : "unknown";
}

/* ---- names back to numbers ---- */

static int find_name(struct casp_str text, const char *(*name)(int), int n)
{
	for (int i = 0; i < n; i++) {
		if (casp_str_equal(text, casp_str(name(i)))) {
			return i;
		}
	}
	return -1;
}

static const char *state_at(int i)
{
	return state_names[i];
}

static const char *action_at(int i)
{
	return cas_action_name((enum cas_action)i);
}

static const char *outcome_at(int i)
{
	return cas_outcome_name((enum cas_outcome)i);
}

static const char *kind_at(int i)
{
	return cas_kind_name((enum cas_kind)i);
}

static int read_name(struct casp_record *record, const char *(*name)(int), int n)
{
	int i = find_name(casp_record_field(record), name, n);

	if (i < 0) {
		record->bad = true;
		return 0;
	}
	return i;
}

static bool parse_state(struct casp_str text, enum cas_run_state *ret)
{
	int i = find_name(text, state_at, CAS_RUN_DAMAGED + 1);

	if (i >= 0) {
		*ret = (enum cas_run_state)i;
	}
	return i >= 0;
}

/* ---- records ---- */

/* Copies for the run, which outlives the text of a pass that only counts. */
static bool keep(struct pass *pass, struct casp_record *record, const char **ret)
{
	struct casp_str text = casp_record_field(record);

	*ret = casp_arena_dup_str(&pass->run->arena, text.p ? text : CASP_STR(""));
	pass->no_memory |= !*ret;
	return *ret;
}

static bool read_run(struct pass *pass, struct casp_record *record)
{
	struct cas_run *run = pass->run;
	struct casp_str id;
	const char *part;

	if (casp_record_int(record) != CASP_JOURNAL_FORMAT) {
		return false;
	}
	id = casp_record_field(record);
	if (!id.p || id.n >= sizeof(run->id)) {
		return false;
	}
	memcpy(run->id, id.p, id.n + 1);
	run->time_ns = casp_record_int(record);
	run->time = run->time_ns / 1000000000;
	if (!keep(pass, record, &run->who) || !keep(pass, record, &run->address) ||
	    !keep(pass, record, &run->identity) || !keep(pass, record, &run->host) ||
	    !keep(pass, record, &run->command) || !keep(pass, record, &run->title) ||
	    !keep(pass, record, &run->undoes) || !keep(pass, record, &part)) {
		return false;
	}
	run->undoes_part = strcmp(part, "part") == 0;
	pass->headed = true;
	return !record->bad;
}

static const char *text_or(struct casp_record *record, const char *absent)
{
	struct casp_str text = casp_record_field(record);

	return text.p ? text.p : absent;
}

/* Has the last step all the deltas that it announced? */
static bool step_whole(const struct pass *pass)
{
	return !pass->body || !pass->steps ||
	       pass->body->steps.v[pass->steps - 1].n_deltas == pass->deltas;
}

static bool read_step(struct pass *pass, struct casp_record *record, size_t line)
{
	struct casp_step step = {0};
	int64_t n;

	if (!step_whole(pass) || casp_record_int(record) != (int64_t)pass->steps) {
		return false;
	}
	pass->steps++;
	pass->deltas = 0;
	if (!pass->body) {
		return !record->bad;
	}
	step.action = (enum cas_action)read_name(record, action_at, CAS_ACTION_SKIP + 1);
	step.kind = (enum cas_kind)read_name(record, kind_at, CAS_N_KINDS);
	step.name = text_or(record, "");
	step.dn = text_or(record, "");
	step.guid = text_or(record, "");
	step.site = text_or(record, "");
	step.reason = text_or(record, "");
	step.shown = text_or(record, NULL);
	step.new_name = text_or(record, NULL);
	step.mailboxes = casp_record_int(record);
	step.outcome = (enum cas_outcome)read_name(record, outcome_at,
						   CAS_OUTCOME_NOT_TRIED + 1);
	step.outcome_reason = text_or(record, NULL);
	n = casp_record_int(record);
	/* Each delta has a line of its own: no more of them than bytes are left. */
	if (record->bad || n < 0 || (uint64_t)n > line) {
		return false;
	}
	step.n_deltas = (size_t)n;
	step.deltas = casp_arena_zalloc(&pass->body->arena,
					(step.n_deltas + 1) * sizeof(*step.deltas));
	pass->no_memory |= !step.deltas || !casp_vec_push(&pass->body->steps, step);
	return !pass->no_memory;
}

static bool read_delta(struct pass *pass, struct casp_record *record)
{
	struct casp_str old_value, new_value;
	struct casp_delta *delta;
	struct casp_step *step;

	if (!pass->body) {
		return true;
	}
	if (!pass->steps || casp_record_int(record) != (int64_t)pass->steps - 1) {
		return false;
	}
	step = &pass->body->steps.v[pass->steps - 1];
	if (pass->deltas == step->n_deltas) {
		return false;
	}
	delta = &step->deltas[pass->deltas++];
	delta->attribute = text_or(record, "");
	old_value = casp_record_field(record);
	new_value = casp_record_field(record);
	delta->old_value = old_value.p;
	delta->old_n =
		casp_delta_is_binary(delta->attribute, old_value) ? old_value.n : 0;
	delta->new_value = new_value.p;
	delta->new_n =
		casp_delta_is_binary(delta->attribute, new_value) ? new_value.n : 0;
	delta->old_shown = text_or(record, NULL);
	delta->new_shown = text_or(record, NULL);
	return !record->bad;
}

static bool read_result(struct pass *pass, struct casp_record *record)
{
	int64_t first = casp_record_int(record), last = casp_record_int(record);
	enum cas_outcome outcome = (enum cas_outcome)read_name(record, outcome_at,
							       CAS_OUTCOME_NOT_TRIED + 1);
	const char *reason = text_or(record, NULL);

	if (record->bad || first < 0 || last < first || (uint64_t)last >= pass->steps) {
		return false;
	}
	if (outcome == CAS_OUTCOME_DONE) {
		pass->run->n_done += (size_t)(last - first + 1);
	}
	for (int64_t i = first; pass->body && i <= last; i++) {
		pass->body->steps.v[i].outcome = outcome;
		pass->body->steps.v[i].outcome_reason = reason;
	}
	return true;
}

static bool read_end(struct pass *pass, struct casp_record *record)
{
	struct casp_str state = casp_record_field(record);

	pass->ended = true;
	return state.p && parse_state(state, &pass->run->state) &&
	       keep(pass, record, &pass->run->message);
}

/* false: it cannot be, though its checksum is right. */
static bool read_record(struct pass *pass, struct casp_record *record, size_t line)
{
	struct casp_str type = record->type;

	if (!pass->headed) {
		return casp_str_equal(type, CASP_STR("run")) && read_run(pass, record);
	}
	if (casp_str_equal(type, CASP_STR("step"))) {
		return !pass->planned && read_step(pass, record, line);
	}
	if (casp_str_equal(type, CASP_STR("delta"))) {
		return !pass->planned && read_delta(pass, record);
	}
	if (casp_str_equal(type, CASP_STR("planned"))) {
		pass->planned = true;
		pass->run->n_steps = pass->steps;
		return step_whole(pass) &&
		       casp_record_int(record) == (int64_t)pass->steps;
	}
	if (casp_str_equal(type, CASP_STR("result"))) {
		return pass->planned && read_result(pass, record);
	}
	return casp_str_equal(type, CASP_STR("end")) && pass->planned &&
	       read_end(pass, record);
}

/* ---- the whole ---- */

/* Is there a whole record in what follows a bad one? Then it is no torn tail. */
static bool whole_record_in(char *text, size_t n)
{
	char *end = text + n, *lf;

	while (text < end && (lf = memchr(text, '\n', (size_t)(end - text)))) {
		struct casp_record record;

		if (casp_record_parse(text, (size_t)(lf - text), &record)) {
			return true;
		}
		text = lf + 1;
	}
	return false;
}

bool casp_run_parse(struct cas_run *run, struct casp_run_steps *body, char *text,
		    size_t n)
{
	struct pass pass = {.run = run, .body = body};
	char *at = text, *end = text + n, *lf;
	bool damaged = false;

	run->n_done = 0;
	while (at < end && (lf = memchr(at, '\n', (size_t)(end - at)))) {
		struct casp_record record;

		if (!casp_record_parse(at, (size_t)(lf - at), &record)) {
			break;
		}
		if (record.sequence != pass.sequence ||
		    !read_record(&pass, &record, (size_t)(end - at))) {
			damaged = true;
			break;
		}
		pass.sequence++;
		at = lf + 1;
	}
	run->good = (uint64_t)(at - text);
	run->next_sequence = pass.sequence;
	if (damaged || whole_record_in(at, (size_t)(end - at))) {
		run->state = CAS_RUN_DAMAGED;
	} else if (!pass.planned) {
		run->state = CAS_RUN_FAILED;
	} else if (!pass.ended) {
		run->state = CAS_RUN_INTERRUPTED;
	}
	return !pass.no_memory;
}
