/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory runs out at each allocation in turn: base, names, directory. */
#include "alloc.h"

#include <stdint.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/map.h"
#include "base/vec.h"
#include "directory/directory.h"
#include "folder.h"
#include "names/dn.h"

#define LONG "a line that is folded where it has become as long as others are"
#define TEXT                                                                             \
	"dn: DC=x\nobjectClass: x\n\ndn: CN=a,DC=x\nobjectClass: x\ncn:: "               \
	"w7Y=\nsn: " LONG "\n two\nmember;range=0-1: m\n"                                \
	"\ndn: CN=b,DC=x\nobjectClass: y\ncn: b\n\ndn: nonsense\nobjectClass: x\n"       \
	"\ndn: cn=A, dc=X\nobjectClass: x\n"

static struct cas_context *context;

/* ---- base ---- */

static int run_arena(struct cas_error **err)
{
	struct casp_arena arena = {0};
	bool ok = true;

	for (int i = 0; i < 20 && ok; i++) {
		ok = casp_arena_zalloc(&arena, 5000) &&
		     casp_arena_dup(&arena, "text", 4) &&
		     casp_arena_printf(&arena, "%d", i);
	}
	casp_arena_free(&arena);
	return ok ? 0 : casp_error_nomem(err);
}

static int run_buf(struct cas_error **err)
{
	struct casp_buf buf = {0};
	bool failed;

	for (int i = 0; i < 200; i++) {
		casp_buf_adds(&buf, "text");
		casp_buf_addf(&buf, "%d", i);
		casp_buf_addc(&buf, '\n');
	}
	failed = buf.failed;
	casp_buf_free(&buf);
	return failed ? casp_error_nomem(err) : 0;
}

static bool grown_right;

static void grown(int code)
{
	ck_assert(grown_right);
}

static int run_map_and_vec(struct cas_error **err)
{
	CASP_VEC(uint64_t) vec = {0};
	struct casp_map map = {0};
	bool ok = true;

	for (uint64_t i = 1; i < 100 && ok; i++) {
		ok = casp_vec_push(&vec, i) && casp_map_add(&map, i, &vec);
	}
	grown_right = vec.n == map.n + !ok || vec.n == map.n;
	casp_vec_free(&vec);
	casp_map_free(&map);
	return ok ? 0 : casp_error_nomem(err);
}

static bool said_right;

static void said(int code)
{
	ck_assert(said_right);
}

static int run_error(struct cas_error **err)
{
	struct cas_error *own = NULL;
	int code;

	casp_error(&own, CAS_E_REFUSED, "it is %s", "so");
	casp_error_hint(&own, "try %d", 2);
	casp_error_context(&own, "here");
	code = cas_error_code(own);
	said_right = strcmp(cas_error_message(own), "out of memory") == 0
			     ? code == CAS_E_NOMEM
			     : strstr(cas_error_message(own), "it is so") &&
				       code == CAS_E_REFUSED;
	cas_error_free(own);
	return code == CAS_E_NOMEM ? casp_error_nomem(err) : 0;
}

static int run_context(struct cas_error **err)
{
	struct cas_context *own = NULL;
	int code = cas_context_new(&own, err);

	cas_context_unref(own);
	return code;
}

static int run_replace(struct cas_error **err)
{
	struct casp_replace *replace = NULL;
	int code = casp_replace_open(file, &replace, err);

	if (code) {
		return code;
	}
	code = casp_replace_write(replace, "new", 3, err);
	if (code) {
		casp_replace_abort(replace);
		return code;
	}
	return casp_replace_commit(replace, err);
}

static void replaced(int code)
{
	assert_content(file, code ? "old" : "new", 3);
	ck_assert_int_eq(entries(), 1);
}

static void old_file(void)
{
	write_file(file, "old", 0644);
}

static int run_lock(struct cas_error **err)
{
	struct casp_lock *lock = NULL;
	int code = casp_lock_take(file, 0, &lock, err);

	casp_lock_release(lock);
	return code;
}

static void unlocked(int code)
{
	ck_assert_int_eq(entries(), 1);
}

static char deep[128];

static int run_folders(struct cas_error **err)
{
	return casp_mkdirs(deep, err);
}

static void prepare_folders(void)
{
	rmdir(at("a/b/c"));
	rmdir(at("a/b"));
	rmdir(at("a"));
	strcpy(deep, at("a/b/c"));
}

/* ---- names ---- */

static int run_names(struct cas_error **err)
{
	struct casp_str dn = CASP_STR("CN=a\\2Cb\\\"" /* and more than a first piece */
				      "01234567890123456789012345678901234567890123456789"
				      "01234567890123456789,DC=x");
	struct casp_buf value = {0}, escaped = {0};
	bool failed;

	casp_dn_rdn_value(dn, &value);
	if (!value.failed) {
		casp_dn_escape((struct casp_str){value.p, value.n}, &escaped);
	}
	failed = value.failed || escaped.failed;
	casp_buf_free(&value);
	casp_buf_free(&escaped);
	return failed ? casp_error_nomem(err) : 0;
}

