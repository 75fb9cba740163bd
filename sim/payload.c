/*
 * The bytes of a write. What is not spelled is only a length: the runner fills it with the write's
 * letter.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "capture/mem.h"
#include "sim/parsing.h"
#include "sim/scalar.h"

#define FILE_MAX (64u << 20)

static int keep(struct parsing *parsing, const struct node *node, struct payload *payload,
                uint8_t *bytes, uint64_t length)
{
	free(payload->bytes);
	payload->bytes = bytes;
	payload->length = length;
	parsing->spelled += length;
	if (parsing->spelled > SCENARIO_SPELLED_MAX)
		return node_error(node, parsing->err,
		                  "texts and files of more than 64 MiB together; write a size, "
		                  "`1 MiB`, and Seam fills it");
	return 0;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static int read_hex(struct parsing *parsing, const struct node *node, struct payload *payload)
{
	uint8_t *bytes;
	size_t length = 0;

	if (scalar_words(node, "hex", parsing->err))
		return -1;
	bytes = mem_alloc(node->length / 2 + 1, 1);
	for (size_t at = 0; at < node->length;) {
		if (node->text[at] == ' ' || node->text[at] == '\n') {
			at++;
			continue;
		}
		int high = digit(node->text[at]);
		int low = at + 1 < node->length ? digit(node->text[at + 1]) : -1;
		if (high < 0 || low < 0) {
			free(bytes);
			return node_error(node, parsing->err,
			                  "`hex` takes pairs of hexadecimal digits, `\"0a ff\"`; "
			                  "character %zu begins none",
			                  at + 1);
		}
		bytes[length++] = (uint8_t)(high << 4 | low);
		at += 2;
	}
	return keep(parsing, node, payload, bytes, length);
}

static int open_beneath(const char *folder, const char *path)
{
	/* O_NONBLOCK: a FIFO must not hang the open. */
	const struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
		                      .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
	int at = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd, saved;

	if (at < 0)
		return -1;
	fd = (int)syscall(SYS_openat2, at, path, &how, sizeof(how));
	saved = errno;
	close(at);
	errno = saved;
	return fd;
}

static int refuse_file(const struct node *node, struct err *err)
{
	char shown[NODE_SHOWN];

	node_shown(shown, node);
	if (errno == EXDEV)
		return node_error(node, err,
		                  "`file` %s lies outside the scenario's folder; only "
		                  "files in it and below are read",
		                  shown);
	if (errno == ENOSYS)
		return node_error(node, err,
		                  "`file` needs openat2(2), which this kernel lacks "
		                  "(Linux 5.6 has it)");
	return node_error(node, err, "opening `file` %s in the scenario's folder failed: %s", shown,
	                  strerror(errno));
}

static int read_open(struct parsing *parsing, const struct node *node, int fd,
                     struct payload *payload)
{
	char shown[NODE_SHOWN];
	struct stat stat;
	uint8_t *bytes;
	size_t length = 0, room;

	node_shown(shown, node);
	if (fstat(fd, &stat) || !S_ISREG(stat.st_mode))
		return node_error(node, parsing->err,
		                  "`file` %s is no regular file, and only those "
		                  "are read",
		                  shown);
	if (stat.st_size > (off_t)FILE_MAX)
		return node_error(node, parsing->err,
		                  "`file` %s is larger than 64 MiB, the most "
		                  "that is read",
		                  shown);
	room = (size_t)stat.st_size;
	bytes = mem_alloc(room + 1, 1);
	while (length < room) {
		ssize_t got = read(fd, bytes + length, room - length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			free(bytes);
			return node_error(node, parsing->err, "reading `file` %s failed: %s", shown,
			                  strerror(errno));
		}
		if (!got)
			break;
		length += (size_t)got;
	}
	return keep(parsing, node, payload, bytes, length);
}

