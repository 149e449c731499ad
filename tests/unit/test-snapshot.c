/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A snapshot: everything that the model has of a directory comes back from the file. */
#include "folder.h"
#include "loaded.h"

#include "base/str.h"
#include "exchange/schema.h"

static struct fixture *f;
static struct cas_organization *org;

/* ---- an organization in which every attribute says something ---- */

static void add_services(void)
{
	char dn[512];

	fixture_vdir(f, "EX1", "owa", "https://ex1.contoso.com/owa",
		     "https://mail.contoso.com/owa");
	snprintf(dn, sizeof(dn), "CN=EX1,CN=Autodiscover,CN=Protocols,%s",
		 fixture_server_dn("EX1"));
	fixture_entry(f, dn, "top leaf connectionPoint serviceConnectionPoint", "EX1");
	fixture_set(f, "keywords", "77378F46-2C66-4aa9-A6A6-3E7A48B19596");
	fixture_add(f, "keywords", "Site=HQ");
	fixture_add(f, "keywords", "Site=Branch");
	fixture_set(f, "serviceBindingInformation",
		    "https://autodiscover.contoso.com/Autodiscover/Autodiscover.xml");
	snprintf(dn, sizeof(dn), "CN=EX2,CN=Autodiscover,CN=Protocols,%s",
		 fixture_server_dn("EX2"));
	fixture_entry(f, dn, "top leaf connectionPoint serviceConnectionPoint", "EX2");
	fixture_set(f, "serviceClassName", "ms-Exchange-AutoDiscover-Service");
	fixture_entry(f, "CN=Printer,CN=Services," FIXTURE_CFG,
		      "top leaf connectionPoint serviceConnectionPoint", "Printer");
	fixture_set(f, "keywords", "laser");
}

static void add_databases(void)
{
	fixture_public_database(f, "PF1", "EX1", "EX1");
	fixture_database(f, "DB 1", "EX1", "outlook.contoso.com");
	fixture_set(f, "msExchMasterServerOrAvailabilityGroup", fixture_dag_dn("DAG1"));
	fixture_set(f, "msExchHomePublicMDB", fixture_database_dn("PF1"));
	fixture_set(f, "msExchVersion", "44220983382016");
	fixture_add(f, "homeMDBBL", "CN=Anna Adler,OU=Staff,DC=contoso,DC=com");
	fixture_add(f, "homeMDBBL", "CN=Bert Bauer,OU=Staff,DC=contoso,DC=com");
	fixture_copy(f, "DB 1", "EX2", 2);
	fixture_copy(f, "DB 1", "EX1", 1);
	fixture_database(f, "DB 2", "BR1", "outlook.contoso.com");
	fixture_database(f, "Recovery", "EX1", "EX1");
	fixture_set(f, "msExchRestore", "TRUE");
	fixture_entry(f, "CN=Carl Cohn,OU=Staff,DC=contoso,DC=com", "top user",
		      "Carl Cohn");
	fixture_set(f, "homeMDB", fixture_database_dn("DB 2"));
}

static void make(void)
{
	f = two_sites();
	/* Without the build in words. */
	fixture_server(f, "EX3", "HQ", MULTI, SP3);
	fixture_set(f, "serialNumber", NULL);
	fixture_set(f, "msExchMDBAvailabilityGroupLink", fixture_dag_dn("DAG1"));
	fixture_subnet(f, "10.1.0.0/16", "HQ");
	fixture_dag(f, "DAG1", true);
	fixture_array(f, "outlook13", "outlook13.contoso.com", "HQ");
	fixture_set(f, "msExchVersion", "88218628259840");
	fixture_set(f, "systemFlags", "1073741824");
	fixture_add(f, "networkAddress", "netbios:OUTLOOK13");
	add_databases();
	add_services();
	org = fixture_load_scope(f, CAS_SCOPE_ALL);
}

static void forget(void)
{
	fixture_free(f);
}

/* ---- the model as text ---- */

static void add_object(struct casp_buf *out, const struct cas_object *object)
{
	casp_buf_addf(out, "%s %s %s %s %s defects %x times %lld %lld",
		      cas_kind_name(object->kind), object->name, object->dn,
		      cas_object_guid(object), object->legacy_dn, object->defects,
		      (long long)object->created, (long long)object->changed);
}

