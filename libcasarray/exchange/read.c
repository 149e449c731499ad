/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a directory's entries to objects: the readers that the schema table names. */
#include <string.h>

#include "../names/dn.h"
#include "../names/legacy_dn.h"
#include "load.h"

#define TCP "ncacn_ip_tcp:"
#define SITE_KEYWORD "Site="
/* The mark of an Autodiscover service connection point: by class name or, where
 * that is missing, by its well-known keyword. */
#define SCP_CLASS "ms-Exchange-AutoDiscover-Service"
#define SCP_KEYWORD "77378F46-2C66-4aa9-A6A6-3E7A48B19596"

bool casp_read_guid(struct casp_load *load, void *at, const struct casp_values *values)
{
	struct casp_guid *guid = at;

	if (values->v[0].n == sizeof(guid->b)) {
		memcpy(guid->b, values->v[0].p, sizeof(guid->b));
	}
	return true;
}

bool casp_read_time(struct casp_load *load, void *at, const struct casp_values *values)
{
	int64_t *time = at;

	if (!casp_time_parse(values->v[0], time)) {
		*time = 0;
	}
	return true;
}

bool casp_read_text(struct casp_load *load, void *at, const struct casp_values *values)
{
	const char **text = at;

	*text = casp_text(&load->org->arena, values->v[0]);
	return *text != NULL;
}

static bool read_ref(struct casp_load *load, struct casp_refs *refs, const char **text,
		     struct casp_str value)
{
	struct casp_ref *ref;

	if (!value.n) {
		return true;
	}
	ref = casp_refs_add(refs, &load->org->arena, value);
	*text = ref ? ref->text : NULL;
	return ref != NULL;
}

bool casp_read_dn(struct casp_load *load, void *at, const struct casp_values *values)
{
	return read_ref(load, &load->dns, at, values->v[0]);
}

bool casp_read_legacy(struct casp_load *load, void *at, const struct casp_values *values)
{
	return read_ref(load, &load->legacy, at, values->v[0]);
}

bool casp_read_int(struct casp_load *load, void *at, const struct casp_values *values)
{
	int64_t *number = at;

	if (!casp_str_int(values->v[0], number)) {
		*number = 0;
	}
	return true;
}

bool casp_read_flag(struct casp_load *load, void *at, const struct casp_values *values)
{
	int64_t number = 0;

	*(bool *)at = casp_str_iequal(values->v[0], CASP_STR("TRUE")) ||
		      (casp_str_int(values->v[0], &number) && number != 0);
	return true;
}

bool casp_read_count(struct casp_load *load, void *at, const struct casp_values *values)
{
	*(int64_t *)at = (int64_t)values->n;
	return true;
}

bool casp_read_home(struct casp_load *load, void *at, const struct casp_values *values)
{
	struct casp_ref *ref;

	if (!values->v[0].n) {
		return true;
	}
	ref = casp_refs_add(&load->homes, &load->org->arena, values->v[0]);
	if (ref) {
		ref->count++;
	}
	return ref != NULL;
}

bool casp_read_server_address(struct casp_load *load, void *at,
			      const struct casp_values *values)
{
	struct cas_server *server = at;

	for (size_t i = 0; i < values->n; i++) {
		struct casp_str value = values->v[i];

		if (casp_str_istarts(value, CASP_STR(TCP))) {
			value.p += strlen(TCP);
			value.n -= strlen(TCP);
			server->fqdn = casp_text(&load->org->arena, value);
			return server->fqdn != NULL;
		}
	}
	return true;
}

bool casp_read_array_address(struct casp_load *load, void *at,
			     const struct casp_values *values)
{
	struct cas_array *array = at;
	struct casp_arena *arena = &load->org->arena;

	array->tcp_values =
		casp_arena_alloc(arena, (values->n + 1) * sizeof(*array->tcp_values));
	for (size_t i = 0; array->tcp_values && i < values->n; i++) {
		const char *text;

		if (!casp_str_istarts(values->v[i], CASP_STR(TCP))) {
			array->n_other++;
			continue;
		}
		text = casp_text(arena, values->v[i]);
		if (!text) {
			return false;
		}
		if (array->n_tcp == 0) {
			array->tcp_value = text;
			array->fqdn = text + strlen(TCP);
		}
		array->tcp_values[array->n_tcp++] = text;
	}
	return array->tcp_values;
}

