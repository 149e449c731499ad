/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes small organizations as LDIF and loads them. */
#include "fixture.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_LINES 4096

struct fixture {
	char *text; /* the entries that are finished */
	size_t size;
	FILE *out;
	/* the last entry: "attribute: value" */
	char *dn;
	char *lines[MAX_LINES];
	size_t n_lines;
	unsigned guids;
	char path[64];
	struct cas_context *context;
	struct cas_directory *directory;
	struct cas_organization *organization;
};

static void die(const char *what)
{
	fprintf(stderr, "fixture: %s\n", what);
	exit(EXIT_FAILURE);
}

static char *make(const char *format, ...) __attribute__((format(printf, 1, 2)));
static char *make(const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0) {
		die("out of memory");
	}
	va_end(ap);
	return text;
}

static const char *kept(char *text)
{
	static char *ring[8];
	static unsigned at;
	char **slot = &ring[at++ % 8];

	free(*slot);
	*slot = text;
	return text;
}

const char *fixture_site_dn(const char *name)
{
	return kept(make("CN=%s,CN=Sites," FIXTURE_CFG, name));
}

const char *fixture_server_dn(const char *name)
{
	return kept(make("CN=%s,CN=Servers," FIXTURE_AG, name));
}

const char *fixture_array_dn(const char *name)
{
	return kept(make("CN=%s,CN=Arrays," FIXTURE_AG, name));
}

const char *fixture_database_dn(const char *name)
{
	return kept(make("CN=%s,CN=Databases," FIXTURE_AG, name));
}

const char *fixture_dag_dn(const char *name)
{
	return kept(make("CN=%s,CN=Database Availability Groups," FIXTURE_AG, name));
}

/* Values that LDIF cannot hold as they are go out in base64. */
static bool is_safe(const char *value)
{
	if (*value == ' ' || *value == ':' || *value == '<') {
		return false;
	}
	for (const char *p = value; *p; p++) {
		if ((unsigned char)*p < ' ' || (unsigned char)*p > '~') {
			return false;
		}
	}
	return !*value || value[strlen(value) - 1] != ' ';
}

static char *base64(const unsigned char *p, size_t n)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *text = make("%*s", (int)((n + 2) / 3 * 4), "");

	for (size_t i = 0, k = 0; i < n; i += 3, k += 4) {
		unsigned b = p[i] << 16;

		b |= i + 1 < n ? p[i + 1] << 8 : 0;
		b |= i + 2 < n ? p[i + 2] : 0;
		text[k] = digits[b >> 18];
		text[k + 1] = digits[b >> 12 & 63];
		text[k + 2] = i + 1 < n ? digits[b >> 6 & 63] : '=';
		text[k + 3] = i + 2 < n ? digits[b & 63] : '=';
	}
	return text;
}

static char *line(const char *attribute, const char *value)
{
	char *encoded, *text;

	if (is_safe(value)) {
		return make("%s: %s\n", attribute, value);
	}
	encoded = base64((const unsigned char *)value, strlen(value));
	text = make("%s:: %s\n", attribute, encoded);
	free(encoded);
	return text;
}

static void finish_entry(struct fixture *f)
{
	char *dn;

	if (!f->dn) {
		return;
	}
	dn = line("dn", f->dn);
	fputs(dn, f->out);
	free(dn);
	for (size_t i = 0; i < f->n_lines; i++) {
		fputs(f->lines[i], f->out);
		free(f->lines[i]);
	}
	fputc('\n', f->out);
	f->n_lines = 0;
	free(f->dn);
	f->dn = NULL;
}

static void add_line(struct fixture *f, char *text)
{
	if (!f->dn || f->n_lines == MAX_LINES) {
		die("no entry, or too many lines in one");
	}
	f->lines[f->n_lines++] = text;
}

void fixture_add(struct fixture *f, const char *attribute, const char *value)
{
	add_line(f, line(attribute, value));
}

