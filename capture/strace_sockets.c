#include "capture/strace_sockets.h"

#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"

#define GENERATIONS 64 /* as far back as descriptors are inherited */
#define VERSIONS    64 /* as far back as one is looked for */

/* ---- maps ---- */

static struct strace_map_item *place(const struct strace_map *map, uint64_t key)
{
	uint64_t hash = key * 0x9e3779b97f4a7c15u;

	for (size_t at = (hash ^ hash >> 32) & (map->size - 1);; at = (at + 1) & (map->size - 1))
		if (!map->items[at].value || map->items[at].key == key)
			return map->items + at;
}

static uint32_t *find(const struct strace_map *map, uint64_t key)
{
	struct strace_map_item *item = map->size ? place(map, key) : NULL;

	return item && item->value ? &item->value : NULL;
}

static void grow(struct strace_map *map)
{
	struct strace_map old = *map;

	map->size = old.size ? old.size * 2 : 256;
	map->items = mem_alloc(map->size, sizeof(*map->items));
	for (size_t i = 0; i < old.size; i++)
		if (old.items[i].value)
			*place(map, old.items[i].key) = old.items[i];
	free(old.items);
}

static void put(struct strace_map *map, uint64_t key, uint32_t value)
{
	struct strace_map_item *item;

	if (map->count * 2 >= map->size)
		grow(map);
	item = place(map, key);
	map->count += !item->value;
	*item = (struct strace_map_item){ key, value };
}

void strace_sockets_finish(struct strace_sockets *sockets)
{
	free(sockets->pids.items);
	free(sockets->descriptors.items);
	free(sockets->connections.items);
	free(sockets->processes);
	free(sockets->tables);
	free(sockets->versions);
	free(sockets->list);
	free(sockets->inodes);
	*sockets = (struct strace_sockets){ 0 };
}

/* ---- processes ---- */

static uint32_t add_table(struct strace_sockets *sockets, struct strace_table table)
{
	sockets->tables = mem_grow(sockets->tables, &sockets->table_capacity, sockets->table_count,
	                           sizeof(*sockets->tables));
	table.endpoint = UINT16_MAX;
	table.name = table.parent == STRACE_NONE ? NULL : sockets->tables[table.parent].name;
	sockets->tables[sockets->table_count] = table;
	return (uint32_t)sockets->table_count++;
}

static uint32_t add_process(struct strace_sockets *sockets, int64_t pid, uint32_t table)
{
	sockets->processes = mem_grow(sockets->processes, &sockets->process_capacity,
	                              sockets->process_count, sizeof(*sockets->processes));
	sockets->processes[sockets->process_count++] =
		(struct strace_process){ .pid = pid, .table = table };
	put(&sockets->pids, (uint64_t)pid, (uint32_t)sockets->process_count);
	return (uint32_t)sockets->process_count - 1;
}

static uint32_t process_there(const struct strace_sockets *sockets, int64_t pid)
{
	uint32_t *found = find(&sockets->pids, (uint64_t)pid);

	return found && !sockets->processes[*found - 1].gone ? *found - 1 : STRACE_NONE;
}

bool strace_is_fork(struct slice name)
{
	return slice_starts(name, "clone") || slice_is(name, "fork") || slice_is(name, "vfork");
}

bool strace_makes_thread(struct slice arguments)
{
	return slice_behind(arguments, "CLONE_FILES").at != NULL;
}

/* A child may speak before its parent's clone has returned: the latest that is in one. */
static uint32_t forking(const struct strace_sockets *sockets)
{
	for (size_t i = sockets->process_count, seen = 0; i && seen < GENERATIONS; i--, seen++) {
		const struct strace_process *process = sockets->processes + i - 1;

		if (!process->gone && process->begun.there && strace_is_fork(process->begun.name))
			return (uint32_t)i - 1;
	}
	return STRACE_NONE;
}

/* The process that had no pid so far. */
static bool is_nameless(const struct strace_sockets *sockets, uint32_t parent,
                        bool returns_from_fork)
{
	return sockets->process_count && !sockets->processes[0].pid &&
	       !sockets->processes[0].gone && (parent == STRACE_NONE || returns_from_fork);
}

