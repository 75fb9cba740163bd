/*
 * Which keys a mapping of a scenario may have, as tables: what an unknown key is compared with, and
 * what dotted paths go along. What a key's value must be is left to whoever reads it.
 */
#ifndef SEAM_SIM_SCHEMA_H
#define SEAM_SIM_SCHEMA_H

#include <stddef.h>

#include "sim/node.h"

enum schema_kind {
	SCHEMA_KEYS,   /* these keys */
	SCHEMA_NAMES,  /* any name, each with the same mapping under it */
	SCHEMA_LEAVES, /* any key, its value is no mapping of the schema; a key holds no dots */
	SCHEMA_EXPECT, /* keys with dots in them; sim/expect.h knows them */
};

struct schema;

struct schema_key {
	const char *name;
	const struct schema *inside; /* NULL: its value is no mapping of the schema */
	const char *not_yet;         /* why this version refuses it; NULL: it does not */
};

struct schema {
	enum schema_kind kind;
	const char *where; /* "in an endpoint", for messages */
	const struct schema_key *keys;
	size_t key_count;
	const struct schema *each; /* SCHEMA_NAMES */
};

extern const struct schema schema_scenario, schema_endpoint, schema_link, schema_way, schema_qdisc,
	schema_framing;

/* The row of the first length bytes of key in a SCHEMA_KEYS, or NULL. */
const struct schema_key *schema_find(const struct schema *schema, const char *key, size_t length);

/* Refuses the entry of map whose key, or the part of it named, is unknown there: with the nearest
 * one and all that are allowed. Returns -1. */
int schema_refuse(const struct schema *schema, const struct node *map, size_t entry,
                  const char *part, struct err *err);

/* 0 if map is a mapping with known keys only; key is what it is the value of. */
int schema_check(const struct schema *schema, const struct node *map, const char *key,
                 struct err *err);

#endif
