/* What folium's own markers and popups expect of the page, without the libraries it would load for them. */
"use strict";
(function (images) {
	// jQuery is used by folium's popups for one thing: to make elements of the user's own HTML
	window.$ =
		window.$ ||
		function (html) {
			const holder = document.createElement("template");
			holder.innerHTML = String(html).trim();
			return holder.content.children;
		};
	L.Icon.Default.imagePath = "";
	L.Icon.Default.mergeOptions({ iconUrl: images.icon, iconRetinaUrl: images.icon, shadowUrl: images.shadow });
	// pins of folium.Icon, without the icon font: the colour alone
	const colours = {
		red: "#d63e2a",
		darkred: "#a03336",
		orange: "#f69730",
		green: "#72b026",
		darkgreen: "#728224",
		blue: "#38aadd",
		purple: "#d252b9",
		darkpurple: "#5b396b",
		cadetblue: "#436978",
		black: "#303030",
		gray: "#575757",
		lightgray: "#a3a3a3",
		beige: "#ffcb92",
		pink: "#ff91ea",
		lightblue: "#8adaff",
		lightgreen: "#bbf970",
		lightred: "#ff8e7f",
		darkblue: "#0065a0",
		white: "#fbfbfb",
	};
	const pin = function (options) {
		const colour = colours[options.markerColor] || options.markerColor || colours.blue;
		const svg =
			'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 25 41"><path d="M12.5 40C9 30 1.5 22 1.5 13a11 11 0 0 1 22 0c0 9-7.5 17-11 27z" fill="' +
			encodeURIComponent(colour).replace(/%23/g, "#") +
			'" stroke="#fff" stroke-width="1.5"/><circle cx="12.5" cy="13" r="4.5" fill="#fff"/></svg>';
		return L.icon({
			iconUrl: "data:image/svg+xml," + encodeURIComponent(svg),
			iconSize: [25, 41],
			iconAnchor: [12, 41],
			popupAnchor: [1, -34],
		});
	};
	L.AwesomeMarkers = { icon: pin, Icon: pin };
});