void fixture_set(struct fixture *f, const char *attribute, const char *value)
{
	size_t n = strlen(attribute), kept_lines = 0;

	for (size_t i = 0; i < f->n_lines; i++) {
		if (strncasecmp(f->lines[i], attribute, n) == 0 &&
		    f->lines[i][n] == ':') {
			free(f->lines[i]);
		} else {
			f->lines[kept_lines++] = f->lines[i];
		}
	}
	f->n_lines = kept_lines;
	if (value) {
		fixture_add(f, attribute, value);
	}
}

void fixture_move(struct fixture *f, const char *dn)
{
	free(f->dn);
	f->dn = make("%s", dn);
}

void fixture_raw(struct fixture *f, const char *text)
{
	finish_entry(f);
	fputs(text, f->out);
}

void fixture_entry(struct fixture *f, const char *dn, const char *classes,
		   const char *name)
{
	unsigned char guid[16] = {[7] = 0x40, [8] = 0x80};
	unsigned id = ++f->guids;
	char *list = make("%s", classes), *save, *text;

	finish_entry(f);
	f->dn = make("%s", dn);
	for (char *c = strtok_r(list, " ", &save); c; c = strtok_r(NULL, " ", &save)) {
		fixture_add(f, "objectClass", c);
	}
	free(list);
	fixture_add(f, "cn", name);
	memcpy(guid, &id, sizeof(id));
	text = base64(guid, sizeof(guid));
	add_line(f, make("objectGUID:: %s\n", text));
	free(text);
	fixture_add(f, "whenCreated", "20120101000000.0Z");
	fixture_add(f, "whenChanged", "20120101000000.0Z");
}

static void container(struct fixture *f, const char *classes, const char *name,
		      const char *parent)
{
	char *dn = make("CN=%s,%s", name, parent);

	fixture_entry(f, dn, classes, name);
	free(dn);
}

struct fixture *fixture_new(void)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct cas_error *err = NULL;

	if (!f) {
		die("out of memory");
	}
	f->out = open_memstream(&f->text, &f->size);
	if (!f->out || cas_context_new(&f->context, &err) < 0) {
		die("out of memory");
	}
	container(f, "top container", "Services", FIXTURE_CFG);
	container(f, "top container msExchConfigurationContainer", "Microsoft Exchange",
		  "CN=Services," FIXTURE_CFG);
	container(f, "top container msExchOrganizationContainer", "Contoso",
		  "CN=Microsoft Exchange,CN=Services," FIXTURE_CFG);
	fixture_add(f, "legacyExchangeDN", "/o=Contoso");
	container(f, "top msExchAdminGroupContainer", "Administrative Groups",
		  FIXTURE_ORG);
	container(f, "top msExchAdminGroup",
		  "Exchange Administrative Group (FYDIBOHF23SPDLT)", FIXTURE_GROUPS);
	fixture_add(f, "legacyExchangeDN", FIXTURE_LEGACY);
	container(f, "top msExchServersContainer", "Servers", FIXTURE_AG);
	container(f, "top msExchContainer", "Arrays", FIXTURE_AG);
	container(f, "top msExchMDBContainer", "Databases", FIXTURE_AG);
	container(f, "top msExchMDBAvailabilityGroupContainer",
		  "Database Availability Groups", FIXTURE_AG);
	return f;
}

static void unload(struct fixture *f)
{
	cas_organization_free(f->organization);
	f->organization = NULL;
	f->directory = cas_directory_unref(f->directory);
	if (*f->path) {
		unlink(f->path);
	}
}

void fixture_free(struct fixture *f)
{
	if (!f) {
		return;
	}
	unload(f);
	finish_entry(f);
	fclose(f->out);
	free(f->text);
	cas_context_unref(f->context);
	for (int i = 0; i < 8; i++) {
		kept(NULL);
	}
	free(f);
}

void fixture_site(struct fixture *f, const char *name)
{
	container(f, "top site", name, "CN=Sites," FIXTURE_CFG);
}

