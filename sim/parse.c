#include "sim/parse.h"

#include <stdlib.h>
#include <string.h>

#include "capture/buffer.h"
#include "capture/mem.h"
#include "sim/expect.h"
#include "sim/parsing.h"
#include "sim/scalar.h"
#include "sim/variant.h"

struct scenario_file {
	char *path, *folder, *name;
	char *text;
	size_t length;
	struct node *root;
	struct node **overrides;
	size_t override_count;
	const char **variants; /* lent by root */
	size_t variant_count;  /* as written: 0 without variants */
	char *title, *about;
};

/* "scenarios/nagle.yaml": folder "scenarios", name "nagle". */
static void take_path(struct scenario_file *file, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	size_t length = strlen(base);

	file->path = mem_text(path);
	if (slash)
		file->folder =
			slash == path ? mem_text("/") : mem_copy(path, (size_t)(slash - path));
	else
		file->folder = mem_text(".");
	if (length > 5 && !strcmp(base + length - 5, ".yaml"))
		length -= 5;
	else if (length > 4 && !strcmp(base + length - 4, ".yml"))
		length -= 4;
	file->name = mem_copy(base, length);
}

static int take_overrides(struct scenario_file *file, const char *const *overrides, size_t count,
                          struct err *err)
{
	file->overrides = mem_alloc(count, sizeof(*file->overrides));
	for (size_t i = 0; i < count; i++) {
		file->overrides[i] = variant_override(overrides[i], err);
		if (!file->overrides[i])
			return -1;
		file->override_count++;
	}
	return 0;
}

static int take_variants(struct scenario_file *file, struct err *err)
{
	const struct node *variants = node_get(file->root, "variants");
	char shown[NODE_SHOWN];

	if (!variants)
		return 0;
	if (variants->kind != NODE_MAP || !variants->entry_count)
		return node_error(variants, err,
		                  "`variants` is a mapping of names, `{plain: {}}`, "
		                  "not %s",
		                  variants->kind == NODE_MAP ? "an empty one"
		                                             : node_shown(shown, variants));
	if (variants->entry_count > SCENARIO_VARIANT_MAX)
		return node_error(variants, err,
		                  "more than 64 variants, the most that are allowed");
	file->variants = mem_alloc(variants->entry_count, sizeof(*file->variants));
	for (size_t i = 0; i < variants->entry_count; i++) {
		const struct node_entry *entry = &variants->entries[i];
		const char *wrong = scalar_read_name(entry->key, strlen(entry->key));

		if (wrong)
			return node_key_error(variants, i, err,
			                      "no variant can be called `%.60s`: %s", entry->key,
			                      wrong);
		if (entry->value->kind != NODE_MAP)
			return node_error(
				entry->value, err,
				"the variant `%s` is a mapping of what it changes, not %s; "
				"`{}` is the scenario itself",
				entry->key, node_shown(shown, entry->value));
		file->variants[file->variant_count++] = entry->key;
	}
	return 0;
}

static char *text_of(const struct node *root, const char *key)
{
	const struct node *node = node_get(root, key);

	return node && node->kind == NODE_SCALAR && node->length ? mem_text(node->text) : NULL;
}

/* Everything once, so that a mistake in any variant is found now. */
static int check_all(const struct scenario_file *file, struct err *err)
{
	for (size_t i = 0; i < scenario_file_variant_count(file); i++) {
		struct scenario scenario = { 0 };
		int result = scenario_file_resolve(file, i, &scenario, err);

		scenario_finish(&scenario);
		if (result)
			return -1;
	}
	return 0;
}

static struct scenario_file *complete(struct scenario_file *file, const char *const *overrides,
                                      size_t count, struct err *err)
{
	if (!file->root || take_overrides(file, overrides, count, err) ||
	    take_variants(file, err) || check_all(file, err)) {
		scenario_file_destroy(file);
		return NULL;
	}
	file->title = text_of(file->root, "title");
	file->about = text_of(file->root, "about");
	return file;
}

struct scenario_file *scenario_file_load(const char *path, const char *const *overrides,
                                         size_t override_count, struct err *err)
{
	struct scenario_file *file = mem_alloc(1, sizeof(*file));

	take_path(file, path);
	file->root = node_load(path, &file->text, &file->length, err);
	return complete(file, overrides, override_count, err);
}

struct scenario_file *scenario_file_read(const char *text, size_t length, const char *name,
                                         const char *const *overrides, size_t override_count,
                                         struct err *err)
{
	struct scenario_file *file = mem_alloc(1, sizeof(*file));

