/*
 * Namespaces without root: where a run happens. A tier is tried in a freshly forked,
 * single-threaded child, because a failed attempt can leave the process in a user namespace that it
 * cannot leave again.
 */
#ifndef SEAM_SIM_SANDBOX_H
#define SEAM_SIM_SANDBOX_H

#include "capture/err.h"

/* Best first; each run says which it used. */
enum sandbox_tier {
	SANDBOX_USER, /* its own user and network namespaces */
	SANDBOX_ROOT, /* root, with its own network namespace */
	SANDBOX_HOST, /* CAP_NET_RAW on the host's lo, where nothing is configured */
	SANDBOX_TIER_COUNT,
};

/* "user namespace", "network namespace", "host loopback": how recordings and doctor name them. */
const char *sandbox_tier_text(enum sandbox_tier tier);

/* The step that a machine refused, its errno, and the setting that changes it. */
struct sandbox_refusal {
	char step[64]; /* "unshare(CLONE_NEWUSER)"; "" if nothing was refused */
	int error;
	char remedy[256];
};

/*
 * Puts the calling process into the tier and proves, step by step, that it can do there what a run
 * needs: bring lo up (not on the host) and open a packet socket. 0, or -1 with the refusal; then
 * the process should exit.
 */
int sandbox_enter(enum sandbox_tier tier, struct sandbox_refusal *refusal);

/*
 * Tries one tier in a child of its own and says what it met. 0 if it works. Blocks for some ms. For
 * `seam doctor`.
 */
int sandbox_probe(enum sandbox_tier tier, struct sandbox_refusal *refusal);

/*
 * Makes the calling process, a child, die when the thread that forked it ends. parent is the
 * parent's pid as seen before fork(); -1 if the parent was gone already.
 */
int sandbox_die_with_parent(int parent);

/* One sentence for all three refusals, with the nearest remedy. */
int sandbox_refused(const struct sandbox_refusal refusals[SANDBOX_TIER_COUNT], struct err *err);

#endif
