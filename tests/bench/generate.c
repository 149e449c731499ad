/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes an organization of any size with known defects, and beside it what an audit must
 * find. */
#include <ctype.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "plant.h"
#include "special.h"

/*
 * The rules that the truth speaks of: all that the directory alone answers. What nothing
 * is planted for must find nothing. CAS044 needs a journal.
 */
static const char header[] =
	"{\"rules\": [\"CAS001\", \"CAS002\", \"CAS003\", \"CAS004\", \"CAS005\", "
	"\"CAS006\", \"CAS007\", \"CAS008\", \"CAS009\", \"CAS010\", \"CAS011\", "
	"\"CAS012\", \"CAS013\", \"CAS014\", \"CAS015\", \"CAS016\", \"CAS018\", "
	"\"CAS019\", \"CAS020\", \"CAS021\", \"CAS022\", \"CAS025\", \"CAS026\", "
	"\"CAS027\", \"CAS028\", \"CAS040\", \"CAS041\", \"CAS042\", \"CAS043\", "
	"\"CAS045\", \"CAS046\", \"CAS047\", \"CAS048\", \"CAS049\", \"CAS050\", "
	"\"CAS052\", \"CAS058\", \"CAS059\", \"CAS060\", \"CAS062\", \"CAS063\", "
	"\"CAS064\", \"CAS200\", \"CAS210\", \"CAS211\", \"CAS213\", \"CAS214\", "
	"\"CAS215\"], "
	"\"databases\": %" PRIu64 ", \"seed\": %" PRIu64 "}\n";

enum {
	LEGACY_BYTES = 256,
	DATABASES_PER_SITE = 2000,
	DATABASES_PER_GROUP = 10000, /* one set of special sites each */
	MIN_DATABASES = 100,
	MIN_SITES = 5,
	DEFECTS_PER_1000 = 20,
	EXEMPT_PER_1000 = 10,
	DAG_PER_100 = 15,
	/* Of the databases outside a DAG; where the export has none, the owner decides
	 * the site. */
	COPY_PER_100 = 25,
	BUFFER_BYTES = 1 << 20,
};

/* What the databases with their home in an ordinary site point at. */
struct values {
	char guid[sizeof((struct emit){0}.guid)]; /* of the site */
	char first[LEGACY_BYTES];
	bool mixed;
};

struct bench {
	struct plant plant;
	uint64_t n_databases;
	uint64_t seed;
	unsigned n_sites; /* ordinary ones */
	struct values *values;
};

/* ---- ordinary sites ---- */

/* M1 and M2 have all roles, X is mailbox-only, C is CAS-only. */
static void server_name(char name[static NAME_BYTES], unsigned site, const char *suffix)
{
	snprintf(name, NAME_BYTES, "S%04u%s", site, suffix);
}

static bool has_mailbox_only(unsigned site)
{
	return site % 3 >= 1;
}

static bool has_cas_only(unsigned site)
{
	return site % 3 == 2;
}

/* The site whose M1 forms a DAG with this one's; the site itself: M1 and M2 do. */
static unsigned partner(const struct bench *bench, unsigned site)
{
	if (site % 5 == 3 && site + 1 < bench->n_sites) {
		return site + 1;
	}
	return site % 5 == 4 ? site - 1 : site;
}

static void dag_name(const struct bench *bench, unsigned site,
		     char name[static NAME_BYTES])
{
	unsigned other = partner(bench, site);

	snprintf(name, NAME_BYTES, "DAG%04u", other < site ? other : site);
}

static void array_name(char name[static NAME_BYTES], unsigned site)
{
	snprintf(name, NAME_BYTES, "mail-%04u", site);
}

static void ordinary_server(struct bench *bench, unsigned site, const char *suffix,
			    unsigned roles, const char *dag)
{
	char name[NAME_BYTES], site_name[NAME_BYTES];

	server_name(name, site, suffix);
	snprintf(site_name, sizeof(site_name), "Site-%04u", site);
	plant_server(&bench->plant, &(struct plant_server){.name = name,
							   .site = site_name,
							   .roles = roles,
							   .major = 14,
							   .rpc = roles & ROLE_CAS,
							   .dag = dag,
							   .rules = ""});
}

