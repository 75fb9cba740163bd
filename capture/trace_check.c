#include "capture/trace_check.h"

#include <string.h>

#include "capture/trace_load.h"
#include "capture/unpack.h"

/* What people have instead, and what turns it into a capture. */
static const struct {
	const char *bytes;
	size_t length;
	const char *what, *cure;
} kinds[] = {
	{ "snoop\0\0\0", 8, "a snoop capture", "editcap -F pcapng turns it into one that opens" },
	{ "\x7f"
	  "ELF",
	  4, "a program", "give a capture (pcapng, pcap) or a recording" },
	{ "BZh", 3, "compressed with bzip2", "unpack it with bunzip2 first" },
	{ "\xfd"
	  "7zXZ",
	  5, "compressed with xz", "unpack it with unxz first" },
	{ "PK\3\4", 4, "a ZIP archive", "unpack it with unzip first" },
};

/* The first word of what libpcap 1.10 reads (sf-pcap.c), in either byte order. */
static const uint32_t magics[] = { 0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34, 0xa1e2cb12, 0xa1b234cd };

bool trace_is_pcapng(const uint8_t *bytes, size_t size)
{
	return size >= 4 && !memcmp(bytes, "\n\r\r\n", 4);
}

bool trace_may_be_pcap(const uint8_t *bytes, size_t size)
{
	uint32_t first;

	if (size < sizeof(first))
		return false;
	memcpy(&first, bytes, sizeof(first));
	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++) {
		if (first == magics[i] || first == __builtin_bswap32(magics[i]))
			return true;
	}
	return false;
}

bool trace_may_be(const uint8_t *bytes, size_t size)
{
	return trace_is_pcapng(bytes, size) || trace_may_be_pcap(bytes, size) ||
	       unpack_is_packed(bytes, size);
}

int trace_refuse_other(const uint8_t *bytes, size_t size, const char *name, struct err *err)
{
	if (!size)
		return err_input(err,
		                 "%s is empty: give a recording of seam run, or a capture "
		                 "(pcapng, pcap)",
		                 name);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (size >= kinds[i].length && !memcmp(bytes, kinds[i].bytes, kinds[i].length))
			return err_input(err, "%s is %s: %s", name, kinds[i].what, kinds[i].cure);
	}
	if (trace_may_be_pcap(bytes, size))
		return err_input(err,
		                 "%s is cut or damaged within its first bytes: nothing in it can "
		                 "be shown, get it again",
		                 name);
	return err_input(err,
	                 "%s is no capture (neither pcapng nor pcap): give one, or a recording "
	                 "of seam run",
	                 name);
}
