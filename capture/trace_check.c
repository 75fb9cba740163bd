#include "capture/trace_check.h"

#include <string.h>

static const struct {
	const char *bytes;
	size_t length;
	const char *what, *cure;
} kinds[] = {
	{ "\xd4\xc3\xb2\xa1", 4, "a pcap capture", "only Seam's own recordings (pcapng) open" },
	{ "\xa1\xb2\xc3\xd4", 4, "a pcap capture", "only Seam's own recordings (pcapng) open" },
	{ "\x4d\x3c\xb2\xa1", 4, "a pcap capture", "only Seam's own recordings (pcapng) open" },
	{ "\xa1\xb2\x3c\x4d", 4, "a pcap capture", "only Seam's own recordings (pcapng) open" },
	{ "\x1f\x8b", 2, "compressed with gzip", "unpack it with gunzip first" },
	{ "\x28\xb5\x2f\xfd", 4, "compressed with zstd", "unpack it with unzstd first" },
};

bool trace_is_pcapng(const uint8_t *bytes, size_t size)
{
	return size >= 4 && !memcmp(bytes, "\n\r\r\n", 4);
}

int trace_refuse_other(const uint8_t *bytes, size_t size, const char *name, struct err *err)
{
	if (!size)
		return err_input(err, "%s is empty: give a recording that seam run wrote", name);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (size >= kinds[i].length && !memcmp(bytes, kinds[i].bytes, kinds[i].length))
			return err_input(err, "%s is %s: %s", name, kinds[i].what, kinds[i].cure);
	}
	return err_input(err, "%s is not a recording (not pcapng): give one that seam run wrote",
	                 name);
}
