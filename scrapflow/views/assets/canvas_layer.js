/** A canvas that Leaflet moves and zooms like its own layers, redrawn when the view has come to rest. */

/**
 * @param {any} L Leaflet
 * @param {(ctx: CanvasRenderingContext2D, view: any) => void} draw
 * @param {{pane?: string, padding?: number, className?: string}} [options]
 */
export function canvasLayer(L, draw, options = {}) {
	const Canvas = L.Renderer.extend({
		options: { padding: 0.12, ...options },
		_initContainer() {
			this._container = document.createElement("canvas");
			this._container.className = options.className || "";
			this._container.setAttribute("aria-hidden", "true");
		},
		_destroyContainer() {
			L.DomUtil.remove(this._container);
			delete this._container;
		},
		_updatePaths() {},
		_update() {
			if (this._map._animatingZoom && this._bounds) return;
			L.Renderer.prototype._update.call(this);
			const size = this._bounds.getSize();
			const ratio = Math.min(2, window.devicePixelRatio || 1);
			L.DomUtil.setPosition(this._container, this._bounds.min);
			this._container.width = Math.round(size.x * ratio);
			this._container.height = Math.round(size.y * ratio);
			this._container.style.width = size.x + "px";
			this._container.style.height = size.y + "px";
			this.redraw();
		},
		view() {
			const map = this._map;
			const size = this._bounds.getSize();
			const origin = map.getPixelOrigin().add(this._bounds.min);
			const inner = this._map.getSize();
			const corner = map.containerPointToLayerPoint([0, 0]).subtract(this._bounds.min);
			return {
				zoom: map.getZoom(),
				scale: 256 * map.getZoomScale(map.getZoom(), 0),
				ox: origin.x,
				oy: origin.y,
				width: size.x,
				height: size.y,
				inner: [corner.x, corner.y, corner.x + inner.x, corner.y + inner.y],
			};
		},
		redraw() {
			if (!this._map || !this._bounds) return;
			const ratio = Math.min(2, window.devicePixelRatio || 1);
			const ctx = this._container.getContext("2d");
			ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
			ctx.clearRect(0, 0, this._container.width, this._container.height);
			draw(ctx, this.view());
		},
		/** Point of a mouse event in the canvas' own pixels. */
		point(event) {
			return this._map.containerPointToLayerPoint(event.containerPoint).subtract(this._bounds.min);
		},
	});
	return new Canvas();
}
