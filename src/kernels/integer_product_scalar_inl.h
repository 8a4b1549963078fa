// Integer products in plain loops: the oracle of the other tiers.

struct ProductSession {};  // AMX has something to set up

template <bool kWide>
inline void integer_product(const IntegerProduct& p) {
  for (std::size_t r = 0; r < p.rows; ++r) {
    for (std::size_t panel = 0; panel < p.panels; ++panel) {
      std::uint32_t sums[16] = {};
      if (p.start != nullptr) std::memcpy(sums, p.start + 16 * panel, sizeof(sums));
      const std::uint8_t* a = p.a + r * p.lda;
      const std::uint8_t* b = p.b + panel * p.panel_stride;
      for (std::size_t step = 0; step < p.steps; ++step, a += 4, b += 64) {
        for (std::size_t j = 0; j < 16; ++j) {
          if constexpr (kWide) {
            std::int16_t x[2];
            std::int16_t w[2];
            std::memcpy(x, a, 4);
            std::memcpy(w, b + 4 * j, 4);
            sums[j] += static_cast<std::uint32_t>(x[0] * w[0]);
            sums[j] += static_cast<std::uint32_t>(x[1] * w[1]);
          } else {
            for (std::size_t i = 0; i < 4; ++i) {
              sums[j] += static_cast<std::uint32_t>(a[i] * static_cast<std::int8_t>(b[4 * j + i]));
            }
          }
        }
      }
      std::memcpy(p.c + r * p.ldc + 16 * panel, sums, sizeof(sums));
    }
  }
}
