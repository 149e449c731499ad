/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzzes the reader of LDIF files: any bytes are a directory or an error with a message.
 */
#include "fuzz.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "directory/directory.h"

static char path[64];
static struct cas_context *context;

static void remove_file(void)
{
	unlink(path);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	snprintf(path, sizeof(path), "/dev/shm/casarray-fuzz-%ld.ldif", (long)getpid());
	REQUIRE(cas_context_new(&context, NULL) == 0);
	atexit(remove_file);
	return 0;
}

static void write_file(const uint8_t *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	REQUIRE(fd >= 0 && casp_write_all(fd, data, size) == 0);
	close(fd);
}

/* What a search gave: entries, and a sum over their values. */
struct seen {
	struct cas_directory *directory;
	size_t n;
	uint64_t sum;
	char *dn; /* of the first entry */
	size_t dn_n;
};

static int look(void *closure, const struct casp_entry *entry, struct cas_error **err)
{
	struct seen *seen = closure;
	struct casp_buf where = {0};

	if (seen->n++ == 0) {
		seen->dn = malloc(entry->dn.n + 1);
		seen->dn_n = entry->dn.n;
		REQUIRE(seen->dn);
		memcpy(seen->dn, entry->dn.p, entry->dn.n);
		casp_directory_where(seen->directory, entry->origin, &where);
		REQUIRE(where.n > 0 && !where.failed);
		casp_buf_free(&where);
	}
	seen->sum += casp_str_ihash(entry->dn);
	for (size_t i = 0; i < entry->n_names; i++) {
		seen->sum += casp_str_ihash(casp_str(entry->names[i]));
		for (size_t k = 0; k < entry->values[i].n; k++) {
			seen->sum += casp_str_ihash(entry->values[i].v[k]);
		}
	}
	return 0;
}

static int search(struct cas_directory *directory, const struct casp_query *query,
		  struct seen *seen)
{
	struct cas_error *error = NULL;
	int r;

	seen->directory = directory;
	r = casp_directory_search(directory, query, 1, look, seen, &error);
	REQUIRE((r < 0) == (error != NULL));
	REQUIRE(r == 0 || *cas_error_message(error));
	cas_error_free(error);
	return r;
}

/* The entry that came first is found by its name, and by that alone. */
static void find(struct cas_directory *directory, const struct seen *all)
{
	struct casp_query query = {
		.base = {all->dn, all->dn_n},
		.scope = CASP_SCOPE_BASE,
		.all_attributes = true,
	};
	struct seen one = {0};

	REQUIRE(search(directory, &query, &one) == 0);
	REQUIRE(all->dn_n == 0 || one.n >= 1);
	REQUIRE(one.n <= all->n);
	free(one.dn);
}

static void read_all(struct cas_directory *directory)
{
	static const struct casp_query everything = {.all_attributes = true};
	struct seen first = {0}, second = {0};
	const struct casp_defect *defects;

	if (search(directory, &everything, &first) == 0) {
		casp_directory_defects(directory, &defects);
		REQUIRE(search(directory, &everything, &second) == 0);
		REQUIRE(first.n == second.n && first.sum == second.sum);
		if (first.n) {
			find(directory, &first);
		}
	}
	free(first.dn);
	free(second.dn);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *name = path;
	struct cas_directory *directory = NULL;
	struct cas_error *error = NULL;

	write_file(data, size);
	if (cas_directory_open(context, &name, 1, &directory, &error) == 0) {
		read_all(directory);
		cas_directory_unref(directory);
	} else {
		REQUIRE(error && *cas_error_message(error));
	}
	cas_error_free(error);
	return 0;
}