static void ordinary_site(struct bench *bench, unsigned site)
{
	unsigned other = partner(bench, site);
	char name[NAME_BYTES], dag[NAME_BYTES], members[2][NAME_BYTES];

	snprintf(name, sizeof(name), "Site-%04u", site);
	plant_site(&bench->plant, name);
	memcpy(bench->values[site].guid, bench->plant.emit.guid,
	       sizeof(bench->values[site].guid));
	dag_name(bench, site, dag);
	ordinary_server(bench, site, "M1", MULTI_ROLE, dag);
	ordinary_server(bench, site, "M2", MULTI_ROLE, other == site ? dag : NULL);
	if (has_mailbox_only(site)) {
		ordinary_server(bench, site, "X", MAILBOX_ONLY, NULL);
	}
	if (has_cas_only(site)) {
		ordinary_server(bench, site, "C", CAS_ONLY, NULL);
	}
	if (other >= site) {
		server_name(members[0], site, "M1");
		server_name(members[1], other, other == site ? "M2" : "M1");
		plant_dag(&bench->plant, dag, (const char *[]){members[0], members[1]},
			  2);
	}
	array_name(members[0], site);
	plant_array(&bench->plant, members[0], name, PLACE_SITE, "");
}

/* ---- ordinary databases ---- */

struct draft {
	char name[NAME_BYTES];
	char hosts[2][NAME_BYTES];
	unsigned sites[2]; /* of the hosts */
	unsigned n_copies;
	unsigned first; /* which copy decides the home site */
	unsigned owner; /* which copy is the owner's */
	bool host_gone; /* the preferred copy's server is not there any more */
	char dag[NAME_BYTES];
	char legacy[LEGACY_BYTES];
	const char *rules;
	enum database_kind kind;
};

static unsigned home_of(const struct draft *draft)
{
	return draft->sites[draft->first];
}

static void point_at(struct draft *draft, const char *name)
{
	snprintf(draft->legacy, sizeof(draft->legacy), BENCH_LEGACY_SERVERS "%s", name);
}

static void point_at_array(struct draft *draft, unsigned site)
{
	char name[NAME_BYTES], fqdn[FQDN_BYTES];

	array_name(name, site);
	plant_fqdn(fqdn, name);
	point_at(draft, fqdn);
}

static void point_at_cas(struct bench *bench, struct draft *draft, unsigned site)
{
	static const char *const suffixes[] = {"M1", "M2", "C"};
	char name[NAME_BYTES];

	server_name(name, site,
		    suffixes[emit_below(&bench->plant.emit, has_cas_only(site) ? 3 : 2)]);
	point_at(draft, name);
}

static unsigned another_site(struct bench *bench, unsigned site)
{
	return (site + 1 + (unsigned)emit_below(&bench->plant.emit, bench->n_sites - 1)) %
	       bench->n_sites;
}

static void point_at_mailbox_only(struct bench *bench, struct draft *draft, unsigned site)
{
	char name[NAME_BYTES];

	while (!has_mailbox_only(site)) {
		site = another_site(bench, site);
	}
	server_name(name, site, "X");
	point_at(draft, name);
}

static void malform(struct bench *bench, struct draft *draft)
{
	static const char *const values[] = {
		BENCH_LEGACY "/cn=Configuration/cn=Servers/cn=",
		"o=Corp/ou=" BENCH_GROUP_NAME "/cn=Configuration/cn=Servers/cn=MAIL",
		BENCH_LEGACY "/cn=Configuration/cn=Servers/cn=MAIL#1",
		"/o=Other/ou=" BENCH_GROUP_NAME "/cn=Configuration/cn=Servers/cn=MAIL",
	};
	size_t which = emit_below(&bench->plant.emit, sizeof(values) / sizeof(*values));

	snprintf(draft->legacy, sizeof(draft->legacy), "%s", values[which]);
}

/* Moves the owner to the copy in the other site; false: there is none. */
static bool move_owner(struct draft *draft)
{
	if (draft->n_copies < 2 || draft->host_gone ||
	    draft->sites[0] == draft->sites[1]) {
		return false;
	}
	draft->owner = 1 - draft->first;
	return true;
}

