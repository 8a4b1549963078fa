// Sums in double, which tests hold f32 results against.
#ifndef SEMEME_VECTORS_EXACT_TESTING_H_
#define SEMEME_VECTORS_EXACT_TESTING_H_

#include <cstddef>
#include <span>

namespace sememe::vectors {

inline double product(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * double{b[i]};
  return sum;
}

}  // namespace sememe::vectors

#endif  // SEMEME_VECTORS_EXACT_TESTING_H_
