/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configuration files together: which are read, their sections, what is wrong in them. */
#include "settings.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "session.h"
#include "text.h"
#include "value.h"

/* ---- sections ---- */

static const struct {
	const char *kind;
	const char *what; /* its name is that of; NULL: it has none */
} kinds[] = {
	{"defaults", NULL},
	{"profile", "a profile"},
	{"policy", NULL},
	{"rule", "a rule: its id or name"},
	{"exemption", "an exemption"},
};

static int unknown_section(struct cli_config *config,
			   const struct cli_config_section *section)
{
	size_t best = cli_nearness(section->kind);
	const char *hint = NULL;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (cli_is_nearer(section->kind, kinds[i].kind, &best)) {
			hint = kinds[i].kind;
		}
	}
	if (hint) {
		hint = opt_pool_printf(config->pool, "did you mean [%s%s]?", hint,
				       *section->name ? " ..." : "");
		if (!hint) {
			return -1;
		}
	}
	return cli_config_problem(config, section->line, hint, "unknown section [%s%s%s]",
				  section->kind, *section->name ? " " : "",
				  section->name);
}

/* A rule has two names. */
static const char *canonical(const struct cli_config_section *section)
{
	const struct cas_rule *rule =
		!strcmp(section->kind, "rule") ? cas_rule_find(section->name) : NULL;

	return rule ? cas_rule_id(rule) : section->name;
}

static int place_section(struct cli_settings *settings, struct cli_config *config,
			 const struct cli_config_section *section)
{
	struct cli_placed *grown;
	size_t i = 0;

	while (i < sizeof(kinds) / sizeof(*kinds) &&
	       strcmp(kinds[i].kind, section->kind) != 0) {
		i++;
	}
	if (i == sizeof(kinds) / sizeof(*kinds)) {
		return unknown_section(config, section);
	}
	if (!*section->name != !kinds[i].what) {
		return *section->name
			       ? cli_config_problem(config, section->line, NULL,
						    "[%s] has no name", section->kind)
			       : cli_config_problem(config, section->line, NULL,
						    "[%s] needs the name of %s",
						    section->kind, kinds[i].what);
	}
	grown = opt_pool_room(settings->pool, settings->sections, settings->n_sections,
			      sizeof(*grown));
	if (!grown) {
		return -1;
	}
	settings->sections = grown;
	grown[settings->n_sections++] = (struct cli_placed){
		.config = config, .section = section, .name = canonical(section)};
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct cli_placed *x = *(const struct cli_placed *const *)a;
	const struct cli_placed *y = *(const struct cli_placed *const *)b;
	int order = strcmp(x->section->kind, y->section->kind);

	return order ? order : strcasecmp(x->name, y->name);
}

static int by_name_and_place(const void *a, const void *b)
{
	const struct cli_placed *x = *(const struct cli_placed *const *)a;
	const struct cli_placed *y = *(const struct cli_placed *const *)b;
	int order = by_name(a, b);

	return order ? order : (x > y) - (x < y);
}

static int check_twice(struct cli_settings *settings)
{
	size_t n = settings->n_sections;
	struct cli_placed **sorted = opt_pool_alloc(settings->pool, n * sizeof(*sorted));

	if (!sorted) {
		return -1;
	}
	for (size_t i = 0; i < n; i++) {
		sorted[i] = &settings->sections[i];
	}
	qsort(sorted, n, sizeof(*sorted), by_name_and_place);
	settings->by_name = sorted;
	for (size_t i = 1; i < n; i++) {
		const struct cli_config_section *section = sorted[i]->section;

		if (by_name(&sorted[i - 1], &sorted[i]) != 0) {
			continue;
		}
		sorted[i]->hidden = true;
		if (sorted[i - 1]->config == sorted[i]->config &&
		    cli_config_problem(sorted[i]->config, section->line, NULL,
				       "section [%s%s%s] is there already, in line %zu",
				       section->kind, *section->name ? " " : "",
				       section->name, sorted[i - 1]->section->line)) {
			return -1;
		}
	}
	return 0;
}

static int place_sections(struct cli_settings *settings)
{
	for (size_t i = 0; i < CLI_CONFIG_NONE; i++) {
		struct cli_config *config = &settings->files[i];

		for (size_t k = 0; k < config->n; k++) {
			if (place_section(settings, config, &config->sections[k])) {
				return -1;
			}
		}
	}
	return check_twice(settings);
}

/* ---- keys ---- */

int cli_origin_add(struct opt_pool *pool, struct cli_origins *ret, const char *name,
		   size_t line)
{
	struct cli_origin *grown = opt_pool_room(pool, ret->v, ret->n, sizeof(*grown));

	if (!grown) {
		return -1;
	}
	ret->v = grown;
	grown[ret->n++] = (struct cli_origin){name, line};
	return 0;
}

