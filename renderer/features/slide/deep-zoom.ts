import type OpenSeadragon from 'openseadragon';
import type { SlideDetail } from '../../../preload/contract/slides.ts';
import type { Point, View } from './linked-view.ts';
import type { Rectangle } from './slide-viewer.svelte.ts';

export interface DeepZoomEvents {
  /** Something moved: what lies over the slide is to be drawn again. */
  readonly ondraw: () => void;
  readonly onopen: () => void;
}

/**
 * A slide in an element, moved and enlarged without seams. The library is loaded when the first slide is shown; its
 * names stay in here.
 */
export async function createDeepZoom(
  element: HTMLElement,
  detail: SlideDetail,
  mediaBase: string,
  { ondraw, onopen }: DeepZoomEvents,
) {
  const { default: library } = await import('openseadragon');
  keepStylesOut();
  const viewer = library({
    element,
    tileSources: sourceOf(detail, mediaBase) as unknown as OpenSeadragon.TileSource,
    drawer: 'canvas',
    showNavigationControl: false,
    showNavigator: true,
    navigatorPosition: 'TOP_RIGHT',
    ...navigatorSize(detail),
    navigatorAutoResize: false,
    navigatorBackground: '#eeecef',
    navigatorBorderColor: '#3b4345',
    navigatorDisplayRegionColor: '#5fcab7',
    visibilityRatio: 0.3,
    maxZoomPixelRatio: 4,
    // 10× stays 10× when the window or the stage changes.
    preserveImageSizeOnResize: true,
    imageLoaderLimit: 8,
    animationTime: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 0.35,
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
    // Keys belong to the viewer around it.
    keyboardNavEnabled: false,
  } as OpenSeadragon.Options);
  viewer.addHandler('update-viewport', ondraw);
  viewer.addHandler('open', onopen);
  const image = () => viewer.world.getItemAt(0) as OpenSeadragon.TiledImage | undefined;

  return {
    /** Pixels of the element of a place in pixels of level 0; null while the slide is not there. */
    toScreen: (x: number, y: number): Point | null =>
      image()?.imageToViewerElementCoordinates(new library.Point(x, y)) ?? null,
    toSlide: (x: number, y: number): Point | null =>
      image()?.viewerElementToImageCoordinates(new library.Point(x, y)) ?? null,
    /** What is shown at this moment; null while the slide is not there. */
    view(): View | null {
      const centre = image()?.viewportToImageCoordinates(viewer.viewport.getCenter(true));
      const scale = image()?.viewportToImageZoom(viewer.viewport.getZoom(true));
      return centre && scale
        ? { x: centre.x, y: centre.y, scale, degrees: viewer.viewport.getRotation(true) }
        : null;
    },
    /** Shows exactly that, at once. */
    setView({ x, y, scale, degrees }: View): void {
      const centre = image()?.imageToViewportCoordinates(x, y);
      const zoom = image()?.imageToViewportZoom(scale);
      if (!centre || !zoom) return;
      viewer.viewport.setRotation(degrees, true);
      viewer.viewport.zoomTo(zoom, undefined, true);
      viewer.viewport.panTo(centre, true);
    },
    /** µm per pixel of the screen; 0 while it is not known. */
    umPerPx(): number {
      const zoom = image()?.viewportToImageZoom(viewer.viewport.getZoom(true));
      return zoom && detail.mppX !== null ? detail.mppX / zoom : 0;
    },
    show({ x, y, w, h }: Rectangle, atOnce = false): void {
      const there = image()?.imageToViewportRectangle(x, y, w, h);
      if (there) viewer.viewport.fitBounds(there, atOnce);
    },
    /** Zooms to an objective: 10 × shows 1 µm per pixel. */
    toPower(objective: number): void {
      const zoom =
        detail.mppX === null ? undefined : image()?.imageToViewportZoom(detail.mppX / (10 / objective));
      if (zoom) viewer.viewport.zoomTo(zoom);
    },
    fit: (): void => void viewer.viewport.goHome(),
    zoomBy: (factor: number): void => void viewer.viewport.zoomBy(factor),
    /** By shares of what is seen. */
    panBy(x: number, y: number): void {
      const { width, height } = viewer.viewport.getBounds();
      const centre = viewer.viewport.getCenter();
      viewer.viewport.panTo(new library.Point(centre.x + x * width, centre.y + y * height));
    },
    rotateBy: (degrees: number): void => void viewer.viewport.rotateBy(degrees),
    /** The middle half of what is seen: a rectangle without a pointer. */
    middle(): Rectangle | null {
      const seen = image()?.viewportToImageRectangle(viewer.viewport.getBounds());
      if (!seen) return null;
      const { x, y, width, height } = seen;
      const left = Math.round(Math.max(0, x + width / 4));
      const top = Math.round(Math.max(0, y + height / 4));
      const w = Math.round(Math.min(width / 2, detail.width - left));
      const h = Math.round(Math.min(height / 2, detail.height - top));
      return w > 0 && h > 0 ? { x: left, y: top, w, h } : null;
    },
    destroy: (): void => viewer.destroy(),
  };
}
export type DeepZoom = Awaited<ReturnType<typeof createDeepZoom>>;

/** Of the overview: as the slide is shaped, and no larger than this. */
const MOST_NAVIGATOR = { width: 170, height: 130 };

function navigatorSize({ width, height }: SlideDetail) {
  const fit = Math.min(MOST_NAVIGATOR.width / width, MOST_NAVIGATOR.height / height);
  return {
    navigatorWidth: `${Math.max(24, Math.round(width * fit))}px`,
    navigatorHeight: `${Math.max(24, Math.round(height * fit))}px`,
  };
}

/** Levels as they are, coarsest first, whatever the steps between them. */
function sourceOf(detail: SlideDetail, mediaBase: string) {
  const levels = detail.levels.toReversed();
  const at = (level: number) => levels[level] ?? levels[0];
  return {
    width: detail.width,
    height: detail.height,
    tileSize: 256,
    minLevel: 0,
    maxLevel: levels.length - 1,
    getTileWidth: (level: number) => at(level)?.tilePx ?? 256,
    getTileHeight: (level: number) => at(level)?.tilePx ?? 256,
    // From the level's own size: by the scale of its width, a height that was rounded down needs a row that is not there.
    getNumTiles(level: number) {
      const { width = 1, height = 1, tilePx = 256 } = at(level) ?? {};
      return { x: Math.ceil(width / tilePx), y: Math.ceil(height / tilePx) };
    },
    getLevelScale: (level: number) => (at(level)?.width ?? detail.width) / detail.width,
    getTileUrl: (level: number, column: number, row: number) =>
      `${mediaBase}${detail.tileBase}/${levels.length - 1 - level}/${column}_${row}.jpg`,
  };
}

/**
 * The library would put a style sheet of its own into the page, which the content security policy refuses; it does not
 * where it finds an element of that name, and one of no known namespace styles nothing.
 */
function keepStylesOut(): void {
  if (document.querySelector('style[data-openseadragon-mobile-css]')) return;
  const empty = document.createElementNS('urn:nothing', 'style');
  empty.setAttribute('data-openseadragon-mobile-css', 'true');
  document.head.append(empty);
}
