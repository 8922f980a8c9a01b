#include "client/cli/streams/compressed_source.h"

#include <zlib.h>
#include <zstd.h>

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace portreg::cli {
namespace {

constexpr size_t kBufferBytes = 65'536;
// Makes zlib use its largest window (15 bits) and accept gzip's format only (16).
constexpr int kGzipWindow = 15 + 16;

absl::Status Broken(const std::string& path, absl::string_view format, absl::string_view reason) {
  return absl::DataLossError(
      absl::StrCat(path == "-" ? "standard input" : path, ": the data of ", format, " ", reason));
}

// Reads compressed bytes into a buffer.
class CompressedSource : public ByteSource {
 public:
  CompressedSource(std::string path, std::unique_ptr<ByteSource> inner)
      : path_(std::move(path)), inner_(std::move(inner)), buffer_(kBufferBytes) {}

  // Returns false while the buffer has bytes, because Read() can use them without the file.
  bool WouldWait() override { return at_ == end_ && !at_end_ && inner_->WouldWait(); }
  [[nodiscard]] uint64_t position() const override { return inner_->position(); }
  [[nodiscard]] std::optional<uint64_t> total() const override { return inner_->total(); }

 protected:
  // Fills the buffer if it is empty. Sets at_end_ if there is nothing more.
  absl::Status Fill() {
    if (at_ < end_ || at_end_) return absl::OkStatus();
    const absl::StatusOr<size_t> count = inner_->Read(buffer_.data(), buffer_.size());
    if (!count.ok()) return count.status();
    at_ = 0;
    end_ = *count;
    at_end_ = *count == 0;
    return absl::OkStatus();
  }

  const std::string path_;
  const std::unique_ptr<ByteSource> inner_;
  std::vector<char> buffer_;
  // The unused bytes of the buffer.
  size_t at_ = 0;
  size_t end_ = 0;
  bool at_end_ = false;
};

class GzipSource final : public CompressedSource {
 public:
  GzipSource(std::string path, std::unique_ptr<ByteSource> inner)
      : CompressedSource(std::move(path), std::move(inner)) {
    is_ready_ = inflateInit2(&stream_, kGzipWindow) == Z_OK;
  }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;
  ~GzipSource() override { inflateEnd(&stream_); }

  absl::StatusOr<size_t> Read(char* to, size_t size) override {
    if (!is_ready_) return absl::ResourceExhaustedError("zlib gets no memory");
    stream_.next_out = reinterpret_cast<Bytef*>(to);
    stream_.avail_out = static_cast<uInt>(size);
    while (stream_.avail_out == size) {
      if (absl::Status status = Fill(); !status.ok()) return status;
      if (at_end_) {
        if (between_members_) return 0;
        return Broken(path_, "gzip", "end too early");
      }
      if (between_members_) {
        // Skips zeros, with which some tapes and tools pad files.
        if (buffer_[at_] == '\0') {
          ++at_;
          continue;
        }
        inflateReset(&stream_);
        between_members_ = false;
      }
      if (absl::Status status = Inflate(); !status.ok()) return status;
    }
    return size - stream_.avail_out;
  }

 private:
  absl::Status Inflate() {
    stream_.next_in = reinterpret_cast<Bytef*>(buffer_.data() + at_);
    stream_.avail_in = static_cast<uInt>(end_ - at_);
    const int result = inflate(&stream_, Z_NO_FLUSH);
    at_ = end_ - stream_.avail_in;
    if (result == Z_STREAM_END) {
      between_members_ = true;
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      return Broken(path_, "gzip", "are broken");
    }
    return absl::OkStatus();
  }

  z_stream stream_ = {};
  bool is_ready_ = false;
  // True between two members of the file, and after the last one.
  bool between_members_ = false;
};

class ZstdSource final : public CompressedSource {
 public:
  ZstdSource(std::string path, std::unique_ptr<ByteSource> inner)
      : CompressedSource(std::move(path), std::move(inner)), stream_(ZSTD_createDStream()) {}
  ZstdSource(const ZstdSource&) = delete;
  ZstdSource& operator=(const ZstdSource&) = delete;
  ~ZstdSource() override { ZSTD_freeDStream(stream_); }

  absl::StatusOr<size_t> Read(char* to, size_t size) override {
    if (stream_ == nullptr) return absl::ResourceExhaustedError("zstd gets no memory");
    ZSTD_outBuffer out = {to, size, 0};
    while (out.pos == 0) {
      if (absl::Status status = Fill(); !status.ok()) return status;
      // Asks the stream even at the end of the file, because it may still hold output.
      ZSTD_inBuffer in = {buffer_.data(), end_, at_};
      const size_t result = ZSTD_decompressStream(stream_, &out, &in);
      if (ZSTD_isError(result) != 0) {
        return Broken(path_, "zstd", absl::StrCat("are broken: ", ZSTD_getErrorName(result)));
      }
      const bool moved = in.pos != at_ || out.pos > 0;
      at_ = in.pos;
      if (moved) in_frame_ = result != 0;
      if (!at_end_ || moved) continue;
      if (in_frame_) return Broken(path_, "zstd", "end too early");
      return 0;
    }
    return out.pos;
  }

 private:
  ZSTD_DStream* const stream_;
  bool in_frame_ = false;
};

}  // namespace

Compression CompressionOf(absl::string_view first_bytes) {
  if (absl::StartsWith(first_bytes, "\x1F\x8B")) return Compression::kGzip;
  if (absl::StartsWith(first_bytes, "\x28\xB5\x2F\xFD")) return Compression::kZstd;
  return Compression::kNone;
}

std::unique_ptr<ByteSource> DecompressGzip(std::string path, std::unique_ptr<ByteSource> inner) {
  return std::make_unique<GzipSource>(std::move(path), std::move(inner));
}

std::unique_ptr<ByteSource> DecompressZstd(std::string path, std::unique_ptr<ByteSource> inner) {
  return std::make_unique<ZstdSource>(std::move(path), std::move(inner));
}

}  // namespace portreg::cli
