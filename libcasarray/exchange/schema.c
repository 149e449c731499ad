/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Classes, attributes, fields: the table that queries and readers are made from. */
#include "schema.h"

#include "load.h"

#define FIELD(type, member, name, how)                                                   \
	{                                                                                \
		name, casp_read_##how, offsetof(struct type, member)                     \
	}
/* For readers that fill several fields. */
#define WHOLE(name, how)                                                                 \
	{                                                                                \
		name, casp_read_##how, 0                                                 \
	}
#define COMMON(type)                                                                     \
	FIELD(type, object.guid, "objectGUID", guid),                                    \
		FIELD(type, object.created, "whenCreated", time),                        \
		FIELD(type, object.changed, "whenChanged", time)
#define LEGACY(type) FIELD(type, object.legacy_dn, "legacyExchangeDN", legacy)

static const struct casp_field site_fields[] = {
	COMMON(cas_site),
};

static const struct casp_field subnet_fields[] = {
	COMMON(casp_subnet),
	FIELD(casp_subnet, site_dn, "siteObject", dn),
};

static const struct casp_field server_fields[] = {
	COMMON(cas_server),
	LEGACY(cas_server),
	WHOLE("networkAddress", server_address),
	FIELD(cas_server, site_dn, "msExchServerSite", dn),
	FIELD(cas_server, roles, "msExchCurrentServerRoles", int),
	WHOLE("versionNumber", version),
	/* After versionNumber: it adds the revision. */
	WHOLE("serialNumber", serial),
	FIELD(cas_server, dag_dn, "msExchMDBAvailabilityGroupLink", dn),
};

static const struct casp_field array_fields[] = {
	COMMON(cas_array),
	LEGACY(cas_array),
	WHOLE("networkAddress", array_address),
	FIELD(cas_array, site_dn, "msExchServerSite", dn),
	FIELD(cas_array, format, "msExchVersion", int),
	FIELD(cas_array, flags, "systemFlags", int),
};

static const struct casp_field database_fields[] = {
	COMMON(cas_database),
	LEGACY(cas_database),
	FIELD(cas_database, owner_dn, "msExchOwningServer", dn),
	FIELD(cas_database, master_dn, "msExchMasterServerOrAvailabilityGroup", dn),
	FIELD(cas_database, format, "msExchVersion", int),
	WHOLE("msExchRestore", restore),
	FIELD(cas_database, public_folder_dn, "msExchHomePublicMDB", dn),
	FIELD(cas_database, mailboxes, "homeMDBBL", count),
};

static const struct casp_field copy_fields[] = {
	FIELD(casp_copy, object.guid, "objectGUID", guid),
	FIELD(casp_copy, host_dn, "msExchHostServerLink", dn),
	FIELD(casp_copy, preference, "msExchActivationPreference", int),
};

static const struct casp_field dag_fields[] = {
	COMMON(casp_dag),
	FIELD(casp_dag, cross_site, "msExchAllowCrossSiteRPCClientAccess", flag),
};

static const struct casp_field service_fields[] = {
	COMMON(casp_service),
	FIELD(casp_service, internal_url, "msExchInternalHostName", text),
	FIELD(casp_service, external_url, "msExchExternalHostName", text),
	FIELD(casp_service, binding, "serviceBindingInformation", text),
	WHOLE("keywords", scope),
	WHOLE("serviceClassName", service_class),
};

static const struct casp_field plain_fields[] = {
	{"objectGUID", casp_read_guid, offsetof(struct cas_object, guid)},
	{"whenCreated", casp_read_time, offsetof(struct cas_object, created)},
	{"whenChanged", casp_read_time, offsetof(struct cas_object, changed)},
	{"legacyExchangeDN", casp_read_legacy, offsetof(struct cas_object, legacy_dn)},
};

static const struct casp_field user_fields[] = {
	{"homeMDB", casp_read_home, 0},
};

static const size_t subnet_texts[] = {offsetof(struct casp_subnet, site_dn)};
static const size_t server_texts[] = {
	offsetof(struct cas_server, fqdn),
	offsetof(struct cas_server, site_dn),
	offsetof(struct cas_server, serial),
	offsetof(struct cas_server, dag_dn),
};
static const size_t array_texts[] = {
	offsetof(struct cas_array, fqdn),
	offsetof(struct cas_array, tcp_value),
	offsetof(struct cas_array, site_dn),
};
static const size_t database_texts[] = {
	offsetof(struct cas_database, owner_dn),
	offsetof(struct cas_database, parent_dn),
	offsetof(struct cas_database, master_dn),
	offsetof(struct cas_database, public_folder_dn),
};
static const size_t copy_texts[] = {offsetof(struct casp_copy, host_dn)};
static const size_t service_texts[] = {
	offsetof(struct casp_service, internal_url),
	offsetof(struct casp_service, external_url),
	offsetof(struct casp_service, binding),
};

