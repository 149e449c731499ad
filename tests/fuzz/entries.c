/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Prints what is read of LDIF files, for comparing readers:
 *
 *   entries ours|libldap FILE...    what our reader, or libldap's, makes of each
 *   entries change FILE...          changes each file with our writer, if it can be read
 *
 * Lines: "file PATH", then "dn HEX" of an entry and "HEX HEX" of each value (name,
 * value); "error" where the file was refused.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lber.h>
#include <ldap.h>
#include <ldif.h>

#include "directory/ldif.h"

static void print_hex(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		printf("%02x", (unsigned char)p[i]);
	}
}

static void print_dn(const char *p, size_t n)
{
	fputs("dn ", stdout);
	print_hex(p, n);
	putchar('\n');
}

static void print_value(const char *name, size_t name_n, const char *p, size_t n)
{
	print_hex(name, name_n);
	putchar(' ');
	print_hex(p, n);
	putchar('\n');
}

/* ---- ours ---- */

static bool print_scanned(const struct casp_ldif_scan *scan, struct casp_arena *arena)
{
	bool good = true;

	for (size_t i = 0; i < scan->lines.n && good; i++) {
		const struct casp_ldif_line *line = &scan->lines.v[i];
		struct casp_str name = casp_ldif_name(line), value;

		good = casp_ldif_value(line, arena, &value);
		if (good && i == 0) {
			print_dn(value.p, value.n);
		} else if (good && i >= casp_ldif_scan_first(scan)) {
			print_value(name.p, name.n, value.p, value.n);
		}
	}
	return good;
}

/* All records, those too that are no entries of the directory: duplicates, bad names. */
static bool read_ours(const char *path)
{
	struct casp_ldif_file file;
	struct casp_ldif_scan scan = {0};
	struct casp_arena arena = {0};
	int r;

	if (casp_ldif_file_open(path, 0, &file, NULL) < 0) {
		return false;
	}
	casp_ldif_scan_start(&scan, &file, file.text, file.text + file.n, false);
	while ((r = casp_ldif_scan_next(&scan, NULL)) > 0) {
		if (!print_scanned(&scan, &arena)) {
			r = -1;
			break;
		}
	}
	casp_ldif_scan_free(&scan);
	casp_arena_free(&arena);
	casp_ldif_file_close(&file);
	return r == 0;
}

static int keep_first(void *closure, const struct casp_entry *entry,
		      struct cas_error **err)
{
	struct casp_buf *dn = closure;

	if (!dn->n && entry->dn.n && !memchr(entry->dn.p, '\0', entry->dn.n)) {
		casp_buf_adds(dn, "CN=Added\\, with \xc3\xb6 and a name that is folded "
				  "where lines are folded,");
		casp_buf_add_str(dn, entry->dn);
	}
	return 0;
}

/* An entry more, below the first one: all kinds of values. */
static int change(struct cas_directory *directory)
{
	static const struct casp_query everything = {.all_attributes = true};
	static const struct casp_str values[] = {
		CASP_STR("plain"),      CASP_STR(" space"),    CASP_STR(": colon"),
		CASP_STR("end "),       CASP_STR("\0\xff"),    CASP_STR("\xc3\xb6"),
		CASP_STR("<not a url"), CASP_STR("two\nlines")};
	static const struct casp_str class = CASP_STR("container");
	static const struct casp_attribute attributes[] = {
		{"objectClass", &class, 1},
		{"description", values, sizeof(values) / sizeof(*values)}};
	struct casp_buf dn = {0};
	struct casp_result result = {0};
	struct casp_change add = {
		.op = CASP_CHANGE_ADD, .attributes = attributes, .n_attributes = 2};
	int code =
		casp_directory_search(directory, &everything, 1, keep_first, &dn, NULL);

	if (code == 0 && dn.n) {
		add.dn = (struct casp_str){dn.p, dn.n};
		code = casp_directory_commit(directory, &add, 1, &result, NULL);
	}
	free(result.reason);
	casp_buf_free(&dn);
	return code;
}

static bool change_ours(const char *path)
{
	struct cas_context *context = NULL;
	struct cas_directory *directory = NULL;
	int code = cas_context_new(&context, NULL);

	if (code == 0) {
		code = cas_directory_open(context, &path, 1, &directory, NULL);
	}
	if (code == 0) {
		code = change(directory);
	}
	cas_directory_unref(directory);
	cas_context_unref(context);
	return code == 0;
}

/* ---- libldap's ---- */

static void print_record(LDIFRecord *record)
{
	print_dn(record->lr_dn.bv_val, record->lr_dn.bv_len);
	for (LDAPMod **mod = record->lrop_mods; mod && *mod; mod++) {
		for (struct berval **value = (*mod)->mod_bvalues; value && *value;
		     value++) {
			print_value((*mod)->mod_type, strlen((*mod)->mod_type),
				    (*value)->bv_val, (*value)->bv_len);
		}
	}
}

static bool read_libldap(const char *path)
{
	LDIFFP *file = ldif_open(path, "r");
	unsigned long line = 0;
	char *text = NULL;
	int size = 0, r = 0;
	bool good = file != NULL;

	while (good && (r = ldif_read_record(file, &line, &text, &size)) > 0) {
		struct berval record = {strlen(text), text};
		LDIFRecord parsed;

		r = ldap_parse_ldif_record(&record, line, &parsed, "entries",
					   LDIF_DEFAULT_ADD | LDIF_ENTRIES_ONLY |
						   LDIF_NO_CONTROLS);
		good = r == LDAP_SUCCESS;
		if (good) {
			print_record(&parsed);
		}
		ldap_ldif_record_done(&parsed);
	}
	free(text);
	if (file) {
		ldif_close(file);
	}
	return good && r == 0;
}

int main(int argc, char **argv)
{
	bool (*look)(const char *) = read_ours;

	if (strcmp(argv[1], "libldap") == 0) {
		look = read_libldap;
	} else if (strcmp(argv[1], "change") == 0) {
		look = change_ours;
	}
	for (int i = 2; i < argc; i++) {
		printf("file %s\n", argv[i]);
		if (!look(argv[i])) {
			puts("error");
		}
	}
	return 0;
}
