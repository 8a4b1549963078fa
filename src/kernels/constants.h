// Coefficients that all tiers share. Fitted for this project: 2^x by Chebyshev interpolation in 30
// digits, erf by iterated weighted least squares; the values are the nearest floats.
#ifndef SEMEME_KERNELS_CONSTANTS_H_
#define SEMEME_KERNELS_CONSTANTS_H_

namespace sememe::kernels {

inline constexpr float kInfinity = __builtin_inff();
inline constexpr float kLog2E = 1.4426950408889634F;

/// 2^r = sum of kExp2Polynomial[i] r^i for |r| <= 1/2, error 1.3e-7 with its rounding.
inline constexpr float kExp2Polynomial[7] = {
    1.0F, 0.6931472F, 0.2402265F, 0.05550357F, 0.009618083F, 0.0013390863F, 0.00015453163F};

/// erf(x / sqrt 2) = x P(x^2) / Q(x^2) for |x| <= kErfBound, relative error 1.3e-8 before rounding;
/// at the bound it is 1 in f32.
inline constexpr float kErfBound = 5.4F;
inline constexpr float kErfNumerator[6] = {0.7978845238685608F,     0.06605600565671921F,
                                           0.009257731959223747F,   0.0003213589661754668F,
                                           1.2646949471672997e-05F, 4.718238244549866e-08F};
inline constexpr float kErfDenominator[6] = {1.0F,
                                             0.24945539236068726F,
                                             0.02817927859723568F,
                                             0.0018385665025562048F,
                                             7.116723281797022e-05F,
                                             1.2198116792205838e-06F};

/// GELU(x) = x (1/2 + x P(x^2)) for |x| <= kCoarseGeluBound, where 1/2 + x P(x^2) reaches 0 and 1.
inline constexpr float kCoarseGeluBound = 3.8F;
inline constexpr float kCoarseGelu[7] = {
    0.39953282475471497F,   -0.06667075306177139F,   0.009686720557510853F, -0.000999819370917976F,
    6.718412623740733e-05F, -2.581331955298083e-06F, 4.246098583848834e-08F};

}  // namespace sememe::kernels

#endif  // SEMEME_KERNELS_CONSTANTS_H_