#define N(array) (sizeof(array) / sizeof(*(array)))
#define FIELDS(array) .fields = (array), .n_fields = N(array)
#define TEXTS(array) .texts = (array), .n_texts = N(array)

static const struct casp_shape shapes[CASP_N_SHAPES] = {
	[CASP_SHAPE_SITE] = {.kind = CAS_KIND_SITE,
			     .size = sizeof(struct cas_site),
			     FIELDS(site_fields),
			     .keep = casp_keep_object},
	[CASP_SHAPE_SUBNET] = {.kind = CAS_KIND_SUBNET,
			       .size = sizeof(struct casp_subnet),
			       FIELDS(subnet_fields),
			       TEXTS(subnet_texts),
			       .keep = casp_keep_object},
	[CASP_SHAPE_SERVER] = {.kind = CAS_KIND_SERVER,
			       .size = sizeof(struct cas_server),
			       FIELDS(server_fields),
			       TEXTS(server_texts),
			       .has_legacy_dn = true,
			       .keep = casp_keep_object},
	[CASP_SHAPE_ARRAY] = {.kind = CAS_KIND_ARRAY,
			      .size = sizeof(struct cas_array),
			      FIELDS(array_fields),
			      TEXTS(array_texts),
			      .has_legacy_dn = true,
			      .keep = casp_keep_array},
	[CASP_SHAPE_DATABASE] = {.kind = CAS_KIND_DATABASE,
				 .size = sizeof(struct cas_database),
				 FIELDS(database_fields),
				 TEXTS(database_texts),
				 .has_legacy_dn = true,
				 .keep = casp_keep_database},
	[CASP_SHAPE_COPY] = {.kind = CAS_KIND_COPY,
			     .size = sizeof(struct casp_copy),
			     FIELDS(copy_fields),
			     TEXTS(copy_texts),
			     .keep = casp_keep_copy},
	[CASP_SHAPE_DAG] = {.kind = CAS_KIND_DAG,
			    .size = sizeof(struct casp_dag),
			    FIELDS(dag_fields),
			    .keep = casp_keep_object},
	[CASP_SHAPE_SERVICE] = {.kind = CAS_KIND_SERVICE,
				.size = sizeof(struct casp_service),
				FIELDS(service_fields),
				TEXTS(service_texts),
				.keep = casp_keep_service},
	[CASP_SHAPE_ORGANIZATION] = {.kind = CAS_KIND_ORGANIZATION,
				     .size = sizeof(struct cas_object),
				     FIELDS(plain_fields),
				     .keep = casp_keep_object},
	[CASP_SHAPE_GROUP] = {.kind = CAS_KIND_OTHER,
			      .size = sizeof(struct casp_admin_group),
			      FIELDS(plain_fields),
			      .has_legacy_dn = true,
			      .keep = casp_keep_group},
	[CASP_SHAPE_PLAIN] = {.kind = CAS_KIND_OTHER,
			      .size = sizeof(struct cas_object),
			      FIELDS(plain_fields),
			      .keep = casp_keep_plain},
	[CASP_SHAPE_USER] = {FIELDS(user_fields)},
};

#define CLASS(name, part, shape, ...)                                                    \
	{                                                                                \
		name, CASP_PART_##part, CASP_SHAPE_##shape, __VA_ARGS__                  \
	}

/*
 * The first row of a part that is among an entry's classes decides: an array is an
 * msExchExchangeServer too, and every virtual directory is an msExchVirtualDirectory.
 */
