// Levels of four bits with NEON; included inside a target region and the tier's namespace, after
// its ByteLanes.

// 64 levels or bytes, in quarters.
struct ByteQuarters {
  int8x16_t quarter[4];
};

struct NibbleLanes {
  static constexpr std::size_t kWidth = 64;
  static constexpr std::size_t kRowBytes = 32;
  using Sum = int32x4_t;
  static SEMEME_ALWAYS_INLINE Sum zero() { return vdupq_n_s32(0); }
  static SEMEME_ALWAYS_INLINE ByteQuarters load_query(const std::int8_t* from) {
    return {{vld1q_s8(from), vld1q_s8(from + 16), vld1q_s8(from + 32), vld1q_s8(from + 48)}};
  }
  static SEMEME_ALWAYS_INLINE ByteQuarters load_row(const std::int8_t* from) {
    const uint8x16_t first = vreinterpretq_u8_s8(vld1q_s8(from));
    const uint8x16_t second = vreinterpretq_u8_s8(vld1q_s8(from + 16));
    return {{low_nibbles(first), low_nibbles(second), high_nibbles(first), high_nibbles(second)}};
  }
  static SEMEME_ALWAYS_INLINE Sum multiply_add(Sum sum, const ByteQuarters& row,
                                               const ByteQuarters& query) {
#pragma GCC unroll 4
    for (std::size_t q = 0; q < 4; ++q) {
      sum = ByteLanes::multiply_add(sum, row.quarter[q], query.quarter[q]);
    }
    return sum;
  }
  static SEMEME_ALWAYS_INLINE std::int32_t total(Sum sum) { return vaddvq_s32(sum); }

 private:
  static SEMEME_ALWAYS_INLINE int8x16_t low_nibbles(uint8x16_t bytes) {
    return vreinterpretq_s8_u8(vandq_u8(bytes, vdupq_n_u8(15)));
  }
  static SEMEME_ALWAYS_INLINE int8x16_t high_nibbles(uint8x16_t bytes) {
    return vreinterpretq_s8_u8(vshrq_n_u8(bytes, 4));
  }
};