static void spoil(struct bench *bench, struct draft *draft)
{
	unsigned home = home_of(draft);
	uint64_t number = emit_below(&bench->plant.emit, 1000);
	char name[NAME_BYTES];

	switch (emit_below(&bench->plant.emit, 7)) {
	case 0:
		snprintf(name, sizeof(name), "REMOVED%03u", (unsigned)number);
		point_at(draft, name);
		draft->rules = "CAS042";
		break;
	case 1:
		point_at_mailbox_only(bench, draft, home);
		draft->rules = "CAS043";
		break;
	case 2:
		point_at_array(draft, another_site(bench, home));
		draft->rules = "CAS045";
		break;
	case 3:
		point_at_cas(bench, draft, another_site(bench, home));
		draft->rules = "CAS046";
		break;
	case 4:
		malform(bench, draft);
		draft->rules = "CAS049";
		break;
	case 5:
		if (move_owner(draft)) {
			draft->rules = "CAS047";
			break;
		}
		/* fall through */
	default:
		point_at_cas(bench, draft, home);
		draft->rules = move_owner(draft) ? "CAS040 CAS047" : "CAS040";
	}
}

/* What no rule may find, whatever it points at. */
static void exempt(struct bench *bench, struct draft *draft)
{
	draft->n_copies = 1;
	draft->first = draft->owner = 0;
	draft->host_gone = false;
	draft->dag[0] = '\0';
	point_at_cas(bench, draft, another_site(bench, draft->sites[0]));
	switch (emit_below(&bench->plant.emit, 4)) {
	case 0:
		draft->kind = DATABASE_RECOVERY;
		break;
	case 1:
		draft->kind = DATABASE_PUBLIC;
		break;
	case 2:
		draft->kind = DATABASE_2007;
		draft->n_copies = 0;
		snprintf(draft->hosts[0], NAME_BYTES, "EX2007");
		point_at(draft, "EX2007");
		break;
	default:
		snprintf(draft->hosts[0], NAME_BYTES, "EX2013");
	}
}

static void choose_hosts(struct bench *bench, struct draft *draft, unsigned site)
{
	static const char *const suffixes[] = {"M1", "M2", "X"};
	struct emit *emit = &bench->plant.emit;
	unsigned other = partner(bench, site);

	draft->sites[0] = draft->sites[1] = site;
	if (emit_below(emit, 100) >= DAG_PER_100) {
		uint64_t n = has_mailbox_only(site) ? 3 : 2;

		server_name(draft->hosts[0], site, suffixes[emit_below(emit, n)]);
		draft->n_copies = emit_below(emit, 100) < COPY_PER_100 ? 1 : 0;
		return;
	}
	draft->n_copies = 2;
	dag_name(bench, site, draft->dag);
	draft->sites[1] = other;
	server_name(draft->hosts[0], site, "M1");
	server_name(draft->hosts[1], other, other == site ? "M2" : "M1");
	draft->first = draft->owner = (unsigned)emit_below(emit, 2);
	if (emit_below(emit, 50) == 0) {
		draft->host_gone = true;
		snprintf(draft->hosts[1 - draft->first], NAME_BYTES, PLANT_GONE "%04u",
			 site);
	}
}

static void note_value(struct bench *bench, const struct draft *draft)
{
	struct values *values = &bench->values[home_of(draft)];

	if (!*values->first) {
		memcpy(values->first, draft->legacy, sizeof(values->first));
	}
	values->mixed |= strcasecmp(values->first, draft->legacy) != 0;
}

static void upper(char *text)
{
	for (; *text; text++) {
		*text = (char)toupper((unsigned char)*text);
	}
}

static void ordinary_database(struct bench *bench, unsigned site)
{
	struct emit *emit = &bench->plant.emit;
	struct draft draft = {.rules = ""};
	bool judged = true;
	uint64_t fate;

	plant_next_name(&bench->plant, draft.name);
	choose_hosts(bench, &draft, site);
	point_at_array(&draft, home_of(&draft));
	fate = emit_below(emit, 1000);
	if (fate < DEFECTS_PER_1000) {
		spoil(bench, &draft);
	} else if (fate < DEFECTS_PER_1000 + EXEMPT_PER_1000) {
		exempt(bench, &draft);
		judged = false;
	}
	if (judged) {
		note_value(bench, &draft);
	}
	if (emit_below(emit, 100) == 0) {
		upper(draft.legacy); /* names compare without case */
	}
	plant_database(
		&bench->plant,
		&(struct plant_database){
			.name = draft.name,
			.kind = draft.kind,
			.legacy = draft.legacy,
			.owner = draft.hosts[draft.owner],
			.dag = draft.dag[0] ? draft.dag : NULL,
			.hosts = {draft.n_copies > 0 ? draft.hosts[0] : NULL,
				  draft.n_copies > 1 ? draft.hosts[1] : NULL},
			/* the preferred copy, then a lost one before it, or the other */
			.preference = {draft.first == 0  ? 2
				       : draft.host_gone ? 1
							 : 3,
				       draft.first == 1  ? 2
				       : draft.host_gone ? 1
							 : 3},
			.mailboxes = emit_below(emit, 100)
					     ? 0
					     : (unsigned)emit_below(emit, 5) + 1,
			.rules = draft.rules});
}

