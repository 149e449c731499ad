/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the directory has of a name's A records, as JSON. */
#include "../plan/dns.h"
#include "json.h"

static void add_buf(struct casp_json *json, const char *key, struct casp_buf *buf)
{
	json->failed = json->failed || buf->failed;
	if (!buf->failed) {
		casp_json_text(json, key, buf->p);
	}
	casp_buf_free(buf);
}

/* As one text, for people. */
static void push_text(struct casp_json *json, json_t *list,
		      const struct casp_dns_record *record)
{
	CASP_CLEANUP(casp_buf_free) struct casp_buf text = {0};

	casp_dns_record_add(record, &text);
	json->failed = json->failed || text.failed;
	if (!text.failed) {
		casp_json_push_text(json, list, text.p);
	}
}

static void push_record(struct casp_json *json, json_t *list,
			const struct casp_dns_record *record)
{
	struct casp_buf type = {0}, data = {0};
	struct casp_json item;

	casp_json_start(&item);
	casp_dns_type_add(record->type, &type);
	casp_dns_data_add(record, &data);
	add_buf(&item, "type", &type);
	add_buf(&item, "data", &data);
	casp_json_count(&item, "ttl", record->ttl);
	casp_json_bool(&item, "static", record->hours == 0);
	casp_json_time(&item, "refreshed", casp_dns_record_time(record));
	json->replaced |= item.replaced;
	item.replaced = false;
	casp_json_push(json, list, casp_json_finish(&item));
}

static void add_records(struct casp_json *json, const struct casp_dns_entry *entry)
{
	json_t *texts = casp_json_list(json, "there");
	json_t *list = casp_json_list(json, "records");

	for (size_t i = 0; entry && i < entry->n_values; i++) {
		if (entry->values[i].good) {
			push_text(json, texts, &entry->values[i].record);
			push_record(json, list, &entry->values[i].record);
		}
	}
}

static void push_line(struct casp_json *json, json_t *list, const char *line)
{
	if (line) {
		casp_json_push_text(json, list, line);
	} else {
		json->failed = true;
	}
}

/* The records that are needed, as in a zone file; and for nsupdate, where they are not in
 * the directory. */
static void add_needed(struct casp_json *json, struct casp_arena *arena,
		       const struct cas_dns *dns, size_t index)
{
	const struct casp_dns_node *node = &dns->found.nodes[index];
	json_t *list = casp_json_list(json, "needed");
	bool elsewhere = dns->rows[index].status == CAS_DNS_ELSEWHERE;
	size_t n = casp_dns_n_lines(&dns->wish);

	for (size_t i = 0; node->legal && i < n; i++) {
		push_line(json, list, casp_dns_line(arena, node->fqdn, &dns->wish, i));
	}
	list = casp_json_list(json, "nsupdate");
	for (size_t i = 0; elsewhere && node->legal && i < n + 2; i++) {
		push_line(json, list,
			  casp_dns_nsupdate(arena, node->fqdn, &dns->wish, false, i));
	}
}

json_t *cas_json_dns(const struct cas_dns *dns, size_t index)
{
	const struct casp_dns_node *node;
	const struct cas_dns_row *row;
	struct casp_arena arena = {0};
	const struct cas_array *array;
	struct casp_json json;
	json_t *ret;

	if (index >= dns->n) {
		return NULL;
	}
	node = &dns->found.nodes[index];
	row = &dns->rows[index];
	array = row->array;
	casp_json_start(&json);
	casp_json_text(&json, "fqdn", node->fqdn);
	casp_json_name(&json, "array", array ? &array->object : NULL);
	casp_json_name(&json, "site", array && array->site ? &array->site->object : NULL);
	casp_json_text(&json, "zone", node->zone ? node->zone->name : NULL);
	casp_json_text(&json, "dn", node->entry ? node->entry->dn : NULL);
	casp_json_plain(&json, "status", cas_dns_status_name(row->status));
	casp_json_text(&json, "reason", row->reason);
	add_records(&json, node->entry);
	add_needed(&json, &arena, dns, index);
	ret = casp_json_finish(&json);
	casp_arena_free(&arena);
	return ret;
}