uint32_t strace_process_of(struct strace_sockets *sockets, int64_t pid, bool returns_from_fork,
                           uint64_t line)
{
	uint32_t found = process_there(sockets, pid), parent;

	if (found != STRACE_NONE)
		return found;
	parent = forking(sockets);
	if (pid && is_nameless(sockets, parent, returns_from_fork)) {
		sockets->processes[0].pid = sockets->tables[0].pid = pid;
		put(&sockets->pids, (uint64_t)pid, 1);
		return 0;
	}
	if (pid && parent != STRACE_NONE) {
		const struct strace_begun *begun = &sockets->processes[parent].begun;

		strace_process_forked(sockets, parent, pid, strace_makes_thread(begun->arguments),
		                      begun->line);
		return process_there(sockets, pid);
	}
	return add_process(sockets, pid,
	                   add_table(sockets,
	                             (struct strace_table){
					     .parent = sockets->table_count ? 0 : STRACE_NONE,
					     .fork_line = line,
					     .adopted = true,
					     .pid = pid,
				     }));
}

void strace_process_forked(struct strace_sockets *sockets, uint32_t parent, int64_t child,
                           bool thread, uint64_t line)
{
	uint32_t table = sockets->processes[parent].table;

	if (child <= 0 || process_there(sockets, child) != STRACE_NONE)
		return;
	if (!thread)
		table = add_table(sockets, (struct strace_table){ .parent = table,
		                                                  .fork_line = line,
		                                                  .pid = child });
	add_process(sockets, child, table);
}

void strace_process_gone(struct strace_sockets *sockets, uint32_t process)
{
	sockets->processes[process].gone = true;
}

/* ---- descriptors ---- */

static uint64_t descriptor_key(uint32_t table, int64_t descriptor)
{
	return (uint64_t)table << 32 | (uint64_t)descriptor;
}

/* The version of a table's own at that line; NULL if it has none. */
static const struct strace_version *own(const struct strace_sockets *sockets, uint32_t table,
                                        int64_t descriptor, uint64_t line)
{
	uint32_t *newest = find(&sockets->descriptors, descriptor_key(table, descriptor));
	uint32_t at = newest ? *newest - 1 : STRACE_NONE;

	for (int seen = 0; at != STRACE_NONE && seen < VERSIONS; seen++) {
		const struct strace_version *version = sockets->versions + at;

		if (version->line <= line)
			return version;
		at = version->before;
	}
	return NULL;
}

static uint32_t look_up(const struct strace_sockets *sockets, uint32_t table, int64_t descriptor,
                        uint64_t line)
{
	const struct strace_version *best = NULL;

	for (int seen = 0; table != STRACE_NONE && seen < GENERATIONS; seen++) {
		const struct strace_table *at = sockets->tables + table;
		const struct strace_version *version = own(sockets, table, descriptor, line);

		if (version && (!best || version->line > best->line))
			best = version;
		if (best && !at->adopted)
			break;
		if (!at->adopted && at->fork_line < line)
			line = at->fork_line;
		table = at->parent;
	}
	return best ? best->socket : STRACE_NONE;
}

void strace_socket_set(struct strace_sockets *sockets, uint32_t process, int64_t descriptor,
                       uint32_t socket, uint64_t line)
{
	uint64_t key = descriptor_key(sockets->processes[process].table, descriptor);
	uint32_t *newest = find(&sockets->descriptors, key);
	uint32_t before = newest ? *newest - 1 : STRACE_NONE;

	if (before != STRACE_NONE && sockets->versions[before].line > line)
		return;
	sockets->versions = mem_grow(sockets->versions, &sockets->version_capacity,
	                             sockets->version_count, sizeof(*sockets->versions));
	sockets->versions[sockets->version_count++] =
		(struct strace_version){ .line = line, .socket = socket, .before = before };
	put(&sockets->descriptors, key, (uint32_t)sockets->version_count);
}

/* ---- sockets ---- */

uint32_t strace_socket_add(struct strace_sockets *sockets, enum trace_transport transport,
                           int64_t inode)
{
	sockets->list =
		mem_grow(sockets->list, &sockets->capacity, sockets->count, sizeof(*sockets->list));
	sockets->inodes = mem_grow(sockets->inodes, &sockets->inode_capacity, sockets->count,
	                           sizeof(*sockets->inodes));
	sockets->list[sockets->count] =
		(struct strace_socket){ .transport = transport, .endpoint = UINT16_MAX };
	sockets->inodes[sockets->count] = inode;
	return (uint32_t)sockets->count++;
}

