// Draws the map: all ports in 256 rows of 256, coloured by their use.

const SIDE = 256;
const ZOOMS = [1, 2, 4, 8, 16, 32];
// The least widths of a cell, in CSS pixels, for lines around it and for text in it.
const GRID_WIDTH = 5, TEXT_WIDTH = 40;

class PortMap {
  // Calls `show` with the port under the pointer or the cursor, and `open` with a port that the
  // user chooses. Draws on `canvas`. `frame` gets the focus and determines the size.
  constructor(registry, frame, canvas, {show, open}) {
    Object.assign(this, {registry, frame, canvas, show, open});
    this.zoom = 0;
    this.left = this.top = 0;
    this.cursor = 0;
    this.base = document.createElement('canvas');
    this.base.width = this.base.height = SIDE;
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(frame);
    this.scheme = matchMedia('(prefers-color-scheme: dark)');
    this.repaint = () => { this.paint(); this.draw(); };
    this.scheme.addEventListener('change', this.repaint);
    this.listen();
  }

  // Stops observing the frame and the colour scheme. The map must not be used afterwards.
  close() {
    this.observer.disconnect();
    this.scheme.removeEventListener('change', this.repaint);
  }

  get visible() { return SIDE / ZOOMS[this.zoom]; }

  // Paints one pixel for each port.
  paint() {
    const style = getComputedStyle(this.frame);
    const colours = this.registry.data.uses.map((use) =>
      style.getPropertyValue(`--use-${use.name}`).trim());
    const context = this.base.getContext('2d');
    for (let port = 0; port < PORT_COUNT;) {
      // Paints one rectangle for each run of ports with the same use within a row.
      const use = this.registry.use[port];
      let end = port + 1;
      while (end % SIDE && this.registry.use[end] === use) ++end;
      context.fillStyle = colours[use];
      context.fillRect(port % SIDE, Math.floor(port / SIDE), end - port, 1);
      port = end;
    }
    this.inks = colours.map(inkOn);
    this.colours = {line: style.getPropertyValue('--map-line'),
                    border: style.getPropertyValue('--map-border'),
                    cursor: style.getPropertyValue('--map-cursor'),
                    plate: style.getPropertyValue('--map-plate')};
  }

  draw() {
    const width = this.frame.clientWidth;
    if (!width) return;
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = this.canvas.height = Math.round(width * ratio);
    const context = this.canvas.getContext('2d');
    context.scale(ratio, ratio);
    context.imageSmoothingEnabled = false;
    context.drawImage(this.base, this.left, this.top, this.visible, this.visible,
                      0, 0, width, width);
    const cell = width / this.visible;
    if (cell >= GRID_WIDTH) this.drawGrid(context, width, cell);
    if (cell >= TEXT_WIDTH) this.drawNames(context, cell);
    this.drawClasses(context, width, cell);
    this.drawCursor(context, cell);
  }

  drawGrid(context, width, cell) {
    context.strokeStyle = this.colours.line;
    context.lineWidth = 1;
    context.beginPath();
    for (let i = 1; i < this.visible; ++i) {
      context.moveTo(i * cell, 0);
      context.lineTo(i * cell, width);
      context.moveTo(0, i * cell);
      context.lineTo(width, i * cell);
    }
    context.stroke();
  }

  // Writes number and name into each cell.
  drawNames(context, cell) {
    const size = Math.min(13, cell / 5);
    const letters = Math.floor((cell - 4) / (size * 0.56));
    context.textBaseline = 'top';
    for (let row = 0; row < this.visible; ++row) {
      for (let column = 0; column < this.visible; ++column) {
        const port = (this.top + row) * SIDE + this.left + column;
        const x = column * cell + 3, y = row * cell + 3;
        context.fillStyle = this.inks[this.registry.use[port]];
        context.font = `600 ${size}px system-ui, sans-serif`;
        context.fillText(port, x, y, cell - 6);
        context.font = `${size}px system-ui, sans-serif`;
        context.fillText(shortened(this.registry.nameOf(port), letters), x, y + size * 1.3, cell - 6);
      }
    }
  }

  // Draws a line where a class begins, with its title.
  drawClasses(context, width, cell) {
    context.font = '600 12px system-ui, sans-serif';
    context.textBaseline = 'middle';
    for (const each of this.registry.data.classes) {
      const y = (each.first / SIDE - this.top) * cell;
      if (each.first === 0 || y < 0 || y > width) continue;
      context.fillStyle = this.colours.border;
      context.fillRect(0, Math.round(y) - 1, width, 2);
      const title = `${each.first} \u2193 ${each.title}`;
      const plate = context.measureText(title).width + 16;
      const x = width - plate - 8;
      context.fillStyle = this.colours.plate;
      context.beginPath();
      context.roundRect(x, y - 11, plate, 22, 11);
      context.fill();
      context.fillStyle = this.colours.border;
      context.fillText(title, x + 8, y + 0.5);
    }
  }

  drawCursor(context, cell) {
    if (document.activeElement !== this.frame) return;
    const side = Math.max(cell, 7);
    const x = (this.cursor % SIDE - this.left + 0.5) * cell - side / 2;
    const y = (Math.floor(this.cursor / SIDE) - this.top + 0.5) * cell - side / 2;
    context.lineWidth = 4;
    context.strokeStyle = this.colours.plate;
    context.strokeRect(x - 1, y - 1, side + 2, side + 2);
    context.lineWidth = 2;
    context.strokeStyle = this.colours.cursor;
    context.strokeRect(x - 1, y - 1, side + 2, side + 2);
  }