/* ---- all ---- */

static void coexistence(struct bench *bench)
{
	plant_site(&bench->plant, "Coexistence");
	plant_server(&bench->plant, &(struct plant_server){.name = "EX2007",
							   .site = "Coexistence",
							   .roles = MULTI_ROLE,
							   .major = 8,
							   .rules = ""});
	plant_storage_group(&bench->plant, "EX2007");
	plant_server(&bench->plant, &(struct plant_server){.name = "EX2013",
							   .site = "Coexistence",
							   .roles = 54,
							   .major = 15,
							   .rules = ""});
}

/* Known only now that all databases are there. */
static void mixed_sites(struct bench *bench)
{
	char name[NAME_BYTES];

	for (unsigned i = 0; i < bench->n_sites; i++) {
		if (bench->values[i].mixed) {
			snprintf(name, sizeof(name), "Site-%04u", i);
			memcpy(bench->plant.emit.guid, bench->values[i].guid,
			       sizeof(bench->plant.emit.guid));
			plant_findings(&bench->plant, "CAS048", name);
		}
	}
}

static void organization(struct bench *bench)
{
	unsigned groups = 1 + (unsigned)((bench->n_databases - 1) / DATABASES_PER_GROUP);

	fprintf(bench->plant.truth, header, bench->n_databases, bench->seed);
	plant_containers(&bench->plant);
	coexistence(bench);
	for (unsigned i = 0; i < bench->n_sites; i++) {
		ordinary_site(bench, i);
	}
	for (unsigned group = 0; group < groups; group++) {
		special_sites(&bench->plant, group);
	}
	while (bench->plant.number < bench->n_databases) {
		ordinary_database(bench,
				  (unsigned)(bench->plant.number % bench->n_sites));
	}
	mixed_sites(bench);
}

static uint64_t number_of(const char *text)
{
	char *end;
	unsigned long long value = strtoull(text, &end, 10);

	if (!isdigit((unsigned char)*text) || *end) {
		die("'%s' is not a number", text);
	}
	return value;
}

static FILE *create(const char *path)
{
	FILE *stream = path ? fopen(path, "wb") : NULL;

	if (!stream) {
		die("cannot create '%s'", path ? path : "(no --out or --truth)");
	}
	setvbuf(stream, NULL, _IOFBF, BUFFER_BYTES);
	return stream;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"databases", required_argument, NULL, 'n'},
		{"seed", required_argument, NULL, 's'},
		{"out", required_argument, NULL, 'o'},
		{"truth", required_argument, NULL, 't'},
		{0}};
	struct bench bench = {.n_databases = 10000, .seed = 1};
	const char *out = NULL, *truth = NULL;
	int letter;

	while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (letter) {
		case 'n':
			bench.n_databases = number_of(optarg);
			break;
		case 's':
			bench.seed = number_of(optarg);
			break;
		case 'o':
			out = optarg;
			break;
		case 't':
			truth = optarg;
			break;
		default:
			die("usage: --databases N --seed S --out FILE --truth FILE");
		}
	}
	if (bench.n_databases < MIN_DATABASES || bench.n_databases > 9999999) {
		die("between %d and 9999999 databases", MIN_DATABASES);
	}
	bench.n_sites = (unsigned)(bench.n_databases / DATABASES_PER_SITE);
	bench.n_sites = bench.n_sites < MIN_SITES ? MIN_SITES : bench.n_sites;
	bench.values = calloc(bench.n_sites, sizeof(*bench.values));
	if (!bench.values) {
		die("out of memory");
	}
	bench.plant.emit = (struct emit){.stream = create(out),
					 .random = bench.seed,
					 .created = "20101004091500.0Z"};
	bench.plant.truth = create(truth);
	organization(&bench);
	if (fclose(bench.plant.emit.stream) || fclose(bench.plant.truth)) {
		die("cannot write: the disk may be full");
	}
	free(bench.values);
	return EXIT_SUCCESS;
}
