// Queues items and takes them out fairly by flow.
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

// Identifies a flow, which is the owner of items. In the server, it is a connection.
using FlowId = uintptr_t;

// A bounded queue that gives each flow an equal share of the time that work
// takes, however many items the flow has waiting and whatever each of them
// costs. Flows with equal costs take turns (round robin). The cost of an item is
// charged afterwards, as in start-time fair queueing (Goyal, Vin and Cheng,
// SIGCOMM 1996). Where there is no room, the flow with the most items waiting
// loses its newest one (longest queue drop; Suter et al., INFOCOM 1998), so that
// one flow cannot take the room of others.
//
// Not thread-safe.
class FairQueue {
 public:
  using Cost = std::chrono::nanoseconds;

  // The base class of what can wait in a queue. It must exist as long as it waits.
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

  // An item that was taken out to be worked on.
  struct Turn {
    Item* item;
    FlowId flow;
    // Cost that the flow was charged in advance.
    Cost expected;
  };

  // `most` is how many items may wait, at least 1.
  explicit FairQueue(size_t most) : most_(most) {}

  FairQueue(const FairQueue&) = delete;
  FairQueue& operator=(const FairQueue&) = delete;

  // Adds `item` behind the others of its flow. Returns nullptr if there is room for
  // it. Otherwise removes and returns the newest item of the flow with the most items,
  // which may be `item` itself. `item` must not be waiting.
  [[nodiscard]] Item* Add(FlowId flow, Item& item);

  // Takes out the oldest item of the flow that has been charged least. Call Charge
  // when the work is over. The queue must not be empty.
  [[nodiscard]] Turn Take();

  // Charges the flow of `turn` with what its work has cost.
  void Charge(const Turn& turn, Cost cost);

  // Removes `item`, without a charge. Returns false if it was not waiting.
  bool Remove(Item& item);

  // Removes all items, without a charge. Returns them in no particular order.
  std::vector<Item*> RemoveAll();

  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  // Number of flows with items that wait or are being worked on.
  [[nodiscard]] size_t flows() const { return flows_.size(); }

 private:
  struct Flow {
    FlowId id;
    // Oldest first.
    std::list<Item*> waiting;
    // Cost that the flow has been charged, on the queue's clock.
    Cost used;
    // Expected cost of its next item: the cost of the last one.
    Cost expected;
    // Items taken out and not charged yet.
    size_t under_way = 0;
  };
  struct HasHadLess {
    bool operator()(const Flow* a, const Flow* b) const;
  };
  struct IsShorter {
    bool operator()(const Flow* a, const Flow* b) const;
  };

  // Returns the flow, and creates it if it does not exist.
  Flow& FlowOf(FlowId id);
  // Change a flow only between Unlist and List, because it is sorted into turns_ and
  // lengths_ by its values. List deletes a flow without items.
  void Unlist(Flow& flow);
  void List(Flow& flow);

  const size_t most_;
  size_t size_ = 0;
  // Cost that the flow of the last turn had been charged. New flows begin with it, so
  // that they have no claim to turns from before they came.
  Cost clock_ = Cost::zero();
  std::unordered_map<FlowId, Flow> flows_;
  // The flows that have items waiting.
  std::set<Flow*, HasHadLess> turns_;
  std::set<Flow*, IsShorter> lengths_;
};

}  // namespace portreg::server

#endif  // PORTREG_SERVER_WORKERS_FAIR_QUEUE_H_
