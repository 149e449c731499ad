/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The entries of a snapshot: those that the loader asks for, with what it reads of them.
 */
#include <stdlib.h>

#include "../base/context.h"
#include "../names/dn.h"
#include "load.h"
#include "snapshot.h"

/* How much text is handed over at once. */
#define PIECE ((size_t)64 << 10)
/* As ldapsearch folds. */
#define FOLD 78

static int put(struct casp_snapshot *writer, size_t limit, struct cas_error **err)
{
	struct casp_buf *buf = &writer->text.buf;
	int r;

	if (buf->failed || writer->value.failed) {
		return casp_error_nomem(err);
	}
	if (buf->n < limit) {
		return 0;
	}
	r = writer->noting ? 0 : casp_replace_write(writer->file, buf->p, buf->n, err);
	casp_buf_clear(buf);
	return r;
}

/* ---- entries ---- */

static void add_dn(struct casp_snapshot *writer, enum casp_shape_id shape,
		   struct casp_str dn)
{
	casp_buf_clear(&writer->value);
	if (!writer->redact) {
		casp_buf_add_str(&writer->value, dn);
	} else if (shape == CASP_SHAPE_USER) {
		casp_redact_mailbox(writer->redact, &writer->value);
	} else {
		casp_redact_dn(writer->redact, dn, &writer->value);
	}
	casp_buf_adds(&writer->text.buf, writer->text.eol);
	casp_ldif_text_add(&writer->text, CASP_STR("dn"), casp_buf_str(&writer->value));
}

static void add_classes(struct casp_snapshot *writer, const struct casp_values *classes)
{
	for (size_t i = 0; i < classes->n; i++) {
		/* A class that somebody made for himself may bear his name. */
		if (!writer->redact || casp_schema_has_class(classes->v[i])) {
			casp_ldif_text_add(&writer->text, CASP_STR("objectClass"),
					   classes->v[i]);
		}
	}
}

static int add_field(struct casp_snapshot *writer, const struct casp_field *field,
		     const struct casp_values *values, struct cas_error **err)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf name = {0};
	int r = 0;

	casp_buf_adds(&name, field->attribute);
	if (values->partial) {
		casp_buf_addf(&name, ";range=0-%zu", values->n ? values->n - 1 : 0);
	}
	for (size_t i = 0; i < values->n && r == 0; i++) {
		struct casp_str value = values->v[i];

		if (writer->redact) {
			casp_buf_clear(&writer->value);
			casp_redact_value(writer->redact, field->read, value,
					  &writer->value);
			value = casp_buf_str(&writer->value);
		}
		casp_ldif_text_add(&writer->text, casp_buf_str(&name), value);
		r = put(writer, PIECE, err);
	}
	return name.failed ? casp_error_nomem(err) : r;
}

/* The GUIDs of the entry, old and new, for who keeps the map. */
static int map_guid(struct casp_snapshot *writer, const struct casp_values *values,
		    struct cas_error **err)
{
	char old_text[CASP_GUID_TEXT], new_text[CASP_GUID_TEXT];
	struct casp_guid old, new;
	CASP_CLEANUP(casp_buf_free) struct casp_buf line = {0};

	if (!writer->map || writer->noting || !values->n ||
	    values->v[0].n != sizeof(old.b)) {
		return 0;
	}
	memcpy(old.b, values->v[0].p, sizeof(old.b));
	casp_pseudonyms_guid(writer->redact->names, &old, &new);
	casp_guid_format(&old, old_text);
	casp_guid_format(&new, new_text);
	casp_buf_addf(&line, "%s\t%s\n", new_text, old_text);
	return line.failed ? casp_error_nomem(err)
			   : casp_replace_write(writer->map, line.p, line.n, err);
}

static const struct casp_values *values_of(const struct casp_snapshot *writer,
					   const struct casp_entry *entry,
					   enum casp_shape_id shape, size_t field)
{
	return &entry->values[writer->columns[entry->query].field[shape][field]];
}

/* Many products publish service connection points, and few users have a mailbox. */
static bool is_wanted(const struct casp_snapshot *writer, const struct casp_class *class,
		      const struct casp_entry *entry)
{
	const struct casp_shape *shape = casp_schema_shape(class->shape);
	const struct casp_values none = {0}, *keywords = &none, *name = &none;

	if (class->shape == CASP_SHAPE_USER) {
		const struct casp_values *home =
			values_of(writer, entry, class->shape, 0);

		return home->n && home->v[0].n;
	}
	if (class->shape != CASP_SHAPE_SERVICE || class->variant != CASP_SERVICE_SCP) {
		return true;
	}
	for (size_t i = 0; i < shape->n_fields; i++) {
		const struct casp_values *values =
			values_of(writer, entry, class->shape, i);

		if (shape->fields[i].read == casp_read_scope) {
			keywords = values;
		} else if (shape->fields[i].read == casp_read_service_class) {
			name = values;
		}
	}
	return casp_is_autodiscover(keywords, name);
}

static const struct casp_class *class_of(const struct casp_snapshot *writer,
					 const struct casp_entry *entry)
{
	enum casp_part part = (enum casp_part)entry->query;
	const struct casp_class *class = casp_schema_class(
		part, &entry->values[writer->class_column[entry->query]]);

	return class && is_wanted(writer, class, entry) ? class : NULL;
}

static int each_entry(void *closure, const struct casp_entry *entry,
		      struct cas_error **err)
{
	struct casp_snapshot *writer = closure;
	const struct casp_class *class = class_of(writer, entry);
	const struct casp_shape *shape;
	int r = 0;