int cli_setting_add(struct cli_settings *settings, const struct cli_setting *setting)
{
	struct cli_setting *grown =
		opt_pool_room(settings->pool, settings->v, settings->n, sizeof(*grown));

	if (!grown) {
		return -1;
	}
	settings->v = grown;
	grown[settings->n++] = *setting;
	return 0;
}

/* The keys that a section may have. NULL: out of memory. */
static const char *list_keys(struct opt_pool *pool, const struct opt *keys, size_t n)
{
	const char *list = "known are";

	for (size_t i = 0, shown = 0; list && i < n; i++) {
		if (keys[i].configurable) {
			list = opt_pool_printf(pool, "%s%s '%s'", list,
					       shown++ ? "," : "", keys[i].name);
		}
	}
	return list;
}

static int unknown_key(const struct cli_placed *placed,
		       const struct cli_config_entry *entry, const struct opt *keys,
		       size_t n_keys)
{
	const struct cli_config_section *section = placed->section;
	size_t best = cli_nearness(entry->key);
	const char *nearest = NULL, *hint = NULL;

	if (cli_config_is_full(placed->config)) {
		return cli_config_problem(placed->config, entry->line, NULL,
					  "unknown key");
	}
	for (size_t i = 0; i < n_keys; i++) {
		if (!keys[i].configurable && !strcmp(keys[i].name, entry->key)) {
			return cli_config_problem(placed->config, entry->line,
						  "give it on the command line",
						  "'%s' cannot be configured",
						  entry->key);
		}
		if (keys[i].configurable &&
		    cli_is_nearer(entry->key, keys[i].name, &best)) {
			nearest = keys[i].name;
		}
	}
	hint = nearest ? opt_pool_printf(placed->config->pool, "did you mean '%s'?",
					 nearest)
		       : list_keys(placed->config->pool, keys, n_keys);
	if (!hint) {
		return -1;
	}
	return cli_config_problem(
		placed->config, entry->line, hint, "unknown key '%s' in [%s%s%s]",
		entry->key, section->kind, *section->name ? " " : "", section->name);
}

static int store(struct cli_settings *settings, const struct cli_placed *placed,
		 const struct cli_config_entry *entry, const struct opt *key,
		 void *values, struct cli_origins *origins)
{
	struct cli_config *config = placed->config;
	const char *value = entry->value, *problem = NULL;
	int status;

	if (origins->n && key->type != OPT_LIST) {
		return cli_config_problem(config, entry->line, NULL,
					  "'%s' is there already, in line %zu", key->name,
					  origins->v[0].line);
	}
	if (!*value) {
		return cli_config_problem(config, entry->line, NULL, "'%s' has no value",
					  key->name);
	}
	if (key->path) {
		value = cli_expand(settings->pool, value);
		if (!value) {
			return -1;
		}
	}
	status = opt_value_store(settings->pool, key, value, (char *)values + key->offset,
				 &problem);
	if (problem) {
		return cli_config_problem(config, entry->line, NULL, "'%s' %s", key->name,
					  problem);
	}
	return status ? -1
		      : cli_origin_add(settings->pool, origins, config->file,
				       entry->line);
}

int cli_section_read(struct cli_settings *settings, const struct cli_placed *placed,
		     const struct opt *keys, size_t n_keys, void *values,
		     struct cli_origins *origins)
{
	for (size_t i = 0; i < placed->section->n; i++) {
		const struct cli_config_entry *entry = &placed->section->entries[i];
		size_t k = 0;
		int status;

		while (k < n_keys &&
		       (!keys[k].configurable || strcmp(keys[k].name, entry->key) != 0)) {
			k++;
		}
		status = k == n_keys ? unknown_key(placed, entry, keys, n_keys)
				     : store(settings, placed, entry, &keys[k], values,
					     &origins[k]);
		if (status) {
			return -1;
		}
	}
	return 0;
}

/* ---- profiles ---- */

static bool is_profile(const struct cli_settings *settings, const char *name)
{
	const struct cli_config_section section = {.kind = "profile"};
	const struct cli_placed wanted = {.section = &section, .name = name},
				*key = &wanted;

	return settings->n_sections &&
	       bsearch(&key, settings->by_name, settings->n_sections, sizeof(key),
		       by_name);
}

