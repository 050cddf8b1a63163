export function mountLines(map, data) {}
