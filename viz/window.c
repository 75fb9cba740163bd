#include "viz/window.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "capture/mem.h"
#include "viz/details.h"
#include "viz/font.h"
#include "viz/json_writer.h"
#include "viz/png.h"
#include "viz/raster.h"
#include "viz/sdl.h"
#include "viz/svg.h"
#include "viz/view.h"
#include "viz/window_input.h"

#define WIDTH_USUAL  1600
#define HEIGHT_USUAL 900
#define FRAME_NS     16666666 /* 60 a second at most */
#define STEP_MOST    0.1      /* seconds that a tick may make of a long pause */
#define SCALE_MOST   8

struct window {
	struct sdl sdl;
	SDL_Window *handle;
	uint16_t mods; /* of the last key that went down */
	uint32_t wake; /* type of the event that window_wake() pushes */
	struct window_calls calls;
	struct window_content content;
	double extra; /* scale on top of the display's own */
	double scale; /* both: pixels to a logical one, of the last frame */

	struct font *font;
	struct view view;
	struct view_targets targets;
	struct view_layout layout;
	struct details details;
	struct item
		detailed; /* what details are of; kept until it, the clock or the content changes */
	bool detailed_clock, has_details;
	struct scene scene;
	struct raster_image image;

	struct scene_loading loading; /* what is drawn; no name: nothing is */
	int64_t ask_ns;               /* when to ask again what is being read; 0: it need not be */

	bool dirty, closing;
	int64_t framed_ns, ticked_ns;
	double frame_ms; /* what the last one took */
	uint64_t frames;
};

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* ---- drawing ---- */

static struct view_model model_of(const struct window *window)
{
	return (struct view_model){ .timeline = window->content.timeline,
		                    .steps = window->content.steps,
		                    .targets = &window->targets,
		                    .layout = window->layout };
}

static void build_details(struct window *window)
{
	const struct details_options options = { .wall_clock = window->view.wall_clock };

	if (window->has_details && window->detailed_clock == options.wall_clock &&
	    item_equal(window->detailed, window->view.selected))
		return;
	window->has_details = true;
	window->detailed = window->view.selected;
	window->detailed_clock = options.wall_clock;
	details_build(&window->details, window->content.timeline, window->view.selected, &options);
}

/* The scene of the view as it is; targets and layout with it. */
static void build(struct window *window)
{
	struct view_model model = model_of(window);
	const struct scene_options options = {
		.font = window->font,
		.width = window->view.width,
		.height = window->view.height,
		.scale = window->scale,
		.light = window->view.light,
		.checks = window->content.checks,
		.check_count = window->content.check_count,
		.view = &window->view,
		.model = &model,
		.targets = &window->targets,
		.layout = &window->layout,
		.details = &window->details,
		.loading = window->loading.what ? &window->loading : NULL,
		.index = window->content.index,
	};

	build_details(window);
	scene_finish(&window->scene);
	scene_build(&window->scene, window->content.timeline, &options);
}

static unsigned apply(struct window *window, const struct view_input *input)
{
	const struct view_model model = model_of(window);
	unsigned result = view_apply(&window->view, &model, input);

	if (result & VIEW_CHANGED)
		window->dirty = true;
	return result;
}

/* The view gets the size of the surface, which the desktop may change at any time. */
static void fit(struct window *window, int pixels, int pixels_down)
{
	int units, units_down;
	double display;

	window->sdl.GetWindowSize(window->handle, &units, &units_down);
	display = units > 0 ? (double)pixels / units : 1;
	window->scale = display * window->extra;

	const struct view_input input = { .kind = VIEW_RESIZE,
		                          .x = fmax(1, floor(pixels / window->scale)),
		                          .y = fmax(1, floor(pixels_down / window->scale)) };

	if ((int)input.x != window->view.width || (int)input.y != window->view.height)
		apply(window, &input);
}

static int refused(const struct window *window, const char *what, struct err *err)
{
	return err_machine(err, "cannot draw the window: %s: %s", what, window->sdl.GetError());
}

/* The picture into the window's own pixels, which may lie otherwise. */
static int present(struct window *window, SDL_Surface *surface, struct err *err)
{
	const struct raster_image *image = &window->image;
	SDL_Surface *picture =
		window->sdl.CreateRGBSurfaceWithFormatFrom(image->pixels, image->width,
	                                                   image->height, 32, image->width * 4,
	                                                   SDL_PIXELFORMAT_RGBA32);
	int result;

	if (!picture)
		return refused(window, "no surface", err);
	window->sdl.SetSurfaceBlendMode(picture, SDL_BLENDMODE_NONE);
	result = window->sdl.UpperBlit(picture, NULL, surface, NULL) ||
	         window->sdl.UpdateWindowSurface(window->handle);
	window->sdl.FreeSurface(picture);
	return result ? refused(window, "nothing is shown", err) : 0;
}

