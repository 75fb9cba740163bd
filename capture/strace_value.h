/*
 * The arguments of a call as strace writes them: descriptors with their decorations, strings,
 * socket addresses, flags.
 */
#ifndef SEAM_CAPTURE_STRACE_VALUE_H
#define SEAM_CAPTURE_STRACE_VALUE_H

#include "capture/address.h"
#include "capture/strace_line.h"

enum strace_tag_kind {
	STRACE_UNTAGGED, /* without -y and -yy */
	STRACE_TCP,
	STRACE_UDP,
	STRACE_SOCKET,     /* -y: "socket:[INODE]", of some protocol */
	STRACE_NO_TRAFFIC, /* a file, a pipe, a socket of another family */
};

/* What -y and -yy say of a descriptor. */
struct strace_tag {
	enum strace_tag_kind kind;
	int64_t inode;                /* 0 unknown */
	struct address local, remote; /* ADDRESS_NONE unknown */
};

/*
 * "3", "3<TCP:[10.0.0.1:4000->10.0.0.2:80]>", "4<UDPv6:[[::1]:53]>", "5<TCP:[4328868]>",
 * "1</dev/pts/0<char 136:0>>". False if it begins with no number that a descriptor can have.
 */
bool strace_descriptor(struct slice text, int64_t *descriptor, struct strace_tag *tag);

/*
 * The string at the beginning of text ("ab\n", "ab"...): its bytes, at most max of them, into
 * bytes; returns how many. 0 if there is no string.
 */
size_t strace_string(struct slice text, uint8_t *bytes, size_t max);

/* {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("10.0.0.2")} and AF_INET6's; false
 * for any other. */
bool strace_address(struct slice text, struct address *address);

/* MSG_DONTWAIT|MSG_NOSIGNAL; what it does not know is left out. */
uint32_t strace_message_flags(struct slice text);

/* The errno of a name; 0 if there is none. */
int strace_errno(struct slice name);

/* [{iov_base="ab", iov_len=2}, …]: the bytes of all, at most max, and the sum of lengths. */
struct strace_vector {
	size_t kept;
	int64_t length;
};
struct strace_vector strace_vector(struct slice list, uint8_t *bytes, size_t max);

#endif
