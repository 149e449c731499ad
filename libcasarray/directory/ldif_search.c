/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Searching: pieces of the text are parsed to batches of entries, by this thread and one
 * helper, and the batches are handed on in the order of the text, by this thread alone.
 */
#include "ldif_batch.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "../base/context.h"
#include "../base/excerpt.h"

/* Large enough that a batch is worth a wake-up, small enough that its values stay in the
 * cache. */
#define PIECE ((size_t)256 << 10)
#define BATCHES 6
#define CACHE_LINE 64
/* Less than this is done before a thread has started. */
#define WORTH_A_THREAD ((size_t)4 << 20)

struct search {
	struct casp_ldif *ldif;
	const struct casp_ldif_matcher *matcher;
	casp_entry_fn each;
	void *closure;
	bool first; /* the one that builds the table */
	bool threads;
	size_t work; /* bytes to be parsed */
	size_t done; /* of the files, those handed on */
	/* What comes next: a place in a file; or a record of the table, or of the list.
	 */
	size_t file;
	const char *at;
	size_t next;
	CASP_VEC(size_t) list;
	bool listed;

	struct casp_ldif_batch batches[BATCHES];
	size_t head; /* the batch to be handed on */
	size_t tail; /* the batch to be begun */
	bool stop;
	pthread_mutex_t mutex;
	pthread_cond_t ready; /* a batch is done */
	pthread_cond_t room;  /* one was handed on */
};

/* ---- dividing the work ---- */

static bool claim_text(struct search *search, struct casp_ldif_batch *batch)
{
	const struct casp_ldif *ldif = search->ldif;
	const struct casp_ldif_file *file;
	const char *end;

	while (search->file < ldif->n_files) {
		file = &ldif->files[search->file];
		end = file->text + file->n;
		if (!search->at) {
			search->at = file->text;
		}
		if (search->at < end) {
			batch->file = file;
			batch->from = search->at;
			batch->to = (size_t)(end - search->at) <= PIECE
					    ? end
					    : casp_ldif_border(file, search->at + PIECE);
			search->at = batch->to;
			return true;
		}
		search->file++;
		search->at = NULL;
	}
	return false;
}

static bool claim_records(struct search *search, struct casp_ldif_batch *batch)
{
	const struct casp_ldif_index *index = &search->ldif->index;
	size_t n = search->listed ? search->list.n : index->records.n;
	size_t bytes = 0;

	batch->numbers.n = 0;
	while (search->next < n && bytes < PIECE) {
		size_t i = search->listed ? search->list.v[search->next] : search->next;

		search->next++;
		if (!casp_ldif_matcher_may(search->matcher, &index->records.v[i])) {
			continue;
		}
		if (!casp_vec_push(&batch->numbers, i)) {
			batch->code = CAS_E_NOMEM;
			return true;
		}
		bytes += index->records.v[i].n;
	}
	return batch->numbers.n != 0;
}

/* Begins the next batch; NULL: all are begun. */
static struct casp_ldif_batch *claim(struct search *search)
{
	struct casp_ldif_batch *batch = &search->batches[search->tail % BATCHES];

	batch->ldif = search->ldif;
	batch->matcher = search->matcher;
	batch->code = 0;
	batch->done = false;
	if (!(search->first ? claim_text(search, batch) : claim_records(search, batch))) {
		return NULL;
	}
	search->tail++;
	return batch;
}

/* ---- handing on, in the caller's thread ---- */

static int add_flaws(struct search *search, const struct casp_ldif_batch *batch,
		     size_t record, size_t *next, struct cas_error **err)
{
	while (*next < batch->flaws.n && batch->flaws.v[*next].record == record) {
		const struct casp_ldif_flaw *flaw = &batch->flaws.v[(*next)++];
		int r = casp_ldif_index_defect(search->ldif, flaw->kind,
					       batch->records.v[record].origin, flaw->dn,
					       err);

		if (r < 0) {
			return r;
		}
	}
	return 0;
}

