// Correlation of predicted with human scores.
#ifndef SEMEME_EVAL_CORRELATION_H_
#define SEMEME_EVAL_CORRELATION_H_

#include <span>
#include <vector>

namespace sememe::eval {

/// Pearson's r; NaN when one side has no variance. x, y: [N] of one length, N >= 2 (else
/// Error(kInvalidArgument)).
double pearson(std::span<const double> x, std::span<const double> y);

/// Spearman's rho: Pearson's r of the ranks, equal values sharing the mean of their ranks, as
/// scipy.stats does.
double spearman(std::span<const double> x, std::span<const double> y);

/// Ranks from 1, ties shared.
std::vector<double> average_ranks(std::span<const double> values);

}  // namespace sememe::eval

#endif  // SEMEME_EVAL_CORRELATION_H_