void fixture_subnet(struct fixture *f, const char *prefix, const char *site)
{
	container(f, "top subnet", prefix, "CN=Subnets,CN=Sites," FIXTURE_CFG);
	if (site) {
		fixture_add(f, "siteObject", fixture_site_dn(site));
	}
}

static void add_fqdn(struct fixture *f, const char *fqdn)
{
	char *value = make("ncacn_ip_tcp:%s", fqdn);

	fixture_add(f, "networkAddress", value);
	free(value);
}

static void add_legacy(struct fixture *f, const char *name, const char *leaf)
{
	char *value = make(FIXTURE_LEGACY_SERVER("%s") "%s", name, leaf);

	fixture_add(f, "legacyExchangeDN", value);
	free(value);
}

static void add_version(struct fixture *f, const char *version)
{
	unsigned major = 0, minor = 0, build = 0, revision = 0;
	char *text;

	if (sscanf(version, "%u.%u.%u.%u", &major, &minor, &build, &revision) < 2) {
		die("bad version");
	}
	if (major >= 8) {
		text = make("%u", 0x70008000U | major << 22 | minor << 16 | build);
		fixture_add(f, "versionNumber", text);
		free(text);
	}
	text = make("Version %u.%u (Build %u.%u)", major, minor,
		    major >= 8 ? 30000 + build : build, revision);
	fixture_add(f, "serialNumber", text);
	free(text);
}

void fixture_server_without_rpc(struct fixture *f, const char *name, const char *site,
				int roles, const char *version)
{
	char *text = make("%s.contoso.com", name);

	container(f, "top server msExchExchangeServer", name, "CN=Servers," FIXTURE_AG);
	add_fqdn(f, text);
	free(text);
	add_legacy(f, name, "");
	add_version(f, version);
	text = make("%d", roles);
	fixture_add(f, "msExchCurrentServerRoles", text);
	free(text);
	if (site) {
		fixture_add(f, "msExchServerSite", fixture_site_dn(site));
	}
}

/* The children come first, so that the server stays the entry that fixture_set() changes.
 */
void fixture_server(struct fixture *f, const char *name, const char *site, int roles,
		    const char *version)
{
	if (roles & CAS && strncmp(version, "14.", 3) == 0) {
		char *dn = make("CN=RpcClientAccess,CN=Protocols,%s",
				fixture_server_dn(name));

		fixture_entry(f, dn, "top msExchProtocolCfgExchangeRpcService",
			      "RpcClientAccess");
		free(dn);
	}
	fixture_server_without_rpc(f, name, site, roles, version);
}

void fixture_array(struct fixture *f, const char *name, const char *fqdn,
		   const char *site)
{
	container(f, "top server msExchExchangeServer msExchClientAccessArray", name,
		  "CN=Arrays," FIXTURE_AG);
	add_fqdn(f, fqdn);
	add_legacy(f, fqdn, "");
	fixture_add(f, "msExchVersion", "4535486012416");
	fixture_add(f, "systemFlags", "1073741824");
	if (site) {
		fixture_add(f, "msExchServerSite", fixture_site_dn(site));
	}
}

static void database(struct fixture *f, const char *name, const char *owner,
		     const char *rcas, bool public)
{
	container(f,
		  public ? "top msExchMDB msExchPublicMDB"
			 : "top msExchMDB msExchPrivateMDB",
		  name, "CN=Databases," FIXTURE_AG);
	add_legacy(f, rcas,
		   public ? "/cn=Microsoft Public MDB" : "/cn=Microsoft Private MDB");
	fixture_add(f, "msExchVersion", "44220983382016");
	fixture_add(f, "deliveryMechanism", "1");
	if (owner) {
		fixture_add(f, "msExchOwningServer", fixture_server_dn(owner));
		fixture_add(f, "msExchMasterServerOrAvailabilityGroup",
			    fixture_server_dn(owner));
	}
}

void fixture_database(struct fixture *f, const char *name, const char *owner,
		      const char *rcas)
{
	database(f, name, owner, rcas, false);
}

void fixture_public_database(struct fixture *f, const char *name, const char *owner,
			     const char *rcas)
{
	database(f, name, owner, rcas, true);
}