static void tell_loading(struct buffer *json, const struct scene_loading *loading)
{
	struct json_writer writer = { .out = json };

	if (!loading->what)
		return;
	buffer_text(json, ", \"loading\": ");
	json_object(&writer, NULL);
	json_text(&writer, "what", loading->what);
	json_text(&writer, "stage", loading->stage);
	json_text(&writer, "then", loading->then ? loading->then : "");
	json_end(&writer);
}

static void tell(struct window *window)
{
	const struct view_model model = model_of(window);
	struct buffer json = { 0 };

	if (!window->calls.drawn)
		return;
	buffer_format(&json,
	              "{\"frame\": %llu, \"frame_ms\": %.2f, \"pixels\": [%d, %d], \"scale\": %g, "
	              "\"groups\": %zu, \"view\": ",
	              (unsigned long long)window->frames, window->frame_ms, window->image.width,
	              window->image.height, window->scale, window->content.timeline->group_count);
	view_dump(&json, &window->view, &model);
	tell_loading(&json, &window->loading);
	buffer_text(&json, "}\n");
	window->calls.drawn(window->calls.context, &json);
	buffer_finish(&json);
}

static int draw(struct window *window, struct err *err)
{
	SDL_Surface *surface = window->sdl.GetWindowSurface(window->handle);

	if (!surface)
		return refused(window, "it has no pixels", err);
	window->framed_ns = now_ns();
	fit(window, surface->w, surface->h);
	build(window);
	if (raster_draw(&window->scene, &window->image, err) != 0 ||
	    present(window, surface, err) != 0)
		return -1;
	window->dirty = false;
	window->frame_ms = (double)(now_ns() - window->framed_ns) / 1e6;
	window->frames++;
	tell(window);
	return 0;
}

/* ---- what input asks for ---- */

/* What is seen, as a file. */
static void save(struct window *window, bool svg)
{
	struct buffer bytes = { 0 }, said = { 0 };
	struct err err = { 0 };
	int result = 0;

	if (!window->calls.save)
		return;
	if (svg)
		svg_encode(&bytes, &window->scene, window->content.title);
	else
		result = png_encode(&bytes, &window->image, &err);
	if (result == 0)
		result = window->calls.save(window->calls.context, svg ? "svg" : "png", &bytes,
		                            &said, &err);
	window_say(window, "%s", result == 0 ? said.bytes : err.text);
	buffer_finish(&bytes);
	buffer_finish(&said);
}

static void copy(struct window *window)
{
	struct buffer text = { 0 };

	build_details(window);
	details_text(&text, &window->details);
	if (!text.length)
		window_say(window, "there is nothing to copy");
	else if (window->sdl.SetClipboardText(text.bytes) != 0)
		window_say(window, "cannot copy: %s", window->sdl.GetError());
	else
		window_say(window, "the description is on the clipboard");
	buffer_finish(&text);
}

static uint32_t group_meant(const struct view *view)
{
	return view->selected.kind != ITEM_NONE  ? view->selected.group
	       : view->hovered.kind != ITEM_NONE ? view->hovered.group
	                                         : 0;
}

static void carry_out(struct window *window, unsigned asked, const struct view_input *input)
{
	const struct window_calls *calls = &window->calls;

	if (asked & VIEW_QUIT)
		window->closing = true;
	if (asked & VIEW_SAVE)
		save(window, input->mods & VIEW_SHIFT);
	if (asked & VIEW_COPY)
		copy(window);
	if (asked & VIEW_WIRESHARK && calls->elsewhere)
		calls->elsewhere(calls->context, window, group_meant(&window->view));
	if (asked & VIEW_AGAIN && calls->again)
		calls->again(calls->context, window);
}

/* ---- events ---- */

static void take_window_event(struct window *window, const SDL_WindowEvent *event)
{
	switch (event->event) {
	case SDL_WINDOWEVENT_SIZE_CHANGED:
	case SDL_WINDOWEVENT_EXPOSED:
	case SDL_WINDOWEVENT_SHOWN: window->dirty = true; break;
	case SDL_WINDOWEVENT_CLOSE: window->closing = true; break;
	default: break;
	}
}

