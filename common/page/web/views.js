// Shows the views: the map, and the views of a port, a name and a range. All texts of records
// become text nodes, so that markup in them is never parsed.

const MOST_ROWS = 500;

// Returns an element. Attributes and children that are false or undefined are left out.
function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child || child === 0));
  return element;
}

const hrefOfPort = (port) => `#${port}`;
const hrefOfName = (name) => `#${encodeURIComponent(name)}`;
const counted = (count, one, many = `${one}s`) =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

// Returns a text with links for [RFC1234], RFC 1234 and http(s) addresses in it.
function linked(text) {
  const parts = [];
  const pattern = /\[?\bRFC[ -]?(\d{1,5})\b\]?|https?:\/\/[^\s<>"'\]]+/gi;
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    const address = match[1] ? `https://www.rfc-editor.org/rfc/rfc${Number(match[1])}` : match[0];
    const shown = match[1] ? `RFC ${match[1]}` : shortAddress(match[0]);
    parts.push(text.slice(end, match.index), outside(address, shown));
    end = match.index + match[0].length;
  }
  return [...parts, text.slice(end)];
}

// Returns an address without its scheme, and without the middle of a long path.
function shortAddress(address) {
  const short = address.replace(/^https?:\/\/(www\.)?/i, '').replace(/\/$/, '');
  const parts = short.split('/');
  return short.length <= 48 || parts.length < 3 ? short
    : `${parts[0]}/\u2026/${shortened(parts[parts.length - 1], 32)}`;
}

// Returns a link to another site, or the text if the address is not usable.
function outside(address, text) {
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) return text;
  return el('a', {href: address, rel: 'noopener noreferrer', target: '_blank'}, text);
}

// The texts of an entry that its card shows as a list of facts.
const FACTS = [
  ['Owner', 'owner'], ['Also known as', 'aliases'], ['Scope', 'scope'], ['Since', 'since'],
  ['Until', 'until'], ['Listens on', 'bind'], ['Assignee', 'assignee'], ['Contact', 'contact'],
  ['Registered', 'registration_date'], ['Modified', 'modification_date'],
  ['Service code', 'service_code'], ['Unauthorised use', 'unauthorized_use_reported'],
  ['Notes', 'assignment_notes'], ['Source', 'source'], ['Reference', 'reference'],
];

class Views {
  // Calls `open` with a port whose view shall be shown.
  constructor(registry, view, open) {
    Object.assign(this, {registry, view, open});
    this.map = null;
  }

  show(title, ...content) {
    if (this.map) this.map.close();
    this.map = null;
    this.view.replaceChildren(...content);
    document.title = title ? `${title} \u2013 portreg` : 'portreg: the registry of port numbers';
  }

  // Returns a coloured square for the use of a port.
  swatch(use) { return el('span', {class: `swatch use-${use.name}`, 'aria-hidden': 'true'}); }

  // ---- the map ----

  showMap() {
    const {registry} = this;
    const local = registry.data.uses[0].ports + registry.data.uses[1].ports;
    const info = el('div', {class: 'card pointed'});
    const {map, parts} = this.mapParts(info);
    this.show('',
      el('div', {class: 'atlas'},
        el('div', {class: 'hero'},
          el('h1', {}, 'What is on that port?'),
          el('p', {class: 'lead'}, 'All 65,536 ports: what IANA has registered, which software ',
            'listens there in practice', local ? ', and what your organisation uses.' : '.'),
          el('p', {class: 'tries'}, 'Try ', this.examples())),
        el('section', {class: 'map', 'aria-label': 'Map of all ports'}, parts),
        el('div', {class: 'side'}, info, this.legend(), this.keys()),
        this.classes()));
    this.map = map;
    map.repaint();
  }

  examples() {
    return ['443', 'kafka', '8000-8100', 'wireguard'].map((key) =>
      el('a', {class: 'chip', href: hrefOfName(key)}, key));
  }