void fixture_copy(struct fixture *f, const char *of, const char *server, int preference)
{
	char *text = make("%d", preference);

	container(f, "top msExchMDBCopy", server, fixture_database_dn(of));
	fixture_add(f, "msExchHostServerLink", fixture_server_dn(server));
	fixture_add(f, "msExchActivationPreference", text);
	free(text);
}

void fixture_dag(struct fixture *f, const char *name, bool cross_site)
{
	container(f, "top msExchMDBAvailabilityGroup", name,
		  "CN=Database Availability Groups," FIXTURE_AG);
	fixture_add(f, "msExchMDBAvailabilityGroupName", name);
	fixture_add(f, "msExchAllowCrossSiteRPCClientAccess", cross_site ? "1" : "0");
}

void fixture_vdir(struct fixture *f, const char *server, const char *kind,
		  const char *internal, const char *external)
{
	static const struct {
		const char *kind, *class, *name;
	} kinds[] = {
		{"owa", "msExchOWAVirtualDirectory", "owa"},
		{"ecp", "msExchEcpVirtualDirectory", "ecp"},
		{"ews", "msExchWebServicesVirtualDirectory", "EWS"},
		{"eas", "msExchMobileVirtualDirectory", "Microsoft-Server-ActiveSync"},
		{"oab", "msExchOABVirtualDirectory", "OAB"},
		{"oa", "msExchRpcHttpVirtualDirectory", "Rpc"},
		{"autodiscover", "msExchAutoDiscoverVirtualDirectory", "Autodiscover"},
	};
	char *classes, *name, *dn;
	size_t i = 0;

	while (i < sizeof(kinds) / sizeof(*kinds) && strcmp(kinds[i].kind, kind) != 0) {
		i++;
	}
	if (i == sizeof(kinds) / sizeof(*kinds)) {
		die("no such kind of virtual directory");
	}
	classes = make("top msExchVirtualDirectory %s", kinds[i].class);
	name = make("%s (Default Web Site)", kinds[i].name);
	dn = make("CN=%s,CN=HTTP,CN=Protocols,%s", name, fixture_server_dn(server));
	fixture_entry(f, dn, classes, name);
	free(dn);
	free(name);
	free(classes);
	if (internal) {
		fixture_add(f, "msExchInternalHostName", internal);
	}
	if (external) {
		fixture_add(f, "msExchExternalHostName", external);
	}
}

static void write_file(struct fixture *f)
{
	FILE *file;
	int fd;

	strcpy(f->path, "/tmp/casarray-fixture-XXXXXX");
	fd = mkstemp(f->path);
	file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!file || fwrite(f->text, 1, f->size, file) != f->size || fclose(file) != 0) {
		die("cannot write a temporary file");
	}
}

void fixture_policy(struct fixture *f, const struct cas_policy *policy)
{
	cas_context_set_policy(f->context, policy);
}

struct cas_organization *fixture_load_scope(struct fixture *f, unsigned scope)
{
	struct cas_error *err = NULL;
	const char *path = f->path;

	unload(f);
	finish_entry(f);
	fflush(f->out);
	write_file(f);
	if (cas_directory_open(f->context, &path, 1, &f->directory, &err) < 0 ||
	    cas_organization_load(f->directory, scope, NULL, 0, &f->organization, &err) <
		    0) {
		die(cas_error_message(err));
	}
	return f->organization;
}

struct cas_organization *fixture_load(struct fixture *f)
{
	return fixture_load_scope(f, CAS_SCOPE_ALL);
}

const char *fixture_path(const struct fixture *f)
{
	return f->path;
}

const struct cas_object *fixture_find(struct fixture *f, enum cas_kind kind,
				      const char *identity)
{
	const struct cas_object *object;
	struct cas_error *err = NULL;

	if (cas_organization_find(f->organization, 1U << kind, identity, &object, &err) <
	    0) {
		die(cas_error_message(err));
	}
	return object;
}