static void take(struct window *window, SDL_Event *event)
{
	const struct window_calls *calls = &window->calls;
	struct view_input input;

	if (event->type == SDL_KEYDOWN)
		window->mods = event->key.keysym.mod;

	const struct window_input from = { &window->sdl, window->extra, window->view.searching,
		                           window->mods };

	if (event->type == SDL_QUIT) {
		window->closing = true;
	} else if (event->type == SDL_WINDOWEVENT) {
		take_window_event(window, &event->window);
	} else if (event->type == SDL_DROPFILE) {
		if (calls->dropped && event->drop.file)
			calls->dropped(calls->context, window, event->drop.file);
		window->sdl.free(event->drop.file);
	} else if (event->type == window->wake) {
		if (calls->woken)
			calls->woken(calls->context, window);
	} else if (window_input(&from, event, &input)) {
		carry_out(window, apply(window, &input), &input);
	}
}

/* Whatever was called may have begun to read something, or ended it. */
static void ask_what_loads(struct window *window)
{
	const struct window_calls *calls = &window->calls;
	struct scene_loading loading = { 0 };
	int ms = calls->loading ? calls->loading(calls->context, &loading) : 0;

	if (loading.what || window->loading.what)
		window->dirty = true;
	window->loading = loading;
	window->ask_ns = ms ? now_ns() + ms * INT64_C(1000000) : 0;
}

/*
 * Waits for an event: for ever while nothing moves and all is drawn, else no longer than to the
 * next frame, or to the next look at what is being read. False if none came.
 */
static bool wait_for(struct window *window, SDL_Event *event)
{
	int64_t now = now_ns(), rest_ns = window->framed_ns + FRAME_NS - now;

	if (!window->dirty && !view_is_moving(&window->view)) {
		if (!window->ask_ns)
			return window->sdl.WaitEvent(event);
		rest_ns = window->ask_ns - now;
	}
	if (rest_ns <= 0)
		return window->sdl.PollEvent(event);
	return window->sdl.WaitEventTimeout(event, (int)(rest_ns / 1000000) + 1);
}

static void tick(struct window *window, bool was_moving)
{
	int64_t now = now_ns();
	double passed = (double)(now - window->ticked_ns) / 1e9;
	const struct view_input input = {
		.kind = VIEW_TICK,
		.amount = was_moving ? fmin(passed, STEP_MOST) : 0,
	};

	window->ticked_ns = now;
	if (was_moving)
		carry_out(window, apply(window, &input), &input);
}

int window_run(struct window *window, struct err *err)
{
	bool was_moving = false, asks = true;
	SDL_Event event;

	window->dirty = true;
	while (!window->closing) {
		bool came = wait_for(window, &event);

		while (came && !window->closing) {
			take(window, &event);
			came = window->sdl.PollEvent(&event);
			asks = true;
		}
		if (asks || (window->ask_ns && now_ns() >= window->ask_ns))
			ask_what_loads(window);
		asks = false;
		if (now_ns() - window->framed_ns < FRAME_NS - 1000000)
			continue;
		if (view_is_moving(&window->view) || was_moving)
			tick(window, was_moving);
		was_moving = view_is_moving(&window->view);
		if (window->dirty && !window->closing && draw(window, err) != 0)
			return -1;
	}
	return 0;
}

/* ---- content ---- */

/* The view shows all there is, as it does when it is opened. */
static bool shows_all(const struct window *window)
{
	const struct view *view = &window->view;
	struct view fresh;

	view_init(&fresh, window->content.timeline, view->width, view->height);
	return fabs(view->to_from_ns - fresh.from_ns) < fresh.span_ns / 1000 &&
	       fabs(view->to_span_ns - fresh.span_ns) < fresh.span_ns / 1000;
}

static void show_all(struct window *window)
{
	struct view *view = &window->view;
	struct view fresh;

	view_init(&fresh, window->content.timeline, view->width, view->height);
	view->from_ns = view->to_from_ns = fresh.from_ns;
	view->span_ns = view->to_span_ns = fresh.span_ns;
}

static void set_content(struct window *window, const struct window_content *content)
{
	window->content = *content;
	window->has_details = false;
	/* The targets of the last picture name items that may be gone. */
	window->targets.count = 0;
	window->sdl.SetWindowTitle(window->handle, content->title ? content->title : "Seam");
	window->dirty = true;
}

void window_show(struct window *window, const struct window_content *content)
{
	bool all = shows_all(window), first = !window->content.timeline->group_count;

	set_content(window, content);
	view_keep(&window->view, content->timeline);
	if (all)
		show_all(window);
	if (first)
		build(window); /* targets and layout, for --select and --at before it is drawn */
}

void window_say(struct window *window, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(window->view.message, sizeof(window->view.message), format, arguments);
	va_end(arguments);
	window->dirty = true;
}

