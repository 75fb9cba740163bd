/*
 * What has not happened yet at the cursor is faint: its commands get colours that are mixed with
 * the ground, opaque, so that nothing has to be blended. An item that is happening is drawn twice,
 * clipped at the cursor.
 */
#include <math.h>
#include <string.h>

#include "capture/mem.h"
#include "viz/scene_view.h"

#define FAINT 87u /* of 256: 34 % */

static uint32_t faint(uint32_t colour, uint32_t ground)
{
	uint32_t mixed = 0;

	for (unsigned shift = 0; shift < 24; shift += 8) {
		uint32_t a = colour >> shift & 0xff, b = ground >> shift & 0xff;

		mixed |= (a * FAINT + b * (256 - FAINT)) / 256 << shift;
	}
	return mixed;
}

static void fade(const struct page *page, struct scene_command *commands, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct scene_command *command = &commands[i];
		bool wire = command->kind == SCENE_BAND || command->kind == SCENE_LINE ||
		            command->kind == SCENE_ARROW;
		uint32_t ground = draw_colour(&page->draw, wire ? THEME_BACKGROUND : THEME_LANE);

		command->colour = faint(command->colour, ground);
		command->other = faint(command->other, ground);
	}
}

size_t scene_mark(const struct page *page)
{
	return page->draw.scene->count;
}

/* The commands since mark once more, behind them. */
static void draw_again(struct page *page, size_t mark)
{
	struct scene *scene = page->draw.scene;
	size_t count = scene->count - mark;

	for (size_t i = 0; i < count; i++) {
		scene->commands = mem_grow(scene->commands, &scene->capacity, scene->count,
		                           sizeof(*scene->commands));
		scene->commands[scene->count++] = scene->commands[mark + i];
	}
}

/* The last command moves to mark, those between behind it. */
static void move_to(struct page *page, size_t mark)
{
	struct scene *scene = page->draw.scene;
	struct scene_command last = scene->commands[scene->count - 1];

	memmove(&scene->commands[mark + 1], &scene->commands[mark],
	        (scene->count - 1 - mark) * sizeof(last));
	scene->commands[mark] = last;
}

static void happens_now(struct page *page, size_t mark)
{
	struct scene_window *window = page->window;
	const struct draw_box clip = window->clip;
	double x = draw_snap(&page->draw, window->cursor_x), right = clip.x + clip.w;
	size_t faint_from = page->draw.scene->count;

	draw_again(page, mark);
	fade(page, &page->draw.scene->commands[faint_from], page->draw.scene->count - faint_from);
	draw_clip(&page->draw, (struct draw_box){ x, clip.y, right - x, clip.h });
	move_to(page, faint_from);
	draw_clip(&page->draw, (struct draw_box){ clip.x, clip.y, x - clip.x, clip.h });
	move_to(page, mark);
	draw_clip(&page->draw, clip);
}

void scene_happens(struct page *page, size_t mark, int64_t from_ns, int64_t to_ns)
{
	const struct scene_window *window = page->window;
	struct scene *scene = page->draw.scene;
	double left, right;

	if (!window || !window->has_cursor || to_ns <= window->view->cursor_ns ||
	    mark == scene->count)
		return;
	left = window->clip.x;
	right = left + window->clip.w;
	if (from_ns > window->view->cursor_ns || window->cursor_x <= left + 1)
		fade(page, &scene->commands[mark], scene->count - mark);
	else if (window->cursor_x < right - 1)
		happens_now(page, mark);
}
