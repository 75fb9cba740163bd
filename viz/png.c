#include "viz/png.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "capture/buffer.h"
#include "capture/mem.h"
#include "viz/deflate.h"

/* stb's own deflate takes 155 ms for a 1080p picture and leaves a larger file. */
static unsigned char *deflate_fast(unsigned char *data, int length, int *out_length, int quality)
{
	size_t size = 0;
	uint8_t *out = deflate_parallel(data, (size_t)length, &size);

	(void)quality;
	if (out && size > INT_MAX) {
		free(out);
		return NULL;
	}
	*out_length = (int)size;
	return out;
}

static unsigned checksum(unsigned char *data, int length)
{
	return (unsigned)crc32(0, data, (uInt)length);
}

#define STBIW_ZLIB_COMPRESS deflate_fast
#define STBIW_CRC32         checksum
#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function" /* its other file formats */
#include <stb/stb_image_write.h>
#pragma GCC diagnostic pop

static uint8_t *without_alpha(const struct raster_image *image)
{
	size_t count = (size_t)image->width * (size_t)image->height;
	uint8_t *rgb = mem_alloc(count, 3), *out = rgb;
	const uint8_t *in = image->pixels;

	for (size_t i = 0; i < count; i++, in += 4, out += 3) {
		out[0] = in[0];
		out[1] = in[1];
		out[2] = in[2];
	}
	return rgb;
}

static int write_all(int fd, const unsigned char *bytes, size_t length)
{
	for (size_t done = 0; done < length;) {
		ssize_t n = write(fd, bytes + done, length - done);

		if (n < 0 && errno != EINTR)
			return -1;
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int refuse(struct err *err, const char *path, int error)
{
	const char *what = error == ENOSPC || error == EDQUOT ? "; free some space"
	                   : error == ENOENT                  ? "; make its folder first"
	                   : error == EACCES || error == EROFS
	                           ? "; choose a folder that you may write to"
	                           : "";

	return err_machine(err, "cannot write the picture %s: %s%s", path, strerror(error), what);
}

/* Bytes under a temporary name, then renamed. */
static int save(const char *path, const unsigned char *bytes, size_t length, struct err *err)
{
	struct buffer name = { 0 };
	mode_t mask;
	int fd, error = 0;

	buffer_format(&name, "%s.XXXXXX", path);
	fd = mkostemp(name.bytes, O_CLOEXEC);
	if (fd < 0) {
		error = errno;
		goto out;
	}
	mask = umask(0);
	umask(mask);
	if (write_all(fd, bytes, length) || fchmod(fd, 0666 & ~mask))
		error = errno;
	if (close(fd) && !error)
		error = errno;
	if (!error && rename(name.bytes, path))
		error = errno;
	if (error)
		unlink(name.bytes);
out:
	buffer_finish(&name);
	return error ? refuse(err, path, error) : 0;
}

int png_encode(struct buffer *out, const struct raster_image *image, struct err *err)
{
	uint8_t *rgb = without_alpha(image);
	unsigned char *png;
	int length = 0;

	stbi_write_force_png_filter = 0;
	png = stbi_write_png_to_mem(rgb, image->width * 3, image->width, image->height, 3, &length);
	free(rgb);
	if (!png)
		return err_machine(err, "cannot write the picture: %d × %d pixels are too many",
		                   image->width, image->height);
	buffer_add(out, png, (size_t)length);
	free(png);
	return 0;
}

int png_write(const char *path, const struct raster_image *image, struct err *err)
{
	struct buffer png = { 0 };
	int result = png_encode(&png, image, err);

	if (!result)
		result = save(path, (const unsigned char *)png.bytes, png.length, err);
	buffer_finish(&png);
	return result;
}
