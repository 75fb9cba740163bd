/*
 * YAML to a tree by libfyaml's events. Events, not its documents: an alias, an anchor or a tag is
 * refused where it stands, before anything is built of it.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/escape.h"
#include "capture/mem.h"
#include "sim/node.h"

/* The open maps and lists, outermost first, and the key that waits for its value. */
struct builder {
	const char *file;
	struct node *root;
	struct node *open[NODE_DEPTH_MAX];
	unsigned depth;
	bool has_key;
	struct node_entry key;
	size_t count;
	unsigned documents;
	unsigned line, column; /* of the last event */
	struct err *err;
};

static int fail(struct builder *builder, unsigned line, unsigned column, const char *sentence)
{
	const struct node at = { .file = builder->file, .line = line, .column = column };

	return node_error(&at, builder->err, "%s", sentence);
}

static int by_key(const void *left, const void *right)
{
	const struct node_entry *const *a = left, *const *b = right;
	int order = strcmp((*a)->key, (*b)->key);

	return order ? order : (*a > *b) - (*a < *b);
}

/* Sorted, so that many large maps do not cost the square of their size. */
static int refuse_duplicates(struct builder *builder, const struct node *map)
{
	const struct node_entry **sorted, *second = NULL, *first = NULL;

	if (map->entry_count < 2)
		return 0;
	sorted = mem_alloc(map->entry_count, sizeof(*sorted));
	for (size_t i = 0; i < map->entry_count; i++)
		sorted[i] = &map->entries[i];
	qsort(sorted, map->entry_count, sizeof(*sorted), by_key);
	for (size_t i = 1; i < map->entry_count && !second; i++) {
		if (!strcmp(sorted[i - 1]->key, sorted[i]->key)) {
			first = sorted[i - 1];
			second = sorted[i];
		}
	}
	free(sorted);
	if (!second)
		return 0;
	struct node at = { .file = builder->file,
		           .line = second->key_line,
		           .column = second->key_column };
	return node_error(&at, builder->err,
	                  "the key %.60s is already in line %u; a mapping has each key once",
	                  second->key, first->key_line);
}

/* Hangs node where the next value belongs; builder owns it even on refusal. */
static int hang(struct builder *builder, struct node *node)
{
	struct node *parent = builder->depth ? builder->open[builder->depth - 1] : NULL;

	if (!parent) {
		assert(!builder->root);
		builder->root = node;
	} else if (parent->kind == NODE_LIST) {
		parent->items = mem_grow(parent->items, &parent->item_capacity, parent->item_count,
		                         sizeof(*parent->items));
		parent->items[parent->item_count++] = node;
	} else {
		builder->key.value = node;
		parent->entries = mem_grow(parent->entries, &parent->entry_capacity,
		                           parent->entry_count, sizeof(*parent->entries));
		parent->entries[parent->entry_count++] = builder->key;
		builder->has_key = false;
		builder->key = (struct node_entry){ 0 };
	}
	if (++builder->count > NODE_COUNT_MAX)
		return fail(builder, node->line, node->column,
		            "more than 1000000 values: a scenario repeats with `times`, it does "
		            "not spell everything out");
	return 0;
}

static bool wants_key(const struct builder *builder)
{
	return builder->depth && builder->open[builder->depth - 1]->kind == NODE_MAP &&
	       !builder->has_key;
}

static int take_key(struct builder *builder, struct fy_event *event, unsigned line, unsigned column)
{
	size_t length = 0;
	const char *text =
		event->scalar.value ? fy_token_get_text(event->scalar.value, &length) : "";

	if (text && length && memchr(text, '\0', length))
		return fail(builder, line, column, "a key cannot hold a NUL byte");
	if (!text || !length)
		return fail(builder, line, column, "a mapping needs a name before the colon");
	if (builder->open[builder->depth - 1]->entry_count == NODE_KEYS_MAX)
		return fail(builder, line, column, "a mapping has at most 1000 keys");
	builder->key = (struct node_entry){ .key = mem_copy(text, length),
		                            .key_line = line,
		                            .key_column = column };
	builder->has_key = true;
	return 0;
}