static const char *name_of(const void *object)
{
	return object ? ((const struct cas_object *)object)->name : "-";
}

static void add_server(struct casp_buf *out, const struct cas_server *server)
{
	casp_buf_addf(
		out, " %s site %s %s roles %lld version %u.%u.%u.%u %s dag %s rpc %d",
		server->fqdn, server->site_dn, name_of(server->site),
		(long long)server->roles, server->version.major, server->version.minor,
		server->version.build, server->version.revision, server->serial,
		name_of(server->dag), server->has_rpc);
}

static void add_array(struct casp_buf *out, const struct cas_array *array)
{
	casp_buf_addf(out, " %s %u %u site %s %s format %lld flags %lld 2013 %d used %zu",
		      array->tcp_value, array->n_tcp, array->n_other, array->site_dn,
		      name_of(array->site), (long long)array->format,
		      (long long)array->flags, array->is_2013, array->n_databases);
}

static void add_database(struct casp_buf *out, const struct cas_database *database)
{
	casp_buf_addf(out,
		      " %s owner %s %s master %s %s target %s home %s format %lld "
		      "mailboxes %lld public %s",
		      casp_database_type_name(database->type), database->owner_dn,
		      name_of(database->owner), database->master_dn,
		      name_of(database->dag), name_of(database->target),
		      name_of(database->home), (long long)database->format,
		      (long long)database->mailboxes, database->public_folder_dn);
	for (size_t i = 0; i < database->n_copies; i++) {
		casp_buf_addf(out, " copy %s %lld", database->copies[i]->host_dn,
			      (long long)database->copies[i]->preference);
	}
}

static void add_service(struct casp_buf *out, const struct casp_service *service)
{
	casp_buf_addf(out, " type %d of %s %s %s %s", (int)service->type,
		      name_of(service->server), service->internal_url,
		      service->external_url, service->binding);
	for (const char *const *site = service->scope; site && *site; site++) {
		casp_buf_addf(out, " for %s", *site);
	}
}

static void add_details(struct casp_buf *out, const struct cas_object *object)
{
	switch (object->kind) {
	case CAS_KIND_SITE:
		casp_buf_addf(out, " subnets %zu",
			      ((const struct cas_site *)object)->n_subnets);
		break;
	case CAS_KIND_SERVER:
		add_server(out, (const struct cas_server *)object);
		break;
	case CAS_KIND_ARRAY:
		add_array(out, (const struct cas_array *)object);
		break;
	case CAS_KIND_DATABASE:
		add_database(out, (const struct cas_database *)object);
		break;
	case CAS_KIND_DAG:
		casp_buf_addf(out, " cross-site %d",
			      ((const struct casp_dag *)object)->cross_site);
		break;
	case CAS_KIND_SERVICE:
		add_service(out, (const struct casp_service *)object);
		break;
	default:
		break;
	}
}

/* Every object of an organization with all that the loader makes of its entry, a line
 * each. */
static struct casp_buf describe(const struct cas_organization *described)
{
	struct casp_buf out = {0};

	for (int kind = 0; kind < CAS_N_KINDS; kind++) {
		for (size_t i = 0; i < CASP_COUNT(described, kind); i++) {
			add_object(&out, described->objects[kind].v[i]);
			add_details(&out, described->objects[kind].v[i]);
			casp_buf_addc(&out, '\n');
		}
	}
	casp_buf_addf(
		&out, "group %s %s arrays %s partial %zu\n", name_of(described->group),
		described->group ? described->group->object.legacy_dn : "",
		described->arrays_dn ? described->arrays_dn : "", described->n_partial);
	ck_assert(!out.failed);
	return out;
}

static struct casp_buf describe_file(const char *path)
{
	struct cas_context *context = NULL;
	struct cas_directory *directory = NULL;
	struct cas_organization *loaded = NULL;
	struct cas_error *err = NULL;
	struct casp_buf out = {0};