	take_path(file, name);
	free(file->folder);
	file->folder = NULL;
	file->text = mem_copy(text, length);
	file->length = length;
	file->root = node_parse(text, length, name, err);
	return complete(file, overrides, override_count, err);
}

void scenario_file_destroy(struct scenario_file *file)
{
	if (!file)
		return;
	node_destroy(file->root);
	for (size_t i = 0; i < file->override_count; i++)
		node_destroy(file->overrides[i]);
	free(file->overrides);
	free(file->variants);
	free(file->path);
	free(file->folder);
	free(file->name);
	free(file->text);
	free(file->title);
	free(file->about);
	free(file);
}

size_t scenario_file_variant_count(const struct scenario_file *file)
{
	return file->variant_count ? file->variant_count : 1;
}

const char *scenario_file_variant(const struct scenario_file *file, size_t index)
{
	return file->variant_count ? file->variants[index] : "";
}

const char *scenario_file_text(const struct scenario_file *file, size_t *length)
{
	*length = file->length;
	return file->text;
}

const char *scenario_file_name(const struct scenario_file *file)
{
	return file->name;
}

int scenario_file_find_variant(const struct scenario_file *file, const char *name, struct err *err)
{
	struct buffer all = { 0 };
	const char *nearest;

	for (size_t i = 0; i < file->variant_count; i++) {
		if (!strcmp(file->variants[i], name)) {
			buffer_finish(&all);
			return (int)i;
		}
		buffer_format(&all, "%s%s", i ? ", " : "", file->variants[i]);
	}
	nearest = node_nearest(name, file->variants, file->variant_count);
	if (!file->variant_count)
		err_input(err, "%s has no variants, so none is called \"%s\"", file->name, name);
	else
		err_input(err, "%s has no variant \"%s\"%s%s%s; its variants are: %s", file->name,
		          name, nearest ? ": is \"" : "", nearest ? nearest : "",
		          nearest ? "\" meant?" : "", all.bytes);
	buffer_finish(&all);
	return -1;
}

const char *scenario_file_title(const struct scenario_file *file)
{
	return file->title ? file->title : file->name;
}

const char *scenario_file_about(const struct scenario_file *file)
{
	return file->about;
}

/* The scenario's own keys with the variant's and --set's over them, to be destroyed. */
static struct node *lay_all(const struct scenario_file *file, size_t index, struct err *err)
{
	struct node *root = node_copy(file->root);
	int result = 0;

	if (file->variant_count) {
		const struct node *changes = node_get(file->root, "variants")->entries[index].value;

		result = root->kind == NODE_MAP ? variant_lay(root, changes, err) : 0;
	}
	for (size_t i = 0; i < file->override_count && !result; i++) {
		if (root->kind == NODE_MAP)
			result = variant_lay(root, file->overrides[i], err);
	}
	if (result) {
		node_destroy(root);
		return NULL;
	}
	return root;
}

static int parse_expect(struct parsing *parsing, const struct node *root)
{
	const struct node *node = node_get(root, "expect");
	struct scenario *scenario = parsing->scenario;
	char shown[NODE_SHOWN];

	if (!node)
		return 0;
	if (node->kind != NODE_MAP)
		return node_error(node, parsing->err,
		                  "`expect` is a mapping, `{segments: [10 B, 190 B]}`, not %s",
		                  node_shown(shown, node));
	return expect_parse(node, scenario, &scenario->expectations, &scenario->expectation_count,
	                    parsing->err);
}

int scenario_file_resolve(const struct scenario_file *file, size_t index, struct scenario *scenario,
                          struct err *err)
{
	struct parsing parsing = { .scenario = scenario,
		                   .variants = file->variants,
		                   .variant_count = file->variant_count,
		                   .variant = index,
		                   .err = err };
	struct node *root = lay_all(file, index, err);
	int result;

	*scenario = (struct scenario){ 0 };
	if (!root)
		return -1;
	scenario->file = mem_text(file->path);
	scenario->folder = mem_text(file->folder);
	scenario->name = mem_text(file->name);
	scenario->variant = mem_text(scenario_file_variant(file, index));
	result = parse_top(&parsing, root);
	if (!result)
		result = parse_endpoints(&parsing, root);
	if (!result)
		result = parse_peers(&parsing);
	if (!result)
		result = parse_expect(&parsing, root);
	node_destroy(root);
	if (result)
		scenario_finish(scenario);
	return result;
}