	/* Servers ask as well, files do not. */
	if (casp_interrupted(writer->directory->context)) {
		return casp_error(err, CAS_E_INTERRUPTED, "interrupted");
	}
	if (!class) {
		return 0;
	}
	shape = casp_schema_shape(class->shape);
	writer->counts[shape->size ? shape->kind : CAS_KIND_OTHER]++;
	add_dn(writer, class->shape, entry->dn);
	add_classes(writer, &entry->values[writer->class_column[entry->query]]);
	for (size_t i = 0; i < shape->n_fields && r == 0; i++) {
		const struct casp_values *values =
			values_of(writer, entry, class->shape, i);

		r = add_field(writer, &shape->fields[i], values, err);
		if (r == 0 && shape->fields[i].read == casp_read_guid) {
			r = map_guid(writer, values, err);
		}
	}
	return r < 0 ? r : put(writer, PIECE, err);
}

/* ---- entries that cannot be read ---- */

static void note_written(struct casp_snapshot *writer, struct casp_str dn)
{
	const struct casp_defect *defect;
	size_t at = 0;

	while ((defect = casp_map_next(&writer->by_dn, casp_dn_hash(dn), &at))) {
		if (casp_dn_equal(dn, defect->dn)) {
			writer->written[defect - writer->defects] = true;
		}
	}
}

static int each_written(void *closure, const struct casp_entry *entry,
			struct cas_error **err)
{
	struct casp_snapshot *writer = closure;
	const struct casp_class *class = class_of(writer, entry);

	/* Instead of a mailbox there is one with a name of its own. */
	if (class && !(writer->redact && class->shape == CASP_SHAPE_USER)) {
		note_written(writer, entry->dn);
	}
	return 0;
}

/* Is there an entry of that name all the same? */
static bool may_be_read(const struct casp_defect *defect)
{
	return defect->kind == CASP_DEFECT_DUPLICATE_DN ||
	       defect->kind == CASP_DEFECT_NOT_UTF8;
}

/* Which of the names that something is wrong with are in the snapshot already? */
static int find_written(struct casp_snapshot *writer, struct cas_error **err)
{
	struct casp_query queries[CASP_N_PARTS];
	CASP_CLEANUP(casp_freep)
	struct casp_equality *any = calloc(writer->n_defects, sizeof(*any));
	size_t n = 0;

	if (!any) {
		return casp_error_nomem(err);
	}
	for (size_t i = 0; i < writer->n_defects; i++) {
		const struct casp_defect *defect = &writer->defects[i];

		if (!may_be_read(defect)) {
			continue;
		}
		any[n++] = (struct casp_equality){"distinguishedName", defect->dn};
		if (!casp_map_add(&writer->by_dn, casp_dn_hash(defect->dn),
				  (void *)defect)) {
			return casp_error_nomem(err);
		}
	}
	for (size_t i = 0; i < CASP_N_PARTS; i++) {
		queries[i] = writer->queries[i];
		queries[i].any = any;
		queries[i].n_any = n;
	}
	return n ? casp_directory_search(writer->directory, queries, CASP_N_PARTS,
					 each_written, writer, err)
		 : 0;
}

static void add_stub(struct casp_snapshot *writer, struct casp_str dn, bool with_class)
{
	add_dn(writer, CASP_SHAPE_PLAIN, dn);
	if (with_class) {
		casp_ldif_text_add(&writer->text, CASP_STR("objectClass"),
				   CASP_STR("top"));
	}
	note_written(writer, dn);
}

/* The audit tells of entries that cannot be read: each leaves one that cannot be read
 * either, for the same reason. */
static int write_defects(struct casp_snapshot *writer, struct cas_error **err)
{
	int r;

	writer->n_defects = casp_directory_defects(writer->directory, &writer->defects);
	if (!writer->n_defects) {
		return 0;
	}
	writer->written = calloc(writer->n_defects, sizeof(*writer->written));
	r = writer->written ? find_written(writer, err) : casp_error_nomem(err);
	for (size_t i = 0; i < writer->n_defects && r == 0; i++) {
		const struct casp_defect *defect = &writer->defects[i];

		if (defect->kind == CASP_DEFECT_DUPLICATE_DN && !writer->written[i]) {
			add_stub(writer, defect->dn, true);
		}
		if (defect->kind != CASP_DEFECT_NOT_UTF8 || !writer->written[i]) {
			add_stub(writer, defect->dn,
				 defect->kind != CASP_DEFECT_NO_CLASS);
		}
		r = put(writer, PIECE, err);
	}
	casp_map_free(&writer->by_dn);
	free(writer->written);
	writer->written = NULL;
	return r;
}

/* ---- all of it ---- */

int casp_snapshot_entries(struct casp_snapshot *writer, struct cas_error **err)
{
	int r;

	memset(writer->counts, 0, sizeof(writer->counts));
	r = casp_directory_search(writer->directory, writer->queries, CASP_N_PARTS,
				  each_entry, writer, err);
	if (r == 0) {
		r = write_defects(writer, err);
	}
	if (r == 0 && !writer->counts[CAS_KIND_ORGANIZATION]) {
		r = casp_no_organization(writer->directory, err);
	}
	return r < 0 ? r : put(writer, 0, err);
}

void casp_snapshot_init(struct casp_snapshot *writer)
{
	writer->text = (struct casp_ldif_text){.eol = "\n", .fold = FOLD};
	for (enum casp_part part = 0; part < CASP_N_PARTS; part++) {
		struct casp_columns *columns = &writer->columns[part];

		casp_schema_columns(part, true, columns);
		if (columns->n_attributes &&
		    casp_iequal(columns->attributes[0], "objectClass")) {
			writer->class_column[part] = 0;
		} else {
			writer->class_column[part] = columns->n_attributes;
			columns->attributes[columns->n_attributes++] = "objectClass";
		}
		casp_schema_query(part, columns, &writer->queries[part]);
	}
}
