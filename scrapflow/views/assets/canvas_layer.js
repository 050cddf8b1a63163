/** A canvas that Leaflet moves and zooms like its own layers, redrawn when the view has come to rest. */

/**
 * @param {any} L Leaflet
 * @param {(ctx: CanvasRenderingContext2D, view: any) => void} draw
 * @param {{pane?: string, padding?: number, className?: string}} [options]
 */
export function canvasLayer(L, draw, options = {}) {
	const Canvas = L.Canvas.extend({
		options: { padding: 0.12, ...options },
		_initContainer() {
			this._container = L.DomUtil.create("canvas", options.className || "");
			this._container.setAttribute("aria-hidden", "true");
			this._ctx = this._container.getContext("2d");
		},
		_updatePaths() {},
		_update() {
			L.Canvas.prototype._update.call(this);
			if (!this._map._animatingZoom) this.redraw();
		},
		view() {
			const map = this._map;
			const zoom = map.getZoom();
			const size = this._bounds.getSize();
			const origin = map.getPixelOrigin().add(this._bounds.min);
			const inner = map.getSize();
			const corner = map.containerPointToLayerPoint([0, 0]).subtract(this._bounds.min);
			return {
				zoom,
				scale: 256 * map.getZoomScale(zoom, 0),
				ox: origin.x,
				oy: origin.y,
				width: size.x,
				height: size.y,
				inner: [corner.x, corner.y, corner.x + inner.x, corner.y + inner.y],
			};
		},
		redraw() {
			if (!this._map || !this._bounds) return;
			const { width, height } = this._container;
			const ratio = width / this._bounds.getSize().x;
			this._ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
			this._ctx.clearRect(0, 0, width, height);
			draw(this._ctx, this.view());
		},
		/** Point of a mouse event in the canvas' own pixels. */
		point(/** @type {LeafletMouse} */ event) {
			return this._map.containerPointToLayerPoint(event.containerPoint).subtract(this._bounds.min);
		},
	});
	return new Canvas();
}
