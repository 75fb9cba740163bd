/*
 * Which socket a descriptor of a process was at a line of an strace log: processes, threads that
 * share descriptors and children that inherit them, whether the log shows how they came to be or
 * not.
 *
 * Every descriptor has its versions, each valid from a line on. A child looks up what it never set
 * itself among its parent's versions up to the line of the fork. A process that appears out of
 * nowhere (clone is not traced) looks among those of the log's first, whenever they were set.
 * Memory grows with lines, not with processes times descriptors.
 */
#ifndef SEAM_CAPTURE_STRACE_SOCKETS_H
#define SEAM_CAPTURE_STRACE_SOCKETS_H

#include "capture/strace.h"
#include "capture/strace_value.h"

#define STRACE_NONE UINT32_MAX

/* Numbers by 64-bit keys; zeroed is empty. */
struct strace_map {
	struct strace_map_item {
		uint64_t key;
		uint32_t value; /* from 1; 0 free */
	} * items;
	size_t size, count;
};

/* What a call that has not returned has said so far. */
struct strace_begun {
	bool there;
	struct slice name, arguments;
	int64_t time_ns;
	uint64_t line;
};

/* A process or thread; several share one table. */
struct strace_process {
	int64_t pid;
	uint32_t table;
	bool gone;
	struct strace_begun begun;
};

struct strace_table {
	uint32_t parent;    /* STRACE_NONE */
	uint64_t fork_line; /* what the parent set behind it is not inherited */
	bool adopted;       /* the log does not say whose child it is */
	uint16_t endpoint;  /* UINT16_MAX until a socket was used */
	int64_t pid;
	const char *name; /* of the program; NULL */
};

struct strace_version {
	uint64_t line;
	uint32_t socket, before; /* STRACE_NONE: not a socket; no older version */
};

struct strace_sockets {
	struct strace_map pids, descriptors, connections;
	struct strace_process *processes;
	size_t process_count, process_capacity;
	struct strace_table *tables;
	size_t table_count, table_capacity;
	struct strace_version *versions;
	size_t version_count, version_capacity;
	struct strace_socket *list; /* goes over to the log */
	int64_t *inodes;            /* one a socket; 0 unknown */
	size_t count, capacity, inode_capacity;
};

void strace_sockets_finish(struct strace_sockets *sockets);

/*
 * The process of that pid, new if there is none. Before its first fork a log on a terminal names no
 * pid (0): the first that then appears and is no child is that process. returns_from_fork: its line
 * ends a call like clone.
 */
uint32_t strace_process_of(struct strace_sockets *sockets, int64_t pid, bool returns_from_fork,
                           uint64_t line);
/* fork, vfork, clone, clone3; and whether its arguments make a thread. */
bool strace_is_fork(struct slice name);
bool strace_makes_thread(struct slice arguments);
/* A child is there: a thread shares its parent's descriptors. */
void strace_process_forked(struct strace_sockets *sockets, uint32_t parent, int64_t child,
                           bool thread, uint64_t line);
void strace_process_gone(struct strace_sockets *sockets, uint32_t process);

uint32_t strace_socket_add(struct strace_sockets *sockets, enum trace_transport transport,
                           int64_t inode);
/* From that line on the descriptor is that socket (STRACE_NONE: none). Nothing if it was set behind
 * that line already. */
void strace_socket_set(struct strace_sockets *sockets, uint32_t process, int64_t descriptor,
                       uint32_t socket, uint64_t line);
/*
 * The socket that a descriptor is at that line, STRACE_NONE if it is none of ours or unknown; the
 * tag's addresses are learned, and a tag of a socket that the log does not show the begin of makes
 * one.
 */
uint32_t strace_socket_of(struct strace_sockets *sockets, uint32_t process, int64_t descriptor,
                          const struct strace_tag *tag, uint64_t line);
void strace_socket_learn(struct strace_sockets *sockets, uint32_t socket,
                         const struct address *local, const struct address *remote);

#endif
