// Holds the registry that the page contains, which common/page/page_data.cc has written.

const PORT_COUNT = 65536;
const TRANSPORTS = ['tcp', 'udp', 'sctp', 'dccp'];
const LAYERS = ['local', 'common', 'iana'];
const LAYER_TITLES = {
  local: 'Your organisation', common: 'In practice', iana: 'IANA registry',
};
const STATES = ['assigned', 'reserved', 'unassigned', 'dynamic'];
const SEVERITIES = ['', 'info', 'warning', 'error'];

// Expands a column of texts: a string is the text of a row, n > 0 stands for n rows
// without a text, -1 for the text of the row before, -2 for that of the row in `other`.
function expandTexts(column, other) {
  const rows = [];
  let last = '';
  for (const item of column) {
    if (typeof item === 'string') rows.push(last = item);
    else if (item === -1) rows.push(last);
    else if (item === -2) rows.push(other(rows.length));
    else for (let i = 0; i < item; ++i) rows.push('');
  }
  return rows;
}

// Expands runs [count, value, count, value, ...] into `rows`.
function expandRuns(runs, rows) {
  for (let i = 0, at = 0; i < runs.length; at += runs[i], i += 2) {
    rows.fill(runs[i + 1], at, at + runs[i]);
  }
  return rows;
}

