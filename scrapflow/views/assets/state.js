export function readHash(app) {}
export function writeHash(app) {}