static int add_duplicate(struct search *search, const struct casp_ldif_record *record,
			 struct casp_ldif_batch *batch, struct cas_error **err)
{
	struct casp_str dn;

	if (!casp_ldif_record_dn(search->ldif, record->origin, &batch->arena, &dn)) {
		return casp_error_nomem(err);
	}
	return casp_ldif_index_defect(search->ldif, CASP_DEFECT_DUPLICATE_DN,
				      record->origin, dn, err);
}

/* What the other thread wrote is in its processor's cache: it is on its way here while
 * the entries before are looked at. First what tells where the values are, then those. */
static void prefetch(const struct casp_ldif_batch *batch, size_t number)
{
	const struct casp_ldif_found *found = &batch->entries.v[number];

	if (number + 2 < batch->entries.n) {
		const struct casp_entry *entry = &found[2].entry;
		const char *p = (const char *)entry->values;
		/* Their texts' places follow, mostly one for each. */
		size_t n = entry->n_names *
			   (sizeof(*entry->values) + sizeof(*entry->values->v));

		for (size_t at = 0; at < n; at += CACHE_LINE) {
			__builtin_prefetch(p + at);
		}
	}
	if (number + 1 < batch->entries.n) {
		const struct casp_entry *entry = &found[1].entry;

		__builtin_prefetch(entry->dn.p);
		for (size_t i = 0; i < entry->n_names; i++) {
			if (entry->values[i].n) {
				__builtin_prefetch(entry->values[i].v->p);
			}
		}
	}
}

static int hand_on_entry(struct search *search, const struct casp_ldif_batch *batch,
			 size_t number, struct cas_error **err)
{
	prefetch(batch, number);
	return search->each(search->closure, &batch->entries.v[number].entry, err);
}

/* Room for the records of the batch; when there is none, for all that the rest of the
 * directory will have if it is like what was read. */
static bool make_room(struct search *search, const struct casp_ldif_batch *batch)
{
	struct casp_ldif_index *index = &search->ldif->index;
	size_t n = index->records.n + batch->records.n;
	size_t total = n * (search->work / search->done + 1);

	if (n <= index->records.size) {
		return true;
	}
	return casp_ldif_index_reserve(index, total < n * 8 ? total : n * 8);
}

/* Adds the batch's records to the table, and hands on their entries. */
static int hand_on_first(struct search *search, struct casp_ldif_batch *batch,
			 struct cas_error **err)
{
	struct casp_ldif_index *index = &search->ldif->index;
	size_t flaw = 0, entry = 0;