int cli_profile_check(struct cli_settings *settings, struct cli_config *config,
		      size_t line, const char *name)
{
	size_t best = cli_nearness(name);
	const char *nearest = NULL, *hint;

	if (is_profile(settings, name)) {
		return 0;
	}
	for (size_t i = 0; i < settings->n_sections && !cli_config_is_full(config); i++) {
		const struct cli_placed *placed = &settings->sections[i];

		if (!strcmp(placed->section->kind, "profile") &&
		    cli_is_nearer(name, placed->name, &best)) {
			nearest = placed->name;
		}
	}
	hint = nearest ? opt_pool_printf(settings->pool, "did you mean '%s'?", nearest)
		       : opt_pool_printf(settings->pool,
					 "write a section [profile %s] in '%s'", name,
					 settings->paths[CLI_CONFIG_NEAR]);
	return hint ? cli_config_problem(config, line, hint, "no profile '%s'", name)
		    : -1;
}

/* ---- all together ---- */

static const char *environment(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static int read_files(struct cli_settings *settings, const char *named, bool wanted)
{
	const char *system = environment("CASARRAY_SYSTEM_CONFIG");
	const char **paths = settings->paths;

	paths[CLI_CONFIG_NEAR] = named ? named : cli_own_config(settings->pool);
	paths[CLI_CONFIG_SYSTEM] = system ? system : CLI_SYSTEM_CONFIG;
	/* a file that need not be there is named all the same when it is */
	if (!paths[CLI_CONFIG_NEAR] ||
	    cli_config_read(&settings->files[CLI_CONFIG_NEAR], settings->pool,
			    paths[CLI_CONFIG_NEAR],
			    wanted || (named && !access(named, F_OK)))) {
		return -1;
	}
	return cli_config_read(&settings->files[CLI_CONFIG_SYSTEM], settings->pool,
			       paths[CLI_CONFIG_SYSTEM], system != NULL);
}

int cli_settings_load(struct cli_settings *settings, struct opt_pool *pool,
		      struct cli_global *global, const bool *given)
{
	*settings = (struct cli_settings){.pool = pool};
	settings->files[CLI_CONFIG_NONE].pool = pool;
	if (!global->config) {
		global->config = environment("CASARRAY_CONFIG");
	}
	if (!global->profile) {
		global->profile = environment("CASARRAY_PROFILE");
	}
	settings->profile = global->profile;
	if (read_files(settings, global->config, global->config && !global->new_config) ||
	    place_sections(settings) ||
	    (settings->profile &&
	     cli_profile_check(settings, &settings->files[CLI_CONFIG_NONE], 0,
			       settings->profile))) {
		return -1;
	}
	return cli_globals_load(settings, global, given) || cli_policy_load(settings) ? -1
										      : 0;
}

bool cli_settings_right(const struct cli_settings *settings)
{
	for (size_t i = 0; i < CLI_N_CONFIGS; i++) {
		if (settings->files[i].n_problems) {
			return false;
		}
	}
	return true;
}

static int by_line(const void *a, const void *b)
{
	const struct cli_config_problem *x = a, *y = b;

	return (x->line > y->line) - (x->line < y->line);
}

static void report(struct cli_session *session, const struct cli_config *config)
{
	size_t n = 0;

	if (config->n_problems) {
		qsort(config->problems,
		      config->n_problems < CLI_CONFIG_PROBLEMS ? config->n_problems
							       : CLI_CONFIG_PROBLEMS,
		      sizeof(*config->problems), by_line);
	}
	for (; n < config->n_problems && n < CLI_CONFIG_PROBLEMS; n++) {
		const struct cli_config_problem *problem = &config->problems[n];
		char line[32] = "";

		if (problem->line) {
			snprintf(line, sizeof(line), "%zu: ", problem->line);
		}
		cli_problem(session, CAS_E_USAGE, problem->hint, "%s%s%s%s",
			    config->file ? config->file : "",
			    config->file ? problem->line ? ":" : ": " : "", line,
			    problem->text);
		cli_fail(session, NULL);
	}
	if (n < config->n_problems) {
		cli_problem(session, CAS_E_USAGE, NULL, "%s: and %zu more",
			    config->file ? config->file : "environment",
			    config->n_problems - n);
		cli_fail(session, NULL);
	}
}

int cli_settings_begin(struct cli_session *session, const bool *given)
{
	struct cli_settings *settings = opt_pool_alloc(session->pool, sizeof(*settings));

	if (!settings ||
	    cli_settings_load(settings, session->pool, &session->global, given)) {
		return cli_fail(session, NULL);
	}
	session->settings = settings;
	session->gate = settings->gate;
	for (size_t i = 0; i < CLI_N_CONFIGS; i++) {
		report(session, &settings->files[i]);
	}
	return cli_settings_right(settings) ? EXIT_DONE : EXIT_USAGE;
}
