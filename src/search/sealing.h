// Segments of a store: when one is made, how, and what one says of itself.
#ifndef SEMEME_SEARCH_SEALING_H_
#define SEMEME_SEARCH_SEALING_H_

#include <cstddef>

#include "sememe/collection.h"
#include "store/store.h"
#include "vectors/metric.h"

namespace sememe::sealing {

/// Fewer rows that came since, or that no chunk uses, are never worth a new graph: comparing 1,000
/// rows of 384 dimensions costs what one walk of the graph does.
inline constexpr std::size_t kMinRows = 1000;

/// Whether so many rows are more than a quarter of the sealed ones, and than kMinRows.
bool outgrown(std::size_t rows, std::size_t sealed);

/// See Collection::seal_if_worthwhile. threads: 0 for as many as the process may use.
SealReport seal_if_worthwhile(store::Store& store, vectors::Metric metric, std::size_t threads,
                              const SealOptions& options);

/// The segment that the last commit names. Checks its whole file.
SegmentInfo inspect(const store::Store& store);

}  // namespace sememe::sealing

#endif  // SEMEME_SEARCH_SEALING_H_
