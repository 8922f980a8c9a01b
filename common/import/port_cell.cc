#include "common/import/port_cell.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/text/quote.h"

namespace portreg {
namespace {

// A range, a word, or the punctuation between them. '\0' is the end; ',' is any separator of
// a list, and ' ' any blank.
struct Token {
  enum class Kind : uint8_t { kPorts, kWord, kPunctuation } kind = Kind::kPunctuation;
  absl::string_view text = {};
  PortRange ports = {0, 0};
  char punctuation = '\0';
};

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool IsLetter(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }
bool IsBlank(char c) { return c == ' ' || c == '\t'; }

// Writes dashes, blanks and separators of all kinds in one way.
std::string Plain(absl::string_view cell) {
  return absl::StrReplaceAll(cell, {{"\u2010", "-"},
                                    {"\u2011", "-"},
                                    {"\u2012", "-"},
                                    {"\u2013", "-"},
                                    {"\u2014", "-"},
                                    {"\u2212", "-"},
                                    {"\u00A0", " "},
                                    {"\u2009", " "},
                                    {"\u202F", " "},
                                    {"\r", "\n"}});
}

bool HasMonth(absl::string_view cell) {
  constexpr std::array<absl::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                         "jul", "aug", "sep", "oct", "nov", "dec"};
  const std::string lower = absl::AsciiStrToLower(cell);
  for (const absl::string_view month : kMonths) {
    if (absl::StrContains(lower, month)) return true;
  }
  return false;
}

// Splits a cell into tokens.
class Tokens {
 public:
  Tokens(absl::string_view text, PortCell& cell) : text_(text), cell_(cell) {}

  absl::StatusOr<Token> Next() {
    const bool behind_ports = std::exchange(behind_ports_, false);
    if (at_ == text_.size()) return Token();
    const char c = text_[at_];
    if (IsDigit(c)) return ReadPorts();
    if (c == '+' && MeansAndAbove(behind_ports)) {
      return absl::InvalidArgumentError(
          "its \"+\" may mean the ports above, write a range such as 8000-8010");
    }
    if (c == '*' && behind_ports) {
      return absl::InvalidArgumentError("its \"*\" behind a port may be the mark of a footnote");
    }
    if (IsLetter(c) || c == '*') return ReadWord();
    if (IsBlank(c)) {
      while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
      return Token{.punctuation = ' '};
    }
    ++at_;
    if (absl::StrContains(",;\n&+|", c)) return Token{.punctuation = ','};
    if (absl::StrContains("/:()[]", c)) return Token{.punctuation = c};
    return absl::InvalidArgumentError("it is not a port, a range or a list of these");
  }

 private:
  [[nodiscard]] char Peek(size_t i) const { return i < text_.size() ? text_[i] : '\0'; }

  // Returns the offset behind the blanks that begin at `at`.
  [[nodiscard]] size_t SkipBlanks(size_t at) const {
    while (IsBlank(Peek(at))) ++at;
    return at;
  }

  // Returns true for a "+" such as that of "8000+", which separates nothing. `behind_ports`
  // is true if no blank precedes it.
  [[nodiscard]] bool MeansAndAbove(bool behind_ports) const {
    if (behind_ports) return !IsDigit(Peek(at_ + 1));
    const char next = Peek(SkipBlanks(at_ + 1));
    return !IsDigit(next) && !IsLetter(next);
  }

  // Returns the offset behind "-", "to" or ".." if it begins at `at`.
  [[nodiscard]] std::optional<size_t> SkipDash(size_t at) const {
    const size_t begin = SkipBlanks(at);
    if (Peek(begin) == '-') return SkipBlanks(begin + 1);
    if (absl::StartsWith(text_.substr(begin), "..")) return SkipBlanks(begin + 2);
    const bool is_to = begin > at && absl::StartsWithIgnoreCase(text_.substr(begin), "to") &&
                       IsBlank(Peek(begin + 2));
    if (is_to) return SkipBlanks(begin + 2);
    return std::nullopt;
  }

