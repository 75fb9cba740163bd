/*
 * The address of one end of a flow: IPv4 or IPv6 with a port, or a UNIX socket's name.
 */
#ifndef SEAM_CAPTURE_ADDRESS_H
#define SEAM_CAPTURE_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

enum address_family {
	ADDRESS_NONE,
	ADDRESS_IPV4,
	ADDRESS_IPV6,
	ADDRESS_UNIX,
};

/*
 * bytes holds an IPv4 address in its first 4 bytes, an IPv6 address, or the abstract name of a UNIX
 * socket without its leading NUL, padded with NULs. What is unused is zero, so that two addresses
 * compare as bytes.
 */
struct address {
	uint8_t bytes[16];
	uint16_t port;  /* host byte order; 0 for UNIX */
	uint8_t family; /* enum address_family */
	uint8_t zero;
};

#define ADDRESS_TEXT 64

/* "127.0.0.1:9000", "[::1]:9000", "@server", "-" for none. Returns out. */
char *address_text(char out[ADDRESS_TEXT], const struct address *address);
/* The reverse; false if text is none of these. Numbers only, no names are looked up. */
bool address_parse(const char *text, struct address *address);

bool address_equal(const struct address *a, const struct address *b);
/* 0.0.0.0 or ::, whatever the port: what an unconnected UDP socket calls itself. */
bool address_is_any(const struct address *address);

struct sockaddr_storage;
/* Fills *out and returns its length for bind(2) and connect(2). */
unsigned address_to_sockaddr(const struct address *address, struct sockaddr_storage *out);
/* From getsockname(2) and the like; ADDRESS_NONE for a family that Seam does not know. */
struct address address_from_sockaddr(const struct sockaddr_storage *in, unsigned length);

#endif