void window_select(struct window *window, struct item item)
{
	const struct view_model model = model_of(window);

	view_select(&window->view, &model, item);
	window->dirty = true;
}

void window_set_cursor(struct window *window, int64_t ns)
{
	const struct view_model model = model_of(window);

	view_set_cursor(&window->view, &model, ns);
	window->dirty = true;
}

void window_end(struct window *window)
{
	window->closing = true;
}

void window_wake(struct window *window)
{
	SDL_Event event = { .type = window->wake };

	window->sdl.PushEvent(&event);
}

/* ---- opening ---- */

static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value && *value;
}

bool window_has_display(void)
{
	return is_set("DISPLAY") || is_set("WAYLAND_DISPLAY") || is_set("SDL_VIDEODRIVER");
}

/* X11 knows no scale of its own: desktops tell programs in the environment. */
static double desktop_scale(const char *driver)
{
	const char *text = getenv("GDK_SCALE");
	double scale = text ? strtod(text, NULL) : 1;

	if (!driver || strcmp(driver, "x11") != 0 || !(scale >= 1))
		return 1;
	return fmin(scale, SCALE_MOST);
}

static int start_sdl(struct window *window, struct err *err)
{
	const char *driver;

	if (sdl_load(&window->sdl, err) != 0)
		return -1;
	/* Nothing else: where neither answers, SDL would draw into memory and wait for ever. */
	window->sdl.SetHint(SDL_HINT_VIDEODRIVER,
	                    is_set("WAYLAND_DISPLAY") ? "x11,wayland" : "x11");
	sdl_outlive_errors();
	if (window->sdl.Init(SDL_INIT_VIDEO) != 0)
		return err_machine(err, "there is no display to open a window on (%s)",
		                   window->sdl.GetError());
	driver = window->sdl.GetCurrentVideoDriver();
	/* By default SDL puts a surface on X11 through software OpenGL: 14 to 19 ms for an empty
	 * frame of 1920 × 1080 instead of less than 1. Other drivers have no other way. */
	if (driver && !strcmp(driver, "x11"))
		window->sdl.SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
	if (!(window->extra > 0))
		window->extra = desktop_scale(driver);
	window->wake = window->sdl.RegisterEvents(1);
	window->sdl.EnableScreenSaver();
	return 0;
}

static int create(struct window *window, const struct window_options *options, struct err *err)
{
	double width = options->width > 0 ? options->width : WIDTH_USUAL;
	double height = options->height > 0 ? options->height : HEIGHT_USUAL;
	SDL_Rect screen;

	width *= window->extra;
	height *= window->extra;
	if (window->sdl.GetDisplayUsableBounds(0, &screen) == 0) {
		width = options->width > 0 ? width : fmin(width, screen.w);
		height = options->height > 0 ? height : fmin(height, screen.h);
	}
	window->handle = window->sdl.CreateWindow("Seam", SDL_WINDOWPOS_UNDEFINED,
	                                          SDL_WINDOWPOS_UNDEFINED, (int)width, (int)height,
	                                          SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
	if (!window->handle)
		return err_machine(err, "cannot open a window: %s", window->sdl.GetError());
	window->sdl.SetWindowMinimumSize(window->handle,
	                                 (int)fmin(width, VIEW_WIDTH_MIN * window->extra),
	                                 (int)fmin(height, VIEW_HEIGHT_MIN * window->extra));
	window->sdl.StartTextInput();
	return 0;
}

struct window *window_open(const struct window_options *options, const struct window_calls *calls,
                           const struct window_content *content, struct err *err)
{
	struct window *window = mem_alloc(1, sizeof(*window));
	int width, height;

	window->calls = *calls;
	window->extra = fmin(options->scale, SCALE_MOST);
	window->font = font_open(err);
	if (!window->font || start_sdl(window, err) != 0 || create(window, options, err) != 0) {
		window_close(window);
		return NULL;
	}
	window->sdl.GetWindowSize(window->handle, &width, &height);
	window->scale = window->extra;
	view_init(&window->view, content->timeline, (int)(width / window->extra),
	          (int)(height / window->extra));
	window->view.light = options->light;
	set_content(window, content);
	build(window); /* targets and layout, for what is selected before the first frame */
	return window;
}

void window_close(struct window *window)
{
	if (!window)
		return;
	if (window->handle)
		window->sdl.DestroyWindow(window->handle);
	if (window->sdl.Quit)
		window->sdl.Quit();
	scene_finish(&window->scene);
	raster_finish(&window->image);
	details_finish(&window->details);
	free(window->targets.list);
	font_close(window->font);
	free(window);
}
