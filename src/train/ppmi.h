// Positive pointwise mutual information of words that come near each other.
#ifndef SEMEME_TRAIN_PPMI_H_
#define SEMEME_TRAIN_PPMI_H_

#include "train/cooccurrences.h"
#include "train/sparse_matrix.h"

namespace sememe::train {

struct PpmiOptions {
  /// Counts of contexts are taken to this power, which makes rare ones less surprising.
  double smoothing = 0.75;
  /// ln of this is taken off: what skip-gram with so many negatives does (Levy and Goldberg 2014).
  double shift = 1;
};

/// [V, V], of counts n(w, c): max(0, ln(n(w, c) S / (n(w) n(c)^a)) - ln shift), for n(w) the sum of
/// row w, n(c) that of column c, S the sum of all n(c)^a (Levy, Goldberg and Dagan 2015, eq. 3 to
/// 5). Zeros are left out. Throws Error(kInvalidArgument) for a smoothing that is not in [0, 1], or
/// a shift that is not finite and above zero. Memory: 8 bytes an entry.
SparseMatrix positive_pmi(const Cooccurrences& counts, const PpmiOptions& options);

}  // namespace sememe::train

#endif  // SEMEME_TRAIN_PPMI_H_
