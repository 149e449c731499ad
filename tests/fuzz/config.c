/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fuzzes files of configuration: lines, then what is in force. Behind a NUL the input
 * goes on with the file of all users.
 */
#include "fuzz.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "options.h"
#include "settings.h"

static char folder[] = "/dev/shm/casarray-fuzz-XXXXXX";
static char near[64], system_wide[64];

static void remove_files(void)
{
	unlink(near);
	unlink(system_wide);
	rmdir(folder);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	REQUIRE(mkdtemp(folder));
	snprintf(near, sizeof(near), "%s/near", folder);
	snprintf(system_wide, sizeof(system_wide), "%s/system", folder);
	atexit(remove_files);
	REQUIRE(setenv("CASARRAY_CONFIG", near, 1) == 0);
	REQUIRE(setenv("CASARRAY_SYSTEM_CONFIG", system_wide, 1) == 0);
	return 0;
}

/* One line of the file each. */
static void look_at_problems(const struct cli_config *config, size_t n_lines)
{
	for (size_t i = 0; i < config->n_problems && i < CLI_CONFIG_PROBLEMS; i++) {
		const struct cli_config_problem *problem = &config->problems[i];

		REQUIRE(*problem->text && !strpbrk(problem->text, "\n\x1b"));
		REQUIRE(!problem->hint || *problem->hint);
		REQUIRE(problem->line <= n_lines);
	}
}

static size_t count_lines(const char *text, size_t n)
{
	size_t lines = 1;

	for (size_t i = 0; i < n; i++) {
		lines += text[i] == '\n';
	}
	return lines;
}

/* Written by this program a value is the same. */
static void quote(const char *value)
{
	struct opt_pool pool = {0};
	struct cli_config again;
	char *word = cli_config_quote(&pool, value);
	char *text = opt_pool_printf(&pool, "[a]\nb = %s\n", word);

	REQUIRE(cli_config_parse(&again, &pool, "again", text, strlen(text)) == 0);
	REQUIRE(again.n_problems == 0 && again.n == 1 && again.sections[0].n == 1);
	REQUIRE(strcmp(again.sections[0].entries[0].value, value) == 0);
	opt_pool_free(&pool);
}

static void look_at_sections(const struct cli_config *config, size_t n_lines)
{
	size_t line = 0;

	for (size_t i = 0; i < config->n; i++) {
		const struct cli_config_section *section = &config->sections[i];

		REQUIRE(section->line > line && section->line <= n_lines);
		REQUIRE(!strpbrk(section->kind, " \t\n") && section->name);
		line = section->line;
		for (size_t k = 0; k < section->n; k++) {
			const struct cli_config_entry *entry = &section->entries[k];

			REQUIRE(entry->line > line && entry->line <= n_lines);
			REQUIRE(*entry->key && !strpbrk(entry->key, "=:\n"));
			line = entry->line;
			quote(entry->value);
		}
	}
}

static void parse(const char *text, size_t n)
{
	struct opt_pool pool = {0};
	struct cli_config config;
	size_t n_lines = count_lines(text, n);
	char *copy = malloc(n + 1);

	REQUIRE(copy);
	memcpy(copy, text, n);
	REQUIRE(cli_config_parse(&config, &pool, "file", copy, n) == 0);
	/* What is kept are copies. */
	memset(copy, 'x', n);
	free(copy);
	look_at_problems(&config, n_lines);
	look_at_sections(&config, n_lines);
	opt_pool_free(&pool);
}

static void write_file(const char *path, const char *text, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	REQUIRE(fd >= 0 && casp_write_all(fd, text, n) == 0);
	close(fd);
}

/* Nothing is in force that is not well formed. */
static void look_at_settings(const struct cli_settings *settings)
{
	const struct cas_policy *policy = &settings->policy;

	for (size_t i = 0; i < settings->n; i++) {
		const struct cli_setting *setting = &settings->v[i];

		REQUIRE(*setting->section && *setting->key && setting->value);
		REQUIRE(setting->origin.name && *setting->origin.name);
	}
	for (size_t i = 0; i < policy->n_rules; i++) {
		REQUIRE(cas_rule_setting_check(&policy->rules[i], NULL) == 0);
		REQUIRE(cas_rule_find(policy->rules[i].rule));
	}
	for (size_t i = 0; i < policy->n_exemptions; i++) {
		REQUIRE(cas_exemption_check(&policy->exemptions[i], NULL) == 0);
		REQUIRE(policy->exemptions[i].line > 0);
	}
	REQUIRE(!policy->array_fqdn ||
		cas_array_template_check(policy->array_fqdn, NULL) == 0);
}

static void load(const char *profile)
{
	struct opt_pool pool = {0};
	struct cli_global global = {.profile = profile};
	bool *given = opt_pool_alloc(&pool, opt_n_globals * sizeof(*given));
	struct cli_settings settings;

	REQUIRE(given && cli_settings_load(&settings, &pool, &global, given) == 0);
	for (int i = 0; i < CLI_N_CONFIGS; i++) {
		look_at_problems(&settings.files[i], SIZE_MAX);
	}
	if (cli_settings_right(&settings)) {
		look_at_settings(&settings);
	}
	opt_pool_free(&pool);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const char *end = size ? memchr(text, '\0', size) : NULL;
	size_t n = end ? (size_t)(end - text) : size;

	parse(text, size);
	write_file(near, text, n);
	write_file(system_wide, end ? end + 1 : text, end ? size - n - 1 : 0);
	load(NULL);
	load("berlin");
	return 0;
}