	search->done += (size_t)(batch->to - batch->from);
	if (!make_room(search, batch)) {
		return casp_error_nomem(err);
	}
	for (size_t i = 0; i < batch->records.n; i++) {
		const struct casp_ldif_record *record = &batch->records.v[i];
		bool duplicate = false;
		int r;

		if (i + 8 < batch->records.n) {
			casp_ldif_index_prefetch(index, record[8].dn_hash);
		}
		r = casp_ldif_index_add(search->ldif, record, &duplicate, err);
		if (r == 0) {
			r = add_flaws(search, batch, i, &flaw, err);
		}
		if (r == 0 && duplicate) {
			r = add_duplicate(search, record, batch, err);
		}
		if (r == 0 && entry < batch->entries.n &&
		    batch->entries.v[entry].record == i) {
			if (!duplicate) {
				r = hand_on_entry(search, batch, entry, err);
			}
			entry++;
		}
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

static void warn_result(struct search *search, const struct casp_ldif_batch *batch)
{
	const struct casp_ldif_file *file = batch->file;
	const char *at = batch->scan.result, *end = file->text + file->n;
	struct casp_str text = {at, (size_t)(casp_ldif_next_line(at, end) - at)};

	while (text.n && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r')) {
		text.n--;
	}
	casp_log(search->ldif->directory.context, CAS_LOG_WARNING,
		 "%s:%zu: the search that wrote the file ended with '%s': entries may be "
		 "missing",
		 file->path, casp_ldif_file_line(file, at), casp_excerpt(text));
}

static int hand_on(struct search *search, struct casp_ldif_batch *batch,
		   struct cas_error **err)
{
	int r = 0;

	if (search->first) {
		r = hand_on_first(search, batch, err);
		if (r == 0 && batch->scan.result) {
			warn_result(search, batch);
		}
	}
	for (size_t i = 0; !search->first && r == 0 && i < batch->entries.n; i++) {
		r = hand_on_entry(search, batch, i, err);
	}
	if (r < 0) {
		return r;
	}
	if (batch->code < 0 && err && !*err) {
		*err = batch->error;
		batch->error = NULL;
	}
	return batch->code;
}

/* ---- threads ---- */

static void *help(void *closure)
{
	struct search *search = closure;

	pthread_mutex_lock(&search->mutex);
	for (;;) {
		struct casp_ldif_batch *batch;

		while (!search->stop && search->tail - search->head == BATCHES) {
			pthread_cond_wait(&search->room, &search->mutex);
		}
		batch = search->stop ? NULL : claim(search);
		if (!batch) {
			break;
		}
		pthread_mutex_unlock(&search->mutex);
		casp_ldif_batch_parse(batch);
		pthread_mutex_lock(&search->mutex);
		batch->done = true;
		pthread_cond_signal(&search->ready);
	}
	pthread_mutex_unlock(&search->mutex);
	return NULL;
}

/* Signals are for the caller's threads. */
static bool start_helper(struct search *search, pthread_t *thread)
{
	sigset_t all, old;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(thread, NULL, help, search);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return r == 0;
}

/*
 * Parses a batch when there is one to begin, else waits for the helper's. false: neither
 * is left. Called and returns locked.
 */
static bool help_or_wait(struct search *search)
{
	struct casp_ldif_batch *batch = NULL;

	if (search->tail - search->head < BATCHES) {
		batch = claim(search);
	}
	if (batch) {
		pthread_mutex_unlock(&search->mutex);
		casp_ldif_batch_parse(batch);
		pthread_mutex_lock(&search->mutex);
		batch->done = true;
		return true;
	}
	if (search->head == search->tail) {
		return false;
	}
	pthread_cond_wait(&search->ready, &search->mutex);
	return true;
}

/* Called and returns locked. */
static int run(struct search *search, struct cas_error **err)
{
	int r = 0;

	while (r == 0) {
		struct casp_ldif_batch *batch = &search->batches[search->head % BATCHES];

		if (search->head == search->tail || !batch->done) {
			if (!help_or_wait(search)) {
				return 0;
			}
			continue;
		}
		pthread_mutex_unlock(&search->mutex);
		r = hand_on(search, batch, err);
		pthread_mutex_lock(&search->mutex);
		search->head++;
		pthread_cond_signal(&search->room);
	}
	return r;
}

static int run_all(struct search *search, struct cas_error **err)
{
	pthread_t thread;
	int r;

	search->threads = search->threads && start_helper(search, &thread);
	pthread_mutex_lock(&search->mutex);
	r = run(search, err);
	search->stop = true;
	pthread_cond_signal(&search->room);
	pthread_mutex_unlock(&search->mutex);
	if (search->threads) {
		pthread_join(thread, NULL);
	}
	for (size_t i = 0; i < BATCHES; i++) {
		casp_ldif_batch_free(&search->batches[i]);
	}
	return r;
}

/* ---- the search ---- */

static int compare_sizes(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return x < y ? -1 : x > y;
}

/* The records to look at when queries name their entries by DN. false: out of memory. */
static bool list_by_dn(struct search *search)
{
	casp_ldif_hashes hashes = {0};
	bool failed = false;
	size_t kept = 0;

	search->listed = casp_ldif_matcher_dns(search->matcher, &hashes, &failed);
	for (size_t i = 0; search->listed && !failed && i < hashes.n; i++) {
		const struct casp_ldif_index *index = &search->ldif->index;
		size_t at = 0, number;

		while ((number = casp_ldif_index_next(index, hashes.v[i], &at)) !=
		       SIZE_MAX) {
			failed |= !casp_vec_push(&search->list, number);
		}
	}
	casp_vec_free(&hashes);
	if (search->list.n) {
		qsort(search->list.v, search->list.n, sizeof(size_t), compare_sizes);
	}
	for (size_t i = 0; i < search->list.n; i++) {
		if (i == 0 || search->list.v[i] != search->list.v[kept - 1]) {
			search->list.v[kept++] = search->list.v[i];
		}
	}
	search->list.n = kept;
	return !failed;
}

static size_t work(const struct search *search)
{
	const struct casp_ldif *ldif = search->ldif;
	size_t total = 0;

	for (size_t i = 0; search->first && i < ldif->n_files; i++) {
		total += ldif->files[i].n;
	}
	for (size_t i = 0; !search->first && !search->listed && total < WORTH_A_THREAD &&
			   i < ldif->index.records.n;
	     i++) {
		if (casp_ldif_matcher_may(search->matcher, &ldif->index.records.v[i])) {
			total += ldif->index.records.v[i].n;
		}
	}
	return total;
}

static void finish_first(struct casp_ldif *ldif, int r)
{
	if (r < 0) {
		casp_ldif_index_clear(&ldif->index);
		return;
	}
	ldif->index.complete = true;
	for (size_t i = 0; i < ldif->n_files; i++) {
		const struct casp_ldif_file *file = &ldif->files[i];

		if (file->text[file->n - 1] != '\n') {
			casp_log(ldif->directory.context, CAS_LOG_WARNING,
				 "%s: the last line has no line end: was the file cut "
				 "off?",
				 file->path);
		}
	}
}

int casp_ldif_search(struct cas_directory *directory, const struct casp_query *queries,
		     size_t n_queries, casp_entry_fn each, void *closure,
		     struct cas_error **err)
{
	struct casp_ldif *ldif = (struct casp_ldif *)directory;
	struct search *search;
	struct casp_ldif_matcher *matcher;
	int r;

	if (ldif->scanning) {
		return casp_error(err, CAS_E_USAGE,
				  "the first search of '%s' is not finished",
				  directory->address);
	}
	r = casp_ldif_matcher_new(queries, n_queries, &matcher, err);
	if (r < 0) {
		return r;
	}
	search = calloc(1, sizeof(*search));
	if (!search) {
		casp_ldif_matcher_free(matcher);
		return casp_error_nomem(err);
	}
	*search = (struct search){.ldif = ldif,
				  .matcher = matcher,
				  .each = each,
				  .closure = closure,
				  .first = !ldif->index.complete,
				  .mutex = PTHREAD_MUTEX_INITIALIZER,
				  .ready = PTHREAD_COND_INITIALIZER,
				  .room = PTHREAD_COND_INITIALIZER};
	if (!search->first && !list_by_dn(search)) {
		r = casp_error_nomem(err);
	} else {
		search->work = work(search);
		search->threads = search->work >= WORTH_A_THREAD;
		ldif->scanning = search->first;
		r = run_all(search, err);
		if (search->first) {
			ldif->scanning = false;
			finish_first(ldif, r);
		}
	}
	casp_vec_free(&search->list);
	free(search);
	casp_ldif_matcher_free(matcher);
	return r;
}

static int ignore_entry(void *closure, const struct casp_entry *entry,
			struct cas_error **err)
{
	return 0;
}

int casp_ldif_complete(struct casp_ldif *ldif, struct cas_error **err)
{
	if (ldif->index.complete) {
		return 0;
	}
	return casp_ldif_search(&ldif->directory, NULL, 0, ignore_entry, NULL, err);
}
