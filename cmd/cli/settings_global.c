/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options of every command: the nearest of all that say something wins. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "options.h"
#include "session.h"
#include "settings.h"
#include "value.h"

/* What one place says. */
struct layer {
	struct cli_global values;
	struct cli_origins *origins; /* of each option; none: it does not say */
};

struct layering {
	struct cli_settings *settings;
	struct cli_global *global;
	struct cli_origins *origins; /* of what is in force */
	bool *closed;                /* something nearer has said it */
};

static struct cli_origins *new_origins(struct opt_pool *pool)
{
	return opt_pool_alloc(pool, opt_n_globals * sizeof(struct cli_origins));
}

static const void *value_in(const struct opt *opt, const struct cli_global *values)
{
	return (const char *)values + opt->offset;
}

/* Does an option say something, and not "no"? */
static bool says(const struct layer *layer, size_t i)
{
	return layer->origins[i].n &&
	       (opt_globals[i].type != OPT_FLAG ||
		*(const bool *)value_in(&opt_globals[i], &layer->values));
}

static void close_group(struct layering *layering, enum opt_group group)
{
	for (size_t i = 0; group && i < opt_n_globals; i++) {
		if (opt_globals[i].group == group || opt_globals[i].belongs == group) {
			layering->closed[i] = true;
		}
	}
}

/* Layers come from the nearest to the farthest. */
static void take_layer(struct layering *layering, const struct layer *layer)
{
	for (size_t i = 0; i < opt_n_globals; i++) {
		const struct opt *opt = &opt_globals[i];

		if (layer->origins[i].n && !layering->closed[i]) {
			opt_value_copy(opt, (char *)layering->global + opt->offset,
				       value_in(opt, &layer->values));
			layering->origins[i] = layer->origins[i];
		}
	}
	for (size_t i = 0; i < opt_n_globals; i++) {
		layering->closed[i] |= layer->origins[i].n > 0;
		if (says(layer, i)) {
			close_group(layering, opt_globals[i].group);
		}
	}
}

/* ---- the command line ---- */

static int take_words(struct layering *layering, const bool *given)
{
	struct opt_pool *pool = layering->settings->pool;
	struct layer layer = {.values = *layering->global, .origins = new_origins(pool)};

	for (size_t i = 0; layer.origins && i < opt_n_globals; i++) {
		const struct opt *opt = &opt_globals[i];
		const char *name = opt_pool_printf(pool, "--%s", opt->name);
		size_t n =
			!given[i] ? 0
			: opt->type == OPT_LIST
				? ((const struct opt_list *)value_in(opt, &layer.values))
					  ->n
				: 1;

		while (n--) {
			if (!name || cli_origin_add(pool, &layer.origins[i], name, 0)) {
				return -1;
			}
		}
	}
	if (!layer.origins) {
		return -1;
	}
	take_layer(layering, &layer);
	return 0;
}

/* ---- the environment ---- */

/* A colon separates, other than that of "ldif:path". */
static const char *path_end(const char *path)
{
	const char *start = !strncmp(path, "ldif:", 5) ? path + 5 : path;

	return cli_is_server(path) ? strchr(path, '\0') : strchrnul(start, ':');
}

/* "FILE:FILE" */
static int store_paths(struct opt_pool *pool, const struct opt *opt, const char *paths,
		       struct layer *layer, struct cli_origins *origins, const char *name)
{
	const char *problem;

	while (*paths) {
		const char *end = path_end(paths);
		char *path = opt_pool_copy(pool, paths, (size_t)(end - paths));

		if (!path ||
		    (*path &&
		     (opt_value_store(pool, opt, path,
				      (char *)&layer->values + opt->offset, &problem) ||
		      cli_origin_add(pool, origins, name, 0)))) {
			return -1;
		}
		paths = *end ? end + 1 : end;
	}
	return 0;
}

static char *variable(struct opt_pool *pool, const struct opt *opt)
{
	char *name = opt_pool_printf(pool, "CASARRAY_%s", opt->name);

	for (char *p = name; p && *p; p++) {
		*p = *p == '-' ? '_' : (char)toupper((unsigned char)*p);
	}
	return name;
}

