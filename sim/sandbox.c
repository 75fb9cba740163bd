/*
 * How a sandbox is entered, and what stops it:
 *
 *   unshare(CLONE_NEWUSER)   ENOSPC: user.max_user_namespaces is 0 or used up
 *                            EPERM: seccomp (container defaults),
 * kernel.unprivileged_userns_clone=0 (old Debian) uid_map, gid_map         EPERM: nested in a
 * namespace that does not map us unshare(CLONE_NEWNET)    EPERM after a user namespace was made:
 * AppArmor (Ubuntu ≥ 23.10) took its rights lo up, packet socket     EPERM likewise; EACCES from an
 * LSM
 */
#include "sim/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/link.h"

const char *sandbox_tier_text(enum sandbox_tier tier)
{
	switch (tier) {
	case SANDBOX_USER: return "user namespace";
	case SANDBOX_ROOT: return "network namespace";
	case SANDBOX_HOST: return "host loopback";
	case SANDBOX_TIER_COUNT: break;
	}
	return "?";
}

/* The number in a file of /proc/sys; -1 if it is not there. */
static long read_number(const char *path)
{
	FILE *file = fopen(path, "re");
	long number = -1;

	if (!file)
		return -1;
	if (fscanf(file, "%ld", &number) != 1)
		number = -1;
	fclose(file);
	return number;
}

static const char *user_namespace_remedy(int error)
{
	if (error == ENOSPC || read_number("/proc/sys/user/max_user_namespaces") == 0)
		return "allow user namespaces: sysctl user.max_user_namespaces=10000";
	if (read_number("/proc/sys/kernel/unprivileged_userns_clone") == 0)
		return "allow them to users: sysctl kernel.unprivileged_userns_clone=1";
	if (read_number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1)
		return "AppArmor restricts user namespaces: sysctl kernel.apparmor_restrict_unprivileged_userns=0";
	if (error == ENOSYS || error == EINVAL)
		return "this kernel is built without user namespaces (CONFIG_USER_NS)";
	return "in a container, let it make namespaces: docker run --security-opt seccomp=unconfined "
	       "--security-opt apparmor=unconfined --cap-add SYS_ADMIN --cap-add NET_ADMIN --cap-add NET_RAW";
}

static const char *remedy_for(enum sandbox_tier tier, int error)
{
	switch (tier) {
	case SANDBOX_USER: return user_namespace_remedy(error);
	case SANDBOX_ROOT: return "run it as root, or allow user namespaces";
	case SANDBOX_HOST:
		return "give the program the right to capture: sudo setcap cap_net_raw+ep $(which seam)";
	case SANDBOX_TIER_COUNT: break;
	}
	return "";
}

static int refuse(enum sandbox_tier tier, const char *step, struct sandbox_refusal *refusal)
{
	refusal->error = errno;
	snprintf(refusal->step, sizeof(refusal->step), "%s", step);
	snprintf(refusal->remedy, sizeof(refusal->remedy), "%s", remedy_for(tier, refusal->error));
	return -1;
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t length = (ssize_t)strlen(text);

	if (fd < 0)
		return -1;
	ssize_t written = write(fd, text, (size_t)length);
	int saved = errno;

	close(fd);
	errno = saved;
	return written == length ? 0 : -1;
}

/* Maps the caller to root of its new namespace. */
static int map_user(unsigned uid, unsigned gid, const char **step)
{
	char map[64];

	*step = "writing /proc/self/setgroups";
	if (write_file("/proc/self/setgroups", "deny") != 0 && errno != ENOENT)
		return -1;
	snprintf(map, sizeof(map), "0 %u 1", uid);
	*step = "writing /proc/self/uid_map";
	if (write_file("/proc/self/uid_map", map) != 0)
		return -1;
	snprintf(map, sizeof(map), "0 %u 1", gid);
	*step = "writing /proc/self/gid_map";
	return write_file("/proc/self/gid_map", map);
}

/*
 * A packet socket of no protocol sees nothing. It is left open for as long as the process lives:
 * closing one costs the kernel a grace period (packet_release, synchronize_net), 9 ms here.
 */
static int can_capture(void)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	/* cppcheck-suppress resourceLeak ; on purpose, see above */
	return fd < 0 ? -1 : 0;
}

int sandbox_enter(enum sandbox_tier tier, struct sandbox_refusal *refusal)
{
	unsigned uid = getuid(), gid = getgid();
	const char *step;

	*refusal = (struct sandbox_refusal){ 0 };
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (tier == SANDBOX_USER) {
		if (unshare(CLONE_NEWUSER) != 0)
			return refuse(tier, "unshare(CLONE_NEWUSER)", refusal);
		if (map_user(uid, gid, &step) != 0)
			return refuse(tier, step, refusal);
	}
	if (tier != SANDBOX_HOST) {
		if (unshare(CLONE_NEWNET) != 0)
			return refuse(tier, "unshare(CLONE_NEWNET)", refusal);
		if (link_bring_up("lo") != 0)
			return refuse(tier, "bringing lo up", refusal);
	}
	if (can_capture() != 0)
		return refuse(tier, "opening a packet socket", refusal);
	return 0;
}

int sandbox_probe(enum sandbox_tier tier, struct sandbox_refusal *refusal)
{
	int pipe_fds[2], status = -1;
	pid_t child;

	*refusal = (struct sandbox_refusal){ 0 };
	if (pipe2(pipe_fds, O_CLOEXEC) != 0)
		return refuse(tier, "pipe2", refusal);
	child = fork();
	if (child < 0) {
		refuse(tier, "fork", refusal);
	} else if (child == 0) {
		struct sandbox_refusal met;
		int result = sandbox_enter(tier, &met);

		if (write(pipe_fds[1], &met, sizeof(met)) != (ssize_t)sizeof(met))
			_exit(2);
		_exit(result == 0 ? 0 : 1);
	}
	close(pipe_fds[1]);
	if (child > 0) {
		if (read(pipe_fds[0], refusal, sizeof(*refusal)) != (ssize_t)sizeof(*refusal)) {
			errno = ECHILD;
			refuse(tier, "the probe, which died", refusal);
		}
		while (waitpid(child, &status, 0) < 0 && errno == EINTR)
			;
	}
	close(pipe_fds[0]);
	return refusal->step[0] ? -1 : 0;
}

int sandbox_die_with_parent(int parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* It may have died between fork() and prctl(). */
	return getppid() == parent ? 0 : -1;
}

int sandbox_refused(const struct sandbox_refusal refusals[SANDBOX_TIER_COUNT], struct err *err)
{
	const struct sandbox_refusal *user = &refusals[SANDBOX_USER],
				     *host = &refusals[SANDBOX_HOST];

	return err_machine(
		err,
		"this machine allows neither namespaces nor capturing: %s: %s; %s: %s. To change that, %s. "
		"`seam doctor` says more",
		user->step, strerror(user->error), host->step, strerror(host->error), user->remedy);
}