static int take_scalar(struct builder *builder, struct fy_event *event, struct node *node)
{
	struct fy_token *token = event->scalar.value;
	size_t length = 0;
	const char *text = token ? fy_token_get_text(token, &length) : NULL;
	enum fy_scalar_style style = token ? fy_token_scalar_style(token) : FYSS_PLAIN;

	node->text = mem_copy(text ? text : "", text ? length : 0);
	node->length = text ? length : 0;
	node->quoted = style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED;
	node->block = style == FYSS_LITERAL || style == FYSS_FOLDED;
	if (builder->has_key && !node->length && !node->quoted && !node->block) {
		/* libfyaml puts what is not there at the next token. */
		node->line = builder->key.key_line;
		node->column = builder->key.key_column;
	}
	return hang(builder, node);
}

static int refuse_extras(struct builder *builder, struct fy_token *anchor, struct fy_token *tag)
{
	const struct fy_mark *mark = fy_token_start_mark(tag ? tag : anchor);
	unsigned line = mark ? (unsigned)mark->line + 1 : 0;
	unsigned column = mark ? (unsigned)mark->column + (tag ? 1 : 0) : 0;

	if (tag)
		return fail(builder, line, column,
		            "`!` begins a YAML tag, and a scenario has no tags; if it is text, "
		            "quote it");
	return fail(builder, line, column,
	            "`&` begins a YAML anchor, and a scenario has no anchors; write the value out, "
	            "or quote it if it is text");
}

static int begin(struct builder *builder, struct node *node)
{
	if (hang(builder, node))
		return -1;
	if (builder->depth == NODE_DEPTH_MAX)
		return fail(builder, node->line, node->column,
		            "nested deeper than 64 levels, which is the most that is allowed");
	builder->open[builder->depth++] = node;
	return 0;
}

static int take_value(struct builder *builder, struct fy_event *event, unsigned line,
                      unsigned column)
{
	struct node *node;

	if (event->type == FYET_SCALAR && wants_key(builder))
		return take_key(builder, event, line, column);
	if (wants_key(builder))
		return fail(builder, line, column,
		            "a key is a plain name, not a list or a mapping");
	node = mem_alloc(1, sizeof(*node));
	node->file = builder->file;
	node->line = line;
	node->column = column;
	if (event->type == FYET_SCALAR)
		return take_scalar(builder, event, node);
	node->kind = event->type == FYET_MAPPING_START ? NODE_MAP : NODE_LIST;
	return begin(builder, node);
}

/* libfyaml marks an alias, an anchor and what is in quotes one behind its first character. */
static unsigned column_of(const struct fy_event *event, const struct fy_mark *mark)
{
	enum fy_scalar_style style = FYSS_PLAIN;
	bool late = event->type == FYET_ALIAS;

	if (event->type == FYET_SCALAR && event->scalar.value)
		style = fy_token_scalar_style(event->scalar.value);
	late |= style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED;
	return (unsigned)mark->column + (late ? 0 : 1);
}

