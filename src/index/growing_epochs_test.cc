#include "index/growing_epochs.h"

#include <gtest/gtest.h>

#include <optional>

namespace sememe::index {
namespace {

TEST(Epochs, WhatWasReplacedIsInUseAsLongAsSomebodyReadsWhoBeganBefore) {
  Epochs epochs;
  Epochs::Reader one(epochs);
  Epochs::Reader other(epochs);
  std::optional<Epochs::Pin> early(std::in_place, one);
  const Epoch replaced = epochs.now();
  EXPECT_LE(epochs.advance(), replaced);
  const Epochs::Pin late(other);
  EXPECT_LE(epochs.advance(), replaced);
  early.reset();
  const Epoch first = epochs.advance();
  EXPECT_GT(first, replaced);
  // The late one still reads.
  EXPECT_LT(first, epochs.now());
}

TEST(Epochs, WithoutReadersNothingIsInUse) {
  Epochs epochs;
  for (int i = 0; i < 3; ++i) {
    const Epoch replaced = epochs.now();
    EXPECT_GT(epochs.advance(), replaced);
    Epochs::Reader gone(epochs);
    const Epochs::Pin pin(gone);
  }
  epochs.wait();
}

}  // namespace
}  // namespace sememe::index