static const struct casp_class classes[] = {
	CLASS("msExchClientAccessArray", TOPOLOGY, ARRAY, 0),
	CLASS("msExchClientAccessArrayLegacy", TOPOLOGY, ARRAY, 0),
	CLASS("msExchExchangeServer", TOPOLOGY, SERVER, 0),
	CLASS("site", TOPOLOGY, SITE, 0),
	CLASS("subnet", TOPOLOGY, SUBNET, 0),
	CLASS("msExchMDBAvailabilityGroup", TOPOLOGY, DAG, 0),
	CLASS("msExchOrganizationContainer", TOPOLOGY, ORGANIZATION, 0),
	CLASS("msExchAdminGroup", TOPOLOGY, GROUP, 0),
	CLASS("msExchProtocolCfgExchangeRpcService", TOPOLOGY, PLAIN, CASP_PLAIN_RPC),
	CLASS("msExchContainer", TOPOLOGY, PLAIN, CASP_PLAIN_CONTAINER),
	CLASS("msExchPrivateMDB", MAILBOX_DATABASES, DATABASE,
	      CASP_DATABASE_MAILBOX_2010),
	CLASS("msExchPublicMDB", PUBLIC_DATABASES, DATABASE, CASP_DATABASE_PUBLIC_FOLDER),
	CLASS("msExchMDBCopy", COPIES, COPY, 0),
	CLASS("msExchOWAVirtualDirectory", SERVICES, SERVICE, CASP_SERVICE_OWA),
	CLASS("msExchEcpVirtualDirectory", SERVICES, SERVICE, CASP_SERVICE_ECP),
	CLASS("msExchWebServicesVirtualDirectory", SERVICES, SERVICE, CASP_SERVICE_EWS),
	CLASS("msExchOABVirtualDirectory", SERVICES, SERVICE, CASP_SERVICE_OAB),
	CLASS("msExchMobileVirtualDirectory", SERVICES, SERVICE, CASP_SERVICE_ACTIVESYNC),
	CLASS("msExchAutoDiscoverVirtualDirectory", SERVICES, SERVICE,
	      CASP_SERVICE_AUTODISCOVER),
	CLASS("msExchRpcHttpVirtualDirectory", SERVICES, SERVICE,
	      CASP_SERVICE_OUTLOOK_ANYWHERE),
	CLASS("msExchVirtualDirectory", SERVICES, SERVICE, CASP_SERVICE_OTHER),
	CLASS("serviceConnectionPoint", SERVICES, SERVICE, CASP_SERVICE_SCP),
	/* Mailboxes: homeMDB of users, inetOrgPersons included. */
	CLASS("user", USERS, USER, 0),
};

const struct casp_shape *casp_schema_shape(enum casp_shape_id id)
{
	return &shapes[id];
}

static size_t column(struct casp_columns *columns, const char *attribute)
{
	for (size_t i = 0; i < columns->n_attributes; i++) {
		if (casp_iequal(columns->attributes[i], attribute)) {
			return i;
		}
	}
	columns->attributes[columns->n_attributes] = attribute;
	return columns->n_attributes++;
}

void casp_schema_columns(enum casp_part part, bool with_mailboxes,
			 struct casp_columns *ret)
{
	*ret = (struct casp_columns){0};
	if (part == CASP_PART_TOPOLOGY || part == CASP_PART_SERVICES) {
		column(ret, "objectClass");
	}
	for (size_t i = 0; i < N(classes); i++) {
		const struct casp_shape *shape = &shapes[classes[i].shape];

		if (classes[i].part != part) {
			continue;
		}
		ret->classes[ret->n_classes++] = classes[i].name;
		for (size_t k = 0; k < shape->n_fields; k++) {
			bool wanted = with_mailboxes ||
				      shape->fields[k].read != casp_read_count;

			ret->field[classes[i].shape][k] =
				wanted ? (unsigned char)column(ret,
							       shape->fields[k].attribute)
				       : CASP_NO_COLUMN;
		}
	}
}

void casp_schema_query(enum casp_part part, const struct casp_columns *columns,
		       struct casp_query *ret)
{
	*ret = (struct casp_query){
		.scope = CASP_SCOPE_SUBTREE,
		.classes = columns->classes,
		.n_classes = columns->n_classes,
		.attributes = columns->attributes,
		.n_attributes = columns->n_attributes,
		/* A server has them as homeMDBBL of the databases. */
		.files_only = part == CASP_PART_USERS,
	};
}

const struct casp_class *casp_schema_class(enum casp_part part,
					   const struct casp_values *object_class)
{
	for (size_t i = 0; i < N(classes); i++) {
		if (classes[i].part != part) {
			continue;
		}
		if (part != CASP_PART_TOPOLOGY && part != CASP_PART_SERVICES) {
			return &classes[i];
		}
		for (size_t k = 0; k < object_class->n; k++) {
			if (casp_str_iequal(object_class->v[k],
					    casp_str(classes[i].name))) {
				return &classes[i];
			}
		}
	}
	return NULL;
}

bool casp_schema_has_class(struct casp_str name)
{
	for (size_t i = 0; i < N(classes); i++) {
		if (casp_str_iequal(name, casp_str(classes[i].name))) {
			return true;
		}
	}
	return casp_str_iequal(name, CASP_STR("top")) ||
	       casp_str_iequal(name, CASP_STR("container"));
}
