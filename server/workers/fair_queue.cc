#include "server/workers/fair_queue.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <tuple>

namespace portreg::server {
namespace {

// Lowest charge of a turn, so that flows whose work costs nothing take turns too.
constexpr FairQueue::Cost kLeastCost = std::chrono::microseconds(1);

}  // namespace

bool FairQueue::HasHadLess::operator()(const Flow* a, const Flow* b) const {
  return std::tie(a->used, a->id) < std::tie(b->used, b->id);
}

bool FairQueue::IsShorter::operator()(const Flow* a, const Flow* b) const {
  return std::make_tuple(a->waiting.size(), a->id) < std::make_tuple(b->waiting.size(), b->id);
}

FairQueue::Flow& FairQueue::FlowOf(FlowId id) {
  const auto [it, is_new] = flows_.try_emplace(id);
  if (is_new) {
    it->second.id = id;
    it->second.used = clock_;
    it->second.expected = kLeastCost;
  }
  return it->second;
}

void FairQueue::Unlist(Flow& flow) {
  turns_.erase(&flow);
  lengths_.erase(&flow);
}

void FairQueue::List(Flow& flow) {
  if (!flow.waiting.empty()) {
    turns_.insert(&flow);
    lengths_.insert(&flow);
  } else if (flow.under_way == 0) {
    flows_.erase(flow.id);
  }
}

FairQueue::Item* FairQueue::Add(FlowId id, Item& item) {
  assert(!item.waiting_);
  Flow& flow = FlowOf(id);
  Unlist(flow);
  item.waiting_ = true;
  item.flow_ = id;
  item.place_ = flow.waiting.insert(flow.waiting.end(), &item);
  ++size_;
  List(flow);
  if (size_ <= most_) return nullptr;
  Flow& longest = **lengths_.rbegin();
  // If several flows are longest, the item that was just added loses.
  Flow& loser = longest.waiting.size() == flow.waiting.size() ? flow : longest;
  Item& newest = *loser.waiting.back();
  Remove(newest);
  return &newest;
}

FairQueue::Turn FairQueue::Take() {
  assert(!empty());
  Flow& flow = **turns_.begin();
  Unlist(flow);
  Item& item = *flow.waiting.front();
  flow.waiting.pop_front();
  item.waiting_ = false;
  --size_;
  clock_ = std::max(clock_, flow.used);
  const Turn turn = {.item = &item, .flow = flow.id, .expected = flow.expected};
  flow.used += turn.expected;
  ++flow.under_way;
  List(flow);
  return turn;
}

void FairQueue::Charge(const Turn& turn, Cost cost) {
  Flow& flow = flows_.at(turn.flow);
  Unlist(flow);
  flow.expected = std::max(cost, kLeastCost);
  flow.used += flow.expected - turn.expected;
  --flow.under_way;
  List(flow);
}

bool FairQueue::Remove(Item& item) {
  if (!item.waiting_) return false;
  Flow& flow = flows_.at(item.flow_);
  Unlist(flow);
  flow.waiting.erase(item.place_);
  item.waiting_ = false;
  --size_;
  List(flow);
  return true;
}

std::vector<FairQueue::Item*> FairQueue::RemoveAll() {
  std::vector<Item*> removed;
  removed.reserve(size_);
  while (!turns_.empty()) {
    Item& item = *(*turns_.begin())->waiting.front();
    Remove(item);
    removed.push_back(&item);
  }
  return removed;
}

}  // namespace portreg::server