static int take(struct builder *builder, struct fy_event *event)
{
	const struct fy_mark *mark = fy_event_start_mark(event);
	unsigned line = mark ? (unsigned)mark->line + 1 : 1;
	unsigned column = mark ? column_of(event, mark) : 1;

	builder->line = line;
	builder->column = column;
	struct fy_token *anchor = NULL, *tag = NULL;

	switch (event->type) {
	case FYET_DOCUMENT_START:
		if (builder->documents++)
			return fail(builder, line, column,
			            "a second document begins here; a scenario file has one");
		return 0;
	case FYET_ALIAS:
		return fail(
			builder, line, column,
			"`*` begins a YAML alias, and a scenario has no aliases; write the value "
			"out, or quote it if it is text");
	case FYET_SCALAR:
		anchor = event->scalar.anchor;
		tag = event->scalar.tag;
		break;
	case FYET_MAPPING_START:
		anchor = event->mapping_start.anchor;
		tag = event->mapping_start.tag;
		break;
	case FYET_SEQUENCE_START:
		anchor = event->sequence_start.anchor;
		tag = event->sequence_start.tag;
		break;
	case FYET_MAPPING_END: return refuse_duplicates(builder, builder->open[--builder->depth]);
	case FYET_SEQUENCE_END: builder->depth--; return 0;
	case FYET_NONE:
	case FYET_STREAM_START:
	case FYET_STREAM_END:
	case FYET_DOCUMENT_END: return 0;
	}
	if (anchor || tag)
		return refuse_extras(builder, anchor, tag);
	return take_value(builder, event, line, column);
}

/* Does that line compare with >, which opens a block in YAML? */
static bool line_compares(const char *text, size_t length, unsigned line)
{
	const char *at = text, *end = text + length;

	while (line > 1 && at && at < end) {
		at = memchr(at, '\n', (size_t)(end - at));
		at = at ? at + 1 : NULL;
		line--;
	}
	if (!at || at >= end)
		return false;
	const char *stop = memchr(at, '\n', (size_t)(end - at));
	const char *mark = memchr(at, '>', (size_t)((stop ? stop : end) - at));
	return mark && mark + 1 < end && strchr("= 0123456789", mark[1]) != NULL;
}

static void explain(struct builder *builder, struct fy_diag *diag, const char *text, size_t length)
{
	void *previous = NULL;
	struct fy_diag_error *error = fy_diag_errors_iterate(diag, &previous);
	struct node at = { .file = builder->file, .line = 1, .column = 1 };

	if (!error) {
		node_error(&at, builder->err, "this is not YAML");
		return;
	}
	at.line = error->line > 0 ? (unsigned)error->line : 1;
	at.column = error->column > 0 ? (unsigned)error->column : 1;
	if (strstr(error->msg, "depth"))
		node_error(&at, builder->err,
		           "nested deeper than 64 levels, which is the most that is allowed");
	else if (line_compares(text, length, at.line))
		node_error(
			&at, builder->err,
			"`>` opens a block of text in YAML; write a range: `3..` is three or more, "
			"`..5` at most five");
	else
		node_error(&at, builder->err, "this is not YAML: %s", error->msg);
}

static void silent(struct fy_diag *diag, void *user, const char *text, size_t length)
{
	(void)diag, (void)user, (void)text, (void)length;
}

/*
 * What libfyaml reads, and how far it was at its last event: as long as a bracket is open it looks
 * ahead, 200 bytes of memory for each of the file's, and 10 MiB of brackets took 2.6 GiB.
 */
struct source {
	const char *text;
	size_t length, at, at_event;
	bool starved;
};

static ssize_t supply(void *user, void *out, size_t room)
{
	struct source *source = user;
	size_t left = source->length - source->at;
	size_t bytes = room < left ? room : left;

	if (source->at - source->at_event > NODE_VALUE_MAX) {
		source->starved = true;
		return 0;
	}
	memcpy(out, source->text + source->at, bytes);
	source->at += bytes;
	return (ssize_t)bytes;
}