  // Makes the map, and returns it with its frame and toolbar. For assistive technology the frame
  // is one control; a live region says what is known about a port.
  mapParts(info) {
    const canvas = el('canvas', {'aria-hidden': 'true'});
    const frame = el('div', {class: 'frame', tabindex: '0', role: 'application',
      'aria-roledescription': 'map', 'aria-label': 'Map of 65,536 ports, 256 in a row',
      'aria-describedby': 'map-keys'}, canvas);
    const map = new PortMap(this.registry, frame, canvas, {
      show: (port, aloud) => this.showInfo(info, port, aloud), open: this.open});
    const button = (text, label, action) => {
      const element = el('button', {type: 'button', 'aria-label': label, title: label}, text);
      element.addEventListener('click', action);
      return element;
    };
    this.showInfo(info, 443, false);
    map.cursor = 443;
    const parts = [frame, el('div', {class: 'tools', role: 'group', 'aria-label': 'Zoom'},
      button('\u2212', 'Zoom out', () => map.zoomBy(-1)),
      button('+', 'Zoom in', () => map.zoomBy(1)),
      button('Whole map', 'Show the whole map', () => map.zoomBy(-ZOOMS.length)))];
    return {map, parts};
  }

  showInfo(info, port, aloud) {
    const {registry} = this;
    const use = registry.useOf(port), name = registry.nameOf(port);
    const entry = registry.namingEntry(port);
    info.replaceChildren(
      el('a', {class: 'pointed-port', href: hrefOfPort(port)}, `${port}`),
      el('span', {class: 'pointed-name data'}, name || 'no name'),
      el('span', {class: 'pointed-use'}, this.swatch(use), use.title),
      el('span', {class: 'pointed-text data'}, entry >= 0 ? registry.text('description', entry) : ''));
    if (aloud) announce(`Port ${port}, ${name || 'no name'}, ${use.title}`);
  }

  legend() {
    const rows = this.registry.data.uses.filter((use) => use.ports).map((use) => el('tr', {},
      el('th', {scope: 'row'}, this.swatch(use), use.title),
      el('td', {}, use.ports.toLocaleString('en'))));
    return el('table', {class: 'card legend'},
      el('caption', {}, 'Legend'),
      el('thead', {}, el('tr', {}, el('th', {scope: 'col'}, 'Use'), el('th', {scope: 'col'}, 'Ports'))),
      el('tbody', {}, rows));
  }

  keys() {
    const key = (...names) => names.map((name) => el('kbd', {}, name));
    return el('p', {class: 'keys', id: 'map-keys'},
      'On the map: ', key('\u2190', '\u2191', '\u2192', '\u2193'), ' move, ', key('+', '\u2212'),
      ' zoom, ', key('0'), ' the whole map, ', key('Enter'), ' opens the port.');
  }

  classes() {
    return el('section', {class: 'classes', 'aria-label': 'Classes of ports'},
      this.registry.data.classes.map((each) => el('article', {class: 'card'},
        el('h2', {}, each.title),
        el('p', {class: 'range'}, `${each.first}\u2013${each.last}`),
        el('p', {}, each.description))));
  }

  // ---- a port ----

  showPort(port) {
    const {registry} = this;
    const name = registry.nameOf(port), use = registry.useOf(port), its = registry.classOf(port);
    const entries = registry.shownAt(port);
    this.show(name ? `${port} ${name}` : `${port}`,
      el('div', {class: 'title'},
        el('h1', {tabindex: '-1'}, el('span', {class: 'number'}, `${port}`), ' ',
          name ? el('a', {class: 'name data', href: hrefOfName(name)}, name)
            : el('span', {class: 'name none'}, 'no name')),
        el('p', {class: 'under'}, this.swatch(use), use.title, ' \u00b7 ', its.title, ' ',
          `${its.first}\u2013${its.last}`),
        this.neighbours(port)),
      el('div', {class: 'facts'}, this.advice(port), this.transports(port)),
      this.layers(entries, false));
  }

