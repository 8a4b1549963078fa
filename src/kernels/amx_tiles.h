// The tiles of AMX: eight registers of 16 rows x 64 bytes and the instructions on them.
//
// A product of tiles takes A [16 rows][64 bytes] and B [16 groups of k][16 columns], where a group
// is the 4 bytes of one column: two bf16 or four int8. It adds to a sum [16][16] of f32 or i32, one
// sum per element, in the order of k; rows and columns do not touch each other. A product keeps
// the unit busy for 16 cycles and its sum is ready after 52, so that a loop needs four sums in
// turn; a load takes 8 cycles of the load ports. Registers are renamed: a load does not wait for
// the products that read the old value.
//
// GCC 12's tile intrinsics do not tell the compiler that a tile load reads memory; these do. Builds
// with SEMEME_EMULATE_TILES have amx_tiles_emulated.h instead.
// Include outside any target region; use inside SEMEME_TARGET_AMX_BEGIN.
#ifndef SEMEME_KERNELS_AMX_TILES_H_
#define SEMEME_KERNELS_AMX_TILES_H_

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "kernels/target.h"

SEMEME_TARGET_AMX_BEGIN
namespace sememe::kernels::amx {

inline constexpr std::size_t kTileSide = 16;  ///< rows of a tile; also columns of a sum
inline constexpr std::size_t kTileRowBytes = 64;
inline constexpr std::size_t kTileBytes = kTileSide * kTileRowBytes;

/// What LDTILECFG reads: palette 1, the size of each of eight tiles.
struct alignas(64) TileConfig {
  std::uint8_t palette;
  std::uint8_t start_row;
  std::uint8_t reserved[14];
  std::uint16_t row_bytes[16];
  std::uint8_t rows[16];
};
static_assert(sizeof(TileConfig) == 64);

inline constexpr TileConfig kWholeTiles = {.palette = 1,
                                           .start_row = 0,
                                           .reserved = {},
                                           .row_bytes = {64, 64, 64, 64, 64, 64, 64, 64},
                                           .rows = {16, 16, 16, 16, 16, 16, 16, 16}};

#if !defined(SEMEME_EMULATE_TILES)

/// Eight whole tiles for as long as this lives: one per call of a kernel, on the thread that
/// computes; sessions do not nest. Letting go of the tiles spares the system 8 KiB at every change
/// of thread.
class TileSession {
 public:
  SEMEME_ALWAYS_INLINE TileSession() { asm volatile("ldtilecfg %0" ::"m"(kWholeTiles)); }
  SEMEME_ALWAYS_INLINE ~TileSession() { asm volatile("tilerelease"); }
  TileSession(const TileSession&) = delete;
  TileSession& operator=(const TileSession&) = delete;
};

/// One f32 operation on a whole vector register, for its side effect. A Granite Rapids core that
/// has done none for about 2,200 cycles powers that unit down, and the next one or the next
/// tile_store then waits a thousand cycles for it (measured; integer vector operations and tile
/// products do not keep it up). Call it once a step in loops of tile products without f32 work of
/// their own.
SEMEME_ALWAYS_INLINE void keep_vectors_awake() {
  __m512 x = _mm512_setzero_ps();
  asm volatile("vaddps %0, %0, %0" : "+v"(x));
}

template <int kTile>
SEMEME_ALWAYS_INLINE void tile_zero() {
  asm volatile("tilezero %%tmm%c0" ::"i"(kTile));
}

/// Sixteen rows of 64 bytes, `stride` bytes apart.
template <int kTile>
SEMEME_ALWAYS_INLINE void tile_load(const void* from, std::size_t stride = kTileRowBytes) {
  asm volatile("tileloadd (%0,%1,1), %%tmm%c2" ::"r"(from), "r"(stride), "i"(kTile) : "memory");
}

template <int kTile>
SEMEME_ALWAYS_INLINE void tile_store(void* to, std::size_t stride = kTileRowBytes) {
  asm volatile("tilestored %%tmm%c2, (%0,%1,1)" ::"r"(to), "r"(stride), "i"(kTile) : "memory");
}

/// sum [16][16] f32 += a [16][32] bf16 * b [16][16][2] bf16. The even and the odd k are a chain of
/// fused multiply-adds each, from zero; both are added to each other, then to the sum. Rounded to
/// nearest even, denormals are zero on the way in and out (Intel SDM, TDPBF16PS).
template <int kSum, int kA, int kB>
SEMEME_ALWAYS_INLINE void multiply_bf16() {
  asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(kSum), "i"(kA), "i"(kB));
}

/// sum [16][16] i32 += a [16][64] * b [16][16][4], bytes of the named signs, without saturation.
template <int kSum, int kA, int kB>
SEMEME_ALWAYS_INLINE void multiply_s8s8() {
  asm volatile("tdpbssd %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(kSum), "i"(kA), "i"(kB));
}
template <int kSum, int kA, int kB>
SEMEME_ALWAYS_INLINE void multiply_s8u8() {
  asm volatile("tdpbsud %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(kSum), "i"(kA), "i"(kB));
}
template <int kSum, int kA, int kB>
SEMEME_ALWAYS_INLINE void multiply_u8s8() {
  asm volatile("tdpbusd %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(kSum), "i"(kA), "i"(kB));
}
template <int kSum, int kA, int kB>
SEMEME_ALWAYS_INLINE void multiply_u8u8() {
  asm volatile("tdpbuud %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(kSum), "i"(kA), "i"(kB));
}

#endif

}  // namespace sememe::kernels::amx
SEMEME_TARGET_END

#if defined(SEMEME_EMULATE_TILES)
#include "kernels/amx_tiles_emulated.h"
#endif

#endif  // SEMEME_KERNELS_AMX_TILES_H_
