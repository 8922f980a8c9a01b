// Starts the page: reads the registry, follows the address, and runs the search box.

const MOST_RESULTS = 50;

const $ = (id) => document.getElementById(id);
const registry = new Registry(JSON.parse($('registry').textContent));
const search = new Search(registry);
const views = new Views(registry, $('view'), (port) => location.hash = `#${port}`);

// Makes screen readers say a sentence.
function announce(text) { $('said').textContent = text; }

// ---- the address ----

function keyInAddress() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return location.hash.slice(1);
  }
}

function showAddress() {
  const key = keyInAddress();
  const ports = parsePorts(key);
  if (!key) views.showMap();
  else if (!ports) views.showName(key);
  else if (ports.first === ports.last) views.showPort(ports.first);
  else views.showRange(ports.first, ports.last);
}

// ---- the search box ----

const box = $('query'), panel = $('panel'), list = $('results');
// The addresses that the options open, in the order of the options.
let choices = [];
let active = -1;

function option(choice, index) {
  const item = el('li', {role: 'option', id: `result-${index}`, 'aria-selected': 'false'},
    el('span', {class: 'number'}, choice.slot), el('span', {class: 'data name'}, choice.name),
    el('span', {class: 'data text'}, choice.text),
    choice.tag && el('span', {class: `tag ${choice.tag}`}, choice.tag));
  item.addEventListener('mousedown', (event) => event.preventDefault());  // keeps the focus
  item.addEventListener('click', () => go(index));
  return item;
}

function choiceOfEntry(entry) {
  const service = registry.text('service', entry), ports = registry.portsOf(entry);
  return {slot: ports || '\u2013', name: service || views.titleOfNameless(entry),
          text: registry.text('description', entry), tag: registry.layerOf(entry),
          address: ports ? `#${ports}` : hrefOfName(service)};
}

// Returns the option for ports that the query names.
function choiceOfPorts({first, last}) {
  if (first !== last) {
    return {slot: `${first}-${last}`, name: '', text: 'all records of this range',
            address: `#${first}-${last}`};
  }
  return {slot: `${first}`, name: registry.nameOf(first), text: registry.useOf(first).title,
          address: `#${first}`};
}

function findChoices(query) {
  const ports = parsePorts(query);
  const {entries, total} = search.find(query, MOST_RESULTS);
  const found = entries.map(choiceOfEntry);
  if (ports) return {found: [choiceOfPorts(ports), ...found], total: total + 1, similar: false};
  if (found.length) return {found, total, similar: false};
  const similar = search.similar(query).map((name) =>
    choiceOfEntry(registry.entriesNamed(name)[0]));
  return {found: similar, total: similar.length, similar: true};
}

function suggest() {
  const query = box.value.trim();
  if (!query) {
    closePanel();
    return;
  }
  const {found, total, similar} = findChoices(query);
  choices = found;
  list.replaceChildren(...found.map(option));
  const says = similar
    ? (total ? 'Nothing found. Did you mean one of these?' : 'Nothing found.')
    : counted(total, 'match', 'matches') +
      (total > found.length ? `, the best ${found.length} shown` : '');
  $('count').textContent = says;
  announce(says);
  panel.hidden = false;
  box.setAttribute('aria-expanded', 'true');
  list.scrollTop = 0;
  activate(found.length ? 0 : -1);
}

function closePanel() {
  panel.hidden = true;
  choices = [];
  box.setAttribute('aria-expanded', 'false');
  activate(-1);
}

function activate(index) {
  list.children[active]?.setAttribute('aria-selected', 'false');
  active = index;
  const item = list.children[active];
  if (!item || !choices.length) {
    box.removeAttribute('aria-activedescendant');
    return;
  }
  item.setAttribute('aria-selected', 'true');
  item.scrollIntoView({block: 'nearest'});
  box.setAttribute('aria-activedescendant', item.id);
}

function go(index) {
  const choice = choices[index];
  if (!choice) return;
  closePanel();
  box.value = '';
  if (location.hash === choice.address) focusView();
  else location.hash = choice.address;
}

function onSearchKey(event) {
  const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
  if (step && choices.length) {
    event.preventDefault();
    activate((active + step + choices.length) % choices.length);
  } else if (event.key === 'Enter') {
    event.preventDefault();
    go(active);
  } else if (event.key === 'Escape') {
    if (panel.hidden) box.value = '';
    closePanel();
  }
}

// ---- the page ----

function focusView() {
  ($('view').querySelector('h1[tabindex]') || $('view')).focus();
}

function describe() {
  const {version, revision, sources} = registry.data;
  $('about').replaceChildren(
    el('p', {}, sources.map(({source, records}) => el('span', {class: 'source data'},
      `${source}: ${counted(records, 'record')}`))),
    el('p', {}, `portreg ${version} \u00b7 revision `, el('code', {}, revision),
      ' \u00b7 An assignment is no endorsement of what runs on a port.'));
}

box.addEventListener('input', suggest);
box.addEventListener('keydown', onSearchKey);
box.addEventListener('focus', suggest);
box.addEventListener('blur', closePanel);
document.addEventListener('keydown', (event) => {
  const isTyped = event.target === box && box.value;
  if (event.key !== '/' || isTyped || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  box.focus();
  box.select();
});
window.addEventListener('hashchange', () => {
  showAddress();
  window.scrollTo(0, 0);
  focusView();
});
$('skip').addEventListener('click', (event) => {
  event.preventDefault();
  focusView();
});

showAddress();
describe();
// Focuses the search box, except on touch screens, where the focus would open a keyboard.
if (!keyInAddress() && !matchMedia('(pointer: coarse)').matches) box.focus();
document.documentElement.dataset.ready = 'true';
performance.mark('ready');
// Prepares the search once the first view is painted, so that the first keystroke need not wait.
requestAnimationFrame(() => setTimeout(() => search.prepare()));