  neighbours(port) {
    const first = port - port % 16;
    const cells = Array.from({length: 16}, (_, i) => {
      const each = first + i, use = this.registry.useOf(each), name = this.registry.nameOf(each);
      return el('li', {}, el('a', {href: hrefOfPort(each), class: `cell use-${use.name}`,
        'aria-current': each === port && 'page', 'aria-label': `${each} ${name || use.title}`,
        title: `${each} ${name || use.title}`}));
    });
    const step = (to, text, label) => el('a', {class: 'step', href: hrefOfPort(to),
      'aria-label': label}, text);
    return el('nav', {class: 'neighbours', 'aria-label': 'Neighbouring ports'},
      port > 0 && step(port - 1, '\u2190', `Port ${port - 1}`),
      el('ul', {}, cells),
      port < PORT_COUNT - 1 && step(port + 1, '\u2192', `Port ${port + 1}`));
  }

  transports(port) {
    const rows = TRANSPORTS.map((transport, i) => {
      const name = this.registry.nameOf(port, i + 1), state = this.registry.stateOn(port, i);
      return el('tr', {}, el('th', {scope: 'row'}, transport),
        el('td', {class: 'data'}, name || '\u2013'),
        el('td', {}, el('span', {class: `state ${state}`}, state)));
    });
    return el('section', {class: 'card transports'}, el('h2', {}, 'Transports'),
      el('table', {},
        el('thead', {}, el('tr', {}, ['Transport', 'Name', 'At IANA'].map((title) =>
          el('th', {scope: 'col'}, title)))),
        el('tbody', {}, rows)));
  }

  advice(port) {
    const items = this.registry.adviceOn(port).map(({severity, transports, message}) =>
      el('li', {class: severity},
        el('span', {class: 'badge'}, severity),
        el('span', {class: 'data'}, linked(message),
          transports.length ? el('small', {}, ` ${transports.join(', ')}`) : '')));
    return el('section', {class: 'card advice'}, el('h2', {}, 'May you choose it?'),
      items.length ? el('ul', {}, items) : el('p', {}, 'Nothing speaks against this port.'));
  }

  // Returns the entries of each layer, side by side.
  layers(entries, withPorts) {
    const column = (layer) => {
      const its = entries.filter((entry) => this.registry.layerOf(entry) === layer);
      const id = `layer-${layer}`;
      return el('section', {class: `layer layer-${layer}`, 'aria-labelledby': id},
        el('h2', {id}, LAYER_TITLES[layer], el('span', {class: 'tally'}, `${its.length}`)),
        its.length ? its.slice(0, MOST_ROWS).map((entry) => this.card(entry, withPorts))
          : el('p', {class: 'empty'}, 'No record.'),
        its.length > MOST_ROWS && el('p', {}, `${its.length - MOST_ROWS} more are not shown.`));
    };
    return el('div', {class: 'layers'}, LAYERS.map(column));
  }

  card(entry, withPorts) {
    const {registry} = this;
    const text = (column) => registry.text(column, entry);
    const service = text('service'), status = text('status'), ports = registry.portsOf(entry);
    const slot = [ports || 'no port', registry.transportsOf(entry)].filter(Boolean).join(' \u00b7 ');
    const facts = FACTS.filter(([, column]) => text(column) &&
      !(column === 'contact' && text('contact') === text('assignee')));
    return el('article', {class: 'card record'},
      el('h3', {class: 'data'}, service
        ? (withPorts ? service : el('a', {href: hrefOfName(service)}, service))
        : el('span', {class: 'none'}, this.titleOfNameless(entry))),
      el('p', {class: 'slot'}, withPorts && ports ? el('a', {href: `#${ports}`}, slot) : slot,
        status && el('span', {class: `state ${status}`}, status)),
      service || registry.layerOf(entry) !== 'iana'
        ? el('p', {class: 'data'}, linked(text('description'))) : '',
      facts.length ? el('dl', {}, facts.map(([title, column]) => [el('dt', {}, title),
        el('dd', {class: 'data'}, linked(readable(column, text(column))))])) : '');
  }