static int read_file(struct parsing *parsing, const struct node *node, struct payload *payload)
{
	int fd, result;

	if (scalar_words(node, "file", parsing->err))
		return -1;
	if (!parsing->scenario->folder)
		return node_error(
			node, parsing->err,
			"`file` is not read for a scenario that comes without its folder, "
			"out of a recording or a pipe");
	fd = open_beneath(parsing->scenario->folder, node->text);
	if (fd < 0)
		return refuse_file(node, parsing->err);
	result = read_open(parsing, node, fd, payload);
	close(fd);
	return result;
}

static int read_mapping(struct parsing *parsing, const struct node *node, const char *call,
                        struct payload *payload)
{
	if (node->entry_count == 1 && node_get(node, "hex"))
		return read_hex(parsing, node_get(node, "hex"), payload);
	if (node->entry_count == 1 && node_get(node, "file"))
		return read_file(parsing, node_get(node, "file"), payload);
	return node_error(node, parsing->err,
	                  "bytes that are not plain are `%s: {hex: \"0a ff\"}` or `%s: {file: "
	                  "NAME}`, with that one key",
	                  call, call);
}

static int read_plain(struct parsing *parsing, const struct node *node, const char *call,
                      struct payload *payload)
{
	char shown[NODE_SHOWN];
	uint64_t number;
	const char *wrong;
	char first = node->text[0];

	node_shown(shown, node);
	if (!scalar_read_number(node->text, node->length, &number))
		return node_error(node, parsing->err,
		                  "`%s: %s`: bytes or text? write `%s B` or `\"%s\"`", call,
		                  node->text, node->text, node->text);
	wrong = scalar_read_size(node->text, node->length, false, &payload->length);
	if (wrong && ((first >= '0' && first <= '9') || first == '-'))
		return node_error(node, parsing->err,
		                  "`%s` cannot be %s: %s; if it is text, quote it", call, shown,
		                  wrong);
	if (wrong)
		return node_error(
			node, parsing->err,
			"%s is text, and text is always quoted: quote it; a size is `10 B`", shown);
	if (payload->length > SCENARIO_WRITE_MAX)
		return node_error(node, parsing->err, "`%s` cannot be %s: the most is 1 GiB", call,
		                  shown);
	return 0;
}

int payload_parse(struct parsing *parsing, const struct node *node, const char *call,
                  struct payload *payload)
{
	switch (node->kind) {
	case NODE_MAP: return read_mapping(parsing, node, call, payload);
	case NODE_LIST:
		return node_error(node, parsing->err,
		                  "`%s` takes one payload; `writev` and `sendmsg` take a list",
		                  call);
	case NODE_SCALAR: break;
	}
	if (node->quoted)
		return keep(parsing, node, payload, (uint8_t *)mem_copy(node->text, node->length),
		            node->length);
	if (node->block)
		return node_error(
			node, parsing->err,
			"a block of text: text to send is always quoted, quote it (\"\\n\" "
			"is a line's end)");
	if (!node->length)
		return node_error(
			node, parsing->err,
			"`%s` has nothing to write (to YAML, `#` begins a remark): if it is "
			"text, quote it; nothing at all is `0 B`",
			call);
	return read_plain(parsing, node, call, payload);
}

int payload_repeat(struct parsing *parsing, const struct node *node, const char *call,
                   struct payload *payload)
{
	uint64_t size, length = payload->length;
	uint8_t *bytes;

	if (!payload->bytes)
		return node_error(node, parsing->err,
		                  "`size` repeats a text up to it; `%s` has a size already", call);
	if (scalar_size(node, "size", true, SCENARIO_SPELLED_MAX, &size, parsing->err))
		return -1;
	if (!length && size)
		return node_error(node, parsing->err,
		                  "`size` repeats a text up to it, and this one "
		                  "is empty");
	bytes = mem_alloc(size + 1, 1);
	for (uint64_t at = 0; at < size; at += length)
		memcpy(bytes + at, payload->bytes, size - at < length ? size - at : length);
	return keep(parsing, node, payload, bytes, size);
}
