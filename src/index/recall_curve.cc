#include "index/recall_curve.h"

#include <algorithm>
#include <cmath>

namespace sememe::index {
namespace {

// Where nothing was sampled: far on the safe side for what is then a small index.
constexpr double kEffortPerResult = 20;

double effort_on(std::span<const RecallAtEffort> curve, double recall, std::size_t results) {
  if (curve.empty()) return kEffortPerResult * static_cast<double>(results);
  const auto above = std::ranges::find_if(
      curve, [recall](const RecallAtEffort& at) { return at.recall >= recall; });
  if (above == curve.end()) return curve.back().effort;
  if (above == curve.begin()) return above->effort;
  const RecallAtEffort& below = *(above - 1);
  const double part = (recall - below.recall) / (above->recall - below.recall);
  return below.effort * std::pow(static_cast<double>(above->effort) / below.effort, part);
}

}  // namespace

std::size_t RecallCurves::effort_for(double recall, std::size_t k) const {
  const auto effort_of = [&](std::size_t s) {
    return effort_on(curves[s], recall, kSampledResults[s]);
  };
  const double results = static_cast<double>(k);
  std::size_t next = 0;  // the first sampled number that is not below k
  while (next < kSampledResults.size() && kSampledResults[next] < k) ++next;
  double effort = 0;
  if (next == 0) {
    effort = effort_of(0);
  } else if (next == kSampledResults.size()) {
    effort = effort_of(next - 1) * results / static_cast<double>(kSampledResults.back());
  } else {
    const double fewer = static_cast<double>(kSampledResults[next - 1]);
    const double more = static_cast<double>(kSampledResults[next]);
    const double part = std::log(results / fewer) / std::log(more / fewer);
    effort = effort_of(next - 1) * std::pow(effort_of(next) / effort_of(next - 1), part);
  }
  return std::max(k, static_cast<std::size_t>(std::llround(effort)));
}

}  // namespace sememe::index