  titleOfNameless(entry) {
    if (this.registry.layerOf(entry) === 'iana') return this.registry.text('description', entry);
    return 'Block of ports';
  }

  // ---- a name ----

  showName(name) {
    const {registry} = this;
    const entries = registry.entriesNamed(name);
    if (!entries.length) {
      this.showMissing(name);
      return;
    }
    const shown = entries.map((entry) => registry.text('service', entry))
      .find((service) => foldName(service) === foldName(name)) || name;
    const entry = registry.portEntryOf(name);
    const ports = entry >= 0 ? registry.portsOf(entry) : '';
    this.show(shown,
      el('div', {class: 'title'},
        el('h1', {tabindex: '-1', class: 'data'}, shown, ' ',
          ports && el('a', {class: 'number small', href: `#${ports}`}, ports)),
        el('p', {class: 'under'}, ports ? `The name stands for port ${ports}.`
          : 'The name has no port.', ` ${counted(entries.length, 'record')}.`)),
      this.layers(entries, true));
  }

  showMissing(name) {
    this.show('Not found',
      el('div', {class: 'title'}, el('h1', {tabindex: '-1'}, 'Not in the registry'),
        el('p', {class: 'under data'}, `Nothing is called \u201c${shortened(name, 64)}\u201d. `,
          'Search for parts of it above, or look at ', el('a', {href: '#'}, 'the map'), '.')));
  }

  // ---- a range ----

  showRange(first, last) {
    const {registry} = this;
    const found = new Set();
    for (let port = first; port <= last; ++port) registry.at(port).forEach((each) => found.add(each));
    const entries = Array.from(found).sort((a, b) => registry.first[a] - registry.first[b] || a - b);
    const rows = entries.slice(0, MOST_ROWS).map((entry) => this.row(entry));
    const titles = ['Ports', 'Transports', 'Name', 'Layer', 'Description'];
    this.show(`${first}\u2013${last}`,
      el('div', {class: 'title'},
        el('h1', {tabindex: '-1'}, el('span', {class: 'number'}, `${first}\u2013${last}`)),
        el('p', {class: 'under'}, `${counted(last - first + 1, 'port')}, ${
          counted(entries.length, 'record')}${entries.length > MOST_ROWS
          ? `; the first ${MOST_ROWS} are shown` : ''}.`)),
      el('div', {class: 'card scroll', tabindex: '0', role: 'region', 'aria-label': 'Records'},
        el('table', {class: 'records'},
          el('thead', {}, el('tr', {}, titles.map((title) => el('th', {scope: 'col'}, title)))),
          el('tbody', {}, rows))));
  }

  row(entry) {
    const {registry} = this;
    const service = registry.text('service', entry), ports = registry.portsOf(entry);
    return el('tr', {},
      el('td', {class: 'number'}, el('a', {href: `#${ports}`}, ports)),
      el('td', {}, registry.transportsOf(entry) || 'any'),
      el('td', {class: 'data'}, service ? el('a', {href: hrefOfName(service)}, service)
        : this.titleOfNameless(entry)),
      el('td', {}, el('span', {class: `tag ${registry.layerOf(entry)}`}, registry.layerOf(entry))),
      el('td', {class: 'data'}, registry.text('description', entry)));
  }
}

// Returns a text without IANA's notation of people, such as [Jon_Postel].
function readable(column, text) {
  if (column !== 'assignee' && column !== 'contact') return text;
  return text.replace(/\[([^\]]*)\]/g, '$1 ').replace(/_/g, ' ').trim();
}
