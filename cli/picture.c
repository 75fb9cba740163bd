#include "cli/picture.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "capture/quantity.h"
#include "cli/trust.h"
#include "sim/race.h"
#include "viz/font.h"
#include "viz/json.h"
#include "viz/png.h"
#include "viz/raster.h"
#include "viz/scene.h"
#include "viz/svg.h"
#include "viz/timeline.h"

/* Of a guess it is not known when it began, and of a log's call only to what strace takes. */
static bool is_of_others(const struct trace *trace)
{
	return trace->foreign || (trace->about.engine && !strcmp(trace->about.engine, "import"));
}

void picture_timeline(struct timeline *timeline, const struct ledger *const *ledgers, size_t count)
{
	timeline_build(timeline, ledgers, count);
	for (size_t i = 0; i < timeline->group_count; i++) {
		struct race race = race_margin(timeline->groups[i].ledger);

		if (race.applicable && !is_of_others(timeline->groups[i].trace))
			timeline->groups[i].race_margin_ns = race.margin_ns;
	}
}

void picture_text(struct buffer *out, const struct ledger *const *ledgers, size_t count,
                  const struct text_options *options, const struct summary_closing *closing)
{
	struct summary_closing lines = closing ? *closing : (struct summary_closing){ 0 };
	struct buffer repeatable = { 0 }, link = { 0 };
	struct timeline timeline;

	picture_timeline(&timeline, ledgers, count);
	text_render(out, &timeline, options);
	trust_repeatable(&repeatable, ledgers, count);
	lines.repeatable = repeatable.bytes;
	summary_link(&link, &timeline);
	lines.link = link.bytes;
	buffer_char(out, '\n');
	summary_closing(out, &lines, options);
	buffer_finish(&repeatable);
	buffer_finish(&link);
	timeline_finish(&timeline);
}

void picture_summary(struct buffer *out, const struct ledger *const *ledgers, size_t count,
                     const struct text_options *options)
{
	struct timeline timeline;

	picture_timeline(&timeline, ledgers, count);
	summary_flows(out, &timeline, options);
	timeline_finish(&timeline);
}

typedef int write_scene(struct buffer *out, const struct scene *scene, const char *title,
                        struct err *err);

static int write_png(struct buffer *out, const struct scene *scene, const char *title,
                     struct err *err)
{
	struct raster_image image = { 0 };
	int result = raster_render(scene, &image, err);

	(void)title;
	if (!result)
		result = png_encode(out, &image, err);
	raster_finish(&image);
	return result;
}

static int write_svg(struct buffer *out, const struct scene *scene, const char *title,
                     struct err *err)
{
	(void)err;
	svg_encode(out, scene, title);
	return 0;
}

static const char *title_of(const struct ledger *const *ledgers, size_t count)
{
	const struct trace_about *about = count ? &ledgers[0]->trace->about : NULL;

	return !about ? NULL : about->title && *about->title ? about->title : about->scenario;
}

static int draw(struct buffer *out, const struct ledger *const *ledgers, size_t count,
                const struct picture_options *options, write_scene *form, struct err *err)
{
	struct font *font = font_open(err);
	struct trust trust;
	struct timeline timeline;
	struct scene scene;
	int result;

	if (!font)
		return -1;
	trust_judge(&trust, ledgers, count);
	picture_timeline(&timeline, ledgers, count);
	const struct scene_options how = {
		.font = font,
		.width = options->width,
		.scale = options->scale,
		.light = options->light,
		.checks = trust.checks,
		.check_count = trust.count,
	};
	scene_build(&scene, &timeline, &how);
	timeline_finish(&timeline);
	result = form(out, &scene, title_of(ledgers, count), err);
	scene_finish(&scene);
	font_close(font);
	return result;
}

int picture_png(struct buffer *out, const struct ledger *const *ledgers, size_t count,
                const struct picture_options *options, struct err *err)
{
	return draw(out, ledgers, count, options, write_png, err);
}

int picture_svg(struct buffer *out, const struct ledger *const *ledgers, size_t count,
                const struct picture_options *options, struct err *err)
{
	return draw(out, ledgers, count, options, write_svg, err);
}

void picture_json(struct buffer *out, const struct ledger *ledger, bool pretty)
{
	struct race race = { 0 };

	if (!is_of_others(ledger->trace))
		race = race_margin(ledger);

	const struct json_race pair = { .flow = race.flow,
		                        .direction = race.direction,
		                        .write = race.write,
		                        .packet = race.packet,
		                        .ack_first = race.ack_first,
		                        .read = race.read };
	const struct json_options options = {
		.pretty = pretty,
		.race_margin_ns = race.applicable ? race.margin_ns : JSON_NO_MARGIN,
		.race = race.applicable ? &pair : NULL,
	};

	json_recording(out, ledger, &options);
}
