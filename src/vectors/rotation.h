// A random rotation: makes the coordinates of any vector alike, so that few bits each describe it.
//
// Codes of one or a few bits a dimension have errors that hold for every vector only after a random
// rotation (Gao and Long 2024, "RaBitQ", arXiv 2405.12497, section 3.1). A dense random matrix
// costs dims^2; random signs and Walsh-Hadamard transforms in turn mix as well for dims log dims
// (Ailon and Chazelle 2009, "The fast Johnson-Lindenstrauss transform"; Yu et al. 2016, "Orthogonal
// random features", section 3, structured). A transform wants a power of two: other lengths take
// one over their first coordinates, one over their last, and then mix the two halves.
#ifndef SEMEME_VECTORS_ROTATION_H_
#define SEMEME_VECTORS_ROTATION_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sememe::vectors {

/// Numbers that the rotation of a vector of dims has: dims, up to a multiple of 64.
constexpr std::size_t rotated_dims_of(std::size_t dims) { return (dims + 63) / 64 * 64; }

/// Immutable: rotate may be called from several threads.
class Rotation {
 public:
  /// The rotation of a seed, the same on every machine. dims: at least 1.
  Rotation(std::size_t dims, std::uint64_t seed);

  std::size_t dims() const { return dims_; }
  /// rotated_dims_of(dims()): vectors have zeros behind their end.
  std::size_t rotated_dims() const { return rotated_dims_; }

  /// out [rotated_dims] = the rotation of in [dims]; they must not overlap. Lengths and inner
  /// products stay, to 1e-5 of the lengths. The same bits on every tier. Cost: four transforms
  /// (hadamard.h); 0.5 us for 384.
  void rotate(std::span<const float> in, std::span<float> out) const;

 private:
  std::size_t dims_;
  std::size_t rotated_dims_;
  std::size_t window_;        // the largest power of two in rotated_dims_
  std::vector<float> signs_;  // [rounds, steps, rotated_dims], +-1
};

}  // namespace sememe::vectors

#endif  // SEMEME_VECTORS_ROTATION_H_
