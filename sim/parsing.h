/*
 * What the parts of the parser share: the scenario that they fill, and what is counted on the way.
 * For sim/parse*.c, sim/payload.c and sim/imply.c only.
 */
#ifndef SEAM_SIM_PARSING_H
#define SEAM_SIM_PARSING_H

#include "capture/buffer.h"
#include "sim/node.h"
#include "sim/scenario.h"

struct parsing {
	struct scenario *scenario;
	const char *const *variants; /* names of all of them; empty if it has none */
	size_t variant_count;
	size_t variant;   /* index of the one that is resolved */
	size_t endpoint;  /* index of the one whose script is read */
	uint64_t spelled; /* bytes of texts and files so far */
	size_t steps;     /* written out so far */
	struct err *err;
};

/* node_error() at a place that a scenario kept. */
int parsing_error(const struct parsing *parsing, struct place place, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The place of a node, and of an entry's key. */
struct place parsing_place(const struct node *node);
struct place parsing_key_place(const struct node_entry *entry);

/* Reads the top of the scenario but its endpoints and expectations. */
int parse_top(struct parsing *parsing, const struct node *root);
int parse_link(struct parsing *parsing, const struct node *node);
/* Whether a key of `link` makes it a wire ("delay", "seed"). */
bool parse_is_wire_key(const char *key);
/* Those keys of `link`, when its MTU is known. */
int parse_wire(struct parsing *parsing, const struct node *link);
/* Refuses, at node, a rate at which one full frame takes longer than the run may. */
int parse_check_rate(struct parsing *parsing, const struct node *node, uint64_t bits);
/* The value of the key `qdisc`: tc(8)'s words or a mapping. */
int parse_qdisc(struct parsing *parsing, const struct node *node, struct qdisc *qdisc);
int parse_sysctl(struct parsing *parsing, const struct node *node);

/* Reads server, client and endpoints in the order of the file, their scripts too. */
int parse_endpoints(struct parsing *parsing, const struct node *root);

/*
 * Lays the keys of `framing` at node (NULL: nothing) over *framing. A key that its kind has no use
 * for is a line of not_applied: a variant changes the kind alone, too. whose is "" or "client.".
 */
int parse_framing(struct parsing *parsing, const struct node *node, const char *whose,
                  struct framing *framing, struct buffer *not_applied);

/* A list of steps, those left out that the variant does not have. key is what it is the value of.
 */
int parse_script(struct parsing *parsing, const struct node *node, struct step **script,
                 size_t *count);

/* The names of a key whose value is one of them or a list of them ("flags", "wait", "only");
 * *names is an array of lent nodes, to be freed. */
int parse_one_or_list(struct parsing *parsing, const struct node *node, const char *key,
                      const struct node *const **items, size_t *count);

/* The call that a step makes: value is what stands behind its name (NULL: nothing), map the whole
 * step with the call's other arguments (NULL: nothing beside it). */
int parse_call(struct parsing *parsing, enum call_name call, const struct node *at,
               const struct node *value, const struct node *map, struct step *step);
/* The same of send_message and recv_message. */
bool parse_is_message(const char *name);
int parse_message(struct parsing *parsing, const char *name, const struct node *at,
                  const struct node *value, const struct node *map, struct step *step);
/* What may stand beside a call. */
enum argument {
	ARGUMENT_SIZE = 1,
	ARGUMENT_FLAGS = 2,
	ARGUMENT_UNTIL = 4,
	ARGUMENT_TO = 8,
	ARGUMENT_TIMEOUT = 16,
	ARGUMENT_CLAIMS = 32,
};

/* Which of them a call takes, as bits. */
unsigned parse_call_arguments(enum call_name call);
/* Whether name is one of them ("until", "to"). */
bool parse_is_argument(const char *name);
/* Reads those that map has; one that is not among the allowed is refused. */
int parse_arguments(struct parsing *parsing, const struct node *map, unsigned allowed,
                    struct step *step);

/* The index of what node says in names, or -1 with err. */
int parse_choose(const struct node *node, const char *key, const char *const *names, size_t count,
                 struct err *err);
/* The endpoint or address that node names, into step; `sender` too where that is allowed. */
int parse_target(struct parsing *parsing, const struct node *node, const char *key, bool sender,
                 struct step *step);

/* Bytes to write: a size, a quoted text, {hex: …} or {file: …}; call is for messages. */
int payload_parse(struct parsing *parsing, const struct node *node, const char *call,
                  struct payload *payload);
/* Repeats, or cuts, what is spelled up to the size that node says. */
int payload_repeat(struct parsing *parsing, const struct node *node, const char *call,
                   struct payload *payload);

/* When all scripts are read: implied calls in front, where calls go to, names of sockets. */
int imply_calls(struct parsing *parsing);

/* After that: over a wire everybody talks to the other side. */
int parse_peers(const struct parsing *parsing);

#endif