/* ---- directory ---- */

static int count(void *closure, const struct casp_entry *entry, struct cas_error **err)
{
	++*(size_t *)closure;
	return 0;
}

static int search(struct cas_directory *directory, struct cas_error **err)
{
	static const char *const classes[] = {"x"}, *const attributes[] = {"cn", "sn"};
	static const struct casp_equality any[] = {
		{"distinguishedName", {"CN=a, DC=x", 10}}, {"cn", {"b", 1}}};
	static const struct casp_query queries[] = {
		{.all_attributes = true},
		{.base = {"DC=x", 4},
		 .scope = CASP_SCOPE_SUBTREE,
		 .classes = classes,
		 .n_classes = 1,
		 .any = any,
		 .n_any = 2,
		 .attributes = attributes,
		 .n_attributes = 2},
		{.any = any, .n_any = 1, .all_attributes = true},
	};
	size_t n = 0;
	int code = 0;

	for (size_t i = 0; i < sizeof(queries) / sizeof(*queries) && code == 0; i++) {
		code = casp_directory_search(directory, &queries[i], 1, count, &n, err);
	}
	return code;
}

static int with_directory(int (*use)(struct cas_directory *, struct cas_error **),
			  struct cas_error **err)
{
	const char *path = file;
	struct cas_directory *directory = NULL;
	int code = cas_directory_open(context, &path, 1, &directory, err);

	if (code == 0) {
		code = use(directory, err);
	}
	cas_directory_unref(directory);
	return code;
}

static int run_search(struct cas_error **err)
{
	return with_directory(search, err);
}

static int change(struct cas_directory *directory, struct cas_error **err)
{
	static const struct casp_str one = CASP_STR(LONG "two"),
				     three = CASP_STR("three"), class = CASP_STR("z");
	static const struct casp_mod mods[] = {{"sn", &one, &three, false}};
	static const struct casp_attribute attributes[] = {{"objectClass", &class, 1},
							   {"description", &three, 1}};
	static const struct casp_change changes[] = {
		{.op = CASP_CHANGE_MODIFY,
		 .dn = {"CN=a,DC=x", 9},
		 .mods = mods,
		 .n_mods = 1},
		{.op = CASP_CHANGE_ADD,
		 .dn = {"CN=c,DC=x", 9},
		 .attributes = attributes,
		 .n_attributes = 2},
		{.op = CASP_CHANGE_RENAME,
		 .dn = {"CN=b,DC=x", 9},
		 .new_rdn = {"CN=d", 4}},
	};
	struct casp_result results[3] = {0};
	int code = casp_directory_commit(directory, changes, 3, results, err);

	for (int i = 0; i < 3; i++) {
		free(results[i].reason);
	}
	return code;
}

static int run_change(struct cas_error **err)
{
	return with_directory(change, err);
}

static void ldif_file(void)
{
	/* Each entry once: what there is twice is not changed. */
	write_file(file, TEXT, 0644);
	ck_assert_int_eq(truncate(file, (off_t)(strstr(TEXT, "\ndn: cn=A") - TEXT)), 0);
}

static void changed(int code)
{
	char *text = calloc(1, 4096);
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	ck_assert(text && fd >= 0 && read(fd, text, 4095) > 0);
	close(fd);
	ck_assert_int_eq(strstr(text, "three") != NULL, code == 0);
	ck_assert_int_eq(strstr(text, "CN=d,DC=x") != NULL, code == 0);
	free(text);
	ck_assert_int_eq(entries(), 1);
}

static void search_file(void)
{
	write_file(file, TEXT, 0644);
}

static const struct alloc_case cases[] = {
	{"arena", NULL, run_arena, NULL, 2},
	{"buf", NULL, run_buf, NULL, 5},
	{"map and vec", NULL, run_map_and_vec, grown, 6},
	{"error", NULL, run_error, said, 3},
	{"context", NULL, run_context, NULL, 1},
	{"replace", old_file, run_replace, replaced, 4},
	{"lock", old_file, run_lock, unlocked, 2},
	{"folders", prepare_folders, run_folders, NULL, 4},
	{"names", NULL, run_names, NULL, 2},
	{"search", search_file, run_search, NULL, 10},
	{"change", ldif_file, run_change, changed, 20},
};

static void setup_context(void)
{
	setup();
	ck_assert_int_eq(cas_context_new(&context, NULL), 0);
}

static void teardown_context(void)
{
	cas_context_unref(context);
	teardown();
}

int main(void)
{
	return alloc_main("alloc", setup_context, teardown_context, cases, COUNT(cases));
}
