/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table that ties object classes and LDAP attribute names to the model's fields. */
#ifndef CASP_SCHEMA_H
#define CASP_SCHEMA_H

#include "../directory/directory.h"
#include "model.h"

struct casp_load;

/* Reads an attribute into the field at `at`. Attributes without value are not read: what
 * is zero, or the empty text, stays. false: out of memory. */
typedef bool (*casp_read_fn)(struct casp_load *load, void *at,
			     const struct casp_values *values);

struct casp_field {
	const char *attribute;
	casp_read_fn read;
	size_t offset;
};

enum casp_shape_id {
	CASP_SHAPE_SITE,
	CASP_SHAPE_SUBNET,
	CASP_SHAPE_SERVER,
	CASP_SHAPE_ARRAY,
	CASP_SHAPE_DATABASE,
	CASP_SHAPE_COPY,
	CASP_SHAPE_DAG,
	CASP_SHAPE_SERVICE,
	CASP_SHAPE_ORGANIZATION,
	CASP_SHAPE_GROUP,
	CASP_SHAPE_PLAIN, /* a bare cas_object */
	CASP_SHAPE_USER,  /* read, but no object */
	CASP_N_SHAPES,
};

/* Variants of CASP_SHAPE_PLAIN. */
enum {
	CASP_PLAIN_RPC,
	CASP_PLAIN_CONTAINER
};

/* What an object of the model is made of. */
struct casp_shape {
	enum cas_kind kind;
	size_t size;
	const struct casp_field *fields;
	size_t n_fields;
	/* Offsets of `const char *` members that are "" when the attribute is absent. */
	const size_t *texts;
	size_t n_texts;
	bool has_legacy_dn; /* it is broken without one */
	/* Takes a finished object into the organization. false: out of memory. */
	bool (*keep)(struct casp_load *load, struct cas_object *object, int variant);
};

/* The queries of a load; each is one alternative of the same search. */
enum casp_part {
	CASP_PART_TOPOLOGY,
	CASP_PART_MAILBOX_DATABASES,
	CASP_PART_PUBLIC_DATABASES,
	CASP_PART_COPIES,
	CASP_PART_SERVICES,
	CASP_PART_USERS,
	CASP_N_PARTS,
};

struct casp_class {
	const char *name; /* of the object class */
	enum casp_part part;
	enum casp_shape_id shape;
	int variant; /* handed to the shape's keep */
};

#define CASP_MAX_COLUMNS 32
#define CASP_MAX_CLASSES 16
#define CASP_MAX_FIELDS 16
#define CASP_NO_COLUMN CASP_MAX_COLUMNS

/* A part's query: its classes, the union of their attributes, and which of them each
 * field of a shape is read from. */
struct casp_columns {
	const char *classes[CASP_MAX_CLASSES];
	size_t n_classes;
	const char *attributes[CASP_MAX_COLUMNS];
	size_t n_attributes;
	unsigned char field[CASP_N_SHAPES][CASP_MAX_FIELDS];
};
/* Column 0 is objectClass where a part has several classes. The back link from a database
 * to its mailboxes can be long: it is only asked for with with_mailboxes. */
void casp_schema_columns(enum casp_part part, bool with_mailboxes,
			 struct casp_columns *ret);
/* The query for them: all entries of the directory that a part is made of. */
void casp_schema_query(enum casp_part part, const struct casp_columns *columns,
		       struct casp_query *ret);
const struct casp_shape *casp_schema_shape(enum casp_shape_id id);

/* The class that tells most about an entry; NULL: none of ours. Of a part with one class
 * it is that one. */
const struct casp_class *casp_schema_class(enum casp_part part,
					   const struct casp_values *object_class);

/* Does it tell anything about an entry, here or of its place among the others? */
bool casp_schema_has_class(struct casp_str name);

#endif
