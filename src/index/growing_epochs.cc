#include "index/growing_epochs.h"

#include <algorithm>
#include <thread>

namespace sememe::index {

Epochs::Reader::Reader(Epochs& epochs) : epochs_(epochs), slot_(epochs.take_slot()) {}

Epochs::Reader::~Reader() {
  const std::lock_guard lock(epochs_.mutex_);
  slot_.owned = false;
}

// All is seq_cst, so there is one order of it. Either advance() sees the slot's new time; or it
// looked at the slot before that was stored, then it had begun the next time before, which is what
// now_ gives here, and with it comes all that was put in place of what is reclaimed then.
Epochs::Pin::Pin(Reader& reader) : slot_(reader.slot_) {
  const std::atomic<Epoch>& now = reader.epochs_.now_;
  Epoch since = now.load();
  slot_.since.store(since);
  for (Epoch again = now.load(); again != since; again = now.load()) {
    since = again;
    slot_.since.store(since);
  }
}

Epochs::Pin::~Pin() { slot_.since.store(kIdle, std::memory_order_release); }

Epochs::Slot& Epochs::take_slot() {
  const std::lock_guard lock(mutex_);
  const auto idle = std::ranges::find(slots_, false, &Slot::owned);
  Slot& slot = idle != slots_.end() ? *idle : slots_.emplace_back();
  slot.owned = true;
  return slot;
}

Epoch Epochs::advance() {
  Epoch first = now() + 1;
  now_.store(first);
  const std::lock_guard lock(mutex_);
  for (const Slot& slot : slots_) first = std::min(first, slot.since.load());
  return first;
}

void Epochs::wait() {
  const Epoch now = this->now();
  while (advance() <= now) std::this_thread::yield();
}

}  // namespace sememe::index