  absl::StatusOr<Port> ReadPort() {
    const size_t begin = at_;
    while (IsDigit(Peek(at_))) ++at_;
    const absl::string_view digits = text_.substr(begin, at_ - begin);
    const bool is_float = absl::StartsWith(text_.substr(at_), ".0") && !IsDigit(Peek(at_ + 2)) &&
                          Peek(at_ + 2) != '.';
    if (is_float) {
      cell_.remarks.push_back(absl::StrCat("port ", digits, ".0 is read as ", digits));
      at_ += 2;
    }
    const char next = Peek(at_);
    if (IsLetter(next) || (next == '.' && Peek(at_ + 1) != '.')) {
      return absl::InvalidArgumentError("it is not a port, a range or a list of these");
    }
    return ParsePort(digits);
  }

  absl::StatusOr<Token> ReadPorts() {
    const size_t begin = at_;
    const absl::StatusOr<Port> first = ReadPort();
    if (!first.ok()) return first.status();
    Token token{.kind = Token::Kind::kPorts, .ports = {*first, *first}};
    if (const std::optional<size_t> behind = SkipDash(at_)) {
      at_ = *behind;
      if (!IsDigit(Peek(at_))) return absl::InvalidArgumentError("it has a range without an end");
      const absl::StatusOr<Port> last = ReadPort();
      if (!last.ok()) return last.status();
      if (*last < *first) {
        return absl::InvalidArgumentError("it has a range whose first port is above its last");
      }
      token.ports.last = *last;
      if (SkipDash(at_)) return absl::InvalidArgumentError("it has a range of three ports");
    }
    token.text = text_.substr(begin, at_ - begin);
    behind_ports_ = true;
    return token;
  }

  Token ReadWord() {
    const size_t begin = at_;
    while (IsLetter(Peek(at_)) || IsDigit(Peek(at_)) || Peek(at_) == '*') ++at_;
    return {.kind = Token::Kind::kWord, .text = text_.substr(begin, at_ - begin)};
  }

  const absl::string_view text_;
  PortCell& cell_;
  size_t at_ = 0;
  // True if the last token was of ports.
  bool behind_ports_ = false;
};

// Puts tokens together.
class CellReader {
 public:
  CellReader(const TransportWords& words, PortCell& cell) : words_(words), cell_(cell) {}

  absl::Status Take(const Token& token) {
    absl::Status status;
    switch (token.kind) {
      case Token::Kind::kPorts:
        status = TakePorts(token);
        break;
      case Token::Kind::kWord:
        if (absl::EqualsIgnoreCase(token.text, "and")) return EndItem();
        if (absl::EqualsIgnoreCase(token.text, "port") ||
            absl::EqualsIgnoreCase(token.text, "ports")) {
          return absl::OkStatus();
        }
        status = TakeWord(token.text);
        break;
      case Token::Kind::kPunctuation:
        if (token.punctuation == ',') return EndItem();
        if (token.punctuation == '\0') return EndCell();
        // A word before a colon is a heading for what follows.
        if (token.punctuation == ':' && item_.ports.empty()) heading_ = item_.transports;
        if (token.punctuation != ' ') joint_ = token.punctuation;
        blank_ = token.punctuation == ' ';
        return absl::OkStatus();
    }
    joint_ = '\0';
    blank_ = false;
    return status;
  }

 private:
  absl::Status TakePorts(const Token& token) {
    const bool beside_ports = !item_.ports.empty() && last_is_ports_;
    if (beside_ports && joint_ == ':') {
      return absl::InvalidArgumentError(
          "it may be a range or two ports of a mapping, write 8000-8010 or one port");
    }
    if (beside_ports && joint_ == '/' && !blank_ && IsProtocolNumber(token.text)) {
      return absl::InvalidArgumentError(
          "it may be two ports or a port and a protocol number, write 80/tcp or 80,6");
    }
    if (!item_.ports.empty() && (joint_ == '[' || joint_ == '(')) {
      return absl::InvalidArgumentError(
          "its number in brackets behind a port may be that of a footnote");
    }
    if (beside_ports && joint_ != '/') return MissingSeparator();
    // "80 tcp 53 udp": a port begins the next item if one began this item.
    if (!item_.transports.empty() && !item_.ports.empty() && begins_with_ports_) {
      if (absl::Status status = EndItem(); !status.ok()) return status;
      needs_transport_ = true;
    }
    if (IsEmpty()) begins_with_ports_ = true;
    item_.ports.push_back(token.ports);
    last_is_ports_ = true;
    return absl::OkStatus();
  }