// Returns a service name with its ASCII letters in lower case, as the registry compares names.
function foldName(name) {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

// Answers questions about ports, names and entries. An entry is a number: several records
// that differ only in their transport are one entry. Entries are in the order of layers.
class Registry {
  constructor(data) {
    this.data = data;
    const records = data.records;
    this.count = records.first.length;
    this.first = new Int32Array(this.count);
    records.first.reduce((before, step, i) => this.first[i] = before + step, 0);
    this.width = expandRuns(records.width, new Int32Array(this.count));
    this.layer = expandRuns(records.layer, new Uint8Array(this.count));
    this.use = expandRuns(data.use_of_port, new Uint8Array(PORT_COUNT));
    this.states = expandRuns(data.states_of_port, new Uint8Array(PORT_COUNT));
    // The place of the entry that names a port, counted from 1; 0 stands for none. The first
    // array is for any transport, the others are for one transport each.
    this.namePlaces = data.names_of_port.map((runs) => expandRuns(runs, new Uint16Array(PORT_COUNT)));
    this.columns = new Map();
    this.indexPorts();
  }

  // Lists the entries of all ports in one array. Counts those of each port first.
  indexPorts() {
    const begin = new Int32Array(PORT_COUNT + 1);
    for (let entry = 0; entry < this.count; ++entry) {
      const last = this.first[entry] + this.width[entry];
      for (let port = this.first[entry]; port < last; ++port) ++begin[port + 1];
    }
    for (let port = 0; port < PORT_COUNT; ++port) begin[port + 1] += begin[port];
    const next = begin.slice();
    this.byPort = new Int32Array(begin[PORT_COUNT]);
    for (let entry = 0; entry < this.count; ++entry) {
      const last = this.first[entry] + this.width[entry];
      for (let port = this.first[entry]; port < last; ++port) this.byPort[next[port]++] = entry;
    }
    this.portBegin = begin;
  }

  // Returns a text of an entry. `column` is the name of a field in the contract.
  text(column, entry) {
    let rows = this.columns.get(column);
    if (!rows) {
      rows = expandTexts(this.data.records[column], (row) => this.text('assignee', row));
      this.columns.set(column, rows);
    }
    return rows[entry] || '';
  }

  layerOf(entry) { return LAYERS[this.layer[entry] - 1]; }
  hasPort(entry) { return this.width[entry] > 0; }

  // Returns "tcp, udp", or an empty text if the entry states no transport.
  transportsOf(entry) {
    return transportNames(parseInt(this.data.records.transports[entry], 16)).join(', ');
  }

  // Returns "443" or "6000-6063"; empty if there is no port.
  portsOf(entry) {
    const last = this.first[entry] + this.width[entry] - 1;
    if (!this.hasPort(entry)) return '';
    return this.width[entry] === 1 ? `${last}` : `${this.first[entry]}-${last}`;
  }

  // Returns the entries that cover a port, ascending.
  at(port) { return this.byPort.subarray(this.portBegin[port], this.portBegin[port + 1]); }

  // Returns the entries of a port as people read them: by layer, named ones first, narrow
  // ranges first.
  shownAt(port) {
    const nameless = (entry) => this.text('service', entry) === '';
    return Array.from(this.at(port)).sort((a, b) => this.layer[a] - this.layer[b] ||
      nameless(a) - nameless(b) || this.width[a] - this.width[b] || a - b);
  }

  // Returns the entry that gives a port its one name, or -1. `transport` counts from 1; 0
  // is any.
  namingEntry(port, transport = 0) {
    const place = this.namePlaces[transport][port];
    return place ? this.byPort[this.portBegin[port] + place - 1] : -1;
  }

  // Returns the one name of a port, or an empty text.
  nameOf(port, transport = 0) {
    const entry = this.namingEntry(port, transport);
    return entry < 0 ? '' : this.text('service', entry);
  }

  stateOn(port, transport) { return STATES[this.states[port] >> (2 * transport) & 3]; }
  useOf(port) { return this.data.uses[this.use[port]]; }
  classOf(port) { return this.data.classes.find((each) => port <= each.last); }

  // Returns the advice on a port as [{severity, transports, message}].
  adviceOn(port) {
    const {messages, sets, ports} = this.data.advice;
    this.adviceSets ??= expandRuns(ports, new Int32Array(PORT_COUNT));
    const set = sets[this.adviceSets[port]];
    const advice = [];
    for (let i = 0; i < set.length; i += 3) {
      advice.push({severity: SEVERITIES[set[i]],
                   transports: set[i + 1] === 15 ? [] : transportNames(set[i + 1]),
                   message: this.quote(messages[set[i + 2]], port)});
    }
    return advice;
  }

  // Replaces the references in a message by texts. A reference consists of U+0001, the place of
  // an entry and a column.
  quote(message, port) {
    const columns = {n: 'service', d: 'description', o: 'owner'};
    const entries = this.at(port);
    return message.replace(/\u0001(.)(.)/g, (_, place, column) =>
      this.text(columns[column], entries[place.charCodeAt(0) - 48]));
  }

  // Returns a map from each folded name to its entries, ascending.
  entriesByName() {
    if (this.byName) return this.byName;
    this.byName = new Map();
    const add = (name, entry) => {
      const folded = foldName(name);
      const entries = this.byName.get(folded);
      if (!entries) this.byName.set(folded, [entry]);
      else if (entries[entries.length - 1] !== entry) entries.push(entry);
    };
    for (let entry = 0; entry < this.count; ++entry) {
      for (const name of this.namesOfEntry(entry)) add(name, entry);
    }
    return this.byName;
  }

  // Returns the names and the aliases of an entry. A name for people, such as "A / B", also
  // counts as its parts.
  namesOfEntry(entry) {
    const service = this.text('service', entry);
    if (!service) return [];
    const names = [service];
    const aliases = this.text('aliases', entry);
    if (aliases) names.push(...aliases.split(' '));
    if (this.layerOf(entry) === 'common' && service.includes(' / ')) {
      names.push(...service.split(' / '));
    }
    return names;
  }

  entriesNamed(name) { return this.entriesByName().get(foldName(name)) || []; }

  // Returns the entry whose port a name stands for, or -1.
  portEntryOf(name) {
    const folded = foldName(name);
    const exceptions = this.data.ports_of_name;
    for (let i = 0; i < exceptions.length; i += 2) {
      if (exceptions[i] === folded) return exceptions[i + 1];
    }
    return this.entriesNamed(name).find((entry) => this.hasPort(entry)) ?? -1;
  }
}

function transportNames(bits) {
  return TRANSPORTS.filter((_, i) => bits >> i & 1);
}
