/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzzes baselines and earlier reports: read, and held against an audit of the example.
 */
#include "example.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

static char path[64];
static struct example example;

static void remove_file(void)
{
	unlink(path);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	snprintf(path, sizeof(path), "/dev/shm/casarray-fuzz-%ld.json", (long)getpid());
	atexit(remove_file);
	example_load(&example, CAS_SCOPE_ALL);
	return 0;
}

static int add_line(void *closure, const char *text, struct cas_error **err)
{
	FILE *file = closure;

	REQUIRE(*text);
	REQUIRE(fprintf(file, "%s\n", text) > 0);
	return 0;
}

/* What is written of an audit is read back, and nothing counts then. */
static void write_again(struct cas_audit *audit)
{
	struct cas_baseline *again = NULL;
	FILE *file = fopen(path, "w");
	size_t n;

	REQUIRE(file && cas_baseline_write(audit, add_line, file, &n, NULL) == 0);
	REQUIRE(fclose(file) == 0);
	REQUIRE(cas_baseline_read(path, &again, NULL) == 0);
	REQUIRE(cas_baseline_count(again) == n);
	cas_baseline_free(again);
}

static void hold_against(const struct cas_baseline *baseline)
{
	static const char *const rules[] = {"CAS040", "CAS051"};
	struct cas_audit_options options = {
		.rules = rules,
		.n_rules = 2,
		.baseline = baseline,
		.suppressed = true,
	};
	struct cas_audit *audit = NULL;
	const struct cas_finding *finding;
	size_t n_known = 0, n_suppressed = 0;

	REQUIRE(cas_audit_new(example.org, &options, &audit, NULL) == 0);
	for (size_t i = 0; i < cas_baseline_count(baseline); i++) {
		n_known += cas_audit_known(audit, i) == CAS_KNOWN_PRESENT;
	}
	while (cas_audit_next(audit, &finding, NULL) > 0) {
		n_suppressed +=
			cas_finding_suppression(finding) == CAS_SUPPRESSION_BASELINE;
	}
	REQUIRE(n_suppressed ==
		cas_audit_count_suppressed(audit, CAS_SUPPRESSION_BASELINE));
	/* Several lines may have the same key. */
	REQUIRE((n_known > 0) == (n_suppressed > 0));
	write_again(audit);
	cas_audit_free(audit);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct cas_baseline *baseline = NULL;
	struct cas_error *error = NULL;
	int r;

	REQUIRE(fd >= 0 && casp_write_all(fd, data, size) == 0);
	close(fd);
	r = cas_baseline_read(path, &baseline, &error);
	REQUIRE((r == 0) == (error == NULL));
	REQUIRE((r == 0) == (baseline != NULL));
	REQUIRE(!error ||
		(*cas_error_message(error) && !strchr(cas_error_message(error), '\n')));
	for (size_t i = 0; i < (baseline ? cas_baseline_count(baseline) : 0); i++) {
		const struct cas_known *known = cas_baseline_get(baseline, i);

		REQUIRE(known && cas_known_key(known) && cas_known_rule(known));
	}
	if (baseline) {
		REQUIRE(!cas_baseline_get(baseline, cas_baseline_count(baseline)));
		hold_against(baseline);
	}
	cas_baseline_free(baseline);
	cas_error_free(error);
	return 0;
}