static int take_variable(struct cli_settings *settings, struct layer *layer, size_t i)
{
	const struct opt *opt = &opt_globals[i];
	const char *name = variable(settings->pool, opt), *problem = NULL;
	const char *value = name ? getenv(name) : NULL;
	int status;

	if (!name) {
		return -1;
	}
	if (!value || !*value) {
		return 0;
	}
	if (opt->type == OPT_LIST) {
		return store_paths(settings->pool, opt, value, layer, &layer->origins[i],
				   name);
	}
	status = opt_value_store(settings->pool, opt, value,
				 (char *)&layer->values + opt->offset, &problem);
	if (problem) {
		return cli_config_problem(&settings->files[CLI_CONFIG_NONE], 0, NULL,
					  "'%s' %s", name, problem);
	}
	return status ? -1 : cli_origin_add(settings->pool, &layer->origins[i], name, 0);
}

/* Of variables that say where the directory is the first of the table counts. */
static bool is_place_known(const struct layer *layer, size_t i)
{
	for (size_t k = 0; opt_globals[i].group == OPT_GROUP_PLACE && k < i; k++) {
		if (opt_globals[k].group == OPT_GROUP_PLACE && says(layer, k)) {
			return true;
		}
	}
	return false;
}

static int take_environment(struct layering *layering)
{
	struct cli_settings *settings = layering->settings;
	struct layer layer = {.origins = new_origins(settings->pool)};

	for (size_t i = 0; layer.origins && i < opt_n_globals; i++) {
		if (opt_globals[i].configurable && !is_place_known(&layer, i) &&
		    take_variable(settings, &layer, i)) {
			return -1;
		}
	}
	if (!layer.origins) {
		return -1;
	}
	take_layer(layering, &layer);
	return 0;
}

/* ---- files ---- */

static int check_groups(struct cli_config *config, const struct layer *layer)
{
	for (size_t i = 0; i < opt_n_globals; i++) {
		for (size_t k = 0; k < i && opt_globals[i].group; k++) {
			if (opt_globals[k].group == opt_globals[i].group &&
			    says(layer, i) && says(layer, k) &&
			    cli_config_problem(config, layer->origins[i].v[0].line, NULL,
					       "'%s' and '%s' exclude each other",
					       opt_globals[k].name,
					       opt_globals[i].name)) {
				return -1;
			}
		}
	}
	return 0;
}

static int take_section(struct layering *layering, const struct cli_placed *placed,
			bool counts)
{
	struct layer layer = {.origins = new_origins(layering->settings->pool)};

	if (!layer.origins ||
	    cli_section_read(layering->settings, placed, opt_globals, opt_n_globals,
			     &layer.values, layer.origins) ||
	    check_groups(placed->config, &layer)) {
		return -1;
	}
	if (counts) {
		take_layer(layering, &layer);
	}
	return 0;
}

/* Sections of a kind, the nearer file first; those of other profiles are only checked.
 */
static int take_sections(struct layering *layering, const char *kind, const char *name)
{
	struct cli_settings *settings = layering->settings;

	for (size_t i = 0; i < settings->n_sections; i++) {
		const struct cli_placed *placed = &settings->sections[i];
		bool counts = name && !strcasecmp(placed->name, name);

		if (!strcmp(placed->section->kind, kind) &&
		    take_section(layering, placed, counts)) {
			return -1;
		}
	}
	return 0;
}

/* ---- all together ---- */

/* What is in force, in the order of the table. */
static int list(const struct layering *layering)
{
	struct cli_settings *settings = layering->settings;

	for (size_t i = 0; i < opt_n_globals; i++) {
		const struct opt *opt = &opt_globals[i];
		const void *value = value_in(opt, layering->global);
		const struct cli_origins *origins = &layering->origins[i];
		bool is_default = !origins->n && opt->type == OPT_CHOICE &&
				  *(const char *const *)value;
		struct cli_setting setting = {.section = "defaults", .key = opt->name};

		for (size_t k = 0; opt->configurable && k < origins->n + is_default;
		     k++) {
			setting.value = opt_value_word(settings->pool, opt, value, k);
			setting.origin = is_default ? (struct cli_origin){"default", 0}
						    : origins->v[k];
			if (!setting.value || cli_setting_add(settings, &setting)) {
				return -1;
			}
		}
	}
	return 0;
}

int cli_globals_load(struct cli_settings *settings, struct cli_global *global,
		     const bool *given)
{
	struct layering layering = {
		.settings = settings,
		.global = global,
		.origins = new_origins(settings->pool),
		.closed = opt_pool_alloc(settings->pool, opt_n_globals),
	};

	if (!layering.origins || !layering.closed || take_words(&layering, given) ||
	    take_environment(&layering) ||
	    take_sections(&layering, "profile", settings->profile) ||
	    take_sections(&layering, "defaults", "")) {
		return -1;
	}
	return list(&layering);
}