static uint64_t connection_key(const struct address *local, const struct address *remote)
{
	uint64_t key = 0xcbf29ce484222325u;
	const struct address *both[2] = { local, remote };

	for (int i = 0; i < 2; i++)
		for (size_t at = 0; at < sizeof(*local); at++)
			key = (key ^ ((const uint8_t *)both[i])[at]) * 0x100000001b3u;
	return key;
}

static bool has_port(const struct address *address)
{
	return address->family != ADDRESS_NONE && address->port;
}

static void remember_connection(struct strace_sockets *sockets, uint32_t id)
{
	const struct strace_socket *socket = sockets->list + id;

	if (has_port(&socket->local) && has_port(&socket->remote))
		put(&sockets->connections, connection_key(&socket->local, &socket->remote), id + 1);
}

void strace_socket_learn(struct strace_sockets *sockets, uint32_t id, const struct address *local,
                         const struct address *remote)
{
	struct strace_socket *socket = sockets->list + id;

	if (local->family != ADDRESS_NONE && (local->port || socket->local.family == ADDRESS_NONE))
		socket->local = *local;
	if (has_port(remote))
		socket->remote = *remote;
	remember_connection(sockets, id);
}

static bool agrees(const struct address *known, const struct address *tagged)
{
	return !has_port(known) || !has_port(tagged) || address_is_any(known) ||
	       address_equal(known, tagged) || known->port == tagged->port;
}

/* Whether the tag may be of that socket: what both say of it agrees. */
static bool is_tagged(const struct strace_sockets *sockets, uint32_t id,
                      const struct strace_tag *tag)
{
	const struct strace_socket *socket = sockets->list + id;

	if (tag->kind == STRACE_SOCKET || tag->inode)
		return !tag->inode || !sockets->inodes[id] || tag->inode == sockets->inodes[id];
	return (tag->kind == STRACE_UDP) == (socket->transport == TRANSPORT_UDP) &&
	       agrees(&socket->local, &tag->local) &&
	       (socket->transport == TRANSPORT_UDP ||
	        (agrees(&socket->remote, &tag->remote) &&
	         (!has_port(&socket->remote) || has_port(&tag->remote) || !has_port(&tag->local))));
}

static uint32_t by_connection(const struct strace_sockets *sockets, const struct strace_tag *tag)
{
	uint32_t *found;

	if (!has_port(&tag->local) || !has_port(&tag->remote))
		return STRACE_NONE;
	found = find(&sockets->connections, connection_key(&tag->local, &tag->remote));
	if (!found || !address_equal(&sockets->list[*found - 1].local, &tag->local) ||
	    !address_equal(&sockets->list[*found - 1].remote, &tag->remote))
		return STRACE_NONE;
	return *found - 1;
}

uint32_t strace_socket_of(struct strace_sockets *sockets, uint32_t process, int64_t descriptor,
                          const struct strace_tag *tag, uint64_t line)
{
	uint32_t id = look_up(sockets, sockets->processes[process].table, descriptor, line);

	if (tag->kind == STRACE_NO_TRAFFIC)
		return STRACE_NONE;
	if (id != STRACE_NONE && tag->kind != STRACE_UNTAGGED && !is_tagged(sockets, id, tag))
		id = STRACE_NONE;
	if (id == STRACE_NONE && tag->kind != STRACE_TCP && tag->kind != STRACE_UDP)
		return STRACE_NONE;
	if (id == STRACE_NONE) {
		id = by_connection(sockets, tag);
		if (id == STRACE_NONE)
			id = strace_socket_add(sockets,
			                       tag->kind == STRACE_UDP ? TRANSPORT_UDP
			                                               : TRANSPORT_TCP,
			                       tag->inode);
		strace_socket_set(sockets, process, descriptor, id, line);
	}
	if (tag->inode && !sockets->inodes[id])
		sockets->inodes[id] = tag->inode;
	strace_socket_learn(sockets, id, &tag->local, &tag->remote);
	return id;
}