	ck_assert_int_eq(cas_context_new(&context, NULL), 0);
	ck_assert_int_eq(cas_directory_open(context, &path, 1, &directory, &err), 0);
	if (cas_organization_load(directory, CAS_SCOPE_ALL, NULL, 0, &loaded, &err) ==
	    0) {
		out = describe(loaded);
	}
	cas_error_free(err);
	cas_organization_free(loaded);
	cas_directory_unref(directory);
	cas_context_unref(context);
	return out;
}

static void write_snapshot(const struct cas_snapshot *how, size_t *counts)
{
	struct cas_error *err = NULL;

	ck_assert_msg(cas_snapshot_write(cas_organization_directory(org),
					 at("snapshot.ldif"), how, counts, &err) == 0,
		      "%s", cas_error_message(err));
}

/* ---- the tests ---- */

START_TEST(all_of_the_model)
{
	struct casp_buf expected = describe(org), found;
	size_t counts[CAS_N_KINDS];
	struct stat st;

	write_snapshot(NULL, counts);
	found = describe_file(at("snapshot.ldif"));
	ck_assert_str_eq(found.p, expected.p);
	for (int kind = 0; kind < CAS_N_KINDS; kind++) {
		if (kind != CAS_KIND_OTHER) {
			ck_assert_uint_eq(counts[kind], CASP_COUNT(org, kind));
		}
	}
	ck_assert_int_eq(stat(at("snapshot.ldif"), &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0600);
	casp_buf_free(&expected);
	casp_buf_free(&found);
}
END_TEST

/* The file without the lines of an attribute; false: it has none. */
static bool leave_out(const char *attribute)
{
	FILE *from = fopen(at("snapshot.ldif"), "re"), *to = fopen(at("less.ldif"), "we");
	bool inside = false, any = false;
	char line[256];

	ck_assert(from && to);
	while (fgets(line, sizeof(line), from)) {
		if (*line != ' ') {
			inside = !strncmp(line, attribute, strlen(attribute)) &&
				 line[strlen(attribute)] == ':';
			any |= inside;
		}
		if (!inside) {
			fputs(line, to);
		}
	}
	ck_assert_int_eq(fclose(from), 0);
	ck_assert_int_eq(fclose(to), 0);
	return any;
}

/* That the comparison above would notice an attribute that is not written. */
START_TEST(each_attribute_is_needed)
{
	struct casp_buf expected = describe(org);
	size_t n = 0;

	write_snapshot(NULL, NULL);
	for (enum casp_part part = 0; part < CASP_N_PARTS; part++) {
		struct casp_columns columns;

		casp_schema_columns(part, true, &columns);
		for (size_t i = 0; i < columns.n_attributes; i++) {
			struct casp_buf found;

			ck_assert_msg(leave_out(columns.attributes[i]), "no %s",
				      columns.attributes[i]);
			found = describe_file(at("less.ldif"));
			ck_assert_msg(!found.p || strcmp(found.p, expected.p),
				      "nothing depends on %s", columns.attributes[i]);
			casp_buf_free(&found);
			n++;
		}
	}
	ck_assert_uint_gt(n, 25);
	casp_buf_free(&expected);
}
END_TEST

/* The object in the same place. */
static const void *counterpart(const void *object, const struct cas_organization *other)
{
	const struct cas_object *link = object;

	return link ? other->objects[link->kind].v[link->index] : NULL;
}

#define SAME(member) ck_assert_int_eq(a->member, b->member)
#define SAME_LINK(member) ck_assert_ptr_eq(b->member, counterpart(a->member, other))

static void same_database(const struct cas_database *a, const struct cas_database *b,
			  const struct cas_organization *other)
{
	SAME(type);
	SAME(format);
	SAME(mailboxes);
	SAME(n_copies);
	SAME_LINK(owner);
	SAME_LINK(dag);
	SAME_LINK(home);
	SAME_LINK(target);
}

/* Other names, and everything else as it was. */
START_TEST(relations_stay_when_names_go)
{
	const struct cas_snapshot how = {.redact = true};
	const char *path = at("snapshot.ldif");
	struct cas_context *context = NULL;
	struct cas_directory *directory = NULL;
	struct cas_organization *other = NULL;

	write_snapshot(&how, NULL);
	ck_assert_int_eq(cas_context_new(&context, NULL), 0);
	ck_assert_int_eq(cas_directory_open(context, &path, 1, &directory, NULL), 0);
	ck_assert_int_eq(
		cas_organization_load(directory, CAS_SCOPE_ALL, NULL, 0, &other, NULL),
		0);
	for (int kind = 0; kind < CAS_N_KINDS; kind++) {
		ck_assert_uint_eq(CASP_COUNT(other, kind), CASP_COUNT(org, kind));
		for (size_t i = 0; i < CASP_COUNT(org, kind); i++) {
			const struct cas_object *a = org->objects[kind].v[i];
			const struct cas_object *b = other->objects[kind].v[i];

			SAME(defects);
			SAME(created);
			SAME(changed);
			if (kind != CAS_KIND_SUBNET) {
				ck_assert_uint_eq(strlen(a->dn), strlen(b->dn));
			}
			ck_assert_uint_eq(strlen(a->legacy_dn), strlen(b->legacy_dn));
			ck_assert_str_ne(cas_object_guid(a), cas_object_guid(b));
		}
	}
	for (size_t i = 0; i < CASP_COUNT(org, CAS_KIND_DATABASE); i++) {
		same_database(CASP_DATABASE(org, i), CASP_DATABASE(other, i), other);
	}
	cas_organization_free(other);
	cas_directory_unref(directory);
	cas_context_unref(context);
}
END_TEST

START_TEST(wrong_use)
{
	struct cas_directory *directory = cas_organization_directory(org);
	const struct cas_snapshot map_alone = {.map = at("map")};
	const struct cas_snapshot twice = {.redact = true, .map = at("snapshot.ldif")};
	const struct cas_snapshot force = {.replace = true};
	const struct cas_snapshot nowhere = {.redact = true, .map = at("no/map")};

	ck_assert_int_eq(cas_snapshot_write(directory, "", NULL, NULL, NULL),
			 CAS_E_USAGE);
	ck_assert_int_eq(cas_snapshot_write(directory, at("snapshot.ldif"), &map_alone,
					    NULL, NULL),
			 CAS_E_USAGE);
	ck_assert_int_eq(
		cas_snapshot_write(directory, at("snapshot.ldif"), &twice, NULL, NULL),
		CAS_E_USAGE);
	ck_assert_int_eq(
		cas_snapshot_write(directory, fixture_path(f), &force, NULL, NULL),
		CAS_E_REFUSED);
	ck_assert_int_eq(
		cas_snapshot_write(directory, at("snapshot.ldif"), &nowhere, NULL, NULL),
		CAS_E_IO);
	ck_assert_int_ne(access(at("snapshot.ldif"), F_OK), 0);
	write_snapshot(NULL, NULL);
	ck_assert_int_eq(
		cas_snapshot_write(directory, at("snapshot.ldif"), NULL, NULL, NULL),
		CAS_E_REFUSED);
	write_snapshot(&force, NULL);
}
END_TEST

START_TEST(interrupted)
{
	struct cas_directory *directory = cas_organization_directory(org);
	static volatile int wish = 1;
	struct cas_error *err = NULL;
	int before = entries();

	cas_context_set_interrupt(directory->context, &wish);
	ck_assert_int_eq(
		cas_snapshot_write(directory, at("snapshot.ldif"), NULL, NULL, &err),
		CAS_E_INTERRUPTED);
	ck_assert_int_eq(entries(), before);
	cas_error_free(err);
	cas_context_set_interrupt(directory->context, NULL);
	write_snapshot(NULL, NULL);
	ck_assert_int_eq(entries(), before + 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("snapshot");
	TCase *tc = tcase_create("snapshot");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_checked_fixture(tc, make, forget);
	tcase_add_test(tc, all_of_the_model);
	tcase_add_test(tc, each_attribute_is_needed);
	tcase_add_test(tc, relations_stay_when_names_go);
	tcase_add_test(tc, wrong_use);
	tcase_add_test(tc, interrupted);
	suite_add_tcase(suite, tc);
	return unit_main(suite);
}
