/** What the map's script finds in its page: Leaflet, and the handles that it leaves on its own elements. */
declare const L: any;
interface Element {
  scrapflow?: any;
  scrapflowLines?: any;
}

interface Uint8ArrayConstructor {
  fromBase64?(text: string): Uint8Array;
}
