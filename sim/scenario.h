/*
 * A scenario: what each endpoint does, on which link, and what is expected of it. A plain value,
 * resolved for one variant: nothing in it refers to YAML. shared by the parser (fills it), the
 * runner (interprets it) and expectations (judge the trace by it).
 */
#ifndef SEAM_SIM_SCENARIO_H
#define SEAM_SIM_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/call.h"
#include "capture/err.h"
#include "capture/trace.h"
#include "sim/framing.h"
#include "sim/impair.h"
#include "sim/qdisc.h"

#define SCENARIO_TIME_LIMIT_NS (30ll * 1000000000)
#define SCENARIO_ENDPOINT_MAX  64
#define SCENARIO_CALL_MAX      10000000
#define SCENARIO_STEP_MAX      100000 /* written out, in all scripts together */
#define SCENARIO_VARIANT_MAX   64
#define SCENARIO_WRITE_MAX     (1ull << 30) /* bytes of one write */
#define SCENARIO_SPELLED_MAX                                                                       \
	(64ull << 20)                        /* bytes of texts and files, in all payloads together \
	                                      */
#define SCENARIO_ROOM_MAX      (64ull << 20) /* bytes that one read asks for */
#define SCENARIO_TIME_MAX_NS   3600000000000ll /* of one at, every, sleep, timeout */
#define SCENARIO_RECORDING_MAX (1ull << 30)
#define SCENARIO_NO_TIME       INT64_MIN
#define SCENARIO_SENDER        (-2) /* step.to: whoever sent what was read last */
#define SCENARIO_NOBODY        (-1)

/* A place in the scenario's file, for messages and for the calls of a step. */
struct place {
	unsigned line, column; /* 0: nowhere, implied */
};

/* An option as setsockopt(2) takes it; sockopt.h has the table. */
struct setting {
	int option;    /* index into the table of sockopt.h */
	int64_t value; /* number, switch, bytes or time in the option's unit */
	char *text;    /* TCP_CONGESTION, IP_ADD_MEMBERSHIP: as written; else NULL */
	struct place place;
};

/* Bytes of a write. */
struct payload {
	uint64_t length;
	uint8_t *bytes; /* NULL: filled with the write's letter when it is written (DESIGN.md,
	                   "Fill") */
};

enum until {
	UNTIL_NONE, /* one call */
	UNTIL_BYTES,
	UNTIL_EOF,
};

struct step {
	struct place place;
	bool is_script;      /* a list of steps: only times, every, at, script count then */
	enum call_name call; /* otherwise */
	/* send_message, recv_message: call is CALL_SEND, CALL_RECV then, payloads the body, size
	 * the room of each recv; until is UNTIL_NONE or UNTIL_EOF. */
	bool is_message;
	uint64_t claimed; /* send_message: what its header says; usually the body's length */
	bool implied;

	uint64_t times;   /* at least 1 */
	int64_t every_ns; /* SCENARIO_NO_TIME if absent */
	int64_t at_ns;    /* SCENARIO_NO_TIME if absent */
	int fails;        /* errno that it must fail with; 0: it must not fail */
	char *as, *on;    /* names of sockets; NULL */
	char *note;       /* NULL */

	struct payload *payloads; /* writes: one; writev, sendmsg: one or more */
	size_t payload_count;
	uint32_t flags;                 /* MSG_* */
	enum trace_transport transport; /* socket: the scenario's, unless the step names one */
	uint64_t size;                  /* recv, recvfrom: room; sendfile counts in payloads */
	enum until until;               /* recv, recvfrom */
	uint64_t until_bytes;           /* UNTIL_BYTES: over all its calls */
	/*
	 * connect, sendto, sendmsg: index of an endpoint, SCENARIO_SENDER, or SCENARIO_NOBODY: see
	 * address. send, sendmsg and writev of a message server that connects nobody have
	 * SCENARIO_SENDER, all others SCENARIO_NOBODY.
	 */
	int to;
	struct address address;   /* connect, sendto to an address written out ("239.1.2.3:9000"),
	                             else NONE */
	uint16_t port;            /* bind; 0 any */
	int backlog;              /* listen */
	int how;                  /* shutdown: SHUT_RD SHUT_WR SHUT_RDWR */
	int64_t duration_ns;      /* sleep; poll: its timeout, -1 for ever */
	short events;             /* poll: POLLIN, POLLOUT */
	struct setting *settings; /* setsockopt */
	size_t setting_count;
	char *signal; /* signal: its name */
	char **waits; /* wait: names of signals or endpoints, all of them */
	size_t wait_count;

	struct step *script; /* is_script */
	size_t script_count;
};

struct scenario_endpoint {
	char *name;
	struct place place;
	bool server_side;         /* on the server's side of a wire */
	bool listens;             /* has the key port */
	uint16_t port;            /* where others find it: its `port`, else that of its first bind
	                             step; 0: none, or any */
	struct setting *settings; /* set on every socket that it makes */
	size_t setting_count;
	struct framing framing; /* of its messages */
	bool framed;            /* the scenario or the endpoint has the key framing */
	struct step *script;    /* implied steps included, in front */
	size_t script_count;
};

struct scenario_link {
	bool wire;    /* three namespaces and a link between two hosts; else the loopback */
	uint32_t mtu; /* 0: the usual, 65536 on lo, 1500 on a wire */
	int offload;  /* -1: the kernel's default; 0 off; 1 on; of a loopback */
	/* Of a wire: [0] from the client's side to the server's, [1] back. Each owns its drop. */
	struct impairment ways[2];
	uint64_t seed; /* of the wire's chances */
	/* What the client's and the server's side send through, on their own devices. */
	struct qdisc qdiscs[2];
};

struct scenario_sysctl {
	char *key; /* without "net.ipv4." */
	char *value;
	struct place place;
};

struct expectation; /* sim/expect.h */

struct scenario {
	char *file;    /* as messages name it */
	char *folder;  /* where file: payloads may lie; NULL if they may not (out of a recording) */
	char *name;    /* base name of the file without .yaml */
	char *variant; /* "" if it has none */
	char *title, *about;
	char **see;
	size_t see_count;
	enum trace_transport transport;
	int family; /* 4 or 6 */
	struct scenario_link link;
	struct scenario_sysctl *sysctls;
	size_t sysctl_count;
	struct scenario_endpoint *endpoints; /* in order of the file: the order of lanes */
	size_t endpoint_count;
	int64_t time_limit_ns;
	char *not_applied; /* options that belong to another transport, a line each; NULL if none */
	struct expectation *expectations;
	size_t expectation_count;
};

/* Accepts a zeroed scenario. */
void scenario_finish(struct scenario *scenario);

/* Index of the endpoint of that name, or SCENARIO_NOBODY. */
int scenario_endpoint(const struct scenario *scenario, const char *name);

#endif
