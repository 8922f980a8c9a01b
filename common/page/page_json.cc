#include "common/page/page_json.h"

#include "absl/strings/str_replace.h"
#include "common/text/quote.h"

namespace portreg {

void Texts::EndEmpty() {
  if (empty_ > 0) rows_.push_back(empty_);
  empty_ = 0;
}

void Texts::Add(absl::string_view text, absl::string_view other) {
  if (text.empty()) {
    ++empty_;
    return;
  }
  if (text == other) {
    EndEmpty();
    rows_.push_back(-2);
    last_.clear();
    return;
  }
  std::string shown = Printable(text);
  if (empty_ == 0 && shown == last_) {
    rows_.push_back(-1);
    return;
  }
  EndEmpty();
  rows_.push_back(shown);
  last_ = std::move(shown);
}

nlohmann::ordered_json Texts::Take() && {
  EndEmpty();
  return std::move(rows_);
}

void Runs::Add(int64_t value) {
  if (count_ > 0 && value == value_) {
    ++count_;
    return;
  }
  if (count_ > 0) {
    runs_.push_back(count_);
    runs_.push_back(value_);
  }
  value_ = value;
  count_ = 1;
}

nlohmann::ordered_json Runs::Take() && {
  if (count_ > 0) {
    runs_.push_back(count_);
    runs_.push_back(value_);
  }
  return std::move(runs_);
}

std::string ToScriptText(nlohmann::ordered_json json) {
  std::string text = json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  json = nullptr;
  // Escapes are safe, because these characters occur only within strings of the JSON.
  absl::StrReplaceAll({{"<", "\\u003c"}, {"\xe2\x80\xa8", "\\u2028"}, {"\xe2\x80\xa9", "\\u2029"}},
                      &text);
  return text;
}

}  // namespace portreg
