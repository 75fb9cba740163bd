/*
 * A YAML document as a tree of our own: maps, sequences and scalars, each with its place in the
 * file. Scalars stay as written (YAML's failsafe schema); whoever reads a key decides the type.
 * What a scenario may not contain at all is refused here: aliases, anchors, tags, duplicate keys,
 * deep nesting, large files.
 */
#ifndef SEAM_SIM_NODE_H
#define SEAM_SIM_NODE_H

#include <stdbool.h>
#include <stddef.h>

#include "capture/err.h"

enum node_kind {
	NODE_SCALAR,
	NODE_MAP,
	NODE_LIST,
};

#define NODE_DEPTH_MAX 64
#define NODE_COUNT_MAX 1000000
#define NODE_KEYS_MAX  1000 /* of one mapping */
#define NODE_FILE_MAX  (10u << 20)
#define NODE_VALUE_MAX (1u << 20) /* bytes from one value to the next */

struct node_entry {
	char *key;
	unsigned key_line, key_column;
	struct node *value;
};

struct node {
	enum node_kind kind;
	const char *file;      /* for messages; lent by the root that node_parse() returned */
	unsigned line, column; /* from 1; 0: not from a file */
	char *text;            /* scalar: its bytes, NUL-ended; may hold NULs when quoted (\x00) */
	size_t length;         /* scalar: bytes of text */
	bool quoted;           /* scalar: written in quotes */
	bool block;            /* scalar: written as a block, | or > */
	struct node_entry *entries; /* map, in order of the file */
	size_t entry_count, entry_capacity;
	struct node **items; /* list */
	size_t item_count, item_capacity;
	char *owned_file; /* the root: what file points to; else NULL */
};

/* Parses text, UTF-8; file names it in messages ("file:line:column: …") and is copied. NULL with
 * err on refusal. What is empty to YAML ("key:") is a scalar of length 0 that is not quoted. */
struct node *node_parse(const char *text, size_t length, const char *file, struct err *err);
/* The same from a file: a regular one of at most NODE_FILE_MAX. *text gets its content of *length
 * bytes, to be freed; both may be NULL, and are left alone on refusal. */
struct node *node_load(const char *path, char **text, size_t *length, struct err *err);
/* A deep copy, so that a variant can change it. It borrows file: the original must outlive it. */
struct node *node_copy(const struct node *node);
/* Accepts NULL. */
void node_destroy(struct node *node);

/* The value of key in a map; NULL if it is not there or node is no map. */
struct node *node_get(const struct node *node, const char *key);
/* Index of its entry, or -1. */
long node_find(const struct node *node, const char *key);
/* Puts a copy of entry into the map, in place of the entry of that key or as the last; the map owns
 * its value then, the key stays the caller's. */
void node_set(struct node *map, const struct node_entry *entry);
/* Is scalar, written plainly, and exactly text. */
bool node_is(const struct node *node, const char *text);

/* Fills err with "file:line:column: " ("file: " without a line) and the sentence, control bytes
 * escaped; kind ERR_INPUT; returns -1. */
int node_error(const struct node *node, struct err *err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same at the key of an entry of the map node. */
int node_key_error(const struct node *map, size_t entry, struct err *err, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* What a user wrote, for a message: its text, escaped and cut with an ellipsis, in quotes if it has
 * them; "a mapping", "a list", "nothing". Returns out. */
#define NODE_SHOWN 80
char *node_shown(char out[NODE_SHOWN], const struct node *node);

/* The candidate nearest to text by edit distance, if near enough to be meant; else NULL. */
const char *node_nearest(const char *text, const char *const *candidates, size_t count);

#endif
