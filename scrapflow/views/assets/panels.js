/** The panels over the map: one table, from which the page, the address and the buttons follow. */

import { shareView } from "./share.js";
import { evidenceView } from "./evidence.js";
import { aboutView, claimsView } from "./sheets.js";
import { tableView } from "./table.js";

/**
 * What each panel is, by its name in the address, and whether a run has anything to show in it.
 * @type {Record<string, {make: (app: App) => Part, has: (run: Run) => boolean}>}
 */
export const PANELS = {
	claims: { make: claimsView, has: (run) => run.claimed },
	evidence: { make: evidenceView, has: (run) => Boolean(run.evidence) },
	table: { make: tableView, has: () => true },
	share: { make: shareView, has: () => true },
	about: { make: aboutView, has: () => true },
};