bool casp_read_version(struct casp_load *load, void *at, const struct casp_values *values)
{
	struct cas_server *server = at;
	int64_t number;

	if (!casp_str_int(values->v[0], &number) ||
	    !casp_version_from_number(number, &server->version)) {
		server->version = (struct casp_version){0};
	}
	return true;
}

bool casp_read_serial(struct casp_load *load, void *at, const struct casp_values *values)
{
	struct cas_server *server = at;
	struct casp_version serial;

	server->serial = casp_text(&load->org->arena, values->v[0]);
	if (!server->serial) {
		return false;
	}
	if (!casp_version_from_serial(values->v[0], &serial)) {
		return true;
	}
	/* versionNumber holds no revision, and of Exchange 2003 no version at all. */
	if (server->version.major == 0) {
		server->version = serial;
	} else if (server->version.major == serial.major &&
		   server->version.minor == serial.minor &&
		   server->version.build == serial.build) {
		server->version.revision = serial.revision;
	}
	return true;
}

bool casp_read_restore(struct casp_load *load, void *at, const struct casp_values *values)
{
	struct cas_database *database = at;
	bool restore = false;

	casp_read_flag(load, &restore, values);
	if (restore) {
		database->type = CASP_DATABASE_RECOVERY;
	}
	return true;
}

bool casp_is_autodiscover(const struct casp_values *keywords,
			  const struct casp_values *service_class)
{
	for (size_t i = 0; i < keywords->n; i++) {
		if (casp_str_iequal(keywords->v[i], CASP_STR(SCP_KEYWORD))) {
			return true;
		}
	}
	return service_class->n &&
	       casp_str_iequal(service_class->v[0], CASP_STR(SCP_CLASS));
}

bool casp_read_scope(struct casp_load *load, void *at, const struct casp_values *values)
{
	struct casp_service *service = at;
	const char **scope =
		casp_arena_alloc(&load->org->arena, (values->n + 1) * sizeof(*scope));
	const struct casp_values none = {0};
	size_t n = 0;

	if (!scope) {
		return false;
	}
	if (casp_is_autodiscover(values, &none)) {
		service->type = CASP_SERVICE_SCP;
	}
	for (size_t i = 0; i < values->n; i++) {
		struct casp_str value = values->v[i];

		if (casp_str_istarts(value, CASP_STR(SITE_KEYWORD))) {
			value.p += strlen(SITE_KEYWORD);
			value.n -= strlen(SITE_KEYWORD);
			scope[n] = casp_text(&load->org->arena, value);
			if (!scope[n++]) {
				return false;
			}
		}
	}
	scope[n] = NULL;
	service->scope = scope;
	return true;
}

bool casp_read_service_class(struct casp_load *load, void *at,
			     const struct casp_values *values)
{
	const struct casp_values none = {0};
	struct casp_service *service = at;

	if (casp_is_autodiscover(&none, values)) {
		service->type = CASP_SERVICE_SCP;
	}
	return true;
}

/* "CN=EX1,...", where nothing can need decoding: nearly every name, and a million are
 * read. */
static bool simple_name(struct casp_str dn, struct casp_str *ret)
{
	const char *start = dn.p + strlen("CN="), *end = dn.p + dn.n, *p;

	if (!casp_str_istarts(dn, CASP_STR("CN="))) {
		return false;
	}
	for (p = start; p < end && *p != ','; p++) {
		unsigned char c = casp_lower((unsigned char)*p);

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
		      (c == ' ' && p > start && p + 1 < end && p[1] != ','))) {
			return false;
		}
	}
	*ret = (struct casp_str){start, (size_t)(p - start)};
	return p > start;
}

/* The decoded value of the first RDN; of a DN that is none, all of it. */
static struct casp_str entry_name(struct casp_load *load, struct casp_str dn)
{
	struct casp_str name;

	if (simple_name(dn, &name)) {
		return name;
	}
	casp_buf_clear(&load->buf);
	if (!casp_dn_rdn_value(dn, &load->buf)) {
		return dn;
	}
	return casp_buf_str(&load->buf);
}

static const struct casp_values *values_of(const struct casp_load *load,
					   enum casp_part part,
					   const struct casp_entry *entry,
					   const char *attribute)
{
	const struct casp_columns *columns = &load->columns[part];

	for (size_t i = 0; i < columns->n_attributes; i++) {
		if (strcmp(columns->attributes[i], attribute) == 0) {
			return &entry->values[i];
		}
	}
	return NULL;
}