  // Returns the port at a place on the screen, or -1.
  portAt(event) {
    const box = this.canvas.getBoundingClientRect();
    const column = Math.floor((event.clientX - box.left) / box.width * this.visible) + this.left;
    const row = Math.floor((event.clientY - box.top) / box.height * this.visible) + this.top;
    const inside = column >= 0 && column < SIDE && row >= 0 && row < SIDE;
    return inside ? row * SIDE + column : -1;
  }

  // Moves the visible part, but not beyond the edges of the map.
  scrollTo(left, top) {
    const most = SIDE - this.visible;
    this.left = Math.max(0, Math.min(most, Math.round(left)));
    this.top = Math.max(0, Math.min(most, Math.round(top)));
  }

  // Zooms by steps. Keeps the port at its place on the screen if possible.
  zoomBy(steps, port = this.cursor) {
    const zoom = Math.max(0, Math.min(ZOOMS.length - 1, this.zoom + steps));
    const column = port % SIDE, row = Math.floor(port / SIDE);
    const x = (column - this.left) / this.visible, y = (row - this.top) / this.visible;
    const near = x >= 0 && x < 1 && y >= 0 && y < 1;
    this.zoom = zoom;
    this.scrollTo(column - (near ? x : 0.5) * this.visible, row - (near ? y : 0.5) * this.visible);
    this.draw();
  }

  // Moves the cursor, and scrolls as little as possible.
  moveTo(port) {
    this.cursor = Math.max(0, Math.min(PORT_COUNT - 1, port));
    const column = this.cursor % SIDE, row = Math.floor(this.cursor / SIDE);
    this.scrollTo(Math.min(Math.max(this.left, column - this.visible + 1), column),
                  Math.min(Math.max(this.top, row - this.visible + 1), row));
    this.draw();
    this.show(this.cursor, true);
  }

  onKey(event) {
    const far = event.shiftKey ? 16 : 1;
    const row = this.cursor - this.cursor % SIDE;
    const moves = {
      ArrowLeft: () => this.moveTo(this.cursor - far),
      ArrowRight: () => this.moveTo(this.cursor + far),
      ArrowUp: () => this.moveTo(this.cursor - far * SIDE),
      ArrowDown: () => this.moveTo(this.cursor + far * SIDE),
      PageUp: () => this.moveTo(this.cursor - 16 * SIDE),
      PageDown: () => this.moveTo(this.cursor + 16 * SIDE),
      Home: () => this.moveTo(event.ctrlKey ? 0 : row),
      End: () => this.moveTo(event.ctrlKey ? PORT_COUNT - 1 : row + SIDE - 1),
      '+': () => this.zoomBy(1), '=': () => this.zoomBy(1), '-': () => this.zoomBy(-1),
      '0': () => this.zoomBy(-ZOOMS.length),
      Enter: () => this.open(this.cursor),
    };
    if (!moves[event.key] || event.altKey || event.metaKey) return;
    event.preventDefault();
    moves[event.key]();
  }

  listen() {
    let drag = null;
    this.frame.addEventListener('keydown', (event) => this.onKey(event));
    this.frame.addEventListener('focus', () => this.moveTo(this.cursor));
    this.frame.addEventListener('blur', () => this.draw());
    this.canvas.addEventListener('pointerdown', (event) => {
      drag = {x: event.clientX, y: event.clientY, left: this.left, top: this.top, moved: false};
      if (this.zoom > 0) this.canvas.setPointerCapture(event.pointerId);
    });
    this.canvas.addEventListener('pointermove', (event) => {
      if (drag && this.zoom > 0) this.drag(event, drag);
      else if (this.portAt(event) >= 0) this.show(this.portAt(event), false);
    });
    this.canvas.addEventListener('pointercancel', () => drag = null);
    this.canvas.addEventListener('pointerup', (event) => {
      const chosen = drag && !drag.moved ? this.portAt(event) : -1;
      drag = null;
      if (chosen >= 0) this.choose(chosen, event.pointerType);
    });
    this.canvas.addEventListener('wheel', (event) => {
      if (!event.ctrlKey) return;  // scrolls the page
      event.preventDefault();
      this.zoomBy(event.deltaY < 0 ? 1 : -1, this.portAt(event));
    }, {passive: false});
  }

  drag(event, drag) {
    const cell = this.canvas.clientWidth / this.visible;
    const x = event.clientX - drag.x, y = event.clientY - drag.y;
    if (Math.abs(x) + Math.abs(y) > 4) drag.moved = true;
    this.scrollTo(drag.left - x / cell, drag.top - y / cell);
    this.draw();
  }

  // Opens the port that a mouse has clicked. A tap zooms first while cells are small, because a
  // finger covers several ports.
  choose(port, pointer) {
    this.cursor = port;
    const cell = this.canvas.clientWidth / this.visible;
    if (pointer === 'touch' && cell < 24) this.zoomBy(2, port);
    else this.open(port);
  }
}

// Returns black or white, whichever is easier to read on a colour such as #2f6fde.
function inkOn(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? '#000' : '#fff';
}

function shortened(text, length) {
  return text.length > length ? `${text.slice(0, length - 1)}\u2026` : text;
}
