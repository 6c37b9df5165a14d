// Where the nodes of a graph stand, which edges are drawn, and how. Places are [x, y] in pixels.

// Places on a circle, for nodes that lie nowhere in the picture.
export const onCircle = n => Array.from({ length: n }, (_, k) => [0.5 + 0.4 * Math.sin((2 * Math.PI * k) / n), 0.5 - 0.4 * Math.cos((2 * Math.PI * k) / n)]);

// Places as shares of the picture, drawn apart to fill the room from edge to edge; what is left stays left.
export function filling(shares) {
  const ends = [0, 1].map(axis => { const all = shares.map(place => place[axis]); return [Math.min(...all), Math.max(...all)]; });
  return shares.map(place => place.map((share, axis) => { const [low, high] = ends[axis]; return high - low < 0.05 ? share : (share - low) / (high - low); }));
}

// As near to where they belong as they can without covering one another: boxes of `wide` x `high` within the room.
export function spreadOut(wanted, { width, height, wide, high, rounds = 240 }) {
  const within = ([x, y]) => [Math.min(width - wide / 2, Math.max(wide / 2, x)), Math.min(height - high / 2, Math.max(high / 2, y))];
  const places = wanted.map(within);
  for (let round = 0; round < rounds; round += 1) {
    const pull = round < rounds / 2 ? 0.06 : 0;
    for (let i = 0; i < places.length; i += 1)
      for (let j = i + 1; j < places.length; j += 1) {
        const dx = places[j][0] - places[i][0], dy = places[j][1] - places[i][1];
        const overX = wide - Math.abs(dx), overY = high - Math.abs(dy);
        if (overX <= 0 || overY <= 0) continue;
        const axis = overX / wide < overY / high ? 0 : 1, step = (axis ? overY : overX) / 2 + 0.01;
        const way = ((axis ? dy : dx) || 1) > 0 ? 1 : -1;
        places[i][axis] -= way * step;
        places[j][axis] += way * step;
      }
    places.forEach((place, k) => {
      const [x, y] = [0, 1].map(axis => place[axis] + pull * (wanted[k][axis] - place[axis]));
      places[k] = within([x, y]);
    });
  }
  return places;
}

// Edges between nodes that are there, as strong as a share of the strongest; the strongest last, to lie on top.
export function edgesAbove(value, there, { share, reach }) {
  const found = [];
  for (const from of there)
    for (const to of there) {
      const number = value(from, to);
      if (from !== to && number !== 0 && Math.abs(number) >= share * reach) found.push({ from, to, value: number });
    }
  return found.sort((a, b) => Math.abs(a.value) - Math.abs(b.value));
}

// An edge from one node to another: a curve that bends to the left of its way, so that the way back lies beside it, and
// a head at its end. Both stop `radius` before the middle of a node.
export function arrow([x, y], [toX, toY], { radius, thick }) {
  const dx = toX - x, dy = toY - y, far = Math.hypot(dx, dy) || 1, bend = Math.min(46, 0.16 * far);
  const middle = [(x + toX) / 2 + (dy / far) * bend, (y + toY) / 2 - (dx / far) * bend];
  const towards = (from, length) => {
    const [a, b] = [middle[0] - from[0], middle[1] - from[1]], way = Math.hypot(a, b) || 1;
    return [from[0] + (a / way) * length, from[1] + (b / way) * length];
  };
  const long = 5.5 + 1.6 * thick, half = 2.6 + 1.05 * thick, start = towards([x, y], radius), tip = towards([toX, toY], radius), neck = towards([toX, toY], radius + long);
  const [a, b] = [(tip[0] - neck[0]) / long, (tip[1] - neck[1]) / long], said = point => point.map(number => number.toFixed(1)).join(" ");
  const sides = [[neck[0] - b * half, neck[1] + a * half], [neck[0] + b * half, neck[1] - a * half]];
  return { line: `M${said(start)}Q${said(middle)} ${said(neck)}`, head: `M${said(tip)}L${said(sides[0])}L${said(sides[1])}Z` };
}

// The nearest place in a direction, [1, 0] to the right and [0, 1] down; the same one where there is none.
export function nearestIn(places, from, [right, down]) {
  let best = from, least = Infinity;
  places.forEach(([x, y], k) => {
    const dx = x - places[from][0], dy = y - places[from][1], along = dx * right + dy * down, aside = Math.abs(dx * down) + Math.abs(dy * right);
    const cost = along + 2.5 * aside;
    if (k !== from && along > 0.5 && cost < least) [best, least] = [k, cost];
  });
  return best;
}
