#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "capture_fixture.h"

static void put_u8(struct buffer *out, unsigned value)
{
	buffer_char(out, (char)value);
}

static void put_u16(struct buffer *out, unsigned value)
{
	put_u8(out, value >> 8);
	put_u8(out, value & 255);
}

static void put_u32(struct buffer *out, uint32_t value)
{
	put_u16(out, value >> 16);
	put_u16(out, value & 0xffff);
}

static void put_options(struct buffer *out, const struct capture_tcp *tcp)
{
	if (tcp->mss) {
		put_u16(out, 0x0204);
		put_u16(out, tcp->mss);
	}
	if (tcp->sack) {
		put_u32(out, 0x0101050a);
		put_u32(out, tcp->acknowledgement + 10);
		put_u32(out, tcp->acknowledgement + 20);
	}
}

static void put_tcp(struct buffer *out, const struct capture_tcp *tcp)
{
	unsigned options = (tcp->mss ? 4u : 0) + (tcp->sack ? 12u : 0);

	put_u16(out, tcp->back ? 80 : 45000);
	put_u16(out, tcp->back ? 45000 : 80);
	put_u32(out, tcp->sequence);
	put_u32(out, tcp->acknowledgement);
	put_u8(out, (20 + options) / 4 << 4);
	put_u8(out, tcp->flags);
	put_u16(out, tcp->window == NO_WINDOW ? 0 : tcp->window ? tcp->window : 1000);
	put_u32(out, 0);
	put_options(out, tcp);
	for (uint32_t i = 0; i < tcp->length; i++)
		put_u8(out, tcp->fill ? (unsigned)tcp->fill : 'a' + (tcp->sequence + i) % 26);
}

void capture_ip(struct buffer *out, const struct capture_tcp *tcp)
{
	unsigned length = 20 + (tcp->mss ? 4u : 0) + (tcp->sack ? 12u : 0) + tcp->length;

	if (tcp->ipv6) {
		put_u32(out, 0x60000000);
		put_u16(out, length);
		put_u16(out, 6 << 8 | 64);
		for (int end = 0; end < 2; end++) {
			put_u32(out, 0xfd000000);
			put_u32(out, 0);
			put_u32(out, 0);
			put_u32(out, end == tcp->back ? 1 : 2);
		}
	} else {
		put_u16(out, 0x4500);
		put_u16(out, 20 + length > 0xffff ? 0 : 20 + length);
		put_u16(out, tcp->id);
		put_u16(out, 0x4000);
		put_u32(out, 64 << 24 | 6 << 16);
		put_u32(out, tcp->back ? 0x0a000002 : 0x0a000001);
		put_u32(out, tcp->back ? 0x0a000001 : 0x0a000002);
	}
	put_tcp(out, tcp);
}

static void put_link(struct buffer *out, uint16_t link_type, bool ipv6, uint32_t interface)
{
	unsigned ethertype = ipv6 ? 0x86dd : 0x0800;

	switch (link_type) {
	case LINK_ETHERNET:
		buffer_fill(out, 2, 12);
		put_u16(out, ethertype);
		break;
	case LINK_NULL: buffer_add(out, ipv6 ? "\x1e\0\0\0" : "\x02\0\0\0", 4); break;
	case LINK_LOOP: put_u32(out, ipv6 ? 24 : 2); break;
	case LINK_SLL:
		put_u16(out, 4);
		put_u16(out, 1);
		put_u16(out, 6);
		buffer_fill(out, 0, 8);
		put_u16(out, ethertype);
		break;
	case LINK_SLL2:
		put_u16(out, ethertype);
		put_u16(out, 0);
		put_u32(out, interface);
		put_u16(out, 1);
		put_u16(out, 0 << 8 | 6);
		buffer_fill(out, 0, 8);
		break;
	default: break;
	}
}

void capture_link(struct buffer *out, uint16_t link_type, bool ipv6)
{
	put_link(out, link_type, ipv6, 0);
}

static void word(struct capture_file *file, uint32_t value)
{
	value = file->swapped ? __builtin_bswap32(value) : value;
	buffer_add(&file->bytes, &value, sizeof(value));
}

void capture_begin(struct capture_file *file, uint16_t link_type)
{
	file->link_type = link_type;
	word(file, file->nano ? 0xa1b23c4d : 0xa1b2c3d4);
	word(file, file->swapped ? 2 << 16 | 4 : 4 << 16 | 2);
	word(file, 0);
	word(file, 0);
	word(file, 65535);
	word(file, link_type);
}

void capture_add_bytes(struct capture_file *file, int64_t time_ns, const void *bytes,
                       uint32_t captured, uint32_t length)
{
	word(file, (uint32_t)(time_ns / 1000000000));
	word(file, (uint32_t)(time_ns % 1000000000 / (file->nano ? 1 : 1000)));
	word(file, captured);
	word(file, length);
	buffer_add(&file->bytes, bytes, captured);
}

void capture_add(struct capture_file *file, int64_t time_ns, const struct capture_tcp *tcp)
{
	struct buffer packet = { 0 };

	put_link(&packet, file->link_type, tcp->ipv6, file->sll_interface);
	capture_ip(&packet, tcp);
	capture_add_bytes(file, time_ns, packet.bytes,
	                  tcp->captured ? tcp->captured : (uint32_t)packet.length,
	                  (uint32_t)packet.length);
	buffer_finish(&packet);
}

void capture_open(struct opened *opened, const void *bytes, size_t size)
{
	struct err err = { 0 };

	*opened = (struct opened){ .copy = malloc(size ? size : 1) };
	memcpy(opened->copy, bytes, size);
	if (trace_read(opened->copy, size, "file", &opened->trace, &err) < 0)
		fail_msg("%s", err.text);
	ledger_build(&opened->ledger, &opened->trace);
	opened->flow = opened->ledger.flow_count ? opened->ledger.flows : NULL;
}

void capture_close(struct opened *opened)
{
	ledger_finish(&opened->ledger);
	trace_close(&opened->trace);
	free(opened->copy);
}