static bool is_wanted(const struct casp_load *load, enum casp_part part,
		      const struct casp_entry *entry, struct casp_str name)
{
	const struct casp_values *legacy =
		values_of(load, part, entry, "legacyExchangeDN");
	const struct casp_values *guids = values_of(load, part, entry, "objectGUID");
	struct casp_guid guid = {0};

	if (guids && guids->n && guids->v[0].n == sizeof(guid.b)) {
		memcpy(guid.b, guids->v[0].p, sizeof(guid.b));
	}
	return casp_wanted_check(load->wanted, name, entry->dn, &guid,
				 legacy && legacy->n ? legacy->v[0]
						     : (struct casp_str){0});
}

/* The empty object. */
static struct cas_object *new_object(struct casp_load *load,
				     const struct casp_shape *shape,
				     const struct casp_entry *entry, struct casp_str name)
{
	struct casp_arena *texts = &load->org->texts;
	struct cas_object *object = casp_arena_zalloc(&load->org->arena, shape->size);

	if (!object) {
		return NULL;
	}
	object->kind = shape->kind;
	object->dn = casp_text(texts, entry->dn);
	object->origin = entry->origin;
	object->legacy_dn = "";
	object->name = casp_text(texts, name);
	for (size_t i = 0; i < shape->n_texts; i++) {
		*(const char **)((char *)object + shape->texts[i]) = "";
	}
	return object->dn && object->name ? object : NULL;
}

static void finish(const struct casp_shape *shape, struct cas_object *object)
{
	object->name_hash = (uint32_t)casp_str_ihash(casp_str(object->name));
	object->has_guid = !casp_guid_is_null(&object->guid);
	if (!object->has_guid) {
		object->defects |= CASP_OBJECT_NO_GUID;
	}
	if (strchr(object->name, ':') && strstr(object->name, "CNF:")) {
		object->defects |= CASP_OBJECT_CONFLICT_NAME;
	}
	if (shape->has_legacy_dn && !*object->legacy_dn) {
		object->defects |= CASP_OBJECT_LEGACY_DN_MISSING;
	}
}

static bool read_fields(struct casp_load *load, const struct casp_shape *shape,
			const unsigned char *columns, const struct casp_entry *entry,
			void *object)
{
	for (size_t i = 0; i < shape->n_fields; i++) {
		const struct casp_field *field = &shape->fields[i];

		if (columns[i] != CASP_NO_COLUMN && entry->values[columns[i]].partial) {
			load->org->n_partial++;
		}
		if (columns[i] != CASP_NO_COLUMN && entry->values[columns[i]].n &&
		    !field->read(load, (char *)object + field->offset,
				 &entry->values[columns[i]])) {
			return false;
		}
	}
	return true;
}

/* Below some virtual directories are containers of a class derived from theirs. */
static bool is_container(const struct casp_values *classes)
{
	for (size_t i = 0; i < classes->n; i++) {
		if (casp_str_iequal(classes->v[i], CASP_STR("container"))) {
			return true;
		}
	}
	return false;
}

int casp_read_entry(struct casp_load *load, enum casp_part part,
		    const struct casp_entry *entry, struct cas_error **err)
{
	const struct casp_class *class = casp_schema_class(part, &entry->values[0]);
	const struct casp_shape *shape = class ? casp_schema_shape(class->shape) : NULL;
	const unsigned char *columns;
	struct cas_object *object;
	struct casp_str name;

	if (!class || (part == CASP_PART_SERVICES && is_container(&entry->values[0]))) {
		return 0;
	}
	columns = load->columns[part].field[class->shape];
	if (!shape->size) {
		return read_fields(load, shape, columns, entry, load)
			       ? 0
			       : casp_error_nomem(err);
	}
	name = entry_name(load, entry->dn);
	if (load->buf.failed) {
		return casp_error_nomem(err);
	}
	if (shape->kind == CAS_KIND_DATABASE && load->wanted &&
	    !is_wanted(load, part, entry, name)) {
		return !load->note_near || casp_wanted_near(load->wanted, load->org, name)
			       ? 0
			       : casp_error_nomem(err);
	}
	object = new_object(load, shape, entry, name);
	if (!object || !read_fields(load, shape, columns, entry, object)) {
		return casp_error_nomem(err);
	}
	finish(shape, object);
	return shape->keep(load, object, class->variant) ? 0 : casp_error_nomem(err);
}
