#include "server/http/content_coding.h"

#include <zlib.h>

#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace portreg::server {
namespace {

// Selects the gzip format, if it is added to the number of bits of the window.
constexpr int kGzipFormat = 16;

std::unique_ptr<z_stream> NewStream(int level, int window_bits, int memory_level) {
  auto stream = std::make_unique<z_stream>();
  if (deflateInit2(stream.get(), level, Z_DEFLATED, window_bits + kGzipFormat, memory_level,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return nullptr;
  }
  return stream;
}

std::string Compress(z_stream& stream, absl::string_view bytes, int flush) {
  std::string compressed;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  size_t written = 0;
  do {
    compressed.resize(written + deflateBound(&stream, stream.avail_in) + 64);
    stream.next_out = reinterpret_cast<Bytef*>(compressed.data() + written);
    stream.avail_out = static_cast<uInt>(compressed.size() - written);
    if (deflate(&stream, flush) == Z_STREAM_ERROR) return {};
    written = compressed.size() - stream.avail_out;
  } while (stream.avail_out == 0);
  compressed.resize(written);
  return compressed;
}

// Returns the quality of an item such as "gzip;q=0.5".
double QualityOf(absl::string_view parameters) {
  for (absl::string_view each : absl::StrSplit(parameters, ';')) {
    each = absl::StripAsciiWhitespace(each);
    double quality = 0;
    if (absl::ConsumePrefix(&each, "q=") || absl::ConsumePrefix(&each, "Q=")) {
      return absl::SimpleAtod(each, &quality) ? quality : 0;
    }
  }
  return 1;
}

}  // namespace

bool AcceptsGzip(absl::string_view accept_encoding) {
  bool any = false;
  for (const absl::string_view item : absl::StrSplit(accept_encoding, ',')) {
    const std::pair<absl::string_view, absl::string_view> halves =
        absl::StrSplit(item, absl::MaxSplits(';', 1));
    const absl::string_view coding = absl::StripAsciiWhitespace(halves.first);
    const bool accepted = QualityOf(halves.second) > 0;
    if (absl::EqualsIgnoreCase(coding, "gzip") || absl::EqualsIgnoreCase(coding, "x-gzip")) {
      return accepted;
    }
    if (coding == "*") any = accepted;
  }
  return any;
}

void SetBody(const HttpRequest& request, const HttpBytes& plain, const HttpBytes& gzip,
             HttpResponse& response) {
  if (gzip.text.empty() || !AcceptsGzip(request)) {
    response.body = plain;
    return;
  }
  response.fields.emplace_back("Content-Encoding", "gzip");
  response.body = gzip;
}

std::string Gzip(absl::string_view bytes) {
  constexpr int kDefaultMemoryLevel = 8;
  const std::unique_ptr<z_stream> stream =
      NewStream(Z_DEFAULT_COMPRESSION, MAX_WBITS, kDefaultMemoryLevel);
  if (stream == nullptr) return {};
  std::string compressed = Compress(*stream, bytes, Z_FINISH);
  deflateEnd(stream.get());
  return compressed;
}

// With these parameters, zlib allocates 2^(13+2) + 2^(6+9) bytes (zconf.h), which is a quarter
// of what it allocates by default.
GzipStream::GzipStream()
    : stream_(NewStream(/*level=*/4, /*window_bits=*/13, /*memory_level=*/6)) {}

GzipStream::~GzipStream() {
  if (stream_ != nullptr) deflateEnd(stream_.get());
}

std::string GzipStream::Add(absl::string_view part, bool last) {
  if (stream_ == nullptr) return {};
  return Compress(*stream_, part, last ? Z_FINISH : Z_SYNC_FLUSH);
}

}  // namespace portreg::server
