// Searches while the user types. Finds the same records as the tool's search, in the same order.

const EXACT_NAME = 1, NAME_PREFIX = 2, WORD = 3, PART_OF_WORD = 4;
const IN_NAME = 0, IN_DESCRIPTION = 1, IN_HOLDER = 2;

// Returns the ports that a key names, such as 443, 443/tcp or 8000-8100: {first, last},
// or null for any other text.
function parsePorts(key) {
  const [, from, to] = /^(\d{1,5})(?:\s*[-\u2013:]\s*(\d{1,5}))?(?:\/(?:tcp|udp|sctp|dccp))?$/i
    .exec(key.trim()) || [];
  if (from === undefined) return null;
  const first = Number(from), last = Number(to ?? from);
  return first <= last && last < PORT_COUNT ? {first, last} : null;
}

// Returns true if the character is a letter or a digit. Those beyond ASCII count as
// letters.
function isLetter(code) {
  return code >= 128 || (code >= 97 && code <= 122) || (code >= 48 && code <= 57);
}

// Returns true if `text` contains `word` as a whole word.
function hasWholeWord(text, word) {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const end = at + word.length;
    if (!(at > 0 && isLetter(text.charCodeAt(at - 1))) &&
        !(end < text.length && isLetter(text.charCodeAt(end)))) return true;
  }
  return false;
}

class Search {
  constructor(registry) {
    this.registry = registry;
    this.names = [];
    this.texts = [];
  }

  // Prepares the texts that are searched. Returns at once if that is done.
  prepare() {
    const {registry, names, texts} = this;
    for (let entry = names.length; entry < registry.count; ++entry) {
      names.push(`\n${registry.namesOfEntry(entry).join('\n')}\n`.toLowerCase());
      texts.push(`${names[entry]}${registry.text('description', entry)}\n${
        registry.text('owner', entry)}\n${registry.text('assignee', entry)}`.toLowerCase());
    }
    registry.entriesByName();
  }

  // Returns {entries, total}: the best entries that have all words of the query, at most `most`,
  // and the number of all such entries.
  find(query, most) {
    this.prepare();
    const phrase = query.trim().toLowerCase();
    const words = [...new Set(phrase.split(/\s+/))];
    if (!phrase) return {entries: [], total: 0};
    const keys = [];
    for (let entry = 0; entry < this.texts.length; ++entry) {
      if (words.every((word) => this.texts[entry].includes(word))) {
        keys.push(this.keyOf(entry, phrase, words));
      }
    }
    const sorted = Float64Array.from(keys).sort();
    return {entries: Array.from(sorted.subarray(0, most), (key) => key % 2 ** 24),
            total: sorted.length};
  }

  // Returns a number that orders matches: by kind, best field, layer, length of the name,
  // entry.
  keyOf(entry, phrase, words) {
    const length = Math.min(this.registry.text('service', entry).length, 255);
    const rank = this.kindOf(entry, phrase, words) * 3 + this.fieldOf(entry, words);
    return ((rank * 4 + this.registry.layer[entry]) * 256 + length) * 2 ** 24 + entry;
  }

  // Returns the best field that contains a word.
  fieldOf(entry, words) {
    if (words.some((word) => this.names[entry].includes(word))) return IN_NAME;
    const description = this.registry.text('description', entry).toLowerCase();
    return words.some((word) => description.includes(word)) ? IN_DESCRIPTION : IN_HOLDER;
  }

  kindOf(entry, phrase, words) {
    if (this.names[entry].includes(`\n${phrase}\n`)) return EXACT_NAME;
    if (this.names[entry].startsWith(phrase, 1)) return NAME_PREFIX;
    return words.every((word) => hasWholeWord(this.texts[entry], word)) ? WORD : PART_OF_WORD;
  }

  // Returns up to three names that differ from the query by a letter or two.
  similar(query) {
    const wanted = foldName(query.trim());
    const allowed = wanted.length < 4 ? 1 : 2;
    const found = [];
    for (const name of this.registry.entriesByName().keys()) {
      const distance = editDistance(wanted, name, allowed);
      if (distance <= allowed) found.push({name, distance});
    }
    return found.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
      .slice(0, 3).map((each) => each.name);
  }
}

// Rows of editDistance(), kept because it is called for thousands of names.
const distanceRows = [0, 1, 2].map(() => new Uint8Array(128));

// Returns the edits (insert, delete, replace, swap neighbours) between two texts, or a
// number above `most` if there are more.
function editDistance(a, b, most) {
  if (Math.abs(a.length - b.length) > most || b.length > 100) return most + 1;
  let [before, row, next] = distanceRows;
  for (let j = 0; j <= b.length; ++j) row[j] = j;
  for (let i = 1; i <= a.length; ++i) {
    let least = next[0] = i;
    for (let j = 1; j <= b.length; ++j) {
      const differ = a.charCodeAt(i - 1) !== b.charCodeAt(j - 1);
      let edits = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + differ);
      if (differ && i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        edits = Math.min(edits, before[j - 2] + 1);
      }
      next[j] = edits;
      least = Math.min(least, edits);
    }
    if (least > most) return most + 1;
    [before, row, next] = [row, next, before];
  }
  return row[b.length];
}
