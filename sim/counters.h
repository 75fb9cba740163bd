/*
 * The counters of a network namespace's kernel: /proc/net/netstat and /proc/net/snmp
 * (net/ipv4/proc.c, include/uapi/linux/snmp.h). A namespace of a run's own has no traffic but the
 * run's, so what rises in them is about the run alone.
 *
 *   TcpExt: SyncookiesSent DelayedACKs …
 *   TcpExt: 0 3 …
 */
#ifndef SEAM_SIM_COUNTERS_H
#define SEAM_SIM_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

#include "capture/arena.h"
#include "capture/recording.h"

struct counter {
	const char *name; /* "TcpExtDelayedACKs" */
	int64_t value;
};

/* Zeroed is empty. */
struct counters {
	struct counter *list; /* in the order of the files */
	size_t count, capacity;
	struct arena names;
};
void counters_finish(struct counters *counters);

/* ---- pure ---- */

/*
 * Appends what the text of such a file says. A line of names and the line of numbers behind it must
 * agree in group and count; what does not is passed over.
 */
void counters_parse(struct counters *counters, const char *text, size_t length);

/*
 * Appends to *rose those that are larger in after, by how much; one that before has not was 0
 * there. What goes up and down by its nature (TcpCurrEstab) or is a setting is no counter.
 */
void counters_compare(const struct counters *before, const struct counters *after,
                      struct counters *rose);

/* ---- a host, of the kernel ---- */

/* A network namespace that is watched. Its files tell of the namespace in which they were opened,
 * whichever thread reads them. */
struct counters_host {
	const char *name; /* "client", "server"; "lo" where one namespace is both */
	int netstat, snmp;
	struct counters begun;
};

/* Of the calling thread's namespace; name is lent. Where /proc cannot be read no counter ever
 * rises. */
void counters_open(struct counters_host *host, const char *name);
void counters_close(struct counters_host *host);
/* Counts from here. */
void counters_begin(struct counters_host *host);
/* Appends to *rose what rose since. Any thread, several at once. */
void counters_since(const struct counters_host *host, struct counters *rose);

/* mark and time_ns as in recording_add_counters(). */
void counters_record(const struct counters *rose, const char *host, uint32_t mark,
                     struct recording *recording, int64_t time_ns);

#endif
