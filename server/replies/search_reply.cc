#include "server/replies/search_reply.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/strings/string_view.h"
#include "common/answers/conversion.h"
#include "common/answers/requests.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"

namespace portreg::server {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedOutputStream;

// Returns a number for the fields of a SearchMatch other than its record: its kind and
// the places of the match.
size_t RemarkOf(const SearchMatch& match) {
  return static_cast<size_t>(match.kind) << 4 | (match.in_service ? 8 : 0) |
         (match.in_description ? 4 : 0) | (match.in_owner ? 2 : 0) | (match.in_assignee ? 1 : 0);
}

// Most bytes that a match takes in addition to its record.
constexpr size_t kMaxBesideRecord = 16;

constexpr size_t kRemarks = (static_cast<size_t>(MatchKind::kPartOfWord) + 1) << 4;

// Returns the serialised SearchMatch without its record, for each RemarkOf.
const std::array<std::string, kRemarks>& RemarkBytes() {
  static const auto& bytes = *[] {
    auto* const all = new std::array<std::string, kRemarks>();
    for (size_t remark = 0; remark < kRemarks; ++remark) {
      v1::SearchMatch match;
      AddReason({.record = 0,
                 .kind = static_cast<MatchKind>(remark >> 4),
                 .in_service = (remark & 8) != 0,
                 .in_description = (remark & 4) != 0,
                 .in_owner = (remark & 2) != 0,
                 .in_assignee = (remark & 1) != 0},
                match);
      (*all)[remark] = match.SerializeAsString();
    }
    return all;
  }();
  return bytes;
}

// Holds tag and length of a match of `size` bytes.
class MatchHead {
 public:
  explicit MatchHead(size_t size) {
    constexpr uint32_t kTag = WireFormatLite::MakeTag(v1::SearchResponse::kMatchesFieldNumber,
                                                      WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
    uint8_t* end = CodedOutputStream::WriteVarint32ToArray(kTag, bytes_.data());
    end = CodedOutputStream::WriteVarint32ToArray(static_cast<uint32_t>(size), end);
    size_ = static_cast<size_t>(end - bytes_.data());
  }

  [[nodiscard]] absl::string_view bytes() const {
    return {reinterpret_cast<const char*>(bytes_.data()), size_};
  }

 private:
  // Room for two varints of 32 bits.
  std::array<uint8_t, 10> bytes_;
  size_t size_;
};

void AppendPiece(absl::string_view piece, std::string& bytes) {
  bytes.append(piece.data(), piece.size());
}

}  // namespace

absl::StatusOr<std::string> SearchReply(const SearchIndex& index, const StoredReplies& replies,
                                        const v1::SearchRequest& request,
                                        const std::atomic<bool>* cancelled) {
  const absl::StatusOr<SearchRequestQuestion> question = Read(request);
  if (!question.ok()) return question.status();
  SearchResult result = index.Search(question->search, cancelled);
  std::string bytes;
  if (question->with_details == WithDetails::kNo) {
    size_t size = 0;
    for (const SearchMatch& match : result.matches) {
      size += kMaxBesideRecord + replies.SearchRecord(match.record).size();
    }
    bytes.reserve(size);
    for (const SearchMatch& match : result.matches) {
      const absl::string_view record = replies.SearchRecord(match.record);
      const std::string& remark = RemarkBytes()[RemarkOf(match)];
      AppendPiece(MatchHead(record.size() + remark.size()).bytes(), bytes);
      AppendPiece(record, bytes);
      AppendPiece(remark, bytes);
    }
    result.matches.clear();
  }
  // Serialised messages that follow each other parse as one.
  v1::SearchResponse rest;
  ToMessage(result, index.registry(), question->with_details, rest);
  rest.set_revision(index.registry().revision());
  rest.AppendToString(&bytes);
  return bytes;
}

}  // namespace portreg::server
