// Integer arithmetic only, one version for all tiers: conversion happens once, at load.
#include "kernels/convert.h"

#include <bit>
#include <cstring>

namespace sememe::kernels {
namespace {

std::uint32_t load_half(const std::byte* bits, std::size_t i) {
  std::uint16_t half;
  std::memcpy(&half, bits + 2 * i, sizeof(half));
  if constexpr (std::endian::native == std::endian::big) half = std::byteswap(half);
  return half;
}

// The exponent is rebiased by a product with 2^112, which also normalises subnormals.
float widen_f16(std::uint32_t half) {
  const std::uint32_t sign = (half & 0x8000U) << 16;
  const std::uint32_t magnitude = (half & 0x7FFFU) << 13;
  const bool special = (half & 0x7C00U) == 0x7C00U;
  const float scaled = std::bit_cast<float>(magnitude) * 0x1p112F;
  const std::uint32_t finite = std::bit_cast<std::uint32_t>(scaled);
  return std::bit_cast<float>(sign | (special ? magnitude | 0x7F800000U : finite));
}

}  // namespace

void f16_to_f32(const std::byte* bits, std::span<float> out) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = widen_f16(load_half(bits, i));
}

void bf16_to_f32(const std::byte* bits, std::span<float> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = std::bit_cast<float>(load_half(bits, i) << 16);
  }
}

}  // namespace sememe::kernels
