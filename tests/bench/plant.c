/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sites, servers, arrays and databases as records, and the truth about them. */
#include "plant.h"

#include <inttypes.h>
#include <string.h>

static const char format_2007[] = "4535486012416";
static const char format_2010[] = "44220983382016";

void plant_findings(struct plant *plant, const char *rules, const char *name)
{
	while (*rules) {
		size_t n = strcspn(rules, " ");

		fprintf(plant->truth,
			"{\"rule\": \"%.*s\", \"guid\": \"%s\", \"name\": \"%s\"}\n",
			(int)n, rules, plant->emit.guid, name);
		rules += n + (rules[n] == ' ');
	}
}

void plant_next_name(struct plant *plant, char name[static NAME_BYTES])
{
	snprintf(name, NAME_BYTES, "DB%07" PRIu64, plant->number++);
}

static void container(struct plant *plant, const char *dn, const char *classname,
		      const char *legacy)
{
	emit_begin(&plant->emit, dn, classname);
	if (legacy) {
		emit_attribute(&plant->emit, "legacyExchangeDN", "%s", legacy);
	}
	emit_end(&plant->emit);
}

void plant_containers(struct plant *plant)
{
	static const struct {
		const char *dn, *classname, *legacy;
	} rows[] = {
		{BENCH_SITES, "sitesContainer", NULL},
		{"CN=Subnets," BENCH_SITES, "subnetContainer", NULL},
		{BENCH_EXCHANGE, "msExchConfigurationContainer", NULL},
		{BENCH_ORG, "msExchOrganizationContainer", "/o=Corp"},
		{"CN=Administrative Groups," BENCH_ORG, "msExchAdminGroupContainer",
		 NULL},
		{BENCH_GROUP, "msExchAdminGroup", BENCH_LEGACY},
		{BENCH_SERVERS, "msExchServersContainer", NULL},
		{"CN=Arrays," BENCH_GROUP, "msExchContainer", NULL},
		{BENCH_DATABASES, "msExchMDBContainer", NULL},
		{BENCH_DAGS, "msExchMDBAvailabilityGroupContainer", NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		container(plant, rows[i].dn, rows[i].classname, rows[i].legacy);
	}
}

void plant_site(struct plant *plant, const char *name)
{
	char dn[DN_BYTES];

	snprintf(dn, sizeof(dn), "CN=%s," BENCH_SITES, name);
	container(plant, dn, "site", NULL);
}

static void put_site(struct plant *plant, const char *site, enum place place)
{
	if (place != PLACE_NONE) {
		emit_attribute(&plant->emit, "msExchServerSite", "CN=%s%s," BENCH_SITES,
			       site, place == PLACE_DELETED ? " Deleted" : "");
	}
}

static void put_version(struct plant *plant, unsigned major)
{
	unsigned minor = major == 15 ? 0 : 3, build = major == 15 ? 516 : 123;

	emit_attribute(&plant->emit, "serialNumber", "Version %u.%u (Build %u.4)", major,
		       minor, 30000 + build);
	emit_attribute(&plant->emit, "versionNumber", "%u",
		       0x70008000u | major << 22 | minor << 16 | build);
}

static void put_protocols(struct plant *plant, const char *server)
{
	char dn[DN_BYTES];

	snprintf(dn, sizeof(dn), "CN=Protocols,CN=%s," BENCH_SERVERS, server);
	container(plant, dn, "protocolCfgSharedServer", NULL);
	snprintf(dn, sizeof(dn), "CN=RpcClientAccess,CN=Protocols,CN=%s," BENCH_SERVERS,
		 server);
	container(plant, dn, "protocolCfg msExchProtocolCfgExchangeRpcService", NULL);
	snprintf(dn, sizeof(dn),
		 "CN=owa (Default Web Site),CN=HTTP,CN=Protocols,CN=%s," BENCH_SERVERS,
		 server);
	emit_begin(&plant->emit, dn, "msExchVirtualDirectory msExchOWAVirtualDirectory");
	emit_attribute(&plant->emit, "msExchInternalHostName", "https://%s.corp.test/owa",
		       server);
	emit_end(&plant->emit);
}

void plant_server(struct plant *plant, const struct plant_server *server)
{
	struct emit *emit = &plant->emit;
	char dn[DN_BYTES];

	snprintf(dn, sizeof(dn), "CN=%s," BENCH_SERVERS, server->name);
	emit_begin(emit, dn, "server msExchExchangeServer");
	emit_attribute(emit, "systemFlags", "1107296256");
	emit_attribute(emit, "legacyExchangeDN", BENCH_LEGACY_SERVERS "%s", server->name);
	emit_attribute(emit, "networkAddress", "netbios:%s", server->name);
	emit_attribute(emit, "networkAddress", "ncacn_ip_tcp:%s.corp.test", server->name);
	emit_attribute(emit, "msExchCurrentServerRoles", "%u", server->roles);
	emit_attribute(emit, "msExchVersion", "%s", format_2007);
	put_version(plant, server->major);
	put_site(plant, server->site, server->place);
	if (server->dag) {
		emit_attribute(emit, "msExchMDBAvailabilityGroupLink",
			       "CN=%s," BENCH_DAGS, server->dag);
	}
	emit_end(emit);
	plant_findings(plant, server->rules, server->name);
	if (server->rpc) {
		put_protocols(plant, server->name);
	}
}

void plant_fqdn(char fqdn[static FQDN_BYTES], const char *name)
{
	if (snprintf(fqdn, FQDN_BYTES, "%s.corp.test", name) >= FQDN_BYTES) {
		die("the name '%s' is too long", name);
	}
}

void plant_array(struct plant *plant, const char *name, const char *site,
		 enum place place, const char *rules)
{
	struct emit *emit = &plant->emit;
	char dn[DN_BYTES], fqdn[FQDN_BYTES];

	plant_fqdn(fqdn, name);
	snprintf(dn, sizeof(dn), "CN=%s,CN=Arrays," BENCH_GROUP, name);
	emit_begin(emit, dn, "server msExchExchangeServer msExchClientAccessArray");
	emit_attribute(emit, "systemFlags", "1073741824");
	emit_attribute(emit, "legacyExchangeDN", BENCH_LEGACY_SERVERS "%s", fqdn);
	emit_attribute(emit, "networkAddress", "ncacn_ip_tcp:%s", fqdn);
	emit_attribute(emit, "msExchVersion", "%s", format_2007);
	put_site(plant, site, place);
	emit_end(emit);
	plant_findings(plant, rules, name);
}

void plant_dag(struct plant *plant, const char *name, const char *const *servers,
	       size_t n)
{
	char dn[DN_BYTES];

	snprintf(dn, sizeof(dn), "CN=%s," BENCH_DAGS, name);
	emit_begin(&plant->emit, dn, "msExchMDBAvailabilityGroup");
	emit_attribute(&plant->emit, "msExchMDBAvailabilityGroupName", "%s", name);
	for (size_t i = 0; i < n; i++) {
		emit_attribute(&plant->emit, "msExchMDBAvailabilityGroupBL",
			       "CN=%s," BENCH_SERVERS, servers[i]);
	}
	emit_attribute(&plant->emit, "msExchAllowCrossSiteRPCClientAccess", "0");
	emit_end(&plant->emit);
}

void plant_storage_group(struct plant *plant, const char *server)
{
	char dn[DN_BYTES];

	snprintf(dn, sizeof(dn), "CN=InformationStore,CN=%s," BENCH_SERVERS, server);
	container(plant, dn, "msExchInformationStore", NULL);
	snprintf(dn, sizeof(dn),
		 "CN=First Storage Group,CN=InformationStore,CN=%s," BENCH_SERVERS,
		 server);
	container(plant, dn, "msExchStorageGroup", NULL);
}

/* What rests on a server that is not there cannot be judged. */
static const char *rules_of_host(const char *host)
{
	return strncmp(host, PLANT_GONE, strlen(PLANT_GONE)) == 0 ? "CAS210" : "";
}

static void put_copies(struct plant *plant, const struct plant_database *database,
		       const char *database_dn)
{
	char dn[DN_BYTES + NAME_BYTES];

	for (int i = 0; i < 2 && database->hosts[i]; i++) {
		snprintf(dn, sizeof(dn), "CN=%s,%s", database->hosts[i], database_dn);
		emit_begin(&plant->emit, dn, "msExchMDBCopy");
		emit_attribute(&plant->emit, "msExchHostServerLink",
			       "CN=%s," BENCH_SERVERS, database->hosts[i]);
		emit_attribute(&plant->emit, "msExchActivationPreference", "%u",
			       database->preference[i]);
		emit_end(&plant->emit);
		plant_findings(plant, rules_of_host(database->hosts[i]),
			       database->hosts[i]);
	}
}

static void put_database(struct plant *plant, const struct plant_database *database)
{
	struct emit *emit = &plant->emit;
	const char *name = database->name;

	emit_attribute(emit, "legacyExchangeDN", "%s%s", database->legacy,
		       database->kind == DATABASE_PUBLIC ? "/cn=Microsoft Public MDB"
							 : "/cn=Microsoft Private MDB");
	emit_attribute(emit, "msExchEDBFile", "D:\\DB\\%s\\%s.edb", name, name);
	emit_attribute(emit, "msExchOwningServer", "CN=%s," BENCH_SERVERS,
		       database->owner);
	if (database->dag) {
		emit_attribute(emit, "msExchMasterServerOrAvailabilityGroup",
			       "CN=%s," BENCH_DAGS, database->dag);
	} else {
		emit_attribute(emit, "msExchMasterServerOrAvailabilityGroup",
			       "CN=%s," BENCH_SERVERS, database->owner);
	}
	if (database->kind != DATABASE_2007) {
		emit_attribute(emit, "msExchVersion", "%s", format_2010);
	}
	if (database->kind == DATABASE_RECOVERY) {
		emit_attribute(emit, "msExchRestore", "TRUE");
	}
	for (unsigned i = 0; i < database->mailboxes; i++) {
		emit_attribute(emit, "homeMDBBL", "CN=User %u of %s,OU=Staff," BENCH_ROOT,
			       i + 1, name);
	}
}

void plant_database(struct plant *plant, const struct plant_database *database)
{
	bool public = database->kind == DATABASE_PUBLIC;
	char dn[DN_BYTES];

	if (database->kind == DATABASE_2007) {
		snprintf(dn, sizeof(dn),
			 "CN=%s,CN=First Storage "
			 "Group,CN=InformationStore,CN=%s," BENCH_SERVERS,
			 database->name, database->owner);
	} else {
		snprintf(dn, sizeof(dn), "CN=%s," BENCH_DATABASES, database->name);
	}
	emit_begin(&plant->emit, dn,
		   public ? "msExchMDB msExchPublicMDB" : "msExchMDB msExchPrivateMDB");
	put_database(plant, database);
	emit_end(&plant->emit);
	plant_findings(plant, database->rules, database->name);
	plant_findings(plant, rules_of_host(database->owner), database->name);
	put_copies(plant, database, dn);
}
