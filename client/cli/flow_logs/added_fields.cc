#include "client/cli/flow_logs/added_fields.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/text/quote.h"

namespace portreg::cli {
namespace {

constexpr absl::string_view kFallbackPrefix = "portreg_";
constexpr size_t kPortDigits = 5;

// Returns the first of the names that the log already has.
std::optional<std::string> FirstExisting(const FieldNames& names,
                                         absl::FunctionRef<bool(absl::string_view)> exists) {
  for (const std::string& name : names.All()) {
    if (exists(name)) return name;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> FieldNames::All() const {
  std::vector<std::string> all = {service, service_port, service_side, service_rule};
  if (!source_service.empty()) {
    all.push_back(source_service);
    all.push_back(destination_service);
  }
  return all;
}

FieldNames NamesWithPrefix(absl::string_view prefix, bool both) {
  const auto with = [prefix](absl::string_view name) { return absl::StrCat(prefix, name); };
  return {.service = with("service"),
          .service_port = with("service_port"),
          .service_side = with("service_side"),
          .service_rule = with("service_rule"),
          .source_service = both ? with("source_service") : "",
          .destination_service = both ? with("destination_service") : ""};
}

absl::StatusOr<FieldNames> ChooseNames(const AnnotateOptions& options,
                                       absl::FunctionRef<bool(absl::string_view)> exists) {
  FieldNames names = NamesWithPrefix(options.prefix.value_or(""), options.both);
  std::optional<std::string> existing = FirstExisting(names, exists);
  if (existing && !options.prefix) {
    names = NamesWithPrefix(kFallbackPrefix, options.both);
    existing = FirstExisting(names, exists);
  }
  if (!existing) return names;
  return absl::InvalidArgumentError(absl::StrCat("the log has a field ", Quoted(*existing),
                                                 " already; --prefix makes another name"));
}

AddedFields::AddedFields(std::shared_ptr<const ServiceTable> table, const ValueForm& form,
                         bool both)
    : table_(std::move(table)), both_(both) {
  const auto add_name = [&](std::optional<absl::string_view> service) {
    before_port_.push_back(Add(form.BeforePort(service)));
    if (!both_) return;
    of_source_.push_back(Add(form.OfSide(ServiceSide::kSource, service)));
    of_destination_.push_back(Add(form.OfSide(ServiceSide::kDestination, service)));
  };
  for (const std::string& service : table_->services) add_name(service);
  add_name(std::nullopt);
  std::vector<Piece> tails;
  for (int side = 0; side < kSideCount; ++side) {
    for (int reason = 0; reason < kReasonCount; ++reason) {
      after_port_[side][reason] =
          Add(form.AfterPort(static_cast<ServiceSide>(side), static_cast<SideReason>(reason)));
      tails.push_back(after_port_[side][reason]);
    }
  }
  none_ = Add(form.OfNone());
  max_size_ = kPortDigits + none_.size;
  for (const std::vector<Piece>* pieces : {&before_port_, &of_source_, &of_destination_, &tails}) {
    size_t longest = 0;
    for (const Piece& piece : *pieces) longest = std::max<size_t>(longest, piece.size);
    max_size_ += longest;
  }
  texts_.append(kBlockPadding, '\0');
}

AddedFields::Piece AddedFields::Add(absl::string_view text) {
  const Piece piece = {static_cast<uint32_t>(texts_.size()), static_cast<uint32_t>(text.size())};
  absl::StrAppend(&texts_, text);
  return piece;
}

void AddedFields::AppendName(const std::vector<Piece>& pieces, Port port, Transport transport,
                             OutputBlock& out) const {
  const size_t name = table_->names.At(port, transport);
  out.AppendPadded(pieces[std::min(name, pieces.size() - 1)].of(texts_));
}

void AddedFields::Append(const FlowPorts& flow, OutputBlock& out) const {
  const std::optional<Transport> transport = TransportOfFlow(flow.protocol);
  const SideChoice choice = transport ? table_->rule.Decide(flow, *transport) : SideChoice{};
  if (choice.side == ServiceSide::kNone) {
    AppendNone(out);
    return;
  }
  const Port port = SideRule::PortOf(flow, choice.side);
  AppendName(before_port_, port, *transport, out);
  char* const digits = out.space();
  out.Added(static_cast<size_t>(std::to_chars(digits, digits + kPortDigits, port).ptr - digits));
  out.AppendPadded(
      after_port_[static_cast<size_t>(choice.side)][static_cast<size_t>(choice.reason)].of(texts_));
  if (!both_) return;
  AppendName(of_source_, flow.source, *transport, out);
  AppendName(of_destination_, flow.destination, *transport, out);
}

}  // namespace portreg::cli
