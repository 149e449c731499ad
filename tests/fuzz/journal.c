/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzzes the reader of journals: lines as they are, and such with good checksums. */
#include "fuzz.h"

#include <string.h>

#include "plan/record.h"
#include "plan/run.h"

/* Checksums and sequence as the writer makes them, around each line "type field\tfield".
 */
static void add_record(struct casp_record_writer *writer, struct casp_str line)
{
	casp_record_begin(writer, "");
	casp_buf_add_str(&writer->buf, line);
	casp_record_end(writer);
}

static struct casp_buf with_checksums(struct casp_str text)
{
	struct casp_record_writer writer = {0};

	while (text.n) {
		const char *nl = memchr(text.p, '\n', text.n);
		size_t n = nl ? (size_t)(nl - text.p) : text.n;

		add_record(&writer, (struct casp_str){text.p, n});
		n += nl != NULL;
		text.p += n;
		text.n -= n;
	}
	REQUIRE(!writer.buf.failed);
	return writer.buf;
}

/* The text is used up by a pass: each gets its own, as long as it is and a NUL, as files
 * are read. */
static char *copy(const struct casp_buf *text)
{
	char *ret = malloc(text->n + 1);

	REQUIRE(ret);
	if (text->n) {
		memcpy(ret, text->p, text->n);
	}
	ret[text->n] = '\0';
	return ret;
}

static void free_run(struct cas_run *run)
{
	casp_arena_free(&run->arena);
	free(run);
}

static struct cas_run *parse(const struct casp_buf *text, struct casp_run_steps *body)
{
	struct cas_run *run = calloc(1, sizeof(*run));
	char *lines = copy(text);

	REQUIRE(run);
	REQUIRE(casp_run_parse(run, body, lines, text->n));
	REQUIRE(run->good <= text->n);
	REQUIRE(cas_run_state_name(run->state));
	if (body) {
		body->text = lines;
	} else {
		free(lines);
	}
	return run;
}

static size_t look_at_steps(const struct casp_run_steps *body)
{
	size_t n = 0;

	for (size_t i = 0; i < body->steps.n; i++) {
		const struct casp_step *step = &body->steps.v[i];

		REQUIRE(cas_outcome_name(step->outcome));
		REQUIRE(cas_action_name(step->action));
		REQUIRE(step->dn && strlen(step->dn) < SIZE_MAX);
		for (size_t k = 0; k < step->n_deltas; k++) {
			REQUIRE(step->deltas[k].attribute);
			n += strlen(step->deltas[k].attribute);
		}
	}
	return n;
}

/* Counting the steps and reading them say the same, but for what only reading looks at.
 */
static void read_twice(const struct casp_buf *text)
{
	struct casp_run_steps body = {0};
	struct cas_run *counted = parse(text, NULL), *read = parse(text, &body);

	REQUIRE(read->good <= counted->good);
	if (read->good < counted->good) {
		REQUIRE(read->state == CAS_RUN_DAMAGED);
	} else {
		REQUIRE(counted->state == read->state);
		REQUIRE(counted->n_steps == read->n_steps);
		REQUIRE(counted->n_done == read->n_done);
	}
	if (read->state != CAS_RUN_DAMAGED && read->state != CAS_RUN_FAILED) {
		REQUIRE(body.steps.n == read->n_steps);
		look_at_steps(&body);
	}
	casp_arena_free(&body.arena);
	casp_vec_free(&body.steps);
	free(body.text);
	free_run(counted);
	free_run(read);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct casp_buf text = {0};

	casp_buf_add(&text, (const char *)data, size);
	read_twice(&text);
	casp_buf_free(&text);
	text = with_checksums((struct casp_str){(const char *)data, size});
	read_twice(&text);
	casp_buf_free(&text);
	return 0;
}