  absl::Status TakeWord(absl::string_view word) {
    const std::optional<Transports> transports = words_.Find(word);
    if (!transports) {
      return absl::InvalidArgumentError(
          absl::StrCat("it has ", Quoted(word), ", which is neither a port nor a transport"));
    }
    if (!item_.transports.empty() && !item_.ports.empty() && !begins_with_ports_) {
      if (absl::Status status = EndItem(); !status.ok()) return status;
    }
    if (IsEmpty()) begins_with_ports_ = false;
    MergeTransports(item_.transports, *transports);
    last_is_ports_ = false;
    return absl::OkStatus();
  }

  // Ends an item. Transports alone belong to the ports before them: "53/tcp,udp".
  absl::Status EndItem() {
    joint_ = '\0';
    blank_ = false;
    if (IsEmpty()) return absl::OkStatus();
    if (item_.ports.empty()) {
      if (cell_.items.empty()) {
        return absl::InvalidArgumentError(
            "it has a transport before its ports, write 80/tcp,80/udp");
      }
      MergeTransports(cell_.items.back().transports, item_.transports);
    } else {
      if (item_.transports.empty() && needs_transport_) return MissingSeparator();
      if (item_.transports.empty()) item_.transports = heading_;
      cell_.items.push_back(item_);
    }
    item_ = {};
    last_is_ports_ = false;
    needs_transport_ = false;
    return absl::OkStatus();
  }

  absl::Status EndCell() {
    const bool alone = cell_.items.empty() && item_.ports.empty() && !item_.transports.empty();
    if (alone) return absl::InvalidArgumentError("it has a transport without a port");
    return EndItem();
  }

  [[nodiscard]] bool IsEmpty() const { return item_.ports.empty() && item_.transports.empty(); }

  static absl::Status MissingSeparator() {
    return absl::InvalidArgumentError("it has two ports without a separator, write 80,443");
  }

  static bool IsProtocolNumber(absl::string_view text) {
    return text == "6" || text == "17" || text == "33" || text == "132";
  }

  const TransportWords& words_;
  PortCell& cell_;
  CellPorts item_;
  // The transports that apply to items without any.
  Transports heading_;
  // The last punctuation other than a blank since the last port or word.
  char joint_ = '\0';
  bool blank_ = false;
  bool begins_with_ports_ = false;
  bool last_is_ports_ = false;
  // True if no separator precedes the item, which only its own transport shows to be one.
  bool needs_transport_ = false;
};

// Returns true for a text such as 10/12/2026.
bool IsDate(absl::string_view text) {
  size_t slashes = 0;
  size_t digits = 0;
  for (const char c : text) {
    if (c == '/') {
      if (digits == 0 || digits > 2) return false;
      ++slashes;
      digits = 0;
    } else if (IsDigit(c)) {
      ++digits;
    } else {
      return false;
    }
  }
  return slashes == 2 && digits == 4;
}

// Returns true for a list such as 22,443, which may also be the port 22443.
bool IsGroupedNumber(absl::string_view text) {
  constexpr size_t kGroup = 3;
  const size_t comma = text.find(',');
  if (comma == absl::string_view::npos || text.size() != comma + 1 + kGroup) return false;
  return ParsePort(absl::StrCat(text.substr(0, comma), text.substr(comma + 1))).ok();
}

}  // namespace

absl::StatusOr<PortCell> ReadPortCell(absl::string_view text, const TransportWords& words) {
  const std::string plain = Plain(absl::StripAsciiWhitespace(text));
  const auto refuse = [&](absl::string_view why) {
    return absl::InvalidArgumentError(
        absl::StrCat("ports ", Quoted(text), " cannot be used: ", why,
                     HasMonth(plain) ? "; a spreadsheet may have made a date of a range" : ""));
  };
  PortCell cell;
  if (IsDate(plain)) return refuse("it is a date");
  if (IsGroupedNumber(plain)) {
    cell.remarks.push_back(absl::StrCat("ports ", Quoted(text), " are read as two ports"));
  }
  Tokens tokens(plain, cell);
  CellReader reader(words, cell);
  for (bool more = true; more;) {
    const absl::StatusOr<Token> token = tokens.Next();
    if (!token.ok()) return refuse(token.status().message());
    if (absl::Status status = reader.Take(*token); !status.ok()) return refuse(status.message());
    more = token->kind != Token::Kind::kPunctuation || token->punctuation != '\0';
  }
  return cell;
}

}  // namespace portreg
