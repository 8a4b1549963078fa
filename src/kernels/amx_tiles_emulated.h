// The instructions of amx_tiles.h in plain C++, for builds with SEMEME_EMULATE_TILES: the AMX tier
// then runs on any processor with the rest of what it needs (AVX-512 VBMI and BF16), and the
// sanitizers see what a tile load reads. Only amx_tiles.h includes this.
#ifndef SEMEME_KERNELS_AMX_TILES_EMULATED_H_
#define SEMEME_KERNELS_AMX_TILES_EMULATED_H_

SEMEME_TARGET_AMX_BEGIN
namespace sememe::kernels::amx {

struct EmulatedTile {
  alignas(64) std::uint8_t bytes[kTileBytes];
};

/// The registers of a thread, and whether a session has them.
struct EmulatedTiles {
  EmulatedTile tiles[8];
  bool ready;
};
inline thread_local EmulatedTiles emulated_tiles;

template <int kTile>
inline std::uint8_t* emulated_tile() {
  static_assert(kTile >= 0 && kTile < 8);
  if (!emulated_tiles.ready) __builtin_trap();  // as the processor does without a configuration
  return emulated_tiles.tiles[kTile].bytes;
}

class TileSession {
 public:
  TileSession() {
    if (emulated_tiles.ready) __builtin_trap();  // sessions do not nest
    // Not zeros: a real register holds what was in it.
    __builtin_memset(emulated_tiles.tiles, 0xA5, sizeof(emulated_tiles.tiles));
    emulated_tiles.ready = true;
  }
  ~TileSession() { emulated_tiles.ready = false; }
  TileSession(const TileSession&) = delete;
  TileSession& operator=(const TileSession&) = delete;
};

inline void keep_vectors_awake() {}

template <int kTile>
inline void tile_zero() {
  __builtin_memset(emulated_tile<kTile>(), 0, kTileBytes);
}

template <int kTile>
inline void tile_load(const void* from, std::size_t stride = kTileRowBytes) {
  std::uint8_t* tile = emulated_tile<kTile>();
  for (std::size_t row = 0; row < kTileSide; ++row) {
    __builtin_memcpy(tile + row * kTileRowBytes,
                     static_cast<const std::uint8_t*>(from) + row * stride, kTileRowBytes);
  }
}

template <int kTile>
inline void tile_store(void* to, std::size_t stride = kTileRowBytes) {
  const std::uint8_t* tile = emulated_tile<kTile>();
  for (std::size_t row = 0; row < kTileSide; ++row) {
    __builtin_memcpy(static_cast<std::uint8_t*>(to) + row * stride, tile + row * kTileRowBytes,
                     kTileRowBytes);
  }
}

// A bf16 as f32; denormals are zero.
inline float emulated_bf16(const std::uint8_t* from) {
  std::uint16_t half;
  __builtin_memcpy(&half, from, sizeof(half));
  if ((half & 0x7F80U) == 0) half &= 0x8000U;
  const std::uint32_t bits = std::uint32_t{half} << 16;
  float value;
  __builtin_memcpy(&value, &bits, sizeof(value));
  return value;
}

inline float emulated_flush(float value) {
  return __builtin_fabsf(value) < 0x1p-126F ? __builtin_copysignf(0.0F, value) : value;
}

template <int kSum, int kA, int kB>
inline void multiply_bf16() {
  std::uint8_t* sums = emulated_tile<kSum>();
  const std::uint8_t* a = emulated_tile<kA>();
  const std::uint8_t* b = emulated_tile<kB>();
  for (std::size_t row = 0; row < kTileSide; ++row) {
    for (std::size_t column = 0; column < kTileSide; ++column) {
      float chains[2] = {0.0F, 0.0F};
      for (std::size_t k = 0; k < 32; ++k) {
        const float x = emulated_bf16(a + row * kTileRowBytes + 2 * k);
        const float w = emulated_bf16(b + k / 2 * kTileRowBytes + 4 * column + k % 2 * 2);
        chains[k % 2] = emulated_flush(__builtin_fmaf(x, w, chains[k % 2]));
      }
      std::uint8_t* at = sums + row * kTileRowBytes + 4 * column;
      float sum;
      __builtin_memcpy(&sum, at, sizeof(sum));
      sum = emulated_flush(emulated_flush(sum) + emulated_flush(chains[0] + chains[1]));
      __builtin_memcpy(at, &sum, sizeof(sum));
    }
  }
}

template <typename Left, typename Right>
inline void emulated_product(std::uint8_t* sums, const std::uint8_t* a, const std::uint8_t* b) {
  for (std::size_t row = 0; row < kTileSide; ++row) {
    for (std::size_t column = 0; column < kTileSide; ++column) {
      std::uint8_t* at = sums + row * kTileRowBytes + 4 * column;
      std::uint32_t sum;
      __builtin_memcpy(&sum, at, sizeof(sum));
      for (std::size_t k = 0; k < kTileRowBytes; ++k) {
        const auto x = static_cast<Left>(a[row * kTileRowBytes + k]);
        const auto w = static_cast<Right>(b[k / 4 * kTileRowBytes + 4 * column + k % 4]);
        sum += static_cast<std::uint32_t>(x * w);
      }
      __builtin_memcpy(at, &sum, sizeof(sum));
    }
  }
}

template <int kSum, int kA, int kB>
inline void multiply_s8s8() {
  emulated_product<std::int8_t, std::int8_t>(emulated_tile<kSum>(), emulated_tile<kA>(),
                                             emulated_tile<kB>());
}
template <int kSum, int kA, int kB>
inline void multiply_s8u8() {
  emulated_product<std::int8_t, std::uint8_t>(emulated_tile<kSum>(), emulated_tile<kA>(),
                                              emulated_tile<kB>());
}
template <int kSum, int kA, int kB>
inline void multiply_u8s8() {
  emulated_product<std::uint8_t, std::int8_t>(emulated_tile<kSum>(), emulated_tile<kA>(),
                                              emulated_tile<kB>());
}
template <int kSum, int kA, int kB>
inline void multiply_u8u8() {
  emulated_product<std::uint8_t, std::uint8_t>(emulated_tile<kSum>(), emulated_tile<kA>(),
                                               emulated_tile<kB>());
}

}  // namespace sememe::kernels::amx
SEMEME_TARGET_END

#endif  // SEMEME_KERNELS_AMX_TILES_EMULATED_H_
