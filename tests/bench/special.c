/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small sites that each have a defect of their own, with the rules that must find it. */
#include "special.h"

enum {
	LEGACY_BYTES = 256,
	SERVERS_MAX = 4,
};

struct special_server {
	unsigned roles; /* 0: no server */
	bool no_rpc;
	const char *rule;
};

struct special_database {
	const char *target; /* "S0", "S1": server; "A0", "A1": array; NULL: no database */
	unsigned owner;
	const char *rules;
	bool recovery;
};

static const struct special {
	const char *name;
	const char *rules; /* of the site */
	struct special_server servers[SERVERS_MAX];
	const char *arrays[2]; /* rules of each; NULL: no array */
	struct special_database databases[2];
} specials[] = {
	{.name = "NoArray",
	 .rules = "CAS001",
	 .servers = {{MULTI_ROLE}},
	 .databases = {{"S0", 0, "CAS041"}, {"S0", 0, "CAS041"}}},
	{.name = "NoArrayMixed",
	 .rules = "CAS001 CAS048",
	 .servers = {{MULTI_ROLE}, {MAILBOX_ONLY}},
	 .databases = {{"S1", 1, "CAS043"}, {"S0", 1, "CAS041"}}},
	{.name = "NoCas",
	 .rules = "CAS001 CAS020",
	 .servers = {{MAILBOX_ONLY}},
	 .databases = {{"S0", 0, "CAS043"}}},
	{.name = "TwoArrays",
	 .rules = "CAS002 CAS048",
	 .servers = {{MULTI_ROLE}},
	 .arrays = {"CAS025", "CAS025"},
	 .databases = {{"A0", 0, ""}, {"A1", 0, ""}}},
	{.name = "OneTooMany",
	 .rules = "CAS002 CAS048",
	 .servers = {{MULTI_ROLE}},
	 .arrays = {"CAS025", "CAS005 CAS025"},
	 .databases = {{"A0", 0, ""}, {"S0", 0, "CAS040"}}},
	{.name = "NoMember",
	 .rules = "CAS020",
	 .servers = {{MAILBOX_ONLY}},
	 .arrays = {"CAS004"},
	 .databases = {{"A0", 0, ""}}},
	{.name = "NoRpc",
	 .rules = "",
	 .servers = {{MULTI_ROLE, true, "CAS021"}},
	 .arrays = {"CAS004"},
	 .databases = {{"A0", 0, ""}}},
	{.name = "ArrayAhead", .rules = "", .arrays = {"CAS004"}},
	{.name = "Unused",
	 .rules = "",
	 .servers = {{MULTI_ROLE}},
	 .arrays = {"CAS005 CAS025"},
	 .databases = {{"S0", 0, "CAS040"}, {"S0", 0, "CAS040"}}},
	{.name = "FewCas",
	 .rules = "CAS200",
	 .servers = {{MULTI_ROLE}, {MAILBOX_ONLY}, {MAILBOX_ONLY}, {MAILBOX_ONLY}},
	 .arrays = {"CAS025"},
	 .databases = {{"A0", 3, ""}}},
	{.name = "RecoveryOnly",
	 .rules = "",
	 .servers = {{MULTI_ROLE}},
	 .databases = {{"S0", 0, "", true}}},
	{.name = "Branch", .rules = ""},
};

static void special_names(const struct special *special, unsigned group, unsigned which,
			  char server[static NAME_BYTES], char array[static NAME_BYTES])
{
	snprintf(server, NAME_BYTES, "%.8s%02u%c", special->name, group, 'A' + which);
	snprintf(array, NAME_BYTES, "mail-%s-%u-%u", special->name, group, which);
}

static void special_database(struct plant *plant, const struct special *special,
			     unsigned group, const struct special_database *row)
{
	char name[NAME_BYTES], owner[NAME_BYTES], server[NAME_BYTES], array[NAME_BYTES];
	char fqdn[FQDN_BYTES], legacy[LEGACY_BYTES];

	plant_next_name(plant, name);
	special_names(special, group, row->owner, owner, array);
	special_names(special, group, (unsigned)(row->target[1] - '0'), server, array);
	plant_fqdn(fqdn, array);
	snprintf(legacy, sizeof(legacy), BENCH_LEGACY_SERVERS "%s",
		 row->target[0] == 'S' ? server : fqdn);
	plant_database(plant,
		       &(struct plant_database){.name = name,
						.kind = row->recovery ? DATABASE_RECOVERY
								      : DATABASE_MAILBOX,
						.legacy = legacy,
						.owner = owner,
						.hosts = {owner},
						.preference = {1},
						.rules = row->rules});
}

static void special_site(struct plant *plant, const struct special *special,
			 unsigned group)
{
	char site[NAME_BYTES], server[NAME_BYTES], array[NAME_BYTES];

	snprintf(site, sizeof(site), "%s-%u", special->name, group);
	plant_site(plant, site);
	plant_findings(plant, special->rules, site);
	for (unsigned i = 0; i < SERVERS_MAX; i++) {
		const struct special_server *row = &special->servers[i];

		special_names(special, group, i, server, array);
		if (row->roles) {
			plant_server(plant,
				     &(struct plant_server){
					     .name = server,
					     .site = site,
					     .roles = row->roles,
					     .major = 14,
					     .rpc = row->roles & ROLE_CAS && !row->no_rpc,
					     .rules = row->rule ? row->rule : ""});
		}
	}
	for (unsigned i = 0; i < 2; i++) {
		special_names(special, group, i, server, array);
		if (special->arrays[i]) {
			plant_array(plant, array, site, PLACE_SITE, special->arrays[i]);
		}
	}
	for (unsigned i = 0; i < 2; i++) {
		if (special->databases[i].target) {
			special_database(plant, special, group, &special->databases[i]);
		}
	}
}

/* Objects without a site. */
static void homeless(struct plant *plant, unsigned group)
{
	static const struct {
		const char *name;
		enum place place;
		unsigned roles;
		const char *rules;
	} rows[] = {
		{"LOSTCAS", PLACE_DELETED, CAS_ONLY, "CAS022"},
		{"NOSITECAS", PLACE_NONE, CAS_ONLY, "CAS022"},
		{"EDGE", PLACE_NONE, ROLE_EDGE, ""},
		{"mail-without-site", PLACE_NONE, 0, "CAS003 CAS005"},
		{"mail-lost-site", PLACE_DELETED, 0, "CAS003 CAS005"},
	};
	char name[NAME_BYTES];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		snprintf(name, sizeof(name), "%s%u", rows[i].name, group);
		if (rows[i].roles) {
			plant_server(plant, &(struct plant_server){
						    .name = name,
						    .site = "Closed",
						    .place = rows[i].place,
						    .roles = rows[i].roles,
						    .major = 14,
						    .rpc = rows[i].roles & ROLE_CAS,
						    .rules = rows[i].rules});
		} else {
			plant_array(plant, name, "Closed", rows[i].place, rows[i].rules);
		}
	}
}

void special_sites(struct plant *plant, unsigned group)
{
	for (size_t i = 0; i < sizeof(specials) / sizeof(*specials); i++) {
		special_site(plant, &specials[i], group);
	}
	homeless(plant, group);
}