static int build(struct builder *builder, const char *text, size_t length)
{
	struct source source = { .text = text, .length = length };
	struct fy_diag_cfg quiet;
	struct fy_diag *diag;
	struct fy_parser *parser;
	struct fy_event *event;
	int result = 0;

	fy_diag_cfg_default(&quiet);
	quiet.fp = NULL;
	quiet.output_fn = silent;
	diag = fy_diag_create(&quiet);
	assert(diag);
	fy_diag_set_collect_errors(diag, true);
	parser = fy_parser_create(&(struct fy_parse_cfg){
		.flags = FYPCF_QUIET | FYPCF_JSON_NONE | FYPCF_DEFAULT_VERSION_1_2, .diag = diag });
	assert(parser);
	if (fy_parser_set_input_callback(parser, &source, supply))
		result = -1;
	while (!result && !source.starved && (event = fy_parser_parse(parser))) {
		/* What is cut off would look whole. */
		if (!source.starved)
			result = take(builder, event);
		source.at_event = source.at;
		fy_parser_event_free(parser, event);
	}
	if (!result && source.starved)
		result = fail(
			builder, builder->line, builder->column,
			"more than 1 MiB follows without the end of a value; is a bracket or a "
			"quote open? Large texts go into a file, `{file: NAME}`");
	if (!builder->err->kind && (result || fy_parser_get_stream_error(parser))) {
		explain(builder, diag, text, length);
		result = -1;
	}
	fy_parser_destroy(parser);
	fy_diag_destroy(diag);
	return result;
}

/* The first byte that is no UTF-8 or that YAML forbids, as a place; false if there is none. */
static bool find_foreign(const char *text, size_t length, unsigned *line, unsigned *column)
{
	*line = *column = 1;
	for (size_t at = 0; at < length;) {
		unsigned code;
		size_t bytes = escape_utf8(text + at, length - at, &code);

		if (!bytes || !code)
			return true;
		*column = code == '\n' ? 1 : *column + 1;
		*line += code == '\n';
		at += bytes;
	}
	return false;
}

struct node *node_parse(const char *text, size_t length, const char *file, struct err *err)
{
	char *name = mem_text(file);
	struct builder builder = { .file = name, .line = 1, .column = 1, .err = err };
	unsigned line, column;
	int failed;

	*err = (struct err){ 0 };
	if (length > NODE_FILE_MAX)
		failed = fail(&builder, 0, 0,
		              "larger than 10 MiB, the most that a scenario may have");
	else if (find_foreign(text, length, &line, &column))
		failed =
			fail(&builder, line, column,
		             "a byte that is not UTF-8 text: save the scenario as UTF-8, and write "
		             "bytes as {hex: \"00 ff\"}");
	else
		failed = build(&builder, text, length);
	free(builder.key.key);
	if (!failed && !builder.root)
		failed = fail(&builder, 1, 1,
		              "empty: a scenario has at least `server` and `client`, each with a "
		              "`script`");
	if (failed) {
		node_destroy(builder.root);
		free(name);
		return NULL;
	}
	builder.root->owned_file = name;
	return builder.root;
}

static int read_all(int fd, char **text, size_t *length, const char *path, struct err *err)
{
	const struct node at = { .file = path };
	struct stat stat;

	if (fstat(fd, &stat) || !S_ISREG(stat.st_mode))
		return node_error(&at, err, "a scenario is a regular file, and this is none");
	if (stat.st_size > (off_t)NODE_FILE_MAX)
		return node_error(&at, err,
		                  "larger than 10 MiB, the most that a scenario may have");
	*text = mem_alloc((size_t)stat.st_size + 1, 1);
	*length = 0;
	while (*length < (size_t)stat.st_size) {
		ssize_t got = read(fd, *text + *length, (size_t)stat.st_size - *length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return node_error(&at, err, "reading it failed: %s", strerror(errno));
		if (!got)
			break;
		*length += (size_t)got;
	}
	return 0;
}

struct node *node_load(const char *path, char **text, size_t *length, struct err *err)
{
	struct node *node = NULL;
	char *content = NULL;
	size_t size = 0;
	/* A FIFO must not hang the open. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0) {
		node_error(&(struct node){ .file = path }, err, "opening it failed: %s",
		           strerror(errno));
		return NULL;
	}
	if (!read_all(fd, &content, &size, path, err))
		node = node_parse(content, size, path, err);
	close(fd);
	if (node && length)
		*length = size;
	if (node && text)
		*text = content;
	else
		free(content);
	return node;
}
