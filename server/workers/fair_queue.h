// Holds work that waits, and hands it out fairly.
#ifndef PORTREG_SERVER_WORKERS_FAIR_QUEUE_H_
#define PORTREG_SERVER_WORKERS_FAIR_QUEUE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <set>
#include <unordered_map>
#include <vector>

namespace portreg::server {

// Names those who share a queue: in the server, one flow is one connection.
using FlowId = uintptr_t;

// A bounded queue that gives each flow an equal share of the time that work
// takes, however many items the flow has waiting and whatever each of them
// costs. Flows with equal costs take turns (round robin). What an item costs is
// charged afterwards, as in start-time fair queueing (Goyal, Vin and Cheng,
// SIGCOMM 1996). Where there is no room, the flow with the most items waiting
// loses its newest one (longest queue drop; Suter et al., INFOCOM 1998), so that
// one flow cannot take the room of others.
//
// Not thread-safe.
class FairQueue {
 public:
  using Cost = std::chrono::nanoseconds;

  // What can wait in a queue. It must outlive its wait.
  class Item {
   public:
    Item() = default;
    Item(const Item&) = delete;
    Item& operator=(const Item&) = delete;

   protected:
    ~Item() = default;

   private:
    friend class FairQueue;

    bool waiting_ = false;
    FlowId flow_ = 0;
    std::list<Item*>::iterator place_;
  };

  // An item that was taken out, in order to be worked on.
  struct Turn {
    Item* item;
    FlowId flow;
    // What the flow was charged in advance.
    Cost expected;
  };

  // `most` is how many items may wait, at least 1.
  explicit FairQueue(size_t most) : most_(most) {}

  FairQueue(const FairQueue&) = delete;
  FairQueue& operator=(const FairQueue&) = delete;

  // Makes `item` wait behind the others of its flow. Returns the item for which
  // there is no room, which does not wait: `item` itself or that of a flow with
  // more items. Returns nullptr if there is room for all. `item` must not be
  // waiting.
  [[nodiscard]] Item* Add(FlowId flow, Item& item);

  // Takes out the oldest item of the flow that has had least. Charge must follow
  // when the work is over. The queue must not be empty.
  [[nodiscard]] Turn Take();

  // Charges the flow of `turn` with what its work has cost.
  void Charge(const Turn& turn, Cost cost);

  // Takes `item` out for good. Returns false if it was not waiting.
  bool Remove(Item& item);

  // Takes all items out for good, in no order.
  std::vector<Item*> RemoveAll();

  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  // Flows that have items waiting or being worked on; others are forgotten.
  [[nodiscard]] size_t flows() const { return flows_.size(); }

 private:
  struct Flow {
    FlowId id;
    // Oldest first.
    std::list<Item*> waiting;
    // What the flow has had, on the queue's clock.
    Cost used;
    // What its next item will presumably cost: what the last one did.
    Cost expected;
    // Items taken out and not charged.
    size_t under_way = 0;
  };
  struct HasHadLess {
    bool operator()(const Flow* a, const Flow* b) const;
  };
  struct IsShorter {
    bool operator()(const Flow* a, const Flow* b) const;
  };

  // The flow of that name, made if there is none.
  Flow& FlowOf(FlowId id);
  // A flow is changed between Unlist and List. List forgets it if it has nothing
  // waiting or under way.
  void Unlist(Flow& flow);
  void List(Flow& flow);

  const size_t most_;
  size_t size_ = 0;
  // What the flow had had that was taken from last: where new flows begin, so
  // that they have no claim to what was given before they came.
  Cost clock_ = Cost::zero();
  std::unordered_map<FlowId, Flow> flows_;
  // Those that have items waiting.
  std::set<Flow*, HasHadLess> turns_;
  std::set<Flow*, IsShorter> lengths_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WORKERS_FAIR_QUEUE_H_
